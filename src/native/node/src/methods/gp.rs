use filigree_core::{Error, Info};
use filigree_gp as gp;
use napi::Env;
use napi::bindgen_prelude::Object;
use napi_derive::napi;

use crate::convert::{ArraySource, count, named};
use crate::job::{Context, run_solver};

#[napi(object, object_to_js = false, use_nullable = true)]
pub struct TableInput {
    pub source: ArraySource,
    pub names: Vec<String>,
    pub inputs: Vec<f64>,
    pub target: Option<f64>,
    pub weight: Option<f64>,
    pub noise_variance: Option<f64>,
}

impl TryFrom<TableInput> for gp::TableInput {
    type Error = Error;

    fn try_from(input: TableInput) -> Result<Self, Error> {
        let column = |value: Option<f64>, role| value.map(|own| count(own, role)).transpose();
        Ok(Self {
            source: input.source.try_into()?,
            names: input.names,
            inputs: input.inputs.iter().map(|&own| count(own, "inputs")).collect::<Result<_, _>>()?,
            target: column(input.target, "target")?,
            weight: column(input.weight, "weight")?,
            noise_variance: column(input.noise_variance, "noiseVariance")?,
        })
    }
}

#[napi(object, object_to_js = false, use_nullable = true)]
pub struct TableHoldOut {
    pub way: String,
    pub split: Option<ArraySource>,
    pub share: f64,
    pub blocks: f64,
    pub folds: f64,
}

/// Ways to hold rows out, by their names.
#[derive(Clone, Copy)]
enum Way {
    None,
    Split,
    Random,
    Blocks,
    Folds,
}

impl TryFrom<TableHoldOut> for gp::HoldOut {
    type Error = Error;

    fn try_from(hold_out: TableHoldOut) -> Result<Self, Error> {
        let ways = [
            (Way::None, "none"),
            (Way::Split, "split"),
            (Way::Random, "random"),
            (Way::Blocks, "blocks"),
            (Way::Folds, "folds"),
        ];
        let share = hold_out.share;
        Ok(match named(&hold_out.way, "holdOut", &ways)? {
            Way::None => Self::None,
            Way::Split => {
                let Some(split) = hold_out.split else {
                    return Err(Error::parameter(
                        "splitNumber",
                        "There is no such split. Choose another one.",
                    ));
                };
                Self::Split(split.try_into()?)
            }
            Way::Random => Self::Random { share },
            Way::Blocks => Self::Blocks { share, blocks: count(hold_out.blocks, "blocks")? },
            Way::Folds => Self::Folds { folds: count(hold_out.folds, "folds")? },
        })
    }
}

/// Fits an engine to a table; the hidden folder of the run gets the model and what the views need.
pub fn fit<'env, Engine: gp::Engine>(
    env: &'env Env,
    input: TableInput,
    hold_out: TableHoldOut,
    context: Context,
    engine: impl FnOnce() -> Result<Engine, Error> + Send + 'static,
) -> napi::Result<Object<'env>> {
    run_solver(env, context, move |place, observer| -> Result<Info, Error> {
        gp::fit_table(
            &input.try_into()?,
            &hold_out.try_into()?,
            &engine()?,
            place.seed,
            &place.folder,
            observer,
        )
    })
}

#[napi(object, object_to_js = false)]
pub struct GpSearch {
    pub restarts: f64,
    pub max_iterations: f64,
    pub tolerance: f64,
}

impl TryFrom<GpSearch> for gp::SearchParams {
    type Error = Error;

    fn try_from(search: GpSearch) -> Result<Self, Error> {
        Ok(Self {
            restarts: count(search.restarts, "restarts")?,
            max_iterations: count(search.max_iterations, "maxIterations")?,
            tolerance: search.tolerance,
        })
    }
}

#[napi(object, object_to_js = false)]
pub struct ExactGpParams {
    pub kernel: String,
    pub trend: String,
    pub standardise: bool,
    pub learning_rows: f64,
    pub search: GpSearch,
}

#[napi(js_name = "exactGp")]
pub fn exact_gp<'env>(
    env: &'env Env,
    input: TableInput,
    hold_out: TableHoldOut,
    params: ExactGpParams,
    context: Context,
) -> napi::Result<Object<'env>> {
    fit(env, input, hold_out, context, move || {
        Ok(gp::ExactParams {
            kernel: params.kernel,
            trend: named(&params.trend, "trend", gp::Trend::NAMES)?,
            standardise: params.standardise,
            learning_rows: count(params.learning_rows, "learningRows")?,
            search: params.search.try_into()?,
        })
    })
}

#[napi(object, object_to_js = false)]
pub struct InducingGpParams {
    pub kernel: String,
    pub trend: String,
    pub standardise: bool,
    pub method: String,
    pub points: f64,
    pub selection: String,
    pub move_points: bool,
    pub calibrate: bool,
    pub search: GpSearch,
}

#[napi(js_name = "inducingGp")]
pub fn inducing_gp<'env>(
    env: &'env Env,
    input: TableInput,
    hold_out: TableHoldOut,
    params: InducingGpParams,
    context: Context,
) -> napi::Result<Object<'env>> {
    fit(env, input, hold_out, context, move || {
        Ok(gp::InducingParams {
            kernel: params.kernel,
            trend: named(&params.trend, "trend", gp::Trend::NAMES)?,
            standardise: params.standardise,
            method: named(&params.method, "method", gp::InducingMethod::NAMES)?,
            points: count(params.points, "points")?,
            selection: named(&params.selection, "selection", gp::Selection::NAMES)?,
            move_points: params.move_points,
            calibrate: params.calibrate,
            search: params.search.try_into()?,
        })
    })
}

#[napi(js_name = "gpPredict")]
pub fn gp_predict<'env>(
    env: &'env Env,
    model: String,
    input: TableInput,
    level: f64,
    context: Context,
) -> napi::Result<Object<'env>> {
    run_solver(env, context, move |place, observer| {
        gp::predict_table(model.as_ref(), &input.try_into()?, level, &place.folder, observer)
    })
}
