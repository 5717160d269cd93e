use std::path::Path;

use filigree_core::{Error, Flow, Info, Observer, Random, Section, Step, StopReason, Stopwatch};

use crate::entries::Entries;
use crate::entry_model::EntryModel;
use crate::held_out::HeldOut;
use crate::imputed_tucker::ImputedTucker;
use crate::masked_params::MaskedTuckerParams;
use crate::observed_input::{HoldOut, Observations, ObservedInput};
use crate::scattered_als::ScatteredAls;
use crate::tucker_model::TuckerModel;

/// Ridges tried, relative to entries of mean square one.
const RIDGES: [f64; 8] = [0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0];

/// Sweeps a ridge is tried with, and the share of the fitted entries it is judged by.
const TRIAL_SWEEPS: usize = 30;
const VALIDATION_SHARE: f64 = 0.1;

/// Streams of random numbers: for what is validated on, and for the first factors.
const VALIDATION_STREAM: u64 = 1 << 33;
const START_STREAM: u64 = 0;

/// Share of the progress bar that the choice of ridge and first guess takes.
const TRIALS_SHARE: f64 = 0.5;

/// Tucker of the observed entries alone: a dense tensor of which at least half was observed by imputation
/// ([`ImputedTucker`]), anything sparser by least squares on its entries ([`ScatteredAls`]). Writes `core.npy`,
/// `factors-1.npy` … and, where something was held out, `holdOut.npy` (entry; observed, predicted, indices). Trace:
/// relative error on the fitted entries, and by how much it fell.
pub fn solve(
    input: &ObservedInput,
    hold_out: &HoldOut,
    params: &MaskedTuckerParams,
    seed: u64,
    folder: &Path,
    observer: &mut dyn Observer,
) -> Result<Info, Error> {
    params.check(&input.shape)?;
    let mut watch = Stopwatch::start();
    observer.stage("Reading the entries");
    let observed = input.read(hold_out, seed)?;
    let entries: f64 = observed.shape.iter().map(|&length| length as f64).product();
    let mostly_observed = input.indices.is_none() && 2.0 * observed.training.len() as f64 >= entries;
    let fitted = if mostly_observed {
        imputed(&observed, params, &mut watch, observer)?
    } else {
        scattered(&observed, params, seed, &mut watch, observer)?
    };

    observer.stage("Writing factors and predictions");
    let mut files = fitted.model.write(folder)?;
    let asked = EntryModel::of(&fitted.model);
    let residual_energy = asked.residual_energy(&observed.training)?;
    let held_out = HeldOut::new(&observed.held_out, asked.predictions(&observed.held_out)?, Vec::new());
    files.extend(held_out.write(folder)?);
    let mut figures = vec![
        ("observedError", relative(residual_energy, &observed.training)),
        ("observedRmse", (residual_energy / observed.training.len() as f64).sqrt()),
        ("coreEntries", fitted.model.core.values().len() as f64),
    ];
    figures.extend(fitted.ridge.map(|ridge| ("ridge", ridge)));
    figures.extend(held_out.figures(observed.training.mean()));
    Ok(Info {
        iterations: fitted.end.rounds,
        stop_reason: fitted.end.reason,
        stop_message: fitted.end.message,
        figures,
        warnings: observed.empty_slices("their rows of the factor are zero, and so are predictions there"),
        files,
        ..Info::measured(&watch)
    })
}

struct Fitted {
    model: TuckerModel,
    ridge: Option<f64>,
    end: End,
}

struct End {
    rounds: usize,
    reason: StopReason,
    message: String,
}

fn relative(residual_energy: f64, entries: &Entries) -> f64 {
    let energy: f64 = entries.values().iter().map(|value| value * value).sum();
    if residual_energy == 0.0 { 0.0 } else { (residual_energy / energy).sqrt() }
}

