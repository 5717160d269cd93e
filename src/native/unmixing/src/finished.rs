use filigree_core::{Info, Stopwatch};

/// The report of a method that does not iterate towards anything, and is done.
pub(crate) fn finished(
    watch: &Stopwatch,
    message: String,
    figures: Vec<(&'static str, f64)>,
    warnings: Vec<String>,
    files: Vec<String>,
) -> Info {
    Info { stop_message: message, figures, warnings, files, ..Info::measured(watch) }
}
