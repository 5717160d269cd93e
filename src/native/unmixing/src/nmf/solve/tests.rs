use super::super::{GraphTerm, Sparsity, Updates};
use super::*;
use crate::test_support::{Scene, loaded, saved, saved_cube, scene};
use crate::{GraphParams, Normalisation};
use filigree_core::{ErrorCode, Flow, Random, Silent, Step, StopReason, in_pool};
use proptest::prelude::*;

/// Keeps the trace, and stops after a number of iterations.
#[derive(Default)]
struct Recorder {
    rows: Vec<Vec<f64>>,
    stop_at: Option<usize>,
}

impl Observer for Recorder {
    fn stage(&mut self, _name: &str) {}
    fn progress(&mut self, _fraction: f64) -> Flow {
        Flow::Continue
    }
    fn iteration(&mut self, step: &Step<'_>) -> Flow {
        self.rows.push(step.row.to_vec());
        if self.stop_at == Some(step.iteration) { Flow::Stop } else { Flow::Continue }
    }
}

fn quick() -> NmfParams {
    NmfParams {
        sum_to_one_weight: 1.0,
        restarts: 3,
        max_iterations: 60,
        tolerance: 0.0,
        ..NmfParams::default()
    }
}

fn sparse(exponent: Exponent, weight: f64) -> Option<Sparsity> {
    Some(Sparsity { exponent, weight: Some(weight) })
}

fn joined(weight: f64, neighbours: usize) -> Option<GraphTerm> {
    Some(GraphTerm { weight, shape: GraphParams { window: 3, neighbours, kernel_width: 1.0 } })
}

/// Every method of the family, with weights that matter.
fn family() -> Vec<(&'static str, NmfParams)> {
    let correntropy = Loss::Correntropy { width: 2.0 };
    vec![
        ("nmf", quick()),
        ("hals", NmfParams { updates: Updates::Hals, ..quick() }),
        ("l1", NmfParams { sparsity: sparse(Exponent::One, 0.05), ..quick() }),
        ("l1/2", NmfParams { sparsity: sparse(Exponent::Half, 0.02), ..quick() }),
        ("graph", NmfParams { graph: joined(0.3, 4), ..quick() }),
        ("glnmf", NmfParams { graph: joined(0.3, 4), sparsity: sparse(Exponent::Half, 0.02), ..quick() }),
        ("ss", NmfParams { graph: joined(0.3, 4), sparsity: sparse(Exponent::One, 0.05), ..quick() }),
        ("volume", NmfParams { updates: Updates::Hals, volume_weight: Some(0.5), ..quick() }),
        ("dgs", NmfParams { sparsity: sparse(Exponent::GuidedByData, 0.02), ..quick() }),
        ("correntropy", NmfParams { loss: correntropy, sparsity: sparse(Exponent::Half, 0.02), ..quick() }),
        (
            "rrlbs",
            NmfParams {
                loss: Loss::Lengths,
                sparsity: sparse(Exponent::GuidedByAbundances, 0.02),
                ..quick()
            },
        ),
    ]
}

/// The same method with terms too light to move a planted mixture, and time to find it.
fn light(params: NmfParams) -> NmfParams {
    NmfParams {
        sparsity: params.sparsity.map(|term| Sparsity { weight: Some(1e-4), ..term }),
        graph: params.graph.map(|term| GraphTerm { weight: 1e-4, ..term }),
        max_iterations: 200,
        ..params
    }
}

fn run(
    planted: &Scene,
    params: &NmfParams,
    observer: &mut dyn Observer,
) -> (tempfile::TempDir, Result<Info, Error>) {
    let (folder, input) = saved_cube(planted.shape, &planted.values);
    let info = solve(&input, None, params, 1, folder.path(), observer);
    (folder, info)
}

/// Where something is learned, at every tenth iteration up to the fiftieth, the objective becomes another one.
fn assert_never_rises(rows: &[Vec<f64>], learns: bool, energy: f64) {
    for (iteration, pair) in rows.windows(2).enumerate() {
        let changed = learns && iteration < 50 && (iteration + 1) % 10 == 0;
        assert!(
            changed || pair[1][0] <= pair[0][0] * (1.0 + 1e-12) + 1e-13 * energy,
            "{} after {} at iteration {}",
            pair[1][0],
            pair[0][0],
            iteration + 1
        );
    }
}

fn energy(planted: &Scene) -> f64 {
    planted.values.iter().map(|value| value * value).sum()
}

