use filigree_core::{Error, symmetric_eigen};

use crate::PreparedCube;
use crate::moments::Moments;

/// Eigenvalues of the scaled band correlation below this share of the largest are rounding, and raised to it.
const FLOOR: f64 = 1e-14;

/// A variance below this share of a band's power is what is left of equal numbers by rounding.
const ROUNDING: f64 = 1e-13;

/// Decibels are cut off here: beyond, double precision has no noise to measure.
const HIGHEST_SNR: f64 = 300.0;

/// Noise of every band, by regression on all the others.
///
/// What the other bands cannot predict is noise (Roger & Arnold 1996; Bioucas-Dias & Nascimento 2008, algorithm 1).
/// With one inverse: from the second moments R, the residual of band i is (R⁻¹y)ᵢ/(R⁻¹)ᵢᵢ with energy 1/(R⁻¹)ᵢᵢ.
pub(crate) struct BandNoise {
    /// Variance of the noise of every band, corrected for the bands − 1 regressors.
    pub variance: Vec<f64>,
    /// Second moments of what is left when the regression residual is taken out, bands × bands.
    pub signal: Vec<f64>,
}

impl BandNoise {
    /// From second moments about zero (an intercept-free regression) or about the mean.
    pub(crate) fn of(second: &[f64], bands: usize, pixels: usize) -> Result<Self, Error> {
        if pixels <= bands {
            return Err(Error::InvalidData(format!(
                "The noise of {bands} bands cannot be told from the signal with only {pixels} valid pixels: there must be more pixels than bands. Leave bands out, or take a larger scene."
            )));
        }
        let size: Vec<f64> = (0..bands).map(|b| second[b * bands + b].sqrt()).collect();
        let scaled: Vec<f64> =
            (0..bands * bands).map(|i| second[i] / (size[i / bands] * size[i % bands])).collect();
        let eigen = symmetric_eigen(&scaled, bands)?;
        let floor = FLOOR * eigen.values[0];
        let mut inverse = vec![0.0; bands * bands];
        for (value, vector) in eigen.values.iter().zip(eigen.vectors.chunks_exact(bands)) {
            let weight = 1.0 / value.max(floor);
            for (row, &v) in inverse.chunks_exact_mut(bands).zip(vector) {
                row.iter_mut().zip(vector).for_each(|(sum, u)| *sum += weight * v * u);
            }
        }
        let energy: Vec<f64> = (0..bands).map(|b| size[b] * size[b] / inverse[b * bands + b]).collect();
        // R − 2D + D R⁻¹ D, with D the energies: the moments of y minus its regression residual.
        let mut signal = second.to_vec();
        for i in 0..bands {
            for j in 0..bands {
                signal[i * bands + j] += energy[i] * energy[j] * inverse[i * bands + j] / (size[i] * size[j]);
            }
            signal[i * bands + i] -= 2.0 * energy[i];
        }
        let freedom = pixels as f64 / (pixels - bands + 1) as f64;
        Ok(Self { variance: energy.iter().map(|e| e * freedom).collect(), signal })
    }

    /// Standard deviation of the noise of every band.
    pub(crate) fn deviation(&self) -> Vec<f64> {
        self.variance.iter().map(|variance| variance.sqrt()).collect()
    }

    /// Mean power over the noise of every band, and of the whole pixel, in dB.
    pub(crate) fn snr(&self, correlation: &[f64]) -> (Vec<f64>, f64) {
        let bands = self.variance.len();
        let power: Vec<f64> = (0..bands).map(|b| correlation[b * bands + b]).collect();
        let single = power.iter().zip(&self.variance).map(|(power, noise)| decibels(power - noise, *noise));
        let noise: f64 = self.variance.iter().sum();
        (single.collect(), decibels(power.iter().sum::<f64>() - noise, noise))
    }
}

/// 10·log₁₀(clean/noise), within ±300 dB.
pub(crate) fn decibels(clean: f64, noise: f64) -> f64 {
    if noise <= 0.0 {
        HIGHEST_SNR
    } else if clean <= 0.0 {
        -HIGHEST_SNR
    } else {
        (10.0 * (clean / noise).log10()).clamp(-HIGHEST_SNR, HIGHEST_SNR)
    }
}

