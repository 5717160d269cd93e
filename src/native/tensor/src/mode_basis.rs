use faer::{Mat, MatMut, MatRef};
use filigree_core::{Error, Observer, symmetric_eigen};

use crate::gram::{Side, gram};
use crate::kernels::product;
use crate::passes::{pass, tile_width};
use crate::tensor::Tensor;

/// How the leading directions of an unfolding are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accuracy {
    /// From the Gram matrix: about twice as fast, but singular values below 1e-8 of the largest drown in rounding.
    Fast,
    /// From a QR factorisation in tiles and an SVD of its triangle: exact down to 1e-15 of the largest.
    Accurate,
}

impl Accuracy {
    /// Names at the boundaries.
    pub const NAMES: &[(Self, &str)] = &[(Self::Fast, "gram"), (Self::Accurate, "qr")];

    /// Singular values below this share of the largest are rounding.
    pub fn floor(self) -> f64 {
        match self {
            Self::Fast => f64::EPSILON.sqrt(),
            Self::Accurate => 16.0 * f64::EPSILON,
        }
    }
}

/// Left singular vectors of an unfolding with their singular values, largest first. The largest entry of every vector
/// is positive.
#[derive(Clone, Debug)]
pub struct ModeBasis {
    /// Length of the mode.
    pub length: usize,
    /// Singular values, largest first: as many as the shorter side of the unfolding.
    pub singular: Vec<f64>,
    /// The vectors, a column each.
    pub vectors: Mat<f64>,
}

impl ModeBasis {
    /// Squared singular values.
    pub fn energies(&self) -> Vec<f64> {
        self.singular.iter().map(|value| value * value).collect()
    }

    /// The first `rank` vectors (length × rank).
    pub fn leading(&self, rank: usize) -> Mat<f64> {
        self.vectors.as_ref().subcols(0, rank).to_owned()
    }
}

/// Finds the left singular vectors of the unfolding of `mode`.
pub fn mode_basis(
    tensor: &dyn Tensor,
    mode: usize,
    accuracy: Accuracy,
    observer: &mut dyn Observer,
) -> Result<ModeBasis, Error> {
    let stage = format!("Finding the directions of mode {}", mode + 1);
    observer.stage(&stage);
    let view = tensor.seen_from(mode);
    if view.length <= view.columns() {
        let (singular, vectors) = match accuracy {
            Accuracy::Fast => from_gram(&gram(tensor, mode, Side::Rows, &stage, observer)?, view.length)?,
            Accuracy::Accurate => from_triangle(&triangle(tensor, mode, Side::Rows, &stage, observer)?)?,
        };
        return Ok(signed(view.length, singular, vectors));
    }
    let (singular, right) = match accuracy {
        Accuracy::Fast => from_gram(&gram(tensor, mode, Side::Columns, &stage, observer)?, view.columns())?,
        Accuracy::Accurate => from_triangle(&triangle(tensor, mode, Side::Columns, &stage, observer)?)?,
    };
    let left = left_vectors(tensor, mode, right.as_ref(), &stage, observer)?;
    Ok(signed(view.length, singular, left))
}

/// Singular values and vectors of the side a Gram matrix was formed of.
fn from_gram(gram: &[f64], size: usize) -> Result<(Vec<f64>, Mat<f64>), Error> {
    let eigen = symmetric_eigen(gram, size).map_err(|_| no_factorisation())?;
    let singular = eigen.values.iter().map(|value| value.max(0.0).sqrt()).collect();
    Ok((singular, MatRef::from_row_major_slice(&eigen.vectors, size, size).transpose().to_owned()))
}

/// Singular values and left vectors of Rᵀ.
fn from_triangle(triangle: &Mat<f64>) -> Result<(Vec<f64>, Mat<f64>), Error> {
    let svd = triangle.transpose().svd().map_err(|_| no_factorisation())?;
    Ok((svd.S().column_vector().iter().copied().collect(), svd.U().to_owned()))
}

fn no_factorisation() -> Error {
    Error::Breakdown(
        "The directions of a mode could not be computed. Check the tensor for huge values and scale it down."
            .to_owned(),
    )
}

