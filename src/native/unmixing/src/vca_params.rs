use filigree_core::Error;

use crate::{MOST_ENDMEMBERS, PreparedCube};

/// Parameters of vertex component analysis.
#[derive(Clone, Debug, PartialEq)]
pub struct VcaParams {
    /// p, 2 to 64 and at most the number of kept bands.
    pub endmembers: usize,
    /// Signal-to-noise ratio in dB that chooses the projection; estimated where there is none.
    pub snr: Option<f64>,
}

impl Default for VcaParams {
    fn default() -> Self {
        Self { endmembers: 3, snr: None }
    }
}

impl VcaParams {
    /// Says which parameter is wrong and why.
    pub fn check(&self) -> Result<(), Error> {
        check_endmembers(self.endmembers)?;
        if self.snr.is_some_and(|snr| !snr.is_finite()) {
            return Err(Error::parameter(
                "snr",
                "The signal-to-noise ratio must be a finite number of decibels. Leave it empty to estimate it.",
            ));
        }
        Ok(())
    }
}

/// Whether a count of endmembers is one any blind method takes.
pub(crate) fn check_endmembers(p: usize) -> Result<(), Error> {
    if (2..=MOST_ENDMEMBERS).contains(&p) {
        return Ok(());
    }
    Err(Error::parameter(
        "endmembers",
        format!("{p} endmembers were asked for; choose 2 to {MOST_ENDMEMBERS}."),
    ))
}

/// Whether a cube has enough bands and pixels for `p` endmembers.
pub(crate) fn check_fits(p: usize, cube: &PreparedCube) -> Result<(), Error> {
    if p > cube.bands() {
        return Err(Error::parameter(
            "endmembers",
            format!(
                "{p} endmembers were asked for, but only {} bands are kept. Choose fewer endmembers or keep more bands.",
                cube.bands()
            ),
        ));
    }
    if p > cube.pixels() {
        return Err(Error::parameter(
            "endmembers",
            format!(
                "{p} endmembers were asked for, but the scene has only {} valid pixels. Choose fewer.",
                cube.pixels()
            ),
        ));
    }
    Ok(())
}
