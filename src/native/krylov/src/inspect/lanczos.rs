use filigree_core::{Error, Random, symmetric_eigen};

use crate::{CsrMatrix, Scalar, vector};

/// Outermost Ritz values of a Hermitian matrix: eigenvalues lie at or beyond them, never closer in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LanczosExtremes {
    /// Smallest Ritz value; the smallest eigenvalue is at most this.
    pub lowest: f64,
    /// Largest Ritz value; the largest eigenvalue is at least this.
    pub highest: f64,
    /// Steps that were made.
    pub steps: usize,
}

/// Lanczos' iteration with full reorthogonalisation on a Hermitian matrix, from a seeded random start. Memory: one
/// vector a step.
///
/// Source: Lanczos (1950), J. Res. Nat. Bur. Standards 45, 255; Golub and Van Loan, Matrix Computations, 10.1.
pub fn lanczos_extremes<S: Scalar>(
    matrix: &CsrMatrix<S>,
    steps: usize,
    seed: u64,
) -> Result<LanczosExtremes, Error> {
    let size = matrix.rows();
    let mut random = Random::new(seed, 0);
    let mut start: Vec<S> = (0..size).map(|_| S::from_parts(random.normal(), random.normal())).collect();
    let length = vector::norm(&start);
    vector::scale(S::from_real(1.0 / length), &mut start);
    let mut basis = vec![start];
    let (mut diagonal, mut beside) = (Vec::new(), Vec::new());
    let mut next = vec![S::ZERO; size];
    let scale = matrix.infinity_norm();
    for step in 0..steps.min(size) {
        matrix.multiply(&basis[step], &mut next);
        diagonal.push(vector::dot(&basis[step], &next).real());
        // Twice is enough: the second pass removes what the first one's rounding left.
        for _ in 0..2 {
            for direction in &basis {
                let share = vector::dot(direction, &next);
                vector::axpy(-share, direction, &mut next);
            }
        }
        let length = vector::norm(&next);
        if length <= 1e-14 * scale || step + 1 == steps.min(size) {
            break;
        }
        beside.push(length);
        let mut unit = next.clone();
        vector::scale(S::from_real(1.0 / length), &mut unit);
        basis.push(unit);
    }
    let made = diagonal.len();
    let mut tridiagonal = vec![0.0; made * made];
    for (at, &value) in diagonal.iter().enumerate() {
        tridiagonal[at * made + at] = value;
    }
    for (at, &value) in beside.iter().take(made - 1).enumerate() {
        tridiagonal[(at + 1) * made + at] = value;
        tridiagonal[at * made + at + 1] = value;
    }
    let values = symmetric_eigen(&tridiagonal, made)?.values;
    Ok(LanczosExtremes { lowest: values[made - 1], highest: values[0], steps: made })
}

#[cfg(test)]
mod tests {
    use super::*;
    use num_complex::Complex64;

    #[test]
    fn as_many_steps_as_rows_find_the_spectrums_ends() {
        let entries: Vec<_> = (0..12).map(|row| (row, row, row as f64 - 3.0)).collect();
        let matrix = CsrMatrix::from_triplets(12, 12, &entries).unwrap();
        let ends = lanczos_extremes(&matrix, 12, 1).unwrap();
        assert!((ends.lowest + 3.0).abs() < 1e-10 && (ends.highest - 8.0).abs() < 1e-10);
        let few = lanczos_extremes(&matrix, 5, 1).unwrap();
        assert!(few.lowest >= -3.0 - 1e-12 && few.highest <= 8.0 + 1e-12);
    }

    #[test]
    fn a_hermitian_matrix_has_real_ritz_values() {
        let i = Complex64::new(0.0, 1.0);
        let entries = [(0, 1, i), (1, 0, -i)];
        let ends = lanczos_extremes(&CsrMatrix::from_triplets(2, 2, &entries).unwrap(), 2, 7).unwrap();
        assert!((ends.lowest + 1.0).abs() < 1e-12 && (ends.highest - 1.0).abs() < 1e-12);
    }

    #[test]
    fn the_zero_matrix_has_one_ritz_value() {
        let matrix = CsrMatrix::<f64>::from_triplets(3, 3, &[]).unwrap();
        assert_eq!(
            lanczos_extremes(&matrix, 3, 1).unwrap(),
            LanczosExtremes { lowest: 0.0, highest: 0.0, steps: 1 }
        );
    }
}
