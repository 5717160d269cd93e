//! Preconditioners that read the matrix's entries: its diagonal, its triangles, and incomplete factors of it.

mod cholesky;
mod factor_pair;
mod ilu;
mod ilut;
mod imported;
mod jacobi;
mod pivot;
mod ssor;
mod triangular;

pub use cholesky::IncompleteCholesky;
pub use factor_pair::FactorPair;
pub use ilu::ilu;
pub use ilut::{IlutParams, ilut};
pub use imported::imported_factors;
pub use jacobi::Jacobi;
pub(crate) use jacobi::no_diagonal;
pub use pivot::ZeroPivot;
pub use ssor::Ssor;
