use std::ops::Range;

use filigree_core::{
    Error, Random, TILE_PIXELS, View, ViewMut, batches, dot, map_tiles, multiply, multiply_add,
    symmetric_eigen, tiles, zeros,
};
use rayon::prelude::*;

use crate::PreparedCube;
use crate::entropic_kernels::{AbundanceSteps, WeightStep};

mod products;

use products::{Mixed, Products, add, gram, normalise_columns};

/// Half-width of the first weights' logarithms: the archetypes of a restart start near the mean pixel.
const FIRST_SPREAD: f64 = 0.1;

/// Steps are drawn from 2⁻³ … 2³ times the one the spectral norm proposes, as in the paper.
const STEP_POWERS: usize = 7;

/// Several restarts of min ½‖Y − YBA‖² over A and B with columns on the simplex, advanced together, so that one
/// reading of the pixels serves them all.
///
/// Kept as logarithms, so that what became small can grow again: the columns of A and B are their softmax. A tile
/// of `n` pixels is a block of (restarts · p) × n numbers, a row an archetype of a restart.
pub(crate) struct Descent<'a> {
    cube: &'a PreparedCube,
    p: usize,
    restarts: usize,
    energy: f64,
    /// (restarts · p) × bands: YB.
    archetypes: Vec<f64>,
    abundance_logs: Vec<f64>,
    weight_logs: Vec<f64>,
    /// Numbers of each restart.
    pub steps: Vec<StepSizes>,
}

/// Step sizes of a restart.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StepSizes {
    /// The random factor on the proposed step.
    pub factor: f64,
    pub abundances: f64,
    pub weights: f64,
    /// How often both were halved because the objective had risen.
    pub halved: usize,
    /// The objective after the last round.
    pub objective: f64,
}

impl<'a> Descent<'a> {
    /// Starts restarts number `numbers` of a seed. `energy` is ‖Y‖².
    pub(crate) fn start(
        cube: &'a PreparedCube,
        p: usize,
        numbers: Range<usize>,
        seed: u64,
        energy: f64,
        between: &mut dyn FnMut() -> Result<(), Error>,
    ) -> Result<Self, Error> {
        let (pixels, restarts) = (cube.pixels(), numbers.len());
        let rows = restarts * p;
        let mut weight_logs = zeros(pixels * rows, "the weights of the archetypes")?;
        let mut steps = Vec::with_capacity(restarts);
        for (place, number) in numbers.enumerate() {
            let mut random = Random::new(seed, number as u64);
            let power = random.below(STEP_POWERS) as i32 - STEP_POWERS as i32 / 2;
            for tile in tiles(0..pixels, TILE_PIXELS) {
                let from = tile.start * rows + place * p * tile.len();
                for value in &mut weight_logs[from..from + p * tile.len()] {
                    *value = FIRST_SPREAD * random.uniform();
                }
            }
            let factor = 2f64.powi(power);
            steps.push(StepSizes {
                factor,
                abundances: 0.0,
                weights: 0.0,
                halved: 0,
                objective: f64::INFINITY,
            });
            between()?;
        }
        let archetypes = vec![0.0; rows * cube.bands()];
        let abundance_logs = zeros(pixels * rows, "the abundances of the restarts")?;
        let mut descent = Self { cube, p, restarts, energy, archetypes, abundance_logs, weight_logs, steps };
        descent.step_weights(None, between)?;
        descent.propose_steps()?;
        Ok(descent)
    }

    /// Spectra of a restart, p × bands.
    pub(crate) fn archetypes(&self, restart: usize) -> &[f64] {
        let length = self.p * self.cube.bands();
        &self.archetypes[restart * length..][..length]
    }

