use std::path::Path;

use faer::Mat;
use filigree_core::{Error, Info, NpyWriter, Observer, Section, Silent, StopReason, Stopwatch};

use crate::hooi::{HooiParams, iterate};
use crate::mode_basis::Accuracy;
use crate::rank_rule::RankRule;
use crate::shape::shape_text;
use crate::st_hosvd::{all_bases, projected};
use crate::tensor::Tensor;
use crate::tensor_input::TensorInput;
use crate::tucker_model::row_major;

/// Strengths at which the predicted alignment is drawn.
const STRENGTHS: usize = 200;

/// Parameters of the comparison of rank-one estimates.
#[derive(Clone, Debug, PartialEq)]
pub struct ModeViewsParams {
    /// The mode along which noisy views of one matrix are stacked, from zero.
    pub view_mode: usize,
    /// Sweeps of the rank-one iteration at most.
    pub max_iterations: usize,
}

impl Default for ModeViewsParams {
    fn default() -> Self {
        Self { view_mode: 2, max_iterations: 500 }
    }
}

/// The nested matrix-tensor model: views of a spiked matrix, T = (s·x yᵀ + τ Z) ⊗ z + σ W with unit vectors x, y, z and
/// standard normal Z, W. Lebeau, Seddik & Goulart, "Performance gaps in multi-view clustering under the nested
/// matrix-tensor model", ICLR 2024 (arXiv 2402.10677).
///
/// T₍y₎T₍y₎ᵀ is, but for a multiple of the identity, ρ·MᵀM plus a semicircle, ρ = τ²(n_x + n_y)/(σ²√(n_x n_y n_z)) with
/// M of the spike β = s/(τ√(n_x + n_y)) and noise of variance 1/(n_x + n_y). Its leading eigenvector aligns with y as that of
/// MᵀM does, less what the semicircle takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NestedModel {
    /// Lengths of the two modes of the matrix and of the views.
    pub lengths: [usize; 3],
    /// s: strength of the signal.
    pub signal: f64,
    /// τ: standard deviation of the noise all views share.
    pub shared_noise: f64,
    /// σ: standard deviation of the noise of each view.
    pub view_noise: f64,
}

impl NestedModel {
    /// Squared cosine between the leading direction of the unfolding along a mode of the matrix (0 or 1) and the truth;
    /// zero below the threshold.
    pub fn unfolding_alignment(&self, mode: usize) -> f64 {
        let [own, other] = [self.lengths[mode] as f64, self.lengths[1 - mode] as f64];
        let signal = self.signal.powi(2);
        let (shared, view) = (self.shared_noise.powi(2), self.view_noise.powi(2));
        let matrix_gap = signal.powi(2) - shared.powi(2) * own * other;
        if matrix_gap <= 0.0 {
            return 0.0;
        }
        let all: f64 = self.lengths.iter().map(|&length| length as f64).product();
        // ρ⁻² times the derivative of the Stieltjes transform at the spike, in the units of the data.
        let taken = view.powi(2) * all * signal.powi(2) / ((signal + shared * own).powi(2) * matrix_gap);
        let in_matrix = matrix_gap / (signal * (signal + shared * own));
        in_matrix * (1.0 - taken).max(0.0)
    }

    /// The strength below which that unfolding says nothing about its mode, all else unchanged.
    pub fn threshold(&self, mode: usize) -> f64 {
        let mut high = self.signal.max(self.view_noise).max(self.shared_noise).max(f64::MIN_POSITIVE);
        while (Self { signal: high, ..*self }).unfolding_alignment(mode) == 0.0 && high < 1e300 {
            high *= 2.0;
        }
        let mut low = 0.0;
        for _ in 0..200 {
            let middle = 0.5 * (low + high);
            if (Self { signal: middle, ..*self }).unfolding_alignment(mode) > 0.0 {
                high = middle;
            } else {
                low = middle;
            }
        }
        high
    }
}

