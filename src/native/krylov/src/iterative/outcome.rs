use filigree_core::StopReason;
use num_complex::Complex64;

/// Residuals at one iteration, each relative to that of x = 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HistoryRow {
    /// Nought is the start.
    pub iteration: usize,
    /// What the recurrence of the method says ‖b − A x‖ / ‖b‖ is.
    pub recurred: f64,
    /// ‖b − A x‖ / ‖b‖, recomputed from x.
    pub residual: f64,
    /// ‖M⁻¹ (b − A x)‖ / ‖M⁻¹ b‖, from the recomputed residual; LSQR and LSMR, which take no preconditioner, tell
    /// ‖Aᴴ (b − A x)‖ / ‖Aᴴ b‖ instead.
    pub preconditioned: f64,
}

impl HistoryRow {
    /// The trace columns of every Krylov method.
    pub fn trace(&self) -> [f64; 3] {
        [self.residual, self.recurred, self.preconditioned]
    }
}

/// How a system was solved, or how far it got.
#[derive(Clone, Debug)]
pub struct Outcome<S> {
    /// The last iterate that is finite.
    pub solution: Vec<S>,
    /// ‖b − A x‖ / ‖b‖ of `solution`, recomputed.
    pub residual: f64,
    /// Iterations done.
    pub iterations: usize,
    /// Products with A or Aᴴ, those of recomputed residuals included.
    pub products: usize,
    /// Why it ended.
    pub stop_reason: StopReason,
    /// The same as a sentence with its figures.
    pub stop_message: String,
    /// A row wherever the residual was recomputed; the first is that of the start, the last that of `solution`.
    pub history: Vec<HistoryRow>,
    /// Ritz values of the operator, preconditioned where it is (CG, deflated CG and MINRES: from their tridiagonal
    /// matrix; real and rising).
    pub ritz_values: Vec<Complex64>,
    /// Harmonic Ritz values of the last cycle (GMRES, flexible GMRES, GCRO-DR), smallest modulus first.
    pub harmonic_ritz_values: Vec<Complex64>,
    /// Seconds before the first iteration: the method's own set-up and the first residual.
    pub setup_seconds: f64,
    /// Seconds of iterating.
    pub iteration_seconds: f64,
    /// Memory of the method's vectors and of the preconditioner, in bytes.
    pub memory_bytes: u64,
    /// What a person should know that did not stop the method.
    pub warnings: Vec<String>,
}
