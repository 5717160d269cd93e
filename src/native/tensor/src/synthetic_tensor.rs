use std::path::Path;

use faer::{Mat, MatRef};
use filigree_core::{Error, Info, NpyWriter, Observer, Random, Stopwatch, keep_going, tiles};
use rayon::prelude::*;

use crate::rank_rule::check_ranks;
use crate::shape::{element_count, shape_text};
use crate::tensor::{DenseTensor, Tensor};
use crate::tensor_input::IN_MEMORY_ENTRIES;
use crate::tucker_model::TuckerModel;

/// Entries that share a stream of random numbers.
const STREAM_ENTRIES: usize = 1 << 14;

const STAGE: &str = "Adding noise";

/// Parameters of a synthetic tensor.
#[derive(Clone, Debug, PartialEq)]
pub struct SyntheticTensorParams {
    /// Length of every mode.
    pub shape: Vec<usize>,
    /// Rank of every mode.
    pub ranks: Vec<usize>,
    /// Standard deviation of the noise, relative to the root mean square of the clean tensor.
    pub noise: f64,
    /// Share of the entries that are NaN.
    pub missing: f64,
    /// Core and factors without a negative number.
    pub nonnegative: bool,
}

impl Default for SyntheticTensorParams {
    fn default() -> Self {
        Self { shape: vec![60, 50, 40], ranks: vec![5, 4, 3], noise: 0.1, missing: 0.0, nonnegative: false }
    }
}

impl SyntheticTensorParams {
    /// Says which parameter is wrong and why.
    pub fn check(&self) -> Result<(), Error> {
        if self.shape.len() < 2 || self.shape.contains(&0) {
            return Err(Error::parameter(
                "shape",
                format!(
                    "A tensor needs two modes or more, none of them empty; {} was asked for.",
                    shape_text(&self.shape)
                ),
            ));
        }
        let entries = element_count(&self.shape)?;
        if entries > IN_MEMORY_ENTRIES {
            return Err(Error::parameter(
                "shape",
                format!(
                    "A {} tensor has {entries} entries; at most {IN_MEMORY_ENTRIES} are made. Shorten a mode.",
                    shape_text(&self.shape)
                ),
            ));
        }
        check_ranks(&self.ranks, &self.shape)?;
        if !(self.noise >= 0.0 && self.noise <= 1e6) {
            return Err(Error::parameter(
                "noise",
                format!("The noise is {}; it must lie between 0 and 1e6.", self.noise),
            ));
        }
        if !(self.missing >= 0.0 && self.missing < 1.0) {
            return Err(Error::parameter(
                "missing",
                format!(
                    "The missing share is {}; it must lie between 0 and 1, with something left.",
                    self.missing
                ),
            ));
        }
        Ok(())
    }
}

/// Makes a tensor of known Tucker structure and writes `tensor.npy` and its truth, `core.npy` and `factors-1.npy` …
/// The clean tensor has a root mean square of one.
pub fn solve(
    params: &SyntheticTensorParams,
    seed: u64,
    folder: &Path,
    observer: &mut dyn Observer,
) -> Result<Info, Error> {
    params.check()?;
    let watch = Stopwatch::start();
    observer.stage("Making core and factors");
    let draw = |stream: u64, count: usize| -> Vec<f64> {
        let mut random = Random::new(seed, stream);
        let normal = (0..count).map(|_| random.normal());
        if params.nonnegative { normal.map(f64::abs).collect() } else { normal.collect() }
    };
    let factors: Vec<Mat<f64>> = (params.shape.iter().zip(&params.ranks).enumerate())
        .map(|(mode, (&length, &rank))| {
            let values = draw(1 + mode as u64, length * rank);
            let matrix = MatRef::from_row_major_slice(&values, length, rank);
            if params.nonnegative { matrix.to_owned() } else { matrix.qr().compute_thin_Q() }
        })
        .collect();
    let core = DenseTensor::new(params.ranks.clone(), draw(0, element_count(&params.ranks)?));
    let mut model = TuckerModel { core, factors };
    let mut tensor = model.reconstruct()?;
    let mean_square = tensor.values().iter().map(|x| x * x).sum::<f64>() / tensor.values().len() as f64;
    let scale = if mean_square > 0.0 { 1.0 / mean_square.sqrt() } else { 1.0 };
    model.core.values_mut().iter_mut().for_each(|value| *value *= scale);

    observer.stage(STAGE);
    let entries = tensor.values().len();
    let first_stream = 1 << 32;
    for batch in tiles(0..entries, STREAM_ENTRIES * 64) {
        let first = batch.start / STREAM_ENTRIES;
        tensor.values_mut()[batch.clone()].par_chunks_mut(STREAM_ENTRIES).enumerate().for_each(
            |(piece, values)| {
                let mut random = Random::new(seed, first_stream + (first + piece) as u64);
                for value in values {
                    let noise = random.normal();
                    *value = *value * scale + params.noise * noise;
                    if params.missing > 0.0 && random.uniform() < params.missing {
                        *value = f64::NAN;
                    }
                }
            },
        );
        keep_going(observer.progress(batch.end as f64 / entries as f64), STAGE)?;
    }
    let mut files = vec![NpyWriter::write_all(folder, "tensor.npy", &params.shape, tensor.values())?];
    files.extend(model.write(folder)?);
    let missing = tensor.values().iter().filter(|value| value.is_nan()).count();
    Ok(Info {
        stop_message: format!(
            "Made a {} tensor of ranks {}.",
            shape_text(&params.shape),
            shape_text(tensor_ranks(&model))
        ),
        figures: vec![("missingEntries", missing as f64)],
        warnings: Vec::new(),
        files,
        ..Info::measured(&watch)
    })
}

