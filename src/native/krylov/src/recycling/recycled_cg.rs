use faer::{Mat, Side};
use filigree_core::{Error, Observer};

use super::harmonic_vectors::harmonic_vectors;
use crate::Scalar;
use crate::iterative::{
    Basis, ConjugateGradients, DeflationSpace, DenseScalar, Outcome, Problem, SolveParams, drive,
};

/// What CG keeps from one system to the next: approximate eigenvectors of its smallest eigenvalues.
#[derive(Clone, Debug, Default)]
pub struct RecycledDirections<S> {
    vectors: Option<Basis<S>>,
}

impl<S: Scalar> RecycledDirections<S> {
    /// Vectors kept.
    pub fn vectors(&self) -> usize {
        self.vectors.as_ref().map_or(0, Basis::columns)
    }
}

/// Deflated CG over a sequence of Hermitian positive definite systems: what it kept is deflated, and from its directions
/// it chooses anew what to keep, `params.recycled` vectors out of cycles of `params.restart`. It needs no restarts, and
/// two passes over the kept vectors in each iteration.
///
/// Saad, Yeung, Erhel & Guyomarc'h, "A deflated version of the conjugate gradient algorithm", SIAM J. Sci. Comput. 21(5),
/// 2000, section 5; the choice is by harmonic Ritz values, and goes on in windows as in Stathopoulos & Orginos, "Computing
/// and deflating eigenvalues while solving multiple right-hand side linear systems", SIAM J. Sci. Comput. 32(1), 2010.
pub fn solve<S: DenseScalar>(
    problem: &Problem<'_, S>,
    kept: &mut RecycledDirections<S>,
    params: &SolveParams,
    observer: &mut dyn Observer,
) -> Result<Outcome<S>, Error> {
    params.check_recycling()?;
    problem.check_preconditioner("CG with recycling", true, false)?;
    problem.check_square("CG with recycling")?;
    let rows = problem.operator.rows();
    let known = kept.vectors.take().filter(|vectors| vectors.rows() == rows && vectors.columns() > 0);
    // A space on which this matrix is not definite, or that has become dependent, is given up.
    let space = known.and_then(|vectors| DeflationSpace::of_basis(problem.operator, vectors).ok());
    let mut harvest = Harvest::new(problem, space.as_ref(), params);
    let outcome = {
        let mut sink = |p: &[S], image: &[S], curvature: f64| harvest.add(p, image, curvature);
        drive(
            problem,
            params,
            &mut ConjugateGradients::new(problem, space.as_ref(), Some(&mut sink)),
            observer,
        )?
    };
    harvest.choose();
    let chosen = harvest.kept.vectors;
    kept.vectors = (chosen.columns() > 0).then_some(chosen);
    Ok(outcome)
}

/// Vectors, A times them, and M⁻¹ A times them (none without a preconditioner, where it is the same).
struct Family<S> {
    vectors: Basis<S>,
    images: Basis<S>,
    preconditioned: Option<Basis<S>>,
}

impl<S: DenseScalar> Family<S> {
    fn new(rows: usize, capacity: usize, preconditioned: bool) -> Self {
        Self {
            vectors: Basis::new(rows, capacity),
            images: Basis::new(rows, capacity),
            preconditioned: preconditioned.then(|| Basis::new(rows, capacity)),
        }
    }

    fn push(&mut self, problem: &Problem<'_, S>, factor: f64, vector: &[S], image: &[S]) {
        self.vectors.push_scaled(factor, vector);
        self.images.push_scaled(factor, image);
        if let Some(preconditioned) = &mut self.preconditioned {
            let mut z = vec![S::ZERO; image.len()];
            problem.precondition(image, &mut z);
            preconditioned.push_scaled(factor, &z);
        }
    }

    fn last(&self) -> &Basis<S> {
        self.preconditioned.as_ref().unwrap_or(&self.images)
    }

    fn clear(&mut self) {
        self.vectors.truncate(0);
        self.images.truncate(0);
        if let Some(preconditioned) = &mut self.preconditioned {
            preconditioned.truncate(0);
        }
    }
}

