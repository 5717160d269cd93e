//! What comes before unmixing: noise, bands, how many endmembers, which ones, and abundances for known ones.

use filigree_unmixing as unmixing;
use napi::Env;
use napi::bindgen_prelude::Object;
use napi_derive::napi;

use crate::convert::{ArraySource, CubeInput, count};
use crate::job::{Context, run_solver};

#[napi(object, object_to_js = false)]
pub struct MnfParams {
    pub components: f64,
}

#[napi(object, object_to_js = false)]
pub struct BadBandsParams {
    pub invalid_share: f64,
    pub noise_share: f64,
}

#[napi(object, object_to_js = false)]
pub struct EndmemberCountParams {
    pub false_alarm_rate: f64,
}

#[napi(object, object_to_js = false)]
pub struct AtgpParams {
    pub endmembers: f64,
}

#[napi(object, object_to_js = false)]
pub struct NFindrParams {
    pub endmembers: f64,
    pub restarts: f64,
}

#[napi(object, object_to_js = false)]
pub struct PpiParams {
    pub endmembers: f64,
    pub skewers: f64,
    pub separation: f64,
}

#[napi(object, object_to_js = false)]
pub struct SisalParams {
    pub endmembers: f64,
    pub hinge_weight: f64,
    pub max_iterations: f64,
    pub tolerance: f64,
}

#[napi(object, object_to_js = false)]
pub struct NnlsParams {
    pub sum_to_one_weight: f64,
    pub tolerance: f64,
}

#[napi(js_name = "noiseEstimate")]
pub fn noise_estimate<'env>(env: &'env Env, cube: CubeInput, context: Context) -> napi::Result<Object<'env>> {
    run_solver(env, context, move |place, observer| {
        unmixing::estimate_noise(&cube.try_into()?, &place.folder, observer)
    })
}

#[napi]
pub fn mnf<'env>(
    env: &'env Env,
    cube: CubeInput,
    params: MnfParams,
    context: Context,
) -> napi::Result<Object<'env>> {
    run_solver(env, context, move |place, observer| {
        let params = unmixing::MnfParams { components: count(params.components, "components")? };
        unmixing::solve_mnf(&cube.try_into()?, &params, &place.folder, observer)
    })
}

#[napi(js_name = "badBands")]
pub fn bad_bands<'env>(
    env: &'env Env,
    cube: CubeInput,
    params: BadBandsParams,
    context: Context,
) -> napi::Result<Object<'env>> {
    run_solver(env, context, move |place, observer| {
        let params =
            unmixing::BadBandsParams { invalid_share: params.invalid_share, noise_share: params.noise_share };
        unmixing::find_bad_bands(&cube.try_into()?, &params, &place.folder, observer)
    })
}

#[napi(js_name = "endmemberCount")]
pub fn endmember_count<'env>(
    env: &'env Env,
    cube: CubeInput,
    params: EndmemberCountParams,
    context: Context,
) -> napi::Result<Object<'env>> {
    run_solver(env, context, move |place, observer| {
        let params = unmixing::EndmemberCountParams { false_alarm_rate: params.false_alarm_rate };
        unmixing::count_endmembers(&cube.try_into()?, &params, &place.folder, observer)
    })
}

#[napi]
pub fn atgp<'env>(
    env: &'env Env,
    cube: CubeInput,
    params: AtgpParams,
    context: Context,
) -> napi::Result<Object<'env>> {
    run_solver(env, context, move |place, observer| {
        let params = unmixing::AtgpParams { endmembers: count(params.endmembers, "endmembers")? };
        unmixing::solve_atgp(&cube.try_into()?, &params, &place.folder, observer)
    })
}

#[napi(js_name = "nFindr")]
pub fn n_findr<'env>(
    env: &'env Env,
    cube: CubeInput,
    params: NFindrParams,
    context: Context,
) -> napi::Result<Object<'env>> {
    run_solver(env, context, move |place, observer| {
        let params = unmixing::NFindrParams {
            endmembers: count(params.endmembers, "endmembers")?,
            restarts: count(params.restarts, "restarts")?,
        };
        unmixing::solve_n_findr(&cube.try_into()?, &params, place.seed, &place.folder, observer)
    })
}

#[napi]
pub fn ppi<'env>(
    env: &'env Env,
    cube: CubeInput,
    params: PpiParams,
    context: Context,
) -> napi::Result<Object<'env>> {
    run_solver(env, context, move |place, observer| {
        let params = unmixing::PpiParams {
            endmembers: count(params.endmembers, "endmembers")?,
            skewers: count(params.skewers, "skewers")?,
            separation: params.separation,
        };
        unmixing::solve_ppi(&cube.try_into()?, &params, place.seed, &place.folder, observer)
    })
}

#[napi]
pub fn sisal<'env>(
    env: &'env Env,
    cube: CubeInput,
    params: SisalParams,
    context: Context,
) -> napi::Result<Object<'env>> {
    run_solver(env, context, move |place, observer| {
        let params = unmixing::SisalParams {
            endmembers: count(params.endmembers, "endmembers")?,
            hinge_weight: params.hinge_weight,
            max_iterations: count(params.max_iterations, "maxIterations")?,
            tolerance: params.tolerance,
        };
        unmixing::solve_sisal(&cube.try_into()?, &params, place.seed, &place.folder, observer)
    })
}

#[napi(js_name = "pickedPixels")]
pub fn picked_pixels<'env>(
    env: &'env Env,
    cube: CubeInput,
    pixels: Vec<f64>,
    context: Context,
) -> napi::Result<Object<'env>> {
    run_solver(env, context, move |place, observer| {
        let places = pixels
            .chunks(2)
            .map(|place| {
                let sample = place.get(1).copied().unwrap_or(f64::NAN);
                Ok([count(place[0], "pixels")?, count(sample, "pixels")?])
            })
            .collect::<Result<Vec<_>, filigree_core::Error>>()?;
        unmixing::pick_pixels(&cube.try_into()?, &places, &place.folder, observer)
    })
}

#[napi]
pub fn ucls<'env>(
    env: &'env Env,
    cube: CubeInput,
    endmembers: ArraySource,
    context: Context,
) -> napi::Result<Object<'env>> {
    run_solver(env, context, move |place, observer| {
        unmixing::solve_ucls(&cube.try_into()?, &endmembers.try_into()?, &place.folder, observer)
    })
}

#[napi]
pub fn nnls<'env>(
    env: &'env Env,
    cube: CubeInput,
    endmembers: ArraySource,
    params: NnlsParams,
    context: Context,
) -> napi::Result<Object<'env>> {
    run_solver(env, context, move |place, observer| {
        let params =
            unmixing::NnlsParams { sum_to_one_weight: params.sum_to_one_weight, tolerance: params.tolerance };
        unmixing::solve_nnls(&cube.try_into()?, &endmembers.try_into()?, &params, &place.folder, observer)
    })
}
