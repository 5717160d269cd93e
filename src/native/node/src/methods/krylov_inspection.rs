use filigree_krylov as krylov;
use krylov::{StepPreconditioner, TimeScheme};
use napi::Env;
use napi::bindgen_prelude::Object;
use napi_derive::napi;

use super::krylov::SystemInput;
use crate::convert::{ArraySource, count, named};
use crate::job::{Context, run_solver};

#[napi(js_name = "inspectMatrix")]
pub fn inspect_matrix<'env>(
    env: &'env Env,
    system: SystemInput,
    index: f64,
    context: Context,
) -> napi::Result<Object<'env>> {
    run_solver(env, context, move |place, observer| {
        let file = krylov::SystemFile::open(&system.try_into()?)?;
        let index = count(index, "system")?;
        krylov::with_numbers_of!(file, Number => {
            krylov::inspect_matrix(&file.matrix::<Number>(index)?, place.seed, &place.folder, observer)
        })
    })
}

#[napi(object, object_to_js = false)]
pub struct TimeStepsInput {
    pub system: SystemInput,
    pub mass: ArraySource,
    pub initial_state: ArraySource,
    pub grid: Vec<f64>,
}

#[napi(object, object_to_js = false)]
pub struct TimeStepsParams {
    pub scheme: String,
    pub time_step: f64,
    pub steps: f64,
    pub frames: f64,
    pub preconditioner: String,
    pub tolerance: f64,
}

#[napi(js_name = "timeSteps")]
pub fn time_steps<'env>(
    env: &'env Env,
    input: TimeStepsInput,
    params: TimeStepsParams,
    context: Context,
) -> napi::Result<Object<'env>> {
    run_solver(env, context, move |place, observer| {
        let input = krylov::TimeStepsInput {
            system: input.system.try_into()?,
            mass: input.mass.try_into()?,
            initial_state: input.initial_state.try_into()?,
            grid: input.grid.iter().map(|&length| count(length, "grid")).collect::<Result<_, _>>()?,
        };
        let params = krylov::TimeStepsParams {
            scheme: named(&params.scheme, "scheme", TimeScheme::NAMES)?,
            time_step: params.time_step,
            steps: count(params.steps, "steps")?,
            frames: count(params.frames, "frames")?,
            preconditioner: named(&params.preconditioner, "preconditioner", StepPreconditioner::NAMES)?,
            tolerance: params.tolerance,
        };
        krylov::solve_time_steps(&input, &params, &place.folder, observer)
    })
}