/// R of the QR factorisation of the transposed unfolding (or of the unfolding itself), tile by tile: the R of a group
/// of tiles, then the R of those in order.
fn triangle(
    tensor: &dyn Tensor,
    mode: usize,
    side: Side,
    stage: &str,
    observer: &mut dyn Observer,
) -> Result<Mat<f64>, Error> {
    let view = tensor.seen_from(mode);
    let (size, count) = match side {
        Side::Rows => (view.length, view.columns()),
        Side::Columns => (view.columns(), view.length),
    };
    let width = tile_width(size).max(2 * size);
    let mut total = Mat::zeros(0, size);
    pass(
        count,
        width,
        size * size,
        stage,
        observer,
        |tiles| {
            let mut partial = Mat::zeros(0, size);
            let mut buffer = Vec::new();
            for range in tiles {
                let tile = match side {
                    Side::Rows => tensor.tile(mode, 0..size, range, &mut buffer)?.transpose(),
                    Side::Columns => tensor.tile(mode, range, 0..size, &mut buffer)?,
                };
                partial = stacked_triangle(partial.as_ref(), tile);
            }
            Ok(partial)
        },
        |_, partial| {
            total = stacked_triangle(total.as_ref(), partial.as_ref());
            tensor.batch_done()
        },
    )?;
    Ok(if total.nrows() == size {
        total
    } else {
        stacked_triangle(total.as_ref(), Mat::zeros(size, size).as_ref())
    })
}

/// R of one matrix under the other.
fn stacked_triangle(above: MatRef<'_, f64>, below: MatRef<'_, f64>) -> Mat<f64> {
    let (first, columns) = (above.nrows(), below.ncols());
    let mut stacked = Mat::zeros(first + below.nrows(), columns);
    stacked.as_mut().subrows_mut(0, first).copy_from(above);
    stacked.as_mut().subrows_mut(first, below.nrows()).copy_from(below);
    let qr = stacked.qr();
    let triangle = qr.thin_R();
    Mat::from_fn(triangle.nrows(), columns, |i, j| if j >= i { triangle[(i, j)] } else { 0.0 })
}

/// Left singular vectors of a tall unfolding from its right ones. QR makes the columns that rounding spoiled orthonormal
/// again; columns in order of their singular values keep their directions.
fn left_vectors(
    tensor: &dyn Tensor,
    mode: usize,
    right: MatRef<'_, f64>,
    stage: &str,
    observer: &mut dyn Observer,
) -> Result<Mat<f64>, Error> {
    let view = tensor.seen_from(mode);
    let columns = view.columns();
    let mut left = Mat::zeros(view.length, columns);
    pass(
        view.length,
        tile_width(columns),
        tile_width(columns) * columns,
        stage,
        observer,
        |tiles| {
            let mut buffer = Vec::new();
            tiles
                .into_iter()
                .map(|rows| {
                    let tile = tensor.tile(mode, rows.clone(), 0..columns, &mut buffer)?;
                    let mut part = vec![0.0; rows.len() * columns];
                    product(MatMut::from_row_major_slice_mut(&mut part, rows.len(), columns), tile, right);
                    Ok((rows, part))
                })
                .collect::<Result<Vec<_>, Error>>()
        },
        |_, parts| {
            for (rows, part) in parts {
                let part = MatRef::from_row_major_slice(&part, rows.len(), columns);
                left.as_mut().subrows_mut(rows.start, rows.len()).copy_from(part);
            }
            tensor.batch_done()
        },
    )?;
    Ok(left.qr().compute_thin_Q())
}

fn signed(length: usize, singular: Vec<f64>, mut vectors: Mat<f64>) -> ModeBasis {
    for column in 0..vectors.ncols() {
        if leads_negative((0..length).map(|i| vectors[(i, column)])) {
            (0..length).for_each(|i| vectors[(i, column)] *= -1.0);
        }
    }
    ModeBasis { length, singular, vectors }
}

