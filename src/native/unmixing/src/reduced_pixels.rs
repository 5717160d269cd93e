use filigree_core::{
    Error, Observer, Section, View, ViewMut, batches, dot, keep_going, map_tiles, multiply, symmetric_eigen,
    zeros,
};

use crate::PreparedCube;
use crate::moments::Moments;

const STAGE: &str = "Projecting pixels";

/// All pixels in the plane of their first principal components: p endmembers span a simplex of p − 1 dimensions.
pub(crate) struct ReducedPixels {
    /// Dimensions of the plane.
    pub dimensions: usize,
    /// pixels × dimensions, about the mean.
    pub points: Vec<f64>,
    /// Whether a pixel is zero in every band: extreme, but no material.
    pub dark: Vec<bool>,
    /// Variance along every dimension, largest first.
    pub variances: Vec<f64>,
    mean: Vec<f64>,
    /// dimensions × bands, orthonormal rows.
    basis: Vec<f64>,
}

impl ReducedPixels {
    /// Measures the components of all pixels that hold something, and projects all.
    pub(crate) fn of(
        cube: &PreparedCube,
        dimensions: usize,
        observer: &mut dyn Observer,
    ) -> Result<Self, Error> {
        let (bands, pixels) = (cube.bands(), cube.pixels());
        let moments =
            Moments::of_cube(cube, "Measuring the signal subspace", &mut Section::new(observer, 0.0, 0.6))?
                .without_dark()?;
        let mut eigen = symmetric_eigen(&moments.covariance(), bands)?;
        eigen.vectors.truncate(dimensions * bands);
        eigen.values.truncate(dimensions);
        let basis = eigen.vectors;
        let centre: Vec<f64> = basis.chunks_exact(bands).map(|row| dot(row, &moments.mean)).collect();
        let mut points = zeros(pixels * dimensions, "the projected pixels")?;
        let mut dark = Vec::with_capacity(pixels);
        observer.stage(STAGE);
        for batch in batches(pixels) {
            for (start, part, part_dark) in map_tiles(batch.clone(), |tile| {
                let values = cube.tile(tile.clone());
                let mut part = vec![0.0; tile.len() * dimensions];
                multiply(
                    View::row_major(&values, tile.len(), bands),
                    View::row_major(&basis, dimensions, bands).t(),
                    ViewMut::row_major(&mut part, tile.len(), dimensions),
                );
                for point in part.chunks_exact_mut(dimensions) {
                    point.iter_mut().zip(&centre).for_each(|(x, c)| *x -= c);
                }
                let part_dark: Vec<bool> =
                    values.chunks_exact(bands).map(|pixel| pixel.iter().all(|&y| y == 0.0)).collect();
                Ok((tile.start, part, part_dark))
            })? {
                points[start * dimensions..start * dimensions + part.len()].copy_from_slice(&part);
                dark.extend(part_dark);
            }
            cube.batch_done()?;
            keep_going(observer.progress(0.6 + 0.4 * batch.end as f64 / pixels as f64), STAGE)?;
        }
        Ok(Self { dimensions, points, dark, variances: eigen.values, mean: moments.mean, basis })
    }

    /// Coordinates of a pixel.
    pub(crate) fn point(&self, pixel: usize) -> &[f64] {
        &self.points[pixel * self.dimensions..][..self.dimensions]
    }

    /// Number of pixels that hold nothing.
    pub(crate) fn dark_count(&self) -> usize {
        self.dark.iter().filter(|dark| **dark).count()
    }

    /// Dimensions in which the pixels spread at all, beyond rounding.
    pub(crate) fn spread(&self) -> usize {
        let rounding = (1e-13 * self.variances[0]).max(1e-15 * dot(&self.mean, &self.mean));
        self.variances.iter().filter(|v| **v > rounding).count()
    }

    /// Spectra (count × bands) of points in the plane (count × dimensions).
    pub(crate) fn spectra(&self, points: &[f64]) -> Vec<f64> {
        let bands = self.mean.len();
        points
            .chunks_exact(self.dimensions)
            .flat_map(|point| {
                let mut spectrum = self.mean.clone();
                for (row, &x) in self.basis.chunks_exact(bands).zip(point) {
                    spectrum.iter_mut().zip(row).for_each(|(s, u)| *s += x * u);
                }
                spectrum
            })
            .collect()
    }
}
