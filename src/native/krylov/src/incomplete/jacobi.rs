use filigree_core::Error;

use crate::checks::square_and_finite;
use crate::symmetry::{Symmetry, has_positive_diagonal};
use crate::{CsrMatrix, Preconditioner, Scalar, vector};

/// M = the diagonal of A.
pub struct Jacobi<S> {
    inverse: Vec<S>,
    is_symmetric_positive: bool,
}

impl<S: Scalar> Jacobi<S> {
    /// Refuses a diagonal with a nought, which it names.
    pub fn new(matrix: &CsrMatrix<S>) -> Result<Self, Error> {
        square_and_finite(matrix)?;
        let diagonal = matrix.diagonal();
        if let Some(row) = diagonal.iter().position(|value| value.modulus() == 0.0) {
            return Err(no_diagonal(row));
        }
        let is_symmetric_positive =
            Symmetry::of(matrix) == Symmetry::Hermitian && has_positive_diagonal(matrix);
        Ok(Self {
            inverse: diagonal.into_iter().map(|value| S::ONE / value).collect(),
            is_symmetric_positive,
        })
    }
}

/// The sentence for a diagonal entry that is nought.
pub fn no_diagonal(row: usize) -> Error {
    Error::Breakdown(format!(
        "The diagonal of row {} is nought, and this preconditioner divides by it. Try ILUT with pivoting, another order of the rows, or a direct solver.",
        row + 1
    ))
}

impl<S: Scalar> Preconditioner<S> for Jacobi<S> {
    fn apply(&self, r: &[S], z: &mut [S]) {
        z.copy_from_slice(r);
        vector::update(&self.inverse, z, |inverse, r| inverse * r);
    }

    fn is_symmetric_positive(&self) -> bool {
        self.is_symmetric_positive
    }

    fn memory_bytes(&self) -> u64 {
        (self.inverse.len() * size_of::<S>()) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_diagonal_is_divided_by_and_a_nought_in_it_named() {
        let matrix = CsrMatrix::from_triplets(2, 2, &[(0, 0, 2.0), (0, 1, 1.0), (1, 1, -4.0)]).unwrap();
        let made = Jacobi::new(&matrix).unwrap();
        let mut z = [0.0; 2];
        made.apply(&[2.0, 2.0], &mut z);
        assert_eq!(z, [1.0, -0.5]);
        assert!(!made.is_symmetric_positive());
        let error = Jacobi::new(&CsrMatrix::from_triplets(2, 2, &[(0, 0, 1.0)]).unwrap()).err().unwrap();
        assert!(error.to_string().contains("row 2"), "{error}");
    }
}
