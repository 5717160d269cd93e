use filigree_gp as gp;
use napi::Env;
use napi::bindgen_prelude::Object;
use napi_derive::napi;

use crate::convert::{count, named};
use crate::job::{Context, run_solver};

#[napi(object, object_to_js = false)]
pub struct SyntheticTableParams {
    pub function: String,
    pub rows: f64,
    pub inputs: f64,
    pub noise: f64,
    pub noise_kind: String,
}

#[napi(js_name = "syntheticTable")]
pub fn synthetic_table<'env>(
    env: &'env Env,
    params: SyntheticTableParams,
    context: Context,
) -> napi::Result<Object<'env>> {
    run_solver(env, context, move |place, observer| {
        let params = gp::SyntheticTableParams {
            function: named(&params.function, "function", gp::SyntheticFunction::NAMES)?,
            rows: count(params.rows, "rows")?,
            inputs: count(params.inputs, "inputs")?,
            noise: params.noise,
            noise_kind: named(&params.noise_kind, "noiseKind", gp::SyntheticNoise::NAMES)?,
        };
        gp::solve_synthetic_table(&params, place.seed, &place.folder, observer)
    })
}
