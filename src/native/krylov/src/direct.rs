//! Direct solution by sparse factorisation, through faer: Cholesky, LDLᴴ, LU with partial pivoting, and QR.

mod compressed_columns;
mod factor;
mod pivoted;
mod refined;

pub use factor::{DirectFactor, Factorisation};
pub use refined::{DirectSolution, solve as direct};
