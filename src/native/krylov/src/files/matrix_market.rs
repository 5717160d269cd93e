use std::path::Path;

use filigree_core::{Error, Info, NpyElement, NpyWriter, Observer, Stopwatch, filled, keep_going};
use num_complex::Complex64;

use super::compress::{Compressed, Entries, Mirror, compress};
use super::lines::{Piece, TextFile, read_lines};
use super::matrix_market_header::{Field, Layout, MatrixMarketHeader, Symmetry, header_of, name_of};
use super::number::{Cursor, Problem, index_of, scalar};
use super::plain_words::PlainWords;
use super::saved_matrix::save;
use crate::Scalar;

const STAGE: &str = "Reading the entries";

/// How much of a file is read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ReadLimits {
    /// Bytes after the header; a look at a large file needs only the first of them.
    pub most_bytes: usize,
}

impl Default for ReadLimits {
    fn default() -> Self {
        Self { most_bytes: usize::MAX }
    }
}

/// Reads a Matrix Market file on all threads of the current pool and writes `values.npy`, `rows.npy` and `columns.npy`.
/// Figures: rows, columns, entries, duplicates (summed), storedZeros. Whatever is wrong is told with the number of its line.
pub fn read_matrix_market(
    path: &Path,
    limits: ReadLimits,
    folder: &Path,
    observer: &mut dyn Observer,
) -> Result<Info, Error> {
    let watch = Stopwatch::start();
    let file = TextFile::open(path)?;
    let header = header_of(&file)?;
    if header.field == Field::Complex {
        let Compressed { matrix, duplicates } = matrix_of::<Complex64>(&file, &header, limits, observer)?;
        save(&matrix, duplicates, folder, &watch)
    } else {
        let Compressed { matrix, duplicates } = matrix_of::<f64>(&file, &header, limits, observer)?;
        save(&matrix, duplicates, folder, &watch)
    }
}

/// Reads column `column` of a Matrix Market file, dense or sparse, and writes it as `name.npy` (row).
pub fn read_matrix_market_vector(
    path: &Path,
    column: usize,
    name: &str,
    folder: &Path,
    observer: &mut dyn Observer,
) -> Result<Info, Error> {
    let watch = Stopwatch::start();
    let file = TextFile::open(path)?;
    let header = header_of(&file)?;
    if column >= header.columns {
        return Err(Error::parameter(
            "column",
            format!("Column {} was asked for, and the file has {}.", column + 1, header.columns),
        ));
    }
    let file_name = if header.field == Field::Complex {
        save_column::<Complex64>(&file, &header, column, name, folder, observer)?
    } else {
        save_column::<f64>(&file, &header, column, name, folder, observer)?
    };
    Ok(Info {
        stop_message: format!("Read {} numbers.", header.rows),
        figures: vec![("rows", header.rows as f64), ("columns", header.columns as f64)],
        files: vec![file_name],
        ..Info::measured(&watch)
    })
}

fn save_column<S: Scalar + NpyElement>(
    file: &TextFile,
    header: &MatrixMarketHeader,
    column: usize,
    name: &str,
    folder: &Path,
    observer: &mut dyn Observer,
) -> Result<String, Error> {
    let matrix = matrix_of::<S>(file, header, ReadLimits::default(), observer)?.matrix;
    let mut values = filled(header.rows, S::ZERO, "a vector")?;
    values.iter_mut().enumerate().for_each(|(row, value)| *value = matrix.get(row, column));
    NpyWriter::write_all(folder, &format!("{name}.npy"), &[header.rows], &values)
}

pub(super) fn matrix_of<S: Scalar>(
    file: &TextFile,
    header: &MatrixMarketHeader,
    limits: ReadLimits,
    observer: &mut dyn Observer,
) -> Result<Compressed<S>, Error> {
    observer.stage(STAGE);
    let pieces = match header.layout {
        Layout::Coordinate => coordinate_entries(file, header, limits, observer)?,
        Layout::Array => vec![array_entries(file, header, limits, observer)?],
    };
    observer.stage("Putting the entries in order");
    keep_going(observer.progress(0.8), "Putting the entries in order")?;
    let mirror = match header.symmetry {
        Symmetry::General => Mirror::Nothing,
        Symmetry::Symmetric => Mirror::Same,
        Symmetry::SkewSymmetric => Mirror::Negative,
        Symmetry::Hermitian => Mirror::Conjugate,
    };
    compress(header.rows, header.columns, &pieces, mirror)
}

