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
use crate::variation_split::{MapSplit, Smoothing};
use crate::{CubeInput, Passes, PreparedCube};

/// Penalty μ in units of the library's mean square.
const PENALTY: f64 = 0.2;

/// Copies of the abundances that have to agree with them: sparse, smooth along lines, smooth along samples.
const COPIES: f64 = 3.0;

/// Parameters of SUnSAL-TV.
#[derive(Clone, Debug, PartialEq)]
pub struct TotalVariationParams {
    /// λ, weight of the sum of abundances.
    pub sparsity: f64,
    /// λ_TV, weight of the total variation.
    pub variation_weight: f64,
    /// Whether both directions share one root.
    pub isotropic: bool,
    /// Root mean square of the splits, over the abundances, at which it ends.
    pub tolerance: f64,
    /// Most iterations.
    pub max_iterations: usize,
}

impl TotalVariationParams {
    /// Says which parameter is wrong and why.
    pub fn check(&self) -> Result<(), Error> {
        check_weight(self.sparsity, "sparsity", "sparsity λ")?;
        check_weight(self.variation_weight, "variationWeight", "weight of the total variation")?;
        check_stopping(self.tolerance, self.max_iterations)
    }
}

/// SUnSAL with total variation: min ½‖AX − Y‖² + λ‖X‖₁ + λ_TV·TV(X) over X ≥ 0, where TV sums the jumps between
/// neighbouring pixels of every abundance map.
///
/// Iordache, Bioucas-Dias & Plaza, "Total variation spatial regularization for sparse hyperspectral unmixing", IEEE
/// TGRS 50(11), 2012. The splitting differs from theirs in one point: lines and samples have a copy of their own, so
/// that the linear systems are tridiagonal and the borders of the scene are borders, not joined to the other side.
pub fn solve(
    input: &CubeInput,
    source: &ArraySource,
    params: &TotalVariationParams,
    folder: &Path,
    observer: &mut dyn Observer,
) -> Result<Info, Error> {
    params.check()?;
    let mut watch = Stopwatch::start();
    let cube = PreparedCube::open(input, false, Passes::Many, &mut Section::new(observer, 0.0, 0.1))?;
    let spectra = read_library(source, &cube)?;
    let library = LibraryRegression::new(&spectra, cube.bands());
    let (p, scene) = (library.count(), [cube.lines(), cube.samples()]);
    let flat = scene[0] * scene[1];
    let what = "the maps of the whole library and their differences";
    // Pixel after pixel: what the smooth step gives. Map after map: what the copies ask of it.
    let mut mixed = zeros(flat * p, what)?;
    let mut wanted = zeros(flat * p, what)?;
    let mut splits = (0..p).map(|_| MapSplit::new(scene, what)).collect::<Result<Vec<_>, _>>()?;
    watch.setup_done();
    observer.stage("Iterating");

    let inverse = library.inverse(COPIES * PENALTY);
    let weight = 1.0 / (library.scale() * PENALTY);
    let smoothing = Smoothing {
        sparsity: params.sparsity * weight,
        variation: params.variation_weight * weight,
        isotropic: params.isotropic,
    };
    let elements = ((flat * p) as f64).sqrt();
    let (mut iteration, mut split) = (0, f64::INFINITY);
    let mut reason = StopReason::IterationLimit;
    while iteration < params.max_iterations {
        iteration += 1;
        mixed.par_chunks_mut(TILE_PIXELS * p).zip(tiles(0..flat, TILE_PIXELS).collect::<Vec<_>>()).for_each(
            |(mixed, tile)| {
                let numbers: Vec<Option<usize>> = tile.clone().map(|place| cube.pixel_at(place)).collect();
                let known: Vec<usize> = numbers.iter().flatten().copied().collect();
                let pull = library.correlations(&cube.pixels_at(&known));
                smooth_step(mixed, &wanted, &pull, &numbers, &inverse, tile.start, flat);
            },
        );
        cube.batch_done()?;
        let parts: Vec<f64> = splits
            .par_iter_mut()
            .zip(wanted.par_chunks_mut(flat))
            .enumerate()
            .map(|(map, (split, wanted))| split.step(&mixed, map, p, &smoothing, wanted))
            .collect();
        split = parts.iter().sum::<f64>().sqrt() / elements;
        let flow =
            observer.iteration(&Step { iteration, iteration_limit: params.max_iterations, row: &[split] });
        if split <= params.tolerance {
            reason = StopReason::Converged;
            break;
        }
        if flow == Flow::Stop {
            reason = StopReason::Cancelled;
            break;
        }
    }
    observer.stage("Writing");
    drop((mixed, wanted));
    let mut abundances = zeros(cube.pixels() * p, "the abundances of the whole library")?;
    abundances.par_chunks_mut(p).enumerate().for_each(|(pixel, row)| {
        let place = cube.flat_position(pixel);
        row.iter_mut().zip(&splits).for_each(|(value, split)| *value = split.sparse(place, &smoothing));
    });
    drop(splits);
    let outcome = write_scene(&cube, &spectra, &abundances, folder)?;
    let most = LargestSparsity::of_cube(&cube, &library)?.of_pixels;
    let TotalVariationParams { tolerance, max_iterations, .. } = *params;
    let limit = limit_warning(reason, "the copies still differ by", split, tolerance, max_iterations);
    let info = outcome.together(&cube, &library, params.sparsity, most, &watch);
    Ok(Info {
        iterations: iteration,
        stop_reason: reason,
        stop_message: format!("After {iteration} iterations the copies differ by {split:.1e} an abundance."),
        warnings: limit.into_iter().chain(info.warnings).collect(),
        ..info
    })
}

/// X = (AᵀA + 3μI)⁻¹(AᵀY + μ·wanted) for the places from `start`; a pixel that was left out has no data, and takes the
/// mean of what its copies want.
fn smooth_step(
    mixed: &mut [f64],
    wanted: &[f64],
    pull: &[f64],
    numbers: &[Option<usize>],
    inverse: &[f64],
    start: usize,
    flat: usize,
) {
    let count = numbers.len();
    let p = mixed.len() / count;
    let mut asked = vec![0.0; count * p];
    for map in 0..p {
        for (place, value) in wanted[map * flat + start..][..count].iter().enumerate() {
            asked[place * p + map] = PENALTY * value;
        }
    }
    let mut known = pull.chunks_exact(p);
    for (asked, number) in asked.chunks_exact_mut(p).zip(numbers) {
        if number.is_some()
            && let Some(pull) = known.next()
        {
            asked.iter_mut().zip(pull).for_each(|(value, pull)| *value += pull);
        }
    }
    multiply(
        View::row_major(&asked, count, p),
        View::row_major(inverse, p, p),
        ViewMut::row_major(mixed, count, p),
    );
    for ((mixed, asked), number) in mixed.chunks_exact_mut(p).zip(asked.chunks_exact(p)).zip(numbers) {
        if number.is_none() {
            mixed.iter_mut().zip(asked).for_each(|(x, asked)| *x = asked / (COPIES * PENALTY));
        }
    }
}
