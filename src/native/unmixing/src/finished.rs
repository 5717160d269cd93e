use filigree_core::{Info, StopReason, Stopwatch, peak_memory_bytes};

/// The report of a method that does not iterate towards anything, and is done.
pub(crate) fn finished(
    watch: &Stopwatch,
    message: String,
    figures: Vec<(&'static str, f64)>,
    warnings: Vec<String>,
    files: Vec<String>,
) -> Info {
    let (setup_seconds, iteration_seconds) = watch.split();
    Info {
        iterations: 0,
        stop_reason: StopReason::Finished,
        stop_message: message,
        figures,
        setup_seconds,
        iteration_seconds,
        peak_memory_bytes: peak_memory_bytes(),
        warnings,
        files,
    }
}
