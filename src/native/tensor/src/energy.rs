use filigree_core::{Error, Silent};

use crate::passes::{pass, tile_width};
use crate::tensor::Tensor;

/// ‖X‖² and the number of entries below zero.
pub fn energy_and_negatives(tensor: &dyn Tensor) -> Result<(f64, usize), Error> {
    let last = tensor.shape().len() - 1;
    let view = tensor.seen_from(last);
    let (mut energy, mut negative) = (0.0, 0);
    pass(
        view.columns(),
        tile_width(view.length),
        1,
        "Reading the tensor",
        &mut Silent,
        |tiles| {
            let mut buffer = Vec::new();
            let (mut energy, mut negative) = (0.0, 0);
            for columns in tiles {
                let tile = tensor.tile(last, 0..view.length, columns, &mut buffer)?;
                energy += tile.squared_norm_l2();
                for column in tile.col_iter() {
                    negative += match column.try_as_col_major() {
                        Some(column) => column.as_slice().iter().filter(|&&x| x < 0.0).count(),
                        None => column.iter().filter(|&&x| x < 0.0).count(),
                    };
                }
            }
            Ok((energy, negative))
        },
        |_, part| {
            energy += part.0;
            negative += part.1;
            tensor.batch_done()
        },
    )?;
    Ok((energy, negative))
}
