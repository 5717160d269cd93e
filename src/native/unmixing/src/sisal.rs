use std::path::Path;

use filigree_core::{Error, Flow, Info, Observer, Random, Section, Step, StopReason, Stopwatch};

use crate::extraction::{about_dark_pixels, too_few_directions, write_endmembers};
use crate::reduced_pixels::ReducedPixels;
use crate::simplex_fit::SimplexFit;
use crate::vca_params::{check_endmembers, check_fits};
use crate::{CubeInput, Passes, PreparedCube, VcaProjection};

const STAGE: &str = "Shrinking the simplex";

/// Iterations over which the decrease of the objective is judged.
const PATIENCE: usize = 5;

/// Parameters of simplex identification via split augmented Lagrangian.
#[derive(Clone, Debug, PartialEq)]
pub struct SisalParams {
    /// p, 2 to 64.
    pub endmembers: usize,
    /// τ: weight of the hinge on negative abundances, against the logarithm of the volume.
    pub hinge_weight: f64,
    /// Outer iterations at most.
    pub max_iterations: usize,
    /// Stop when the objective fell by less than this over five iterations, in absolute terms: it is a logarithm.
    pub tolerance: f64,
}

impl Default for SisalParams {
    fn default() -> Self {
        Self { endmembers: 3, hinge_weight: 1.0, max_iterations: 200, tolerance: 1e-4 }
    }
}

impl SisalParams {
    /// Says which parameter is wrong and why.
    pub fn check(&self) -> Result<(), Error> {
        check_endmembers(self.endmembers)?;
        if !(self.hinge_weight > 0.0 && self.hinge_weight <= 1e9) {
            return Err(Error::parameter(
                "hingeWeight",
                format!("The hinge weight is {}; it must be above 0. 1 is a good value.", self.hinge_weight),
            ));
        }
        if self.max_iterations == 0 {
            return Err(Error::parameter("maxIterations", "No iteration is allowed. Choose at least one."));
        }
        if !(self.tolerance >= 0.0 && self.tolerance <= 1.0) {
            return Err(Error::parameter(
                "tolerance",
                format!("The tolerance is {}; choose 0 to 1.", self.tolerance),
            ));
        }
        Ok(())
    }
}

