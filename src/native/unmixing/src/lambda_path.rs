use std::ops::Range;
use std::path::Path;

use filigree_core::{
    ArraySource, Error, Info, NpyWriter, Observer, Section, Stopwatch, batches, dot, keep_going, map_tiles,
};

use crate::finished::finished;
use crate::library_solve::{LargestSparsity, PRESENT, duplicate_warning};
use crate::map_distances::Maps;
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

/// True abundance maps (truth, lines, samples) of the scene, and the spectrum of the library each one belongs to.
#[derive(Clone, Debug)]
pub struct KnownAbundances {
    /// The maps.
    pub maps: ArraySource,
    /// Numbers of spectra, one for every map.
    pub spectra: Vec<usize>,
}

/// [`KnownAbundances`], opened and found to fit.
struct Known {
    maps: Maps,
    spectra: Vec<usize>,
}

impl Known {
    fn open(known: &KnownAbundances, cube: &PreparedCube, p: usize) -> Result<Self, Error> {
        let maps = Maps::open(&known.maps)?;
        let spectra = known.spectra.clone();
        if maps.scene == (cube.lines(), cube.samples())
            && spectra.len() == maps.count
            && spectra.iter().all(|&j| j < p)
        {
            return Ok(Self { maps, spectra });
        }
        Err(Error::InvalidData(
            "The true abundances are of another scene or another library. Attach the right truth.".to_owned(),
        ))
    }

    /// Abundances of the whole library (pixels × p) in a tile of valid pixels, NaN where they are not known.
    fn tile(&self, cube: &PreparedCube, tile: &Range<usize>, p: usize) -> Vec<f64> {
        let places: Vec<usize> = tile.clone().map(|pixel| cube.flat_position(pixel)).collect();
        let Some((&first, &last)) = places.first().zip(places.last()) else { return Vec::new() };
        let maps = self.maps.tile(first..last + 1);
        let mut rows = vec![0.0; places.len() * p];
        for (row, place) in rows.chunks_exact_mut(p).zip(&places) {
            for (&j, map) in self.spectra.iter().zip(maps.chunks_exact(last + 1 - first)) {
                row[j] = map[place - first];
            }
        }
        rows
    }
}

/// What a step of the path adds up over pixels.
#[derive(Clone, Debug, Default)]
struct StepSums {
    residual_energy: f64,
    sum: f64,
    positive: f64,
    /// ‖X‖² and ‖X − X̂‖² of the true abundances, where they are known.
    signal: f64,
    miss: f64,
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

    /// A pixel's true abundances beside those found.
    fn compare(&mut self, known: &[f64], found: &[f64]) {
        let miss: f64 = known.iter().zip(found).map(|(x, y)| (x - y.max(0.0)).powi(2)).sum();
        if miss.is_finite() {
            self.signal += dot(known, known);
            self.miss += miss;
        }
    }

    fn join(&mut self, later: &Self) {
        self.signal += later.signal;
        self.miss += later.miss;
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
/// - `sums.npy` (steps, 1): mean ‖x‖₁ of a pixel;
/// - `sre.npy` (steps, 1), where abundances are `known`: 20·log₁₀(‖X‖/‖X − X̂‖) in dB over all pixels and spectra.
pub fn solve(
    input: &CubeInput,
    source: &ArraySource,
    known: Option<&KnownAbundances>,
    params: &LambdaPathParams,
    folder: &Path,
    observer: &mut dyn Observer,
) -> Result<Info, Error> {
    params.check()?;
    let mut watch = Stopwatch::start();
    let cube = PreparedCube::open(input, false, Passes::Many, &mut Section::new(observer, 0.0, 0.1))?;
    let spectra = read_library(source, &cube)?;
    let library = LibraryRegression::new(&spectra, cube.bands());
    let known = known.map(|known| Known::open(known, &cube, library.count())).transpose()?;
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
    let (sums, energy, solved) = follow(
        &cube,
        &spectra,
        &library,
        known.as_ref(),
        &sparsities,
        &mut Section::new(observer, 0.1, 1.0),
    )?;
    let pixels = cube.pixels() as f64;
    let written = |name: &str, columns: usize, of: &dyn Fn(&StepSums) -> Vec<f64>| {
        let values: Vec<f64> = sums.iter().flat_map(of).collect();
        NpyWriter::write_all(folder, name, &[params.steps, columns], &values)
    };
    let active = |step: &StepSums| step.largest.iter().filter(|&&value| value > PRESENT).count() as f64;
    let mut files = vec![
        NpyWriter::write_all(folder, "lambda.npy", &[params.steps], &sparsities)?,
        written("residuals.npy", 1, &|step| vec![(step.residual_energy / energy).sqrt()])?,
        written("supports.npy", 2, &|step| vec![step.positive / pixels, active(step)])?,
        written("sums.npy", 1, &|step| vec![step.sum / pixels])?,
    ];
    let mut figures = vec![("largestUsefulSparsity", most)];
    if known.is_some() {
        let ratios: Vec<f64> = sums.iter().map(|step| 10.0 * (step.signal / step.miss).log10()).collect();
        files.push(NpyWriter::write_all(folder, "sre.npy", &[params.steps, 1], &ratios)?);
        let finite = ratios.iter().zip(&sparsities).filter(|(ratio, _)| ratio.is_finite());
        if let Some((best, sparsity)) = finite.max_by(|(a, _), (b, _)| a.total_cmp(b)) {
            figures.extend([("bestSre", *best), ("bestSparsity", *sparsity)]);
        }
    }
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
    Ok(finished(&watch, message, figures, warnings, files))
}

/// Sums of every step over all pixels, energy of the pixels, and what solving told.
fn follow(
    cube: &PreparedCube,
    spectra: &[f64],
    library: &LibraryRegression,
    known: Option<&Known>,
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
            let pixels = cube.tile(tile.clone());
            let mut sums = vec![StepSums::of(p); sparsities.len()];
            let mut rest = vec![0.0; bands];
            let truth = known.map(|known| known.tile(cube, &tile, p));
            let solved = exact.solve_path(&pixels, sparsities, |step, place, abundances| {
                rest.copy_from_slice(&pixels[place * bands..][..bands]);
                for (&x, spectrum) in abundances.iter().zip(spectra.chunks_exact(bands)) {
                    if x > 0.0 {
                        rest.iter_mut().zip(spectrum).for_each(|(value, a)| *value -= x * a);
                    }
                }
                sums[step].add(dot(&rest, &rest), abundances);
                if let Some(truth) = &truth {
                    sums[step].compare(&truth[place * p..][..p], abundances);
                }
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
mod tests;
