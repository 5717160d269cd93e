mod inner;
mod piece_sums;
mod upper_bound;

use std::ops::Range;

use faer::linalg::matmul::matmul;
use faer::linalg::matmul::triangular::{self, BlockStructure};
use faer::linalg::solvers::Llt;
use faer::linalg::triangular_solve::{solve_lower_triangular_in_place, solve_upper_triangular_in_place};
use faer::{Accum, Mat, MatMut, MatRef, Par, Side};
use filigree_core::{Error, Observer, dot, keep_going, tiles};
use rayon::prelude::*;

use self::inner::Inner;
use self::piece_sums::{Slopes, Sums};
use crate::inducing_gp::InducingMethod;
use crate::jitter::{JITTER_LADDER, JitterLog, factor_from};
use crate::kernel::Kernel;
use crate::table_data::TrainingData;

/// Rows of a tile.
const TILE: usize = 256;

/// Most pieces that rows are cut into, each with sums of its own; they do not depend on the number of threads.
const PIECES: usize = 64;

/// Bytes up to which projected rows are kept between both passes.
const KEPT_BYTES: usize = 1 << 30;

/// Step of the jitter ladder that belongs to the model: 1e-8 of the mean variance of the inducing values.
const FIRST_STEP: usize = 4;

/// The collapsed objective of inducing points, and its gradient. The rows are projected onto whitened inducing values,
/// vᵢ = L⁻¹·k(Z, xᵢ) with K(Z, Z) = L·Lᵀ, and everything is said by sums over them, tile by tile:
/// B = I + Σ vᵢ·vᵢᵀ/Λᵢ and r = Σ vᵢ·yᵢ/Λᵢ.
///
/// VFE (Titsias, AISTATS 2009): Λᵢ is the noise, and the trace of what the points do not explain is a penalty. FITC
/// (Snelson & Ghahramani, NIPS 2006): Λᵢ holds what they do not explain.
pub struct CollapsedBound<'a> {
    pub kernel: &'a Kernel,
    pub data: &'a TrainingData,
    pub method: InducingMethod,
}

/// What a pass over the rows leaves: all that predictions need.
pub struct Projection {
    /// L, lower.
    pub factor: Mat<f64>,
    /// Lower Cholesky factor of B.
    pub correction: Mat<f64>,
    /// B⁻¹·r.
    pub weights: Vec<f64>,
    /// The objective: the negative bound (VFE) or the negative log marginal likelihood of the approximation (FITC).
    pub value: f64,
    /// Σ (k(xᵢ, xᵢ) − vᵢ·vᵢ): variance that the points do not explain.
    pub unexplained: f64,
    /// Σ (k(xᵢ, xᵢ) − vᵢ·vᵢ)/Λᵢ, where it is a penalty.
    penalty: f64,
    jitter: f64,
    sums: Mat<f64>,
    kept: Vec<Vec<Vec<f64>>>,
}

