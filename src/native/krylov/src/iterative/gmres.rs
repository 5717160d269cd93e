use std::borrow::Cow;

use filigree_core::{Error, Observer};
use num_complex::Complex64;

use super::arnoldi::{Arnoldi, ArnoldiStep};
use super::ritz::harmonic_ritz_values;
use super::{DenseScalar, Monitor, Outcome, Problem, Segment, SegmentEnd, SolveParams, drive};

/// Generalised minimal residuals, restarted, preconditioned from the right, so that the residual it minimises is the
/// true one.
///
/// Saad & Schultz, "GMRES: a generalized minimal residual algorithm for solving nonsymmetric linear systems", SIAM J.
/// Sci. Stat. Comput. 7(3), 1986. A space that grows no further holds the solution.
pub fn solve<S: DenseScalar>(
    problem: &Problem<'_, S>,
    params: &SolveParams,
    observer: &mut dyn Observer,
) -> Result<Outcome<S>, Error> {
    problem.check_preconditioner("GMRES", false, false)?;
    params.check()?;
    drive(problem, params, &mut Gmres::new(problem, params, false), observer)
}

/// Cycles of GMRES; flexible where the preconditioned directions are kept.
pub struct Gmres<S> {
    arnoldi: Arnoldi<S>,
    restart: usize,
    flexible: bool,
}

impl<S: DenseScalar> Gmres<S> {
    /// Room for a cycle.
    pub fn new(problem: &Problem<'_, S>, params: &SolveParams, flexible: bool) -> Self {
        let rows = problem.operator.rows();
        let restart = params.restart.min(rows).max(1);
        let keeps_z = flexible && problem.preconditioner.is_some();
        Self { arnoldi: Arnoldi::new(rows, restart, keeps_z), restart, flexible }
    }
}

impl<S: DenseScalar> Segment<S> for Gmres<S> {
    fn name(&self) -> String {
        format!("{}({})", if self.flexible { "Flexible GMRES" } else { "GMRES" }, self.restart)
    }

    fn run(&mut self, x: &mut [S], r: &[S], monitor: &mut Monitor<'_, S>) -> SegmentEnd {
        self.arnoldi.start(r);
        let end = loop {
            let (residual, invariant) = match self.arnoldi.step(monitor) {
                ArnoldiStep::Grown(residual) => (residual, false),
                ArnoldiStep::Invariant(residual) => (residual, true),
            };
            let told = monitor.step_forming(residual, |monitor| {
                let mut formed = x.to_vec();
                self.arnoldi.add_solution(monitor, &mut formed);
                Cow::Owned(formed)
            });
            if let Some(end) = told {
                break end;
            }
            if invariant {
                break SegmentEnd::Exhausted;
            }
            if self.arnoldi.least_squares.size() >= self.restart {
                break SegmentEnd::Restart;
            }
        };
        self.arnoldi.add_solution(monitor, x);
        end
    }

    fn memory_bytes(&self) -> u64 {
        self.arnoldi.memory_bytes()
    }

