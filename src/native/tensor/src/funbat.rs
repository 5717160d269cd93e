use std::path::Path;

use filigree_core::{Error, Flow, Info, NpyWriter, Observer, Random, Section, Step, StopReason, Stopwatch};

use crate::calibration::{FEWEST_SCORES, interval_factor};
use crate::entries::Entries;
use crate::funbat_params::FunbatParams;
use crate::functional_result::FunctionalResult;
use crate::functional_tucker::{FunctionalShape, FunctionalTucker};
use crate::held_out::HeldOut;
use crate::observed_input::{HoldOut, ObservedInput};

/// Rounds a first guess gets before it is compared with the others.
const TRIAL_ROUNDS: usize = 10;

/// Rounds over which the bound must rise.
const WINDOW: usize = 10;

/// Shares of the progress bar at which the trials and the fit that intervals are calibrated by end.
const TRIALS_END: f64 = 0.2;
const CALIBRATION_END: f64 = 0.8;

/// Stream of random numbers that sets entries aside for the calibration.
const CALIBRATION_STREAM: u64 = 1 << 34;

/// Functional Bayesian Tucker: fits the observed entries, predicts those held out, and writes `core.npy`,
/// `coreDeviation.npy`, `factors-1.npy` …, `factorDeviations-1.npy` …, `lengthScales.npy` (mode) and, where something
/// was held out, `holdOut.npy` (entry; observed, predicted, deviation, indices). Trace: evidence bound an entry,
/// deviation of the noise, root mean square residual.
///
/// A share of the fitted entries is kept back first, to calibrate the deviations of predictions
/// ([`interval_factor`]); from where that fit ends, the model is then fitted to all of them.
///
/// Fang, Yu, Wang, Li, Kirby, Zhe, "Functional Bayesian Tucker decomposition for continuous-indexed tensor data",
/// ICLR 2024.
pub fn solve(
    input: &ObservedInput,
    hold_out: &HoldOut,
    coordinates: &[Option<Vec<f64>>],
    params: &FunbatParams,
    seed: u64,
    folder: &Path,
    observer: &mut dyn Observer,
) -> Result<Info, Error> {
    params.check(&input.shape)?;
    check_coordinates(coordinates, &input.shape)?;
    let mut watch = Stopwatch::start();
    observer.stage("Reading the entries");
    let observed = input.read(hold_out, seed)?;
    let (offset, scale) = moments(&observed.training);
    let mut training = observed.training.clone();
    training.values_mut().iter_mut().for_each(|value| *value = (*value - offset) / scale);
    let form = FunctionalShape {
        shape: &observed.shape,
        coordinates,
        ranks: &params.ranks,
        form: params.form,
        kernel: params.kernel,
        length_scale: params.length_scale,
    };
    let mut random = Random::new(seed, CALIBRATION_STREAM);
    let (fitted, judged) = training.parted(params.calibration_share, &mut random);
    let calibrates = judged.len() >= FEWEST_SCORES;
    let mut model = best_start(
        if calibrates { &fitted } else { &training },
        &form,
        params.starts,
        seed,
        &mut Section::new(observer, 0.0, TRIALS_END),
    )?;
    watch.setup_done();

    let (fit, factor) = if calibrates {
        observer.stage("Iterating on what is not kept for the calibration");
        let limits = Limits { params, fits: 2, before: 0, scale };
        let first = limits.iterate(&mut model, &mut Section::new(observer, TRIALS_END, CALIBRATION_END))?;
        let factor = interval_factor(scores(&model, &judged));
        let last = refit(&mut model, &training, first, &limits, observer)?;
        (last, factor)
    } else {
        observer.stage("Iterating");
        let limits = Limits { params, fits: 1, before: 0, scale };
        (limits.iterate(&mut model, &mut Section::new(observer, TRIALS_END, 1.0))?, None)
    };
    let factor = factor.unwrap_or(1.0);

    observer.stage("Writing factors and predictions");
    let mut files = FunctionalResult::new(&model, &observed.shape, params.form, scale).write(folder)?;
    let scales = length_scales(&model, coordinates, &observed.shape);
    files.push(NpyWriter::write_all(folder, "lengthScales.npy", &[scales.len()], &scales)?);
    let held_out = predicted(&model, &observed.held_out, offset, scale, factor);
    files.extend(held_out.write(folder)?);
    let mut figures = vec![
        ("evidenceBound", fit.bound - model.entry_count() as f64 * scale.ln()),
        ("observedRmse", scale * model.observed_rmse),
        ("noiseDeviation", scale * model.noise_variance().sqrt()),
        ("offset", offset),
        ("intervalFactor", factor),
    ];
    figures.extend(held_out.figures(offset));
    let mut warnings = observed.empty_slices("their factors come from their neighbours alone");
    if params.calibration_share > 0.0 && !calibrates {
        warnings.push(format!(
            "{} of the fitted entries could be set aside to calibrate intervals, which takes {FEWEST_SCORES} or more: intervals are as the posterior has them.",
            judged.len()
        ));
    }
    Ok(Info {
        iterations: fit.rounds,
        stop_reason: fit.reason,
        stop_message: fit.message,
        figures,
        warnings,
        files,
        ..Info::measured(&watch)
    })
}

