//! Vecchia's approximation: a Gaussian density as a product of conditionals on few earlier neighbours, whose inverse
//! Cholesky factor is sparse.

mod conditional;
mod deviation_scale;
mod distortion;
mod engine;
mod fisher_scoring;
mod fit_trace;
mod fused;
mod hyper;
mod kernel_choice;
mod lanes;
mod likelihood;
mod maximin;
mod model;
mod neighbours;
mod noise_process;
mod params;
mod point_tree;
mod prediction_reach;
mod predictor;
mod radial;
mod small_cholesky;
mod staged_fit;
mod table_likelihood;
#[cfg(test)]
mod test_support;
#[cfg(test)]
mod tests;
mod trend_columns;
mod within;

pub use deviation_scale::{Calibrate, DeviationScale, level_factors};
pub use maximin::Ordering;
pub use model::{KIND, restore};
pub use params::{NoiseForm, TrendChoice, VecchiaParams};
pub use table_likelihood::table_likelihood;
