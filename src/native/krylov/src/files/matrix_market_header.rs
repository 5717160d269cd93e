use std::path::Path;

use filigree_core::Error;

use super::lines::TextFile;
use super::number::{Cursor, shown, whole_number};

/// Comment lines that are kept.
const MOST_COMMENTS: usize = 40;
/// Largest number of rows or columns: columns are kept as 32-bit numbers.
const MOST_ROWS: u64 = i32::MAX as u64;

/// How the numbers lie in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// An entry a line, with its place.
    Coordinate,
    /// All numbers, column after column.
    Array,
}

/// What the numbers are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// Real numbers.
    Real,
    /// Whole numbers.
    Integer,
    /// Real and imaginary parts.
    Complex,
    /// None: every entry is one.
    Pattern,
}

/// Which half is stored, and what it says about the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Symmetry {
    /// All of it is stored.
    General,
    /// Aᵀ = A, the lower triangle is stored.
    Symmetric,
    /// Aᵀ = −A, what lies below the diagonal is stored.
    SkewSymmetric,
    /// Aᴴ = A, the lower triangle is stored.
    Hermitian,
}

impl Layout {
    /// Names as files have them.
    pub const NAMES: &[(Self, &str)] = &[(Self::Coordinate, "coordinate"), (Self::Array, "array")];
}

impl Field {
    /// Names as files have them.
    pub const NAMES: &[(Self, &str)] = &[
        (Self::Real, "real"),
        (Self::Integer, "integer"),
        (Self::Complex, "complex"),
        (Self::Pattern, "pattern"),
        (Self::Real, "double"),
    ];
}

impl Symmetry {
    /// Names as files have them.
    pub const NAMES: &[(Self, &str)] = &[
        (Self::General, "general"),
        (Self::Symmetric, "symmetric"),
        (Self::SkewSymmetric, "skew-symmetric"),
        (Self::Hermitian, "hermitian"),
    ];
}

/// The banner, the comments and the size of a Matrix Market file.
///
/// Source: Boisvert, Pozo, Remington, The Matrix Market exchange formats, NISTIR 5935 (1996).
#[derive(Clone, Debug, PartialEq)]
pub struct MatrixMarketHeader {
    /// How the numbers lie.
    pub layout: Layout,
    /// What they are.
    pub field: Field,
    /// Which half is stored.
    pub symmetry: Symmetry,
    /// Rows.
    pub rows: usize,
    /// Columns.
    pub columns: usize,
    /// Entries that are announced; of arrays, the numbers that follow from the size.
    pub entries: usize,
    /// The first comments, without their signs.
    pub comments: Vec<String>,
    /// Where the entries begin.
    pub(super) body: usize,
    /// Number of the first line of the entries.
    pub(super) first_line: usize,
}

/// Reads the header alone.
pub fn read_header(path: &Path) -> Result<MatrixMarketHeader, Error> {
    header_of(&TextFile::open(path)?)
}

pub(super) fn header_of(file: &TextFile) -> Result<MatrixMarketHeader, Error> {
    let mut lines = HeaderLines { bytes: file.bytes(), at: 0, line: 0 };
    let banner = lines.next().unwrap_or(&[]);
    let words: Vec<String> = String::from_utf8_lossy(&banner[..banner.len().min(200)])
        .split_whitespace()
        .map(str::to_lowercase)
        .collect();
    if file.bytes().is_empty() {
        return Err(file.wrong("the file is empty. Copy it again from its source"));
    }
    if !matches!(words.first().map(String::as_str), Some("%%matrixmarket" | "%matrixmarket")) {
        return Err(file.wrong("it does not begin with %%MatrixMarket, so it is no Matrix Market file. Where it is a table of entries, give it the ending .csv"));
    }
    if words.get(1).map(String::as_str) != Some("matrix") {
        return Err(file.wrong(format_args!(
            "its first line announces “{}”; only a matrix can be read",
            words.get(1).map_or("nothing", String::as_str)
        )));
    }
    let layout = named(file, words.get(2), Layout::NAMES, "layout")?;
    let field = named(file, words.get(3), Field::NAMES, "field")?;
    let symmetry = named(file, words.get(4), Symmetry::NAMES, "symmetry")?;
    let mut comments = Vec::new();
    let size = loop {
        let Some(line) = lines.next() else {
            return Err(file.wrong("it ends before the line with the size of the matrix: it is cut short"));
        };
        let text = line.trim_ascii();
        if let Some(comment) = text.strip_prefix(b"%") {
            if comments.len() < MOST_COMMENTS && !comment.trim_ascii().is_empty() {
                comments.push(String::from_utf8_lossy(comment.trim_ascii()).into_owned());
            }
        } else if !text.is_empty() {
            break text;
        }
    };
    let (rows, columns, announced) = sizes(file, size, lines.line, layout)?;
    let mut header = MatrixMarketHeader {
        layout,
        field,
        symmetry,
        rows,
        columns,
        entries: announced,
        comments,
        body: lines.at.min(file.bytes().len()),
        first_line: lines.line + 1,
    };
    if layout == Layout::Array {
        header.entries = header.numbers_of_array(file)?;
    }
    header.check(file)?;
    Ok(header)
}

struct HeaderLines<'a> {
    bytes: &'a [u8],
    at: usize,
    line: usize,
}

