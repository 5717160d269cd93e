use filigree_core::{ArraySource, DType, Error, MappedArray};

use crate::{CsrMatrix, Scalar};

/// Elements converted at a time.
const PIECE: usize = 1 << 15;
/// Above it products of three numbers or sums of many leave the range of double precision.
const LARGEST: f64 = 1e300;

/// Where the arrays of one system, or of a sequence of systems of one size, lie.
#[derive(Clone, Debug, PartialEq)]
pub struct SystemSources {
    /// (entry), float64 or complex128; those of all systems one after the other.
    pub values: ArraySource,
    /// (row + 1) or (system, row + 1), counted from the first entry of the file.
    pub row_pointers: ArraySource,
    /// (entry), zero-based, rising within a row.
    pub column_indices: ArraySource,
    /// Columns of the matrix; as many as rows where nothing is said.
    pub columns: Option<usize>,
    /// (row) or (system, row).
    pub right_hand_side: Option<ArraySource>,
    /// (column) or (system, column).
    pub known_solution: Option<ArraySource>,
    /// (row, vector).
    pub near_null_space: Option<ArraySource>,
    /// (system, parameter).
    pub parameters: Option<ArraySource>,
}

/// Linear systems in files, read one at a time.
pub struct SystemFile {
    sources: SystemSources,
    systems: usize,
    rows: usize,
    columns: usize,
    entries: usize,
}

/// The value of `$body` with `$Number` standing for the type of the numbers of a [`SystemFile`]: `f64` or
/// [`Complex64`](crate::Complex64).
#[macro_export]
macro_rules! with_numbers_of {
    ($file:expr, $Number:ident => $body:expr) => {
        if $file.is_complex() {
            type $Number = $crate::Complex64;
            $body
        } else {
            type $Number = f64;
            $body
        }
    };
}

impl SystemFile {
    /// Compares the shapes with each other; values are read later.
    pub fn open(sources: &SystemSources) -> Result<Self, Error> {
        let pointers = &sources.row_pointers.shape;
        let (systems, ends) = match **pointers {
            [ends] => (1, ends),
            [systems, ends] => (systems, ends),
            _ => return Err(unfit("row pointers", &sources.row_pointers, "(row + 1) or (system, row + 1)")),
        };
        let rows = ends.checked_sub(1).filter(|&rows| rows > 0);
        let Some(rows) = rows else {
            return Err(unfit("row pointers", &sources.row_pointers, "(row + 1), at least one row"));
        };
        let columns = sources.columns.unwrap_or(rows);
        let [entries] = *sources.values.shape else {
            return Err(unfit("values", &sources.values, "(entry)"));
        };
        if sources.column_indices.shape != [entries] {
            return Err(unfit("column indices", &sources.column_indices, &format!("({entries})")));
        }
        let vectors = [
            ("right-hand side", &sources.right_hand_side, rows),
            ("known solution", &sources.known_solution, columns),
        ];
        for (name, source, length) in vectors {
            if let Some(source) = source
                && source.shape != [length]
                && source.shape != [systems, length]
            {
                let shape = format!("({length}) or ({systems}, {length})");
                return Err(unfit(name, source, &shape));
            }
        }
        if let Some(source) = &sources.near_null_space
            && (source.shape.len() != 2 || source.shape[0] != rows)
        {
            return Err(unfit("near-null space", source, &format!("({rows}, vector)")));
        }
        if let Some(source) = &sources.parameters
            && (source.shape.len() < 2 || source.shape[0] != systems)
        {
            return Err(unfit("parameters", source, &format!("({systems}, parameter)")));
        }
        Ok(Self { sources: sources.clone(), systems, rows, columns, entries })
    }

    /// Systems in the files.
    pub fn systems(&self) -> usize {
        self.systems
    }

    /// Rows of each matrix.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Columns of each matrix.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// A matrix, a right-hand side or a near-null space is complex.
    pub fn is_complex(&self) -> bool {
        let others = [&self.sources.right_hand_side, &self.sources.near_null_space];
        let complex = |source: &ArraySource| !source.dtype.is_real();
        complex(&self.sources.values) || others.into_iter().flatten().any(complex)
    }