/// Second moments scaled by the noise of their bands, so that the noise is white with variance one.
pub(crate) fn whitened(second: &[f64], deviation: &[f64]) -> Vec<f64> {
    let bands = deviation.len();
    (0..bands * bands).map(|i| second[i] / (deviation[i / bands] * deviation[i % bands])).collect()
}

/// Refuses bands that hold one value only: they have no noise, and nothing can be divided by it.
pub(crate) fn refuse_dead_bands(cube: &PreparedCube, moments: &Moments) -> Result<(), Error> {
    let bands = cube.bands();
    let covariance = moments.covariance();
    let dead: Vec<String> = (0..bands)
        .filter(|b| covariance[b * bands + b] <= ROUNDING * moments.correlation[b * bands + b])
        .map(|b| cube.kept()[b].to_string())
        .collect();
    if dead.is_empty() {
        return Ok(());
    }
    let list = dead.join(",");
    let (subject, hold, have, them) =
        if dead.len() == 1 { ("Band", "holds", "has", "it") } else { ("Bands", "hold", "have", "them") };
    Err(Error::parameter(
        "leaveOutBands",
        format!(
            "{subject} {list} (counted from 0) {hold} one value everywhere, and {have} no noise to measure. Leave {them} out: leaveOutBands={list}."
        ),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Passes;
    use crate::test_support::{saved_cube, scene};
    use filigree_core::{Random, Silent};

    /// The moments of a clean mixture with noise of a known deviation in every band.
    fn noisy(bands: usize, deviations: &[f64]) -> (Moments, usize) {
        let mut planted = scene([60, 100, bands], 3, 0.0, 3);
        let mut random = Random::new(5, 5);
        for (i, value) in planted.values.iter_mut().enumerate() {
            *value += deviations[i % bands] * random.normal();
        }
        let (_folder, input) = saved_cube(planted.shape, &planted.values);
        let cube = PreparedCube::open(&input, false, Passes::One, &mut Silent).unwrap();
        (Moments::of_cube(&cube, "", &mut Silent).unwrap(), cube.pixels())
    }

    #[test]
    fn the_noise_of_every_band_is_found() {
        let deviations: Vec<f64> = (0..80).map(|b| 0.01 + 0.000_1 * f64::from(b)).collect();
        let (moments, pixels) = noisy(80, &deviations);
        let noise = BandNoise::of(&moments.correlation, 80, pixels).unwrap();
        for (found, planted) in noise.deviation().iter().zip(&deviations) {
            // A band is predicted from others that are noisy themselves: what is found is larger by up to half its
            // leverage, which is a twenty-fifth on average and three times as much where a spectrum is extreme.
            assert!((0.97..1.1).contains(&(found / planted)), "{found} for {planted}");
        }
        let total: f64 = deviations.iter().map(|d| d * d).sum();
        let power: f64 = (0..80).map(|b| moments.correlation[b * 81]).sum();
        let (_, snr) = noise.snr(&moments.correlation);
        assert!((snr - 10.0 * ((power - total) / total).log10()).abs() < 0.3);
    }

    #[test]
    fn too_few_pixels_are_an_error_with_advice() {
        let error = BandNoise::of(&[1.0, 0.0, 0.0, 1.0], 2, 2).err().unwrap();
        assert!(error.to_string().contains("more pixels than bands"), "{error}");
    }

    #[test]
    fn a_constant_band_is_named_with_the_way_out() {
        let mut planted = scene([6, 10, 5], 2, 0.01, 3);
        planted.values.iter_mut().skip(2).step_by(5).for_each(|value| *value = 0.4);
        let (_folder, input) = saved_cube(planted.shape, &planted.values);
        let cube = PreparedCube::open(&input, false, Passes::One, &mut Silent).unwrap();
        let moments = Moments::of_cube(&cube, "", &mut Silent).unwrap();
        let error = refuse_dead_bands(&cube, &moments).unwrap_err();
        assert_eq!(error.blamed_parameter(), Some("leaveOutBands"));
        assert!(error.to_string().contains("leaveOutBands=2."), "{error}");
    }
}
