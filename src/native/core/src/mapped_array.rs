use std::fs::File;

use memmap2::Mmap;

use crate::{ArraySource, ByteOrder, DType, Error};

/// Files above this size give their pages back between batches, so that the resident memory of a scene
/// larger than RAM stays small.
const RELEASE_ABOVE_BYTES: u64 = 256 << 20;

/// An array in a mapped file, read as float64 whatever its type.
pub struct MappedArray {
    source: ArraySource,
    required: u64,
    file: File,
    map: Mmap,
}

impl MappedArray {
    /// Opens and maps the file after checking that it is long enough.
    pub fn open(source: &ArraySource) -> Result<Self, Error> {
        let required = source.required_bytes()?;
        if !source.dtype.is_real() {
            return Err(Error::InvalidData(format!(
                "The array in {} is {}: no method here takes complex numbers. Export its magnitude or real part.",
                source.path.display(),
                source.dtype.as_str()
            )));
        }
        let file = File::open(&source.path).map_err(|error| Error::reading(&source.path, &error))?;
        check_length(source, &file, required)?;
        // SAFETY: the map is read-only; the length was checked above and is checked again between batches.
        // A file that another program cuts short in between can end the process, which is why solvers run
        // in a supervised process of their own.
        let map = unsafe { Mmap::map(&file) }.map_err(|error| Error::reading(&source.path, &error))?;
        Ok(Self { source: source.clone(), required, file, map })
    }

    /// Length of every axis.
    pub fn shape(&self) -> &[usize] {
        &self.source.shape
    }

    /// Elements between neighbours along every axis.
    pub fn strides(&self) -> &[isize] {
        &self.source.strides
    }

    /// What was opened.
    pub fn source(&self) -> &ArraySource {
        &self.source
    }

    /// The elements in C order where they lie, if the file holds them as memory would: little-endian float64 without
    /// gaps, on a boundary of eight bytes. They change when another program writes to the file.
    pub fn in_place(&self) -> Option<&[f64]> {
        let source = &self.source;
        let c_order = ArraySource::c_order("", source.dtype, 0, source.shape.clone()).strides;
        if source.dtype != DType::Float64
            || source.byte_order != ByteOrder::Little
            || cfg!(target_endian = "big")
            || source.strides != c_order
        {
            return None;
        }
        let bytes = &self.map[usize::try_from(source.offset).ok()?..usize::try_from(self.required).ok()?];
        // SAFETY: every pattern of eight bytes is a float64 number.
        let (before, values, after) = unsafe { bytes.align_to::<f64>() };
        (before.is_empty() && after.is_empty()).then_some(values)
    }

    /// Checks that the file was not cut short since it was opened.
    pub fn check_still_whole(&self) -> Result<(), Error> {
        check_length(&self.source, &self.file, self.required)
    }

    /// Tells the system that the pages read so far are not needed soon (large files only).
    pub fn release_pages(&self) {
        #[cfg(unix)]
        if self.required > RELEASE_ABOVE_BYTES {
            // SAFETY: a shared, read-only map of a file: dropped pages are read again from the file.
            // Advice may be refused, which costs memory and nothing else.
            let _ = unsafe { self.map.unchecked_advise(memmap2::UncheckedAdvice::DontNeed) };
        }
    }

    /// Reads `out[i * columns.len() + j] = element[base + i * row_stride + columns[j]]`, all counted in elements.
    ///
    /// Panics where an index lies outside of the array: callers derive indices from `shape()`.
    pub fn gather(&self, base: isize, row_stride: isize, columns: &[isize], out: &mut [f64]) {
        let little = self.source.byte_order == ByteOrder::Little;
        macro_rules! read {
            ($kind:ty) => {
                if little {
                    self.gather_as(base, row_stride, columns, out, |bytes| {
                        <$kind>::from_le_bytes(bytes) as f64
                    })
                } else {
                    self.gather_as(base, row_stride, columns, out, |bytes| {
                        <$kind>::from_be_bytes(bytes) as f64
                    })
                }
            };
        }
        match self.source.dtype {
            DType::UInt8 => read!(u8),
            DType::Int8 => read!(i8),
            DType::UInt16 => read!(u16),
            DType::Int16 => read!(i16),
            DType::UInt32 => read!(u32),
            DType::Int32 => read!(i32),
            DType::UInt64 => read!(u64),
            DType::Int64 => read!(i64),
            DType::Float32 => read!(f32),
            DType::Float64 => read!(f64),
            DType::Bool => {
                self.gather_as(base, row_stride, columns, out, |[byte]: [u8; 1]| {
                    f64::from(u8::from(byte != 0))
                });
            }
            DType::Complex64 | DType::Complex128 => unreachable!("open() refuses complex arrays"),
        }
    }

