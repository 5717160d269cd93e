use std::path::Path;

use filigree_core::{Error, Info, Observer, Section, Stopwatch, batches, dot, keep_going, map_tiles, zeros};
use rayon::prelude::*;

use crate::extraction::{about_dark_pixels, too_few_directions, write_endmembers};
use crate::finished::finished;
use crate::moments::nothing_in_the_pixels;
use crate::vca_params::{check_endmembers, check_fits};
use crate::{CubeInput, Passes, PreparedCube};

const STAGE: &str = "Picking targets";

/// A pixel whose part outside the targets is shorter than this share of the longest pixel is explained by them.
const EXPLAINED: f64 = 1e-10;

/// Parameters of the automatic target generation process.
#[derive(Clone, Debug, PartialEq)]
pub struct AtgpParams {
    /// p, 2 to 64.
    pub endmembers: usize,
}

impl Default for AtgpParams {
    fn default() -> Self {
        Self { endmembers: 3 }
    }
}

/// Automatic target generation process (Ren & Chang, "Automatic spectral target recognition in hyperspectral
/// imagery", IEEE TAES 39(4), 2003): the longest pixel first, then again and again the pixel with the longest part
/// orthogonal to those before it. Writes what [`write_endmembers`] writes; depends on no seed.
pub fn solve(
    input: &CubeInput,
    params: &AtgpParams,
    folder: &Path,
    observer: &mut dyn Observer,
) -> Result<Info, Error> {
    check_endmembers(params.endmembers)?;
    let mut watch = Stopwatch::start();
    let cube = PreparedCube::open(input, false, Passes::Many, &mut Section::new(observer, 0.0, 0.4))?;
    check_fits(params.endmembers, &cube)?;
    watch.setup_done();
    let targets = targets(&cube, params.endmembers, &mut Section::new(observer, 0.4, 1.0))?;
    let endmembers = cube.pixels_at(&targets.pixels);
    let files = write_endmembers(&cube, &endmembers, Some(&targets.pixels), folder)?;
    let mut warnings = cube.warnings();
    warnings.extend(about_dark_pixels(targets.dark));
    Ok(finished(
        &watch,
        format!("Picked {} targets among {} pixels.", params.endmembers, cube.pixels()),
        vec![("remainingLength", targets.remaining)],
        warnings,
        files,
    ))
}

/// The picked pixels, and the longest part of a pixel they leave unexplained, relative to the longest pixel.
struct Targets {
    pixels: Vec<usize>,
    remaining: f64,
    dark: usize,
}

fn targets(cube: &PreparedCube, p: usize, observer: &mut dyn Observer) -> Result<Targets, Error> {
    let (bands, pixels) = (cube.bands(), cube.pixels());
    observer.stage(STAGE);
    // Squared length of what the targets so far leave of every pixel.
    let mut left = zeros(pixels, "the lengths of the pixels")?;
    let mut span: Vec<Vec<f64>> = Vec::with_capacity(p);
    let mut picked = Vec::with_capacity(p);
    let mut longest = 0.0;
    let mut dark = 0;
    loop {
        // The first pass measures lengths, every other one takes the part along the newest target out.
        for batch in batches(pixels) {
            let parts = map_tiles(batch.clone(), |tile| {
                let values = cube.tile(tile);
                Ok(values
                    .chunks_exact(bands)
                    .map(|pixel| match span.last() {
                        None => dot(pixel, pixel),
                        Some(axis) => -dot(pixel, axis).powi(2),
                    })
                    .collect::<Vec<f64>>())
            })?;
            let changes = parts.concat();
            left[batch.clone()].par_iter_mut().zip(&changes).for_each(|(left, change)| *left += change);
            cube.batch_done()?;
            let done = (picked.len() * pixels + batch.end) as f64 / (pixels * (p + 1)) as f64;
            keep_going(observer.progress(done), STAGE)?;
        }
        let (best, energy) = farthest(&left);
        if picked.is_empty() {
            longest = energy;
            if longest == 0.0 {
                return Err(nothing_in_the_pixels());
            }
            dark = left.iter().filter(|energy| **energy == 0.0).count();
        }
        if picked.len() == p {
            let remaining = (energy.max(0.0) / longest).sqrt();
            return Ok(Targets { pixels: picked, remaining, dark });
        }
        let mut axis = cube.pixels_at(&[best]);
        // Twice for the sake of rounding.
        for _ in 0..2 {
            for earlier in &span {
                let along = dot(&axis, earlier);
                axis.iter_mut().zip(earlier).for_each(|(x, e)| *x -= along * e);
            }
        }
        let length = dot(&axis, &axis).sqrt();
        if length <= EXPLAINED * longest.sqrt() {
            return Err(too_few_directions(picked.len(), p));
        }
        axis.iter_mut().for_each(|x| *x /= length);
        span.push(axis);
        picked.push(best);
    }
}

/// The largest value, the first of equals.
fn farthest(values: &[f64]) -> (usize, f64) {
    values.iter().enumerate().fold(
        (0, f64::NEG_INFINITY),
        |best, (index, &value)| {
            if value > best.1 { (index, value) } else { best }
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::{loaded, saved_cube, scene};
    use filigree_core::{ErrorCode, Silent, in_pool};

    #[test]
    fn pure_pixels_are_picked_and_threads_do_not_change_the_bytes() {
        let planted = scene([20, 60, 25], 4, 0.0, 5);
        let (folder, input) = saved_cube(planted.shape, &planted.values);
        let run = |threads| {
            let params = AtgpParams { endmembers: 4 };
            let info = in_pool(threads, || solve(&input, &params, folder.path(), &mut Silent)).unwrap();
            assert!(info.figure("remainingLength").unwrap() < 1e-6);
            std::fs::read(folder.path().join("endmembers.npy")).unwrap()
        };
        assert!(run(1) == run(2));
        let found = loaded(&folder.path().join("endmembers.npy"), &[25, 4]);
        for j in 0..4 {
            // A spectrum in the first four pixels is pure.
            let matches = (0..4).any(|pure| {
                (0..25).all(|b| (found[b * 4 + j] - planted.endmembers[b * 4 + pure]).abs() < 1e-12)
            });
            assert!(matches, "endmember {j}");
        }
    }

    #[test]
    fn a_scene_with_too_few_directions_breaks_down_with_advice() {
        let planted = scene([10, 20, 12], 2, 0.0, 6);
        let (folder, input) = saved_cube(planted.shape, &planted.values);
        let error = solve(&input, &AtgpParams { endmembers: 5 }, folder.path(), &mut Silent).unwrap_err();
        assert_eq!(error.code(), ErrorCode::Breakdown);
        assert!(error.to_string().contains("span only 2 directions"), "{error}");
    }
}
