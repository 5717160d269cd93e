use filigree_core::{
    Error, Observer, Random, Section, View, ViewMut, batches, dot, keep_going, map_tiles, multiply,
    symmetric_eigen, zeros,
};

use crate::PreparedCube;
use crate::extraction::too_few_directions;
use crate::moments::Moments;
use crate::noise::decibels;
use crate::vca_params::check_fits;

const MEASURING: &str = "Measuring the signal subspace";
const PICKING: &str = "Picking vertices";

/// Projected pixels are kept in memory up to this size, else projected again for every vertex.
const CACHE_BYTES: usize = 256 << 20;

/// How pixels are brought onto a hyperplane before vertices are picked.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Projection {
    /// High SNR: onto the signal subspace, then divided by the product with the mean.
    Projective,
    /// Low SNR: onto p − 1 principal components, with a constant appended.
    Affine {
        /// The constant: the largest length of a projected pixel.
        constant: f64,
    },
}

/// The scene as VCA sees it: everything that does not depend on the seed, made once for all restarts.
pub struct VcaProjection<'a> {
    cube: &'a PreparedCube,
    p: usize,
    /// Row `k` is a basis vector of the signal subspace; p or p − 1 rows.
    basis: Vec<f64>,
    mean: Vec<f64>,
    /// Mean of the pixels in the basis, for the projective division.
    mean_coordinates: Vec<f64>,
    projection: Projection,
    /// Signal-to-noise ratio in dB, given or estimated.
    pub snr: f64,
    cache: Option<Vec<f64>>,
    warnings: Vec<String>,
}

/// Vertices picked with one seed.
#[derive(Clone, Debug)]
pub struct Vertices {
    /// Valid-pixel number of every pick.
    pub pixels: Vec<usize>,
    /// Spectra, projected onto the signal subspace (p × bands).
    pub endmembers: Vec<f64>,
}

impl<'a> VcaProjection<'a> {
    /// Measures mean, correlation and SNR, and chooses the projection.
    pub fn new(
        cube: &'a PreparedCube,
        p: usize,
        snr: Option<f64>,
        observer: &mut dyn Observer,
    ) -> Result<Self, Error> {
        check_fits(p, cube)?;
        let bands = cube.bands();
        let moments =
            Moments::of_cube(cube, MEASURING, &mut Section::new(observer, 0.0, 0.6))?.without_dark()?;
        let centred = symmetric_eigen(&moments.covariance(), bands)?;
        let Moments { mean, correlation, .. } = moments;
        let power: f64 = (0..bands).map(|b| correlation[b * bands + b]).sum();
        let snr = snr.unwrap_or_else(|| {
            let signal = centred.values[..p].iter().sum::<f64>() + dot(&mean, &mean);
            estimate_snr(power, signal, p, bands)
        });
        let threshold = 15.0 + 10.0 * (p as f64).log10();
        let low = snr < threshold;
        let dimensions = if low { p - 1 } else { p };
        let basis = if low { centred.vectors } else { symmetric_eigen(&correlation, bands)?.vectors };
        let basis = basis[..dimensions * bands].to_vec();
        let mean_coordinates = basis.chunks_exact(bands).map(|row| dot(row, &mean)).collect();
        let projection = if low { Projection::Affine { constant: 1.0 } } else { Projection::Projective };
        let mut made = Self {
            cube,
            p,
            basis,
            mean,
            mean_coordinates,
            projection,
            snr,
            cache: None,
            warnings: Vec::new(),
        };
        made.finish(&mut Section::new(observer, 0.6, 1.0))?;
        Ok(made)
    }

    /// Picks p vertices: the pixels that reach farthest along random directions, each one orthogonal to the
    /// vertices before it.
    pub fn pick(&self, random: &mut Random, observer: &mut dyn Observer) -> Result<Vertices, Error> {
        let p = self.p;
        observer.stage(PICKING);
        // Orthonormal basis of the vertices so far. The first direction avoids the last axis, as the paper does.
        let mut span: Vec<Vec<f64>> = vec![unit_axis(p, p - 1)];
        let mut pixels = Vec::with_capacity(p);
        for vertex in 0..p {
            let mut direction: Vec<f64> = (0..p).map(|_| random.normal()).collect();
            orthogonalise(&mut direction, &span);
            let (pixel, reach) = self.farthest(
                &direction,
                &mut Section::new(observer, vertex as f64 / p as f64, (vertex + 1) as f64 / p as f64),
            )?;
            if vertex == 0 {
                span.clear();
            }
            let mut point = vec![0.0; p];
            self.points(pixel..pixel + 1, &mut point);
            let length = dot(&point, &point).sqrt();
            orthogonalise(&mut point, &span);
            let height = dot(&point, &point).sqrt();
            if reach <= 1e-10 * length || height <= 1e-10 * length || length == 0.0 {
                return Err(too_few_directions(vertex, p));
            }
            point.iter_mut().for_each(|x| *x /= height);
            span.push(point);
            pixels.push(pixel);
        }
        let endmembers = pixels.iter().flat_map(|&pixel| self.spectrum(pixel)).collect();
        Ok(Vertices { pixels, endmembers })
    }