fn imputed(
    observed: &Observations,
    params: &MaskedTuckerParams,
    watch: &mut Stopwatch,
    observer: &mut dyn Observer,
) -> Result<Fitted, Error> {
    observer.stage("Starting from the HOSVD");
    let mut fit = ImputedTucker::new(observed, &params.ranks, &mut Section::new(observer, 0.0, 0.1))?;
    watch.setup_done();
    let end = iterate(params, 0.1, "by imputation", observer, |observer| {
        fit.sweep(observer)?;
        Ok(relative(fit.residual_energy, &observed.training))
    })?;
    let mut model = fit.model;
    model.make_canonical()?;
    Ok(Fitted { model, ridge: None, end })
}

fn scattered(
    observed: &Observations,
    params: &MaskedTuckerParams,
    seed: u64,
    watch: &mut Stopwatch,
    observer: &mut dyn Observer,
) -> Result<Fitted, Error> {
    params.check_core()?;
    let mut training = observed.training.clone();
    let size = training.values().iter().map(|value| value * value).sum::<f64>() / training.len() as f64;
    let scale = if size > 0.0 { size.sqrt() } else { 1.0 };
    training.values_mut().iter_mut().for_each(|value| *value /= scale);
    let chosen = Choice { training: &training, shape: &observed.shape, params, seed }
        .best(&mut Section::new(observer, 0.0, TRIALS_SHARE))?;
    watch.setup_done();
    let Trial { ridge, start } = chosen;
    let mut random = Random::new(seed, START_STREAM + start as u64);
    let mut fit = ScatteredAls::new(&training, &observed.shape, &params.ranks, ridge, &mut random);
    let how = format!("by least squares with a ridge of {ridge}, from first guess {}", start + 1);
    let end = iterate(params, TRIALS_SHARE, &how, observer, |observer| {
        fit.sweep(observer)?;
        Ok(relative(fit.model.residual_energy(&training)?, &training))
    })?;
    Ok(Fitted { model: fit.model.canonical(scale)?, ridge: Some(ridge), end })
}

/// What a fit of scattered entries is tried with.
#[derive(Clone, Copy)]
struct Trial {
    ridge: f64,
    /// Which of the first guesses, counted from zero.
    start: usize,
}

/// The choice of ridge and first guess: those that predict a tenth of the fitted entries best from the others. Ridges
/// are compared from the first guess, the other guesses with the ridge that was chosen.
struct Choice<'a> {
    training: &'a Entries,
    shape: &'a [usize],
    params: &'a MaskedTuckerParams,
    seed: u64,
}

impl Choice<'_> {
    fn best(&self, observer: &mut dyn Observer) -> Result<Trial, Error> {
        observer.stage("Choosing the ridge and the first guess");
        let mut random = Random::new(self.seed, VALIDATION_STREAM);
        let (fitted, judged) = self.training.parted(VALIDATION_SHARE, &mut random);
        let ridges = self.params.ridge.map_or(RIDGES.to_vec(), |ridge| vec![ridge]);
        let middle = Trial { ridge: ridges[ridges.len() / 2], start: 0 };
        let trials = ridges.len() + self.params.starts - 1;
        if judged.is_empty() || fitted.is_empty() || trials == 1 {
            return Ok(middle);
        }
        let mut best = (f64::INFINITY, middle);
        for number in 0..trials {
            let trial = match ridges.get(number) {
                Some(&ridge) => Trial { ridge, start: 0 },
                None => Trial { ridge: best.1.ridge, start: number + 1 - ridges.len() },
            };
            let share = |number: usize| number as f64 / trials as f64;
            let mut section = Section::new(observer, share(number), share(number + 1));
            let error = self.error(trial, &fitted, &judged, &mut section)?;
            if error < best.0 {
                best = (error, trial);
            }
        }
        Ok(best.1)
    }

    /// Σ (y − x̂)² over the judged entries after some sweeps over the fitted ones.
    fn error(
        &self,
        trial: Trial,
        fitted: &Entries,
        judged: &Entries,
        observer: &mut dyn Observer,
    ) -> Result<f64, Error> {
        let mut random = Random::new(self.seed, START_STREAM + trial.start as u64);
        let mut fit = ScatteredAls::new(fitted, self.shape, &self.params.ranks, trial.ridge, &mut random);
        for sweep in 0..TRIAL_SWEEPS {
            let share = |sweep: usize| sweep as f64 / TRIAL_SWEEPS as f64;
            fit.sweep(&mut Section::new(observer, share(sweep), share(sweep + 1)))?;
        }
        fit.model.residual_energy(judged)
    }
}

