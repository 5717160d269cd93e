use std::path::Path;

use filigree_core::{Error, Info, NpyElement, NpyWriter, Observer, Stopwatch, filled, keep_going};
use num_complex::Complex64;

use super::compress::{Compressed, Entries, Mirror, compress};
use super::lines::{Piece, TextFile, read_lines};
use super::matrix_market_header::{Field, Layout, MatrixMarketHeader, Symmetry, header_of, name_of};
use super::number::{Cursor, Problem, index_of, scalar};
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
        if value.modulus_squared() != 0.0 {
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
mod tests {
    use super::*;
    use crate::CsrMatrix;
    use crate::files::write_matrix_market;
    use filigree_core::{Random, Silent, in_pool};
    use proptest::prelude::*;

    fn read<S: Scalar>(text: &str) -> Result<Compressed<S>, Error> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("m.mtx");
        std::fs::write(&path, text).unwrap();
        let file = TextFile::open(&path)?;
        matrix_of(&file, &header_of(&file)?, ReadLimits::default(), &mut Silent)
    }
    fn real(text: &str) -> CsrMatrix<f64> {
        read::<f64>(text).unwrap().matrix
    }
    fn problem(text: &str) -> String {
        read::<f64>(text).err().unwrap().to_string()
    }

    #[test]
    fn every_field_and_symmetry_is_read() {
        let general = real(
            "%%MatrixMarket matrix coordinate real general\n% a\n\n2 3 2\n\n1 3 1.5d0\n  2 1\t-2e-1 \r\n",
        );
        assert_eq!((general.get(0, 2), general.get(1, 0), general.entries()), (1.5, -0.2, 2));
        let pattern = real("%%matrixmarket MATRIX Coordinate Pattern Symmetric\n2 2 2\n1 1\n2 1");
        assert_eq!((pattern.get(0, 1), pattern.get(1, 0), pattern.entries()), (1.0, 1.0, 3));
        let skew = real("%%MatrixMarket matrix coordinate integer skew-symmetric\n2 2 1\n2 1 7\n");
        assert_eq!((skew.get(1, 0), skew.get(0, 1)), (7.0, -7.0));
        let hermitian = read::<Complex64>(
            "%%MatrixMarket matrix coordinate complex hermitian\n2 2 2\n2 1 1 2\n1 1 3 0\n",
        )
        .unwrap()
        .matrix;
        assert_eq!(hermitian.get(0, 1), Complex64::new(1.0, -2.0));
        let array = real("%%MatrixMarket matrix array real general\n2 2\n1\n2\n0\n4\n");
        assert_eq!((array.get(1, 0), array.get(1, 1), array.entries()), (2.0, 4.0, 3));
        let half = real("%%MatrixMarket matrix array real symmetric\n2 2\n1\n2\n3\n");
        assert_eq!((half.get(0, 1), half.get(1, 1)), (2.0, 3.0));
        let turned = real("%%MatrixMarket matrix array real skew-symmetric\n3 3\n1\n2\n3\n");
        assert_eq!((turned.get(1, 0), turned.get(2, 1), turned.get(1, 2)), (1.0, 3.0, -3.0));
    }

    #[test]
    fn duplicates_are_summed_and_counted() {
        let read = read::<f64>("%%MatrixMarket matrix coordinate real general\n2 2 3\n1 1 1\n1 1 2\n2 2 5\n")
            .unwrap();
        assert_eq!((read.duplicates, read.matrix.get(0, 0), read.matrix.entries()), (1, 3.0, 2));
    }

    #[test]
    fn whatever_is_wrong_is_told_with_its_line() {
        const REAL: &str = "%%MatrixMarket matrix coordinate real general\n";
        let cases = [
            ("hello\n1 1 1\n".to_owned(), "does not begin with %%MatrixMarket"),
            ("%%MatrixMarket vector coordinate real general\n".to_owned(), "only a matrix"),
            ("%%MatrixMarket matrix coordinate quaternion general\n1 1 1\n".to_owned(), "quaternion"),
            (format!("{REAL}% only comments\n"), "cut short"),
            (format!("{REAL}2 2\n"), "line 2 has 2 numbers where the rows, columns and entries"),
            (format!("{REAL}99999999999999999999 2 1\n1 1 1\n"), "more than can be counted"),
            (format!("{REAL}3000000000 2 1\n1 1 1\n"), "at most 2147483647"),
            (format!("{REAL}2 2 1000000\n1 1 1\n"), "announces 1000000 entries, but only"),
            (format!("{REAL}900000000 900000000 1\n1 1 1\n"), "nearly all of them would be empty"),
            (format!("{REAL}2 2 2\n1 1 1.0000\n"), "announces 2 entries, and 1 are there"),
            (format!("{REAL}2 2 1\n1 1 1\n2 2 2\n"), "announces 1 entries, and 2 are there"),
            (format!("{REAL}2 2 1\n3 1 1\n"), "line 3 is about row 3, and the matrix has rows 1 to 2"),
            (format!("{REAL}2 2 1\n0 1 1\n"), "line 3 is about row 0"),
            (format!("{REAL}2 2 1\n1 1 nan\n"), "line 3 has the value NaN"),
            (format!("{REAL}2 2 1\n1 1 1e400\n"), "line 3 has the value inf"),
            (format!("{REAL}2 2 2\n1 1 1\n1 2\n"), "line 4 has 2 numbers where 3 should stand"),
            (format!("{REAL}2 2 1\n1 1 1 5\n"), "change the word real to complex"),
            (format!("{REAL}2 2 1\n1 x 1\n"), "“x” where the column should stand"),
            (
                "%%MatrixMarket matrix coordinate pattern general\n2 2 1\n1 1 4\n".to_owned(),
                "pattern to real",
            ),
            (
                "%%MatrixMarket matrix coordinate real symmetric\n2 3 1\n1 1 4\n".to_owned(),
                "only a square one",
            ),
            (
                "%%MatrixMarket matrix coordinate real symmetric\n2 2 1\n1 2 4\n".to_owned(),
                "above the diagonal",
            ),
            (
                "%%MatrixMarket matrix coordinate real skew-symmetric\n2 2 1\n1 1 4\n".to_owned(),
                "on the diagonal",
            ),
            ("%%MatrixMarket matrix coordinate real hermitian\n2 2 1\n1 1 4\n".to_owned(), "not complex"),
            ("%%MatrixMarket matrix array pattern general\n2 2\n".to_owned(), "can not be a pattern"),
            (
                "%%MatrixMarket matrix array real general\n2 2\n1.0\n2.0\n3.0\n".to_owned(),
                "announces 4 entries, and 3",
            ),
        ];
        for (text, expected) in cases {
            let message = problem(&text);
            assert!(message.contains(expected), "{text:?} gave {message}");
        }
        assert!(problem("").contains("does not begin"));
    }

    #[test]
    fn a_problem_far_down_has_the_right_line_on_any_number_of_threads() {
        let mut text = String::from("%%MatrixMarket matrix coordinate real general\n200000 200000 200000\n");
        for row in 1..=200_000 {
            text.push_str(&format!("{row} {row} {}\n", if row == 150_000 { "oops" } else { "1.25" }));
        }
        for threads in [1, 2] {
            let message = in_pool(threads, || Ok(problem(&text))).unwrap();
            assert!(message.contains("line 150002 has “oops”"), "{message}");
        }
    }

    #[test]
    fn a_look_takes_the_beginning_only() {
        let mut text = String::from("%%MatrixMarket matrix coordinate real general\n1000 1000 1000\n");
        (1..=1000).for_each(|row| text.push_str(&format!("{row} {row} 1.5\n")));
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("m.mtx");
        std::fs::write(&path, text).unwrap();
        let info =
            read_matrix_market(&path, ReadLimits { most_bytes: 100 }, folder.path(), &mut Silent).unwrap();
        assert!(info.figure("entries").unwrap() > 5.0 && info.figure("entries").unwrap() < 30.0);
    }

    #[test]
    fn vectors_may_be_dense_or_sparse() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("b.mtx");
        std::fs::write(&path, "%%MatrixMarket matrix array real general\n3 2\n1\n2\n3\n4\n5\n6\n").unwrap();
        let info = read_matrix_market_vector(&path, 1, "rightHandSide", folder.path(), &mut Silent).unwrap();
        assert_eq!(info.files, ["rightHandSide.npy"]);
        let bytes = std::fs::read(folder.path().join("rightHandSide.npy")).unwrap();
        assert_eq!(bytes[bytes.len() - 8..], 6.0f64.to_le_bytes());
        assert!(read_matrix_market_vector(&path, 2, "b", folder.path(), &mut Silent).is_err());
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back_to_the_same_numbers(
            size in 1usize..12, count in 0usize..60, symmetric: bool, seed in any::<u64>()
        ) {
            let mut random = Random::new(seed, 0);
            let mut triplets = Vec::new();
            for _ in 0..count {
                let (row, column) = (random.below(size), random.below(size));
                let value = Complex64::new(random.normal(), random.normal() * 1e-30);
                triplets.push((row, column, value));
                if symmetric && row != column {
                    triplets.push((column, row, value));
                }
            }
            let matrix = CsrMatrix::from_triplets(size, size, &triplets).unwrap();
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("m.mtx");
            write_matrix_market(&matrix, "made by a test", &path, &mut Silent).unwrap();
            let text = std::fs::read_to_string(&path).unwrap();
            prop_assert!(read::<Complex64>(&text).unwrap().matrix == matrix);
        }
    }
}