    fn gather_as<const SIZE: usize>(
        &self,
        base: isize,
        row_stride: isize,
        columns: &[isize],
        out: &mut [f64],
        decode: impl Fn([u8; SIZE]) -> f64,
    ) {
        let width = columns.len();
        let rows = out.len() / width.max(1);
        debug_assert_eq!(rows * width, out.len());
        let offset = self.source.offset as isize;
        let bytes: &[u8] = &self.map;
        let element = |index: isize| {
            let start = (offset + index * SIZE as isize) as usize;
            let mut raw = [0; SIZE];
            raw.copy_from_slice(&bytes[start..start + SIZE]);
            decode(raw)
        };
        if columns.windows(2).all(|pair| pair[1] == pair[0] + 1) && width > 0 {
            // Bands side by side in the file, the common case: one check of bounds for a whole pixel, or for all of
            // them where they too lie side by side.
            let width = if row_stride == width as isize { out.len() } else { width };
            for (row, values) in out.chunks_exact_mut(width).enumerate() {
                let start =
                    (offset + (base + row as isize * row_stride + columns[0]) * SIZE as isize) as usize;
                let pixel = bytes[start..start + width * SIZE].as_chunks().0;
                crate::widest(|| values.iter_mut().zip(pixel).for_each(|(value, raw)| *value = decode(*raw)));
            }
            return;
        }
        let columns_are_close = width < 2 || (columns[1] - columns[0]).abs() <= row_stride.abs();
        if columns_are_close {
            for (row, values) in out.chunks_exact_mut(width).enumerate() {
                let start = base + row as isize * row_stride;
                for (value, &column) in values.iter_mut().zip(columns) {
                    *value = element(start + column);
                }
            }
        } else {
            // Neighbouring rows lie side by side in the file (band-sequential): walk along them.
            for (j, &column) in columns.iter().enumerate() {
                for row in 0..rows {
                    out[row * width + j] = element(base + column + row as isize * row_stride);
                }
            }
        }
    }

    /// The whole array as float64 in C order; for small arrays such as spectra.
    pub fn read_all(&self) -> Result<Vec<f64>, Error> {
        let shape = self.shape();
        let strides = self.strides();
        let mut out = crate::zeros(self.source.element_count()?, "an input array")?;
        let last = shape.len() - 1;
        let columns: Vec<isize> = (0..shape[last]).map(|i| i as isize * strides[last]).collect();
        let mut index = vec![0usize; last];
        for chunk in out.chunks_exact_mut(columns.len()) {
            let base = index.iter().zip(strides).map(|(&i, &stride)| i as isize * stride).sum();
            self.gather(base, 0, &columns, chunk);
            for axis in (0..last).rev() {
                index[axis] += 1;
                if index[axis] < shape[axis] {
                    break;
                }
                index[axis] = 0;
            }
        }
        Ok(out)
    }
}

