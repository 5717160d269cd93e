//! Sparse systems made from nothing but a seed: discretised partial differential equations, one at a time or as a
//! sequence whose parameters are kept beside it.

mod anisotropic_diffusion;
mod assembly;
mod convection_diffusion;
mod darcy;
mod evolution;
mod finite_volumes;
mod grid;
mod helmholtz;
mod parameter_checks;
mod poisson;
mod random_field;
mod right_hand_side;
mod system_writer;
#[cfg(test)]
pub(crate) mod test_support;

pub use anisotropic_diffusion::{
    AnisotropicDiffusionParams, DiffusionScheme, solve as generate_anisotropic_diffusion,
};
pub use convection_diffusion::{
    ConvectionDiffusionParams, ConvectionScheme, Flow as ConvectionFlow,
    solve as generate_convection_diffusion,
};
pub use darcy::{DarcyField, DarcyParams, solve as generate_darcy};
pub use evolution::{EvolutionParams, InitialState, solve as generate_evolution};
pub use grid::Boundary;
pub use helmholtz::{HelmholtzBoundary, HelmholtzParams, WavenumberOrder, solve as generate_helmholtz};
pub use poisson::{PoissonParams, solve as generate_poisson};
pub use random_field::{FieldSequence, RandomFieldParams};
pub use right_hand_side::RightHandSide;
