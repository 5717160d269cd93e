use std::ops::Range;

use rayon::prelude::*;

use crate::read_ahead::{Walk, read_ahead};
use crate::shared_slice::SharedSlice;
use crate::{CsrMatrix, Scalar};

/// Rows a block has at least.
const LEAST_ROWS: usize = 1024;

/// Blocks there are at most.
const MOST_BLOCKS: usize = 32;

/// Gauss-Seidel in an order that several threads can follow: rows are cut into blocks, blocks that no entry connects
/// share a colour, and colours come one after the other. Whatever the number of threads, the sweep is the one of
/// that order. The matrix is kept with the entries of each row that come earlier in the order before those that
/// come later, so that the first sweep from nought and the residual after it touch half of it each.
#[derive(Clone, Debug)]
pub struct OrderedSweep<T> {
    /// Blocks of each colour.
    colours: Vec<Vec<Range<usize>>>,
    /// Row `i` has its earlier entries at `starts[2 i]..starts[2 i + 1]`, its later ones up to `starts[2 i + 2]`.
    starts: Vec<u32>,
    columns: Vec<u32>,
    values: Vec<T>,
    /// 1 / a_ii; nought where the diagonal is.
    inverse: Vec<T>,
}

/// The order of the rows: the colour of every block of `size` rows.
struct Order {
    size: usize,
    colours: Vec<usize>,
}

impl Order {
    /// `row` lies in `block`.
    #[inline(always)]
    fn is_earlier(&self, column: usize, block: usize, row: usize) -> bool {
        let other = column / self.size;
        if other == block { column < row } else { self.colours[other] < self.colours[block] }
    }
}

impl<T: Scalar> OrderedSweep<T> {
    /// The sweep of a square matrix, whose values `convert` brings to the precision of the sweep, and `invert` those of
    /// the inverse diagonal.
    pub fn new<S: Scalar>(
        matrix: &CsrMatrix<S>,
        convert: impl Fn(S) -> T + Sync,
        invert: impl Fn(S) -> T + Sync,
    ) -> Self {
        let rows = matrix.rows();
        let blocks = blocks_of(rows);
        let order = Order { size: blocks.first().map_or(1, Range::len), colours: colour(matrix, &blocks) };
        let mut colours = vec![Vec::new(); order.colours.iter().max().map_or(0, |&most| most + 1)];
        blocks.iter().zip(&order.colours).for_each(|(block, &colour)| colours[colour].push(block.clone()));

        let mut starts = vec![0u32; 2 * rows + 1];
        starts[1..].par_chunks_mut(2 * order.size).zip(&blocks).enumerate().for_each(
            |(block, (lengths, range))| {
                for (lengths, row) in lengths.chunks_mut(2).zip(range.clone()) {
                    for &column in matrix.row(row).0.iter().filter(|&&column| column as usize != row) {
                        lengths[usize::from(!order.is_earlier(column as usize, block, row))] += 1;
                    }
                }
            },
        );
        (0..2 * rows).for_each(|place| starts[place + 1] += starts[place]);

        let entries = starts[2 * rows] as usize;
        let (mut columns, mut values) = (vec![0u32; entries], vec![T::ZERO; entries]);
        let mut inverse = vec![T::ZERO; rows];
        let (mut rest_columns, mut rest_values) = (columns.as_mut_slice(), values.as_mut_slice());
        let mut pieces = Vec::with_capacity(blocks.len());
        for ((block, range), inverse) in blocks.iter().enumerate().zip(inverse.chunks_mut(order.size)) {
            let length = (starts[2 * range.end] - starts[2 * range.start]) as usize;
            let (columns, after_columns) = rest_columns.split_at_mut(length);
            let (values, after_values) = rest_values.split_at_mut(length);
            pieces.push((block, range.clone(), columns, values, inverse));
            (rest_columns, rest_values) = (after_columns, after_values);
        }
        pieces.into_par_iter().for_each(|(block, range, columns, values, inverse)| {
            let first = starts[2 * range.start];
            for (row, inverse) in range.zip(inverse) {
                let mut next = [starts[2 * row] - first, starts[2 * row + 1] - first];
                let (indices, entries) = matrix.row(row);
                for (&column, &value) in indices.iter().zip(entries) {
                    if column as usize == row {
                        *inverse = if value.modulus() > 0.0 { invert(S::ONE / value) } else { T::ZERO };
                        continue;
                    }
                    let place = &mut next[usize::from(!order.is_earlier(column as usize, block, row))];
                    columns[*place as usize] = column;
                    values[*place as usize] = convert(value);
                    *place += 1;
                }
            }
        });
        Self { colours, starts, columns, values, inverse }
    }

