use filigree_core::{Error, Pool, TILE_PIXELS, View, ViewMut, batches, multiply, multiply_thin, zeros};
use rayon::prelude::*;

use super::band_loss::BandLoss;
use super::component_step::ComponentStep;
use super::model::Updates;
use super::terms::{Powers, Terms, Weights, powered};
use super::volume::Volume;
use crate::PreparedCube;
use crate::pixel_graph::PixelGraph;

/// Repeats of the cheap part of an update between two passes over the cube (Gillis & Glineur, "Accelerated
/// multiplicative updates and hierarchical ALS algorithms for nonnegative matrix factorization", Neural
/// Computation 24(4), 2012).
pub(super) const REPEATS: usize = 4;

/// Factors, and the products with Y that the next update needs.
///
/// One pass over Y moves the abundances tile by tile and gathers AYᵀ and AAᵀ on the way; from these alone the
/// endmembers move and the objective follows, band by band: ‖y_b‖² − 2⟨m_b, (AYᵀ)_b⟩ + m_bᵀAAᵀm_b.
pub(super) struct Factors<'a> {
    cube: &'a PreparedCube,
    graph: Option<&'a PixelGraph>,
    p: usize,
    updates: Updates,
    weights: Weights,
    volume: Volume,
    pub powers: Powers,
    pub loss: BandLoss,
    /// p × bands: endmembers one after the other.
    pub endmembers: Vec<f64>,
    /// pixels × p: abundances one pixel after the other.
    pub abundances: Vec<f64>,
    /// Where a pass writes the abundances it moves, so that neighbours read those before the pass.
    next: Vec<f64>,
    /// p × bands: AYᵀ.
    pull: Vec<f64>,
    /// p × p: AAᵀ.
    gram: Vec<f64>,
    /// Σ a^q and ‖1 − 1ᵀA‖² of the abundances.
    penalty: f64,
    deviation: f64,
    /// ‖y_b‖².
    band_energies: &'a [f64],
    scratch: Pool<Scratch>,
}

#[derive(Default)]
struct Scratch {
    products: Vec<f64>,
    pull: Vec<f64>,
    rows: Vec<f64>,
    slopes: Vec<f64>,
    tied: Vec<f64>,
}

/// What a tile gathers.
struct Gathered {
    pull: Vec<f64>,
    gram: Vec<f64>,
    penalty: f64,
    deviation: f64,
}

/// Where a factorisation begins, and what holds it there.
pub(super) struct Beginning<'a> {
    pub cube: &'a PreparedCube,
    pub graph: Option<&'a PixelGraph>,
    pub updates: Updates,
    pub weights: Weights,
    pub powers: Powers,
    pub band_energies: &'a [f64],
    pub endmembers: Vec<f64>,
    pub abundances: Vec<f64>,
}

impl<'a> Factors<'a> {
    /// Starts at given non-negative factors. `loss` and `volume_weight` are told the residual there.
    pub(super) fn new(
        beginning: Beginning<'a>,
        loss: super::model::Loss,
        volume_weight: f64,
        between: impl FnMut() -> Result<(), Error>,
    ) -> Result<Self, Error> {
        let Beginning { cube, graph, updates, weights, powers, band_energies, endmembers, abundances } =
            beginning;
        let (bands, p) = (cube.bands(), endmembers.len() / cube.bands());
        let mut made = Self {
            cube,
            graph,
            p,
            updates,
            weights,
            volume: Volume::new(0.0, &endmembers, p),
            powers,
            loss: BandLoss::new(loss, &[]),
            next: zeros(abundances.len(), "a second copy of the abundances")?,
            pull: vec![0.0; p * bands],
            gram: vec![0.0; p * p],
            penalty: 0.0,
            deviation: 0.0,
            band_energies,
            endmembers,
            abundances,
            scratch: Pool::default(),
        };
        made.pass(0, between)?;
        let lengths = made.residual_lengths();
        made.loss = BandLoss::new(loss, &lengths);
        let beta = volume_weight * made.loss.value(&lengths) / p as f64;
        made.volume = Volume::new(beta, &made.endmembers, p);
        Ok(made)
    }

    /// One iteration: the abundances, then the endmembers, then the weights of the bands. `between` is asked
    /// after every batch; where it ends the pass, the factors stay as they were.
    pub(super) fn advance(&mut self, between: impl FnMut() -> Result<(), Error>) -> Result<(), Error> {
        self.pass(REPEATS, between)?;
        self.move_endmembers()?;
        if self.loss.is_robust() {
            let lengths = self.residual_lengths();
            self.loss.reweigh(&lengths);
        }
        Ok(())
    }

    /// Gives the pixels other powers.
    pub(super) fn relearn_powers(&mut self, powers: Powers) {
        self.powers = powers;
        self.penalty = self
            .abundances
            .par_chunks(TILE_PIXELS * self.p)
            .enumerate()
            .map(|(tile, rows)| {
                let row_of = |(index, row)| powered(row, self.powers.of(tile * TILE_PIXELS + index));
                rows.chunks_exact(self.p).enumerate().map(row_of).sum::<f64>()
            })
            .collect::<Vec<f64>>()
            .iter()
            .sum();
    }

