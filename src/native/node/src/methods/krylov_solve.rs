use filigree_core::Error;
use filigree_krylov as krylov;
use filigree_krylov::multigrid::{CycleKind, Smoothing};
use napi::Env;
use napi::bindgen_prelude::Object;
use napi_derive::napi;

use super::krylov::SystemInput;
use crate::convert::{count, named};
use crate::job::{Context, run_solver};

/// Share of the largest stable step that damped Jacobi takes.
const JACOBI_DAMPING: f64 = 2.0 / 3.0;
/// Products of a Chebyshev smoother.
const CHEBYSHEV_DEGREE: usize = 3;

#[napi(object, object_to_js = false, use_nullable = true)]
pub struct PreconditionerParams {
    pub kind: String,
    pub relaxation: f64,
    pub shift: f64,
    pub drop_tolerance: f64,
    pub fill: f64,
    pub cycle: String,
    pub smoother: String,
    pub sweeps: f64,
    pub strength: Option<f64>,
    pub degree: f64,
    pub imaginary_shift: f64,
    pub replace_zero_pivots: bool,
}

impl TryFrom<PreconditionerParams> for krylov::PreconditionerOptions {
    type Error = Error;

    fn try_from(params: PreconditionerParams) -> Result<Self, Error> {
        let cycles = [(CycleKind::V, "v"), (CycleKind::W, "w"), (CycleKind::F, "f")];
        let smoothers = [
            (Smoothing::GaussSeidel, "gauss-seidel"),
            (Smoothing::Jacobi { damping: JACOBI_DAMPING }, "jacobi"),
            (Smoothing::L1Jacobi, "l1-jacobi"),
            (Smoothing::Chebyshev { degree: CHEBYSHEV_DEGREE }, "chebyshev"),
        ];
        Ok(Self {
            kind: named(&params.kind, "preconditioner", krylov::PreconditionerKind::NAMES)?,
            relaxation: params.relaxation,
            shift: params.shift,
            drop_tolerance: params.drop_tolerance,
            fill: count(params.fill, "fill")?,
            cycle: named(&params.cycle, "cycle", &cycles)?,
            smoothing: named(&params.smoother, "smoother", &smoothers)?,
            sweeps: count(params.sweeps, "sweeps")?,
            strength: params.strength,
            degree: count(params.degree, "degree")?,
            imaginary_shift: params.imaginary_shift,
            replace_zero_pivots: params.replace_zero_pivots,
        })
    }
}

#[napi(object, object_to_js = false, use_nullable = true)]
pub struct SolveSystemParams {
    pub system: f64,
    pub right_hand_side: String,
    pub solver: String,
    pub relative_tolerance: f64,
    pub max_iterations: f64,
    pub residual_interval: f64,
    pub restart: f64,
    pub shadow_dimension: f64,
    pub deflation_vectors: f64,
    pub preconditioner: PreconditionerParams,
    pub shape: Vec<f64>,
}

impl TryFrom<SolveSystemParams> for krylov::SystemSolveParams {
    type Error = Error;

    fn try_from(params: SolveSystemParams) -> Result<Self, Error> {
        Ok(Self {
            system: count(params.system, "system")?,
            right_hand_side: named(
                &params.right_hand_side,
                "rightHandSide",
                krylov::RightHandSideChoice::NAMES,
            )?,
            solver: named(&params.solver, "solver", krylov::Solver::NAMES)?,
            iteration: krylov::SolveParams {
                relative_tolerance: params.relative_tolerance,
                max_iterations: count(params.max_iterations, "maxIterations")?,
                restart: count(params.restart, "restart")?,
                shadow_dimension: count(params.shadow_dimension, "shadowDimension")?,
                residual_interval: count(params.residual_interval, "residualInterval")?,
                ..krylov::SolveParams::default()
            },
            deflation_vectors: count(params.deflation_vectors, "deflationVectors")?,
            preconditioner: params.preconditioner.try_into()?,
            shape: params.shape.iter().map(|&size| count(size, "shape")).collect::<Result<_, _>>()?,
        })
    }
}

#[napi(js_name = "solveSystem")]
pub fn solve_system<'env>(
    env: &'env Env,
    system: SystemInput,
    factor: Option<SystemInput>,
    params: SolveSystemParams,
    context: Context,
) -> napi::Result<Object<'env>> {
    run_solver(env, context, move |place, observer| {
        let file = krylov::SystemFile::open(&system.try_into()?)?;
        let factor = match factor {
            Some(factor) => Some(krylov::SystemFile::open(&factor.try_into()?)?),
            None => None,
        };
        krylov::solve_system(&file, factor.as_ref(), &params.try_into()?, place.seed, &place.folder, observer)
    })
}
