use filigree_core::{Error, Observer};

use super::drive::{Segment, SegmentEnd, drive};
use super::{Monitor, Outcome, Problem, SolveParams};
use crate::{Scalar, vector};

/// The residual may grow by this before the iteration is called divergent.
const DIVERGENCE: f64 = 1e3;

/// x ← x + M⁻¹ (b − A x): the preconditioner as a solver of its own, as a multigrid cycle can be.
pub fn solve<S: Scalar>(
    problem: &Problem<'_, S>,
    params: &SolveParams,
    observer: &mut dyn Observer,
) -> Result<Outcome<S>, Error> {
    problem.check_preconditioner("A stationary iteration", false, false)?;
    let rows = problem.operator.rows();
    let mut method = Stationary { residual: vec![S::ZERO; rows], correction: vec![S::ZERO; rows] };
    drive(problem, params, &mut method, observer)
}

struct Stationary<S> {
    residual: Vec<S>,
    correction: Vec<S>,
}

impl<S: Scalar> Segment<S> for Stationary<S> {
    fn name(&self) -> String {
        "The stationary iteration".to_owned()
    }

    fn run(&mut self, x: &mut [S], r: &[S], monitor: &mut Monitor<'_, S>) -> SegmentEnd {
        let problem = monitor.problem;
        let Self { residual, correction } = self;
        residual.copy_from_slice(r);
        let start = vector::norm(r);
        loop {
            problem.precondition(residual, correction);
            vector::axpy(S::ONE, correction, x);
            problem.operator.residual(problem.right_hand_side, x, residual);
            monitor.count_product();
            let size = vector::norm(residual);
            if let Some(end) = monitor.step(size, x) {
                return end;
            }
            if size.is_nan() || size > DIVERGENCE * start {
                return SegmentEnd::BrokeDown(format!(
                    "its residual grew by a factor of {:.1e} until iteration {}. Use the preconditioner within CG or GMRES",
                    size / start,
                    monitor.iteration()
                ));
            }
        }
    }

    fn memory_bytes(&self) -> u64 {
        2 * (self.residual.len() * size_of::<S>()) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::CsrMatrix;
    use filigree_core::{Silent, StopReason};

    struct Halved;
    impl crate::Preconditioner<f64> for Halved {
        fn apply(&self, r: &[f64], z: &mut [f64]) {
            z.iter_mut().zip(r).for_each(|(z, r)| *z = r / 2.0);
        }
        fn is_symmetric_positive(&self) -> bool {
            true
        }
        fn memory_bytes(&self) -> u64 {
            0
        }
    }

    #[test]
    fn it_contracts_by_the_known_factor_and_tells_when_it_diverges() {
        let matrix = CsrMatrix::from_triplets(2, 2, &[(0, 0, 1.0), (1, 1, 1.0)]).unwrap();
        let b = [1.0, 2.0];
        let problem = Problem::new(&matrix, &b).preconditioned(&Halved);
        let outcome = solve(&problem, &SolveParams::default(), &mut Silent).unwrap();
        assert_eq!(outcome.stop_reason, StopReason::Converged);
        assert!((outcome.history[3].residual - 0.125).abs() < 1e-15);
        let large = matrix.map(|_, _, value| 10.0 * value);
        let outcome =
            solve(&Problem { operator: &large, ..problem }, &SolveParams::default(), &mut Silent).unwrap();
        assert_eq!(outcome.stop_reason, StopReason::BrokeDown);
        assert!(outcome.solution.iter().all(|value| value.is_finite()));
    }
}
