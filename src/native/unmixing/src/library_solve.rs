use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use filigree_core::{Error, Info, NpyWriter, Observer, StopReason, Stopwatch, map_tiles};

use crate::PreparedCube;
use crate::final_pass::{Mixture, Simplex, solve_and_write, solve_batches_and_write, write_mixture};
use crate::fit::Fit;
use crate::sparse_regression::{LibraryRegression, Regression, Solved, largest_correlation};
use crate::sparse_splitting::{Stopping, solve_by_splitting};

/// An abundance above this counts as a material that is there.
pub(crate) const PRESENT: f64 = 0.01;

/// How much of every spectrum of a library a scene holds; joined in the order of the tiles.
#[derive(Clone, Debug, Default)]
pub(crate) struct Presence {
    sums: Vec<f64>,
    largest: Vec<f64>,
    pixels_with: Vec<f64>,
    positive: f64,
    pixels: usize,
}

impl Presence {
    /// Of the abundances (pixels × p) of some pixels.
    pub(crate) fn of(abundances: &[f64], p: usize) -> Self {
        let zeros = || vec![0.0; p];
        let mut found =
            Self { sums: zeros(), largest: zeros(), pixels_with: zeros(), positive: 0.0, pixels: 0 };
        found.add(abundances);
        found
    }

    /// Of the abundances (pixels × p) of many pixels, on all threads.
    pub(crate) fn of_all(abundances: &[f64], p: usize) -> Result<Self, Error> {
        let parts = map_tiles(0..abundances.len() / p, |tile| {
            Ok(Self::of(&abundances[tile.start * p..tile.end * p], p))
        })?;
        let mut found = Self::default();
        parts.iter().for_each(|part| found.join(part));
        Ok(found)
    }

    fn add(&mut self, abundances: &[f64]) {
        let p = self.sums.len();
        for row in abundances.chunks_exact(p) {
            for (j, &value) in row.iter().enumerate() {
                if value > 0.0 {
                    self.sums[j] += value;
                    self.largest[j] = self.largest[j].max(value);
                    self.pixels_with[j] += f64::from(u8::from(value > PRESENT));
                    self.positive += 1.0;
                }
            }
        }
        self.pixels += abundances.len() / p;
    }

    /// Takes the pixels that follow into account.
    pub(crate) fn join(&mut self, later: &Self) {
        let p = later.sums.len();
        for list in [&mut self.sums, &mut self.largest, &mut self.pixels_with] {
            list.resize(p, 0.0);
        }
        for j in 0..p {
            self.sums[j] += later.sums[j];
            self.largest[j] = self.largest[j].max(later.largest[j]);
            self.pixels_with[j] += later.pixels_with[j];
        }
        self.positive += later.positive;
        self.pixels += later.pixels;
    }

    /// Spectra with an abundance above [`PRESENT`] anywhere.
    pub(crate) fn active(&self) -> usize {
        self.pixels_with.iter().filter(|&&pixels| pixels > 0.0).count()
    }

    /// Mean number of positive abundances of a pixel.
    pub(crate) fn mean_support(&self) -> f64 {
        self.positive / self.pixels.max(1) as f64
    }

    /// Spectra by falling mean abundance, equal ones by rising number.
    pub(crate) fn order(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.sums.len()).collect();
        order.sort_by(|&a, &b| self.sums[b].total_cmp(&self.sums[a]).then(a.cmp(&b)));
        order
    }

    /// Writes `active.npy` (spectrum, 4), falling by mean abundance: number of the spectrum from zero, mean
    /// abundance, largest abundance, share of the pixels with more than [`PRESENT`].
    pub(crate) fn write(&self, folder: &Path) -> Result<String, Error> {
        let pixels = self.pixels.max(1) as f64;
        let rows: Vec<f64> = self
            .order()
            .into_iter()
            .flat_map(|j| [j as f64, self.sums[j] / pixels, self.largest[j], self.pixels_with[j] / pixels])
            .collect();
        NpyWriter::write_all(folder, "active.npy", &[self.sums.len(), 4], &rows)
    }

    /// What a person should know of abundances that vanished.
    pub(crate) fn warnings(&self, sparsity: f64, largest_correlation: f64) -> Vec<String> {
        if self.positive > 0.0 {
            return Vec::new();
        }
        vec![if sparsity >= largest_correlation {
            format!(
                "Every abundance is zero: the sparsity λ = {sparsity} is not below λmax = {largest_correlation:.4}, from which on nothing is left of this scene. Choose a λ well below that."
            )
        } else {
            "Every abundance is zero: no spectrum of the library explains any pixel. Do the scales of library and scene fit?"
                .to_owned()
        }]
    }
}

