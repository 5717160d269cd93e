use super::{Basis, GivensLeastSquares, Monitor};
use crate::{Scalar, vector};

/// Of so many vectors of Lanczos the last two are made orthogonal to all before; those that follow inherit it.
const REORTHOGONALISED_EVERY: usize = 8;

/// What a step of Arnoldi found.
pub enum ArnoldiStep {
    /// A new direction; the norm of the least-squares residual with it.
    Grown(f64),
    /// No new direction: the space is invariant. The residual norm likewise.
    Invariant(f64),
}

/// An Arnoldi decomposition A Z = C B + V H̄, right-preconditioned: Z = M⁻¹ V. Orthonormal vectors C that it is kept
/// away from are there for recycling methods only.
pub struct Arnoldi<S> {
    /// C and V, orthonormal.
    pub v: Basis<S>,
    /// Columns of C.
    pub kept: usize,
    /// Columns of B, of this cycle.
    pub kept_products: Vec<Vec<S>>,
    /// Preconditioned directions; empty where none is kept (no preconditioner, or a fixed one).
    pub z: Basis<S>,
    /// The small problem.
    pub least_squares: GivensLeastSquares<S>,
    keeps_z: bool,
    /// The operator is Hermitian, and Arnoldi's recurrence that of Lanczos.
    pub hermitian: bool,
    /// The norm of what the last step left.
    left: f64,
    preconditioned: Vec<S>,
    product: Vec<S>,
}

impl<S: Scalar> Arnoldi<S> {
    /// Room for a cycle of `restart` steps. A flexible method keeps Z.
    pub fn new(rows: usize, restart: usize, keeps_z: bool) -> Self {
        Self {
            v: Basis::new(rows, restart + 1),
            kept: 0,
            kept_products: Vec::new(),
            z: Basis::new(rows, if keeps_z { restart } else { 0 }),
            least_squares: GivensLeastSquares::new(0.0),
            keeps_z,
            hermitian: false,
            left: 0.0,
            preconditioned: vec![S::ZERO; rows],
            product: vec![S::ZERO; rows],
        }
    }

    /// Starts from a residual, which has nothing of C in it.
    pub fn start(&mut self, r: &[S]) {
        let norm = vector::norm(r);
        self.v.truncate(self.kept);
        self.z.truncate(0);
        self.kept_products.clear();
        self.v.push_scaled(1.0 / norm, r);
        self.least_squares = GivensLeastSquares::new(norm);
    }

    /// One step further.
    pub fn step(&mut self, monitor: &Monitor<'_, S>) -> ArnoldiStep {
        let last = self.v.column(self.v.columns() - 1);
        let problem = &monitor.problem;
        if problem.preconditioner.is_some() {
            problem.precondition(last, &mut self.preconditioned);
            problem.operator.apply(&self.preconditioned, &mut self.product);
            if self.keeps_z {
                self.z.push(&self.preconditioned);
            }
        } else {
            problem.operator.apply(last, &mut self.product);
        }
        let before = vector::norm(&self.product);
        let (column, norm) = if self.hermitian {
            let anew = self.least_squares.size() % REORTHOGONALISED_EVERY >= REORTHOGONALISED_EVERY - 2;
            self.v.orthogonalise_hermitian(self.kept, self.left, anew, &mut self.product)
        } else {
            self.v.orthogonalise(self.kept, &mut self.product)
        };
        // What is left of a vector within the space is rounding of its own size.
        let invariant = norm <= 8.0 * f64::EPSILON * before;
        let norm = if invariant { 0.0 } else { norm };
        self.left = norm;
        let (kept, column) = column.split_at(self.kept);
        self.kept_products.push(kept.to_vec());
        let residual = self.least_squares.push(column, norm);
        if invariant {
            return ArnoldiStep::Invariant(residual);
        }
        self.v.push_scaled(1.0 / norm, &self.product);
        ArnoldiStep::Grown(residual)
    }

    /// x ← x + Z y with the y of least residual, which is returned.
    pub fn add_solution(&self, monitor: &Monitor<'_, S>, x: &mut [S]) -> Vec<S> {
        let y = self.least_squares.solution();
        let problem = &monitor.problem;
        if problem.preconditioner.is_none() {
            self.v.add_combination(self.kept, &y, x);
        } else if self.keeps_z {
            self.z.add_combination(0, &y, x);
        } else {
            let mut direction = vec![S::ZERO; x.len()];
            self.v.add_combination(self.kept, &y, &mut direction);
            let mut preconditioned = vec![S::ZERO; x.len()];
            problem.precondition(&direction, &mut preconditioned);
            vector::axpy(S::ONE, &preconditioned, x);
        }
        y
    }

    /// Memory, in bytes.
    pub fn memory_bytes(&self) -> u64 {
        self.v.memory_bytes() + self.z.memory_bytes() + 2 * (self.product.len() * size_of::<S>()) as u64
    }
}
