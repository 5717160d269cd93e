use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::solvers::{SolveCore, SolveLstsqCore};
use faer::sparse::SparseColMat;
use faer::sparse::linalg::LuError;
use faer::sparse::linalg::cholesky::{
    LltRef, SymbolicCholesky, SymmetricOrdering, factorize_symbolic_cholesky,
};
use faer::sparse::linalg::qr::factorize_symbolic_qr;
use faer::sparse::linalg::solvers::{Lu, Qr, SymbolicLu, SymbolicQr};
use faer::{Conj, MatMut, Par, Side};
use filigree_core::{Error, available_memory_bytes, filled};

use super::compressed_columns::{compressed_columns, symmetrised};
use super::pivoted::PivotedLdlt;
use crate::{CsrMatrix, DenseScalar, Preconditioner, Scalar};

/// How a matrix is taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Factorisation {
    /// P A Pᵀ = L Lᴴ, of Hermitian positive definite matrices.
    Cholesky,
    /// P A Pᵀ = L D Lᴴ with rows exchanged within dense blocks, of Hermitian matrices.
    Ldlt,
    /// P A Q = L U with partial pivoting, of square matrices.
    Lu,
    /// A P = Q R, of matrices with at least as many rows as columns.
    Qr,
}

enum Parts<S: DenseScalar> {
    Cholesky { symbolic: SymbolicCholesky<usize>, values: Vec<S> },
    Ldlt(PivotedLdlt<S>),
    Lu(Lu<usize, S>),
    Qr(Qr<usize, S>),
}

/// A factorised matrix, ready to solve with.
pub struct DirectFactor<S: DenseScalar> {
    parts: Parts<S>,
    rows: usize,
    columns: usize,
    bytes: u64,
}

impl<S: DenseScalar> DirectFactor<S> {
    /// Factorises. The order of the unknowns keeps the factors sparse (minimum degree); memory is estimated first, and
    /// a factor that can not fit is refused.
    pub fn new(matrix: &CsrMatrix<S>, factorisation: Factorisation) -> Result<Self, Error> {
        check_shape(matrix, factorisation)?;
        let columns = compressed_columns(matrix);
        let (parts, numbers) = match factorisation {
            Factorisation::Cholesky => cholesky(matrix, &columns)?,
            Factorisation::Ldlt => {
                let factor = PivotedLdlt::new(&columns)?;
                let numbers = factor.numbers();
                (Parts::Ldlt(factor), numbers)
            }
            Factorisation::Lu => {
                // Pivoting can only add to what the symmetric pattern needs.
                let least = 2 * symbolic_of(&symmetrised(matrix))?.len_val();
                check_memory::<S>(least, "LU")?;
                (lu(&columns)?, least)
            }
            Factorisation::Qr => {
                let symbolic =
                    factorize_symbolic_qr(columns.symbolic(), Default::default()).map_err(out_of_memory)?;
                let numbers = symbolic.len_val();
                check_memory::<S>(numbers, "QR")?;
                (qr(&columns)?, numbers)
            }
        };
        let bytes = (numbers * (size_of::<S>() + size_of::<usize>())) as u64;
        Ok(Self { parts, rows: matrix.rows(), columns: matrix.columns(), bytes })
    }

    /// x with A x = b, or of least residual where A has more rows than columns.
    pub fn solve(&self, right_hand_side: &[S]) -> Result<Vec<S>, Error> {
        let mut x = right_hand_side.to_vec();
        {
            let view = MatMut::from_column_major_slice_mut(&mut x, self.rows, 1);
            match &self.parts {
                Parts::Cholesky { symbolic, values } => {
                    let scratch = symbolic.solve_in_place_scratch::<S>(1, Par::Seq);
                    let mut memory = MemBuffer::try_new(scratch).map_err(out_of_memory)?;
                    let stack = MemStack::new(&mut memory);
                    LltRef::new(symbolic, values).solve_in_place_with_conj(Conj::No, view, Par::Seq, stack);
                }
                Parts::Ldlt(factor) => factor.solve_in_place(view)?,
                Parts::Lu(factor) => factor.solve_in_place_with_conj(Conj::No, view),
                Parts::Qr(factor) => factor.solve_lstsq_in_place_with_conj(Conj::No, view),
            }
        }
        x.truncate(self.columns);
        if let Some(row) = x.iter().position(|value| !Scalar::is_finite(*value)) {
            return Err(Error::Breakdown(format!(
                "The matrix is singular within rounding: its factors give no finite value for unknown {}. MINRES and LSMR live with a null space; look for zero rows, repeated equations, or sides that are all closed.",
                row + 1
            )));
        }
        Ok(x)
    }

    /// Memory of the factors, in bytes; of LU, what the symmetric pattern needs, to which pivoting adds.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }
}

impl<S: DenseScalar> Preconditioner<S> for DirectFactor<S> {
    fn apply(&self, r: &[S], z: &mut [S]) {
        match self.solve(r) {
            Ok(x) => z.copy_from_slice(&x),
            // The iteration around it sees a residual that is not finite, and says where it broke down.
            Err(_) => z.fill(S::from_real(f64::NAN)),
        }
    }
    fn is_symmetric_positive(&self) -> bool {
        matches!(self.parts, Parts::Cholesky { .. })
    }
    fn memory_bytes(&self) -> u64 {
        self.bytes
    }
}

