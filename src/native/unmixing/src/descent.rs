use filigree_core::{Error, Flow, Observer, Step, StopReason, keep_going};

use crate::multiplicative::{Factors, Terms};
use crate::ss_nmf_params::SsNmfParams;

const ITERATING: &str = "Iterating";

/// Iterations over which the decrease of the objective is judged.
const PATIENCE: usize = 10;

/// Sweeps over the abundances, and repeats of the cheap part of an update, between two passes over the cube.
const SWEEPS: usize = 2;
const REPEATS: usize = 4;

/// How the iteration ended.
pub(crate) struct End {
    pub iterations: usize,
    pub reason: StopReason,
    pub message: String,
    pub objective: f64,
}

/// Updates abundances and endmembers in turn until the objective settles, the limit is reached or the observer stops it.
pub(crate) fn iterate(
    factors: &mut Factors<'_>,
    params: &SsNmfParams,
    observer: &mut dyn Observer,
) -> Result<End, Error> {
    observer.stage(ITERATING);
    let limit = params.max_iterations;
    let mut history: Vec<f64> = Vec::new();
    loop {
        let iteration = history.len();
        let fraction = iteration as f64 / limit as f64;
        // Between batches only the wish to stop matters; it ends the pass, and the factors stay those of the
        // last update, which are a feasible iterate.
        let mut between = || keep_going(observer.progress(fraction), ITERATING);
        let step = (|| {
            if iteration > 0 {
                factors.update_abundances(SWEEPS, REPEATS, &mut between)?;
                factors.update_endmembers(REPEATS, &mut between)?;
            }
            factors.evaluate(&mut between)
        })();
        let terms = match step {
            Ok(terms) => terms,
            Err(Error::Cancelled(_)) => return cancelled(factors, iteration.saturating_sub(1)),
            Err(error) => return Err(error),
        };
        let objective = terms.objective();
        if !objective.is_finite() {
            return Err(Error::Breakdown(format!(
                "The objective is not finite after iteration {iteration}. Scale the pixels to unit length, or lower the weights."
            )));
        }
        history.push(objective);
        let row = [objective, terms.data, terms.graph, terms.sparsity, terms.relative_residual];
        let flow = observer.iteration(&Step { iteration, iteration_limit: limit, row: &row });
        let (reason, message) = if let Some((reason, message)) = verdict(&history, params) {
            (reason, message)
        } else if flow == Flow::Stop {
            (
                StopReason::Cancelled,
                format!("Cancelled after iteration {iteration}; the outputs are those of that iteration."),
            )
        } else {
            continue;
        };
        return Ok(End { iterations: iteration, reason, message, objective });
    }
}

/// The end after a cancel in the middle of a pass: the figures still are those of the factors that are kept.
fn cancelled(factors: &mut Factors<'_>, iterations: usize) -> Result<End, Error> {
    let terms: Terms = factors.evaluate(|| Ok(()))?;
    Ok(End {
        iterations,
        reason: StopReason::Cancelled,
        message: format!("Cancelled after iteration {iterations}; the outputs are those of the last update."),
        objective: terms.objective(),
    })
}

fn verdict(history: &[f64], params: &SsNmfParams) -> Option<(StopReason, String)> {
    let iteration = history.len() - 1;
    if iteration >= PATIENCE {
        let (before, now) = (history[iteration - PATIENCE], history[iteration]);
        let decrease = if before > 0.0 { (before - now) / before } else { 0.0 };
        if decrease <= 4.0 * f64::EPSILON && params.tolerance <= 4.0 * f64::EPSILON {
            return Some((
                StopReason::Stagnated,
                format!(
                    "Rounding keeps the objective from falling below {now:.6e} after {iteration} iterations."
                ),
            ));
        }
        if decrease <= params.tolerance {
            return Some((
                StopReason::Converged,
                format!(
                    "The objective fell by {decrease:.2e} of its value over the last {PATIENCE} iterations, within the tolerance {:.0e}.",
                    params.tolerance
                ),
            ));
        }
    }
    (iteration >= params.max_iterations).then(|| {
        (
            StopReason::IterationLimit,
            format!(
                "Stopped at the limit of {} iterations before the objective settled. Allow more iterations.",
                params.max_iterations
            ),
        )
    })
}