    /// What a person should know.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// Fills in what needs a second look at all pixels: the appended constant, the cache, the doubtful pixels.
    fn finish(&mut self, observer: &mut dyn Observer) -> Result<(), Error> {
        let (pixels, p) = (self.cube.pixels(), self.p);
        let keep = pixels * p * size_of::<f64>() <= CACHE_BYTES;
        let mut cache = if keep { zeros(pixels * p, "the projected pixels")? } else { Vec::new() };
        let mut largest = 0.0f64;
        let mut doubtful = 0;
        for batch in batches(pixels) {
            let end = batch.end;
            for (start, points, longest, skipped) in map_tiles(batch, |tile| {
                let start = tile.start;
                let mut points = vec![0.0; tile.len() * p];
                let skipped = self.points(tile, &mut points);
                let longest =
                    points.chunks_exact(p).map(|x| dot(&x[..p - 1], &x[..p - 1])).fold(0.0, f64::max);
                Ok((start, points, longest, skipped))
            })? {
                largest = largest.max(longest);
                doubtful += skipped;
                if keep {
                    cache[start * p..start * p + points.len()].copy_from_slice(&points);
                }
            }
            self.cube.batch_done()?;
            keep_going(observer.progress(end as f64 / pixels as f64), MEASURING)?;
        }
        if let Projection::Affine { constant } = &mut self.projection {
            *constant = if largest > 0.0 { largest.sqrt() } else { 1.0 };
            let constant = *constant;
            // Pixels that hold nothing stay where nothing is far: at zero.
            cache.iter_mut().skip(p - 1).step_by(p).filter(|x| **x != 0.0).for_each(|x| *x = constant);
        }
        if doubtful > 0 {
            self.warnings.push(format!(
                "{doubtful} pixels are zero or point away from the mean and were not considered as vertices."
            ));
        }
        self.cache = keep.then_some(cache);
        Ok(())
    }

    /// The pixel with the largest |direction · point|, the first of equals, and that value.
    fn farthest(&self, direction: &[f64], observer: &mut dyn Observer) -> Result<(usize, f64), Error> {
        let (pixels, p) = (self.cube.pixels(), self.p);
        let mut best = (0, -1.0);
        for batch in batches(pixels) {
            let end = batch.end;
            for candidate in map_tiles(batch, |tile| {
                let start = tile.start;
                let mut scratch = Vec::new();
                let points = match &self.cache {
                    Some(cache) => &cache[start * p..tile.end * p],
                    None => {
                        scratch.resize(tile.len() * p, 0.0);
                        self.points(tile, &mut scratch);
                        &scratch
                    }
                };
                let mut best = (start, -1.0);
                for (index, point) in points.chunks_exact(p).enumerate() {
                    let reach = dot(point, direction).abs();
                    if reach > best.1 {
                        best = (start + index, reach);
                    }
                }
                Ok(best)
            })? {
                if candidate.1 > best.1 {
                    best = candidate;
                }
            }
            if self.cache.is_none() {
                self.cube.batch_done()?;
            }
            keep_going(observer.progress(end as f64 / pixels as f64), PICKING)?;
        }
        Ok(best)
    }

