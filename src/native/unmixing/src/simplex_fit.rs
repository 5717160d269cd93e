use filigree_core::{Error, TILE_PIXELS, View, ViewMut, multiply, multiply_add, zeros};
use rayon::prelude::*;

use crate::extraction::too_few_directions;
use crate::reduced_pixels::ReducedPixels;
use crate::small_inverse::invert;

/// Steps of the augmented Lagrangian on one quadratic approximation.
const INNER_STEPS: usize = 5;

/// Weight of the identity in the quadratic approximation of −log |det Q|.
const CURVATURE: f64 = 1e-6;

/// Halvings of a step before an approximation is given up.
const HALVINGS: usize = 40;

/// The terms of the objective at one iterate.
#[derive(Clone, Copy)]
pub(crate) struct Terms {
    pub objective: f64,
    /// −log |det Q|: the volume of the simplex, up to a constant.
    pub volume: f64,
    /// Σ max(−QX, 0).
    pub hinge: f64,
    /// Share of the abundances QX that are below zero.
    pub negative_share: f64,
}

/// The matrix Q of SISAL, and what its updates need.
///
/// The pixels are scaled to unit variance along every dimension. Then x = (1, y), the first row of the constraint is
/// 1ᵀQ = (1, 0, …), and Q⁻¹ has the vertices (1, m) as its columns.
pub(crate) struct SimplexFit {
    p: usize,
    /// Standard deviation along every dimension of the plane.
    scale: Vec<f64>,
    /// pixels × p: (1, y/scale).
    pixels: Vec<f64>,
    /// p × p, row-major.
    q: Vec<f64>,
    hinge_weight: f64,
    /// μ of the augmented Lagrangian.
    penalty: f64,
    /// (CURVATURE·I + μ·XXᵀ)⁻¹.
    inverse: Vec<f64>,
    split: Vec<f64>,
    multiplier: Vec<f64>,
}

impl SimplexFit {
    /// Starts at pixels, moved outwards so that the simplex holds most of the scene.
    pub(crate) fn new(reduced: &ReducedPixels, vertices: &[usize], hinge_weight: f64) -> Result<Self, Error> {
        let p = vertices.len();
        let scale: Vec<f64> = reduced.variances.iter().map(|variance| variance.sqrt()).collect();
        let places: Vec<usize> = (0..reduced.dark.len()).filter(|&pixel| !reduced.dark[pixel]).collect();
        let mut pixels = zeros(places.len() * p, "the scaled pixels")?;
        for (row, &pixel) in pixels.chunks_exact_mut(p).zip(&places) {
            row[0] = 1.0;
            row[1..].iter_mut().zip(reduced.point(pixel)).zip(&scale).for_each(|((x, y), s)| *x = y / s);
        }
        let corners: Vec<f64> =
            vertices.iter().flat_map(|&v| reduced.point(v).iter().zip(&scale).map(|(y, s)| y / s)).collect();
        let d = p - 1;
        let mut matrix = vec![1.0; p * p];
        for k in 0..d {
            let mean = (0..p).map(|j| corners[j * d + k]).sum::<f64>() / p as f64;
            for j in 0..p {
                matrix[(k + 1) * p + j] = mean + (1.0 + p as f64) * (corners[j * d + k] - mean);
            }
        }
        let (q, _) = invert(&matrix, p).ok_or_else(|| too_few_directions(d, p))?;
        let penalty = 1000.0 * p as f64 / places.len() as f64;
        let mut system = vec![0.0; p * p];
        let view = View::row_major(&pixels, places.len(), p);
        multiply(view.t(), view, ViewMut::row_major(&mut system, p, p));
        system.iter_mut().for_each(|value| *value *= penalty);
        (0..p).for_each(|k| system[k * p + k] += CURVATURE);
        let (inverse, _) = invert(&system, p).ok_or_else(|| too_few_directions(d, p))?;
        let split = zeros(pixels.len(), "the split abundances")?;
        let multiplier = zeros(pixels.len(), "the multipliers")?;
        let mut fit = Self { p, scale, pixels, q, hinge_weight, penalty, inverse, split, multiplier };
        let q = fit.q.clone();
        fit.split = fit.abundances(&q);
        Ok(fit)
    }

    /// Terms at the current simplex.
    pub(crate) fn terms(&self) -> Terms {
        self.terms_of(&self.q).unwrap_or(Terms {
            objective: f64::INFINITY,
            volume: f64::INFINITY,
            hinge: 0.0,
            negative_share: 0.0,
        })
    }

    /// Vertices in the plane of the pixels (p × (p − 1)), one after the other.
    pub(crate) fn vertices(&self) -> Option<Vec<f64>> {
        let p = self.p;
        let (matrix, _) = invert(&self.q, p)?;
        Some(
            (0..p)
                .flat_map(|j| (1..p).map(move |k| (j, k)))
                .map(|(j, k)| self.scale[k - 1] * matrix[k * p + j] / matrix[j])
                .collect(),
        )
    }

