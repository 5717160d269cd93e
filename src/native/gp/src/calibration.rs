use filigree_core::Error;
use statrs::distribution::{ContinuousCDF, Normal};
use statrs::function::erf::erfc;

use crate::prediction::Prediction;

/// Levels that coverage is told at.
pub const COVERAGE_LEVELS: [f64; 19] =
    [0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.9, 0.95, 0.99];

/// Bins of the histogram of probability integral transforms.
pub const PIT_BINS: usize = 20;

/// Quantiles a distribution that is not normal is judged by: the middles of this many equal parts.
pub const QUANTILES: usize = 200;

/// How well predictions and their spreads fit what was observed, means over points, in the units of the target.
#[derive(Clone, Debug, PartialEq)]
pub struct Calibration {
    /// Points judged.
    pub count: usize,
    /// Root mean square error of the mean.
    pub rmse: f64,
    /// Mean absolute error of the mean.
    pub mae: f64,
    /// Negative logarithm of the predictive density.
    pub nlpd: f64,
    /// NLPD less that of the normal distribution of the training targets (Rasmussen & Williams 2006, sec. 2.5).
    pub msll: f64,
    /// Continuous ranked probability score (Gneiting & Raftery 2007).
    pub crps: f64,
    /// Width of the central 95 % interval plus 40 times what lies outside of it.
    pub interval_score: f64,
    /// Share of points within the central interval of every level of [`COVERAGE_LEVELS`].
    pub coverage: Vec<f64>,
    /// Share of points in every bin of the probability integral transform.
    pub pit: Vec<f64>,
}

/// The standard normal distribution function.
fn normal_cdf(z: f64) -> f64 {
    0.5 * erfc(-z * std::f64::consts::FRAC_1_SQRT_2)
}

impl Calibration {
    /// Judges normal predictions. `training` is mean and variance of the training targets.
    pub fn gaussian(prediction: &Prediction, truth: &[f64], training: (f64, f64)) -> Result<Self, Error> {
        let half_width = Normal::standard().inverse_cdf(0.975);
        let cases = prediction.mean.iter().zip(&prediction.variance).zip(truth);
        let judged = cases.map(|((&mean, &variance), &truth)| {
            let deviation = variance.sqrt();
            let z = (truth - mean) / deviation;
            let density = (-0.5 * z * z).exp() / std::f64::consts::TAU.sqrt();
            let cdf = normal_cdf(z);
            Case {
                truth,
                mean,
                log_density: -0.5 * (std::f64::consts::TAU * variance).ln() - 0.5 * z * z,
                pit: cdf,
                crps: deviation
                    * (z * (2.0 * cdf - 1.0) + 2.0 * density - std::f64::consts::PI.sqrt().recip()),
                interval: (mean - half_width * deviation, mean + half_width * deviation),
            }
        });
        Self::of(judged, training)
    }

    /// Judges any predictions: by their means, the logarithms of their densities (or probabilities) at the truth, their
    /// distribution functions there (for counts, randomised between both sides of the step by the caller), and their
    /// quantiles (point, [`QUANTILES`]).
    pub fn by_quantiles(
        mean: &[f64],
        log_density: &[f64],
        pit: &[f64],
        quantiles: &[f64],
        truth: &[f64],
        training: (f64, f64),
    ) -> Result<Self, Error> {
        let judged = quantiles.chunks_exact(QUANTILES).enumerate().map(|(i, own)| {
            let crps = own.iter().enumerate().map(|(q, &quantile)| {
                let level = (q as f64 + 0.5) / QUANTILES as f64;
                let above = truth[i] - quantile;
                2.0 * if above > 0.0 { level * above } else { (level - 1.0) * above }
            });
            let at = |level: f64| {
                let place = level * QUANTILES as f64 - 0.5;
                let below = place.floor() as usize;
                own[below] + (place - place.floor()) * (own[below + 1] - own[below])
            };
            Case {
                truth: truth[i],
                mean: mean[i],
                log_density: log_density[i],
                pit: pit[i],
                crps: crps.sum::<f64>() / QUANTILES as f64,
                interval: (at(0.025), at(0.975)),
            }
        });
        Self::of(judged, training)
    }

    fn of(cases: impl Iterator<Item = Case>, (mean, variance): (f64, f64)) -> Result<Self, Error> {
        let mut own = Self {
            count: 0,
            rmse: 0.0,
            mae: 0.0,
            nlpd: 0.0,
            msll: 0.0,
            crps: 0.0,
            interval_score: 0.0,
            coverage: vec![0.0; COVERAGE_LEVELS.len()],
            pit: vec![0.0; PIT_BINS],
        };
        for case in cases {
            let error = case.truth - case.mean;
            let trivial =
                0.5 * (std::f64::consts::TAU * variance).ln() + 0.5 * (case.truth - mean).powi(2) / variance;
            own.count += 1;
            own.rmse += error * error;
            own.mae += error.abs();
            own.nlpd -= case.log_density;
            own.msll -= case.log_density + trivial;
            own.crps += case.crps;
            let (low, high) = case.interval;
            own.interval_score +=
                high - low + 40.0 * (low - case.truth).max(0.0) + 40.0 * (case.truth - high).max(0.0);
            for (covered, level) in own.coverage.iter_mut().zip(COVERAGE_LEVELS) {
                *covered += f64::from(u8::from((case.pit - 0.5).abs() <= 0.5 * level));
            }
            own.pit[((case.pit * PIT_BINS as f64) as usize).min(PIT_BINS - 1)] += 1.0;
        }
        if own.count == 0 {
            return Err(Error::InvalidData(
                "There is no row to judge predictions by. Hold some rows out.".to_owned(),
            ));
        }
        let count = own.count as f64;
        let sums = [
            &mut own.rmse,
            &mut own.mae,
            &mut own.nlpd,
            &mut own.msll,
            &mut own.crps,
            &mut own.interval_score,
        ];
        sums.into_iter().chain(&mut own.coverage).chain(&mut own.pit).for_each(|sum| *sum /= count);
        own.rmse = own.rmse.sqrt();
        Ok(own)
    }

