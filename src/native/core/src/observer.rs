use crate::Error;

/// What an observer wants next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// Go on.
    Continue,
    /// Stop at the next safe point and keep what there is.
    Stop,
}

/// One finished iteration.
#[derive(Clone, Copy, Debug)]
pub struct Step<'a> {
    /// Zero is the start, before the first update.
    pub iteration: usize,
    /// The last iteration there can be.
    pub iteration_limit: usize,
    /// One value for each trace column of the method.
    pub row: &'a [f64],
}

/// Watches a solver and may stop it. Solvers call it between tiles and after every iteration, always from
/// one thread at a time.
pub trait Observer: Send {
    /// The solver starts something new; `name` is shown to a person ("Building the pixel graph").
    fn stage(&mut self, name: &str);
    /// Work within a stage; `fraction` of the whole section is done.
    fn progress(&mut self, fraction: f64) -> Flow;
    /// An iteration is finished.
    fn iteration(&mut self, step: &Step<'_>) -> Flow;
}

/// An observer that never stops anything.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Observer for Silent {
    fn stage(&mut self, _name: &str) {}
    fn progress(&mut self, _fraction: f64) -> Flow {
        Flow::Continue
    }
    fn iteration(&mut self, _step: &Step<'_>) -> Flow {
        Flow::Continue
    }
}

/// Hands a part of a run's progress to a sub-solver: its 0…1 becomes `from`…`to` of the whole.
pub struct Section<'a> {
    inner: &'a mut dyn Observer,
    from: f64,
    to: f64,
}

impl<'a> Section<'a> {
    /// A section of `inner` between two fractions.
    pub fn new(inner: &'a mut dyn Observer, from: f64, to: f64) -> Self {
        Self { inner, from, to }
    }
}

impl Observer for Section<'_> {
    fn stage(&mut self, name: &str) {
        self.inner.stage(name);
    }
    fn progress(&mut self, fraction: f64) -> Flow {
        self.inner.progress(self.from + (self.to - self.from) * fraction)
    }
    fn iteration(&mut self, step: &Step<'_>) -> Flow {
        self.inner.iteration(step)
    }
}

/// Turns a wish to stop into the error that unwinds a stage which has nothing to keep.
pub fn keep_going(flow: Flow, stage: &str) -> Result<(), Error> {
    match flow {
        Flow::Continue => Ok(()),
        Flow::Stop => Err(Error::Cancelled(stage.to_owned())),
    }
}