/// Whether the entry of the largest magnitude, the first of equals, is negative.
pub fn leads_negative(values: impl Iterator<Item = f64>) -> bool {
    values.fold(0.0f64, |best, value| if value.abs() > best.abs() { value } else { best }) < 0.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tensor::DenseTensor;
    use crate::test_support::random_tensor;
    use filigree_core::{Silent, in_pool};

    /// A matrix of given singular values, as a tensor of two modes.
    fn matrix_with(rows: usize, columns: usize, singular: &[f64]) -> DenseTensor {
        let orthonormal = |rows: usize, seed| {
            let random = random_tensor(&[rows, singular.len()], seed);
            MatRef::from_row_major_slice(random.values(), rows, singular.len()).qr().compute_thin_Q()
        };
        let (left, right) = (orthonormal(rows, 1), orthonormal(columns, 2));
        let values = (0..rows * columns)
            .map(|at| {
                let (i, j) = (at / columns, at % columns);
                singular.iter().enumerate().map(|(k, s)| left[(i, k)] * s * right[(j, k)]).sum()
            })
            .collect();
        DenseTensor::new(vec![rows, columns], values)
    }

    #[test]
    fn both_ways_find_orthonormal_directions_with_the_true_singular_values() {
        for (rows, columns) in [(20, 50), (50, 20), (400, 6), (6, 400)] {
            let singular = [7.0, 3.0, 2.5, 1.0, 0.5, 0.25];
            let tensor = matrix_with(rows, columns, &singular);
            for accuracy in [Accuracy::Fast, Accuracy::Accurate] {
                let basis = mode_basis(&tensor, 0, accuracy, &mut Silent).unwrap();
                assert_eq!(basis.singular.len(), rows.min(columns));
                for (found, expected) in basis.singular.iter().zip(singular) {
                    assert!((found - expected).abs() < 1e-12, "{found} {expected}");
                }
                let leading = basis.leading(6);
                let overlap = leading.transpose() * &leading;
                for i in 0..6 {
                    for j in 0..6 {
                        assert!((overlap[(i, j)] - f64::from(u8::from(i == j))).abs() < 1e-12);
                    }
                    assert!(!leads_negative((0..rows).map(|row| leading[(row, i)])));
                }
            }
        }
    }

    #[test]
    fn the_accuracy_floors_are_as_stated() {
        let singular: Vec<f64> = (0..14).map(|k| 10f64.powi(-k)).collect();
        let tensor = matrix_with(30, 80, &singular);
        for accuracy in [Accuracy::Fast, Accuracy::Accurate] {
            let basis = mode_basis(&tensor, 0, accuracy, &mut Silent).unwrap();
            for (found, expected) in basis.singular.iter().zip(&singular) {
                if *expected > 10.0 * accuracy.floor() {
                    assert!((found / expected - 1.0).abs() < 0.05, "{accuracy:?}: {found} {expected}");
                }
            }
        }
        let fast = mode_basis(&tensor, 0, Accuracy::Fast, &mut Silent).unwrap();
        assert!((fast.singular[12] / singular[12] - 1.0).abs() > 0.5, "the fast way cannot see 1e-12");
    }

    #[test]
    fn one_two_and_three_threads_give_the_same_bytes() {
        let tensor = random_tensor(&[30, 40, 500], 6);
        for accuracy in [Accuracy::Fast, Accuracy::Accurate] {
            let run =
                |threads| in_pool(threads, || mode_basis(&tensor, 1, accuracy, &mut Silent)).unwrap().vectors;
            let one = run(1);
            assert!(one == run(2) && one == run(3));
        }
    }

    #[test]
    fn a_tensor_of_zeros_has_directions_too() {
        let tensor = DenseTensor::new(vec![4, 9], vec![0.0; 36]);
        for accuracy in [Accuracy::Fast, Accuracy::Accurate] {
            let basis = mode_basis(&tensor, 0, accuracy, &mut Silent).unwrap();
            assert!(basis.singular.iter().all(|&value| value == 0.0));
            assert!(basis.vectors.row_iter().all(|row| row.iter().all(|x| x.is_finite())));
        }
    }
}
