use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use filigree_core::{Flow, Observer, Step};
use napi::Status;
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode, UnknownReturnValue};
use napi_derive::napi;

/// Ten reports a second and no more.
const INTERVAL: Duration = Duration::from_millis(100);

/// How long the end of a run waits for JavaScript to take the last report.
const PATIENCE: Duration = Duration::from_secs(5);

#[napi(object, object_from_js = false, use_nullable = true)]
pub struct NativeProgress {
    pub stage: String,
    pub iteration: f64,
    pub iteration_limit: Option<f64>,
    pub fraction: Option<f64>,
    pub rows: Vec<Vec<f64>>,
}

/// The `onProgress` callback, callable from any thread.
pub type ProgressCallback =
    ThreadsafeFunction<NativeProgress, UnknownReturnValue, NativeProgress, Status, false>;

/// Gathers what a solver says and passes it on in batches.
pub struct Reporter {
    callback: ProgressCallback,
    cancelled: Arc<AtomicBool>,
    last_report: Instant,
    stage: String,
    iteration: usize,
    iteration_limit: Option<usize>,
    fraction: Option<f64>,
    rows: Vec<Vec<f64>>,
    unreported: bool,
}

impl Reporter {
    pub fn new(callback: ProgressCallback, cancelled: Arc<AtomicBool>) -> Self {
        Self {
            callback,
            cancelled,
            last_report: Instant::now(),
            stage: "Starting".to_owned(),
            iteration: 0,
            iteration_limit: None,
            fraction: None,
            rows: Vec::new(),
            unreported: false,
        }
    }

    /// Sends what is left and waits until JavaScript has seen it, so that it comes before the promise settles.
    pub fn flush(&mut self) {
        if !self.unreported {
            return;
        }
        let (seen, wait) = mpsc::channel();
        let report = self.take();
        let status = self.callback.call_with_return_value(
            report,
            ThreadsafeFunctionCallMode::NonBlocking,
            move |_returned, _env| {
                // The receiver may have lost patience; the report was delivered all the same.
                let _ = seen.send(());
                Ok(())
            },
        );
        if status == Status::Ok {
            // A closing environment never answers, hence the limit.
            let _ = wait.recv_timeout(PATIENCE);
        }
    }

    fn take(&mut self) -> NativeProgress {
        self.last_report = Instant::now();
        self.unreported = false;
        NativeProgress {
            stage: self.stage.clone(),
            iteration: self.iteration as f64,
            iteration_limit: self.iteration_limit.map(|limit| limit as f64),
            fraction: self.fraction,
            rows: std::mem::take(&mut self.rows),
        }
    }

    fn report_when_due(&mut self) -> Flow {
        self.unreported = true;
        if self.last_report.elapsed() >= INTERVAL {
            let report = self.take();
            self.callback.call(report, ThreadsafeFunctionCallMode::NonBlocking);
        }
        if self.cancelled.load(Ordering::Relaxed) { Flow::Stop } else { Flow::Continue }
    }
}

impl Observer for Reporter {
    fn stage(&mut self, name: &str) {
        name.clone_into(&mut self.stage);
        self.report_when_due();
    }

    fn progress(&mut self, fraction: f64) -> Flow {
        self.fraction = Some(fraction);
        self.report_when_due()
    }

    fn iteration(&mut self, step: &Step<'_>) -> Flow {
        self.iteration = step.iteration;
        self.iteration_limit = Some(step.iteration_limit);
        self.rows.push(std::iter::once(step.iteration as f64).chain(step.row.iter().copied()).collect());
        self.report_when_due()
    }
}
