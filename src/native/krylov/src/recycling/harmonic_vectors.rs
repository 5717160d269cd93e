use faer::linalg::triangular_solve::{solve_lower_triangular_in_place, solve_upper_triangular_in_place};
use faer::{Mat, Par, Side};
use num_complex::Complex64;

use crate::Scalar;
use crate::iterative::DenseScalar;

/// Weights g of the harmonic Ritz vectors of smallest |θ| in L Lᴴ g = θ E g with a Hermitian E, as many as `count`,
/// normalised to gᴴ L Lᴴ g = 1, and the inverses of all θ. With A W and W of a Hermitian A, L Lᴴ is (A W)ᴴ (A W) and
/// E is Wᴴ A W. None where the numbers are not finite.
pub(super) fn harmonic_vectors<S: DenseScalar>(
    lower: &Mat<S>,
    energy: &Mat<S>,
    count: usize,
) -> Option<(Mat<S>, Vec<Complex64>)> {
    let size = energy.nrows();
    // L⁻¹ E L⁻ᴴ has the inverses of θ for eigenvalues.
    let mut half = energy.clone();
    solve_lower_triangular_in_place(lower.as_ref(), half.as_mut(), Par::Seq);
    let mut whole = half.adjoint().to_owned();
    solve_lower_triangular_in_place(lower.as_ref(), whole.as_mut(), Par::Seq);
    let finite = |matrix: &Mat<S>| {
        (0..matrix.ncols()).all(|j| (0..matrix.nrows()).all(|i| Scalar::is_finite(matrix[(i, j)])))
    };
    if !finite(&whole) {
        return None;
    }
    let eigen = whole.self_adjoint_eigen(Side::Lower).ok()?;
    let inverses: Vec<f64> = eigen.S().column_vector().iter().map(|value| value.real()).collect();
    let mut order: Vec<usize> = (0..size).collect();
    order.sort_by(|&a, &b| inverses[b].abs().total_cmp(&inverses[a].abs()).then(a.cmp(&b)));
    let vectors = eigen.U();
    let mut weights = Mat::from_fn(size, count.min(size), |i, j| vectors[(i, order[j])]);
    let upper = lower.adjoint().to_owned();
    solve_upper_triangular_in_place(upper.as_ref(), weights.as_mut(), Par::Seq);
    finite(&weights).then(|| (weights, inverses.iter().map(|&value| Complex64::new(value, 0.0)).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn on_the_whole_space_they_are_eigenvectors_of_either_sign_by_modulus() {
        // A diagonal A and W = I: L = |A|, E = A.
        let values = [5.0, -0.5, 3.0, 0.25, -4.0];
        let energy = Mat::<f64>::from_fn(5, 5, |i, j| if i == j { values[i] } else { 0.0 });
        let lower = Mat::<f64>::from_fn(5, 5, |i, j| if i == j { values[i].abs() } else { 0.0 });
        let (weights, inverses) = harmonic_vectors(&lower, &energy, 2).unwrap();
        assert_eq!(weights.ncols(), 2);
        assert!((weights[(3, 0)].abs() - 4.0).abs() < 1e-14 && (weights[(1, 1)].abs() - 2.0).abs() < 1e-14);
        let mut found: Vec<f64> = inverses.iter().map(|value| 1.0 / value.re).collect();
        found.sort_by(f64::total_cmp);
        for (found, known) in found.iter().zip([-4.0, -0.5, 0.25, 3.0, 5.0]) {
            assert!((found - known).abs() < 1e-13);
        }
    }
}
