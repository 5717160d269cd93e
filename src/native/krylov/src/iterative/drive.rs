use std::time::Instant;

use filigree_core::{Error, Flow, Observer, StopReason};
use num_complex::Complex64;

use super::{Monitor, Outcome, Problem, SolveParams};
use crate::{Scalar, vector};

/// Segments in a row that may gain next to nothing before a method is called stagnated.
const IDLE_SEGMENTS: usize = 10;

/// A segment that lowers the residual by less than this share of it gains next to nothing.
const IDLE_GAIN: f64 = 1e-3;

/// Why a segment of iterations ended.
#[derive(Clone, Debug, PartialEq)]
pub enum SegmentEnd {
    /// The recurrence, or a recomputed residual on the way, says that the tolerance is met.
    Claimed,
    /// Time to restart, as the method always does.
    Restart,
    /// The Krylov space holds nothing new: x is exact, or the system is singular.
    Exhausted,
    /// A least-squares method finds Aᴴ r small against this norm of A.
    LeastSquares(f64),
    /// A step can not be made; the rest of a sentence says which quantity failed and at which iteration.
    BrokeDown(String),
    /// The same, but a fresh start from the present x may mend it.
    Renewable(String),
    /// The iterations ran out.
    Limit,
    /// A person stopped it.
    Cancelled,
}

