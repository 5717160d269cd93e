use filigree_core::{Error, Observer, keep_going};

use super::factor_pair::FactorPair;
use super::pivot::{NEGLIGIBLE_PIVOT, ZeroPivot, replaced_words, zero_pivot};
use super::triangular::Triangular;
use crate::checks::square_and_finite;
use crate::{CsrMatrix, Scalar};

const METHOD: &str = "ILU(0)";

/// Rows between two looks at the observer.
const ROWS_A_LOOK: usize = 1 << 14;

/// ILU(0): L U agrees with A on the places of A (Meijerink and van der Vorst 1977; Saad 2003, algorithm 10.4).
pub fn ilu<S: Scalar>(
    matrix: &CsrMatrix<S>,
    pivots: ZeroPivot,
    observer: &mut dyn Observer,
) -> Result<FactorPair<S>, Error> {
    square_and_finite(matrix)?;
    pivots.check()?;
    observer.stage("Incomplete factorisation");
    let rows = matrix.rows();
    let (pointers, indices) = (matrix.row_pointers(), matrix.column_indices());
    let mut values = matrix.values().to_vec();
    // First entry right of the diagonal.
    let mut upper_starts = vec![0usize; rows];
    let mut inverse = vec![S::ZERO; rows];
    let mut places = vec![usize::MAX; rows];
    let mut replaced = Vec::new();
    for row in 0..rows {
        if row % ROWS_A_LOOK == 0 {
            keep_going(observer.progress(row as f64 / rows as f64), "factorising incompletely")?;
        }
        let range = pointers[row]..pointers[row + 1];
        let largest = values[range.clone()].iter().map(|value| value.modulus()).fold(0.0, f64::max);
        range.clone().for_each(|place| places[indices[place] as usize] = place);
        for place in range.clone() {
            let middle = indices[place] as usize;
            if middle >= row {
                break;
            }
            let factor = values[place] * inverse[middle];
            values[place] = factor;
            for other in upper_starts[middle]..pointers[middle + 1] {
                let target = places[indices[other] as usize];
                if target != usize::MAX {
                    let step = factor * values[other];
                    values[target] -= step;
                }
            }
        }
        range.clone().for_each(|place| places[indices[place] as usize] = usize::MAX);
        let place = range.start + indices[range.clone()].partition_point(|&column| (column as usize) < row);
        let is_there = place < range.end && indices[place] as usize == row;
        upper_starts[row] = place + usize::from(is_there);
        let mut pivot = if is_there { values[place] } else { S::ZERO };
        if pivot.modulus() <= NEGLIGIBLE_PIVOT * largest {
            match pivots {
                ZeroPivot::Replace(share) if largest > 0.0 => {
                    pivot = S::from_real(share * largest);
                    replaced.push(row);
                }
                _ => return Err(zero_pivot(METHOD, row, largest == 0.0)),
            }
        }
        inverse[row] = S::ONE / pivot;
        if !inverse[row].is_finite() {
            return Err(zero_pivot(METHOD, row, false));
        }
    }
    let (lower, upper) = split(matrix, &values);
    let ones = vec![S::ONE; rows];
    let words = replaced_words(METHOD, &replaced).into_iter().collect();
    Ok(FactorPair::new(
        Triangular::new(lower, ones, true),
        Triangular::new(upper, inverse, false),
        None,
        false,
        words,
    ))
}

/// The entries below and above the diagonal, with `values` in the places of `matrix`.
fn split<S: Scalar>(matrix: &CsrMatrix<S>, values: &[S]) -> (CsrMatrix<S>, CsrMatrix<S>) {
    let rows = matrix.rows();
    let part = |keeps: &dyn Fn(usize, usize) -> bool| {
        let (mut pointers, mut indices, mut kept) = (vec![0], Vec::new(), Vec::new());
        for row in 0..rows {
            for place in matrix.row_pointers()[row]..matrix.row_pointers()[row + 1] {
                let column = matrix.column_indices()[place];
                if keeps(row, column as usize) {
                    indices.push(column);
                    kept.push(values[place]);
                }
            }
            pointers.push(indices.len());
        }
        CsrMatrix::trusted(rows, rows, pointers, indices, kept)
    };
    (part(&|row, column| column < row), part(&|row, column| column > row))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_matrices::{dense, random_positive, stencil_grid};
    use crate::{Preconditioner, vector};
    use filigree_core::Silent;
    use num_complex::Complex64;

    #[test]
    fn it_is_exact_where_no_fill_arises() {
        let matrix = stencil_grid(50, 1, [[0.0; 3], [-1.3, 2.5, -0.7], [0.0; 3]]);
        let made = ilu(&matrix, ZeroPivot::Refuse, &mut Silent).unwrap();
        let b: Vec<f64> = (0..50).map(|i| (i as f64).sin()).collect();
        let (mut x, mut r) = (vec![0.0; 50], vec![0.0; 50]);
        made.apply(&b, &mut x);
        matrix.residual(&b, &x, &mut r);
        assert!(vector::norm(&r) < 1e-13);
    }

    #[test]
    fn the_product_of_the_factors_agrees_on_the_pattern() {
        let n = 40;
        let matrix = random_positive::<Complex64>(n, 5);
        let made = ilu(&matrix, ZeroPivot::Refuse, &mut Silent).unwrap();
        // M⁻¹ column by column, and its dense inverse.
        let mut inverse = vec![vec![Complex64::ZERO; n]; n];
        for column in 0..n {
            let mut unit = vec![Complex64::ZERO; n];
            unit[column] = Complex64::ONE;
            let mut z = vec![Complex64::ZERO; n];
            made.apply(&unit, &mut z);
            (0..n).for_each(|row| inverse[row][column] = z[row]);
        }
        let full = faer::Mat::from_fn(n, n, |row, column| inverse[row][column]);
        let factor = faer::linalg::solvers::DenseSolveCore::inverse(&full.partial_piv_lu());
        let a = dense(&matrix);
        for row in 0..n {
            for &column in matrix.row(row).0 {
                assert!((factor[(row, column as usize)] - a[row][column as usize]).norm() < 1e-10);
            }
        }
    }

    #[test]
    fn zero_pivots_and_empty_rows_are_named_or_replaced() {
        let matrix = CsrMatrix::from_triplets(
            3,
            3,
            &[(0, 0, 1.0), (0, 1, 2.0), (1, 0, 1.0), (1, 1, 2.0), (2, 2, 1.0)],
        )
        .unwrap();
        let error = ilu(&matrix, ZeroPivot::Refuse, &mut Silent).err().unwrap();
        assert!(error.to_string().contains("zero pivot at row 2"), "{error}");
        let made = ilu(&matrix, ZeroPivot::Replace(0.1), &mut Silent).unwrap();
        assert!(made.words()[0].contains("row 2"));
        let empty = CsrMatrix::from_triplets(2, 2, &[(0, 0, 1.0)]).unwrap();
        let error = ilu(&empty, ZeroPivot::Replace(0.1), &mut Silent).err().unwrap();
        assert!(error.to_string().contains("row 2") && error.to_string().contains("singular"), "{error}");
        let wrong = CsrMatrix::from_triplets(1, 1, &[(0, 0, f64::NAN)]).unwrap();
        assert!(ilu(&wrong, ZeroPivot::Refuse, &mut Silent).is_err());
    }
}
