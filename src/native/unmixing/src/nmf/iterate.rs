use filigree_core::{Error, Flow, Observer, Step, StopReason, keep_going};

use super::factors::Factors;
use super::fill_in::silent_bands;
use super::guidance::sparseness;
use super::model::{Exponent, NmfParams};
use super::terms::{Powers, Terms};

const ITERATING: &str = "Iterating";

/// Iterations over which the decrease of the objective is judged.
const PATIENCE: usize = 10;

/// What is learned along with the factors, the scale of a robust loss and the map of a learned sparsity, is learned
/// anew every so many iterations, and held after this many. Between, the objective does not change and never rises.
const LEARNING_STEP: usize = 10;
const LEARNING_END: usize = 50;

/// How the iteration ended.
pub(super) struct End {
    pub iterations: usize,
    pub reason: StopReason,
    pub message: String,
    pub terms: Terms,
}

/// The values of a trace row: the objective, its terms as far as the model has them, the relative residual.
fn trace_row(terms: &Terms, params: &NmfParams) -> Vec<f64> {
    let optional = [
        (params.sparsity.is_some(), terms.sparsity),
        (params.graph.is_some(), terms.graph),
        (params.volume_weight.is_some(), terms.volume),
    ];
    [terms.objective(), terms.data, terms.sum_to_one]
        .into_iter()
        .chain(optional.into_iter().filter_map(|(has, value)| has.then_some(value)))
        .chain([terms.relative_residual])
        .collect()
}

/// Moves the factors until the objective settles, the limit is reached or the observer stops it.
pub(super) fn iterate(
    factors: &mut Factors<'_>,
    params: &NmfParams,
    trusted: &[usize],
    observer: &mut dyn Observer,
) -> Result<End, Error> {
    observer.stage(ITERATING);
    let limit = params.max_iterations;
    let learns_map =
        params.sparsity.is_some_and(|sparsity| sparsity.exponent == Exponent::GuidedByAbundances);
    let learns = learns_map || factors.loss.is_robust();
    // Objectives since the last time something was learned.
    let mut history: Vec<f64> = Vec::new();
    for iteration in 0..=limit {
        let fraction = iteration as f64 / limit as f64;
        if iteration > 0 {
            // Between batches only the wish to stop matters; it ends the pass, and the factors stay a feasible iterate.
            let between = || keep_going(observer.progress(fraction), ITERATING);
            match factors.advance(between) {
                Err(Error::Cancelled(_)) => return cancelled(factors.terms()?, iteration - 1),
                outcome => outcome?,
            }
        }
        let learning = learns && (1..=LEARNING_END).contains(&iteration) && iteration % LEARNING_STEP == 0;
        if learning {
            history.clear();
            let lengths = factors.residual_lengths();
            factors.loss.set_scale(&lengths);
            factors.loss.reweigh(&lengths);
            if iteration == LEARNING_END {
                let silent = silent_bands(&factors.loss.weights, trusted);
                factors.loss.silence(silent);
            }
            if learns_map {
                let p = params.endmembers;
                factors.relearn_powers(Powers::Guided(sparseness(&factors.abundances()?, p)?));
            }
        }
        let terms = factors.terms()?;
        let objective = terms.objective();
        if !objective.is_finite() {
            return Err(Error::Breakdown(format!(
                "The objective is not finite after iteration {iteration}. Scale the pixels to unit length, or lower the weights."
            )));
        }
        history.push(objective);
        let row = trace_row(&terms, params);
        let flow = observer.iteration(&Step { iteration, iteration_limit: limit, row: &row });
        let settled =
            if learns && iteration < LEARNING_END { None } else { verdict(&history, iteration, params) };
        if let Some((reason, message)) = settled {
            return Ok(End { iterations: iteration, reason, message, terms });
        }
        if flow == Flow::Stop {
            return cancelled(terms, iteration);
        }
        if iteration == limit {
            return Ok(End {
                iterations: iteration,
                reason: StopReason::IterationLimit,
                message: format!(
                    "Stopped at the limit of {limit} iterations before the objective settled. Allow more iterations."
                ),
                terms,
            });
        }
    }
    Err(Error::Internal("the iteration ended without a reason".to_owned()))
}

fn cancelled(terms: Terms, iterations: usize) -> Result<End, Error> {
    Ok(End {
        iterations,
        reason: StopReason::Cancelled,
        message: format!("Cancelled after iteration {iterations}; the outputs are those of that iteration."),
        terms,
    })
}

fn verdict(history: &[f64], iteration: usize, params: &NmfParams) -> Option<(StopReason, String)> {
    let now = *history.last()?;
    let before = *history.get(history.len().checked_sub(1 + PATIENCE)?)?;
    let decrease = if before > 0.0 { (before - now) / before } else { 0.0 };
    if decrease <= 4.0 * f64::EPSILON && params.tolerance <= 4.0 * f64::EPSILON {
        return Some((
            StopReason::Stagnated,
            format!(
                "Rounding keeps the objective from falling below {now:.6e} after {iteration} iterations."
            ),
        ));
    }
    (decrease <= params.tolerance).then(|| {
        (
            StopReason::Converged,
            format!(
                "The objective fell by {decrease:.2e} of its value over the last {PATIENCE} iterations, within the tolerance {:.0e}.",
                params.tolerance
            ),
        )
    })
}
