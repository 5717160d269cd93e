use std::path::Path;

use filigree_core::{
    ArraySource, Error, Flow, Info, Observer, Section, Step, StopReason, Stopwatch, TILE_PIXELS, View,
    ViewMut, multiply, tiles, zeros,
};
use rayon::prelude::*;

use crate::library_params::{check_stopping, check_weight};
use crate::library_solve::{LargestSparsity, limit_warning, write_scene};
use crate::sparse_regression::LibraryRegression;
use crate::spectra::read_library;
use crate::{CubeInput, Passes, PreparedCube};

/// Parameters of collaborative SUnSAL.
#[derive(Clone, Debug, PartialEq)]
pub struct CollaborativeParams {
    /// λ, weight of the lengths of the rows of abundances.
    pub sparsity: f64,
    /// Root mean square change of an iterate, over the abundances, at which it ends.
    pub tolerance: f64,
    /// Most iterations.
    pub max_iterations: usize,
}

impl Default for CollaborativeParams {
    fn default() -> Self {
        Self { sparsity: 0.1, tolerance: 1e-5, max_iterations: 1000 }
    }
}

impl CollaborativeParams {
    /// Says which parameter is wrong and why.
    pub fn check(&self) -> Result<(), Error> {
        check_weight(self.sparsity, "sparsity", "sparsity λ")?;
        check_stopping(self.tolerance, self.max_iterations)
    }
}

/// What a pass over a tile adds up.
struct TileSums {
    change: f64,
    /// Squared length of the positive part of every row.
    rows: Vec<f64>,
}

/// Collaborative sparse unmixing: min ½‖AX − Y‖² + λ·Σₖ‖xᵏ‖₂ over X ≥ 0, where xᵏ is the abundance map of
/// spectrum k: a spectrum is used by the scene as a whole or not at all.
///
/// Iordache, Bioucas-Dias & Plaza, "Collaborative sparse regression for hyperspectral unmixing", IEEE TGRS 52(1),
/// 2014. The splitting is X = Z; as Z and its multiplier follow from their sum W and one factor a row, W is all that
/// is kept: 8 bytes an abundance.
pub fn solve(
    input: &CubeInput,
    source: &ArraySource,
    params: &CollaborativeParams,
    folder: &Path,
    observer: &mut dyn Observer,
) -> Result<Info, Error> {
    params.check()?;
    let mut watch = Stopwatch::start();
    let cube = PreparedCube::open(input, false, Passes::Many, &mut Section::new(observer, 0.0, 0.1))?;
    let spectra = read_library(source, &cube)?;
    let library = LibraryRegression::new(&spectra, cube.bands());
    let (p, pixels) = (library.count(), cube.pixels());
    let mut sums = zeros(pixels * p, "the abundances of the whole library")?;
    watch.setup_done();
    observer.stage("Iterating");

    let penalty = PENALTY;
    let inverse = library.inverse(penalty);
    let threshold = params.sparsity / library.scale() / penalty;
    let level = params.tolerance * ((pixels * p) as f64).sqrt();
    let mut factors = vec![0.0; p];
    let (mut iteration, mut change) = (0, f64::INFINITY);
    let mut reason = StopReason::IterationLimit;
    while iteration < params.max_iterations {
        iteration += 1;
        let pieces: Vec<_> = tiles(0..pixels, TILE_PIXELS).collect();
        let parts: Vec<TileSums> = sums
            .par_chunks_mut(TILE_PIXELS * p)
            .zip(pieces)
            .map(|(sums, tile)| {
                let pull = library.correlations(&cube.tile(tile));
                step(sums, &pull, &factors, &inverse, penalty)
            })
            .collect();
        cube.batch_done()?;
        let mut rows = vec![0.0; p];
        let mut square = 0.0;
        for part in &parts {
            square += part.change;
            rows.iter_mut().zip(&part.rows).for_each(|(total, row)| *total += row);
        }
        change = square.sqrt();
        for (factor, row) in factors.iter_mut().zip(&rows) {
            let length = row.sqrt();
            *factor = if length > threshold { 1.0 - threshold / length } else { 0.0 };
        }
        let active = factors.iter().filter(|&&factor| factor > 0.0).count();
        let row = [change / ((pixels * p) as f64).sqrt(), active as f64];
        let flow = observer.iteration(&Step { iteration, iteration_limit: params.max_iterations, row: &row });
        if change <= level {
            reason = StopReason::Converged;
            break;
        }
        if flow == Flow::Stop {
            reason = StopReason::Cancelled;
            break;
        }
    }
    sums.par_chunks_mut(p).for_each(|row| {
        row.iter_mut().zip(&factors).for_each(|(value, factor)| *value = value.max(0.0) * factor);
    });
    observer.stage("Writing");
    let outcome = write_scene(&cube, &spectra, &sums, folder)?;
    let most = LargestSparsity::of_cube(&cube, &library)?.of_rows;
    let active = outcome.presence.active();
    let change = change / ((pixels * p) as f64).sqrt();
    let CollaborativeParams { tolerance, max_iterations, .. } = *params;
    let limit = limit_warning(reason, "the iterate still changes by", change, tolerance, max_iterations);
    let info = outcome.together(&cube, &library, params.sparsity, most, &watch);
    Ok(Info {
        iterations: iteration,
        stop_reason: reason,
        stop_message: format!(
            "After {iteration} iterations the iterate changed by {change:.1e} an abundance; {active} of {p} spectra take part.",
        ),
        warnings: limit.into_iter().chain(info.warnings).collect(),
        ..info
    })
}

/// Penalty μ in units of the library's mean square.
const PENALTY: f64 = 0.1;

/// One iteration on a tile: W ← (AᵀA + μI)⁻¹(AᵀY + μ(Z − U)) + U, with Z and U taken from W and the factors.
fn step(sums: &mut [f64], pull: &[f64], factors: &[f64], inverse: &[f64], penalty: f64) -> TileSums {
    let p = factors.len();
    let count = sums.len() / p;
    let mut v = pull.to_vec();
    for (v, sums) in v.chunks_exact_mut(p).zip(sums.chunks_exact(p)) {
        for ((v, &w), &factor) in v.iter_mut().zip(sums).zip(factors) {
            let z = w.max(0.0) * factor;
            *v += penalty * (2.0 * z - w);
        }
    }
    let mut x = vec![0.0; v.len()];
    multiply(
        View::row_major(&v, count, p),
        View::row_major(inverse, p, p),
        ViewMut::row_major(&mut x, count, p),
    );
    let mut result = TileSums { change: 0.0, rows: vec![0.0; p] };
    for (sums, x) in sums.chunks_exact_mut(p).zip(x.chunks_exact(p)) {
        for (j, w) in sums.iter_mut().enumerate() {
            let change = x[j] - w.max(0.0) * factors[j];
            *w += change;
            result.change += change * change;
            let positive = w.max(0.0);
            result.rows[j] += positive * positive;
        }
    }
    result
}
