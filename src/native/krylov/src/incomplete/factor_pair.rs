use filigree_core::Pool;

use super::triangular::Triangular;
use crate::{Preconditioner, Scalar};

/// M = L U Pᵀ with triangular L and U, and columns in another order where the factorisation exchanged them.
pub struct FactorPair<S: Scalar> {
    lower: Triangular<S>,
    upper: Triangular<S>,
    /// The column of A that stands at each place of U; none where they stand in their order.
    columns: Option<Vec<u32>>,
    is_symmetric_positive: bool,
    vectors: Pool<Vec<S>>,
    words: Vec<String>,
}

impl<S: Scalar> FactorPair<S> {
    /// From both factors and what is to be told about them.
    pub fn new(
        lower: Triangular<S>,
        upper: Triangular<S>,
        columns: Option<Vec<u32>>,
        is_symmetric_positive: bool,
        words: Vec<String>,
    ) -> Self {
        Self { lower, upper, columns, is_symmetric_positive, vectors: Pool::default(), words }
    }

    /// Sentences about the factorisation.
    pub fn words(&self) -> &[String] {
        &self.words
    }

    /// Entries of both factors.
    pub fn entries(&self) -> usize {
        self.lower.entries() + self.upper.entries()
    }
}

impl<S: Scalar> Preconditioner<S> for FactorPair<S> {
    fn apply(&self, r: &[S], z: &mut [S]) {
        let Some(columns) = &self.columns else {
            z.copy_from_slice(r);
            self.lower.solve_in_place(z);
            self.upper.solve_in_place(z);
            return;
        };
        let mut solved = self.vectors.take(|| vec![S::ZERO; r.len()]);
        solved.copy_from_slice(r);
        self.lower.solve_in_place(&mut solved);
        self.upper.solve_in_place(&mut solved);
        columns.iter().zip(solved.iter()).for_each(|(&column, &value)| z[column as usize] = value);
    }

    fn is_symmetric_positive(&self) -> bool {
        self.is_symmetric_positive
    }

    fn memory_bytes(&self) -> u64 {
        self.lower.memory_bytes()
            + self.upper.memory_bytes()
            + self.columns.as_ref().map_or(0, |c| 4 * c.len() as u64)
    }
}