fn check_shape<S: Scalar>(matrix: &CsrMatrix<S>, factorisation: Factorisation) -> Result<(), Error> {
    let (rows, columns) = (matrix.rows(), matrix.columns());
    if factorisation == Factorisation::Qr {
        if rows >= columns {
            return Ok(());
        }
        return Err(Error::InvalidData(format!(
            "Sparse QR needs at least as many rows as columns, and this matrix is {rows} × {columns}. LSMR finds the shortest solution of such a system."
        )));
    }
    if rows != columns {
        return Err(Error::InvalidData(format!(
            "This factorisation needs a square matrix, and this one is {rows} × {columns}. Sparse QR, LSQR and LSMR solve it in the least-squares sense."
        )));
    }
    if factorisation != Factorisation::Lu && !matrix.is_hermitian() {
        return Err(Error::InvalidData(format!(
            "The matrix is not {}: ‖A − Aᴴ‖ / ‖A‖ = {:.1e}. Sparse LU takes such matrices.",
            if S::COMPLEX { "Hermitian" } else { "symmetric" },
            matrix.hermitian_deviation()
        )));
    }
    Ok(())
}

fn symbolic_of<T>(matrix: &SparseColMat<usize, T>) -> Result<SymbolicCholesky<usize>, Error> {
    factorize_symbolic_cholesky(matrix.symbolic(), Side::Lower, SymmetricOrdering::Amd, Default::default())
        .map_err(out_of_memory)
}

fn cholesky<S: DenseScalar>(
    matrix: &CsrMatrix<S>,
    columns: &SparseColMat<usize, S>,
) -> Result<(Parts<S>, usize), Error> {
    let symbolic = symbolic_of(columns)?;
    let numbers = symbolic.len_val();
    check_memory::<S>(numbers, "Cholesky")?;
    let mut values = filled(numbers, S::ZERO, "the factor")?;
    let scratch = symbolic.factorize_numeric_llt_scratch::<S>(Par::Seq, Default::default());
    let mut memory = MemBuffer::try_new(scratch).map_err(out_of_memory)?;
    let stack = MemStack::new(&mut memory);
    let (regular, params) = (Default::default(), Default::default());
    symbolic
        .factorize_numeric_llt(&mut values, columns.as_ref(), Side::Lower, regular, Par::Seq, stack, params)
        .map_err(|_| {
            Error::Breakdown(format!(
                "The matrix is not positive definite: its Cholesky factorisation met a pivot that is not positive. {}Sparse LU takes indefinite matrices.",
                negative_diagonal(matrix)
            ))
        })?;
    Ok((Parts::Cholesky { symbolic, values }, numbers))
}

fn negative_diagonal<S: Scalar>(matrix: &CsrMatrix<S>) -> String {
    match matrix.diagonal().iter().position(|value| value.real() <= 0.0) {
        Some(row) => format!("Its diagonal is not positive in row {}. ", row + 1),
        None => String::new(),
    }
}

fn lu<S: DenseScalar>(columns: &SparseColMat<usize, S>) -> Result<Parts<S>, Error> {
    let symbolic = SymbolicLu::try_new(columns.symbolic()).map_err(out_of_memory)?;
    match Lu::try_new_with_symbolic(symbolic, columns.as_ref()) {
        Ok(factor) => Ok(Parts::Lu(factor)),
        Err(LuError::SymbolicSingular { index }) => Err(Error::Breakdown(format!(
            "The matrix is structurally singular: no pivot was left at step {} of its LU factorisation, so some equations share too few unknowns. LSMR and MINRES live with a null space.",
            index + 1
        ))),
        Err(LuError::Generic(error)) => Err(out_of_memory(error)),
    }
}

fn qr<S: DenseScalar>(columns: &SparseColMat<usize, S>) -> Result<Parts<S>, Error> {
    let symbolic = SymbolicQr::try_new(columns.symbolic()).map_err(out_of_memory)?;
    Qr::try_new_with_symbolic(symbolic, columns.as_ref()).map(Parts::Qr).map_err(out_of_memory)
}

pub(super) fn check_memory<S>(numbers: usize, name: &str) -> Result<(), Error> {
    let needed = (numbers as u64).saturating_mul((size_of::<S>() + size_of::<usize>()) as u64);
    match available_memory_bytes() {
        Some(free) if needed > free / 10 * 9 => Err(Error::OutOfMemory(format!(
            "The factors of this {name} factorisation need at least {:.1} GB, and {:.1} GB are free. An iterative method with a preconditioner needs far less.",
            needed as f64 / 1e9,
            free as f64 / 1e9
        ))),
        _ => Ok(()),
    }
}

pub(super) fn out_of_memory(error: impl std::fmt::Debug) -> Error {
    Error::OutOfMemory(format!(
        "The factors do not fit into memory ({error:?}). An iterative method with a preconditioner needs far less."
    ))
}
