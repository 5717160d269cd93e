use filigree_core::{Error, TILE_PIXELS, View, ViewMut, dot, map_tiles, multiply, multiply_add};
use rayon::prelude::*;

use crate::PreparedCube;
use crate::fit::Fit;
use crate::pixel_graph::PixelGraph;

/// Weights of the objective
/// ½‖Y − MA‖² + (λ/2)·tr(A·L·Aᵀ) + α‖A‖₁ + (δ²/2)·‖1 − 1ᵀA‖².
#[derive(Clone, Copy, Debug)]
pub struct Weights {
    /// λ.
    pub graph: f64,
    /// α.
    pub sparsity: f64,
    /// δ.
    pub sum_to_one: f64,
}

/// The terms of the objective at one iterate, recomputed from Y, M and A.
#[derive(Clone, Copy, Debug)]
pub struct Terms {
    pub data: f64,
    pub graph: f64,
    pub sparsity: f64,
    pub sum_to_one: f64,
    pub relative_residual: f64,
}

impl Terms {
    /// What is minimised: the sum of all four terms.
    pub fn objective(&self) -> f64 {
        self.data + self.graph + self.sparsity + self.sum_to_one
    }
}

/// The factors, and the products with Y that the next update needs.
pub struct Factors<'a> {
    cube: &'a PreparedCube,
    graph: &'a PixelGraph,
    weights: Weights,
    p: usize,
    /// p × bands: endmembers one after the other.
    pub endmembers: Vec<f64>,
    /// pixels × p: abundances one pixel after the other.
    pub abundances: Vec<f64>,
    /// pixels × p: YᵀM for the current endmembers.
    products: Vec<f64>,
}

impl<'a> Factors<'a> {
    /// Starts at given non-negative factors.
    pub fn new(
        cube: &'a PreparedCube,
        graph: &'a PixelGraph,
        weights: Weights,
        endmembers: Vec<f64>,
        abundances: Vec<f64>,
    ) -> Result<Self, Error> {
        let p = endmembers.len() / cube.bands();
        let products = filigree_core::zeros(abundances.len(), "the products of pixels and endmembers")?;
        Ok(Self { cube, graph, weights, p, endmembers, abundances, products })
    }

    /// One pass over Y: the terms of the objective at the current factors, and the products for the next
    /// abundance update.
    pub fn evaluate(&mut self, mut between: impl FnMut() -> Result<(), Error>) -> Result<Terms, Error> {
        let (bands, p) = (self.cube.bands(), self.p);
        let mut fit = Fit::default();
        let (mut total, mut deviation) = (0.0, 0.0);
        for batch in filigree_core::batches(self.cube.pixels()) {
            for (tile, products, part, sum, square) in map_tiles(batch, |tile| {
                let count = tile.len();
                let pixels = self.cube.tile(tile.clone());
                let mut products = vec![0.0; count * p];
                multiply(
                    View::row_major(&pixels, count, bands),
                    View::row_major(&self.endmembers, p, bands).t(),
                    ViewMut::row_major(&mut products, count, p),
                );
                let rows = &self.abundances[tile.start * p..tile.end * p];
                let part = Fit::of_tile(&pixels, &self.endmembers, rows, bands, &mut Vec::new());
                let (mut sum, mut square) = (0.0, 0.0);
                for row in rows.chunks_exact(p) {
                    let row_sum: f64 = row.iter().sum();
                    sum += row_sum;
                    square += (1.0 - row_sum) * (1.0 - row_sum);
                }
                Ok((tile, products, part, sum, square))
            })? {
                self.products[tile.start * p..tile.end * p].copy_from_slice(&products);
                fit.join(&part);
                total += sum;
                deviation += square;
            }
            self.cube.batch_done()?;
            between()?;
        }
        let Weights { graph, sparsity, sum_to_one } = self.weights;
        Ok(Terms {
            data: 0.5 * fit.residual_energy,
            graph: if graph > 0.0 { graph * self.graph.roughness(&self.abundances, p) } else { 0.0 },
            sparsity: sparsity * total,
            sum_to_one: 0.5 * sum_to_one * sum_to_one * deviation,
            relative_residual: fit.relative_residual(),
        })
    }

