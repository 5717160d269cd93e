mod norms;
mod product;

use std::sync::OnceLock;

use filigree_core::Error;

use crate::Scalar;
use crate::row_blocks::{RowBlocks, by_entries};

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

    /// Memory of the arrays, in bytes.
    pub fn memory_bytes(&self) -> u64 {
        let own = self.row_pointers.len() * size_of::<usize>()
            + self.values.len() * (size_of::<u32>() + size_of::<S>());
        own as u64 + self.adjoint.get().map_or(0, |adjoint| adjoint.memory_bytes())
    }
}

#[cfg(test)]
mod tests;