    /// Σ a_ij x_j over a range of entries.
    ///
    /// # Safety
    /// Nobody writes to these x_j meanwhile.
    #[inline(always)]
    unsafe fn sum(&self, from: u32, to: u32, x: &SharedSlice<'_, T>, walk: Walk) -> T {
        let (from, to) = (from as usize, to as usize);
        read_ahead(&self.columns, &self.values, from, to, walk);
        let mut sum = T::ZERO;
        for place in from..to {
            // SAFETY: entries lie between `starts`, which end at the number of entries; columns come from a square
            // matrix that was checked, and `x` has its length.
            sum += unsafe {
                *self.values.get_unchecked(place) * x.read(*self.columns.get_unchecked(place) as usize)
            };
        }
        sum
    }

    fn expect_fitting(&self, b: &[T], x: &[T]) {
        let rows = self.inverse.len();
        assert_eq!((b.len(), x.len()), (rows, rows), "a sweep needs vectors of the matrix's size");
    }

    /// Works through the blocks of each colour at once, the colours in order or backwards.
    fn by_colour(&self, backward: bool, work: impl Fn(Range<usize>) + Sync) {
        let run = |blocks: &Vec<Range<usize>>| {
            if blocks.len() == 1 {
                work(blocks[0].clone());
            } else {
                blocks.par_iter().cloned().for_each(&work);
            }
        };
        if backward {
            self.colours.iter().rev().for_each(run);
        } else {
            self.colours.iter().for_each(run);
        }
    }

    /// One sweep in order from x = 0: solves (D + L) x = b.
    pub fn forward_from_zero(&self, b: &[T], x: &mut [T]) {
        self.expect_fitting(b, x);
        let x = SharedSlice::new(x);
        self.by_colour(false, |range| {
            for row in range {
                // SAFETY: blocks worked on at once are not connected: what one reads, no other writes.
                unsafe {
                    let known = self.sum(self.starts[2 * row], self.starts[2 * row + 1], &x, Walk::Forward);
                    x.write(row, self.inverse[row] * (b[row] - known));
                }
            }
        });
    }

    /// r ← b − A x for the x of [`Self::forward_from_zero`].
    pub fn residual_after_first(&self, b: &[T], x: &mut [T], r: &mut [T]) {
        self.expect_fitting(b, x);
        let x = SharedSlice::new(x);
        for_rows(r, |row, r| {
            let from =
                if self.inverse[row] == T::ZERO { self.starts[2 * row] } else { self.starts[2 * row + 1] };
            // SAFETY: nobody writes to x here.
            let sum = unsafe { self.sum(from, self.starts[2 * row + 2], &x, Walk::Forward) };
            *r = if self.inverse[row] == T::ZERO { b[row] - sum } else { -sum };
        });
    }

    /// One sweep, in order or backwards.
    pub fn sweep(&self, backward: bool, b: &[T], x: &mut [T]) {
        self.relax(backward, 0.0, b, x);
    }

    /// One sweep, in order or backwards, that keeps a share of the old x: with an inverse diagonal that was multiplied
    /// with ω, and 1 − ω kept, it is successive over-relaxation.
    pub fn relax(&self, backward: bool, kept: f64, b: &[T], x: &mut [T]) {
        self.expect_fitting(b, x);
        let x = SharedSlice::new(x);
        let kept = T::from_real(kept);
        let walk = if backward { Walk::Backward } else { Walk::Forward };
        self.by_colour(backward, |range| {
            let renew = |row: usize| {
                // SAFETY: blocks worked on at once are not connected: what one reads, no other writes.
                unsafe {
                    let others = self.sum(self.starts[2 * row], self.starts[2 * row + 2], &x, walk);
                    x.write(row, kept * x.read(row) + self.inverse[row] * (b[row] - others));
                }
            };
            if backward {
                range.rev().for_each(renew);
            } else {
                range.for_each(renew);
            }
        });
    }

    /// r ← b − A x.
    pub fn residual(&self, b: &[T], x: &mut [T], r: &mut [T]) {
        self.expect_fitting(b, x);
        let x = SharedSlice::new(x);
        for_rows(r, |row, r| {
            // SAFETY: nobody writes to x here.
            let (sum, own) = unsafe {
                (self.sum(self.starts[2 * row], self.starts[2 * row + 2], &x, Walk::Forward), x.read(row))
            };
            let inverse = self.inverse[row];
            *r = if inverse == T::ZERO { b[row] - sum } else { b[row] - sum - own / inverse };
        });
    }

    /// Colours of the blocks.
    pub fn colour_count(&self) -> usize {
        self.colours.len()
    }

    /// Memory of the arrays, in bytes.
    pub fn memory_bytes(&self) -> u64 {
        ((self.starts.len() + self.columns.len()) * size_of::<u32>()
            + (self.values.len() + self.inverse.len()) * size_of::<T>()) as u64
    }
}

/// Sets every entry of `out` with its row, on all threads where that pays.
pub fn for_rows<T: Send>(out: &mut [T], work: impl Fn(usize, &mut T) + Sync) {
    const TILE: usize = 4096;
    if out.len() <= 2 * TILE {
        out.iter_mut().enumerate().for_each(|(row, out)| work(row, out));
    } else {
        out.par_chunks_mut(TILE).enumerate().for_each(|(tile, out)| {
            out.iter_mut().enumerate().for_each(|(offset, out)| work(tile * TILE + offset, out));
        });
    }
}

