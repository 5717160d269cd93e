use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use filigree_core::{Error, MappedArray, Observer, Pool, Pooled, Silent};

use crate::{CubeInput, InvalidPixels, NegativeValues, Normalisation};

/// Prepared pixels are kept in memory up to this size; a larger cube is read again on every pass.
const CACHE_BYTES: usize = 512 << 20;

/// Whether a solver passes over the pixels again and again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Passes {
    /// One pass: every tile is read when it is needed.
    One,
    /// Many: pixels are kept in memory where they fit.
    Many,
}

/// Prepared pixels of a tile, one after the other (pixels × bands).
pub struct Tile<'a>(Content<'a>);

enum Content<'a> {
    Cached(&'a [f64]),
    Read(Pooled<'a, Vec<f64>>),
}

impl std::ops::Deref for Tile<'_> {
    type Target = [f64];
    fn deref(&self) -> &[f64] {
        match &self.0 {
            Content::Cached(values) => values,
            Content::Read(values) => values,
        }
    }
}

mod first_reading;
mod reading;

const STAGE: &str = "Reading the cube";

/// Pixels of a cube after band selection, scaling, masking and normalisation.
///
/// Solvers see valid pixels only, numbered without gaps in line-major order; [`PreparedCube::flat_position`]
/// leads back to the scene. Normalisation is applied to the kept bands.
pub struct PreparedCube {
    array: MappedArray,
    lines: usize,
    samples: usize,
    kept: Vec<usize>,
    columns: Vec<isize>,
    scale: f64,
    clip: bool,
    normalisation: Normalisation,
    spectra_scaled: bool,
    /// Numbers, among the kept bands, of those that measure a pixel's size; none where all do.
    sized_by: Option<Vec<usize>>,
    /// Smallest value and 1 / (largest − smallest), where the normalisation needs them.
    range: Option<(f64, f64)>,
    /// Flat positions of the valid pixels; none where all are valid.
    valid: Option<Vec<u32>>,
    cache: Option<Vec<f64>>,
    buffers: Pool<Vec<f64>>,
    warnings: Vec<String>,
    /// What the one pass finds, where nothing had to be known before it.
    unscanned: Option<Findings>,
}

/// What tiles find while they are read for the only time.
#[derive(Default)]
struct Findings {
    invalid: AtomicBool,
    zero_pixels: AtomicUsize,
}

impl PreparedCube {
    /// Opens the cube and reads it once: finds pixels to leave out, refuses what has to be refused, and takes
    /// the global range where the normalisation needs it. `needs_non_negative` applies the negative policy.
    ///
    /// Where there will be one pass and nothing has to be known before it, that pass is the first reading:
    /// [`Self::batch_done`] then refuses what this would have refused.
    pub fn open(
        input: &CubeInput,
        needs_non_negative: bool,
        passes: Passes,
        observer: &mut dyn Observer,
    ) -> Result<Self, Error> {
        let array = MappedArray::open(&input.source)?;
        let &[lines, samples, bands] = array.shape() else {
            return Err(Error::InvalidData(format!(
                "A cube has three axes (lines, samples, bands); {} has {}. Import it with the right roles.",
                input.source.path.display(),
                array.shape().len()
            )));
        };
        if lines.checked_mul(samples).is_none_or(|pixels| pixels > u32::MAX as usize) {
            return Err(Error::InvalidData(format!(
                "A scene of {lines} × {samples} pixels is too large. Cut it into parts."
            )));
        }
        if !(input.scale.is_finite() && input.scale != 0.0) {
            return Err(Error::parameter(
                "scale",
                format!("The scale factor is {}; it must be a finite number other than zero.", input.scale),
            ));
        }
        let kept = input.kept_bands(bands)?;
        let sized_by = input
            .sized_by
            .as_ref()
            .map(|bands| (0..kept.len()).filter(|&index| bands.contains(&kept[index])).collect());
        let columns = kept.iter().map(|&band| band as isize * array.strides()[2]).collect();
        let mut cube = Self {
            array,
            lines,
            samples,
            kept,
            columns,
            scale: input.scale,
            clip: needs_non_negative && input.negative_values == NegativeValues::Clip,
            normalisation: input.normalisation,
            spectra_scaled: input.spectra_scaled,
            sized_by,
            range: None,
            valid: None,
            cache: None,
            buffers: Pool::default(),
            warnings: Vec::new(),
            unscanned: None,
        };
        observer.stage(STAGE);
        let nothing_before = input.no_data_value.is_none()
            && input.invalid_pixels == InvalidPixels::Refuse
            && !needs_non_negative
            && !input.normalisation.uses_range();
        if passes == Passes::One && nothing_before {
            cube.unscanned = Some(Findings::default());
            return Ok(cube);
        }
        cube.scan(input, needs_non_negative, observer)?;
        if passes == Passes::Many {
            cube.fill_cache(observer)?;
        }
        observer.stage("Preparing");
        Ok(cube)
    }

    /// Lines of the scene.
    pub fn lines(&self) -> usize {
        self.lines
    }

    /// Samples of a line.
    pub fn samples(&self) -> usize {
        self.samples
    }

