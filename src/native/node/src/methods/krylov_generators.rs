use filigree_core::Error;
use filigree_krylov as krylov;
use krylov::{Boundary, FieldSequence, RightHandSide};
use napi::Env;
use napi::bindgen_prelude::Object;
use napi_derive::napi;

use crate::convert::{count, named};
use crate::job::{Context, run_solver};

fn shape_of(shape: &[f64]) -> Result<Vec<usize>, Error> {
    shape.iter().map(|&length| count(length, "shape")).collect()
}

fn boundary_of(name: &str) -> Result<Boundary, Error> {
    named(name, "boundary", Boundary::NAMES)
}

fn right_hand_side_of(name: &str) -> Result<RightHandSide, Error> {
    named(name, "rightHandSide", RightHandSide::NAMES)
}

#[napi(object, object_to_js = false)]
pub struct RandomFieldParams {
    pub deviation: f64,
    pub inverse_length: f64,
    pub smoothness: f64,
    pub modes: f64,
    pub sequence: String,
    pub step: f64,
}

impl TryFrom<RandomFieldParams> for krylov::RandomFieldParams {
    type Error = Error;

    fn try_from(params: RandomFieldParams) -> Result<Self, Error> {
        Ok(Self {
            deviation: params.deviation,
            inverse_length: params.inverse_length,
            smoothness: params.smoothness,
            modes: count(params.modes, "modes")?,
            sequence: named(&params.sequence, "sequence", FieldSequence::NAMES)?,
            step: params.step,
        })
    }
}

#[napi(object, object_to_js = false)]
pub struct PoissonParams {
    pub shape: Vec<f64>,
    pub boundary: String,
    pub right_hand_side: String,
}

#[napi(js_name = "poissonProblem")]
pub fn poisson_problem<'env>(
    env: &'env Env,
    params: PoissonParams,
    context: Context,
) -> napi::Result<Object<'env>> {
    run_solver(env, context, move |place, observer| {
        let params = krylov::PoissonParams {
            shape: shape_of(&params.shape)?,
            boundary: boundary_of(&params.boundary)?,
            right_hand_side: right_hand_side_of(&params.right_hand_side)?,
        };
        krylov::generate_poisson(&params, place.seed, &place.folder, observer)
    })
}

#[napi(object, object_to_js = false)]
pub struct AnisotropicDiffusionParams {
    pub shape: Vec<f64>,
    pub epsilon: f64,
    pub angle: f64,
    pub scheme: String,
    pub right_hand_side: String,
}

#[napi(js_name = "anisotropicDiffusion")]
pub fn anisotropic_diffusion<'env>(
    env: &'env Env,
    params: AnisotropicDiffusionParams,
    context: Context,
) -> napi::Result<Object<'env>> {
    run_solver(env, context, move |place, observer| {
        let params = krylov::AnisotropicDiffusionParams {
            shape: shape_of(&params.shape)?,
            epsilon: params.epsilon,
            angle: params.angle,
            scheme: named(&params.scheme, "scheme", krylov::DiffusionScheme::NAMES)?,
            right_hand_side: right_hand_side_of(&params.right_hand_side)?,
        };
        krylov::generate_anisotropic_diffusion(&params, place.seed, &place.folder, observer)
    })
}

#[napi(object, object_to_js = false)]
pub struct ConvectionDiffusionParams {
    pub shape: Vec<f64>,
    pub flow: String,
    pub angle: f64,
    pub scheme: String,
    pub peclet: f64,
    pub last_peclet: f64,
    pub systems: f64,
    pub right_hand_side: String,
}

#[napi(js_name = "convectionDiffusion")]
pub fn convection_diffusion<'env>(
    env: &'env Env,
    params: ConvectionDiffusionParams,
    context: Context,
) -> napi::Result<Object<'env>> {
    run_solver(env, context, move |place, observer| {
        let params = krylov::ConvectionDiffusionParams {
            shape: shape_of(&params.shape)?,
            flow: named(&params.flow, "flow", krylov::ConvectionFlow::NAMES)?,
            angle: params.angle,
            scheme: named(&params.scheme, "scheme", krylov::ConvectionScheme::NAMES)?,
            peclet: params.peclet,
            last_peclet: params.last_peclet,
            systems: count(params.systems, "systems")?,
            right_hand_side: right_hand_side_of(&params.right_hand_side)?,
        };
        krylov::generate_convection_diffusion(&params, place.seed, &place.folder, observer)
    })
}

#[napi(object, object_to_js = false)]
pub struct HelmholtzParams {
    pub shape: Vec<f64>,
    pub boundary: String,
    pub wavenumber: f64,
    pub last_wavenumber: f64,
    pub order: String,
    pub medium: RandomFieldParams,
    pub systems: f64,
    pub right_hand_side: String,
}

#[napi(js_name = "helmholtzProblem")]
pub fn helmholtz_problem<'env>(
    env: &'env Env,
    params: HelmholtzParams,
    context: Context,
) -> napi::Result<Object<'env>> {
    run_solver(env, context, move |place, observer| {
        let params = krylov::HelmholtzParams {
            shape: shape_of(&params.shape)?,
            boundary: named(&params.boundary, "boundary", krylov::HelmholtzBoundary::NAMES)?,
            wavenumber: params.wavenumber,
            last_wavenumber: params.last_wavenumber,
            order: named(&params.order, "order", krylov::WavenumberOrder::NAMES)?,
            medium: params.medium.try_into()?,
            systems: count(params.systems, "systems")?,
            right_hand_side: right_hand_side_of(&params.right_hand_side)?,
        };
        krylov::generate_helmholtz(&params, place.seed, &place.folder, observer)
    })
}

#[napi(object, object_to_js = false)]
pub struct DarcyParams {
    pub shape: Vec<f64>,
    pub boundary: String,
    pub field: String,
    pub contrast: f64,
    pub random_field: RandomFieldParams,
    pub systems: f64,
    pub right_hand_side: String,
}

#[napi(js_name = "darcyFlow")]
pub fn darcy_flow<'env>(env: &'env Env, params: DarcyParams, context: Context) -> napi::Result<Object<'env>> {
    run_solver(env, context, move |place, observer| {
        let params = krylov::DarcyParams {
            shape: shape_of(&params.shape)?,
            boundary: boundary_of(&params.boundary)?,
            field: named(&params.field, "field", krylov::DarcyField::NAMES)?,
            contrast: params.contrast,
            random_field: params.random_field.try_into()?,
            systems: count(params.systems, "systems")?,
            right_hand_side: right_hand_side_of(&params.right_hand_side)?,
        };
        krylov::generate_darcy(&params, place.seed, &place.folder, observer)
    })
}

#[napi(object, object_to_js = false)]
pub struct EvolutionParams {
    pub shape: Vec<f64>,
    pub boundary: String,
    pub medium: RandomFieldParams,
    pub initial_state: String,
}

#[napi(js_name = "evolutionOperators")]
pub fn evolution_operators<'env>(
    env: &'env Env,
    params: EvolutionParams,
    context: Context,
) -> napi::Result<Object<'env>> {
    run_solver(env, context, move |place, observer| {
        let params = krylov::EvolutionParams {
            shape: shape_of(&params.shape)?,
            boundary: boundary_of(&params.boundary)?,
            medium: params.medium.try_into()?,
            initial_state: named(&params.initial_state, "initialState", krylov::InitialState::NAMES)?,
        };
        krylov::generate_evolution(&params, place.seed, &place.folder, observer)
    })
}