    /// Share of points within the central 95 % interval.
    pub fn coverage95(&self) -> f64 {
        self.coverage[17]
    }

    /// Named figures, in a fixed order.
    pub fn figures(&self) -> Vec<(&'static str, f64)> {
        vec![
            ("rmse", self.rmse),
            ("mae", self.mae),
            ("nlpd", self.nlpd),
            ("msll", self.msll),
            ("crps", self.crps),
            ("intervalScore95", self.interval_score),
            ("coverage95", self.coverage95()),
        ]
    }
}

struct Case {
    truth: f64,
    mean: f64,
    log_density: f64,
    pit: f64,
    crps: f64,
    interval: (f64, f64),
}

#[cfg(test)]
mod tests {
    use super::*;
    use filigree_core::{NpyWriter, Random};

    fn drawn(count: usize) -> (Prediction, Vec<f64>) {
        let mut random = Random::new(8, 0);
        let mean: Vec<f64> = (0..count).map(|_| random.normal()).collect();
        let variance: Vec<f64> = (0..count).map(|_| random.between(0.5, 2.0)).collect();
        let truth =
            mean.iter().zip(&variance).map(|(m, v): (&f64, &f64)| m + v.sqrt() * random.normal()).collect();
        (Prediction { mean, latent_variance: variance.clone(), variance }, truth)
    }

    #[test]
    fn right_predictions_are_calibrated() {
        let (prediction, truth) = drawn(20_000);
        let found = Calibration::gaussian(&prediction, &truth, (0.0, 2.25)).unwrap();
        assert_eq!(COVERAGE_LEVELS[17], 0.95);
        for (covered, level) in found.coverage.iter().zip(COVERAGE_LEVELS) {
            assert!((covered - level).abs() < 0.012, "{level}: {covered}");
        }
        assert!(found.pit.iter().all(|share| (share - 0.05).abs() < 0.006));
        assert!(found.msll < 0.0);
    }

    #[test]
    fn quantiles_of_normal_predictions_give_nearly_the_closed_form() {
        let (prediction, truth) = drawn(500);
        let closed = Calibration::gaussian(&prediction, &truth, (0.0, 2.0)).unwrap();
        let standard = Normal::standard();
        let quantiles: Vec<f64> = (0..500)
            .flat_map(|i| {
                let (mean, deviation) = (prediction.mean[i], prediction.variance[i].sqrt());
                (0..QUANTILES).map(move |q| {
                    mean + deviation * Normal::standard().inverse_cdf((q as f64 + 0.5) / QUANTILES as f64)
                })
            })
            .collect();
        let z = |i: usize| (truth[i] - prediction.mean[i]) / prediction.variance[i].sqrt();
        let pit: Vec<f64> = (0..500).map(|i| standard.cdf(z(i))).collect();
        let density: Vec<f64> = (0..500)
            .map(|i| -0.5 * (std::f64::consts::TAU * prediction.variance[i]).ln() - 0.5 * z(i) * z(i))
            .collect();
        let by_quantiles =
            Calibration::by_quantiles(&prediction.mean, &density, &pit, &quantiles, &truth, (0.0, 2.0))
                .unwrap();
        assert!((by_quantiles.crps / closed.crps - 1.0).abs() < 2e-3);
        assert!((by_quantiles.interval_score / closed.interval_score - 1.0).abs() < 1e-2);
        assert!((by_quantiles.nlpd - closed.nlpd).abs() < 1e-12);
    }

    #[test]
    fn nothing_to_judge_is_said() {
        assert!(Calibration::gaussian(&Prediction::default(), &[], (0.0, 1.0)).is_err());
    }

    #[test]
    fn the_referee_agrees() {
        let referee = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../../../shared/oracle/score_regression.py");
        if !referee.exists() {
            eprintln!("skipped the_referee_agrees: {} is missing", referee.display());
            return;
        }
        let (prediction, truth) = drawn(300);
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, values: &[f64]| {
            NpyWriter::write_all(folder.path(), name, &[values.len()], values).unwrap();
            folder.path().join(name)
        };
        let said = std::process::Command::new("python3")
            .arg(&referee)
            .args([
                file("m.npy", &prediction.mean),
                file("v.npy", &prediction.variance),
                file("t.npy", &truth),
            ])
            .output();
        let Some(said) = said.ok().filter(|said| said.status.success()) else {
            eprintln!("skipped the_referee_agrees: Python with NumPy and SciPy is missing");
            return;
        };
        let said = String::from_utf8(said.stdout).unwrap();
        let found = Calibration::gaussian(&prediction, &truth, (0.0, 1.0)).unwrap();
        let level = |level: f64| {
            found.coverage[COVERAGE_LEVELS.iter().position(|&own| (own - level).abs() < 1e-9).unwrap()]
        };
        for (name, own) in [
            ("rmse", found.rmse),
            ("mae", found.mae),
            ("nlpd", found.nlpd),
            ("crps", found.crps),
            ("interval95", found.interval_score),
            ("cover50", level(0.5)),
            ("cover80", level(0.8)),
            ("cover90", level(0.9)),
            ("cover95", level(0.95)),
            ("cover99", level(0.99)),
        ] {
            let line = said.lines().find(|line| line.split_whitespace().next() == Some(name)).unwrap();
            let theirs: f64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
            assert!((own - theirs).abs() < 6e-6, "{name}: {own} against {theirs}");
        }
    }
}
