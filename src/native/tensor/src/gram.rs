use std::ops::Range;

use faer::MatMut;
use filigree_core::{Error, Observer, zeros};

use crate::kernels::{add_gram, mirror};
use crate::passes::{pass, tile_width};
use crate::tensor::Tensor;

/// Side of an unfolding whose Gram matrix is formed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// X Xᵀ: as large as the mode is long.
    Rows,
    /// Xᵀ X: for a mode longer than all others together.
    Columns,
}

/// The Gram matrix of an unfolding (row-major, both triangles), in one pass over the tensor.
pub fn gram(
    tensor: &dyn Tensor,
    mode: usize,
    side: Side,
    stage: &str,
    observer: &mut dyn Observer,
) -> Result<Vec<f64>, Error> {
    let view = tensor.seen_from(mode);
    let (size, count) = match side {
        Side::Rows => (view.length, view.columns()),
        Side::Columns => (view.columns(), view.length),
    };
    let entries = size.checked_mul(size).ok_or_else(|| too_long(size))?;
    let mut total = zeros(entries, "the Gram matrix of a mode")?;
    pass(
        count,
        // Long modes take wider tiles, or summing up the parts would cost as much as forming them.
        tile_width(size).max(size / 2),
        entries,
        stage,
        observer,
        |tiles| {
            let mut partial = vec![0.0; entries];
            let mut buffer = Vec::new();
            for range in tiles {
                let all = 0..size;
                let target = MatMut::from_row_major_slice_mut(&mut partial, size, size);
                match side {
                    Side::Rows => add_gram(target, tensor.tile(mode, all, range, &mut buffer)?),
                    Side::Columns => {
                        add_gram(target, tensor.tile(mode, range, all, &mut buffer)?.transpose())
                    }
                }
            }
            Ok(partial)
        },
        |_: Range<usize>, partial| {
            total.iter_mut().zip(&partial).for_each(|(sum, part)| *sum += part);
            tensor.batch_done()
        },
    )?;
    mirror(&mut total, size);
    Ok(total)
}

fn too_long(size: usize) -> Error {
    Error::OutOfMemory(format!(
        "A mode of {size} entries is too long for its Gram matrix. Use the randomised Tucker method, which needs none."
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::random_tensor;
    use filigree_core::{Silent, in_pool};

    #[test]
    fn gram_matrices_of_both_sides_agree_with_the_definition() {
        let tensor = random_tensor(&[4, 67, 9], 5);
        for mode in 0..3 {
            let view = tensor.seen_from(mode);
            let at = |row: usize, column: usize| {
                let (before, after) = (column / view.after, column % view.after);
                tensor.values()[(before * view.length + row) * view.after + after]
            };
            let rows = gram(&tensor, mode, Side::Rows, "", &mut Silent).unwrap();
            for (i, j) in [(0, 0), (1, 3), (3, 1), (view.length - 1, 2)] {
                let expected: f64 = (0..view.columns()).map(|c| at(i, c) * at(j, c)).sum();
                assert!((rows[i * view.length + j] - expected).abs() < 1e-11);
            }
            let columns = gram(&tensor, mode, Side::Columns, "", &mut Silent).unwrap();
            for (i, j) in [(0, 0), (1, 3), (view.columns() - 1, 2)] {
                let expected: f64 = (0..view.length).map(|r| at(r, i) * at(r, j)).sum();
                assert!((columns[i * view.columns() + j] - expected).abs() < 1e-11);
            }
        }
    }

    #[test]
    fn one_two_and_three_threads_give_the_same_bytes() {
        let tensor = random_tensor(&[30, 40, 700], 6);
        let run = |threads| in_pool(threads, || gram(&tensor, 1, Side::Rows, "", &mut Silent)).unwrap();
        let one = run(1);
        assert!(one == run(2) && one == run(3));
    }
}
