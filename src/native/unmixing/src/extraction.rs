use std::path::Path;

use filigree_core::{Error, NpyWriter};

use crate::PreparedCube;
use crate::diagnostics::write_projection;
use crate::spectra::by_band;

/// Writes what every extraction ends with: `endmembers.npy` (bands, p) from spectra one after the other (p × bands),
/// `positions.npy` (p, 2) where they are `pixels` of the scene, `projection.npy` and `simplex.npy`.
pub(crate) fn write_endmembers(
    cube: &PreparedCube,
    endmembers: &[f64],
    pixels: Option<&[usize]>,
    folder: &Path,
) -> Result<Vec<String>, Error> {
    let bands = cube.bands();
    let p = endmembers.len() / bands;
    let mut files =
        vec![NpyWriter::write_all(folder, "endmembers.npy", &[bands, p], &by_band(endmembers, bands))?];
    if let Some(pixels) = pixels {
        files.push(NpyWriter::write_all(folder, "positions.npy", &[p, 2], &positions(cube, pixels))?);
    }
    files.extend(write_projection(cube, Some(endmembers), folder)?);
    Ok(files)
}

/// What a person should know about pixels that hold nothing: they are extreme, but no material.
pub(crate) fn about_dark_pixels(count: usize) -> Option<String> {
    let (subject, was) = if count == 1 { ("1 pixel", "was") } else { ("", "were") };
    (count > 0).then(|| {
        let subject = if subject.is_empty() { format!("{count} pixels") } else { subject.to_owned() };
        format!("{subject} that {was} zero in every kept band could not be picked.")
    })
}

/// A scene that spans fewer directions than were asked for.
pub(crate) fn too_few_directions(found: usize, asked: usize) -> Error {
    if found < 2 {
        return Error::Breakdown(
            "All pixels hold the same spectrum, brighter or darker: no simplex can be drawn around them. Check the file and the bands."
                .to_owned(),
        );
    }
    Error::Breakdown(format!(
        "The pixels span only {found} directions, so endmember {} of {asked} can not be picked. Choose at most {found} endmembers, or check the cube for repeated bands.",
        found + 1
    ))
}

/// Line and sample of every picked pixel, as (p, 2) numbers.
pub(crate) fn positions(cube: &PreparedCube, pixels: &[usize]) -> Vec<i32> {
    pixels
        .iter()
        .flat_map(|&pixel| {
            let flat = cube.flat_position(pixel);
            [(flat / cube.samples()) as i32, (flat % cube.samples()) as i32]
        })
        .collect()
}
