use filigree_gp as gp;
use napi::Env;
use napi::bindgen_prelude::Object;
use napi_derive::napi;

use super::gp::{GpSearch, TableInput};
use crate::convert::{count, named};
use crate::job::{Context, run_solver};

#[napi(object, object_to_js = false)]
pub struct GpBoundSweepParams {
    pub kernel: String,
    pub trend: String,
    pub standardise: bool,
    pub fewest: f64,
    pub most: f64,
    pub sizes: f64,
    pub selection: String,
    pub search: GpSearch,
}

#[napi(js_name = "gpBoundSweep")]
pub fn gp_bound_sweep<'env>(
    env: &'env Env,
    input: TableInput,
    params: GpBoundSweepParams,
    context: Context,
) -> napi::Result<Object<'env>> {
    run_solver(env, context, move |place, observer| {
        let params = gp::BoundSweepParams {
            kernel: params.kernel,
            trend: named(&params.trend, "trend", gp::Trend::NAMES)?,
            standardise: params.standardise,
            fewest: count(params.fewest, "fewest")?,
            most: count(params.most, "most")?,
            sizes: count(params.sizes, "sizes")?,
            selection: named(&params.selection, "selection", gp::Selection::NAMES)?,
            search: params.search.try_into()?,
        };
        gp::sweep_bounds(&input.try_into()?, &params, place.seed, &place.folder, observer)
    })
}
