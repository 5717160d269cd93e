use filigree_core::{ArraySource, Error, Observer, Section, Silent, StopReason};

use super::{StepPreconditioner, TimeScheme, TimeStepsParams};
use crate::multigrid::MultigridParams;
use crate::preconditioner_choice::PreconditionerChoice;
use crate::system_file::numbers;
use crate::{CsrMatrix, Preconditioner, Problem, SolveParams, SystemFile, SystemSources, cg, vector};

/// The arrays that steps start from.
#[derive(Clone, Debug)]
pub struct TimeStepsInput {
    /// K with its right-hand side.
    pub system: SystemSources,
    /// M in the pattern of K: (entry).
    pub mass: ArraySource,
    /// u at time nought: (row).
    pub initial_state: ArraySource,
    /// Lengths of the grid that the unknowns lie on; their number where there is none.
    pub grid: Vec<usize>,
}

/// What is known at the present time.
pub(super) struct March {
    wave: bool,
    stiffness: CsrMatrix<f64>,
    mass: CsrMatrix<f64>,
    /// M + c K.
    implicit: CsrMatrix<f64>,
    preconditioner: Box<dyn Preconditioner<f64>>,
    source: Vec<f64>,
    pub(super) state: Vec<f64>,
    velocity: Vec<f64>,
    acceleration: Vec<f64>,
    /// Share of the new time in a step of heat.
    share: f64,
    /// What a person should know, as sentences.
    pub(super) words: Vec<String>,
}

impl March {
    /// Reads what it starts from and builds the preconditioner.
    pub(super) fn begin(
        input: &TimeStepsInput,
        params: &TimeStepsParams,
        observer: &mut dyn Observer,
    ) -> Result<Self, Error> {
        let file = SystemFile::open(&input.system)?;
        if file.is_complex() {
            return Err(Error::InvalidData(
                "Heat and waves are stepped through with real matrices; this one is complex.".to_owned(),
            ));
        }
        let stiffness: CsrMatrix<f64> = file.matrix(0)?;
        let rows = stiffness.rows();
        if !stiffness.is_hermitian() {
            return Err(Error::InvalidData(
                "The stiffness matrix is not symmetric, which conjugate gradients need. Make heat and wave operators, or another symmetric problem with a mass matrix.".to_owned(),
            ));
        }
        let entries = stiffness.entries();
        let of_mass = numbers::<f64>(&input.mass, 0, input.mass.element_count()?)?;
        let state = numbers::<f64>(&input.initial_state, 0, input.initial_state.element_count()?)?;
        if of_mass.len() != entries || state.len() != rows {
            return Err(Error::InvalidData(format!(
                "The mass matrix has {} entries and the initial state {}; {entries} and {rows} belong to this stiffness matrix.",
                of_mass.len(),
                state.len()
            )));
        }
        let (pointers, columns, of_stiffness) = stiffness.clone().into_parts();
        let with = |values: Vec<f64>| CsrMatrix::new(rows, rows, pointers.clone(), columns.clone(), values);
        let wave = params.scheme == TimeScheme::Newmark;
        let share = if params.scheme == TimeScheme::ImplicitEuler { 1.0 } else { 0.5 };
        let factor = if wave { 0.25 * params.time_step * params.time_step } else { share * params.time_step };
        let implicit =
            with(of_mass.iter().zip(&of_stiffness).map(|(mass, stiff)| mass + factor * stiff).collect())?;
        let choice = match params.preconditioner {
            StepPreconditioner::Jacobi => PreconditionerChoice::Jacobi,
            StepPreconditioner::IncompleteCholesky => PreconditionerChoice::IncompleteCholesky { shift: 0.0 },
            StepPreconditioner::Multigrid => PreconditionerChoice::Multigrid(MultigridParams::classical()),
        };
        let built = choice.build(&implicit, &mut Section::new(observer, 0.0, 0.1))?;
        let mass = with(of_mass)?;
        let source = file.right_hand_side(0)?.unwrap_or_else(|| vec![0.0; rows]);
        let mut march = Self {
            wave,
            stiffness,
            mass,
            implicit,
            preconditioner: built.preconditioner,
            source,
            state,
            velocity: vec![0.0; rows],
            acceleration: vec![0.0; rows],
            share,
            words: built.report.words,
        };
        if wave {
            // M a = b − K u.
            let mut force = vec![0.0; rows];
            march.stiffness.residual(&march.source, &march.state, &mut force);
            let diagonal = PreconditionerChoice::Jacobi.build(&march.mass, &mut Silent)?;
            let problem = Problem::new(&march.mass, &force).preconditioned(&*diagonal.preconditioner);
            march.acceleration = cg(&problem, &solve_params(params), &mut Silent)?.solution;
        }
        Ok(march)
    }

