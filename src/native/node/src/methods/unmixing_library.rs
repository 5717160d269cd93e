use filigree_core::{Error, in_pool};
use filigree_unmixing as unmixing;
use napi::Env;
use napi::bindgen_prelude::Object;
use napi_derive::napi;

use crate::convert::{ArraySource, CubeInput, MOST_THREADS, count, named, whole};
use crate::job::{Context, run, run_solver};
use crate::methods::unmixing::SyntheticSceneParams;

#[napi(object, object_to_js = false)]
pub struct SunsalParams {
    pub sparsity: f64,
    pub sum_to_one: bool,
    pub algorithm: String,
    pub tolerance: f64,
    pub max_iterations: f64,
}

impl TryFrom<SunsalParams> for unmixing::SunsalParams {
    type Error = Error;

    fn try_from(params: SunsalParams) -> Result<Self, Error> {
        use unmixing::SunsalSolver;
        let splitting = SunsalSolver::AlternatingDirections {
            tolerance: params.tolerance,
            max_iterations: count(params.max_iterations, "maxIterations")?,
        };
        let solvers = [(SunsalSolver::ActiveSet, "active-set"), (splitting, "admm")];
        Ok(Self {
            sparsity: params.sparsity,
            sum_to_one: params.sum_to_one,
            solver: named(&params.algorithm, "algorithm", &solvers)?,
        })
    }
}

#[napi]
pub fn sunsal<'env>(
    env: &'env Env,
    cube: CubeInput,
    library: ArraySource,
    params: SunsalParams,
    context: Context,
) -> napi::Result<Object<'env>> {
    run_solver(env, context, move |place, observer| {
        let (cube, library, params) = (cube.try_into()?, library.try_into()?, params.try_into()?);
        unmixing::solve_sunsal(&cube, &library, &params, &place.folder, observer)
    })
}

#[napi(object, object_to_js = false)]
pub struct CollaborativeParams {
    pub sparsity: f64,
    pub tolerance: f64,
    pub max_iterations: f64,
}

#[napi]
pub fn collaborative<'env>(
    env: &'env Env,
    cube: CubeInput,
    library: ArraySource,
    params: CollaborativeParams,
    context: Context,
) -> napi::Result<Object<'env>> {
    run_solver(env, context, move |place, observer| {
        let params = unmixing::CollaborativeParams {
            sparsity: params.sparsity,
            tolerance: params.tolerance,
            max_iterations: count(params.max_iterations, "maxIterations")?,
        };
        let (cube, library) = (cube.try_into()?, library.try_into()?);
        unmixing::solve_collaborative(&cube, &library, &params, &place.folder, observer)
    })
}

#[napi(object, object_to_js = false)]
pub struct TotalVariationParams {
    pub sparsity: f64,
    pub variation_weight: f64,
    pub isotropic: bool,
    pub tolerance: f64,
    pub max_iterations: f64,
}

#[napi(js_name = "totalVariation")]
pub fn total_variation<'env>(
    env: &'env Env,
    cube: CubeInput,
    library: ArraySource,
    params: TotalVariationParams,
    context: Context,
) -> napi::Result<Object<'env>> {
    run_solver(env, context, move |place, observer| {
        let params = unmixing::TotalVariationParams {
            sparsity: params.sparsity,
            variation_weight: params.variation_weight,
            isotropic: params.isotropic,
            tolerance: params.tolerance,
            max_iterations: count(params.max_iterations, "maxIterations")?,
        };
        let (cube, library) = (cube.try_into()?, library.try_into()?);
        unmixing::solve_total_variation(&cube, &library, &params, &place.folder, observer)
    })
}

#[napi(object, object_to_js = false)]
pub struct MultiscaleParams {
    pub coarse_sparsity: f64,
    pub sparsity: f64,
    pub spatial_weight: f64,
    pub superpixel_size: f64,
    pub compactness: f64,
}

#[napi]
pub fn multiscale<'env>(
    env: &'env Env,
    cube: CubeInput,
    library: ArraySource,
    params: MultiscaleParams,
    context: Context,
) -> napi::Result<Object<'env>> {
    run_solver(env, context, move |place, observer| {
        let params = unmixing::MultiscaleParams {
            coarse_sparsity: params.coarse_sparsity,
            sparsity: params.sparsity,
            spatial_weight: params.spatial_weight,
            superpixel_size: count(params.superpixel_size, "superpixelSize")?,
            compactness: params.compactness,
        };
        let (cube, library) = (cube.try_into()?, library.try_into()?);
        unmixing::solve_multiscale(&cube, &library, &params, &place.folder, observer)
    })
}