    /// ‖y_b − m_bA‖² of every band, for the abundances of the last pass.
    pub(super) fn residual_lengths(&self) -> Vec<f64> {
        let (bands, p) = (self.cube.bands(), self.p);
        (0..bands)
            .map(|band| {
                let m = |k: usize| self.endmembers[k * bands + band];
                let mut length = self.band_energies[band];
                for k in 0..p {
                    let squared: f64 = (0..p).map(|j| self.gram[k * p + j] * m(j)).sum();
                    length += m(k) * (squared - 2.0 * self.pull[k * bands + band]);
                }
                length.max(0.0)
            })
            .collect()
    }

    /// The terms of the objective.
    pub(super) fn terms(&self) -> Result<Terms, Error> {
        let lengths = self.residual_lengths();
        let energy: f64 = self.band_energies.iter().sum();
        let Weights { sum_to_one, sparsity, graph } = self.weights;
        let rough = |edges: &PixelGraph| graph * edges.roughness(&self.abundances, self.p);
        Ok(Terms {
            data: self.loss.value(&lengths),
            sum_to_one: 0.5 * sum_to_one * self.deviation,
            sparsity: if sparsity > 0.0 { sparsity * self.penalty } else { 0.0 },
            graph: if graph > 0.0 { self.graph.map_or(0.0, rough) } else { 0.0 },
            volume: self.volume.at(&self.endmembers, self.p)?.0,
            relative_residual: (lengths.iter().sum::<f64>() / energy).sqrt(),
        })
    }

    /// Moves every pixel's abundances `repeats` times, all pixels at once, and gathers AYᵀ and AAᵀ.
    ///
    /// Between joined pixels the graph term ½w‖aᵢ − aⱼ‖² lies below w‖aᵢ − c‖² + w‖aⱼ − c‖² with c halfway between
    /// where they are, and touches it there. What is left falls apart into pixels, so moving all of them at once,
    /// any number of times, lowers the objective (docs/decisions/0005). Powers below one lie below their tangent.
    fn pass(&mut self, repeats: usize, mut between: impl FnMut() -> Result<(), Error>) -> Result<(), Error> {
        let (bands, p) = (self.cube.bands(), self.p);
        let weighted = self.weighted_endmembers();
        let gram = self.gram_of(&weighted);
        let mut next = std::mem::take(&mut self.next);
        let mut sums =
            Gathered { pull: vec![0.0; p * bands], gram: vec![0.0; p * p], penalty: 0.0, deviation: 0.0 };
        let outcome = batches(self.cube.pixels()).try_for_each(|batch| {
            let parts: Vec<Gathered> = next[batch.start * p..batch.end * p]
                .par_chunks_mut(TILE_PIXELS * p)
                .enumerate()
                .map(|(index, rows)| {
                    self.move_tile(batch.start + index * TILE_PIXELS, repeats, &weighted, &gram, rows)
                })
                .collect();
            for part in parts {
                sums.pull.iter_mut().zip(part.pull).for_each(|(total, value)| *total += value);
                sums.gram.iter_mut().zip(part.gram).for_each(|(total, value)| *total += value);
                sums.penalty += part.penalty;
                sums.deviation += part.deviation;
            }
            self.cube.batch_done()?;
            between()
        });
        self.next = next;
        outcome?;
        std::mem::swap(&mut self.next, &mut self.abundances);
        (self.pull, self.gram) = (sums.pull, sums.gram);
        (self.penalty, self.deviation) = (sums.penalty, sums.deviation);
        Ok(())
    }

    /// Moves the abundances of one tile into `moved` (pixels × p), and gathers AYᵀ (p × bands) and AAᵀ.
    fn move_tile(
        &self,
        start: usize,
        repeats: usize,
        weighted: &[f64],
        gram: &[f64],
        moved: &mut [f64],
    ) -> Gathered {
        let (bands, p) = (self.cube.bands(), self.p);
        let count = moved.len() / p;
        let tile = start..start + count;
        let pixels = self.cube.tile(tile.clone());
        let pixels = View::row_major(&pixels, count, bands);
        let mut scratch = self.scratch.take(Scratch::default);
        let Scratch { products, pull, rows, slopes, tied } = &mut *scratch;
        let old = &self.abundances[tile.start * p..tile.end * p];
        if repeats == 0 {
            moved.copy_from_slice(old);
        } else {
            products.resize(count * p, 0.0);
            multiply_thin(
                pixels,
                View::row_major(weighted, p, bands).t(),
                ViewMut::row_major(products, count, p),
            );
            let heavy = self.weights.sum_to_one;
            products.iter_mut().for_each(|value| *value += heavy);
            self.pull_of_neighbours(&tile, products, tied);
            pull.resize(count * p, 0.0);
            rows.resize(count * p, 0.0);
            transpose(products, pull, count, p);
            transpose(old, rows, count, p);
            let slope = self.slopes(start, rows, slopes, count);
            ComponentStep {
                updates: self.updates,
                repeats,
                columns: count,
                gram,
                pull,
                tied,
                slopes,
                slope,
                values: rows,
            }
            .take();
            transpose(rows, moved, p, count);
        }
        let mut gathered =
            Gathered { pull: vec![0.0; p * bands], gram: vec![0.0; p * p], penalty: 0.0, deviation: 0.0 };
        let view = View::row_major(moved, count, p);
        multiply_thin(view.t(), pixels, ViewMut::row_major(&mut gathered.pull, p, bands));
        multiply_thin(view.t(), view, ViewMut::row_major(&mut gathered.gram, p, p));
        for (index, row) in moved.chunks_exact(p).enumerate() {
            let missing = 1.0 - row.iter().sum::<f64>();
            gathered.deviation += missing * missing;
            if self.weights.sparsity > 0.0 {
                gathered.penalty += powered(row, self.powers.of(start + index));
            }
        }
        gathered
    }

