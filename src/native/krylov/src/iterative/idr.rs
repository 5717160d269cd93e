use filigree_core::{Error, Observer, Random};

use super::{Basis, DenseScalar, Monitor, Outcome, Problem, Segment, SegmentEnd, SolveParams, drive};
use crate::vector;

/// Below this cosine between r and A r the step is lengthened, which keeps the convergence up.
const SMALLEST_COSINE: f64 = 0.7;

/// Induced dimension reduction with a shadow space of dimension s, biorthogonal variant, preconditioned from the right.
/// Ends after at most n + n/s products in exact arithmetic.
///
/// van Gijzen & Sonneveld, "Algorithm 913: an elegant IDR(s) variant that efficiently exploits biorthogonality
/// properties", ACM Trans. Math. Softw. 38(1), 2011; the step length after Sleijpen & van der Vorst, 1995.
pub fn solve<S: DenseScalar>(
    problem: &Problem<'_, S>,
    params: &SolveParams,
    seed: u64,
    observer: &mut dyn Observer,
) -> Result<Outcome<S>, Error> {
    problem.check_preconditioner("IDR(s)", false, false)?;
    params.check()?;
    problem.check()?;
    drive(problem, params, &mut Idr::new(problem, params, seed)?, observer)
}

struct Idr<S> {
    /// P, whose columns span the shadow space.
    shadow: Basis<S>,
    /// Columns of G, and of U with A U = G.
    g: Vec<Vec<S>>,
    u: Vec<Vec<S>>,
    r: Vec<S>,
    v: Vec<S>,
    work: Vec<S>,
}

impl<S: DenseScalar> Idr<S> {
    fn new(problem: &Problem<'_, S>, params: &SolveParams, seed: u64) -> Result<Self, Error> {
        let rows = problem.operator.rows();
        let dimension = params.shadow_dimension.min(rows);
        let mut shadow = Basis::new(rows, dimension);
        for column in 0..dimension {
            let mut random = Random::new(seed, column as u64);
            let draw: Vec<S> = (0..rows).map(|_| S::from_parts(random.normal(), random.normal())).collect();
            shadow.push(&draw);
        }
        shadow.orthonormalise().ok_or_else(|| {
            Error::parameter(
                "seed",
                "The random shadow space of IDR(s) has dependent vectors. Choose another seed.",
            )
        })?;
        let zeros = || vec![S::ZERO; rows];
        Ok(Self {
            shadow,
            g: vec![zeros(); dimension],
            u: vec![zeros(); dimension],
            r: zeros(),
            v: zeros(),
            work: zeros(),
        })
    }
}

impl<S: DenseScalar> Segment<S> for Idr<S> {
    fn name(&self) -> String {
        format!("IDR({})", self.shadow.columns())
    }

    fn run(&mut self, x: &mut [S], start: &[S], monitor: &mut Monitor<'_, S>) -> SegmentEnd {
        let problem = monitor.problem;
        let size = self.shadow.columns();
        let Self { shadow, g, u, r, v, work } = self;
        r.copy_from_slice(start);
        g.iter_mut().chain(u.iter_mut()).for_each(|column| column.fill(S::ZERO));
        // M = Pᴴ G, lower triangular; rows are shadow vectors.
        let mut m = vec![vec![S::ZERO; size]; size];
        (0..size).for_each(|i| m[i][i] = S::ONE);
        let mut omega = S::ONE;
        let broke = |quantity: &str, iteration: usize| {
            SegmentEnd::Renewable(format!(
                "{quantity} = 0 at iteration {iteration}. Choose a larger shadow space, GMRES, or another preconditioner"
            ))
        };
        loop {
            let mut f = shadow.project(r);
            for k in 0..size {
                // c solves M[k.., k..] c = f[k..].
                let mut c = vec![S::ZERO; size];
                for i in k..size {
                    let known: S = (k..i).map(|j| m[i][j] * c[j]).sum();
                    c[i] = (f[i] - known) / m[i][i];
                }
                v.copy_from_slice(r);
                (k..size).for_each(|i| vector::axpy(-c[i], &g[i], v));
                problem.precondition(v, work);
                vector::scale(omega, work);
                (k..size).for_each(|i| vector::axpy(c[i], &u[i], work));
                u[k].copy_from_slice(work);
                problem.operator.apply(&u[k], v);
                let before = vector::norm(v);
                for i in 0..k {
                    let alpha = vector::dot(shadow.column(i), v) / m[i][i];
                    vector::axpy(-alpha, &g[i], v);
                    let (earlier, later) = u.split_at_mut(k);
                    vector::axpy(-alpha, &earlier[i], &mut later[0]);
                }
                g[k].copy_from_slice(v);
                for i in k..size {
                    m[i][k] = vector::dot(shadow.column(i), v);
                }
                if m[k][k].modulus() <= f64::EPSILON * f64::EPSILON.sqrt() * before {
                    return broke("pᴴAu", monitor.iteration() + 1);
                }
                let beta = f[k] / m[k][k];
                vector::axpy(-beta, &g[k], r);
                vector::axpy(beta, &u[k], x);
                if let Some(end) = monitor.step(vector::norm(r), x) {
                    return end;
                }
                for i in k + 1..size {
                    let product = beta * m[i][k];
                    f[i] -= product;
                }
            }
            problem.precondition(r, work);
            problem.operator.apply(work, v);
            let (length, r_norm) = (vector::norm(v), vector::norm(r));
            if r_norm == 0.0 {
                return SegmentEnd::Exhausted;
            }
            let product = vector::dot(v, r);
            let cosine = product.modulus() / (length * r_norm);
            if cosine <= f64::EPSILON {
                return broke("ω = tᴴr", monitor.iteration() + 1);
            }
            omega = product.scale((SMALLEST_COSINE / cosine).max(1.0) / (length * length));
            vector::axpy(-omega, v, r);
            vector::axpy(omega, work, x);
            if let Some(end) = monitor.step(vector::norm(r), x) {
                return end;
            }
        }
    }

    fn memory_bytes(&self) -> u64 {
        (3 * self.shadow.columns() as u64 + 3) * (self.r.len() * size_of::<S>()) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iterative::test_support::*;
    use crate::{CsrMatrix, Scalar};
    use filigree_core::{Silent, StopReason};
    use num_complex::Complex64;

    #[test]
    fn it_ends_within_n_and_n_over_s_products() {
        for s in [1, 2, 4, 8] {
            let matrix = random_matrix::<Complex64>(24, 24, 8.0, 5);
            let b: Vec<Complex64> = random_vector(24, 1);
            let params = SolveParams { shadow_dimension: s, ..SolveParams::default() };
            let outcome = solve(&Problem::new(&matrix, &b), &params, 3, &mut Silent).unwrap();
            assert_eq!(outcome.stop_reason, StopReason::Converged);
            assert!(outcome.iterations <= 24 + 24 / s + 1, "s = {s}: {}", outcome.iterations);
        }
    }

    #[test]
    fn a_matrix_of_nought_breaks_it_down() {
        let matrix = CsrMatrix::from_triplets(5, 5, &[(0, 0, f64::ZERO)]).unwrap();
        let b = vec![1.0; 5];
        let problem = Problem::new(&matrix, &b);
        let outcome = solve(&problem, &SolveParams::default(), 3, &mut Silent).unwrap();
        assert_eq!(outcome.stop_reason, StopReason::BrokeDown);
        assert!(outcome.stop_message.contains("pᴴAu = 0 at iteration 1"), "{}", outcome.stop_message);
        check_honest(&problem, &outcome);
    }
}
