use crate::{CsrMatrix, Scalar, vector};

/// How a square matrix relates to its transpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Symmetry {
    /// A = Aᴴ (for real numbers: symmetric).
    Hermitian,
    /// A = Aᵀ, complex and not Hermitian.
    Symmetric,
    /// Neither.
    None,
}

/// Differences up to this share of an entry are rounding.
const ROUNDING: f64 = 1e-12;

impl Symmetry {
    /// Compares every entry with its mirror image, on all threads.
    pub fn of<S: Scalar>(matrix: &CsrMatrix<S>) -> Self {
        if matrix.rows() != matrix.columns() {
            return Self::None;
        }
        let mirrored = |rule: fn(S) -> S| {
            let row_mirrored = |row: usize| {
                let (columns, values) = matrix.row(row);
                columns.iter().zip(values).all(|(&column, &value)| {
                    let other = rule(matrix.get(column as usize, row));
                    (value - other).modulus() <= ROUNDING * value.modulus().max(other.modulus())
                })
            };
            let blocks = vector::map_blocks(matrix.rows(), |block| {
                vector::block_range(block, matrix.rows()).all(row_mirrored)
            });
            blocks.into_iter().all(|all| all)
        };
        if mirrored(S::conj) {
            Self::Hermitian
        } else if S::COMPLEX && mirrored(|value| value) {
            Self::Symmetric
        } else {
            Self::None
        }
    }
}

/// Every diagonal entry is positive, as in a positive definite matrix.
pub fn has_positive_diagonal<S: Scalar>(matrix: &CsrMatrix<S>) -> bool {
    matrix.diagonal().iter().all(|value| value.real() > 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_matrices::{random_matrix, random_positive};
    use num_complex::Complex64;

    #[test]
    fn mirror_images_are_told_apart() {
        assert_eq!(Symmetry::of(&random_positive::<f64>(50, 1)), Symmetry::Hermitian);
        assert_eq!(Symmetry::of(&random_positive::<Complex64>(50, 1)), Symmetry::Hermitian);
        assert_eq!(Symmetry::of(&random_matrix::<f64>(50, 50, 200, 1)), Symmetry::None);
        let i = Complex64::I;
        let matrix = CsrMatrix::from_triplets(2, 2, &[(0, 0, i), (0, 1, i), (1, 0, i), (1, 1, i)]).unwrap();
        assert_eq!(Symmetry::of(&matrix), Symmetry::Symmetric);
        let wide = CsrMatrix::from_triplets(1, 2, &[(0, 0, 1.0)]).unwrap();
        assert_eq!(Symmetry::of(&wide), Symmetry::None);
    }
}
