use std::sync::OnceLock;

use filigree_core::Error;

use crate::row_blocks::{RowBlocks, by_entries};
use crate::{Scalar, vector};

/// A sparse matrix in compressed rows: row `i` holds entries `row_pointers[i]..row_pointers[i + 1]`, its columns rising
/// and each there once. Zeros may be stored.
#[derive(Clone, Debug)]
pub struct CsrMatrix<S> {
    rows: usize,
    columns: usize,
    row_pointers: Vec<usize>,
    column_indices: Vec<u32>,
    values: Vec<S>,
    blocks: RowBlocks,
    /// Aᴴ, made when it is first multiplied with.
    adjoint: OnceLock<Box<CsrMatrix<S>>>,
}

impl<S: PartialEq> PartialEq for CsrMatrix<S> {
    fn eq(&self, other: &Self) -> bool {
        self.columns == other.columns
            && self.row_pointers == other.row_pointers
            && self.column_indices == other.column_indices
            && self.values == other.values
    }
}

impl<S: Scalar> CsrMatrix<S> {
    /// A matrix from its arrays, which are checked: pointers rise from nought to the number of entries, columns lie in
    /// the matrix and rise within each row. Values are taken as they are.
    pub fn new(
        rows: usize,
        columns: usize,
        row_pointers: Vec<usize>,
        column_indices: Vec<u32>,
        values: Vec<S>,
    ) -> Result<Self, Error> {
        let refused = |reason: String| {
            Error::InvalidData(format!("The sparse matrix can not be used: {reason}. Import the file again."))
        };
        if columns > u32::MAX as usize {
            return Err(refused(format!("it has {columns} columns, and at most {} fit", u32::MAX)));
        }
        if row_pointers.len() != rows + 1 || row_pointers[0] != 0 {
            return Err(refused(format!("its row pointers do not start {rows} rows from entry 0 on")));
        }
        if row_pointers[rows] != values.len() || values.len() != column_indices.len() {
            return Err(refused(format!(
                "its rows promise {} entries, and there are {} values and {} column indices",
                row_pointers[rows],
                values.len(),
                column_indices.len()
            )));
        }
        if let Some(row) = row_pointers.windows(2).position(|pair| pair[1] < pair[0]) {
            return Err(refused(format!("row {} ends before it starts", row + 1)));
        }
        for row in 0..rows {
            let indices = &column_indices[row_pointers[row]..row_pointers[row + 1]];
            if let Some(pair) = indices.windows(2).find(|pair| pair[1] <= pair[0]) {
                let why = if pair[1] == pair[0] { "twice" } else { "out of order" };
                return Err(refused(format!("column {} of row {} comes {why}", pair[1] + 1, row + 1)));
            }
            if let Some(&last) = indices.last()
                && last as usize >= columns
            {
                return Err(refused(format!(
                    "row {} has an entry in column {} of {columns}",
                    row + 1,
                    last as usize + 1
                )));
            }
        }
        Ok(Self::trusted(rows, columns, row_pointers, column_indices, values))
    }

    /// A matrix from arrays that are right by construction.
    pub(crate) fn trusted(
        rows: usize,
        columns: usize,
        row_pointers: Vec<usize>,
        column_indices: Vec<u32>,
        values: Vec<S>,
    ) -> Self {
        let blocks = by_entries(&row_pointers);
        Self { rows, columns, row_pointers, column_indices, values, blocks, adjoint: OnceLock::new() }
    }

    /// A matrix from (row, column, value) triplets in any order; those of one place are summed in the order given.
    pub fn from_triplets(rows: usize, columns: usize, triplets: &[(usize, usize, S)]) -> Result<Self, Error> {
        if let Some((row, column, _)) =
            triplets.iter().find(|(row, column, _)| *row >= rows || *column >= columns)
        {
            return Err(Error::InvalidData(format!(
                "An entry lies at row {}, column {} of a {rows} × {columns} matrix. Check the size in the header.",
                row + 1,
                column + 1
            )));
        }
        let mut starts = vec![0usize; rows + 1];
        triplets.iter().for_each(|(row, _, _)| starts[row + 1] += 1);
        (0..rows).for_each(|row| starts[row + 1] += starts[row]);
        let mut next = starts.clone();
        let mut order = vec![0usize; triplets.len()];
        for (index, (row, _, _)) in triplets.iter().enumerate() {
            order[next[*row]] = index;
            next[*row] += 1;
        }
        let mut row_pointers = vec![0usize];
        let mut column_indices = Vec::with_capacity(triplets.len());
        let mut values: Vec<S> = Vec::with_capacity(triplets.len());
        for row in 0..rows {
            let own = &mut order[starts[row]..starts[row + 1]];
            own.sort_by_key(|&index| triplets[index].1);
            let first = values.len();
            for &index in own.iter() {
                let (_, column, value) = triplets[index];
                if values.len() > first && column_indices.last() == Some(&(column as u32)) {
                    *values.last_mut().expect("the row has an entry") += value;
                } else {
                    column_indices.push(column as u32);
                    values.push(value);
                }
            }
            row_pointers.push(values.len());
        }
        Self::new(rows, columns, row_pointers, column_indices, values)
    }