/// Sweeps until the error on the fitted entries stays where it is. `from` is the share of the progress done before.
fn iterate(
    params: &MaskedTuckerParams,
    from: f64,
    how: &str,
    observer: &mut dyn Observer,
    mut sweep: impl FnMut(&mut dyn Observer) -> Result<f64, Error>,
) -> Result<End, Error> {
    observer.stage("Iterating");
    let limit = params.max_iterations;
    let mut before = f64::INFINITY;
    let stopped = |rounds: usize| End {
        rounds,
        reason: StopReason::Cancelled,
        message: format!("Cancelled after {rounds} sweeps {how}; what they found was kept."),
    };
    for round in 1..=limit {
        let share = |round: usize| from + (1.0 - from) * round as f64 / limit as f64;
        let error = match sweep(&mut Section::new(observer, share(round - 1), share(round))) {
            Err(Error::Cancelled(_)) if round > 1 => return Ok(stopped(round - 1)),
            other => other?,
        };
        let fall = if before.is_finite() { (before - error) / before.max(f64::MIN_POSITIVE) } else { 1.0 };
        before = error;
        let step = Step { iteration: round, iteration_limit: limit, row: &[error, fall.abs()] };
        if observer.iteration(&step) == Flow::Stop {
            return Ok(stopped(round));
        }
        // A ridge trades a little of the residual for smaller factors: it may rise on the way.
        if fall.abs() <= params.tolerance {
            return Ok(End {
                rounds: round,
                reason: StopReason::Converged,
                message: format!(
                    "Converged after {round} sweeps {how}: the last one changed the error on the fitted entries by {:.1e} of it.",
                    fall.abs()
                ),
            });
        }
    }
    Ok(End {
        rounds: limit,
        reason: StopReason::IterationLimit,
        message: format!("Stopped at the limit of {limit} sweeps {how}; the error was still changing."),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observed_support::{saved_array, saved_entries, smooth_entries};
    use crate::test_support::loaded;
    use filigree_core::{Silent, in_pool};

    const SHAPE: [usize; 3] = [10, 12, 14];

    /// A dense tensor of low rank with noise, and a mask that leaves some of it out.
    fn dense(folder: &Path, masked: impl Fn(usize) -> bool) -> ObservedInput {
        let places: Vec<Vec<usize>> = (0..10 * 12 * 14).map(|at| crate::index_of(at, &SHAPE)).collect();
        let mut random = Random::new(3, 0);
        let values: Vec<f64> = places
            .iter()
            .enumerate()
            .map(|(at, place)| {
                let value =
                    5.0 + crate::observed_support::smooth_value(&SHAPE, place) + 0.05 * random.normal();
                if masked(at) { f64::NAN } else { value }
            })
            .collect();
        let mask: Vec<f64> = (0..values.len()).map(|at| f64::from(u8::from(masked(at)))).collect();
        ObservedInput {
            values: saved_array(folder, "values.npy", &SHAPE, &values),
            indices: None,
            shape: SHAPE.to_vec(),
            mask: Some(saved_array(folder, "mask.npy", &SHAPE, &mask)),
            scale: 1.0,
            no_data_value: None,
        }
    }

    #[test]
    fn held_out_entries_are_predicted_by_either_way() {
        let folder = tempfile::tempdir().unwrap();
        // Half and more observed: imputation; three quarters missing: least squares on the entries.
        for (every, least, most) in [(7, 0.04, 0.08), (1, 0.04, 0.25)] {
            let masked =
                |at: usize| if every == 1 { !at.is_multiple_of(4) } else { at.is_multiple_of(every) };
            let input = dense(folder.path(), masked);
            let hold_out = HoldOut::Share(0.1);
            let params = MaskedTuckerParams::default();
            let info = solve(&input, &hold_out, &params, 1, folder.path(), &mut Silent).unwrap();
            let rmse = info.figure("holdOutRmse").unwrap();
            assert!((least..most).contains(&rmse), "{rmse} {}", info.stop_message);
            assert!(info.figure("meanImputationRmse").unwrap() > 2.0 * rmse);
            assert_eq!(info.figure("ridge").is_some(), every == 1, "{}", info.stop_message);
        }
    }

    #[test]
    fn the_error_is_that_of_the_observed_entries_and_not_of_zeros() {
        let folder = tempfile::tempdir().unwrap();
        let input = dense(folder.path(), |at| at % 3 == 0);
        let params = MaskedTuckerParams::default();
        let info = solve(&input, &HoldOut::Nothing, &params, 1, folder.path(), &mut Silent).unwrap();
        let core = loaded(&folder.path().join("core.npy"), &[3, 3, 3]);
        let factors: Vec<Vec<f64>> = (0..3)
            .map(|mode| loaded(&folder.path().join(format!("factors-{}.npy", mode + 1)), &[SHAPE[mode], 3]))
            .collect();
        let values = loaded(&folder.path().join("values.npy"), &SHAPE);
        let (mut residual, mut energy) = (0.0, 0.0);
        for (at, value) in values.iter().enumerate().filter(|(_, value)| value.is_finite()) {
            let place = crate::index_of(at, &SHAPE);
            let row = |mode: usize, component: usize| factors[mode][place[mode] * 3 + component];
            let rebuilt: f64 = (0..27)
                .map(|entry| core[entry] * row(0, entry / 9) * row(1, entry / 3 % 3) * row(2, entry % 3))
                .sum();
            residual += (value - rebuilt).powi(2);
            energy += value * value;
        }
        assert!((info.figure("observedError").unwrap() - (residual / energy).sqrt()).abs() < 1e-10);
    }

    #[test]
    fn one_two_and_three_threads_write_the_same_bytes() {
        let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
        let inputs = [
            dense(folders[0].path(), |at| at % 5 == 0),
            saved_entries(folders[1].path(), &SHAPE, &smooth_entries(&SHAPE, 600, 0.1, 3)),
        ];
        let params = MaskedTuckerParams { max_iterations: 5, ..MaskedTuckerParams::default() };
        for (folder, input) in folders.iter().zip(&inputs) {
            let run = |threads| {
                in_pool(threads, || {
                    solve(input, &HoldOut::Share(0.1), &params, 1, folder.path(), &mut Silent)
                })
                .unwrap();
                ["core.npy", "factors-2.npy", "holdOut.npy"]
                    .map(|name| std::fs::read(folder.path().join(name)).unwrap())
            };
            let one = run(1);
            assert!(one == run(2) && one == run(3));
        }
    }

    #[test]
    fn useless_ranks_and_unmasked_nan_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let mut input = dense(folder.path(), |at| at % 5 == 0);
        let run = |input: &ObservedInput, ranks: &[usize]| {
            let params = MaskedTuckerParams { ranks: ranks.to_vec(), ..MaskedTuckerParams::default() };
            solve(input, &HoldOut::Nothing, &params, 1, folder.path(), &mut Silent).unwrap_err()
        };
        assert!(run(&input, &[5, 2, 2]).to_string().contains("more than the product 4"));
        assert_eq!(run(&input, &[11, 2, 2]).blamed_parameter(), Some("ranks"));
        input.mask = None;
        assert!(run(&input, &[2, 2, 2]).to_string().contains("(0, 0, 0), counted from 0, is NaN"));
    }
}
