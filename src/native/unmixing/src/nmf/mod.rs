//! Non-negative matrix factorisation, Y ≈ MA with M, A ≥ 0: one engine for the whole family of blind methods.
//!
//! [`NmfParams`] says what is minimised; a method is a choice of its terms. `factors` moves both factors in one
//! pass over the cube an iteration, `iterate` judges the objective, `solve` makes a run of it.

mod band_loss;
mod component_step;
mod factors;
mod fill_in;
mod guidance;
mod iterate;
mod model;
mod neighbourhood;
mod solve;
mod start;
mod tally;
mod terms;
mod tiled;
mod trusted_bands;
mod volume;

pub use model::{Exponent, GraphTerm, Loss, NmfParams, Sparsity, Updates};
pub use solve::solve;
