use faer::{Mat, Side};
use filigree_core::Error;
use num_complex::Complex64;

use super::DenseScalar;

/// Steps whose coefficients are kept: the extreme Ritz values are settled long before, and the eigenvalue problem stays
/// small.
const STEPS: usize = 400;

/// The Lanczos tridiagonal matrix of the last run of CG or MINRES.
#[derive(Clone, Debug, Default)]
pub struct Tridiagonal {
    diagonal: Vec<f64>,
    off_diagonal: Vec<f64>,
    last_alpha: f64,
}

impl Tridiagonal {
    /// Forgets all.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// Adds a step of CG with step length `alpha`; `beta` made its direction.
    pub fn conjugate_gradient_step(&mut self, alpha: f64, beta: f64) {
        if self.diagonal.len() >= STEPS {
            return;
        }
        let carried = if self.diagonal.is_empty() { 0.0 } else { beta / self.last_alpha };
        if !self.diagonal.is_empty() {
            self.off_diagonal.push(beta.sqrt() / self.last_alpha);
        }
        self.diagonal.push(1.0 / alpha + carried);
        self.last_alpha = alpha;
    }

    /// Adds a Lanczos step.
    pub fn lanczos_step(&mut self, alpha: f64, beta_before: f64) {
        if self.diagonal.len() >= STEPS {
            return;
        }
        if !self.diagonal.is_empty() {
            self.off_diagonal.push(beta_before);
        }
        self.diagonal.push(alpha);
    }

    /// Its eigenvalues, rising.
    pub fn ritz_values(&self) -> Vec<Complex64> {
        let size = self.diagonal.len();
        if size == 0 {
            return Vec::new();
        }
        let matrix = Mat::<f64>::from_fn(size, size, |i, j| match i.abs_diff(j) {
            0 => self.diagonal[i],
            1 => self.off_diagonal[i.min(j)],
            _ => 0.0,
        });
        // An eigenvalue problem that does not converge costs the picture, not the solve.
        let values = matrix.self_adjoint_eigenvalues(Side::Lower).unwrap_or_default();
        values.into_iter().map(|value| Complex64::new(value, 0.0)).collect()
    }
}

/// Harmonic Ritz values of an Arnoldi decomposition, smallest modulus first: eigenvalues of H + h² H⁻ᴴ e eᴴ, as the
/// inverses of the eigenvalues of R⁻¹ Qᴴ [I; 0] with the QR factors of the (m + 1) × m matrix H̄, which holds for a
/// singular H too.
///
/// Morgan, "Computing interior eigenvalues of large matrices", Linear Algebra Appl. 154-156, 1991.
pub fn harmonic_ritz_values<S: DenseScalar>(hessenberg: &Mat<S>) -> Result<Vec<Complex64>, Error> {
    let size = hessenberg.ncols();
    if size == 0 {
        return Ok(Vec::new());
    }
    let inner = Mat::<S>::from_fn(size + 1, size, |i, j| if i == j { S::ONE } else { S::ZERO });
    let inverse = harmonic_inverse(hessenberg, &inner);
    let failed = |_| Error::Breakdown("The harmonic Ritz values could not be computed.".to_owned());
    let mut values: Vec<Complex64> = inverse
        .eigenvalues()
        .map_err(failed)?
        .into_iter()
        .filter(|value| value.norm() > 0.0)
        .map(|value| value.inv())
        .filter(|value| value.re.is_finite() && value.im.is_finite())
        .collect();
    values.sort_by(|a, b| a.norm().total_cmp(&b.norm()).then(a.im.total_cmp(&b.im)));
    Ok(values)
}

/// (GᴴG)⁻¹ GᴴX by the QR factors of G: its eigenvalues are the inverses of those of GᴴG z = θ GᴴX z.
pub fn harmonic_inverse<S: DenseScalar>(g: &Mat<S>, x: &Mat<S>) -> Mat<S> {
    let qr = g.qr();
    let q = qr.compute_thin_Q();
    let mut inverse = q.adjoint() * x;
    let r = qr.thin_R();
    faer::linalg::triangular_solve::solve_upper_triangular_in_place(r, inverse.as_mut(), faer::Par::Seq);
    inverse
}