    /// η_A = factor / ‖YB‖² and η_B = η_A·√(p / pixels), at the start and for good.
    fn propose_steps(&mut self) -> Result<(), Error> {
        let (p, bands) = (self.p, self.cube.bands());
        for restart in 0..self.restarts {
            let largest = symmetric_eigen(&gram(self.archetypes(restart), bands), p)?.values[0];
            if !(largest.is_finite() && largest > 0.0) {
                return Err(Error::InvalidData(
                    "Every pixel of the scene is zero in the bands that are kept, so there is nothing to unmix. Choose other bands or another cube.".to_owned(),
                ));
            }
            let step = &mut self.steps[restart];
            step.abundances = step.factor / largest;
            step.weights = step.abundances * (p as f64 / self.cube.pixels() as f64).sqrt();
        }
        Ok(())
    }

    /// One round: `abundance_steps` updates of A, then `archetype_steps` of B. Steps of a restart whose objective
    /// has risen are halved.
    pub(crate) fn advance(
        &mut self,
        abundance_steps: usize,
        archetype_steps: usize,
        between: &mut dyn FnMut() -> Result<(), Error>,
    ) -> Result<(), Error> {
        let products = self.step_abundances(abundance_steps, between)?;
        for _ in 0..archetype_steps {
            let pull = self.pull(&products);
            self.step_weights(Some(&pull), between)?;
        }
        for restart in 0..self.restarts {
            let objective = self.objective(&products, restart);
            let step = &mut self.steps[restart];
            if objective > step.objective + 1e-12 * self.energy {
                step.abundances *= 0.5;
                step.weights *= 0.5;
                step.halved += 1;
            }
            step.objective = objective;
        }
        Ok(())
    }

    /// ½‖Y − YBA‖² from the products with Y: ½‖Y‖² − ⟨YAᵀ, YB⟩ + ½⟨AAᵀ, (YB)ᵀYB⟩.
    fn objective(&self, products: &Products, restart: usize) -> f64 {
        let (p, bands) = (self.p, self.cube.bands());
        let archetypes = self.archetypes(restart);
        let own = &products.pixels[restart * p * bands..][..p * bands];
        let mixed = &products.gram[restart * p * p..][..p * p];
        let value = 0.5 * self.energy - dot(own, archetypes) + 0.5 * dot(mixed, &gram(archetypes, bands));
        value.max(0.0)
    }

    /// Y Aᵀ − YB·AAᵀ of every restart: the negative gradient for B is its product with Yᵀ.
    fn pull(&self, products: &Products) -> Vec<f64> {
        let (p, bands) = (self.p, self.cube.bands());
        let mut pull = products.pixels.clone();
        for restart in 0..self.restarts {
            multiply_add(
                -1.0,
                View::row_major(&products.gram[restart * p * p..][..p * p], p, p),
                View::row_major(self.archetypes(restart), p, bands),
                ViewMut::row_major(&mut pull[restart * p * bands..][..p * bands], p, bands),
            );
        }
        pull
    }

