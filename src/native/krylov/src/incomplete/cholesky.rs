use filigree_core::{Error, Observer, keep_going};

use super::factor_pair::FactorPair;
use super::triangular::Triangular;
use crate::checks::square_and_finite;
use crate::symmetry::Symmetry;
use crate::{CsrMatrix, Preconditioner, Scalar};

/// The first shift that is tried after none; each next one is four times larger.
const FIRST_SHIFT: f64 = 1e-3;

/// The largest shift: a diagonal that outweighs everything.
const LARGEST_SHIFT: f64 = 1e3;

/// A pivot of the scaled matrix must be larger than this.
const LEAST_PIVOT: f64 = 1e-12;

/// IC(0): the incomplete Cholesky factor on the places of A's lower triangle, A + α diag(A) ≈ L Lᴴ with the first
/// shift α that succeeds (Meijerink and van der Vorst 1977; Manteuffel 1980).
pub struct IncompleteCholesky<S: Scalar> {
    factors: FactorPair<S>,
    /// α.
    pub shift: f64,
}

impl<S: Scalar> IncompleteCholesky<S> {
    /// `first_shift` is where the shift starts; 0 tries the matrix as it is.
    pub fn new(matrix: &CsrMatrix<S>, first_shift: f64, observer: &mut dyn Observer) -> Result<Self, Error> {
        square_and_finite(matrix)?;
        if !(0.0..=LARGEST_SHIFT).contains(&first_shift) {
            return Err(Error::parameter(
                "shift",
                format!(
                    "The shift is {first_shift}; give a share of the diagonal between 0 and {LARGEST_SHIFT}."
                ),
            ));
        }
        if Symmetry::of(matrix) != Symmetry::Hermitian {
            return Err(Error::InvalidData(
                "Incomplete Cholesky needs a symmetric (for complex numbers Hermitian) matrix, and this one is not. Use ILU(0) or ILUT."
                    .to_owned(),
            ));
        }
        let diagonal = matrix.diagonal();
        if let Some(row) = diagonal.iter().position(|value| value.real() <= 0.0) {
            return Err(Error::InvalidData(format!(
                "The diagonal of row {} is {}, so the matrix is not positive definite, and incomplete Cholesky can not be used. Try ILU(0) or ILUT with GMRES, or a sparse LDLᵀ.",
                row + 1,
                diagonal[row]
            )));
        }
        let scales: Vec<f64> = diagonal.iter().map(|value| 1.0 / value.real().sqrt()).collect();
        let places = LowerPlaces::new(matrix);
        let mut shift = first_shift;
        let mut failures = Vec::new();
        loop {
            observer.stage("Incomplete factorisation");
            keep_going(observer.progress(0.0), "factorising incompletely")?;
            match places.factor(matrix, &scales, shift) {
                Ok((values, pivots)) => {
                    return Ok(Self {
                        factors: places.into_factors(values, &pivots, &scales, words(&failures, shift)),
                        shift,
                    });
                }
                Err(row) => failures.push((shift, row)),
            }
            shift = if shift == 0.0 { FIRST_SHIFT } else { 4.0 * shift };
            if shift > LARGEST_SHIFT {
                let (_, row) = failures[0];
                return Err(Error::Breakdown(format!(
                    "Incomplete Cholesky met a pivot that is not positive at row {}, and no shift of the diagonal up to {LARGEST_SHIFT} mended it. The matrix is far from positive definite: try ILUT with GMRES, or a sparse LDLᵀ.",
                    row + 1
                )));
            }
        }
    }

    /// Sentences about the factorisation.
    pub fn words(&self) -> &[String] {
        self.factors.words()
    }

    /// Entries of L and Lᴴ.
    pub fn entries(&self) -> usize {
        self.factors.entries()
    }
}

fn words(failures: &[(f64, usize)], shift: f64) -> Vec<String> {
    failures
        .first()
        .map(|(first, row)| {
            format!(
                "With shift {first} the factorisation met a pivot that is not positive at row {}; it succeeded with {shift} times the diagonal added.",
                row + 1
            )
        })
        .into_iter()
        .collect()
}

/// The places of a matrix's strict lower triangle, row by row.
struct LowerPlaces {
    pointers: Vec<usize>,
    columns: Vec<u32>,
}

impl LowerPlaces {
    fn new<S: Scalar>(matrix: &CsrMatrix<S>) -> Self {
        let mut pointers = vec![0];
        let mut columns = Vec::new();
        for row in 0..matrix.rows() {
            columns.extend(matrix.row(row).0.iter().take_while(|&&column| (column as usize) < row));
            pointers.push(columns.len());
        }
        Self { pointers, columns }
    }

