use super::connections::Connections;
use crate::built_rows::build_rows;
use crate::{CsrMatrix, Scalar};

/// P = (I − ω D⁻¹ Aᶠ) T: the tentative prolongator after one step of damped Jacobi with the filtered matrix Aᶠ, whose
/// weak entries are added to the diagonal (Vaněk, Mandel and Brezina 1996, section 4). `connections` are those of
/// nodes of `block` unknowns; unknowns of one node are strong to each other.
pub fn smoothed_prolongator<S: Scalar>(
    matrix: &CsrMatrix<S>,
    connections: Option<&Connections>,
    block: usize,
    tentative: &CsrMatrix<S>,
    damping: f64,
) -> CsrMatrix<S> {
    build_rows(
        matrix.rows(),
        tentative.columns(),
        tentative.columns(),
        || (),
        |row, (), sink| {
            let (columns, values) = matrix.row(row);
            let node = (row / block) as u32;
            let strong = |column: u32| {
                let other = column / block as u32;
                other == node
                    || connections
                        .is_none_or(|connections| connections.of(node as usize).binary_search(&other).is_ok())
            };
            let mut diagonal = S::ZERO;
            for (&column, &value) in columns.iter().zip(values) {
                if column as usize == row || !strong(column) {
                    diagonal += value;
                }
            }
            let own = tentative.row(row);
            if diagonal.modulus() == 0.0 {
                own.0.iter().zip(own.1).for_each(|(&column, &value)| sink.add(column, value));
                return;
            }
            let factor = S::from_real(damping) / diagonal;
            for (&column, &value) in own.0.iter().zip(own.1) {
                sink.add(column, value.scale(1.0 - damping));
            }
            for (&column, &value) in columns.iter().zip(values) {
                if column as usize == row || !strong(column) {
                    continue;
                }
                let step = factor * value;
                let (targets, weights) = tentative.row(column as usize);
                for (&target, &weight) in targets.iter().zip(weights) {
                    sink.add(target, -(step * weight));
                }
            }
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::multigrid::aggregation::aggregate;
    use crate::multigrid::tentative::{NearNullSpace, tentative};
    use crate::test_matrices::poisson_2d;

    #[test]
    fn constants_away_from_the_border_stay_in_its_range() {
        let matrix = poisson_2d(24);
        let connections = Connections::symmetric(&matrix, 0.0);
        let near_null = NearNullSpace::constants(576, 1);
        let (plain, coarse) = tentative(&aggregate(&connections), 1, &near_null);
        for filter in [None, Some(&connections)] {
            let made = smoothed_prolongator(&matrix, filter, 1, &plain, 2.0 / 3.0);
            let mut value = vec![0.0; 576];
            made.multiply(&coarse.rows, &mut value);
            for row in 0..576 {
                if (1..23).contains(&(row % 24)) && (1..23).contains(&(row / 24)) {
                    assert!((value[row] - 1.0).abs() < 1e-13);
                }
            }
        }
    }
}
