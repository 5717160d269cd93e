//! Small problems with dense answers.

use filigree_core::Random;

use super::conditional::RowNoise;
use super::hyper::Hyper;
use super::likelihood::Observations;
use super::radial::Radial;

/// Hyper-parameters without symmetry.
pub fn hyper(radial: Radial, dimensions: usize) -> Hyper {
    Hyper {
        radial,
        variance: 1.4,
        length_scales: (0..dimensions).map(|k| 0.7 + 0.4 * k as f64).collect(),
        shape: if radial.has_shape() { 0.8 } else { 1.0 },
        noise: 0.05,
    }
}

/// A smooth function of normal inputs with noise, and a trend of up to two terms.
pub fn drawn_observations(rows: usize, dimensions: usize, trend_terms: usize, seed: u64) -> Observations {
    let mut random = Random::new(seed, 0);
    let points: Vec<f64> = (0..rows * dimensions).map(|_| random.normal()).collect();
    let target = |point: &[f64]| {
        point.iter().enumerate().map(|(k, x)| (x * (1.0 + 0.3 * k as f64)).sin()).sum::<f64>()
    };
    let targets =
        points.chunks_exact(dimensions).map(|point| target(point) + 0.2 * random.normal()).collect();
    let term = |point: &[f64]| [1.0, point[0]][..trend_terms].to_vec();
    let trend = points.chunks_exact(dimensions).flat_map(term).collect();
    Observations { dimensions, points, targets, trend, trend_terms, noise: RowNoise::default() }
}

/// Covariance of two points, without noise.
pub fn covariance(hyper: &Hyper, a: &[f64], b: &[f64]) -> f64 {
    let squared: f64 =
        a.iter().zip(b).zip(&hyper.length_scales).map(|((a, b), scale)| ((a - b) / scale).powi(2)).sum();
    let correlation = match hyper.radial {
        Radial::SquaredExponential => (-squared / 2.0).exp(),
        Radial::Matern12 => (-squared.sqrt()).exp(),
        Radial::Matern32 => (1.0 + (3.0 * squared).sqrt()) * (-(3.0 * squared).sqrt()).exp(),
        Radial::Matern52 => {
            let distance = (5.0 * squared).sqrt();
            (1.0 + distance + distance * distance / 3.0) * (-distance).exp()
        }
        Radial::RationalQuadratic => (1.0 + squared / (2.0 * hyper.shape)).powf(-hyper.shape),
    };
    hyper.variance * correlation
}

/// Lower Cholesky factor of the covariance of the targets, (row, row).
pub fn dense_factor(observations: &Observations, hyper: &Hyper) -> Vec<f64> {
    let n = observations.len();
    let point = |row: usize| &observations.points[row * observations.dimensions..][..observations.dimensions];
    let mut factor = vec![0.0; n * n];
    for i in 0..n {
        for j in 0..=i {
            let (weight, given) = observations.noise.of(i);
            let noise = hyper.noise * weight + given;
            let mut sum = covariance(hyper, point(i), point(j)) + if i == j { noise } else { 0.0 };
            for k in 0..j {
                sum -= factor[i * n + k] * factor[j * n + k];
            }
            factor[i * n + j] = if i == j { sum.sqrt() } else { sum / factor[j * n + j] };
        }
    }
    factor
}

/// L⁻¹ b.
pub fn forward(factor: &[f64], right: &[f64]) -> Vec<f64> {
    let n = right.len();
    let mut x = right.to_vec();
    for i in 0..n {
        for k in 0..i {
            x[i] -= factor[i * n + k] * x[k];
        }
        x[i] /= factor[i * n + i];
    }
    x
}

/// The exact log-likelihood.
pub fn dense_likelihood(observations: &Observations, hyper: &Hyper, coefficients: &[f64]) -> f64 {
    let n = observations.len();
    let factor = dense_factor(observations, hyper);
    let white = forward(&factor, &observations.residuals(coefficients));
    let logarithm: f64 = (0..n).map(|i| factor[i * n + i].ln()).sum();
    -0.5 * white.iter().map(|value| value * value).sum::<f64>()
        - logarithm
        - 0.5 * n as f64 * (2.0 * std::f64::consts::PI).ln()
}

/// Targets drawn from the model, without a trend.
pub fn draw_targets(observations: &Observations, hyper: &Hyper, seed: u64) -> Vec<f64> {
    let n = observations.len();
    let factor = dense_factor(observations, hyper);
    let mut random = Random::new(seed, 1);
    let white: Vec<f64> = (0..n).map(|_| random.normal()).collect();
    (0..n).map(|i| (0..=i).map(|k| factor[i * n + k] * white[k]).sum()).collect()
}
