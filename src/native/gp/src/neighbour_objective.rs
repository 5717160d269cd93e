use faer::linalg::solvers::{DenseSolveCore, Llt};
use faer::linalg::triangular_solve::{solve_lower_triangular_in_place, solve_upper_triangular_in_place};
use faer::{Mat, MatMut, MatRef, Par, Side};
use filigree_core::{Error, dot};
use rayon::prelude::*;

use crate::jitter::{JITTER_LADDER, JitterLog, factor_from};
use crate::kernel::Kernel;
use crate::observation::Observation;
use crate::table_data::TrainingData;

/// Rows of a tile.
const TILE: usize = 32;

/// Step of the jitter ladder that belongs to the model: 1e-8 of the mean variance of the inducing values.
const FIRST_STEP: usize = 4;

/// Kept on the diagonal of the precision of points that no row of a while was near to.
const FLOOR: f64 = 1e-6;

/// The bound of the hierarchical prior: a row sees only the inducing points nearest to it, and the divergence of the
/// posterior from the prior is that of those points, averaged over the rows (Tran, Milios, Michiardi & Filippone, "Sparse
/// within sparse Gaussian processes using neighbor information", ICML 2021). The posterior of an inducing value is
/// N(mⱼ, sⱼ), apart from the others.
pub struct NeighbourObjective<'a> {
    pub kernel: &'a Kernel,
    pub data: &'a TrainingData,
    pub observation: &'a Observation,
    pub neighbours: usize,
}

/// Posterior of the inducing values, and the sums its natural parameters follow.
#[derive(Clone)]
pub struct NeighbourPosterior {
    pub mean: Vec<f64>,
    pub variances: Vec<f64>,
    /// What the means solve: precision · m = right.
    precision: Mat<f64>,
    right: Vec<f64>,
    /// How often a point is near to a row, and the precision of its own that the rows call for.
    activity: Vec<f64>,
    own: Vec<f64>,
}

/// What one row says.
struct RowView {
    active: Vec<usize>,
    /// Weights of the active values in the mean.
    weights: Vec<f64>,
    inverse: Mat<f64>,
    precision: f64,
    pull: f64,
}

/// What some rows say together.
pub struct NeighbourSums {
    /// Σ E[ln p(y | f)], and Σ of the divergences of the active points.
    pub expected: f64,
    pub divergence: f64,
    /// Gradient of scale·expected − divergence/rows by hyper-parameters and points, where it was asked for.
    pub theta: Vec<f64>,
    pub points: Vec<f64>,
    rows: Vec<RowView>,
}