    /// The matrix of one system, counted from nought. NaN and infinite entries are refused, with their place.
    pub fn matrix<S: Scalar>(&self, system: usize) -> Result<CsrMatrix<S>, Error> {
        let ends = self.rows + 1;
        let pointers = whole_numbers(&self.sources.row_pointers, system * ends, ends, "row pointer")?;
        let (first, end) = (pointers[0], pointers[self.rows]);
        if first > end || end > self.entries || (self.systems == 1 && (first, end) != (0, self.entries)) {
            return Err(Error::InvalidData(format!(
                "The row pointers of system {} reach from entry {first} to {end}, and the file has {} entries. Import it again.",
                system + 1,
                self.entries
            )));
        }
        let indices = whole_numbers(&self.sources.column_indices, first, end - first, "column index")?;
        if let Some(&index) = indices.iter().find(|&&index| index >= self.columns) {
            return Err(Error::InvalidData(format!(
                "Column index {index} lies outside of a matrix of {} columns (counted from nought). Import it again.",
                self.columns
            )));
        }
        let indices = indices.into_iter().map(|index| index as u32).collect();
        let values = numbers::<S>(&self.sources.values, first, end - first)?;
        let pointers = pointers.into_iter().map(|pointer| pointer.wrapping_sub(first)).collect();
        let matrix = CsrMatrix::new(self.rows, self.columns, pointers, indices, values)?;
        if let Some(entry) = matrix.values().iter().position(|value| !value.is_finite()) {
            let row = matrix.row_pointers().partition_point(|&start| start <= entry);
            return Err(Error::InvalidData(format!(
                "The entry of the matrix at row {row}, column {} is {}. Replace it or leave it out, and import the file again.",
                matrix.column_indices()[entry] as usize + 1,
                matrix.values()[entry]
            )));
        }
        check_size(matrix.values(), "matrix")?;
        Ok(matrix)
    }

    /// The right-hand side of one system; one that is stored once serves all.
    pub fn right_hand_side<S: Scalar>(&self, system: usize) -> Result<Option<Vec<S>>, Error> {
        self.vector(&self.sources.right_hand_side, system, self.rows, "right-hand side")
    }

    /// The solution of one system, where it is known.
    pub fn known_solution<S: Scalar>(&self, system: usize) -> Result<Option<Vec<S>>, Error> {
        self.vector(&self.sources.known_solution, system, self.columns, "known solution")
    }

    /// Vectors that the matrix nearly sends to nought, one after the other.
    pub fn near_null_space<S: Scalar>(&self) -> Result<Option<Vec<Vec<S>>>, Error> {
        let Some(source) = &self.sources.near_null_space else { return Ok(None) };
        let all = numbers::<S>(source, 0, source.element_count()?)?;
        check_finite(&all, "near-null space")?;
        let count = source.shape[1];
        Ok(Some((0..count).map(|index| all.iter().skip(index).step_by(count).copied().collect()).collect()))
    }

    /// The parameters each system of the sequence was made from: (system, parameter), row after row.
    pub fn parameters(&self) -> Result<Option<Vec<Vec<f64>>>, Error> {
        let Some(source) = &self.sources.parameters else { return Ok(None) };
        let all = numbers::<f64>(source, 0, source.element_count()?)?;
        check_finite(&all, "table of parameters")?;
        Ok(Some(all.chunks(all.len() / self.systems).map(<[f64]>::to_vec).collect()))
    }

    fn vector<S: Scalar>(
        &self,
        source: &Option<ArraySource>,
        system: usize,
        length: usize,
        name: &str,
    ) -> Result<Option<Vec<S>>, Error> {
        let Some(source) = source else { return Ok(None) };
        let first = if source.shape.len() == 2 { system * length } else { 0 };
        let vector = numbers::<S>(source, first, length)?;
        check_finite(&vector, name)?;
        check_size(&vector, name)?;
        Ok(Some(vector))
    }
}

