//! What holds for every method.

use filigree_core::{Error, Observer, Silent, StopReason, in_pool};
use num_complex::Complex64;
use proptest::prelude::*;

use super::test_support::*;
use super::*;
use crate::{CsrMatrix, Preconditioner, Scalar, vector};

type Method<S> = fn(&Problem<'_, S>, &SolveParams, &mut dyn Observer) -> Result<Outcome<S>, Error>;

fn seeded_idr<S: DenseScalar>(
    problem: &Problem<'_, S>,
    params: &SolveParams,
    observer: &mut dyn Observer,
) -> Result<Outcome<S>, Error> {
    idr(problem, params, 1, observer)
}

fn halved_cg<S: DenseScalar>(
    problem: &Problem<'_, S>,
    params: &SolveParams,
    observer: &mut dyn Observer,
) -> Result<Outcome<S>, Error> {
    let rows = problem.operator.rows();
    let half: Vec<S> = (0..rows).map(|i| if 2 * i < rows { S::ONE } else { S::ZERO }).collect();
    let space = DeflationSpace::new(problem.operator, &[half, vec![S::ONE; rows]])?;
    deflated_cg(problem, &space, params, observer)
}

fn general<S: DenseScalar>() -> [Method<S>; 6] {
    [gmres::<S>, fgmres::<S>, bicgstab::<S>, seeded_idr::<S>, lsqr::<S>, lsmr::<S>]
}

fn definite<S: DenseScalar>() -> [Method<S>; 3] {
    [cg::<S>, minres::<S>, halved_cg::<S>]
}

/// 1 / diagonal.
struct Jacobi<S>(Vec<S>);

impl<S: Scalar> Jacobi<S> {
    fn new(matrix: &CsrMatrix<S>) -> Self {
        Self(matrix.diagonal().into_iter().map(|value| S::ONE / value).collect())
    }
}

impl<S: Scalar> Preconditioner<S> for Jacobi<S> {
    fn apply(&self, r: &[S], z: &mut [S]) {
        z.iter_mut().zip(r).zip(&self.0).for_each(|((z, &r), &d)| *z = d * r);
    }
    fn is_symmetric_positive(&self) -> bool {
        true
    }
    fn memory_bytes(&self) -> u64 {
        (self.0.len() * size_of::<S>()) as u64
    }
}

fn check_solves<S: DenseScalar>(
    matrix: &CsrMatrix<S>,
    methods: &[Method<S>],
    preconditioned: bool,
    seed: u64,
) {
    let b: Vec<S> = random_vector(matrix.rows(), seed);
    let expected = dense_solution(matrix, &b);
    let jacobi = Jacobi::new(matrix);
    let mut problem = Problem::new(matrix, &b);
    if preconditioned {
        problem = problem.preconditioned(&jacobi);
    }
    for method in methods {
        let outcome = method(&problem, &SolveParams::default(), &mut Silent).unwrap();
        check_honest(&problem, &outcome);
        assert_eq!(outcome.stop_reason, StopReason::Converged, "{}", outcome.stop_message);
        let error = distance(&outcome.solution, &expected);
        assert!(error < 1e-6, "{}: {error:e}", outcome.stop_message);
        // The recurrences say the same as the recomputed residuals, well above rounding.
        for row in &outcome.history {
            assert!(
                (row.recurred - row.residual).abs() < 1e-7 * (1.0 + row.residual),
                "{} {row:?}",
                outcome.stop_message
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn general_methods_agree_with_dense_solves(seed in any::<u64>(), size in 5usize..60, jacobi in any::<bool>()) {
        check_solves(&random_matrix::<f64>(size, size, 12.0, seed), &general(), jacobi, seed);
        check_solves(&random_matrix::<Complex64>(size, size, 16.0, seed), &general(), jacobi, seed);
    }

    #[test]
    fn methods_for_definite_matrices_agree_with_dense_solves(
        seed in any::<u64>(), size in 5usize..60, jacobi in any::<bool>()
    ) {
        check_solves(&random_hermitian::<f64>(size, 14.0, seed), &definite(), jacobi, seed);
        check_solves(&random_hermitian::<Complex64>(size, 18.0, seed), &definite(), jacobi, seed);
    }

    #[test]
    fn whatever_happens_is_told_honestly(seed in any::<u64>(), size in 2usize..40, limit in 0usize..30) {
        // Matrices that may be singular, indefinite or both, given to every method.
        let matrix = random_matrix::<f64>(size, size, 0.0, seed);
        let b: Vec<f64> = random_vector(size, seed);
        let problem = Problem::new(&matrix, &b);
        let params = SolveParams { max_iterations: limit, ..SolveParams::default() };
        let methods: [Method<f64>; 2] = [cg::<f64>, minres::<f64>];
        for method in general().into_iter().chain(methods) {
            let outcome = method(&problem, &params, &mut Silent).unwrap();
            check_honest(&problem, &outcome);
            prop_assert!(outcome.iterations <= limit);
        }
    }
}

#[test]
fn a_vanishing_right_hand_side_is_solved_by_nought() {
    let matrix = laplacian(4, 4);
    let b = vec![0.0; 16];
    let start = vec![1.0; 16];
    for method in general().into_iter().chain(definite()) {
        let problem = Problem { start: Some(&start), ..Problem::new(&matrix, &b) };
        let outcome = method(&problem, &SolveParams::default(), &mut Silent).unwrap();
        assert_eq!((outcome.residual, outcome.stop_reason), (0.0, StopReason::Converged));
        assert!(outcome.solution.iter().all(|&value| value == 0.0));
    }
}

#[test]
fn the_exact_start_takes_no_iteration() {
    let matrix = laplacian(5, 4);
    let solution: Vec<f64> = random_vector(20, 1);
    let b = applied(&matrix, &solution);
    for method in general().into_iter().chain(definite()) {
        let problem = Problem { start: Some(&solution), ..Problem::new(&matrix, &b) };
        let outcome = method(&problem, &SolveParams::default(), &mut Silent).unwrap();
        assert_eq!((outcome.iterations, outcome.stop_reason), (0, StopReason::Converged));
    }
}

#[test]
fn one_and_two_threads_give_the_same_bytes() {
    let matrix = laplacian(300, 250);
    let b: Vec<f64> = random_vector(matrix.rows(), 3);
    let params = SolveParams { max_iterations: 45, ..SolveParams::default() };
    for method in general().into_iter().chain(definite()) {
        let run = |threads| {
            in_pool(threads, || {
                let outcome = method(&Problem::new(&matrix, &b), &params, &mut Silent)?;
                Ok((outcome.solution, outcome.history))
            })
            .unwrap()
        };
        assert!(run(1) == run(2));
    }
}

#[test]
fn a_person_can_stop_any_method() {
    let matrix = laplacian(40, 40);
    let b: Vec<f64> = random_vector(matrix.rows(), 3);
    for method in general().into_iter().chain(definite()) {
        let problem = Problem::new(&matrix, &b);
        let outcome = method(&problem, &SolveParams::default(), &mut StopAfter(3)).unwrap();
        assert_eq!((outcome.iterations, outcome.stop_reason), (3, StopReason::Cancelled));
        check_honest(&problem, &outcome);
    }
}

#[test]
fn rows_come_where_residuals_are_recomputed() {
    let matrix = laplacian(20, 20);
    let b: Vec<f64> = random_vector(matrix.rows(), 3);
    let params = SolveParams { residual_interval: 10, ..SolveParams::default() };
    let outcome = cg(&Problem::new(&matrix, &b), &params, &mut Silent).unwrap();
    let rows: Vec<usize> = outcome.history.iter().map(|row| row.iteration).collect();
    assert!(rows[..3] == [0, 10, 20], "{rows:?}");
    let params = SolveParams { residual_interval: 0, ..SolveParams::default() };
    let outcome = cg(&Problem::new(&matrix, &b), &params, &mut Silent).unwrap();
    assert_eq!(outcome.history.len(), 2);
}

#[test]
fn overflow_ends_with_the_last_finite_iterate() {
    let matrix =
        CsrMatrix::from_triplets(2, 2, &[(0, 0, 1e-300), (0, 1, 1e300), (1, 0, 1e300), (1, 1, 1.0)]).unwrap();
    let b = [1.0, 1.0];
    for method in general() {
        let outcome = method(&Problem::new(&matrix, &b), &SolveParams::default(), &mut Silent).unwrap();
        assert!(
            vector::all_finite(&outcome.solution) && outcome.residual.is_finite(),
            "{}",
            outcome.stop_message
        );
    }
}

#[test]
fn an_unreachable_tolerance_is_called_stagnation_with_both_residuals() {
    // Condition 1e12: no x in double precision has a residual of 1e-15 of a right-hand side like this.
    let size = 40;
    let triplets: Vec<_> = (0..size)
        .flat_map(|i| [(i, i, 10f64.powf(-12.0 * i as f64 / size as f64)), (i, (i * 7 + 3) % size, 1e-13)])
        .collect();
    let matrix = CsrMatrix::from_triplets(size, size, &triplets).unwrap();
    let b: Vec<f64> = random_vector(size, 5);
    let problem = Problem::new(&matrix, &b);
    let params = SolveParams { relative_tolerance: 1e-15, max_iterations: 100_000, ..SolveParams::default() };
    let outcome = bicgstab(&problem, &params, &mut Silent).unwrap();
    check_honest(&problem, &outcome);
    assert_ne!(outcome.stop_reason, StopReason::Converged);
    assert_ne!(outcome.stop_reason, StopReason::IterationLimit, "{}", outcome.stop_message);
}

#[test]
fn rectangles_go_to_the_least_squares_methods() {
    let matrix = random_matrix::<f64>(9, 5, 3.0, 1);
    let b: Vec<f64> = random_vector(9, 1);
    let error = gmres(&Problem::new(&matrix, &b), &SolveParams::default(), &mut Silent).unwrap_err();
    assert!(error.to_string().contains("square matrix, and this one is 9 × 5. LSQR"), "{error}");
    let error = lsqr(&Problem::new(&matrix, &b[..4]), &SolveParams::default(), &mut Silent).unwrap_err();
    assert!(error.to_string().contains("4 entries and the matrix 9 rows"), "{error}");
}

#[test]
fn preconditioners_that_a_method_may_not_use_are_refused() {
    struct Wild;
    impl Preconditioner<f64> for Wild {
        fn apply(&self, r: &[f64], z: &mut [f64]) {
            z.copy_from_slice(r);
        }
        fn is_symmetric_positive(&self) -> bool {
            false
        }
        fn varies(&self) -> bool {
            true
        }
        fn memory_bytes(&self) -> u64 {
            0
        }
    }
    let matrix = laplacian(3, 3);
    let b = vec![1.0; 9];
    let problem = Problem::new(&matrix, &b).preconditioned(&Wild);
    let params = SolveParams::default();
    assert!(cg(&problem, &params, &mut Silent).unwrap_err().to_string().contains("positive definite"));
    assert!(gmres(&problem, &params, &mut Silent).unwrap_err().to_string().contains("flexible GMRES"));
    assert_eq!(fgmres(&problem, &params, &mut Silent).unwrap().stop_reason, StopReason::Converged);
}
