use std::ops::Range;

use faer::linalg::matmul::matmul;
use faer::prelude::ReborrowMut;
use faer::{Accum, Mat, MatMut, MatRef, Par};
use filigree_core::widest;
use rayon::prelude::*;

use super::DenseScalar;
use super::block_kernels::{BlockAdd, BlockDots};
use crate::{Scalar, vector};

/// Rows worked on at a time: a block of all columns stays in the cache between two passes over it.
const BLOCK_ROWS: usize = 512;

/// Numbers of a pass that are worth waking other threads for.
const PARALLEL_FROM: usize = 1 << 17;

/// Condition of a Gram matrix up to which one Cholesky factor makes orthonormal columns: what they are off by is this times
/// the rounding.
const WELL_CONDITIONED: f64 = 1e3;

/// Vectors of one length side by side, as a matrix of rising width.
#[derive(Clone, Debug)]
pub struct Basis<S> {
    rows: usize,
    columns: usize,
    /// Column after column.
    values: Vec<S>,
}

impl<S: Scalar> Basis<S> {
    /// No columns yet; memory for `capacity` of them.
    pub fn new(rows: usize, capacity: usize) -> Self {
        Self { rows, columns: 0, values: Vec::with_capacity(rows * capacity) }
    }

    /// Length of a column.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Columns.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// One column.
    pub fn column(&self, index: usize) -> &[S] {
        &self.values[index * self.rows..(index + 1) * self.rows]
    }

    /// One column, to be changed.
    pub fn column_mut(&mut self, index: usize) -> &mut [S] {
        &mut self.values[index * self.rows..(index + 1) * self.rows]
    }

    /// Adds a column.
    pub fn push(&mut self, column: &[S]) {
        assert_eq!(column.len(), self.rows, "columns have one length");
        self.values.extend_from_slice(column);
        self.columns += 1;
    }

    /// Adds `factor` times a vector as a column.
    pub fn push_scaled(&mut self, factor: f64, column: &[S]) {
        assert_eq!(column.len(), self.rows, "columns have one length");
        self.values.extend(column.iter().map(|value| value.scale(factor)));
        self.columns += 1;
    }

    /// Leaves the first `columns`.
    pub fn truncate(&mut self, columns: usize) {
        self.columns = self.columns.min(columns);
        self.values.truncate(self.columns * self.rows);
    }

    /// Memory, in bytes.
    pub fn memory_bytes(&self) -> u64 {
        (self.values.capacity() * size_of::<S>()) as u64
    }

    /// Vᴴ w.
    pub fn project(&self, w: &[S]) -> Vec<S> {
        self.project_onto(0..self.columns, w)
    }

    /// The products of some columns with w.
    pub fn project_onto(&self, columns: Range<usize>, w: &[S]) -> Vec<S> {
        let parts = self.over_blocks(|range| self.block_dots(columns.clone(), range.clone(), &w[range]));
        sum_parts(parts, columns.len())
    }

    /// w ← w + V y, with as many columns from `first` on as y has entries.
    pub fn add_combination(&self, first: usize, y: &[S], w: &mut [S]) {
        let add = |(index, block): (usize, &mut [S])| self.block_add(first, index * BLOCK_ROWS, y, block);
        if self.rows * y.len() < PARALLEL_FROM {
            w.chunks_mut(BLOCK_ROWS).enumerate().for_each(add);
        } else {
            w.par_chunks_mut(BLOCK_ROWS).enumerate().for_each(add);
        }
    }

    /// w ← (I − V Vᴴ) w, twice, for orthonormal columns (classical Gram-Schmidt with reorthogonalisation; the second
    /// products are made while a block is still in the cache). The first `once` columns are taken out once only where they
    /// hold the smaller part of w, as no cancellation is to be mended then. Returns what was taken out, and ‖w‖ of what is
    /// left.
    pub fn orthogonalise(&self, once: usize, w: &mut [S]) -> (Vec<S>, f64) {
        let mut taken = self.project(w);
        let minor = |part: &[S]| vector::norm(part) < std::f64::consts::FRAC_1_SQRT_2 * vector::norm(w);
        let skipped = if once > 0 && minor(&taken[..once]) { once } else { 0 };
        let negative: Vec<S> = taken.iter().map(|&value| -value).collect();
        let step = |(index, block): (usize, &mut [S])| {
            let start = index * BLOCK_ROWS;
            self.block_add(0, start, &negative, block);
            self.block_dots(skipped..self.columns, start..start + block.len(), block)
        };
        let parts: Vec<Vec<S>> = if self.rows * self.columns < PARALLEL_FROM {
            w.chunks_mut(BLOCK_ROWS).enumerate().map(step).collect()
        } else {
            w.par_chunks_mut(BLOCK_ROWS).enumerate().map(step).collect()
        };
        let second = sum_parts(parts, self.columns - skipped);
        let negative: Vec<S> = second.iter().map(|&value| -value).collect();
        self.add_combination(skipped, &negative, w);
        taken[skipped..].iter_mut().zip(second).for_each(|(taken, second)| *taken += second);
        (taken, vector::norm(w))
    }

