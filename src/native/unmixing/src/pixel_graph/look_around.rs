use std::ops::Range;

use filigree_core::{Wide, widest};

use super::PixelGraph;

impl PixelGraph {
    /// Looks around from every pixel i of a tile: puts Σ W aⱼ over the joined pixels j into `sums` (p × pixels of the
    /// tile) and returns Σ W‖aᵢ − aⱼ‖², where a pair within the tile counts twice. A row of `abundances`, one for each
    /// pixel of the scene, is [`row_length`] numbers long, zeros after its p.
    pub(crate) fn look_around(
        &self,
        tile: Range<usize>,
        abundances: &[f64],
        p: usize,
        sums: &mut [f64],
    ) -> f64 {
        let stride = row_length(p);
        let mut rough = 0.0;
        for first in (0..stride).step_by(WIDEST) {
            let place = Place { tile: tile.clone(), stride, first, p };
            rough += match stride - first {
                4 => widest(LookAround::<1> { graph: self, abundances, place, sums }),
                8 => widest(LookAround::<2> { graph: self, abundances, place, sums }),
                _ => widest(LookAround::<3> { graph: self, abundances, place, sums }),
            };
        }
        rough
    }
}

/// Numbers of a row that are summed up at once.
const WIDEST: usize = 12;

/// Numbers in a row of p abundances for [`PixelGraph::look_around`].
pub(crate) fn row_length(p: usize) -> usize {
    p.next_multiple_of(4)
}

/// The numbers of a row that [`LookAround`] sums up: those from `first` on.
struct Place {
    tile: Range<usize>,
    stride: usize,
    first: usize,
    p: usize,
}

/// The arguments of [`PixelGraph::look_around`], for `C` times four numbers of every row.
struct LookAround<'a, const C: usize> {
    graph: &'a PixelGraph,
    abundances: &'a [f64],
    place: Place,
    sums: &'a mut [f64],
}

impl<const C: usize> Wide for LookAround<'_, C> {
    type Output = f64;
    #[inline(always)]
    fn run(self) -> f64 {
        let Self { graph, abundances, place: Place { tile, stride, first, p }, sums } = self;
        let count = tile.len();
        let row = |pixel: usize| -> &[[f64; 4]; C] {
            let chunks = abundances[pixel * stride + first..].as_chunks::<4>().0;
            chunks.first_chunk().expect("rows are as long as `row_length` says")
        };
        let mut rough = [0.0; 4];
        for (index, pixel) in tile.enumerate() {
            let own = row(pixel);
            let mut sum = [[0.0; 4]; C];
            for (other, weight) in graph.edges(pixel) {
                let far = row(other);
                for c in 0..C {
                    for lane in 0..4 {
                        sum[c][lane] += weight * far[c][lane];
                        let apart = own[c][lane] - far[c][lane];
                        rough[lane] += weight * (apart * apart);
                    }
                }
            }
            for (k, value) in sum.as_flattened().iter().enumerate().take(p - first) {
                sums[(first + k) * count + index] = *value;
            }
        }
        (rough[0] + rough[2]) + (rough[1] + rough[3])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pixel_graph::GraphParams;
    use crate::test_support::{saved_cube, scene};
    use crate::{Passes, PreparedCube};
    use filigree_core::Silent;

    const PARAMS: GraphParams = GraphParams { window: 3, neighbours: 3, kernel_width: 1.0 };

    #[test]
    fn looking_around_gives_the_terms_of_the_laplacian() {
        let planted = scene([5, 4, 6], 3, 0.02, 2);
        let (_folder, input) = saved_cube(planted.shape, &planted.values);
        let cube = PreparedCube::open(&input, false, Passes::Many, &mut Silent).unwrap();
        let graph = PixelGraph::build(&cube, &PARAMS, &mut Silent).unwrap();
        for p in [1, 3, 4, 7, 12, 13, 30] {
            let stride = row_length(p);
            let rows: Vec<f64> =
                (0..20 * stride).map(|i| if i % stride < p { (i as f64).sin() } else { 0.0 }).collect();
            let (mut trace, mut rough) = (0.0, 0.0);
            for tile in [0..13, 13..20] {
                let mut sums = vec![f64::NAN; tile.len() * p];
                rough += graph.look_around(tile.clone(), &rows, p, &mut sums);
                for i in tile.clone() {
                    for k in 0..p {
                        let smoothed: f64 = graph.edges(i).map(|(j, w)| w * rows[j * stride + k]).sum();
                        assert!((sums[k * tile.len() + i - tile.start] - smoothed).abs() < 1e-12);
                        let a = rows[i * stride + k];
                        trace += a * (graph.degree(i) * a - smoothed);
                    }
                }
            }
            assert!((0.5 * rough - trace).abs() < 1e-11 * trace, "{p}");
        }
    }
}