/// Lines of a coordinate file.
#[derive(Clone)]
struct CoordinateLines<S> {
    entries: Entries<S>,
    rows: usize,
    columns: usize,
    value_words: usize,
    symmetry: Symmetry,
}

impl<S> Default for CoordinateLines<S> {
    fn default() -> Self {
        Self { entries: Entries::default(), rows: 0, columns: 0, value_words: 1, symmetry: Symmetry::General }
    }
}

impl<S: Scalar> Piece for CoordinateLines<S> {
    fn take(&mut self, line: &[u8]) -> Result<(), Problem> {
        let mut cursor = Cursor::new(line);
        let Some(first) = cursor.word(b' ') else { return Ok(()) };
        if first[0] == b'%' {
            return Ok(());
        }
        let Some(second) = cursor.word(b' ') else { return Err(self.count_of(line)) };
        let row = index_of(first, 1, self.rows, "row")?;
        let column = index_of(second, 1, self.columns, "column")?;
        let value = match self.value_words {
            0 => S::ONE,
            1 => scalar(cursor.word(b' ').ok_or_else(|| self.count_of(line))?, None)?,
            _ => {
                let real = cursor.word(b' ').ok_or_else(|| self.count_of(line))?;
                scalar(real, Some(cursor.word(b' ').ok_or_else(|| self.count_of(line))?))?
            }
        };
        if cursor.word(b' ').is_some() {
            return Err(self.count_of(line));
        }
        check_half(row, column, value, self.symmetry)?;
        self.entries.push(row, column, value);
        Ok(())
    }

    #[inline]
    fn take_plain(&mut self, text: &[u8]) -> Option<usize> {
        let mut words = PlainWords::new(text);
        let row = words.index(self.rows)?;
        let column = words.index(self.columns)?;
        let value = match self.value_words {
            0 => S::ONE,
            1 => S::from_real(words.real()?),
            _ => S::from_parts(words.real()?, words.real()?),
        };
        let taken = words.end_of_line()?;
        check_half(row, column, value, self.symmetry).ok()?;
        self.entries.push(row, column, value);
        Some(taken)
    }
}

impl<S> CoordinateLines<S> {
    fn count_of(&self, line: &[u8]) -> Problem {
        let mut cursor = Cursor::new(line);
        let mut found = 0;
        while cursor.word(b' ').is_some() {
            found += 1;
        }
        let wanted = 2 + self.value_words;
        let why = match (self.value_words, found) {
            (0, 3) => {
                "the header calls the matrix a pattern, but there are values: change the word pattern to real"
            }
            (1, 2) => "the header promises values: change the word to pattern, or the file is cut short",
            (1, 4) => "the values seem to be complex: change the word real to complex",
            (2, 3) => "the header promises complex values: change the word complex to real",
            _ => "the file may be cut short or damaged",
        };
        format!("has {found} numbers where {wanted} should stand; {why}")
    }
}

/// Refuses an entry that contradicts the symmetry of the header.
fn check_half<S: Scalar>(row: u32, column: u32, value: S, symmetry: Symmetry) -> Result<(), Problem> {
    if symmetry == Symmetry::General || row > column {
        return Ok(());
    }
    let name = name_of(symmetry);
    if row < column {
        return Err(format!(
            "has an entry above the diagonal (row {}, column {}), and a {name} file holds the lower triangle only. Change the word {name} in the first line to general if both halves are there, or swap rows and columns",
            row + 1,
            column + 1
        ));
    }
    if symmetry == Symmetry::SkewSymmetric && value.modulus() != 0.0 {
        return Err(format!(
            "has {value} on the diagonal, which is nought in a skew-symmetric matrix. Change the word in the first line to general"
        ));
    }
    if symmetry == Symmetry::Hermitian && value.imaginary() != 0.0 {
        return Err(format!(
            "has {value} on the diagonal, which is real in a Hermitian matrix. Change the word hermitian in the first line to symmetric or general"
        ));
    }
    Ok(())
}

