use faer::dyn_stack::{MemBuffer, MemStack};
use faer::perm::PermRef;
use faer::sparse::SparseColMat;
use faer::sparse::linalg::SupernodalThreshold;
use faer::sparse::linalg::cholesky::supernodal::SupernodalIntranodeLbltRef;
use faer::sparse::linalg::cholesky::{
    CholeskySymbolicParams, IntranodeLbltRef, SymbolicCholesky, SymbolicCholeskyRaw, SymmetricOrdering,
    factorize_symbolic_cholesky,
};
use faer::{Conj, MatMut, Par, Side};
use filigree_core::{Error, filled};

use super::factor::{check_memory, out_of_memory};
use crate::{DenseScalar, Scalar};

/// P A Pᵀ = L D Lᴴ of a Hermitian matrix, definite or not. Columns of like pattern are taken together as dense blocks, in
/// which rows are exchanged as Bunch and Kaufman (1977) do, so that D has blocks of one and of two rows; between blocks
/// nothing is exchanged.
pub struct PivotedLdlt<S> {
    symbolic: SymbolicCholesky<usize>,
    values: Vec<S>,
    /// Below the diagonal of D: not nought where a block of two begins.
    below: Vec<S>,
    forward: Vec<usize>,
    inverse: Vec<usize>,
}

impl<S: DenseScalar> PivotedLdlt<S> {
    /// Factorises; a pivot of nought is told with its row.
    pub fn new(columns: &SparseColMat<usize, S>) -> Result<Self, Error> {
        let blocks = CholeskySymbolicParams {
            supernodal_flop_ratio_threshold: SupernodalThreshold::FORCE_SUPERNODAL,
            ..Default::default()
        };
        let symbolic =
            factorize_symbolic_cholesky(columns.symbolic(), Side::Lower, SymmetricOrdering::Amd, blocks)
                .map_err(out_of_memory)?;
        let (rows, numbers) = (symbolic.nrows(), symbolic.len_val());
        check_memory::<S>(numbers, "LDLᴴ")?;
        let mut factor = Self {
            values: filled(numbers, S::ZERO, "the factor")?,
            below: vec![S::ZERO; rows],
            forward: vec![0; rows],
            inverse: vec![0; rows],
            symbolic,
        };
        let scratch =
            factor.symbolic.factorize_numeric_intranode_lblt_scratch::<S>(Par::Seq, Default::default());
        let mut memory = MemBuffer::try_new(scratch).map_err(out_of_memory)?;
        factor.symbolic.factorize_numeric_intranode_lblt(
            &mut factor.values,
            &mut factor.below,
            &mut factor.forward,
            &mut factor.inverse,
            columns.as_ref(),
            Side::Lower,
            Par::Seq,
            MemStack::new(&mut memory),
            Default::default(),
        );
        match factor.zero_pivot() {
            None => Ok(factor),
            Some(row) => Err(Error::Breakdown(format!(
                "The LDLᴴ factorisation met a pivot of nought in row {} of the matrix: it exchanges rows within dense blocks only. Sparse LU, which exchanges them everywhere, takes such matrices; where the matrix is singular, MINRES and LSMR live with its null space.",
                row + 1
            ))),
        }
    }

    /// Numbers in L and D.
    pub fn numbers(&self) -> usize {
        self.values.len() + self.below.len()
    }

    /// x ← A⁻¹ x.
    pub fn solve_in_place(&self, x: MatMut<'_, S>) -> Result<(), Error> {
        let mut memory = MemBuffer::try_new(self.symbolic.solve_in_place_scratch::<S>(1, Par::Seq))
            .map_err(out_of_memory)?;
        IntranodeLbltRef::new(&self.symbolic, &self.values, &self.below, self.exchanges())
            .solve_in_place_with_conj(Conj::No, x, Par::Seq, MemStack::new(&mut memory));
        Ok(())
    }

    fn exchanges(&self) -> PermRef<'_, usize> {
        PermRef::new_checked(&self.forward, &self.inverse, self.forward.len())
    }

    /// The row of the matrix whose pivot is nought or not finite, if there is one.
    fn zero_pivot(&self) -> Option<usize> {
        let SymbolicCholeskyRaw::Supernodal(blocks) = self.symbolic.raw() else { return None };
        let factor = SupernodalIntranodeLbltRef::new(blocks, &self.values, &self.below, self.exchanges());
        let vanishes = |pivot: f64| pivot == 0.0 || !pivot.is_finite();
        let bad = (0..blocks.n_supernodes()).find_map(|index| {
            let block = factor.supernode(index);
            let (first, l) = (block.start(), block.val());
            let mut column = 0;
            while column < l.ncols() {
                let (pivot, below) = (Scalar::real(l[(column, column)]), self.below[first + column]);
                let pair = below != S::ZERO;
                // Of two rows, the determinant is what must not vanish.
                let pivot = if pair {
                    pivot * Scalar::real(l[(column + 1, column + 1)]) - below.modulus_squared()
                } else {
                    pivot
                };
                if vanishes(pivot) {
                    return Some(first + column);
                }
                column += if pair { 2 } else { 1 };
            }
            None
        })?;
        let exchanged = self.forward[bad];
        Some(self.symbolic.perm().map_or(exchanged, |order| order.arrays().0[exchanged]))
    }
}