/// Rows in blocks of one size, the last one shorter.
fn blocks_of(rows: usize) -> Vec<Range<usize>> {
    let size = rows.div_ceil(MOST_BLOCKS).max(LEAST_ROWS);
    (0..rows.div_ceil(size)).map(|index| index * size..((index + 1) * size).min(rows)).collect()
}

/// The lowest colour for each block that no connected block before it has.
fn colour<S: Scalar>(matrix: &CsrMatrix<S>, blocks: &[Range<usize>]) -> Vec<usize> {
    let size = blocks.first().map_or(1, Range::len);
    let reached: Vec<Vec<bool>> = blocks
        .par_iter()
        .map(|range| {
            let mut reached = vec![false; blocks.len()];
            let entries = matrix.row_pointers()[range.start]..matrix.row_pointers()[range.end];
            matrix.column_indices()[entries]
                .iter()
                .for_each(|&column| reached[column as usize / size] = true);
            reached
        })
        .collect();
    let mut colours = Vec::with_capacity(blocks.len());
    for block in 0..blocks.len() {
        let taken: Vec<usize> = (0..block)
            .filter(|&other| reached[block][other] || reached[other][block])
            .map(|other| colours[other])
            .collect();
        colours.push((0..).find(|colour| !taken.contains(colour)).expect("there is always another colour"));
    }
    colours
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_matrices::{dense, poisson_2d, random_positive};
    use filigree_core::{Random, in_pool};

    fn of(matrix: &CsrMatrix<f64>) -> OrderedSweep<f64> {
        OrderedSweep::new(matrix, |value| value, |value| value)
    }

    fn random_vector(length: usize, seed: u64) -> Vec<f64> {
        let mut random = Random::new(seed, 0);
        (0..length).map(|_| random.normal()).collect()
    }

    #[test]
    fn a_small_matrix_is_swept_row_by_row() {
        let matrix = random_positive::<f64>(40, 1);
        let a = dense(&matrix);
        let sweep = of(&matrix);
        let (b, mut x, mut r) = (random_vector(40, 2), vec![0.0; 40], vec![0.0; 40]);
        sweep.forward_from_zero(&b, &mut x);
        for row in 0..40 {
            let sum: f64 = (0..=row).map(|j| a[row][j] * x[j]).sum();
            assert!((sum - b[row]).abs() < 1e-12);
        }
        sweep.residual_after_first(&b, &mut x, &mut r);
        let mut expected = vec![0.0; 40];
        matrix.residual(&b, &x, &mut expected);
        assert!(r.iter().zip(&expected).all(|(a, b)| (a - b).abs() < 1e-12));
        sweep.residual(&b, &mut x, &mut r);
        assert!(r.iter().zip(&expected).all(|(a, b)| (a - b).abs() < 1e-12));
        let before = x.clone();
        sweep.sweep(true, &b, &mut x);
        for row in (0..40).rev() {
            let sum: f64 = (0..40).map(|j| a[row][j] * if j < row { before[j] } else { x[j] }).sum();
            assert!((sum - b[row]).abs() < 1e-12);
        }
    }

    #[test]
    fn a_grid_needs_two_colours_and_one_and_two_threads_sweep_the_same() {
        let matrix = poisson_2d(300);
        let sweep = of(&matrix);
        assert_eq!(sweep.colour_count(), 2);
        let b = random_vector(90_000, 3);
        let run = |threads| {
            in_pool(threads, || {
                let mut x = vec![0.0; 90_000];
                sweep.forward_from_zero(&b, &mut x);
                sweep.sweep(true, &b, &mut x);
                Ok(x)
            })
            .unwrap()
        };
        assert_eq!(run(1), run(2));
        let (mut x, mut r, mut expected) = (run(2), vec![0.0; 90_000], vec![0.0; 90_000]);
        sweep.forward_from_zero(&b, &mut x);
        sweep.residual_after_first(&b, &mut x, &mut r);
        matrix.residual(&b, &x, &mut expected);
        assert!(r.iter().zip(&expected).all(|(a, b)| (a - b).abs() < 1e-12));
    }

    #[test]
    fn a_row_without_a_diagonal_is_left_alone() {
        let matrix = CsrMatrix::from_triplets(2, 2, &[(0, 0, 2.0), (1, 0, 1.0)]).unwrap();
        let sweep = of(&matrix);
        let (mut x, mut r) = (vec![0.0; 2], vec![0.0; 2]);
        sweep.forward_from_zero(&[4.0, 5.0], &mut x);
        sweep.residual_after_first(&[4.0, 5.0], &mut x, &mut r);
        assert_eq!((x, r), (vec![2.0, 0.0], vec![0.0, 3.0]));
    }
}
