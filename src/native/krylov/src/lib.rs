//! Sparse linear systems A x = b: Krylov methods with residuals that are recomputed before they are told,
//! preconditioners, algebraic multigrid, direct factorisations, and recycling over sequences of systems.
//!
//! Real and complex numbers share one code through [`Scalar`]; matrices are kept in compressed sparse rows.

mod scalar;

pub use scalar::Scalar;
