use std::ops::Range;

use filigree_core::{Error, Pool, TILE_PIXELS, View, ViewMut, multiply, tiles, zeros};
use rayon::prelude::*;

use super::band_loss::BandLoss;
use super::component_step::ComponentStep;
use super::model::Updates;
use super::neighbourhood::Neighbourhood;
use super::tally::{Tally, slopes_of_roots};
use super::terms::{Powers, Terms, Weights, powered};
use super::tiled::{from_pixels, to_pixels};
use super::volume::Volume;
use crate::PreparedCube;
use crate::pixel_graph::PixelGraph;
use crate::thin_products::{Weights as Rows, add_weighted_pixels, rows_by_pixels};

/// Tiles whose sums are gathered in one place.
const STRIP: usize = 2 * TILE_PIXELS;

/// Pixels moved between two looks at the wish to stop.
const BATCH: usize = 512 * TILE_PIXELS;

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
    neighbourhood: Option<Neighbourhood<'a>>,
    p: usize,
    updates: Updates,
    weights: Weights,
    volume: Volume,
    pub powers: Powers,
    pub loss: BandLoss,
    /// p × bands: endmembers one after the other.
    pub endmembers: Vec<f64>,
    /// Abundances tile after tile, p × pixels within each.
    abundances: Vec<f64>,
    /// Where a pass writes the abundances it moves, so that one that is stopped leaves no trace.
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
    pull: Vec<f64>,
    slopes: Vec<f64>,
    tied: Vec<f64>,
}

/// What some tiles gather.
struct Gathered {
    pull: Vec<f64>,
    gram: Vec<f64>,
    penalty: f64,
    deviation: f64,
}

impl Gathered {
    fn nothing(p: usize, bands: usize) -> Self {
        Self { pull: vec![0.0; p * bands], gram: vec![0.0; p * p], penalty: 0.0, deviation: 0.0 }
    }

    fn join(&mut self, later: &Self) {
        self.pull.iter_mut().zip(&later.pull).for_each(|(total, value)| *total += value);
        self.gram.iter_mut().zip(&later.gram).for_each(|(total, value)| *total += value);
        self.penalty += later.penalty;
        self.deviation += later.deviation;
    }
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
    /// pixels × p.
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
        let abundances = from_pixels(&abundances, p)?;
        let neighbourhood = graph
            .filter(|_| weights.graph > 0.0)
            .map(|graph| Neighbourhood::new(graph, &abundances, p))
            .transpose()?;
        let mut made = Self {
            cube,
            neighbourhood,
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
        let p = self.p;
        self.penalty = self
            .abundances
            .par_chunks(TILE_PIXELS * p)
            .enumerate()
            .map(|(tile, rows)| self.guided_penalty(tile * TILE_PIXELS, rows))
            .collect::<Vec<f64>>()
            .iter()
            .sum();
    }

