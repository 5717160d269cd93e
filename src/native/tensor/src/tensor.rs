use std::ops::Range;

use faer::MatRef;
use filigree_core::Error;

use crate::shape::ModeView;

/// A tensor of any number of modes, in memory or in a file, that can be read in tiles of its unfoldings.
///
/// The unfolding of a mode has a row for each of its indices, and a column for each position of the other modes in C
/// order.
pub trait Tensor: Send + Sync {
    /// Length of every mode.
    fn shape(&self) -> &[usize];

    /// `rows` × `columns` of the unfolding of `mode`. `buffer` holds the numbers where they have to be gathered.
    /// Fails where an entry is NaN, infinite or marked as missing.
    fn tile<'a>(
        &'a self,
        mode: usize,
        rows: Range<usize>,
        columns: Range<usize>,
        buffer: &'a mut Vec<f64>,
    ) -> Result<MatRef<'a, f64>, Error>;

    /// Called between batches of tiles: a file may have been cut short, and its pages can be given back.
    fn batch_done(&self) -> Result<(), Error> {
        Ok(())
    }

    /// The shape seen from a mode.
    fn seen_from(&self, mode: usize) -> ModeView {
        ModeView::new(self.shape(), mode)
    }
}

/// A tensor in memory, in C order.
#[derive(Clone, Debug, PartialEq)]
pub struct DenseTensor {
    shape: Vec<usize>,
    values: Vec<f64>,
}

impl DenseTensor {
    /// A tensor of the given values in C order; there must be as many as the shape has entries.
    pub fn new(shape: Vec<usize>, values: Vec<f64>) -> Self {
        assert_eq!(
            shape.iter().product::<usize>(),
            values.len(),
            "a tensor needs as many numbers as entries"
        );
        Self { shape, values }
    }

    /// The entries in C order.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// The entries in C order.
    pub fn values_mut(&mut self) -> &mut [f64] {
        &mut self.values
    }

    /// The entries in C order, the tensor given up.
    pub fn into_values(self) -> Vec<f64> {
        self.values
    }
}

/// Runs shorter than this are copied side by side, so that products work on wide tiles.
const SHORT_RUN: usize = 64;

impl Tensor for DenseTensor {
    fn shape(&self) -> &[usize] {
        &self.shape
    }

    fn tile<'a>(
        &'a self,
        mode: usize,
        rows: Range<usize>,
        columns: Range<usize>,
        buffer: &'a mut Vec<f64>,
    ) -> Result<MatRef<'a, f64>, Error> {
        tile_in(&self.values, self.seen_from(mode), rows, columns, buffer)
    }
}

/// A tile of the unfolding that `view` belongs to, of a tensor whose entries lie in C order.
pub fn tile_in<'a>(
    values: &'a [f64],
    view: ModeView,
    rows: Range<usize>,
    columns: Range<usize>,
    buffer: &'a mut Vec<f64>,
) -> Result<MatRef<'a, f64>, Error> {
    let (height, width) = (rows.len(), columns.len());
    if height == 0 || width == 0 {
        buffer.clear();
        return Ok(MatRef::from_row_major_slice(buffer, height, width));
    }
    if view.after == 1 {
        let start = columns.start * view.length + rows.start;
        let end = (columns.end - 1) * view.length + rows.end;
        let part = &values[start..end];
        return Ok(strided(part, width, height, view.length).transpose());
    }
    let position = columns.start % view.after;
    if position + width <= view.after && (width >= SHORT_RUN || width == view.after) {
        let row = |index: usize| (columns.start / view.after * view.length + index) * view.after;
        let part = &values[row(rows.start) + position..row(rows.end - 1) + position + width];
        return Ok(strided(part, height, width, view.after));
    }
    buffer.resize(height * width, 0.0);
    for (done, before, after) in view.runs(columns) {
        for (target, index) in buffer.chunks_exact_mut(width).zip(rows.clone()) {
            let start = (before * view.length + index) * view.after;
            target[done..done + after.len()].copy_from_slice(&values[start + after.start..start + after.end]);
        }
    }
    Ok(MatRef::from_row_major_slice(buffer, height, width))
}

/// Rows of `columns` numbers, each `stride` after the one before.
fn strided(values: &[f64], rows: usize, columns: usize, stride: usize) -> MatRef<'_, f64> {
    MatRef::from_row_major_slice_with_stride(values, rows, columns, stride)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiles_are_pieces_of_the_unfolding() {
        let shape = vec![3, 4, 130];
        let count = shape.iter().product::<usize>();
        let tensor = DenseTensor::new(shape.clone(), (0..count).map(|i| i as f64).collect());
        let mut buffer = Vec::new();
        for mode in 0..3 {
            let view = tensor.seen_from(mode);
            for columns in [0..1, 2..9, 1..view.columns(), 0..view.columns().min(100)] {
                for rows in [0..view.length, 1..3] {
                    let tile = tensor.tile(mode, rows.clone(), columns.clone(), &mut buffer).unwrap();
                    for (i, index) in rows.clone().enumerate() {
                        for (j, column) in columns.clone().enumerate() {
                            let (before, after) = (column / view.after, column % view.after);
                            let expected = ((before * view.length + index) * view.after + after) as f64;
                            assert_eq!(tile[(i, j)], expected, "mode {mode} row {index} column {column}");
                        }
                    }
                }
            }
        }
    }
}
