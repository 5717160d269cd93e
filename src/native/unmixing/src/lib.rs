//! Hyperspectral unmixing: a pixel is a mixture, y ≈ M·a, of endmember spectra M with abundances a ≥ 0 that
//! sum to one.
//!
//! Every solver reads its pixels through [`PreparedCube`], writes its maps through [`MapWriter`], and is the
//! same five things: parameters with a `check()`, `solve`, an output with its `Info`, errors, tests.

mod archetypal_descent;
mod blind_start;
mod cube_input;
mod diagnostics;
mod edaa;
mod edaa_params;
mod entropic_kernels;
mod exponential;
mod fcls;
mod final_pass;
mod fit;
mod gaussian_field;
mod map_distances;
mod map_writer;
mod moments;
pub mod nmf;
mod parametric_spectra;
mod pixel_graph;
mod prepare;
mod prepared_pixels;
mod projection;
mod repeat_spread;
mod restart_choice;
mod scan;
mod simplex_least_squares;
mod simplex_pixel;
mod spectra;
mod support_cache;
mod synthetic_scene;
mod vca;
mod vca_params;

pub use cube_input::{CubeInput, InvalidPixels, NegativeValues, Normalisation};
pub use edaa::solve as solve_edaa;
pub use edaa_params::{EdaaParams, RestartRule};
pub use fcls::{FclsParams, solve as solve_fcls};
pub use final_pass::Simplex;
pub use map_distances::map_distances;
pub use map_writer::MapWriter;
pub use pixel_graph::GraphParams;
pub use prepare::{Passes, PreparedCube, Tile};
pub use prepared_pixels::solve as write_prepared_pixels;
pub use repeat_spread::{Repeat, solve as join_repeats};
pub use simplex_least_squares::{SimplexLeastSquares, Workspace};
pub use spectra::read_spectra;
pub use synthetic_scene::{SyntheticSceneParams, solve as make_synthetic_scene};
pub use vca::{VcaProjection, solve as solve_vca};
pub use vca_params::VcaParams;

/// Most endmembers any method here takes.
pub const MOST_ENDMEMBERS: usize = 64;

#[cfg(test)]
mod test_support;