fn coordinate_entries<S: Scalar>(
    file: &TextFile,
    header: &MatrixMarketHeader,
    limits: ReadLimits,
    observer: &mut dyn Observer,
) -> Result<Vec<Entries<S>>, Error> {
    let empty = CoordinateLines {
        entries: Entries::default(),
        rows: header.rows,
        columns: header.columns,
        value_words: header.value_words(),
        symmetry: header.symmetry,
    };
    let pieces: Vec<Entries<S>> =
        read_lines(file, header.body, header.first_line, limits.most_bytes, &empty, observer, STAGE)?
            .into_iter()
            .map(|piece| piece.entries)
            .collect();
    check_count(file, header, pieces.iter().map(Entries::len).sum(), limits)?;
    Ok(pieces)
}

fn check_count(
    file: &TextFile,
    header: &MatrixMarketHeader,
    found: usize,
    limits: ReadLimits,
) -> Result<(), Error> {
    let partly = limits.most_bytes < file.bytes().len() - header.body;
    let announced = header.entries;
    if found == announced || (partly && found < announced) {
        return Ok(());
    }
    Err(file.wrong(if found < announced {
        format!(
            "line {} announces {announced} entries, and {found} are there: the file is cut short, or its size line is wrong. Copy it again from its source, or correct the number",
            header.first_line - 1
        )
    } else {
        format!(
            "line {} announces {announced} entries, and {found} are there. Correct the number, or remove what does not belong to the matrix",
            header.first_line - 1
        )
    }))
}

/// Numbers of an array file, each on its line.
#[derive(Clone)]
struct ArrayLines<S> {
    values: Vec<S>,
    complex: bool,
}

impl<S> Default for ArrayLines<S> {
    fn default() -> Self {
        Self { values: Vec::new(), complex: false }
    }
}

impl<S: Scalar> Piece for ArrayLines<S> {
    fn take(&mut self, line: &[u8]) -> Result<(), Problem> {
        let mut cursor = Cursor::new(line);
        let Some(first) = cursor.word(b' ') else { return Ok(()) };
        if first[0] == b'%' {
            return Ok(());
        }
        let imaginary = if self.complex {
            Some(cursor.word(b' ').ok_or("has one number where a real and an imaginary part should stand")?)
        } else {
            None
        };
        if cursor.word(b' ').is_some() {
            return Err("has more numbers than one value; an array file has a value a line".to_owned());
        }
        self.values.push(scalar(first, imaginary)?);
        Ok(())
    }

    #[inline]
    fn take_plain(&mut self, text: &[u8]) -> Option<usize> {
        let mut words = PlainWords::new(text);
        let real = words.real()?;
        let value = if self.complex { S::from_parts(real, words.real()?) } else { S::from_real(real) };
        let taken = words.end_of_line()?;
        self.values.push(value);
        Some(taken)
    }
}

fn array_entries<S: Scalar>(
    file: &TextFile,
    header: &MatrixMarketHeader,
    limits: ReadLimits,
    observer: &mut dyn Observer,
) -> Result<Entries<S>, Error> {
    let empty = ArrayLines { values: Vec::new(), complex: header.field == Field::Complex };
    let pieces =
        read_lines(file, header.body, header.first_line, limits.most_bytes, &empty, observer, STAGE)?;
    check_count(file, header, pieces.iter().map(|piece| piece.values.len()).sum(), limits)?;
    let mut entries = Entries::default();
    let (mut row, mut column) = (first_row(0, header.symmetry), 0);
    for value in pieces.into_iter().flat_map(|piece: ArrayLines<S>| piece.values) {
        // Numbers that are nought are no entries: the matrix is a sparse one from here on.
        if value != S::ZERO {
            check_half(row as u32, column as u32, value, header.symmetry)
                .map_err(|problem| file.wrong(format_args!("the array {problem}")))?;
            entries.push(row as u32, column as u32, value);
        }
        row += 1;
        while row >= header.rows && column + 1 < header.columns {
            column += 1;
            row = first_row(column, header.symmetry);
        }
    }
    Ok(entries)
}

fn first_row(column: usize, symmetry: Symmetry) -> usize {
    match symmetry {
        Symmetry::General => 0,
        Symmetry::SkewSymmetric => column + 1,
        Symmetry::Symmetric | Symmetry::Hermitian => column,
    }
}

#[cfg(test)]
mod tests;
