use std::borrow::Cow;

use faer::Mat;
use filigree_core::{Error, Observer};
use num_complex::Complex64;

use super::recycle_space::RecycleSpace;
use crate::iterative::{
    Arnoldi, ArnoldiStep, Basis, DenseScalar, Monitor, Outcome, Problem, Segment, SegmentEnd, SolveParams,
    drive,
};
use crate::vector;

/// GMRES with deflated restarting that keeps the space of its smallest harmonic Ritz values in `space`, from cycle to
/// cycle and, called again with the same space, from system to system. Preconditioned from the right; the preconditioner
/// may vary. The iterations of a Hermitian operator without preconditioner are the same in exact numbers, but V is made
/// by the recurrence of Lanczos: it is kept away from C and from its last two vectors alone.
///
/// Parks, de Sturler, Mackey, Johnson & Maiti, "Recycling Krylov subspaces for sequences of linear systems", SIAM J. Sci.
/// Comput. 28(5), 2006; its Hermitian form: Wang, de Sturler & Paulino, "Large-scale topology optimization using
/// preconditioned Krylov subspace methods with recycling", Int. J. Numer. Meth. Engng. 69, 2007; the kept preconditioned
/// directions after Carvalho, Gratton, Lago & Vasseur, SIAM J. Sci. Comput. 33(4), 2011.
pub fn solve<S: DenseScalar>(
    problem: &Problem<'_, S>,
    space: &mut RecycleSpace<S>,
    params: &SolveParams,
    observer: &mut dyn Observer,
) -> Result<Outcome<S>, Error> {
    params.check_recycling()?;
    let mut method = GcroDr::new(problem, space, params);
    drive(problem, params, &mut method, observer)
}

/// Cycles of GCRO-DR.
pub(super) struct GcroDr<'a, S: DenseScalar> {
    pub(super) space: &'a mut RecycleSpace<S>,
    /// C and V, Z, and the small problem.
    pub(super) arnoldi: Arnoldi<S>,
    pub(super) vectors: usize,
    pub(super) recycled: usize,
    adapted: bool,
    /// Uᴴ C of a Hermitian operator.
    pub(super) overlap: Mat<S>,
    pub(super) harmonic: Vec<Complex64>,
}

impl<'a, S: DenseScalar> GcroDr<'a, S> {
    pub(super) fn new(
        problem: &Problem<'_, S>,
        space: &'a mut RecycleSpace<S>,
        params: &SolveParams,
    ) -> Self {
        let rows = problem.operator.rows();
        let vectors = params.restart.min(rows);
        let preconditioned = problem.preconditioner.is_some();
        let mut arnoldi = Arnoldi::new(rows, vectors, preconditioned);
        arnoldi.hermitian = !preconditioned && problem.operator.is_hermitian();
        Self {
            arnoldi,
            space,
            vectors,
            recycled: params.recycled.min(vectors.saturating_sub(1)),
            adapted: false,
            overlap: Mat::zeros(0, 0),
            harmonic: Vec::new(),
        }
    }

    /// Takes C for the cycles to come.
    pub(super) fn keep(&mut self, images: &Basis<S>) {
        self.arnoldi.v.truncate(0);
        (0..images.columns()).for_each(|column| self.arnoldi.v.push(images.column(column)));
        self.arnoldi.kept = images.columns();
    }

    /// x ← x + Z y − U (B y).
    fn add_solution(&self, monitor: &Monitor<'_, S>, x: &mut [S]) {
        let y = self.arnoldi.add_solution(monitor, x);
        let mut back = vec![S::ZERO; self.arnoldi.kept];
        for (column, &weight) in self.arnoldi.kept_products.iter().zip(&y) {
            back.iter_mut().zip(column).for_each(|(sum, &product)| *sum -= product * weight);
        }
        self.space.directions.add_combination(0, &back, x);
    }

    /// M U.
    pub(super) fn before(&self) -> &Basis<S> {
        self.space.before.as_ref().unwrap_or(&self.space.directions)
    }

