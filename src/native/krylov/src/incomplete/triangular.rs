use rayon::prelude::*;

use crate::shared_slice::SharedSlice;
use crate::{CsrMatrix, Scalar};

/// Rows a level must have on average before threads share it.
const ROWS_A_LEVEL: usize = 3000;

/// Rows a thread takes at a time.
const TILE_ROWS: usize = 512;

/// A triangular matrix that is solved with: rows that do not wait for each other form a level, and wide levels are
/// shared by the threads. Every row is one sum in the order of its entries, so threads never change a result.
#[derive(Clone, Debug)]
pub struct Triangular<S: Scalar> {
    /// The entries beside the diagonal.
    strict: CsrMatrix<S>,
    /// 1 / diagonal.
    inverse: Vec<S>,
    is_lower: bool,
    /// Rows level by level, and where each level starts; none where levels are too narrow to share.
    levels: Option<(Vec<u32>, Vec<usize>)>,
}

impl<S: Scalar> Triangular<S> {
    /// From the entries beside the diagonal and the inverse diagonal.
    pub fn new(strict: CsrMatrix<S>, inverse: Vec<S>, is_lower: bool) -> Self {
        let levels = wide_levels(&strict, is_lower);
        Self { strict, inverse, is_lower, levels }
    }

    /// x ← T⁻¹ x.
    pub fn solve_in_place(&self, x: &mut [S]) {
        let rows = self.inverse.len();
        assert_eq!(x.len(), rows, "a triangular solve needs a vector of the matrix's size");
        let x = SharedSlice::new(x);
        let solve = |row: usize| {
            let (columns, values) = self.strict.row(row);
            // SAFETY: columns lie in the matrix; they belong to rows of earlier levels, which are finished, and only
            // this call writes to this row.
            unsafe {
                let mut sum = x.read(row);
                for (&column, &value) in columns.iter().zip(values) {
                    sum -= value * x.read(column as usize);
                }
                x.write(row, sum * self.inverse[row]);
            }
        };
        match &self.levels {
            Some((order, starts)) => {
                for level in starts.windows(2) {
                    order[level[0]..level[1]]
                        .par_chunks(TILE_ROWS)
                        .for_each(|tile| tile.iter().for_each(|&row| solve(row as usize)));
                }
            }
            None if self.is_lower => (0..rows).for_each(solve),
            None => (0..rows).rev().for_each(solve),
        }
    }

    /// Entries, the diagonal included.
    pub fn entries(&self) -> usize {
        self.strict.entries() + self.inverse.len()
    }

    /// Memory it holds, in bytes.
    pub fn memory_bytes(&self) -> u64 {
        let order = self.levels.as_ref().map_or(0, |(order, starts)| 4 * order.len() + 8 * starts.len());
        self.strict.memory_bytes() + (self.inverse.len() * size_of::<S>() + order) as u64
    }
}

/// The levels of a triangular matrix, where they are wide enough to be shared.
fn wide_levels<S: Scalar>(strict: &CsrMatrix<S>, is_lower: bool) -> Option<(Vec<u32>, Vec<usize>)> {
    let rows = strict.rows();
    if rows < 2 * ROWS_A_LEVEL {
        return None;
    }
    let mut level_of = vec![0u32; rows];
    let mut deepest = 0;
    let mut visit = |row: usize| {
        let level = strict.row(row).0.iter().map(|&column| level_of[column as usize] + 1).max().unwrap_or(0);
        level_of[row] = level;
        deepest = deepest.max(level);
    };
    if is_lower {
        (0..rows).for_each(&mut visit);
    } else {
        (0..rows).rev().for_each(&mut visit);
    }
    if rows / (deepest as usize + 1) < ROWS_A_LEVEL {
        return None;
    }
    let mut starts = vec![0usize; deepest as usize + 2];
    level_of.iter().for_each(|&level| starts[level as usize + 1] += 1);
    (0..=deepest as usize).for_each(|level| starts[level + 1] += starts[level]);
    let mut next = starts.clone();
    let mut order = vec![0u32; rows];
    for (row, &level) in level_of.iter().enumerate() {
        order[next[level as usize]] = row as u32;
        next[level as usize] += 1;
    }
    Some((order, starts))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_matrices::random_matrix;
    use filigree_core::in_pool;

    /// The strict triangle of a matrix with small entries, so that solving is stable.
    fn strict(matrix: &CsrMatrix<f64>, is_lower: bool) -> CsrMatrix<f64> {
        let mut triplets = Vec::new();
        for row in 0..matrix.rows() {
            let (columns, values) = matrix.row(row);
            for (&column, &value) in columns.iter().zip(values) {
                let column = column as usize;
                if (is_lower && column < row) || (!is_lower && column > row) {
                    triplets.push((row, column, 0.1 * value));
                }
            }
        }
        CsrMatrix::from_triplets(matrix.rows(), matrix.rows(), &triplets).unwrap()
    }

    #[test]
    fn narrow_and_wide_levels_solve_what_they_should() {
        for (rows, entries, is_wide) in [(200, 1000, false), (60_000, 50_000, true)] {
            let matrix = random_matrix::<f64>(rows, rows, entries, 1);
            for is_lower in [true, false] {
                let strict = strict(&matrix, is_lower);
                let diagonal: Vec<f64> = (0..rows).map(|row| 1.0 + (row % 3) as f64).collect();
                let inverse = diagonal.iter().map(|value| 1.0 / value).collect();
                let triangular = Triangular::new(strict.clone(), inverse, is_lower);
                assert_eq!(triangular.levels.is_some(), is_wide);
                let b: Vec<f64> = (0..rows).map(|row| (row as f64).sin()).collect();
                let run = |threads| {
                    in_pool(threads, || {
                        let mut x = b.clone();
                        triangular.solve_in_place(&mut x);
                        Ok(x)
                    })
                    .unwrap()
                };
                let x = run(2);
                assert_eq!(x, run(1));
                let mut image = vec![0.0; rows];
                strict.multiply(&x, &mut image);
                assert!((0..rows).all(|row| (image[row] + diagonal[row] * x[row] - b[row]).abs() < 1e-12));
            }
        }
    }
}