fn unfit(name: &str, source: &ArraySource, expected: &str) -> Error {
    Error::InvalidData(format!(
        "The {name} in {} has the shape {:?}, and {expected} was expected. Import the system again.",
        source.path.display(),
        source.shape
    ))
}

fn check_finite<S: Scalar>(values: &[S], name: &str) -> Result<(), Error> {
    match values.iter().position(|value| !value.is_finite()) {
        None => Ok(()),
        Some(index) => Err(Error::InvalidData(format!(
            "Entry {} of the {name} is {}. Replace it and import the file again.",
            index + 1,
            values[index]
        ))),
    }
}

/// Refuses numbers whose sums and products overflow before anything is told of them.
fn check_size<S: Scalar>(values: &[S], name: &str) -> Result<(), Error> {
    let largest = values.iter().map(|value| value.modulus()).fold(0.0, f64::max);
    if largest <= LARGEST {
        return Ok(());
    }
    Err(Error::InvalidData(format!(
        "The {name} holds {largest:.2e}, so large that sums overflow. Divide the matrix and the right-hand side by such a factor, and import them again."
    )))
}

/// Elements `first..first + count` in C order, as real numbers.
fn real_numbers(source: &ArraySource, first: usize, count: usize) -> Result<Vec<f64>, Error> {
    if count == 0 {
        return Ok(Vec::new());
    }
    let array = MappedArray::open(source)?;
    let c_order = ArraySource::c_order(&source.path, source.dtype, source.offset, source.shape.clone());
    if source.strides != c_order.strides {
        return Ok(array.read_all()?.split_off(first).into_iter().take(count).collect());
    }
    let mut out = filigree_core::zeros(count, "the matrix")?;
    let columns: Vec<isize> = (0..PIECE.min(count) as isize).collect();
    for (piece, part) in out.chunks_mut(PIECE).enumerate() {
        array.gather((first + piece * PIECE) as isize, 0, &columns[..part.len()], part);
    }
    Ok(out)
}

/// Elements `first..first + count` in C order. A real array may be read as complex, not the other way round.
pub(crate) fn numbers<S: Scalar>(source: &ArraySource, first: usize, count: usize) -> Result<Vec<S>, Error> {
    let part = match source.dtype {
        DType::Complex64 => DType::Float32,
        DType::Complex128 => DType::Float64,
        _ => return Ok(real_numbers(source, first, count)?.into_iter().map(S::from_real).collect()),
    };
    if !S::COMPLEX {
        return Err(Error::Internal(format!("{} was read as real numbers", source.path.display())));
    }
    // A complex array is a real one with an axis of two more.
    let mut shape = source.shape.clone();
    shape.push(2);
    let mut strides: Vec<isize> = source.strides.iter().map(|stride| stride * 2).collect();
    strides.push(1);
    let parts = ArraySource { dtype: part, shape, strides, ..source.clone() };
    let numbers = real_numbers(&parts, first * 2, count * 2)?;
    Ok(numbers.chunks_exact(2).map(|pair| S::from_parts(pair[0], pair[1])).collect())
}

