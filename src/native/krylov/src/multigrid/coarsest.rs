use faer::Mat;
use faer::linalg::solvers::DenseSolveCore;
use filigree_core::Error;

use crate::{CsrMatrix, DenseScalar, Scalar};

/// Largest matrix that is inverted densely.
pub const LARGEST_DENSE: usize = 1200;

/// Above this 1-norm condition number a matrix counts as singular, and gets a pseudo-inverse.
const SINGULAR_CONDITION: f64 = 1e12;

/// Singular values below this share of the largest count as nought.
const NEGLIGIBLE: f64 = 1e-11;

/// The inverse of the coarsest matrix, row by row.
pub struct Coarsest<S> {
    size: usize,
    inverse: Vec<S>,
    /// The matrix is singular: `inverse` is its pseudo-inverse, which leaves the null space alone.
    pub is_pseudo: bool,
}

impl<S: DenseScalar> Coarsest<S> {
    /// Inverts `matrix` by LU with partial pivoting, or by singular values where it is singular.
    pub fn new(matrix: &CsrMatrix<S>) -> Result<Self, Error> {
        let size = matrix.rows();
        let mut full = Mat::<S>::zeros(size, size);
        for row in 0..size {
            let (columns, values) = matrix.row(row);
            columns.iter().zip(values).for_each(|(&column, &value)| full[(row, column as usize)] = value);
        }
        let mut inverse = full.partial_piv_lu().inverse();
        let one_norm = |matrix: &Mat<S>| {
            let sum = |column: usize| (0..size).map(|row| matrix[(row, column)].modulus()).sum::<f64>();
            (0..size)
                .map(sum)
                .fold(0.0, |most: f64, sum| if sum.is_nan() { f64::INFINITY } else { most.max(sum) })
        };
        let condition = one_norm(&full) * one_norm(&inverse);
        let is_pseudo = size > 0 && (condition.is_nan() || condition >= SINGULAR_CONDITION);
        if is_pseudo {
            let svd = full.svd().map_err(|_| {
                Error::Breakdown(
                    "The coarsest matrix of the multigrid hierarchy has no singular values that could be computed. Check the matrix for NaN or huge entries."
                        .to_owned(),
                )
            })?;
            let sizes: Vec<f64> = (0..size).map(|place| svd.S().column_vector()[place].modulus()).collect();
            let floor = NEGLIGIBLE * sizes[0];
            let factor = |place: usize| if sizes[place] > floor { 1.0 / sizes[place] } else { 0.0 };
            let scaled = Mat::from_fn(size, size, |row, place| svd.V()[(row, place)].scale(factor(place)));
            inverse = &scaled * svd.U().adjoint();
        }
        let mut rows: Vec<S> = (0..size * size).map(|place| inverse[(place / size, place % size)]).collect();
        if matrix.is_hermitian() {
            for row in 0..size {
                for column in 0..=row {
                    let mean = (rows[row * size + column] + rows[column * size + row].conj()).scale(0.5);
                    rows[row * size + column] = mean;
                    rows[column * size + row] = mean.conj();
                }
            }
        }
        Ok(Self { size, inverse: rows, is_pseudo })
    }
}

impl<S: Scalar> Coarsest<S> {
    /// The same in another precision.
    pub fn convert<T: Scalar>(&self, rule: impl Fn(S) -> T) -> Coarsest<T> {
        let inverse = self.inverse.iter().map(|&value| rule(value)).collect();
        Coarsest { size: self.size, inverse, is_pseudo: self.is_pseudo }
    }

    /// x ← A⁻¹ b.
    pub fn solve(&self, b: &[S], x: &mut [S]) {
        for (row, x) in x.iter_mut().enumerate() {
            let weights = &self.inverse[row * self.size..(row + 1) * self.size];
            *x = weights.iter().zip(b).map(|(&weight, &value)| weight * value).sum();
        }
    }

    /// Memory of the inverse, in bytes.
    pub fn memory_bytes(&self) -> u64 {
        (self.inverse.len() * size_of::<S>()) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_matrices::{poisson_2d, random_positive};
    use num_complex::Complex64;

    #[test]
    fn a_regular_matrix_is_inverted() {
        let matrix = random_positive::<Complex64>(30, 1);
        let b: Vec<_> = (0..30).map(|i| Complex64::new(i as f64, 1.0)).collect();
        let mut x = vec![Complex64::ZERO; 30];
        let coarsest = Coarsest::new(&matrix).unwrap();
        assert!(!coarsest.is_pseudo);
        coarsest.solve(&b, &mut x);
        let mut r = vec![Complex64::ZERO; 30];
        matrix.residual(&b, &x, &mut r);
        assert!(r.iter().all(|value| value.norm() < 1e-11));
    }

    #[test]
    fn a_singular_matrix_is_solved_where_it_can_be() {
        let matrix = poisson_2d(4).map(|row, column, value| {
            let degree = [row % 4 > 0, row % 4 < 3, row > 3, row < 12].iter().filter(|&&there| there).count();
            if row == column { degree as f64 } else { value }
        });
        let coarsest = Coarsest::new(&matrix).unwrap();
        assert!(coarsest.is_pseudo);
        let b: Vec<f64> = (0..16).map(|i| i as f64 - 7.5).collect();
        let (mut x, mut r) = (vec![0.0; 16], vec![0.0; 16]);
        coarsest.solve(&b, &mut x);
        matrix.residual(&b, &x, &mut r);
        assert!(r.iter().all(|value| value.abs() < 1e-11));
        assert!(x.iter().sum::<f64>().abs() < 1e-11);
    }
}