    /// The identity.
    pub fn identity(size: usize) -> Self {
        let indices = (0..size as u32).collect();
        Self::trusted(size, size, (0..=size).collect(), indices, vec![S::ONE; size])
    }

    /// Rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Columns.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Stored entries.
    pub fn entries(&self) -> usize {
        self.values.len()
    }

    /// Where every row starts, and the number of entries at the end.
    pub fn row_pointers(&self) -> &[usize] {
        &self.row_pointers
    }

    /// Columns of the entries, zero-based, row after row.
    pub fn column_indices(&self) -> &[u32] {
        &self.column_indices
    }

    /// Values of the entries, row after row.
    pub fn values(&self) -> &[S] {
        &self.values
    }

    /// Columns and values of one row.
    pub fn row(&self, row: usize) -> (&[u32], &[S]) {
        let range = self.row_pointers[row]..self.row_pointers[row + 1];
        (&self.column_indices[range.clone()], &self.values[range])
    }

    /// Pointers, columns and values.
    pub fn into_parts(self) -> (Vec<usize>, Vec<u32>, Vec<S>) {
        (self.row_pointers, self.column_indices, self.values)
    }

    /// The same places with values of `rule`, which gets row, column and value.
    pub fn map<T: Scalar>(&self, rule: impl Fn(usize, usize, S) -> T) -> CsrMatrix<T> {
        let mut values = Vec::with_capacity(self.values.len());
        for row in 0..self.rows {
            let (indices, entries) = self.row(row);
            values.extend(
                indices.iter().zip(entries).map(|(&column, &value)| rule(row, column as usize, value)),
            );
        }
        let (pointers, indices) = (self.row_pointers.clone(), self.column_indices.clone());
        CsrMatrix::trusted(self.rows, self.columns, pointers, indices, values)
    }

    /// The entry at a place, nought where none is stored.
    pub fn get(&self, row: usize, column: usize) -> S {
        let (indices, values) = self.row(row);
        indices.binary_search(&(column as u32)).map_or(S::ZERO, |index| values[index])
    }

    /// y ← A x, on all threads of the current pool.
    pub fn multiply(&self, x: &[S], y: &mut [S]) {
        self.for_rows(x, y, |_, sum| sum);
    }

    /// r ← b − A x, on all threads of the current pool.
    pub fn residual(&self, b: &[S], x: &[S], r: &mut [S]) {
        assert_eq!(b.len(), self.rows, "a right-hand side has an entry a row");
        self.for_rows(x, r, |row, sum| b[row] - sum);
    }

    /// Sets every y[i] to `rule(i, (A x)[i])`.
    fn for_rows(&self, x: &[S], y: &mut [S], rule: impl Fn(usize, S) -> S + Sync) {
        assert_eq!((x.len(), y.len()), (self.columns, self.rows), "vectors do not fit the matrix");
        self.blocks.for_each(y, |start, out| {
            let mut entry = self.row_pointers[start];
            let ends = &self.row_pointers[start + 1..=start + out.len()];
            for (offset, (out, &end)) in out.iter_mut().zip(ends).enumerate() {
                // SAFETY: pointers rise to the number of entries, and every column index was found smaller than
                // `columns` when the matrix was made; the length of x was compared with that above.
                let sum = unsafe { self.row_product(entry, end, x) };
                entry = end;
                *out = rule(start + offset, sum);
            }
        });
    }

    /// The sum of entries `first..end`, each times that of x in its column; four run side by side, so that short rows of
    /// stencils keep the memory busy.
    ///
    /// # Safety
    /// The entries must be there, and x must reach over all their columns.
    #[inline(always)]
    unsafe fn row_product(&self, first: usize, end: usize, x: &[S]) -> S {
        // SAFETY: promised by the caller.
        let term = |entry: usize| unsafe {
            let column = *self.column_indices.get_unchecked(entry) as usize;
            *self.values.get_unchecked(entry) * *x.get_unchecked(column)
        };
        let mut entry = first;
        let mut sum = S::ZERO;
        while entry + 4 <= end {
            sum += (term(entry) + term(entry + 1)) + (term(entry + 2) + term(entry + 3));
            entry += 4;
        }
        while entry < end {
            sum += term(entry);
            entry += 1;
        }
        sum
    }

