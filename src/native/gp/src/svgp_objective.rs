use std::ops::Range;

use faer::linalg::matmul::triangular::{self, BlockStructure};
use faer::linalg::solvers::Llt;
use faer::linalg::triangular_solve::{solve_lower_triangular_in_place, solve_upper_triangular_in_place};
use faer::{Accum, Mat, MatMut, MatRef, Par, Side};
use filigree_core::{Error, dot, tiles};
use rayon::prelude::*;

use crate::jitter::{JITTER_LADDER, JitterLog, factor_from};
use crate::kernel::Kernel;
use crate::observation::Observation;
use crate::table_data::TrainingData;

/// Rows of a tile.
const TILE: usize = 128;

/// Columns that a thread solves for at once.
const COLUMNS: usize = 64;

/// Tiles whose sums, matrices of all points, are in memory together.
const TILES_AT_ONCE: usize = 8;

/// Step of the jitter ladder that belongs to the model: 1e-8 of the mean variance of the inducing values.
const FIRST_STEP: usize = 4;

/// The uncollapsed bound of inducing points, for any likelihood (Hensman, Fusi & Lawrence, UAI 2013; Hensman, Matthews &
/// Ghahramani, AISTATS 2015), on whitened inducing values u = L·v with K(Z, Z) = L·Lᵀ, whose posterior is N(m, P⁻¹).
pub struct SvgpObjective<'a> {
    pub kernel: &'a Kernel,
    pub data: &'a TrainingData,
    pub observation: &'a Observation,
}

/// A mean, a precision and its factor.
type Before = (Vec<f64>, Mat<f64>, Mat<f64>);

/// The posterior of the whitened inducing values: mean, and precision with its lower Cholesky factor.
#[derive(Clone)]
pub struct Posterior {
    pub mean: Vec<f64>,
    pub precision: Mat<f64>,
    pub factor: Mat<f64>,
    /// What was before the last step, for the case that it led to where nothing can be computed.
    before: Option<Box<Before>>,
}

impl Posterior {
    /// That of the prior.
    pub fn prior(points: usize) -> Self {
        let identity = Mat::identity(points, points);
        Self { mean: vec![0.0; points], precision: identity.clone(), factor: identity, before: None }
    }

    /// One that was saved by its mean and the factor of its precision.
    pub fn of(mean: Vec<f64>, factor: Mat<f64>) -> Self {
        Self { mean, precision: &factor * factor.transpose(), factor, before: None }
    }

    /// The divergence from the prior N(0, I).
    pub fn divergence(&self) -> f64 {
        let points = self.mean.len();
        let mut root: Mat<f64> = Mat::identity(points, points);
        solve_lower_triangular_in_place(self.factor.as_ref(), root.as_mut(), Par::Seq);
        let trace: f64 =
            (0..points).map(|j| root.col(j).iter().map(|value| value * value).sum::<f64>()).sum();
        let determinant: f64 = (0..points).map(|i| 2.0 * self.factor[(i, i)].ln()).sum();
        0.5 * (trace + dot(&self.mean, &self.mean) - points as f64 + determinant)
    }

