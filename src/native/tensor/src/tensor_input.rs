use std::ops::Range;

use faer::MatRef;
use filigree_core::{ArraySource, Error, MappedArray, zeros};
use rayon::prelude::*;

use crate::shape::{element_count, index_of, shape_text};
use crate::tensor::{DenseTensor, Tensor, tile_in};

/// Tensors up to this many entries (512 MB) are read into memory once, or seen in place where the file holds them in C
/// order; larger ones are read from their file in tiles,
/// again on every pass.
pub const IN_MEMORY_ENTRIES: usize = 64 << 20;

/// Entries read by one thread at a time.
const ENTRIES_AT_ONCE: usize = 1 << 16;

/// A tensor as a method is given it.
#[derive(Clone, Debug, PartialEq)]
pub struct TensorInput {
    /// Where its entries lie.
    pub source: ArraySource,
    /// Factor that turns stored numbers into the quantity.
    pub scale: f64,
    /// Stored value that marks a missing entry.
    pub no_data_value: Option<f64>,
    /// Entries up to which the tensor is kept in memory.
    pub in_memory_entries: usize,
}

impl TensorInput {
    /// Stored numbers as they are.
    pub fn plain(source: ArraySource) -> Self {
        Self { source, scale: 1.0, no_data_value: None, in_memory_entries: IN_MEMORY_ENTRIES }
    }

    /// Opens the tensor: in memory where it fits, or seen in place where the file holds it as memory would, else mapped.
    /// Every entry must be a finite number.
    pub fn open(&self) -> Result<Box<dyn Tensor>, Error> {
        let mut mapped = MappedTensor::open(self)?;
        if element_count(mapped.shape())? <= self.in_memory_entries {
            if mapped.scale == 1.0 && mapped.array.in_place().is_some() {
                mapped.check_in_place()?;
                return Ok(Box::new(mapped));
            }
            return Ok(Box::new(mapped.read()?));
        }
        Ok(Box::new(mapped))
    }
}

/// A tensor in a mapped file.
pub struct MappedTensor {
    array: MappedArray,
    scale: f64,
    no_data_value: Option<f64>,
    /// Every entry was found to be a number: tiles may be parts of the file itself.
    checked: bool,
}

impl MappedTensor {
    /// Maps the file; at least two modes are needed.
    pub fn open(input: &TensorInput) -> Result<Self, Error> {
        element_count(&input.source.shape)?;
        let array = MappedArray::open(&input.source)?;
        if array.shape().len() < 2 {
            return Err(Error::InvalidData(
                "A tensor needs at least two modes, and this array has one. Reshape it before it is imported."
                    .to_owned(),
            ));
        }
        Ok(Self { array, scale: input.scale, no_data_value: input.no_data_value, checked: false })
    }

    /// The whole tensor in memory.
    pub fn read(&self) -> Result<DenseTensor, Error> {
        let shape = self.shape().to_vec();
        let last = shape.len() - 1;
        let mut values = zeros(element_count(&shape)?, "the tensor")?;
        let rows = (ENTRIES_AT_ONCE / shape[last].max(1)).max(1);
        values
            .par_chunks_mut(rows * shape[last].max(1))
            .enumerate()
            .map(|(piece, part)| self.read_rows(piece * rows, part))
            .collect::<Result<Vec<()>, Error>>()?;
        self.batch_done()?;
        Ok(DenseTensor::new(shape, values))
    }

    /// Looks at every entry where it lies, once.
    fn check_in_place(&mut self) -> Result<(), Error> {
        let values = self.array.in_place().unwrap_or_default();
        values
            .par_chunks(ENTRIES_AT_ONCE)
            .enumerate()
            .map(|(piece, part)| self.check(part, |position| piece * ENTRIES_AT_ONCE + position))
            .collect::<Result<Vec<()>, Error>>()?;
        self.array.check_still_whole()?;
        self.checked = true;
        Ok(())
    }

