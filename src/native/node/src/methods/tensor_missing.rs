use filigree_core::Error;
use filigree_tensor as tensor;
use napi::Env;
use napi::bindgen_prelude::Object;
use napi_derive::napi;

use crate::convert::{ArraySource, count, named};
use crate::job::{Context, run_solver};

#[napi(object, object_to_js = false, use_nullable = true)]
pub struct ObservedInput {
    pub values: ArraySource,
    pub indices: Option<ArraySource>,
    pub shape: Vec<f64>,
    pub mask: Option<ArraySource>,
    pub scale: f64,
    pub no_data_value: Option<f64>,
}

impl TryFrom<ObservedInput> for tensor::ObservedInput {
    type Error = Error;

    fn try_from(input: ObservedInput) -> Result<Self, Error> {
        Ok(Self {
            values: input.values.try_into()?,
            indices: input.indices.map(ArraySource::try_into).transpose()?,
            shape: counts(&input.shape, "shape")?,
            mask: input.mask.map(ArraySource::try_into).transpose()?,
            scale: input.scale,
            no_data_value: input.no_data_value,
        })
    }
}

#[napi(object, object_to_js = false, use_nullable = true)]
pub struct HoldOut {
    pub columns: Option<ArraySource>,
    pub fold: f64,
    pub share: f64,
}

impl TryFrom<HoldOut> for tensor::HoldOut {
    type Error = Error;

    fn try_from(hold_out: HoldOut) -> Result<Self, Error> {
        if let Some(columns) = hold_out.columns {
            return Ok(Self::Fold { source: columns.try_into()?, fold: count(hold_out.fold, "fold")? });
        }
        Ok(if hold_out.share > 0.0 { Self::Share(hold_out.share) } else { Self::Nothing })
    }
}

#[napi(object, object_to_js = false, use_nullable = true)]
pub struct FunbatParams {
    pub ranks: Vec<f64>,
    pub form: String,
    pub kernel: String,
    pub length_scale: Option<f64>,
    pub starts: f64,
    pub calibration_share: f64,
    pub max_iterations: f64,
    pub tolerance: f64,
}

impl TryFrom<FunbatParams> for tensor::FunbatParams {
    type Error = Error;

    fn try_from(params: FunbatParams) -> Result<Self, Error> {
        let forms = [(tensor::CoreForm::Tucker, "tucker"), (tensor::CoreForm::Cp, "cp")];
        let kernels = [(tensor::Kernel::Matern12, "matern-12"), (tensor::Kernel::Matern32, "matern-32")];
        Ok(Self {
            ranks: counts(&params.ranks, "ranks")?,
            form: named(&params.form, "form", &forms)?,
            kernel: named(&params.kernel, "kernel", &kernels)?,
            length_scale: params.length_scale,
            starts: count(params.starts, "starts")?,
            calibration_share: params.calibration_share,
            max_iterations: count(params.max_iterations, "maxIterations")?,
            tolerance: params.tolerance,
        })
    }
}

#[napi(object, object_to_js = false, use_nullable = true)]
pub struct MaskedTuckerParams {
    pub ranks: Vec<f64>,
    pub ridge: Option<f64>,
    pub starts: f64,
    pub max_iterations: f64,
    pub tolerance: f64,
}

impl TryFrom<MaskedTuckerParams> for tensor::MaskedTuckerParams {
    type Error = Error;

    fn try_from(params: MaskedTuckerParams) -> Result<Self, Error> {
        Ok(Self {
            ranks: counts(&params.ranks, "ranks")?,
            ridge: params.ridge,
            starts: count(params.starts, "starts")?,
            max_iterations: count(params.max_iterations, "maxIterations")?,
            tolerance: params.tolerance,
        })
    }
}

#[napi(object, object_to_js = false)]
pub struct SparseTuckerParams {
    pub ranks: Vec<f64>,
    pub duplicates: String,
    pub memory_limit: f64,
    pub max_iterations: f64,
    pub tolerance: f64,
}

impl TryFrom<SparseTuckerParams> for tensor::SparseTuckerParams {
    type Error = Error;

    fn try_from(params: SparseTuckerParams) -> Result<Self, Error> {
        let duplicates = [(tensor::Duplicates::Sum, "sum"), (tensor::Duplicates::Refuse, "refuse")];
        Ok(Self {
            ranks: counts(&params.ranks, "ranks")?,
            duplicates: named(&params.duplicates, "duplicates", &duplicates)?,
            memory_limit: params.memory_limit,
            max_iterations: count(params.max_iterations, "maxIterations")?,
            tolerance: params.tolerance,
        })
    }
}

fn counts(values: &[f64], parameter: &'static str) -> Result<Vec<usize>, Error> {
    values.iter().map(|&value| count(value, parameter)).collect()
}

#[napi]
pub fn funbat<'env>(
    env: &'env Env,
    input: ObservedInput,
    hold_out: HoldOut,
    coordinates: Vec<Option<Vec<f64>>>,
    params: FunbatParams,
    context: Context,
) -> napi::Result<Object<'env>> {
    run_solver(env, context, move |place, observer| {
        tensor::solve_funbat(
            &input.try_into()?,
            &hold_out.try_into()?,
            &coordinates,
            &params.try_into()?,
            place.seed,
            &place.folder,
            observer,
        )
    })
}

#[napi(js_name = "maskedTucker")]
pub fn masked_tucker<'env>(
    env: &'env Env,
    input: ObservedInput,
    hold_out: HoldOut,
    params: MaskedTuckerParams,
    context: Context,
) -> napi::Result<Object<'env>> {
    run_solver(env, context, move |place, observer| {
        let (input, hold_out, params) = (input.try_into()?, hold_out.try_into()?, params.try_into()?);
        tensor::solve_masked_tucker(&input, &hold_out, &params, place.seed, &place.folder, observer)
    })
}

#[napi(js_name = "sparseTucker")]
pub fn sparse_tucker<'env>(
    env: &'env Env,
    input: ObservedInput,
    params: SparseTuckerParams,
    context: Context,
) -> napi::Result<Object<'env>> {
    run_solver(env, context, move |place, observer| {
        let (input, params) = (input.try_into()?, params.try_into()?);
        tensor::solve_sparse_tucker(&input, &params, place.seed, &place.folder, observer)
    })
}