    /// A step along the natural gradient (Salimbeni, Eleftheriadis & Hensman, AISTATS 2018). The natural parameters move
    /// towards those that the sums over rows call for: precision I + Σ λ·v·vᵀ and P·m = Σ v·(α + λ·μ), where α and −λ/2 are
    /// the derivatives of the expectation by mean and variance of the latent function.
    ///
    /// Where that is not possible, the step before is taken back, as it led there.
    pub fn step(&mut self, sums: &RowSums, scale: f64, length: f64) -> Result<(), Error> {
        let points = self.mean.len();
        let shifted = |i: usize| {
            let own = (0..points).map(|j| self.precision[(i.max(j), i.min(j))] * self.mean[j]).sum::<f64>();
            (1.0 - length) * own + length * scale * sums.right[i]
        };
        let mut right: Vec<f64> = (0..points).map(shifted).collect();
        let mut precision = self.precision.clone();
        for j in 0..points {
            for i in j..points {
                let unit = if i == j { 1.0 } else { 0.0 };
                let wanted = unit + scale * sums.gram[(i, j)];
                precision[(i, j)] = (1.0 - length) * self.precision[(i, j)] + length * wanted;
            }
        }
        let factor = Llt::new(precision.as_ref(), Side::Lower);
        let (Ok(factor), true) = (factor, sums.expected.is_finite()) else {
            if let Some(before) = self.before.take() {
                (self.mean, self.precision, self.factor) = *before;
            }
            return Err(Error::Breakdown(
                "The posterior of the inducing values left the range where it can be computed. Choose a shorter natural step or a smaller learning rate."
                    .to_owned(),
            ));
        };
        let factor = factor.L().to_owned();
        let mut view = MatMut::from_column_major_slice_mut(&mut right, points, 1);
        solve_lower_triangular_in_place(factor.as_ref(), view.as_mut(), Par::Seq);
        solve_upper_triangular_in_place(factor.transpose(), view, Par::Seq);
        let old = (
            std::mem::replace(&mut self.mean, right),
            std::mem::replace(&mut self.precision, precision),
            std::mem::replace(&mut self.factor, factor),
        );
        self.before = Some(Box::new(old));
        Ok(())
    }
}

/// What some rows say.
pub struct RowSums {
    /// Σ E[ln p(y | f)].
    pub expected: f64,
    /// Σ λ·v·vᵀ, lower.
    pub gram: Mat<f64>,
    /// Σ v·(α + λ·μ).
    pub right: Vec<f64>,
    /// Gradient of `expected` by the hyper-parameters of kernel and likelihood, and by the points; zero where it was not
    /// asked for.
    pub theta: Vec<f64>,
    pub points: Vec<f64>,
}

/// Inducing points with the factor of their covariance.
#[derive(Clone)]
pub struct Prior {
    /// L, lower.
    pub factor: Mat<f64>,
    jitter: f64,
}

