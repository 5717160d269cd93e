use faer::linalg::triangular_solve::solve_upper_triangular_in_place;
use faer::{Mat, Par};
use num_complex::Complex64;

use super::gcro_dr::GcroDr;
use super::harmonic_vectors::harmonic_vectors;
use super::recycle_space::{RecycleSpace, leading_vectors};
use crate::iterative::{Basis, DenseScalar, harmonic_inverse};
use crate::vector;

/// A cycle that ended before this part of its steps leaves a full space as it is.
const SHORT_CYCLE: usize = 4;

/// How far from orthogonal to those before it a vector of Lanczos may be, for the space to be chosen from it.
const DRIFT: f64 = 1e-9;

impl<S: DenseScalar> GcroDr<'_, S> {
    /// Chooses the space anew from that of the cycle: harmonic Ritz vectors of smallest value.
    pub(super) fn renew(&mut self) {
        let (kept, done) = (self.arnoldi.kept, self.arnoldi.least_squares.size());
        let full = kept == self.recycled;
        if done == 0 || (full && done * SHORT_CYCLE < self.vectors - kept) {
            return;
        }
        let hermitian = self.arnoldi.hermitian;
        let steps = if hermitian { self.orthonormal_steps() } else { done };
        let count = self.recycled.min(kept + steps);
        // An invariant space has no last vector of V, and nought in the last row of H̄.
        let tall = self.arnoldi.v.columns().min(kept + steps + 1);
        // A [U D, Z] = [C, V] G with columns of U scaled to length one; a Hermitian problem needs no scaling.
        let length = |column| match hermitian {
            true => 1.0,
            false => 1.0 / vector::norm(self.before().column(column)),
        };
        let lengths: Vec<f64> = (0..kept).map(length).collect();
        let hessenberg = self.arnoldi.least_squares.matrix();
        let g = Mat::<S>::from_fn(tall, kept + steps, |i, j| match (i < kept, j < kept) {
            (true, true) if i == j => S::from_real(lengths[i]),
            (true, false) => self.arnoldi.kept_products[j - kept][i],
            (false, false) => hessenberg[(i - kept, j - kept)],
            _ => S::ZERO,
        });
        let energy = hermitian.then(|| self.energy(&hessenberg, steps));
        let chosen = match &energy {
            Some(energy) => harmonic_vectors(&g.qr().thin_R().adjoint().to_owned(), energy, count),
            None => leading_vectors(&harmonic_inverse(&g, &self.inner(&lengths)), count),
        };
        let Some((weights, inverses)) = chosen else { return };
        let qr = (&g * &weights).qr();
        let upper = qr.thin_R().to_owned();
        let largest = (0..upper.ncols()).map(|i| upper[(i, i)].modulus()).fold(0.0, f64::max);
        if largest.is_nan() || (0..upper.ncols()).any(|i| upper[(i, i)].modulus() <= 1e-12 * largest) {
            return;
        }
        let mut inverse = Mat::<S>::identity(upper.ncols(), upper.ncols());
        solve_upper_triangular_in_place(upper.as_ref(), inverse.as_mut(), Par::Seq);
        let mut weights = &weights * inverse;
        self.harmonic = harmonic_values(&inverses);
        if let Some(energy) = &energy {
            self.overlap = weights.adjoint() * energy * &weights;
        }
        for (row, &length) in lengths.iter().enumerate() {
            (0..weights.ncols()).for_each(|column| {
                weights[(row, column)] = weights[(row, column)].scale(length);
            });
        }
        let v = &self.arnoldi.v;
        let (old, new) = (weights.get(..kept, ..), weights.get(kept.., ..));
        let images = Basis::combined(&[(v.matrix_of(0..tall), qr.compute_thin_Q().as_ref())]);
        let fresh = v.matrix_of(kept..kept + steps);
        let combine = |known: &Basis<S>, fresh| match kept {
            0 => Basis::combined(&[(fresh, new)]),
            _ => Basis::combined(&[(known.matrix(), old), (fresh, new)]),
        };
        let z = &self.arnoldi.z;
        let preconditioned = z.columns() > 0;
        let directions = combine(&self.space.directions, if preconditioned { z.matrix() } else { fresh });
        let before = preconditioned.then(|| combine(self.before(), fresh));
        *self.space = RecycleSpace { directions, before };
        self.keep(&images);
    }

    /// Steps of Lanczos up to which its vectors are orthogonal: once extreme eigenvalues are found they may no longer be.
    fn orthonormal_steps(&self) -> usize {
        let (v, kept) = (&self.arnoldi.v, self.arnoldi.kept);
        let mut steps = self.arnoldi.least_squares.size();
        loop {
            let newest = (kept + steps).min(v.columns() - 1);
            let products = v.project_onto(0..newest, v.column(newest));
            if steps == 1 || vector::max_norm(&products) <= DRIFT {
                return steps;
            }
            steps /= 2;
        }
    }

    /// [C, V]ᴴ [U D, M Z].
    fn inner(&self, lengths: &[f64]) -> Mat<S> {
        let v = &self.arnoldi.v;
        let kept = lengths.len();
        let overlap = (kept > 0).then(|| v.products(self.before()));
        let columns = kept + self.arnoldi.least_squares.size();
        Mat::from_fn(v.columns(), columns, |i, j| match &overlap {
            Some(overlap) if j < kept => overlap[(i, j)].scale(lengths[j]),
            _ if i == j => S::ONE,
            _ => S::ZERO,
        })
    }

    /// Wᴴ A W of a Hermitian operator on W = [U, V]: nothing but Uᴴ C and Vᴴ A V, as Uᴴ A V = Cᴴ V is nought.
    fn energy(&self, hessenberg: &Mat<S>, steps: usize) -> Mat<S> {
        let kept = self.arnoldi.kept;
        Mat::from_fn(kept + steps, kept + steps, |i, j| match (i < kept, j < kept) {
            (true, true) => self.overlap[(i, j)],
            (false, false) => hessenberg[(i - kept, j - kept)],
            _ => S::ZERO,
        })
    }
}

fn harmonic_values(inverses: &[Complex64]) -> Vec<Complex64> {
    let mut values: Vec<Complex64> = inverses.iter().map(|value| value.inv()).collect();
    values.retain(|value| value.re.is_finite() && value.im.is_finite());
    values.sort_by(|a, b| a.norm().total_cmp(&b.norm()).then(a.im.total_cmp(&b.im)));
    values
}
