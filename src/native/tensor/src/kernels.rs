//! Products on the calling thread; the vectors they use are chosen when they run.

use faer::linalg::matmul::{matmul, triangular};
use faer::{Accum, MatMut, MatRef, Par};

/// `target = left · right`.
pub fn product(target: MatMut<'_, f64>, left: MatRef<'_, f64>, right: MatRef<'_, f64>) {
    matmul(target, Accum::Replace, left, right, 1.0, Par::Seq);
}

/// The lower triangle of `target += rows · rowsᵀ`.
pub fn add_gram(target: MatMut<'_, f64>, rows: MatRef<'_, f64>) {
    use triangular::BlockStructure::{Rectangular, TriangularLower};
    triangular::matmul(
        target,
        TriangularLower,
        Accum::Add,
        rows,
        Rectangular,
        rows.transpose(),
        Rectangular,
        1.0,
        Par::Seq,
    );
}

/// Copies the lower triangle of a row-major square matrix into its upper one.
pub fn mirror(matrix: &mut [f64], size: usize) {
    for i in 0..size {
        for j in 0..i {
            matrix[j * size + i] = matrix[i * size + j];
        }
    }
}

/// `target += left · right`.
pub fn add_product(target: MatMut<'_, f64>, left: MatRef<'_, f64>, right: MatRef<'_, f64>) {
    matmul(target, Accum::Add, left, right, 1.0, Par::Seq);
}