    /// Rows of the last mode from row `first` on, in C order of the modes before it.
    fn read_rows(&self, first: usize, out: &mut [f64]) -> Result<(), Error> {
        let (shape, strides) = (self.array.shape(), self.array.strides());
        let last = shape.len() - 1;
        let columns: Vec<isize> = (0..shape[last]).map(|i| i as isize * strides[last]).collect();
        let (mut row, end) = (first, first + out.len() / shape[last]);
        let mut rest = &mut out[..];
        while row < end {
            let run = (shape[last - 1] - row % shape[last - 1]).min(end - row);
            let (part, others) = rest.split_at_mut(run * shape[last]);
            self.array.gather(self.offset(row, last), strides[last - 1], &columns, part);
            self.convert(part, |position| row * shape[last] + position)?;
            rest = others;
            row += run;
        }
        Ok(())
    }

    /// Elements before position `row` (C order) of the first `modes` modes.
    fn offset(&self, row: usize, modes: usize) -> isize {
        let index = index_of(row, &self.array.shape()[..modes]);
        index.iter().zip(self.array.strides()).map(|(&i, &stride)| i as isize * stride).sum()
    }

    /// Elements before each column of the unfolding of `mode`.
    fn column_offsets(&self, mode: usize, columns: Range<usize>) -> Vec<isize> {
        let without = |values: &[isize]| -> Vec<isize> {
            values.iter().enumerate().filter(|&(m, _)| m != mode).map(|(_, &value)| value).collect()
        };
        let strides = without(self.array.strides());
        let lengths: Vec<usize> =
            (0..self.shape().len()).filter(|&m| m != mode).map(|m| self.shape()[m]).collect();
        let mut index = index_of(columns.start, &lengths);
        let mut offset: isize = index.iter().zip(&strides).map(|(&i, &stride)| i as isize * stride).sum();
        columns
            .map(|_| {
                let here = offset;
                for axis in (0..index.len()).rev() {
                    index[axis] += 1;
                    offset += strides[axis];
                    if index[axis] < lengths[axis] {
                        break;
                    }
                    offset -= strides[axis] * lengths[axis] as isize;
                    index[axis] = 0;
                }
                here
            })
            .collect()
    }

    /// Refuses what is no number; `position_of` says where an entry lies, in C order.
    fn check(&self, values: &[f64], position_of: impl Fn(usize) -> usize) -> Result<(), Error> {
        let bad = |value: f64| !value.is_finite() || self.no_data_value == Some(value);
        // Whether there is any is asked of all at once, which processors do several at a time.
        if filigree_core::widest(|| values.iter().fold(false, |any, &value| any | bad(value))) {
            let first = values.iter().position(|&value| bad(value)).unwrap_or_default();
            return Err(self.refused(position_of(first), values[first]));
        }
        Ok(())
    }

    /// Scales what was read and refuses what is no number; `position_of` says where an entry lies, in C order.
    fn convert(&self, values: &mut [f64], position_of: impl Fn(usize) -> usize) -> Result<(), Error> {
        self.check(values, position_of)?;
        if self.scale != 1.0 {
            values.iter_mut().for_each(|value| *value *= self.scale);
        }
        Ok(())
    }

    fn refused(&self, position: usize, value: f64) -> Error {
        let index = index_of(position, self.shape());
        let what = if value.is_finite() { "marked as missing".to_owned() } else { value.to_string() };
        let place: Vec<String> = index.iter().map(usize::to_string).collect();
        Error::InvalidData(format!(
            "The entry at ({}), counted from 0, of the {} tensor is {what}. This method needs every entry: use the masked Tucker method, which leaves missing entries out, or mend the file.",
            place.join(", "),
            shape_text(self.shape()),
        ))
    }
}

impl Tensor for MappedTensor {
    fn shape(&self) -> &[usize] {
        self.array.shape()
    }