    /// A step of Lanczos: w ← w less its parts along the first `kept` columns and the last two. All are orthonormal, and w
    /// is A times the last one with a Hermitian A, so that nothing is left of the others but rounding; `before` is
    /// what the step before left. The rounding grows, and is taken out of all columns but the kept ones where `anew` is
    /// set. Returns what was taken out along every column, and ‖w‖ of what is left.
    ///
    /// Paige, "Computational variants of the Lanczos method for the eigenproblem", J. Inst. Math. Appl. 10, 1972; Simon,
    /// "The Lanczos algorithm with partial reorthogonalization", Math. Comp. 42, 1984.
    pub fn orthogonalise_hermitian(
        &self,
        kept: usize,
        before: f64,
        anew: bool,
        w: &mut [S],
    ) -> (Vec<S>, f64) {
        let last = self.columns - 1;
        let mut taken = self.project_onto(0..kept, w);
        let negative: Vec<S> = taken.iter().map(|&value| -value).collect();
        self.add_combination(0, &negative, w);
        taken.resize(self.columns, S::ZERO);
        if last > kept {
            taken[last - 1] = S::from_real(before);
            vector::axpy(S::from_real(-before), self.column(last - 1), w);
        }
        let diagonal = vector::dot(self.column(last), w).real();
        taken[last] = S::from_real(diagonal);
        vector::axpy(S::from_real(-diagonal), self.column(last), w);
        if anew {
            let grown: Vec<S> =
                self.project_onto(kept..self.columns, w).into_iter().map(|value| -value).collect();
            self.add_combination(kept, &grown, w);
        }
        (taken, vector::norm(w))
    }

    fn over_blocks<T: Send>(&self, work: impl Fn(Range<usize>) -> T + Sync) -> Vec<T> {
        let count = self.rows.div_ceil(BLOCK_ROWS);
        let of_block = |index: usize| work(index * BLOCK_ROWS..((index + 1) * BLOCK_ROWS).min(self.rows));
        if self.rows * self.columns < PARALLEL_FROM {
            (0..count).map(of_block).collect()
        } else {
            (0..count).into_par_iter().map(of_block).collect()
        }
    }

    /// Products of some columns with a block of a vector.
    fn block_dots(&self, columns: Range<usize>, range: Range<usize>, w: &[S]) -> Vec<S> {
        widest(BlockDots { basis: self, columns, range, w })
    }

    /// w ← w + V y within a block that starts at a row.
    fn block_add(&self, first: usize, start: usize, y: &[S], w: &mut [S]) {
        widest(BlockAdd { basis: self, first, start, y, w });
    }
}

impl<S: DenseScalar> Basis<S> {
    /// The columns as a matrix.
    pub fn matrix(&self) -> MatRef<'_, S> {
        MatRef::from_column_major_slice(&self.values, self.rows, self.columns)
    }

    /// Some of the columns as a matrix.
    pub fn matrix_of(&self, columns: Range<usize>) -> MatRef<'_, S> {
        self.matrix().subcols(columns.start, columns.len())
    }

    /// Σ Bᵢ Pᵢ of tall matrices with their weights.
    pub fn combined(parts: &[(MatRef<'_, S>, MatRef<'_, S>)]) -> Self {
        let (first, weights) = &parts[0];
        let (rows, columns) = (first.nrows(), weights.ncols());
        let mut values = vec![S::ZERO; rows * columns];
        let out = MatMut::from_column_major_slice_mut(&mut values, rows, columns);
        combine_rows(out, 0, parts);
        Self { rows, columns, values }
    }

    /// Vᴴ W.
    pub fn products(&self, other: &Self) -> Mat<S> {
        let parts = self.over_blocks(|range| {
            let rows = range.len();
            let (left, right) = (self.matrix(), other.matrix());
            let mut part = Mat::<S>::zeros(self.columns, other.columns);
            matmul(
                part.as_mut(),
                Accum::Replace,
                left.subrows(range.start, rows).adjoint(),
                right.subrows(range.start, rows),
                S::ONE,
                Par::Seq,
            );
            part
        });
        let mut sum = Mat::<S>::zeros(self.columns, other.columns);
        parts.iter().for_each(|part| sum += part);
        sum
    }

    /// Makes the columns orthonormal, V = Q R, by the Cholesky factor of their Gram matrix, and once more unless that
    /// matrix is so well conditioned that it would mend nothing; returns R. Columns that depend on those before them
    /// give `None`.
    ///
    /// Yamamoto et al., "Roundoff error analysis of the CholeskyQR2 algorithm", ETNA 44, 2015.
    pub fn orthonormalise(&mut self) -> Option<Mat<S>> {
        let mut factor: Option<Mat<S>> = None;
        for _ in 0..2 {
            let gram = self.products(self);
            let lower = gram.llt(faer::Side::Lower).ok()?.L().to_owned();
            let diagonal: Vec<f64> = (0..self.columns).map(|i| lower[(i, i)].modulus()).collect();
            let largest = diagonal.iter().copied().fold(0.0, f64::max);
            if diagonal.iter().any(|&value| value <= 1e-7 * largest || value.is_nan()) {
                return None;
            }
            let upper = lower.adjoint().to_owned();
            *self = self.divided_by(&upper);
            let (smallest, largest) = extremes(&gram)?;
            factor = Some(match factor {
                None => upper,
                Some(before) => &upper * &before,
            });
            if largest <= WELL_CONDITIONED * smallest {
                break;
            }
        }
        factor
    }

    /// V R⁻¹ with an upper triangular R.
    pub fn divided_by(&self, upper: &Mat<S>) -> Self {
        let size = self.columns;
        let mut inverse = Mat::<S>::identity(size, size);
        faer::linalg::triangular_solve::solve_upper_triangular_in_place(
            upper.as_ref(),
            inverse.as_mut(),
            Par::Seq,
        );
        Self::combined(&[(self.matrix(), inverse.as_ref())])
    }
}

