use filigree_core::Error;

/// Parameters that all Krylov methods share.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SolveParams {
    /// Stop when ‖b − A x‖ / ‖b‖, recomputed from x, is at most this.
    pub relative_tolerance: f64,
    /// Iterations at most; each takes one product with the matrix (BiCGSTAB two, LSQR and LSMR one with its adjoint too).
    pub max_iterations: usize,
    /// Arnoldi steps between two restarts of GMRES and flexible GMRES, and vectors of a cycle of GCRO-DR.
    pub restart: usize,
    /// Vectors k that GCRO-DR keeps from cycle to cycle and from system to system; fewer than `restart`.
    pub recycled: usize,
    /// Dimension s of the shadow space of IDR(s).
    pub shadow_dimension: usize,
    /// Iterations between two recomputed residuals, each of which costs a product with the matrix, and for GMRES also
    /// the forming of x. A row of the history is written wherever the residual is recomputed: at every iteration for 1;
    /// for 0 only at the start, at restarts and at the end.
    pub residual_interval: usize,
}

impl Default for SolveParams {
    fn default() -> Self {
        Self {
            relative_tolerance: 1e-8,
            max_iterations: 10_000,
            restart: 40,
            recycled: 20,
            shadow_dimension: 4,
            residual_interval: 1,
        }
    }
}

impl SolveParams {
    /// Says which parameter is wrong and why.
    pub fn check(&self) -> Result<(), Error> {
        if !(self.relative_tolerance > 0.0 && self.relative_tolerance < 1.0) {
            return Err(Error::parameter(
                "relativeTolerance",
                format!("The tolerance is {}; it must lie between 0 and 1.", self.relative_tolerance),
            ));
        }
        if self.restart == 0 {
            return Err(Error::parameter("restart", "A cycle needs at least one step; try 40."));
        }
        if self.shadow_dimension == 0 {
            return Err(Error::parameter("shadowDimension", "The shadow space needs a dimension; try 4."));
        }
        Ok(())
    }

    /// The same for a method that keeps vectors from cycle to cycle.
    pub fn check_recycling(&self) -> Result<(), Error> {
        self.check()?;
        if self.recycled < self.restart {
            return Ok(());
        }
        Err(Error::parameter(
            "recycled",
            format!(
                "{} vectors are to be kept out of cycles of {}; keep fewer than that, about half.",
                self.recycled, self.restart
            ),
        ))
    }
}
