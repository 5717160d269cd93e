//! The functions JavaScript can call, a file for each group of them.

mod arrays;
mod gp;
mod gp_bounds;
mod gp_generators;
mod gp_stochastic;
mod gp_vecchia;
pub mod krylov;
mod krylov_files;
mod krylov_generators;
mod krylov_inspection;
mod krylov_sequence;
mod krylov_solve;
mod tensor_dense;
mod tensor_missing;
mod unmixing;
mod unmixing_archetypal;
mod unmixing_before;
mod unmixing_blind;
mod unmixing_library;
mod unmixing_uncertainty;
