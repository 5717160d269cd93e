//! How pixels come out of the file: gathered, scaled, clipped and normalised.

use std::ops::Range;
use std::sync::atomic::Ordering;

use filigree_core::{Error, Observer, TILE_PIXELS, batches, keep_going, tiles, zeros};
use rayon::prelude::*;

use super::{CACHE_BYTES, PreparedCube, STAGE};
use crate::scan::all_finite;

impl PreparedCube {
    /// Prepared pixels of a list of pixel numbers, one after the other. Safe at any time: what it meets is not
    /// counted among the findings of the one pass.
    pub(crate) fn pixels_at(&self, pixels: &[usize]) -> Vec<f64> {
        let bands = self.bands();
        let mut out = vec![0.0; pixels.len() * bands];
        for (&pixel, out) in pixels.iter().zip(out.chunks_exact_mut(bands)) {
            match &self.cache {
                Some(cache) => out.copy_from_slice(&cache[pixel * bands..(pixel + 1) * bands]),
                None => {
                    self.gather(pixel..pixel + 1, out);
                    self.normalise(out);
                }
            }
        }
        out
    }

    pub(super) fn read(&self, pixels: Range<usize>, out: &mut [f64]) {
        self.gather(pixels, out);
        if let Some(findings) = &self.unscanned
            && !all_finite(out)
        {
            findings.invalid.store(true, Ordering::Relaxed);
        }
        let zero = self.normalise_counting(out);
        if let Some(findings) = &self.unscanned {
            findings.zero_pixels.fetch_add(zero, Ordering::Relaxed);
        }
    }

    /// Physical numbers of pixels, clipped where that is asked for, not yet normalised.
    fn gather(&self, pixels: Range<usize>, out: &mut [f64]) {
        let bands = self.bands();
        let mut pixel = pixels.start;
        while pixel < pixels.end {
            let flat = self.flat_position(pixel);
            let to_line_end = self.samples - flat % self.samples;
            let most = to_line_end.min(pixels.end - pixel);
            let run = if self.valid.is_none() {
                most
            } else {
                (1..most).find(|&run| self.flat_position(pixel + run) != flat + run).unwrap_or(most)
            };
            let from = (pixel - pixels.start) * bands;
            self.read_stored(flat, &mut out[from..from + run * bands]);
            pixel += run;
        }
        if self.scale != 1.0 {
            out.iter_mut().for_each(|value| *value *= self.scale);
        }
        if self.clip {
            out.iter_mut().for_each(|value| *value = value.max(0.0));
        }
    }

    /// Stored numbers of a run of pixels within a line.
    pub(super) fn read_stored(&self, flat: usize, out: &mut [f64]) {
        let strides = self.array.strides();
        let base = (flat / self.samples) as isize * strides[0] + (flat % self.samples) as isize * strides[1];
        self.array.gather(base, strides[1], &self.columns, out);
    }

    pub(super) fn fill_cache(&mut self, observer: &mut dyn Observer) -> Result<(), Error> {
        let (pixels, bands) = (self.pixels(), self.bands());
        if pixels * bands * size_of::<f64>() > CACHE_BYTES {
            return Ok(());
        }
        let mut cache = zeros(pixels * bands, "the prepared pixels")?;
        for batch in batches(pixels) {
            let end = batch.end;
            let parts: Vec<_> = tiles(batch.clone(), TILE_PIXELS).collect();
            cache[batch.start * bands..batch.end * bands]
                .par_chunks_mut(TILE_PIXELS * bands)
                .zip(parts)
                .for_each(|(chunk, tile)| self.read(tile, chunk));
            self.array.check_still_whole()?;
            self.array.release_pages();
            keep_going(observer.progress(0.5 + 0.5 * end as f64 / pixels as f64), STAGE)?;
        }
        self.cache = Some(cache);
        Ok(())
    }
}