    /// Updates A `count` times with B as it stands, and returns the products that the updates of B need. Reads the
    /// pixels once.
    fn step_abundances(
        &mut self,
        count: usize,
        between: &mut dyn FnMut() -> Result<(), Error>,
    ) -> Result<Products, Error> {
        let (p, bands, restarts, cube) = (self.p, self.cube.bands(), self.restarts, self.cube);
        let rows = restarts * p;
        let archetypes = &self.archetypes;
        let grams: Vec<f64> =
            (0..restarts).flat_map(|restart| gram(self.archetypes(restart), bands)).collect();
        let steps: Vec<f64> = self.steps.iter().map(|step| step.abundances).collect();
        let mut total = Products { pixels: vec![0.0; rows * bands], gram: vec![0.0; restarts * p * p] };
        for batch in batches(cube.pixels()) {
            let parts = each_tile(&mut self.abundance_logs, batch, rows, |tile, logs| {
                let n = tile.len();
                let pixels = cube.tile(tile);
                let pixels = View::row_major(&pixels, n, bands);
                let mut likeness = vec![0.0; rows * n];
                multiply(
                    View::row_major(archetypes, rows, bands),
                    pixels.t(),
                    ViewMut::row_major(&mut likeness, rows, n),
                );
                let mut part =
                    Products { pixels: vec![0.0; rows * bands], gram: vec![0.0; restarts * p * p] };
                for restart in 0..restarts {
                    let own = restart * p * n..(restart + 1) * p * n;
                    filigree_core::widest(AbundanceSteps {
                        logs: &mut logs[own.clone()],
                        abundances: &mut likeness[own.clone()],
                        gram: &grams[restart * p * p..][..p * p],
                        step: steps[restart],
                        count,
                        p,
                    });
                    let abundances = View::row_major(&likeness[own], p, n);
                    multiply(
                        abundances,
                        abundances.t(),
                        ViewMut::row_major(&mut part.gram[restart * p * p..][..p * p], p, p),
                    );
                }
                multiply(
                    View::row_major(&likeness, rows, n),
                    pixels,
                    ViewMut::row_major(&mut part.pixels, rows, bands),
                );
                part
            });
            for part in &parts {
                add(&mut total.pixels, &part.pixels);
                add(&mut total.gram, &part.gram);
            }
            cube.batch_done()?;
            between()?;
        }
        Ok(total)
    }

    /// Moves the logarithms of B along Yᵀ·`pull`, where there is one, and mixes the archetypes anew. Reads the pixels
    /// once: a tile gives its sums relative to its own largest weight, and they are joined in the order of the tiles.
    fn step_weights(
        &mut self,
        pull: Option<&[f64]>,
        between: &mut dyn FnMut() -> Result<(), Error>,
    ) -> Result<(), Error> {
        let (p, bands, cube) = (self.p, self.cube.bands(), self.cube);
        let rows = self.restarts * p;
        let steps = &self.steps;
        let mut total = Mixed {
            largest: vec![f64::NEG_INFINITY; rows],
            sums: vec![0.0; rows],
            spectra: vec![0.0; rows * bands],
        };
        for batch in batches(cube.pixels()) {
            let parts = each_tile(&mut self.weight_logs, batch, rows, |tile, logs| {
                let n = tile.len();
                let pixels = cube.tile(tile);
                let pixels = View::row_major(&pixels, n, bands);
                let mut weights = vec![0.0; rows * n];
                if let Some(pull) = pull {
                    multiply(
                        View::row_major(pull, rows, bands),
                        pixels.t(),
                        ViewMut::row_major(&mut weights, rows, n),
                    );
                }
                let mut part = Mixed {
                    largest: vec![0.0; rows],
                    sums: vec![0.0; rows],
                    spectra: vec![0.0; rows * bands],
                };
                for row in 0..rows {
                    let own = row * n..(row + 1) * n;
                    (part.largest[row], part.sums[row]) = filigree_core::widest(WeightStep {
                        logs: &mut logs[own.clone()],
                        weights: &mut weights[own],
                        step: steps[row / p].weights,
                    });
                }
                multiply(
                    View::row_major(&weights, rows, n),
                    pixels,
                    ViewMut::row_major(&mut part.spectra, rows, bands),
                );
                part
            });
            parts.iter().for_each(|part| total.join(part));
            cube.batch_done()?;
            between()?;
        }
        for (row, spectrum) in self.archetypes.chunks_exact_mut(bands).enumerate() {
            let mixed = &total.spectra[row * bands..][..bands];
            spectrum.iter_mut().zip(mixed).for_each(|(value, sum)| *value = sum / total.sums[row]);
        }
        Ok(())
    }

    /// Mixes the archetypes anew, after a round that was stopped half-way: they go with the weights again.
    pub(crate) fn settle(&mut self) -> Result<(), Error> {
        self.step_weights(None, &mut || Ok(()))
    }

