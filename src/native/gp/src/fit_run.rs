use std::path::Path;

use filigree_core::{
    Error, Flow, Info, NpyWriter, Observer, Section, Silent, Step, StopReason, Stopwatch, keep_going,
};

use crate::complete_rows::CompleteRows;
use crate::fitted_model::{Engine, Learned};
use crate::fitted_views::write_views;
use crate::gp_model::GpModel;
use crate::held_out_rows::HeldOutRows;
use crate::hold_out::HoldOut;
use crate::leaks::LEAK;
use crate::optimiser::bound_warnings;
use crate::table_data::Table;
use crate::table_input::TableInput;

/// Fits an engine to a table, measures its calibration on the rows held out, and writes the model and what the views
/// need: `model.json`, `model-….npy`, `hyperParameters.npy`, `hyperParameterPath.npy`, `relevance.npy`, `jitterLadder.npy`
/// (step; jitter, matrices) and `holdOut.npy` where rows were held out. Of folds, each is predicted from all others; the model kept is fitted to all rows.
pub fn fit_table(
    input: &TableInput,
    hold_out: &HoldOut,
    engine: &dyn Engine,
    seed: u64,
    folder: &Path,
    observer: &mut dyn Observer,
) -> Result<Info, Error> {
    let mut watch = Stopwatch::start();
    observer.stage("Reading the table");
    let complete = CompleteRows::of(input.read()?)?;
    let table = &complete.table;
    table.check()?;
    let parts = hold_out.among(&complete)?.parts(table, seed)?;
    watch.setup_done();
    let folds = if parts.len() > 1 { parts.len() } else { 0 };
    let share = |fit: usize| fit as f64 / (folds + 1) as f64;
    let mut held_out = HeldOutRows::default();
    for (fold, part) in parts.iter().take(folds).enumerate() {
        let mut section = Section::new(observer, share(fold), share(fold + 1));
        let training = without(table.rows(), part);
        let fitted = fit_rows(table, &training, engine, seed, &mut section)?;
        held_out.add(table, part, &training, &fitted.model, &mut section)?;
    }
    let single = if folds == 0 { parts.first() } else { None };
    let training = single.map_or_else(|| (0..table.rows()).collect(), |part| without(table.rows(), part));
    let mut section = Section::new(observer, share(folds), 1.0);
    let mut fitted = fit_rows(table, &training, engine, seed, &mut section)?;
    if let Some(part) = single {
        section.stage("Predicting the rows held out");
        held_out.add(table, part, &training, &fitted.model, &mut section)?;
    }
    fitted.warnings.extend(complete.warning());
    let mut files = Vec::new();
    if fitted.learned.stop_reason != StopReason::Cancelled {
        observer.stage("Drawing the function");
        let relevance = relevance_of(&fitted.learned, &fitted.model);
        files.extend(write_views(&fitted.model, table, &training, &relevance, seed, folder, &mut Silent)?);
    }
    if !held_out.is_empty() {
        files.push(held_out.write(&complete.numbers, folder)?);
    }
    observer.stage("Writing the model");
    write(fitted, &held_out, files, folder, &watch)
}

/// Tells something along with every stage, so that a person hears of it while there is still time to stop.
struct Remarked<'a> {
    inner: &'a mut dyn Observer,
    remark: &'a str,
}

impl Observer for Remarked<'_> {
    fn stage(&mut self, name: &str) {
        self.inner.stage(&format!("{name}. {}", self.remark));
    }
    fn progress(&mut self, fraction: f64) -> Flow {
        self.inner.progress(fraction)
    }
    fn iteration(&mut self, step: &Step<'_>) -> Flow {
        self.inner.iteration(step)
    }
}

struct FittedRows {
    model: GpModel,
    learned: Learned,
    rows: usize,
    merged: usize,
    warnings: Vec<String>,
}

fn without(rows: usize, part: &[usize]) -> Vec<usize> {
    let mut held = vec![false; rows];
    part.iter().for_each(|&row| held[row] = true);
    (0..rows).filter(|&row| !held[row]).collect()
}

fn fit_rows(
    table: &Table,
    rows: &[usize],
    engine: &dyn Engine,
    seed: u64,
    observer: &mut dyn Observer,
) -> Result<FittedRows, Error> {
    observer.stage("Looking at the table");
    keep_going(observer.progress(0.0), "looking at the table")?;
    let data = table.prepare(rows, &engine.preparation())?;
    let leak = data.warnings.iter().find(|warning| warning.starts_with(LEAK));
    let mut fit = match leak.and_then(|warning| warning.split(". ").next()) {
        None => engine.fit(&data, seed, observer)?,
        Some(leak) => engine.fit(&data, seed, &mut Remarked { inner: observer, remark: leak })?,
    };
    name_inputs(&mut fit.learned, &data.names);
    let model = GpModel {
        inputs: table.names.clone(),
        parameters: fit.learned.parameters.iter().map(|parameter| parameter.name.clone()).collect(),
        standardisation: data.standardisation.clone(),
        model: fit.model,
    };
    let merged = data.rows_before - data.rows();
    Ok(FittedRows { model, learned: fit.learned, rows: rows.len(), merged, warnings: data.warnings })
}

