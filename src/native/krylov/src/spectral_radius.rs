use filigree_core::Random;

use crate::{CsrMatrix, Scalar, vector};

/// Steps of the power method; the estimate is then raised by [`SAFETY`].
const STEPS: usize = 12;

/// What a power estimate is multiplied with, because it comes from below.
const SAFETY: f64 = 1.05;

/// Above this, Gershgorin's bound is checked by the power method; at 2 it is nearly sharp for M-matrices.
const SHARP: f64 = 2.05;

/// An upper estimate of the spectral radius of D⁻¹A: Gershgorin's bound where it is at most about two, else the
/// smaller of it and a raised estimate by the power method. `inverse` holds D⁻¹.
pub fn scaled_spectral_radius<S: Scalar>(matrix: &CsrMatrix<S>, inverse: &[S], seed: u64) -> f64 {
    let rows = matrix.rows();
    let row_bound = |row: usize| {
        inverse[row].modulus() * matrix.row(row).1.iter().map(|value| value.modulus()).sum::<f64>()
    };
    let bounds =
        vector::map_blocks(rows, |block| vector::block_range(block, rows).map(row_bound).fold(0.0, f64::max));
    let bound = bounds.into_iter().fold(0.0, f64::max);
    if bound <= SHARP {
        return bound;
    }
    let mut random = Random::new(seed, 1);
    let mut x: Vec<S> =
        (0..rows).map(|_| S::from_parts(random.between(-1.0, 1.0), random.between(-1.0, 1.0))).collect();
    let mut y = vec![S::ZERO; rows];
    let mut estimate = 0.0;
    for _ in 0..STEPS {
        let length = vector::norm(&x);
        if length == 0.0 || !length.is_finite() {
            break;
        }
        vector::scale(S::from_real(1.0 / length), &mut x);
        matrix.multiply(&x, &mut y);
        vector::update(inverse, &mut y, |inverse, value| inverse * value);
        estimate = vector::norm(&y);
        std::mem::swap(&mut x, &mut y);
    }
    if estimate > 0.0 { bound.min(SAFETY * estimate) } else { bound }
}

/// 1 / a_ii, nought where the diagonal is.
pub fn inverse_diagonal<S: Scalar>(matrix: &CsrMatrix<S>) -> Vec<S> {
    let invert = |value: S| if value.modulus() > 0.0 { S::ONE / value } else { S::ZERO };
    matrix.diagonal().into_iter().map(invert).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_matrices::{poisson_2d, rotated_anisotropy};

    #[test]
    fn the_radius_is_met_from_above_and_closely() {
        let laplacian = poisson_2d(30);
        let radius = scaled_spectral_radius(&laplacian, &inverse_diagonal(&laplacian), 1);
        assert!((1.98..=2.0).contains(&radius), "{radius}");
        let turned = rotated_anisotropy(30, 1e-3, 0.5);
        let inverse = inverse_diagonal(&turned);
        let radius = scaled_spectral_radius(&turned, &inverse, 1);
        let mut x: Vec<f64> = (0..900).map(|i| ((i * i) as f64).sin()).collect();
        let mut y = vec![0.0; 900];
        for _ in 0..2000 {
            let length = vector::norm(&x);
            vector::scale(1.0 / length, &mut x);
            turned.multiply(&x, &mut y);
            vector::update(&inverse, &mut y, |a, b| a * b);
            std::mem::swap(&mut x, &mut y);
        }
        let exact = vector::norm(&x);
        assert!(radius > 0.95 * exact && radius < 1.3 * exact, "{radius} for {exact}");
    }
}