    fn spectrum(&self) -> (Vec<Complex64>, Vec<Complex64>) {
        // A spectrum that can not be computed costs the picture, not the solve.
        (Vec::new(), harmonic_ritz_values(&self.arnoldi.least_squares.matrix()).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::CsrMatrix;
    use crate::iterative::test_support::*;
    use faer::Mat;
    use faer::linalg::solvers::SolveLstsq;
    use filigree_core::{Silent, StopReason};

    #[test]
    fn each_residual_is_the_smallest_of_its_krylov_space() {
        let matrix = random_matrix::<Complex64>(40, 40, 6.0, 3);
        let b: Vec<Complex64> = random_vector(40, 1);
        let problem = Problem::new(&matrix, &b);
        let outcome = solve(&problem, &SolveParams::default(), &mut Silent).unwrap();
        let mut powers = vec![b.clone()];
        for k in 1..8 {
            powers.push(applied(&matrix, &powers[k - 1]));
            let space = Mat::from_fn(40, k, |i, j| powers[j + 1][i]);
            let right = Mat::from_fn(40, 1, |i, _| b[i]);
            let best = (&right - &space * space.qr().solve_lstsq(&right)).norm_l2() / right.norm_l2();
            let ours = outcome.history[k].residual;
            assert!((ours - best).abs() < 1e-10, "step {k}: {ours:e} {best:e}");
        }
    }

    #[test]
    fn residuals_never_rise_over_restarts() {
        let matrix = convection_diffusion(20, 20, 0.7);
        let b: Vec<f64> = random_vector(400, 1);
        let params = SolveParams { restart: 10, ..SolveParams::default() };
        let outcome = solve(&Problem::new(&matrix, &b), &params, &mut Silent).unwrap();
        assert_eq!(outcome.stop_reason, StopReason::Converged);
        assert!(outcome.history.windows(2).all(|pair| pair[1].residual <= pair[0].residual * (1.0 + 1e-9)));
    }

    #[test]
    fn a_lucky_breakdown_is_convergence() {
        // b lies in a space of three dimensions that the matrix keeps.
        let mut triplets = vec![(0, 1, 1.0), (1, 2, 1.0), (2, 0, 1.0)];
        triplets.extend((3..20).map(|i| (i, i, 2.0 + i as f64)));
        let matrix = CsrMatrix::from_triplets(20, 20, &triplets).unwrap();
        let mut b = vec![0.0; 20];
        b[0] = 1.0;
        let outcome = solve(&Problem::new(&matrix, &b), &SolveParams::default(), &mut Silent).unwrap();
        assert_eq!((outcome.iterations, outcome.stop_reason), (3, StopReason::Converged));
    }

    #[test]
    fn an_inconsistent_singular_system_stagnates_in_words() {
        let matrix = CsrMatrix::from_triplets(3, 3, &[(0, 1, 1.0), (1, 2, 1.0)]).unwrap();
        let problem = Problem::new(&matrix, &[0.0, 0.0, 1.0]);
        let outcome = solve(&problem, &SolveParams::default(), &mut Silent).unwrap();
        assert_eq!(outcome.stop_reason, StopReason::Stagnated, "{}", outcome.stop_message);
        assert!(outcome.stop_message.contains("singular"), "{}", outcome.stop_message);
        check_honest(&problem, &outcome);
    }

    #[test]
    fn a_restart_that_is_too_short_is_called_stagnation() {
        // A cyclic shift: GMRES(m) gains nothing before m = n.
        let triplets: Vec<_> = (0..20).map(|i| (i, (i + 1) % 20, 1.0)).collect();
        let matrix = CsrMatrix::from_triplets(20, 20, &triplets).unwrap();
        let mut b = vec![0.0; 20];
        b[0] = 1.0;
        let params = SolveParams { restart: 5, ..SolveParams::default() };
        let outcome = solve(&Problem::new(&matrix, &b), &params, &mut Silent).unwrap();
        assert_eq!(outcome.stop_reason, StopReason::Stagnated, "{}", outcome.stop_message);
        assert!(outcome.stop_message.contains("longer cycles"), "{}", outcome.stop_message);
        let full = SolveParams { restart: 20, ..SolveParams::default() };
        let outcome = solve(&Problem::new(&matrix, &b), &full, &mut Silent).unwrap();
        assert_eq!(outcome.stop_reason, StopReason::Converged);
    }

    #[test]
    fn harmonic_ritz_values_of_the_whole_space_are_eigenvalues() {
        let triplets: Vec<_> = (0..6)
            .flat_map(|i| [(i, i, 1.0 + i as f64), (i, (i + 1).min(5), if i < 5 { 0.5 } else { 0.0 })])
            .collect();
        let matrix = CsrMatrix::from_triplets(6, 6, &triplets).unwrap();
        let b: Vec<f64> = random_vector(6, 1);
        let params = SolveParams { relative_tolerance: 1e-13, ..SolveParams::default() };
        let outcome = solve(&Problem::new(&matrix, &b), &params, &mut Silent).unwrap();
        for (found, known) in outcome.harmonic_ritz_values.iter().zip(1..) {
            assert!((found - f64::from(known)).norm() < 1e-7, "{:?}", outcome.harmonic_ritz_values);
        }
    }
}
