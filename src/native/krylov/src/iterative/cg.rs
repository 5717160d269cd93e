use filigree_core::{Error, Observer};
use num_complex::Complex64;

use super::ritz::Tridiagonal;
use super::{DeflationSpace, Monitor, Outcome, Problem, Segment, SegmentEnd, SolveParams, drive};
use crate::{Scalar, vector};

/// Conjugate gradients for Hermitian positive definite matrices, with a preconditioner of the same kind.
///
/// Hestenes & Stiefel, "Methods of conjugate gradients for solving linear systems", J. Res. Nat. Bur. Standards 49(6),
/// 1952. A direction of negative curvature ends it: the matrix is not positive definite then.
pub fn solve<S: Scalar>(
    problem: &Problem<'_, S>,
    params: &SolveParams,
    observer: &mut dyn Observer,
) -> Result<Outcome<S>, Error> {
    problem.check_preconditioner("CG", true, false)?;
    drive(problem, params, &mut ConjugateGradients::new(problem, None, None), observer)
}

/// Hears of every direction p, with A p and pᴴ A p.
pub type DirectionSink<'a, S> = dyn FnMut(&[S], &[S], f64) + 'a;

/// One run of conjugate gradients, deflated where a space is given.
pub struct ConjugateGradients<'a, S> {
    z: Vec<S>,
    p: Vec<S>,
    q: Vec<S>,
    own_residual: Vec<S>,
    deflation: Option<&'a DeflationSpace<S>>,
    directions: Option<&'a mut DirectionSink<'a, S>>,
    tridiagonal: Tridiagonal,
}

impl<'a, S: Scalar> ConjugateGradients<'a, S> {
    /// The vectors of the method.
    pub fn new(
        problem: &Problem<'_, S>,
        deflation: Option<&'a DeflationSpace<S>>,
        directions: Option<&'a mut DirectionSink<'a, S>>,
    ) -> Self {
        let zeros = || vec![S::ZERO; problem.operator.rows()];
        Self {
            z: zeros(),
            p: zeros(),
            q: zeros(),
            own_residual: zeros(),
            deflation,
            directions,
            tridiagonal: Tridiagonal::default(),
        }
    }
}

impl<S: Scalar> Segment<S> for ConjugateGradients<'_, S> {
    fn name(&self) -> String {
        if self.deflation.is_some() { "Deflated CG" } else { "CG" }.to_owned()
    }

    fn run(&mut self, x: &mut [S], r: &[S], monitor: &mut Monitor<'_, S>) -> SegmentEnd {
        let problem = monitor.problem;
        let Self { z, p, q, own_residual, .. } = self;
        own_residual.copy_from_slice(r);
        if let Some(space) = self.deflation {
            // The start becomes the best one of the space: Wᴴ r = 0 from here on.
            space.improve(x, own_residual);
        }
        self.tridiagonal.clear();
        problem.precondition(own_residual, z);
        let mut rho = vector::dot(own_residual, z).real();
        p.fill(S::ZERO);
        let mut beta = 0.0;
        loop {
            let next = monitor.iteration() + 1;
            if rho == 0.0 && own_residual.iter().all(|&value| value == S::ZERO) {
                return SegmentEnd::Exhausted;
            }
            if rho <= 0.0 {
                return SegmentEnd::BrokeDown(format!(
                    "rᴴ M⁻¹ r = {rho:.2e} at iteration {next}, so the preconditioner is not positive definite. Choose another one"
                ));
            }
            vector::xpby(z, S::from_real(beta), p);
            if let Some(space) = self.deflation {
                space.project_direction(z, p);
            }
            problem.operator.apply(p, q);
            let curvature = vector::dot(p, q);
            if let Some(reason) = fault_of_curvature(curvature, next) {
                return SegmentEnd::BrokeDown(reason);
            }
            if let Some(directions) = &mut self.directions {
                directions(p, q, curvature.real());
            }
            let alpha = rho / curvature.real();
            self.tridiagonal.conjugate_gradient_step(alpha, beta);
            vector::axpy(S::from_real(alpha), p, x);
            vector::axpy(S::from_real(-alpha), q, own_residual);
            if let Some(end) = monitor.step(vector::norm(own_residual), x) {
                return end;
            }
            problem.precondition(own_residual, z);
            let new = vector::dot(own_residual, z).real();
            beta = new / rho;
            rho = new;
        }
    }

    fn memory_bytes(&self) -> u64 {
        let deflated = self.deflation.map_or(0, DeflationSpace::memory_bytes);
        4 * (self.z.len() * size_of::<S>()) as u64 + deflated
    }

    fn spectrum(&self) -> (Vec<Complex64>, Vec<Complex64>) {
        (self.tridiagonal.ritz_values(), Vec::new())
    }
}

