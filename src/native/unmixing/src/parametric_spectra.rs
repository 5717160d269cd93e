use filigree_core::{Random, dot};

/// Shortest and longest wavelength of a synthetic scene, in micrometres.
const SHORTEST: f64 = 0.4;
const LONGEST: f64 = 2.5;

/// Angle that spectra keep from each other while such spectra can be found, in degrees.
const WANTED_ANGLE: f64 = 12.0;

/// Draws before the wanted angle is lowered by a tenth.
const PATIENCE: usize = 100;

/// Wavelengths of a number of bands, evenly spaced, in micrometres.
pub(crate) fn wavelengths(bands: usize) -> Vec<f64> {
    let step = (LONGEST - SHORTEST) / (bands - 1).max(1) as f64;
    (0..bands).map(|band| SHORTEST + step * band as f64).collect()
}

/// `count` smooth reflectance spectra one after the other (count × bands) and the smallest angle between two of
/// them in degrees. A spectrum is a curved continuum with Gaussian absorption features.
pub(crate) fn parametric_spectra(count: usize, wavelengths: &[f64], random: &mut Random) -> (Vec<f64>, f64) {
    let bands = wavelengths.len();
    let mut spectra: Vec<f64> = Vec::with_capacity(count * bands);
    let mut wanted = WANTED_ANGLE;
    let mut smallest = 180.0f64;
    let mut tries = 0;
    while spectra.len() < count * bands {
        let candidate = spectrum(wavelengths, random);
        let nearest = spectra.chunks_exact(bands).map(|other| angle(&candidate, other)).fold(180.0, f64::min);
        tries += 1;
        if nearest >= wanted {
            smallest = smallest.min(nearest);
            spectra.extend(candidate);
            tries = 0;
        } else if tries == PATIENCE {
            wanted *= 0.9;
            tries = 0;
        }
    }
    (spectra, smallest)
}

fn spectrum(wavelengths: &[f64], random: &mut Random) -> Vec<f64> {
    let ends = [random.between(0.05, 0.9), random.between(0.05, 0.9)];
    let bulge = random.between(-0.3, 0.3);
    let edge = random.between(SHORTEST, LONGEST);
    let rise = random.between(-0.5, 0.5);
    let features: Vec<[f64; 3]> = (0..2 + random.below(4))
        .map(|_| [random.between(SHORTEST, LONGEST), random.between(0.03, 0.25), random.between(0.1, 0.7)])
        .collect();
    wavelengths
        .iter()
        .map(|&wavelength| {
            let x = (wavelength - SHORTEST) / (LONGEST - SHORTEST);
            let step = rise / (1.0 + (-(wavelength - edge) / 0.08).exp());
            let continuum =
                (ends[0] + (ends[1] - ends[0]) * x + 4.0 * bulge * x * (1.0 - x) + step).clamp(0.04, 0.95);
            features.iter().fold(continuum, |value, [centre, width, depth]| {
                value * (1.0 - depth * (-0.5 * ((wavelength - centre) / width).powi(2)).exp())
            })
        })
        .collect()
}

fn angle(a: &[f64], b: &[f64]) -> f64 {
    let cosine = dot(a, b) / (dot(a, a) * dot(b, b)).sqrt();
    cosine.clamp(-1.0, 1.0).acos().to_degrees()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spectra_are_reflectances_that_keep_their_distance() {
        let grid = wavelengths(150);
        assert_eq!((grid[0], grid.len()), (SHORTEST, 150));
        let (spectra, smallest) = parametric_spectra(10, &grid, &mut Random::new(2, 0));
        assert!(spectra.iter().all(|&value| value > 0.0 && value < 1.0));
        assert!(smallest > 8.0, "smallest angle {smallest}");
    }

    #[test]
    fn many_spectra_in_few_bands_still_end() {
        let (spectra, smallest) = parametric_spectra(64, &wavelengths(2), &mut Random::new(3, 0));
        assert_eq!(spectra.len(), 128);
        assert!(smallest >= 0.0);
    }
}
