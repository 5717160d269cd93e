use crate::lanes::{LANES, LaneKernel, Lanes, in_lanes};

/// Pixels whose residuals are found side by side.
const PIXELS: usize = 4;

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
        in_lanes(FitOfTile { pixels, endmembers, abundances, bands, residual, by_band: false })
    }

    /// As [`Self::of_tile`], and sums up the residual energy of every band as well.
    pub(crate) fn of_tile_by_band(
        pixels: &[f64],
        endmembers: &[f64],
        abundances: &[f64],
        bands: usize,
        residual: &mut Vec<f64>,
    ) -> Self {
        in_lanes(FitOfTile { pixels, endmembers, abundances, bands, residual, by_band: true })
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

/// A spectrum that some of a few pixels hold: where it starts, and its abundance in each of them.
type Held<const P: usize> = (usize, [f64; P]);

impl LaneKernel for FitOfTile<'_> {
    type Output = Fit;
    #[inline(always)]
    fn run<L: Lanes>(mut self) -> Fit {
        let mut fit = Fit::default();
        fit.band_energy.resize(if self.by_band { self.bands } else { 0 }, 0.0);
        let count = self.pixels.len() / self.bands;
        let whole = count - count % PIXELS;
        let mut held = Vec::new();
        for first in (0..whole).step_by(PIXELS) {
            self.add::<L, PIXELS>(first, &mut fit, &mut held);
        }
        let mut held = Vec::new();
        for pixel in whole..count {
            self.add::<L, 1>(pixel, &mut fit, &mut held);
        }
        fit
    }
}

impl FitOfTile<'_> {
    /// Adds `P` pixels from `first` on.
    #[inline(always)]
    fn add<L: Lanes, const P: usize>(&mut self, first: usize, fit: &mut Fit, held: &mut Vec<Held<P>>) {
        let (bands, p) = (self.bands, self.endmembers.len() / self.bands);
        let (mut rows, mut pixels) = ([&self.abundances[..0]; P], [&self.pixels[..0]; P]);
        for i in 0..P {
            rows[i] = &self.abundances[(first + i) * p..][..p];
            pixels[i] = &self.pixels[(first + i) * bands..][..bands];
        }
        held.clear();
        for k in 0..p {
            let mut own = [0.0; P];
            let mut any = false;
            for i in 0..P {
                own[i] = rows[i][k];
                any |= own[i] != 0.0;
            }
            // Most abundances of a library are zero.
            if any {
                held.push((k * bands, own));
            }
        }
        let mut sums = Sums { squares: [L::splat(0.0); P], energies: [L::splat(0.0); P] };
        let mut band = 0;
        if L::REGISTERS >= 24 {
            while band + 4 * LANES <= bands {
                self.rest::<L, P, 4>(pixels, held, band, &mut sums, fit);
                band += 4 * LANES;
            }
        }
        while band < bands {
            self.rest::<L, P, 1>(pixels, held, band, &mut sums, fit);
            band += LANES;
        }
        for (i, row) in rows.iter().enumerate() {
            let square = sums.squares[i].sum();
            self.residual.push((square / bands as f64).sqrt());
            fit.residual_energy += square;
            fit.energy += sums.energies[i].sum();
            let deviation = (row.iter().sum::<f64>() - 1.0).abs();
            fit.sum_deviation += deviation;
            fit.largest_sum_deviation = fit.largest_sum_deviation.max(deviation);
            fit.smallest = row.iter().fold(fit.smallest, |least, &a| if a < least { a } else { least });
        }
    }

    /// The residual of `V` registers of bands from `band` on; one alone may reach beyond the bands.
    #[inline(always)]
    fn rest<L: Lanes, const P: usize, const V: usize>(
        &self,
        pixels: [&[f64]; P],
        held: &[Held<P>],
        band: usize,
        sums: &mut Sums<L, P>,
        fit: &mut Fit,
    ) {
        let end = self.bands.min(band + V * LANES);
        let part = |values: &[f64], v: usize| L::of_part(&values[v * LANES..]);
        let mut rest = [[L::splat(0.0); V]; P];
        for i in 0..P {
            let own = &pixels[i][band..end];
            for v in 0..V {
                let value = part(own, v);
                rest[i][v] = value;
                sums.energies[i] = value.times_plus(value, sums.energies[i]);
            }
        }
        for (start, abundances) in held {
            let own = &self.endmembers[start + band..start + end];
            let mut spectrum = [L::splat(0.0); V];
            for v in 0..V {
                spectrum[v] = part(own, v);
            }
            for i in 0..P {
                let a = L::splat(abundances[i]);
                for v in 0..V {
                    rest[i][v] = spectrum[v].times_from(a, rest[i][v]);
                }
            }
        }
        for i in 0..P {
            for v in 0..V {
                sums.squares[i] = rest[i][v].times_plus(rest[i][v], sums.squares[i]);
            }
        }
        if self.by_band {
            for (v, out) in fit.band_energy[band..end].chunks_mut(LANES).enumerate() {
                let mut energy = L::of_part(out);
                for i in 0..P {
                    energy = rest[i][v].times_plus(rest[i][v], energy);
                }
                energy.put_part(out);
            }
        }
    }
}

/// Sums over the bands, for each of a few pixels.
struct Sums<L, const P: usize> {
    /// ‖y − Ma‖².
    squares: [L; P],
    /// ‖y‖².
    energies: [L; P],
}

#[cfg(test)]
mod tests {
    use super::*;
    use filigree_core::Random;

    #[test]
    fn sums_are_those_of_the_definition_whatever_the_sizes() {
        let mut random = Random::new(2, 0);
        for (count, bands, p) in [(1, 1, 1), (5, 13, 3), (8, 16, 4), (7, 9, 6), (6, 77, 5)] {
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
