use filigree_core::{Error, Observer, View, ViewMut, keep_going, multiply, multiply_add, tiles};
use rayon::prelude::*;

use crate::cholesky::Cholesky;
use crate::matern::{Kernel, Transition};

/// What the data say about the values of all functions at every coordinate: exp(ηᵀu − ½·uᵀΛu).
#[derive(Clone, Debug)]
pub struct Messages {
    /// Λ of every coordinate (coordinates × functions × functions), positive semidefinite.
    pub precision: Vec<f64>,
    /// η of every coordinate (coordinates × functions).
    pub shift: Vec<f64>,
}

/// Gaussian posterior of the functions' values.
#[derive(Clone, Debug)]
pub struct Smoothed {
    /// Mean (coordinates × functions).
    pub mean: Vec<f64>,
    /// Covariance of the functions with each other, at every coordinate (coordinates × functions × functions).
    pub covariance: Vec<f64>,
    /// ln ∫ prior(u) · exp(ηᵀu − ½·uᵀΛu) du: the evidence of the messages.
    pub log_evidence: f64,
}

/// Independent Gaussian processes of unit variance along rising coordinates, as one linear state-space model; time
/// and memory grow linearly with the number of coordinates.
///
/// The state holds all functions' values first and, for Matérn-3/2, then all their scaled slopes.
#[derive(Clone, Copy, Debug)]
pub struct Smoother<'a> {
    /// Rising, without duplicates.
    pub coordinates: &'a [f64],
    /// How many functions.
    pub functions: usize,
    /// Their covariance.
    pub kernel: Kernel,
    /// ℓ, in the unit of the coordinates.
    pub length_scale: f64,
}

/// State after a prediction or an update.
#[derive(Clone)]
struct Belief {
    mean: Vec<f64>,
    covariance: Vec<f64>,
}

const STAGE: &str = "Smoothing a factor";

/// Coordinates passed between two looks at the observer.
const COORDINATES_AT_ONCE: usize = 512;

const PREDICTED: &str = "The covariance of a factor between two coordinates";

