use std::path::PathBuf;

use crate::{DType, Error};

/// Order of the bytes of an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ByteOrder {
    /// Least significant byte first.
    Little,
    /// Most significant byte first.
    Big,
}

/// Where an array lies in a file. Strides are counted in elements, so the three ENVI interleaves, Fortran
/// order and C order are all the same to a solver.
#[derive(Clone, Debug, PartialEq)]
pub struct ArraySource {
    /// The file.
    pub path: PathBuf,
    /// Element type.
    pub dtype: DType,
    /// Order of the bytes of an element.
    pub byte_order: ByteOrder,
    /// Bytes before the first element.
    pub offset: u64,
    /// Length of every axis.
    pub shape: Vec<usize>,
    /// Elements between neighbours along every axis.
    pub strides: Vec<isize>,
}

impl ArraySource {
    /// A C-ordered, little-endian array.
    pub fn c_order(path: impl Into<PathBuf>, dtype: DType, offset: u64, shape: Vec<usize>) -> Self {
        let mut strides = vec![1isize; shape.len()];
        for axis in (1..shape.len()).rev() {
            strides[axis - 1] = strides[axis] * shape[axis] as isize;
        }
        Self { path: path.into(), dtype, byte_order: ByteOrder::Little, offset, shape, strides }
    }

    /// Number of elements, or an error where the count does not fit.
    pub fn element_count(&self) -> Result<usize, Error> {
        self.shape
            .iter()
            .try_fold(1usize, |count, &length| count.checked_mul(length))
            .ok_or_else(|| self.refused("its shape is too large"))
    }

    /// Checks that the description makes sense and returns the file length it needs, in bytes.
    pub fn required_bytes(&self) -> Result<u64, Error> {
        if self.shape.len() != self.strides.len() {
            return Err(self.refused("it has a different number of axes and strides"));
        }
        if self.shape.contains(&0) {
            return Err(self.refused("one of its axes is empty"));
        }
        self.element_count()?;
        let (mut lowest, mut highest) = (0i128, 0i128);
        for (&length, &stride) in self.shape.iter().zip(&self.strides) {
            let reach = (length as i128 - 1) * stride as i128;
            if reach < 0 { lowest += reach } else { highest += reach }
        }
        let size = self.dtype.size() as i128;
        if lowest * size + i128::from(self.offset) < 0 {
            return Err(self.refused("its strides reach before the beginning of the file"));
        }
        u64::try_from(i128::from(self.offset) + (highest + 1) * size)
            .map_err(|_| self.refused("it reaches beyond any file"))
    }

    fn refused(&self, reason: &str) -> Error {
        Error::InvalidData(format!(
            "The array in {} can not be read: {reason} (shape {:?}, strides {:?}). Import the file again.",
            self.path.display(),
            self.shape,
            self.strides
        ))
    }
}
