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
mod tests {
    use super::*;
    use crate::functional_core::CoreForm;
    use crate::matern::Kernel;
    use crate::observed_support::{saved_array, saved_entries, smooth_entries, smooth_value};
    use crate::test_support::loaded;
    use filigree_core::{ErrorCode, Silent, in_pool};

    const SHAPE: [usize; 3] = [12, 15, 40];

    fn params() -> FunbatParams {
        FunbatParams {
            ranks: vec![2, 2, 2],
            starts: 2,
            max_iterations: 40,
            tolerance: 1e-4,
            ..FunbatParams::default()
        }
    }

    fn plain() -> [Option<Vec<f64>>; 3] {
        [None, None, None]
    }

    /// Keeps every bound it hears of.
    struct Bounds(Vec<f64>);
    impl Observer for Bounds {
        fn stage(&mut self, _name: &str) {}
        fn progress(&mut self, _fraction: f64) -> Flow {
            Flow::Continue
        }
        fn iteration(&mut self, step: &Step<'_>) -> Flow {
            self.0.push(step.row[0]);
            Flow::Continue
        }
    }

    #[test]
    fn smooth_functions_are_recovered_with_honest_intervals() {
        let folder = tempfile::tempdir().unwrap();
        let input = saved_entries(folder.path(), &SHAPE, &smooth_entries(&SHAPE, 2500, 0.2, 1));
        // What is left without the mean of two products has rank three.
        let params = FunbatParams { ranks: vec![3; 3], ..params() };
        let info =
            solve(&input, &HoldOut::Share(0.2), &plain(), &params, 5, folder.path(), &mut Silent).unwrap();
        let rmse = info.figure("holdOutRmse").unwrap();
        assert!((0.18..0.23).contains(&rmse), "{rmse}");
        let coverage = info.figure("coverage95").unwrap();
        assert!((0.92..0.98).contains(&coverage), "{coverage}");
        assert!((info.figure("noiseDeviation").unwrap() - 0.2).abs() < 0.02);
        assert!(info.figure("meanImputationRmse").unwrap() > 3.0 * rmse);
        let held = loaded(&folder.path().join("holdOut.npy"), &[held_count(folder.path()), 6]);
        let error: f64 = held
            .chunks_exact(6)
            .map(|row| {
                let place: Vec<usize> = row[3..].iter().map(|&index| index as usize).collect();
                (row[1] - smooth_value(&SHAPE, &place)).powi(2)
            })
            .sum::<f64>()
            / (held.len() / 6) as f64;
        assert!(error.sqrt() < 0.1, "distance to the truth {}", error.sqrt());
    }

    fn held_count(folder: &Path) -> usize {
        ((std::fs::metadata(folder.join("holdOut.npy")).unwrap().len() - 128) / 48) as usize
    }

    #[test]
    fn the_evidence_bound_never_falls() {
        let folder = tempfile::tempdir().unwrap();
        let input = saved_entries(folder.path(), &SHAPE, &smooth_entries(&SHAPE, 900, 0.3, 2));
        for (form, kernel) in [(CoreForm::Tucker, Kernel::Matern12), (CoreForm::Cp, Kernel::Matern32)] {
            let mut heard = Bounds(Vec::new());
            let params = FunbatParams { form, kernel, tolerance: 0.0, calibration_share: 0.0, ..params() };
            solve(&input, &HoldOut::Nothing, &plain(), &params, 1, folder.path(), &mut heard).unwrap();
            assert!(
                heard.0.windows(2).all(|pair| pair[1] >= pair[0] - 1e-9 * pair[0].abs()),
                "{:?}",
                heard.0
            );
        }
    }