    /// One step; gives the iterations of its solve and its true relative residual.
    pub(super) fn step(&mut self, params: &TimeStepsParams) -> Result<(usize, f64), Error> {
        let dt = params.time_step;
        let rows = self.state.len();
        let mut right = vec![0.0; rows];
        if self.wave {
            // b − K (u + Δt v + Δt²/4 a), for the new acceleration.
            vector::axpy(dt, &self.velocity, &mut self.state);
            vector::axpy(0.25 * dt * dt, &self.acceleration, &mut self.state);
            self.stiffness.residual(&self.source, &self.state, &mut right);
        } else {
            // M u + Δt (b − (1 − θ) K u).
            let mut flow = vec![0.0; rows];
            self.stiffness.multiply(&self.state, &mut flow);
            self.mass.multiply(&self.state, &mut right);
            vector::axpy(-(1.0 - self.share) * dt, &flow, &mut right);
            vector::axpy(dt, &self.source, &mut right);
        }
        if vector::norm(&right) == 0.0 {
            if self.wave {
                self.acceleration.fill(0.0);
            } else {
                self.state.fill(0.0);
            }
            return Ok((0, 0.0));
        }
        let start = if self.wave { &self.acceleration } else { &self.state };
        let problem = Problem { start: Some(start), ..Problem::new(&self.implicit, &right) }
            .preconditioned(&*self.preconditioner);
        let outcome = cg(&problem, &solve_params(params), &mut Silent)?;
        if outcome.stop_reason == StopReason::BrokeDown {
            return Err(Error::Breakdown(format!(
                "A step could not be solved: {} Is the mass matrix positive, and the stiffness matrix not negative?",
                outcome.stop_message
            )));
        }
        let residual = outcome.residual;
        if self.wave {
            let new = outcome.solution;
            vector::axpy(0.25 * dt * dt, &new, &mut self.state);
            vector::axpy(0.5 * dt, &self.acceleration, &mut self.velocity);
            vector::axpy(0.5 * dt, &new, &mut self.velocity);
            self.acceleration = new;
        } else {
            self.state = outcome.solution;
        }
        Ok((outcome.iterations, residual))
    }

    /// Heat: ½ uᵀM u; waves: ½ (vᵀM v + uᵀK u), which Newmark's rule keeps where nothing comes from outside.
    pub(super) fn energy(&self) -> f64 {
        let form = |matrix: &CsrMatrix<f64>, x: &[f64]| {
            let mut image = vec![0.0; x.len()];
            matrix.multiply(x, &mut image);
            vector::dot(x, &image)
        };
        if self.wave {
            0.5 * (form(&self.mass, &self.velocity) + form(&self.stiffness, &self.state))
        } else {
            0.5 * form(&self.mass, &self.state)
        }
    }

    /// 1ᵀ M u.
    pub(super) fn integral(&self) -> f64 {
        let mut image = vec![0.0; self.state.len()];
        self.mass.multiply(&self.state, &mut image);
        image.iter().sum()
    }
}

fn solve_params(params: &TimeStepsParams) -> SolveParams {
    SolveParams { relative_tolerance: params.tolerance, max_iterations: 10_000, ..SolveParams::default() }
}
