use std::cell::{Cell, RefCell};

use filigree_core::{Error, Flow, Observer, Random, Step};

use crate::kernel::Parameter;
use crate::optimiser::{Iterate, OptimiserParams, Optimum, minimise};

/// Streams of random numbers for restarts begin here.
const STREAM: u64 = 1 << 35;

/// What all engines that learn hyper-parameters share: where to start, how often, when to stop.
#[derive(Clone, Debug, PartialEq)]
pub struct SearchParams {
    /// First guesses beyond the one from the data.
    pub restarts: usize,
    /// Most iterations from each of them.
    pub max_iterations: usize,
    /// Stop when five iterations lower the objective by less than this, for each row.
    pub tolerance: f64,
}

impl Default for SearchParams {
    fn default() -> Self {
        Self { restarts: 0, max_iterations: 100, tolerance: 1e-5 }
    }
}

impl SearchParams {
    /// Says which parameter is wrong and why.
    pub fn check(&self) -> Result<(), Error> {
        if self.restarts > 50 {
            return Err(Error::parameter(
                "restarts",
                format!("{} restarts were asked for; try 0 to 50.", self.restarts),
            ));
        }
        if self.max_iterations == 0 {
            return Err(Error::parameter("maxIterations", "At least one iteration is needed."));
        }
        if !(self.tolerance >= 0.0 && self.tolerance < 1.0) {
            return Err(Error::parameter(
                "tolerance",
                format!("The tolerance is {}; it must be from 0 to below 1.", self.tolerance),
            ));
        }
        Ok(())
    }
}

/// The variables of a search: hyper-parameters first, then any others, such as the coordinates of inducing points.
pub struct Variables<'a> {
    /// Hyper-parameters.
    pub parameters: &'a [Parameter],
    /// First values of the others.
    pub others: Vec<f64>,
    /// Bounds of the others.
    pub other_bounds: (Vec<f64>, Vec<f64>),
}

/// The best optimum over all starts, and its hyper-parameters after every iteration.
pub fn search(
    variables: &Variables<'_>,
    params: &SearchParams,
    seed: u64,
    mut objective: impl FnMut(&[f64], &mut [f64], &mut dyn Observer) -> Result<f64, Error>,
    observer: &mut dyn Observer,
) -> Result<(Optimum, Vec<Vec<f64>>), Error> {
    let count = variables.parameters.len();
    let bound = |own: fn(&Parameter) -> f64, others: &[f64]| -> Vec<f64> {
        variables.parameters.iter().map(own).chain(others.iter().copied()).collect()
    };
    let lower = bound(|own| own.lower, &variables.other_bounds.0);
    let upper = bound(|own| own.upper, &variables.other_bounds.1);
    let starts = params.restarts + 1;
    let options = OptimiserParams {
        max_iterations: params.max_iterations,
        tolerance: params.tolerance,
        ..OptimiserParams::default()
    };
    let observer = RefCell::new(observer);
    let fraction = Cell::new(0.0);
    let mut best: Option<(Optimum, Vec<Vec<f64>>)> = None;
    for start in 0..starts {
        let mut first = crate::kernel::start_of(
            variables.parameters,
            (start > 0).then(|| Random::new(seed, STREAM + start as u64)).as_mut(),
        );
        first.extend_from_slice(&variables.others);
        let mut path = Vec::new();
        let before = start * params.max_iterations;
        let limit = starts * params.max_iterations;
        let on_iteration = |at: &Iterate<'_>| {
            path.push(at.theta[..count].to_vec());
            let row = [at.value, at.gradient];
            let iteration = before + at.iteration;
            let mut observer = observer.borrow_mut();
            fraction.set(iteration as f64 / limit as f64);
            if observer.progress(fraction.get()) == Flow::Stop {
                return Flow::Stop;
            }
            observer.iteration(&Step { iteration, iteration_limit: limit, row: &row })
        };
        let found = minimise(
            |theta, gradient| {
                let mut inner = observer.borrow_mut();
                objective(theta, gradient, &mut Steady { inner: &mut **inner, fraction: fraction.get() })
            },
            &first,
            &lower,
            &upper,
            &options,
            on_iteration,
        );
        let found = match found {
            // Another start that breaks down or is cancelled at once leaves the best one as it is.
            Err(Error::Breakdown(_)) if best.is_some() || start + 1 < starts => continue,
            Err(Error::Cancelled(_)) if best.is_some() => break,
            other => other?,
        };
        let cancelled = found.stop_reason == filigree_core::StopReason::Cancelled;
        if best.as_ref().is_none_or(|(other, _)| found.value < other.value) {
            best = Some((found, path));
        }
        if cancelled {
            break;
        }
    }
    best.ok_or_else(|| {
        Error::Breakdown(
            "Every first guess broke down. Look for wild values in the inputs, or choose a simpler kernel."
                .to_owned(),
        )
    })
}

/// Asks whether to stop within an evaluation, while the progress stays where the last iteration left it.
struct Steady<'a> {
    inner: &'a mut dyn Observer,
    fraction: f64,
}

impl Observer for Steady<'_> {
    fn stage(&mut self, _name: &str) {}
    fn progress(&mut self, _fraction: f64) -> Flow {
        self.inner.progress(self.fraction)
    }
    fn iteration(&mut self, _step: &Step<'_>) -> Flow {
        self.inner.progress(self.fraction)
    }
}
