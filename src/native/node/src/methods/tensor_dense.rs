use filigree_core::Error;
use filigree_tensor as tensor;
use filigree_tensor::{Accuracy, RankRule};
use napi::Env;
use napi::bindgen_prelude::Object;
use napi_derive::napi;

use crate::convert::{TensorInput, count, named, whole};
use crate::job::{Context, run_solver};

/// Entries of a budget may be more than any other count.
const LARGEST_BUDGET: u64 = (1 << 53) - 1;

#[napi(object, object_to_js = false, use_nullable = true)]
pub struct RankChoice {
    pub ranks: Option<Vec<f64>>,
    pub tolerance: Option<f64>,
    pub budget: Option<f64>,
}

impl TryFrom<RankChoice> for RankRule {
    type Error = Error;

    fn try_from(choice: RankChoice) -> Result<Self, Error> {
        match (choice.ranks, choice.tolerance, choice.budget) {
            (Some(ranks), None, None) => Ok(Self::Ranks(rank_list(&ranks)?)),
            (None, Some(tolerance), None) => Ok(Self::Tolerance(tolerance)),
            (None, None, Some(budget)) => Ok(Self::Size(whole(budget, "budget", 1, LARGEST_BUDGET)?)),
            _ => Err(Error::parameter("ranks", "Give ranks, a tolerance or a budget: exactly one of them.")),
        }
    }
}

fn rank_list(ranks: &[f64]) -> Result<Vec<usize>, Error> {
    ranks.iter().map(|&rank| count(rank, "ranks")).collect()
}

#[napi(object, object_to_js = false)]
pub struct StHosvdParams {
    pub choice: RankChoice,
    pub accuracy: String,
    pub sequential: bool,
}

#[napi(object, object_to_js = false)]
pub struct HooiParams {
    pub choice: RankChoice,
    pub accuracy: String,
    pub max_iterations: f64,
    pub stop_tolerance: f64,
}

#[napi(object, object_to_js = false)]
pub struct RandomisedTuckerParams {
    pub ranks: Vec<f64>,
    pub oversampling: f64,
    pub power_iterations: f64,
}

#[napi(object, object_to_js = false)]
pub struct CoreShapeParams {
    pub budget: f64,
    pub accuracy: String,
    pub tree: String,
}

#[napi(object, object_to_js = false)]
pub struct NonnegativeTuckerParams {
    pub ranks: Vec<f64>,
    pub sparsity: f64,
    pub inner_passes: f64,
    pub max_iterations: f64,
    pub tolerance: f64,
    pub start: String,
    pub starts: f64,
}

#[napi(object, object_to_js = false)]
pub struct ModeViewsParams {
    pub view_mode: f64,
    pub max_iterations: f64,
}

#[napi(object, object_to_js = false)]
pub struct SyntheticTensorParams {
    pub shape: Vec<f64>,
    pub ranks: Vec<f64>,
    pub noise: f64,
    pub missing: f64,
    pub nonnegative: bool,
}

#[napi(js_name = "stHosvd")]
pub fn st_hosvd<'env>(
    env: &'env Env,
    input: TensorInput,
    params: StHosvdParams,
    context: Context,
) -> napi::Result<Object<'env>> {
    run_solver(env, context, move |place, observer| {
        let params = tensor::StHosvdParams {
            rule: params.choice.try_into()?,
            accuracy: named(&params.accuracy, "accuracy", Accuracy::NAMES)?,
            sequential: params.sequential,
        };
        tensor::solve_st_hosvd(&input.try_into()?, &params, &place.folder, observer)
    })
}

#[napi]
pub fn hooi<'env>(
    env: &'env Env,
    input: TensorInput,
    params: HooiParams,
    context: Context,
) -> napi::Result<Object<'env>> {
    run_solver(env, context, move |place, observer| {
        let params = tensor::HooiParams {
            rule: params.choice.try_into()?,
            accuracy: named(&params.accuracy, "accuracy", Accuracy::NAMES)?,
            max_iterations: count(params.max_iterations, "maxIterations")?,
            tolerance: params.stop_tolerance,
        };
        tensor::solve_hooi(&input.try_into()?, &params, &place.folder, observer)
    })
}

#[napi(js_name = "randomisedTucker")]
pub fn randomised_tucker<'env>(
    env: &'env Env,
    input: TensorInput,
    params: RandomisedTuckerParams,
    context: Context,
) -> napi::Result<Object<'env>> {
    run_solver(env, context, move |place, observer| {
        let params = tensor::RandomisedParams {
            ranks: rank_list(&params.ranks)?,
            oversampling: count(params.oversampling, "oversampling")?,
            power_iterations: count(params.power_iterations, "powerIterations")?,
        };
        tensor::solve_randomised(&input.try_into()?, &params, place.seed, &place.folder, observer)
    })
}

#[napi(js_name = "coreShape")]
pub fn core_shape<'env>(
    env: &'env Env,
    input: TensorInput,
    params: CoreShapeParams,
    context: Context,
) -> napi::Result<Object<'env>> {
    run_solver(env, context, move |place, observer| {
        let params = tensor::CoreShapeParams {
            budget: whole(params.budget, "budget", 1, LARGEST_BUDGET)?,
            accuracy: named(&params.accuracy, "accuracy", Accuracy::NAMES)?,
            tree: params.tree,
        };
        tensor::solve_core_shape(&input.try_into()?, &params, &place.folder, observer)
    })
}

#[napi(js_name = "nonnegativeTucker")]
pub fn nonnegative_tucker<'env>(
    env: &'env Env,
    input: TensorInput,
    params: NonnegativeTuckerParams,
    context: Context,
) -> napi::Result<Object<'env>> {
    run_solver(env, context, move |place, observer| {
        use tensor::NonnegativeStart::{Hosvd, Random};
        let params = tensor::NonnegativeParams {
            ranks: rank_list(&params.ranks)?,
            sparsity: params.sparsity,
            inner_passes: count(params.inner_passes, "innerPasses")?,
            max_iterations: count(params.max_iterations, "maxIterations")?,
            tolerance: params.tolerance,
            start: named(&params.start, "start", &[(Hosvd, "hosvd"), (Random, "random")])?,
            starts: count(params.starts, "starts")?,
        };
        tensor::solve_nonnegative(&input.try_into()?, &params, place.seed, &place.folder, observer)
    })
}

#[napi(js_name = "modeViews")]
pub fn mode_views<'env>(
    env: &'env Env,
    input: TensorInput,
    params: ModeViewsParams,
    context: Context,
) -> napi::Result<Object<'env>> {
    run_solver(env, context, move |place, observer| {
        let params = tensor::ModeViewsParams {
            view_mode: count(params.view_mode, "viewMode")?,
            max_iterations: count(params.max_iterations, "maxIterations")?,
        };
        tensor::solve_mode_views(&input.try_into()?, &params, &place.folder, observer)
    })
}

#[napi(js_name = "syntheticTensor")]
pub fn synthetic_tensor<'env>(
    env: &'env Env,
    params: SyntheticTensorParams,
    context: Context,
) -> napi::Result<Object<'env>> {
    run_solver(env, context, move |place, observer| {
        let params = tensor::SyntheticTensorParams {
            shape: params.shape.iter().map(|&length| count(length, "shape")).collect::<Result<_, _>>()?,
            ranks: rank_list(&params.ranks)?,
            noise: params.noise,
            missing: params.missing,
            nonnegative: params.nonnegative,
        };
        tensor::solve_synthetic_tensor(&params, place.seed, &place.folder, observer)
    })
}