fn check_length(source: &ArraySource, file: &File, required: u64) -> Result<(), Error> {
    let length = file.metadata().map_err(|error| Error::reading(&source.path, &error))?.len();
    if length < required {
        return Err(Error::InvalidData(format!(
            "The file {} is too short: its header promises {required} bytes and it has {length}, {} bytes fewer. Copy or download it again.",
            source.path.display(),
            required - length
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn write(bytes: &[u8]) -> (tempfile::TempDir, std::path::PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("array.raw");
        std::fs::write(&path, bytes).unwrap();
        (folder, path)
    }

    #[test]
    fn a_truncated_file_says_by_how_many_bytes() {
        let (_folder, path) = write(&[0; 90]);
        let error =
            MappedArray::open(&ArraySource::c_order(&path, DType::Float64, 16, vec![10])).err().unwrap();
        assert!(error.to_string().contains("promises 96 bytes and it has 90, 6 bytes fewer"), "{error}");
    }

    #[test]
    fn a_file_that_vanished_is_named() {
        let source = ArraySource::c_order("/nowhere/gone.raw", DType::Float64, 0, vec![1]);
        let error = MappedArray::open(&source).err().unwrap();
        assert!(error.to_string().contains("gone.raw is not there any more"), "{error}");
    }

    #[test]
    fn nonsense_descriptions_are_refused() {
        let (_folder, path) = write(&[0; 64]);
        let mut source = ArraySource::c_order(&path, DType::UInt8, 0, vec![4, 4]);
        source.strides = vec![-4, 1];
        assert!(MappedArray::open(&source).is_err());
        source.strides = vec![1];
        assert!(MappedArray::open(&source).is_err());
        assert!(MappedArray::open(&ArraySource::c_order(&path, DType::UInt8, 0, vec![0])).is_err());
        let huge = ArraySource::c_order(&path, DType::Float64, 0, vec![usize::MAX / 2, 8]);
        assert!(MappedArray::open(&huge).is_err());
    }

    #[test]
    fn a_file_cut_short_later_is_noticed() {
        let (_folder, path) = write(&[0; 64]);
        let array = MappedArray::open(&ArraySource::c_order(&path, DType::UInt8, 0, vec![64])).unwrap();
        assert!(array.check_still_whole().is_ok());
        std::fs::OpenOptions::new().write(true).open(&path).unwrap().set_len(10).unwrap();
        assert!(array.check_still_whole().is_err());
    }

    #[test]
    fn only_what_lies_as_in_memory_is_seen_in_place() {
        let numbers: Vec<f64> = (0..7).map(f64::from).collect();
        let bytes: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
        let (_folder, path) = write(&bytes);
        let whole = ArraySource::c_order(&path, DType::Float64, 8, vec![2, 3]);
        assert_eq!(MappedArray::open(&whole).unwrap().in_place(), Some(&numbers[1..]));
        let turned = ArraySource { strides: vec![1, 2], ..whole.clone() };
        let big = ArraySource { byte_order: ByteOrder::Big, ..whole.clone() };
        let shifted = ArraySource { offset: 4, ..whole.clone() };
        let whole_numbers = ArraySource { dtype: DType::Int64, ..whole };
        for other in [turned, big, shifted, whole_numbers] {
            assert!(MappedArray::open(&other).unwrap().in_place().is_none());
        }
    }

    proptest! {
        #[test]
        fn every_order_of_axes_and_bytes_reads_the_same(
            rows in 1usize..6, columns in 1usize..6, big in any::<bool>(), fortran in any::<bool>()
        ) {
            let value = |i: usize, j: usize| (i * 7 + j) as i16 - 11;
            let mut bytes = vec![0u8; 3];
            let (outer, inner) = if fortran { (columns, rows) } else { (rows, columns) };
            for a in 0..outer {
                for b in 0..inner {
                    let v = if fortran { value(b, a) } else { value(a, b) };
                    bytes.extend(if big { v.to_be_bytes() } else { v.to_le_bytes() });
                }
            }
            let (_folder, path) = write(&bytes);
            let mut source = ArraySource::c_order(&path, DType::Int16, 3, vec![rows, columns]);
            if fortran {
                source.strides = vec![1, rows as isize];
            }
            if big {
                source.byte_order = ByteOrder::Big;
            }
            let read = MappedArray::open(&source).unwrap().read_all().unwrap();
            for i in 0..rows {
                for j in 0..columns {
                    prop_assert_eq!(read[i * columns + j], f64::from(value(i, j)));
                }
            }
        }
    }
}
