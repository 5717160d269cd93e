use filigree_core::{Error, Pool};

use crate::spectral_radius::{inverse_diagonal, scaled_spectral_radius};
use crate::symmetry::{Symmetry, has_positive_diagonal};
use crate::{CsrMatrix, Preconditioner, Scalar, checks, vector};

/// The Chebyshev iteration of `degree` steps for D⁻¹A on [`lower`, `upper`], from the x that is there (Saad 2003,
/// algorithm 12.1; Adams, Brezina, Hu and Tuminaro 2003). Leaves `r` and `step` undefined.
pub fn chebyshev_steps<T: Scalar>(
    matrix: &CsrMatrix<T>,
    inverse: &[T],
    degree: usize,
    [lower, upper]: [f64; 2],
    b: &[T],
    x: &mut [T],
    r: &mut [T],
    step: &mut [T],
) {
    let (centre, half) = (0.5 * (upper + lower), 0.5 * (upper - lower));
    if centre == 0.0 {
        return;
    }
    let ratio = centre / half;
    let mut rho = 1.0 / ratio;
    for index in 0..degree {
        matrix.residual(b, x, r);
        let (keep, add) = if index == 0 {
            (0.0, 1.0 / centre)
        } else {
            let next = 1.0 / (2.0 * ratio - rho);
            let factors = (next * rho, 2.0 * next / half);
            rho = next;
            factors
        };
        vector::for_blocks(step, |start, block| {
            let range = start..start + block.len();
            for ((step, inverse), r) in block.iter_mut().zip(&inverse[range.clone()]).zip(&r[range]) {
                // The first step forgets what was there, be it NaN.
                let kept = if keep == 0.0 { T::ZERO } else { step.scale(keep) };
                *step = kept + (*inverse * *r).scale(add);
            }
        });
        vector::update(step, x, |step, x| x + step);
    }
}

/// A Chebyshev polynomial in D⁻¹A as approximate inverse, for eigenvalues between a share of the largest and the
/// largest.
pub struct Chebyshev<S: Scalar> {
    matrix: CsrMatrix<S>,
    inverse: Vec<S>,
    degree: usize,
    bounds: [f64; 2],
    is_symmetric_positive: bool,
    vectors: Pool<[Vec<S>; 2]>,
}

impl<S: Scalar> Chebyshev<S> {
    /// `share` is the lower end of the interval over the upper one.
    pub fn new(matrix: &CsrMatrix<S>, degree: usize, share: f64, seed: u64) -> Result<Self, Error> {
        checks::square_and_finite(matrix)?;
        checks::degree(degree, 64)?;
        if !(share > 0.0 && share < 1.0) {
            return Err(Error::parameter(
                "lowerShare",
                format!(
                    "The interval would start at {share} of its end; give a share between 0 and 1, both excluded."
                ),
            ));
        }
        let inverse = inverse_diagonal(matrix);
        if let Some(row) = inverse.iter().position(|value| value.modulus() == 0.0) {
            return Err(crate::incomplete::no_diagonal(row));
        }
        let upper = scaled_spectral_radius(matrix, &inverse, seed);
        let is_symmetric_positive =
            Symmetry::of(matrix) == Symmetry::Hermitian && has_positive_diagonal(matrix);
        Ok(Self {
            matrix: matrix.clone(),
            inverse,
            degree,
            bounds: [share * upper, upper],
            is_symmetric_positive,
            vectors: Pool::default(),
        })
    }
}

impl<S: Scalar> Preconditioner<S> for Chebyshev<S> {
    fn apply(&self, r: &[S], z: &mut [S]) {
        let mut pooled = self.vectors.take(|| std::array::from_fn(|_| vec![S::ZERO; r.len()]));
        let [residual, step] = &mut *pooled;
        z.fill(S::ZERO);
        chebyshev_steps(&self.matrix, &self.inverse, self.degree, self.bounds, r, z, residual, step);
    }

    fn is_symmetric_positive(&self) -> bool {
        self.is_symmetric_positive
    }

    fn memory_bytes(&self) -> u64 {
        self.matrix.memory_bytes() + (self.inverse.len() * size_of::<S>()) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_matrices::{conjugate_gradient_iterations, poisson_2d};

    #[test]
    fn it_saves_iterations_of_conjugate_gradients() {
        let matrix = poisson_2d(50);
        let plain = conjugate_gradient_iterations(&matrix, &crate::Identity, 1e-8, 500);
        let made = Chebyshev::new(&matrix, 6, 0.01, 1).unwrap();
        assert!(made.is_symmetric_positive());
        assert!(3 * conjugate_gradient_iterations(&matrix, &made, 1e-8, 500) < plain);
        assert!(Chebyshev::new(&matrix, 0, 0.1, 1).is_err() && Chebyshev::new(&matrix, 3, 1.0, 1).is_err());
    }
}
