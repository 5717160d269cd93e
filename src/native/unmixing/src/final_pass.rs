use std::ops::Range;
use std::path::Path;

use filigree_core::{Error, NpyWriter, Observer, Section, Silent, batches, keep_going, map_tiles};

use crate::diagnostics::write_projection;
use crate::fit::Fit;
use crate::spectra::by_band;
use crate::{MapWriter, PreparedCube};

/// Whether the endmembers are drawn as a simplex in the plane of the pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Simplex {
    /// For a handful of endmembers that enclose the pixels.
    Drawn,
    /// For a library of hundreds of spectra.
    LeftOut,
}

/// What the last pass over the pixels found and wrote.
pub(crate) struct Mixture {
    /// Recomputed from pixels, endmembers and abundances.
    pub fit: Fit,
    /// Names of the files.
    pub files: Vec<String>,
}

/// The last step of every method that ends with endmembers (p × bands) and abundances (pixels × p) in memory:
/// recomputes y − Ma and writes into `folder`
///
/// - `endmembers.npy` (bands, p) and `abundances.npy` (p, lines, samples);
/// - `residual.npy` (lines, samples): root mean square over the bands;
/// - `residualSpectrum.npy` (bands): root mean square over the pixels;
/// - `projection.npy` and, where it is drawn, `simplex.npy`: see [`write_projection`].
///
/// The axes of all of them come from `mixtureArtifacts` in `outputs.ts`. It is not asked to stop: a cancelled
/// iteration writes its last iterate.
pub(crate) fn write_mixture(
    cube: &PreparedCube,
    endmembers: &[f64],
    abundances: &[f64],
    simplex: Simplex,
    folder: &Path,
) -> Result<Mixture, Error> {
    let p = endmembers.len() / cube.bands();
    let rows = |tile: Range<usize>, _: &[f64], out: &mut Vec<f64>| {
        out.extend_from_slice(&abundances[tile.start * p..tile.end * p]);
    };
    solve_and_write(cube, endmembers, rows, simplex, folder, "Writing", &mut Silent)
}

/// As [`write_mixture`], where the abundances of a tile are found on the way: `solve` gets the pixel numbers of a
/// tile and its pixels (pixels × bands), and appends their abundances (pixels × p). Reads the cube once, and may be
/// stopped between batches; nothing is left behind then.
pub(crate) fn solve_and_write(
    cube: &PreparedCube,
    endmembers: &[f64],
    solve: impl Fn(Range<usize>, &[f64], &mut Vec<f64>) + Sync + Send,
    simplex: Simplex,
    folder: &Path,
    stage: &str,
    observer: &mut dyn Observer,
) -> Result<Mixture, Error> {
    let solve = |_: &(), tile: Range<usize>, pixels: &[f64], out: &mut Vec<f64>| solve(tile, pixels, out);
    solve_batches_and_write(cube, endmembers, |_, _| Ok(()), solve, simplex, folder, stage, observer)
}

/// As [`solve_and_write`], where pixels are solved together: `before` gets the pixel numbers of a batch, and what it
/// returns is given to `solve` with every tile of that batch.
pub(crate) fn solve_batches_and_write<Batch: Sync>(
    cube: &PreparedCube,
    endmembers: &[f64],
    mut before: impl FnMut(Range<usize>, &mut dyn Observer) -> Result<Batch, Error>,
    solve: impl Fn(&Batch, Range<usize>, &[f64], &mut Vec<f64>) + Sync + Send,
    simplex: Simplex,
    folder: &Path,
    stage: &str,
    observer: &mut dyn Observer,
) -> Result<Mixture, Error> {
    let (bands, pixels) = (cube.bands(), cube.pixels());
    let p = endmembers.len() / bands;
    let abundance_maps = MapWriter::create(cube, folder, "abundances.npy", Some(p))?;
    let residual_map = MapWriter::create(cube, folder, "residual.npy", None)?;
    let mut fit = Fit::default();
    for batch in batches(pixels) {
        let share = |pixel: usize| pixel as f64 / pixels as f64;
        let known = before(batch.clone(), &mut Section::new(observer, share(batch.start), share(batch.end)))?;
        let parts = map_tiles(batch.clone(), |tile| {
            let (mut abundances, mut residual) = (Vec::with_capacity(tile.len() * p), Vec::new());
            let values = cube.tile(tile.clone());
            solve(&known, tile, &values, &mut abundances);
            let part = Fit::of_tile_by_band(&values, endmembers, &abundances, bands, &mut residual);
            Ok((abundances, residual, part))
        })?;
        cube.batch_done()?;
        let (mut abundances, mut residual) = (Vec::new(), Vec::new());
        for (tile_abundances, tile_residual, part) in parts {
            abundances.extend(tile_abundances);
            residual.extend(tile_residual);
            fit.join(&part);
        }
        abundance_maps.write(batch.clone(), &abundances)?;
        residual_map.write(batch.clone(), &residual)?;
        keep_going(observer.progress(share(batch.end)), stage)?;
    }
    let mut files = vec![
        NpyWriter::write_all(folder, "endmembers.npy", &[bands, p], &by_band(endmembers, bands))?,
        abundance_maps.finish()?,
        residual_map.finish()?,
        NpyWriter::write_all(folder, "residualSpectrum.npy", &[bands], &fit.residual_spectrum(pixels))?,
    ];
    files.extend(write_projection(cube, (simplex == Simplex::Drawn).then_some(endmembers), folder)?);
    Ok(Mixture { fit, files })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Passes;
    use crate::test_support::{loaded, saved_cube, scene};

    #[test]
    fn the_residual_spectrum_is_the_root_mean_square_of_every_band() {
        let planted = scene([7, 90, 6], 3, 0.1, 8);
        let (folder, input) = saved_cube(planted.shape, &planted.values);
        let cube = PreparedCube::open(&input, false, Passes::Many, &mut Silent).unwrap();
        let endmembers: Vec<f64> = (0..18).map(|i| planted.endmembers[(i % 6) * 3 + i / 6]).collect();
        let mixture =
            write_mixture(&cube, &endmembers, &planted.abundances, Simplex::Drawn, folder.path()).unwrap();
        let spectrum = loaded(&folder.path().join("residualSpectrum.npy"), &[6]);
        for band in 0..6 {
            let square: f64 = (0..630)
                .map(|n| {
                    let mixed: f64 = (0..3)
                        .map(|j| planted.abundances[n * 3 + j] * planted.endmembers[band * 3 + j])
                        .sum();
                    (planted.values[n * 6 + band] - mixed).powi(2)
                })
                .sum();
            assert!((spectrum[band] - (square / 630.0).sqrt()).abs() < 1e-14);
        }
        let total: f64 = spectrum.iter().map(|value| value * value).sum();
        assert!((total * 630.0 - mixture.fit.residual_energy).abs() < 1e-12 * mixture.fit.residual_energy);
        let without = write_mixture(&cube, &endmembers, &planted.abundances, Simplex::LeftOut, folder.path());
        assert!(!without.unwrap().files.contains(&"simplex.npy".to_owned()));
    }
}
