use filigree_core::Error;

use crate::vca_params::check_endmembers;

/// Parameters of a synthetic scene.
#[derive(Clone, Debug, PartialEq)]
pub struct SyntheticSceneParams {
    /// Lines of the scene.
    pub lines: usize,
    /// Samples of a line.
    pub samples: usize,
    /// Bands.
    pub bands: usize,
    /// Materials.
    pub endmembers: usize,
    /// Signal-to-noise ratio in dB; no noise where there is none.
    pub snr: Option<f64>,
    /// Largest abundance a pixel may have.
    pub purity_cap: f64,
    /// Correlation length of the abundance fields, in pixels.
    pub smoothness: f64,
    /// How peaked the abundances are.
    pub contrast: f64,
    /// Bands replaced by noise.
    pub corrupted_bands: usize,
    /// Half-width of the uniform brightness factor of a pixel.
    pub illumination: f64,
    /// Whether the cube is stored in single precision.
    pub single_precision: bool,
}

impl Default for SyntheticSceneParams {
    fn default() -> Self {
        Self {
            lines: 100,
            samples: 100,
            bands: 150,
            endmembers: 4,
            snr: Some(30.0),
            purity_cap: 1.0,
            smoothness: 6.0,
            contrast: 4.0,
            corrupted_bands: 0,
            illumination: 0.0,
            single_precision: true,
        }
    }
}

impl SyntheticSceneParams {
    /// Says which parameter is wrong and why.
    pub fn check(&self) -> Result<(), Error> {
        check_endmembers(self.endmembers)?;
        for (parameter, value, most) in [
            ("lines", self.lines, 100_000),
            ("samples", self.samples, 100_000),
            ("bands", self.bands, 10_000),
        ] {
            if !(1..=most).contains(&value) {
                return Err(Error::parameter(
                    parameter,
                    format!("{value} {parameter} were asked for; choose 1 to {most}."),
                ));
            }
        }
        let p = self.endmembers;
        if p > self.bands {
            return Err(Error::parameter(
                "endmembers",
                format!(
                    "{p} endmembers were asked for, but the scene has only {} bands. Choose fewer endmembers or more bands.",
                    self.bands
                ),
            ));
        }
        if self.snr.is_some_and(|snr| !snr.is_finite()) {
            return Err(Error::parameter(
                "snr",
                "The signal-to-noise ratio must be a finite number of decibels. Leave it empty for no noise.",
            ));
        }
        if !(self.purity_cap <= 1.0 && self.purity_cap * p as f64 >= 1.0) {
            return Err(Error::parameter(
                "purityCap",
                format!(
                    "The purity cap is {}; with {p} endmembers it must lie between 1/{p} and 1, or abundances could not sum to one.",
                    self.purity_cap
                ),
            ));
        }
        if !(self.smoothness >= 0.0 && self.smoothness <= 1000.0) {
            return Err(Error::parameter(
                "smoothness",
                format!("The smoothness is {}; choose 0 to 1000 pixels.", self.smoothness),
            ));
        }
        if !(self.contrast >= 0.0 && self.contrast <= 100.0) {
            return Err(Error::parameter(
                "contrast",
                format!("The contrast is {}; choose 0 to 100.", self.contrast),
            ));
        }
        if self.corrupted_bands >= self.bands {
            return Err(Error::parameter(
                "corruptedBands",
                format!(
                    "{} of {} bands would be noise; leave at least one.",
                    self.corrupted_bands, self.bands
                ),
            ));
        }
        if !(self.illumination >= 0.0 && self.illumination < 1.0) {
            return Err(Error::parameter(
                "illumination",
                format!(
                    "The illumination half-width is {}; choose 0 up to but not including 1.",
                    self.illumination
                ),
            ));
        }
        Ok(())
    }
}
