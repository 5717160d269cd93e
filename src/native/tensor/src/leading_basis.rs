use faer::{Mat, MatRef};
use filigree_core::{Error, Observer, Random, symmetric_eigen};

use crate::gram::{Side, gram};
use crate::kernels::product;
use crate::mode_basis::{Accuracy, mode_basis};
use crate::tensor::Tensor;

/// Directions iterated on beyond those asked for.
const OVERSAMPLING: usize = 8;

/// Multiplications by the Gram matrix.
const STEPS: usize = 8;

/// Shares of a mode from which on all directions are found as fast as the leading ones.
const MANY: usize = 4;

/// Leading directions of an unfolding, as a start to improve on.
pub struct LeadingBasis {
    /// The directions (length × rank), orthonormal.
    pub vectors: Mat<f64>,
    /// Their singular values, largest first.
    pub singular: Vec<f64>,
    /// Energy of the whole tensor.
    pub energy: f64,
}

/// Finds the `rank` leading directions of the unfolding of `mode` from its Gram matrix, without the others: orthogonal
/// iteration on a few more than asked for, from random ones, and the best within those (Halko, Martinsson & Tropp, SIAM
/// Review 53(2), 2011, sections 4.5 and 5.3). Where the mode is hardly longer than the rank, all are found.
pub fn leading_basis(
    tensor: &dyn Tensor,
    mode: usize,
    rank: usize,
    observer: &mut dyn Observer,
) -> Result<LeadingBasis, Error> {
    let view = tensor.seen_from(mode);
    let (length, count) = (view.length, rank + OVERSAMPLING);
    if length > view.columns() || MANY * count > length {
        let basis = mode_basis(tensor, mode, Accuracy::Fast, observer)?;
        let rank = rank.clamp(1, basis.singular.len());
        let energy = basis.energies().iter().sum();
        let vectors = basis.leading(rank);
        return Ok(LeadingBasis { vectors, singular: basis.singular[..rank].to_vec(), energy });
    }
    let stage = format!("Finding the directions of mode {}", mode + 1);
    observer.stage(&stage);
    let matrix = gram(tensor, mode, Side::Rows, &stage, observer)?;
    let energy = (0..length).map(|i| matrix[i * length + i]).sum();
    let matrix = MatRef::from_row_major_slice(&matrix, length, length);
    let mut random = Random::new(0, mode as u64);
    let mut image = Mat::from_fn(length, count, |_, _| random.normal());
    let mut basis = Mat::zeros(length, count);
    for _ in 0..STEPS {
        basis = image.qr().compute_thin_Q();
        product(image.as_mut(), matrix, basis.as_ref());
    }
    let inner = basis.transpose() * &image;
    let inner: Vec<f64> = (0..count * count).map(|at| inner[(at / count, at % count)]).collect();
    let eigen = symmetric_eigen(&inner, count)?;
    let turn = MatRef::from_row_major_slice(&eigen.vectors, count, count).transpose();
    let mut vectors = Mat::zeros(length, rank);
    product(vectors.as_mut(), basis.as_ref(), turn.subcols(0, rank));
    let singular = eigen.values[..rank].iter().map(|value| value.max(0.0).sqrt()).collect();
    Ok(LeadingBasis { vectors, singular, energy })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mode_product::project;
    use crate::test_support::random_tensor;
    use filigree_core::Silent;

    #[test]
    fn the_leading_directions_are_those_of_the_whole_basis() {
        // Directions that fall off as those of measured data do, and a mode of zeros.
        let mut tensor = random_tensor(&[60, 9, 8], 3);
        for (position, value) in tensor.values_mut().iter_mut().enumerate() {
            *value *= 0.7f64.powi((position / 72) as i32);
        }
        for (mode, rank) in [(0, 4), (1, 3)] {
            let best = mode_basis(&tensor, mode, Accuracy::Fast, &mut Silent).unwrap();
            let found = leading_basis(&tensor, mode, rank, &mut Silent).unwrap();
            assert!((found.energy / best.energies().iter().sum::<f64>() - 1.0).abs() < 1e-12);
            let cut = project(&tensor, mode, found.vectors.as_ref(), &mut Silent).unwrap();
            let kept: f64 = cut.values().iter().map(|value| value * value).sum();
            let most: f64 = best.energies()[..rank].iter().sum();
            assert!(kept <= most * (1.0 + 1e-12) && kept > most * (1.0 - 1e-4), "{kept} {most}");
        }
        tensor.values_mut().fill(0.0);
        let found = leading_basis(&tensor, 0, 4, &mut Silent).unwrap();
        let overlap = found.vectors.transpose() * &found.vectors;
        assert!(
            (0..16).all(|at| (overlap[(at / 4, at % 4)] - f64::from(u8::from(at % 5 == 0))).abs() < 1e-12)
        );
        assert_eq!(found.energy, 0.0);
    }
}
