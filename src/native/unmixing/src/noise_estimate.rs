use std::path::Path;

use filigree_core::{Error, Info, NpyWriter, Observer, Stopwatch};

use crate::finished::finished;
use crate::moments::Moments;
use crate::noise::{BandNoise, refuse_dead_bands};
use crate::{CubeInput, Passes, PreparedCube};

/// Estimates the noise of every band by regression on the others, and writes `noise.npy` (bands; standard deviation)
/// and `snr.npy` (bands; dB). Figures: the signal-to-noise ratio of the whole cube, and of its best and worst band.
///
/// Roger & Arnold 1996; Bioucas-Dias & Nascimento, "Hyperspectral subspace identification", IEEE TGRS 46(8), 2008.
pub fn solve(input: &CubeInput, folder: &Path, observer: &mut dyn Observer) -> Result<Info, Error> {
    let watch = Stopwatch::start();
    let cube = PreparedCube::open(input, false, Passes::One, observer)?;
    let moments = Moments::of_cube(&cube, "Measuring the bands", observer)?;
    refuse_dead_bands(&cube, &moments)?;
    let bands = cube.bands();
    let noise = BandNoise::of(&moments.correlation, bands, cube.pixels())?;
    let (snr, whole) = noise.snr(&moments.correlation);
    let worst = snr.iter().copied().fold(f64::INFINITY, f64::min);
    let best = snr.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let files = vec![
        NpyWriter::write_all(folder, "noise.npy", &[bands], &noise.deviation())?,
        NpyWriter::write_all(folder, "snr.npy", &[bands], &snr)?,
    ];
    Ok(finished(
        &watch,
        format!("Signal-to-noise ratio {whole:.1} dB; from {worst:.1} to {best:.1} dB in single bands."),
        vec![("estimatedSnr", whole), ("lowestBandSnr", worst), ("highestBandSnr", best)],
        cube.warnings(),
        files,
    ))
}