/// Elements `first..first + count` in C order, which must be whole numbers from nought on.
pub(crate) fn whole_numbers(
    source: &ArraySource,
    first: usize,
    count: usize,
    name: &str,
) -> Result<Vec<usize>, Error> {
    let numbers = real_numbers(source, first, count)?;
    if let Some(number) = numbers.iter().find(|&&number| !(number >= 0.0 && number.fract() == 0.0)) {
        return Err(Error::InvalidData(format!(
            "{number} in {} is no {name}: whole numbers from 0 on are expected. Import the file again.",
            source.path.display()
        )));
    }
    Ok(numbers.into_iter().map(|number| number as usize).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use num_complex::Complex64;
    use std::path::Path;

    fn saved(folder: &Path, name: &str, dtype: DType, shape: &[usize], bytes: Vec<u8>) -> ArraySource {
        let path = folder.join(name);
        std::fs::write(&path, bytes).unwrap();
        ArraySource::c_order(path, dtype, 0, shape.to_vec())
    }
    fn floats(values: &[f64]) -> Vec<u8> {
        values.iter().flat_map(|value| value.to_le_bytes()).collect()
    }
    fn longs(values: &[i64]) -> Vec<u8> {
        values.iter().flat_map(|value| value.to_le_bytes()).collect()
    }

    /// Two systems of two rows.
    fn sequence(folder: &Path) -> SystemSources {
        SystemSources {
            values: saved(folder, "values", DType::Float64, &[5], floats(&[1.0, 2.0, 3.0, 4.0, 5.0])),
            row_pointers: saved(folder, "rows", DType::Int64, &[2, 3], longs(&[0, 2, 3, 3, 4, 5])),
            column_indices: saved(folder, "columns", DType::Int64, &[5], longs(&[0, 1, 1, 0, 1])),
            columns: None,
            right_hand_side: Some(saved(folder, "b", DType::Float64, &[2, 2], floats(&[1.0, 2.0, 3.0, 4.0]))),
            known_solution: None,
            near_null_space: None,
            parameters: Some(saved(folder, "p", DType::Float64, &[2, 1], floats(&[0.5, 0.7]))),
        }
    }

    #[test]
    fn systems_of_a_sequence_are_read_one_by_one() {
        let folder = tempfile::tempdir().unwrap();
        let file = SystemFile::open(&sequence(folder.path())).unwrap();
        assert_eq!((file.systems(), file.rows(), file.columns(), file.is_complex()), (2, 2, 2, false));
        let second: CsrMatrix<f64> = file.matrix(1).unwrap();
        assert_eq!(second, CsrMatrix::from_triplets(2, 2, &[(0, 0, 4.0), (1, 1, 5.0)]).unwrap());
        assert_eq!(file.right_hand_side::<f64>(1).unwrap().unwrap(), [3.0, 4.0]);
        assert_eq!(file.parameters().unwrap().unwrap(), [[0.5], [0.7]]);
        let complex: CsrMatrix<Complex64> = file.matrix(0).unwrap();
        assert_eq!(complex.get(1, 1), Complex64::new(3.0, 0.0));
    }

    #[test]
    fn complex_values_keep_both_parts() {
        let folder = tempfile::tempdir().unwrap();
        let mut sources = sequence(folder.path());
        sources.values = saved(
            folder.path(),
            "z",
            DType::Complex128,
            &[5],
            floats(&[1., 9., 2., 8., 3., 7., 4., 6., 5., 5.]),
        );
        let file = SystemFile::open(&sources).unwrap();
        assert!(file.is_complex());
        assert_eq!(file.matrix::<Complex64>(1).unwrap().get(0, 0), Complex64::new(4.0, 6.0));
        assert!(file.matrix::<f64>(0).is_err());
    }

    #[test]
    fn files_that_do_not_fit_are_told_by_name() {
        let folder = tempfile::tempdir().unwrap();
        let mut wrong = sequence(folder.path());
        wrong.right_hand_side = Some(saved(folder.path(), "b", DType::Float64, &[3], floats(&[1.0; 3])));
        let error = SystemFile::open(&wrong).err().unwrap().to_string();
        assert!(error.contains("right-hand side") && error.contains("(2) or (2, 2)"), "{error}");
        let mut wrong = sequence(folder.path());
        wrong.values = saved(folder.path(), "v", DType::Float64, &[5], floats(&[1., 2., f64::NAN, 4., 5.]));
        let error = SystemFile::open(&wrong).unwrap().matrix::<f64>(0).unwrap_err().to_string();
        assert!(error.contains("row 2, column 2 is NaN"), "{error}");
        let mut wrong = sequence(folder.path());
        wrong.column_indices = saved(folder.path(), "c", DType::Int64, &[5], longs(&[0, 1, 2, 0, 1]));
        assert!(SystemFile::open(&wrong).unwrap().matrix::<f64>(0).is_err());
        let mut wrong = sequence(folder.path());
        wrong.row_pointers = saved(folder.path(), "r", DType::Int64, &[2, 3], longs(&[0, 2, 3, 3, 4, 6]));
        assert!(SystemFile::open(&wrong).unwrap().matrix::<f64>(1).unwrap_err().to_string().contains("to 6"));
    }
}