/// Estimates a rank-one structure of a three-way array by the tensor and by each unfolding.
///
/// Writes `directions-1.npy` … `directions-3.npy` (length, 2): the tensor's vector and the unfolding's, the largest entry of
/// the tensor's positive and the unfolding's turned to agree; `comparison.npy` (mode, 4): singular value of the tensor, of the
/// unfolding, |cosine| between both, predicted |cosine| of the unfolding with the truth (the view mode has none: 1 where
/// every slice is a view of the same); `alignment.npy` (strength, 2): predicted |cosine| for both matrix modes.
pub fn solve(
    input: &TensorInput,
    params: &ModeViewsParams,
    folder: &Path,
    observer: &mut dyn Observer,
) -> Result<Info, Error> {
    let shape = &input.source.shape;
    if shape.len() != 3 {
        return Err(Error::InvalidData(format!(
            "Views of a mode need a tensor of three modes; this one is {}. Take a slice of it, or reshape it.",
            shape_text(shape)
        )));
    }
    if params.view_mode > 2 {
        return Err(Error::parameter("viewMode", "The mode of the views must be 1, 2 or 3."));
    }
    if shape.iter().any(|&length| length < 2) {
        return Err(Error::InvalidData(format!(
            "Every mode needs two entries at least; this tensor is {}.",
            shape_text(shape)
        )));
    }
    let watch = Stopwatch::start();
    observer.stage("Reading the tensor");
    let tensor = input.open()?;
    let bases = all_bases(tensor.as_ref(), Accuracy::Fast, &mut Section::new(observer, 0.0, 0.5))?;
    let start = projected(tensor.as_ref(), &bases, &[1, 1, 1], &mut Section::new(observer, 0.5, 0.6))?;
    let iteration = HooiParams {
        rule: RankRule::Ranks(vec![1; 3]),
        accuracy: Accuracy::Fast,
        max_iterations: params.max_iterations,
        tolerance: 1e-10,
    };
    let energy = bases[0].energies().iter().sum();
    let end = iterate(tensor.as_ref(), energy, start, None, &iteration, observer)?;
    let mut model = end.model;
    model.make_canonical()?;
    let fit = model.fit(tensor.as_ref(), &mut Section::new(observer, 0.8, 0.9))?;
    let value = model.core.values()[0].abs();
    let nested = estimate(tensor.as_ref(), &model.factors, params.view_mode, fit.energy)?;

    let matrix_modes: Vec<usize> = (0..3).filter(|&mode| mode != params.view_mode).collect();
    let mut files = Vec::new();
    let mut comparison = Vec::new();
    for (mode, basis) in bases.iter().enumerate() {
        let ours = &model.factors[mode];
        let cosine: f64 = (0..basis.length).map(|i| ours[(i, 0)] * basis.vectors[(i, 0)]).sum();
        let sign = if cosine < 0.0 { -1.0 } else { 1.0 };
        let both =
            Mat::from_fn(
                basis.length,
                2,
                |i, j| {
                    if j == 0 { ours[(i, 0)] } else { sign * basis.vectors[(i, 0)] }
                },
            );
        let name = format!("directions-{}.npy", mode + 1);
        files.push(NpyWriter::write_all(folder, &name, &[basis.length, 2], &row_major(both.as_ref()))?);
        let predicted = matrix_modes
            .iter()
            .position(|&matrix_mode| matrix_mode == mode)
            .map_or(1.0, |place| nested.unfolding_alignment(place).sqrt());
        comparison.extend([value, basis.singular[0], cosine.abs(), predicted]);
    }
    files.push(NpyWriter::write_all(folder, "comparison.npy", &[3, 4], &comparison)?);
    let thresholds = [nested.threshold(0), nested.threshold(1)];
    let reach = strength_reach(&nested, thresholds);
    let alignment: Vec<f64> = (0..STRENGTHS)
        .flat_map(|step| {
            let signal = reach * step as f64 / (STRENGTHS - 1) as f64;
            let there = NestedModel { signal, ..nested };
            [0, 1].map(|mode| there.unfolding_alignment(mode).sqrt())
        })
        .collect();
    files.push(NpyWriter::write_all(folder, "alignment.npy", &[STRENGTHS, 2], &alignment)?);

    let below = thresholds.iter().filter(|&&threshold| nested.signal <= threshold).count();
    let mut warnings = Vec::new();
    if below > 0 {
        warnings.push(format!(
            "The signal ({:.4}) lies below the threshold of {below} of the two unfoldings: their directions are noise, trust the tensor's.",
            nested.signal
        ));
    }
    Ok(Info {
        iterations: end.iterations,
        stop_reason: match end.reason {
            StopReason::Cancelled => StopReason::Cancelled,
            _ => StopReason::Finished,
        },
        stop_message: format!(
            "Signal {:.4}, thresholds of the unfoldings {:.4} and {:.4}.",
            nested.signal, thresholds[0], thresholds[1]
        ),
        figures: vec![
            ("relativeError", fit.relative_error()),
            ("signal", nested.signal),
            ("sharedNoise", nested.shared_noise),
            ("viewNoise", nested.view_noise),
            ("firstThreshold", thresholds[0]),
            ("secondThreshold", thresholds[1]),
        ],
        warnings,
        files,
        ..Info::measured(&watch)
    })
}

