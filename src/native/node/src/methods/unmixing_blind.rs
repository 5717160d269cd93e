use filigree_core::Error;
use filigree_unmixing as unmixing;
use filigree_unmixing::nmf;
use napi::Env;
use napi::bindgen_prelude::Object;
use napi_derive::napi;

use crate::convert::{ArraySource, CubeInput, count, named};
use crate::job::{Context, run_solver};

#[napi(object, object_to_js = false, use_nullable = true)]
pub struct NmfSparsity {
    pub exponent: String,
    pub weight: Option<f64>,
}

#[napi(object, object_to_js = false)]
pub struct NmfGraph {
    pub weight: f64,
    pub window: f64,
    pub neighbours: f64,
    pub kernel_width: f64,
}

#[napi(object, object_to_js = false)]
pub struct NmfLoss {
    pub name: String,
    pub kernel_width: f64,
}

#[napi(object, object_to_js = false, use_nullable = true)]
pub struct NmfParams {
    pub endmembers: f64,
    pub updates: String,
    pub loss: NmfLoss,
    pub sum_to_one_weight: f64,
    pub sparsity: Option<NmfSparsity>,
    pub graph: Option<NmfGraph>,
    pub volume_weight: Option<f64>,
    pub max_iterations: f64,
    pub tolerance: f64,
    pub restarts: f64,
}

impl TryFrom<NmfSparsity> for nmf::Sparsity {
    type Error = Error;

    fn try_from(sparsity: NmfSparsity) -> Result<Self, Error> {
        use nmf::Exponent;
        let exponents = [
            (Exponent::One, "one"),
            (Exponent::Half, "half"),
            (Exponent::GuidedByData, "guided-by-data"),
            (Exponent::GuidedByAbundances, "guided-by-abundances"),
        ];
        Ok(Self { exponent: named(&sparsity.exponent, "exponent", &exponents)?, weight: sparsity.weight })
    }
}

impl TryFrom<NmfGraph> for nmf::GraphTerm {
    type Error = Error;

    fn try_from(graph: NmfGraph) -> Result<Self, Error> {
        Ok(Self {
            weight: graph.weight,
            shape: unmixing::GraphParams {
                window: count(graph.window, "window")?,
                neighbours: count(graph.neighbours, "neighbours")?,
                kernel_width: graph.kernel_width,
            },
        })
    }
}

impl TryFrom<NmfParams> for nmf::NmfParams {
    type Error = Error;

    fn try_from(params: NmfParams) -> Result<Self, Error> {
        use nmf::{Loss, Updates};
        let losses = [
            (Loss::Squares, "squares"),
            (Loss::Correntropy { width: params.loss.kernel_width }, "correntropy"),
            (Loss::Lengths, "lengths"),
        ];
        let updates = [(Updates::Multiplicative, "multiplicative"), (Updates::Hals, "hals")];
        Ok(Self {
            endmembers: count(params.endmembers, "endmembers")?,
            updates: named(&params.updates, "updates", &updates)?,
            loss: named(&params.loss.name, "loss", &losses)?,
            sum_to_one_weight: params.sum_to_one_weight,
            sparsity: params.sparsity.map(NmfSparsity::try_into).transpose()?,
            graph: params.graph.map(NmfGraph::try_into).transpose()?,
            volume_weight: params.volume_weight,
            max_iterations: count(params.max_iterations, "maxIterations")?,
            tolerance: params.tolerance,
            restarts: count(params.restarts, "restarts")?,
        })
    }
}

#[napi]
pub fn nmf<'env>(
    env: &'env Env,
    cube: CubeInput,
    start: Option<ArraySource>,
    params: NmfParams,
    context: Context,
) -> napi::Result<Object<'env>> {
    run_solver(env, context, move |place, observer| {
        let start = start.map(ArraySource::try_into).transpose()?;
        let (cube, params) = (cube.try_into()?, params.try_into()?);
        nmf::solve(&cube, start.as_ref(), &params, place.seed, &place.folder, observer)
    })
}
