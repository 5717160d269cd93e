//! Hyperspectral unmixing: a pixel is a mixture, y ≈ M·a, of endmember spectra M with abundances a ≥ 0 that
//! sum to one.
//!
//! Every solver reads its pixels through [`PreparedCube`], writes its maps through [`MapWriter`], and is the
//! same five things: parameters with a `check()`, `solve`, an output with its `Info`, errors, tests.

mod archetypal_descent;
mod atgp;
mod bad_bands;
mod blind_start;
mod collaborative;
mod cube_input;
mod diagnostics;
mod edaa;
mod edaa_params;
mod endmember_count;
mod entropic_kernels;
mod extraction;
mod fcls;
mod final_pass;
mod finished;
mod fit;
mod gaussian_field;
mod given_maps;
mod hfc;
mod hysime;
mod lambda_path;
mod learnability;
mod library_params;
mod library_scene;
mod library_solve;
mod library_table;
mod linear_abundances;
mod map_distances;
mod map_writer;
mod mnf;
mod moments;
mod multiscale;
mod n_findr;
pub mod nmf;
mod noise;
mod noise_estimate;
mod non_negative_least_squares;
mod parametric_spectra;
mod picked_pixels;
mod pixel_graph;
mod ppi;
mod prepare;
mod prepared_pixels;
mod projection;
mod prune_library;
mod reduced_pixels;
mod repeat_spread;
mod resample_library;
mod restart_choice;
mod restart_search;
mod scan;
mod scene_mixer;
mod simplex_fit;
mod simplex_least_squares;
mod simplex_pixel;
mod sisal;
mod small_inverse;
mod sparse_regression;
mod sparse_splitting;
mod spectra;
mod sunsal;
mod superpixels;
mod support_cache;
mod synthetic_scene;
mod synthetic_scene_params;
mod total_variation;
mod variation_split;
mod vca;
mod vca_params;
mod vca_projection;

pub use atgp::{AtgpParams, solve as solve_atgp};
pub use bad_bands::{BadBandsParams, solve as find_bad_bands};
pub use collaborative::{CollaborativeParams, solve as solve_collaborative};
pub use cube_input::{CubeInput, InvalidPixels, NegativeValues, Normalisation};
pub use edaa::solve as solve_edaa;
pub use edaa_params::{EdaaParams, RestartRule};
pub use endmember_count::{EndmemberCountParams, solve as count_endmembers};
pub use fcls::{FclsParams, solve as solve_fcls};
pub use final_pass::Simplex;
pub use lambda_path::{KnownAbundances, LambdaPathParams, solve as solve_lambda_path};
pub use library_scene::{LibrarySceneParams, solve as make_library_scene};
pub use linear_abundances::{NnlsParams, non_negative as solve_nnls, unconstrained as solve_ucls};
pub use map_distances::{abundance_errors, map_distances};
pub use map_writer::MapWriter;
pub use mnf::{MnfParams, solve as solve_mnf};
pub use multiscale::{MultiscaleParams, solve as solve_multiscale};
pub use n_findr::{NFindrParams, solve as solve_n_findr};
pub use noise_estimate::solve as estimate_noise;
pub use picked_pixels::solve as pick_pixels;
pub use pixel_graph::GraphParams;
pub use ppi::{PpiParams, solve as solve_ppi};
pub use prepare::{Passes, PreparedCube, Tile};
pub use prepared_pixels::solve as write_prepared_pixels;
pub use prune_library::solve as prune_library;
pub use repeat_spread::{Repeat, solve as join_repeats};
pub use resample_library::{BandShape, ResampleParams, solve as resample_library};
pub use simplex_least_squares::{SimplexLeastSquares, Workspace};
pub use sisal::{SisalParams, solve as solve_sisal};
pub use spectra::{MOST_LIBRARY_SPECTRA, read_spectra};
pub use sunsal::{SunsalParams, SunsalSolver, solve as solve_sunsal};
pub use synthetic_scene::solve as make_synthetic_scene;
pub use synthetic_scene_params::SyntheticSceneParams;
pub use total_variation::{TotalVariationParams, solve as solve_total_variation};
pub use vca::solve as solve_vca;
pub use vca_params::VcaParams;
pub use vca_projection::VcaProjection;

/// Most endmembers any method here takes.
pub const MOST_ENDMEMBERS: usize = 64;

#[cfg(test)]
mod test_support;