impl Smoother<'_> {
    fn state_size(&self) -> usize {
        self.functions * self.kernel.state_size()
    }

    /// Kalman filter forwards, Rauch–Tung–Striebel smoother backwards.
    pub fn smooth(&self, messages: &Messages, observer: &mut dyn Observer) -> Result<Smoothed, Error> {
        let count = self.coordinates.len();
        let mut filtered: Vec<Belief> = Vec::with_capacity(count);
        let mut predicted: Vec<Belief> = Vec::with_capacity(count);
        let mut log_evidence = 0.0;
        for position in 0..count {
            look_up(position, 0.0, observer)?;
            let prior = match filtered.last() {
                None => self.stationary(),
                Some(last) => self.predicted(last, &self.step_to(position)),
            };
            let mut belief = prior.clone();
            log_evidence += self.update(&mut belief, messages, position)?;
            predicted.push(prior);
            filtered.push(belief);
        }
        for position in (0..count - 1).rev() {
            look_up(position, 0.5, observer)?;
            let step = self.step_to(position + 1);
            let (earlier, later) = filtered.split_at_mut(position + 1);
            self.pull_back(&mut earlier[position], &later[0], &predicted[position + 1], &step)?;
        }
        let (r, d) = (self.functions, self.state_size());
        let mean = filtered.iter().flat_map(|belief| belief.mean[..r].iter().copied()).collect();
        let covariance = filtered
            .iter()
            .flat_map(|belief| (0..r * r).map(|i| belief.covariance[(i / r) * d + i % r]))
            .collect();
        Ok(Smoothed { mean, covariance, log_evidence })
    }

    fn stationary(&self) -> Belief {
        let d = self.state_size();
        let covariance = (0..d * d).map(|i| f64::from(u8::from(i / d == i % d))).collect();
        Belief { mean: vec![0.0; d], covariance }
    }

    fn step_to(&self, position: usize) -> Transition {
        self.kernel.transition(self.coordinates[position] - self.coordinates[position - 1], self.length_scale)
    }

    /// A·M, where A acts on the value and the slope of every function alike; `columns` numbers in a row of M.
    fn carried(&self, step: &Transition, matrix: &[f64], columns: usize) -> Vec<f64> {
        let (r, parts) = (self.functions, self.kernel.state_size());
        let mut out = vec![0.0; matrix.len()];
        for part in 0..parts {
            for from in 0..parts {
                let weight = step.matrix[part][from];
                let rows = &matrix[from * r * columns..(from + 1) * r * columns];
                let target = &mut out[part * r * columns..(part + 1) * r * columns];
                target.iter_mut().zip(rows).for_each(|(value, other)| *value += weight * other);
            }
        }
        out
    }

    fn predicted(&self, belief: &Belief, step: &Transition) -> Belief {
        let (r, d) = (self.functions, self.state_size());
        let mean = self.carried(step, &belief.mean, 1);
        // A·P·Aᵀ = A·(A·P)ᵀ, because P is symmetric.
        let half = transposed(&self.carried(step, &belief.covariance, d), d);
        let mut covariance = self.carried(step, &half, d);
        for i in 0..d {
            for part in 0..self.kernel.state_size() {
                covariance[i * d + part * r + i % r] += step.noise[i / r][part];
            }
        }
        symmetrise(&mut covariance, d);
        Belief { mean, covariance }
    }

    /// Multiplies the belief by the message of a coordinate and returns the logarithm of the mass that is left.
    fn update(&self, belief: &mut Belief, messages: &Messages, position: usize) -> Result<f64, Error> {
        let (r, d) = (self.functions, self.state_size());
        let precision = &messages.precision[position * r * r..(position + 1) * r * r];
        let shift = &messages.shift[position * r..(position + 1) * r];
        if precision.iter().all(|&value| value == 0.0) && shift.iter().all(|&value| value == 0.0) {
            return Ok(0.0);
        }
        let values: Vec<f64> = (0..r * r).map(|i| belief.covariance[(i / r) * d + i % r]).collect();
        let prior = Cholesky::of(&values, r, PREDICTED)?;
        // Posterior of the values: V = C·(I + Cᵀ·Λ·C)⁻¹·Cᵀ with S = C·Cᵀ. The inner matrix is at least the identity,
        // so a message that says nothing of some direction does no harm.
        let root = prior.factor();
        let mut weighted = vec![0.0; r * r];
        multiply(square(precision, r), square(root, r), ViewMut::row_major(&mut weighted, r, r));
        let mut inner: Vec<f64> = (0..r * r).map(|i| f64::from(u8::from(i / r == i % r))).collect();
        multiply_add(1.0, square(root, r).t(), square(&weighted, r), ViewMut::row_major(&mut inner, r, r));
        let inner = Cholesky::of(&inner, r, "The message of the data to a factor")?;
        let mut half = vec![0.0; r * r];
        multiply(square(root, r), square(&inner.inverse(), r), ViewMut::row_major(&mut half, r, r));
        let mut posterior = vec![0.0; r * r];
        multiply(square(&half, r), square(root, r).t(), ViewMut::row_major(&mut posterior, r, r));
        symmetrise(&mut posterior, r);

        let before = belief.mean[..r].to_vec();
        let pulled = product(precision, &before, r);
        let residual: Vec<f64> = shift.iter().zip(&pulled).map(|(a, b)| a - b).collect();
        let change = product(&posterior, &residual, r);
        let energy = dot(shift, &before) - 0.5 * dot(&before, &pulled) + 0.5 * dot(&residual, &change);
        self.condition(belief, &prior, &values, &posterior, &change);
        Ok(energy - 0.5 * inner.log_determinant())
    }

    /// The rest of the state follows its values: x | f is unchanged by a message about f.
    fn condition(
        &self,
        belief: &mut Belief,
        prior: &Cholesky,
        values: &[f64],
        posterior: &[f64],
        change: &[f64],
    ) {
        let (r, d) = (self.functions, self.state_size());
        // Row i of `gain` is S⁻¹·cov(f, xᵢ): the identity for the values themselves.
        let mut gain = vec![0.0; d * r];
        for (i, row) in gain.chunks_exact_mut(r).enumerate() {
            if i < r {
                row[i] = 1.0;
            } else {
                row.copy_from_slice(&belief.covariance[i * d..i * d + r]);
                prior.solve(row);
            }
        }
        let shrunk: Vec<f64> = posterior.iter().zip(values).map(|(after, before)| after - before).collect();
        let mut half = vec![0.0; d * r];
        let gain = View::row_major(&gain, d, r);
        multiply(gain, square(&shrunk, r), ViewMut::row_major(&mut half, d, r));
        let covariance = ViewMut::row_major(&mut belief.covariance, d, d);
        multiply_add(1.0, View::row_major(&half, d, r), gain.t(), covariance);
        for i in 0..r {
            belief.covariance[i * d..i * d + r].copy_from_slice(&posterior[i * r..(i + 1) * r]);
        }
        symmetrise(&mut belief.covariance, d);
        let mean = ViewMut::row_major(&mut belief.mean, d, 1);
        multiply_add(1.0, gain, View::row_major(change, r, 1), mean);
    }

    /// One step of the backward pass: `belief` (filtered) learns from `later` (smoothed).
    fn pull_back(
        &self,
        belief: &mut Belief,
        later: &Belief,
        predicted: &Belief,
        step: &Transition,
    ) -> Result<(), Error> {
        let d = self.state_size();
        let predicted_root = Cholesky::of(&predicted.covariance, d, PREDICTED)?;
        // G = P·Aᵀ·(P⁻)⁻¹; the rows of (A·P)ᵀ = P·Aᵀ are solved with in place.
        let mut gain = transposed(&self.carried(step, &belief.covariance, d), d);
        gain.chunks_exact_mut(d).for_each(|row| predicted_root.solve(row));
        let difference = |a: &[f64], b: &[f64]| -> Vec<f64> { a.iter().zip(b).map(|(x, y)| x - y).collect() };
        let change = difference(&later.mean, &predicted.mean);
        let spread = difference(&later.covariance, &predicted.covariance);
        let mut half = vec![0.0; d * d];
        multiply(square(&gain, d), square(&spread, d), ViewMut::row_major(&mut half, d, d));
        let covariance = ViewMut::row_major(&mut belief.covariance, d, d);
        multiply_add(1.0, square(&half, d), square(&gain, d).t(), covariance);
        symmetrise(&mut belief.covariance, d);
        let mean = ViewMut::row_major(&mut belief.mean, d, 1);
        multiply_add(1.0, square(&gain, d), View::row_major(&change, d, 1), mean);
        Ok(())
    }
}

