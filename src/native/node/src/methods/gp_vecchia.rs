use filigree_gp as gp;
use napi::Env;
use napi::bindgen_prelude::Object;
use napi_derive::napi;

use super::gp::{GpSearch, TableHoldOut, TableInput, fit};
use crate::convert::{count, named};
use crate::job::Context;

#[napi(object, object_to_js = false)]
pub struct VecchiaGpParams {
    pub kernel: String,
    pub trend: String,
    pub standardise: bool,
    pub neighbours: f64,
    pub prediction_neighbours: f64,
    pub ordering: String,
    pub noise: String,
    pub calibration: String,
    pub search: GpSearch,
}

#[napi(js_name = "vecchiaGp")]
pub fn vecchia_gp<'env>(
    env: &'env Env,
    input: TableInput,
    hold_out: TableHoldOut,
    params: VecchiaGpParams,
    context: Context,
) -> napi::Result<Object<'env>> {
    fit(env, input, hold_out, context, move || {
        Ok(gp::VecchiaParams {
            kernel: params.kernel,
            trend: named(&params.trend, "trend", gp::Trend::NAMES)?,
            standardise: params.standardise,
            neighbours: count(params.neighbours, "neighbours")?,
            prediction_neighbours: count(params.prediction_neighbours, "predictionNeighbours")?,
            ordering: named(&params.ordering, "ordering", gp::Ordering::NAMES)?,
            noise: named(&params.noise, "noise", gp::NoiseForm::NAMES)?,
            calibrate: named(&params.calibration, "calibration", gp::Calibrate::NAMES)?,
            search: params.search.try_into()?,
        })
    })
}
