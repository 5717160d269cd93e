use filigree_gp as gp;
use napi::Env;
use napi::bindgen_prelude::Object;
use napi_derive::napi;

use super::gp::{GpSearch, TableHoldOut, TableInput, fit};
use crate::convert::{count, named};
use crate::job::{Context, run_solver};

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

impl TryFrom<VecchiaGpParams> for gp::VecchiaParams {
    type Error = filigree_core::Error;
    fn try_from(params: VecchiaGpParams) -> Result<Self, Self::Error> {
        Ok(Self {
            kernel: params.kernel,
            trend: named(&params.trend, "trend", gp::TrendChoice::NAMES)?,
            standardise: params.standardise,
            neighbours: count(params.neighbours, "neighbours")?,
            prediction_neighbours: count(params.prediction_neighbours, "predictionNeighbours")?,
            ordering: named(&params.ordering, "ordering", gp::Ordering::NAMES)?,
            noise: named(&params.noise, "noise", gp::NoiseForm::NAMES)?,
            calibrate: named(&params.calibration, "calibration", gp::Calibrate::NAMES)?,
            search: params.search.try_into()?,
        })
    }
}

#[napi(js_name = "vecchiaGp")]
pub fn vecchia_gp<'env>(
    env: &'env Env,
    input: TableInput,
    hold_out: TableHoldOut,
    params: VecchiaGpParams,
    context: Context,
) -> napi::Result<Object<'env>> {
    fit(env, input, hold_out, context, move || gp::VecchiaParams::try_from(params))
}

#[napi(js_name = "vecchiaLikelihood")]
pub fn vecchia_likelihood<'env>(
    env: &'env Env,
    input: TableInput,
    params: VecchiaGpParams,
    repeats: f64,
    context: Context,
) -> napi::Result<Object<'env>> {
    run_solver(env, context, move |place, observer| {
        let repeats = count(repeats, "repeats")?;
        gp::table_likelihood(&input.try_into()?, &params.try_into()?, repeats, place.seed, observer)
    })
}