/// Largest angle in degrees between a planted endmember and the found one nearest to it.
fn worst_angle(planted: &Scene, found: &[f64], bands: &[usize]) -> f64 {
    let p = planted.endmembers.len() / planted.shape[2];
    let product = |a: &[f64], i: usize, b: &[f64], j: usize| -> f64 {
        bands.iter().map(|band| a[band * p + i] * b[band * p + j]).sum()
    };
    let truth = &planted.endmembers;
    let nearest = |j: usize| {
        (0..p)
            .map(|k| {
                let lengths = product(truth, j, truth, j) * product(found, k, found, k);
                product(truth, j, found, k) / lengths.sqrt()
            })
            .fold(0.0, f64::max)
    };
    (0..p).map(|j| nearest(j).min(1.0).acos().to_degrees()).fold(0.0, f64::max)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn the_objective_never_rises(
        seed in 0u64..1 << 40,
        p in 2usize..6,
        noise in 0.0f64..0.3,
        method in 0usize..11,
        graph in (-3.0f64..4.0).prop_map(|e| 10f64.powf(e)),
        sparsity in (-4.0f64..1.0).prop_map(|e| 10f64.powf(e)),
        delta in prop_oneof![Just(0.01), (-1.0f64..2.0).prop_map(|e| 10f64.powf(e))],
        neighbours in 1usize..9,
    ) {
        let planted = scene([9, 8, 12], p, noise, seed);
        let (_, mut params) = family().swap_remove(method);
        params.endmembers = p;
        params.sum_to_one_weight = delta;
        if let Some(term) = &mut params.graph {
            term.weight = graph;
            term.shape.neighbours = neighbours;
        }
        if let Some(term) = &mut params.sparsity {
            term.weight = Some(sparsity);
        }
        let mut recorder = Recorder::default();
        let (_folder, info) = run(&planted, &params, &mut recorder);
        prop_assert!(info.as_ref().map_or_else(|error| error.code() == ErrorCode::Breakdown, |_| true));
        assert_never_rises(&recorder.rows, params.loss != Loss::Squares, energy(&planted));
    }
}

#[test]
fn every_method_recovers_a_planted_mixture() {
    let planted = scene([30, 30, 25], 3, 0.0, 4);
    let all: Vec<usize> = (0..25).collect();
    for (name, params) in family() {
        let (folder, info) = run(&planted, &light(params), &mut Silent);
        let info = info.unwrap();
        assert!(info.figure("relativeResidual").unwrap() < 5e-3, "{name}: {:?}", info.figures);
        let found = loaded(&folder.path().join("endmembers.npy"), &[25, 3]);
        let worst = worst_angle(&planted, &found, &all);
        assert!(worst < 1.0, "{name}: {worst} degrees");
    }
}

#[test]
fn exact_updates_reach_the_same_minimum_sooner() {
    let planted = scene([20, 20, 15], 3, 0.05, 3);
    let objective = |updates, max_iterations| {
        let params = NmfParams { updates, max_iterations, ..quick() };
        run(&planted, &params, &mut Silent).1.unwrap().figure("objective").unwrap()
    };
    let (slow, fast) = (objective(Updates::Multiplicative, 100), objective(Updates::Hals, 100));
    let (slow_end, fast_end) = (objective(Updates::Multiplicative, 4000), objective(Updates::Hals, 1000));
    assert!(fast < slow, "{fast} and {slow}");
    assert!((slow_end - fast_end).abs() < 1e-2 * fast_end, "{slow_end} and {fast_end}");
}

#[test]
fn without_a_graph_structured_sparse_nmf_is_nmf_with_a_lasso() {
    let planted = scene([10, 12, 9], 3, 0.05, 2);
    let objective = |graph| {
        let params = NmfParams { graph, sparsity: sparse(Exponent::One, 0.05), ..quick() };
        run(&planted, &params, &mut Silent).1.unwrap().figure("objective").unwrap()
    };
    assert_eq!(objective(joined(0.0, 4)).to_bits(), objective(None).to_bits());
}

#[test]
fn scaling_the_cube_scales_the_objective_and_nothing_else() {
    let planted = scene([10, 12, 9], 3, 0.05, 2);
    let bright = Scene {
        values: planted.values.iter().map(|value| 1024.0 * value).collect(),
        ..scene([10, 12, 9], 3, 0.05, 2)
    };
    for (name, params) in family() {
        let found = |planted: &Scene| {
            let (folder, info) = run(planted, &params, &mut Silent);
            let maps = loaded(&folder.path().join("abundances.npy"), &[3, 10, 12]);
            (info.unwrap().figure("objective").unwrap(), maps)
        };
        let ((dim_objective, dim_maps), (objective, maps)) = (found(&planted), found(&bright));
        let ratio = objective / dim_objective / (1024.0 * 1024.0);
        assert!((ratio - 1.0).abs() < 1e-6, "{name}: {ratio}");
        let apart = dim_maps.iter().zip(&maps).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        assert!(apart < 1e-6, "{name}: {apart}");
    }
}

