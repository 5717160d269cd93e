use std::ops::Range;
use std::path::Path;

use filigree_core::{Error, NpyWriter, Pool};
use rayon::prelude::*;

use crate::PreparedCube;

/// Writes maps (p, lines, samples) piece by piece from pixel-major numbers; pixels that were left out are NaN.
pub struct MapWriter<'a> {
    cube: &'a PreparedCube,
    maps: usize,
    file: NpyWriter,
    pieces: Pool<Vec<f64>>,
}

impl<'a> MapWriter<'a> {
    /// A stack of `maps` maps, or a single one without the first axis where `maps` is `None`.
    pub fn create(
        cube: &'a PreparedCube,
        folder: &Path,
        name: &str,
        maps: Option<usize>,
    ) -> Result<Self, Error> {
        let scene = [cube.lines(), cube.samples()];
        let shape: Vec<usize> = maps.into_iter().chain(scene).collect();
        let file = NpyWriter::create::<f64>(folder, name, &shape)?;
        Ok(Self { cube, maps: maps.unwrap_or(1), file, pieces: Pool::default() })
    }

    /// Writes the next piece: `values` is `pixels.len()` × maps, pixel after pixel.
    pub fn write(&self, pixels: Range<usize>, values: &[f64]) -> Result<(), Error> {
        let flat = self.cube.flat_range(&pixels);
        let scene = self.cube.lines() * self.cube.samples();
        (0..self.maps).into_par_iter().try_for_each(|map| {
            let own = values.iter().skip(map).step_by(self.maps).copied();
            let mut piece = self.pieces.take(Vec::new);
            piece.clear();
            if flat.len() == pixels.len() {
                piece.extend(own);
            } else {
                piece.resize(flat.len(), f64::NAN);
                for (pixel, value) in pixels.clone().zip(own) {
                    piece[self.cube.flat_position(pixel) - flat.start] = value;
                }
            }
            self.file.write_at(map * scene + flat.start, &piece)
        })
    }

    /// Gives the file its name and returns it.
    pub fn finish(self) -> Result<String, Error> {
        self.file.finish()
    }
}
