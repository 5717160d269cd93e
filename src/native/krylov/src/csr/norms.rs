use super::CsrMatrix;
use crate::{Scalar, vector};

impl<S: Scalar> CsrMatrix<S> {
    /// Largest sum of absolute values of a column.
    pub fn one_norm(&self) -> f64 {
        let mut sums = vec![0.0; self.columns];
        for (&column, value) in self.column_indices.iter().zip(&self.values) {
            sums[column as usize] += value.modulus();
        }
        vector::max_norm(&sums)
    }

    /// Largest sum of absolute values of a row.
    pub fn infinity_norm(&self) -> f64 {
        let sums: Vec<f64> =
            (0..self.rows).map(|row| self.row(row).1.iter().map(|value| value.modulus()).sum()).collect();
        vector::max_norm(&sums)
    }

    /// Square root of the sum of squares.
    pub fn frobenius_norm(&self) -> f64 {
        vector::norm(&self.values)
    }

    /// ‖A − Aᴴ‖ / ‖A‖ in the Frobenius norm: nought where the matrix is Hermitian; infinite where it is not square.
    pub fn hermitian_deviation(&self) -> f64 {
        self.deviation(&self.adjoint())
    }

    /// ‖A − Aᵀ‖ / ‖A‖ in the Frobenius norm: nought where the matrix is symmetric; infinite where it is not square.
    pub fn symmetric_deviation(&self) -> f64 {
        self.deviation(&self.transpose())
    }

    /// The matrix equals its adjoint within rounding.
    pub fn is_hermitian(&self) -> bool {
        self.hermitian_deviation() <= 1e-13
    }

    fn deviation(&self, other: &Self) -> f64 {
        if self.rows != self.columns {
            return f64::INFINITY;
        }
        let mut square = 0.0;
        for row in 0..self.rows {
            let ((mut left, mut left_values), (mut right, mut right_values)) =
                (self.row(row), other.row(row));
            while !left.is_empty() || !right.is_empty() {
                let (a, b) = (left.first().copied(), right.first().copied());
                let difference = match (a, b) {
                    (Some(a), Some(b)) if a == b => left_values[0] - right_values[0],
                    (Some(a), b) if b.is_none_or(|b| a < b) => left_values[0],
                    _ => right_values[0],
                };
                square += difference.modulus_squared();
                let (step_left, step_right) = match (a, b) {
                    (Some(a), Some(b)) => (a <= b, b <= a),
                    (a, b) => (a.is_some(), b.is_some()),
                };
                (left, left_values) =
                    (&left[usize::from(step_left)..], &left_values[usize::from(step_left)..]);
                (right, right_values) =
                    (&right[usize::from(step_right)..], &right_values[usize::from(step_right)..]);
            }
        }
        let norm = self.frobenius_norm();
        if norm == 0.0 { 0.0 } else { square.sqrt() / norm }
    }
}
