use std::path::Path;

use filigree_core::{
    ArraySource, Error, Flow, Info, NpyWriter, Observer, Section, Silent, Step, StopReason, Stopwatch,
};

use crate::multigrid::MultigridParams;
use crate::preconditioner_choice::PreconditionerChoice;
use crate::system_file::numbers;
use crate::{CsrMatrix, Preconditioner, Problem, SolveParams, SystemFile, SystemSources, cg, vector};

const STAGE: &str = "Stepping through time";
/// Numbers of all frames together.
const MOST_NUMBERS: usize = 1 << 28;

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

/// Moves a state through time; every step is a solve with M + c K by preconditioned conjugate gradients. Writes
/// `field.npy` (frame, …), on the grid of the unknowns, the first frame the initial state. Trace rows: time, iterations of the solve, its true
/// relative residual, energy, integral of the state.
///
/// Source: Hairer and Wanner, Solving Ordinary Differential Equations II, IV.3; Newmark (1959), J. Eng. Mech. 85(3).
pub fn solve_time_steps(
    input: &TimeStepsInput,
    params: &TimeStepsParams,
    folder: &Path,
    observer: &mut dyn Observer,
) -> Result<Info, Error> {
    let mut watch = Stopwatch::start();
    params.check()?;
    observer.stage("Setting up");
    let mut march = March::begin(input, params, observer)?;
    let stride = params.stride();
    let frames = params.steps / stride + 1;
    let rows = march.state.len();
    if frames.saturating_mul(rows) > MOST_NUMBERS {
        return Err(Error::parameter(
            "frames",
            format!("{frames} frames of {rows} numbers are too many to keep. Ask for fewer frames."),
        ));
    }
    if input.grid.iter().product::<usize>() != rows {
        return Err(Error::InvalidData(format!(
            "The grid {:?} does not hold the {rows} unknowns of the matrix. Import the dataset again.",
            input.grid
        )));
    }
    let shape = [&[frames], input.grid.as_slice()].concat();
    let writer = NpyWriter::create::<f64>(folder, "field.npy", &shape)?;
    writer.write_at(0, &march.state)?;
    watch.setup_done();
    observer.stage(STAGE);
    let first_energy = march.energy();
    let mut largest_residual = 0.0f64;
    let (mut total, mut done, mut stopped) = (0, 0, false);
    for step in 1..=params.steps {
        let (iterations, residual) = march.step(params)?;
        total += iterations;
        done = step;
        largest_residual = largest_residual.max(residual);
        if step % stride == 0 {
            writer.write_at(step / stride * rows, &march.state)?;
        }
        let row =
            [step as f64 * params.time_step, iterations as f64, residual, march.energy(), march.integral()];
        if observer.iteration(&Step { iteration: step, iteration_limit: params.steps, row: &row })
            == Flow::Stop
        {
            stopped = step < params.steps;
            break;
        }
    }
    if stopped {
        return Err(Error::Cancelled(STAGE.to_owned()));
    }
    let energy = march.energy();
    let mut warnings = march.words;
    if largest_residual > 10.0 * params.tolerance {
        warnings.push(format!(
            "A step was solved to a relative residual of {largest_residual:.1e} only, not to {:.1e}: rounding keeps it from falling further, or the preconditioner does not fit.",
            params.tolerance
        ));
    }
    Ok(Info {
        iterations: done,
        stop_reason: StopReason::Finished,
        stop_message: format!(
            "Made {done} steps to time {:.6}, with {:.1} iterations of conjugate gradients a step.",
            done as f64 * params.time_step,
            total as f64 / done as f64
        ),
        figures: vec![
            ("steps", done as f64),
            ("iterationsPerStep", total as f64 / done as f64),
            ("largestResidual", largest_residual),
            ("energyAtStart", first_energy),
            ("energyAtEnd", energy),
        ],
        warnings,
        files: vec![writer.finish()?],
        ..Info::measured(&watch)
    })
}

/// What is known at the present time.
struct March {
    wave: bool,
    stiffness: CsrMatrix<f64>,
    mass: CsrMatrix<f64>,
    /// M + c K.
    implicit: CsrMatrix<f64>,
    preconditioner: Box<dyn Preconditioner<f64>>,
    source: Vec<f64>,
    state: Vec<f64>,
    velocity: Vec<f64>,
    acceleration: Vec<f64>,
    /// Share of the new time in a step of heat.
    share: f64,
    words: Vec<String>,
}

