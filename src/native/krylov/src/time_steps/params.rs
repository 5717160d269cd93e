use filigree_core::Error;

/// How time is stepped through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeScheme {
    /// Heat, M u′ + K u = b, by the implicit Euler rule: first order, damps everything.
    ImplicitEuler,
    /// Heat by the trapezoidal rule: second order.
    CrankNicolson,
    /// Waves, M u″ + K u = b, by Newmark's rule with β = 1/4, γ = 1/2: second order, keeps the energy.
    Newmark,
}

impl TimeScheme {
    /// Every scheme with its name at the boundaries.
    pub const NAMES: &[(Self, &str)] = &[
        (Self::ImplicitEuler, "implicit-euler"),
        (Self::CrankNicolson, "crank-nicolson"),
        (Self::Newmark, "newmark"),
    ];
}

/// What helps the conjugate gradients of every step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepPreconditioner {
    /// The diagonal.
    Jacobi,
    /// IC(0).
    IncompleteCholesky,
    /// Algebraic multigrid.
    Multigrid,
}

impl StepPreconditioner {
    /// Every preconditioner with its name at the boundaries.
    pub const NAMES: &[(Self, &str)] = &[
        (Self::Jacobi, "jacobi"),
        (Self::IncompleteCholesky, "incomplete-cholesky"),
        (Self::Multigrid, "multigrid"),
    ];
}

/// Parameters of time steps.
#[derive(Clone, Debug, PartialEq)]
pub struct TimeStepsParams {
    /// How time is stepped through.
    pub scheme: TimeScheme,
    /// Δt.
    pub time_step: f64,
    /// Steps.
    pub steps: usize,
    /// States that are kept besides the first, evenly among the steps.
    pub frames: usize,
    /// What helps each solve.
    pub preconditioner: StepPreconditioner,
    /// Relative true residual of every solve.
    pub tolerance: f64,
}

impl Default for TimeStepsParams {
    fn default() -> Self {
        Self {
            scheme: TimeScheme::CrankNicolson,
            time_step: 1e-3,
            steps: 100,
            frames: 50,
            preconditioner: StepPreconditioner::IncompleteCholesky,
            tolerance: 1e-10,
        }
    }
}

impl TimeStepsParams {
    /// Steps between two frames.
    pub fn stride(&self) -> usize {
        self.steps.div_ceil(self.frames).max(1)
    }

    /// Says which parameter is wrong and why.
    pub fn check(&self) -> Result<(), Error> {
        if !(self.time_step > 0.0 && self.time_step <= 1e6) {
            let message = format!("The time step is {}; it must be positive, at most 1e6.", self.time_step);
            return Err(Error::parameter("timeStep", message));
        }
        if !(1..=1_000_000).contains(&self.steps) || !(1..=10_000).contains(&self.frames) {
            return Err(Error::parameter(
                "steps",
                "Choose 1 to a million steps, and 1 to 10,000 frames that are kept.",
            ));
        }
        if !(self.tolerance >= 1e-15 && self.tolerance < 1.0) {
            let message = format!("The tolerance is {}; it must lie between 1e-15 and 1.", self.tolerance);
            return Err(Error::parameter("tolerance", message));
        }
        Ok(())
    }
}
