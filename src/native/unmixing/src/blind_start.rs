use filigree_core::{
    Error, Observer, Pool, Random, Section, TILE_PIXELS, batches, keep_going, map_tiles, zeros,
};
use rayon::prelude::*;

use crate::fit::Fit;
use crate::vca_projection::Vertices;
use crate::{PreparedCube, SimplexLeastSquares, VcaProjection, Workspace};

const STAGE: &str = "Comparing starts";

/// KKT tolerance of the abundances a start is judged by.
const TOLERANCE: f64 = 1e-10;

/// The best of `restarts` VCA starts: the one whose fully constrained abundances leave the smallest residual.
///
/// A start that spends its picks on dim pixels misses a material and leaves a large residual, so this rule needs
/// no truth. Each restart draws from its own random stream; the first is what VCA alone picks with this seed.
pub(crate) fn best_vertices(
    cube: &PreparedCube,
    projection: &VcaProjection<'_>,
    seed: u64,
    restarts: usize,
    observer: &mut dyn Observer,
) -> Result<(Vertices, f64), Error> {
    let mut best: Option<(Vertices, f64)> = None;
    let mut tried: Vec<Vec<usize>> = Vec::new();
    for restart in 0..restarts {
        let share = |part: f64| (restart as f64 + part) / restarts as f64;
        let mut random = Random::new(seed, restart as u64);
        let vertices = projection.pick(&mut random, &mut Section::new(observer, share(0.0), share(0.3)))?;
        let mut picks = vertices.pixels.clone();
        picks.sort_unstable();
        if tried.contains(&picks) {
            continue;
        }
        tried.push(picks);
        let residual =
            fcls_residual(cube, &vertices.endmembers, &mut Section::new(observer, share(0.3), share(1.0)))?;
        if best.as_ref().is_none_or(|(_, lowest)| residual < *lowest) {
            best = Some((vertices, residual));
        }
    }
    best.ok_or_else(|| Error::Internal("no start was tried".to_owned()))
}

/// ‖Y − MA‖/‖Y‖ with fully constrained abundances.
fn fcls_residual(cube: &PreparedCube, endmembers: &[f64], observer: &mut dyn Observer) -> Result<f64, Error> {
    let bands = cube.bands();
    let p = endmembers.len() / bands;
    let solver = SimplexLeastSquares::new(endmembers, p);
    let workspaces = Pool::default();
    observer.stage(STAGE);
    let mut fit = Fit::default();
    for batch in batches(cube.pixels()) {
        let end = batch.end;
        for part in map_tiles(batch, |tile| {
            let mut abundances = vec![0.0; tile.len() * p];
            let pixels = cube.tile(tile);
            solver.solve_tile(&pixels, TOLERANCE, &mut abundances, &mut workspaces.take(Workspace::default));
            Ok(Fit::of_tile(&pixels, endmembers, &abundances, bands, &mut Vec::new()))
        })? {
            fit.join(&part);
        }
        cube.batch_done()?;
        keep_going(observer.progress(end as f64 / cube.pixels() as f64), STAGE)?;
    }
    Ok(fit.relative_residual())
}

/// Fully constrained abundances of every pixel (pixels × p), drawn towards 1/p by `mixing`: a multiplicative
/// update can not leave zero.
pub(crate) fn first_abundances(
    cube: &PreparedCube,
    endmembers: &[f64],
    mixing: f64,
    observer: &mut dyn Observer,
) -> Result<Vec<f64>, Error> {
    const STAGE: &str = "Solving for the first abundances";
    observer.stage(STAGE);
    let p = endmembers.len() / cube.bands();
    let solver = SimplexLeastSquares::new(endmembers, p);
    let workspaces = Pool::default();
    let mut abundances = zeros(cube.pixels() * p, "the abundances")?;
    for batch in batches(cube.pixels()) {
        abundances[batch.start * p..batch.end * p].par_chunks_mut(TILE_PIXELS * p).enumerate().for_each(
            |(index, rows)| {
                let start = batch.start + index * TILE_PIXELS;
                let pixels = cube.tile(start..start + rows.len() / p);
                solver.solve_tile(&pixels, TOLERANCE, rows, &mut workspaces.take(Workspace::default));
                rows.iter_mut().for_each(|a| *a = (1.0 - mixing) * *a + mixing / p as f64);
            },
        );
        cube.batch_done()?;
        keep_going(observer.progress(batch.end as f64 / cube.pixels() as f64), STAGE)?;
    }
    Ok(abundances)
}