fn tensor_ranks(model: &TuckerModel) -> &[usize] {
    model.core.shape()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::{described, loaded};
    use crate::{RankRule, StHosvdParams, TensorInput};
    use filigree_core::{Silent, in_pool};

    #[test]
    fn the_truth_makes_the_tensor_and_the_noise_is_as_asked() {
        let folder = tempfile::tempdir().unwrap();
        let params = SyntheticTensorParams::default();
        solve(&params, 3, folder.path(), &mut Silent).unwrap();
        let input = TensorInput::plain(described(&folder.path().join("tensor.npy"), &params.shape));
        let own = StHosvdParams { rule: RankRule::Ranks(params.ranks.clone()), ..StHosvdParams::default() };
        let out = tempfile::tempdir().unwrap();
        let info = crate::solve_st_hosvd(&input, &own, out.path(), &mut Silent).unwrap();
        // Noise of 0.1 beside a signal of 1.
        assert!((info.figure("relativeError").unwrap() / 0.0995 - 1.0).abs() < 0.02, "{:?}", info.figures);
        let core =
            DenseTensor::new(params.ranks.clone(), loaded(&folder.path().join("core.npy"), &params.ranks));
        let factors = (0..3).map(|mode| {
            let shape = [params.shape[mode], params.ranks[mode]];
            let values = loaded(&folder.path().join(format!("factors-{}.npy", mode + 1)), &shape);
            MatRef::from_row_major_slice(&values, shape[0], shape[1]).to_owned()
        });
        let clean = TuckerModel { core, factors: factors.collect() }.reconstruct().unwrap();
        let noisy = loaded(&folder.path().join("tensor.npy"), &params.shape);
        let noise: f64 = clean.values().iter().zip(&noisy).map(|(a, b)| (a - b).powi(2)).sum();
        assert!(((noise / noisy.len() as f64).sqrt() / 0.1 - 1.0).abs() < 0.02);
    }

    #[test]
    fn missing_entries_and_signs_are_as_asked_and_threads_do_not_matter() {
        let params = SyntheticTensorParams {
            missing: 0.3,
            noise: 0.0,
            nonnegative: true,
            ..SyntheticTensorParams::default()
        };
        let run = |threads| {
            let folder = tempfile::tempdir().unwrap();
            in_pool(threads, || solve(&params, 3, folder.path(), &mut Silent)).unwrap();
            loaded(&folder.path().join("tensor.npy"), &params.shape)
        };
        let (one, two) = (run(1), run(2));
        assert!(one.iter().zip(&two).all(|(a, b)| a.to_bits() == b.to_bits()));
        let missing = one.iter().filter(|x| x.is_nan()).count() as f64 / one.len() as f64;
        assert!((missing - 0.3).abs() < 0.01);
        assert!(one.iter().all(|x| x.is_nan() || *x >= 0.0));
    }

    #[test]
    fn impossible_shapes_are_refused() {
        let with = |shape: Vec<usize>, ranks| SyntheticTensorParams {
            shape,
            ranks,
            ..SyntheticTensorParams::default()
        };
        assert!(with(vec![usize::MAX, 4], vec![1, 1]).check().is_err());
        assert!(with(vec![100_000, 100_000], vec![1, 1]).check().is_err());
        assert!(with(vec![4, 4], vec![5, 1]).check().is_err());
        assert!(with(vec![4], vec![1]).check().is_err());
    }
}
