use std::path::Path;

use filigree_core::{
    Error, Flow, Info, NpyWriter, Observer, Random, Section, Step, StopReason, Stopwatch, peak_memory_bytes,
};

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

/// Share of the progress bar that the trials take.
const TRIALS_SHARE: f64 = 0.2;

/// Functional Bayesian Tucker: fits the observed entries, predicts those held out, and writes `core.npy`,
/// `coreDeviation.npy`, `factors-1.npy` …, `factorDeviations-1.npy` …, `lengthScales.npy` (mode) and, where something
/// was held out, `holdOut.npy` (entry; observed, predicted, deviation, indices). Trace: evidence bound, deviation of
/// the noise, root mean square residual.
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
    let mut model = best_start(&training, &form, params.starts, seed, observer)?;
    watch.setup_done();

    observer.stage("Iterating");
    let fit = iterate(&mut model, params, scale, observer)?;

    observer.stage("Writing factors and predictions");
    let mut files = FunctionalResult::new(&model, &observed.shape, params.form, scale).write(folder)?;
    let scales = length_scales(&model, coordinates, &observed.shape);
    files.push(NpyWriter::write_all(folder, "lengthScales.npy", &[scales.len()], &scales)?);
    let held_out = predicted(&model, &observed.held_out, offset, scale);
    files.extend(held_out.write(folder)?);
    let mut figures = vec![
        ("evidenceBound", fit.bound - training.len() as f64 * scale.ln()),
        ("observedRmse", scale * model.observed_rmse),
        ("noiseDeviation", scale * model.noise_variance().sqrt()),
        ("offset", offset),
    ];
    figures.extend(held_out.figures(offset));
    let (setup_seconds, iteration_seconds) = watch.split();
    Ok(Info {
        iterations: fit.rounds,
        stop_reason: fit.reason,
        stop_message: fit.message,
        figures,
        setup_seconds,
        iteration_seconds,
        peak_memory_bytes: peak_memory_bytes(),
        warnings: observed.empty_slices("their factors come from their neighbours alone"),
        files,
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
            let at = |round: usize| {
                TRIALS_SHARE * (start * TRIAL_ROUNDS + round) as f64 / (starts * TRIAL_ROUNDS) as f64
            };
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

fn iterate(
    model: &mut FunctionalTucker<'_>,
    params: &FunbatParams,
    scale: f64,
    observer: &mut dyn Observer,
) -> Result<Fit, Error> {
    let limit = params.max_iterations;
    let mut bounds: Vec<f64> = Vec::new();
    let entries = model.entry_count() as f64;
    // The bound of the entries as they are, not as they were scaled.
    let unscaled = |bound: f64| bound - entries * scale.ln();
    let ended = |bounds: &[f64], reason, message| Fit {
        rounds: bounds.len(),
        bound: bounds.last().copied().unwrap_or(f64::NAN),
        reason,
        message,
    };
    for round in 0..limit {
        let share = |round: usize| TRIALS_SHARE + (1.0 - TRIALS_SHARE) * round as f64 / limit as f64;
        let improved = model.improve(&mut Section::new(observer, share(round), share(round + 1)));
        let bound = match improved {
            Err(Error::Cancelled(_)) if !bounds.is_empty() => {
                return Ok(ended(&bounds, StopReason::Cancelled, cancelled(bounds.len())));
            }
            other => other?,
        };
        bounds.push(bound);
        let row = [unscaled(bound), scale * model.noise_variance().sqrt(), scale * model.observed_rmse];
        let step = Step { iteration: round + 1, iteration_limit: limit, row: &row };
        if observer.iteration(&step) == Flow::Stop {
            return Ok(ended(&bounds, StopReason::Cancelled, cancelled(bounds.len())));
        }
        if round >= WINDOW {
            let rise = (bound - bounds[round - WINDOW]) / entries;
            if rise <= params.tolerance {
                let message = format!(
                    "Converged after {} rounds: the last {WINDOW} raised the evidence bound by {rise:.1e} an entry.",
                    round + 1
                );
                return Ok(ended(&bounds, StopReason::Converged, message));
            }
        }
    }
    let message = format!("Stopped at the limit of {limit} rounds; the evidence bound was still rising.");
    Ok(ended(&bounds, StopReason::IterationLimit, message))
}

fn cancelled(rounds: usize) -> String {
    format!("Cancelled after {rounds} rounds; what they found was kept.")
}

fn predicted<'a>(model: &FunctionalTucker<'_>, entries: &'a Entries, offset: f64, scale: f64) -> HeldOut<'a> {
    let mut predictor = model.predictor();
    let noise = model.noise_variance();
    let found: Vec<_> = (0..entries.len()).map(|entry| predictor.at(entries.place(entry))).collect();
    let predicted = found.iter().map(|prediction| offset + scale * prediction.mean).collect();
    let deviation = found.iter().map(|prediction| scale * (prediction.variance + noise).sqrt()).collect();
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
            let params = FunbatParams { form, kernel, tolerance: 0.0, ..params() };
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
