use std::ops::Range;

use faer::linalg::matmul::matmul;
use faer::linalg::solvers::Llt;
use faer::linalg::triangular_solve::{solve_lower_triangular_in_place, solve_upper_triangular_in_place};
use faer::{Accum, MatMut, MatRef, Par, Side};
use filigree_core::{Error, Observer, keep_going, tiles};
use rayon::prelude::*;

use crate::jitter::{JITTER_LADDER, JitterLog};

/// Rows and columns of a tile.
pub const TILE: usize = 256;

/// The Cholesky factor of a large covariance, kept as the tiles of its lower triangle. Every tile is updated by products
/// in a fixed order, so that the result is the same on any number of threads.
pub struct TiledCholesky {
    size: usize,
    /// `columns[k][i − k]` is tile (i, k), column-major.
    columns: Vec<Vec<Vec<f64>>>,
}

/// Bytes that the factor of `size` rows takes.
pub fn factor_bytes(size: usize) -> usize {
    size.saturating_mul(size + TILE) / 2 * size_of::<f64>()
}

impl TiledCholesky {
    /// Factors the matrix whose tiles `fill(rows, columns, tile)` writes, column-major; `what` names it in errors. Where
    /// it is not definite, it is filled anew with more and more added to its diagonal.
    pub fn of(
        size: usize,
        fill: impl Fn(Range<usize>, Range<usize>, &mut [f64]) + Sync,
        what: &str,
        log: &mut JitterLog,
        observer: &mut dyn Observer,
    ) -> Result<Self, Error> {
        for (step, jitter) in JITTER_LADDER.iter().enumerate() {
            if let Some(factor) = Self::attempt(size, &fill, *jitter, observer)? {
                log.record(step);
                return Ok(factor);
            }
        }
        Err(Error::Breakdown(format!(
            "{what} ({size} × {size}) could not be factored, even with {:.0e} of its mean diagonal added to it. Raise the lower bound of the noise, or look for rows that nearly repeat each other.",
            JITTER_LADDER[JITTER_LADDER.len() - 1]
        )))
    }

    fn attempt(
        size: usize,
        fill: &(impl Fn(Range<usize>, Range<usize>, &mut [f64]) + Sync),
        jitter: f64,
        observer: &mut dyn Observer,
    ) -> Result<Option<Self>, Error> {
        let ranges: Vec<Range<usize>> = tiles(0..size, TILE).collect();
        let count = ranges.len();
        let mut columns: Vec<Vec<Vec<f64>>> = Vec::with_capacity(count);
        for k in 0..count {
            let mut column = Vec::with_capacity(count - k);
            for i in k..count {
                column.push(filigree_core::zeros(
                    ranges[i].len() * ranges[k].len(),
                    "the factor of the covariance",
                )?);
            }
            column
                .par_iter_mut()
                .enumerate()
                .for_each(|(below, tile)| fill(ranges[k + below].clone(), ranges[k].clone(), tile));
            columns.push(column);
            keep_going(observer.progress(0.1 * k as f64 / count as f64), "filling the covariance")?;
        }
        if jitter > 0.0 {
            let diagonal = |k: usize, i: usize| i * (ranges[k].len() + 1);
            let sum: f64 = (0..count)
                .flat_map(|k| (0..ranges[k].len()).map(move |i| (k, i)))
                .map(|(k, i)| columns[k][0][diagonal(k, i)])
                .sum();
            let added = jitter * sum / size as f64;
            for k in 0..count {
                for i in 0..ranges[k].len() {
                    columns[k][0][diagonal(k, i)] += added;
                }
            }
        }
        for k in 0..count {
            let width = ranges[k].len();
            let mut column = std::mem::take(&mut columns[k]);
            let own = MatRef::from_column_major_slice(&column[0], width, width);
            let Ok(factor) = Llt::new(own, Side::Lower) else { return Ok(None) };
            MatMut::from_column_major_slice_mut(&mut column[0], width, width).copy_from(factor.L());
            let (first, below) = column.split_at_mut(1);
            let diagonal = MatRef::from_column_major_slice(&first[0], width, width);
            below.par_iter_mut().enumerate().for_each(|(index, tile)| {
                // X·Lᵀ = A, which is L·Xᵀ = Aᵀ.
                let rows = ranges[k + 1 + index].len();
                let tile = MatMut::from_column_major_slice_mut(tile, rows, width);
                solve_lower_triangular_in_place(diagonal, tile.transpose_mut(), Par::Seq);
            });
            let column = column;
            columns[k + 1..].par_iter_mut().enumerate().for_each(|(index, other)| {
                let j = k + 1 + index;
                let right = MatRef::from_column_major_slice(&column[j - k], ranges[j].len(), width);
                other.par_iter_mut().enumerate().for_each(|(below, tile)| {
                    let i = j + below;
                    let left = MatRef::from_column_major_slice(&column[i - k], ranges[i].len(), width);
                    let tile = MatMut::from_column_major_slice_mut(tile, ranges[i].len(), ranges[j].len());
                    matmul(tile, Accum::Add, left, right.transpose(), -1.0, Par::Seq);
                });
            });
            columns[k] = column;
            let left = 1.0 - (k + 1) as f64 / count as f64;
            keep_going(observer.progress(1.0 - 0.9 * left.powi(3)), "factoring the covariance")?;
        }
        Ok(Some(Self { size, columns }))
    }

