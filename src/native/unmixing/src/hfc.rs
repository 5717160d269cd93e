use filigree_core::{Error, symmetric_eigen};
use statrs::distribution::{ContinuousCDF, Normal};

/// Harsanyi-Farrand-Chang: the mean of a signal lifts an eigenvalue of the correlation above that of the covariance;
/// noise, whose mean is zero, lifts none (Chang & Du, "Estimation of number of spectrally distinct signal sources in
/// hyperspectral imagery", IEEE TGRS 42(3), 2004).
pub(crate) struct Hfc {
    /// Position of the last pair of eigenvalues that differ. The eigenvalues are sorted, and those of the correlation
    /// lie between those of the covariance: what stands before a signal is a signal, even where its own pair happens
    /// to be close together.
    pub count: usize,
    /// Number of pairs that differ, as the paper counts them.
    pub exceedances: usize,
    /// Difference of every pair in units of its standard deviation, √(2/N·(λ̂² + λ²)).
    pub statistics: Vec<f64>,
    /// Eigenvalues of the correlation, largest first.
    pub correlation: Vec<f64>,
    /// Eigenvalues of the covariance, largest first.
    pub covariance: Vec<f64>,
}

impl Hfc {
    /// Tests every pair at the level at which `quantile` standard deviations are exceeded.
    pub(crate) fn of(
        correlation: &[f64],
        covariance: &[f64],
        bands: usize,
        pixels: usize,
        quantile: f64,
    ) -> Result<Self, Error> {
        let correlation = symmetric_eigen(correlation, bands)?.values;
        let covariance = symmetric_eigen(covariance, bands)?.values;
        let statistics: Vec<f64> = correlation
            .iter()
            .zip(&covariance)
            .map(|(r, k)| {
                let deviation = (2.0 / pixels as f64 * (r * r + k * k)).sqrt();
                if deviation > 0.0 { (r - k) / deviation } else { 0.0 }
            })
            .collect();
        let exceeds = |value: &&f64| **value > quantile;
        Ok(Self {
            count: statistics.iter().rposition(|value| exceeds(&value)).map_or(0, |last| last + 1),
            exceedances: statistics.iter().filter(exceeds).count(),
            statistics,
            correlation,
            covariance,
        })
    }
}

/// The standard normal deviate that is exceeded with a probability of `false_alarm_rate`.
pub(crate) fn quantile(false_alarm_rate: f64) -> f64 {
    Normal::standard().inverse_cdf(1.0 - false_alarm_rate)
}

#[cfg(test)]
mod tests {
    use super::*;
    use filigree_core::Random;

    #[test]
    fn quantiles_are_those_of_the_tables() {
        assert!((quantile(1e-3) - 3.090_232_306).abs() < 1e-6);
        assert!((quantile(0.05) - 1.644_853_627).abs() < 1e-6);
    }

    #[test]
    fn noise_without_a_mean_counts_nothing_and_a_mean_counts_one() {
        let (bands, pixels) = (10, 4000);
        let mut random = Random::new(4, 0);
        let noise: Vec<f64> = (0..bands * pixels).map(|_| random.normal()).collect();
        let count = |offset: f64| {
            let mut mean = vec![0.0; bands];
            let mut second = vec![0.0; bands * bands];
            for pixel in noise.chunks_exact(bands) {
                for i in 0..bands {
                    mean[i] += (pixel[i] + offset) / pixels as f64;
                    for j in 0..bands {
                        second[i * bands + j] += (pixel[i] + offset) * (pixel[j] + offset) / pixels as f64;
                    }
                }
            }
            let centred: Vec<f64> =
                (0..bands * bands).map(|i| second[i] - mean[i / bands] * mean[i % bands]).collect();
            Hfc::of(&second, &centred, bands, pixels, quantile(1e-3)).unwrap().count
        };
        assert_eq!((count(0.0), count(1.0)), (0, 1));
    }
}
