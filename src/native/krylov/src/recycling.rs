//! Sequences of systems that resemble each other: a space that is kept from one to the next, and the order in which they
//! are solved.

mod compare;
mod contenders;
mod gcro_dr;
mod harmonic_vectors;
mod parameter_order;
mod recycle_space;
mod recycled_cg;
mod renewal;
mod sequence;
mod sequence_params;
mod sequence_table;

pub use compare::solve as compare_sequence;
pub use gcro_dr::solve as gcro_dr;
pub use parameter_order::{parameter_order, path_length};
pub use recycle_space::RecycleSpace;
pub use recycled_cg::{RecycledDirections, solve as recycled_cg};
pub use sequence_params::SequenceParams;
