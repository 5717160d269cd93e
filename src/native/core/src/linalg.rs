use faer::linalg::solvers::DenseSolveCore;
use faer::{MatRef, Side};

use crate::Error;

/// Eigenvalues, largest first, and their vectors.
pub struct SymmetricEigen {
    /// Largest first.
    pub values: Vec<f64>,
    /// Row `i` is the eigenvector of `values[i]`, unit length, its largest entry positive.
    pub vectors: Vec<f64>,
}

/// Eigen-decomposition of a symmetric `size` × `size` matrix (row-major; the lower triangle is read).
pub fn symmetric_eigen(matrix: &[f64], size: usize) -> Result<SymmetricEigen, Error> {
    let view = MatRef::from_row_major_slice(matrix, size, size);
    let eigen = view.self_adjoint_eigen(Side::Lower).map_err(|_| {
        Error::Breakdown(
            "The eigenvalues of the band covariance could not be computed. Check the cube for huge or invalid values."
                .to_owned(),
        )
    })?;
    let diagonal = eigen.S().column_vector();
    let mut values = Vec::with_capacity(size);
    let mut vectors = Vec::with_capacity(size * size);
    for index in (0..size).rev() {
        values.push(diagonal[index]);
        let column = eigen.U().col(index);
        let largest =
            (0..size).fold(0.0f64, |best, i| if column[i].abs() > best.abs() { column[i] } else { best });
        let sign = if largest < 0.0 { -1.0 } else { 1.0 };
        vectors.extend((0..size).map(|i| sign * column[i]));
    }
    Ok(SymmetricEigen { values, vectors })
}

/// Inverse of a symmetric positive definite `size` × `size` matrix (row-major; the lower triangle is read), by its
/// Cholesky factor. The caller has made it definite: a Gram matrix plus a positive multiple of the identity.
pub fn positive_definite_inverse(matrix: &[f64], size: usize) -> Vec<f64> {
    let view = MatRef::from_row_major_slice(matrix, size, size);
    let factor = view.llt(Side::Lower).expect("the matrix is positive definite");
    let inverse = factor.inverse();
    (0..size * size).map(|i| inverse[(i / size, i % size)]).collect()
}

/// Thin QR of a row-major `rows` × `columns` matrix with `rows` ≥ `columns`: Q (rows × columns) and upper R,
/// both row-major.
pub fn thin_qr(matrix: &[f64], rows: usize, columns: usize) -> (Vec<f64>, Vec<f64>) {
    let qr = MatRef::from_row_major_slice(matrix, rows, columns).qr();
    let thin_q = qr.compute_thin_Q();
    let thin_r = qr.thin_R();
    let q = (0..rows * columns).map(|i| thin_q[(i / columns, i % columns)]).collect();
    let r = (0..columns * columns)
        .map(|i| if i % columns >= i / columns { thin_r[(i / columns, i % columns)] } else { 0.0 })
        .collect();
    (q, r)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Random, View, ViewMut, multiply};

    #[test]
    fn eigenvectors_rebuild_the_matrix() {
        let size = 12;
        let mut random = Random::new(3, 0);
        let half: Vec<f64> = (0..size * size).map(|_| random.normal()).collect();
        let mut matrix = vec![0.0; size * size];
        let view = View::row_major(&half, size, size);
        multiply(view, view.t(), ViewMut::row_major(&mut matrix, size, size));
        let eigen = symmetric_eigen(&matrix, size).unwrap();
        assert!(eigen.values.windows(2).all(|pair| pair[0] >= pair[1]));
        for i in 0..size {
            for j in 0..size {
                let rebuilt: f64 = (0..size)
                    .map(|k| eigen.values[k] * eigen.vectors[k * size + i] * eigen.vectors[k * size + j])
                    .sum();
                assert!((rebuilt - matrix[i * size + j]).abs() < 1e-11);
            }
        }
    }

    #[test]
    fn a_definite_matrix_times_its_inverse_is_the_identity() {
        let size = 9;
        let mut random = Random::new(5, 0);
        let half: Vec<f64> = (0..size * size).map(|_| random.normal()).collect();
        let mut matrix = vec![0.0; size * size];
        let view = View::row_major(&half, size, size);
        multiply(view, view.t(), ViewMut::row_major(&mut matrix, size, size));
        (0..size).for_each(|k| matrix[k * size + k] += 0.1);
        let inverse = positive_definite_inverse(&matrix, size);
        let mut product = vec![0.0; size * size];
        multiply(
            View::row_major(&matrix, size, size),
            View::row_major(&inverse, size, size),
            ViewMut::row_major(&mut product, size, size),
        );
        for (i, value) in product.iter().enumerate() {
            assert!((value - f64::from(u8::from(i % size == i / size))).abs() < 1e-10);
        }
    }

    #[test]
    fn qr_is_orthonormal_and_rebuilds_the_matrix() {
        let (rows, columns) = (20, 5);
        let mut random = Random::new(4, 0);
        let matrix: Vec<f64> = (0..rows * columns).map(|_| random.normal()).collect();
        let (q, r) = thin_qr(&matrix, rows, columns);
        let mut rebuilt = vec![0.0; rows * columns];
        multiply(
            View::row_major(&q, rows, columns),
            View::row_major(&r, columns, columns),
            ViewMut::row_major(&mut rebuilt, rows, columns),
        );
        assert!(rebuilt.iter().zip(&matrix).all(|(a, b)| (a - b).abs() < 1e-13));
    }
}
