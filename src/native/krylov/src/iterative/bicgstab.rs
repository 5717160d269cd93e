use filigree_core::{Error, Observer};

use super::{Monitor, Outcome, Problem, Segment, SegmentEnd, SolveParams, drive};
use crate::{Scalar, vector};

/// Biconjugate gradients, stabilised; preconditioned from the right.
///
/// van der Vorst, "Bi-CGSTAB: a fast and smoothly converging variant of Bi-CG for the solution of nonsymmetric linear
/// systems", SIAM J. Sci. Stat. Comput. 13(2), 1992. A shadow vector that has become orthogonal to the residual is
/// renewed as long as progress was made with it.
pub fn solve<S: Scalar>(
    problem: &Problem<'_, S>,
    params: &SolveParams,
    observer: &mut dyn Observer,
) -> Result<Outcome<S>, Error> {
    problem.check_preconditioner("BiCGSTAB", false, false)?;
    drive(problem, params, &mut Bicgstab::new(problem), observer)
}

struct Bicgstab<S> {
    r: Vec<S>,
    p: Vec<S>,
    v: Vec<S>,
    t: Vec<S>,
    /// M⁻¹ p, then M⁻¹ s.
    preconditioned: Vec<S>,
}

impl<S: Scalar> Bicgstab<S> {
    fn new(problem: &Problem<'_, S>) -> Self {
        let zeros = || vec![S::ZERO; problem.operator.rows()];
        Self { r: zeros(), p: zeros(), v: zeros(), t: zeros(), preconditioned: zeros() }
    }
}

/// The product of two vectors is rounding next to their norms.
fn vanishes<S: Scalar>(product: S, a: f64, b: f64) -> bool {
    product.modulus() <= f64::EPSILON * f64::EPSILON.sqrt() * a * b
}

impl<S: Scalar> Segment<S> for Bicgstab<S> {
    fn name(&self) -> String {
        "BiCGSTAB".to_owned()
    }

    fn run(&mut self, x: &mut [S], start: &[S], monitor: &mut Monitor<'_, S>) -> SegmentEnd {
        let problem = monitor.problem;
        // The start residual is the shadow vector.
        let shadow = start;
        let shadow_norm = vector::norm(shadow);
        let Self { r, p, v, t, preconditioned } = self;
        r.copy_from_slice(start);
        p.fill(S::ZERO);
        v.fill(S::ZERO);
        let (mut rho, mut alpha, mut omega) = (S::ONE, S::ONE, S::ONE);
        let broke = |quantity: &str, iteration: usize| {
            SegmentEnd::Renewable(format!(
                "{quantity} = 0 at iteration {iteration}. Choose GMRES or IDR(s), or another preconditioner"
            ))
        };
        loop {
            let next = monitor.iteration() + 1;
            let r_norm = vector::norm(r);
            if r_norm == 0.0 {
                return SegmentEnd::Exhausted;
            }
            let new_rho = vector::dot(shadow, r);
            if vanishes(new_rho, shadow_norm, r_norm) {
                return broke("ρ = r̃ᴴr", next);
            }
            let beta = (new_rho / rho) * (alpha / omega);
            rho = new_rho;
            // p ← r + β (p − ω v)
            vector::axpy(-omega, v, p);
            vector::xpby(r, beta, p);
            problem.precondition(p, preconditioned);
            problem.operator.apply(preconditioned, v);
            let denominator = vector::dot(shadow, v);
            if vanishes(denominator, shadow_norm, vector::norm(v)) {
                return broke("r̃ᴴAp", next);
            }
            alpha = rho / denominator;
            vector::axpy(alpha, preconditioned, x);
            vector::axpy(-alpha, v, r);
            let half = vector::norm(r);
            if half <= monitor.target() {
                if let Some(end) = monitor.step(half, x) {
                    return end;
                }
                return SegmentEnd::Claimed;
            }
            problem.precondition(r, preconditioned);
            problem.operator.apply(preconditioned, t);
            monitor.count_product();
            let t_norm = vector::norm(t);
            let product = vector::dot(t, r);
            if t_norm == 0.0 || vanishes(product, t_norm, half) {
                return broke("ω = tᴴs", next);
            }
            omega = product.scale(1.0 / (t_norm * t_norm));
            vector::axpy(omega, preconditioned, x);
            vector::axpy(-omega, t, r);
            if let Some(end) = monitor.step(vector::norm(r), x) {
                return end;
            }
        }
    }

    fn memory_bytes(&self) -> u64 {
        5 * (self.r.len() * size_of::<S>()) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::CsrMatrix;
    use crate::iterative::test_support::check_honest;
    use filigree_core::{Silent, StopReason};

    #[test]
    fn a_skew_matrix_breaks_it_down_at_the_first_step() {
        // r̃ᴴ A r = 0 for every r.
        let matrix = CsrMatrix::from_triplets(2, 2, &[(0, 1, 1.0), (1, 0, -1.0)]).unwrap();
        let problem = Problem::new(&matrix, &[1.0, 0.0]);
        let outcome = solve(&problem, &SolveParams::default(), &mut Silent).unwrap();
        assert_eq!(outcome.stop_reason, StopReason::BrokeDown);
        assert!(outcome.stop_message.contains("r̃ᴴAp = 0 at iteration 1"), "{}", outcome.stop_message);
        check_honest(&problem, &outcome);
    }
}
