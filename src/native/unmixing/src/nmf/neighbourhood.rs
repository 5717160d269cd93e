use std::ops::Range;

use filigree_core::{Error, TILE_PIXELS, zeros};
use rayon::prelude::*;

use crate::pixel_graph::{PixelGraph, row_length};

/// The pixel graph, and what the abundances look like from every pixel: one walk over the edges an iteration serves
/// both the objective of this one and the pull of the next.
pub(super) struct Neighbourhood<'a> {
    graph: &'a PixelGraph,
    p: usize,
    /// Abundances pixel after pixel, each row [`row_length`] long.
    rows: Vec<f64>,
    /// Σ W aⱼ around every pixel, tile after tile.
    sums: Vec<f64>,
    /// ½ tr(A·L·Aᵀ).
    pub roughness: f64,
}

impl<'a> Neighbourhood<'a> {
    /// Around abundances that lie tile after tile.
    pub(super) fn new(graph: &'a PixelGraph, abundances: &[f64], p: usize) -> Result<Self, Error> {
        let pixels = abundances.len() / p;
        let rows = zeros(pixels * row_length(p), "the abundances in rows")?;
        let sums = zeros(pixels * p, "the abundances of neighbours")?;
        let mut made = Self { graph, p, rows, sums, roughness: 0.0 };
        made.look_around(abundances);
        Ok(made)
    }

    /// Takes other abundances into account.
    pub(super) fn look_around(&mut self, abundances: &[f64]) {
        let Self { graph, p, rows, sums, .. } = self;
        let (graph, p, stride) = (*graph, *p, row_length(*p));
        rows.par_chunks_mut(TILE_PIXELS * stride).zip(abundances.par_chunks(TILE_PIXELS * p)).for_each(
            |(rows, tile)| {
                let count = tile.len() / p;
                for (k, component) in tile.chunks_exact(count).enumerate() {
                    for (row, value) in rows.chunks_exact_mut(stride).zip(component) {
                        row[k] = *value;
                    }
                }
            },
        );
        let parts: Vec<f64> = sums
            .par_chunks_mut(TILE_PIXELS * p)
            .enumerate()
            .map(|(tile, sums)| {
                let start = tile * TILE_PIXELS;
                graph.look_around(start..start + sums.len() / p, rows, p, sums)
            })
            .collect();
        // Every pair was met from both ends.
        self.roughness = 0.25 * parts.iter().sum::<f64>();
    }

    /// Adds the pull of joined pixels on a tile of abundances `own` (p × pixels), times `lambda`, to `pull`, and says in
    /// `tied` how firmly each pixel is held.
    pub(super) fn pull(
        &self,
        tile: Range<usize>,
        lambda: f64,
        own: &[f64],
        pull: &mut [f64],
        tied: &mut Vec<f64>,
    ) {
        let held = tile.clone().map(|pixel| 2.0 * lambda * self.graph.degree(pixel));
        tied.extend(held);
        let sums = &self.sums[tile.start * self.p..tile.end * self.p];
        let count = tile.len();
        for ((pull, sums), own) in
            pull.chunks_exact_mut(count).zip(sums.chunks_exact(count)).zip(own.chunks_exact(count))
        {
            for (((pull, sum), a), held) in pull.iter_mut().zip(sums).zip(own).zip(tied.iter()) {
                *pull += lambda * sum + 0.5 * held * a;
            }
        }
    }
}
