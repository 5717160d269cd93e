use faer::{MatMut, MatRef};
use filigree_core::{Error, Observer, zeros};

use crate::kernels::product;
use crate::passes::{pass, tile_width};
use crate::shape::{ModeView, element_count};
use crate::tensor::{DenseTensor, Tensor};

const STAGE: &str = "Multiplying a mode";

/// `tensor ×_mode factorᵀ`: the mode's length becomes the number of columns of `factor` (length × columns).
pub fn project(
    tensor: &dyn Tensor,
    mode: usize,
    factor: MatRef<'_, f64>,
    observer: &mut dyn Observer,
) -> Result<DenseTensor, Error> {
    let view = tensor.seen_from(mode);
    let rank = factor.ncols();
    assert_eq!(factor.nrows(), view.length, "a factor needs a row for each index of its mode");
    let mut shape = tensor.shape().to_vec();
    shape[mode] = rank;
    let mut values = zeros(element_count(&shape)?, "the projected tensor")?;
    // The last mode's tiles are columns of the unfolding one after the other, and so is their result.
    let columns_first = view.after == 1;
    let width = tile_width(view.length);
    pass(
        view.columns(),
        width,
        rank * width,
        STAGE,
        observer,
        |tiles| {
            let mut buffer = Vec::new();
            let mut parts = Vec::with_capacity(tiles.len());
            for columns in tiles {
                let tile = tensor.tile(mode, 0..view.length, columns.clone(), &mut buffer)?;
                let mut part = vec![0.0; rank * columns.len()];
                let target = if columns_first {
                    MatMut::from_row_major_slice_mut(&mut part, columns.len(), rank).transpose_mut()
                } else {
                    MatMut::from_row_major_slice_mut(&mut part, rank, columns.len())
                };
                product(target, factor.transpose(), tile);
                parts.push((columns, part));
            }
            Ok(parts)
        },
        |_, parts| {
            for (columns, part) in parts {
                if columns_first {
                    values[columns.start * rank..columns.end * rank].copy_from_slice(&part);
                } else {
                    scatter(&mut values, view, rank, columns, &part);
                }
            }
            tensor.batch_done()
        },
    )?;
    Ok(DenseTensor::new(shape, values))
}

/// Puts `rank` rows of columns of an unfolding where they belong in C order.
fn scatter(values: &mut [f64], view: ModeView, rank: usize, columns: std::ops::Range<usize>, part: &[f64]) {
    let width = columns.len();
    for (done, before, after) in view.runs(columns) {
        for component in 0..rank {
            let start = (before * rank + component) * view.after;
            values[start + after.start..start + after.end]
                .copy_from_slice(&part[component * width + done..][..after.len()]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::random_tensor;
    use filigree_core::Silent;

    #[test]
    fn a_projection_is_the_sum_over_the_mode() {
        let tensor = random_tensor(&[3, 70, 5, 81], 2);
        for mode in 0..4 {
            let view = tensor.seen_from(mode);
            let factor = random_tensor(&[view.length, 2], 3);
            let matrix = MatRef::from_row_major_slice(factor.values(), view.length, 2);
            let projected = project(&tensor, mode, matrix, &mut Silent).unwrap();
            for before in [0, view.before - 1] {
                for after in [0, view.after - 1] {
                    for component in 0..2 {
                        let expected: f64 = (0..view.length)
                            .map(|i| {
                                tensor.values()[(before * view.length + i) * view.after + after]
                                    * factor.values()[i * 2 + component]
                            })
                            .sum();
                        let found = projected.values()[(before * 2 + component) * view.after + after];
                        assert!((found - expected).abs() < 1e-12);
                    }
                }
            }
        }
    }
}