    /// Aᵀ.
    pub fn transpose(&self) -> Self {
        self.turned(|value| value)
    }

    /// Aᴴ.
    pub fn adjoint(&self) -> Self {
        self.turned(S::conj)
    }

    /// Aᴴ, kept for the next time.
    pub fn kept_adjoint(&self) -> &Self {
        self.adjoint.get_or_init(|| Box::new(self.adjoint()))
    }

    fn turned(&self, rule: impl Fn(S) -> S) -> Self {
        let mut pointers = vec![0usize; self.columns + 1];
        self.column_indices.iter().for_each(|&column| pointers[column as usize + 1] += 1);
        (0..self.columns).for_each(|column| pointers[column + 1] += pointers[column]);
        let mut next = pointers.clone();
        let mut indices = vec![0u32; self.values.len()];
        let mut values = vec![S::ZERO; self.values.len()];
        for row in 0..self.rows {
            let (columns, entries) = self.row(row);
            for (&column, &value) in columns.iter().zip(entries) {
                let place = &mut next[column as usize];
                indices[*place] = row as u32;
                values[*place] = rule(value);
                *place += 1;
            }
        }
        Self::trusted(self.columns, self.rows, pointers, indices, values)
    }

    /// The diagonal, nought where nothing is stored.
    pub fn diagonal(&self) -> Vec<S> {
        (0..self.rows.min(self.columns)).map(|row| self.get(row, row)).collect()
    }

    /// Largest sum of absolute values of a column.
    pub fn one_norm(&self) -> f64 {
        let mut sums = vec![0.0; self.columns];
        for (&column, value) in self.column_indices.iter().zip(&self.values) {
            sums[column as usize] += value.modulus();
        }
        vector::max_norm(&sums)
    }

    /// Largest sum of absolute values of a row.
    pub fn infinity_norm(&self) -> f64 {
        let sums: Vec<f64> =
            (0..self.rows).map(|row| self.row(row).1.iter().map(|value| value.modulus()).sum()).collect();
        vector::max_norm(&sums)
    }

    /// Square root of the sum of squares.
    pub fn frobenius_norm(&self) -> f64 {
        vector::norm(&self.values)
    }

    /// ‖A − Aᴴ‖ / ‖A‖ in the Frobenius norm: nought where the matrix is Hermitian; infinite where it is not square.
    pub fn hermitian_deviation(&self) -> f64 {
        self.deviation(&self.adjoint())
    }

    /// ‖A − Aᵀ‖ / ‖A‖ in the Frobenius norm: nought where the matrix is symmetric; infinite where it is not square.
    pub fn symmetric_deviation(&self) -> f64 {
        self.deviation(&self.transpose())
    }

    /// The matrix equals its adjoint within rounding.
    pub fn is_hermitian(&self) -> bool {
        self.hermitian_deviation() <= 1e-13
    }

    fn deviation(&self, other: &Self) -> f64 {
        if self.rows != self.columns {
            return f64::INFINITY;
        }
        let mut square = 0.0;
        for row in 0..self.rows {
            let ((mut left, mut left_values), (mut right, mut right_values)) =
                (self.row(row), other.row(row));
            while !left.is_empty() || !right.is_empty() {
                let (a, b) = (left.first().copied(), right.first().copied());
                let difference = match (a, b) {
                    (Some(a), Some(b)) if a == b => left_values[0] - right_values[0],
                    (Some(a), b) if b.is_none_or(|b| a < b) => left_values[0],
                    _ => right_values[0],
                };
                square += difference.modulus_squared();
                let (step_left, step_right) = match (a, b) {
                    (Some(a), Some(b)) => (a <= b, b <= a),
                    (a, b) => (a.is_some(), b.is_some()),
                };
                (left, left_values) =
                    (&left[usize::from(step_left)..], &left_values[usize::from(step_left)..]);
                (right, right_values) =
                    (&right[usize::from(step_right)..], &right_values[usize::from(step_right)..]);
            }
        }
        let norm = self.frobenius_norm();
        if norm == 0.0 { 0.0 } else { square.sqrt() / norm }
    }

