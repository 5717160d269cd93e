use filigree_core::{Error, Observer, map_tiles};

use crate::PreparedCube;
use crate::pixel_graph::{GraphParams, PixelGraph};

/// Most that a map of sparseness may lower the exponent of a pixel: an exponent of zero would count abundances
/// instead of weighing them, and has no slope.
const HIGHEST: f64 = 0.9;

/// Neighbours that tell whether a pixel lies within a patch or on an edge: all eight around it.
const AROUND: GraphParams = GraphParams { window: 3, neighbours: 8, kernel_width: 1.0 };

/// How alike every pixel and its eight neighbours are, 0 to [`HIGHEST`]: within a patch of one material a pixel is
/// likely pure, between patches it is likely mixed. The mean of the heat kernel over the neighbours, averaged once
/// more over the graph. That a map of the data guides the exponents is from Zhu, Wang, Fan, Xiang, Meng & Pan,
/// "Spectral unmixing via data-guided sparsity", IEEE TIP 23(12), 2014; the rule of the map is our own.
pub(super) fn likeness(cube: &PreparedCube, observer: &mut dyn Observer) -> Result<Vec<f64>, Error> {
    let graph = PixelGraph::build(cube, &AROUND, observer)?;
    let raw: Vec<f64> = (0..cube.pixels())
        .map(|pixel| match graph.edges(pixel).count() {
            0 => 0.0,
            count => graph.degree(pixel) / count as f64,
        })
        .collect();
    let smooth = |pixel: usize| {
        let around: f64 = graph.edges(pixel).map(|(other, weight)| weight * raw[other]).sum();
        ((raw[pixel] + around) / (1.0 + graph.degree(pixel))).clamp(0.0, HIGHEST)
    };
    let parts = map_tiles(0..cube.pixels(), |tile| Ok(tile.map(smooth).collect::<Vec<f64>>()))?;
    Ok(parts.concat())
}

/// Sparseness of the abundances of every pixel (Hoyer, "Non-negative matrix factorization with sparseness
/// constraints", JMLR 5, 2004), (√p − ‖a‖₁/‖a‖₂)/(√p − 1), 0 where all parts are equal, at most [`HIGHEST`]. That
/// it serves as guidance map is our own choice.
pub(super) fn sparseness(abundances: &[f64], p: usize) -> Result<Vec<f64>, Error> {
    let root = (p as f64).sqrt();
    let parts = map_tiles(0..abundances.len() / p, |tile| {
        Ok(abundances[tile.start * p..tile.end * p]
            .chunks_exact(p)
            .map(|row| {
                let length = row.iter().map(|a| a * a).sum::<f64>().sqrt();
                if length == 0.0 {
                    return 0.0;
                }
                ((root - row.iter().sum::<f64>() / length) / (root - 1.0)).clamp(0.0, HIGHEST)
            })
            .collect::<Vec<f64>>())
    })?;
    Ok(parts.concat())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Passes;
    use crate::test_support::saved_cube;
    use filigree_core::Silent;

    #[test]
    fn sparseness_runs_from_equal_parts_to_a_single_one() {
        let found = sparseness(&[0.25, 0.25, 0.25, 0.25, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0], 4).unwrap();
        assert!(found[0].abs() < 1e-12);
        assert_eq!(found[1..], [HIGHEST, 0.0]);
    }

    #[test]
    fn likeness_is_high_within_a_patch_and_low_along_its_edge() {
        let (lines, samples) = (12, 12);
        let values: Vec<f64> = (0..lines * samples)
            .flat_map(|pixel| if pixel % samples < 6 { [1.0, 0.2, 0.1] } else { [0.1, 0.3, 1.0] })
            .collect();
        let (_folder, input) = saved_cube([lines, samples, 3], &values);
        let cube = PreparedCube::open(&input, true, Passes::Many, &mut Silent).unwrap();
        let map = likeness(&cube, &mut Silent).unwrap();
        assert_eq!(map[6 * samples + 1], HIGHEST);
        assert!(map[6 * samples + 5] < 0.85 && map[6 * samples + 6] < 0.85);
    }
}