    fn tile(&self, i: usize, k: usize) -> MatRef<'_, f64> {
        let length = |t: usize| TILE.min(self.size - t * TILE);
        MatRef::from_column_major_slice(&self.columns[k][i - k], length(i), length(k))
    }

    /// Solves L·X = B in place for row-major Bᵀ (right-hand side, row); one thread. What is zero above row `first` stays
    /// so.
    pub fn solve_lower(&self, right: &mut [f64], first: usize) {
        let mut right = MatMut::from_column_major_slice_mut(right, self.size, right_count(right, self.size));
        for i in first / TILE..self.columns.len() {
            let (above, mut own) = right.as_mut().split_at_row_mut(i * TILE);
            let length = TILE.min(self.size - i * TILE);
            let mut own = own.as_mut().subrows_mut(0, length);
            for k in first / TILE..i {
                let known = above.as_ref().subrows(k * TILE, TILE);
                matmul(own.as_mut(), Accum::Add, self.tile(i, k), known, -1.0, Par::Seq);
            }
            solve_lower_triangular_in_place(self.tile(i, i), own, Par::Seq);
        }
    }

    /// Solves Lᵀ·X = B in place, laid out as for [`Self::solve_lower`].
    pub fn solve_upper(&self, right: &mut [f64]) {
        let mut right = MatMut::from_column_major_slice_mut(right, self.size, right_count(right, self.size));
        for k in (0..self.columns.len()).rev() {
            let length = TILE.min(self.size - k * TILE);
            let (mut own, below) = right.as_mut().split_at_row_mut(k * TILE + length);
            let mut own = own.as_mut().subrows_mut(k * TILE, length);
            for i in k + 1..self.columns.len() {
                let known = below.as_ref().subrows((i - k - 1) * TILE, TILE.min(self.size - i * TILE));
                matmul(own.as_mut(), Accum::Add, self.tile(i, k).transpose(), known, -1.0, Par::Seq);
            }
            solve_upper_triangular_in_place(self.tile(k, k).transpose(), own, Par::Seq);
        }
    }

    /// ln det of the matrix.
    pub fn log_determinant(&self) -> f64 {
        let tile = |k: usize| {
            let own = self.tile(k, k);
            (0..own.nrows()).map(|i| 2.0 * own[(i, i)].ln()).sum::<f64>()
        };
        (0..self.columns.len()).map(tile).sum()
    }
}

fn right_count(right: &[f64], size: usize) -> usize {
    right.len() / size.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use filigree_core::{Silent, in_pool};

    const SIZE: usize = 600;

    fn entry(i: usize, j: usize) -> f64 {
        let distance = (i as f64 - j as f64).abs() / 50.0;
        (-distance).exp() + if i == j { 0.1 } else { 0.0 }
    }

    fn fill(rows: Range<usize>, columns: Range<usize>, tile: &mut [f64]) {
        for (c, j) in columns.enumerate() {
            for (r, i) in rows.clone().enumerate() {
                tile[c * rows.len() + r] = entry(i, j);
            }
        }
    }

    fn factored(threads: usize) -> TiledCholesky {
        in_pool(threads, || TiledCholesky::of(SIZE, fill, "K", &mut JitterLog::default(), &mut Silent))
            .unwrap()
    }

    #[test]
    fn solutions_fit_the_matrix() {
        let factor = factored(2);
        let wanted: Vec<f64> = (0..2 * SIZE).map(|i| (i as f64 * 0.7).sin()).collect();
        let mut right: Vec<f64> = wanted
            .chunks_exact(SIZE)
            .flat_map(|x| (0..SIZE).map(move |i| (0..SIZE).map(|j| entry(i, j) * x[j]).sum::<f64>()))
            .collect();
        factor.solve_lower(&mut right, 0);
        factor.solve_upper(&mut right);
        assert!(right.iter().zip(&wanted).all(|(x, y)| (x - y).abs() < 1e-9));
        let dense = faer::Mat::from_fn(SIZE, SIZE, entry);
        let expected: f64 =
            dense.llt(Side::Lower).map(|own| (0..SIZE).map(|i| 2.0 * own.L()[(i, i)].ln()).sum()).unwrap();
        assert!((factor.log_determinant() - expected).abs() < 1e-9);
    }

    #[test]
    fn one_two_and_three_threads_give_the_same_bytes() {
        let bits = |threads| {
            let own = factored(threads);
            own.columns.iter().flatten().flatten().map(|value| value.to_bits()).collect::<Vec<_>>()
        };
        let one = bits(1);
        assert!(one == bits(2) && one == bits(3));
    }

    #[test]
    fn an_indefinite_matrix_is_a_breakdown() {
        let indefinite = |rows: Range<usize>, _: Range<usize>, tile: &mut [f64]| {
            tile.fill(2.0);
            tile.iter_mut().step_by(rows.len() + 1).for_each(|value| *value = 1.0);
        };
        let error =
            TiledCholesky::of(3, indefinite, "K", &mut JitterLog::default(), &mut Silent).err().unwrap();
        assert!(matches!(error, Error::Breakdown(_)));
    }
}
