//! Heat and waves: a state moved through time, every step a solve.

mod march;
mod params;

use std::path::Path;

use filigree_core::{Error, Flow, Info, NpyWriter, Observer, Step, StopReason, Stopwatch};

use march::March;

pub use march::TimeStepsInput;
pub use params::{StepPreconditioner, TimeScheme, TimeStepsParams};

const STAGE: &str = "Stepping through time";
/// Numbers of all frames together.
const MOST_NUMBERS: usize = 1 << 28;

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SystemSources;
    use crate::generators::test_support::{described, threads_agree};
    use crate::{EvolutionParams, InitialState, generate_evolution};
    use filigree_core::{MappedArray, Silent};

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
