use filigree_core::{Wide, dot, widest};

/// Sums behind the figures of a fit; joined in the order of the tiles.
#[derive(Clone, Debug)]
pub(crate) struct Fit {
    pub residual_energy: f64,
    pub energy: f64,
    pub sum_deviation: f64,
    pub largest_sum_deviation: f64,
    pub smallest: f64,
    /// Residual energy of every band; empty where it was not asked for.
    pub band_energy: Vec<f64>,
}

impl Default for Fit {
    fn default() -> Self {
        Self {
            residual_energy: 0.0,
            energy: 0.0,
            sum_deviation: 0.0,
            largest_sum_deviation: 0.0,
            smallest: f64::INFINITY,
            band_energy: Vec::new(),
        }
    }
}

impl Fit {
    /// Recomputes y − Ma for every pixel of a tile from pixels (pixels × bands), endmembers (p × bands) and
    /// abundances (pixels × p): appends the root mean square over the bands of every pixel to `residual`, and
    /// returns the sums.
    pub(crate) fn of_tile(
        pixels: &[f64],
        endmembers: &[f64],
        abundances: &[f64],
        bands: usize,
        residual: &mut Vec<f64>,
    ) -> Self {
        widest(FitOfTile { pixels, endmembers, abundances, bands, residual, by_band: false })
    }

    /// As [`Self::of_tile`], and sums up the residual energy of every band as well.
    pub(crate) fn of_tile_by_band(
        pixels: &[f64],
        endmembers: &[f64],
        abundances: &[f64],
        bands: usize,
        residual: &mut Vec<f64>,
    ) -> Self {
        widest(FitOfTile { pixels, endmembers, abundances, bands, residual, by_band: true })
    }

    pub(crate) fn join(&mut self, later: &Self) {
        self.residual_energy += later.residual_energy;
        self.energy += later.energy;
        self.sum_deviation += later.sum_deviation;
        self.largest_sum_deviation = self.largest_sum_deviation.max(later.largest_sum_deviation);
        self.smallest = self.smallest.min(later.smallest);
        self.band_energy.resize(later.band_energy.len().max(self.band_energy.len()), 0.0);
        self.band_energy.iter_mut().zip(&later.band_energy).for_each(|(total, value)| *total += value);
    }

    /// Root mean square of the residual over the pixels, for every band.
    pub(crate) fn residual_spectrum(&self, pixels: usize) -> Vec<f64> {
        self.band_energy.iter().map(|energy| (energy / pixels as f64).sqrt()).collect()
    }

    /// ‖Y − MA‖ / ‖Y‖; 0 where both are 0.
    pub(crate) fn relative_residual(&self) -> f64 {
        if self.residual_energy == 0.0 { 0.0 } else { (self.residual_energy / self.energy).sqrt() }
    }
}

/// The arguments of [`Fit::of_tile`].
struct FitOfTile<'a> {
    pixels: &'a [f64],
    endmembers: &'a [f64],
    abundances: &'a [f64],
    bands: usize,
    residual: &'a mut Vec<f64>,
    by_band: bool,
}

impl Wide for FitOfTile<'_> {
    type Output = Fit;
    #[inline(always)]
    fn run(self) -> Fit {
        let bands = self.bands;
        let p = self.endmembers.len() / bands;
        let mut fit = Fit::default();
        fit.band_energy.resize(if self.by_band { bands } else { 0 }, 0.0);
        let mut rest = vec![0.0; bands];
        for (pixel, a) in self.pixels.chunks_exact(bands).zip(self.abundances.chunks_exact(p)) {
            rest.copy_from_slice(pixel);
            let mut abundances = a.chunks_exact(4);
            let mut spectra = self.endmembers.chunks_exact(4 * bands);
            for (a, spectra) in abundances.by_ref().zip(spectra.by_ref()) {
                // Most abundances of a library are zero.
                if a == [0.0; 4] {
                    continue;
                }
                subtract_four(&mut rest, spectra, a);
            }
            for (&a, spectrum) in abundances.remainder().iter().zip(spectra.remainder().chunks_exact(bands)) {
                rest.iter_mut().zip(spectrum).for_each(|(value, m)| *value -= a * m);
            }
            let square = dot(&rest, &rest);
            self.residual.push((square / bands as f64).sqrt());
            fit.residual_energy += square;
            fit.energy += dot(pixel, pixel);
            fit.band_energy.iter_mut().zip(&rest).for_each(|(energy, value)| *energy += value * value);
            let deviation = (a.iter().sum::<f64>() - 1.0).abs();
            fit.sum_deviation += deviation;
            fit.largest_sum_deviation = fit.largest_sum_deviation.max(deviation);
            fit.smallest = a.iter().fold(fit.smallest, |least, &a| if a < least { a } else { least });
        }
        fit
    }
}

/// `rest` minus four spectra, each times its abundance.
#[inline(always)]
fn subtract_four(rest: &mut [f64], spectra: &[f64], abundances: &[f64]) {
    let bands = rest.len();
    let (first, second) = spectra[..4 * bands].split_at(2 * bands);
    let ((m0, m1), (m2, m3)) = (first.split_at(bands), second.split_at(bands));
    let (a0, a1, a2, a3) = (abundances[0], abundances[1], abundances[2], abundances[3]);
    for ((((value, m0), m1), m2), m3) in rest.iter_mut().zip(m0).zip(m1).zip(m2).zip(m3) {
        *value -= (a0 * m0 + a1 * m1) + (a2 * m2 + a3 * m3);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use filigree_core::Random;

    #[test]
    fn sums_are_those_of_the_definition_whatever_the_sizes() {
        let mut random = Random::new(2, 0);
        for (count, bands, p) in [(1, 1, 1), (5, 13, 3), (8, 16, 4), (7, 9, 6)] {
            let mut draw =
                |length: usize| -> Vec<f64> { (0..length).map(|_| random.between(-0.2, 1.0)).collect() };
            let (pixels, endmembers, abundances) = (draw(count * bands), draw(p * bands), draw(count * p));
            let mut residual = Vec::new();
            let fit = Fit::of_tile(&pixels, &endmembers, &abundances, bands, &mut residual);
            let mut total = 0.0;
            for pixel in 0..count {
                let square: f64 = (0..bands)
                    .map(|b| {
                        let mixed: f64 =
                            (0..p).map(|j| abundances[pixel * p + j] * endmembers[j * bands + b]).sum();
                        (pixels[pixel * bands + b] - mixed).powi(2)
                    })
                    .sum();
                assert!((residual[pixel] - (square / bands as f64).sqrt()).abs() < 1e-14);
                total += square;
            }
            assert_eq!(residual.len(), count);
            assert!((fit.residual_energy - total).abs() < 1e-13 * total);
            let energy: f64 = pixels.iter().map(|value| value * value).sum();
            assert!((fit.energy - energy).abs() < 1e-13 * energy);
        }
    }
}
