use std::path::Path;

use filigree_core::{Error, Info, NpyElement, NpyWriter, Stopwatch};

use crate::{CsrMatrix, Scalar};

/// Writes `values.npy`, `rows.npy` and `columns.npy` of one matrix and tells their sizes.
pub(super) fn save<S: Scalar + NpyElement>(
    matrix: &CsrMatrix<S>,
    duplicates: usize,
    folder: &Path,
    watch: &Stopwatch,
) -> Result<Info, Error> {
    if matrix.entries() == 0 {
        return Err(Error::InvalidData(format!(
            "The matrix of {} rows and {} columns holds no entry: there is nothing to work on.",
            matrix.rows(),
            matrix.columns()
        )));
    }
    let pointers: Vec<i64> = matrix.row_pointers().iter().map(|&pointer| pointer as i64).collect();
    let columns: Vec<i32> = matrix.column_indices().iter().map(|&column| column as i32).collect();
    let files = vec![
        NpyWriter::write_all(folder, "values.npy", &[matrix.entries()], matrix.values())?,
        NpyWriter::write_all(folder, "rows.npy", &[pointers.len()], &pointers)?,
        NpyWriter::write_all(folder, "columns.npy", &[columns.len()], &columns)?,
    ];
    let zeros = matrix.values().iter().filter(|value| **value == S::ZERO).count();
    Ok(Info {
        stop_message: format!("Read {} entries.", matrix.entries()),
        figures: vec![
            ("rows", matrix.rows() as f64),
            ("columns", matrix.columns() as f64),
            ("entries", matrix.entries() as f64),
            ("duplicates", duplicates as f64),
            ("storedZeros", zeros as f64),
        ],
        files,
        ..Info::measured(watch)
    })
}
