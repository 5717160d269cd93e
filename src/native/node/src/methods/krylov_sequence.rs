use filigree_core::Error;
use filigree_krylov as krylov;
use napi::Env;
use napi::bindgen_prelude::Object;
use napi_derive::napi;

use super::krylov::SystemInput;
use super::krylov_solve::PreconditionerParams;
use crate::convert::count;
use crate::job::{Context, run_solver};

#[napi(object, object_to_js = false, use_nullable = true)]
pub struct SolveSequenceParams {
    pub relative_tolerance: f64,
    pub max_iterations: f64,
    pub restart: f64,
    pub cycle: f64,
    pub recycled: f64,
    pub preconditioner: PreconditionerParams,
    pub gmres: bool,
    pub unsorted: bool,
    pub sorted: bool,
    pub conjugate: bool,
    pub direct: bool,
    pub multigrid: bool,
}

impl TryFrom<SolveSequenceParams> for krylov::SequenceParams {
    type Error = Error;

    fn try_from(params: SolveSequenceParams) -> Result<Self, Error> {
        Ok(Self {
            relative_tolerance: params.relative_tolerance,
            max_iterations: count(params.max_iterations, "maxIterations")?,
            restart: count(params.restart, "restart")?,
            cycle: count(params.cycle, "cycle")?,
            recycled: count(params.recycled, "recycled")?,
            preconditioner: params.preconditioner.try_into()?,
            with_gmres: params.gmres,
            with_unsorted: params.unsorted,
            with_sorted: params.sorted,
            with_recycled_cg: params.conjugate,
            with_direct: params.direct,
            with_multigrid: params.multigrid,
        })
    }
}

#[napi(js_name = "solveSequence")]
pub fn solve_sequence<'env>(
    env: &'env Env,
    system: SystemInput,
    params: SolveSequenceParams,
    context: Context,
) -> napi::Result<Object<'env>> {
    run_solver(env, context, move |place, observer| {
        let file = krylov::SystemFile::open(&system.try_into()?)?;
        let params = params.try_into()?;
        krylov::with_numbers_of!(file, Number => {
            krylov::compare_sequence::<Number>(&file, &params, place.seed, &place.folder, observer)
        })
    })
}

#[napi(js_name = "matrixBandwidth")]
pub fn matrix_bandwidth<'env>(
    env: &'env Env,
    system: SystemInput,
    rounds: f64,
    context: Context,
) -> napi::Result<Object<'env>> {
    run_solver(env, context, move |_, observer| {
        let file = krylov::SystemFile::open(&system.try_into()?)?;
        let rounds = count(rounds, "rounds")?;
        krylov::with_numbers_of!(file, Number => {
            krylov::measure_bandwidth(&file.matrix::<Number>(0)?, rounds, observer)
        })
    })
}