impl SvgpObjective<'_> {
    /// Factors the covariance of the points.
    pub fn prior(&self, theta: &[f64], z: &[f64], log: &mut JitterLog) -> Result<Prior, Error> {
        let dimensions = self.data.dimensions;
        let points = z.len() / dimensions;
        let mut covariance = vec![0.0; points * points];
        self.kernel.block(z, z, &theta[..self.kernel.parameter_count()], &mut covariance);
        let view = MatRef::from_column_major_slice(&covariance, points, points);
        let what = "The covariance of the inducing points";
        let found = factor_from(view, FIRST_STEP, what, Some((z, dimensions)), log)?;
        Ok(Prior { factor: found.factor.L().to_owned(), jitter: JITTER_LADDER[found.step] })
    }

    /// Sums over the given rows; tiles of them are worked on in parallel and added in their order.
    pub fn sums(
        &self,
        rows: &[usize],
        theta: &[f64],
        z: &[f64],
        prior: &Prior,
        posterior: &Posterior,
        with_gradient: bool,
    ) -> RowSums {
        let points = posterior.mean.len();
        let pieces: Vec<Range<usize>> = tiles(0..rows.len(), TILE).collect();
        let mut whole = RowSums {
            expected: 0.0,
            gram: Mat::zeros(points, points),
            right: vec![0.0; points],
            theta: vec![0.0; theta.len()],
            points: vec![0.0; z.len()],
        };
        let mut outer: Mat<f64> = Mat::zeros(points, points);
        for group in pieces.chunks(TILES_AT_ONCE) {
            let parts: Vec<(RowSums, Option<Mat<f64>>)> = group
                .par_iter()
                .map(|piece| self.tile_sums(&rows[piece.clone()], theta, z, prior, posterior, with_gradient))
                .collect();
            for (part, own) in &parts {
                whole.expected += part.expected;
                whole.gram += &part.gram;
                add(&mut whole.right, &part.right);
                add(&mut whole.theta, &part.theta);
                add(&mut whole.points, &part.points);
                if let Some(own) = own {
                    outer += own;
                }
            }
        }
        if with_gradient {
            self.through_prior(&outer, theta, z, prior, &mut whole);
        }
        whole
    }

    fn tile_sums(
        &self,
        rows: &[usize],
        theta: &[f64],
        z: &[f64],
        prior: &Prior,
        posterior: &Posterior,
        with_gradient: bool,
    ) -> (RowSums, Option<Mat<f64>>) {
        let (points, count) = (posterior.mean.len(), self.kernel.parameter_count());
        let (own, observed) = theta.split_at(count);
        let inputs: Vec<f64> = rows.iter().flat_map(|&row| self.data.row(row).iter().copied()).collect();
        let (v, w) = projected(self.kernel, own, &inputs, z, prior, posterior);
        let mut variances = vec![0.0; rows.len()];
        self.kernel.diagonal(&inputs, own, &mut variances);
        let mut part = RowSums {
            expected: 0.0,
            gram: Mat::zeros(points, points),
            right: vec![0.0; points],
            theta: vec![0.0; theta.len()],
            points: vec![0.0; z.len()],
        };
        let mut scaled = v.clone();
        let mut slopes = Vec::with_capacity(rows.len());
        for (i, &row) in rows.iter().enumerate() {
            let (v, w) = (&v[i * points..][..points], &w[i * points..][..points]);
            let mean = dot(v, &posterior.mean);
            let variance = (variances[i] - dot(v, v) + dot(w, w)).max(1e-12);
            let given = self.data.given_noise.as_ref().map_or(0.0, |own| own[row]);
            let found = self.observation.expected(
                self.data.target[row],
                (self.data.counts[row], given),
                (mean, variance),
                observed,
                1.0,
                &mut part.theta[count..],
            );
            part.expected += found.value;
            // A likelihood that is not log-concave may call for a negative precision, which no step can take.
            let precision = (-2.0 * found.by_variance).max(0.0);
            let pull = found.by_mean + precision * mean;
            let root = precision.sqrt();
            for ((right, scaled), v) in part.right.iter_mut().zip(&mut scaled[i * points..][..points]).zip(v)
            {
                *right += v * pull;
                *scaled = root * v;
            }
            slopes.push(found);
        }
        let scaled = MatRef::from_column_major_slice(&scaled, points, rows.len());
        lower_product(part.gram.as_mut(), scaled, scaled);
        if !with_gradient {
            return (part, None);
        }
        // ∂/∂v = α·m + 2·β·(P⁻¹ − I)·v with β the slope by the variance.
        let mut by_v = w;
        let view = MatMut::from_column_major_slice_mut(&mut by_v, points, rows.len());
        solve_upper_triangular_in_place(posterior.factor.transpose(), view, Par::Seq);
        for ((by_v, v), slope) in by_v.chunks_exact_mut(points).zip(v.chunks_exact(points)).zip(&slopes) {
            for ((value, v), mean) in by_v.iter_mut().zip(v).zip(&posterior.mean) {
                *value = slope.by_mean * mean + 2.0 * slope.by_variance * (*value - v);
            }
        }
        let mut outer: Mat<f64> = Mat::zeros(points, points);
        let right = MatRef::from_column_major_slice(&v, points, rows.len());
        lower_product(outer.as_mut(), MatRef::from_column_major_slice(&by_v, points, rows.len()), right);
        let view = MatMut::from_column_major_slice_mut(&mut by_v, points, rows.len());
        solve_upper_triangular_in_place(prior.factor.transpose(), view, Par::Seq);
        let by_theta = &mut part.theta[..count];
        self.kernel.pull_back(&inputs, z, own, &by_v, by_theta, Some(&mut part.points));
        let by_diagonal: Vec<f64> = slopes.iter().map(|slope| slope.by_variance).collect();
        self.kernel.pull_back_diagonal(&inputs, own, &by_diagonal, by_theta);
        (part, Some(outer))
    }

    /// What passes through L: K̄ = ½·L⁻ᵀ·(F + Fᵀ)·L⁻¹ with F the lower triangle of −Σ v̄·vᵀ, its diagonal halved (Murray,
    /// "Differentiation of the Cholesky decomposition", 2016).
    fn through_prior(&self, outer: &Mat<f64>, theta: &[f64], z: &[f64], prior: &Prior, whole: &mut RowSums) {
        let points = outer.nrows();
        let mut weights: Vec<f64> = (0..points * points)
            .map(|k| -0.5 * outer[((k / points).max(k % points), (k / points).min(k % points))])
            .collect();
        // From the left, and then from the right as the left of the transpose.
        for _ in 0..2 {
            weights.par_chunks_mut(points * COLUMNS).for_each(|columns| {
                let width = columns.len() / points;
                let view = MatMut::from_column_major_slice_mut(columns, points, width);
                solve_upper_triangular_in_place(prior.factor.transpose(), view, Par::Seq);
            });
            weights = (0..points * points).map(|k| weights[k % points * points + k / points]).collect();
        }
        let trace: f64 = (0..points).map(|i| weights[i * (points + 1)]).sum();
        for i in 0..points {
            weights[i * (points + 1)] += prior.jitter * trace / points as f64;
        }
        let count = self.kernel.parameter_count();
        let mut by_points = vec![0.0; z.len()];
        let own = &theta[..count];
        self.kernel.pull_back(z, z, own, &weights, &mut whole.theta[..count], Some(&mut by_points));
        whole.points.iter_mut().zip(&by_points).for_each(|(sum, value)| *sum += 2.0 * value);
    }
}

