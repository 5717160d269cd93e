//! Sparse linear systems A x = b: Krylov methods with residuals that are recomputed before they are told,
//! preconditioners, algebraic multigrid, direct factorisations, and recycling over sequences of systems.
//!
//! Real and complex numbers share one code through [`Scalar`]; matrices are kept in compressed sparse rows.
//!
//! A [`Problem`] (operator, right-hand side, preconditioner, start) goes to one of the methods with [`SolveParams`] and
//! an observer: [`cg`] (preconditioned where the problem is), [`deflated_cg`] with a [`DeflationSpace`], [`minres`],
//! [`gmres`], [`fgmres`], [`bicgstab`], [`idr`], [`lsqr`], [`lsmr`], and [`gcro_dr`] with a [`RecycleSpace`] that is kept
//! from system to system. Each gives an [`Outcome`], whatever happens; its residual is recomputed from its solution.
//! [`compare_sequence`] compares ways to solve a sequence, sorted by [`parameter_order`] or as it comes.

mod bandwidth;
mod built_rows;
mod checks;
mod copy_kernels;
mod csr;
mod dense_scalar;
mod direct;
mod exact_residual;
mod files;
mod generators;
pub mod incomplete;
mod inspect;
mod iterative;
mod linear_system;
pub mod multigrid;
mod operator;
mod pattern_view;
pub mod polynomial;
mod preconditioner;
mod preconditioner_choice;
mod read_ahead;
mod recycling;
mod row_blocks;
mod scalar;
mod shared_slice;
mod shifted_laplacian;
mod spectral_radius;
mod symmetry;
mod system_file;
mod system_solver;
#[cfg(test)]
mod test_matrices;
mod time_steps;
pub mod vector;

pub use bandwidth::measure as measure_bandwidth;
pub use csr::CsrMatrix;
pub use dense_scalar::DenseScalar;
pub use direct::{DirectFactor, DirectSolution, Factorisation, direct};
pub use exact_residual::exact_residual_norm;
pub use files::{
    EntrySources, ExportedMatrix, Field, Layout, MatrixMarketHeader, PointedAxis, ReadLimits, Symmetry,
    TripletTableParams, compress_entries, read_header, read_matrix_market, read_matrix_market_vector,
    read_triplet_table, write_matrix_market,
};
pub use generators::{
    AnisotropicDiffusionParams, Boundary, ConvectionDiffusionParams, ConvectionFlow, ConvectionScheme,
    DarcyField, DarcyParams, DiffusionScheme, EvolutionParams, FieldSequence, HelmholtzBoundary,
    HelmholtzParams, InitialState, PoissonParams, RandomFieldParams, RightHandSide, WavenumberOrder,
    generate_anisotropic_diffusion, generate_convection_diffusion, generate_darcy, generate_evolution,
    generate_helmholtz, generate_poisson,
};
pub use inspect::{
    ConditionEstimate, Definiteness, LanczosExtremes, MatrixFacts, condition_estimate, connected_components,
    definiteness, inspect_matrix, lanczos_extremes,
};
pub use iterative::{
    Basis, DeflationSpace, GivensLeastSquares, HistoryRow, Outcome, Problem, SolveParams, bicgstab, cg,
    deflated_cg, fgmres, gmres, idr, lsmr, lsqr, minres, stationary, subdomain_vectors,
};
pub use linear_system::{LinearSystem, RightHandSideChoice};
pub use num_complex::Complex64;
pub use operator::LinearOperator;
pub use pattern_view::{PatternMode, PatternWindow, look_at_pattern};
pub use preconditioner::{Identity, Preconditioner};
pub use preconditioner_choice::{BuiltPreconditioner, PreconditionerChoice, PreconditionerReport};
pub use recycling::{
    RecycleSpace, RecycledDirections, SequenceParams, compare_sequence, gcro_dr, parameter_order,
    path_length, recycled_cg,
};
pub use scalar::Scalar;
pub use shifted_laplacian::{ShiftedLaplacian, ShiftedLaplacianParams, ShiftedSolve};
pub use system_file::{SystemFile, SystemSources};
pub use system_solver::{PreconditionerKind, PreconditionerOptions, Solver, SystemSolveParams, solve_system};
pub use time_steps::{StepPreconditioner, TimeScheme, TimeStepsInput, TimeStepsParams, solve_time_steps};
