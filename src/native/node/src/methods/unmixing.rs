use filigree_core::{Error, in_pool};
use filigree_unmixing as unmixing;
use napi::Env;
use napi::bindgen_prelude::Object;
use napi_derive::napi;

use crate::convert::{ArraySource, CubeInput, MOST_THREADS, count, named, whole};
use crate::job::{Context, run, run_solver};

#[napi(object, object_to_js = false, use_nullable = true)]
pub struct VcaParams {
    pub endmembers: f64,
    pub snr: Option<f64>,
}

#[napi(object, object_to_js = false)]
pub struct FclsParams {
    pub tolerance: f64,
}

#[napi(object, object_to_js = false, use_nullable = true)]
pub struct SyntheticSceneParams {
    pub lines: f64,
    pub samples: f64,
    pub bands: f64,
    pub endmembers: f64,
    pub snr: Option<f64>,
    pub purity_cap: f64,
    pub smoothness: f64,
    pub contrast: f64,
    pub corrupted_bands: f64,
    pub illumination: f64,
    pub dtype: String,
}

impl TryFrom<SyntheticSceneParams> for unmixing::SyntheticSceneParams {
    type Error = Error;

    fn try_from(params: SyntheticSceneParams) -> Result<Self, Error> {
        Ok(Self {
            lines: count(params.lines, "lines")?,
            samples: count(params.samples, "samples")?,
            bands: count(params.bands, "bands")?,
            endmembers: count(params.endmembers, "endmembers")?,
            snr: params.snr,
            purity_cap: params.purity_cap,
            smoothness: params.smoothness,
            contrast: params.contrast,
            corrupted_bands: count(params.corrupted_bands, "corruptedBands")?,
            illumination: params.illumination,
            single_precision: named(&params.dtype, "dtype", &[(true, "float32"), (false, "float64")])?,
        })
    }
}

#[napi]
pub fn vca<'env>(
    env: &'env Env,
    cube: CubeInput,
    params: VcaParams,
    context: Context,
) -> napi::Result<Object<'env>> {
    run_solver(env, context, move |place, observer| {
        let params =
            unmixing::VcaParams { endmembers: count(params.endmembers, "endmembers")?, snr: params.snr };
        unmixing::solve_vca(&cube.try_into()?, &params, place.seed, &place.folder, observer)
    })
}

#[napi]
pub fn fcls<'env>(
    env: &'env Env,
    cube: CubeInput,
    endmembers: ArraySource,
    params: FclsParams,
    context: Context,
) -> napi::Result<Object<'env>> {
    run_solver(env, context, move |place, observer| {
        let params = unmixing::FclsParams { tolerance: params.tolerance };
        unmixing::solve_fcls(&cube.try_into()?, &endmembers.try_into()?, &params, &place.folder, observer)
    })
}

#[napi(js_name = "syntheticScene")]
pub fn synthetic_scene<'env>(
    env: &'env Env,
    params: SyntheticSceneParams,
    context: Context,
) -> napi::Result<Object<'env>> {
    run_solver(env, context, move |place, observer| {
        unmixing::make_synthetic_scene(&params.try_into()?, place.seed, &place.folder, observer)
    })
}

#[napi(js_name = "mapDistances")]
pub fn map_distances<'env>(
    env: &'env Env,
    truth: ArraySource,
    estimate: ArraySource,
    threads: f64,
) -> napi::Result<Object<'env>> {
    run(env, move || {
        let (truth, estimate) = (truth.try_into()?, estimate.try_into()?);
        in_pool(whole(threads, "threads", 1, MOST_THREADS)?, || unmixing::map_distances(&truth, &estimate))
    })
}