/// Fills rows `start..` of a combination, blocks of rows on all threads.
fn combine_rows<S: DenseScalar>(
    mut out: MatMut<'_, S>,
    start: usize,
    parts: &[(MatRef<'_, S>, MatRef<'_, S>)],
) {
    let rows = out.nrows();
    let whole = parts[0].0.nrows();
    if rows > BLOCK_ROWS && whole * out.ncols() >= PARALLEL_FROM / 16 {
        let blocks = rows.div_ceil(BLOCK_ROWS);
        let middle = blocks / 2 * BLOCK_ROWS;
        let (top, bottom) = out.split_at_row_mut(middle);
        rayon::join(|| combine_rows(top, start, parts), || combine_rows(bottom, start + middle, parts));
        return;
    }
    for (index, (tall, weights)) in parts.iter().enumerate() {
        let mode = if index == 0 { Accum::Replace } else { Accum::Add };
        matmul(out.rb_mut(), mode, tall.subrows(start, rows), *weights, S::ONE, Par::Seq);
    }
}

/// Smallest and largest eigenvalue of a Gram matrix.
fn extremes<S: DenseScalar>(gram: &Mat<S>) -> Option<(f64, f64)> {
    let values = gram.self_adjoint_eigenvalues(faer::Side::Lower).ok()?;
    Some((*values.first()?, *values.last()?))
}

fn sum_parts<S: Scalar>(parts: Vec<Vec<S>>, columns: usize) -> Vec<S> {
    let mut sum = vec![S::ZERO; columns];
    for part in parts {
        sum.iter_mut().zip(part).for_each(|(sum, part)| *sum += part);
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use filigree_core::{Random, in_pool};
    use num_complex::Complex64;

    fn random_basis(rows: usize, columns: usize) -> Basis<Complex64> {
        let mut random = Random::new(7, columns as u64);
        let mut basis = Basis::new(rows, columns);
        for _ in 0..columns {
            let column: Vec<_> =
                (0..rows).map(|_| Complex64::new(random.normal(), random.normal())).collect();
            basis.push(&column);
        }
        basis
    }

    #[test]
    fn orthonormal_columns_rebuild_the_basis() {
        let before = random_basis(1300, 7);
        let mut basis = before.clone();
        let r = basis.orthonormalise().unwrap();
        let error = (&basis.products(&basis) - Mat::<Complex64>::identity(7, 7)).norm_l2();
        assert!(error < 1e-14, "{error:e}");
        let rebuilt = Basis::combined(&[(basis.matrix(), r.as_ref())]);
        assert!((rebuilt.matrix() - before.matrix()).norm_l2() < 1e-12);
        let mut dependent = before.clone();
        dependent.push(before.column(2));
        assert!(dependent.orthonormalise().is_none());
    }

    #[test]
    fn what_is_taken_out_and_what_is_left_make_the_vector() {
        let mut basis = random_basis(1300, 6);
        basis.orthonormalise().unwrap();
        let vector = random_basis(1300, 1);
        let mut left = vector.column(0).to_vec();
        let (coefficients, norm) = basis.orthogonalise(0, &mut left);
        assert!((norm - vector::norm(&left)).abs() < 1e-12);
        assert!(basis.project(&left).iter().all(|value| value.norm() < 1e-13));
        basis.add_combination(0, &coefficients, &mut left);
        assert!(left.iter().zip(vector.column(0)).all(|(a, b)| (a - b).norm() < 1e-12));
    }

    #[test]
    fn one_and_two_threads_give_the_same_bytes() {
        let run = |threads| {
            in_pool(threads, || {
                let mut basis = random_basis(30_000, 9);
                let r = basis.orthonormalise().unwrap();
                let mut w = random_basis(30_000, 1).column(0).to_vec();
                let out = basis.orthogonalise(0, &mut w);
                Ok((format!("{r:?}"), out, w))
            })
            .unwrap()
        };
        assert!(run(1) == run(2));
    }
}
