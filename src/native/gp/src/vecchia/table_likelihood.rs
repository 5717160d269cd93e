use filigree_core::{Error, Info, Observer, StopReason, Stopwatch};

use super::engine::observations;
use super::likelihood::{Conditionals, likelihood};
use super::maximin::maximin_order;
use super::neighbours::nearest_earlier;
use super::params::VecchiaParams;
use super::trend_columns::TrendColumns;
use crate::complete_rows::CompleteRows;
use crate::fitted_model::Engine;
use crate::table_input::TableInput;

/// Computes the likelihood of a table, its gradient and its information `repeats` times at the first guess of the
/// hyper-parameters, to tell how long one takes: ordering and neighbours are its set-up, an iteration is one likelihood.
/// Figures: `objective`, the negative log-likelihood a row, and `gradient`, the largest part of it a row.
pub fn table_likelihood(
    input: &TableInput,
    params: &VecchiaParams,
    repeats: usize,
    seed: u64,
    observer: &mut dyn Observer,
) -> Result<Info, Error> {
    params.check()?;
    let mut watch = Stopwatch::start();
    let complete = CompleteRows::of(input.read()?)?;
    let rows: Vec<usize> = (0..complete.table.rows()).collect();
    let data = complete.table.prepare(&rows, &params.preparation())?;
    let unordered = observations(&data, &TrendColumns::chosen(params.trend, &data.inputs, data.dimensions));
    let start = params.outlined(&params.kernel, &data, &unordered, seed)?.start;
    let scaled = start.hyper.scaled(&unordered.points);
    let order = maximin_order(&scaled, unordered.dimensions, usize::MAX, seed, observer)?;
    let ordered = unordered.ordered(&order);
    let subjects: Vec<u32> = (0..ordered.len() as u32).collect();
    let scaled = start.hyper.scaled(&ordered.points);
    let neighbours = nearest_earlier(&scaled, ordered.dimensions, &subjects, params.neighbours, observer)?;
    let conditionals = Conditionals { subjects, neighbours };
    watch.setup_done();
    let mut found = None;
    for _ in 0..repeats.max(1) {
        let own = likelihood(&ordered, &conditionals, &start.hyper, &start.coefficients, true, observer)?;
        found = Some(own);
    }
    let found = found.ok_or_else(|| Error::Internal("No likelihood was computed.".to_owned()))?;
    let count = ordered.len() as f64;
    let largest = found.gradient.iter().fold(0.0f64, |most, value| most.max(value.abs()));
    Ok(Info {
        iterations: repeats.max(1),
        stop_reason: StopReason::Converged,
        stop_message: format!("{} likelihoods with gradient were computed.", repeats.max(1)),
        figures: vec![("objective", -found.value / count), ("gradient", largest / count)],
        ..Info::measured(&watch)
    })
}
