use std::path::Path;

use filigree_core::{
    ArraySource, Error, Info, NpyWriter, Observer, Section, Stopwatch, batches, dot, keep_going, map_tiles,
};

use crate::finished::finished;
use crate::library_solve::{LargestSparsity, PRESENT, duplicate_warning};
use crate::sparse_regression::{LibraryRegression, Regression, Solved};
use crate::spectra::read_library;
use crate::{CubeInput, Passes, PreparedCube};

const STAGE: &str = "Following the path";

/// Parameters of a path of sparsities.
#[derive(Clone, Debug, PartialEq)]
pub struct LambdaPathParams {
    /// Number of sparsities, from the one that leaves nothing downwards.
    pub steps: usize,
    /// Smallest sparsity as a share of the largest.
    pub smallest_share: f64,
}

impl Default for LambdaPathParams {
    fn default() -> Self {
        Self { steps: 25, smallest_share: 1e-5 }
    }
}

impl LambdaPathParams {
    /// Says which parameter is wrong and why.
    pub fn check(&self) -> Result<(), Error> {
        if !(2..=200).contains(&self.steps) {
            return Err(Error::parameter(
                "steps",
                format!("The path has {} steps; choose 2 to 200.", self.steps),
            ));
        }
        if !(self.smallest_share > 0.0 && self.smallest_share < 1.0) {
            return Err(Error::parameter(
                "smallestShare",
                format!(
                    "The smallest sparsity is {} of the largest; it must lie between 0 and 1. 0.00001 is a good value.",
                    self.smallest_share
                ),
            ));
        }
        Ok(())
    }
}

/// What a step of the path adds up over pixels.
#[derive(Clone, Debug, Default)]
struct StepSums {
    residual_energy: f64,
    sum: f64,
    positive: f64,
    /// Largest abundance of every spectrum.
    largest: Vec<f64>,
}

impl StepSums {
    fn of(p: usize) -> Self {
        Self { largest: vec![0.0; p], ..Self::default() }
    }

    fn add(&mut self, residual_energy: f64, abundances: &[f64]) {
        self.residual_energy += residual_energy;
        for (largest, &value) in self.largest.iter_mut().zip(abundances) {
            if value > 0.0 {
                self.sum += value;
                self.positive += 1.0;
                *largest = largest.max(value);
            }
        }
    }

    fn join(&mut self, later: &Self) {
        self.residual_energy += later.residual_energy;
        self.sum += later.sum;
        self.positive += later.positive;
        self.largest.iter_mut().zip(&later.largest).for_each(|(most, &value)| *most = most.max(value));
    }
}

