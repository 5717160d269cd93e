//! What a prepared cube has to know before its pixels are used, or has to refuse.

use std::ops::Range;

use filigree_core::{Error, Observer, batches, filled, keep_going, map_tiles};

use super::{PreparedCube, STAGE};
use crate::scan::Scan;
use crate::{CubeInput, InvalidPixels, NegativeValues};

impl PreparedCube {
    pub(super) fn scan(
        &mut self,
        input: &CubeInput,
        needs_non_negative: bool,
        observer: &mut dyn Observer,
    ) -> Result<(), Error> {
        let total = self.lines * self.samples;
        let scan = self.first_reading(input.no_data_value, observer)?;
        if input.invalid_pixels == InvalidPixels::Refuse {
            self.refuse_invalid(&scan)?;
        }
        if let (Some((flat, band)), true) = (scan.first_negative, needs_non_negative) {
            let found = format!(
                "{} below zero, first at {}",
                count(scan.negative_values, "value"),
                self.place(flat, band)
            );
            // A stretch to 0…1 leaves nothing below zero by itself.
            if input.negative_values == NegativeValues::Refuse && !self.normalisation.uses_range() {
                return Err(Error::InvalidData(format!(
                    "The cube holds {found}; this method needs non-negative data. Choose to clip them to zero, or drop the bands."
                )));
            }
            if self.clip {
                self.warnings.push(format!("Clipped to zero: {found}."));
            }
        }
        if scan.dropped.len() == total {
            return Err(Error::InvalidData(
                "No pixel is left: every one holds the no-data value, NaN or infinity in a kept band. Check the no-data value and the bands."
                    .to_owned(),
            ));
        }
        if !scan.dropped.is_empty() {
            self.warnings.push(format!(
                "{} of {total} left out: {} with the no-data value, {} with NaN or infinity. Their outputs are NaN.",
                count(scan.dropped.len(), "pixel"),
                scan.dropped.len() - scan.invalid_pixels,
                scan.invalid_pixels
            ));
            let mut valid = filled(0, 0u32, "the list of valid pixels")?;
            let mut dropped = scan.dropped.iter().copied().peekable();
            for flat in 0..total as u32 {
                if dropped.next_if_eq(&flat).is_none() {
                    valid.push(flat);
                }
            }
            self.valid = Some(valid);
        }
        self.warnings.extend(self.about_zero_pixels(scan.zero_pixels));
        self.warnings.extend(self.about_constant_bands(scan.constant.as_deref().unwrap_or_default()));
        if self.normalisation.uses_range() {
            let low = if self.clip { scan.minimum.max(0.0) } else { scan.minimum };
            let high = if self.clip { scan.maximum.max(0.0) } else { scan.maximum };
            if high <= low {
                return Err(Error::InvalidData(format!(
                    "The cube is {low} everywhere and can not be scaled to 0…1. Choose no normalisation, or check the file."
                )));
            }
            self.range = Some((low, 1.0 / (high - low)));
        }
        Ok(())
    }

    pub(super) fn first_reading(
        &self,
        no_data_value: Option<f64>,
        observer: &mut dyn Observer,
    ) -> Result<Scan, Error> {
        let total = self.lines * self.samples;
        let mut scan = Scan::default();
        for batch in batches(total) {
            self.array.check_still_whole()?;
            let end = batch.end;
            for part in map_tiles(batch, |tile| Ok(self.scan_tile(tile, no_data_value)))? {
                scan.join(part);
            }
            self.array.release_pages();
            keep_going(observer.progress(0.5 * end as f64 / total as f64), STAGE)?;
        }
        Ok(scan)
    }

    pub(super) fn refuse_invalid(&self, scan: &Scan) -> Result<(), Error> {
        let Some((flat, band)) = scan.first_invalid else { return Ok(()) };
        Err(Error::InvalidData(format!(
            "The cube holds NaN or infinity in {}, first at {}. Choose to leave such pixels out, or drop the band.",
            count(scan.invalid_pixels, "pixel"),
            self.place(flat, band)
        )))
    }

    fn scan_tile(&self, tile: Range<usize>, no_data_value: Option<f64>) -> Scan {
        let bands = self.bands();
        let mut scan = Scan::default();
        let mut stored = self.buffer();
        let mut flat = tile.start;
        while flat < tile.end {
            let run = (self.samples - flat % self.samples).min(tile.end - flat);
            stored.resize(run * bands, 0.0);
            self.read_stored(flat, &mut stored);
            for (index, pixel) in stored.chunks_exact(bands).enumerate() {
                scan.look_at(flat + index, pixel, self.scale, no_data_value);
            }
            flat += run;
        }
        scan
    }

    fn place(&self, flat: usize, band: usize) -> String {
        format!(
            "line {}, sample {}, band {} (counted from zero)",
            flat / self.samples,
            flat % self.samples,
            self.kept[band]
        )
    }

    pub(super) fn about_zero_pixels(&self, zero_pixels: usize) -> Option<String> {
        let subject =
            if zero_pixels == 1 { "1 pixel is".to_owned() } else { format!("{zero_pixels} pixels are") };
        (zero_pixels > 0 && self.normalisation.size_of(&[]).is_some())
            .then(|| format!("{subject} zero in every kept band and can not be scaled; zero they stay."))
    }

    /// A scene of one spectrum is told of elsewhere.
    fn about_constant_bands(&self, constant: &[(usize, f64)]) -> Option<String> {
        let list: Vec<String> = constant.iter().map(|&(band, _)| self.kept[band].to_string()).collect();
        let list = list.join(",");
        let (subject, them) = match constant.len() {
            0 => return None,
            count if count == self.bands() => return None,
            1 => (format!("Band {list} (counted from 0) holds"), "it"),
            _ => (format!("Bands {list} (counted from 0) hold"), "them"),
        };
        Some(format!(
            "{subject} one value in every pixel and can not tell materials apart. Leave {them} out: leaveOutBands={list}."
        ))
    }
}

fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}
