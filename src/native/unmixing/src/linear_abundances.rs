use std::path::Path;

use filigree_core::{
    ArraySource, Error, Info, Observer, Pool, Section, Stopwatch, View, ViewMut, batches, dot, keep_going,
    map_tiles, multiply, thin_qr,
};

use crate::final_pass::{Mixture, Simplex, solve_and_write};
use crate::finished::finished;
use crate::fit::Fit;
use crate::non_negative_least_squares::{NonNegativeLeastSquares, Scratch};
use crate::{CubeInput, MapWriter, Passes, PreparedCube, read_spectra};

const STAGE: &str = "Solving for abundances";

/// A diagonal entry of R below this share of the largest makes the spectra dependent.
const DEPENDENT: f64 = 1e-12;

/// Unconstrained least squares: a = M⁺y, for every pixel of the cube. Writes what [`solve_and_write`] writes, and
/// `negativeFraction.npy` (lines, samples): share of a pixel's abundances that are below zero.
pub fn unconstrained(
    input: &CubeInput,
    endmembers: &ArraySource,
    folder: &Path,
    observer: &mut dyn Observer,
) -> Result<Info, Error> {
    let mut watch = Stopwatch::start();
    let cube = PreparedCube::open(input, false, Passes::One, &mut Section::new(observer, 0.0, 0.2))?;
    let spectra = read_spectra(endmembers, &cube, "endmembers")?;
    let bands = cube.bands();
    let p = spectra.len() / bands;
    let inverse = pseudo_inverse(&spectra, p)?;
    watch.setup_done();
    observer.stage(STAGE);
    let solve = |pixels: &[f64]| {
        let count = pixels.len() / bands;
        let mut abundances = vec![0.0; count * p];
        multiply(
            View::row_major(pixels, count, bands),
            View::row_major(&inverse, p, bands).t(),
            ViewMut::row_major(&mut abundances, count, p),
        );
        abundances
    };
    let Mixture { fit, mut files } = solve_and_write(
        &cube,
        &spectra,
        |_, pixels, abundances| *abundances = solve(pixels),
        Simplex::Drawn,
        folder,
        STAGE,
        &mut Section::new(observer, 0.2, 0.7),
    )?;
    let warnings = cube.warnings();
    let map = MapWriter::create(&cube, folder, "negativeFraction.npy", None)?;
    let mut negative = 0.0;
    for batch in batches(cube.pixels()) {
        let shares: Vec<f64> = map_tiles(batch.clone(), |tile| {
            let share = |row: &[f64]| row.iter().filter(|a| **a < 0.0).count() as f64 / p as f64;
            Ok(solve(&cube.tile(tile)).chunks_exact(p).map(share).collect::<Vec<f64>>())
        })?
        .concat();
        negative += shares.iter().sum::<f64>();
        map.write(batch.clone(), &shares)?;
        cube.batch_done()?;
        keep_going(observer.progress(0.7 + 0.3 * batch.end as f64 / cube.pixels() as f64), STAGE)?;
    }
    files.push(map.finish()?);
    let fraction = negative / cube.pixels() as f64;
    let mut figures = figures_of(&fit, &cube);
    figures.push(("negativeFraction", fraction));
    let message = format!(
        "Solved {} pixels for {p} abundances each; {:.1} % of them are below zero.",
        cube.pixels(),
        100.0 * fraction
    );
    Ok(finished(&watch, message, figures, warnings, files))
}

/// Parameters of non-negative least squares.
#[derive(Clone, Debug, PartialEq)]
pub struct NnlsParams {
    /// Weight δ of an appended sum-to-one row, relative to the root mean square length of the endmembers; zero leaves
    /// the sum free.
    pub sum_to_one_weight: f64,
    /// Largest violation of the optimality conditions, relative to the lengths of pixel and endmembers.
    pub tolerance: f64,
}

impl Default for NnlsParams {
    fn default() -> Self {
        Self { sum_to_one_weight: 0.0, tolerance: 1e-10 }
    }
}

impl NnlsParams {
    /// Says which parameter is wrong and why.
    pub fn check(&self) -> Result<(), Error> {
        if !(self.sum_to_one_weight >= 0.0 && self.sum_to_one_weight <= 1e4) {
            return Err(Error::parameter(
                "sumToOneWeight",
                format!("The sum-to-one weight is {}; choose 0 to 10,000.", self.sum_to_one_weight),
            ));
        }
        if !(self.tolerance > 0.0 && self.tolerance < 1e-2) {
            return Err(Error::parameter(
                "tolerance",
                format!("The tolerance is {}; it must be above 0 and below 0.01.", self.tolerance),
            ));
        }
        Ok(())
    }
}

