//! Krylov methods. Each is a [`Segment`](drive::Segment): from a start and its true residual it goes on until it claims
//! convergence, restarts or breaks down; what it claims is checked by [`drive`](drive::drive), which recomputes.

mod arnoldi;
mod basis;
mod bicgstab;
mod block_kernels;
mod cg;
mod deflated_cg;
mod deflation_space;
mod drive;
mod fgmres;
mod givens;
mod gmres;
mod golub_kahan;
mod idr;
mod lsmr;
mod lsqr;
mod minres;
mod monitor;
mod outcome;
mod problem;
mod ritz;
mod solve_params;
mod stationary;
#[cfg(test)]
pub(crate) mod test_support;
#[cfg(test)]
mod tests;

pub(crate) use crate::DenseScalar;
pub use basis::Basis;
pub use bicgstab::solve as bicgstab;
pub use cg::solve as cg;
pub use deflated_cg::solve as deflated_cg;
pub use deflation_space::{DeflationSpace, subdomain_vectors};
pub use fgmres::solve as fgmres;
pub use givens::GivensLeastSquares;
pub use gmres::solve as gmres;
pub use idr::solve as idr;
pub use lsmr::solve as lsmr;
pub use lsqr::solve as lsqr;
pub use minres::solve as minres;
pub use outcome::{HistoryRow, Outcome};
pub use problem::Problem;
pub use solve_params::SolveParams;
pub use stationary::solve as stationary;

pub(crate) use arnoldi::{Arnoldi, ArnoldiStep};
pub(crate) use cg::ConjugateGradients;
pub(crate) use drive::{Segment, SegmentEnd, drive};
pub(crate) use monitor::Monitor;
pub(crate) use ritz::harmonic_inverse;
