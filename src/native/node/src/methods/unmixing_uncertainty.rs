use filigree_core::Error;
use filigree_unmixing as unmixing;
use napi::Env;
use napi::bindgen_prelude::Object;
use napi_derive::napi;

use crate::convert::{ArraySource, CubeInput, count};
use crate::job::{Context, run_solver};

#[napi(object, object_to_js = false)]
pub struct Repeat {
    pub endmembers: ArraySource,
    pub abundances: ArraySource,
    /// −1 where this repeat has no such component.
    pub order: Vec<f64>,
}

impl TryFrom<Repeat> for unmixing::Repeat {
    type Error = Error;

    fn try_from(repeat: Repeat) -> Result<Self, Error> {
        let component = |&place: &f64| {
            if place == -1.0 { Ok(None) } else { count(place, "order").map(Some) }
        };
        Ok(Self {
            endmembers: repeat.endmembers.try_into()?,
            abundances: repeat.abundances.try_into()?,
            order: repeat.order.iter().map(component).collect::<Result<_, _>>()?,
        })
    }
}

#[napi(js_name = "joinRepeats")]
pub fn join_repeats<'env>(
    env: &'env Env,
    repeats: Vec<Repeat>,
    context: Context,
) -> napi::Result<Object<'env>> {
    run_solver(env, context, move |place, observer| {
        let repeats = repeats.into_iter().map(Repeat::try_into).collect::<Result<Vec<_>, _>>()?;
        unmixing::join_repeats(&repeats, &place.folder, observer)
    })
}

#[napi(js_name = "preparedPixels")]
pub fn prepared_pixels<'env>(
    env: &'env Env,
    cube: CubeInput,
    non_negative: bool,
    sample: Option<f64>,
    context: Context,
) -> napi::Result<Object<'env>> {
    run_solver(env, context, move |place, observer| {
        let sample = sample.map(|stream| count(stream, "sample")).transpose()?.map(|stream| stream as u64);
        let cube = cube.try_into()?;
        unmixing::write_prepared_pixels(&cube, non_negative, sample, place.seed, &place.folder, observer)
    })
}
