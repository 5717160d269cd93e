use filigree_core::Error;
use filigree_unmixing as unmixing;
use napi::Env;
use napi::bindgen_prelude::Object;
use napi_derive::napi;

use crate::convert::{CubeInput, count, named};
use crate::job::{Context, run_solver};

#[napi(object, object_to_js = false)]
pub struct EdaaParams {
    pub endmembers: f64,
    pub rounds: f64,
    pub abundance_steps: f64,
    pub archetype_steps: f64,
    pub restarts: f64,
    pub rule: String,
    pub fit_tolerance: f64,
}

impl TryFrom<EdaaParams> for unmixing::EdaaParams {
    type Error = Error;

    fn try_from(params: EdaaParams) -> Result<Self, Error> {
        use unmixing::RestartRule;
        let rules = [
            (RestartRule::LargestVolume, "volume"),
            (RestartRule::LowestCoherence, "coherence"),
            (RestartRule::BestFit, "fit"),
        ];
        Ok(Self {
            endmembers: count(params.endmembers, "endmembers")?,
            rounds: count(params.rounds, "rounds")?,
            abundance_steps: count(params.abundance_steps, "abundanceSteps")?,
            archetype_steps: count(params.archetype_steps, "archetypeSteps")?,
            restarts: count(params.restarts, "restarts")?,
            rule: named(&params.rule, "rule", &rules)?,
            fit_tolerance: params.fit_tolerance,
        })
    }
}

#[napi]
pub fn edaa<'env>(
    env: &'env Env,
    cube: CubeInput,
    params: EdaaParams,
    context: Context,
) -> napi::Result<Object<'env>> {
    run_solver(env, context, move |place, observer| {
        unmixing::solve_edaa(&cube.try_into()?, &params.try_into()?, place.seed, &place.folder, observer)
    })
}
