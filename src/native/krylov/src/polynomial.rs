//! Preconditioners that are polynomials in the matrix: they need nothing but products with it.

mod arnoldi_roots;
mod chebyshev;
mod elementary_symmetric;
mod krylov_polynomial;
mod traces;

pub use chebyshev::Chebyshev;
pub(crate) use chebyshev::chebyshev_steps;
pub use elementary_symmetric::ElementarySymmetric;
pub use krylov_polynomial::KrylovPolynomial;
pub use traces::TraceRule;
