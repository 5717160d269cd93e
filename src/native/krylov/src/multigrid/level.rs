use super::ordered_sweep::for_rows;
use super::smoother::Smoother;
use crate::{CsrMatrix, Scalar};

/// One level that has a coarser one.
pub struct Level<T: Scalar> {
    /// Smoother with the matrix of the level.
    pub smoother: Smoother<T>,
    /// From the coarser level.
    pub prolongator: CsrMatrix<T>,
    /// To the coarser level.
    pub restrictor: CsrMatrix<T>,
}

impl<T: Scalar> Level<T> {
    /// x ← x + P e.
    pub fn correct(&self, coarse: &[T], x: &mut [T]) {
        for_rows(x, |row, x| {
            let (columns, values) = self.prolongator.row(row);
            for (&column, &value) in columns.iter().zip(values) {
                *x += value * coarse[column as usize];
            }
        });
    }

    /// Unknowns.
    pub fn rows(&self) -> usize {
        self.prolongator.rows()
    }

    /// Memory it holds, in bytes.
    pub fn memory_bytes(&self) -> u64 {
        self.smoother.memory_bytes() + self.prolongator.memory_bytes() + self.restrictor.memory_bytes()
    }
}

/// Vectors that a cycle needs on one level.
pub struct LevelSpace<T> {
    /// Right-hand side.
    pub b: Vec<T>,
    /// Iterate.
    pub x: Vec<T>,
    /// Residual.
    pub r: Vec<T>,
    /// For the smoother.
    pub scratch: Vec<T>,
}

impl<T: Scalar> LevelSpace<T> {
    /// Vectors of `rows` entries.
    pub fn new(rows: usize, scratch: bool) -> Self {
        let zeros = || vec![T::ZERO; rows];
        Self { b: zeros(), x: zeros(), r: zeros(), scratch: if scratch { zeros() } else { Vec::new() } }
    }
}