/// Collects the directions of a run and chooses among them.
struct Harvest<'p, 'a, S: Scalar> {
    problem: &'p Problem<'a, S>,
    kept: Family<S>,
    fresh: Family<S>,
    window: usize,
    count: usize,
}

impl<'p, 'a, S: DenseScalar> Harvest<'p, 'a, S> {
    fn new(problem: &'p Problem<'a, S>, space: Option<&DeflationSpace<S>>, params: &SolveParams) -> Self {
        let rows = problem.operator.rows();
        let (count, window) = (params.recycled, params.restart - params.recycled);
        let preconditioned = problem.preconditioner.is_some();
        let mut kept = Family::new(rows, count, preconditioned);
        if let Some((vectors, images)) = space.map(DeflationSpace::bases) {
            for column in 0..vectors.columns() {
                kept.push(problem, 1.0, vectors.column(column), images.column(column));
            }
        }
        Self { problem, kept, fresh: Family::new(rows, window, preconditioned), window, count }
    }

    fn add(&mut self, direction: &[S], image: &[S], curvature: f64) {
        self.fresh.push(self.problem, 1.0 / curvature.sqrt(), direction, image);
        if self.fresh.vectors.columns() >= self.window {
            self.choose();
        }
    }

    /// Keeps the harmonic Ritz vectors of smallest value θ in the space of all: with Z = [Y, P],
    /// (AZ)ᴴ M⁻¹ (AZ) g = θ Zᴴ A Z g.
    fn choose(&mut self) {
        let (old, new) = (self.kept.vectors.columns(), self.fresh.vectors.columns());
        if new == 0 {
            return;
        }
        let size = old + new;
        let energy = joined(&self.kept, &self.fresh, |a, b| a.vectors.products(&b.images));
        let square = joined(&self.kept, &self.fresh, |a, b| a.images.products(b.last()));
        if let Some(weights) = smallest(&energy, &square, self.count.min(size)) {
            let (above, below) = (weights.get(..old, ..), weights.get(old.., ..));
            let combine = |known: &Basis<S>, fresh: &Basis<S>| match old {
                0 => Basis::combined(&[(fresh.matrix(), below)]),
                _ => Basis::combined(&[(known.matrix(), above), (fresh.matrix(), below)]),
            };
            self.kept = Family {
                vectors: combine(&self.kept.vectors, &self.fresh.vectors),
                images: combine(&self.kept.images, &self.fresh.images),
                preconditioned: self
                    .kept
                    .preconditioned
                    .as_ref()
                    .zip(self.fresh.preconditioned.as_ref())
                    .map(|(known, fresh)| combine(known, fresh)),
            };
        }
        self.fresh.clear();
    }
}

/// A Hermitian matrix of products of two families with themselves and each other.
fn joined<S: DenseScalar>(
    a: &Family<S>,
    b: &Family<S>,
    products: impl Fn(&Family<S>, &Family<S>) -> Mat<S>,
) -> Mat<S> {
    let (first, size) = (a.vectors.columns(), a.vectors.columns() + b.vectors.columns());
    let corner = products(b, b);
    let (top, side) = if first > 0 {
        (products(a, a), products(a, b))
    } else {
        (Mat::<S>::zeros(0, 0), Mat::<S>::zeros(0, size))
    };
    Mat::from_fn(size, size, |i, j| match (i < first, j < first) {
        (true, true) => top[(i, j)],
        (true, false) => side[(i, j - first)],
        (false, true) => Scalar::conj(side[(j, i - first)]),
        (false, false) => corner[(i - first, j - first)],
    })
}