/// Pairs of spectra (p × bands) that point the same way, and the sentence about them: the solution between them is
/// open.
pub(crate) fn duplicate_warning(library: &LibraryRegression) -> Option<String> {
    let pairs = library.equal_pairs();
    let (i, j) = *pairs.first()?;
    Some(format!(
        "{} of the library are equal up to their length, the first spectra {i} and {j} (counted from zero). How an abundance is shared among equal spectra is open; the split found is the same in every run. Prune the library to keep one of each.",
        if pairs.len() == 1 {
            "One pair of spectra".to_owned()
        } else {
            format!("{} pairs of spectra", pairs.len())
        }
    ))
}

/// What a person should know where alternating directions over the whole scene ended at their iteration limit.
/// `what` says, in the words of the method, how far apart its iterates still are.
pub(crate) fn limit_warning(
    reason: StopReason,
    what: &str,
    reached: f64,
    tolerance: f64,
    limit: usize,
) -> Option<String> {
    (reason == StopReason::IterationLimit).then(|| {
        format!(
            "It ended at the limit of {limit} iterations: {what} {reached:.1e} an abundance, the tolerance is {tolerance:.1e}. The maps are close to the solution, but not it. Allow more iterations, or raise the tolerance if this is close enough."
        )
    })
}

/// What unmixing with a library ended with, before it is told.
pub(crate) struct LibraryOutcome {
    pub fit: Fit,
    pub files: Vec<String>,
    pub solved: Solved,
    pub presence: Presence,
}

/// The abundances a tile is pulled towards: pixels × p.
pub(crate) type Prior<'a> = dyn Fn(Range<usize>) -> Vec<f64> + Sync + 'a;

/// Solves every pixel on its own, exactly, tile by tile, and writes the files of [`solve_and_write`] and `active.npy`.
pub(crate) fn regress_and_write(
    cube: &PreparedCube,
    spectra: &[f64],
    library: &LibraryRegression,
    problem: &Regression,
    prior: Option<&Prior<'_>>,
    folder: &Path,
    stage: &str,
    observer: &mut dyn Observer,
) -> Result<LibraryOutcome, Error> {
    let p = library.count();
    let exact = library.exact(problem);
    let tiles: Mutex<BTreeMap<usize, (Solved, Presence)>> = Mutex::default();
    let Mixture { fit, mut files } = solve_and_write(
        cube,
        spectra,
        |tile, pixels, abundances| {
            let prior = prior.map(|prior| prior(tile.clone()));
            abundances.resize(tile.len() * p, 0.0);
            let solved = exact.solve(pixels, prior.as_deref(), abundances);
            let presence = Presence::of(abundances, p);
            tiles.lock().unwrap_or_else(PoisonError::into_inner).insert(tile.start, (solved, presence));
        },
        Simplex::LeftOut,
        folder,
        stage,
        observer,
    )?;
    let (mut solved, mut presence) = (Solved::default(), Presence::default());
    for (tile_solved, tile_presence) in tiles.into_inner().unwrap_or_else(PoisonError::into_inner).values() {
        solved.join(tile_solved);
        presence.join(tile_presence);
    }
    files.push(presence.write(folder)?);
    Ok(LibraryOutcome { fit, files, solved, presence })
}

/// As [`regress_and_write`], by alternating directions over large groups of pixels.
pub(crate) fn split_and_write(
    cube: &PreparedCube,
    spectra: &[f64],
    library: &LibraryRegression,
    problem: &Regression,
    stopping: Stopping,
    folder: &Path,
    stage: &str,
    observer: &mut dyn Observer,
) -> Result<LibraryOutcome, Error> {
    let p = library.count();
    let (mut solved, mut presence) = (Solved::default(), Presence::default());
    let Mixture { fit, mut files } = solve_batches_and_write(
        cube,
        spectra,
        |batch, observer| {
            let start = batch.start;
            let (abundances, batch_solved) =
                solve_by_splitting(library, cube, batch, problem, stopping, stage, observer)?;
            solved.join(&batch_solved);
            presence.join(&Presence::of_all(&abundances, p)?);
            Ok((start, abundances))
        },
        |(start, known), tile, _, abundances| {
            abundances.extend_from_slice(&known[(tile.start - start) * p..(tile.end - start) * p]);
        },
        Simplex::LeftOut,
        folder,
        stage,
        observer,
    )?;
    files.push(presence.write(folder)?);
    Ok(LibraryOutcome { fit, files, solved, presence })
}

/// What λ has to stay below for anything to be left: over all pixels together, and over one at a time.
pub(crate) struct LargestSparsity {
    /// Largest product of a spectrum with a pixel: bound of λ‖X‖₁.
    pub of_pixels: f64,
    /// Largest root of the sum of a spectrum's squared positive products: bound of λ‖X‖₂,₁.
    pub of_rows: f64,
}

