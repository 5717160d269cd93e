use std::path::Path;

use filigree_core::{
    Error, NpyWriter, TILE_PIXELS, View, ViewMut, dot, map_tiles, multiply, symmetric_eigen,
};

use crate::PreparedCube;
use crate::moments::Moments;

/// Most pixels a projection keeps; more could not be told apart on a screen. `outputs.ts` has the same rule.
const MOST_SHOWN: usize = 100_000;

/// Most pixels the components are measured on.
const MOST_MEASURED: usize = 10_000;

/// Dimensions of the plane, or all bands where there are fewer.
const COMPONENTS: usize = 3;

/// Writes the plane a person looks at: `projection.npy`, float32 (components, lines', samples'), scores of the
/// prepared pixels on their first principal components, and, for `endmembers` (p × bands), `simplex.npy`
/// (p, components), the endmembers in the same coordinates. Returns the names of the files.
///
/// For every method that knows endmembers: those with abundances reach it through `final_pass`, extraction calls it
/// itself, libraries give `None`. Every s-th line and sample is kept, with the smallest s that leaves at most 100,000
/// pixels; the components are those of a grid of at most 10,000. Pixels that were left out are NaN.
pub(crate) fn write_projection(
    cube: &PreparedCube,
    endmembers: Option<&[f64]>,
    folder: &Path,
) -> Result<Vec<String>, Error> {
    let (shown, rows, columns) = grid(cube, step_for(cube, MOST_SHOWN));
    let plane = Plane::measure(cube)?;
    let count = plane.components.len() / cube.bands();
    let present: Vec<(usize, usize)> =
        shown.iter().enumerate().filter_map(|(place, pixel)| pixel.map(|pixel| (place, pixel))).collect();
    let mut scores = vec![f32::NAN; count * rows * columns];
    let parts = map_tiles(0..present.len(), |tile| {
        let pixels: Vec<usize> = present[tile.clone()].iter().map(|&(_, pixel)| pixel).collect();
        Ok(plane.of(&cube.pixels_at(&pixels)))
    })?;
    for (places, part) in present.chunks(TILE_PIXELS).zip(parts) {
        for (&(place, _), point) in places.iter().zip(part.chunks_exact(count)) {
            for (k, &score) in point.iter().enumerate() {
                scores[k * rows * columns + place] = score as f32;
            }
        }
    }
    let mut files = vec![NpyWriter::write_all(folder, "projection.npy", &[count, rows, columns], &scores)?];
    if let Some(spectra) = endmembers {
        let p = spectra.len() / cube.bands();
        files.push(NpyWriter::write_all(folder, "simplex.npy", &[p, count], &plane.of(spectra))?);
    }
    Ok(files)
}

/// Mean and first principal components of the prepared pixels.
struct Plane {
    mean: Vec<f64>,
    /// components × bands, orthonormal rows.
    components: Vec<f64>,
}

impl Plane {
    fn measure(cube: &PreparedCube) -> Result<Self, Error> {
        let (measured, _, _) = grid(cube, step_for(cube, MOST_MEASURED));
        let mut pixels: Vec<usize> = measured.into_iter().flatten().collect();
        if pixels.is_empty() {
            // A scene whose valid pixels all lie between the lines of the grid.
            pixels = (0..cube.pixels().min(MOST_MEASURED)).collect();
        }
        let moments = Moments::of_pixels(cube, &pixels)?;
        let bands = cube.bands();
        let mut components = symmetric_eigen(&moments.covariance(), bands)?.vectors;
        components.truncate(COMPONENTS.min(bands) * bands);
        Ok(Self { mean: moments.mean, components })
    }

    /// Coordinates of spectra (count × bands): count × components.
    fn of(&self, spectra: &[f64]) -> Vec<f64> {
        let bands = self.mean.len();
        let (count, size) = (spectra.len() / bands, self.components.len() / bands);
        let mut out = vec![0.0; count * size];
        multiply(
            View::row_major(spectra, count, bands),
            View::row_major(&self.components, size, bands).t(),
            ViewMut::row_major(&mut out, count, size),
        );
        let centre: Vec<f64> = self.components.chunks_exact(bands).map(|row| dot(row, &self.mean)).collect();
        for point in out.chunks_exact_mut(size) {
            point.iter_mut().zip(&centre).for_each(|(x, c)| *x -= c);
        }
        out
    }
}