fn check_coordinates(coordinates: &[Option<Vec<f64>>], shape: &[usize]) -> Result<(), Error> {
    let fits = coordinates.len() == shape.len()
        && coordinates.iter().zip(shape).all(|(own, &length)| {
            own.as_ref().is_none_or(|own| own.len() == length && own.iter().all(|value| value.is_finite()))
        });
    if fits {
        return Ok(());
    }
    Err(Error::InvalidData(
        "The coordinates of the modes do not belong to this tensor: each mode needs one finite number for each of its indices, or none at all. Import the file again."
            .to_owned(),
    ))
}

/// Mean and standard deviation of the entries; a deviation of one where all are the same.
fn moments(entries: &Entries) -> (f64, f64) {
    let mean = entries.mean();
    let square: f64 = entries.values().iter().map(|value| (value - mean).powi(2)).sum();
    let deviation = (square / entries.len() as f64).sqrt();
    (mean, if deviation > 1e-12 * mean.abs() { deviation } else { 1.0 })
}

fn best_start<'a>(
    entries: &'a Entries,
    form: &FunctionalShape<'_>,
    starts: usize,
    seed: u64,
    observer: &mut dyn Observer,
) -> Result<FunctionalTucker<'a>, Error> {
    observer.stage("Trying first guesses");
    let mut best: Option<(f64, FunctionalTucker<'a>)> = None;
    for start in 0..starts {
        let mut model = FunctionalTucker::new(entries, form, &mut Random::new(seed, start as u64))?;
        let mut bound = f64::NEG_INFINITY;
        for round in 0..TRIAL_ROUNDS {
            let at = |round: usize| (start * TRIAL_ROUNDS + round) as f64 / (starts * TRIAL_ROUNDS) as f64;
            bound = model.improve(&mut Section::new(observer, at(round), at(round + 1)))?;
        }
        if best.as_ref().is_none_or(|(other, _)| bound > *other) {
            best = Some((bound, model));
        }
    }
    best.map(|(_, model)| model)
        .ok_or_else(|| Error::Internal("No first guess was made: there were no starts.".to_owned()))
}

struct Fit {
    rounds: usize,
    bound: f64,
    reason: StopReason,
    message: String,
}

/// Continues on all entries from where the fit that intervals were calibrated by ended. Stopped before or within its
/// first round, what that fit found is kept.
fn refit<'a>(
    model: &mut FunctionalTucker<'a>,
    training: &'a Entries,
    first: Fit,
    limits: &Limits<'_>,
    observer: &mut dyn Observer,
) -> Result<Fit, Error> {
    if first.reason == StopReason::Cancelled {
        return Ok(first);
    }
    observer.stage("Iterating on all entries");
    let mut whole = model.clone().continued_on(training);
    let limits = Limits { before: first.rounds, ..*limits };
    match limits.iterate(&mut whole, &mut Section::new(observer, CALIBRATION_END, 1.0)) {
        Err(Error::Cancelled(_)) => {
            Ok(Fit { reason: StopReason::Cancelled, message: cancelled(first.rounds), ..first })
        }
        fit => {
            *model = whole;
            fit
        }
    }
}