impl LargestSparsity {
    /// Reads the whole cube once.
    pub(crate) fn of_cube(cube: &PreparedCube, library: &LibraryRegression) -> Result<Self, Error> {
        let p = library.count();
        let parts = map_tiles(0..cube.pixels(), |tile| {
            let products = library.correlations(&cube.tile(tile));
            let mut squares = vec![0.0; p];
            for row in products.chunks_exact(p) {
                squares.iter_mut().zip(row).for_each(|(sum, value)| *sum += value.max(0.0).powi(2));
            }
            Ok((largest_correlation(library, &products), squares))
        })?;
        cube.batch_done()?;
        let (mut of_pixels, mut squares) = (f64::NEG_INFINITY, vec![0.0; p]);
        for (largest, part) in &parts {
            of_pixels = of_pixels.max(*largest);
            squares.iter_mut().zip(part).for_each(|(sum, value)| *sum += value);
        }
        let of_rows = squares.iter().fold(0.0f64, |most, &square| most.max(square)).sqrt() * library.scale();
        Ok(Self { of_pixels, of_rows })
    }
}

/// Writes the abundances (pixels × p) of a scene whose pixels were solved together.
pub(crate) fn write_scene(
    cube: &PreparedCube,
    spectra: &[f64],
    abundances: &[f64],
    folder: &Path,
) -> Result<LibraryOutcome, Error> {
    let presence = Presence::of_all(abundances, spectra.len() / cube.bands())?;
    let Mixture { fit, mut files } = write_mixture(cube, spectra, abundances, Simplex::LeftOut, folder)?;
    files.push(presence.write(folder)?);
    Ok(LibraryOutcome { fit, files, solved: Solved::default(), presence })
}

impl LibraryOutcome {
    /// The info of a method that solved all pixels together, but for its iterations; above `most` nothing would be left.
    pub(crate) fn together(
        self,
        cube: &PreparedCube,
        library: &LibraryRegression,
        sparsity: f64,
        most: f64,
        watch: &Stopwatch,
    ) -> Info {
        let mut warnings = cube.warnings();
        warnings.extend(self.presence.warnings(sparsity, most));
        warnings.extend(duplicate_warning(library));
        let mut figures = self.figures(cube.pixels(), cube.bands());
        figures.push(("largestUsefulSparsity", most));
        Info { figures, warnings, files: self.files, ..Info::measured(watch) }
    }

    /// The info of a method that solved every pixel on its own; `stopping` where that was by alternating directions.
    pub(crate) fn info(
        self,
        cube: &PreparedCube,
        library: &LibraryRegression,
        sparsity: f64,
        stopping: Option<Stopping>,
        watch: &Stopwatch,
    ) -> Info {
        let (pixels, unsolved, iterations) = (cube.pixels(), self.solved.unsolved, self.solved.iterations);
        let (reason, message) = match (unsolved, stopping) {
            (0, None) => (
                StopReason::Converged,
                format!(
                    "The optimality conditions hold in every pixel, after {iterations} changes of its support at most."
                ),
            ),
            (0, Some(_)) => (
                StopReason::Converged,
                format!("All pixels reached the tolerance, after {iterations} iterations at most."),
            ),
            (_, None) => (
                StopReason::IterationLimit,
                format!(
                    "In {unsolved} of {pixels} pixels rounding kept the optimality conditions from being met; their abundances are feasible, but not certain."
                ),
            ),
            (_, Some(Stopping { tolerance, max_iterations })) => (
                StopReason::IterationLimit,
                format!(
                    "{unsolved} of {pixels} pixels belong to groups that did not reach the tolerance {tolerance} in {max_iterations} iterations; their abundances are those of the last one."
                ),
            ),
        };
        let mut warnings = cube.warnings();
        warnings.extend(self.presence.warnings(sparsity, self.solved.largest_correlation));
        if unsolved > 0 {
            warnings.push(match stopping {
                None => format!("{message} Spectra of the library are nearly dependent: prune it."),
                Some(_) => format!("{message} Allow more iterations, or take the active set."),
            });
        }
        warnings.extend(duplicate_warning(library));
        let mut figures = self.figures(pixels, cube.bands());
        figures.push(("largestUsefulSparsity", self.solved.largest_correlation));
        Info {
            iterations,
            stop_reason: reason,
            stop_message: message,
            figures,
            warnings,
            files: self.files,
            ..Info::measured(watch)
        }
    }

    /// Figures that every method with a library has.
    pub(crate) fn figures(&self, pixels: usize, bands: usize) -> Vec<(&'static str, f64)> {
        vec![
            ("relativeResidual", self.fit.relative_residual()),
            ("rmse", (self.fit.residual_energy / (pixels as f64 * bands as f64)).sqrt()),
            ("meanSumDeviation", self.fit.sum_deviation / pixels as f64),
            ("activeSpectra", self.presence.active() as f64),
            ("meanSupport", self.presence.mean_support()),
        ]
    }
}
