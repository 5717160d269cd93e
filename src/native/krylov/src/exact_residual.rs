use crate::vector::{block_range, map_blocks};
use crate::{CsrMatrix, Scalar};

/// A sum in twice the working precision: products and sums keep what rounding takes from them.
///
/// Ogita, Rump and Oishi, "Accurate sum and dot product", SIAM J. Sci. Comput. 26(6), 2005, algorithm 5.3.
#[derive(Clone, Copy)]
struct DoubledSum {
    sum: f64,
    rest: f64,
}

impl DoubledSum {
    fn new(start: f64) -> Self {
        Self { sum: start, rest: 0.0 }
    }

    /// Adds a · b.
    fn add_product(&mut self, a: f64, b: f64) {
        let product = a * b;
        let lost = a.mul_add(b, -product);
        let sum = self.sum + product;
        let part = sum - self.sum;
        self.rest += (self.sum - (sum - part)) + (product - part) + lost;
        self.sum = sum;
    }

    fn value(self) -> f64 {
        self.sum + self.rest
    }
}

/// ‖b − A x‖, every entry of the residual in twice the working precision, so that it is right to nearly all digits
/// however much cancels in it. Costs a few products with the matrix: meant for the end of a solve.
pub fn exact_residual_norm<S: Scalar>(matrix: &CsrMatrix<S>, right_hand_side: &[S], x: &[S]) -> f64 {
    let rows = matrix.rows();
    let squares = map_blocks(rows, |block| {
        let mut square = 0.0;
        for row in block_range(block, rows) {
            let b = right_hand_side[row];
            let (mut real, mut imaginary) = (DoubledSum::new(b.real()), DoubledSum::new(b.imaginary()));
            let (columns, values) = matrix.row(row);
            for (&column, value) in columns.iter().zip(values) {
                let y = x[column as usize];
                real.add_product(-value.real(), y.real());
                if S::COMPLEX {
                    real.add_product(value.imaginary(), y.imaginary());
                    imaginary.add_product(-value.real(), y.imaginary());
                    imaginary.add_product(-value.imaginary(), y.real());
                }
            }
            square += real.value().powi(2) + imaginary.value().powi(2);
        }
        square
    });
    squares.iter().sum::<f64>().sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cancels_is_not_lost() {
        let third = 1.0 / 3.0;
        let matrix = CsrMatrix::from_triplets(1, 2, &[(0, 0, 1e16), (0, 1, third)]).unwrap();
        // 1e16 − 1e16 − 1/3 + 1: the plain sum would lose the third.
        let found = exact_residual_norm(&matrix, &[1e16 + 2.0], &[1.0, 1.0]);
        assert!((found - (2.0 - third)).abs() < 1e-15, "{found}");
    }

    #[test]
    fn complex_parts_are_both_counted() {
        let i = crate::Complex64::new(0.0, 1.0);
        let matrix = CsrMatrix::from_triplets(1, 1, &[(0, 0, i)]).unwrap();
        let found = exact_residual_norm(&matrix, &[crate::Complex64::new(3.0, 0.0)], &[4.0 * i]);
        assert_eq!(found, 7.0);
    }
}
