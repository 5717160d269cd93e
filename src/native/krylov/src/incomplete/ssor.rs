use filigree_core::Error;

use super::jacobi::no_diagonal;
use crate::checks::square_and_finite;
use crate::multigrid::OrderedSweep;
use crate::symmetry::{Symmetry, has_positive_diagonal};
use crate::{CsrMatrix, Preconditioner, Scalar};

/// Symmetric successive over-relaxation: one sweep there and one back from nought, so that
/// M = ω/(2−ω) (D/ω + L) D⁻¹ (D/ω + U), in an order of the rows that all threads follow.
pub struct Ssor<S> {
    sweep: OrderedSweep<S>,
    omega: f64,
    is_symmetric_positive: bool,
}

impl<S: Scalar> Ssor<S> {
    /// Refuses a relaxation outside (0, 2) and a diagonal with a nought.
    pub fn new(matrix: &CsrMatrix<S>, omega: f64) -> Result<Self, Error> {
        if !(omega > 0.0 && omega < 2.0) {
            return Err(Error::parameter(
                "relaxation",
                format!(
                    "The relaxation ω is {omega}; it must lie between 0 and 2, both excluded. 1 is symmetric Gauss-Seidel."
                ),
            ));
        }
        square_and_finite(matrix)?;
        if let Some(row) = matrix.diagonal().iter().position(|value| value.modulus() == 0.0) {
            return Err(no_diagonal(row));
        }
        let is_symmetric_positive =
            Symmetry::of(matrix) == Symmetry::Hermitian && has_positive_diagonal(matrix);
        let sweep = OrderedSweep::new(matrix, |value| value, |inverse: S| inverse.scale(omega));
        Ok(Self { sweep, omega, is_symmetric_positive })
    }
}

impl<S: Scalar> Preconditioner<S> for Ssor<S> {
    fn apply(&self, r: &[S], z: &mut [S]) {
        self.sweep.forward_from_zero(r, z);
        self.sweep.relax(true, 1.0 - self.omega, r, z);
    }

    fn is_symmetric_positive(&self) -> bool {
        self.is_symmetric_positive
    }

    fn memory_bytes(&self) -> u64 {
        self.sweep.memory_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_matrices::{conjugate_gradient_iterations, dense, poisson_2d, random_positive};

    #[test]
    fn it_inverts_its_definition() {
        let n = 25;
        let matrix = random_positive::<f64>(n, 3);
        let a = dense(&matrix);
        for omega in [0.7, 1.0, 1.6] {
            let made = Ssor::new(&matrix, omega).unwrap();
            let r: Vec<f64> = (0..n).map(|i| (i as f64).cos()).collect();
            let mut z = vec![0.0; n];
            made.apply(&r, &mut z);
            let factor = |row: usize, column: usize, lower: bool| match row.cmp(&column) {
                std::cmp::Ordering::Equal => a[row][row] / omega,
                std::cmp::Ordering::Greater if lower => a[row][column],
                std::cmp::Ordering::Less if !lower => a[row][column],
                _ => 0.0,
            };
            let upper: Vec<f64> = (0..n).map(|i| (0..n).map(|j| factor(i, j, false) * z[j]).sum()).collect();
            for i in 0..n {
                let image: f64 = (0..n).map(|j| factor(i, j, true) * upper[j] / a[j][j]).sum();
                assert!((image * omega / (2.0 - omega) - r[i]).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn it_halves_the_iterations_of_conjugate_gradients_at_least() {
        let matrix = poisson_2d(60);
        let plain = conjugate_gradient_iterations(&matrix, &crate::Identity, 1e-8, 500);
        let made = Ssor::new(&matrix, 1.5).unwrap();
        assert!(made.is_symmetric_positive());
        assert!(2 * conjugate_gradient_iterations(&matrix, &made, 1e-8, 500) < plain);
    }

    #[test]
    fn a_relaxation_out_of_range_is_refused() {
        assert_eq!(Ssor::new(&poisson_2d(3), 2.0).err().unwrap().blamed_parameter(), Some("relaxation"));
    }
}