    /// A ← A∘(MᵀY + λAW)/(MᵀMA + λAD + α) with the sum-to-one row appended to M and Y, `sweeps` times.
    ///
    /// One colour of the graph at a time: pixels of one colour are not joined, so within a colour the quadratic
    /// form is block-diagonal and the rule is Lee and Seung's descent step on it. (All pixels at once it would not
    /// rise either, as D − W ⪯ 2D: see docs/decisions/0005.)
    ///
    /// `between` is asked after every colour; the abundances are a feasible iterate wherever it ends the update.
    pub fn update_abundances(
        &mut self,
        sweeps: usize,
        repeats: usize,
        mut between: impl FnMut() -> Result<(), Error>,
    ) -> Result<(), Error> {
        let (p, bands) = (self.p, self.cube.bands());
        let Weights { graph: lambda, sparsity, sum_to_one } = self.weights;
        let heavy = sum_to_one * sum_to_one;
        let gram: Vec<f64> = (0..p * p)
            .map(|i| {
                let (a, b) = (
                    &self.endmembers[(i / p) * bands..][..bands],
                    &self.endmembers[(i % p) * bands..][..bands],
                );
                dot(a, b) + heavy
            })
            .collect();
        for _ in 0..sweeps {
            for colour in self.graph.colours() {
                let updated: Vec<Vec<f64>> = colour
                    .par_chunks(TILE_PIXELS)
                    .map(|chunk| {
                        let mut rows = Vec::with_capacity(chunk.len() * p);
                        let mut pull = vec![0.0; p];
                        let mut push = vec![0.0; p];
                        for &pixel in chunk {
                            let pixel = pixel as usize;
                            for (value, product) in pull.iter_mut().zip(&self.products[pixel * p..]) {
                                *value = product + heavy;
                            }
                            let tied = if lambda > 0.0 { lambda * self.graph.degree(pixel) } else { 0.0 };
                            if tied > 0.0 {
                                for (other, weight) in self.graph.edges(pixel) {
                                    let row = &self.abundances[other * p..][..p];
                                    pull.iter_mut().zip(row).for_each(|(v, a)| *v += lambda * weight * a);
                                }
                            }
                            let from = rows.len();
                            rows.extend_from_slice(&self.abundances[pixel * p..][..p]);
                            let row = &mut rows[from..];
                            for _ in 0..repeats {
                                for (k, value) in push.iter_mut().enumerate() {
                                    let against: f64 =
                                        gram[k * p..][..p].iter().zip(row.iter()).map(|(g, a)| g * a).sum();
                                    *value = against + tied * row[k] + sparsity;
                                }
                                for k in 0..p {
                                    row[k] = scaled(row[k], pull[k], push[k]);
                                }
                            }
                        }
                        rows
                    })
                    .collect();
                for (&pixel, row) in colour.iter().zip(updated.iter().flat_map(|rows| rows.chunks_exact(p))) {
                    self.abundances[pixel as usize * p..][..p].copy_from_slice(row);
                }
                between()?;
            }
        }
        Ok(())
    }

    /// M ← M∘(YAᵀ)/(MAAᵀ), `repeats` times with the products of one pass over Y.
    pub fn update_endmembers(
        &mut self,
        repeats: usize,
        mut between: impl FnMut() -> Result<(), Error>,
    ) -> Result<(), Error> {
        let (bands, p) = (self.cube.bands(), self.p);
        let mut pull = vec![0.0; p * bands];
        let mut gram = vec![0.0; p * p];
        for batch in filigree_core::batches(self.cube.pixels()) {
            for (part_pull, part_gram) in map_tiles(batch, |tile| {
                let count = tile.len();
                let tile_pixels = self.cube.tile(tile.clone());
                let pixels = View::row_major(&tile_pixels, count, bands);
                let rows = View::row_major(&self.abundances[tile.start * p..tile.end * p], count, p);
                let (mut part_pull, mut part_gram) = (vec![0.0; p * bands], vec![0.0; p * p]);
                multiply_add(1.0, rows.t(), pixels, ViewMut::row_major(&mut part_pull, p, bands));
                multiply_add(1.0, rows.t(), rows, ViewMut::row_major(&mut part_gram, p, p));
                Ok((part_pull, part_gram))
            })? {
                pull.iter_mut().zip(part_pull).for_each(|(total, value)| *total += value);
                gram.iter_mut().zip(part_gram).for_each(|(total, value)| *total += value);
            }
            self.cube.batch_done()?;
            between()?;
        }
        let mut push = vec![0.0; p * bands];
        for _ in 0..repeats {
            multiply(
                View::row_major(&gram, p, p),
                View::row_major(&self.endmembers, p, bands),
                ViewMut::row_major(&mut push, p, bands),
            );
            for ((value, &pull), &push) in self.endmembers.iter_mut().zip(&pull).zip(&push) {
                *value = scaled(*value, pull, push);
            }
        }
        Ok(())
    }
}

/// `value · pull / push`; unchanged where nothing pushes (0/0 says that the objective does not depend on it).
fn scaled(value: f64, pull: f64, push: f64) -> f64 {
    if push > 0.0 { value * (pull / push) } else { value }
}
