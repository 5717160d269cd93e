//! Sparse matrices whose rows are computed: tiles of rows on all threads, put together in order.

use filigree_core::Pool;
use rayon::prelude::*;

use crate::{CsrMatrix, Scalar};

/// Rows of a tile; tiles are what threads take, and never change a result.
const TILE_ROWS: usize = 2048;

/// Marks a column that the current tile has not met.
const NOWHERE: u32 = u32::MAX;

/// The row that is being made. Values added to one column are summed in the order they come.
pub struct RowSink<S> {
    /// Where each column was last put among the entries of the tile; may be stale.
    places: Vec<u32>,
    columns: Vec<u32>,
    values: Vec<S>,
    row_start: usize,
}

impl<S: Scalar> RowSink<S> {
    fn new(columns: usize) -> Self {
        Self { places: vec![NOWHERE; columns], columns: Vec::new(), values: Vec::new(), row_start: 0 }
    }

    /// Adds `value` in `column`.
    #[inline(always)]
    pub fn add(&mut self, column: u32, value: S) {
        let place = self.places[column as usize] as usize;
        if place >= self.row_start && self.columns.get(place) == Some(&column) {
            self.values[place] += value;
        } else {
            self.places[column as usize] = self.columns.len() as u32;
            self.columns.push(column);
            self.values.push(value);
        }
    }

    /// Adds `value` in `column` where the row has an entry already; tells whether it had.
    #[inline(always)]
    pub fn add_if_there(&mut self, column: u32, value: S) -> bool {
        let place = self.places[column as usize] as usize;
        let there = place >= self.row_start && self.columns.get(place) == Some(&column);
        if there {
            self.values[place] += value;
        }
        there
    }

    /// The row has an entry in `column`.
    #[inline(always)]
    pub fn has(&self, column: u32) -> bool {
        let place = self.places[column as usize] as usize;
        place >= self.row_start && self.columns.get(place) == Some(&column)
    }

    /// Columns and values of the row so far, in the order they came.
    pub fn row(&mut self) -> (&[u32], &mut [S]) {
        (&self.columns[self.row_start..], &mut self.values[self.row_start..])
    }

    /// Keeps the entries of the row for which `rule` gives a column and a value. Nothing may be added afterwards.
    pub fn rewrite(&mut self, mut rule: impl FnMut(u32, S) -> Option<(u32, S)>) {
        let mut kept = self.row_start;
        for place in self.row_start..self.columns.len() {
            if let Some((column, value)) = rule(self.columns[place], self.values[place]) {
                self.columns[kept] = column;
                self.values[kept] = value;
                kept += 1;
            }
        }
        self.columns.truncate(kept);
        self.values.truncate(kept);
    }

    fn finish_row(&mut self, scratch: &mut Vec<(u32, S)>) {
        sort_row(&mut self.columns[self.row_start..], &mut self.values[self.row_start..], scratch);
        self.row_start = self.columns.len();
    }

    fn start_tile(&mut self) {
        self.columns.clear();
        self.values.clear();
        self.row_start = 0;
    }
}

/// Sorts the entries of a row by column.
fn sort_row<S: Copy>(columns: &mut [u32], values: &mut [S], scratch: &mut Vec<(u32, S)>) {
    const SHORT: usize = 32;
    if columns.len() <= SHORT {
        for end in 1..columns.len() {
            let (column, value) = (columns[end], values[end]);
            let mut place = end;
            while place > 0 && columns[place - 1] > column {
                columns[place] = columns[place - 1];
                values[place] = values[place - 1];
                place -= 1;
            }
            columns[place] = column;
            values[place] = value;
        }
        return;
    }
    scratch.clear();
    scratch.extend(columns.iter().copied().zip(values.iter().copied()));
    scratch.sort_unstable_by_key(|&(column, _)| column);
    for (place, &(column, value)) in scratch.iter().enumerate() {
        columns[place] = column;
        values[place] = value;
    }
}

/// The finished rows of one tile.
struct Tile<S> {
    lengths: Vec<u32>,
    columns: Vec<u32>,
    values: Vec<S>,
}