impl March {
    fn begin(
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
    fn step(&mut self, params: &TimeStepsParams) -> Result<(usize, f64), Error> {
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
    fn energy(&self) -> f64 {
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
    fn integral(&self) -> f64 {
        let mut image = vec![0.0; self.state.len()];
        self.mass.multiply(&self.state, &mut image);
        image.iter().sum()
    }
}

fn solve_params(params: &TimeStepsParams) -> SolveParams {
    SolveParams { relative_tolerance: params.tolerance, max_iterations: 10_000, ..SolveParams::default() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generators::test_support::{described, threads_agree};
    use crate::{EvolutionParams, InitialState, generate_evolution};
    use filigree_core::MappedArray;

    fn operators(folder: &Path, shape: Vec<usize>) -> TimeStepsInput {
        let params = EvolutionParams {
            shape: shape.clone(),
            initial_state: InitialState::SlowestMode,
            ..EvolutionParams::default()
        };
        generate_evolution(&params, 1, folder, &mut Silent).unwrap();
        let part = |name: &str| described(&folder.join(name));
        TimeStepsInput {
            system: SystemSources {
                values: part("values.npy"),
                row_pointers: part("rows.npy"),
                column_indices: part("columns.npy"),
                columns: None,
                right_hand_side: Some(part("rightHandSide.npy")),
                known_solution: None,
                near_null_space: None,
                parameters: None,
            },
            mass: part("mass.npy"),
            initial_state: part("initialState.npy"),
            grid: shape,
        }
    }

    fn frames(input: &TimeStepsInput, params: &TimeStepsParams) -> (Vec<f64>, Info) {
        let folder = tempfile::tempdir().unwrap();
        let info = solve_time_steps(input, params, folder.path(), &mut Silent).unwrap();
        let field = MappedArray::open(&described(&folder.path().join("field.npy"))).unwrap();
        (field.read_all().unwrap(), info)
    }

    /// The eigenvalue of K u = λ M u that the slowest mode has on a square grid.
    fn eigenvalue(length: usize) -> f64 {
        let h = 1.0 / (length as f64 + 1.0);
        2.0 * 4.0 / (h * h) * (std::f64::consts::PI * h / 2.0).sin().powi(2)
    }

    #[test]
    fn heat_decays_at_the_rate_of_each_rule() {
        let folder = tempfile::tempdir().unwrap();
        let input = operators(folder.path(), vec![15, 15]);
        let z = 0.01 * eigenvalue(15);
        let rates = [
            (TimeScheme::ImplicitEuler, 1.0 / (1.0 + z)),
            (TimeScheme::CrankNicolson, (1.0 - z / 2.0) / (1.0 + z / 2.0)),
        ];
        for (scheme, rate) in rates {
            for preconditioner in StepPreconditioner::NAMES.iter().map(|&(kind, _)| kind) {
                let params = TimeStepsParams {
                    scheme,
                    preconditioner,
                    time_step: 0.01,
                    steps: 10,
                    frames: 5,
                    tolerance: 1e-12,
                };
                let (field, info) = frames(&input, &params);
                assert_eq!(field.len(), 6 * 225);
                let ratio = field[5 * 225 + 112] / field[112];
                assert!((ratio / f64::powi(rate, 10) - 1.0).abs() < 1e-9, "{scheme:?}: {ratio}");
                assert!(info.figure("largestResidual").unwrap() <= 1e-11);
            }
        }
    }

    #[test]
    fn waves_swing_and_keep_their_energy() {
        let folder = tempfile::tempdir().unwrap();
        let input = operators(folder.path(), vec![15, 15]);
        let params = TimeStepsParams {
            scheme: TimeScheme::Newmark,
            time_step: 0.02,
            steps: 50,
            frames: 50,
            tolerance: 1e-13,
            ..TimeStepsParams::default()
        };
        let (field, info) = frames(&input, &params);
        let drift = info.figure("energyAtEnd").unwrap() / info.figure("energyAtStart").unwrap() - 1.0;
        assert!(drift.abs() < 1e-9, "{drift}");
        // Newmark's rule turns the mode by an angle with tan(φ/2) = ω Δt / 2 a step.
        let angle = 2.0 * (eigenvalue(15).sqrt() * 0.01).atan();
        let expected = (50.0 * angle).cos();
        let found = field[50 * 225 + 112] / field[112];
        assert!((found - expected).abs() < 1e-8, "{found} instead of {expected}");
    }

    #[test]
    fn what_does_not_fit_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let input = operators(folder.path(), vec![6, 6]);
        let out = tempfile::tempdir().unwrap();
        let run = |input: &TimeStepsInput, params: &TimeStepsParams| {
            solve_time_steps(input, params, out.path(), &mut Silent).unwrap_err().to_string()
        };
        let wrong = TimeStepsInput { mass: input.initial_state.clone(), ..input.clone() };
        assert!(run(&wrong, &TimeStepsParams::default()).contains("mass matrix has 36 entries"));
        let still = TimeStepsParams { time_step: 0.0, ..TimeStepsParams::default() };
        assert!(run(&input, &still).contains("time step is 0"));
    }

    #[test]
    fn one_and_two_threads_write_the_same_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let input = operators(folder.path(), vec![60, 70]);
        let params = TimeStepsParams { steps: 3, frames: 3, ..TimeStepsParams::default() };
        threads_agree(|out| solve_time_steps(&input, &params, out, &mut Silent));
    }
}
