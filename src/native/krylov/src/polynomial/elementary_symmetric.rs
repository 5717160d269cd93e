use filigree_core::{Error, Observer, Pool};

use super::traces::{TraceRule, elementary_symmetric, power_traces};
use crate::symmetry::Symmetry;
use crate::{CsrMatrix, Preconditioner, Scalar, checks, vector};

/// The polynomial P_τ of P_0 = I, P_τ = e_τ I − B P_{τ−1}, where e_τ are the elementary symmetric polynomials of the
/// spectrum of B, had from traces of its powers. P_{n−1} is the adjugate det(B) B⁻¹ (Faddeev and LeVerrier). At an
/// eigenvalue λ of a positive definite B it is e_τ of the other eigenvalues, thus positive.
///
/// Evaluated as Q_τ = P_τ / e_τ, so that nothing overflows: Q_τ = I − (e_{τ−1} / e_τ) B Q_{τ−1}.
pub struct ElementarySymmetric<S: Scalar> {
    matrix: CsrMatrix<S>,
    /// e_{τ−1} / e_τ in the scale of the matrix, for τ = 1, 2, ….
    ratios: Vec<f64>,
    is_symmetric_positive: bool,
    words: Vec<String>,
    vectors: Pool<Vec<S>>,
}

impl<S: Scalar> ElementarySymmetric<S> {
    /// The polynomial of degree τ = `degree`.
    pub fn new(
        matrix: &CsrMatrix<S>,
        degree: usize,
        rule: TraceRule,
        seed: u64,
        observer: &mut dyn Observer,
    ) -> Result<Self, Error> {
        checks::square_and_finite(matrix)?;
        checks::degree(degree, 40)?;
        observer.stage("Computing traces of powers");
        let rows = matrix.rows();
        let trace: f64 = matrix.diagonal().iter().map(|value| value.real()).sum();
        let scale = trace / rows.max(1) as f64;
        if scale <= 0.0 {
            return Err(Error::InvalidData(format!(
                "The trace of the matrix is {trace}, so that its eigenvalues are not positive on average, and polynomials of their traces are of no use. Try the polynomial from a Krylov space, or ILUT."
            )));
        }
        let powers = power_traces(matrix, degree, scale, rule, seed, observer)?;
        let symmetric = elementary_symmetric(&powers);
        if let Some(order) = symmetric.iter().position(|value| *value <= 0.0 || !value.is_finite()) {
            return Err(Error::Breakdown(format!(
                "The elementary symmetric polynomial of order {order} came out as {:.3e}, and it must be positive. Take a lower degree, exact traces or more random vectors.",
                symmetric[order]
            )));
        }
        let ratios: Vec<f64> = symmetric.windows(2).map(|pair| pair[0] / pair[1] / scale).collect();
        let largest = matrix.infinity_norm();
        let at_largest = ratios.iter().fold(1.0, |value, ratio| 1.0 - ratio * largest * value);
        let hermitian = Symmetry::of(matrix) == Symmetry::Hermitian;
        let mut words = Vec::new();
        if hermitian && at_largest <= 0.0 {
            words.push(format!(
                "The polynomial is {at_largest:.2e} at the largest possible eigenvalue {largest:.3e}, so it is not positive for certain; conjugate gradients may break down with it."
            ));
        }
        Ok(Self {
            matrix: matrix.clone(),
            ratios,
            is_symmetric_positive: hermitian && at_largest > 0.0,
            words,
            vectors: Pool::default(),
        })
    }

    /// What a person should know.
    pub fn words(&self) -> &[String] {
        &self.words
    }
}

impl<S: Scalar> Preconditioner<S> for ElementarySymmetric<S> {
    fn apply(&self, r: &[S], z: &mut [S]) {
        let mut image = self.vectors.take(|| vec![S::ZERO; r.len()]);
        z.copy_from_slice(r);
        for &ratio in &self.ratios {
            self.matrix.multiply(z, &mut image);
            vector::for_blocks(z, |start, block| {
                let range = start..start + block.len();
                for ((z, r), image) in block.iter_mut().zip(&r[range.clone()]).zip(&image[range]) {
                    *z = *r - image.scale(ratio);
                }
            });
        }
    }

    fn is_symmetric_positive(&self) -> bool {
        self.is_symmetric_positive
    }

    fn memory_bytes(&self) -> u64 {
        self.matrix.memory_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_matrices::{conjugate_gradient_iterations, poisson_2d, random_positive};
    use filigree_core::Silent;

    #[test]
    fn of_the_highest_degree_it_is_the_adjugate() {
        let n = 6;
        let matrix = random_positive::<f64>(n, 2);
        let made = ElementarySymmetric::new(&matrix, n - 1, TraceRule::Exact, 1, &mut Silent).unwrap();
        let r: Vec<f64> = (0..n).map(|i| 1.0 + i as f64).collect();
        let (mut z, mut image) = (vec![0.0; n], vec![0.0; n]);
        made.apply(&r, &mut z);
        matrix.multiply(&z, &mut image);
        let factor = image[0] / r[0];
        assert!(image.iter().zip(&r).all(|(a, b)| (a - factor * b).abs() < 1e-8 * factor), "{image:?}");
    }

    #[test]
    fn it_is_positive_and_helps_conjugate_gradients_with_exact_traces() {
        let matrix = random_positive::<f64>(12, 3);
        let plain = conjugate_gradient_iterations(&matrix, &crate::Identity, 1e-8, 100);
        let made = ElementarySymmetric::new(&matrix, 8, TraceRule::Exact, 1, &mut Silent).unwrap();
        assert!(conjugate_gradient_iterations(&matrix, &made, 1e-8, 100) <= plain);
        let large = poisson_2d(60);
        let rule = TraceRule::Hutchinson { samples: 10 };
        let made = ElementarySymmetric::new(&large, 5, rule, 1, &mut Silent).unwrap();
        assert!(made.is_symmetric_positive());
        assert!(conjugate_gradient_iterations(&large, &made, 1e-8, 500) < 300);
    }

    #[test]
    fn a_negative_trace_is_refused() {
        let matrix = poisson_2d(5).map(|_, _, value| -value);
        let error = ElementarySymmetric::new(&matrix, 3, TraceRule::Exact, 1, &mut Silent).err().unwrap();
        assert!(error.to_string().contains("trace"), "{error}");
    }
}
