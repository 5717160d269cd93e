use std::path::Path;

use filigree_core::{
    Error, Info, NpyWriter, Observer, Random, Section, Stopwatch, batches, keep_going, map_tiles,
};

use crate::{CubeInput, MapWriter, Passes, PreparedCube};

const STAGE: &str = "Writing the prepared pixels";

/// Writes the pixels of a cube as a method would see them, so that a method can be run on a part of them, or on a
/// sample, with nothing prepared anew: `pixels.npy`, float64.
///
/// Without a sample: (kept bands, lines, samples), NaN in pixels that are left out. With one, the number of the random
/// stream of `seed`: (1, valid pixels, kept bands), pixels drawn with replacement from the valid ones, in the order of
/// the scene. `non_negative` treats negative values as methods do that can not take them.
pub fn solve(
    input: &CubeInput,
    non_negative: bool,
    sample: Option<u64>,
    seed: u64,
    folder: &Path,
    observer: &mut dyn Observer,
) -> Result<Info, Error> {
    let mut watch = Stopwatch::start();
    let cube = PreparedCube::open(input, non_negative, Passes::Many, &mut Section::new(observer, 0.0, 0.5))?;
    let (pixels, bands) = (cube.pixels(), cube.bands());
    if pixels == 0 {
        return Err(Error::InvalidData(
            "No pixel of the scene is valid. Look at its no-data value, or choose other bands.".to_owned(),
        ));
    }
    watch.setup_done();
    observer.stage(STAGE);
    let mut section = Section::new(observer, 0.5, 1.0);
    let file = match sample {
        Some(stream) => write_sample(&cube, Random::new(seed, stream), folder, &mut section)?,
        None => write_all(&cube, folder, &mut section)?,
    };
    Ok(Info {
        stop_message: format!("Wrote {pixels} pixels of {bands} bands."),
        figures: vec![("pixels", pixels as f64)],
        warnings: cube.warnings(),
        files: vec![file],
        ..Info::measured(&watch)
    })
}

fn write_sample(
    cube: &PreparedCube,
    mut random: Random,
    folder: &Path,
    observer: &mut dyn Observer,
) -> Result<String, Error> {
    let (pixels, bands) = (cube.pixels(), cube.bands());
    let mut drawn: Vec<usize> = (0..pixels).map(|_| random.below(pixels)).collect();
    drawn.sort_unstable();
    let file = NpyWriter::create::<f64>(folder, "pixels.npy", &[1, pixels, bands])?;
    for batch in batches(pixels) {
        for (start, values) in map_tiles(batch.clone(), |tile| {
            let own = &drawn[tile.clone()];
            let (first, last) = (own[0], own[own.len() - 1]);
            let source = cube.tile(first..last + 1);
            let values: Vec<f64> =
                own.iter().flat_map(|pixel| &source[(pixel - first) * bands..][..bands]).copied().collect();
            Ok((tile.start, values))
        })? {
            file.write_at(start * bands, &values)?;
        }
        cube.batch_done()?;
        keep_going(observer.progress(batch.end as f64 / pixels as f64), STAGE)?;
    }
    file.finish()
}

fn write_all(cube: &PreparedCube, folder: &Path, observer: &mut dyn Observer) -> Result<String, Error> {
    let pixels = cube.pixels();
    let file = MapWriter::create(cube, folder, "pixels.npy", Some(cube.bands()))?;
    for batch in batches(pixels) {
        let parts = map_tiles(batch.clone(), |tile| Ok(cube.tile(tile).to_vec()))?;
        file.write(batch.clone(), &parts.concat())?;
        cube.batch_done()?;
        keep_going(observer.progress(batch.end as f64 / pixels as f64), STAGE)?;
    }
    file.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::{loaded, saved_cube, scene};
    use crate::{InvalidPixels, Normalisation};
    use filigree_core::{Silent, dot, in_pool};

    fn gappy() -> (tempfile::TempDir, CubeInput, Vec<f64>) {
        let mut planted = scene([4, 90, 5], 2, 0.0, 3);
        planted.values[5 * 7 + 1] = f64::NAN;
        let (folder, mut input) = saved_cube(planted.shape, &planted.values);
        input.invalid_pixels = InvalidPixels::Skip;
        input.normalisation = Normalisation::UnitLength;
        (folder, input, planted.values)
    }

    #[test]
    fn the_whole_scene_is_written_band_after_band_with_its_gaps() {
        let (folder, input, values) = gappy();
        solve(&input, false, None, 1, folder.path(), &mut Silent).unwrap();
        let written = loaded(&folder.path().join("pixels.npy"), &[5, 4, 90]);
        for pixel in 0..360 {
            let own: Vec<f64> = (0..5).map(|band| written[band * 360 + pixel]).collect();
            let source = &values[pixel * 5..][..5];
            let length = dot(source, source).sqrt();
            if pixel == 7 {
                assert!(own.iter().all(|value| value.is_nan()));
            } else {
                assert!(own.iter().zip(source).all(|(a, b)| (a - b / length).abs() < 1e-15));
            }
        }
    }

    #[test]
    fn a_sample_holds_valid_pixels_only_and_depends_on_its_stream_alone() {
        let (folder, input, values) = gappy();
        let draw = |stream, threads| {
            in_pool(threads, || solve(&input, false, Some(stream), 4, folder.path(), &mut Silent)).unwrap();
            loaded(&folder.path().join("pixels.npy"), &[1, 359, 5])
        };
        let sample = draw(0, 1);
        assert_eq!(sample, draw(0, 2));
        assert_ne!(sample, draw(1, 1));
        let scene: Vec<Vec<f64>> = values
            .chunks_exact(5)
            .map(|pixel| pixel.iter().map(|value| value / dot(pixel, pixel).sqrt()).collect())
            .collect();
        let places: Vec<usize> = sample
            .chunks_exact(5)
            .map(|drawn| scene.iter().position(|pixel| pixel == drawn).unwrap())
            .collect();
        assert!(places.is_sorted());
        let mut different = places;
        different.dedup();
        // A share of 1 − 1/e of the pixels is drawn at least once.
        assert!((180..270).contains(&different.len()), "{}", different.len());
    }
}