impl CollapsedBound<'_> {
    fn pieces(&self) -> Vec<Range<usize>> {
        let length = self.data.rows().div_ceil(PIECES).next_multiple_of(TILE);
        tiles(0..self.data.rows(), length).collect()
    }

    /// Works on all pieces and hands over what they give in their order: some at a time, so that few sums are in memory
    /// and the observer is asked in between.
    fn over_pieces<T: Send>(
        &self,
        work: impl Fn(usize, &Range<usize>) -> T + Sync,
        mut take: impl FnMut(T),
        observer: &mut dyn Observer,
    ) -> Result<(), Error> {
        let pieces: Vec<(usize, Range<usize>)> = self.pieces().into_iter().enumerate().collect();
        for group in pieces.chunks(2 * rayon::current_num_threads()) {
            keep_going(observer.progress(0.0), "going over the rows")?;
            let done: Vec<T> = group.par_iter().map(|(index, piece)| work(*index, piece)).collect();
            done.into_iter().for_each(&mut take);
        }
        Ok(())
    }

    fn rows(&self, tile: &Range<usize>) -> &[f64] {
        &self.data.inputs[tile.start * self.data.dimensions..tile.end * self.data.dimensions]
    }

    /// k(Z, x) of a tile, column-major (point, row).
    fn cross(&self, tile: &Range<usize>, z: &[f64], theta: &[f64]) -> Vec<f64> {
        let mut cross = vec![0.0; tile.len() * (z.len() / self.data.dimensions)];
        self.kernel.block(self.rows(tile), z, theta, &mut cross);
        cross
    }

    /// vᵢ of a tile, column-major (point, row).
    fn projected(&self, tile: &Range<usize>, z: &[f64], theta: &[f64], factor: MatRef<'_, f64>) -> Vec<f64> {
        let mut cross = self.cross(tile, z, theta);
        let view = MatMut::from_column_major_slice_mut(&mut cross, factor.nrows(), tile.len());
        solve_lower_triangular_in_place(factor, view, Par::Seq);
        cross
    }

    /// Λᵢ of the rows of a tile, and k(xᵢ, xᵢ) − vᵢ·vᵢ.
    fn noise_of(&self, tile: &Range<usize>, v: &[f64], theta: &[f64], noise: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let points = v.len() / tile.len();
        let mut unexplained = vec![0.0; tile.len()];
        self.kernel.diagonal(self.rows(tile), theta, &mut unexplained);
        for (value, own) in unexplained.iter_mut().zip(v.chunks_exact(points)) {
            *value = (*value - dot(own, own)).max(0.0);
        }
        let own = noise[tile.clone()].iter().zip(&unexplained);
        let lambda = own.map(|(noise, rest)| match self.method {
            InducingMethod::Vfe => *noise,
            InducingMethod::Fitc => noise + rest,
        });
        (lambda.collect(), unexplained)
    }

    /// One pass over the rows. `theta` is that of the kernel and the logarithm of the noise.
    pub fn project(
        &self,
        theta: &[f64],
        z: &[f64],
        keep: bool,
        log: &mut JitterLog,
        observer: &mut dyn Observer,
    ) -> Result<Projection, Error> {
        let own = &theta[..self.kernel.parameter_count()];
        let noise = self.data.noise(theta[own.len()].exp());
        self.project_with(own, &noise, z, keep, log, observer)
    }

    fn project_with(
        &self,
        own: &[f64],
        noise: &[f64],
        z: &[f64],
        keep: bool,
        log: &mut JitterLog,
        observer: &mut dyn Observer,
    ) -> Result<Projection, Error> {
        let dimensions = self.data.dimensions;
        let points = z.len() / dimensions;
        let mut covariance = vec![0.0; points * points];
        self.kernel.block(z, z, own, &mut covariance);
        let view = MatRef::from_column_major_slice(&covariance, points, points);
        let what = "The covariance of the inducing points";
        let found = factor_from(view, FIRST_STEP, what, Some((z, dimensions)), log)?;
        let factor = found.factor.L().to_owned();
        let keep = keep && self.data.rows().saturating_mul(points * size_of::<f64>()) <= KEPT_BYTES;
        let mut whole: Option<Sums> = None;
        let mut kept = Vec::new();
        let work =
            |_: usize, piece: &Range<usize>| self.sum_piece(piece, z, own, noise, factor.as_ref(), keep);
        let add = |mut part: Sums| {
            kept.push(std::mem::take(&mut part.kept));
            match &mut whole {
                None => whole = Some(part),
                Some(sum) => {
                    sum.gram += &part.gram;
                    sum.right.iter_mut().zip(&part.right).for_each(|(sum, value)| *sum += value);
                    sum.logs += part.logs;
                    sum.squares += part.squares;
                    sum.trace += part.trace;
                    sum.unexplained += part.unexplained;
                }
            }
        };
        self.over_pieces(work, add, observer)?;
        let Some(mut sums) = whole else {
            return Err(Error::Internal("There were no rows to project.".to_owned()));
        };
        for i in 0..points {
            sums.gram[(i, i)] += 1.0;
        }
        let Ok(correction) = Llt::new(sums.gram.as_ref(), Side::Lower) else {
            return Err(Error::Breakdown(
                "The posterior of the inducing values could not be factored: hyper-parameters ran out of the range of numbers. Raise the lower bound of the noise, or look for wild values in the inputs."
                    .to_owned(),
            ));
        };
        let correction = correction.L().to_owned();
        let mut weights = sums.right.clone();
        let mut view = MatMut::from_column_major_slice_mut(&mut weights, points, 1);
        solve_lower_triangular_in_place(correction.as_ref(), view.as_mut(), Par::Seq);
        let explained: f64 = (0..points).map(|i| view[(i, 0)] * view[(i, 0)]).sum();
        solve_upper_triangular_in_place(correction.transpose(), view.as_mut(), Par::Seq);
        let determinant: f64 = (0..points).map(|i| 2.0 * correction[(i, i)].ln()).sum();
        let rows = self.data.rows() as f64;
        let penalty = if self.method == InducingMethod::Vfe { sums.trace } else { 0.0 };
        let value = 0.5
            * (rows * std::f64::consts::TAU.ln() + sums.logs + determinant + sums.squares - explained
                + penalty);
        Ok(Projection {
            factor,
            correction,
            weights,
            value,
            unexplained: sums.unexplained,
            penalty,
            jitter: JITTER_LADDER[found.step],
            sums: sums.gram,
            kept,
        })
    }

    fn sum_piece(
        &self,
        piece: &Range<usize>,
        z: &[f64],
        theta: &[f64],
        noise: &[f64],
        factor: MatRef<'_, f64>,
        keep: bool,
    ) -> Sums {
        let points = factor.nrows();
        let mut sums = Sums {
            gram: Mat::zeros(points, points),
            right: vec![0.0; points],
            logs: 0.0,
            squares: 0.0,
            trace: 0.0,
            unexplained: 0.0,
            kept: Vec::new(),
        };
        for tile in tiles(piece.clone(), TILE) {
            let v = self.projected(&tile, z, theta, factor);
            let (lambda, unexplained) = self.noise_of(&tile, &v, theta, noise);
            let mut scaled = v.clone();
            for ((own, row), (lambda, rest)) in
                scaled.chunks_exact_mut(points).zip(tile.clone()).zip(lambda.iter().zip(&unexplained))
            {
                let (y, root) = (self.data.target[row], lambda.sqrt().recip());
                let step = y / lambda;
                for (value, right) in own.iter_mut().zip(&mut sums.right) {
                    *right += *value * step;
                    *value *= root;
                }
                sums.logs += lambda.ln();
                sums.squares += y * y / lambda;
                sums.trace += rest / lambda;
                sums.unexplained += rest;
            }
            let scaled = MatRef::from_column_major_slice(&scaled, points, tile.len());
            triangular::matmul(
                sums.gram.as_mut(),
                BlockStructure::TriangularLower,
                Accum::Add,
                scaled,
                BlockStructure::Rectangular,
                scaled.transpose(),
                BlockStructure::Rectangular,
                1.0,
                Par::Seq,
            );
            if keep {
                sums.kept.push(v);
            }
        }
        sums
    }

    /// The objective for each row, with its gradient by θ and then by the coordinates of the points.
    pub fn evaluate(
        &self,
        variables: &[f64],
        gradient: &mut [f64],
        log: &mut JitterLog,
        observer: &mut dyn Observer,
    ) -> Result<f64, Error> {
        let count = self.kernel.parameter_count();
        let (theta, z) = variables.split_at(count + 1);
        let found = self.project(theta, z, true, log, observer)?;
        let noise = theta[count].exp();
        let inner = Inner::of(&found, self.method);
        let noises = self.data.noise(noise);
        gradient.fill(0.0);
        let (by_theta, by_points) = gradient.split_at_mut(count + 1);
        let mut gram: Option<Mat<f64>> = None;
        let work = |index: usize, piece: &Range<usize>| {
            self.slopes_of_piece(
                piece,
                z,
                &theta[..count],
                &noises,
                noise,
                &found,
                &inner,
                &found.kept[index],
            )
        };
        let add = |part: Slopes| {
            by_theta.iter_mut().zip(&part.theta).for_each(|(sum, value)| *sum += value);
            by_points.iter_mut().zip(&part.points).for_each(|(sum, value)| *sum += value);
            match (&mut gram, part.gram) {
                (Some(sum), Some(own)) => *sum += &own,
                (empty, own) => *empty = own,
            }
        };
        self.over_pieces(work, add, observer)?;
        let weights = inner.prior_weights(&found, gram);
        let mut twice = vec![0.0; z.len()];
        self.kernel.pull_back(z, z, &theta[..count], &weights, &mut by_theta[..count], Some(&mut twice));
        by_points.iter_mut().zip(&twice).for_each(|(sum, value)| *sum += 2.0 * value);
        // So far this is the gradient of what is to be maximised.
        gradient.iter_mut().for_each(|value| *value = -*value);
        let (within, by_noise) = self.data.within_rows(noise);
        gradient[count] += by_noise;
        let scale = 1.0 / self.data.rows_before as f64;
        gradient.iter_mut().for_each(|value| *value *= scale);
        Ok((found.value + within) * scale)
    }

    fn slopes_of_piece(
        &self,
        piece: &Range<usize>,
        z: &[f64],
        theta: &[f64],
        noises: &[f64],
        noise: f64,
        found: &Projection,
        inner: &Inner,
        kept: &[Vec<f64>],
    ) -> Slopes {
        let points = inner.points;
        let mut slopes = Slopes {
            theta: vec![0.0; theta.len() + 1],
            points: vec![0.0; z.len()],
            gram: (self.method == InducingMethod::Fitc).then(|| Mat::zeros(points, points)),
        };
        for (index, tile) in tiles(piece.clone(), TILE).enumerate() {
            let fresh;
            let v = match kept.get(index) {
                Some(own) => own,
                None => {
                    fresh = self.projected(&tile, z, theta, found.factor.as_ref());
                    &fresh
                }
            };
            let cross = self.cross(&tile, z, theta);
            let (lambda, unexplained) = self.noise_of(&tile, v, theta, noises);
            let mut weights = vec![0.0; v.len()];
            let view = MatRef::from_column_major_slice(v, points, tile.len());
            let target = MatMut::from_column_major_slice_mut(&mut weights, points, tile.len());
            matmul(target, Accum::Replace, inner.response.as_ref(), view, 1.0, Par::Seq);
            // By Λ of every row.
            let mut by_lambda = vec![0.0; tile.len()];
            let mut by_diagonal = vec![0.0; tile.len()];
            for (i, row) in tile.clone().enumerate() {
                let own = &mut weights[i * points..][..points];
                let v = &v[i * points..][..points];
                let inside = dot(&cross[i * points..][..points], own);
                // vᵀ·B⁻¹·v, from k·L⁻ᵀ·(I − B⁻¹)·v or −k·L⁻ᵀ·B⁻¹·v.
                let (posterior, rest) = match self.method {
                    InducingMethod::Vfe => (dot(v, v) - inside, unexplained[i]),
                    InducingMethod::Fitc => (-inside, 0.0),
                };
                let error = self.data.target[row] - dot(&found.weights, v);
                let lambda = lambda[i];
                by_lambda[i] = 0.5 * ((error * error + posterior + rest) / (lambda * lambda) - 1.0 / lambda);
                by_diagonal[i] = match self.method {
                    InducingMethod::Vfe => -0.5 / lambda,
                    InducingMethod::Fitc => by_lambda[i],
                };
                for (value, mean) in own.iter_mut().zip(&inner.mean_weights) {
                    *value = (*value + error * mean) / lambda;
                }
                slopes.theta[theta.len()] += by_lambda[i] * noise / self.data.counts[row];
            }
            if let Some(gram) = &mut slopes.gram {
                let mut scaled = v.clone();
                for (own, slope) in scaled.chunks_exact_mut(points).zip(&by_lambda) {
                    own.iter_mut().for_each(|value| *value *= slope);
                }
                let scaled = MatRef::from_column_major_slice(&scaled, points, tile.len());
                let target = MatMut::from_column_major_slice_mut(&mut weights, points, tile.len());
                matmul(target, Accum::Add, inner.whitener.as_ref(), scaled, -2.0, Par::Seq);
                matmul(gram.as_mut(), Accum::Add, scaled, view.transpose(), 1.0, Par::Seq);
            }
            let rows = self.rows(&tile);
            let own = &mut slopes.theta[..theta.len()];
            self.kernel.pull_back(rows, z, theta, &weights, own, Some(&mut slopes.points));
            self.kernel.pull_back_diagonal(rows, theta, &by_diagonal, own);
        }
        slopes
    }
}

#[cfg(test)]
mod tests;