    /// Abundances one pixel after the other (pixels × p).
    pub(super) fn abundances(&self) -> Result<Vec<f64>, Error> {
        to_pixels(&self.abundances, self.p)
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
        let rough = |around: &Neighbourhood<'_>| graph * around.roughness;
        Ok(Terms {
            data: self.loss.value(&lengths),
            sum_to_one: 0.5 * sum_to_one * self.deviation,
            sparsity: if sparsity > 0.0 { sparsity * self.penalty } else { 0.0 },
            graph: self.neighbourhood.as_ref().map_or(0.0, rough),
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
        let mut sums = Gathered::nothing(p, bands);
        let outcome = tiles(0..self.cube.pixels(), BATCH).try_for_each(|batch| {
            let parts: Vec<Gathered> = next[batch.start * p..batch.end * p]
                .par_chunks_mut(STRIP * p)
                .enumerate()
                .map(|(index, moved)| {
                    let start = batch.start + index * STRIP;
                    let mut gathered = Gathered::nothing(p, bands);
                    let strip = tiles(start..start + moved.len() / p, TILE_PIXELS);
                    for (tile, moved) in strip.zip(moved.chunks_mut(TILE_PIXELS * p)) {
                        self.move_tile(tile, repeats, &weighted, &gram, moved, &mut gathered);
                    }
                    gathered
                })
                .collect();
            parts.iter().for_each(|part| sums.join(part));
            self.cube.batch_done()?;
            between()
        });
        self.next = next;
        outcome?;
        std::mem::swap(&mut self.next, &mut self.abundances);
        (self.pull, self.gram) = (sums.pull, sums.gram);
        (self.penalty, self.deviation) = (sums.penalty, sums.deviation);
        if repeats > 0
            && let Some(around) = &mut self.neighbourhood
        {
            around.look_around(&self.abundances);
        }
        Ok(())
    }

    /// Moves the abundances of one tile into `moved` (p × pixels), and gathers AYᵀ (p × bands) and AAᵀ.
    fn move_tile(
        &self,
        tile: Range<usize>,
        repeats: usize,
        weighted: &[f64],
        gram: &[f64],
        moved: &mut [f64],
        gathered: &mut Gathered,
    ) {
        let (bands, p, count) = (self.cube.bands(), self.p, tile.len());
        let pixels = self.cube.tile(tile.clone());
        let mut scratch = self.scratch.take(Scratch::default);
        let Scratch { pull, slopes, tied } = &mut *scratch;
        let old = &self.abundances[tile.start * p..tile.end * p];
        moved.copy_from_slice(old);
        if repeats > 0 {
            pull.resize(count * p, 0.0);
            rows_by_pixels(weighted, &pixels, bands, pull);
            let heavy = self.weights.sum_to_one;
            pull.iter_mut().for_each(|value| *value += heavy);
            tied.clear();
            if let Some(around) = &self.neighbourhood {
                around.pull(tile.clone(), self.weights.graph, old, pull, tied);
            }
            let slope = self.slopes(tile.start, old, slopes, count);
            ComponentStep {
                updates: self.updates,
                repeats,
                columns: count,
                gram,
                pull,
                tied,
                slopes,
                slope,
                values: moved,
            }
            .take();
        }
        let weights = Rows { values: moved, rows: p, row_stride: count, pixel_stride: 1 };
        add_weighted_pixels(weights, &pixels, bands, &mut gathered.pull);
        // The products of the abundances among each other: each component is a pixel of so many bands.
        pull.resize(p * p, 0.0);
        rows_by_pixels(moved, moved, count, &mut pull[..p * p]);
        gathered.gram.iter_mut().zip(pull.iter()).for_each(|(total, value)| *total += value);
        let sparse = self.weights.sparsity > 0.0;
        let tally = Tally::of(moved, count, sparse && matches!(self.powers, Powers::Shared(0.5)));
        gathered.deviation += tally.deviation;
        gathered.penalty += match &self.powers {
            _ if !sparse => 0.0,
            Powers::Shared(1.0) => tally.sum,
            Powers::Shared(0.5) => tally.roots,
            _ => self.guided_penalty(tile.start, moved),
        };
    }

    /// Σ a^q of a tile (p × pixels), each pixel with its own power.
    fn guided_penalty(&self, start: usize, tile: &[f64]) -> f64 {
        let count = tile.len() / self.p;
        let mut row = vec![0.0; self.p];
        (0..count)
            .map(|index| {
                row.iter_mut().enumerate().for_each(|(k, a)| *a = tile[k * count + index]);
                powered(&row, self.powers.of(start + index))
            })
            .sum()
    }

    /// The slope of the sparsity term: returned where it is one number, else entry by entry for a tile (p × pixels).
    fn slopes(&self, start: usize, tile: &[f64], slopes: &mut Vec<f64>, count: usize) -> f64 {
        slopes.clear();
        let alpha = self.weights.sparsity;
        match &self.powers {
            _ if alpha == 0.0 => return 0.0,
            Powers::Shared(1.0) => return alpha,
            Powers::Shared(0.5) => slopes_of_roots(alpha, tile, slopes),
            powers => slopes.extend(tile.iter().enumerate().map(|(index, a)| {
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
