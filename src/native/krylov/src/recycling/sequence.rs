use std::time::Instant;

use filigree_core::{Error, Flow, Observer, Section, Step, StopReason};

use super::parameter_order;
use crate::{CsrMatrix, Scalar, SystemFile, vector};

/// Order in which a contender takes the systems.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SequenceOrder {
    /// As they come.
    Given,
    /// By similarity of their parameters ([`parameter_order`]).
    Sorted,
}

/// What one system took.
#[derive(Clone, Debug)]
pub struct SolvedSystem<S> {
    /// x.
    pub solution: Vec<S>,
    /// Iterations; one for a direct solver.
    pub iterations: usize,
    /// Products with the matrix.
    pub products: usize,
    /// Why it ended.
    pub stop_reason: StopReason,
    /// Seconds of set-up: preconditioner or factor.
    pub setup_seconds: f64,
}

/// Solves one system of a sequence; it may remember what it likes for the next.
pub type SystemSolver<'a, S> =
    dyn FnMut(&CsrMatrix<S>, &[S], &mut dyn Observer) -> Result<SolvedSystem<S>, Error> + Send + 'a;

/// Takes the solution of a system that was solved to the tolerance.
pub type SolutionKeeper<'a, S> = dyn FnMut(usize, &[S]) -> Result<(), Error> + 'a;

/// A way to solve a whole sequence.
pub struct Contender<'a, S> {
    /// Name shown to a person.
    pub name: String,
    /// Order in which it takes the systems.
    pub order: SequenceOrder,
    /// What it does with each.
    pub solve: Box<SystemSolver<'a, S>>,
}

/// How a contender did; vectors have an entry a system, in the order of the file.
#[derive(Clone, Debug, Default)]
pub struct SequenceResult {
    /// Name of the contender.
    pub name: String,
    /// Seconds for the sorting.
    pub order_seconds: f64,
    /// Iterations of each system.
    pub iterations: Vec<usize>,
    /// Products with the matrix of each system.
    pub products: Vec<usize>,
    /// Seconds of set-up and solution of each system, the reading of it left out.
    pub seconds: Vec<f64>,
    /// Seconds of set-up among them.
    pub setup_seconds: Vec<f64>,
    /// ‖b − A x‖ / ‖b‖ of each, recomputed here for every contender alike.
    pub residuals: Vec<f64>,
    /// Systems that did not reach the tolerance, with the reason why they ended.
    pub missed: Vec<(usize, StopReason)>,
    /// Why the contender can not solve such systems at all, where it said so; those from there on are missed.
    pub failure: Option<String>,
}

impl SequenceResult {
    /// All iterations.
    pub fn total_iterations(&self) -> usize {
        self.iterations.iter().sum()
    }

    /// All seconds, the sorting included.
    pub fn total_seconds(&self) -> f64 {
        self.order_seconds + self.seconds.iter().sum::<f64>()
    }

    /// The largest residual.
    pub fn largest_residual(&self) -> f64 {
        self.residuals.iter().copied().fold(0.0, f64::max)
    }
}

/// Solves a sequence with one contender after the other. Each solution that meets the tolerance goes to `keep`, with the
/// number of its system. A row of the trace is the number of the system, its iterations, seconds and relative
/// residual. A person who stops it gets what is done, and `true`.
pub fn solve_sequence<S: Scalar>(
    file: &SystemFile,
    tolerance: f64,
    contenders: &mut [Contender<'_, S>],
    keep: &mut SolutionKeeper<'_, S>,
    observer: &mut dyn Observer,
) -> Result<(Vec<SequenceResult>, bool), Error> {
    let systems = file.systems();
    let limit = contenders.len() * systems;
    let mut results: Vec<SequenceResult> = Vec::new();
    for (number, contender) in contenders.iter_mut().enumerate() {
        observer.stage(&contender.name);
        let started = Instant::now();
        let order = match (contender.order, file.parameters()?) {
            (SequenceOrder::Given, _) => (0..systems).collect(),
            (SequenceOrder::Sorted, Some(parameters)) => parameter_order(&parameters),
            (SequenceOrder::Sorted, None) => {
                return Err(Error::InvalidData(
                    "The sequence has no table of parameters to sort its systems by. Import one with it, or solve it in the given order.".to_owned(),
                ));
            }
        };
        let mut result = SequenceResult {
            name: contender.name.clone(),
            order_seconds: started.elapsed().as_secs_f64(),
            iterations: vec![0; systems],
            products: vec![0; systems],
            seconds: vec![0.0; systems],
            setup_seconds: vec![0.0; systems],
            residuals: vec![1.0; systems],
            missed: Vec::new(),
            failure: None,
        };
        for (place, &system) in order.iter().enumerate() {
            let matrix = file.matrix::<S>(system)?;
            let b = file.right_hand_side::<S>(system)?.unwrap_or_else(|| vec![S::ONE; matrix.rows()]);
            let done = number * systems + place;
            let share = |done: usize| done as f64 / limit as f64;
            let started = Instant::now();
            let attempt = {
                let mut section = Section::new(observer, share(done), share(done + 1));
                (contender.solve)(&matrix, &b, &mut Unrecorded { inner: &mut section, fraction: 0.0 })
            };
            result.seconds[system] = started.elapsed().as_secs_f64();
            let solved = match attempt {
                Ok(solved) => solved,
                Err(
                    error @ (Error::Breakdown(_) | Error::InvalidData(_) | Error::InvalidParameter { .. }),
                ) => {
                    result.failure = Some(error.to_string());
                    result
                        .missed
                        .extend(order[place..].iter().map(|&system| (system, StopReason::BrokeDown)));
                    break;
                }
                Err(error) => return Err(error),
            };
            if solved.stop_reason == StopReason::Cancelled {
                return Ok((results, true));
            }
            let mut r = vec![S::ZERO; matrix.rows()];
            matrix.residual(&b, &solved.solution, &mut r);
            let (norm, scale) = (vector::norm(&r), vector::norm(&b));
            let residual = if norm == 0.0 { 0.0 } else { norm / scale };
            result.iterations[system] = solved.iterations;
            result.products[system] = solved.products;
            result.setup_seconds[system] = solved.setup_seconds;
            result.residuals[system] = residual;
            if residual > tolerance || residual.is_nan() {
                result.missed.push((system, solved.stop_reason));
            } else {
                keep(system, &solved.solution)?;
            }
            let row = [(system + 1) as f64, solved.iterations as f64, result.seconds[system], residual];
            let step = Step { iteration: done + 1, iteration_limit: limit, row: &row };
            if observer.iteration(&step) == Flow::Stop {
                return Ok((results, true));
            }
        }
        results.push(result);
    }
    Ok((results, false))
}

/// Passes progress on; the rows of single systems stay out of the trace of the sequence.
struct Unrecorded<'a> {
    inner: &'a mut dyn Observer,
    fraction: f64,
}

impl Observer for Unrecorded<'_> {
    fn stage(&mut self, _name: &str) {}
    fn progress(&mut self, fraction: f64) -> Flow {
        self.fraction = fraction;
        self.inner.progress(fraction)
    }
    fn iteration(&mut self, _step: &Step<'_>) -> Flow {
        self.inner.progress(self.fraction)
    }
}
