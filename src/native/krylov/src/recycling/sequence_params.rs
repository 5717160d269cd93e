use filigree_core::Error;

use crate::PreconditionerOptions;
use crate::iterative::SolveParams;

/// What a sequence is solved by, and how.
#[derive(Clone, Debug, PartialEq)]
pub struct SequenceParams {
    /// Of the recomputed residual, relative to the right-hand side.
    pub relative_tolerance: f64,
    /// Of one system.
    pub max_iterations: usize,
    /// Steps between two restarts of GMRES.
    pub restart: usize,
    /// Vectors of a cycle of GCRO-DR.
    pub cycle: usize,
    /// Vectors it keeps.
    pub recycled: usize,
    /// Of GMRES, of GCRO-DR and of recycling CG alike.
    pub preconditioner: PreconditionerOptions,
    /// GMRES, system by system.
    pub with_gmres: bool,
    /// GCRO-DR in the given order.
    pub with_unsorted: bool,
    /// GCRO-DR in the order of similarity (SKR).
    pub with_sorted: bool,
    /// CG with recycling, in the same order as SKR, or the given one where SKR is left out.
    pub with_recycled_cg: bool,
    /// Sparse LU.
    pub with_direct: bool,
    /// CG with algebraic multigrid.
    pub with_multigrid: bool,
}

impl Default for SequenceParams {
    fn default() -> Self {
        Self {
            relative_tolerance: 1e-8,
            max_iterations: 20_000,
            restart: 40,
            cycle: 160,
            recycled: 80,
            preconditioner: PreconditionerOptions::default(),
            with_gmres: true,
            with_unsorted: true,
            with_sorted: true,
            with_recycled_cg: true,
            with_direct: true,
            with_multigrid: true,
        }
    }
}

impl SequenceParams {
    /// Says which parameter is wrong and why.
    pub fn check(&self) -> Result<(), Error> {
        self.of_gmres().check()?;
        self.of_recycling().check_recycling()?;
        if self.recycled == 0 {
            return Err(Error::parameter("recycled", "Keep at least one vector of a cycle; about half."));
        }
        let chosen = [
            self.with_gmres,
            self.with_unsorted,
            self.with_sorted,
            self.with_recycled_cg,
            self.with_direct,
            self.with_multigrid,
        ];
        if chosen.contains(&true) {
            return Ok(());
        }
        Err(Error::parameter("contenders", "Choose at least one way to solve the sequence."))
    }

    /// Of GMRES and of CG with multigrid.
    pub(super) fn of_gmres(&self) -> SolveParams {
        SolveParams {
            relative_tolerance: self.relative_tolerance,
            max_iterations: self.max_iterations,
            restart: self.restart,
            residual_interval: 0,
            ..SolveParams::default()
        }
    }

    /// Of GCRO-DR and of recycling CG.
    pub(super) fn of_recycling(&self) -> SolveParams {
        SolveParams { restart: self.cycle, recycled: self.recycled, ..self.of_gmres() }
    }
}