#[test]
fn robust_losses_give_corrupted_bands_the_lowest_weights_and_keep_the_spectra() {
    let mut planted = scene([30, 30, 25], 3, 0.01, 4);
    let corrupted = [3, 11, 19];
    let mut random = Random::new(5, 1);
    for pixel in planted.values.chunks_exact_mut(25) {
        corrupted.iter().for_each(|&band| pixel[band] = 1.5 * random.uniform());
    }
    let clean: Vec<usize> = (0..25).filter(|band| !corrupted.contains(band)).collect();
    for (name, params) in family().into_iter().filter(|(_, params)| params.loss != Loss::Squares) {
        let (folder, info) = run(&planted, &light(params), &mut Silent);
        let info = info.unwrap();
        assert_eq!(info.figure("distrustedBands"), Some(3.0), "{name}");
        assert!(info.warnings.iter().any(|said| said.contains("band 3, 11, 19 (counted from zero)")));
        let weights = loaded(&folder.path().join("bandWeights.npy"), &[25]);
        let of = |bands: &[usize]| -> Vec<f64> { bands.iter().map(|&band| weights[band]).collect() };
        let highest = of(&corrupted).into_iter().fold(0.0, f64::max);
        let lowest = of(&clean).into_iter().fold(f64::INFINITY, f64::min);
        assert!(highest < 0.3 * lowest, "{name}: {weights:?}");
        let found = loaded(&folder.path().join("endmembers.npy"), &[25, 3]);
        let worst = worst_angle(&planted, &found, &clean);
        assert!(worst < 3.0, "{name}: {worst} degrees");
        assert!(info.warnings.iter().any(|said| said.contains("filled in") && said.contains("3, 11, 19")));
        assert!((found[33] - 0.5 * (found[30] + found[36])).abs() < 1e-15, "{name}");
    }
}

#[test]
fn figures_are_those_of_the_written_outputs() {
    let planted = scene([12, 12, 10], 3, 0.05, 5);
    let mut recorder = Recorder::default();
    let (folder, info) = run(&planted, &quick(), &mut recorder);
    let info = info.unwrap();
    let last = recorder.rows.last().unwrap();
    assert!((info.figure("objective").unwrap() - last[0]).abs() < 1e-12);
    let m = loaded(&folder.path().join("endmembers.npy"), &[10, 3]);
    let a = loaded(&folder.path().join("abundances.npy"), &[3, 12, 12]);
    let data: f64 = (0..144 * 10)
        .map(|i| {
            let (pixel, band) = (i / 10, i % 10);
            let mixed: f64 = (0..3).map(|k| m[band * 3 + k] * a[k * 144 + pixel]).sum();
            0.5 * (planted.values[i] - mixed).powi(2)
        })
        .sum();
    assert!((data - last[1]).abs() < 1e-9 * data, "{data} and {}", last[1]);
    assert!((info.figure("relativeResidual").unwrap() - last[3]).abs() < 1e-9);
}

#[test]
fn one_two_and_three_threads_write_the_same_bytes() {
    let planted = scene([40, 50, 20], 4, 0.05, 6);
    let (folder, mut input) = saved_cube(planted.shape, &planted.values);
    input.normalisation = Normalisation::UnitLength;
    for (name, params) in family() {
        let params = NmfParams { endmembers: 4, max_iterations: 12, ..params };
        let bytes = |threads| {
            let run = || solve(&input, None, &params, 7, folder.path(), &mut Silent);
            let files = in_pool(threads, run).unwrap().files;
            files.iter().map(|file| std::fs::read(folder.path().join(file)).unwrap()).collect::<Vec<_>>()
        };
        let one = bytes(1);
        assert!(one == bytes(2), "{name}");
        assert!(one == bytes(3), "{name}");
    }
}

#[test]
fn a_cancelled_run_keeps_its_last_iterate() {
    let planted = scene([12, 12, 10], 3, 0.05, 8);
    let mut recorder = Recorder { stop_at: Some(5), ..Recorder::default() };
    let (folder, info) = run(&planted, &quick(), &mut recorder);
    let info = info.unwrap();
    assert_eq!((info.stop_reason, info.iterations), (StopReason::Cancelled, 5));
    assert!(folder.path().join("abundances.npy").exists());
}