/// The matrix whose row `i` is what `row(i, workspace, sink)` puts into the sink, of `sink_columns` columns before
/// rows are rewritten and `columns` afterwards. Workspaces of `make` are used again by any thread.
pub fn build_rows<S: Scalar, W: Send>(
    rows: usize,
    sink_columns: usize,
    columns: usize,
    make: impl Fn() -> W + Sync,
    row: impl Fn(usize, &mut W, &mut RowSink<S>) + Sync,
) -> CsrMatrix<S> {
    let pool = Pool::default();
    let tile = |index: usize| {
        let range = index * TILE_ROWS..((index + 1) * TILE_ROWS).min(rows);
        let mut pooled = pool.take(|| (RowSink::new(sink_columns), make(), Vec::new()));
        let (sink, workspace, scratch) = &mut *pooled;
        sink.start_tile();
        let mut lengths = Vec::with_capacity(range.len());
        for index in range {
            row(index, workspace, sink);
            lengths.push((sink.columns.len() - sink.row_start) as u32);
            sink.finish_row(scratch);
        }
        Tile { lengths, columns: sink.columns.clone(), values: sink.values.clone() }
    };
    let tiles: Vec<Tile<S>> = (0..rows.div_ceil(TILE_ROWS)).into_par_iter().map(tile).collect();
    joined(rows, columns, &tiles)
}

fn joined<S: Scalar>(rows: usize, columns: usize, tiles: &[Tile<S>]) -> CsrMatrix<S> {
    let entries: usize = tiles.iter().map(|tile| tile.columns.len()).sum();
    let mut pointers = Vec::with_capacity(rows + 1);
    pointers.push(0);
    let mut end = 0;
    for tile in tiles {
        pointers.extend(tile.lengths.iter().map(|&length| {
            end += length as usize;
            end
        }));
    }
    let mut indices = vec![0u32; entries];
    let mut values = vec![S::ZERO; entries];
    let (mut rest_indices, mut rest_values) = (indices.as_mut_slice(), values.as_mut_slice());
    let mut pieces = Vec::with_capacity(tiles.len());
    for tile in tiles {
        let (indices, after_indices) = rest_indices.split_at_mut(tile.columns.len());
        let (values, after_values) = rest_values.split_at_mut(tile.columns.len());
        pieces.push((tile, indices, values));
        (rest_indices, rest_values) = (after_indices, after_values);
    }
    pieces.into_par_iter().for_each(|(tile, indices, values)| {
        indices.copy_from_slice(&tile.columns);
        values.copy_from_slice(&tile.values);
    });
    CsrMatrix::trusted(rows, columns, pointers, indices, values)
}

/// A·B, by rows (Gustavson 1978): every entry is summed in the order of A's row.
pub fn product<S: Scalar>(left: &CsrMatrix<S>, right: &CsrMatrix<S>) -> CsrMatrix<S> {
    assert_eq!(left.columns(), right.rows(), "a product needs matrices that fit");
    build_rows(
        left.rows(),
        right.columns(),
        right.columns(),
        || (),
        |row, (), sink| {
            let (middles, factors) = left.row(row);
            for (&middle, &factor) in middles.iter().zip(factors) {
                let (columns, values) = right.row(middle as usize);
                for (&column, &value) in columns.iter().zip(values) {
                    sink.add(column, factor * value);
                }
            }
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_matrices::{dense, random_matrix};
    use filigree_core::in_pool;

    #[test]
    fn the_product_is_that_of_the_dense_matrices() {
        let left: CsrMatrix<f64> = random_matrix(37, 53, 300, 1);
        let right = random_matrix(53, 41, 400, 2);
        let made = dense(&product(&left, &right));
        let (a, b) = (dense(&left), dense(&right));
        for i in 0..37 {
            for j in 0..41 {
                let expected: f64 = (0..53).map(|k| a[i][k] * b[k][j]).sum();
                assert!((made[i][j] - expected).abs() < 1e-13);
            }
        }
    }

    #[test]
    fn rows_are_sorted_whatever_their_length() {
        let left: CsrMatrix<f64> = random_matrix(20, 200, 2000, 3);
        let right = random_matrix(200, 150, 3000, 4);
        let made = product(&left, &right);
        assert!((0..20).all(|row| made.row(row).0.windows(2).all(|pair| pair[0] < pair[1])));
    }

    #[test]
    fn one_and_two_threads_make_the_same_bytes() {
        let left: CsrMatrix<f64> = random_matrix(9000, 9000, 60_000, 5);
        let right = random_matrix(9000, 9000, 60_000, 6);
        let run = |threads| in_pool(threads, || Ok(product(&left, &right))).unwrap();
        assert_eq!(run(1), run(2));
    }
}
