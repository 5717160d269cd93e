use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};

use num_complex::Complex64;

use crate::Error;

/// A number that a `.npy` file can hold.
pub trait NpyElement: Copy {
    /// NumPy's name of the type, little-endian.
    const DESCRIPTION: &'static str;
    /// Appends the little-endian bytes.
    fn append(self, bytes: &mut Vec<u8>);
}

macro_rules! npy_element {
    ($kind:ty, $description:literal) => {
        impl NpyElement for $kind {
            const DESCRIPTION: &'static str = $description;
            fn append(self, bytes: &mut Vec<u8>) {
                bytes.extend_from_slice(&self.to_le_bytes());
            }
        }
    };
}
npy_element!(f64, "<f8");
npy_element!(f32, "<f4");
npy_element!(i32, "<i4");
npy_element!(i64, "<i8");

impl NpyElement for Complex64 {
    const DESCRIPTION: &'static str = "<c16";
    fn append(self, bytes: &mut Vec<u8>) {
        self.re.append(bytes);
        self.im.append(bytes);
    }
}

impl NpyElement for bool {
    const DESCRIPTION: &'static str = "|b1";
    fn append(self, bytes: &mut Vec<u8>) {
        bytes.push(u8::from(self));
    }
}

/// Writes a `.npy` file (format 1.0, C order) in pieces. The file appears under its name only when it is whole; an
/// unfinished one leaves nothing behind. It is not flushed to the disk here: the solver host flushes the whole hidden
/// folder once, before it gives it its name, and until then no file in it counts.
pub struct NpyWriter {
    file: File,
    temporary: PathBuf,
    target: PathBuf,
    header_bytes: u64,
    element_bytes: usize,
    finished: bool,
}

impl NpyWriter {
    /// Starts `folder/name` for elements of type `T`.
    pub fn create<T: NpyElement>(folder: &Path, name: &str, shape: &[usize]) -> Result<Self, Error> {
        let target = folder.join(name);
        let temporary = folder.join(format!(".{name}.partial"));
        let header = header::<T>(shape);
        let elements: usize = shape.iter().product();
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .open(&temporary)
            .map_err(|error| Error::writing(&target, &error))?;
        let writer = Self {
            file,
            temporary,
            target,
            header_bytes: header.len() as u64,
            element_bytes: size_of::<T>(),
            finished: false,
        };
        writer.write_bytes(0, &header)?;
        let length = writer.header_bytes + (elements * writer.element_bytes) as u64;
        writer.file.set_len(length).map_err(|error| Error::writing(&writer.target, &error))?;
        Ok(writer)
    }

    /// Writes a whole small array at once and returns its name.
    pub fn write_all<T: NpyElement>(
        folder: &Path,
        name: &str,
        shape: &[usize],
        values: &[T],
    ) -> Result<String, Error> {
        assert_eq!(shape.iter().product::<usize>(), values.len());
        let writer = Self::create::<T>(folder, name, shape)?;
        writer.write_at(0, values)?;
        writer.finish()
    }

    /// Writes `values` from element `index` on (C order). Parts may come in any order and from any thread.
    pub fn write_at<T: NpyElement>(&self, index: usize, values: &[T]) -> Result<(), Error> {
        debug_assert_eq!(size_of::<T>(), self.element_bytes);
        const PIECE: usize = 1 << 16;
        let mut bytes = Vec::with_capacity(PIECE.min(values.len()) * self.element_bytes);
        for (piece, part) in values.chunks(PIECE).enumerate() {
            bytes.clear();
            part.iter().for_each(|value| value.append(&mut bytes));
            let start = (index + piece * PIECE) * self.element_bytes;
            self.write_bytes(self.header_bytes + start as u64, &bytes)?;
        }
        Ok(())
    }

    /// Gives the file its name and returns that.
    pub fn finish(mut self) -> Result<String, Error> {
        std::fs::rename(&self.temporary, &self.target)
            .map_err(|error| Error::writing(&self.target, &error))?;
        self.finished = true;
        Ok(self.target.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default())
    }

    #[cfg(unix)]
    fn write_bytes(&self, offset: u64, bytes: &[u8]) -> Result<(), Error> {
        use std::os::unix::fs::FileExt;
        self.file.write_all_at(bytes, offset).map_err(|error| Error::writing(&self.target, &error))
    }

    #[cfg(windows)]
    fn write_bytes(&self, mut offset: u64, mut bytes: &[u8]) -> Result<(), Error> {
        use std::os::windows::fs::FileExt;
        while !bytes.is_empty() {
            let written =
                self.file.seek_write(bytes, offset).map_err(|error| Error::writing(&self.target, &error))?;
            bytes = &bytes[written..];
            offset += written as u64;
        }
        Ok(())
    }
}

impl Drop for NpyWriter {
    fn drop(&mut self) {
        if !self.finished {
            // Nothing sensible is left to do where even this fails.
            let _ = std::fs::remove_file(&self.temporary);
        }
    }
}

/// The header of format 1.0, padded so that the data start on a multiple of 64 bytes.
fn header<T: NpyElement>(shape: &[usize]) -> Vec<u8> {
    let axes: String = shape.iter().map(|length| format!("{length}, ")).collect();
    let axes =
        if shape.len() == 1 { axes.trim_end().to_owned() } else { axes.trim_end_matches(", ").to_owned() };
    let mut text = format!("{{'descr': '{}', 'fortran_order': False, 'shape': ({axes}), }}", T::DESCRIPTION);
    let unpadded = 10 + text.len() + 1;
    text.push_str(&" ".repeat(unpadded.next_multiple_of(64) - unpadded));
    text.push('\n');
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend_from_slice(&(text.len() as u16).to_le_bytes());
    bytes.extend_from_slice(text.as_bytes());
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_is_numpys_and_aligned() {
        let bytes = header::<f64>(&[3, 4]);
        assert_eq!(bytes.len() % 64, 0);
        assert!(String::from_utf8_lossy(&bytes).contains("'shape': (3, 4), }"));
        assert!(String::from_utf8_lossy(&header::<bool>(&[5])).contains("'descr': '|b1'"));
        assert!(String::from_utf8_lossy(&header::<bool>(&[5])).contains("'shape': (5,), }"));
    }

    #[test]
    fn an_unfinished_file_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let writer = NpyWriter::create::<f64>(folder.path(), "a.npy", &[4]).unwrap();
        writer.write_at(2, &[1.0f64, 2.0]).unwrap();
        drop(writer);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn pieces_in_any_order_make_the_whole() {
        let folder = tempfile::tempdir().unwrap();
        let writer = NpyWriter::create::<i32>(folder.path(), "a.npy", &[4]).unwrap();
        writer.write_at(2, &[3i32, 4]).unwrap();
        writer.write_at(0, &[1i32, 2]).unwrap();
        assert_eq!(writer.finish().unwrap(), "a.npy");
        let bytes = std::fs::read(folder.path().join("a.npy")).unwrap();
        let data: Vec<i32> =
            bytes[bytes.len() - 16..].chunks(4).map(|b| i32::from_le_bytes(b.try_into().unwrap())).collect();
        assert_eq!(data, vec![1, 2, 3, 4]);
    }

    #[test]
    fn a_missing_folder_is_a_sentence() {
        let error = NpyWriter::create::<f64>(Path::new("/nowhere/at/all"), "a.npy", &[1]).err().unwrap();
        assert!(error.to_string().contains("a.npy could not be written"), "{error}");
    }
}