#[napi(object, object_to_js = false)]
pub struct LambdaPathParams {
    pub steps: f64,
    pub smallest_share: f64,
}

#[napi(object, object_to_js = false)]
pub struct KnownAbundances {
    pub maps: ArraySource,
    pub spectra: Vec<f64>,
}

impl TryFrom<KnownAbundances> for unmixing::KnownAbundances {
    type Error = Error;
    fn try_from(known: KnownAbundances) -> Result<Self, Error> {
        Ok(Self { maps: known.maps.try_into()?, spectra: numbers(&known.spectra)? })
    }
}

/// Numbers of spectra.
fn numbers(values: &[f64]) -> Result<Vec<usize>, Error> {
    values.iter().map(|&number| count(number, "spectra")).collect()
}

#[napi(js_name = "lambdaPath")]
pub fn lambda_path<'env>(
    env: &'env Env,
    cube: CubeInput,
    library: ArraySource,
    known: Option<KnownAbundances>,
    params: LambdaPathParams,
    context: Context,
) -> napi::Result<Object<'env>> {
    run_solver(env, context, move |place, observer| {
        let known = known.map(unmixing::KnownAbundances::try_from).transpose()?;
        let params = unmixing::LambdaPathParams {
            steps: count(params.steps, "steps")?,
            smallest_share: params.smallest_share,
        };
        let (cube, library) = (cube.try_into()?, library.try_into()?);
        unmixing::solve_lambda_path(&cube, &library, known.as_ref(), &params, &place.folder, observer)
    })
}

#[napi(js_name = "pruneLibrary")]
pub fn prune_library<'env>(
    env: &'env Env,
    library: ArraySource,
    angle: f64,
    context: Context,
) -> napi::Result<Object<'env>> {
    run_solver(env, context, move |place, observer| {
        unmixing::prune_library(&library.try_into()?, angle, &place.folder, observer)
    })
}

#[napi(js_name = "libraryScene")]
pub fn library_scene<'env>(
    env: &'env Env,
    library: ArraySource,
    spectra: Vec<f64>,
    abundances: Option<ArraySource>,
    scene: SyntheticSceneParams,
    context: Context,
) -> napi::Result<Object<'env>> {
    run_solver(env, context, move |place, observer| {
        let abundances = abundances.map(TryInto::try_into).transpose()?;
        let params = unmixing::LibrarySceneParams {
            spectra: numbers(&spectra)?,
            abundances,
            scene: scene.try_into()?,
        };
        unmixing::make_library_scene(&library.try_into()?, &params, place.seed, &place.folder, observer)
    })
}

#[napi(object, object_to_js = false)]
pub struct ResampleParams {
    pub library: Vec<f64>,
    pub centres: Vec<f64>,
    pub widths: Vec<f64>,
    pub shape: String,
}

#[napi(js_name = "resampleLibrary")]
pub fn resample_library<'env>(
    env: &'env Env,
    library: ArraySource,
    params: ResampleParams,
    context: Context,
) -> napi::Result<Object<'env>> {
    run_solver(env, context, move |place, observer| {
        use unmixing::BandShape;
        let shapes = [(BandShape::Gaussian, "gaussian"), (BandShape::Linear, "linear")];
        let params = unmixing::ResampleParams {
            library: params.library,
            centres: params.centres,
            widths: params.widths,
            shape: named(&params.shape, "shape", &shapes)?,
        };
        unmixing::resample_library(&library.try_into()?, &params, &place.folder, observer)
    })
}

#[napi(js_name = "abundanceErrors")]
pub fn abundance_errors<'env>(
    env: &'env Env,
    truth: ArraySource,
    estimate: ArraySource,
    partners: Vec<f64>,
    threads: f64,
) -> napi::Result<Object<'env>> {
    run(env, move || {
        let (truth, estimate) = (truth.try_into()?, estimate.try_into()?);
        let partners =
            partners.iter().map(|&at| if at < 0.0 { Ok(None) } else { count(at, "partners").map(Some) });
        let partners = partners.collect::<Result<Vec<_>, _>>()?;
        in_pool(whole(threads, "threads", 1, MOST_THREADS)?, || {
            let (signal, error) = unmixing::abundance_errors(&truth, &estimate, &partners)?;
            Ok(vec![signal, error])
        })
    })
}
