use faer::Mat;
use faer::linalg::solvers::Solve;
use filigree_core::{Flow, Observer, Random, Step, StopReason};

use super::{DenseScalar, Outcome, Problem};
use crate::test_matrices::hermitian_part;
use crate::{CsrMatrix, LinearOperator, Scalar, vector};

/// Five-point Laplacian on a grid, with nought at the border.
pub fn laplacian(width: usize, height: usize) -> CsrMatrix<f64> {
    convection_diffusion(width, height, 0.0)
}

/// The same with first differences along the rows: nonsymmetric where `flow` is not nought.
pub fn convection_diffusion(width: usize, height: usize, flow: f64) -> CsrMatrix<f64> {
    let mut triplets = Vec::new();
    for y in 0..height {
        for x in 0..width {
            let row = y * width + x;
            triplets.push((row, row, 4.0));
            if x > 0 {
                triplets.push((row, row - 1, -1.0 - flow));
            }
            if x + 1 < width {
                triplets.push((row, row + 1, -1.0 + flow));
            }
            if y > 0 {
                triplets.push((row, row - width, -1.0));
            }
            if y + 1 < height {
                triplets.push((row, row + width, -1.0));
            }
        }
    }
    CsrMatrix::from_triplets(width * height, width * height, &triplets).unwrap()
}

pub fn random_vector<S: Scalar>(length: usize, seed: u64) -> Vec<S> {
    let mut random = Random::new(seed, 99);
    (0..length).map(|_| S::from_parts(random.normal(), random.normal())).collect()
}

/// A random sparse matrix: some entries a row, and `shift` on the diagonal.
pub fn random_matrix<S: Scalar>(rows: usize, columns: usize, shift: f64, seed: u64) -> CsrMatrix<S> {
    let mut random = Random::new(seed, 0);
    let mut triplets: Vec<_> = (0..rows * 5)
        .map(|_| {
            let value = S::from_parts(random.normal(), random.normal());
            (random.below(rows), random.below(columns), value)
        })
        .collect();
    triplets.extend((0..rows.min(columns)).map(|i| (i, i, S::from_real(shift))));
    CsrMatrix::from_triplets(rows, columns, &triplets).unwrap()
}

/// A random Hermitian matrix, its diagonal shifted.
pub fn random_hermitian<S: Scalar>(size: usize, shift: f64, seed: u64) -> CsrMatrix<S> {
    let mut triplets = hermitian_part(&random_matrix::<S>(size, size, 0.0, seed));
    triplets.extend((0..size).map(|row| (row, row, S::from_real(shift))));
    CsrMatrix::from_triplets(size, size, &triplets).unwrap()
}

pub fn dense<S: DenseScalar>(matrix: &CsrMatrix<S>) -> Mat<S> {
    Mat::from_fn(matrix.rows(), matrix.columns(), |i, j| matrix.get(i, j))
}

/// The solution by dense LU.
pub fn dense_solution<S: DenseScalar>(matrix: &CsrMatrix<S>, b: &[S]) -> Vec<S> {
    let right = Mat::from_fn(b.len(), 1, |i, _| b[i]);
    let solution = dense(matrix).partial_piv_lu().solve(right);
    (0..b.len()).map(|i| solution[(i, 0)]).collect()
}

pub fn distance<S: Scalar>(a: &[S], b: &[S]) -> f64 {
    let difference: Vec<S> = a.iter().zip(b).map(|(&a, &b)| a - b).collect();
    vector::norm(&difference) / vector::norm(b)
}

/// What holds for every outcome, good or bad: its residual is that of its solution, its history ends with it, and all
/// numbers are finite.
pub fn check_honest<S: Scalar>(problem: &Problem<'_, S>, outcome: &Outcome<S>) {
    let mut r = vec![S::ZERO; problem.operator.rows()];
    problem.operator.apply(&outcome.solution, &mut r);
    r.iter_mut().zip(problem.right_hand_side).for_each(|(r, &b)| *r = b - *r);
    let norm = vector::norm(&r);
    let recomputed = if norm == 0.0 { 0.0 } else { norm / vector::norm(problem.right_hand_side) };
    assert!(
        (recomputed - outcome.residual).abs() <= 1e-12 * recomputed,
        "{recomputed:e} was told as {:e}",
        outcome.residual
    );
    assert_eq!(outcome.history.last().unwrap().residual, outcome.residual);
    assert_eq!(outcome.history.last().unwrap().iteration, outcome.iterations);
    assert!(outcome.history.iter().all(|row| row.trace().iter().all(|value| value.is_finite())));
    assert!(outcome.history.windows(2).all(|pair| pair[0].iteration <= pair[1].iteration));
    if outcome.stop_reason == StopReason::Converged && !outcome.stop_message.contains("least-squares") {
        assert!(outcome.residual <= 1e-8, "{}", outcome.stop_message);
    }
}

/// Stops a method after some iterations.
pub struct StopAfter(pub usize);

impl Observer for StopAfter {
    fn stage(&mut self, _name: &str) {}
    fn progress(&mut self, fraction: f64) -> Flow {
        assert!((0.0..=1.0).contains(&fraction));
        Flow::Continue
    }
    fn iteration(&mut self, step: &Step<'_>) -> Flow {
        if step.iteration >= self.0 { Flow::Stop } else { Flow::Continue }
    }
}

/// Entry a row of the operator, applied to one vector.
pub fn applied<S: Scalar>(operator: &dyn LinearOperator<S>, x: &[S]) -> Vec<S> {
    let mut y = vec![S::ZERO; operator.rows()];
    operator.apply(x, &mut y);
    y
}