/// The points nearest to a row in length scales, in rising order.
pub fn nearest(row: &[f64], z: &[f64], scales: &[f64], count: usize) -> Vec<usize> {
    let mut distances: Vec<(f64, usize)> = z
        .chunks_exact(row.len())
        .map(|point| row.iter().zip(point).zip(scales).map(|((x, z), scale)| ((x - z) / scale).powi(2)).sum())
        .enumerate()
        .map(|(index, distance)| (distance, index))
        .collect();
    if count < distances.len() {
        distances.select_nth_unstable_by(count, |a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        distances.truncate(count);
    }
    let mut found: Vec<usize> = distances.into_iter().map(|(_, index)| index).collect();
    found.sort_unstable();
    found
}

/// A row seen from the points active for it.
pub struct Local {
    pub active: Vec<usize>,
    pub points: Vec<f64>,
    pub cross: Vec<f64>,
    pub weights: Vec<f64>,
    pub factor: Llt<f64>,
    jitter: f64,
}

/// Factors the covariance of the points active for a row.
pub fn localise(
    kernel: &Kernel,
    theta: &[f64],
    row: &[f64],
    z: &[f64],
    active: Vec<usize>,
    log: &mut JitterLog,
) -> Result<Local, Error> {
    let (size, dimensions) = (active.len(), row.len());
    let points: Vec<f64> =
        active.iter().flat_map(|&j| z[j * dimensions..(j + 1) * dimensions].iter().copied()).collect();
    let mut covariance = vec![0.0; size * size];
    kernel.block(&points, &points, theta, &mut covariance);
    let view = MatRef::from_column_major_slice(&covariance, size, size);
    let what = "The covariance of neighbouring inducing points";
    let found = factor_from(view, FIRST_STEP, what, Some((&points, dimensions)), log)?;
    let mut cross = vec![0.0; size];
    kernel.block(row, &points, theta, &mut cross);
    let weights = solved(&found.factor, &cross);
    Ok(Local { active, points, cross, weights, factor: found.factor, jitter: JITTER_LADDER[found.step] })
}

fn solved(factor: &Llt<f64>, right: &[f64]) -> Vec<f64> {
    let mut out = right.to_vec();
    let mut view = MatMut::from_column_major_slice_mut(&mut out, right.len(), 1);
    solve_lower_triangular_in_place(factor.L(), view.as_mut(), Par::Seq);
    solve_upper_triangular_in_place(factor.L().transpose(), view, Par::Seq);
    out
}

impl NeighbourPosterior {
    /// Means of nought with the same variance for every value.
    pub fn prior(points: usize, variance: f64) -> Self {
        Self::about_nought(vec![variance; points])
    }

    /// Means of nought with the given variances.
    fn about_nought(variances: Vec<f64>) -> Self {
        let points = variances.len();
        let own: Vec<f64> = variances.iter().map(|variance| 1.0 / variance).collect();
        Self {
            mean: vec![0.0; points],
            precision: Mat::from_fn(points, points, |i, j| if i == j { own[i] } else { 0.0 }),
            right: vec![0.0; points],
            activity: vec![1.0; points],
            variances,
            own,
        }
    }

    /// One of as many points that no row has told anything yet, to be summed up.
    pub fn emptied(&self) -> Self {
        let mut empty = Self::prior(self.mean.len(), 1.0);
        empty.fade(1.0);
        empty
    }

    /// A posterior that was saved, to predict from.
    pub fn of(mean: Vec<f64>, variances: Vec<f64>) -> Self {
        Self {
            precision: Mat::new(),
            right: Vec::new(),
            activity: Vec::new(),
            own: Vec::new(),
            mean,
            variances,
        }
    }

    /// Moves the natural parameters towards those of another by a share of the way.
    pub fn towards(&mut self, other: &Self, length: f64) {
        self.fade(length);
        for j in 0..self.mean.len() {
            let columns = self.precision.col_mut(j).iter_mut().zip(other.precision.col(j).iter());
            columns.for_each(|(own, other)| *own += length * other);
        }
        let add = |own: &mut [f64], other: &[f64]| {
            own.iter_mut().zip(other).for_each(|(own, other)| *own += length * other);
        };
        add(&mut self.right, &other.right);
        add(&mut self.activity, &other.activity);
        add(&mut self.own, &other.own);
    }

    /// Lets the natural parameters fade by `1 − length`; rows are then added one group after the other.
    pub fn fade(&mut self, length: f64) {
        let keep = 1.0 - length;
        for j in 0..self.mean.len() {
            self.precision.col_mut(j).iter_mut().for_each(|value| *value *= keep);
        }
        for value in self.right.iter_mut().chain(&mut self.activity).chain(&mut self.own) {
            *value *= keep;
        }
    }

    /// Adds what some rows call for: `scale` counts every one of them, `share` is the weight of a row in the mean over rows.
    pub fn take(&mut self, sums: &NeighbourSums, length: f64, scale: f64, share: f64) {
        for row in &sums.rows {
            for (a, &j) in row.active.iter().enumerate() {
                let data = length * scale * row.precision * row.weights[a];
                self.right[j] += length * scale * row.pull * row.weights[a];
                self.activity[j] += length * share;
                self.own[j] += data * row.weights[a] + length * share * row.inverse[(a, a)];
                // Active points rise, so this is the lower triangle.
                for (b, &i) in row.active.iter().enumerate().skip(a) {
                    self.precision[(i, j)] += data * row.weights[b] + length * share * row.inverse[(b, a)];
                }
            }
        }
    }

    /// Solves for the means, and reads the variances.
    pub fn settle(&mut self) -> Result<(), Error> {
        let points = self.mean.len();
        let mut matrix = self.precision.clone();
        for j in 0..points {
            matrix[(j, j)] += FLOOR;
        }
        let Ok(factor) = Llt::new(matrix.as_ref(), Side::Lower) else {
            return Err(unsettled());
        };
        self.mean = solved(&factor, &self.right);
        for (variance, (own, activity)) in self.variances.iter_mut().zip(self.own.iter().zip(&self.activity))
        {
            *variance = (activity + FLOOR) / (own + FLOOR);
        }
        Ok(())
    }
}

/// The posterior left the range where it can be computed.
pub fn unsettled() -> Error {
    Error::Breakdown(
        "The precision of the inducing values is no longer positive definite. Choose fewer inducing points or a smaller learning rate."
            .to_owned(),
    )
}

impl NeighbourObjective<'_> {
    /// Where a posterior begins: every value as sure as its neighbours make it under the prior, the closest to the prior
    /// that values apart from each other come. Values as wide as the process would let the function between points that
    /// lie close together vary without bounds, and with it the expected rate of counts.
    pub fn first_posterior(
        &self,
        theta: &[f64],
        z: &[f64],
        log: &mut JitterLog,
    ) -> Result<NeighbourPosterior, Error> {
        let own = &theta[..self.kernel.parameter_count()];
        let scales = self.kernel.length_scales(own);
        let mut variances = Vec::with_capacity(z.len() / self.data.dimensions);
        for point in z.chunks_exact(self.data.dimensions) {
            let index = variances.len();
            let local =
                localise(self.kernel, own, point, z, nearest(point, z, &scales, self.neighbours), log)?;
            let place = local.active.iter().position(|&j| j == index);
            variances.push(1.0 / place.map_or(1.0, |place| local.factor.inverse()[(place, place)]));
        }
        Ok(NeighbourPosterior::about_nought(variances))
    }

    /// What the given rows say; tiles of them are worked on in parallel and added in their order. The gradient weighs the
    /// expectation of a row by `scale` and its divergence by `share`.
    pub fn sums(
        &self,
        rows: &[usize],
        theta: &[f64],
        z: &[f64],
        posterior: &NeighbourPosterior,
        weights: Option<(f64, f64)>,
        log: &mut JitterLog,
    ) -> Result<NeighbourSums, Error> {
        let scales = self.kernel.length_scales(&theta[..self.kernel.parameter_count()]);
        let tiles: Vec<&[usize]> = rows.chunks(TILE).collect();
        let parts: Vec<Result<(NeighbourSums, JitterLog), Error>> = tiles
            .into_par_iter()
            .map(|tile| {
                let mut log = JitterLog::default();
                let mut part = NeighbourSums {
                    expected: 0.0,
                    divergence: 0.0,
                    theta: vec![0.0; theta.len()],
                    points: vec![0.0; if weights.is_some() { z.len() } else { 0 }],
                    rows: Vec::with_capacity(tile.len()),
                };
                for &row in tile {
                    self.add_row(row, theta, z, &scales, posterior, weights, &mut part, &mut log)?;
                }
                Ok((part, log))
            })
            .collect();
        let mut whole: Option<NeighbourSums> = None;
        for part in parts {
            let (part, own) = part?;
            log.merge(&own);
            match &mut whole {
                None => whole = Some(part),
                Some(sum) => {
                    sum.expected += part.expected;
                    sum.divergence += part.divergence;
                    sum.theta.iter_mut().zip(&part.theta).for_each(|(sum, value)| *sum += value);
                    sum.points.iter_mut().zip(&part.points).for_each(|(sum, value)| *sum += value);
                    sum.rows.extend(part.rows);
                }
            }
        }
        whole.ok_or_else(|| Error::Internal("There were no rows to look at.".to_owned()))
    }

    fn add_row(
        &self,
        row: usize,
        theta: &[f64],
        z: &[f64],
        scales: &[f64],
        posterior: &NeighbourPosterior,
        weights: Option<(f64, f64)>,
        part: &mut NeighbourSums,
        log: &mut JitterLog,
    ) -> Result<(), Error> {
        let count = self.kernel.parameter_count();
        let (own, observed) = theta.split_at(count);
        let point = self.data.row(row);
        let local = localise(self.kernel, own, point, z, nearest(point, z, scales, self.neighbours), log)?;
        let size = local.active.len();
        let means: Vec<f64> = local.active.iter().map(|&j| posterior.mean[j]).collect();
        let variances: Vec<f64> = local.active.iter().map(|&j| posterior.variances[j]).collect();
        let b = &local.weights;
        let mut prior = [0.0];
        self.kernel.diagonal(point, own, &mut prior);
        let mean = dot(b, &means);
        let spread: f64 = b.iter().zip(&variances).map(|(b, s)| b * b * s).sum();
        let variance = (prior[0] - dot(&local.cross, b) + spread).max(1e-12);
        let given = self.data.given_noise.as_ref().map_or(0.0, |own| own[row]);
        let (scale, share) = weights.unwrap_or((1.0, 0.0));
        let found = self.observation.expected(
            self.data.target[row],
            (self.data.counts[row], given),
            (mean, variance),
            observed,
            scale,
            &mut part.theta[count..],
        );
        part.expected += found.value;
        let inverse = local.factor.inverse();
        let solved_means = solved(&local.factor, &means);
        let trace: f64 = (0..size).map(|j| inverse[(j, j)] * variances[j]).sum();
        let determinant: f64 =
            (0..size).map(|j| 2.0 * local.factor.L()[(j, j)].ln() - variances[j].ln()).sum();
        part.divergence += 0.5 * (trace + dot(&means, &solved_means) - size as f64 + determinant);
        let precision = (-2.0 * found.by_variance).max(0.0);
        if weights.is_some() {
            let (alpha, beta) = (scale * found.by_mean, scale * found.by_variance);
            let by_b: Vec<f64> =
                (0..size).map(|j| alpha * means[j] + 2.0 * beta * variances[j] * b[j]).collect();
            let pulled = solved(&local.factor, &by_b);
            let by_cross: Vec<f64> = (0..size).map(|j| pulled[j] - 2.0 * beta * b[j]).collect();
            // K⁻¹·S·K⁻¹ of the divergence.
            let root = Mat::from_fn(size, size, |i, j| inverse[(i, j)] * variances[j].sqrt());
            let spread = &root * root.transpose();
            let mut by_covariance = vec![0.0; size * size];
            for i in 0..size {
                for j in 0..size {
                    let data = beta * b[i] * b[j] - 0.5 * (pulled[i] * b[j] + b[i] * pulled[j]);
                    let divergence =
                        0.5 * (inverse[(i, j)] - spread[(i, j)] - solved_means[i] * solved_means[j]);
                    by_covariance[i * size + j] = data - share * divergence;
                }
            }
            let trace: f64 = (0..size).map(|i| by_covariance[i * (size + 1)]).sum();
            for i in 0..size {
                by_covariance[i * (size + 1)] += local.jitter * trace / size as f64;
            }
            let mut once = vec![0.0; local.points.len()];
            let mut twice = vec![0.0; local.points.len()];
            let by_theta = &mut part.theta[..count];
            self.kernel.pull_back(point, &local.points, own, &by_cross, by_theta, Some(&mut once));
            self.kernel.pull_back(
                &local.points,
                &local.points,
                own,
                &by_covariance,
                by_theta,
                Some(&mut twice),
            );
            self.kernel.pull_back_diagonal(point, own, &[beta], by_theta);
            let dimensions = point.len();
            for (a, &j) in local.active.iter().enumerate() {
                for d in 0..dimensions {
                    part.points[j * dimensions + d] +=
                        once[a * dimensions + d] + 2.0 * twice[a * dimensions + d];
                }
            }
        }
        part.rows.push(RowView {
            active: local.active,
            weights: local.weights,
            inverse,
            precision,
            pull: found.by_mean + precision * mean,
        });
        Ok(())
    }
}
