use filigree_core::Error;

use super::factor_pair::FactorPair;
use super::triangular::Triangular;
use crate::checks::square_and_finite;
use crate::{CsrMatrix, Scalar};

/// A factor that was read from a file as preconditioner of a matrix with `rows` rows: M = L Lᴴ from a lower triangle
/// alone, M = L U from both. Shape, triangle and diagonal are checked.
pub fn imported_factors<S: Scalar>(
    rows: usize,
    lower: &CsrMatrix<S>,
    upper: Option<&CsrMatrix<S>>,
) -> Result<FactorPair<S>, Error> {
    let (strict, inverse) = triangle(rows, lower, true)?;
    let Some(upper) = upper else {
        let conjugate = inverse.iter().map(|value| value.conj()).collect();
        let upper = Triangular::new(strict.adjoint(), conjugate, false);
        return Ok(FactorPair::new(Triangular::new(strict, inverse, true), upper, None, true, Vec::new()));
    };
    let (above, pivots) = triangle(rows, upper, false)?;
    Ok(FactorPair::new(
        Triangular::new(strict, inverse, true),
        Triangular::new(above, pivots, false),
        None,
        false,
        Vec::new(),
    ))
}

/// The entries beside the diagonal and the inverse diagonal.
fn triangle<S: Scalar>(
    rows: usize,
    factor: &CsrMatrix<S>,
    is_lower: bool,
) -> Result<(CsrMatrix<S>, Vec<S>), Error> {
    let name = if is_lower { "lower" } else { "upper" };
    if (factor.rows(), factor.columns()) != (rows, rows) {
        return Err(Error::InvalidData(format!(
            "The imported {name} factor is {} × {}, and the matrix has {rows} rows. Choose the factor of this matrix.",
            factor.rows(),
            factor.columns()
        )));
    }
    square_and_finite(factor)?;
    let (mut pointers, mut indices, mut values) = (vec![0], Vec::new(), Vec::new());
    let mut inverse = Vec::with_capacity(rows);
    for row in 0..rows {
        let mut pivot = S::ZERO;
        let (columns, entries) = factor.row(row);
        for (&column, &value) in columns.iter().zip(entries) {
            match (column as usize).cmp(&row) {
                std::cmp::Ordering::Equal => pivot = value,
                side if value.modulus() > 0.0 => {
                    if side.is_lt() != is_lower {
                        return Err(Error::InvalidData(format!(
                            "The imported factor is not {name} triangular: there is an entry at row {}, column {}. Export the {name} triangle alone.",
                            row + 1,
                            column + 1
                        )));
                    }
                    indices.push(column);
                    values.push(value);
                }
                _ => {}
            }
        }
        if pivot.modulus() == 0.0 {
            return Err(Error::InvalidData(format!(
                "The diagonal of row {} of the imported {name} factor is nought, so that it can not be solved with. A factor with a unit diagonal must hold its ones.",
                row + 1
            )));
        }
        inverse.push(S::ONE / pivot);
        pointers.push(indices.len());
    }
    Ok((CsrMatrix::trusted(rows, rows, pointers, indices, values), inverse))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Preconditioner;
    use num_complex::Complex64;

    #[test]
    fn both_kinds_of_factors_are_solved_with() {
        let i = Complex64::I;
        let lower = CsrMatrix::from_triplets(2, 2, &[(0, 0, i * 2.0), (1, 0, i), (1, 1, i + 1.0)]).unwrap();
        let made = imported_factors(2, &lower, None).unwrap();
        let mut z = [Complex64::ZERO; 2];
        made.apply(&[4.0.into(), 4.0.into()], &mut z);
        // L Lᴴ = [[4, 2], [2, 3]].
        assert!((z[0] - 0.5).norm() < 1e-15 && (z[1] - 1.0).norm() < 1e-15, "{z:?}");
        let lower = CsrMatrix::from_triplets(2, 2, &[(0, 0, 1.0), (1, 0, 3.0), (1, 1, 1.0)]).unwrap();
        let upper = CsrMatrix::from_triplets(2, 2, &[(0, 0, 2.0), (0, 1, 1.0), (1, 1, 4.0)]).unwrap();
        let made = imported_factors(2, &lower, Some(&upper)).unwrap();
        let mut z = [0.0; 2];
        made.apply(&[3.0, 13.0], &mut z);
        assert_eq!(z, [1.0, 1.0]);
    }

    #[test]
    fn wrong_factors_are_refused_in_words() {
        let refused = |triplets: &[(usize, usize, f64)]| {
            let factor = CsrMatrix::from_triplets(2, 2, triplets).unwrap();
            imported_factors(2, &factor, None).err().unwrap().to_string()
        };
        assert!(refused(&[(0, 0, 1.0)]).contains("row 2"));
        assert!(refused(&[(0, 0, 1.0), (0, 1, 1.0), (1, 1, 1.0)]).contains("not lower triangular"));
        let small = CsrMatrix::<f64>::identity(1);
        assert!(imported_factors(2, &small, None).err().unwrap().to_string().contains("1 × 1"));
    }
}
