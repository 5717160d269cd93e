use std::ops::Range;

use filigree_core::{Error, Observer, TILE_PIXELS, View, ViewMut, batches, keep_going, multiply_add, tiles};
use rayon::prelude::*;

use crate::PreparedCube;

/// Tiles summed up one after the other: each such strip needs bands × bands numbers of its own.
const STRIP_TILES: usize = 4;

/// Mean and correlation YYᵀ/N of pixels; sums run within strips of tiles first and then over the strips in order.
pub(crate) struct Moments {
    /// bands.
    pub mean: Vec<f64>,
    /// bands × bands, about zero.
    pub correlation: Vec<f64>,
    /// Pixels, and those of them that are zero in every band.
    pixels: usize,
    dark: usize,
}

impl Moments {
    /// Of all pixels of a cube.
    pub(crate) fn of_cube(
        cube: &PreparedCube,
        stage: &str,
        observer: &mut dyn Observer,
    ) -> Result<Self, Error> {
        observer.stage(stage);
        let pixels = cube.pixels();
        let mut sums = Sums::new(cube.bands());
        for batch in batches(pixels) {
            let end = batch.end;
            sums.add_strips(batch, |sums, tile| sums.add(&cube.tile(tile)));
            cube.batch_done()?;
            keep_going(observer.progress(end as f64 / pixels as f64), stage)?;
        }
        Ok(sums.over(pixels))
    }

    /// Of some pixels of a cube, by their numbers.
    pub(crate) fn of_pixels(cube: &PreparedCube, pixels: &[usize]) -> Result<Self, Error> {
        let mut sums = Sums::new(cube.bands());
        for batch in batches(pixels.len()) {
            sums.add_strips(batch, |sums, tile| sums.add(&cube.pixels_at(&pixels[tile])));
        }
        Ok(sums.over(pixels.len()))
    }

    /// The same without the pixels that are zero in every band: they add nothing to the sums.
    pub(crate) fn without_dark(mut self) -> Result<Self, Error> {
        if self.dark == self.pixels {
            return Err(nothing_in_the_pixels());
        }
        let factor = self.pixels as f64 / (self.pixels - self.dark) as f64;
        if self.dark > 0 {
            self.mean.iter_mut().chain(&mut self.correlation).for_each(|value| *value *= factor);
        }
        Ok(Self { pixels: self.pixels - self.dark, dark: 0, ..self })
    }

    /// Covariance, bands × bands (divided by the number of pixels).
    pub(crate) fn covariance(&self) -> Vec<f64> {
        let bands = self.mean.len();
        let mut covariance = self.correlation.clone();
        for (i, value) in covariance.iter_mut().enumerate() {
            *value -= self.mean[i / bands] * self.mean[i % bands];
        }
        covariance
    }
}

struct Sums {
    first: Vec<f64>,
    products: Vec<f64>,
    dark: usize,
}

impl Sums {
    fn new(bands: usize) -> Self {
        Self { first: vec![0.0; bands], products: vec![0.0; bands * bands], dark: 0 }
    }

    /// Adds the tiles of a range, strip by strip.
    fn add_strips(&mut self, range: Range<usize>, add: impl Fn(&mut Self, Range<usize>) + Sync) {
        let strips: Vec<_> = tiles(range, STRIP_TILES * TILE_PIXELS).collect();
        let bands = self.first.len();
        let parts: Vec<Self> = strips
            .into_par_iter()
            .map(|strip| {
                let mut part = Self::new(bands);
                tiles(strip, TILE_PIXELS).for_each(|tile| add(&mut part, tile));
                part
            })
            .collect();
        parts.iter().for_each(|part| self.join(part));
    }

    fn add(&mut self, values: &[f64]) {
        let bands = self.first.len();
        for pixel in values.chunks_exact(bands) {
            self.first.iter_mut().zip(pixel).for_each(|(s, y)| *s += y);
            self.dark += usize::from(pixel.iter().all(|&y| y == 0.0));
        }
        let view = View::row_major(values, values.len() / bands, bands);
        multiply_add(1.0, view.t(), view, ViewMut::row_major(&mut self.products, bands, bands));
    }

    fn join(&mut self, later: &Self) {
        self.dark += later.dark;
        self.first.iter_mut().zip(&later.first).for_each(|(total, value)| *total += value);
        self.products.iter_mut().zip(&later.products).for_each(|(total, value)| *total += value);
    }

    fn over(mut self, pixels: usize) -> Moments {
        let factor = 1.0 / pixels as f64;
        self.first.iter_mut().chain(&mut self.products).for_each(|value| *value *= factor);
        Moments { mean: self.first, correlation: self.products, pixels, dark: self.dark }
    }
}

/// A scene that holds zeros alone.
pub(crate) fn nothing_in_the_pixels() -> Error {
    Error::InvalidData("Every pixel is zero in every kept band. Check the file and the bands.".to_owned())
}