    /// Adds the pull of joined pixels to `products` (pixels × p), and says in `tied` how firmly each one is held.
    fn pull_of_neighbours(&self, tile: &std::ops::Range<usize>, products: &mut [f64], tied: &mut Vec<f64>) {
        tied.clear();
        let (p, lambda) = (self.p, self.weights.graph);
        let Some(graph) = self.graph.filter(|_| lambda > 0.0) else { return };
        for (pixel, pull) in tile.clone().zip(products.chunks_exact_mut(p)) {
            let own = &self.abundances[pixel * p..][..p];
            let held = lambda * graph.degree(pixel);
            pull.iter_mut().zip(own).for_each(|(value, a)| *value += held * a);
            for (other, weight) in graph.edges(pixel) {
                let row = &self.abundances[other * p..][..p];
                pull.iter_mut().zip(row).for_each(|(value, a)| *value += lambda * weight * a);
            }
            tied.push(2.0 * held);
        }
    }

    /// The slope of the sparsity term: returned where it is one number, else entry by entry for rows (p × pixels).
    fn slopes(&self, start: usize, rows: &[f64], slopes: &mut Vec<f64>, count: usize) -> f64 {
        slopes.clear();
        let alpha = self.weights.sparsity;
        match &self.powers {
            _ if alpha == 0.0 => return 0.0,
            Powers::Shared(power) if *power == 1.0 => return alpha,
            Powers::Shared(power) if *power == 0.5 => {
                slopes.extend(rows.iter().map(|a| 0.5 * alpha / a.sqrt()));
            }
            powers => slopes.extend(rows.iter().enumerate().map(|(index, a)| {
                let power = powers.of(start + index % count);
                alpha * power * a.powf(power - 1.0)
            })),
        }
        0.0
    }

    /// Moves the endmembers `REPEATS` times with the products of the last pass. The weights of the bands do not
    /// matter here: a band's values in all endmembers are a problem of their own.
    fn move_endmembers(&mut self) -> Result<(), Error> {
        let mut gram = self.gram.clone();
        let (_, tangent) = self.volume.at(&self.endmembers, self.p)?;
        gram.iter_mut().zip(tangent).for_each(|(value, tangent)| *value += tangent);
        ComponentStep {
            updates: self.updates,
            repeats: REPEATS,
            columns: self.cube.bands(),
            gram: &gram,
            pull: &self.pull,
            tied: &[],
            slopes: &[],
            slope: 0.0,
            values: &mut self.endmembers,
        }
        .take();
        Ok(())
    }

    /// Endmembers with every band times its weight.
    fn weighted_endmembers(&self) -> Vec<f64> {
        let mut weighted = self.endmembers.clone();
        if !self.loss.weights.is_empty() {
            for spectrum in weighted.chunks_exact_mut(self.cube.bands()) {
                spectrum.iter_mut().zip(&self.loss.weights).for_each(|(value, weight)| *value *= weight);
            }
        }
        weighted
    }

    /// Mᵀ diag(w) M + δ².
    fn gram_of(&self, weighted: &[f64]) -> Vec<f64> {
        let (bands, p) = (self.cube.bands(), self.p);
        let mut gram = vec![0.0; p * p];
        multiply(
            View::row_major(&self.endmembers, p, bands),
            View::row_major(weighted, p, bands).t(),
            ViewMut::row_major(&mut gram, p, p),
        );
        gram.iter_mut().for_each(|value| *value += self.weights.sum_to_one);
        gram
    }
}

/// Writes a matrix (`rows` × `columns`) into `out` column after column.
fn transpose(values: &[f64], out: &mut [f64], rows: usize, columns: usize) {
    for (row, values) in values.chunks_exact(columns).enumerate() {
        for (column, value) in values.iter().enumerate() {
            out[column * rows + row] = *value;
        }
    }
}
