use std::collections::VecDeque;

use faer::linalg::solvers::{Llt, Solve};
use faer::{Mat, Side};
use filigree_core::Error;

use super::{Basis, DenseScalar};
use crate::{CsrMatrix, LinearOperator, Scalar, vector};

/// Vectors W that CG shall not have to find: with A W and the factor of Wᴴ A W.
#[derive(Clone, Debug)]
pub struct DeflationSpace<S> {
    w: Basis<S>,
    aw: Basis<S>,
    /// (Wᴴ A W)⁻¹.
    inverse: Vec<Vec<S>>,
}

fn refused(why: &str) -> Error {
    Error::parameter(
        "deflation",
        format!("The deflation space can not be used: {why}. Choose another one, or CG without it."),
    )
}

impl<S: DenseScalar> DeflationSpace<S> {
    /// The space of these vectors, which must be independent; A must be positive definite on it.
    pub fn new(operator: &dyn LinearOperator<S>, vectors: &[Vec<S>]) -> Result<Self, Error> {
        let rows = operator.rows();
        if vectors.is_empty() || vectors.iter().any(|vector| vector.len() != rows) {
            return Err(refused(&format!("it needs vectors of {rows} entries")));
        }
        let mut w = Basis::new(rows, vectors.len());
        for vector in vectors {
            let norm = vector::norm(vector);
            if !(norm > 0.0 && norm.is_finite()) {
                return Err(refused("a vector of it is nought or not finite"));
            }
            w.push_scaled(1.0 / norm, vector);
        }
        Self::of_basis(operator, w)
    }

    /// The space of the columns of a basis.
    pub fn of_basis(operator: &dyn LinearOperator<S>, mut w: Basis<S>) -> Result<Self, Error> {
        let rows = operator.rows();
        w.orthonormalise().ok_or_else(|| refused("its vectors depend on each other"))?;
        let mut aw = Basis::new(rows, w.columns());
        let mut product = vec![S::ZERO; rows];
        for column in 0..w.columns() {
            operator.apply(w.column(column), &mut product);
            aw.push(&product);
        }
        let gram: Mat<S> = w.products(&aw);
        let factor = Llt::new(gram.as_ref(), Side::Lower)
            .map_err(|_| refused("the matrix is not positive definite on it"))?;
        let solved = factor.solve(Mat::<S>::identity(w.columns(), w.columns()));
        let inverse = (0..w.columns()).map(|i| (0..w.columns()).map(|j| solved[(i, j)]).collect()).collect();
        Ok(Self { w, aw, inverse })
    }
}

impl<S: Scalar> DeflationSpace<S> {
    /// Length of its vectors.
    pub fn rows(&self) -> usize {
        self.w.rows()
    }

    /// x ← x + W (WᴴAW)⁻¹ Wᴴ r, and r with it.
    pub(super) fn improve(&self, x: &mut [S], r: &mut [S]) {
        let y = self.solved(&self.w.project(r));
        self.w.add_combination(0, &y, x);
        let negative: Vec<S> = y.iter().map(|&value| -value).collect();
        self.aw.add_combination(0, &negative, r);
    }

    /// p ← p − W (WᴴAW)⁻¹ (AW)ᴴ z, which keeps p conjugate to W.
    pub(super) fn project_direction(&self, z: &[S], p: &mut [S]) {
        let y = self.solved(&self.aw.project(z));
        let negative: Vec<S> = y.iter().map(|&value| -value).collect();
        self.w.add_combination(0, &negative, p);
    }

    fn solved(&self, right: &[S]) -> Vec<S> {
        self.inverse.iter().map(|row| row.iter().zip(right).map(|(&a, &b)| a * b).sum()).collect()
    }

    /// W, orthonormal, and A W.
    pub fn bases(&self) -> (&Basis<S>, &Basis<S>) {
        (&self.w, &self.aw)
    }

    /// Memory, in bytes.
    pub(super) fn memory_bytes(&self) -> u64 {
        self.w.memory_bytes() + self.aw.memory_bytes()
    }
}

/// Vectors that are constant on one part of the matrix graph each and nought elsewhere (or each of `modes`, cut to the
/// part): parts of about as many rows, grown breadth first.
///
/// Nicolaides, "Deflation of conjugate gradients with applications to boundary value problems", SIAM J. Numer. Anal.
/// 24(2), 1987.
pub fn subdomain_vectors<S: Scalar>(
    matrix: &CsrMatrix<S>,
    parts: usize,
    modes: Option<&[Vec<S>]>,
) -> Vec<Vec<S>> {
    let rows = matrix.rows();
    let order = breadth_first_parts(matrix, parts.clamp(1, rows));
    let constant = [vec![S::ONE; rows]];
    let modes = modes.unwrap_or(&constant);
    let mut vectors = Vec::new();
    for part in &order {
        for mode in modes {
            let mut vector = vec![S::ZERO; rows];
            part.iter().for_each(|&row| vector[row] = mode[row]);
            if vector.iter().any(|&value| value != S::ZERO) {
                vectors.push(vector);
            }
        }
    }
    vectors
}

/// Rows in parts that are grown one after the other, each from the oldest neighbour of those before.
fn breadth_first_parts<S: Scalar>(matrix: &CsrMatrix<S>, parts: usize) -> Vec<Vec<usize>> {
    let rows = matrix.rows();
    let size = rows.div_ceil(parts);
    let mut taken = vec![false; rows];
    let mut border: VecDeque<usize> = VecDeque::new();
    let mut next = 0;
    let mut out: Vec<Vec<usize>> = Vec::new();
    loop {
        let mut part = Vec::with_capacity(size);
        let mut queue = VecDeque::new();
        while part.len() < size {
            let row = match queue.pop_front().or_else(|| border.pop_front()) {
                Some(row) => row,
                None => {
                    while next < rows && taken[next] {
                        next += 1;
                    }
                    if next == rows {
                        break;
                    }
                    next
                }
            };
            if taken[row] {
                continue;
            }
            taken[row] = true;
            part.push(row);
            let neighbours = matrix.row(row).0.iter().map(|&column| column as usize);
            queue.extend(neighbours.filter(|&column| column < rows && !taken[column]));
        }
        border.extend(queue);
        if part.is_empty() {
            return out;
        }
        out.push(part);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iterative::test_support::laplacian;

    #[test]
    fn parts_cover_every_row_once_and_are_as_many_as_asked_for() {
        let vectors = subdomain_vectors(&laplacian(30, 20), 7, None);
        assert_eq!(vectors.len(), 7);
        for row in 0..600 {
            assert_eq!(vectors.iter().map(|vector| vector[row]).sum::<f64>(), 1.0);
        }
    }

    #[test]
    fn a_space_on_which_the_matrix_is_not_definite_is_refused() {
        let matrix = CsrMatrix::from_triplets(2, 2, &[(0, 0, -1.0), (1, 1, 1.0)]).unwrap();
        let error = DeflationSpace::new(&matrix, &[vec![1.0, 0.0]]).unwrap_err().to_string();
        assert!(error.contains("not positive definite on it"), "{error}");
    }
}
