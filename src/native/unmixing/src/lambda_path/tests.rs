use super::*;
use crate::test_support::{loaded, saved, saved_cube, scene};
use crate::{SunsalParams, solve_sunsal};
use filigree_core::{Silent, in_pool};

#[test]
fn the_path_starts_at_nothing_and_every_step_is_what_sunsal_finds_there() {
    let planted = scene([15, 20, 24], 6, 0.02, 1);
    let (folder, input) = saved_cube(planted.shape, &planted.values);
    let library = saved(folder.path(), "m.npy", &[24, 6], &planted.endmembers);
    let params = LambdaPathParams { steps: 9, smallest_share: 1e-4 };
    let run = |threads| {
        in_pool(threads, || solve(&input, &library, None, &params, folder.path(), &mut Silent)).unwrap();
        ["lambda.npy", "residuals.npy", "sums.npy"]
            .map(|file| std::fs::read(folder.path().join(file)).unwrap())
    };
    assert!(run(1) == run(3));
    let read = |file: &str, shape: &[usize]| loaded(&folder.path().join(file), shape);
    let (sparsities, residuals) = (read("lambda.npy", &[9]), read("residuals.npy", &[9, 1]));
    let (supports, sums) = (read("supports.npy", &[9, 2]), read("sums.npy", &[9, 1]));
    assert!((residuals[0] - 1.0).abs() < 1e-9 && sums[0] < 1e-9);
    assert!(residuals.is_sorted_by(|a, b| a >= b) && sums.is_sorted());
    for step in [3, 8] {
        let params = SunsalParams { sparsity: sparsities[step], ..SunsalParams::default() };
        let info = solve_sunsal(&input, &library, &params, folder.path(), &mut Silent).unwrap();
        let figure = |name| info.figure(name).unwrap();
        assert!((figure("relativeResidual") - residuals[step]).abs() < 1e-9);
        assert!((figure("meanSupport") - supports[2 * step]).abs() < 1e-9);
        assert!((figure("activeSpectra") - supports[2 * step + 1]).abs() < 1e-9);
    }
}

#[test]
fn known_abundances_are_held_against_every_step() {
    let planted = scene([15, 20, 24], 6, 0.01, 1);
    let (folder, mut input) = saved_cube(planted.shape, &planted.values);
    input.invalid_pixels = crate::InvalidPixels::Skip;
    input.no_data_value = Some(planted.values[24 * 17]);
    let library = saved(folder.path(), "m.npy", &[24, 6], &planted.endmembers);
    // The truth of four spectra: what the other two take in it is missing, so that they count as error.
    let order = [4usize, 0, 5, 2];
    let maps: Vec<f64> = order
        .iter()
        .flat_map(|&k| (0..300).map(move |pixel| (k, pixel)))
        .map(|(k, pixel)| planted.abundances[pixel * 6 + k])
        .collect();
    let known = KnownAbundances {
        maps: saved(folder.path(), "truth.npy", &[4, 15, 20], &maps),
        spectra: order.to_vec(),
    };
    let params = LambdaPathParams { steps: 5, smallest_share: 1e-4 };
    let info = solve(&input, &library, Some(&known), &params, folder.path(), &mut Silent).unwrap();
    let ratios = loaded(&folder.path().join("sre.npy"), &[5, 1]);
    assert!(ratios[0].abs() < 1e-9, "nothing found: the error is the truth, {ratios:?}");
    assert!(info.figure("bestSre").unwrap() >= ratios[4] && info.figure("bestSre").unwrap() > 1.0);
    let sparsities = loaded(&folder.path().join("lambda.npy"), &[5]);
    let sunsal = SunsalParams { sparsity: sparsities[4], ..SunsalParams::default() };
    solve_sunsal(&input, &library, &sunsal, folder.path(), &mut Silent).unwrap();
    let found = saved(
        folder.path(),
        "found.npy",
        &[6, 15, 20],
        &loaded(&folder.path().join("abundances.npy"), &[6, 15, 20]),
    );
    let partners: Vec<Option<usize>> = order.iter().map(|&k| Some(k)).collect();
    let (signal, error) = crate::abundance_errors(&known.maps, &found, &partners).unwrap();
    assert!((10.0 * (signal / error).log10() - ratios[4]).abs() < 1e-6);
    let wrong = KnownAbundances { spectra: vec![0, 1, 2, 6], ..known };
    assert!(solve(&input, &library, Some(&wrong), &params, folder.path(), &mut Silent).is_err());
}

#[test]
fn wrong_parameters_are_named() {
    let short = LambdaPathParams { steps: 1, ..LambdaPathParams::default() };
    assert_eq!(short.check().unwrap_err().blamed_parameter(), Some("steps"));
    let all = LambdaPathParams { smallest_share: 1.0, ..LambdaPathParams::default() };
    assert_eq!(all.check().unwrap_err().blamed_parameter(), Some("smallestShare"));
}
