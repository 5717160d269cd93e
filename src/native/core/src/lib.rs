//! What every Filigree solver stands on: arrays in files, observers that watch and stop a solver,
//! errors in the user's words, fixed-order parallel work, seeded randomness and small dense kernels.
//!
//! Nothing in here knows a solver family, and nothing in here knows JavaScript.

mod allocate;
mod array_source;
mod ask_for;
mod dtype;
mod error;
mod exponential;
mod info;
mod linalg;
mod mapped_array;
mod matrix;
mod memory;
mod npy_writer;
mod observer;
mod parallel;
mod pool;
mod random;
mod summary;
mod widest;

pub use allocate::{filled, room, zeros};
pub use array_source::{ArraySource, ByteOrder};
pub use ask_for::ask_for;
pub use dtype::DType;
pub use error::{Error, ErrorCode};
pub use exponential::exp_of_non_positive;
pub use info::{Info, StopReason, Stopwatch};
pub use linalg::{SymmetricEigen, positive_definite_inverse, symmetric_eigen, thin_qr};
pub use mapped_array::MappedArray;
pub use matrix::{View, ViewMut, dot, multiply, multiply_add, multiply_thin};
pub use memory::{available_memory_bytes, peak_memory_bytes};
pub use npy_writer::{NpyElement, NpyWriter};
pub use observer::{Flow, Observer, Section, Silent, Step, keep_going};
pub use parallel::{BATCH_TILES, TILE_PIXELS, batches, in_pool, map_tiles, tiles};
pub use pool::{Pool, Pooled};
pub use random::Random;
pub use summary::{ArraySummary, summarise};
pub use widest::{Wide, widest};

/// Crate versions a result may depend on, as pinned in the workspace.
pub const NUMERIC_LIBRARIES: &[(&str, &str)] =
    &[("faer", "0.24.4"), ("matrixmultiply", "0.3.11"), ("rand_chacha", "0.10.0"), ("rayon", "1.12.0")];
