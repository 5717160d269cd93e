//! Sparse Gaussian processes: exact regression as the referee, inducing points (SGPR, FITC, SVGP, SWSGP), the sparse
//! inverse Cholesky (Vecchia), kernels and likelihoods with analytic gradients, and calibration of what they predict.
//!
//! Inputs are (row, dimension) in C order; hyper-parameters are optimised as logarithms where they are positive.

mod calibration;
mod jitter;
mod kernel;
mod leaks;
mod optimiser;
mod prediction;
mod table_data;

pub use calibration::{COVERAGE_LEVELS, Calibration, PIT_BINS, QUANTILES};
pub use jitter::{JITTER_LADDER, JitterLog, Jittered, factor};
pub use kernel::{InputSpread, KERNEL_NAMES, Kernel, Parameter, ParameterRole};
pub use optimiser::{Iterate, OptimiserParams, Optimum, bound_warnings, minimise};
pub use prediction::Prediction;
pub use table_data::{Preparation, Standardisation, Table, TrainingData, Trend};
