use filigree_core::{ArraySummary as Summary, in_pool, summarise};
use napi::Env;
use napi::bindgen_prelude::Object;
use napi_derive::napi;

use crate::convert::{ArraySource, MOST_THREADS, whole};
use crate::job::run;

#[napi(object, object_from_js = false, use_nullable = true)]
pub struct ArraySummary {
    pub count: f64,
    pub nan_count: f64,
    pub infinite_count: f64,
    pub negative_count: f64,
    pub no_data_count: f64,
    pub first_invalid: Option<Vec<f64>>,
    pub first_negative: Option<Vec<f64>>,
    pub minimum: Option<f64>,
    pub maximum: Option<f64>,
    pub mean: Option<f64>,
}

impl From<Summary> for ArraySummary {
    fn from(summary: Summary) -> Self {
        let indices =
            |index: Option<Vec<usize>>| index.map(|index| index.iter().map(|&i| i as f64).collect());
        Self {
            count: summary.count as f64,
            nan_count: summary.nan_count as f64,
            infinite_count: summary.infinite_count as f64,
            negative_count: summary.negative_count as f64,
            no_data_count: summary.no_data_count as f64,
            first_invalid: indices(summary.first_invalid),
            first_negative: indices(summary.first_negative),
            minimum: summary.minimum,
            maximum: summary.maximum,
            mean: summary.mean,
        }
    }
}

#[napi(js_name = "summariseArray")]
pub fn summarise_array<'env>(
    env: &'env Env,
    source: ArraySource,
    scale: f64,
    no_data_value: Option<f64>,
    threads: f64,
) -> napi::Result<Object<'env>> {
    run(env, move || {
        let source = source.try_into()?;
        in_pool(whole(threads, "threads", 1, MOST_THREADS)?, || summarise(&source, scale, no_data_value))
            .map(ArraySummary::from)
    })
}
