//! Tucker decomposition: a tensor as a small core multiplied by a factor matrix in every mode,
//! X ≈ G ×₁ U₁ ×₂ U₂ … ×_N U_N.
//!
//! Modes are counted from zero in code. Arrays of any number of modes are in C order, the last mode fastest.

use filigree_core as _;
