use super::connections::Connections;
use super::splitting::Role;
use super::truncation::Truncation;
use crate::built_rows::build_rows;
use crate::{CsrMatrix, Scalar};

/// A column that is interpolated from nothing.
pub const NO_COARSE: u32 = u32::MAX;

/// The place of every coarse unknown on the coarser level, and how many there are.
pub fn coarse_numbers(roles: &[Role]) -> (Vec<u32>, usize) {
    let mut count = 0;
    let numbers = roles
        .iter()
        .map(|role| {
            if *role == Role::Coarse {
                count += 1;
                count - 1
            } else {
                NO_COARSE
            }
        })
        .collect();
    (numbers, count as usize)
}

/// Classical interpolation (Ruge and Stüben 1987; De Sterck, Yang and Heys 2006, eq. 3): a fine unknown i takes
/// w_ij = −(a_ij + Σ_k a_ik ā_kj / Σ_m ā_km) / (a_ii + Σ weak a_in) from its strong coarse neighbours j, where k are
/// its strong fine neighbours, m runs over i's coarse neighbours, and ā_km counts only where its sign differs from
/// a_kk's. A strong fine neighbour that shares no coarse one counts as weak.
pub fn classical_interpolation<S: Scalar>(
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
        let (columns, values) = matrix.row(row);
        let mut strong = depends.of(row).iter().copied().peekable();
        let mut denominator = S::ZERO;
        for (&column, &value) in columns.iter().zip(values) {
            if strong.next_if_eq(&column).is_none() {
                denominator += value;
            } else if roles[column as usize] == Role::Coarse {
                sink.add(column, value);
            }
        }
        for &middle in depends.of(row) {
            if roles[middle as usize] == Role::Coarse {
                continue;
            }
            let value =
                values[columns.binary_search(&middle).expect("a connection is an entry of the matrix")];
            let (others, weights) = matrix.row(middle as usize);
            let opposite = |weight: S| S::COMPLEX || (weight.real() < 0.0) == positive[middle as usize];
            let mut sum = S::ZERO;
            for (&other, &weight) in others.iter().zip(weights) {
                if roles[other as usize] == Role::Coarse && opposite(weight) && sink.has(other) {
                    sum += weight;
                }
            }
            if sum.modulus() == 0.0 {
                denominator += value;
                continue;
            }
            let factor = value / sum;
            for (&other, &weight) in others.iter().zip(weights) {
                if roles[other as usize] == Role::Coarse && opposite(weight) {
                    sink.add_if_there(other, factor * weight);
                }
            }
        }
        finish(denominator, &numbers, truncation, scratch, sink);
    })
}

/// Divides the row's weights by the denominator, drops what is nought, renumbers and thins.
pub fn finish<S: Scalar>(
    denominator: S,
    numbers: &[u32],
    truncation: Truncation,
    scratch: &mut Vec<(f64, u32)>,
    sink: &mut crate::built_rows::RowSink<S>,
) {
    // Without a denominator there is no sensible weight; the unknown is left to the smoother.
    let inverse = if denominator.modulus() > 0.0 { -(S::ONE / denominator) } else { S::ZERO };
    sink.rewrite(|column, value| {
        let weight = value * inverse;
        (weight.modulus() > 0.0 && weight.is_finite()).then(|| (numbers[column as usize], weight))
    });
    truncation.apply(sink, scratch);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::multigrid::splitting::first_pass;
    use crate::test_matrices::{poisson_2d, stencil_grid};

    const WHOLE: Truncation = Truncation { share: 0.0, most: 0 };

    fn interpolated(matrix: &CsrMatrix<f64>) -> (Vec<Role>, CsrMatrix<f64>) {
        let depends = Connections::classical(matrix, 0.25);
        let roles = first_pass(&depends, &depends.turned());
        let made = classical_interpolation(matrix, &depends, &roles, WHOLE);
        (roles, made)
    }

    #[test]
    fn where_rows_sum_to_nought_constants_are_interpolated_exactly() {
        for matrix in
            [poisson_2d(15), stencil_grid(15, 15, [[-1.0, -1.0, -1.0], [-1.0, 8.0, -1.0], [-1.0; 3]])]
        {
            let (roles, made) = interpolated(&matrix);
            for row in 0..matrix.rows() {
                let sum: f64 = matrix.row(row).1.iter().sum();
                let whole: f64 = made.row(row).1.iter().sum();
                if sum.abs() < 1e-12 {
                    assert!((whole - 1.0).abs() < 1e-12, "row {row}: {whole}");
                }
                if roles[row] == Role::Coarse {
                    assert_eq!(made.row(row).1, [1.0]);
                }
            }
        }
    }

    #[test]
    fn in_one_dimension_it_is_linear_interpolation() {
        let matrix = stencil_grid(9, 1, [[0.0; 3], [-1.0, 2.0, -1.0], [0.0; 3]]);
        let roles: Vec<_> =
            (0..9).map(|index| if index % 2 == 1 { Role::Coarse } else { Role::Fine }).collect();
        let made = classical_interpolation(&matrix, &Connections::classical(&matrix, 0.25), &roles, WHOLE);
        assert_eq!(made.row(4), (&[1, 2][..], &[0.5, 0.5][..]));
        assert_eq!(made.row(0), (&[0][..], &[0.5][..]));
        assert_eq!(made.row(3), (&[1][..], &[1.0][..]));
    }

    #[test]
    fn truncation_keeps_the_sum_of_a_row() {
        let matrix = stencil_grid(15, 15, [[-1.0, -2.0, -1.0], [-3.0, 14.0, -3.0], [-1.0, -2.0, -1.0]]);
        let depends = Connections::classical(&matrix, 0.1);
        let roles = first_pass(&depends, &depends.turned());
        let whole = classical_interpolation(&matrix, &depends, &roles, WHOLE);
        let thin = classical_interpolation(&matrix, &depends, &roles, Truncation { share: 0.2, most: 2 });
        assert!(thin.entries() < whole.entries());
        for row in 0..matrix.rows() {
            assert!(thin.row(row).0.len() <= 2);
            let sums = [&whole, &thin].map(|made| made.row(row).1.iter().sum::<f64>());
            assert!((sums[0] - sums[1]).abs() < 1e-12);
        }
    }
}
