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
    let info = solve(&input, &HoldOut::Share(0.2), &plain(), &params, 5, folder.path(), &mut Silent).unwrap();
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
        assert!(heard.0.windows(2).all(|pair| pair[1] >= pair[0] - 1e-9 * pair[0].abs()), "{:?}", heard.0);
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
        let info =
            solve(&input, &HoldOut::Share(0.1), &plain(), &params, 3, folder.path(), &mut Silent).unwrap();
        let offset = info.figure("offset").unwrap();
        let core = loaded(&folder.path().join("core.npy"), &[2, 2, 2]);
        let factors: Vec<Vec<f64>> = (0..3)
            .map(|mode| loaded(&folder.path().join(format!("factors-{}.npy", mode + 1)), &[SHAPE[mode], 2]))
            .collect();
        let rows = loaded(&folder.path().join("holdOut.npy"), &[held_count(folder.path()), 6]);
        for row in rows.chunks_exact(6) {
            let at = |mode: usize, component: usize| factors[mode][row[3 + mode] as usize * 2 + component];
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
    let info = solve(&input, &HoldOut::Nothing, &plain(), &params, 1, folder.path(), &mut Silent).unwrap();
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
            solve(&input, &HoldOut::Share(0.1), &plain(), &params, 1, folder.path(), &mut observer).unwrap();
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
