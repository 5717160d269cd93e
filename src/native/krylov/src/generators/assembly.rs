use filigree_core::{Error, tiles};
use rayon::prelude::*;

use crate::{CsrMatrix, Scalar};

/// Rows that are put together at a time.
const ROWS_AT_ONCE: usize = 1 << 13;

/// Entries of the row that is being put together.
pub(super) struct RowEntries<S> {
    entries: Vec<(u32, S)>,
}

impl<S: Scalar> RowEntries<S> {
    /// Adds to an entry, in any order of the columns.
    pub fn add(&mut self, column: usize, value: S) {
        match self.entries.iter_mut().find(|(known, _)| *known as usize == column) {
            Some((_, sum)) => *sum += value,
            None => self.entries.push((column as u32, value)),
        }
    }
}

/// A square matrix whose rows are told one by one, on all threads of the current pool.
pub(super) fn assemble<S: Scalar>(
    rows: usize,
    tell: impl Fn(usize, &mut RowEntries<S>) + Sync,
) -> Result<CsrMatrix<S>, Error> {
    type Piece<S> = (Vec<usize>, Vec<u32>, Vec<S>);
    let ranges: Vec<_> = tiles(0..rows, ROWS_AT_ONCE).collect();
    let pieces: Vec<Piece<S>> = ranges
        .into_par_iter()
        .map(|range| {
            let (mut ends, mut columns, mut values) =
                (Vec::with_capacity(range.len()), Vec::new(), Vec::new());
            let mut row = RowEntries { entries: Vec::new() };
            for index in range {
                row.entries.clear();
                tell(index, &mut row);
                row.entries.sort_unstable_by_key(|&(column, _)| column);
                columns.extend(row.entries.iter().map(|&(column, _)| column));
                values.extend(row.entries.iter().map(|&(_, value)| value));
                ends.push(values.len());
            }
            (ends, columns, values)
        })
        .collect();
    let entries = pieces.iter().map(|(_, _, values)| values.len()).sum();
    let mut pointers = Vec::with_capacity(rows + 1);
    let mut columns = Vec::with_capacity(entries);
    let mut values = Vec::with_capacity(entries);
    pointers.push(0);
    for (ends, own_columns, own_values) in pieces {
        let first = values.len();
        pointers.extend(ends.iter().map(|end| first + end));
        columns.extend(own_columns);
        values.extend(own_values);
    }
    CsrMatrix::new(rows, rows, pointers, columns, values)
}
