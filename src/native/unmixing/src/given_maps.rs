use filigree_core::{ArraySource, Error, TILE_PIXELS, tiles, zeros};

use crate::map_distances::Maps;

/// Abundance maps that were given, to mix a scene by.
pub(crate) struct GivenMaps {
    /// Materials.
    pub count: usize,
    /// Lines and samples.
    pub scene: (usize, usize),
    /// Pixels × materials.
    pub abundances: Vec<f64>,
}

impl GivenMaps {
    /// Reads maps (materials, lines, samples). Whatever is finite is taken as it is; pixels that are not are refused.
    pub(crate) fn read(source: &ArraySource) -> Result<Self, Error> {
        let maps = Maps::open(source)?;
        let pixels = maps.scene.0 * maps.scene.1;
        let mut abundances = zeros(pixels * maps.count, "the abundances")?;
        for tile in tiles(0..pixels, TILE_PIXELS) {
            for (k, map) in maps.tile(tile.clone()).chunks_exact(tile.len()).enumerate() {
                for (pixel, value) in tile.clone().zip(map) {
                    abundances[pixel * maps.count + k] = *value;
                }
            }
        }
        let gaps = abundances
            .chunks_exact(maps.count)
            .filter(|row| row.iter().any(|value| !value.is_finite()))
            .count();
        if gaps > 0 {
            return Err(Error::InvalidData(format!(
                "The abundance maps hold no number in {gaps} {} of {pixels}: they were left out of the run that made these. Take maps of a run on a scene without gaps.",
                if gaps == 1 { "pixel" } else { "pixels" }
            )));
        }
        Ok(Self { count: maps.count, scene: maps.scene, abundances })
    }

    /// Refuses another number of spectra than there are maps.
    pub(crate) fn check_spectra(&self, count: usize) -> Result<(), Error> {
        if count == self.count {
            return Ok(());
        }
        Err(Error::parameter(
            "spectra",
            format!(
                "{count} spectra were named for {} abundance maps. Name one for every map, in their order.",
                self.count
            ),
        ))
    }
}