    #[test]
    fn one_two_and_three_threads_write_the_same_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let input = saved_entries(folder.path(), &SHAPE, &smooth_entries(&SHAPE, 1500, 0.3, 3));
        let run = |threads| {
            in_pool(threads, || {
                let params = FunbatParams { max_iterations: 4, ..params() };
                solve(&input, &HoldOut::Share(0.1), &plain(), &params, 7, folder.path(), &mut Silent)
            })
            .unwrap();
            ["core.npy", "factors-3.npy", "factorDeviations-1.npy", "holdOut.npy"]
                .map(|name| std::fs::read(folder.path().join(name)).unwrap())
        };
        let one = run(1);
        assert!(one == run(2) && one == run(3));
    }

    #[test]
    fn the_written_factors_rebuild_the_predictions() {
        let folder = tempfile::tempdir().unwrap();
        let input = saved_entries(folder.path(), &SHAPE, &smooth_entries(&SHAPE, 1500, 0.1, 4));
        for form in [CoreForm::Tucker, CoreForm::Cp] {
            let params = FunbatParams { form, max_iterations: 8, ..params() };
            let info = solve(&input, &HoldOut::Share(0.1), &plain(), &params, 3, folder.path(), &mut Silent)
                .unwrap();
            let offset = info.figure("offset").unwrap();
            let core = loaded(&folder.path().join("core.npy"), &[2, 2, 2]);
            let factors: Vec<Vec<f64>> = (0..3)
                .map(|mode| {
                    loaded(&folder.path().join(format!("factors-{}.npy", mode + 1)), &[SHAPE[mode], 2])
                })
                .collect();
            let rows = loaded(&folder.path().join("holdOut.npy"), &[held_count(folder.path()), 6]);
            for row in rows.chunks_exact(6) {
                let at =
                    |mode: usize, component: usize| factors[mode][row[3 + mode] as usize * 2 + component];
                let rebuilt: f64 = (0..8)
                    .map(|entry| core[entry] * at(0, entry / 4) * at(1, entry / 2 % 2) * at(2, entry % 2))
                    .sum();
                assert!((rebuilt + offset - row[1]).abs() < 1e-10);
            }
            if form == CoreForm::Cp {
                assert!((1..7).all(|entry| core[entry] == 0.0), "{core:?}");
            }
        }
    }

    #[test]
    fn empty_slices_duplicated_coordinates_and_a_single_one_are_no_trouble() {
        let folder = tempfile::tempdir().unwrap();
        let mut entries = smooth_entries(&SHAPE, 700, 0.1, 5);
        entries.retain(|(place, _)| place[1] != 4);
        let input = saved_entries(folder.path(), &SHAPE, &entries);
        let twice: Vec<f64> = (0..12).map(|index| f64::from(index / 2)).collect();
        let coordinates = [Some(twice), None, Some(vec![3.5; 40])];
        let params = FunbatParams { max_iterations: 5, ..params() };
        let info =
            solve(&input, &HoldOut::Nothing, &coordinates, &params, 1, folder.path(), &mut Silent).unwrap();
        assert!(info.warnings[0].contains("1 of 15 indices of mode 2"), "{:?}", info.warnings);
        let first = loaded(&folder.path().join("factors-1.npy"), &[12, 2]);
        assert_eq!(first[0..2], first[2..4], "one coordinate, one value");
        let deviations = loaded(&folder.path().join("factorDeviations-2.npy"), &[15, 2]);
        assert!(deviations[8] > deviations[6] && deviations[8] > deviations[10], "unseen is less certain");
        assert!(!folder.path().join("holdOut.npy").exists());
    }

    #[test]
    fn intervals_are_calibrated_where_the_noise_is_not_of_one_size() {
        let folder = tempfile::tempdir().unwrap();
        let mut random = Random::new(9, 0);
        let mut entries = smooth_entries(&SHAPE, 4000, 0.0, 7);
        // Mostly small noise, now and then large: a normal interval of the same variance holds too few or too many.
        for (_, value) in &mut entries {
            *value += random.normal() * if random.uniform() < 0.15 { 1.0 } else { 0.05 };
        }
        let input = saved_entries(folder.path(), &SHAPE, &entries);
        let run = |calibration_share| {
            let params = FunbatParams { ranks: vec![3; 3], calibration_share, ..params() };
            solve(&input, &HoldOut::Share(0.5), &plain(), &params, 5, folder.path(), &mut Silent).unwrap()
        };
        let info = run(0.2);
        assert!(info.figure("intervalFactor").unwrap() != 1.0);
        let coverage = info.figure("coverage95").unwrap();
        assert!((0.925..0.975).contains(&coverage), "{coverage}");
        let plain = run(0.0);
        assert_eq!(plain.figure("intervalFactor"), Some(1.0));
        assert!(plain.warnings.is_empty(), "{:?}", plain.warnings);
    }

    #[test]
    fn too_few_entries_to_calibrate_on_are_said() {
        let folder = tempfile::tempdir().unwrap();
        let input = saved_entries(folder.path(), &SHAPE, &smooth_entries(&SHAPE, 60, 0.1, 8));
        let params = FunbatParams { max_iterations: 3, ..params() };
        let info =
            solve(&input, &HoldOut::Nothing, &plain(), &params, 1, folder.path(), &mut Silent).unwrap();
        assert_eq!((info.figure("intervalFactor"), info.iterations), (Some(1.0), 3));
        assert!(info.warnings.iter().any(|text| text.contains("takes 19 or more")), "{:?}", info.warnings);
    }

    /// Stops after a number of rounds, at once or at the next look.
    struct Stopping {
        after: usize,
        at_once: bool,
        rounds: usize,
    }
    impl Observer for Stopping {
        fn stage(&mut self, _name: &str) {}
        fn progress(&mut self, _fraction: f64) -> Flow {
            if self.rounds >= self.after { Flow::Stop } else { Flow::Continue }
        }
        fn iteration(&mut self, _step: &Step<'_>) -> Flow {
            self.rounds += 1;
            if self.at_once && self.rounds >= self.after { Flow::Stop } else { Flow::Continue }
        }
    }

    #[test]
    fn stopped_in_either_fit_it_keeps_what_was_found() {
        let folder = tempfile::tempdir().unwrap();
        let input = saved_entries(folder.path(), &SHAPE, &smooth_entries(&SHAPE, 900, 0.1, 9));
        let params = FunbatParams { max_iterations: 4, ..params() };
        for (after, at_once) in [(2, true), (2, false), (4, false), (6, true), (6, false)] {
            let mut observer = Stopping { after, at_once, rounds: 0 };
            let info =
                solve(&input, &HoldOut::Share(0.1), &plain(), &params, 1, folder.path(), &mut observer)
                    .unwrap();
            assert_eq!((info.stop_reason, info.iterations), (StopReason::Cancelled, after));
            assert!(info.figure("evidenceBound").unwrap().is_finite());
            assert!(info.figure("holdOutRmse").unwrap().is_finite());
        }
    }

    #[test]
    fn a_hold_out_that_leaves_nothing_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let entries = smooth_entries(&SHAPE, 30, 0.1, 6);
        let input = saved_entries(folder.path(), &SHAPE, &entries);
        let source = saved_array(folder.path(), "folds.npy", &[30, 2], &[1.0; 60]);
        let run = |fold| {
            let hold_out = HoldOut::Fold { source: source.clone(), fold };
            solve(&input, &hold_out, &plain(), &params(), 1, folder.path(), &mut Silent).unwrap_err()
        };
        assert!(run(0).to_string().contains("All 30 observed entries are held out"), "{}", run(0));
        assert_eq!(run(2).blamed_parameter(), Some("fold"));
        assert!(!folder.path().join("core.npy").exists());
    }

    #[test]
    fn nan_and_bad_places_are_refused_with_their_place() {
        let folder = tempfile::tempdir().unwrap();
        let mut entries = smooth_entries(&SHAPE, 30, 0.1, 6);
        entries[7].1 = f64::NAN;
        let run = |entries: &[(Vec<usize>, f64)]| {
            let input = saved_entries(folder.path(), &SHAPE, entries);
            solve(&input, &HoldOut::Nothing, &plain(), &params(), 1, folder.path(), &mut Silent).unwrap_err()
        };
        assert!(run(&entries).to_string().contains("Entry 8 at"), "{}", run(&entries));
        entries[7] = (vec![1, 15, 3], 1.0);
        assert_eq!(run(&entries).code(), ErrorCode::InvalidData);
        assert!(run(&entries).to_string().contains("index 15 in mode 2"), "{}", run(&entries));
    }
}
