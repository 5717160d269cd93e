use faer::{Mat, MatRef};
use filigree_core::{Error, Observer};

use crate::gram::{Side, gram};
use crate::kernels::product;
use crate::mode_basis::{Accuracy, mode_basis};
use crate::tensor::Tensor;

/// Steps of orthogonal iteration at most.
const MOST_STEPS: usize = 20;

/// Steps end when one gains less than this share of what all of them gained.
const LITTLE: f64 = 0.01;

/// The leading directions of the unfolding of `mode`, as many as `known` has, given directions that nearly are.
///
/// From the Gram matrix M a few steps U ← orth(M U) find them without its other eigenvectors: tr(UᵀMU) never falls, as
/// orth(M U) maximises a linear lower bound of this convex function (Golub & Van Loan, "Matrix Computations", 4th ed.,
/// section 8.2.4; for Tucker models Sun & Huang, "HOQRI: Higher-order QR iteration for scalable Tucker decomposition",
/// ICASSP 2022). Unfoldings taller than wide and the accurate arithmetic take all directions instead.
pub fn renewed_basis(
    tensor: &dyn Tensor,
    mode: usize,
    known: MatRef<'_, f64>,
    accuracy: Accuracy,
    observer: &mut dyn Observer,
) -> Result<Mat<f64>, Error> {
    let view = tensor.seen_from(mode);
    let (length, rank) = (view.length, known.ncols());
    if accuracy == Accuracy::Accurate || length > view.columns() || 2 * rank > length {
        return Ok(mode_basis(tensor, mode, accuracy, observer)?.leading(rank));
    }
    let stage = format!("Finding the directions of mode {}", mode + 1);
    let matrix = gram(tensor, mode, Side::Rows, &stage, observer)?;
    let matrix = MatRef::from_row_major_slice(&matrix, length, length);
    let mut basis = known.to_owned();
    let mut image = Mat::zeros(length, rank);
    product(image.as_mut(), matrix, basis.as_ref());
    let start = captured(&basis, &image);
    let mut before = start;
    for _ in 0..MOST_STEPS {
        let next = image.qr().compute_thin_Q();
        product(image.as_mut(), matrix, next.as_ref());
        let now = captured(&next, &image);
        // Rounding alone can make it fall; what is known is as good then.
        if now <= before {
            break;
        }
        basis = next;
        if now - before <= LITTLE * (now - start) {
            break;
        }
        before = now;
    }
    Ok(basis)
}

/// tr(UᵀMU).
fn captured(basis: &Mat<f64>, image: &Mat<f64>) -> f64 {
    basis.col_iter().zip(image.col_iter()).map(|(left, right)| left.transpose() * right).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mode_product::project;
    use crate::test_support::random_tensor;
    use filigree_core::Silent;

    fn energy(tensor: &dyn Tensor, mode: usize, basis: MatRef<'_, f64>) -> f64 {
        let cut = project(tensor, mode, basis, &mut Silent).unwrap();
        cut.values().iter().map(|value| value * value).sum()
    }

    #[test]
    fn steps_gain_energy_and_end_at_the_leading_directions() {
        let tensor = random_tensor(&[12, 9, 8], 3);
        let best = mode_basis(&tensor, 0, Accuracy::Fast, &mut Silent).unwrap().leading(3);
        let mut basis = Mat::<f64>::identity(12, 3);
        let mut captured = energy(&tensor, 0, basis.as_ref());
        for _ in 0..200 {
            basis = renewed_basis(&tensor, 0, basis.as_ref(), Accuracy::Fast, &mut Silent).unwrap();
            let now = energy(&tensor, 0, basis.as_ref());
            assert!(now >= captured * (1.0 - 1e-13));
            captured = now;
            let overlap = basis.transpose() * &basis;
            let off = (0..9).map(|at| (overlap[(at / 3, at % 3)] - f64::from(at % 4 == 0)).abs());
            assert!(off.fold(0.0, f64::max) < 1e-12);
        }
        assert!((captured / energy(&tensor, 0, best.as_ref()) - 1.0).abs() < 1e-10);
    }
}
