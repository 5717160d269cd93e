use filigree_core::{Error, filled};
use rayon::prelude::*;

use crate::{CsrMatrix, Scalar};

/// Entries in the order they were found.
#[derive(Clone, Debug)]
pub(super) struct Entries<S> {
    pub rows: Vec<u32>,
    pub columns: Vec<u32>,
    pub values: Vec<S>,
}

impl<S> Default for Entries<S> {
    fn default() -> Self {
        Self { rows: Vec::new(), columns: Vec::new(), values: Vec::new() }
    }
}

impl<S> Entries<S> {
    pub fn push(&mut self, row: u32, column: u32, value: S) {
        self.rows.push(row);
        self.columns.push(column);
        self.values.push(value);
    }

    pub fn len(&self) -> usize {
        self.values.len()
    }
}

/// What the other triangle holds where only one is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mirror {
    Nothing,
    Same,
    Negative,
    Conjugate,
}

/// A matrix and what was met on the way.
pub(super) struct Compressed<S> {
    pub matrix: CsrMatrix<S>,
    /// Entries that were added to others of their place.
    pub duplicates: usize,
}

/// Puts entries into compressed rows; those of one place are summed in the order they were found. Threads share out the
/// rows, so that the result does not depend on their number.
pub(super) fn compress<S: Scalar>(
    rows: usize,
    columns: usize,
    pieces: &[Entries<S>],
    mirror: Mirror,
) -> Result<Compressed<S>, Error> {
    let parts = rayon::current_num_threads().clamp(1, 16);
    let bounds: Vec<usize> = (0..=parts).map(|part| rows * part / parts).collect();
    let mut pointers = filled(rows + 1, 0usize, "the rows of the matrix")?;
    share_out(&mut pointers[1..], &bounds, |first, own| {
        let last = first + own.len();
        for_each_entry(pieces, mirror, |row, _, _| {
            if (first..last).contains(&row) {
                own[row - first] += 1;
            }
        });
    });
    for row in 0..rows {
        pointers[row + 1] += pointers[row];
    }
    let entries = pointers[rows];
    let mut indices = filled(entries, 0u32, "the entries of the matrix")?;
    let mut values = filled(entries, S::ZERO, "the entries of the matrix")?;
    let tasks = split_by_rows(&bounds, &pointers, &mut indices, &mut values);
    let duplicates: usize = tasks
        .into_par_iter()
        .map(|(range, indices, values)| {
            let offset = pointers[range.start];
            let mut next: Vec<usize> = pointers[range.clone()].iter().map(|start| start - offset).collect();
            for_each_entry(pieces, mirror, |row, column, value| {
                if range.contains(&row) {
                    let place = &mut next[row - range.start];
                    indices[*place] = column as u32;
                    values[*place] = value;
                    *place += 1;
                }
            });
            range
                .map(|row| {
                    let own = pointers[row] - offset..pointers[row + 1] - offset;
                    order_row(&mut indices[own.clone()], &mut values[own])
                })
                .sum::<usize>()
        })
        .sum();
    if duplicates > 0 {
        sum_duplicates(&mut pointers, &mut indices, &mut values);
    }
    Ok(Compressed { matrix: CsrMatrix::new(rows, columns, pointers, indices, values)?, duplicates })
}

/// Calls `visit` with row, column and value of every entry, and of its mirror image right after it.
#[inline]
fn for_each_entry<S: Scalar>(pieces: &[Entries<S>], mirror: Mirror, mut visit: impl FnMut(usize, usize, S)) {
    for piece in pieces {
        for ((&row, &column), &value) in piece.rows.iter().zip(&piece.columns).zip(&piece.values) {
            let (row, column) = (row as usize, column as usize);
            visit(row, column, value);
            if mirror != Mirror::Nothing && row != column {
                visit(
                    column,
                    row,
                    match mirror {
                        Mirror::Negative => -value,
                        Mirror::Conjugate => value.conj(),
                        _ => value,
                    },
                );
            }
        }
    }
}

