//! Vecchia's approximation: a Gaussian density as a product of conditionals on few earlier neighbours, whose inverse
//! Cholesky factor is sparse.

mod conditional;
mod fisher_scoring;
mod fused;
mod hyper;
mod lanes;
mod likelihood;
mod maximin;
mod neighbours;
mod point_tree;
mod predictor;
mod radial;
mod small_cholesky;
mod staged_fit;
#[cfg(test)]
mod test_support;

pub use fisher_scoring::{Bounds, Ending, Place};
pub use hyper::Hyper;
pub use likelihood::{Conditionals, Likelihood, Observations, likelihood};
pub use maximin::{Ordering, maximin_order, random_order};
pub use neighbours::{Neighbours, nearest_earlier};
pub use predictor::{Places, Prediction, Predictor};
pub use radial::Radial;
pub use staged_fit::{FitSettings, Fitted, spreads, staged_fit};
