use std::path::Path;

use filigree_core::{ArraySource, Error, Info, NpyWriter, Observer, Section, Stopwatch, peak_memory_bytes};

use crate::blind_start::first_abundances;
use crate::descent::iterate;
use crate::final_pass::{Mixture, Simplex, write_mixture};
use crate::multiplicative::Factors;
use crate::pixel_graph::{GraphParams, PixelGraph};
use crate::ss_nmf_params::SsNmfParams;
use crate::ss_nmf_start::Start;
use crate::vca::positions;
use crate::vca_params::check_fits;
use crate::{CubeInput, Passes, PreparedCube};

/// How far the first abundances are drawn towards equal parts: multiplicative updates can not leave zero.
const MIXING: f64 = 0.01;

/// Structured sparse NMF (Zhu, Wang, Xiang, Fan, Pan, "Structured sparse method for hyperspectral unmixing", ISPRS
/// J. 88, 2014, arXiv 1403.4682): minimises
/// ½‖Y − MA‖² + (λ/2)·tr(A·L·Aᵀ) + α‖A‖₁ + (δ²/2)·‖1 − 1ᵀA‖² over M, A ≥ 0, where the last term is the appended
/// sum-to-one row. Writes what [`write_mixture`] writes, and `positions.npy` (p, 2) where VCA started it.
///
/// Trace: objective (all four terms), data term, graph term, sparsity term, relative residual; row 0 is the start.
/// An observer that stops the iteration gets the outputs of the last iterate.
pub fn solve(
    input: &CubeInput,
    start: Option<&ArraySource>,
    params: &SsNmfParams,
    seed: u64,
    folder: &Path,
    observer: &mut dyn Observer,
) -> Result<Info, Error> {
    params.check()?;
    let mut watch = Stopwatch::start();
    let cube = PreparedCube::open(input, true, Passes::Many, &mut Section::new(observer, 0.0, 0.05))?;
    check_fits(params.endmembers, &cube)?;
    let start = Start::choose(&cube, start, params, seed, &mut Section::new(observer, 0.05, 0.2))?;
    let graph = if params.graph_weight > 0.0 {
        let shape = GraphParams {
            window: params.window,
            neighbours: params.neighbours,
            kernel_width: params.kernel_width,
        };
        PixelGraph::build(&cube, &shape, &mut Section::new(observer, 0.2, 0.25))?
    } else {
        PixelGraph::without_edges(cube.pixels())?
    };
    let abundances =
        first_abundances(&cube, &start.endmembers, MIXING, &mut Section::new(observer, 0.25, 0.3))?;
    let mut factors = Factors::new(&cube, &graph, params.weights(), start.endmembers, abundances)?;
    watch.setup_done();
    let end = iterate(&mut factors, params, &mut Section::new(observer, 0.3, 1.0))?;

    let (bands, p) = (cube.bands(), params.endmembers);
    let Mixture { fit, mut files } =
        write_mixture(&cube, &factors.endmembers, &factors.abundances, Simplex::Drawn, folder)?;
    if let Some(vertices) = &start.vertices {
        files.push(NpyWriter::write_all(folder, "positions.npy", &[p, 2], &positions(&cube, vertices))?);
    }

    let pixels = cube.pixels() as f64;
    let mut figures = vec![
        ("objective", end.objective),
        ("relativeResidual", fit.relative_residual()),
        ("rmse", (fit.residual_energy / (pixels * bands as f64)).sqrt()),
        ("sumToOneDeviation", fit.sum_deviation / pixels),
        ("largestSumToOneDeviation", fit.largest_sum_deviation),
        ("graphEdges", graph.edge_count() as f64),
    ];
    figures.extend(start.figures);
    let (setup_seconds, iteration_seconds) = watch.split();
    Ok(Info {
        iterations: end.iterations,
        stop_reason: end.reason,
        stop_message: end.message,
        figures,
        setup_seconds,
        iteration_seconds,
        peak_memory_bytes: peak_memory_bytes(),
        warnings: [cube.warnings(), start.warnings].concat(),
        files,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Normalisation;
    use crate::test_support::{Scene, loaded, saved, saved_cube, scene};
    use filigree_core::{ErrorCode, Flow, Silent, Step, StopReason, in_pool};
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

    fn quick() -> SsNmfParams {
        SsNmfParams {
            window: 3,
            restarts: 3,
            max_iterations: 60,
            tolerance: 0.0,
            sparsity: 0.01,
            sum_to_one_weight: 1.0,
            ..SsNmfParams::default()
        }
    }

    fn run(
        planted: &Scene,
        params: &SsNmfParams,
        observer: &mut dyn Observer,
    ) -> (tempfile::TempDir, Result<Info, Error>) {
        let (folder, input) = saved_cube(planted.shape, &planted.values);
        let info = solve(&input, None, params, 1, folder.path(), observer);
        (folder, info)
    }

    fn assert_never_rises(rows: &[Vec<f64>]) {
        for pair in rows.windows(2) {
            assert!(pair[1][0] <= pair[0][0] * (1.0 + 1e-13) + 1e-15, "{} after {}", pair[1][0], pair[0][0]);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]
        #[test]
        fn the_objective_never_rises(
            seed in 0u64..1 << 40,
            p in 2usize..6,
            noise in 0.0f64..0.3,
            graph in prop_oneof![Just(0.0), (-3.0f64..4.0).prop_map(|e| 10f64.powf(e))],
            sparsity in prop_oneof![Just(0.0), (-4.0f64..1.0).prop_map(|e| 10f64.powf(e))],
            delta in prop_oneof![Just(0.0), (-1.0f64..2.0).prop_map(|e| 10f64.powf(e))],
            neighbours in 1usize..9,
        ) {
            let planted = scene([9, 8, 12], p, noise, seed);
            let params = SsNmfParams {
                endmembers: p,
                graph_weight: graph,
                sparsity,
                sum_to_one_weight: delta,
                neighbours,
                ..quick()
            };
            let mut recorder = Recorder::default();
            let (_folder, info) = run(&planted, &params, &mut recorder);
            prop_assert!(info.is_ok());
            assert_never_rises(&recorder.rows);
        }
    }

    #[test]
    fn a_planted_mixture_is_recovered() {
        let planted = scene([30, 30, 25], 3, 0.0, 4);
        let params = SsNmfParams { graph_weight: 0.0, sparsity: 0.0, max_iterations: 300, ..quick() };
        let (folder, info) = run(&planted, &params, &mut Silent);
        let info = info.unwrap();
        assert!(info.figure("relativeResidual").unwrap() < 2e-3, "{:?}", info.figures);
        let found = loaded(&folder.path().join("endmembers.npy"), &[25, 3]);
        for j in 0..3 {
            let best = (0..3)
                .map(|k| {
                    let product = |a: &[f64], i: usize, b: &[f64], l: usize| -> f64 {
                        (0..25).map(|band| a[band * 3 + i] * b[band * 3 + l]).sum()
                    };
                    let truth = &planted.endmembers;
                    product(truth, j, &found, k)
                        / (product(truth, j, truth, j) * product(&found, k, &found, k)).sqrt()
                })
                .fold(0.0, f64::max);
            assert!(best.min(1.0).acos().to_degrees() < 1.0, "endmember {j}: cosine {best}");
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
        assert!((data - last[1]).abs() < 1e-10 * data);
        assert_eq!(
            info.files,
            [
                "endmembers.npy",
                "abundances.npy",
                "residual.npy",
                "residualSpectrum.npy",
                "projection.npy",
                "simplex.npy",
                "positions.npy"
            ]
        );
    }

    #[test]
    fn one_two_and_three_threads_write_the_same_bytes() {
        let planted = scene([40, 50, 20], 4, 0.05, 6);
        let (folder, mut input) = saved_cube(planted.shape, &planted.values);
        input.normalisation = Normalisation::UnitLength;
        let params = SsNmfParams { endmembers: 4, max_iterations: 15, ..quick() };
        let bytes = |threads| {
            in_pool(threads, || solve(&input, None, &params, 7, folder.path(), &mut Silent)).unwrap();
            [
                "endmembers.npy",
                "abundances.npy",
                "residual.npy",
                "residualSpectrum.npy",
                "projection.npy",
                "simplex.npy",
                "positions.npy",
            ]
            .map(|name| std::fs::read(folder.path().join(name)).unwrap())
        };
        let one = bytes(1);
        assert!(one == bytes(2));
        assert!(one == bytes(3));
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
    fn zero_pixels_and_a_given_start_with_zeros_do_not_break_it() {
        let mut planted = scene([10, 10, 8], 3, 0.02, 9);
        planted.values[80..160].fill(0.0);
        planted.endmembers.iter_mut().skip(4).step_by(3).for_each(|value| *value = 0.0);
        let (folder, mut input) = saved_cube(planted.shape, &planted.values);
        input.normalisation = Normalisation::UnitLength;
        let start = saved(folder.path(), "start.npy", &[8, 3], &planted.endmembers);
        let mut recorder = Recorder::default();
        let info = solve(&input, Some(&start), &quick(), 0, folder.path(), &mut recorder).unwrap();
        assert_never_rises(&recorder.rows);
        assert!(info.figures.iter().all(|(_, value)| value.is_finite()));
        assert!(!info.files.contains(&"positions.npy".to_owned()));
    }

    #[test]
    fn wrong_parameters_are_named() {
        let wrong = [
            (SsNmfParams { endmembers: 1, ..quick() }, "endmembers"),
            (SsNmfParams { window: 4, ..quick() }, "window"),
            (SsNmfParams { neighbours: 9, ..quick() }, "neighbours"),
            (SsNmfParams { graph_weight: -1.0, ..quick() }, "graphWeight"),
            (SsNmfParams { sparsity: f64::NAN, ..quick() }, "sparsity"),
            (SsNmfParams { kernel_width: 0.0, ..quick() }, "kernelWidth"),
            (SsNmfParams { max_iterations: 0, ..quick() }, "maxIterations"),
            (SsNmfParams { restarts: 0, ..quick() }, "restarts"),
        ];
        for (params, parameter) in wrong {
            assert_eq!(params.check().unwrap_err().blamed_parameter(), Some(parameter));
        }
        let planted = scene([4, 4, 3], 2, 0.0, 6);
        let (_folder, info) = run(&planted, &SsNmfParams { endmembers: 4, ..quick() }, &mut Silent);
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
}
