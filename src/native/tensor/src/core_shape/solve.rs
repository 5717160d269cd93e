use std::path::Path;
use std::time::Instant;

use filigree_core::{Error, Info, NpyWriter, Observer, Section, StopReason, Stopwatch, peak_memory_bytes};

use super::branch_and_bound::best_core_shape;
use super::front::{pareto_front, thinned};
use super::greedy::{Rule, by_rule};
use super::spectra::{CoreShape, Spectra};
use crate::core_tails::CoreTails;
use crate::mode_basis::{Accuracy, ModeBasis};
use crate::outcome::write_singular_values;
use crate::rank_rule::check_budget;
use crate::shape::{element_count, shape_text};
use crate::st_hosvd::{all_bases, projected};
use crate::tensor_input::TensorInput;

/// Points of the trade-off that are written.
const POINTS: usize = 400;

/// Parameters of the choice of a core shape.
#[derive(Clone, Debug, PartialEq)]
pub struct CoreShapeParams {
    /// Numbers the model may have.
    pub budget: usize,
    /// How the singular values are found.
    pub accuracy: Accuracy,
}

impl Default for CoreShapeParams {
    fn default() -> Self {
        Self { budget: 20_000, accuracy: Accuracy::Fast }
    }
}

/// Chooses ranks for a budget by every rule, and weighs error against size for every budget at once.
///
/// Writes `singularValues-1.npy` …; `tradeoff.npy` (point, column): size, compression, error bound, true error where
/// the core of the whole tensor fits into memory, ranks; `rules.npy` (rule, column), the same columns, for the optimum,
/// the greedy rule, the gain per number and, with a core, the true-error greedy.
pub fn solve(
    input: &TensorInput,
    params: &CoreShapeParams,
    folder: &Path,
    observer: &mut dyn Observer,
) -> Result<Info, Error> {
    check_budget(params.budget, &input.source.shape)?;
    let mut watch = Stopwatch::start();
    observer.stage("Reading the tensor");
    let tensor = input.open()?;
    let bases = all_bases(tensor.as_ref(), params.accuracy, &mut Section::new(observer, 0.0, 0.6))?;
    let spectra = Spectra::new(tensor.shape(), bases.iter().map(ModeBasis::energies).collect());
    watch.setup_done();

    observer.stage("Choosing the core shape");
    let searched = Instant::now();
    let best = best_core_shape(&spectra, params.budget, observer)?;
    let search_milliseconds = searched.elapsed().as_secs_f64() * 1e3;

    let full: Vec<usize> = bases.iter().map(|basis| basis.singular.len()).collect();
    let in_memory = element_count(&full)? <= input.in_memory_entries;
    let tails = if in_memory {
        observer.stage("Rotating the core");
        let model = projected(tensor.as_ref(), &bases, &full, &mut Section::new(observer, 0.6, 0.8))?;
        Some(CoreTails::new(&model.core))
    } else {
        None
    };
    let mut chosen = vec![
        best.clone(),
        by_rule(&spectra, params.budget, Rule::Gain, None),
        by_rule(&spectra, params.budget, Rule::GainPerNumber, None),
    ];
    if tails.is_some() {
        chosen.push(by_rule(&spectra, params.budget, Rule::TrueError, tails.as_ref()));
    }
    let entries = element_count(tensor.shape())?;
    let front = pareto_front(&spectra, entries, &mut Section::new(observer, 0.8, 1.0))?;
    let front = thinned(front, POINTS);

    let row = |shape: &CoreShape| row_of(shape, &spectra, tails.as_ref(), entries);
    let columns = row(&best).len();
    let table = |name: &str, shapes: &[CoreShape]| {
        let rows: Vec<f64> = shapes.iter().flat_map(row).collect();
        NpyWriter::write_all(folder, name, &[shapes.len(), columns], &rows)
    };
    let mut files =
        write_singular_values(folder, &bases.iter().map(|basis| basis.singular.clone()).collect::<Vec<_>>())?;
    files.push(table("tradeoff.npy", &front)?);
    files.push(table("rules.npy", &chosen)?);
    let mut figures = vec![
        ("size", best.size as f64),
        ("compression", entries as f64 / best.size as f64),
        ("errorBound", spectra.error_bound(&best)),
        ("searchMilliseconds", search_milliseconds),
    ];
    let mut warnings = Vec::new();
    match &tails {
        Some(tails) => figures.push(("relativeError", relative(tails.tail(&best.ranks), spectra.energy()))),
        None => warnings.push(
            "The tensor is too large for its true errors at all ranks: the bounds of the singular values are given alone."
                .to_owned(),
        ),
    }
    if spectra.energy() == 0.0 {
        warnings.push("Every entry of the tensor is zero: all ranks are as good.".to_owned());
    }
    let (setup_seconds, iteration_seconds) = watch.split();
    Ok(Info {
        iterations: 0,
        stop_reason: StopReason::Finished,
        stop_message: format!(
            "The best core of a model of at most {} numbers is {}, {} numbers with its factors.",
            params.budget,
            shape_text(&best.ranks),
            best.size
        ),
        figures,
        setup_seconds,
        iteration_seconds,
        peak_memory_bytes: peak_memory_bytes(),
        warnings,
        files,
    })
}

/// Size, compression, error bound, true error where it is known, ranks.
fn row_of(shape: &CoreShape, spectra: &Spectra, tails: Option<&CoreTails>, entries: usize) -> Vec<f64> {
    let mut row = vec![shape.size as f64, entries as f64 / shape.size as f64, spectra.error_bound(shape)];
    row.extend(tails.map(|tails| relative(tails.tail(&shape.ranks), spectra.energy())));
    row.extend(shape.ranks.iter().map(|&rank| rank as f64));
    row
}

fn relative(tail: f64, energy: f64) -> f64 {
    if tail == 0.0 { 0.0 } else { (tail / energy).sqrt() }
}
