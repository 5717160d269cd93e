use crate::{ArraySource, Error, MappedArray, batches, map_tiles};

/// Counts over a whole array. Positions are zero-based, one index for each axis.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ArraySummary {
    /// Elements in the array.
    pub count: u64,
    /// Elements that are NaN.
    pub nan_count: u64,
    /// Elements that are infinite.
    pub infinite_count: u64,
    /// Finite elements below zero.
    pub negative_count: u64,
    /// Elements that hold the no-data value; they are left out of all other figures.
    pub no_data_count: u64,
    /// The first NaN or infinity, in the order of the shape.
    pub first_invalid: Option<Vec<usize>>,
    /// The first value below zero, in the order of the shape.
    pub first_negative: Option<Vec<usize>>,
    /// Smallest finite value.
    pub minimum: Option<f64>,
    /// Largest finite value.
    pub maximum: Option<f64>,
    /// Mean of the finite values.
    pub mean: Option<f64>,
}

/// What one tile or the whole array holds, before positions are turned into indices.
struct Tally {
    nan: u64,
    infinite: u64,
    negative: u64,
    no_data: u64,
    finite: u64,
    first_invalid: Option<usize>,
    first_negative: Option<usize>,
    minimum: f64,
    maximum: f64,
    sum: f64,
}

impl Tally {
    const EMPTY: Self = Self {
        nan: 0,
        infinite: 0,
        negative: 0,
        no_data: 0,
        finite: 0,
        first_invalid: None,
        first_negative: None,
        minimum: f64::INFINITY,
        maximum: f64::NEG_INFINITY,
        sum: 0.0,
    };

    fn add(&mut self, position: usize, stored: f64, scale: f64, no_data_value: Option<f64>) {
        if no_data_value.is_some_and(|marker| stored == marker || (marker.is_nan() && stored.is_nan())) {
            self.no_data += 1;
        } else if !stored.is_finite() {
            if stored.is_nan() {
                self.nan += 1
            } else {
                self.infinite += 1
            }
            self.first_invalid.get_or_insert(position);
        } else {
            let value = stored * scale;
            if value < 0.0 {
                self.negative += 1;
                self.first_negative.get_or_insert(position);
            }
            self.finite += 1;
            self.minimum = self.minimum.min(value);
            self.maximum = self.maximum.max(value);
            self.sum += value;
        }
    }

    fn join(&mut self, later: &Self) {
        self.nan += later.nan;
        self.infinite += later.infinite;
        self.negative += later.negative;
        self.no_data += later.no_data;
        self.finite += later.finite;
        self.first_invalid = self.first_invalid.or(later.first_invalid);
        self.first_negative = self.first_negative.or(later.first_negative);
        self.minimum = self.minimum.min(later.minimum);
        self.maximum = self.maximum.max(later.maximum);
        self.sum += later.sum;
    }
}

/// Reads the array once, in tiles, on the threads of the current pool. Values are multiplied by `scale`;
/// `no_data_value` is compared before that.
pub fn summarise(
    source: &ArraySource,
    scale: f64,
    no_data_value: Option<f64>,
) -> Result<ArraySummary, Error> {
    let array = MappedArray::open(source)?;
    let shape = array.shape().to_vec();
    let last = shape.len() - 1;
    let width = shape[last];
    let columns: Vec<isize> = (0..width).map(|j| j as isize * array.strides()[last]).collect();
    // Rows along the second-to-last axis: a tile of rows shares a stride where it does not cross an outer axis.
    let rows: usize = shape[..last].iter().product();
    let mut total = Tally::EMPTY;
    for batch in batches(rows) {
        array.check_still_whole()?;
        for tally in map_tiles(batch, |tile| {
            let mut tally = Tally::EMPTY;
            let per_run = if last == 0 { 1 } else { shape[last - 1] };
            let row_stride = if last == 0 { 0 } else { array.strides()[last - 1] };
            let mut values = Vec::new();
            let mut row = tile.start;
            while row < tile.end {
                let run = (per_run - row % per_run).min(tile.end - row);
                values.resize(run * width, 0.0);
                array.gather(base_of_row(row, &shape, array.strides()), row_stride, &columns, &mut values);
                for (index, &stored) in values.iter().enumerate() {
                    tally.add(row * width + index, stored, scale, no_data_value);
                }
                row += run;
            }
            Ok(tally)
        })? {
            total.join(&tally);
        }
        array.release_pages();
    }
    let some = |value: f64| (total.finite > 0).then_some(value);
    Ok(ArraySummary {
        count: (rows * width) as u64,
        nan_count: total.nan,
        infinite_count: total.infinite,
        negative_count: total.negative,
        no_data_count: total.no_data,
        first_invalid: total.first_invalid.map(|position| indices(position, &shape)),
        first_negative: total.first_negative.map(|position| indices(position, &shape)),
        minimum: some(total.minimum),
        maximum: some(total.maximum),
        mean: some(total.sum / total.finite as f64),
    })
}

fn base_of_row(row: usize, shape: &[usize], strides: &[isize]) -> isize {
    let outer = shape.len() - 1;
    indices(row, &shape[..outer]).iter().zip(strides).map(|(&i, &stride)| i as isize * stride).sum()
}

/// The index along every axis of a position in C order.
fn indices(mut position: usize, shape: &[usize]) -> Vec<usize> {
    let mut index = vec![0; shape.len()];
    for axis in (0..shape.len()).rev() {
        index[axis] = position % shape[axis];
        position /= shape[axis];
    }
    index
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{DType, NpyWriter};

    fn saved(folder: &std::path::Path, shape: &[usize], values: &[f64]) -> ArraySource {
        let name = NpyWriter::write_all(folder, "a.npy", shape, values).unwrap();
        let path = folder.join(name);
        let offset = std::fs::metadata(&path).unwrap().len() - values.len() as u64 * 8;
        ArraySource::c_order(path, DType::Float64, offset, shape.to_vec())
    }

    #[test]
    fn positions_are_indices_of_the_shape() {
        let folder = tempfile::tempdir().unwrap();
        let mut values = vec![2.0; 3 * 4 * 5];
        values[4 * 5 + 2 * 5 + 3] = f64::NAN;
        values[2 * 20 + 5] = -1.0;
        values[2 * 20 + 6] = f64::INFINITY;
        values[0] = -999.0;
        let summary = summarise(&saved(folder.path(), &[3, 4, 5], &values), 0.5, Some(-999.0)).unwrap();
        assert_eq!(summary.first_invalid, Some(vec![1, 2, 3]));
        assert_eq!(summary.first_negative, Some(vec![2, 1, 0]));
        assert_eq!((summary.nan_count, summary.infinite_count, summary.no_data_count), (1, 1, 1));
        assert_eq!((summary.minimum, summary.maximum), (Some(-0.5), Some(1.0)));
        assert_eq!(summary.count, 60);
    }

    #[test]
    fn one_axis_and_nothing_finite_work_too() {
        let folder = tempfile::tempdir().unwrap();
        let summary = summarise(&saved(folder.path(), &[3], &[f64::NAN; 3]), 1.0, None).unwrap();
        assert_eq!((summary.mean, summary.nan_count, summary.first_invalid), (None, 3, Some(vec![0])));
    }
}
