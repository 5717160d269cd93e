use std::time::Instant;

use crate::peak_memory_bytes;

/// Why a solver ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StopReason {
    /// The tolerance was met.
    Converged,
    /// The iterations ran out first.
    IterationLimit,
    /// A step could not be made: a division by nought, a matrix that is not what the method needs.
    BrokeDown,
    /// Rounding keeps the objective from falling any further.
    Stagnated,
    /// The observer stopped it.
    Cancelled,
    /// The method does not iterate towards anything, and is done.
    Finished,
}

impl StopReason {
    /// The name at every boundary.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Converged => "converged",
            Self::IterationLimit => "iteration-limit",
            Self::BrokeDown => "broke-down",
            Self::Stagnated => "stagnated",
            Self::Cancelled => "cancelled",
            Self::Finished => "finished",
        }
    }
}

/// How a solver ended, with figures recomputed from its final result.
#[derive(Clone, Debug)]
pub struct Info {
    /// Iterations done.
    pub iterations: usize,
    /// Why it ended.
    pub stop_reason: StopReason,
    /// The stop reason as a sentence with its figures.
    pub stop_message: String,
    /// Named figures, in a fixed order.
    pub figures: Vec<(&'static str, f64)>,
    /// Seconds spent before the first iteration.
    pub setup_seconds: f64,
    /// Seconds spent iterating and writing.
    pub iteration_seconds: f64,
    /// Highest resident memory of the process so far, in bytes; 0 where the system does not say.
    pub peak_memory_bytes: u64,
    /// What a person should know that did not stop the run.
    pub warnings: Vec<String>,
    /// Findings in sentences that are no trouble.
    pub notes: Vec<String>,
    /// Names of the files written.
    pub files: Vec<String>,
}

impl Info {
    /// Times and memory as they are now, of a solver that is finished and has nothing else to say yet.
    pub fn measured(watch: &Stopwatch) -> Self {
        let (setup_seconds, iteration_seconds) = watch.split();
        Self {
            iterations: 0,
            stop_reason: StopReason::Finished,
            stop_message: String::new(),
            figures: Vec::new(),
            setup_seconds,
            iteration_seconds,
            peak_memory_bytes: peak_memory_bytes(),
            warnings: Vec::new(),
            notes: Vec::new(),
            files: Vec::new(),
        }
    }

    /// The value of a named figure.
    pub fn figure(&self, name: &str) -> Option<f64> {
        self.figures.iter().find(|(key, _)| *key == name).map(|&(_, value)| value)
    }
}

/// Splits a solver's time into set-up and iteration.
#[derive(Debug)]
pub struct Stopwatch {
    started: Instant,
    setup_seconds: Option<f64>,
}

impl Stopwatch {
    /// Starts in set-up.
    pub fn start() -> Self {
        Self { started: Instant::now(), setup_seconds: None }
    }

    /// Set-up is over, iterations begin.
    pub fn setup_done(&mut self) {
        self.setup_seconds = Some(self.started.elapsed().as_secs_f64());
    }

    /// Seconds in set-up and in iteration.
    fn split(&self) -> (f64, f64) {
        let total = self.started.elapsed().as_secs_f64();
        let setup = self.setup_seconds.unwrap_or(total);
        (setup, total - setup)
    }
}
