//! What a matrix is like, found without solving anything with it.

mod components;
mod definiteness;
mod facts;
mod lanczos;

pub use components::connected_components;
pub use definiteness::{Definiteness, definiteness};
pub use facts::MatrixFacts;
pub use lanczos::{LanczosExtremes, lanczos_extremes};