/// v = L⁻¹·k(Z, x) of every row, and the same after the factor of the posterior precision; column-major (point, row).
pub fn projected(
    kernel: &Kernel,
    theta: &[f64],
    inputs: &[f64],
    z: &[f64],
    prior: &Prior,
    posterior: &Posterior,
) -> (Vec<f64>, Vec<f64>) {
    let (points, rows) = (posterior.mean.len(), inputs.len() / kernel.dimensions());
    let mut v = vec![0.0; points * rows];
    kernel.block(inputs, z, theta, &mut v);
    let view = MatMut::from_column_major_slice_mut(&mut v, points, rows);
    solve_lower_triangular_in_place(prior.factor.as_ref(), view, Par::Seq);
    let mut w = v.clone();
    let view = MatMut::from_column_major_slice_mut(&mut w, points, rows);
    solve_lower_triangular_in_place(posterior.factor.as_ref(), view, Par::Seq);
    (v, w)
}

/// Mean and variance of the latent function at some rows.
pub fn latent_moments(
    kernel: &Kernel,
    theta: &[f64],
    inputs: &[f64],
    z: &[f64],
    prior: &Prior,
    posterior: &Posterior,
) -> (Vec<f64>, Vec<f64>) {
    let size = posterior.mean.len();
    let (v, w) = projected(kernel, theta, inputs, z, prior, posterior);
    let mean: Vec<f64> = v.chunks_exact(size).map(|v| dot(v, &posterior.mean)).collect();
    let mut variance = vec![0.0; mean.len()];
    kernel.diagonal(inputs, theta, &mut variance);
    for (variance, (v, w)) in variance.iter_mut().zip(v.chunks_exact(size).zip(w.chunks_exact(size))) {
        *variance = (*variance - dot(v, v) + dot(w, w)).max(1e-12);
    }
    (mean, variance)
}

impl Prior {
    /// A factor that was saved.
    pub fn of(factor: Mat<f64>) -> Self {
        Self { factor, jitter: 0.0 }
    }
}

fn add(sum: &mut [f64], part: &[f64]) {
    sum.iter_mut().zip(part).for_each(|(sum, value)| *sum += value);
}

/// Adds the lower triangle of a·bᵀ.
fn lower_product(target: MatMut<'_, f64>, a: MatRef<'_, f64>, b: MatRef<'_, f64>) {
    triangular::matmul(
        target,
        BlockStructure::TriangularLower,
        Accum::Add,
        a,
        BlockStructure::Rectangular,
        b.transpose(),
        BlockStructure::Rectangular,
        1.0,
        Par::Seq,
    );
}