/// Runs `work` on the parts of `all` between the bounds, each with its first index.
fn share_out<T: Send>(all: &mut [T], bounds: &[usize], work: impl Fn(usize, &mut [T]) + Sync) {
    let mut rest = all;
    let mut parts = Vec::with_capacity(bounds.len());
    for pair in bounds.windows(2) {
        let (part, after) = rest.split_at_mut(pair[1] - pair[0]);
        parts.push((pair[0], part));
        rest = after;
    }
    parts.into_par_iter().for_each(|(first, part)| work(first, part));
}

type RowPart<'a, S> = (std::ops::Range<usize>, &'a mut [u32], &'a mut [S]);

fn split_by_rows<'a, S>(
    bounds: &[usize],
    pointers: &[usize],
    mut indices: &'a mut [u32],
    mut values: &'a mut [S],
) -> Vec<RowPart<'a, S>> {
    let mut parts = Vec::with_capacity(bounds.len());
    for pair in bounds.windows(2) {
        let length = pointers[pair[1]] - pointers[pair[0]];
        let (own_indices, rest_indices) = indices.split_at_mut(length);
        let (own_values, rest_values) = values.split_at_mut(length);
        parts.push((pair[0]..pair[1], own_indices, own_values));
        (indices, values) = (rest_indices, rest_values);
    }
    parts
}

/// Orders a row by columns and counts the entries that share a place with the one before.
fn order_row<S: Scalar>(indices: &mut [u32], values: &mut [S]) -> usize {
    if !indices.is_sorted() {
        let mut order: Vec<u32> = (0..indices.len() as u32).collect();
        order.sort_by_key(|&at| indices[at as usize]);
        let sorted: Vec<(u32, S)> =
            order.iter().map(|&at| (indices[at as usize], values[at as usize])).collect();
        for (at, (index, value)) in sorted.into_iter().enumerate() {
            indices[at] = index;
            values[at] = value;
        }
    }
    indices.windows(2).filter(|pair| pair[0] == pair[1]).count()
}

fn sum_duplicates<S: Scalar>(pointers: &mut [usize], indices: &mut Vec<u32>, values: &mut Vec<S>) {
    let mut kept = 0;
    let mut start = 0;
    for row in 0..pointers.len() - 1 {
        let end = pointers[row + 1];
        let first = kept;
        for at in start..end {
            if kept > first && indices[kept - 1] == indices[at] {
                let value = values[at];
                values[kept - 1] += value;
            } else {
                indices[kept] = indices[at];
                values[kept] = values[at];
                kept += 1;
            }
        }
        start = end;
        pointers[row + 1] = kept;
    }
    indices.truncate(kept);
    values.truncate(kept);
}

#[cfg(test)]
mod tests {
    use super::*;
    use filigree_core::{Random, in_pool};
    use num_complex::Complex64;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_order_and_any_threads_give_the_matrix_of_the_triplets(
            rows in 1usize..40, columns in 1usize..40, count in 0usize..300, seed in any::<u64>(), threads in 1usize..4
        ) {
            let mut random = Random::new(seed, 0);
            let triplets: Vec<(usize, usize, f64)> =
                (0..count).map(|_| (random.below(rows), random.below(columns), random.normal())).collect();
            let pieces: Vec<Entries<f64>> = triplets
                .chunks(37)
                .map(|part| {
                    let mut entries = Entries::default();
                    part.iter().for_each(|&(row, column, value)| entries.push(row as u32, column as u32, value));
                    entries
                })
                .collect();
            let made = in_pool(threads, || compress(rows, columns, &pieces, Mirror::Nothing)).unwrap();
            let expected = CsrMatrix::from_triplets(rows, columns, &triplets).unwrap();
            prop_assert!(made.matrix == expected);
            prop_assert_eq!(made.duplicates, count - expected.entries());
        }
    }

    #[test]
    fn mirrors_fill_the_other_triangle() {
        let value = Complex64::new(1.0, 2.0);
        let mut entries = Entries::default();
        entries.push(1, 0, value);
        entries.push(1, 1, Complex64::new(3.0, 0.0));
        let made = |mirror| compress(2, 2, std::slice::from_ref(&entries), mirror).unwrap().matrix;
        assert_eq!(made(Mirror::Same).get(0, 1), value);
        assert_eq!(made(Mirror::Negative).get(0, 1), -value);
        assert_eq!(made(Mirror::Conjugate).get(0, 1), value.conj());
        assert_eq!(made(Mirror::Nothing).entries(), 2);
    }
}