/// Non-negative least squares: min ½‖y − Ma‖² + (δ²s²/2)(1 − 1ᵀa)², a ≥ 0, for every pixel, with s² the mean squared
/// length of the endmembers. Without δ the sums are free, with it they are drawn towards one. Writes what
/// [`solve_and_write`] writes.
pub fn non_negative(
    input: &CubeInput,
    endmembers: &ArraySource,
    params: &NnlsParams,
    folder: &Path,
    observer: &mut dyn Observer,
) -> Result<Info, Error> {
    params.check()?;
    let mut watch = Stopwatch::start();
    let cube = PreparedCube::open(input, false, Passes::One, &mut Section::new(observer, 0.0, 0.2))?;
    let spectra = read_spectra(endmembers, &cube, "endmembers")?;
    let bands = cube.bands();
    let p = spectra.len() / bands;
    let heavy = params.sum_to_one_weight.powi(2) * dot(&spectra, &spectra) / p as f64;
    let gram = (0..p * p)
        .map(|i| dot(&spectra[(i / p) * bands..][..bands], &spectra[(i % p) * bands..][..bands]) + heavy)
        .collect();
    let solver = NonNegativeLeastSquares::new(gram, p);
    watch.setup_done();
    observer.stage(STAGE);
    let workspaces: Pool<Scratch> = Pool::default();
    let Mixture { fit, files } = solve_and_write(
        &cube,
        &spectra,
        |tile, pixels, abundances| {
            let mut products = vec![heavy; tile.len() * p];
            filigree_core::multiply_add(
                1.0,
                View::row_major(pixels, tile.len(), bands),
                View::row_major(&spectra, p, bands).t(),
                ViewMut::row_major(&mut products, tile.len(), p),
            );
            abundances.resize(tile.len() * p, 0.0);
            let mut work = workspaces.take(Scratch::default);
            work.start_anew();
            for ((pixel, b), a) in
                pixels.chunks_exact(bands).zip(products.chunks_exact(p)).zip(abundances.chunks_exact_mut(p))
            {
                let size = (dot(pixel, pixel) + heavy).sqrt();
                solver.solve(b, size, params.tolerance, a, &mut work);
            }
        },
        Simplex::Drawn,
        folder,
        STAGE,
        &mut Section::new(observer, 0.2, 1.0),
    )?;
    let mut warnings = cube.warnings();
    let unsolved: usize = workspaces.into_items().iter().map(|work| work.unsolved).sum();
    warnings.extend(about_unsolved(unsolved, &cube, params.tolerance));
    let figures = figures_of(&fit, &cube);
    let message = format!("Solved {} pixels for {p} abundances each.", cube.pixels());
    Ok(finished(&watch, message, figures, warnings, files))
}

/// The figures every method of abundances reports.
pub(crate) fn figures_of(fit: &Fit, cube: &PreparedCube) -> Vec<(&'static str, f64)> {
    let pixels = cube.pixels() as f64;
    vec![
        ("relativeResidual", fit.relative_residual()),
        ("rmse", (fit.residual_energy / (pixels * cube.bands() as f64)).sqrt()),
        ("meanSumDeviation", fit.sum_deviation / pixels),
        ("smallestAbundance", fit.smallest),
    ]
}

/// What a person should know about pixels whose conditions of optimality were not met.
pub(crate) fn about_unsolved(unsolved: usize, cube: &PreparedCube, tolerance: f64) -> Option<String> {
    (unsolved > 0).then(|| {
        format!(
            "{unsolved} of {} pixels did not reach the tolerance {tolerance:.0e}: the endmembers are nearly dependent. Their abundances are feasible, but not certain.",
            cube.pixels()
        )
    })
}

