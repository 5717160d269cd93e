use std::path::Path;

use filigree_core::{ArraySource, Error, Info, Observer, Section, Stopwatch};

use crate::library_params::{check_stopping, check_weight};
use crate::library_solve::{regress_and_write, split_and_write};
use crate::sparse_regression::{LibraryRegression, Regression};
use crate::sparse_splitting::Stopping;
use crate::spectra::read_library;
use crate::{CubeInput, Passes, PreparedCube};

const STAGE: &str = "Unmixing with the library";

/// Parameters of SUnSAL.
#[derive(Clone, Debug, PartialEq)]
pub struct SunsalParams {
    /// λ, weight of the sum of abundances.
    pub sparsity: f64,
    /// Whether abundances sum to one; λ then plays no role.
    pub sum_to_one: bool,
    /// How the minimum is found.
    pub solver: SunsalSolver,
}

/// How SUnSAL finds the minimum.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum SunsalSolver {
    /// Exactly, pixel by pixel, by an active set.
    ActiveSet,
    /// To a tolerance, over large groups of pixels, by alternating directions as published.
    AlternatingDirections {
        /// Root mean square of the residuals, over the abundances of a group.
        tolerance: f64,
        /// Most iterations.
        max_iterations: usize,
    },
}

impl Default for SunsalParams {
    fn default() -> Self {
        Self { sparsity: 0.01, sum_to_one: false, solver: SunsalSolver::ActiveSet }
    }
}

impl SunsalParams {
    /// Says which parameter is wrong and why.
    pub fn check(&self) -> Result<(), Error> {
        check_weight(self.sparsity, "sparsity", "sparsity λ")?;
        match self.solver {
            SunsalSolver::ActiveSet => Ok(()),
            SunsalSolver::AlternatingDirections { tolerance, max_iterations } => {
                check_stopping(tolerance, max_iterations)
            }
        }
    }
}

