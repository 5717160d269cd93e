use filigree_core::{Error, Observer};

use super::golub_kahan::GolubKahan;
use super::{Monitor, Outcome, Problem, Segment, SegmentEnd, SolveParams, drive};
use crate::{Scalar, vector};

/// Least squares min ‖b − A x‖ for any matrix, as CG on the normal equations would do it without forming them. Takes no
/// preconditioner. Converged means a small residual, or, where no x solves the system, ‖Aᴴr‖ ≤ tolerance · ‖A‖ ‖r‖.
///
/// Paige & Saunders, "LSQR: an algorithm for sparse linear equations and sparse least squares", ACM Trans. Math. Softw.
/// 8(1), 1982.
pub fn solve<S: Scalar>(
    problem: &Problem<'_, S>,
    params: &SolveParams,
    observer: &mut dyn Observer,
) -> Result<Outcome<S>, Error> {
    let problem = Problem { preconditioner: None, ..*problem };
    drive(&problem, params, &mut Lsqr::new(&problem), observer)
}

struct Lsqr<S> {
    bidiagonal: GolubKahan<S>,
    w: Vec<S>,
}

impl<S: Scalar> Lsqr<S> {
    fn new(problem: &Problem<'_, S>) -> Self {
        Self { bidiagonal: GolubKahan::of(problem), w: vec![S::ZERO; problem.operator.columns()] }
    }
}

impl<S: Scalar> Segment<S> for Lsqr<S> {
    fn name(&self) -> String {
        "LSQR".to_owned()
    }

    fn least_squares(&self) -> bool {
        true
    }

    fn run(&mut self, x: &mut [S], r: &[S], monitor: &mut Monitor<'_, S>) -> SegmentEnd {
        let Self { bidiagonal, w } = self;
        let tolerance = monitor.params.relative_tolerance;
        bidiagonal.start(r, monitor);
        let (mut phi_bar, mut rho_bar) = (bidiagonal.beta, bidiagonal.alpha);
        if rho_bar == 0.0 {
            // Aᴴ r = 0: x is the least-squares solution already.
            return SegmentEnd::LeastSquares(1.0);
        }
        w.copy_from_slice(&bidiagonal.v);
        loop {
            bidiagonal.step(monitor);
            let rho = rho_bar.hypot(bidiagonal.beta);
            let (cosine, sine) = (rho_bar / rho, bidiagonal.beta / rho);
            let theta = sine * bidiagonal.alpha;
            rho_bar = -cosine * bidiagonal.alpha;
            let phi = cosine * phi_bar;
            phi_bar *= sine;
            vector::axpy(S::from_real(phi / rho), w, x);
            vector::xpby(&bidiagonal.v, S::from_real(-theta / rho), w);
            if let Some(end) = monitor.step(phi_bar, x) {
                return end;
            }
            if bidiagonal.alpha * cosine.abs() <= tolerance * bidiagonal.norm {
                return SegmentEnd::LeastSquares(bidiagonal.norm);
            }
        }
    }

    fn memory_bytes(&self) -> u64 {
        self.bidiagonal.memory_bytes() + (self.w.len() * size_of::<S>()) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iterative::lsmr;
    use crate::iterative::test_support::*;
    use faer::Mat;
    use faer::linalg::solvers::SolveLstsq;
    use filigree_core::{Silent, StopReason};
    use num_complex::Complex64;

    #[test]
    fn inconsistent_systems_get_their_least_squares_solution() {
        let matrix = random_matrix::<Complex64>(50, 20, 8.0, 5);
        let b: Vec<Complex64> = random_vector(50, 1);
        let right = Mat::from_fn(50, 1, |i, _| b[i]);
        let best = dense(&matrix).qr().solve_lstsq(&right);
        let best: Vec<Complex64> = (0..20).map(|i| best[(i, 0)]).collect();
        let problem = Problem::new(&matrix, &b);
        for outcome in [
            solve(&problem, &SolveParams::default(), &mut Silent).unwrap(),
            lsmr(&problem, &SolveParams::default(), &mut Silent).unwrap(),
        ] {
            assert_eq!(outcome.stop_reason, StopReason::Converged, "{}", outcome.stop_message);
            assert!(outcome.stop_message.contains("least-squares solution"), "{}", outcome.stop_message);
            assert!(distance(&outcome.solution, &best) < 1e-6, "{}", outcome.stop_message);
            assert!(outcome.history.iter().all(|row| (row.recurred - row.residual).abs() < 1e-9));
            check_honest(&problem, &outcome);
        }
    }

    #[test]
    fn wide_systems_get_their_solution_of_least_norm() {
        let matrix = random_matrix::<f64>(15, 40, 5.0, 6);
        let b: Vec<f64> = random_vector(15, 1);
        let gram = dense(&matrix) * dense(&matrix).transpose();
        let right = Mat::from_fn(15, 1, |i, _| b[i]);
        let least =
            dense(&matrix).transpose() * faer::linalg::solvers::Solve::solve(&gram.partial_piv_lu(), right);
        let least: Vec<f64> = (0..40).map(|i| least[(i, 0)]).collect();
        let params = SolveParams { relative_tolerance: 1e-11, ..SolveParams::default() };
        for method in [solve::<f64>, lsmr::<f64>] {
            let outcome = method(&Problem::new(&matrix, &b), &params, &mut Silent).unwrap();
            assert!(distance(&outcome.solution, &least) < 1e-7, "{}", outcome.stop_message);
        }
    }
}
