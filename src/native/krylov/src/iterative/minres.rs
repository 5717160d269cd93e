use filigree_core::{Error, Observer};
use num_complex::Complex64;

use super::ritz::Tridiagonal;
use super::{Monitor, Outcome, Problem, Segment, SegmentEnd, SolveParams, drive};
use crate::{Scalar, vector};

/// Minimal residuals for Hermitian matrices, definite or not, with a positive definite preconditioner (whose norm is the
/// one that falls monotonically then).
///
/// Paige & Saunders, "Solution of sparse indefinite systems of linear equations", SIAM J. Numer. Anal. 12(4), 1975.
pub fn solve<S: Scalar>(
    problem: &Problem<'_, S>,
    params: &SolveParams,
    observer: &mut dyn Observer,
) -> Result<Outcome<S>, Error> {
    problem.check_preconditioner("MINRES", true, false)?;
    drive(problem, params, &mut Minres::new(problem), observer)
}

struct Minres<S> {
    /// Lanczos vectors of residual length, newest last, not normalised.
    r1: Vec<S>,
    r2: Vec<S>,
    /// M⁻¹ r2, and the vector in the making.
    y: Vec<S>,
    v: Vec<S>,
    /// Directions, newest last.
    w: [Vec<S>; 3],
    own_residual: Vec<S>,
    tridiagonal: Tridiagonal,
}

impl<S: Scalar> Minres<S> {
    fn new(problem: &Problem<'_, S>) -> Self {
        let zeros = || vec![S::ZERO; problem.operator.rows()];
        Self {
            r1: zeros(),
            r2: zeros(),
            y: zeros(),
            v: zeros(),
            w: [zeros(), zeros(), zeros()],
            own_residual: zeros(),
            tridiagonal: Tridiagonal::default(),
        }
    }
}

impl<S: Scalar> Segment<S> for Minres<S> {
    fn name(&self) -> String {
        "MINRES".to_owned()
    }

    fn run(&mut self, x: &mut [S], r: &[S], monitor: &mut Monitor<'_, S>) -> SegmentEnd {
        let problem = monitor.problem;
        let Self { r1, r2, y, v, w, own_residual, tridiagonal } = self;
        tridiagonal.clear();
        own_residual.copy_from_slice(r);
        r1.fill(S::ZERO);
        r2.copy_from_slice(r);
        w.iter_mut().for_each(|w| w.fill(S::ZERO));
        problem.precondition(r2, y);
        let square = vector::dot(r2, y).real();
        if square <= 0.0 {
            return SegmentEnd::BrokeDown(format!(
                "rᴴ M⁻¹ r = {square:.2e} at iteration {}, so the preconditioner is not positive definite. Choose another one",
                monitor.iteration() + 1
            ));
        }
        let mut beta = square.sqrt();
        let first_beta = beta;
        let (mut old_beta, mut delta_bar, mut epsilon, mut phi_bar) = (0.0, 0.0, 0.0, beta);
        let (mut cosine, mut sine) = (-1.0f64, 0.0f64);
        let mut largest = 0.0f64;
        loop {
            let next = monitor.iteration() + 1;
            v.copy_from_slice(y);
            vector::scale(S::from_real(1.0 / beta), v);
            problem.operator.apply(v, y);
            if old_beta > 0.0 {
                vector::axpy(S::from_real(-beta / old_beta), r1, y);
            }
            let product = vector::dot(v, y);
            let alpha = product.real();
            if product.imaginary().abs() > 1e-6 * alpha.hypot(beta) {
                return SegmentEnd::BrokeDown(format!(
                    "vᴴAv has an imaginary part of {:.2e} at iteration {next}, so the matrix is not Hermitian. Choose GMRES or BiCGSTAB",
                    product.imaginary()
                ));
            }
            tridiagonal.lanczos_step(alpha, beta);
            vector::axpy(S::from_real(-alpha / beta), r2, y);
            std::mem::swap(r1, r2);
            std::mem::swap(r2, y);
            problem.precondition(r2, y);
            old_beta = beta;
            let square = vector::dot(r2, y).real();
            if square < 0.0 {
                return SegmentEnd::BrokeDown(format!(
                    "rᴴ M⁻¹ r = {square:.2e} at iteration {next}, so the preconditioner is not positive definite. Choose another one"
                ));
            }
            beta = square.sqrt();
            largest = largest.max(alpha.abs() + old_beta.max(beta).min(alpha.abs() + first_beta));
            let exhausted = beta <= 8.0 * f64::EPSILON * largest;

            let old_epsilon = epsilon;
            let delta = cosine * delta_bar + sine * alpha;
            let gamma_bar = sine * delta_bar - cosine * alpha;
            epsilon = sine * beta;
            delta_bar = -cosine * beta;
            let gamma = gamma_bar.hypot(beta);
            if gamma <= f64::EPSILON * largest {
                // Nothing of b can be reached along this direction: the matrix is singular on it.
                return SegmentEnd::Exhausted;
            }
            cosine = gamma_bar / gamma;
            sine = beta / gamma;
            let phi = cosine * phi_bar;
            phi_bar *= sine;

            w.rotate_left(1);
            let [oldest, older, newest] = w;
            // The vector rotated to the end is the one of three steps ago, which is needed no more.
            newest.copy_from_slice(v);
            vector::axpy(S::from_real(-old_epsilon), oldest, newest);
            vector::axpy(S::from_real(-delta), older, newest);
            vector::scale(S::from_real(1.0 / gamma), newest);
            vector::axpy(S::from_real(phi), newest, x);
            // The residual has a recurrence of its own: r ← s² r − (φ̄ c / β) times the newest Lanczos vector.
            vector::scale(S::from_real(sine * sine), own_residual);
            if beta > 0.0 {
                vector::axpy(S::from_real(-phi_bar * cosine / beta), r2, own_residual);
            }
            if let Some(end) = monitor.step(vector::norm(own_residual), x) {
                return end;
            }
            if exhausted {
                return SegmentEnd::Exhausted;
            }
        }
    }

