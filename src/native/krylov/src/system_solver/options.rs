use filigree_core::Error;

use super::PreconditionerOptions;
use crate::{RightHandSideChoice, SolveParams};

/// Everything that solves a system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Solver {
    /// Conjugate gradients.
    Cg,
    /// Conjugate gradients beside a deflation space.
    DeflatedCg,
    /// MINRES.
    Minres,
    /// Restarted GMRES.
    Gmres,
    /// Restarted flexible GMRES.
    FlexibleGmres,
    /// BiCGSTAB.
    Bicgstab,
    /// IDR(s).
    Idr,
    /// LSQR.
    Lsqr,
    /// LSMR.
    Lsmr,
    /// Multigrid cycles by themselves.
    Multigrid,
    /// Sparse Cholesky.
    Cholesky,
    /// Sparse LDLᴴ.
    Ldlt,
    /// Sparse LU.
    Lu,
    /// Sparse QR.
    Qr,
}

impl Solver {
    /// Every solver with its name at the boundaries.
    pub const NAMES: &[(Self, &str)] = &[
        (Self::Cg, "cg"),
        (Self::DeflatedCg, "deflated-cg"),
        (Self::Minres, "minres"),
        (Self::Gmres, "gmres"),
        (Self::FlexibleGmres, "flexible-gmres"),
        (Self::Bicgstab, "bicgstab"),
        (Self::Idr, "idr"),
        (Self::Lsqr, "lsqr"),
        (Self::Lsmr, "lsmr"),
        (Self::Multigrid, "multigrid"),
        (Self::Cholesky, "cholesky"),
        (Self::Ldlt, "ldlt"),
        (Self::Lu, "lu"),
        (Self::Qr, "qr"),
    ];
}

/// How one system is solved.
#[derive(Clone, Debug)]
pub struct SystemSolveParams {
    /// Which one of a sequence, counted from nought.
    pub system: usize,
    /// Its right-hand side.
    pub right_hand_side: RightHandSideChoice,
    /// What solves it.
    pub solver: Solver,
    /// When an iteration stops.
    pub iteration: SolveParams,
    /// Subdomains of deflated CG; 0 takes the near-null space that came with the matrix.
    pub deflation_vectors: usize,
    /// What helps an iteration.
    pub preconditioner: PreconditionerOptions,
    /// Shape that the solution is written in.
    pub shape: Vec<usize>,
}

impl SystemSolveParams {
    /// Says which parameter is wrong and why.
    pub fn check(&self, columns: usize) -> Result<(), Error> {
        self.iteration.check()?;
        if self.shape.iter().product::<usize>() != columns {
            return Err(Error::Internal(format!(
                "A solution of {columns} unknowns can not be written in the shape {:?}",
                self.shape
            )));
        }
        Ok(())
    }
}
