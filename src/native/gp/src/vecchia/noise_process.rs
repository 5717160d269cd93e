use filigree_core::{Error, Observer, Section, tiles};
use rayon::prelude::*;

use super::conditional::RowNoise;
use super::fisher_scoring::Place;
use super::hyper::Hyper;
use super::likelihood::Observations;
use super::predictor::Predictor;
use super::staged_fit::{FitSettings, staged_fit};
use super::within::Within;

/// Mean and variance of the logarithm of χ² with one degree of freedom.
const MEAN_LOG_SQUARE: f64 = -1.270_362_845_461_478;
const VARIANCE_LOG_SQUARE: f64 = 4.934_802_200_544_679;

/// Smallest squared residual, as a share of the mean one: rounding, or a target that repeats.
const SMALLEST_SQUARE: f64 = 1e-6;

/// Rows predicted on one thread at a time.
const ROWS_AT_ONCE: usize = 256;

/// A second process: the logarithm of the variance of the noise over the inputs, as a factor of the learned one.
///
/// Kersting, Plagemann, Pfaff, Burgard, "Most likely heteroscedastic Gaussian process regression", ICML 2007, with rows
/// that are predicted from the others in place of samples: the logarithm of a squared residual is that of the variance
/// plus an error whose mean and variance are known.
pub struct NoiseProcess {
    /// Of the logarithms.
    pub predictor: Predictor,
    /// Rows that a prediction is made from.
    pub limit: usize,
    /// Subtracted from the logarithms, so that the factors of the rows have a mean of one.
    pub offset: f64,
}

impl NoiseProcess {
    /// Factors of the noise variance at places (place, dimension), on this thread.
    pub fn factors(&self, points: &[f64]) -> Vec<f64> {
        let places = points.len() / self.predictor.observations.dimensions;
        let found = self.predictor.predict(points, &vec![1.0; places], self.limit);
        found.iter().map(|own| (own.mean - self.offset).exp()).collect()
    }

    /// Learns it from how far each row of `known` was missed by a prediction from the others, with `settings` of the
    /// first process.
    pub fn learn(
        known: &Predictor,
        neighbours: usize,
        limit: usize,
        settings: &FitSettings,
        observer: &mut dyn Observer,
    ) -> Result<Self, Error> {
        let observations = log_squares(known, neighbours, &mut Section::new(observer, 0.0, 0.2))?;
        let parameters = known.hyper.count();
        let fixed = VARIANCE_LOG_SQUARE.ln();
        let mut bounds = settings.bounds.clone();
        // Logarithms of variances vary by some units, whatever the target does.
        (bounds.low[0], bounds.high[0]) = (1e-3f64.ln(), 20f64.ln());
        (bounds.low[parameters - 1], bounds.high[parameters - 1]) = (fixed, fixed);
        let start = Place {
            hyper: Hyper { variance: 0.5, noise: VARIANCE_LOG_SQUARE, ..known.hyper.clone() },
            coefficients: vec![0.0],
        };
        let clamped: Vec<f64> = start
            .hyper
            .theta()
            .iter()
            .zip(bounds.low.iter().zip(&bounds.high))
            .map(|(theta, (&low, &high))| theta.clamp(low, high))
            .collect();
        let start = Place { hyper: start.hyper.with_theta(&clamped), ..start };
        let own = FitSettings { bounds, within: Within::default(), restarts: 0, ..settings.clone() };
        let fitted = staged_fit(&observations, start, &own, &mut Section::new(observer, 0.2, 1.0))?;
        let predictor = Predictor::new(fitted.observations, fitted.hyper, fitted.coefficients);
        let mut process = Self { predictor, limit, offset: 0.0 };
        let factors = process.row_factors(&known.observations);
        process.offset = (factors.iter().sum::<f64>() / factors.len() as f64).ln();
        Ok(process)
    }

    /// Factors at the rows of `observations`, on all threads.
    pub fn row_factors(&self, observations: &Observations) -> Vec<f64> {
        let d = observations.dimensions;
        let pieces: Vec<_> = tiles(0..observations.len(), ROWS_AT_ONCE).collect();
        let found: Vec<Vec<f64>> = pieces
            .into_par_iter()
            .map(|tile| self.factors(&observations.points[tile.start * d..tile.end * d]))
            .collect();
        found.concat()
    }
}

/// Logarithms of the noise's part of squared residuals, less the mean of their error.
fn log_squares(
    known: &Predictor,
    neighbours: usize,
    observer: &mut dyn Observer,
) -> Result<Observations, Error> {
    let rows = known.rows_by_nearness().to_vec();
    let found = known.leave_out(&rows, &[], neighbours, observer)?;
    let observations = &known.observations;
    let mut squares = vec![0.0; rows.len()];
    for (&row, own) in rows.iter().zip(&found) {
        let row = row as usize;
        let (weight, given) = observations.noise.of(row);
        let noise = known.hyper.noise * weight + given;
        let residual = observations.targets[row] - own.mean;
        squares[row] = residual * residual * noise / (own.variance + noise);
    }
    let mean = squares.iter().sum::<f64>() / squares.len() as f64;
    let smallest = (SMALLEST_SQUARE * mean).max(f64::MIN_POSITIVE);
    Ok(Observations {
        dimensions: observations.dimensions,
        points: observations.points.clone(),
        targets: squares.iter().map(|&square| square.max(smallest).ln() - MEAN_LOG_SQUARE).collect(),
        trend: vec![1.0; rows.len()],
        trend_terms: 1,
        noise: RowNoise::default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vecchia::fisher_scoring::Bounds;
    use crate::vecchia::maximin::Ordering;
    use crate::vecchia::radial::Radial;
    use crate::vecchia::test_support::{drawn_observations, hyper};
    use filigree_core::{Random, Silent};

    #[test]
    fn noise_that_grows_along_an_input_is_found() {
        let mut observations = drawn_observations(2000, 1, 0, 4);
        let deviation = |x: f64| 0.1 * (0.8 * x).exp();
        let mut random = Random::new(8, 0);
        for row in 0..2000 {
            let x = observations.points[row];
            observations.targets[row] = x.sin() + deviation(x) * random.normal();
        }
        let own = Hyper { noise: 0.03, ..hyper(Radial::Matern32, 1) };
        let known = Predictor::new(observations, own, Vec::new());
        let settings = FitSettings {
            neighbours: 20,
            ordering: Ordering::Random,
            max_iterations: 30,
            tolerance: 1e-5,
            restarts: 0,
            seed: 1,
            bounds: Bounds { low: vec![-9.0, -5.0, -9.0], high: vec![9.0, 5.0, 3.0] },
            within: Within::default(),
        };
        let process = NoiseProcess::learn(&known, 20, 100, &settings, &mut Silent).unwrap();
        let found = process.factors(&[-1.5, 0.0, 1.5]);
        for (ratio, x) in [(found[0] / found[1], -1.5), (found[2] / found[1], 1.5)] {
            let expected = (deviation(x) / deviation(0.0)).powi(2);
            assert!((ratio / expected).ln().abs() < 0.5, "{ratio} against {expected}");
        }
        let factors = process.row_factors(&known.observations);
        assert!((factors.iter().sum::<f64>() / 2000.0 - 1.0).abs() < 1e-9);
    }
}