/// SUnSAL for a falling series of sparsities, each solved exactly from the solution before, see
/// [`LibraryRegression::exact`]: what λ costs in residual and leaves in spectra. Writes
///
/// - `lambda.npy` (steps): the sparsities, from λmax downwards by equal factors;
/// - `residuals.npy` (steps, 1): ‖Y − AX‖/‖Y‖;
/// - `supports.npy` (steps, 2): mean number of positive abundances of a pixel, number of spectra with an abundance
///   above one per cent anywhere;
/// - `sums.npy` (steps, 1): mean ‖x‖₁ of a pixel.
pub fn solve(
    input: &CubeInput,
    source: &ArraySource,
    params: &LambdaPathParams,
    folder: &Path,
    observer: &mut dyn Observer,
) -> Result<Info, Error> {
    params.check()?;
    let mut watch = Stopwatch::start();
    let cube = PreparedCube::open(input, false, Passes::Many, &mut Section::new(observer, 0.0, 0.1))?;
    let spectra = read_library(source, &cube)?;
    let library = LibraryRegression::new(&spectra, cube.bands());
    let most = LargestSparsity::of_cube(&cube, &library)?.of_pixels;
    if most <= 0.0 {
        return Err(Error::Breakdown(
            "No spectrum of the library points in the direction of any pixel, so that every abundance is zero for every λ. Do the scales of library and scene fit?".to_owned(),
        ));
    }
    let last = (params.steps - 1) as f64;
    let sparsities: Vec<f64> =
        (0..params.steps).map(|step| most * params.smallest_share.powf(step as f64 / last)).collect();
    watch.setup_done();

    observer.stage(STAGE);
    let (sums, energy, solved) =
        follow(&cube, &spectra, &library, &sparsities, &mut Section::new(observer, 0.1, 1.0))?;
    let pixels = cube.pixels() as f64;
    let written = |name: &str, columns: usize, of: &dyn Fn(&StepSums) -> Vec<f64>| {
        let values: Vec<f64> = sums.iter().flat_map(of).collect();
        NpyWriter::write_all(folder, name, &[params.steps, columns], &values)
    };
    let active = |step: &StepSums| step.largest.iter().filter(|&&value| value > PRESENT).count() as f64;
    let files = vec![
        NpyWriter::write_all(folder, "lambda.npy", &[params.steps], &sparsities)?,
        written("residuals.npy", 1, &|step| vec![(step.residual_energy / energy).sqrt()])?,
        written("supports.npy", 2, &|step| vec![step.positive / pixels, active(step)])?,
        written("sums.npy", 1, &|step| vec![step.sum / pixels])?,
    ];
    let mut warnings = cube.warnings();
    if solved.unsolved > 0 {
        warnings.push(format!(
            "{} of {} solutions along the path are feasible, but rounding kept their optimality conditions from being met: spectra of the library are nearly dependent. Prune it.",
            solved.unsolved,
            cube.pixels() * params.steps
        ));
    }
    warnings.extend(duplicate_warning(&library));
    let message = format!("Solved {} pixels for {} sparsities each.", cube.pixels(), params.steps);
    Ok(finished(&watch, message, vec![("largestUsefulSparsity", most)], warnings, files))
}

/// Sums of every step over all pixels, energy of the pixels, and what solving told.
fn follow(
    cube: &PreparedCube,
    spectra: &[f64],
    library: &LibraryRegression,
    sparsities: &[f64],
    observer: &mut dyn Observer,
) -> Result<(Vec<StepSums>, f64, Solved), Error> {
    let (p, bands) = (library.count(), library.bands());
    let exact = library.exact(&Regression { sparsity: 0.0, prior_weight: 0.0, sum_to_one: false });
    let mut sums = vec![StepSums::of(p); sparsities.len()];
    let (mut energy, mut solved) = (0.0, Solved::default());
    for batch in batches(cube.pixels()) {
        let end = batch.end;
        let parts = map_tiles(batch, |tile| {
            let pixels = cube.tile(tile);
            let mut sums = vec![StepSums::of(p); sparsities.len()];
            let mut rest = vec![0.0; bands];
            let solved = exact.solve_path(&pixels, sparsities, |step, pixel, abundances| {
                rest.copy_from_slice(pixel);
                for (&x, spectrum) in abundances.iter().zip(spectra.chunks_exact(bands)) {
                    if x > 0.0 {
                        rest.iter_mut().zip(spectrum).for_each(|(value, a)| *value -= x * a);
                    }
                }
                sums[step].add(dot(&rest, &rest), abundances);
            });
            Ok((sums, dot(&pixels, &pixels), solved))
        })?;
        cube.batch_done()?;
        for (part, part_energy, part_solved) in &parts {
            sums.iter_mut().zip(part).for_each(|(total, step)| total.join(step));
            energy += part_energy;
            solved.join(part_solved);
        }
        keep_going(observer.progress(end as f64 / cube.pixels() as f64), STAGE)?;
    }
    Ok((sums, energy, solved))
}

#[cfg(test)]
mod tests {
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
            in_pool(threads, || solve(&input, &library, &params, folder.path(), &mut Silent)).unwrap();
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
    fn wrong_parameters_are_named() {
        let short = LambdaPathParams { steps: 1, ..LambdaPathParams::default() };
        assert_eq!(short.check().unwrap_err().blamed_parameter(), Some("steps"));
        let all = LambdaPathParams { smallest_share: 1.0, ..LambdaPathParams::default() };
        assert_eq!(all.check().unwrap_err().blamed_parameter(), Some("smallestShare"));
    }
}
