use filigree_core::{ArraySource, Error, MappedArray};

use crate::{MOST_ENDMEMBERS, PreparedCube};

/// Most spectra of a library: its Gram matrix then has 128 MB.
pub const MOST_LIBRARY_SPECTRA: usize = 4096;

/// Reads spectra (bands, p) that go with a cube: picks the kept bands where the file has all of them, scales
/// them as the pixels were, and returns them one after the other (p × kept bands).
///
/// `parameter` is the name a person knows the input by.
pub fn read_spectra(
    source: &ArraySource,
    cube: &PreparedCube,
    parameter: &'static str,
) -> Result<Vec<f64>, Error> {
    read_at_most(source, cube, parameter, MOST_ENDMEMBERS)
}

/// As [`read_spectra`], for a library: any number of spectra up to [`MOST_LIBRARY_SPECTRA`].
pub(crate) fn read_library(source: &ArraySource, cube: &PreparedCube) -> Result<Vec<f64>, Error> {
    read_at_most(source, cube, "library", MOST_LIBRARY_SPECTRA)
}

fn read_at_most(
    source: &ArraySource,
    cube: &PreparedCube,
    parameter: &'static str,
    most: usize,
) -> Result<Vec<f64>, Error> {
    let array = MappedArray::open(source)?;
    let &[rows, p] = array.shape() else {
        return Err(Error::parameter(
            parameter,
            format!("The spectra need two axes (bands, endmembers); they have {}.", array.shape().len()),
        ));
    };
    if p > most {
        return Err(Error::parameter(
            parameter,
            format!("There are {p} spectra; {most} is the most. Choose fewer (is the array transposed?)."),
        ));
    }
    let kept = cube.bands();
    let rows_used: Vec<usize> = if rows == kept {
        (0..kept).collect()
    } else if rows == cube.stored_bands() {
        cube.kept().to_vec()
    } else {
        return Err(Error::parameter(
            parameter,
            format!(
                "The spectra have {rows} bands, the cube has {} of which {kept} are kept. Resample the spectra to the cube's bands.",
                cube.stored_bands()
            ),
        ));
    };
    let values = array.read_all()?;
    let mut spectra = Vec::with_capacity(p * kept);
    for endmember in 0..p {
        for &row in &rows_used {
            let value = values[row * p + endmember];
            if !value.is_finite() {
                return Err(Error::parameter(
                    parameter,
                    format!(
                        "Spectrum {endmember} is not finite in band {row} (both counted from zero). Choose another, or drop the band."
                    ),
                ));
            }
            spectra.push(value);
        }
    }
    cube.normalise_given(&mut spectra);
    Ok(spectra)
}

/// Turns spectra that lie one after the other (p × bands) into the order of files (bands × p).
pub(crate) fn by_band(spectra: &[f64], bands: usize) -> Vec<f64> {
    let p = spectra.len() / bands;
    (0..bands * p).map(|i| spectra[(i % p) * bands + i / p]).collect()
}
