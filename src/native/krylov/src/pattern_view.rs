use std::ops::Range;
use std::path::Path;

use filigree_core::{
    ArraySource, DType, Error, Info, MappedArray, NpyWriter, Observer, Stopwatch, filled, keep_going,
};
use rayon::prelude::*;

use crate::SystemSources;

/// Entries of a window that are told one by one, at most.
const MOST_TOLD: usize = 4096;
/// Cells a side of the picture may have.
const MOST_CELLS: usize = 4096;
/// Entries read from the file at a time.
const PIECE: usize = 1 << 15;
/// Columns up to which the cell of each is looked up and not computed.
const LOOKED_UP_COLUMNS: usize = 1 << 24;
const STAGE: &str = "Counting entries";

/// What is counted besides the entries of each cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PatternMode {
    /// Nothing.
    Entries,
    /// Entries with a positive real part minus those with a negative one.
    Sign,
    /// Entries whose mirror image is missing or not equal.
    Asymmetry,
    /// The largest absolute value.
    Magnitude,
}

impl PatternMode {
    /// Every mode with its name at the boundaries.
    pub const NAMES: &[(Self, &str)] = &[
        (Self::Entries, "entries"),
        (Self::Sign, "sign"),
        (Self::Asymmetry, "asymmetry"),
        (Self::Magnitude, "magnitude"),
    ];
}

/// Part of a matrix and the cells it is drawn in.
#[derive(Clone, Debug, PartialEq)]
pub struct PatternWindow {
    /// System of the sequence, counted from nought.
    pub system: usize,
    /// Rows that are seen.
    pub rows: Range<usize>,
    /// Columns that are seen.
    pub columns: Range<usize>,
    /// Cells down; never more than rows.
    pub lines: usize,
    /// Cells across; never more than columns.
    pub samples: usize,
    /// What is counted besides.
    pub mode: PatternMode,
}

/// Counts the entries of every cell of a window: each entry of the window is in exactly one cell, whatever the zoom, and
/// none is skipped. Writes `counts.npy` (line, sample); with a mode `layer.npy`; where the window holds few entries
/// `entries.npy` (entry, 4): row, column, real and imaginary part. Figures: entries, largestCount.
pub fn look_at_pattern(
    sources: &SystemSources,
    window: &PatternWindow,
    folder: &Path,
    observer: &mut dyn Observer,
) -> Result<Info, Error> {
    let watch = Stopwatch::start();
    observer.stage(STAGE);
    let view = View::open(sources, window)?;
    let (lines, samples) = (view.lines, view.samples);
    let mut counts = filled(lines * samples, 0.0, "the picture")?;
    let mut layer =
        filled(if window.mode == PatternMode::Entries { 0 } else { lines * samples }, 0.0, "the picture")?;
    // A few lines of cells at a time, so that a look that is not wanted any more ends soon.
    let batch = 16;
    for first in (0..lines).step_by(batch) {
        let last = (first + batch).min(lines);
        let count_rows = counts[first * samples..last * samples].par_chunks_mut(samples);
        if layer.is_empty() {
            count_rows.enumerate().try_for_each(|(line, cells)| view.count(first + line, cells, &mut []))?;
        } else {
            let layer_rows = layer[first * samples..last * samples].par_chunks_mut(samples);
            count_rows
                .zip(layer_rows)
                .enumerate()
                .try_for_each(|(line, (cells, layer))| view.count(first + line, cells, layer))?;
        }
        keep_going(observer.progress(last as f64 / lines as f64), STAGE)?;
    }
    let entries: f64 = counts.iter().sum();
    let mut files = vec![NpyWriter::write_all(folder, "counts.npy", &[lines, samples], &counts)?];
    if !layer.is_empty() {
        files.push(NpyWriter::write_all(folder, "layer.npy", &[lines, samples], &layer)?);
    }
    if entries > 0.0 && entries <= MOST_TOLD as f64 {
        let told = view.entries()?;
        files.push(NpyWriter::write_all(folder, "entries.npy", &[told.len() / 4, 4], &told)?);
    }
    Ok(Info {
        stop_message: format!("{entries} entries are in the window."),
        figures: vec![("entries", entries), ("largestCount", counts.iter().copied().fold(0.0, f64::max))],
        files,
        ..Info::measured(&watch)
    })
}

/// The arrays of a matrix, read where they lie.
struct View<'a> {
    window: &'a PatternWindow,
    lines: usize,
    samples: usize,
    pointers: MappedArray,
    columns: MappedArray,
    values: MappedArray,
    complex: bool,
    /// First row pointer of the system.
    first_pointer: usize,
    /// Cell of every column of the window, where there are not too many.
    cells: Vec<u16>,
}

