use filigree_core::Pool;
use rayon::prelude::*;

use crate::{CsrMatrix, Scalar};

/// Rows a thread takes at a time.
const TILE_ROWS: usize = 4096;

/// Which other unknowns each unknown depends on strongly: row `i` lists them, rising.
#[derive(Clone, Debug, PartialEq)]
pub struct Connections {
    starts: Vec<usize>,
    targets: Vec<u32>,
}

impl Connections {
    /// Unknowns.
    pub fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// What `index` depends on strongly.
    #[inline(always)]
    pub fn of(&self, index: usize) -> &[u32] {
        &self.targets[self.starts[index]..self.starts[index + 1]]
    }

    /// Connections of all unknowns together.
    pub fn count(&self) -> usize {
        self.targets.len()
    }

    /// The places of A's rows for which `keep(row, columns, values, flags)` sets its flag; the diagonal never counts.
    pub fn select<S: Scalar>(
        matrix: &CsrMatrix<S>,
        keep: impl Fn(usize, &[u32], &[S], &mut [bool]) + Sync,
    ) -> Self {
        let rows = matrix.rows();
        let flags = Pool::default();
        let tiles: Vec<(Vec<u32>, Vec<u32>)> = (0..rows.div_ceil(TILE_ROWS))
            .into_par_iter()
            .map(|tile| {
                let mut flags = flags.take(Vec::new);
                let range = tile * TILE_ROWS..((tile + 1) * TILE_ROWS).min(rows);
                let mut lengths = Vec::with_capacity(range.len());
                let most = matrix.row_pointers()[range.end] - matrix.row_pointers()[range.start];
                let mut targets = Vec::with_capacity(most);
                for row in range {
                    let (columns, values) = matrix.row(row);
                    flags.clear();
                    flags.resize(columns.len(), false);
                    keep(row, columns, values, &mut flags);
                    let before = targets.len();
                    for (&column, &kept) in columns.iter().zip(flags.iter()) {
                        if kept && column as usize != row {
                            targets.push(column);
                        }
                    }
                    lengths.push((targets.len() - before) as u32);
                }
                (lengths, targets)
            })
            .collect();
        let mut starts = Vec::with_capacity(rows + 1);
        starts.push(0);
        let mut end = 0;
        for (lengths, _) in &tiles {
            starts.extend(lengths.iter().map(|&length| {
                end += length as usize;
                end
            }));
        }
        let mut all = Vec::with_capacity(end);
        tiles.iter().for_each(|(_, targets)| all.extend_from_slice(targets));
        Self { starts, targets: all }
    }

    /// Strong in the classical sense (Ruge and Stüben 1987): −a_ij at least `threshold` times the largest −a_ik of
    /// the row. Entries are measured against the sign of the diagonal; where a whole row has that sign, and for
    /// complex numbers, absolute values count.
    pub fn classical<S: Scalar>(matrix: &CsrMatrix<S>, threshold: f64) -> Self {
        Self::select(matrix, |row, columns, values, flags| {
            let diagonal = columns.binary_search(&(row as u32)).map_or(1.0, |place| values[place].real());
            let sign = if diagonal < 0.0 { 1.0 } else { -1.0 };
            let negative = |value: &S| value.real() * sign;
            let off = |place: usize| columns[place] as usize != row;
            let by_sign =
                !S::COMPLEX && (0..values.len()).any(|place| off(place) && negative(&values[place]) > 0.0);
            let size = |value: &S| if by_sign { negative(value) } else { value.modulus() };
            let largest = (0..values.len())
                .filter(|&place| off(place))
                .map(|place| size(&values[place]))
                .fold(0.0, f64::max);
            for (flag, value) in flags.iter_mut().zip(values) {
                let size = size(value);
                *flag = size > 0.0 && size >= threshold * largest;
            }
        })
    }

    /// Strong in the symmetric sense of smoothed aggregation (Vaněk, Mandel and Brezina 1996):
    /// |a_ij|² ≥ θ² |a_ii| |a_jj|.
    pub fn symmetric<S: Scalar>(matrix: &CsrMatrix<S>, threshold: f64) -> Self {
        let diagonal: Vec<f64> = if threshold > 0.0 {
            matrix.diagonal().iter().map(|value| value.modulus()).collect()
        } else {
            Vec::new()
        };
        Self::select(matrix, |row, columns, values, flags| {
            for ((flag, value), &column) in flags.iter_mut().zip(values).zip(columns) {
                *flag = value.modulus_squared() > 0.0
                    && (threshold == 0.0
                        || value.modulus_squared()
                            >= threshold * threshold * diagonal[row] * diagonal[column as usize]);
            }
        })
    }

    /// Strong where one of both ends says so.
    pub fn either_way(&self) -> Self {
        let other = self.turned();
        let mut starts = vec![0];
        let mut targets = Vec::with_capacity(self.count());
        for index in 0..self.len() {
            let first = targets.len();
            targets.extend_from_slice(self.of(index));
            targets.extend_from_slice(other.of(index));
            targets[first..].sort_unstable();
            let mut kept = first;
            for place in first..targets.len() {
                if place == first || targets[place] != targets[kept - 1] {
                    targets[kept] = targets[place];
                    kept += 1;
                }
            }
            targets.truncate(kept);
            starts.push(kept);
        }
        Self { starts, targets }
    }

    /// Who depends on each unknown.
    pub fn turned(&self) -> Self {
        let mut starts = vec![0usize; self.len() + 1];
        self.targets.iter().for_each(|&target| starts[target as usize + 1] += 1);
        (0..self.len()).for_each(|index| starts[index + 1] += starts[index]);
        let mut next = starts.clone();
        let mut targets = vec![0u32; self.targets.len()];
        for index in 0..self.len() {
            for &target in self.of(index) {
                let place = &mut next[target as usize];
                targets[*place] = index as u32;
                *place += 1;
            }
        }
        Self { starts, targets }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_matrices::{poisson_2d, stencil_grid};

    #[test]
    fn all_neighbours_of_the_laplacian_are_strong() {
        let connections = Connections::classical(&poisson_2d(5), 0.25);
        assert_eq!(connections.of(12), [7, 11, 13, 17]);
        assert_eq!(connections.of(0), [1, 5]);
        assert_eq!(connections, connections.turned());
    }

    #[test]
    fn weak_directions_of_an_anisotropic_problem_are_left_out() {
        let matrix = stencil_grid(5, 5, [[0.0, -0.01, 0.0], [-1.0, 2.02, -1.0], [0.0, -0.01, 0.0]]);
        assert_eq!(Connections::classical(&matrix, 0.25).of(12), [11, 13]);
        assert_eq!(Connections::symmetric(&matrix, 0.08).of(12), [11, 13]);
        assert_eq!(Connections::symmetric(&matrix, 0.0).of(12), [7, 11, 13, 17]);
    }

    #[test]
    fn a_row_of_positive_entries_counts_by_size() {
        let matrix =
            CsrMatrix::from_triplets(2, 2, &[(0, 0, 2.0), (0, 1, 1.0), (1, 0, 1.0), (1, 1, 2.0)]).unwrap();
        assert_eq!(Connections::classical(&matrix, 0.25).of(0), [1]);
    }
}
