use std::any::Any;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;

use filigree_core::{Error, Info, Observer, StopReason, in_pool, peak_memory_bytes};
use napi::Env;
use napi::bindgen_prelude::{Object, ToNapiValue};
use napi_derive::napi;

use crate::convert::{MOST_THREADS, whole};
use crate::progress::{ProgressCallback, Reporter};
use crate::{cancel, failure};

#[napi(object, object_to_js = false)]
pub struct Context {
    pub threads: f64,
    pub seed: f64,
    pub folder: String,
    pub on_progress: ProgressCallback,
    pub cancel_token: u32,
}

#[napi(object, object_from_js = false)]
pub struct JsInfo {
    pub iterations: f64,
    pub stop_reason: String,
    pub stop_message: String,
    pub figures: BTreeMap<String, f64>,
    pub setup_seconds: f64,
    pub iteration_seconds: f64,
    pub peak_memory_bytes: f64,
    pub warnings: Vec<String>,
    pub notes: Vec<String>,
    pub files: Vec<String>,
}

impl From<Info> for JsInfo {
    fn from(info: Info) -> Self {
        Self {
            iterations: info.iterations as f64,
            stop_reason: info.stop_reason.as_str().to_owned(),
            stop_message: info.stop_message,
            figures: info.figures.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
            setup_seconds: info.setup_seconds,
            iteration_seconds: info.iteration_seconds,
            peak_memory_bytes: info.peak_memory_bytes as f64,
            warnings: info.warnings,
            notes: info.notes,
            files: info.files,
        }
    }
}

/// What a solver needs besides its inputs and parameters.
pub struct Workplace {
    pub seed: u64,
    pub folder: PathBuf,
}

/// Runs a solver on its own threads and returns the promise of its `Info`. A solver stopped before it had
/// anything to keep resolves as cancelled, without files.
pub fn run_solver(
    env: &Env,
    context: Context,
    solve: impl FnOnce(&Workplace, &mut dyn Observer) -> Result<Info, Error> + Send + 'static,
) -> napi::Result<Object<'_>> {
    run(env, move || {
        let threads = whole(context.threads, "threads", 1, MOST_THREADS)?;
        let seed = whole(context.seed, "seed", 0, (1 << 53) - 1)?;
        let workplace = Workplace { seed: seed as u64, folder: PathBuf::from(context.folder) };
        let cancelled = cancel::flag(context.cancel_token).ok_or_else(|| {
            Error::Internal(format!("Cancel token {} was released or never made.", context.cancel_token))
        })?;
        let mut reporter = Reporter::new(context.on_progress, Arc::clone(&cancelled));
        // Caught here too, so that the last report goes out before the promise settles.
        let outcome = caught(|| in_pool(threads, || solve(&workplace, &mut reporter)));
        reporter.flush();
        match outcome {
            Ok(info) => Ok(JsInfo::from(info)),
            Err(Error::Cancelled(stage)) => Ok(JsInfo::from(stopped_early(&stage))),
            Err(error) => Err(error),
        }
    })
}

/// Runs `work` on a thread of its own and returns the promise of its result.
pub fn run<T: ToNapiValue + Send + 'static>(
    env: &Env,
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> napi::Result<Object<'_>> {
    let (deferred, promise) = env.create_deferred()?;
    std::thread::Builder::new().name("filigree-job".to_owned()).spawn(move || {
        let outcome = caught(work);
        deferred.resolve(move |env: Env| outcome.map_err(|error| failure::to_js(&env, &error)));
    })?;
    Ok(promise)
}

/// A panic is a bug, and becomes an error that says so.
fn caught<T>(work: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        Err(Error::Internal(format!(
            "The solver failed because of a bug in Filigree ({}). Please report it with the run folder.",
            panic_message(panic.as_ref())
        )))
    })
}

fn panic_message(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message")
}

fn stopped_early(stage: &str) -> Info {
    Info {
        iterations: 0,
        stop_reason: StopReason::Cancelled,
        stop_message: format!("Cancelled in the stage “{stage}”, before there was a result to keep."),
        figures: Vec::new(),
        setup_seconds: 0.0,
        iteration_seconds: 0.0,
        peak_memory_bytes: peak_memory_bytes(),
        warnings: Vec::new(),
        notes: Vec::new(),
        files: Vec::new(),
    }
}
