use super::classical_interpolation::{coarse_numbers, finish};
use super::connections::Connections;
use super::splitting::Role;
use super::truncation::Truncation;
use crate::built_rows::build_rows;
use crate::{CsrMatrix, Scalar};

/// Extended interpolation with the way back, "extended+i" (De Sterck, Falgout, Nolting and Yang 2008, eq. 4.10 and
/// 4.11): a fine unknown i is interpolated from its own strong coarse neighbours and from those of its strong fine
/// neighbours k, which makes up for pairs that share none:
/// w_ij = −(a_ij + Σ_k a_ik ā_kj / s_k) / ã_ii with s_k = Σ ā_kl over these coarse unknowns and i itself,
/// ã_ii = a_ii + Σ a_in over other neighbours + Σ_k a_ik ā_ki / s_k.
pub fn extended_interpolation<S: Scalar>(
    matrix: &CsrMatrix<S>,
    depends: &Connections,
    roles: &[Role],
    truncation: Truncation,
) -> CsrMatrix<S> {
    let (numbers, coarse) = coarse_numbers(roles);
    let diagonal = matrix.diagonal();
    let positive: Vec<bool> = diagonal.iter().map(|value| value.real() >= 0.0).collect();
    build_rows(matrix.rows(), matrix.rows(), coarse, Vec::new, |row, scratch, sink| {
        if roles[row] == Role::Coarse {
            sink.add(row as u32, S::ONE);
            sink.rewrite(|column, value| Some((numbers[column as usize], value)));
            return;
        }
        let coarse = |index: u32| roles[index as usize] == Role::Coarse;
        for &near in depends.of(row) {
            if coarse(near) {
                sink.add(near, S::ZERO);
            } else {
                depends
                    .of(near as usize)
                    .iter()
                    .filter(|&&far| coarse(far))
                    .for_each(|&far| sink.add(far, S::ZERO));
            }
        }
        let (columns, values) = matrix.row(row);
        let mut strong = depends.of(row).iter().copied().peekable();
        let mut denominator = S::ZERO;
        for (&column, &value) in columns.iter().zip(values) {
            let is_strong = strong.next_if_eq(&column).is_some();
            if !sink.add_if_there(column, value) && !is_strong {
                denominator += value;
            }
        }
        for &middle in depends.of(row) {
            if coarse(middle) {
                continue;
            }
            let value =
                values[columns.binary_search(&middle).expect("a connection is an entry of the matrix")];
            let (others, weights) = matrix.row(middle as usize);
            let opposite = |weight: S| S::COMPLEX || (weight.real() < 0.0) == positive[middle as usize];
            let mut sum = S::ZERO;
            for (&other, &weight) in others.iter().zip(weights) {
                if opposite(weight) && (other as usize == row || (coarse(other) && sink.has(other))) {
                    sum += weight;
                }
            }
            if sum.modulus() == 0.0 {
                denominator += value;
                continue;
            }
            let factor = value / sum;
            for (&other, &weight) in others.iter().zip(weights) {
                if !opposite(weight) {
                    continue;
                }
                if other as usize == row {
                    denominator += factor * weight;
                } else if coarse(other) {
                    sink.add_if_there(other, factor * weight);
                }
            }
        }
        finish(denominator, &numbers, truncation, scratch, sink);
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::multigrid::independent_set::independent_set;
    use crate::test_matrices::{poisson_2d, stencil_grid};

    #[test]
    fn where_rows_sum_to_nought_constants_are_interpolated_exactly() {
        let matrix = poisson_2d(20);
        let depends = Connections::classical(&matrix, 0.25);
        let roles = independent_set(&depends, &depends.turned(), 1);
        for most in [0, 4] {
            let made = extended_interpolation(&matrix, &depends, &roles, Truncation { share: 0.0, most });
            let interior = |row: usize| (3..17).contains(&(row % 20)) && (3..17).contains(&(row / 20));
            for row in (0..400).filter(|&row| interior(row)) {
                let whole: f64 = made.row(row).1.iter().sum();
                assert!((whole - 1.0).abs() < 1e-12, "row {row}: {whole}");
            }
        }
    }

    #[test]
    fn it_reaches_over_a_fine_neighbour() {
        let matrix = stencil_grid(7, 1, [[0.0; 3], [-1.0, 2.0, -1.0], [0.0; 3]]);
        let roles: Vec<_> =
            (0..7).map(|index| if index % 3 == 0 { Role::Coarse } else { Role::Fine }).collect();
        let depends = Connections::classical(&matrix, 0.25);
        let made = extended_interpolation(&matrix, &depends, &roles, Truncation { share: 0.0, most: 0 });
        let (columns, values) = made.row(1);
        assert_eq!(columns, [0, 1]);
        assert!((values[0] - 2.0 / 3.0).abs() < 1e-14 && (values[1] - 1.0 / 3.0).abs() < 1e-14);
    }
}