impl<'a> View<'a> {
    fn open(sources: &SystemSources, window: &'a PatternWindow) -> Result<Self, Error> {
        let shape = &sources.row_pointers.shape;
        let (systems, ends) = if shape.len() == 1 { (1, shape[0]) } else { (shape[0], shape[1]) };
        let rows = ends.saturating_sub(1);
        let columns = sources.columns.unwrap_or(rows);
        let inside = |range: &Range<usize>, length: usize| range.start < range.end && range.end <= length;
        if window.system >= systems || !inside(&window.rows, rows) || !inside(&window.columns, columns) {
            return Err(Error::parameter(
                "window",
                format!(
                    "Rows {:?} and columns {:?} of system {} were asked for; there are {rows} rows, {columns} columns and {systems} systems.",
                    window.rows, window.columns, window.system
                ),
            ));
        }
        let side = |cells: usize, length: usize| cells.clamp(1, MOST_CELLS).min(length);
        let (lines, samples) =
            (side(window.lines, window.rows.len()), side(window.samples, window.columns.len()));
        let width = window.columns.len();
        let cells = if width <= LOOKED_UP_COLUMNS {
            (0..width).map(|column| (column * samples / width) as u16).collect()
        } else {
            Vec::new()
        };
        let complex = !sources.values.dtype.is_real();
        Ok(Self {
            window,
            lines,
            samples,
            pointers: MappedArray::open(&sources.row_pointers)?,
            columns: MappedArray::open(&sources.column_indices)?,
            values: MappedArray::open(&as_reals(&sources.values))?,
            complex,
            first_pointer: window.system * ends,
            cells,
        })
    }

    /// Counts one line of cells.
    fn count(&self, line: usize, cells: &mut [f64], layer: &mut [f64]) -> Result<(), Error> {
        let height = self.window.rows.len();
        let row_of = |line: usize| self.window.rows.start + (line * height).div_ceil(self.lines);
        let rows = row_of(line)..row_of(line + 1);
        self.for_each_entry(rows, self.window.mode != PatternMode::Entries, |row, column, value| {
            let cell = self.cell_of(column);
            cells[cell] += 1.0;
            match self.window.mode {
                PatternMode::Entries => {}
                PatternMode::Sign if value.0 == 0.0 => {}
                PatternMode::Sign => layer[cell] += value.0.signum(),
                PatternMode::Magnitude => layer[cell] = f64::max(layer[cell], value.0.hypot(value.1)),
                PatternMode::Asymmetry => {
                    if row != column && self.value_at(column, row) != Some(value) {
                        layer[cell] += 1.0;
                    }
                }
            }
        })
    }

    fn cell_of(&self, column: usize) -> usize {
        let offset = column - self.window.columns.start;
        match self.cells.get(offset) {
            Some(&cell) => cell as usize,
            None => offset * self.samples / self.window.columns.len(),
        }
    }

    /// Row, column, real and imaginary part of all entries of the window.
    fn entries(&self) -> Result<Vec<f64>, Error> {
        let mut told = Vec::new();
        self.for_each_entry(self.window.rows.clone(), true, |row, column, (real, imaginary)| {
            told.extend([row as f64, column as f64, real, imaginary]);
        })?;
        Ok(told)
    }

    /// Visits the entries of some rows that lie in the columns of the window.
    fn for_each_entry(
        &self,
        rows: Range<usize>,
        with_values: bool,
        mut visit: impl FnMut(usize, usize, (f64, f64)),
    ) -> Result<(), Error> {
        let ends = read(&self.pointers, self.first_pointer + rows.start, rows.len() + 1);
        let (mut at, last) = (ends[0] as usize, ends[rows.len()] as usize);
        if ends.windows(2).any(|pair| pair[1] < pair[0]) || last > self.columns.shape()[0] {
            return Err(Error::InvalidData(
                "The row pointers of the matrix do not fit its entries. Import the file again.".to_owned(),
            ));
        }
        let mut row = 0;
        while at < last {
            let length = PIECE.min(last - at);
            let columns = read(&self.columns, at, length);
            let values = with_values.then(|| self.read_values(at, length));
            for (offset, &column) in columns.iter().enumerate() {
                while ends[row + 1] as usize <= at + offset {
                    row += 1;
                }
                let column = column as usize;
                if self.window.columns.contains(&column) {
                    visit(
                        rows.start + row,
                        column,
                        values.as_ref().map_or((0.0, 0.0), |values| values[offset]),
                    );
                }
            }
            at += length;
        }
        Ok(())
    }

    fn read_values(&self, first: usize, length: usize) -> Vec<(f64, f64)> {
        if self.complex {
            read(&self.values, first * 2, length * 2).chunks_exact(2).map(|pair| (pair[0], pair[1])).collect()
        } else {
            read(&self.values, first, length).into_iter().map(|value| (value, 0.0)).collect()
        }
    }

    /// The entry at a place, found by halving.
    fn value_at(&self, row: usize, column: usize) -> Option<(f64, f64)> {
        if self.first_pointer + row + 1 >= self.pointers.shape().iter().product() {
            return None;
        }
        let ends = read(&self.pointers, self.first_pointer + row, 2);
        let (mut low, mut high) = (ends[0] as usize, ends[1] as usize);
        while low < high {
            let middle = low.midpoint(high);
            let found = read(&self.columns, middle, 1)[0] as usize;
            if found == column {
                return Some(self.read_values(middle, 1)[0]);
            }
            if found < column { low = middle + 1 } else { high = middle }
        }
        None
    }
}

