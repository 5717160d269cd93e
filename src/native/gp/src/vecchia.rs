//! Vecchia's approximation: a Gaussian density as a product of conditionals on few earlier neighbours, whose inverse
//! Cholesky factor is sparse.

mod conditional;
mod deviation_scale;
mod engine;
mod fisher_scoring;
mod fused;
mod hyper;
mod lanes;
mod likelihood;
mod maximin;
mod model;
mod neighbours;
mod noise_process;
mod point_tree;
mod predictor;
mod radial;
mod small_cholesky;
mod staged_fit;
#[cfg(test)]
mod test_support;
#[cfg(test)]
mod tests;

pub use deviation_scale::{Calibrate, DeviationScale, level_factors};
pub use engine::{NoiseForm, VecchiaParams};
pub use maximin::Ordering;
pub use model::{KIND, restore};
