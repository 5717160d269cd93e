use std::path::Path;

use filigree_core::{ArraySource, Error, Info, NpyElement, Observer, Stopwatch};
use num_complex::Complex64;

use super::compress::{Compressed, Entries, Mirror, compress};
use super::saved_matrix::save;
use crate::Scalar;
use crate::system_file::{numbers, whole_numbers};

/// Entries that another reader found, as arrays in files.
#[derive(Clone, Debug)]
pub struct EntrySources {
    /// Rows of the matrix.
    pub rows: usize,
    /// Columns of the matrix.
    pub columns: usize,
    /// (entry): the numbers; ones where there are none.
    pub values: Option<ArraySource>,
    /// (entry): the row of each, or, with `by_columns`, where every column begins (column + 1).
    pub row_indices: ArraySource,
    /// (entry): the column of each, or, without `by_columns` and with pointers in its place, see `pointers`.
    pub column_indices: ArraySource,
    /// Which of the two indices are pointers to where rows or columns begin.
    pub pointers: PointedAxis,
}

/// The axis whose indices are told by pointers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PointedAxis {
    /// Row and column of every entry are told.
    Neither,
    /// `row_indices` says where rows begin (compressed rows).
    Rows,
    /// `column_indices` says where columns begin (compressed columns).
    Columns,
}

impl PointedAxis {
    /// Every kind with its name at the boundaries.
    pub const NAMES: &[(Self, &str)] =
        &[(Self::Neither, "neither"), (Self::Rows, "rows"), (Self::Columns, "columns")];
}

/// Puts entries into compressed rows, as `read_matrix_market` does: ordered, duplicates summed.
pub fn compress_entries(
    sources: &EntrySources,
    folder: &Path,
    observer: &mut dyn Observer,
) -> Result<Info, Error> {
    let complex = sources.values.as_ref().is_some_and(|values| !values.dtype.is_real());
    if complex {
        write::<Complex64>(sources, folder, observer)
    } else {
        write::<f64>(sources, folder, observer)
    }
}

fn write<S: Scalar + NpyElement>(
    sources: &EntrySources,
    folder: &Path,
    observer: &mut dyn Observer,
) -> Result<Info, Error> {
    let watch = Stopwatch::start();
    observer.stage("Reading the entries");
    let indices = |source: &ArraySource, pointed: bool, length: usize, name: &str| {
        let told = whole_numbers(source, 0, source.element_count()?, name)?;
        if pointed { spread(&told, length, name) } else { Ok(told) }
    };
    let of_rows = indices(&sources.row_indices, sources.pointers == PointedAxis::Rows, sources.rows, "row")?;
    let of_columns = indices(
        &sources.column_indices,
        sources.pointers == PointedAxis::Columns,
        sources.columns,
        "column",
    )?;
    let values = match &sources.values {
        Some(source) => numbers::<S>(source, 0, source.element_count()?)?,
        None => vec![S::ONE; of_rows.len()],
    };
    if of_rows.len() != of_columns.len() || of_rows.len() != values.len() {
        return Err(Error::InvalidData(format!(
            "The matrix has {} row indices, {} column indices and {} values; they must be as many. The file is damaged.",
            of_rows.len(),
            of_columns.len(),
            values.len()
        )));
    }
    let mut entries = Entries::default();
    for ((&row, &column), &value) in of_rows.iter().zip(&of_columns).zip(&values) {
        if row >= sources.rows || column >= sources.columns {
            return Err(Error::InvalidData(format!(
                "An entry lies at row {}, column {} of a {} × {} matrix. The file is damaged.",
                row + 1,
                column + 1,
                sources.rows,
                sources.columns
            )));
        }
        if !value.is_finite() {
            return Err(Error::InvalidData(format!(
                "The entry at row {}, column {} is {value}: entries must be finite. Replace it or leave it out, and import the file again.",
                row + 1,
                column + 1
            )));
        }
        entries.push(row as u32, column as u32, value);
    }
    observer.stage("Putting the entries in order");
    let Compressed { matrix, duplicates } =
        compress(sources.rows, sources.columns, &[entries], Mirror::Nothing)?;
    save(&matrix, duplicates, folder, &watch)
}

/// The index of every entry from where rows (or columns) begin.
fn spread(pointers: &[usize], length: usize, name: &str) -> Result<Vec<usize>, Error> {
    let damaged = |why: &str| {
        Error::InvalidData(format!("The {name} pointers of the matrix {why}. The file is damaged."))
    };
    if pointers.len() != length + 1 || pointers[0] != 0 {
        return Err(damaged(&format!("do not start {length} {name}s from entry 0 on")));
    }
    if pointers.windows(2).any(|pair| pair[1] < pair[0]) {
        return Err(damaged("fall"));
    }
    Ok((0..length)
        .flat_map(|index| std::iter::repeat_n(index, pointers[index + 1] - pointers[index]))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generators::test_support::{described, generated};
    use filigree_core::{NpyWriter, Silent};

    fn saved<T: NpyElement>(folder: &Path, name: &str, values: &[T]) -> ArraySource {
        NpyWriter::write_all(folder, name, &[values.len()], values).unwrap();
        described(&folder.join(name))
    }

    #[test]
    fn compressed_columns_become_compressed_rows() {
        let folder = tempfile::tempdir().unwrap();
        // Columns (0: rows 1, 0), (1: row 1).
        let sources = EntrySources {
            rows: 2,
            columns: 2,
            values: Some(saved(folder.path(), "v.npy", &[5.0, 4.0, 6.0])),
            row_indices: saved(folder.path(), "r.npy", &[1i32, 0, 1]),
            column_indices: saved(folder.path(), "c.npy", &[0i32, 2, 3]),
            pointers: PointedAxis::Columns,
        };
        compress_entries(&sources, folder.path(), &mut Silent).unwrap();
        let file = generated(folder.path());
        let matrix = file.matrix::<f64>(0).unwrap();
        assert_eq!((matrix.get(0, 0), matrix.get(1, 0), matrix.get(1, 1)), (4.0, 5.0, 6.0));
        let wrong = EntrySources { rows: 1, ..sources.clone() };
        assert!(
            compress_entries(&wrong, folder.path(), &mut Silent).unwrap_err().to_string().contains("row 2")
        );
        // The same arrays, read as a row and a column of every entry.
        let plain = EntrySources { columns: 4, pointers: PointedAxis::Neither, ..sources };
        assert!(compress_entries(&plain, folder.path(), &mut Silent).is_ok());
    }
}