/// Elements of a C-ordered array.
fn read(array: &MappedArray, first: usize, length: usize) -> Vec<f64> {
    let mut out = vec![0.0; length];
    let columns: Vec<isize> = (0..PIECE.min(length) as isize).collect();
    for (piece, part) in out.chunks_mut(PIECE).enumerate() {
        array.gather((first + piece * PIECE) as isize, 0, &columns[..part.len()], part);
    }
    out
}

/// A complex array as a real one of twice the length.
fn as_reals(source: &ArraySource) -> ArraySource {
    let dtype = match source.dtype {
        DType::Complex64 => DType::Float32,
        DType::Complex128 => DType::Float64,
        _ => return source.clone(),
    };
    ArraySource {
        byte_order: source.byte_order,
        ..ArraySource::c_order(&source.path, dtype, source.offset, vec![source.shape[0] * 2])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generators::test_support::described;
    use crate::{HelmholtzParams, PoissonParams, generate_helmholtz, generate_poisson};
    use filigree_core::Silent;
    use proptest::prelude::*;

    fn sources(folder: &Path) -> SystemSources {
        let part = |name: &str| described(&folder.join(name));
        SystemSources {
            values: part("values.npy"),
            row_pointers: part("rows.npy"),
            column_indices: part("columns.npy"),
            columns: None,
            right_hand_side: None,
            known_solution: None,
            near_null_space: None,
            parameters: None,
        }
    }

    fn read_back(folder: &Path, name: &str) -> Vec<f64> {
        MappedArray::open(&described(&folder.join(name))).unwrap().read_all().unwrap()
    }

    fn window(rows: Range<usize>, columns: Range<usize>, cells: usize, mode: PatternMode) -> PatternWindow {
        PatternWindow { system: 0, rows, columns, lines: cells, samples: cells, mode }
    }

    proptest! {
        #[test]
        fn every_entry_of_any_window_is_in_one_cell(
            first_row in 0usize..90, first_column in 0usize..90, height in 1usize..99, width in 1usize..99,
            cells in 1usize..40
        ) {
            let folder = tempfile::tempdir().unwrap();
            let params = PoissonParams { shape: vec![9, 11], ..PoissonParams::default() };
            generate_poisson(&params, 1, folder.path(), &mut Silent).unwrap();
            let (rows, columns) =
                (first_row..(first_row + height).min(99), first_column..(first_column + width).min(99));
            let view = window(rows.clone(), columns.clone(), cells, PatternMode::Magnitude);
            look_at_pattern(&sources(folder.path()), &view, folder.path(), &mut Silent).unwrap();
            let file = crate::generators::test_support::generated(folder.path());
            let matrix = file.matrix::<f64>(0).unwrap();
            let (lines, samples) = (cells.min(rows.len()), cells.min(columns.len()));
            let mut expected = vec![0.0; lines * samples];
            let mut largest = vec![0.0f64; lines * samples];
            for row in rows.clone() {
                let (indices, values) = matrix.row(row);
                for (&column, value) in indices.iter().zip(values).filter(|(c, _)| columns.contains(&(**c as usize))) {
                    let line = (row - rows.start) * lines / rows.len();
                    let sample = (column as usize - columns.start) * samples / columns.len();
                    expected[line * samples + sample] += 1.0;
                    largest[line * samples + sample] = largest[line * samples + sample].max(value.abs());
                }
            }
            prop_assert_eq!(&read_back(folder.path(), "counts.npy"), &expected);
            prop_assert_eq!(&read_back(folder.path(), "layer.npy"), &largest);
            if expected.iter().sum::<f64>() > 0.0 {
                prop_assert_eq!(read_back(folder.path(), "entries.npy").len() as f64, 4.0 * expected.iter().sum::<f64>());
            }
        }
    }

    #[test]
    fn complex_sequences_and_their_symmetry_are_seen() {
        let folder = tempfile::tempdir().unwrap();
        let params = HelmholtzParams {
            shape: vec![8, 8],
            wavenumber: 5.0,
            last_wavenumber: 6.0,
            systems: 2,
            ..HelmholtzParams::default()
        };
        generate_helmholtz(&params, 1, folder.path(), &mut Silent).unwrap();
        let look = |mode| {
            let view = PatternWindow { system: 1, ..window(0..64, 0..64, 8, mode) };
            look_at_pattern(&sources(folder.path()), &view, folder.path(), &mut Silent).unwrap()
        };
        assert_eq!(look(PatternMode::Asymmetry).figure("entries"), Some(64.0 * 5.0 - 4.0 * 8.0));
        assert!(read_back(folder.path(), "layer.npy").iter().all(|&x| x == 0.0));
        look(PatternMode::Sign);
        // Each line of the grid: 8 positive diagonals less 14 negative neighbours in its own block.
        assert_eq!(read_back(folder.path(), "layer.npy")[0], 8.0 - 14.0);
        let outside = window(0..65, 0..64, 8, PatternMode::Entries);
        assert!(look_at_pattern(&sources(folder.path()), &outside, folder.path(), &mut Silent).is_err());
    }
}
