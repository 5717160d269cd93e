use filigree_core::Error;
use filigree_gp as gp;
use napi::Env;
use napi::bindgen_prelude::Object;
use napi_derive::napi;

use super::gp::{TableHoldOut, TableInput, fit};
use crate::convert::{count, named};
use crate::job::Context;

#[napi(object, object_to_js = false)]
pub struct StochasticGpParams {
    pub kernel: String,
    pub trend: String,
    pub standardise: bool,
    pub observation: String,
    pub points: f64,
    pub selection: String,
    pub batch: f64,
    pub epochs: f64,
    pub learning_rate: f64,
    pub natural_step: f64,
    pub tolerance: f64,
    pub calibrate: bool,
}

impl TryFrom<StochasticGpParams> for gp::StochasticParams {
    type Error = Error;

    fn try_from(params: StochasticGpParams) -> Result<Self, Error> {
        Ok(Self {
            kernel: params.kernel,
            trend: named(&params.trend, "trend", gp::Trend::NAMES)?,
            standardise: params.standardise,
            observation: named(&params.observation, "observation", gp::ObservationKind::NAMES)?,
            points: count(params.points, "points")?,
            selection: named(&params.selection, "selection", gp::Selection::NAMES)?,
            batch: count(params.batch, "batch")?,
            epochs: count(params.epochs, "epochs")?,
            learning_rate: params.learning_rate,
            natural_step: params.natural_step,
            tolerance: params.tolerance,
            calibrate: params.calibrate,
        })
    }
}

#[napi]
pub fn svgp<'env>(
    env: &'env Env,
    input: TableInput,
    hold_out: TableHoldOut,
    params: StochasticGpParams,
    context: Context,
) -> napi::Result<Object<'env>> {
    fit(env, input, hold_out, context, move || Ok(gp::SvgpParams { stochastic: params.try_into()? }))
}

#[napi]
pub fn swsgp<'env>(
    env: &'env Env,
    input: TableInput,
    hold_out: TableHoldOut,
    params: StochasticGpParams,
    neighbours: f64,
    context: Context,
) -> napi::Result<Object<'env>> {
    fit(env, input, hold_out, context, move || {
        Ok(gp::SwsgpParams { stochastic: params.try_into()?, neighbours: count(neighbours, "neighbours")? })
    })
}