    /// One outer iteration: minimises a quadratic approximation of −log |det Q| plus the hinge by a few steps of the
    /// augmented Lagrangian, and goes back towards the old simplex until the objective is not above its own.
    pub(crate) fn improve(&mut self) -> Result<(), Error> {
        let p = self.p;
        let old = self.q.clone();
        let before = self.terms().objective;
        let Some((inverse, _)) = invert(&old, p) else {
            return Err(Error::Breakdown(
                "The simplex lost its volume. Choose fewer endmembers, or another seed.".to_owned(),
            ));
        };
        // Gradient of −log |det Q| is −Q⁻ᵀ; the approximation pulls towards CURVATURE·Q + Q⁻ᵀ.
        let pull: Vec<f64> = (0..p * p).map(|i| CURVATURE * old[i] + inverse[(i % p) * p + i / p]).collect();
        let mut q = old.clone();
        for _ in 0..INNER_STEPS {
            q = self.minimise_quadratic(&pull);
            self.split_step(&q);
        }
        for _ in 0..HALVINGS {
            if self.terms_of(&q).is_some_and(|terms| terms.objective <= before) {
                self.q = q;
                return Ok(());
            }
            q.iter_mut().zip(&old).for_each(|(new, old)| *new = 0.5 * (*new + old));
        }
        Ok(())
    }

    /// Q of the augmented Lagrangian: (pull + μ(Z + B)Xᵀ)·inverse, moved along 1 so that 1ᵀQ = (1, 0, …).
    fn minimise_quadratic(&self, pull: &[f64]) -> Vec<f64> {
        let p = self.p;
        let parts: Vec<Vec<f64>> = self
            .pixels
            .par_chunks(TILE_PIXELS * p)
            .zip(self.split.par_chunks(TILE_PIXELS * p))
            .zip(self.multiplier.par_chunks(TILE_PIXELS * p))
            .map(|((x, z), b)| {
                let sum: Vec<f64> = z.iter().zip(b).map(|(z, b)| z + b).collect();
                let mut part = vec![0.0; p * p];
                let rows = x.len() / p;
                multiply_add(
                    self.penalty,
                    View::row_major(&sum, rows, p).t(),
                    View::row_major(x, rows, p),
                    ViewMut::row_major(&mut part, p, p),
                );
                part
            })
            .collect();
        let mut right = pull.to_vec();
        for part in parts {
            right.iter_mut().zip(part).for_each(|(total, value)| *total += value);
        }
        let mut q = vec![0.0; p * p];
        multiply(
            View::row_major(&right, p, p),
            View::row_major(&self.inverse, p, p),
            ViewMut::row_major(&mut q, p, p),
        );
        for column in 0..p {
            let wanted = if column == 0 { 1.0 } else { 0.0 };
            let sum: f64 = (0..p).map(|row| q[row * p + column]).sum();
            (0..p).for_each(|row| q[row * p + column] += (wanted - sum) / p as f64);
        }
        q
    }

    /// Z: the minimiser of the hinge near QX − B; then the multipliers B − (QX − Z).
    fn split_step(&mut self, q: &[f64]) {
        let (p, threshold) = (self.p, self.hinge_weight / self.penalty);
        self.pixels
            .par_chunks(TILE_PIXELS * p)
            .zip(self.split.par_chunks_mut(TILE_PIXELS * p))
            .zip(self.multiplier.par_chunks_mut(TILE_PIXELS * p))
            .for_each(|((x, z), b)| {
                let mixed = abundances_of(q, x, p);
                for ((z, b), a) in z.iter_mut().zip(b).zip(mixed) {
                    let target = a - *b;
                    *z = if target >= 0.0 { target } else { (target + threshold).min(0.0) };
                    *b -= a - *z;
                }
            });
    }

    fn abundances(&self, q: &[f64]) -> Vec<f64> {
        let parts: Vec<Vec<f64>> =
            self.pixels.par_chunks(TILE_PIXELS * self.p).map(|x| abundances_of(q, x, self.p)).collect();
        parts.concat()
    }

    /// `None` for a Q without volume.
    fn terms_of(&self, q: &[f64]) -> Option<Terms> {
        let p = self.p;
        let (_, log_det) = invert(q, p)?;
        let parts: Vec<(f64, usize)> = self
            .pixels
            .par_chunks(TILE_PIXELS * p)
            .map(|x| {
                let below = abundances_of(q, x, p).into_iter().filter(|a| *a < 0.0);
                below.fold((0.0, 0), |(sum, count), a| (sum - a, count + 1))
            })
            .collect();
        let (hinge, negative) =
            parts.iter().fold((0.0, 0), |(sum, count), part| (sum + part.0, count + part.1));
        Some(Terms {
            objective: -log_det + self.hinge_weight * hinge,
            volume: -log_det,
            hinge,
            negative_share: negative as f64 / self.pixels.len() as f64,
        })
    }
}

/// QX of a tile of pixels (pixels × p).
fn abundances_of(q: &[f64], x: &[f64], p: usize) -> Vec<f64> {
    let rows = x.len() / p;
    let mut out = vec![0.0; x.len()];
    multiply(
        View::row_major(x, rows, p),
        View::row_major(q, p, p).t(),
        ViewMut::row_major(&mut out, rows, p),
    );
    out
}