    fn memory_bytes(&self) -> u64 {
        8 * (self.v.len() * size_of::<S>()) as u64
    }

    fn spectrum(&self) -> (Vec<Complex64>, Vec<Complex64>) {
        (self.tridiagonal.ritz_values(), Vec::new())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::CsrMatrix;
    use crate::iterative::gmres;
    use crate::iterative::test_support::*;
    use filigree_core::{Silent, StopReason};
    use num_complex::Complex64;

    #[test]
    fn an_indefinite_matrix_is_solved_with_residuals_that_never_rise_and_are_those_of_gmres() {
        let matrix = random_hermitian::<Complex64>(60, 0.5, 4);
        let b: Vec<Complex64> = random_vector(60, 1);
        let problem = Problem::new(&matrix, &b);
        let params = SolveParams { restart: 60, ..SolveParams::default() };
        let outcome = solve(&problem, &params, &mut Silent).unwrap();
        assert_eq!(outcome.stop_reason, StopReason::Converged, "{}", outcome.stop_message);
        check_honest(&problem, &outcome);
        assert!(outcome.history.windows(2).all(|pair| pair[1].residual <= pair[0].residual * (1.0 + 1e-10)));
        let optimal = gmres(&problem, &params, &mut Silent).unwrap();
        for (ours, best) in outcome.history.iter().zip(&optimal.history).take(30) {
            assert!((ours.residual - best.residual).abs() < 1e-7, "{ours:?} {best:?}");
        }
        assert!(outcome.ritz_values[0].re < 0.0);
    }

    #[test]
    fn an_inconsistent_singular_system_stagnates_in_words() {
        let matrix = CsrMatrix::from_triplets(3, 3, &[(0, 0, 1.0), (1, 1, -2.0)]).unwrap();
        let problem = Problem::new(&matrix, &[1.0, 1.0, 1.0]);
        let outcome = solve(&problem, &SolveParams::default(), &mut Silent).unwrap();
        assert_eq!(outcome.stop_reason, StopReason::Stagnated, "{}", outcome.stop_message);
        check_honest(&problem, &outcome);
    }
}
