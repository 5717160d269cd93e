use filigree_core::{ArraySource, Error, MappedArray, batches, map_tiles};

/// Mean squared difference of every truth map with every estimated map, over the pixels where both are
/// finite: `result[i][j]` for truth `i`, estimate `j`. Both arrays are (p, lines, samples); NaN where no pixel
/// is finite in both.
pub fn map_distances(truth: &ArraySource, estimate: &ArraySource) -> Result<Vec<Vec<f64>>, Error> {
    let truth = Maps::open(truth)?;
    let estimate = Maps::open(estimate)?;
    if truth.scene != estimate.scene {
        return Err(Error::InvalidData(format!(
            "The truth maps are {} × {} pixels and the estimated ones {} × {}. Compare maps of the same scene.",
            truth.scene.0, truth.scene.1, estimate.scene.0, estimate.scene.1
        )));
    }
    let pairs = truth.count * estimate.count;
    let mut sums = vec![(0.0f64, 0u64); pairs];
    for batch in batches(truth.scene.0 * truth.scene.1) {
        let parts = map_tiles(batch, |tile| {
            let (left, right) = (truth.tile(tile.clone()), estimate.tile(tile.clone()));
            let length = tile.len();
            let mut part = vec![(0.0f64, 0u64); pairs];
            for (i, a) in left.chunks_exact(length).enumerate() {
                for (j, b) in right.chunks_exact(length).enumerate() {
                    let entry = &mut part[i * estimate.count + j];
                    for (x, y) in a.iter().zip(b) {
                        let square = (x - y) * (x - y);
                        if square.is_finite() {
                            entry.0 += square;
                            entry.1 += 1;
                        }
                    }
                }
            }
            Ok(part)
        })?;
        for part in parts {
            for (total, piece) in sums.iter_mut().zip(part) {
                total.0 += piece.0;
                total.1 += piece.1;
            }
        }
    }
    Ok(sums
        .chunks_exact(estimate.count)
        .map(|row| row.iter().map(|&(sum, pixels)| sum / pixels as f64).collect())
        .collect())
}

/// ‖X‖² and ‖X − X̂‖² of true and estimated maps over the pixels where all of them are finite. `partners[i]` is the
/// estimated map of truth `i`; a truth without one is held against zero, as is an estimate without a truth.
pub fn abundance_errors(
    truth: &ArraySource,
    estimate: &ArraySource,
    partners: &[Option<usize>],
) -> Result<(f64, f64), Error> {
    let truth = Maps::open(truth)?;
    let estimate = Maps::open(estimate)?;
    if truth.scene != estimate.scene || partners.len() != truth.count {
        return Err(Error::InvalidData(
            "True and estimated maps are of different scenes, or a true map has no entry among the partners."
                .to_owned(),
        ));
    }
    if let Some(wrong) = partners.iter().flatten().find(|&&partner| partner >= estimate.count) {
        return Err(Error::parameter("partners", format!("There is no estimated map {wrong}.")));
    }
    let alone: Vec<usize> = (0..estimate.count).filter(|j| !partners.contains(&Some(*j))).collect();
    let (mut signal, mut error) = (0.0, 0.0);
    for batch in batches(truth.scene.0 * truth.scene.1) {
        let parts = map_tiles(batch, |tile| {
            let (known, found) = (truth.tile(tile.clone()), estimate.tile(tile.clone()));
            let length = tile.len();
            let (mut squares, mut misses) = (vec![0.0; length], vec![0.0; length]);
            for (i, partner) in partners.iter().enumerate() {
                for pixel in 0..length {
                    let x = known[i * length + pixel];
                    let y = partner.map_or(0.0, |j| found[j * length + pixel]);
                    squares[pixel] += x * x;
                    misses[pixel] += (x - y) * (x - y);
                }
            }
            for &j in &alone {
                for pixel in 0..length {
                    misses[pixel] += found[j * length + pixel] * found[j * length + pixel];
                }
            }
            Ok(squares
                .iter()
                .zip(&misses)
                .filter(|(square, miss)| square.is_finite() && miss.is_finite())
                .fold((0.0, 0.0), |(a, b), (square, miss)| (a + square, b + miss)))
        })?;
        for (square, miss) in parts {
            signal += square;
            error += miss;
        }
    }
    Ok((signal, error))
}

/// A mapped stack of maps.
pub(crate) struct Maps {
    array: MappedArray,
    pub count: usize,
    /// Lines and samples.
    pub scene: (usize, usize),
}

impl Maps {
    pub(crate) fn open(source: &ArraySource) -> Result<Self, Error> {
        let array = MappedArray::open(source)?;
        let &[count, lines, samples] = array.shape() else {
            return Err(Error::InvalidData(format!(
                "Maps have three axes (endmembers, lines, samples); {} has {}.",
                source.path.display(),
                array.shape().len()
            )));
        };
        Ok(Self { array, count, scene: (lines, samples) })
    }

    /// The same piece of every map, map after map.
    pub(crate) fn tile(&self, pixels: std::ops::Range<usize>) -> Vec<f64> {
        let strides = self.array.strides();
        let columns: Vec<isize> = pixels
            .map(|flat| {
                (flat / self.scene.1) as isize * strides[1] + (flat % self.scene.1) as isize * strides[2]
            })
            .collect();
        let mut out = vec![0.0; self.count * columns.len()];
        self.array.gather(0, strides[0], &columns, &mut out);
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::saved;

    #[test]
    fn pixels_that_are_nan_in_either_are_left_out() {
        let folder = tempfile::tempdir().unwrap();
        let truth = saved(folder.path(), "t.npy", &[2, 1, 3], &[1.0, 0.0, f64::NAN, 0.0, 1.0, 1.0]);
        let estimate = saved(folder.path(), "e.npy", &[1, 1, 3], &[0.0, 0.0, 1.0]);
        assert_eq!(map_distances(&truth, &estimate).unwrap(), vec![vec![0.5], vec![1.0 / 3.0]]);
    }

    #[test]
    fn different_scenes_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let truth = saved(folder.path(), "t.npy", &[1, 1, 3], &[1.0; 3]);
        let estimate = saved(folder.path(), "e.npy", &[1, 3, 1], &[0.0; 3]);
        assert!(map_distances(&truth, &estimate).is_err());
    }
}
