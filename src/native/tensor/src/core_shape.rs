//! Which ranks are best for a size: packing the energies of all unfoldings into a budget of numbers.
//!
//! With σ the singular values of the unfoldings, ranks r lose at most Σ_modes Σ_{i>r} σ² of the energy; the least of
//! it is wanted subject to ∏ r + Σ n·r ≤ budget. Ghadiri, Fahrbach, Fu & Mirrokni, "Approximately optimal core shapes
//! for tensor decompositions", ICML 2023 (arXiv 2302.03886), who show the problem to be NP-hard in the number of modes.

mod branch_and_bound;
mod front;
mod greedy;
mod solve;
mod spectra;
mod tree;

pub use branch_and_bound::best_core_shape;
pub use front::pareto_front;
pub use greedy::{Rule, by_rule};
pub use solve::{CoreShapeParams, solve};
pub use spectra::{CoreShape, Spectra};