/// Range of strengths that shows both thresholds and the signal.
fn strength_reach(nested: &NestedModel, thresholds: [f64; 2]) -> f64 {
    2.0 * thresholds.iter().fold(nested.signal, |reach, &threshold| reach.max(threshold))
}

/// Estimates the strengths of the model: the noise of the views from what is left beside the matrix, the shared noise and the
/// signal from the singular values of the matrix, corrected for what noise adds to the first one.
fn estimate(
    tensor: &dyn Tensor,
    factors: &[Mat<f64>],
    view_mode: usize,
    energy: f64,
) -> Result<NestedModel, Error> {
    let matrix = crate::project(tensor, view_mode, factors[view_mode].as_ref(), &mut Silent)?;
    let lengths: Vec<usize> =
        (0..3).filter(|&mode| mode != view_mode).map(|mode| tensor.shape()[mode]).collect();
    let (rows, columns, views) = (lengths[0], lengths[1], tensor.shape()[view_mode]);
    let entries = (rows * columns) as f64;
    let matrix_energy = filigree_core::dot(matrix.values(), matrix.values());
    let view_variance = ((energy - matrix_energy) / (entries * (views - 1) as f64)).max(0.0);
    let flat = crate::DenseTensor::new(vec![rows, columns], matrix.into_values());
    let first = crate::mode_basis(&flat, 0, Accuracy::Accurate, &mut Silent)?.singular[0];
    // What is left of the matrix beside its first direction has this many degrees of freedom.
    let freedom = ((rows - 1) * (columns - 1)) as f64;
    let variance = ((matrix_energy - first * first) / freedom).max(0.0);
    // λ² = (s² + v·rows)(s² + v·columns)/s²: solved for s².
    let (sum, product) = (variance * (rows + columns) as f64, variance * variance * entries);
    let spread = first * first - sum;
    let signal = if spread * spread >= 4.0 * product && spread > 0.0 {
        0.5 * (spread + (spread * spread - 4.0 * product).sqrt())
    } else {
        0.0
    };
    Ok(NestedModel {
        lengths: [rows, columns, views],
        signal: signal.sqrt(),
        shared_noise: (variance - view_variance).max(0.0).sqrt(),
        view_noise: view_variance.sqrt(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::DenseTensor;
    use crate::test_support::{loaded, random_tensor, saved};

    /// A sample of the model, with its y.
    fn sample(model: &NestedModel, seed: u64) -> (DenseTensor, Vec<f64>) {
        let unit = |length: usize, seed| {
            let random = random_tensor(&[length, 1], seed).into_values();
            let norm = random.iter().map(|x| x * x).sum::<f64>().sqrt();
            random.into_iter().map(|x| x / norm).collect::<Vec<f64>>()
        };
        let [rows, columns, views] = model.lengths;
        let (x, y, z) = (unit(rows, seed), unit(columns, seed + 1), unit(views, seed + 2));
        let shared = random_tensor(&[rows, columns], seed + 3);
        let noise = random_tensor(&[rows, columns, views], seed + 4);
        let values = (0..rows * columns * views).map(|at| {
            let (i, j, k) = (at / (columns * views), at / views % columns, at % views);
            let matrix = model.signal * x[i] * y[j] + model.shared_noise * shared.values()[i * columns + j];
            matrix * z[k] + model.view_noise * noise.values()[at]
        });
        (DenseTensor::new(vec![rows, columns, views], values.collect()), y)
    }

    #[test]
    fn the_alignment_of_an_unfolding_is_as_predicted() {
        for (signal, shared_noise) in [(40.0, 0.5), (60.0, 2.0), (34.0, 1.0)] {
            let model = NestedModel { lengths: [100, 80, 60], signal, shared_noise, view_noise: 1.0 };
            let mut found = 0.0;
            for seed in 0..5 {
                let (tensor, y) = sample(&model, 10 * seed);
                let basis = crate::mode_basis(&tensor, 1, Accuracy::Fast, &mut Silent).unwrap();
                let cosine: f64 = y.iter().enumerate().map(|(i, y)| y * basis.vectors[(i, 0)]).sum();
                found += cosine * cosine / 5.0;
            }
            let predicted = model.unfolding_alignment(1);
            assert!((found - predicted).abs() < 0.08, "signal {signal}: {found} against {predicted}");
        }
    }

    #[test]
    fn without_shared_noise_the_threshold_is_the_fourth_root_of_the_entries() {
        let model = NestedModel { lengths: [30, 40, 50], signal: 1.0, shared_noise: 0.0, view_noise: 2.0 };
        let expected = 2.0 * 60_000f64.powf(0.25);
        assert!((model.threshold(0) / expected - 1.0).abs() < 1e-9);
        assert!((model.threshold(1) / expected - 1.0).abs() < 1e-9);
        let noiseless = NestedModel { view_noise: 0.0, shared_noise: 3.0, ..model };
        let expected = 3.0 * 1200f64.powf(0.25);
        assert!((noiseless.threshold(1) / expected - 1.0).abs() < 1e-9, "the threshold of the matrix alone");
    }

    #[test]
    fn strengths_are_estimated_and_everything_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let model = NestedModel { lengths: [60, 70, 20], signal: 90.0, shared_noise: 2.0, view_noise: 1.0 };
        let (tensor, _) = sample(&model, 3);
        let input = TensorInput::plain(saved(folder.path(), "x.npy", &tensor));
        let info = solve(&input, &ModeViewsParams::default(), folder.path(), &mut Silent).unwrap();
        for (name, expected) in [("signal", 90.0), ("sharedNoise", 2.0), ("viewNoise", 1.0)] {
            let found = info.figure(name).unwrap();
            assert!((found / expected - 1.0).abs() < 0.05, "{name}: {found}");
        }
        let comparison = loaded(&folder.path().join("comparison.npy"), &[3, 4]);
        assert!(comparison[2] > 0.9 && comparison[7] <= 1.0);
        assert_eq!(info.files.len(), 5);
        let four = TensorInput::plain(saved(folder.path(), "y.npy", &random_tensor(&[3, 3, 3, 3], 1)));
        let error = solve(&four, &ModeViewsParams::default(), folder.path(), &mut Silent).unwrap_err();
        assert!(error.to_string().contains("three modes"), "{error}");
    }
}
