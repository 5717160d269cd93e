use super::ordered_sweep::{OrderedSweep, for_rows};
use super::params::Smoothing;
use crate::polynomial::chebyshev_steps;
use crate::spectral_radius::{inverse_diagonal, scaled_spectral_radius};
use crate::{CsrMatrix, Scalar};

/// Chebyshev smoothing damps the eigenvalues above this share of the largest.
const CHEBYSHEV_SHARE: f64 = 1.0 / 30.0;

/// What takes the rough part of an error away on one level.
pub enum Smoother<T: Scalar> {
    /// Sweeps in order before, backwards after the coarse correction.
    GaussSeidel(OrderedSweep<T>),
    /// x ← x + W (b − A x) with a diagonal W.
    Diagonal {
        /// The matrix of the level.
        matrix: CsrMatrix<T>,
        /// W.
        weights: Vec<T>,
    },
    /// A polynomial in D⁻¹A that is small on the upper part of its spectrum.
    Chebyshev {
        /// The matrix of the level.
        matrix: CsrMatrix<T>,
        /// D⁻¹.
        inverse: Vec<T>,
        /// Products with the matrix.
        degree: usize,
        /// Upper end of the spectrum.
        upper: f64,
    },
}

impl<T: Scalar> Smoother<T> {
    /// The smoother of one level, its values brought to the precision of the cycle by `convert`, those of inverses by
    /// `invert`.
    pub fn new<S: Scalar>(
        matrix: &CsrMatrix<S>,
        smoothing: Smoothing,
        seed: u64,
        convert: impl Fn(S) -> T + Sync,
        invert: impl Fn(S) -> T + Sync,
    ) -> Self {
        let converted = || matrix.map(|_, _, value| convert(value));
        match smoothing {
            Smoothing::GaussSeidel => Self::GaussSeidel(OrderedSweep::new(matrix, convert, invert)),
            Smoothing::Jacobi { damping } => {
                let inverse = inverse_diagonal(matrix);
                let factor =
                    damping * 2.0 / scaled_spectral_radius(matrix, &inverse, seed).max(f64::MIN_POSITIVE);
                let weights = inverse.iter().map(|value| invert(value.scale(factor))).collect();
                Self::Diagonal { matrix: converted(), weights }
            }
            Smoothing::L1Jacobi => {
                let weights = (0..matrix.rows()).map(|row| invert(l1_weight(matrix, row))).collect();
                Self::Diagonal { matrix: converted(), weights }
            }
            Smoothing::Chebyshev { degree } => {
                let inverse = inverse_diagonal(matrix);
                let upper = scaled_spectral_radius(matrix, &inverse, seed);
                let inverse = inverse.into_iter().map(invert).collect();
                Self::Chebyshev { matrix: converted(), inverse, degree, upper }
            }
        }
    }

    /// x ← what `sweeps` sweeps make of x = 0, and r ← b − A x. Leaves `scratch` undefined.
    pub fn start(&self, sweeps: usize, b: &[T], x: &mut [T], r: &mut [T], scratch: &mut [T]) {
        match self {
            Self::GaussSeidel(sweep) => {
                sweep.forward_from_zero(b, x);
                if sweeps == 1 {
                    sweep.residual_after_first(b, x, r);
                    return;
                }
                (1..sweeps).for_each(|_| sweep.sweep(false, b, x));
            }
            Self::Diagonal { weights, .. } => {
                for_rows(x, |row, x| *x = weights[row] * b[row]);
                self.smooth(sweeps - 1, false, b, x, r, scratch);
            }
            Self::Chebyshev { .. } => {
                x.fill(T::ZERO);
                self.smooth(sweeps, false, b, x, r, scratch);
            }
        }
        self.residual(b, x, r);
    }

    /// `sweeps` sweeps from the x that is there. Leaves `r` and `scratch` undefined.
    pub fn smooth(
        &self,
        sweeps: usize,
        backward: bool,
        b: &[T],
        x: &mut [T],
        r: &mut [T],
        scratch: &mut [T],
    ) {
        for _ in 0..sweeps {
            match self {
                Self::GaussSeidel(sweep) => sweep.sweep(backward, b, x),
                Self::Diagonal { matrix, weights } => {
                    matrix.residual(b, x, r);
                    for_rows(x, |row, x| *x += weights[row] * r[row]);
                }
                Self::Chebyshev { matrix, inverse, degree, upper } => {
                    chebyshev_steps(
                        matrix,
                        inverse,
                        *degree,
                        [CHEBYSHEV_SHARE * upper, *upper],
                        b,
                        x,
                        r,
                        scratch,
                    );
                }
            }
        }
    }

    /// r ← b − A x.
    pub fn residual(&self, b: &[T], x: &mut [T], r: &mut [T]) {
        match self {
            Self::GaussSeidel(sweep) => sweep.residual(b, x, r),
            Self::Diagonal { matrix, .. } | Self::Chebyshev { matrix, .. } => matrix.residual(b, x, r),
        }
    }

    /// Memory it holds, in bytes.
    pub fn memory_bytes(&self) -> u64 {
        match self {
            Self::GaussSeidel(sweep) => sweep.memory_bytes(),
            Self::Diagonal { matrix, weights: diagonal }
            | Self::Chebyshev { matrix, inverse: diagonal, .. } => {
                matrix.memory_bytes() + (diagonal.len() * size_of::<T>()) as u64
            }
        }
    }
}

/// One over the row's sum of absolute values, with the phase of the diagonal (Baker, Falgout, Kolev and Yang 2011).
fn l1_weight<T: Scalar>(matrix: &CsrMatrix<T>, row: usize) -> T {
    let sum: f64 = matrix.row(row).1.iter().map(|value| value.modulus()).sum();
    let pivot = matrix.get(row, row);
    if sum == 0.0 || pivot.modulus() == 0.0 {
        return T::ZERO;
    }
    pivot.conj().scale(1.0 / (pivot.modulus() * sum))
}