/// Why a step of CG can not be made along a direction of this curvature pᴴ A p, where it can not.
fn fault_of_curvature<S: Scalar>(curvature: S, iteration: usize) -> Option<String> {
    let (value, rest) = (curvature.real(), curvature.imaginary());
    if rest.abs() > 1e-6 * value.abs() {
        return Some(format!(
            "pᴴAp = {value:.2e} + {rest:.2e} i is not real at iteration {iteration}, so the matrix is not Hermitian. Choose GMRES or BiCGSTAB"
        ));
    }
    if value > 0.0 || value.is_nan() {
        return None;
    }
    Some(format!(
        "pᴴAp = {value:.2e} at iteration {iteration}: the matrix is not positive definite, a direction of {} curvature was found. Choose MINRES, GMRES or a direct solver",
        if value < 0.0 { "negative" } else { "no" }
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::CsrMatrix;
    use crate::iterative::test_support::*;
    use crate::iterative::{DeflationSpace, deflated_cg, subdomain_vectors};
    use filigree_core::{Silent, StopReason};

    #[test]
    fn the_error_falls_in_the_norm_of_the_matrix() {
        let matrix = laplacian(12, 11);
        let solution: Vec<f64> = random_vector(132, 1);
        let b = applied(&matrix, &solution);
        let mut last = f64::INFINITY;
        for limit in 0..25 {
            let params = SolveParams { max_iterations: limit, ..SolveParams::default() };
            let outcome = solve(&Problem::new(&matrix, &b), &params, &mut Silent).unwrap();
            let error: Vec<f64> = outcome.solution.iter().zip(&solution).map(|(a, b)| a - b).collect();
            let energy = vector::dot(&error, &applied(&matrix, &error)).sqrt();
            assert!(energy < last);
            last = energy;
        }
    }

    #[test]
    fn it_ends_after_as_many_steps_as_there_are_eigenvalues_and_finds_them() {
        let triplets: Vec<_> = (0..60).map(|i| (i, i, [1.0, 3.0, 7.0][i % 3])).collect();
        let matrix = CsrMatrix::from_triplets(60, 60, &triplets).unwrap();
        let b: Vec<f64> = random_vector(60, 1);
        let outcome = solve(&Problem::new(&matrix, &b), &SolveParams::default(), &mut Silent).unwrap();
        assert_eq!(outcome.iterations, 3);
        for (found, known) in outcome.ritz_values.iter().zip([1.0, 3.0, 7.0]) {
            assert!((found.re - known).abs() < 1e-10);
        }
    }

    #[test]
    fn negative_curvature_is_named_with_its_iteration() {
        let matrix = random_hermitian::<f64>(30, -4.0, 2);
        let b: Vec<f64> = random_vector(30, 1);
        let outcome = solve(&Problem::new(&matrix, &b), &SolveParams::default(), &mut Silent).unwrap();
        assert_eq!(outcome.stop_reason, StopReason::BrokeDown);
        assert!(outcome.stop_message.contains("not positive definite"), "{}", outcome.stop_message);
        assert!(outcome.stop_message.contains("at iteration 1"), "{}", outcome.stop_message);
        check_honest(&Problem::new(&matrix, &b), &outcome);
    }

    #[test]
    fn a_consistent_singular_system_is_solved_and_an_inconsistent_one_is_not_called_solved() {
        // Neumann Laplacian on a line.
        let triplets: Vec<_> = (0..29)
            .flat_map(|i| [(i, i, 1.0), (i + 1, i + 1, 1.0), (i, i + 1, -1.0), (i + 1, i, -1.0)])
            .collect();
        let matrix = CsrMatrix::from_triplets(30, 30, &triplets).unwrap();
        let mut b = applied(&matrix, &random_vector(30, 1));
        let outcome = solve(&Problem::new(&matrix, &b), &SolveParams::default(), &mut Silent).unwrap();
        assert_eq!(outcome.stop_reason, StopReason::Converged);
        b.iter_mut().for_each(|value| *value += 1.0);
        let problem = Problem::new(&matrix, &b);
        let outcome = solve(&problem, &SolveParams::default(), &mut Silent).unwrap();
        assert_ne!(outcome.stop_reason, StopReason::Converged, "{}", outcome.stop_message);
        check_honest(&problem, &outcome);
    }

    #[test]
    fn deflation_takes_the_small_eigenvalues_away() {
        let matrix = laplacian(60, 60);
        let b: Vec<f64> = random_vector(3600, 1);
        let problem = Problem::new(&matrix, &b);
        let plain = solve(&problem, &SolveParams::default(), &mut Silent).unwrap();
        let space = DeflationSpace::new(&matrix, &subdomain_vectors(&matrix, 60, None)).unwrap();
        let deflated = deflated_cg(&problem, &space, &SolveParams::default(), &mut Silent).unwrap();
        assert_eq!(deflated.stop_reason, StopReason::Converged);
        assert!(2 * deflated.iterations < plain.iterations, "{} {}", deflated.iterations, plain.iterations);
        assert!(distance(&deflated.solution, &plain.solution) < 1e-6);
    }
}
