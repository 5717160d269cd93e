use filigree_core::{Error, Info, Observer, StopReason, Stopwatch};
use filigree_krylov as krylov;
use napi::Env;
use napi::bindgen_prelude::Object;
use napi_derive::napi;

use crate::convert::{ArraySource, count};
use crate::job::{Context, run_solver};

#[napi(object, object_to_js = false, use_nullable = true)]
pub struct SystemInput {
    pub values: ArraySource,
    pub row_pointers: ArraySource,
    pub column_indices: ArraySource,
    pub columns: f64,
    pub right_hand_side: Option<ArraySource>,
    pub known_solution: Option<ArraySource>,
    pub near_null_space: Option<ArraySource>,
    pub parameters: Option<ArraySource>,
}

impl TryFrom<SystemInput> for krylov::SystemSources {
    type Error = Error;

    fn try_from(input: SystemInput) -> Result<Self, Error> {
        let optional = |source: Option<ArraySource>| source.map(ArraySource::try_into).transpose();
        Ok(Self {
            values: input.values.try_into()?,
            row_pointers: input.row_pointers.try_into()?,
            column_indices: input.column_indices.try_into()?,
            columns: Some(count(input.columns, "columns")?),
            right_hand_side: optional(input.right_hand_side)?,
            known_solution: optional(input.known_solution)?,
            near_null_space: optional(input.near_null_space)?,
            parameters: optional(input.parameters)?,
        })
    }
}

#[napi(js_name = "matrixFacts")]
pub fn matrix_facts<'env>(
    env: &'env Env,
    system: SystemInput,
    index: f64,
    context: Context,
) -> napi::Result<Object<'env>> {
    run_solver(env, context, move |place, observer| {
        let file = krylov::SystemFile::open(&system.try_into()?)?;
        let index = count(index, "system")?;
        krylov::with_numbers_of!(file, Number => facts(&file.matrix::<Number>(index)?, place.seed, observer))
    })
}

fn facts<S: krylov::Scalar>(
    matrix: &krylov::CsrMatrix<S>,
    seed: u64,
    observer: &mut dyn Observer,
) -> Result<Info, Error> {
    let watch = Stopwatch::start();
    observer.stage("Looking at the matrix");
    let facts = krylov::MatrixFacts::of(matrix);
    let definiteness = krylov::definiteness(matrix, &facts, seed)?;
    let mut figures = facts.figures();
    figures.push(("complex", f64::from(S::COMPLEX)));
    figures.push(("memoryBytes", matrix.memory_bytes() as f64));
    Ok(Info {
        stop_reason: StopReason::Finished,
        stop_message: definiteness.as_str().to_owned(),
        figures,
        ..Info::measured(&watch)
    })
}
