use std::fs::File;
use std::path::{Path, PathBuf};

use filigree_core::{Error, Observer, keep_going, tiles};
use memmap2::Mmap;
use rayon::prelude::*;

use super::number::Problem;

/// Bytes that one thread reads at a time.
const CHUNK_BYTES: usize = 1 << 20;
/// Chunks between two looks at the observer.
const CHUNKS_AT_ONCE: usize = 64;

/// A mapped text file.
pub(super) struct TextFile {
    path: PathBuf,
    map: Option<Mmap>,
}

impl TextFile {
    pub fn open(path: &Path) -> Result<Self, Error> {
        let file = File::open(path).map_err(|error| Error::reading(path, &error))?;
        let length = file.metadata().map_err(|error| Error::reading(path, &error))?.len();
        // SAFETY: the map is read-only. A file that another program cuts short while it is read can end the process,
        // which is why files are read in a supervised process of their own. Nothing can be mapped of an empty file.
        let map = (length > 0).then(|| unsafe { Mmap::map(&file) }).transpose();
        Ok(Self { path: path.to_owned(), map: map.map_err(|error| Error::reading(path, &error))? })
    }

    pub fn bytes(&self) -> &[u8] {
        self.map.as_deref().unwrap_or(&[])
    }

    /// The error that names the file.
    pub fn wrong(&self, what: impl std::fmt::Display) -> Error {
        let name = self.path.file_name().unwrap_or_default().to_string_lossy();
        Error::InvalidData(format!("{name}: {what}."))
    }

    /// The error that names the line, counted from one.
    pub fn wrong_line(&self, line: usize, problem: &Problem) -> Error {
        self.wrong(format_args!("line {line} {problem}"))
    }
}

/// What one chunk of lines gave.
pub(super) trait Piece: Default + Send {
    /// Takes one line without its end.
    fn take(&mut self, line: &[u8]) -> Result<(), Problem>;

    /// Takes the line that `text` begins with where it is right and written plainly, and returns its bytes with its end;
    /// none where it is for [`Self::take`] to understand it or to say what is wrong.
    #[inline]
    fn take_plain(&mut self, _text: &[u8]) -> Option<usize> {
        None
    }
}

/// Reads all lines from byte `from` on, which is line number `first_line`, into pieces in the order of the file. At most
/// about `most_bytes` are read, to the end of a line.
pub(super) fn read_lines<P: Piece + Clone + Sync>(
    file: &TextFile,
    from: usize,
    first_line: usize,
    most_bytes: usize,
    empty: &P,
    observer: &mut dyn Observer,
    stage: &str,
) -> Result<Vec<P>, Error> {
    let bytes = file.bytes();
    let end = bytes.len().min(from.saturating_add(most_bytes));
    let chunks: Vec<_> = tiles(from..end, CHUNK_BYTES).collect();
    let mut pieces = Vec::with_capacity(chunks.len());
    let mut line = first_line;
    for batch in chunks.chunks(CHUNKS_AT_ONCE) {
        let read: Vec<(P, usize, Option<Problem>)> =
            batch.par_iter().map(|chunk| read_chunk(bytes, chunk.start, chunk.end, from, empty)).collect();
        for (piece, lines, problem) in read {
            line += lines;
            if let Some(problem) = problem {
                return Err(file.wrong_line(line, &problem));
            }
            pieces.push(piece);
        }
        let done = batch.last().map_or(end, |chunk| chunk.end);
        keep_going(observer.progress(0.8 * (done - from) as f64 / (end - from).max(1) as f64), stage)?;
    }
    Ok(pieces)
}

/// Reads the lines that begin in `start..end`. Where one is wrong, the count of lines stops at it.
fn read_chunk<P: Piece + Clone>(
    bytes: &[u8],
    start: usize,
    end: usize,
    first: usize,
    empty: &P,
) -> (P, usize, Option<Problem>) {
    let mut piece = empty.clone();
    let mut lines = 0;
    let mut at = start;
    if start > first && bytes[start - 1] != b'\n' {
        at = start + end_of_line(&bytes[start..]) + 1;
    }
    while at < end.min(bytes.len()) {
        if let Some(taken) = piece.take_plain(&bytes[at..]) {
            lines += 1;
            at += taken;
            continue;
        }
        let length = end_of_line(&bytes[at..]);
        if let Err(problem) = piece.take(&bytes[at..at + length]) {
            return (piece, lines, Some(problem));
        }
        lines += 1;
        at += length + 1;
    }
    (piece, lines, None)
}

/// Bytes before the end of the line, or of the file.
#[inline]
fn end_of_line(bytes: &[u8]) -> usize {
    bytes.iter().position(|&byte| byte == b'\n').unwrap_or(bytes.len())
}
