//! One system from its files to its solution and report: reads it, prepares what helps, solves, and writes.

mod options;
mod preconditioner_options;
mod report;
mod run;
mod solvable;

pub use options::{Solver, SystemSolveParams};
pub use preconditioner_options::{PreconditionerKind, PreconditionerOptions};
pub use run::solve_system;