/// The smallest step at which every so manieth line and sample leaves at most `most` pixels.
fn step_for(cube: &PreparedCube, most: usize) -> usize {
    let fits = |step: &usize| cube.lines().div_ceil(*step) * cube.samples().div_ceil(*step) <= most;
    (1..).find(fits).unwrap_or(1)
}

/// Pixel numbers on every `step`-th line and sample, `None` where a pixel was left out; and the size of that grid.
fn grid(cube: &PreparedCube, step: usize) -> (Vec<Option<usize>>, usize, usize) {
    let (rows, columns) = (cube.lines().div_ceil(step), cube.samples().div_ceil(step));
    let pixels = (0..rows * columns)
        .map(|place| cube.pixel_at((place / columns) * step * cube.samples() + (place % columns) * step))
        .collect();
    (pixels, rows, columns)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::{described, saved_cube, scene};
    use crate::{InvalidPixels, Passes};
    use filigree_core::{MappedArray, Silent, in_pool};

    fn scores(folder: &Path, shape: &[usize]) -> Vec<f64> {
        let source = described(&folder.join("projection.npy"), shape, 4);
        MappedArray::open(&source).unwrap().read_all().unwrap()
    }

    #[test]
    fn distances_in_the_plane_are_those_of_a_noiseless_simplex() {
        let planted = scene([9, 11, 20], 4, 0.0, 2);
        let (folder, input) = saved_cube(planted.shape, &planted.values);
        let cube = PreparedCube::open(&input, false, Passes::One, &mut Silent).unwrap();
        // The first four pixels are pure: their scores are the vertices.
        let endmembers = cube.pixels_at(&[0, 1, 2, 3]);
        let files = write_projection(&cube, Some(&endmembers), folder.path()).unwrap();
        assert_eq!(files, ["projection.npy", "simplex.npy"]);
        let found = scores(folder.path(), &[3, 9, 11]);
        let simplex = crate::test_support::loaded(&folder.path().join("simplex.npy"), &[4, 3]);
        for vertex in 0..4 {
            for k in 0..3 {
                assert!((found[k * 99 + vertex] - simplex[vertex * 3 + k]).abs() < 1e-6);
            }
        }
        let apart = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(x, y)| (x - y).powi(2)).sum::<f64>();
        let spectra = apart(&endmembers[..20], &endmembers[20..40]);
        assert!((apart(&simplex[..3], &simplex[3..6]) - spectra).abs() < 1e-10 * spectra);
        for k in 0..3 {
            assert!(found[k * 99..(k + 1) * 99].iter().sum::<f64>().abs() < 1e-3);
        }
    }

    #[test]
    fn a_large_scene_is_thinned_and_threads_do_not_change_the_bytes() {
        let planted = scene([701, 400, 2], 2, 0.05, 4);
        let (folder, input) = saved_cube(planted.shape, &planted.values);
        let run = |threads| {
            in_pool(threads, || {
                let cube = PreparedCube::open(&input, false, Passes::One, &mut Silent)?;
                write_projection(&cube, None, folder.path())
            })
            .unwrap();
            std::fs::read(folder.path().join("projection.npy")).unwrap()
        };
        let one = run(1);
        assert!(one == run(2));
        assert_eq!(one.len(), 128 + 2 * 351 * 200 * 4);
    }

    #[test]
    fn pixels_left_out_are_nan() {
        let mut planted = scene([2, 3, 10], 2, 0.0, 3);
        planted.values[10 * 4 + 1] = f64::INFINITY;
        let (folder, mut input) = saved_cube(planted.shape, &planted.values);
        input.invalid_pixels = InvalidPixels::Skip;
        let cube = PreparedCube::open(&input, false, Passes::One, &mut Silent).unwrap();
        write_projection(&cube, None, folder.path()).unwrap();
        let found = scores(folder.path(), &[3, 2, 3]);
        assert!(found.iter().enumerate().all(|(i, value)| value.is_nan() == (i % 6 == 4)));
    }
}