/// M⁺ (p × bands) of spectra that lie one after the other (p × bands), by QR: R⁻¹Qᵀ.
fn pseudo_inverse(spectra: &[f64], p: usize) -> Result<Vec<f64>, Error> {
    let bands = spectra.len() / p;
    let dependent = || {
        Error::Breakdown(format!(
            "The {p} endmembers are linearly dependent in {bands} bands: unconstrained abundances are not unique. Take one of two like spectra out, or use a method with constraints (NNLS, FCLS)."
        ))
    };
    if p > bands {
        return Err(dependent());
    }
    let columns: Vec<f64> = (0..bands * p).map(|i| spectra[(i % p) * bands + i / p]).collect();
    let (q, r) = thin_qr(&columns, bands, p);
    let largest = (0..p).map(|k| r[k * p + k].abs()).fold(0.0, f64::max);
    if (0..p).any(|k| r[k * p + k].abs() <= DEPENDENT * largest) || largest == 0.0 {
        return Err(dependent());
    }
    let mut inverse = vec![0.0; p * bands];
    for band in 0..bands {
        for i in (0..p).rev() {
            let later: f64 = (i + 1..p).map(|k| r[i * p + k] * inverse[k * bands + band]).sum();
            inverse[i * bands + band] = (q[band * p + i] - later) / r[i * p + i];
        }
    }
    Ok(inverse)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::{loaded, saved, saved_cube, scene};
    use filigree_core::{ErrorCode, Silent, in_pool};

    #[test]
    fn planted_mixtures_are_recovered_without_and_with_the_sign() {
        let planted = scene([13, 90, 30], 4, 0.0, 1);
        let (folder, input) = saved_cube(planted.shape, &planted.values);
        let spectra = saved(folder.path(), "m.npy", &[30, 4], &planted.endmembers);
        let close = || {
            let found = loaded(&folder.path().join("abundances.npy"), &[4, 13, 90]);
            found
                .iter()
                .enumerate()
                .all(|(i, value)| (value - planted.abundances[(i % 1170) * 4 + i / 1170]).abs() < 1e-9)
        };
        let info = unconstrained(&input, &spectra, folder.path(), &mut Silent).unwrap();
        assert!(close() && info.figure("relativeResidual").unwrap() < 1e-12);
        for weight in [0.0, 1.0] {
            let params = NnlsParams { sum_to_one_weight: weight, ..NnlsParams::default() };
            non_negative(&input, &spectra, &params, folder.path(), &mut Silent).unwrap();
            assert!(close());
        }
    }

    #[test]
    fn negative_abundances_are_counted_in_figure_and_map() {
        let planted = scene([10, 40, 20], 3, 0.2, 2);
        let (folder, input) = saved_cube(planted.shape, &planted.values);
        let spectra = saved(folder.path(), "m.npy", &[20, 3], &planted.endmembers);
        let info = unconstrained(&input, &spectra, folder.path(), &mut Silent).unwrap();
        let found = loaded(&folder.path().join("abundances.npy"), &[3, 10, 40]);
        let below = found.iter().filter(|a| **a < 0.0).count() as f64 / 1200.0;
        assert!(below > 0.01 && (info.figure("negativeFraction").unwrap() - below).abs() < 1e-12);
        let map = loaded(&folder.path().join("negativeFraction.npy"), &[10, 40]);
        assert!((map.iter().sum::<f64>() / 400.0 - below).abs() < 1e-12);
    }

    #[test]
    fn a_heavier_row_brings_sums_nearer_to_one_and_threads_do_not_change_the_bytes() {
        let mut planted = scene([20, 60, 20], 3, 0.02, 2);
        planted.values.iter_mut().for_each(|value| *value *= 1.3);
        let (folder, input) = saved_cube(planted.shape, &planted.values);
        let spectra = saved(folder.path(), "m.npy", &[20, 3], &planted.endmembers);
        let run = |weight, threads| {
            let params = NnlsParams { sum_to_one_weight: weight, ..NnlsParams::default() };
            let info =
                in_pool(threads, || non_negative(&input, &spectra, &params, folder.path(), &mut Silent))
                    .unwrap();
            let bytes = std::fs::read(folder.path().join("abundances.npy")).unwrap();
            (info.figure("meanSumDeviation").unwrap(), bytes)
        };
        let deviations = [0.0, 1.0, 10.0].map(|weight| run(weight, 2).0);
        assert!(
            deviations[0] > 2.0 * deviations[1] && deviations[1] > 10.0 * deviations[2],
            "{deviations:?}"
        );
        assert!(run(1.0, 1).1 == run(1.0, 3).1);
    }

    #[test]
    fn one_spectrum_is_enough_and_dependent_ones_break_down_with_advice() {
        let planted = scene([3, 4, 6], 2, 0.0, 2);
        let (folder, input) = saved_cube(planted.shape, &planted.values);
        let one = saved(folder.path(), "one.npy", &[6, 1], &planted.values[..6]);
        unconstrained(&input, &one, folder.path(), &mut Silent).unwrap();
        non_negative(&input, &one, &NnlsParams::default(), folder.path(), &mut Silent).unwrap();
        let twice: Vec<f64> = planted.values[..6].iter().flat_map(|&value| [value, value]).collect();
        let twice = saved(folder.path(), "twice.npy", &[6, 2], &twice);
        let error = unconstrained(&input, &twice, folder.path(), &mut Silent).unwrap_err();
        assert_eq!(error.code(), ErrorCode::Breakdown);
        assert!(error.to_string().contains("linearly dependent"), "{error}");
    }
}