    /// Kept bands.
    pub fn bands(&self) -> usize {
        self.kept.len()
    }

    /// Zero-based indices of the kept bands.
    pub fn kept(&self) -> &[usize] {
        &self.kept
    }

    /// Bands in the file.
    pub fn stored_bands(&self) -> usize {
        self.array.shape()[2]
    }

    /// Pixels that are not left out.
    pub fn pixels(&self) -> usize {
        self.valid.as_ref().map_or(self.lines * self.samples, Vec::len)
    }

    /// Whether opening took a reading of its own.
    pub fn was_scanned(&self) -> bool {
        self.unscanned.is_none()
    }

    /// What a person should know about the preparation; complete after the last pass.
    pub fn warnings(&self) -> Vec<String> {
        let mut warnings = self.warnings.clone();
        if let Some(findings) = &self.unscanned {
            warnings.extend(self.about_zero_pixels(findings.zero_pixels.load(Ordering::Relaxed)));
        }
        warnings
    }

    /// Line-major position (`line * samples + sample`) of a valid pixel.
    pub fn flat_position(&self, pixel: usize) -> usize {
        self.valid.as_ref().map_or(pixel, |valid| valid[pixel] as usize)
    }

    /// The valid pixel at a line-major position; `None` where it was left out.
    pub(crate) fn pixel_at(&self, flat: usize) -> Option<usize> {
        match &self.valid {
            None => Some(flat),
            Some(valid) => valid.binary_search(&(flat as u32)).ok(),
        }
    }

    /// The piece of the scene that belongs to a piece of the valid pixels: neighbouring pieces of pixels give
    /// neighbouring pieces of the scene, the first one starts at its beginning and the last one reaches its end.
    pub fn flat_range(&self, pixels: &Range<usize>) -> Range<usize> {
        let start = if pixels.start == 0 { 0 } else { self.flat_position(pixels.start) };
        let end = if pixels.end == self.pixels() {
            self.lines * self.samples
        } else {
            self.flat_position(pixels.end)
        };
        start..end
    }

    /// Prepared pixels of a tile.
    pub fn tile(&self, pixels: Range<usize>) -> Tile<'_> {
        let bands = self.bands();
        Tile(match &self.cache {
            Some(cache) => Content::Cached(&cache[pixels.start * bands..pixels.end * bands]),
            None => {
                let mut values = self.buffer();
                values.resize(pixels.len() * bands, 0.0);
                self.read(pixels, &mut values);
                Content::Read(values)
            }
        })
    }

    /// A buffer about the size of a tile, with whatever it last held.
    pub(crate) fn buffer(&self) -> Pooled<'_, Vec<f64>> {
        self.buffers.take(Vec::new)
    }

    /// Call between batches of a pass: notices a file cut short, gives pages back, and refuses pixels that the
    /// batch found to hold NaN or infinity.
    pub fn batch_done(&self) -> Result<(), Error> {
        self.hand_back()?;
        if self.unscanned.as_ref().is_some_and(|findings| findings.invalid.load(Ordering::Relaxed)) {
            // Read again from the start, to say how many there are and where the first one is.
            let scan = self.first_reading(None, &mut Silent)?;
            self.refuse_invalid(&scan)?;
        }
        Ok(())
    }

    /// Gives pages of the file back, and notices a file cut short.
    pub(crate) fn hand_back(&self) -> Result<(), Error> {
        if self.cache.is_none() {
            self.array.release_pages();
            self.array.check_still_whole()?;
        }
        Ok(())
    }

    /// Scales spectra (one after the other, kept bands) as the pixels were: through the same global range,
    /// and each to unit length where pixels are.
    pub fn normalise(&self, spectra: &mut [f64]) {
        self.normalise_counting(spectra);
    }

    /// Scales spectra a person gave: as [`Self::normalise`], without the stretch where they went through one.
    pub(crate) fn normalise_given(&self, spectra: &mut [f64]) {
        if self.spectra_scaled {
            self.divide_by_size(spectra);
        } else {
            self.normalise(spectra);
        }
    }

    /// Returns how many spectra had no size to scale by.
    fn normalise_counting(&self, spectra: &mut [f64]) -> usize {
        if let Some((low, factor)) = self.range {
            spectra.iter_mut().for_each(|value| *value = (*value - low) * factor);
        }
        self.divide_by_size(spectra)
    }

    fn divide_by_size(&self, spectra: &mut [f64]) -> usize {
        let mut zero = 0;
        let mut measured = Vec::new();
        for spectrum in spectra.chunks_exact_mut(self.bands()) {
            let size = match &self.sized_by {
                None => self.normalisation.size_of(spectrum),
                Some(bands) => {
                    measured.clear();
                    measured.extend(bands.iter().map(|&band| spectrum[band]));
                    self.normalisation.size_of(&measured)
                }
            };
            match size {
                Some(size) if size > 0.0 => spectrum.iter_mut().for_each(|value| *value /= size),
                Some(_) => zero += 1,
                None => (),
            }
        }
        zero
    }
}

#[cfg(test)]
mod tests;