    /// Points on the hyperplane (pixels × p). Returns how many could not be projected; those are zero.
    fn points(&self, pixels: std::ops::Range<usize>, out: &mut [f64]) -> usize {
        let (p, bands) = (self.p, self.cube.bands());
        let count = pixels.len();
        let dimensions = self.basis.len() / bands;
        let mut coordinates = vec![0.0; count * dimensions];
        let values = self.cube.tile(pixels);
        multiply(
            View::row_major(&values, count, bands),
            View::row_major(&self.basis, dimensions, bands).t(),
            ViewMut::row_major(&mut coordinates, count, dimensions),
        );
        let mut skipped = 0;
        let pixels = values.chunks_exact(bands);
        for ((point, x), pixel) in
            out.chunks_exact_mut(p).zip(coordinates.chunks_exact(dimensions.max(1))).zip(pixels)
        {
            if pixel.iter().all(|&y| y == 0.0) {
                point.fill(0.0);
                skipped += 1;
                continue;
            }
            match self.projection {
                Projection::Projective => {
                    let along = dot(x, &self.mean_coordinates);
                    // Dark pixels have no direction: dividing by next to nothing would make them vertices.
                    let usable = along > 1e-9 * dot(&self.mean_coordinates, &self.mean_coordinates);
                    skipped += usize::from(!usable);
                    point.iter_mut().zip(x).for_each(|(out, x)| *out = if usable { x / along } else { 0.0 });
                }
                Projection::Affine { constant } => {
                    for k in 0..dimensions {
                        point[k] = x[k] - self.mean_coordinates[k];
                    }
                    point[p - 1] = constant;
                }
            }
        }
        skipped
    }

    /// A pixel's spectrum within the signal subspace.
    fn spectrum(&self, pixel: usize) -> Vec<f64> {
        let bands = self.cube.bands();
        let y = self.cube.tile(pixel..pixel + 1);
        let affine = self.projection != Projection::Projective;
        let mut spectrum = if affine { self.mean.clone() } else { vec![0.0; bands] };
        for (row, centre) in self.basis.chunks_exact(bands).zip(&self.mean_coordinates) {
            let along = dot(row, &y) - if affine { *centre } else { 0.0 };
            spectrum.iter_mut().zip(row).for_each(|(s, u)| *s += along * u);
        }
        spectrum
    }
}

/// Equation (13) of the paper: SNR from the power within and without the signal subspace, in dB.
fn estimate_snr(power: f64, signal: f64, p: usize, bands: usize) -> f64 {
    decibels(signal - p as f64 / bands as f64 * power, power - signal)
}

fn unit_axis(size: usize, axis: usize) -> Vec<f64> {
    (0..size).map(|i| if i == axis { 1.0 } else { 0.0 }).collect()
}

/// Takes the part along an orthonormal `span` out of `vector`, twice for the sake of rounding.
fn orthogonalise(vector: &mut [f64], span: &[Vec<f64>]) {
    for _ in 0..2 {
        for axis in span {
            let along = dot(vector, axis);
            vector.iter_mut().zip(axis).for_each(|(x, a)| *x -= along * a);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Passes;
    use crate::test_support::{saved_cube, scene};
    use filigree_core::{ErrorCode, Silent};

    fn picked(noise: f64, seed: u64) -> Vec<usize> {
        let planted = scene([20, 60, 25], 4, noise, 5);
        let (_folder, input) = saved_cube(planted.shape, &planted.values);
        let cube = PreparedCube::open(&input, false, Passes::Many, &mut Silent).unwrap();
        let projection = VcaProjection::new(&cube, 4, None, &mut Silent).unwrap();
        let mut pixels = projection.pick(&mut Random::new(seed, 0), &mut Silent).unwrap().pixels;
        pixels.sort_unstable();
        pixels
    }

    #[test]
    fn pure_pixels_are_picked_whatever_the_seed() {
        for seed in 0..10 {
            assert_eq!(picked(0.0, seed), [0, 1, 2, 3]);
        }
    }

    #[test]
    fn noise_chooses_the_affine_projection() {
        let planted = scene([20, 60, 25], 4, 0.2, 5);
        let (_folder, input) = saved_cube(planted.shape, &planted.values);
        let cube = PreparedCube::open(&input, false, Passes::Many, &mut Silent).unwrap();
        let projection = VcaProjection::new(&cube, 4, None, &mut Silent).unwrap();
        assert!(projection.snr < 20.0, "estimated {}", projection.snr);
        assert!(matches!(projection.projection, Projection::Affine { .. }));
        assert_eq!(projection.pick(&mut Random::new(1, 0), &mut Silent).unwrap().pixels.len(), 4);
    }

    #[test]
    fn a_scene_with_too_few_directions_breaks_down_with_advice() {
        let planted = scene([10, 20, 12], 2, 0.0, 6);
        let (_folder, input) = saved_cube(planted.shape, &planted.values);
        let cube = PreparedCube::open(&input, false, Passes::Many, &mut Silent).unwrap();
        let projection = VcaProjection::new(&cube, 5, Some(100.0), &mut Silent).unwrap();
        let error = projection.pick(&mut Random::new(0, 0), &mut Silent).unwrap_err();
        assert_eq!(error.code(), ErrorCode::Breakdown);
        assert!(error.to_string().contains("span only 2 directions"), "{error}");
    }
}
