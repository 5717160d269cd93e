//! What a matrix is like, found without solving anything with it.

mod components;
mod condition;
mod definiteness;
mod facts;
mod inspection;
mod lanczos;

pub use components::connected_components;
pub use condition::{ConditionEstimate, condition_estimate};
pub use definiteness::{Definiteness, definiteness};
pub use facts::MatrixFacts;
pub use inspection::inspect_matrix;
pub use lanczos::{LanczosExtremes, lanczos_extremes};
