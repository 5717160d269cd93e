use filigree_core::{Error, Observer, Pool};
use num_complex::Complex64;

use super::arnoldi_roots::arnoldi_roots;
use crate::symmetry::Symmetry;
use crate::{CsrMatrix, Preconditioner, Scalar, checks, vector};

/// Points at which positivity is looked at.
const LOOKS: usize = 2000;

/// The adaptive variant: elementary symmetric polynomials of the harmonic Ritz values θ of a Krylov space instead of the
/// whole spectrum. With e of these, P_{m−1}(A) / e_m = A⁻¹ (I − Π (I − A/θ_i)), the polynomial of GMRES. It is applied
/// in the form of its roots, in Leja's order, which stays stable where sums of powers do not (Loe and Morgan 2022).
pub struct KrylovPolynomial<S: Scalar> {
    matrix: CsrMatrix<S>,
    /// For real matrices a root above the axis stands for a pair.
    roots: Vec<Complex64>,
    is_symmetric_positive: bool,
    words: Vec<String>,
    vectors: Pool<[Vec<S>; 3]>,
}

impl<S: Scalar> KrylovPolynomial<S> {
    /// The polynomial of the degree that pays most, of at most `largest_degree` products.
    pub fn new(
        matrix: &CsrMatrix<S>,
        largest_degree: usize,
        seed: u64,
        observer: &mut dyn Observer,
    ) -> Result<Self, Error> {
        checks::square_and_finite(matrix)?;
        checks::degree(largest_degree, 64)?;
        observer.stage("Choosing a polynomial from a Krylov space");
        let found = arnoldi_roots(matrix, largest_degree, seed, observer)?;
        let degree: usize =
            found.values.iter().map(|root| if S::COMPLEX || root.im == 0.0 { 1 } else { 2 }).sum();
        let mut words = vec![format!(
            "The polynomial has degree {degree}; GMRES of that degree leaves {:.2e} of a random residual.",
            found.reduction
        )];
        let hermitian = Symmetry::of(matrix) == Symmetry::Hermitian;
        let is_positive = hermitian && is_positive_up_to(&found.values, matrix.infinity_norm());
        if hermitian && !is_positive {
            words.push(
                "It is not positive on the whole range the eigenvalues may lie in; use it with GMRES, not with conjugate gradients or MINRES."
                    .to_owned(),
            );
        }
        Ok(Self {
            matrix: matrix.clone(),
            roots: found.values,
            is_symmetric_positive: is_positive,
            words,
            vectors: Pool::default(),
        })
    }

    /// What a person should know.
    pub fn words(&self) -> &[String] {
        &self.words
    }
}

/// (1 − Π (1 − λ/θ)) / λ is positive for λ in (0, `largest`].
fn is_positive_up_to(roots: &[Complex64], largest: f64) -> bool {
    (1..=LOOKS).all(|look| {
        let place = largest * look as f64 / LOOKS as f64;
        let product: Complex64 = roots.iter().map(|root| 1.0 - place / root).product();
        product.re < 1.0
    })
}

impl<S: Scalar> Preconditioner<S> for KrylovPolynomial<S> {
    fn apply(&self, r: &[S], z: &mut [S]) {
        let mut pooled = self.vectors.take(|| std::array::from_fn(|_| vec![S::ZERO; r.len()]));
        let [left, image, pair] = &mut *pooled;
        left.copy_from_slice(r);
        z.fill(S::ZERO);
        for root in &self.roots {
            self.matrix.multiply(left, image);
            if S::COMPLEX || root.im == 0.0 {
                let inverse = 1.0 / root;
                let step = S::from_parts(inverse.re, inverse.im);
                vector::axpy(step, left, z);
                vector::axpy(-step, image, left);
            } else {
                // (I − A/θ)(I − A/θ̄) = I − A (2 Re θ − A) / |θ|².
                let square = root.norm_sqr();
                pair.copy_from_slice(left);
                vector::scale(S::from_real(2.0 * root.re), pair);
                vector::axpy(-S::ONE, image, pair);
                vector::axpy(S::from_real(1.0 / square), pair, z);
                self.matrix.multiply(pair, image);
                vector::axpy(S::from_real(-1.0 / square), image, left);
            }
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
    use crate::test_matrices::{poisson_2d, random_matrix, random_positive};
    use filigree_core::Silent;

    fn reduction<S: Scalar>(matrix: &CsrMatrix<S>, degree: usize) -> f64 {
        let made = KrylovPolynomial::new(matrix, degree, 1, &mut Silent).unwrap();
        let n = matrix.rows();
        let r: Vec<S> = (0..n).map(|i| S::from_parts((i as f64 * 1.3).sin(), (i as f64).cos())).collect();
        let (mut z, mut left) = (vec![S::ZERO; n], vec![S::ZERO; n]);
        made.apply(&r, &mut z);
        matrix.residual(&r, &z, &mut left);
        vector::norm(&left) / vector::norm(&r)
    }

    #[test]
    fn of_the_size_of_the_matrix_it_is_the_inverse() {
        assert!(reduction(&random_positive::<f64>(8, 1), 8) < 1e-8);
        assert!(reduction(&random_positive::<Complex64>(8, 1), 8) < 1e-8);
        let shifted = random_matrix::<f64>(9, 9, 40, 3).map(|_, _, value| value);
        let triplets: Vec<_> = (0..9)
            .flat_map(|row| (0..9).map(move |column| (row, column)))
            .map(|(row, column)| {
                (row, column, shifted.get(row, column) + if row == column { 6.0 } else { 0.0 })
            })
            .collect();
        assert!(reduction(&CsrMatrix::from_triplets(9, 9, &triplets).unwrap(), 9) < 1e-7);
    }

    #[test]
    fn a_higher_degree_reduces_more() {
        let matrix = poisson_2d(30);
        let (low, high) = (reduction(&matrix, 3), reduction(&matrix, 20));
        assert!(high < low, "{high} against {low}");
    }
}