/// The evidence of every smoother, by forward passes side by side that keep nothing; all have the same coordinates.
pub fn log_evidences(
    smoothers: &[Smoother<'_>],
    messages: &Messages,
    observer: &mut dyn Observer,
) -> Result<Vec<f64>, Error> {
    let mut passes: Vec<_> =
        smoothers.iter().map(|smoother| (smoother, smoother.stationary(), 0.0)).collect();
    let count = smoothers.first().map_or(0, |smoother| smoother.coordinates.len());
    for piece in tiles(0..count, COORDINATES_AT_ONCE) {
        passes.par_iter_mut().try_for_each(|(smoother, belief, evidence)| {
            for position in piece.clone() {
                if position > 0 {
                    *belief = smoother.predicted(belief, &smoother.step_to(position));
                }
                *evidence += smoother.update(belief, messages, position)?;
            }
            Ok(())
        })?;
        keep_going(observer.progress(piece.end as f64 / count as f64), STAGE)?;
    }
    Ok(passes.into_iter().map(|(_, _, evidence)| evidence).collect())
}

/// Asks the observer now and then; `done` is the share of the work before this pass.
fn look_up(position: usize, done: f64, observer: &mut dyn Observer) -> Result<(), Error> {
    if !position.is_multiple_of(COORDINATES_AT_ONCE) {
        return Ok(());
    }
    keep_going(observer.progress(done), STAGE)
}

fn square(matrix: &[f64], size: usize) -> View<'_> {
    View::row_major(matrix, size, size)
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

fn product(matrix: &[f64], vector: &[f64], size: usize) -> Vec<f64> {
    matrix.chunks_exact(size).map(|row| dot(row, vector)).collect()
}

fn transposed(matrix: &[f64], size: usize) -> Vec<f64> {
    (0..size * size).map(|i| matrix[(i % size) * size + i / size]).collect()
}

fn symmetrise(matrix: &mut [f64], size: usize) {
    for i in 0..size {
        for j in 0..i {
            let mean = 0.5 * (matrix[i * size + j] + matrix[j * size + i]);
            matrix[i * size + j] = mean;
            matrix[j * size + i] = mean;
        }
    }
}

#[cfg(test)]
mod tests;