/// Sparse unmixing by variable splitting and augmented Lagrangian: min ½‖y − Ax‖² + λ‖x‖₁ over x ≥ 0 for every
/// pixel. The model is that of Bioucas-Dias & Figueiredo (WHISPERS 2010); the minimum is found by an active set, see
/// [`LibraryRegression::exact`], or as they do, see [`crate::sparse_splitting`].
pub fn solve(
    input: &CubeInput,
    library: &ArraySource,
    params: &SunsalParams,
    folder: &Path,
    observer: &mut dyn Observer,
) -> Result<Info, Error> {
    params.check()?;
    let mut watch = Stopwatch::start();
    let cube = PreparedCube::open(input, false, Passes::One, &mut Section::new(observer, 0.0, 0.3))?;
    let read = if cube.was_scanned() { 0.3 } else { 0.0 };
    let spectra = read_library(library, &cube)?;
    let regression = LibraryRegression::new(&spectra, cube.bands());
    watch.setup_done();
    observer.stage(STAGE);
    let problem = Regression { sparsity: params.sparsity, prior_weight: 0.0, sum_to_one: params.sum_to_one };
    let mut section = Section::new(observer, read, 1.0);
    let stopping = match params.solver {
        SunsalSolver::ActiveSet => None,
        SunsalSolver::AlternatingDirections { tolerance, max_iterations } => {
            Some(Stopping { tolerance, max_iterations })
        }
    };
    let outcome = match stopping {
        None => regress_and_write(&cube, &spectra, &regression, &problem, None, folder, STAGE, &mut section),
        Some(stopping) => {
            split_and_write(&cube, &spectra, &regression, &problem, stopping, folder, STAGE, &mut section)
        }
    }?;
    Ok(outcome.info(&cube, &regression, params.sparsity, stopping, &watch))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::{StopsIn, loaded, saved, saved_cube, scene};
    use crate::{
        CollaborativeParams, MultiscaleParams, TotalVariationParams, solve_collaborative, solve_multiscale,
        solve_total_variation,
    };
    use filigree_core::{ErrorCode, Silent, in_pool};

    const SHAPE: [usize; 3] = [20, 33, 24];

    type Solve<'a> =
        &'a (dyn Fn(&CubeInput, &ArraySource, &Path, &mut dyn Observer) -> Result<Info, Error> + Sync);

    fn methods() -> [(&'static str, Solve<'static>); 5] {
        [
            ("SUnSAL by ADMM", &|cube, library, folder, observer| {
                let solver = SunsalSolver::AlternatingDirections { tolerance: 1e-5, max_iterations: 5000 };
                let params = SunsalParams { sparsity: 1e-3, solver, ..SunsalParams::default() };
                solve(cube, library, &params, folder, observer)
            }),
            ("SUnSAL", &|cube, library, folder, observer| {
                solve(
                    cube,
                    library,
                    &SunsalParams { sparsity: 1e-3, ..SunsalParams::default() },
                    folder,
                    observer,
                )
            }),
            ("CLSUnSAL", &|cube, library, folder, observer| {
                let params = CollaborativeParams { sparsity: 1e-3, ..CollaborativeParams::default() };
                solve_collaborative(cube, library, &params, folder, observer)
            }),
            ("SUnSAL-TV", &|cube, library, folder, observer| {
                let params = TotalVariationParams {
                    sparsity: 1e-3,
                    variation_weight: 1e-4,
                    isotropic: true,
                    tolerance: 1e-5,
                    max_iterations: 2000,
                };
                solve_total_variation(cube, library, &params, folder, observer)
            }),
            ("MUA", &|cube, library, folder, observer| {
                let params = MultiscaleParams {
                    coarse_sparsity: 1e-3,
                    sparsity: 1e-3,
                    spatial_weight: 1e-3,
                    superpixel_size: 4,
                    compactness: 1e-3,
                };
                solve_multiscale(cube, library, &params, folder, observer)
            }),
        ]
    }

    #[test]
    fn every_method_recovers_a_planted_mixture_and_says_what_is_active() {
        let planted = scene(SHAPE, 4, 0.0, 1);
        let (folder, input) = saved_cube(planted.shape, &planted.values);
        let library = saved(folder.path(), "m.npy", &[24, 4], &planted.endmembers);
        for (name, solve) in methods() {
            let info = solve(&input, &library, folder.path(), &mut Silent).unwrap();
            assert!(info.warnings.is_empty(), "{name}: {:?}", info.warnings);
            let found = loaded(&folder.path().join("abundances.npy"), &[4, 20, 33]);
            for (i, value) in found.iter().enumerate() {
                let expected = planted.abundances[(i % 660) * 4 + i / 660];
                assert!((value - expected).abs() < 0.02, "{name}: {value} for {expected}");
            }
            let active = loaded(&folder.path().join("active.npy"), &[4, 4]);
            assert!(active.chunks(4).is_sorted_by(|a, b| a[1] >= b[1]), "{name}: {active:?}");
            assert!(info.files.contains(&"residualSpectrum.npy".to_owned()));
        }
    }

    #[test]
    fn one_two_and_three_threads_write_the_same_bytes() {
        let planted = scene(SHAPE, 6, 0.02, 2);
        let (folder, input) = saved_cube(planted.shape, &planted.values);
        let library = saved(folder.path(), "m.npy", &[24, 6], &planted.endmembers);
        for (name, solve) in methods() {
            let run = |threads| {
                in_pool(threads, || solve(&input, &library, folder.path(), &mut Silent)).unwrap();
                ["abundances.npy", "active.npy"].map(|file| std::fs::read(folder.path().join(file)).unwrap())
            };
            let one = run(1);
            assert!(one == run(2) && one == run(3), "{name}");
        }
    }

    #[test]
    fn an_emptying_sparsity_is_told_with_the_largest_useful_one() {
        let planted = scene(SHAPE, 3, 0.0, 3);
        let (folder, input) = saved_cube(planted.shape, &planted.values);
        let library = saved(folder.path(), "m.npy", &[24, 3], &planted.endmembers);
        let params = SunsalParams { sparsity: 1e3, ..SunsalParams::default() };
        let info = solve(&input, &library, &params, folder.path(), &mut Silent).unwrap();
        assert!(info.warnings[0].contains("λmax"), "{:?}", info.warnings);
        assert_eq!(info.figure("activeSpectra"), Some(0.0));
        let below = SunsalParams { sparsity: 0.9 * info.figure("largestUsefulSparsity").unwrap(), ..params };
        let info = solve(&input, &library, &below, folder.path(), &mut Silent).unwrap();
        assert!(info.warnings.is_empty() && info.figure("activeSpectra").unwrap() > 0.0);
    }

    #[test]
    fn methods_over_the_whole_scene_say_that_they_ended_at_their_limit() {
        let planted = scene(SHAPE, 4, 0.02, 1);
        let (folder, input) = saved_cube(planted.shape, &planted.values);
        let library = saved(folder.path(), "m.npy", &[24, 4], &planted.endmembers);
        let few = CollaborativeParams { max_iterations: 3, ..CollaborativeParams::default() };
        let smooth = TotalVariationParams {
            sparsity: 1e-3,
            variation_weight: 1e-3,
            isotropic: false,
            tolerance: 1e-9,
            max_iterations: 3,
        };
        for info in [
            solve_collaborative(&input, &library, &few, folder.path(), &mut Silent).unwrap(),
            solve_total_variation(&input, &library, &smooth, folder.path(), &mut Silent).unwrap(),
        ] {
            assert_eq!(info.stop_reason.as_str(), "iteration-limit");
            assert!(info.warnings[0].starts_with("It ended at the limit of 3"), "{:?}", info.warnings);
        }
    }

    #[test]
    fn wrong_parameters_and_spectra_that_do_not_fit_are_named() {
        let bad = SunsalParams { sparsity: -1.0, ..SunsalParams::default() };
        assert_eq!(bad.check().unwrap_err().blamed_parameter(), Some("sparsity"));
        let planted = scene(SHAPE, 3, 0.0, 3);
        let (folder, input) = saved_cube(planted.shape, &planted.values);
        let library = saved(folder.path(), "m.npy", &[18, 4], &planted.endmembers);
        let error =
            solve(&input, &library, &SunsalParams::default(), folder.path(), &mut Silent).unwrap_err();
        assert!(error.to_string().contains("18 bands, the cube has 24"), "{error}");
    }

    #[test]
    fn a_method_that_is_stopped_keeps_its_last_iterate_or_nothing() {
        let planted = scene([40, 500, 10], 3, 0.01, 3);
        let (folder, input) = saved_cube(planted.shape, &planted.values);
        let library = saved(folder.path(), "m.npy", &[10, 3], &planted.endmembers);
        for (name, solve) in methods() {
            match solve(&input, &library, folder.path(), &mut StopsIn::any(&["Unmixing", "Iterating"])) {
                Ok(info) => assert_eq!(info.stop_reason.as_str(), "cancelled", "{name}"),
                Err(error) => assert_eq!(error.code(), ErrorCode::Cancelled, "{name}"),
            }
        }
    }
}
