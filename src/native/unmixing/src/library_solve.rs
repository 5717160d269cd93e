use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use filigree_core::{Error, Info, NpyWriter, Observer, StopReason, Stopwatch, peak_memory_bytes};

use crate::PreparedCube;
use crate::final_pass::{Mixture, Simplex, solve_and_write};
use crate::fit::Fit;
use crate::sparse_regression::Regression;

use crate::sparse_regression::{LibraryRegression, Solved};

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
    /// Takes abundances (pixels × p) into account.
    pub(crate) fn add(&mut self, abundances: &[f64], p: usize) {
        for list in [&mut self.sums, &mut self.largest, &mut self.pixels_with] {
            list.resize(p, 0.0);
        }
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
                "Every abundance is zero: the sparsity λ = {sparsity} is not below λmax = {largest_correlation:.4}, the largest product of a pixel with a spectrum, from which on nothing is left. Choose a λ well below that."
            )
        } else {
            "Every abundance is zero: no spectrum of the library explains any pixel. Do the scales of library and scene fit?"
                .to_owned()
        }]
    }
}

/// Pairs of spectra (p × bands) that point the same way, and the sentence about them: the solution between them is
/// open, and the first one, by order, is what ADMM shares it with evenly.
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

/// The sentence about pixels that did not reach the tolerance.
pub(crate) fn unsolved_warning(solved: &Solved, pixels: usize, limit: usize) -> Option<String> {
    (solved.unsolved > 0).then(|| {
        format!(
            "{} of {pixels} pixels did not reach the tolerance in {limit} iterations; their abundances are those of the last one. Allow more iterations.",
            solved.unsolved
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

/// Solves every pixel on its own, tile by tile, and writes the files of [`solve_and_write`] and `active.npy`.
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
    let tiles: Mutex<BTreeMap<usize, (Solved, Presence)>> = Mutex::default();
    let Mixture { fit, mut files } = solve_and_write(
        cube,
        spectra,
        |tile, pixels, abundances| {
            let prior = prior.map(|prior| prior(tile.clone()));
            abundances.resize(tile.len() * p, 0.0);
            let solved = library.solve(pixels, prior.as_deref(), problem, abundances);
            let mut presence = Presence::default();
            presence.add(abundances, p);
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

impl LibraryOutcome {
    /// The info of a method that solved every pixel on its own.
    pub(crate) fn info(
        self,
        cube: &PreparedCube,
        library: &LibraryRegression,
        problem: &Regression,
        watch: &Stopwatch,
    ) -> Info {
        let pixels = cube.pixels();
        let (reason, message) = if self.solved.unsolved == 0 {
            (
                StopReason::Converged,
                format!(
                    "Every pixel reached the tolerance, after {} iterations at most.",
                    self.solved.iterations
                ),
            )
        } else {
            (
                StopReason::IterationLimit,
                format!(
                    "{} of {pixels} pixels were still above the tolerance after {} iterations.",
                    self.solved.unsolved, problem.max_iterations
                ),
            )
        };
        let mut warnings = cube.warnings();
        warnings.extend(self.presence.warnings(problem.sparsity, self.solved.largest_correlation));
        warnings.extend(unsolved_warning(&self.solved, pixels, problem.max_iterations));
        warnings.extend(duplicate_warning(library));
        let mut figures = self.figures(pixels, cube.bands());
        figures.push(("largestUsefulSparsity", self.solved.largest_correlation));
        let (setup_seconds, iteration_seconds) = watch.split();
        Info {
            iterations: self.solved.iterations,
            stop_reason: reason,
            stop_message: message,
            figures,
            setup_seconds,
            iteration_seconds,
            peak_memory_bytes: peak_memory_bytes(),
            warnings,
            files: self.files,
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
