//! Sparse matrices from files and back: Matrix Market and tables of entries, read on all threads, and entries that other
//! readers found, put into compressed rows.

mod compress;
mod compressed_entries;
mod export;
mod lines;
mod matrix_market;
mod matrix_market_header;
mod number;
mod plain_words;
mod saved_matrix;
mod triplet_table;

pub use compressed_entries::{EntrySources, PointedAxis, compress_entries};
pub use export::{ExportedMatrix, write_matrix_market};
pub use matrix_market::{ReadLimits, read_matrix_market, read_matrix_market_vector};
pub use matrix_market_header::{Field, Layout, MatrixMarketHeader, Symmetry, read_header};
pub use triplet_table::{TripletTableParams, read_triplet_table};
