use filigree_core::{Info, StopReason, Stopwatch};

use super::sequence::SequenceResult;

/// Quantities of a method: iterations a system, products with the matrix a system, milliseconds a system, those of set-up
/// among them, seconds in all, largest recomputed residual, systems that missed the tolerance, how many times fewer
/// iterations and how many times less time than GMRES (nought where it did not run).
pub(super) const QUANTITIES: usize = 9;

/// The quantities of a method.
pub(super) fn row_of(result: &SequenceResult, baseline: Option<&SequenceResult>) -> [f64; QUANTITIES] {
    let systems = result.seconds.len() as f64;
    let (iterations, seconds) = gains(result, baseline);
    [
        result.total_iterations() as f64 / systems,
        result.products.iter().sum::<usize>() as f64 / systems,
        1e3 * result.total_seconds() / systems,
        1e3 * result.setup_seconds.iter().sum::<f64>() / systems,
        result.total_seconds(),
        result.largest_residual(),
        result.missed.len() as f64,
        iterations,
        seconds,
    ]
}

/// How many times fewer iterations and less time than the baseline.
fn gains(result: &SequenceResult, baseline: Option<&SequenceResult>) -> (f64, f64) {
    baseline.map_or((0.0, 0.0), |baseline| {
        let iterations = baseline.total_iterations() as f64 / result.total_iterations().max(1) as f64;
        (iterations, baseline.total_seconds() / result.total_seconds().max(1e-12))
    })
}

/// What is told of them all.
pub(super) fn told(
    results: &[SequenceResult],
    baseline: Option<&SequenceResult>,
    stopped: bool,
    files: Vec<String>,
    watch: &Stopwatch,
) -> Info {
    let solved = results.iter().filter(|result| result.missed.is_empty());
    let fastest = solved.min_by(|a, b| a.total_seconds().total_cmp(&b.total_seconds()));
    let mut figures = Vec::new();
    if let Some(recycled) = results.iter().rev().find(|result| result.name.contains("GCRO-DR")) {
        let (iterations, seconds) = gains(recycled, baseline);
        figures = vec![
            ("trueResidual", recycled.largest_residual()),
            ("totalSeconds", recycled.total_seconds()),
            ("iterationsPerSystem", recycled.total_iterations() as f64 / recycled.seconds.len() as f64),
            ("fewerIterations", iterations),
            ("lessTime", seconds),
        ];
    }
    let mut warnings = Vec::new();
    for result in results {
        if let Some(failure) = &result.failure {
            warnings.push(format!("{} can not solve the sequence: {failure}", result.name));
        } else if let Some((system, reason)) = result.missed.first() {
            warnings.push(format!(
                "{} missed the tolerance on {} systems, the first of them system {} ({}).",
                result.name,
                result.missed.len(),
                system + 1,
                reason.as_str()
            ));
        }
    }
    if baseline.is_some_and(|baseline| !baseline.missed.is_empty()) {
        warnings.push(
            "GMRES did not solve every system, so what the others gain over it is a lower bound.".to_owned(),
        );
    }
    let stop_message = match (stopped, fastest) {
        (true, _) => format!("Stopped after {} of the methods.", results.len()),
        (_, Some(fastest)) => format!(
            "{} was the fastest to solve every system: {:.2} s for {} of them.",
            fastest.name,
            fastest.total_seconds(),
            fastest.seconds.len()
        ),
        _ => "No method solved every system.".to_owned(),
    };
    Info {
        iterations: results.iter().map(SequenceResult::total_iterations).sum(),
        stop_reason: if stopped { StopReason::Cancelled } else { StopReason::Finished },
        stop_message,
        figures,
        warnings,
        files,
        ..Info::measured(watch)
    }
}
