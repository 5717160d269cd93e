use super::{Monitor, Problem};
use crate::{Scalar, vector};

/// Golub and Kahan's bidiagonalisation: A V = U B with orthonormal columns, B lower bidiagonal.
pub struct GolubKahan<S> {
    u: Vec<S>,
    /// The newest right vector.
    pub v: Vec<S>,
    long: Vec<S>,
    short: Vec<S>,
    /// Diagonal of B.
    pub alpha: f64,
    /// Below the diagonal.
    pub beta: f64,
    /// ‖B‖ in the Frobenius norm so far, which estimates ‖A‖ from below.
    pub norm: f64,
}

impl<S: Scalar> GolubKahan<S> {
    /// Room for the matrix of a problem.
    pub fn of(problem: &Problem<'_, S>) -> Self {
        let (rows, columns) = (problem.operator.rows(), problem.operator.columns());
        Self {
            u: vec![S::ZERO; rows],
            v: vec![S::ZERO; columns],
            long: vec![S::ZERO; rows],
            short: vec![S::ZERO; columns],
            alpha: 0.0,
            beta: 0.0,
            norm: 0.0,
        }
    }

    /// Starts from a residual.
    pub fn start(&mut self, r: &[S], monitor: &mut Monitor<'_, S>) {
        self.u.copy_from_slice(r);
        self.beta = normalise(&mut self.u);
        monitor.problem.operator.apply_adjoint(&self.u, &mut self.v);
        monitor.count_product();
        self.alpha = normalise(&mut self.v);
        self.norm = self.alpha;
    }

    /// One step further.
    pub fn step(&mut self, monitor: &mut Monitor<'_, S>) {
        let operator = monitor.problem.operator;
        operator.apply(&self.v, &mut self.long);
        vector::xpby(&self.long, S::from_real(-self.alpha), &mut self.u);
        self.beta = normalise(&mut self.u);
        let known = self.norm;
        if self.beta > 0.0 {
            operator.apply_adjoint(&self.u, &mut self.short);
            monitor.count_product();
            vector::xpby(&self.short, S::from_real(-self.beta), &mut self.v);
            self.alpha = normalise(&mut self.v);
        } else {
            self.alpha = 0.0;
        }
        self.norm = known.hypot(self.beta).hypot(self.alpha);
    }

    /// Memory, in bytes.
    pub fn memory_bytes(&self) -> u64 {
        2 * ((self.u.len() + self.v.len()) * size_of::<S>()) as u64
    }
}

/// Scales a vector to length one where it is not nought; returns its norm.
fn normalise<S: Scalar>(x: &mut [S]) -> f64 {
    let norm = vector::norm(x);
    if norm > 0.0 {
        vector::scale(S::from_real(1.0 / norm), x);
    }
    norm
}
