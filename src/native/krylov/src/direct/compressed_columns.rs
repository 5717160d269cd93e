use faer::sparse::{SparseColMat, SymbolicSparseColMat};

use crate::{CsrMatrix, Scalar};

/// The matrix in compressed columns, as faer takes it.
pub fn compressed_columns<S: Scalar>(matrix: &CsrMatrix<S>) -> SparseColMat<usize, S> {
    let (pointers, rows, values) = matrix.transpose().into_parts();
    let rows = rows.into_iter().map(|row| row as usize).collect();
    let pattern = SymbolicSparseColMat::new_checked(matrix.rows(), matrix.columns(), pointers, None, rows);
    SparseColMat::new(pattern, values)
}

/// The pattern of A + Aᵀ with ones, whose Cholesky factor tells what a factorisation of A will need at least.
pub fn symmetrised<S: Scalar>(matrix: &CsrMatrix<S>) -> SparseColMat<usize, f64> {
    let transposed = matrix.transpose();
    let mut pointers = vec![0usize];
    let mut rows: Vec<usize> = Vec::with_capacity(2 * matrix.entries());
    for row in 0..matrix.rows() {
        let (one, other) = (matrix.row(row).0, transposed.row(row).0);
        let mut merged: Vec<usize> = one.iter().chain(other).map(|&column| column as usize).collect();
        merged.push(row);
        merged.sort_unstable();
        merged.dedup();
        rows.extend(merged);
        pointers.push(rows.len());
    }
    let values = vec![1.0; rows.len()];
    let pattern = SymbolicSparseColMat::new_checked(matrix.rows(), matrix.rows(), pointers, None, rows);
    SparseColMat::new(pattern, values)
}
