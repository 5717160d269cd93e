use filigree_core::{Flow, Observer, Step};

use super::fisher_scoring::Place;

/// Hears of the steps of all stages as one sequence.
pub struct Trace<'o> {
    /// Who asked.
    pub observer: &'o mut dyn Observer,
    /// θ after every step.
    pub path: Vec<Vec<f64>>,
    /// Steps so far.
    pub steps: usize,
    /// The last there can be.
    pub limit: usize,
}

impl Trace<'_> {
    /// How far the fit is.
    pub fn fraction(&self) -> f64 {
        self.steps as f64 / self.limit as f64
    }

    /// Trace row: negative log-likelihood a row, largest gradient a row.
    pub fn accepted(&mut self, place: &Place, value: f64, gradient: f64) -> Flow {
        self.steps += 1;
        self.path.push(place.hyper.theta());
        let iteration = self.steps.min(self.limit);
        self.observer.iteration(&Step { iteration, iteration_limit: self.limit, row: &[-value, gradient] })
    }
}

/// Asks whether to stop, while the progress stays at a fraction: iterations tell how far a fit is.
pub struct Quiet<'a> {
    /// Who is asked.
    pub inner: &'a mut dyn Observer,
    /// Where the progress stays.
    pub fraction: f64,
}

impl Observer for Quiet<'_> {
    fn stage(&mut self, _name: &str) {}
    fn progress(&mut self, _fraction: f64) -> Flow {
        self.inner.progress(self.fraction)
    }
    fn iteration(&mut self, _step: &Step<'_>) -> Flow {
        self.inner.progress(self.fraction)
    }
}
