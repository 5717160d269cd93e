//! Tucker decomposition: a tensor as a small core multiplied by a factor matrix in every mode,
//! X ≈ G ×₁ U₁ ×₂ U₂ … ×_N U_N.
//!
//! Modes are counted from zero in code, from one in what a person reads. Arrays of any number of modes are in C order,
//! the last mode fastest.

mod calibration;
mod cholesky;
mod core_shape;
mod core_tails;
mod energy;
mod entries;
mod entry_model;
mod funbat;
mod funbat_params;
mod functional_core;
mod functional_mode;
mod functional_result;
mod functional_tucker;
mod gram;
mod held_out;
mod hooi;
mod imputed_tucker;
mod kernels;
mod leading_basis;
mod masked_params;
mod masked_tucker;
mod matern;
mod mode_basis;
mod mode_product;
mod mode_views;
mod nonnegative;
mod nonnegative_momentum;
mod nonnegative_params;
mod nonnegative_start;
mod nonnegative_updates;
mod observed_input;
#[cfg(test)]
mod observed_support;
mod outcome;
mod passes;
mod randomised;
mod rank_rule;
mod renewed_basis;
mod scattered_als;
mod shape;
mod smoother;
mod sparse_tensor;
mod sparse_tucker;
mod st_hosvd;
mod stopping;
mod synthetic_tensor;
mod tensor;
mod tensor_input;
#[cfg(test)]
mod test_support;
mod tucker_model;

pub use core_shape::{
    CoreShape, CoreShapeParams, Rule, Spectra, best_core_shape, by_rule, pareto_front,
    solve as solve_core_shape,
};
pub use core_tails::CoreTails;
pub use funbat::solve as solve_funbat;
pub use funbat_params::FunbatParams;
pub use functional_core::CoreForm;
pub use gram::{Side, gram};
pub use hooi::{HooiEnd, HooiParams, iterate, solve as solve_hooi};
pub use masked_params::MaskedTuckerParams;
pub use masked_tucker::solve as solve_masked_tucker;
pub use matern::Kernel;
pub use mode_basis::{Accuracy, ModeBasis, leads_negative, mode_basis};
pub use mode_product::project;
pub use mode_views::{ModeViewsParams, NestedModel, solve as solve_mode_views};
pub use nonnegative::solve as solve_nonnegative;
pub use nonnegative_params::{NonnegativeParams, NonnegativeStart};
pub use observed_input::{HoldOut, Observations, ObservedInput};
pub use outcome::{figures, finish, write_singular_values};
pub use passes::{pass, tile_width};
pub use randomised::{RandomisedParams, decompose, solve as solve_randomised};
pub use rank_rule::{RankRule, check_budget, useful_ranks};
pub use shape::{ModeView, element_count, index_of, shape_text};
pub use sparse_tensor::Duplicates;
pub use sparse_tucker::{SparseTuckerParams, solve as solve_sparse_tucker};
pub use st_hosvd::{Compressed, StHosvdParams, compress, solve as solve_st_hosvd};
pub use synthetic_tensor::{SyntheticTensorParams, solve as solve_synthetic_tensor};
pub use tensor::{DenseTensor, Tensor};
pub use tensor_input::{IN_MEMORY_ENTRIES, MappedTensor, TensorInput};
pub use tucker_model::{Fit, TuckerModel, model_size, row_major};
