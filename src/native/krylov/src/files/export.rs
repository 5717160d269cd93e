use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use filigree_core::{Error, Observer, keep_going, tiles};
use rayon::prelude::*;

use crate::{CsrMatrix, Scalar};

/// Rows written as one piece.
const ROWS_AT_ONCE: usize = 1 << 12;
const STAGE: &str = "Writing the entries";

/// What a written file holds.
#[derive(Clone, Debug, PartialEq)]
pub struct ExportedMatrix {
    /// Entries written.
    pub entries: usize,
    /// Only the lower triangle was written, the other one follows from it.
    pub symmetric: bool,
}

/// Writes a matrix as a Matrix Market file that reads back to the same numbers: as symmetric where it is exactly that,
/// with the shortest text that stands for each number.
pub fn write_matrix_market<S: Scalar>(
    matrix: &CsrMatrix<S>,
    comment: &str,
    path: &Path,
    observer: &mut dyn Observer,
) -> Result<ExportedMatrix, Error> {
    observer.stage(STAGE);
    let symmetric =
        matrix.rows() == matrix.columns() && matrix.symmetric_deviation() == 0.0 && mirrored(matrix);
    let kept = |row: usize, column: u32| !symmetric || column as usize <= row;
    let entries = (0..matrix.rows())
        .map(|row| matrix.row(row).0.iter().filter(|&&column| kept(row, column)).count())
        .sum();
    let failed = |error: std::io::Error| Error::writing(path, &error);
    let mut file = BufWriter::new(File::create(path).map_err(failed)?);
    let field = if S::COMPLEX { "complex" } else { "real" };
    let symmetry = if symmetric { "symmetric" } else { "general" };
    writeln!(file, "%%MatrixMarket matrix coordinate {field} {symmetry}").map_err(failed)?;
    for line in comment.lines() {
        writeln!(file, "% {line}").map_err(failed)?;
    }
    writeln!(file, "{} {} {entries}", matrix.rows(), matrix.columns()).map_err(failed)?;
    let ranges: Vec<_> = tiles(0..matrix.rows(), ROWS_AT_ONCE).collect();
    for batch in ranges.chunks(64) {
        let texts: Vec<Vec<u8>> = batch
            .par_iter()
            .map(|range| {
                let mut text = Vec::new();
                for row in range.clone() {
                    let (columns, values) = matrix.row(row);
                    for (&column, &value) in
                        columns.iter().zip(values).filter(|(column, _)| kept(row, **column))
                    {
                        append(&mut text, row, column, value);
                    }
                }
                text
            })
            .collect();
        for text in texts {
            file.write_all(&text).map_err(failed)?;
        }
        let done = batch.last().map_or(0, |range| range.end);
        keep_going(observer.progress(done as f64 / matrix.rows() as f64), STAGE)?;
    }
    file.flush().map_err(failed)?;
    Ok(ExportedMatrix { entries, symmetric })
}

fn append<S: Scalar>(text: &mut Vec<u8>, row: usize, column: u32, value: S) {
    // Writing into memory can not fail.
    let _ = if S::COMPLEX {
        writeln!(text, "{} {} {:e} {:e}", row + 1, column + 1, value.real(), value.imaginary())
    } else {
        writeln!(text, "{} {} {:e}", row + 1, column + 1, value.real())
    };
}

/// Every stored entry has a stored mirror image, so that a half gives the same pattern back.
fn mirrored<S: Scalar>(matrix: &CsrMatrix<S>) -> bool {
    let transposed = matrix.transpose();
    transposed.column_indices() == matrix.column_indices()
        && transposed.row_pointers() == matrix.row_pointers()
}