/// What ends a fit.
#[derive(Clone, Copy)]
struct Limits<'a> {
    params: &'a FunbatParams,
    /// How many fits a run consists of, and rounds of those before this one.
    fits: usize,
    before: usize,
    /// What entries were divided by.
    scale: f64,
}

impl Limits<'_> {
    fn iterate(&self, model: &mut FunctionalTucker<'_>, observer: &mut dyn Observer) -> Result<Fit, Error> {
        let limit = self.params.max_iterations;
        let mut bounds: Vec<f64> = Vec::new();
        let entries = model.entry_count() as f64;
        let ended = |bounds: &[f64], reason, message| Fit {
            rounds: self.before + bounds.len(),
            bound: bounds.last().copied().unwrap_or(f64::NAN),
            reason,
            message,
        };
        let stopped =
            |bounds: &[f64]| ended(bounds, StopReason::Cancelled, cancelled(self.before + bounds.len()));
        for round in 0..limit {
            let share = |round: usize| round as f64 / limit as f64;
            let improved = model.improve(&mut Section::new(observer, share(round), share(round + 1)));
            let bound = match improved {
                Err(Error::Cancelled(_)) if !bounds.is_empty() => return Ok(stopped(&bounds)),
                other => other?,
            };
            bounds.push(bound);
            let row = [
                // Of the entries as they are, not as they were scaled.
                bound / entries - self.scale.ln(),
                self.scale * model.noise_variance().sqrt(),
                self.scale * model.observed_rmse,
            ];
            let iteration = self.before + round + 1;
            let step = Step { iteration, iteration_limit: self.fits * limit, row: &row };
            if observer.iteration(&step) == Flow::Stop {
                return Ok(stopped(&bounds));
            }
            if round >= WINDOW {
                let rise = (bound - bounds[round - WINDOW]) / entries;
                if rise <= self.params.tolerance {
                    let message = format!(
                        "Converged after {iteration} rounds: the last {WINDOW} raised the evidence bound by {rise:.1e} an entry."
                    );
                    return Ok(ended(&bounds, StopReason::Converged, message));
                }
            }
        }
        let message =
            format!("Stopped at the limit of {limit} rounds a fit; the evidence bound was still rising.");
        Ok(ended(&bounds, StopReason::IterationLimit, message))
    }
}

fn cancelled(rounds: usize) -> String {
    format!("Cancelled after {rounds} rounds; what they found was kept.")
}

/// |residual| / deviation of entries that were not fitted.
fn scores(model: &FunctionalTucker<'_>, judged: &Entries) -> Vec<f64> {
    let mut predictor = model.predictor();
    let noise = model.noise_variance();
    let mut score = |entry: usize| {
        let found = predictor.at(judged.place(entry));
        (judged.value(entry) - found.mean).abs() / (found.variance + noise).sqrt()
    };
    (0..judged.len()).map(&mut score).collect()
}

fn predicted<'a>(
    model: &FunctionalTucker<'_>,
    entries: &'a Entries,
    offset: f64,
    scale: f64,
    factor: f64,
) -> HeldOut<'a> {
    let mut predictor = model.predictor();
    let noise = model.noise_variance();
    let found: Vec<_> = (0..entries.len()).map(|entry| predictor.at(entries.place(entry))).collect();
    let predicted = found.iter().map(|prediction| offset + scale * prediction.mean).collect();
    let deviation =
        found.iter().map(|prediction| factor * scale * (prediction.variance + noise).sqrt()).collect();
    HeldOut::new(entries, predicted, deviation)
}

/// Length scales in the unit of the coordinates.
fn length_scales(
    model: &FunctionalTucker<'_>,
    coordinates: &[Option<Vec<f64>>],
    shape: &[usize],
) -> Vec<f64> {
    let range = |mode: usize| match &coordinates[mode] {
        None => (shape[mode] - 1) as f64,
        Some(own) => {
            own.iter().copied().fold(f64::NEG_INFINITY, f64::max)
                - own.iter().copied().fold(f64::INFINITY, f64::min)
        }
    };
    let unit = |range: f64| if range > 0.0 { range } else { 1.0 };
    model.modes.iter().enumerate().map(|(mode, known)| known.length_scale * unit(range(mode))).collect()
}

#[cfg(test)]
mod tests;
