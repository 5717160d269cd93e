use std::path::Path;

use filigree_core::{
    Error, Info, NpyWriter, Observer, Section, Stopwatch, View, ViewMut, batches, dot, keep_going, map_tiles,
    multiply, symmetric_eigen,
};

use crate::finished::finished;
use crate::moments::Moments;
use crate::noise::{BandNoise, refuse_dead_bands, whitened};
use crate::spectra::by_band;
use crate::{CubeInput, MapWriter, Passes, PreparedCube};

const STAGE: &str = "Transforming pixels";

/// Parameters of the maximum noise fraction transform.
#[derive(Clone, Debug, PartialEq)]
pub struct MnfParams {
    /// Components to write, at most the number of kept bands.
    pub components: usize,
}

impl Default for MnfParams {
    fn default() -> Self {
        Self { components: 10 }
    }
}

impl MnfParams {
    /// Says which parameter is wrong and why.
    pub fn check(&self) -> Result<(), Error> {
        if (1..=512).contains(&self.components) {
            return Ok(());
        }
        Err(Error::parameter(
            "components",
            format!("{} components were asked for; choose 1 to 512.", self.components),
        ))
    }
}

/// Maximum noise fraction (Green, Berman, Switzer, Craig, "A transformation for ordering multispectral data in terms
/// of image quality with implications for noise removal", IEEE TGRS 26(1), 1988), with the noise of every band taken
/// from its regression on the others: z = Eᵀ D^(−1/2) (y − m), where D holds the noise variances and E the
/// eigenvectors of D^(−1/2) K D^(−1/2), K the covariance. The eigenvalue of a component is its variance over its noise.
///
/// Writes `components.npy` (k, lines, samples), `eigenvalues.npy` (bands), `transform.npy` (k, bands),
/// `inverse.npy` (bands, k), `mean.npy` and `noise.npy` (bands): y ≈ m + inverse·z, and with k = bands exactly.
pub fn solve(
    input: &CubeInput,
    params: &MnfParams,
    folder: &Path,
    observer: &mut dyn Observer,
) -> Result<Info, Error> {
    params.check()?;
    let mut watch = Stopwatch::start();
    let cube = PreparedCube::open(input, false, Passes::Many, &mut Section::new(observer, 0.0, 0.3))?;
    let (bands, k) = (cube.bands(), params.components);
    if k > bands {
        return Err(Error::parameter(
            "components",
            format!(
                "{k} components were asked for, but only {bands} bands are kept. Choose at most {bands}."
            ),
        ));
    }
    let moments = Moments::of_cube(&cube, "Measuring the bands", &mut Section::new(observer, 0.3, 0.6))?;
    refuse_dead_bands(&cube, &moments)?;
    let noise = BandNoise::of(&moments.covariance(), bands, cube.pixels())?.deviation();
    let eigen = symmetric_eigen(&whitened(&moments.covariance(), &noise), bands)?;
    let directions = &eigen.vectors[..k * bands];
    let transform: Vec<f64> = directions.iter().enumerate().map(|(i, e)| e / noise[i % bands]).collect();
    let inverse: Vec<f64> = directions.iter().enumerate().map(|(i, e)| e * noise[i % bands]).collect();
    watch.setup_done();

    observer.stage(STAGE);
    let centre: Vec<f64> = transform.chunks_exact(bands).map(|row| dot(row, &moments.mean)).collect();
    let maps = MapWriter::create(&cube, folder, "components.npy", Some(k))?;
    for batch in batches(cube.pixels()) {
        let parts = map_tiles(batch.clone(), |tile| {
            let mut scores = vec![0.0; tile.len() * k];
            multiply(
                View::row_major(&cube.tile(tile.clone()), tile.len(), bands),
                View::row_major(&transform, k, bands).t(),
                ViewMut::row_major(&mut scores, tile.len(), k),
            );
            for row in scores.chunks_exact_mut(k) {
                row.iter_mut().zip(&centre).for_each(|(z, c)| *z -= c);
            }
            Ok(scores)
        })?;
        cube.batch_done()?;
        maps.write(batch.clone(), &parts.concat())?;
        keep_going(observer.progress(0.6 + 0.4 * batch.end as f64 / cube.pixels() as f64), STAGE)?;
    }
    let files = vec![
        maps.finish()?,
        NpyWriter::write_all(folder, "eigenvalues.npy", &[bands], &eigen.values)?,
        NpyWriter::write_all(folder, "transform.npy", &[k, bands], &transform)?,
        NpyWriter::write_all(folder, "inverse.npy", &[bands, k], &by_band(&inverse, bands))?,
        NpyWriter::write_all(folder, "mean.npy", &[bands], &moments.mean)?,
        NpyWriter::write_all(folder, "noise.npy", &[bands], &noise)?,
    ];
    let above = eigen.values.iter().filter(|value| **value > 2.0).count();
    Ok(finished(
        &watch,
        format!("{above} of {bands} components have more signal than noise (eigenvalue above 2)."),
        vec![("componentsAboveNoise", above as f64), ("largestEigenvalue", eigen.values[0])],
        cube.warnings(),
        files,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::{loaded, saved_cube, scene};
    use filigree_core::{Silent, in_pool};

    #[test]
    fn all_components_give_the_pixels_back_and_noise_has_variance_one() {
        const BANDS: usize = 40;
        let planted = scene([60, 80, BANDS], 4, 0.01, 7);
        let (folder, input) = saved_cube(planted.shape, &planted.values);
        let info = solve(&input, &MnfParams { components: BANDS }, folder.path(), &mut Silent).unwrap();
        assert_eq!(info.figure("componentsAboveNoise"), Some(3.0));
        let load = |name: &str, shape: &[usize]| loaded(&folder.path().join(name), shape);
        let z = load("components.npy", &[BANDS, 60, 80]);
        let (inverse, mean) = (load("inverse.npy", &[BANDS, BANDS]), load("mean.npy", &[BANDS]));
        for pixel in [0, 7, 4799] {
            for band in 0..BANDS {
                let row = &inverse[band * BANDS..][..BANDS];
                let back: f64 =
                    mean[band] + row.iter().enumerate().map(|(k, w)| w * z[k * 4800 + pixel]).sum::<f64>();
                assert!((back - planted.values[pixel * BANDS + band]).abs() < 1e-10);
            }
        }
        let eigenvalues = load("eigenvalues.npy", &[BANDS]);
        assert!(eigenvalues[3..].iter().all(|value| (value - 1.0).abs() < 0.4), "{eigenvalues:?}");
        let too_many = MnfParams { components: BANDS + 1 };
        let error = solve(&input, &too_many, folder.path(), &mut Silent).unwrap_err();
        assert_eq!(error.blamed_parameter(), Some("components"));
    }

    #[test]
    fn threads_do_not_change_the_bytes() {
        let planted = scene([30, 90, 12], 4, 0.01, 7);
        let (folder, input) = saved_cube(planted.shape, &planted.values);
        let run = |threads| {
            in_pool(threads, || solve(&input, &MnfParams { components: 5 }, folder.path(), &mut Silent))
                .unwrap();
            std::fs::read(folder.path().join("components.npy")).unwrap()
        };
        assert!(run(1) == run(2));
    }
}