    /// Memory of the arrays, in bytes.
    pub fn memory_bytes(&self) -> u64 {
        let own = self.row_pointers.len() * size_of::<usize>()
            + self.values.len() * (size_of::<u32>() + size_of::<S>());
        own as u64 + self.adjoint.get().map_or(0, |adjoint| adjoint.memory_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use filigree_core::{Random, in_pool};
    use num_complex::Complex64;
    use proptest::prelude::*;

    fn random_matrix(rows: usize, columns: usize, entries: usize, seed: u64) -> CsrMatrix<Complex64> {
        let mut random = Random::new(seed, 0);
        let triplets: Vec<_> = (0..entries)
            .map(|_| {
                let value = Complex64::new(random.normal(), random.normal());
                (random.below(rows), random.below(columns), value)
            })
            .collect();
        CsrMatrix::from_triplets(rows, columns, &triplets).unwrap()
    }

    #[test]
    fn triplets_of_one_place_are_summed() {
        let matrix =
            CsrMatrix::from_triplets(2, 3, &[(1, 2, 1.0), (0, 0, 2.0), (1, 2, 4.0), (1, 0, 3.0)]).unwrap();
        assert_eq!(matrix.row_pointers(), [0, 1, 3]);
        assert_eq!(matrix.column_indices(), [0, 0, 2]);
        assert_eq!(matrix.values(), [2.0, 3.0, 5.0]);
        assert_eq!((matrix.one_norm(), matrix.infinity_norm()), (5.0, 8.0));
    }

    #[test]
    fn arrays_that_do_not_make_a_matrix_are_refused_in_words() {
        let made = |pointers: &[usize], indices: &[u32]| {
            let values = vec![1.0; indices.len()];
            CsrMatrix::new(2, 2, pointers.to_vec(), indices.to_vec(), values).unwrap_err().to_string()
        };
        assert!(made(&[0, 2, 2], &[1, 1]).contains("column 2 of row 1 comes twice"));
        assert!(made(&[0, 2, 2], &[1, 0]).contains("out of order"));
        assert!(made(&[0, 1, 2], &[0, 2]).contains("column 3 of 2"));
        assert!(made(&[0, 2, 1], &[0]).contains("row 2 ends before"));
        assert!(made(&[0, 1, 3], &[0, 1]).contains("promise 3 entries"));
        assert!(CsrMatrix::from_triplets(2, 2, &[(2, 0, 1.0)]).unwrap_err().to_string().contains("row 3"));
    }

    #[test]
    fn deviations_tell_symmetric_from_hermitian() {
        let i = Complex64::I;
        let hermitian =
            CsrMatrix::from_triplets(2, 2, &[(0, 1, i), (1, 0, -i), (0, 0, Complex64::ONE)]).unwrap();
        assert!(hermitian.is_hermitian());
        assert!(hermitian.symmetric_deviation() > 1.0);
        let lopsided = CsrMatrix::from_triplets(3, 3, &[(0, 1, 3.0), (2, 2, 4.0)]).unwrap();
        assert!((lopsided.hermitian_deviation() - 18f64.sqrt() / 5.0).abs() < 1e-15);
        assert!(CsrMatrix::from_triplets(1, 2, &[(0, 0, 1.0)]).unwrap().hermitian_deviation().is_infinite());
    }

    #[test]
    fn one_and_two_threads_multiply_to_the_same_bytes() {
        let matrix = random_matrix(20_000, 20_000, 300_000, 3);
        let mut random = Random::new(4, 0);
        let x: Vec<_> = (0..20_000).map(|_| Complex64::new(random.normal(), random.normal())).collect();
        let run = |threads| {
            in_pool(threads, || {
                let mut y = vec![Complex64::ZERO; 20_000];
                matrix.multiply(&x, &mut y);
                Ok(y)
            })
            .unwrap()
        };
        assert!(run(1) == run(2));
    }

    proptest! {
        #[test]
        fn the_adjoint_moves_through_inner_products(
            rows in 1usize..30, columns in 1usize..30, entries in 0usize..200, seed in any::<u64>()
        ) {
            let matrix = random_matrix(rows, columns, entries, seed);
            let mut random = Random::new(seed, 1);
            let mut draw = |n: usize| -> Vec<Complex64> {
                (0..n).map(|_| Complex64::new(random.normal(), random.normal())).collect()
            };
            let (x, y) = (draw(columns), draw(rows));
            let mut ax = vec![Complex64::ZERO; rows];
            matrix.multiply(&x, &mut ax);
            let mut ay = vec![Complex64::ZERO; columns];
            matrix.kept_adjoint().multiply(&y, &mut ay);
            let (left, right) = (vector::dot(&y, &ax), vector::dot(&ay, &x));
            prop_assert!((left - right).norm() <= 1e-11 * (1.0 + left.norm()));
            prop_assert_eq!(matrix.transpose().transpose(), matrix);
        }
    }
}