#[test]
fn zero_pixels_dead_bands_and_a_start_with_zeros_leave_no_nan() {
    let mut planted = scene([10, 10, 8], 3, 0.02, 9);
    planted.values[80..160].fill(0.0);
    planted.values.iter_mut().skip(2).step_by(8).for_each(|value| *value = 0.0);
    planted.values.iter_mut().skip(5).step_by(8).for_each(|value| *value = 0.25);
    planted.endmembers.iter_mut().skip(4).step_by(3).for_each(|value| *value = 0.0);
    let (folder, mut input) = saved_cube(planted.shape, &planted.values);
    let start = saved(folder.path(), "start.npy", &[8, 3], &planted.endmembers);
    for normalisation in [Normalisation::UnitLength, Normalisation::None] {
        input.normalisation = normalisation;
        for (name, params) in family() {
            for given in [Some(&start), None] {
                let mut recorder = Recorder::default();
                let info = solve(&input, given, &params, 0, folder.path(), &mut recorder).unwrap();
                assert_never_rises(&recorder.rows, params.loss != Loss::Squares, energy(&planted));
                assert!(info.figures.iter().all(|(_, value)| value.is_finite()), "{name}");
                let finite = |file: &str, shape: &[usize]| {
                    loaded(&folder.path().join(file), shape).iter().all(|value| value.is_finite())
                };
                assert!(
                    finite("abundances.npy", &[3, 10, 10]) && finite("endmembers.npy", &[8, 3]),
                    "{name}"
                );
                assert_eq!(info.files.contains(&"positions.npy".to_owned()), given.is_none());
            }
        }
    }
}

#[test]
fn a_weight_that_empties_every_abundance_is_said() {
    let planted = scene([10, 10, 8], 3, 0.02, 9);
    let params = NmfParams {
        sum_to_one_weight: 1e-6,
        sparsity: sparse(Exponent::One, 1e6),
        max_iterations: 300,
        ..quick()
    };
    let error = run(&planted, &params, &mut Silent).1.unwrap_err();
    assert_eq!(error.code(), ErrorCode::Breakdown);
    assert!(error.to_string().contains("Every abundance became zero"), "{error}");
    let one_left = vanished(&[0.5, 0.0, 0.5, 1e-9, 1.0, 0.0, 0.0, 1e-8], 4).unwrap();
    assert!(one_left[0].starts_with("2 of 4 endmembers vanished from every pixel: number 2, 4."));
}

#[test]
fn a_cube_of_zeros_is_refused() {
    let (folder, input) = saved_cube([4, 4, 5], &[0.0; 80]);
    let error = solve(&input, None, &quick(), 0, folder.path(), &mut Silent).unwrap_err();
    assert_eq!(error.code(), ErrorCode::InvalidData);
}

#[test]
fn wrong_parameters_are_named() {
    let graph = |window, neighbours, kernel_width, weight| {
        Some(GraphTerm { weight, shape: GraphParams { window, neighbours, kernel_width } })
    };
    let wrong = [
        (NmfParams { endmembers: 1, ..quick() }, "endmembers"),
        (NmfParams { graph: graph(4, 4, 1.0, 0.1), ..quick() }, "window"),
        (NmfParams { graph: graph(3, 9, 1.0, 0.1), ..quick() }, "neighbours"),
        (NmfParams { graph: graph(3, 4, 0.0, 0.1), ..quick() }, "kernelWidth"),
        (NmfParams { graph: graph(3, 4, 1.0, -1.0), ..quick() }, "graphWeight"),
        (NmfParams { sparsity: sparse(Exponent::One, f64::NAN), ..quick() }, "sparsity"),
        (NmfParams { loss: Loss::Correntropy { width: 0.0 }, ..quick() }, "kernelWidth"),
        (NmfParams { volume_weight: Some(0.1), ..quick() }, "updates"),
        (NmfParams { updates: Updates::Hals, sparsity: sparse(Exponent::Half, 0.1), ..quick() }, "updates"),
        (NmfParams { max_iterations: 0, ..quick() }, "maxIterations"),
        (NmfParams { restarts: 0, ..quick() }, "restarts"),
    ];
    for (params, parameter) in wrong {
        assert_eq!(params.check().unwrap_err().blamed_parameter(), Some(parameter));
    }
    let planted = scene([4, 4, 3], 2, 0.0, 6);
    let (_folder, info) = run(&planted, &NmfParams { endmembers: 4, ..quick() }, &mut Silent);
    assert_eq!(info.unwrap_err().blamed_parameter(), Some("endmembers"));
    let planted = scene([1, 2, 5], 2, 0.0, 6);
    let (_folder, info) = run(&planted, &quick(), &mut Silent);
    assert_eq!(info.unwrap_err().blamed_parameter(), Some("endmembers"));
}

#[test]
fn repeated_bands_break_down_with_advice() {
    let mut planted = scene([10, 10, 6], 2, 0.0, 6);
    for pixel in planted.values.chunks_exact_mut(6) {
        let first = pixel[0];
        pixel.fill(first);
    }
    let (_folder, info) = run(&planted, &quick(), &mut Silent);
    assert_eq!(info.unwrap_err().code(), ErrorCode::Breakdown);
}