    fn tile<'a>(
        &'a self,
        mode: usize,
        rows: Range<usize>,
        columns: Range<usize>,
        buffer: &'a mut Vec<f64>,
    ) -> Result<MatRef<'a, f64>, Error> {
        if let Some(values) = self.array.in_place().filter(|_| self.checked) {
            return tile_in(values, self.seen_from(mode), rows, columns, buffer);
        }
        let (height, width) = (rows.len(), columns.len());
        let stride = self.array.strides()[mode];
        let offsets = self.column_offsets(mode, columns.clone());
        buffer.resize(height * width, 0.0);
        let view = self.seen_from(mode);
        let position_of = |row: usize, column: usize| {
            let (row, column) = (rows.start + row, columns.start + column);
            (column / view.after * view.length + row) * view.after + column % view.after
        };
        let step = offsets.get(1).map_or(isize::MAX, |second| (second - offsets[0]).abs());
        if stride.abs() < step {
            // The mode itself lies closest together in the file: a column of the unfolding at a time.
            let own: Vec<isize> = rows.clone().map(|i| i as isize * stride).collect();
            for (column, &offset) in buffer.chunks_exact_mut(height.max(1)).zip(&offsets) {
                self.array.gather(offset, 0, &own, column);
            }
            self.convert(buffer, |position| position_of(position % height, position / height))?;
            return Ok(MatRef::from_row_major_slice(buffer, width, height).transpose());
        }
        self.array.gather(rows.start as isize * stride, stride, &offsets, buffer);
        self.convert(buffer, |position| position_of(position / width, position % width))?;
        Ok(MatRef::from_row_major_slice(buffer, height, width))
    }

    fn batch_done(&self) -> Result<(), Error> {
        self.array.check_still_whole()?;
        if !self.checked {
            self.array.release_pages();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::{random_tensor, saved};
    use filigree_core::DType;

    #[test]
    fn files_of_any_order_and_type_give_the_tiles_of_the_tensor() {
        let folder = tempfile::tempdir().unwrap();
        let shape = vec![4, 6, 5, 3];
        let tensor = DenseTensor::new(shape.clone(), (0..360).map(|i| f64::from(i) - 100.0).collect());
        let c_order = saved(folder.path(), "c.npy", &tensor);
        let mut fortran = c_order.clone();
        fortran.path = folder.path().join("f.raw");
        fortran.offset = 0;
        fortran.dtype = DType::Float32;
        fortran.strides = vec![1, 4, 24, 120];
        let mut bytes = vec![0; 360 * 4];
        for (position, &value) in tensor.values().iter().enumerate() {
            let index = index_of(position, &shape);
            let place: usize = index.iter().zip([1, 4, 24, 120]).map(|(i, stride)| i * stride).sum();
            bytes[place * 4..][..4].copy_from_slice(&(value as f32).to_le_bytes());
        }
        std::fs::write(&fortran.path, bytes).unwrap();
        let (mut one, mut other) = (Vec::new(), Vec::new());
        for source in [c_order, fortran] {
            let mapped = MappedTensor::open(&TensorInput::plain(source)).unwrap();
            assert_eq!(mapped.read().unwrap(), tensor);
            for mode in 0..4 {
                let all = tensor.seen_from(mode).columns();
                for columns in [0..all, 1..2, 3..17] {
                    let rows = 1..shape[mode];
                    let expected = tensor.tile(mode, rows.clone(), columns.clone(), &mut one).unwrap();
                    assert_eq!(mapped.tile(mode, rows, columns, &mut other).unwrap(), expected);
                }
            }
        }
    }

    #[test]
    fn nan_is_refused_with_its_place_and_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        let mut tensor = random_tensor(&[3, 4, 5], 1);
        tensor.values_mut()[2 * 20 + 5 + 3] = f64::NAN;
        let mut input = TensorInput::plain(saved(folder.path(), "x.npy", &tensor));
        let error = input.open().err().unwrap();
        assert!(
            error.to_string().contains("(2, 1, 3), counted from 0, of the 3 × 4 × 5 tensor is NaN"),
            "{error}"
        );
        assert!(error.to_string().contains("masked Tucker"), "{error}");
        input.in_memory_entries = 0;
        let mapped = input.open().unwrap();
        let error = mapped.tile(1, 0..4, 0..15, &mut Vec::new()).unwrap_err();
        assert!(error.to_string().contains("(2, 1, 3)"), "{error}");
    }

    #[test]
    fn what_the_file_calls_missing_is_refused_and_stored_numbers_are_scaled() {
        let folder = tempfile::tempdir().unwrap();
        let tensor = DenseTensor::new(vec![2, 2], vec![1.0, 2.0, -9999.0, 4.0]);
        let mut input = TensorInput::plain(saved(folder.path(), "x.npy", &tensor));
        input.scale = 0.5;
        assert_eq!(MappedTensor::open(&input).unwrap().read().unwrap().values(), [0.5, 1.0, -4999.5, 2.0]);
        input.no_data_value = Some(-9999.0);
        assert!(
            input
                .open()
                .err()
                .unwrap()
                .to_string()
                .contains("(1, 0), counted from 0, of the 2 × 2 tensor is marked as missing")
        );
    }
}
