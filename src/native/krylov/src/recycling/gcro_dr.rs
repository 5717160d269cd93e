use std::borrow::Cow;

use faer::{Mat, Par};
use filigree_core::{Error, Observer};
use num_complex::Complex64;

use super::recycle_space::{RecycleSpace, leading_vectors};
use crate::iterative::{
    Arnoldi, ArnoldiStep, Basis, DenseScalar, Monitor, Outcome, Problem, Segment, SegmentEnd, SolveParams,
    drive, harmonic_inverse,
};
use crate::vector;

/// GMRES with deflated restarting that keeps the space of its smallest harmonic Ritz values in `space`, from cycle to
/// cycle and, called again with the same space, from system to system. Preconditioned from the right; the preconditioner
/// may vary.
///
/// Parks, de Sturler, Mackey, Johnson & Maiti, "Recycling Krylov subspaces for sequences of linear systems", SIAM J. Sci.
/// Comput. 28(5), 2006; the kept preconditioned directions after Carvalho, Gratton, Lago & Vasseur, SIAM J. Sci. Comput.
/// 33(4), 2011.
pub fn solve<S: DenseScalar>(
    problem: &Problem<'_, S>,
    space: &mut RecycleSpace<S>,
    params: &SolveParams,
    observer: &mut dyn Observer,
) -> Result<Outcome<S>, Error> {
    params.check()?;
    if params.recycled >= params.restart {
        return Err(Error::parameter(
            "recycled",
            format!(
                "{} vectors are to be recycled out of cycles of {}; keep fewer than that, about half.",
                params.recycled, params.restart
            ),
        ));
    }
    let mut method = GcroDr::new(problem, space, params);
    drive(problem, params, &mut method, observer)
}

/// Cycles of GCRO-DR.
pub(super) struct GcroDr<'a, S: DenseScalar> {
    space: &'a mut RecycleSpace<S>,
    /// C and V, Z, and the small problem.
    arnoldi: Arnoldi<S>,
    vectors: usize,
    recycled: usize,
    adapted: bool,
    harmonic: Vec<Complex64>,
}

impl<'a, S: DenseScalar> GcroDr<'a, S> {
    pub(super) fn new(
        problem: &Problem<'_, S>,
        space: &'a mut RecycleSpace<S>,
        params: &SolveParams,
    ) -> Self {
        let rows = problem.operator.rows();
        let vectors = params.restart.min(rows);
        Self {
            arnoldi: Arnoldi::new(rows, vectors, problem.preconditioner.is_some()),
            space,
            vectors,
            recycled: params.recycled.min(vectors.saturating_sub(1)),
            adapted: false,
            harmonic: Vec::new(),
        }
    }

    fn keep(&mut self, images: &Basis<S>) {
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

    /// Chooses the space anew from that of the cycle: harmonic Ritz vectors of smallest value.
    fn renew(&mut self) {
        let (kept, steps) = (self.arnoldi.kept, self.arnoldi.least_squares.size());
        let count = self.recycled.min(kept + steps);
        if steps == 0 || count == 0 {
            return;
        }
        let Arnoldi { v, z, .. } = &self.arnoldi;
        // A [U D, Z] = [C, V] G with columns of U scaled to length one.
        let lengths: Vec<f64> =
            (0..kept).map(|column| 1.0 / vector::norm(self.before().column(column))).collect();
        let hessenberg = self.arnoldi.least_squares.matrix();
        // An invariant space has no last vector of V, and nought in the last row of H̄.
        let tall = v.columns();
        let g = Mat::<S>::from_fn(tall, kept + steps, |i, j| match (i < kept, j < kept) {
            (true, true) if i == j => S::from_real(lengths[i]),
            (true, false) => self.arnoldi.kept_products[j - kept][i],
            (false, false) => hessenberg[(i - kept, j - kept)],
            _ => S::ZERO,
        });
        let overlap = (kept > 0).then(|| v.products(self.before()));
        let inner = Mat::<S>::from_fn(tall, kept + steps, |i, j| match &overlap {
            Some(overlap) if j < kept => overlap[(i, j)].scale(lengths[j]),
            _ if i == j => S::ONE,
            _ => S::ZERO,
        });
        let Some((weights, inverses)) = leading_vectors(&harmonic_inverse(&g, &inner), count) else { return };
        self.harmonic = harmonic_values(&inverses);
        let qr = (&g * &weights).qr();
        let upper = qr.thin_R().to_owned();
        let largest = (0..upper.ncols()).map(|i| upper[(i, i)].modulus()).fold(0.0, f64::max);
        if largest.is_nan() || (0..upper.ncols()).any(|i| upper[(i, i)].modulus() <= 1e-12 * largest) {
            return;
        }
        let mut inverse = Mat::<S>::identity(upper.ncols(), upper.ncols());
        faer::linalg::triangular_solve::solve_upper_triangular_in_place(
            upper.as_ref(),
            inverse.as_mut(),
            Par::Seq,
        );
        let mut weights = &weights * inverse;
        for (row, &length) in lengths.iter().enumerate() {
            (0..weights.ncols()).for_each(|column| {
                weights[(row, column)] = weights[(row, column)].scale(length);
            });
        }
        let (old, new) = (weights.get(..kept, ..), weights.get(kept.., ..));
        let images = Basis::combined(&[(v.matrix(), qr.compute_thin_Q().as_ref())]);
        let fresh = v.matrix_of(kept..kept + steps);
        let combine = |known: &Basis<S>, fresh| match kept {
            0 => Basis::combined(&[(fresh, new)]),
            _ => Basis::combined(&[(known.matrix(), old), (fresh, new)]),
        };
        let preconditioned = z.columns() > 0;
        let directions = combine(&self.space.directions, if preconditioned { z.matrix() } else { fresh });
        let before = preconditioned.then(|| combine(self.before(), fresh));
        *self.space = RecycleSpace { directions, before };
        self.keep(&images);
    }

    fn before(&self) -> &Basis<S> {
        self.space.before.as_ref().unwrap_or(&self.space.directions)
    }

    /// C and the space it is the image of.
    #[cfg(test)]
    pub(super) fn pair(&self) -> (&Basis<S>, &Basis<S>) {
        (&self.arnoldi.v, &self.space.directions)
    }
}

fn harmonic_values(inverses: &[Complex64]) -> Vec<Complex64> {
    let mut values: Vec<Complex64> = inverses.iter().map(|value| value.inv()).collect();
    values.retain(|value| value.re.is_finite() && value.im.is_finite());
    values.sort_by(|a, b| a.norm().total_cmp(&b.norm()).then(a.im.total_cmp(&b.im)));
    values
}

impl<S: DenseScalar> Segment<S> for GcroDr<'_, S> {
    fn name(&self) -> String {
        format!("GCRO-DR({}, {})", self.vectors, self.recycled)
    }

    fn run(&mut self, x: &mut [S], r: &[S], monitor: &mut Monitor<'_, S>) -> SegmentEnd {
        if !self.adapted {
            let images = self.space.adapt(monitor);
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
            return SegmentEnd::Claimed;
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
    use crate::{CsrMatrix, Preconditioner};
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
