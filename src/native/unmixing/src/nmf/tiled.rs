//! Abundances tile after tile, p × pixels within each: the order in which kernels read them without turning them.

use filigree_core::{Error, TILE_PIXELS, zeros};
use rayon::prelude::*;

/// Tile after tile from pixel after pixel (pixels × p).
pub(super) fn from_pixels(abundances: &[f64], p: usize) -> Result<Vec<f64>, Error> {
    turned(abundances, p, |rows, tile| transpose(rows, tile, rows.len() / p, p))
}

/// Pixel after pixel (pixels × p) from tile after tile.
pub(super) fn to_pixels(abundances: &[f64], p: usize) -> Result<Vec<f64>, Error> {
    turned(abundances, p, |tile, rows| transpose(tile, rows, p, tile.len() / p))
}

fn turned(values: &[f64], p: usize, turn: impl Fn(&[f64], &mut [f64]) + Sync) -> Result<Vec<f64>, Error> {
    let mut out = zeros(values.len(), "a copy of the abundances")?;
    let tile = TILE_PIXELS * p;
    out.par_chunks_mut(tile).zip(values.par_chunks(tile)).for_each(|(out, values)| turn(values, out));
    Ok(out)
}

/// Writes a matrix (`rows` × `columns`) into `out` column after column.
fn transpose(values: &[f64], out: &mut [f64], rows: usize, columns: usize) {
    for (row, values) in values.chunks_exact(columns).enumerate() {
        for (column, value) in values.iter().enumerate() {
            out[column * rows + row] = *value;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiles_hold_component_after_component() {
        let pixels: Vec<f64> = (0..(TILE_PIXELS + 2) * 3).map(|i| i as f64).collect();
        let tiles = from_pixels(&pixels, 3).unwrap();
        assert_eq!(tiles[..2], [0.0, 3.0]);
        assert_eq!(tiles[TILE_PIXELS], 1.0);
        let last = 3.0 * TILE_PIXELS as f64;
        assert_eq!(tiles[TILE_PIXELS * 3..], [0.0, 3.0, 1.0, 4.0, 2.0, 5.0].map(|i| last + i));
        assert_eq!(to_pixels(&tiles, 3).unwrap(), pixels);
    }
}