/// Weights g of the smallest θ of square · g = θ energy · g, normalised to gᴴ square g = 1.
fn smallest<S: DenseScalar>(energy: &Mat<S>, square: &Mat<S>, count: usize) -> Option<Mat<S>> {
    let lower = square.llt(Side::Lower).ok()?.L().to_owned();
    harmonic_vectors(&lower, energy, count).map(|(weights, _)| weights)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iterative::cg;
    use crate::iterative::test_support::*;
    use crate::{CsrMatrix, vector};
    use filigree_core::{Silent, StopReason, in_pool};
    use num_complex::Complex64;

    fn params() -> SolveParams {
        SolveParams { restart: 40, recycled: 16, ..SolveParams::default() }
    }

    /// A Laplacian with a diagonal that varies a little from system to system.
    fn varied(step: usize) -> CsrMatrix<f64> {
        let change: Vec<f64> = random_vector(2500, step as u64);
        laplacian(50, 50).map(
            |row, column, value| {
                if row == column { value + 1e-3 * change[row].abs() } else { value }
            },
        )
    }

    #[test]
    fn what_is_kept_saves_iterations_on_the_next_system() {
        let mut kept = RecycledDirections::default();
        let b: Vec<f64> = random_vector(2500, 1);
        for step in 0..4 {
            let matrix = varied(step);
            let problem = Problem::new(&matrix, &b);
            let outcome = solve(&problem, &mut kept, &params(), &mut Silent).unwrap();
            check_honest(&problem, &outcome);
            assert_eq!(outcome.stop_reason, StopReason::Converged, "{}", outcome.stop_message);
            let plain = cg(&problem, &params(), &mut Silent).unwrap();
            assert!(distance(&outcome.solution, &plain.solution) < 1e-6);
            if step > 0 {
                assert!(
                    4 * outcome.iterations < 3 * plain.iterations,
                    "{} {}",
                    outcome.iterations,
                    plain.iterations
                );
            }
        }
    }

    #[test]
    fn it_keeps_eigenvectors_of_the_smallest_eigenvalues() {
        let triplets: Vec<_> = (0..300)
            .map(|i| (i, i, if i < 4 { 0.01 * (i + 1) as f64 } else { 2.0 + i as f64 * 0.01 }))
            .collect();
        let matrix = CsrMatrix::from_triplets(300, 300, &triplets).unwrap();
        let b: Vec<f64> = random_vector(300, 1);
        let mut kept = RecycledDirections::default();
        let few = SolveParams { restart: 20, recycled: 4, ..SolveParams::default() };
        solve(&Problem::new(&matrix, &b), &mut kept, &few, &mut Silent).unwrap();
        let mut vectors = kept.vectors.unwrap();
        vectors.orthonormalise().unwrap();
        for row in 0..4 {
            let inside: f64 = (0..4).map(|column| vectors.column(column)[row].powi(2)).sum();
            assert!((inside - 1.0).abs() < 1e-5, "{inside}");
        }
    }

    #[test]
    fn complex_and_preconditioned_systems_and_those_of_another_size_are_solved() {
        let mut kept = RecycledDirections::default();
        for (size, seed) in [(60, 1), (60, 2), (40, 3)] {
            let matrix = random_hermitian::<Complex64>(size, 18.0, seed);
            let b: Vec<Complex64> = random_vector(size, seed);
            let few = SolveParams { restart: 10, recycled: 4, ..SolveParams::default() };
            let outcome = solve(&Problem::new(&matrix, &b), &mut kept, &few, &mut Silent).unwrap();
            assert_eq!(outcome.stop_reason, StopReason::Converged);
            assert!(distance(&outcome.solution, &dense_solution(&matrix, &b)) < 1e-6);
        }
        assert!(vector::norm(kept.vectors.unwrap().column(0)) > 0.0);
    }

    #[test]
    fn one_and_two_threads_give_the_same_bytes() {
        let run = |threads| {
            in_pool(threads, || {
                let mut kept = RecycledDirections::default();
                let matrix = laplacian(150, 140);
                let b: Vec<f64> = random_vector(matrix.rows(), 1);
                let few = SolveParams { max_iterations: 60, ..params() };
                solve(&Problem::new(&matrix, &b), &mut kept, &few, &mut Silent)?;
                Ok(solve(&Problem::new(&matrix, &b), &mut kept, &few, &mut Silent)?.solution)
            })
            .unwrap()
        };
        assert!(run(1) == run(2));
    }
}