impl<'a> HeaderLines<'a> {
    fn next(&mut self) -> Option<&'a [u8]> {
        let rest = self.bytes.get(self.at..).filter(|rest| !rest.is_empty())?;
        let length = rest.iter().position(|&byte| byte == b'\n').unwrap_or(rest.len());
        self.at += length + 1;
        self.line += 1;
        Some(&rest[..length])
    }
}

fn named<T: Copy>(
    file: &TextFile,
    word: Option<&String>,
    names: &[(T, &str)],
    what: &str,
) -> Result<T, Error> {
    let word = word.map_or("", String::as_str);
    names.iter().find(|(_, name)| *name == word).map(|&(value, _)| value).ok_or_else(|| {
        let known: Vec<&str> = names.iter().map(|&(_, name)| name).collect();
        file.wrong(format_args!(
            "its first line says “{word}” for the {what}; known are {}",
            known.join(", ")
        ))
    })
}

fn sizes(file: &TextFile, text: &[u8], line: usize, layout: Layout) -> Result<(usize, usize, usize), Error> {
    let mut cursor = Cursor::new(text);
    let wanted = if layout == Layout::Coordinate { 3 } else { 2 };
    let mut numbers = Vec::new();
    while let Some(word) = cursor.word(b' ') {
        let number = whole_number(word).filter(|&number| number <= 1 << 53).ok_or_else(|| {
            file.wrong_line(
                line,
                &format!(
                    "announces a size of “{}”, more than can be counted or no number at all. Correct the size line",
                    shown(word)
                ),
            )
        })?;
        numbers.push(number);
    }
    if numbers.len() != wanted {
        let what = if wanted == 3 { "rows, columns and entries" } else { "rows and columns" };
        return Err(
            file.wrong_line(line, &format!("has {} numbers where the {what} should stand", numbers.len()))
        );
    }
    if let Some(large) = numbers[..2].iter().find(|&&number| number > MOST_ROWS) {
        return Err(file.wrong_line(
            line,
            &format!("announces {large} rows or columns; at most {MOST_ROWS} can be worked with. Check the size line"),
        ));
    }
    let entries = numbers.get(2).copied().unwrap_or(0);
    Ok((numbers[0] as usize, numbers[1] as usize, entries as usize))
}

impl MatrixMarketHeader {
    /// A line with a value has so many numbers for it.
    pub(super) fn value_words(&self) -> usize {
        match self.field {
            Field::Pattern => 0,
            Field::Complex => 2,
            Field::Real | Field::Integer => 1,
        }
    }

    fn numbers_of_array(&self, file: &TextFile) -> Result<usize, Error> {
        let (rows, columns) = (self.rows, self.columns);
        let count = match self.symmetry {
            Symmetry::General => rows.checked_mul(columns),
            Symmetry::SkewSymmetric => rows.checked_mul(rows.saturating_sub(1)).map(|all| all / 2),
            Symmetry::Symmetric | Symmetry::Hermitian => rows.checked_mul(rows + 1).map(|all| all / 2),
        };
        count.ok_or_else(|| file.wrong("it announces more numbers than can be counted"))
    }

    /// Refuses headers that contradict themselves or the size of the file.
    fn check(&self, file: &TextFile) -> Result<(), Error> {
        let line = self.first_line - 1;
        if self.rows == 0 || self.columns == 0 {
            return Err(file.wrong_line(line, &"announces a matrix without rows or columns. Check the size line, or how the file was written".to_owned()));
        }
        if self.symmetry != Symmetry::General && self.rows != self.columns {
            return Err(file.wrong_line(
                line,
                &format!(
                    "announces {} rows and {} columns, but the first line calls the matrix {}, which only a square one can be. Change the word in the first line to general",
                    self.rows,
                    self.columns,
                    name_of(self.symmetry)
                ),
            ));
        }
        if self.symmetry == Symmetry::Hermitian && self.field != Field::Complex {
            return Err(file.wrong("it is called Hermitian, but its numbers are not complex. Change the word hermitian in the first line to symmetric"));
        }
        if self.layout == Layout::Array && self.field == Field::Pattern {
            return Err(file.wrong("an array can not be a pattern: it has all numbers and no places"));
        }
        // The shortest entry is “1 1” with the end of its line, the shortest number of an array has two bytes.
        let shortest = if self.layout == Layout::Array { 2 } else { 4 };
        let room = file.bytes().len() - self.body + 1;
        if self.entries > room / shortest {
            return Err(file.wrong_line(
                line,
                &format!(
                    "announces {} entries, but only {room} bytes follow, which hold {} at most. The file is cut short, or its size line is wrong",
                    self.entries,
                    room / shortest
                ),
            ));
        }
        let most_rows = 8 * file.bytes().len() + (1 << 24);
        if self.rows > most_rows || self.columns > most_rows {
            return Err(file.wrong_line(
                line,
                &format!(
                    "announces {} rows and {} columns in a file of {} bytes: nearly all of them would be empty. Check the size line",
                    self.rows,
                    self.columns,
                    file.bytes().len()
                ),
            ));
        }
        Ok(())
    }
}

pub(super) fn name_of(symmetry: Symmetry) -> &'static str {
    Symmetry::NAMES.iter().find(|(known, _)| *known == symmetry).map_or("general", |&(_, name)| name)
}