/// Hyper-parameters of “input 2” are told by the name of its column.
fn name_inputs(learned: &mut Learned, names: &[String]) {
    for parameter in &mut learned.parameters {
        let Some((input, name)) = parameter.input.and_then(|input| Some((input, names.get(input)?))) else {
            continue;
        };
        parameter.name = parameter.name.replacen(&format!("input {}", input + 1), name, 1);
    }
}

fn write(
    fitted: FittedRows,
    held_out: &HeldOutRows,
    written: Vec<String>,
    folder: &Path,
    watch: &Stopwatch,
) -> Result<Info, Error> {
    let FittedRows { model, learned, rows, merged, mut warnings } = fitted;
    let mut files = model.write(folder)?;
    files.extend(written);
    files.extend(write_learned(&learned, &model, folder)?);
    files.extend(model.model.write_extra(&model.standardisation, folder)?);
    let mut figures = vec![
        ("objective", learned.objective),
        ("fittedRows", rows as f64),
        ("mergedRows", merged as f64),
        ("jitter", learned.jitter.largest()),
    ];
    if let Some(noise) = learned.noise {
        figures.push(("noiseDeviation", model.standardisation.variance(noise).sqrt()));
    }
    figures.extend(learned.figures);
    if !held_out.is_empty() {
        let held = held_out.figures()?;
        figures.push(("heldOutRows", held_out.len() as f64));
        figures.extend(held);
    }
    warnings.extend(learned.warnings);
    warnings.extend(bound_warnings(&learned.parameters, &learned.theta));
    warnings.extend(learned.jitter.warning("A covariance matrix"));
    Ok(Info {
        iterations: learned.iterations,
        stop_reason: learned.stop_reason,
        stop_message: learned.stop_message,
        figures,
        warnings,
        files,
        ..Info::measured(watch)
    })
}

fn write_learned(learned: &Learned, model: &GpModel, folder: &Path) -> Result<Vec<String>, Error> {
    let count = learned.parameters.len();
    let table: Vec<f64> = learned
        .parameters
        .iter()
        .zip(&learned.theta)
        .flat_map(|(parameter, theta)| [theta.exp(), parameter.lower.exp(), parameter.upper.exp()])
        .collect();
    let mut files = vec![NpyWriter::write_all(folder, "hyperParameters.npy", &[count, 3], &table)?];
    if !learned.path.is_empty() {
        let path: Vec<f64> = learned.path.iter().flatten().map(|theta| theta.exp()).collect();
        files.push(NpyWriter::write_all(
            folder,
            "hyperParameterPath.npy",
            &[learned.path.len(), count],
            &path,
        )?);
    }
    if learned.jitter.factorisations() > 0 {
        let steps: Vec<f64> =
            learned.jitter.steps().flat_map(|(jitter, matrices)| [jitter, matrices as f64]).collect();
        files.push(NpyWriter::write_all(folder, "jitterLadder.npy", &[steps.len() / 2, 2], &steps)?);
    }
    let mut relevance = relevance_of(learned, model);
    let most = relevance.iter().copied().fold(0.0f64, f64::max);
    if most > 0.0 {
        relevance.iter_mut().for_each(|value| *value /= most);
        files.push(NpyWriter::write_all(folder, "relevance.npy", &[relevance.len()], &relevance)?);
    }
    Ok(files)
}

/// One over the length scale of every input; zero where it was left out or has none.
fn relevance_of(learned: &Learned, model: &GpModel) -> Vec<f64> {
    let mut relevance = vec![0.0; model.inputs.len()];
    for (&input, scale) in model.standardisation.kept.iter().zip(&learned.length_scales) {
        relevance[input] = 1.0 / scale;
    }
    relevance
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exact_gp::ExactParams;
    use crate::test_support::table;

    /// Remembers the stages it hears of.
    struct Stages(Vec<String>);

    impl Observer for Stages {
        fn stage(&mut self, name: &str) {
            self.0.push(name.to_owned());
        }
        fn progress(&mut self, _fraction: f64) -> Flow {
            Flow::Continue
        }
        fn iteration(&mut self, _step: &Step<'_>) -> Flow {
            Flow::Continue
        }
    }

    #[test]
    fn a_leak_is_told_of_along_with_the_stages_of_the_fit() {
        let mut own = table(40, 2, 0.1);
        let heard = |table: &Table| {
            let mut stages = Stages(Vec::new());
            let rows: Vec<usize> = (0..table.rows()).collect();
            fit_rows(table, &rows, &ExactParams::default(), 1, &mut stages).unwrap();
            stages.0.join("; ")
        };
        assert!(!heard(&own).contains(LEAK));
        own.target = (0..40).map(|row| (20.0 + own.row(row)[0] + own.row(row)[1]).ln()).collect();
        assert!(heard(&own).contains("Leak? The exponential of the target is a weighted sum"));
    }
}
