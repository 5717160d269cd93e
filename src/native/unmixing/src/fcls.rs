use std::path::Path;

use filigree_core::{ArraySource, Error, Info, Observer, Pool, Section, Stopwatch};

use crate::final_pass::{Mixture, Simplex, solve_and_write};
use crate::finished::finished;
use crate::linear_abundances::{about_unsolved, figures_of};
use crate::{CubeInput, Passes, PreparedCube, SimplexLeastSquares, Workspace, read_spectra};

const STAGE: &str = "Solving for abundances";

/// Parameters of fully constrained least squares.
#[derive(Clone, Debug, PartialEq)]
pub struct FclsParams {
    /// Largest KKT violation, relative to the lengths of pixel and endmembers, at which a pixel is solved.
    pub tolerance: f64,
}

impl Default for FclsParams {
    fn default() -> Self {
        Self { tolerance: 1e-12 }
    }
}

impl FclsParams {
    /// Says which parameter is wrong and why.
    pub fn check(&self) -> Result<(), Error> {
        if !(self.tolerance > 0.0 && self.tolerance < 1e-2) {
            return Err(Error::parameter(
                "tolerance",
                format!(
                    "The tolerance is {}; it must be above 0 and below 0.01. 1e-12 is a good value.",
                    self.tolerance
                ),
            ));
        }
        Ok(())
    }
}

/// Solves for the abundances of every pixel and writes what [`solve_and_write`] writes into `folder`.
///
/// Heinz & Chang, "Fully constrained least squares linear spectral mixture analysis", IEEE TGRS 39(3), 2001;
/// the sum constraint is exact here, not a weighted row.
pub fn solve(
    input: &CubeInput,
    endmembers: &ArraySource,
    params: &FclsParams,
    folder: &Path,
    observer: &mut dyn Observer,
) -> Result<Info, Error> {
    params.check()?;
    let mut watch = Stopwatch::start();
    let cube = PreparedCube::open(input, false, Passes::One, &mut Section::new(observer, 0.0, 0.3))?;
    let read = if cube.was_scanned() { 0.3 } else { 0.0 };
    let spectra = read_spectra(endmembers, &cube, "endmembers")?;
    let bands = cube.bands();
    let p = spectra.len() / bands;
    let solver = SimplexLeastSquares::new(&spectra, p);
    watch.setup_done();

    observer.stage(STAGE);
    let workspaces: Pool<Workspace> = Pool::default();
    let Mixture { fit, files } = solve_and_write(
        &cube,
        &spectra,
        |tile, pixels, abundances| {
            abundances.resize(tile.len() * p, 0.0);
            let mut work = workspaces.take(Workspace::default);
            solver.solve_tile(pixels, params.tolerance, abundances, &mut work);
        },
        Simplex::Drawn,
        folder,
        STAGE,
        &mut Section::new(observer, read, 1.0),
    )?;

    let mut warnings = cube.warnings();
    let unsolved: usize = workspaces.into_items().iter().map(|work| work.unsolved).sum();
    warnings.extend(about_unsolved(unsolved, &cube, params.tolerance));
    let message = format!("Solved {} pixels for {p} abundances each.", cube.pixels());
    Ok(finished(&watch, message, figures_of(&fit, &cube), warnings, files))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::{StopsIn, loaded, saved, saved_cube, scene};
    use crate::{InvalidPixels, Normalisation};
    use filigree_core::{ErrorCode, Silent, in_pool};

    #[test]
    fn a_planted_mixture_is_recovered() {
        let planted = scene([13, 90, 30], 4, 0.0, 1);
        let (folder, input) = saved_cube(planted.shape, &planted.values);
        let spectra = saved(folder.path(), "m.npy", &[30, 4], &planted.endmembers);
        let info = solve(&input, &spectra, &FclsParams::default(), folder.path(), &mut Silent).unwrap();
        assert!(info.figure("relativeResidual").unwrap() < 1e-12);
        assert_eq!(
            info.files,
            [
                "endmembers.npy",
                "abundances.npy",
                "residual.npy",
                "residualSpectrum.npy",
                "projection.npy",
                "simplex.npy"
            ]
        );
        let found = loaded(&folder.path().join("abundances.npy"), &[4, 13, 90]);
        for (i, value) in found.iter().enumerate() {
            let expected = planted.abundances[(i % (13 * 90)) * 4 + i / (13 * 90)];
            assert!((value - expected).abs() < 1e-10);
        }
    }

    #[test]
    fn one_two_and_three_threads_write_the_same_bytes() {
        let planted = scene([40, 90, 20], 5, 0.05, 2);
        let (folder, mut input) = saved_cube(planted.shape, &planted.values);
        input.normalisation = Normalisation::UnitLength;
        let spectra = saved(folder.path(), "m.npy", &[20, 5], &planted.endmembers);
        let run = |threads| {
            in_pool(threads, || solve(&input, &spectra, &FclsParams::default(), folder.path(), &mut Silent))
                .unwrap();
            ["abundances.npy", "residual.npy"].map(|name| std::fs::read(folder.path().join(name)).unwrap())
        };
        let one = run(1);
        assert!(one == run(2));
        assert!(one == run(3));
    }

    #[test]
    fn pixels_left_out_are_nan_and_the_rest_is_solved() {
        let mut planted = scene([2, 3, 10], 2, 0.0, 3);
        planted.values[10 * 4 + 1] = f64::INFINITY;
        let (folder, mut input) = saved_cube(planted.shape, &planted.values);
        input.invalid_pixels = InvalidPixels::Skip;
        let spectra = saved(folder.path(), "m.npy", &[10, 2], &planted.endmembers);
        let info = solve(&input, &spectra, &FclsParams::default(), folder.path(), &mut Silent).unwrap();
        assert!(info.warnings[0].contains("1 pixel of 6 left out"), "{:?}", info.warnings);
        let residual = loaded(&folder.path().join("residual.npy"), &[2, 3]);
        assert_eq!(
            residual.iter().map(|r| r.is_nan()).collect::<Vec<_>>(),
            [false, false, false, false, true, false]
        );
    }

    #[test]
    fn spectra_that_do_not_fit_are_named() {
        let planted = scene([2, 3, 10], 2, 0.0, 3);
        let (folder, input) = saved_cube(planted.shape, &planted.values);
        let spectra = saved(folder.path(), "m.npy", &[4, 5], &planted.endmembers);
        let error = solve(&input, &spectra, &FclsParams::default(), folder.path(), &mut Silent).unwrap_err();
        assert_eq!(error.blamed_parameter(), Some("endmembers"));
        assert!(error.to_string().contains("4 bands, the cube has 10"), "{error}");
    }

    #[test]
    fn a_cancelled_run_leaves_no_half_written_file() {
        let planted = scene([60, 300, 5], 2, 0.0, 3);
        let (folder, input) = saved_cube(planted.shape, &planted.values);
        let spectra = saved(folder.path(), "m.npy", &[5, 2], &planted.endmembers);
        let before = std::fs::read_dir(folder.path()).unwrap().count();
        let error =
            solve(&input, &spectra, &FclsParams::default(), folder.path(), &mut StopsIn::any(&[STAGE]))
                .unwrap_err();
        assert_eq!(error.code(), ErrorCode::Cancelled);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), before);
    }
}