    /// Factors the matrix scaled to a unit diagonal; the row whose pivot is not positive where it fails.
    fn factor<S: Scalar>(
        &self,
        matrix: &CsrMatrix<S>,
        scales: &[f64],
        shift: f64,
    ) -> Result<(Vec<S>, Vec<f64>), usize> {
        let rows = matrix.rows();
        let mut values = vec![S::ZERO; self.columns.len()];
        let mut pivots = vec![0.0; rows];
        for row in 0..rows {
            let range = self.pointers[row]..self.pointers[row + 1];
            let entries = matrix.row(row).1;
            let mut square = 1.0 + shift;
            for (offset, place) in range.clone().enumerate() {
                let column = self.columns[place] as usize;
                let mut sum = entries[offset].scale(scales[row] * scales[column]);
                let (mut left, mut right) = (range.start, self.pointers[column]);
                while left < place && right < self.pointers[column + 1] {
                    match self.columns[left].cmp(&self.columns[right]) {
                        std::cmp::Ordering::Less => left += 1,
                        std::cmp::Ordering::Greater => right += 1,
                        std::cmp::Ordering::Equal => {
                            sum -= values[left] * values[right].conj();
                            left += 1;
                            right += 1;
                        }
                    }
                }
                values[place] = sum.scale(1.0 / pivots[column]);
                square -= values[place].modulus_squared();
            }
            if square <= LEAST_PIVOT || !square.is_finite() {
                return Err(row);
            }
            pivots[row] = square.sqrt();
        }
        Ok((values, pivots))
    }

    /// L and Lᴴ of the matrix as it was before scaling.
    fn into_factors<S: Scalar>(
        self,
        mut values: Vec<S>,
        pivots: &[f64],
        scales: &[f64],
        words: Vec<String>,
    ) -> FactorPair<S> {
        let rows = pivots.len();
        for row in 0..rows {
            values[self.pointers[row]..self.pointers[row + 1]]
                .iter_mut()
                .for_each(|value| *value = value.scale(1.0 / scales[row]));
        }
        let inverse: Vec<S> =
            pivots.iter().zip(scales).map(|(pivot, scale)| S::from_real(scale / pivot)).collect();
        let lower = CsrMatrix::trusted(rows, rows, self.pointers, self.columns, values);
        let upper = Triangular::new(lower.adjoint(), inverse.clone(), false);
        FactorPair::new(Triangular::new(lower, inverse, true), upper, None, true, words)
    }
}

impl<S: Scalar> Preconditioner<S> for IncompleteCholesky<S> {
    fn apply(&self, r: &[S], z: &mut [S]) {
        self.factors.apply(r, z);
    }

    fn is_symmetric_positive(&self) -> bool {
        true
    }

    fn memory_bytes(&self) -> u64 {
        self.factors.memory_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_matrices::{
        conjugate_gradient_iterations, poisson_2d, random_matrix, random_positive, stencil_grid,
    };
    use crate::vector;
    use filigree_core::Silent;
    use num_complex::Complex64;

    #[test]
    fn it_is_the_cholesky_factor_where_no_fill_arises() {
        let matrix = stencil_grid(40, 1, [[0.0; 3], [-1.0, 2.2, -1.0], [0.0; 3]]);
        let made = IncompleteCholesky::new(&matrix, 0.0, &mut Silent).unwrap();
        let b: Vec<f64> = (0..40).map(|i| (i as f64).cos()).collect();
        let (mut x, mut r) = (vec![0.0; 40], vec![0.0; 40]);
        made.apply(&b, &mut x);
        matrix.residual(&b, &x, &mut r);
        assert!(vector::norm(&r) < 1e-13);
        assert_eq!(made.shift, 0.0);
    }

    #[test]
    fn a_hermitian_operator_comes_out() {
        let matrix = random_positive::<Complex64>(60, 2);
        let made = IncompleteCholesky::new(&matrix, 0.0, &mut Silent).unwrap();
        let draw = |phase: f64| {
            (0..60).map(move |i| Complex64::new((i as f64 + phase).sin(), (i as f64 * phase).cos()))
        };
        let (u, v): (Vec<_>, Vec<_>) = (draw(0.3).collect(), draw(1.7).collect());
        let (mut mu, mut mv) = (vec![Complex64::ZERO; 60], vec![Complex64::ZERO; 60]);
        made.apply(&u, &mut mu);
        made.apply(&v, &mut mv);
        assert!((vector::dot(&u, &mv) - vector::dot(&mu, &v)).norm() < 1e-12);
        assert!(vector::dot(&u, &mu).re > 0.0);
        assert!(conjugate_gradient_iterations(&matrix, &made, 1e-8, 100) < 30);
    }

    #[test]
    fn a_shift_is_found_and_told_where_the_factor_does_not_exist() {
        // Positive definite, but incomplete elimination runs into a negative pivot (Kershaw 1978).
        let rows =
            [[3.0, -2.0, 0.0, 2.0], [-2.0, 3.0, -2.0, 0.0], [0.0, -2.0, 3.0, -2.0], [2.0, 0.0, -2.0, 3.0]];
        let triplets: Vec<_> =
            (0..16).map(|i| (i / 4, i % 4, rows[i / 4][i % 4])).filter(|t| t.2 != 0.0).collect();
        let matrix = CsrMatrix::from_triplets(4, 4, &triplets).unwrap();
        let made = IncompleteCholesky::new(&matrix, 0.0, &mut Silent).unwrap();
        assert!(made.shift > 0.0);
        assert!(
            made.words()[0].contains("row 4") && made.words()[0].contains("diagonal added"),
            "{:?}",
            made.words()
        );
    }

    #[test]
    fn what_is_not_symmetric_or_not_positive_is_refused_in_words() {
        let refused = |matrix: &CsrMatrix<f64>| {
            IncompleteCholesky::new(matrix, 0.0, &mut Silent).err().unwrap().to_string()
        };
        assert!(refused(&random_matrix(20, 20, 60, 1)).contains("symmetric"));
        assert!(refused(&poisson_2d(4).map(|_, _, value| -value)).contains("row 1"));
    }
}
