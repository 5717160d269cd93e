//! Sparse Gaussian processes: exact regression as the referee, inducing points (SGPR, FITC, SVGP, SWSGP), the sparse
//! inverse Cholesky (Vecchia), kernels and likelihoods with analytic gradients, and calibration of what they predict.
//!
//! Inputs are (row, dimension) in C order; hyper-parameters are optimised as logarithms where they are positive.

mod bound_sweep;
mod calibration;
mod chained_gp;
mod collapsed_bound;
mod complete_rows;
mod exact_gp;
mod fit_run;
mod fitted_model;
mod fitted_views;
mod gp_model;
mod held_out_rows;
mod hold_out;
mod inducing_gp;
mod inducing_points;
mod jitter;
mod kept_inputs;
mod kernel;
mod leaks;
mod neighbour_objective;
mod observation;
mod optimiser;
mod predict_run;
mod prediction;
mod saved_model;
mod scaled_model;
mod search;
mod stochastic;
mod svgp;
mod svgp_objective;
mod swsgp;
mod synthetic_table;
mod table_data;
mod table_input;
#[cfg(test)]
mod test_support;
mod tiled_cholesky;
mod vecchia;

pub use bound_sweep::{BoundSweepParams, Enclosed, sweep_bounds};
pub use calibration::{COVERAGE_LEVELS, Calibration, PIT_BINS, QUANTILES};
pub use exact_gp::ExactParams;
pub use fit_run::fit_table;
pub use fitted_model::{Engine, Fit, FittedModel, Judged, Learned};
pub use gp_model::GpModel;
pub use hold_out::HoldOut;
pub use inducing_gp::{InducingMethod, InducingParams};
pub use inducing_points::Selection;
pub use jitter::{JITTER_LADDER, JitterLog, Jittered, factor, factor_from};
pub use kernel::{InputSpread, KERNEL_NAMES, Kernel, Parameter, ParameterRole};
pub use observation::ObservationKind;
pub use optimiser::{Iterate, OptimiserParams, Optimum, bound_warnings, minimise};
pub use predict_run::predict_table;
pub use prediction::Prediction;
pub use saved_model::{MODEL_FILE, NamedArray, SavedModel, SavedParts};
pub use search::SearchParams;
pub use stochastic::StochasticParams;
pub use svgp::SvgpParams;
pub use swsgp::SwsgpParams;
pub use synthetic_table::{SyntheticFunction, SyntheticNoise, SyntheticTableParams, solve_synthetic_table};
pub use table_data::{Preparation, Standardisation, Table, TrainingData, Trend};
pub use table_input::TableInput;
pub use vecchia::{Calibrate, NoiseForm, Ordering, TrendChoice, VecchiaParams, table_likelihood};