/// A Krylov method between two of its starts.
pub trait Segment<S: Scalar> {
    /// Name in sentences.
    fn name(&self) -> String;
    /// Iterates from `x`, whose true residual is `r`, and leaves the last iterate in `x`.
    fn run(&mut self, x: &mut [S], r: &[S], monitor: &mut Monitor<'_, S>) -> SegmentEnd;
    /// Memory of its vectors, in bytes.
    fn memory_bytes(&self) -> u64;
    /// Solves rectangular systems in the least-squares sense.
    fn least_squares(&self) -> bool {
        false
    }
    /// Ritz values and harmonic Ritz values of the last segment.
    fn spectrum(&self) -> (Vec<Complex64>, Vec<Complex64>) {
        (Vec::new(), Vec::new())
    }
}

/// Runs segments until the recomputed residual meets the tolerance, or there is a reason to stop. Whatever a method
/// claims is recomputed; where the claim was wrong the next segment starts from the true residual.
pub fn drive<S: Scalar>(
    problem: &Problem<'_, S>,
    params: &SolveParams,
    method: &mut dyn Segment<S>,
    observer: &mut dyn Observer,
) -> Result<Outcome<S>, Error> {
    params.check()?;
    problem.check()?;
    if !method.least_squares() {
        problem.check_square(&method.name())?;
    }
    let started = Instant::now();
    let name = method.name();
    let mut monitor = Monitor::new(*problem, *params, method.least_squares(), observer);
    let mut x = match problem.start {
        // Relative to b = 0 only x = 0 is right.
        Some(start) if monitor.scale > 0.0 => start.to_vec(),
        _ => filigree_core::filled(problem.operator.columns(), S::ZERO, "the solution")?,
    };
    let mut r = filigree_core::filled(problem.operator.rows(), S::ZERO, "the residual")?;
    let mut residual = monitor.residual_of(&x, &mut r);
    if !residual.is_finite() {
        return Err(Error::InvalidData(
            "The residual of the start is no finite number: the matrix or the start has entries that are too large. Scale the system.".to_owned(),
        ));
    }
    let setup_seconds = started.elapsed().as_secs_f64();
    let tolerance = params.relative_tolerance;
    let mut flow = monitor.tell(residual, &r);
    let (mut idle, mut false_claims, mut renewals) = (0, 0, 0);
    let (stop_reason, stop_message) = loop {
        let iterations = monitor.iteration;
        if residual <= tolerance {
            break (
                StopReason::Converged,
                format!(
                    "{name} converged after {iterations} iterations: the recomputed relative residual is {residual:.2e}, and {tolerance:.0e} was asked for."
                ),
            );
        }
        if flow == Flow::Stop {
            break (
                StopReason::Cancelled,
                format!("Stopped after {iterations} iterations at a relative residual of {residual:.2e}."),
            );
        }
        if monitor.iteration >= params.max_iterations {
            break (
                StopReason::IterationLimit,
                format!(
                    "{name} reached the limit of {iterations} iterations at a relative residual of {residual:.2e}. Allow more, or precondition better."
                ),
            );
        }
        let before = residual;
        let kept = x.clone();
        let end = method.run(&mut x, &r, &mut monitor);
        residual = monitor.residual_of(&x, &mut r);
        let finite = residual.is_finite();
        if !finite {
            x = kept;
            residual = monitor.residual_of(&x, &mut r);
        }
        let iterations = monitor.iteration;
        let told = monitor.history.last().map(|row| (row.iteration, row.residual));
        if told != Some((iterations, residual)) {
            let recurred = if finite { monitor.recurred } else { residual };
            flow = monitor.tell(recurred, &r);
        }
        if residual <= tolerance {
            continue;
        }
        let gained = residual < 0.5 * before;
        idle = if residual <= (1.0 - IDLE_GAIN) * before { 0 } else { idle + 1 };
        match end {
            SegmentEnd::Claimed => {
                false_claims += 1;
                if !gained {
                    break (
                        StopReason::Stagnated,
                        format!(
                            "{name} stagnated at iteration {iterations}: its recurred residual is {:.2e}, the true one {residual:.2e}, and a new start from the true residual did not lower it. Rounding allows no more; scale the system, or solve it directly.",
                            monitor.recurred
                        ),
                    );
                }
            }
            SegmentEnd::Exhausted if !gained => {
                break (
                    StopReason::Stagnated,
                    format!(
                        "{name} stagnated at iteration {iterations} with a relative residual of {residual:.2e}: its Krylov space holds no better solution. The matrix is singular, and the right-hand side may lie outside of its range."
                    ),
                );
            }
            SegmentEnd::LeastSquares(norm) => {
                let share = monitor.normal_norm() / (norm * residual * monitor.scale);
                if share <= tolerance {
                    break (
                        StopReason::Converged,
                        format!(
                            "{name} found the least-squares solution after {iterations} iterations: no x solves the system, the relative residual is {residual:.2e}, and ‖Aᴴr‖/(‖A‖‖r‖) recomputed is {share:.2e}."
                        ),
                    );
                }
                false_claims += 1;
                if false_claims > IDLE_SEGMENTS {
                    break (
                        StopReason::Stagnated,
                        format!(
                            "{name} stagnated at iteration {iterations}: ‖Aᴴr‖/(‖A‖‖r‖) recomputed is {share:.2e} and does not fall any further."
                        ),
                    );
                }
            }
            SegmentEnd::BrokeDown(reason) => {
                break (
                    StopReason::BrokeDown,
                    format!("{name} broke down: {reason}. The relative residual is {residual:.2e}."),
                );
            }
            SegmentEnd::Renewable(reason) => {
                renewals += 1;
                if !gained {
                    break (
                        StopReason::BrokeDown,
                        format!("{name} broke down: {reason}. The relative residual is {residual:.2e}."),
                    );
                }
            }
            SegmentEnd::Cancelled => flow = Flow::Stop,
            SegmentEnd::Restart if idle >= IDLE_SEGMENTS => {
                break (
                    StopReason::Stagnated,
                    format!(
                        "{name} stagnated at iteration {iterations} with a relative residual of {residual:.2e}: {IDLE_SEGMENTS} cycles in a row each lowered it by less than {:.1} %. Try longer cycles or a better preconditioner.",
                        IDLE_GAIN * 100.0
                    ),
                );
            }
            SegmentEnd::Restart | SegmentEnd::Exhausted | SegmentEnd::Limit => {}
        }
    };
    let mut warnings = Vec::new();
    if false_claims > 0 {
        warnings.push(format!(
            "The recurred residual met the tolerance {false_claims} time(s) while the recomputed one did not; {name} started again from the recomputed one."
        ));
    }
    if renewals > 0 {
        warnings.push(format!(
            "{name} could not go on {renewals} time(s) and started again from its last iterate."
        ));
    }
    let (ritz_values, harmonic_ritz_values) = method.spectrum();
    let preconditioner = problem.preconditioner.map_or(0, |preconditioner| preconditioner.memory_bytes());
    debug_assert!(vector::all_finite(&x));
    Ok(Outcome {
        memory_bytes: method.memory_bytes() + preconditioner + ((x.len() + r.len()) * size_of::<S>()) as u64,
        solution: x,
        residual,
        iterations: monitor.iteration,
        products: monitor.products,
        stop_reason,
        stop_message,
        history: monitor.history,
        ritz_values,
        harmonic_ritz_values,
        setup_seconds,
        iteration_seconds: started.elapsed().as_secs_f64() - setup_seconds,
        warnings,
    })
}