    /// C and the space it is the image of.
    #[cfg(test)]
    pub(super) fn pair(&self) -> (&Basis<S>, &Basis<S>) {
        (&self.arnoldi.v, &self.space.directions)
    }
}

impl<S: DenseScalar> Segment<S> for GcroDr<'_, S> {
    fn name(&self) -> String {
        format!("GCRO-DR({}, {})", self.vectors, self.recycled)
    }

    fn run(&mut self, x: &mut [S], r: &[S], monitor: &mut Monitor<'_, S>) -> SegmentEnd {
        if !self.adapted {
            let images = self.space.adapt(monitor);
            if self.arnoldi.hermitian {
                self.overlap = self.space.directions.products(&images);
            }
            self.keep(&images);
            self.adapted = true;
        }
        let mut r = Cow::Borrowed(r);
        self.arnoldi.v.truncate(self.arnoldi.kept);
        if self.arnoldi.kept > 0 {
            // What the kept space can do for this residual it does at once.
            let y = self.arnoldi.v.orthogonalise(0, r.to_mut()).0;
            self.space.directions.add_combination(0, &y, x);
        }
        let norm = vector::norm(&r);
        if norm <= monitor.target() {
            return monitor.claimed_at(norm);
        }
        self.arnoldi.start(&r);
        let end = loop {
            let (residual, invariant) = match self.arnoldi.step(monitor) {
                ArnoldiStep::Grown(residual) => (residual, false),
                ArnoldiStep::Invariant(residual) => (residual, true),
            };
            let told = monitor.step_forming(residual, |monitor| {
                let mut formed = x.to_vec();
                self.add_solution(monitor, &mut formed);
                Cow::Owned(formed)
            });
            if let Some(end) = told {
                break end;
            }
            if invariant {
                break SegmentEnd::Exhausted;
            }
            if self.arnoldi.kept + self.arnoldi.least_squares.size() >= self.vectors {
                break SegmentEnd::Restart;
            }
        };
        self.add_solution(monitor, x);
        self.renew();
        end
    }

    fn memory_bytes(&self) -> u64 {
        self.arnoldi.memory_bytes() + self.space.memory_bytes()
    }

    fn spectrum(&self) -> (Vec<Complex64>, Vec<Complex64>) {
        (Vec::new(), self.harmonic.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iterative::gmres;
    use crate::iterative::test_support::*;
    use crate::{CsrMatrix, LinearOperator, Preconditioner};
    use filigree_core::{Silent, StopReason, in_pool};

    struct Diagonal<S>(Vec<S>);
    impl<S: DenseScalar> Preconditioner<S> for Diagonal<S> {
        fn apply(&self, r: &[S], z: &mut [S]) {
            z.iter_mut().zip(r).zip(&self.0).for_each(|((z, &r), &d)| *z = d * r);
        }
        fn is_symmetric_positive(&self) -> bool {
            false
        }
        fn memory_bytes(&self) -> u64 {
            0
        }
    }

    fn check_invariants<S: DenseScalar>(matrix: &CsrMatrix<S>, preconditioned: bool) {
        let b: Vec<S> = random_vector(matrix.rows(), 1);
        let diagonal = Diagonal(matrix.diagonal().into_iter().map(|value| S::ONE / value).collect());
        let mut problem = Problem::new(matrix, &b);
        if preconditioned {
            problem = problem.preconditioned(&diagonal);
        }
        let params = SolveParams { restart: 12, recycled: 5, max_iterations: 60, ..SolveParams::default() };
        let mut space = RecycleSpace::default();
        let mut method = GcroDr::new(&problem, &mut space, &params);
        let outcome = drive(&problem, &params, &mut method, &mut Silent).unwrap();
        check_honest(&problem, &outcome);
        let (v, u) = method.pair();
        assert!((4..=5).contains(&u.columns()));
        assert_eq!(v.columns(), u.columns());
        let error = (v.products(v) - Mat::<S>::identity(v.columns(), v.columns())).norm_l2();
        assert!(error < 1e-12, "CᴴC is off by {error:e}");
        for column in 0..u.columns() {
            let image = applied(matrix, u.column(column));
            let error = distance(&image, v.column(column));
            assert!(error < 1e-11, "C − A U is {error:e}");
            if preconditioned {
                // U is what the preconditioner makes of what is kept beside it.
                let mut direction = vec![S::ZERO; matrix.rows()];
                diagonal.apply(method.before().column(column), &mut direction);
                assert!(distance(&direction, u.column(column)) < 1e-10);
            }
        }
        for pair in outcome.history.windows(2) {
            assert!(pair[1].residual <= pair[0].residual * (1.0 + 1e-9));
            assert!((pair[1].recurred - pair[1].residual).abs() < 1e-10);
        }
    }

    #[test]
    fn the_kept_images_are_orthonormal_and_those_of_the_kept_space() {
        for preconditioned in [false, true] {
            check_invariants(&convection_diffusion(17, 15, 0.4), preconditioned);
            check_invariants(&random_matrix::<Complex64>(200, 200, 7.0, 3), preconditioned);
        }
    }

    /// An operator that does not tell that it is Hermitian.
    struct Silenced<'a, S>(&'a CsrMatrix<S>);
    impl<S: DenseScalar> LinearOperator<S> for Silenced<'_, S> {
        fn rows(&self) -> usize {
            self.0.rows()
        }
        fn columns(&self) -> usize {
            self.0.columns()
        }
        fn apply(&self, x: &[S], y: &mut [S]) {
            self.0.multiply(x, y);
        }
        fn apply_adjoint(&self, x: &[S], y: &mut [S]) {
            self.0.multiply(x, y);
        }
    }

    fn check_short_recurrence<S: DenseScalar>(matrices: [&CsrMatrix<S>; 2]) {
        let params = SolveParams { restart: 40, recycled: 16, ..SolveParams::default() };
        let mut spaces = [RecycleSpace::default(), RecycleSpace::default()];
        for matrix in matrices {
            let b: Vec<S> = random_vector(matrix.rows(), 2);
            let hidden = Silenced(matrix);
            let operators: [&dyn LinearOperator<S>; 2] = [matrix, &hidden];
            let [short, long] = [0, 1].map(|which| {
                let problem = Problem::new(operators[which], &b);
                let mut method = GcroDr::new(&problem, &mut spaces[which], &params);
                assert_eq!(method.arnoldi.hermitian, which == 0);
                let outcome = drive(&problem, &params, &mut method, &mut Silent).unwrap();
                let (c, u) = (&method.arnoldi.v, &method.space.directions);
                for column in 0..u.columns() {
                    assert!(distance(&applied(matrix, u.column(column)), c.column(column)) < 1e-8);
                }
                outcome
            });
            assert_eq!(short.stop_reason, StopReason::Converged, "{}", short.stop_message);
            check_honest(&Problem::new(matrix, &b), &short);
            for (short, long) in short.history.iter().zip(&long.history).take(60) {
                assert!((short.residual - long.residual).abs() < 1e-4, "{short:?} {long:?}");
            }
            assert!(
                short.iterations.abs_diff(long.iterations) <= 6 + long.iterations / 10,
                "{} {}",
                short.iterations,
                long.iterations
            );
        }
    }

    #[test]
    fn a_hermitian_operator_takes_the_same_iterations_by_a_short_recurrence() {
        let wave = |shift: f64| {
            laplacian(20, 23).map(|row, column, value| if row == column { value - shift } else { value })
        };
        check_short_recurrence([&wave(0.0), &wave(-0.01)]);
        check_short_recurrence([&wave(0.31), &wave(0.32)]);
        let complex = |shift| random_hermitian::<Complex64>(200, shift, 5);
        check_short_recurrence([&complex(9.0), &complex(9.1)]);
    }

    #[test]
    fn small_systems_agree_with_dense_solves() {
        for seed in 0..10 {
            let matrix = random_matrix::<Complex64>(30, 30, 9.0, seed);
            let b: Vec<Complex64> = random_vector(30, seed);
            let problem = Problem::new(&matrix, &b);
            let params = SolveParams { restart: 10, recycled: 4, ..SolveParams::default() };
            let mut space = RecycleSpace::default();
            for _ in 0..2 {
                let outcome = solve(&problem, &mut space, &params, &mut Silent).unwrap();
                assert_eq!(outcome.stop_reason, StopReason::Converged, "{}", outcome.stop_message);
                assert!(distance(&outcome.solution, &dense_solution(&matrix, &b)) < 1e-6);
                check_honest(&problem, &outcome);
            }
        }
    }

    #[test]
    fn the_kept_space_is_that_of_the_smallest_eigenvalues() {
        let triplets: Vec<_> = (0..400)
            .map(|i| (i, i, if i < 5 { 1e-3 * (i + 1) as f64 } else { 1.0 + i as f64 / 40.0 }))
            .collect();
        let matrix = CsrMatrix::from_triplets(400, 400, &triplets).unwrap();
        let b: Vec<f64> = random_vector(400, 1);
        let params = SolveParams { restart: 30, recycled: 8, ..SolveParams::default() };
        let mut space = RecycleSpace::default();
        let outcome = solve(&Problem::new(&matrix, &b), &mut space, &params, &mut Silent).unwrap();
        for (found, known) in outcome.harmonic_ritz_values.iter().zip(1..=5) {
            assert!((found - 1e-3 * f64::from(known)).norm() < 1e-7, "{:?}", outcome.harmonic_ritz_values);
        }
    }

    #[test]
    fn a_space_from_the_last_system_saves_iterations_on_the_next() {
        let params = SolveParams { restart: 30, recycled: 15, ..SolveParams::default() };
        let mut space = RecycleSpace::default();
        let mut recycled = Vec::new();
        for step in 0..4 {
            let matrix = convection_diffusion(40, 40, 0.2 + 0.01 * f64::from(step));
            let b: Vec<f64> = random_vector(1600, step as u64);
            let outcome = solve(&Problem::new(&matrix, &b), &mut space, &params, &mut Silent).unwrap();
            let plain = gmres(&Problem::new(&matrix, &b), &params, &mut Silent).unwrap();
            assert!(outcome.iterations < plain.iterations);
            recycled.push(outcome.iterations);
        }
        assert!(recycled[3] < recycled[0], "{recycled:?}");
    }

    #[test]
    fn a_space_of_another_size_is_given_up() {
        let mut space = RecycleSpace::default();
        let params = SolveParams { restart: 10, recycled: 4, ..SolveParams::default() };
        for side in [8, 9] {
            let matrix = laplacian(side, side);
            let b = vec![1.0; side * side];
            let outcome = solve(&Problem::new(&matrix, &b), &mut space, &params, &mut Silent).unwrap();
            assert_eq!(outcome.stop_reason, StopReason::Converged);
        }
    }

    #[test]
    fn keeping_a_whole_cycle_is_refused() {
        let matrix = laplacian(4, 4);
        let b = vec![1.0; 16];
        let params = SolveParams { restart: 10, recycled: 10, ..SolveParams::default() };
        let mut space = RecycleSpace::default();
        let error = solve(&Problem::new(&matrix, &b), &mut space, &params, &mut Silent).unwrap_err();
        assert_eq!(error.blamed_parameter(), Some("recycled"));
    }

    #[test]
    fn one_and_two_threads_give_the_same_bytes() {
        let run = |threads| {
            in_pool(threads, || {
                let mut space = RecycleSpace::default();
                let matrix = convection_diffusion(150, 140, 0.2);
                let b: Vec<f64> = random_vector(matrix.rows(), 1);
                let params =
                    SolveParams { restart: 20, recycled: 8, max_iterations: 60, ..SolveParams::default() };
                let outcome = solve(&Problem::new(&matrix, &b), &mut space, &params, &mut Silent)?;
                Ok((outcome.solution, outcome.history))
            })
            .unwrap()
        };
        assert!(run(1) == run(2));
    }
}