/// Simplex identification via split augmented Lagrangian (Bioucas-Dias, "A variable splitting augmented Lagrangian
/// approach to linear spectral unmixing", WHISPERS 2009, arXiv 0904.4635): the smallest simplex around the pixels,
/// where pixels may stay outside at the price of a hinge. In the plane of p − 1 principal components, with x = (1, y)
/// and Q the inverse of the vertices, min −log |det Q| + τ Σ max(−QX, 0) where 1ᵀQ is given, so that abundances sum to
/// one. It starts at vertices from VCA, moved outwards.
///
/// Writes what [`write_endmembers`] writes, without positions: no pixel is picked. Trace: objective, negative logarithm
/// of |det Q|, hinge, share of negative abundances.
pub fn solve(
    input: &CubeInput,
    params: &SisalParams,
    seed: u64,
    folder: &Path,
    observer: &mut dyn Observer,
) -> Result<Info, Error> {
    params.check()?;
    let mut watch = Stopwatch::start();
    let cube = PreparedCube::open(input, false, Passes::Many, &mut Section::new(observer, 0.0, 0.2))?;
    let p = params.endmembers;
    check_fits(p, &cube)?;
    let pixels = ReducedPixels::of(&cube, p - 1, &mut Section::new(observer, 0.2, 0.4))?;
    if pixels.spread() < p - 1 {
        return Err(too_few_directions(pixels.spread() + 1, p));
    }
    let projection = VcaProjection::new(&cube, p, None, &mut Section::new(observer, 0.4, 0.5))?;
    let vertices = projection.pick(&mut Random::new(seed, 0), &mut Section::new(observer, 0.5, 0.6))?.pixels;
    let mut fit = SimplexFit::new(&pixels, &vertices, params.hinge_weight)?;
    watch.setup_done();

    observer.stage(STAGE);
    let mut history = Vec::new();
    let (stop_reason, stop_message) = loop {
        let iteration = history.len();
        if iteration > 0 {
            fit.improve()?;
        }
        let terms = fit.terms();
        history.push(terms.objective);
        let row = [terms.objective, terms.volume, terms.hinge, terms.negative_share];
        let step = Step { iteration, iteration_limit: params.max_iterations, row: &row };
        if observer.iteration(&step) == Flow::Stop || observer.progress(0.6) == Flow::Stop {
            break (
                StopReason::Cancelled,
                format!("Cancelled after iteration {iteration}; its simplex was kept."),
            );
        }
        if iteration >= PATIENCE {
            let decrease = history[iteration - PATIENCE] - history[iteration];
            if decrease <= params.tolerance {
                break (
                    StopReason::Converged,
                    format!(
                        "The objective fell by {decrease:.1e} over the last {PATIENCE} iterations, within the tolerance {:.0e}.",
                        params.tolerance
                    ),
                );
            }
        }
        if iteration >= params.max_iterations {
            break (
                StopReason::IterationLimit,
                format!(
                    "Stopped at the limit of {iteration} iterations before the simplex settled. Allow more."
                ),
            );
        }
    };
    let points = fit.vertices().ok_or_else(|| {
        Error::Breakdown("The simplex lost its volume. Choose fewer endmembers, or another seed.".to_owned())
    })?;
    let endmembers = pixels.spectra(&points);
    let files = write_endmembers(&cube, &endmembers, None, folder)?;
    let mut warnings = [cube.warnings(), projection.warnings().to_vec()].concat();
    warnings.extend(about_dark_pixels(pixels.dark_count()));
    let negative = endmembers.iter().filter(|value| **value < 0.0).count();
    if negative > 0 {
        warnings.push(format!(
            "{negative} of {} values of the endmembers lie below zero: the vertices are extrapolated from the pixels.",
            endmembers.len()
        ));
    }
    let terms = fit.terms();
    Ok(Info {
        iterations: history.len() - 1,
        stop_reason,
        stop_message,
        figures: vec![
            ("objective", terms.objective),
            ("hinge", terms.hinge),
            ("negativeFraction", terms.negative_share),
            ("estimatedSnr", projection.snr),
        ],
        warnings,
        files,
        ..Info::measured(&watch)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::small_inverse::invert;
    use crate::test_support::{Scene, loaded, saved_cube, scene};
    use filigree_core::{Silent, in_pool};

    /// Mixtures of at most 75 % of one material: facets are touched, but no vertex is there to be picked.
    fn without_pure_pixels(noise: f64) -> Scene {
        let mut planted = scene([40, 50, 20], 3, 0.0, 4);
        let mut random = Random::new(8, 0);
        for pixel in 0..2000 {
            let row = &mut planted.abundances[pixel * 3..][..3];
            while row.iter().any(|a| *a > 0.75) {
                let [u, v] = [random.uniform(), random.uniform()];
                let (low, high) = if u < v { (u, v) } else { (v, u) };
                row.copy_from_slice(&[low, high - low, 1.0 - high]);
            }
            for band in 0..20 {
                let mixed: f64 = (0..3).map(|j| planted.endmembers[band * 3 + j] * row[j]).sum();
                planted.values[pixel * 20 + band] = mixed + noise * random.normal();
            }
        }
        planted
    }

    fn angle_to_truth(planted: &Scene, found: &[f64]) -> f64 {
        let column = |m: &[f64], j: usize| (0..20).map(|b| m[b * 3 + j]).collect::<Vec<_>>();
        let angle = |a: &[f64], b: &[f64]| {
            let product = |x: &[f64], y: &[f64]| x.iter().zip(y).map(|(x, y)| x * y).sum::<f64>();
            (product(a, b) / (product(a, a) * product(b, b)).sqrt()).min(1.0).acos().to_degrees()
        };
        (0..3)
            .map(|truth| {
                (0..3)
                    .map(|j| angle(&column(&planted.endmembers, truth), &column(found, j)))
                    .fold(180.0, f64::min)
            })
            .fold(0.0, f64::max)
    }

    #[test]
    fn vertices_without_a_pure_pixel_are_found_and_threads_do_not_change_the_bytes() {
        for (noise, most) in [(0.0, 2.0), (0.002, 4.0)] {
            let planted = without_pure_pixels(noise);
            let (folder, input) = saved_cube(planted.shape, &planted.values);
            let run = |threads| {
                in_pool(threads, || solve(&input, &SisalParams::default(), 2, folder.path(), &mut Silent))
                    .unwrap();
                loaded(&folder.path().join("endmembers.npy"), &[20, 3])
            };
            let found = run(1);
            assert!(found == run(2));
            let angle = angle_to_truth(&planted, &found);
            assert!(angle < most, "{angle}° with noise {noise}");
        }
    }

    #[test]
    fn the_inverse_of_the_simplex_gives_abundances_that_sum_to_one() {
        let planted = without_pure_pixels(0.01);
        let (_folder, input) = saved_cube(planted.shape, &planted.values);
        let cube = PreparedCube::open(&input, false, Passes::Many, &mut Silent).unwrap();
        let pixels = ReducedPixels::of(&cube, 2, &mut Silent).unwrap();
        let mut fit = SimplexFit::new(&pixels, &[0, 700, 1400], 1.0).unwrap();
        let mut before = fit.terms().objective;
        for _ in 0..20 {
            fit.improve().unwrap();
            let now = fit.terms().objective;
            assert!(now <= before + 1e-9, "{now} after {before}");
            before = now;
        }
        let points = fit.vertices().unwrap();
        let matrix: Vec<f64> =
            (0..9).map(|i| if i / 3 == 0 { 1.0 } else { points[(i % 3) * 2 + i / 3 - 1] }).collect();
        let (inverse, _) = invert(&matrix, 3).unwrap();
        for pixel in [0, 55, 1999] {
            let x = [&[1.0], pixels.point(pixel)].concat();
            let sum: f64 = (0..9).map(|i| inverse[i] * x[i % 3]).sum();
            assert!((sum - 1.0).abs() < 1e-9);
        }
    }
}