    /// Σ|Y − YBA| and ‖Y − YBA‖² of every restart, computed from the pixels.
    pub(crate) fn residuals(&self) -> Result<Vec<(f64, f64)>, Error> {
        let (p, bands, rows) = (self.p, self.cube.bands(), self.restarts * self.p);
        let mut total = vec![(0.0, 0.0); self.restarts];
        for batch in batches(self.cube.pixels()) {
            for part in map_tiles(batch, |tile| {
                let n = tile.len();
                let pixels = self.cube.tile(tile.clone());
                let mut shares = self.abundance_logs[tile.start * rows..tile.end * rows].to_vec();
                let mut rest = vec![0.0; n * bands];
                let sums = (0..self.restarts).map(|restart| {
                    let own = &mut shares[restart * p * n..][..p * n];
                    normalise_columns(own, n);
                    rest.copy_from_slice(&pixels);
                    multiply_add(
                        -1.0,
                        View::row_major(own, p, n).t(),
                        View::row_major(self.archetypes(restart), p, bands),
                        ViewMut::row_major(&mut rest, n, bands),
                    );
                    (rest.iter().map(|value| value.abs()).sum::<f64>(), dot(&rest, &rest))
                });
                Ok(sums.collect::<Vec<_>>())
            })? {
                for (total, (deviation, energy)) in total.iter_mut().zip(part) {
                    total.0 += deviation;
                    total.1 += energy;
                }
            }
            self.cube.batch_done()?;
        }
        Ok(total)
    }

    /// Abundances of a restart, pixels × p: the columns of A, each with the sum one.
    pub(crate) fn abundances(&self, restart: usize) -> Result<Vec<f64>, Error> {
        let mut out = self.pixel_major(&self.abundance_logs, restart, "the abundances")?;
        out.par_chunks_exact_mut(self.p).for_each(|row| normalise_columns(row, 1));
        Ok(out)
    }

    /// Weights of a restart, pixels × p: the rows of Bᵀ, each archetype's with the sum one.
    pub(crate) fn weights(&self, restart: usize) -> Result<Vec<f64>, Error> {
        let mut out = self.pixel_major(&self.weight_logs, restart, "the weights of the archetypes")?;
        for column in 0..self.p {
            let own = || out.iter().skip(column).step_by(self.p);
            let largest = own().copied().fold(f64::NEG_INFINITY, f64::max);
            let sum: f64 = own().map(|value| (value - largest).exp()).sum();
            for value in out.iter_mut().skip(column).step_by(self.p) {
                *value = (*value - largest).exp() / sum;
            }
        }
        Ok(out)
    }

    /// What a restart keeps of every pixel, pixels × p.
    fn pixel_major(&self, tiled: &[f64], restart: usize, what: &str) -> Result<Vec<f64>, Error> {
        let (p, rows) = (self.p, self.restarts * self.p);
        let mut out = zeros(self.cube.pixels() * p, what)?;
        for tile in tiles(0..self.cube.pixels(), TILE_PIXELS) {
            let n = tile.len();
            let block = &tiled[tile.start * rows + restart * p * n..][..p * n];
            for (index, value) in block.iter().enumerate() {
                out[(tile.start + index % n) * p + index / n] = *value;
            }
        }
        Ok(out)
    }
}

/// Works on every tile of a batch with its block of `state`, on all threads; results in the order of the tiles.
fn each_tile<T: Send>(
    state: &mut [f64],
    batch: Range<usize>,
    rows: usize,
    work: impl Fn(Range<usize>, &mut [f64]) -> T + Sync,
) -> Vec<T> {
    let pieces: Vec<_> = tiles(batch.clone(), TILE_PIXELS).collect();
    state[batch.start * rows..batch.end * rows]
        .par_chunks_mut(TILE_PIXELS * rows)
        .zip(pieces)
        .map(|(block, tile)| work(tile, block))
        .collect()
}

#[cfg(test)]
mod tests;
