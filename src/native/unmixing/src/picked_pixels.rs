use std::path::Path;

use filigree_core::{Error, Info, Observer, Stopwatch};

use crate::extraction::write_endmembers;
use crate::finished::finished;
use crate::{CubeInput, MOST_ENDMEMBERS, Passes, PreparedCube};

/// Endmembers from pixels a person picked, given as line and sample (counted from zero) one after the other. Writes what
/// [`write_endmembers`] writes.
pub fn solve(
    input: &CubeInput,
    places: &[[usize; 2]],
    folder: &Path,
    observer: &mut dyn Observer,
) -> Result<Info, Error> {
    let watch = Stopwatch::start();
    let wrong = |message: String| Error::parameter("pixels", message);
    if places.is_empty() || places.len() > MOST_ENDMEMBERS {
        return Err(wrong(format!("{} pixels were picked; pick 1 to {MOST_ENDMEMBERS}.", places.len())));
    }
    let cube = PreparedCube::open(input, false, Passes::Many, observer)?;
    let mut pixels = Vec::with_capacity(places.len());
    for &[line, sample] in places {
        if line >= cube.lines() || sample >= cube.samples() {
            return Err(wrong(format!(
                "There is no pixel at line {line}, sample {sample}: the scene has {} lines and {} samples, counted from zero.",
                cube.lines(),
                cube.samples()
            )));
        }
        let Some(pixel) = cube.pixel_at(line * cube.samples() + sample) else {
            return Err(wrong(format!(
                "The pixel at line {line}, sample {sample} holds no data, NaN or infinity. Pick another."
            )));
        };
        if pixels.contains(&pixel) {
            return Err(wrong(format!("The pixel at line {line}, sample {sample} was picked twice.")));
        }
        if cube.pixels_at(&[pixel]).iter().all(|&value| value == 0.0) {
            return Err(wrong(format!(
                "The pixel at line {line}, sample {sample} is zero in every band. Pick another."
            )));
        }
        pixels.push(pixel);
    }
    let files = write_endmembers(&cube, &cube.pixels_at(&pixels), Some(&pixels), folder)?;
    let count = pixels.len();
    let noun = if count == 1 { "pixel" } else { "pixels" };
    let message = format!("Took the spectra of {count} {noun}.");
    Ok(finished(&watch, message, Vec::new(), cube.warnings(), files))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::InvalidPixels;
    use crate::test_support::{loaded, saved_cube, scene};
    use filigree_core::Silent;

    #[test]
    fn the_spectra_are_those_of_the_pixels_and_bad_picks_are_named() {
        let mut planted = scene([4, 5, 6], 2, 0.0, 1);
        planted.values[6 * 9] = f64::NAN;
        planted.values[6 * 11..6 * 12].fill(0.0);
        let (folder, mut input) = saved_cube(planted.shape, &planted.values);
        input.invalid_pixels = InvalidPixels::Skip;
        let pick = |places: &[[usize; 2]]| solve(&input, places, folder.path(), &mut Silent);
        pick(&[[0, 1], [3, 4]]).unwrap();
        let found = loaded(&folder.path().join("endmembers.npy"), &[6, 2]);
        for band in 0..6 {
            assert_eq!(found[band * 2], planted.values[6 + band]);
            assert_eq!(found[band * 2 + 1], planted.values[6 * 19 + band]);
        }
        pick(&[[0, 0]]).unwrap();
        for (places, says) in [
            (vec![[4, 0]], "no pixel at line 4"),
            (vec![[1, 4]], "holds no data, NaN"),
            (vec![[2, 1]], "zero in every band"),
            (vec![[0, 1], [0, 1]], "picked twice"),
            (vec![], "0 pixels were picked"),
        ] {
            let error = pick(&places).unwrap_err();
            assert_eq!(error.blamed_parameter(), Some("pixels"));
            assert!(error.to_string().contains(says), "{error}");
        }
    }
}
