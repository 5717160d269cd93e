use std::path::Path;

use filigree_core::{
    Error, NpyElement, NpyWriter, Observer, Random, TILE_PIXELS, View, ViewMut, batches, dot, keep_going,
    map_tiles, multiply,
};

use crate::SyntheticSceneParams;

const MIXING: &str = "Mixing pixels";

/// Random streams of a scene from here on: one for every tile of pixels.
const TILE_STREAMS: u64 = 1 << 32;

/// Mixes pixels; the same tile always gives the same numbers.
pub(crate) struct Mixer<'a> {
    pub(crate) params: &'a SyntheticSceneParams,
    pub(crate) seed: u64,
    pub(crate) endmembers: &'a [f64],
    pub(crate) abundances: &'a [f64],
    pub(crate) corrupted: &'a [bool],
}

/// Signal in the bands that are not corrupted.
pub(crate) struct Level {
    pub(crate) energy: f64,
    mean: f64,
    noise_deviation: f64,
}

/// The written cube.
pub(crate) struct Written {
    pub(crate) name: String,
    pub(crate) noise_energy: f64,
}

impl Mixer<'_> {
    /// Pixels without noise (pixels × bands), and the tile's random numbers after the brightness was drawn.
    fn clean(&self, tile: std::ops::Range<usize>) -> (Vec<f64>, Random) {
        let (p, bands) = (self.params.endmembers, self.params.bands);
        let mut random = Random::new(self.seed, TILE_STREAMS + (tile.start / TILE_PIXELS) as u64);
        let mut pixels = vec![0.0; tile.len() * bands];
        multiply(
            View::row_major(&self.abundances[tile.start * p..tile.end * p], tile.len(), p),
            View::row_major(self.endmembers, p, bands),
            ViewMut::row_major(&mut pixels, tile.len(), bands),
        );
        let half_width = self.params.illumination;
        for pixel in pixels.chunks_exact_mut(bands) {
            let brightness = random.between(1.0 - half_width, 1.0 + half_width);
            pixel.iter_mut().for_each(|value| *value *= brightness);
        }
        (pixels, random)
    }

    /// Measures the signal, which fixes the noise.
    pub(crate) fn measure(&self, observer: &mut dyn Observer) -> Result<Level, Error> {
        observer.stage(MIXING);
        let pixels = self.params.lines * self.params.samples;
        let (mut energy, mut sum) = (0.0, 0.0);
        for batch in batches(pixels) {
            let end = batch.end;
            for (part_energy, part_sum) in map_tiles(batch, |tile| {
                let (mut values, _) = self.clean(tile);
                self.for_corrupted(&mut values, |value| *value = 0.0);
                Ok((dot(&values, &values), values.iter().sum::<f64>()))
            })? {
                energy += part_energy;
                sum += part_sum;
            }
            keep_going(observer.progress(0.5 + 0.2 * end as f64 / pixels as f64), MIXING)?;
        }
        let count = (pixels * (self.params.bands - self.params.corrupted_bands)) as f64;
        let noise_deviation =
            self.params.snr.map_or(0.0, |snr| (energy / count / 10f64.powf(snr / 10.0)).sqrt());
        Ok(Level { energy, mean: sum / count, noise_deviation })
    }

    /// Adds noise and writes the cube, `stored` turning numbers into what is kept.
    pub(crate) fn write<T: NpyElement + Send>(
        &self,
        folder: &Path,
        level: &Level,
        observer: &mut dyn Observer,
        stored: impl Fn(f64) -> T + Send + Sync,
    ) -> Result<Written, Error> {
        let SyntheticSceneParams { lines, samples, bands, .. } = *self.params;
        let file = NpyWriter::create::<T>(folder, "cube.npy", &[lines, samples, bands])?;
        let pixels = lines * samples;
        let mut noise_energy = 0.0;
        for batch in batches(pixels) {
            let end = batch.end;
            for part in map_tiles(batch, |tile| {
                let start = tile.start;
                let (mut values, mut random) = self.clean(tile);
                let mut part = 0.0;
                for pixel in values.chunks_exact_mut(bands) {
                    for (value, &corrupted) in pixel.iter_mut().zip(self.corrupted) {
                        if corrupted {
                            *value = random.between(0.0, 2.0 * level.mean);
                        } else if level.noise_deviation > 0.0 {
                            let noise = level.noise_deviation * random.normal();
                            part += noise * noise;
                            *value += noise;
                        }
                    }
                }
                let values: Vec<T> = values.into_iter().map(&stored).collect();
                file.write_at(start * bands, &values)?;
                Ok(part)
            })? {
                noise_energy += part;
            }
            keep_going(observer.progress(0.7 + 0.3 * end as f64 / pixels as f64), MIXING)?;
        }
        Ok(Written { name: file.finish()?, noise_energy })
    }

    fn for_corrupted(&self, values: &mut [f64], mut change: impl FnMut(&mut f64)) {
        if self.params.corrupted_bands == 0 {
            return;
        }
        for pixel in values.chunks_exact_mut(self.params.bands) {
            pixel
                .iter_mut()
                .zip(self.corrupted)
                .filter(|(_, corrupted)| **corrupted)
                .for_each(|(value, _)| change(value));
        }
    }
}
