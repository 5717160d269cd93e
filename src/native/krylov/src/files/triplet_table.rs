use std::path::Path;

use filigree_core::{Error, Info, NpyElement, Observer, Stopwatch};
use num_complex::Complex64;

use super::compress::{Compressed, Entries, Mirror, compress};
use super::lines::{Piece, TextFile, read_lines};
use super::number::{Cursor, Problem, index_of, scalar};
use super::saved_matrix::save;
use crate::Scalar;

const STAGE: &str = "Reading the entries";
/// Rows and columns a table of entries may have, as columns are kept as 32-bit numbers.
const MOST_ROWS: usize = i32::MAX as usize;

/// How a table of entries (row, column, value, or also the imaginary part) is to be read.
#[derive(Clone, Debug, PartialEq)]
pub struct TripletTableParams {
    /// Byte between the cells; blanks always separate.
    pub separator: u8,
    /// Lines before the first entry: names of the columns.
    pub header_lines: usize,
    /// What the first row and the first column are called: 0 or 1.
    pub first_index: u64,
    /// A fourth column holds imaginary parts.
    pub complex: bool,
    /// Rows, or as many as the largest index asks for.
    pub rows: Option<usize>,
    /// Columns, or as many as the largest index asks for.
    pub columns: Option<usize>,
    /// Bytes that are read; a look at a large file needs only the first of them.
    pub most_bytes: usize,
}

impl Default for TripletTableParams {
    fn default() -> Self {
        Self {
            separator: b',',
            header_lines: 0,
            first_index: 0,
            complex: false,
            rows: None,
            columns: None,
            most_bytes: usize::MAX,
        }
    }
}

/// Reads a table of entries on all threads of the current pool, as `read_matrix_market` does.
pub fn read_triplet_table(
    path: &Path,
    params: &TripletTableParams,
    folder: &Path,
    observer: &mut dyn Observer,
) -> Result<Info, Error> {
    if params.complex {
        read::<Complex64>(path, params, folder, observer)
    } else {
        read::<f64>(path, params, folder, observer)
    }
}

#[derive(Clone)]
struct TripletLines<S> {
    entries: Entries<S>,
    separator: u8,
    first_index: u64,
    rows: usize,
    columns: usize,
}

impl<S> Default for TripletLines<S> {
    fn default() -> Self {
        Self { entries: Entries::default(), separator: b',', first_index: 0, rows: 0, columns: 0 }
    }
}

impl<S: Scalar> Piece for TripletLines<S> {
    fn take(&mut self, line: &[u8]) -> Result<(), Problem> {
        let mut cursor = Cursor::new(line);
        let Some(first) = cursor.word(self.separator) else { return Ok(()) };
        if first[0] == b'#' || first[0] == b'%' {
            return Ok(());
        }
        let mut next =
            |what: &str| cursor.word(self.separator).ok_or_else(|| format!("ends before the {what}"));
        let second = next("column")?;
        let real = next("value")?;
        let imaginary = if S::COMPLEX { Some(next("imaginary part")?) } else { None };
        if cursor.word(self.separator).is_some() {
            return Err("has more cells than row, column and value".to_owned());
        }
        let row = index_of(first, self.first_index, self.rows, "row")?;
        let column = index_of(second, self.first_index, self.columns, "column")?;
        self.entries.push(row, column, scalar(real, imaginary)?);
        Ok(())
    }
}

fn read<S: Scalar + NpyElement>(
    path: &Path,
    params: &TripletTableParams,
    folder: &Path,
    observer: &mut dyn Observer,
) -> Result<Info, Error> {
    let watch = Stopwatch::start();
    let file = TextFile::open(path)?;
    observer.stage(STAGE);
    let bytes = file.bytes();
    let mut start = 0;
    for _ in 0..params.header_lines {
        let rest = &bytes[start..];
        start += rest.iter().position(|&byte| byte == b'\n').map_or(rest.len(), |at| at + 1);
    }
    let empty = TripletLines::<S> {
        entries: Entries::default(),
        separator: params.separator,
        first_index: params.first_index,
        rows: params.rows.unwrap_or(MOST_ROWS),
        columns: params.columns.unwrap_or(MOST_ROWS),
    };
    let pieces: Vec<Entries<S>> =
        read_lines(&file, start, params.header_lines + 1, params.most_bytes, &empty, observer, STAGE)?
            .into_iter()
            .map(|piece| piece.entries)
            .collect();
    let largest = |of: fn(&Entries<S>) -> &Vec<u32>| {
        pieces.iter().flat_map(|piece| of(piece).iter()).max().map_or(0, |&index| index as usize + 1)
    };
    let rows = params.rows.unwrap_or_else(|| largest(|entries| &entries.rows));
    let columns = params.columns.unwrap_or_else(|| largest(|entries| &entries.columns));
    if rows == 0 || columns == 0 {
        return Err(file.wrong("it holds no entries"));
    }
    if rows.max(columns) > 8 * bytes.len() + (1 << 24) {
        return Err(file.wrong(format_args!(
            "its largest index is {}, in a file of {} bytes: nearly all rows would be empty. Check which columns hold the indices",
            rows.max(columns),
            bytes.len()
        )));
    }
    observer.stage("Putting the entries in order");
    let Compressed { matrix, duplicates } = compress(rows, columns, &pieces, Mirror::Nothing)?;
    save(&matrix, duplicates, folder, &watch)
}

#[cfg(test)]
mod tests {
    use super::*;
    use filigree_core::Silent;

    fn read_text(text: &str, params: &TripletTableParams) -> Result<Info, Error> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("entries.csv");
        std::fs::write(&path, text).unwrap();
        read_triplet_table(&path, params, folder.path(), &mut Silent)
    }

    #[test]
    fn names_separators_and_first_indices_are_as_they_are_told() {
        let params = TripletTableParams { header_lines: 1, first_index: 1, ..TripletTableParams::default() };
        let info = read_text("row,column,value\n1,1,2.5\n\n# note\n3,2,-1\n3,2,4\n", &params).unwrap();
        let figures = ["rows", "columns", "entries", "duplicates"].map(|name| info.figure(name).unwrap());
        assert_eq!(figures, [3.0, 2.0, 2.0, 1.0]);
        let complex = TripletTableParams { separator: b';', complex: true, ..TripletTableParams::default() };
        assert_eq!(read_text("0;0;1;2\n1;1;3;4", &complex).unwrap().figure("rows"), Some(2.0));
    }

    #[test]
    fn wrong_rows_are_told_with_their_line() {
        let plain = TripletTableParams::default();
        let problem =
            |text: &str, params: &TripletTableParams| read_text(text, params).unwrap_err().to_string();
        assert!(problem("0,0,1\n1,1\n", &plain).contains("line 2 ends before the value"));
        assert!(problem("0,0,1,2\n", &plain).contains("more cells"));
        assert!(problem("0,0,abc\n", &plain).contains("“abc”"));
        assert!(problem("-1,0,1\n", &plain).contains("line 1"));
        assert!(problem("", &plain).contains("no entries"));
        assert!(problem("0,2000000000,1\n", &plain).contains("nearly all rows"));
        let sized = TripletTableParams { rows: Some(2), ..plain };
        assert!(problem("5,0,1\n", &sized).contains("rows 0 to 1"));
    }
}
