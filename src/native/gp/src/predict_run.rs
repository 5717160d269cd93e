use std::path::Path;

use filigree_core::{Error, Info, NpyWriter, Observer, StopReason, Stopwatch};
use statrs::distribution::{ContinuousCDF, Normal};

use crate::calibration::Calibration;
use crate::gp_model::GpModel;
use crate::prediction::Prediction;
use crate::table_input::TableInput;

/// Columns of `predictions.npy`.
const COLUMNS: usize = 6;

/// Predicts every row of a table by the model of a run folder: its inputs are matched by their names. Writes
/// `predictions.npy` (row; number of the row, mean, deviation, deviation of the function, lower, upper), of rows without
/// gaps. `level` is that of the intervals. Where the table has a target, figures say how well it was met.
pub fn predict_table(
    model: &Path,
    input: &TableInput,
    level: f64,
    folder: &Path,
    observer: &mut dyn Observer,
) -> Result<Info, Error> {
    let mut watch = Stopwatch::start();
    if !(level > 0.0 && level < 1.0) {
        return Err(Error::parameter("level", format!("The level is {level}; it must lie between 0 and 1.")));
    }
    observer.stage("Reading the model");
    let model = GpModel::read(model)?;
    let mut warnings = Vec::new();
    let table = matched(&model.inputs, input, &mut warnings)?.read()?;
    let dimensions = table.dimensions();
    let whole: Vec<usize> = (0..table.inputs.len() / dimensions)
        .filter(|&row| table.row(row).iter().all(|value| value.is_finite()))
        .collect();
    let rows = table.inputs.len() / dimensions;
    if whole.is_empty() {
        return Err(Error::InvalidData(format!(
            "None of the {rows} rows has all {dimensions} inputs, so nothing can be predicted. Fill the gaps in."
        )));
    }
    if whole.len() < rows {
        warnings.push(format!(
            "{} of {rows} rows have gaps in their inputs and were not predicted.",
            rows - whole.len()
        ));
    }
    watch.setup_done();
    observer.stage("Predicting");
    let inputs: Vec<f64> = whole.iter().flat_map(|&row| table.row(row).iter().copied()).collect();
    let mut prediction = model.predict(&inputs, observer)?;
    if let Some(given) = &table.noise_variance {
        prediction.variance.iter_mut().zip(&whole).for_each(|(own, &row)| *own += given[row].max(0.0));
    }
    let half = Normal::standard().inverse_cdf(0.5 + 0.5 * level);
    let values: Vec<f64> = whole
        .iter()
        .enumerate()
        .flat_map(|(i, &row)| {
            let (mean, deviation) = (prediction.mean[i], prediction.variance[i].sqrt());
            let latent = prediction.latent_variance[i].max(0.0).sqrt();
            [row as f64, mean, deviation, latent, mean - half * deviation, mean + half * deviation]
        })
        .collect();
    let files = vec![NpyWriter::write_all(folder, "predictions.npy", &[whole.len(), COLUMNS], &values)?];
    let mut figures = vec![("rows", rows as f64), ("predictedRows", whole.len() as f64)];
    figures.extend(scores(&prediction, &whole, &table.target)?);
    Ok(Info {
        iterations: 0,
        stop_reason: StopReason::Finished,
        stop_message: format!("{} rows were predicted.", whole.len()),
        figures,
        warnings,
        files,
        ..Info::measured(&watch)
    })
}

/// The table with its columns in the order of the inputs of a model, found by their names; where no name fits and the
/// number does, by their places.
fn matched(wanted: &[String], input: &TableInput, warnings: &mut Vec<String>) -> Result<TableInput, Error> {
    let place = |name: &String| input.names.iter().position(|own| own == name);
    let found: Vec<Option<usize>> = wanted.iter().map(place).collect();
    if let Some(inputs) = found.iter().copied().collect::<Option<Vec<usize>>>() {
        return Ok(TableInput { inputs, ..input.clone() });
    }
    if found.iter().all(Option::is_none) && input.inputs.len() == wanted.len() {
        warnings.push(
            "No column has the name of an input of the model; the inputs of the table were taken in their order.".into(),
        );
        return Ok(input.clone());
    }
    let missing: Vec<&str> =
        wanted.iter().zip(&found).filter(|(_, at)| at.is_none()).map(|(name, _)| name.as_str()).collect();
    Err(Error::InvalidData(format!(
        "The table lacks inputs of the model: {}. Name its columns as those of the table that was fitted.",
        missing.join(", ")
    )))
}

/// How well known targets were met; nothing where there are fewer than two.
fn scores(
    prediction: &Prediction,
    rows: &[usize],
    target: &[f64],
) -> Result<Vec<(&'static str, f64)>, Error> {
    let known: Vec<usize> =
        (0..rows.len()).filter(|&i| target.get(rows[i]).is_some_and(|own| own.is_finite())).collect();
    if known.len() < 2 {
        return Ok(Vec::new());
    }
    let truth: Vec<f64> = known.iter().map(|&i| target[rows[i]]).collect();
    let pick = |own: &[f64]| known.iter().map(|&i| own[i]).collect::<Vec<f64>>();
    let known = Prediction {
        mean: pick(&prediction.mean),
        latent_variance: pick(&prediction.latent_variance),
        variance: pick(&prediction.variance),
    };
    let mean = truth.iter().sum::<f64>() / truth.len() as f64;
    let variance = truth.iter().map(|y| (y - mean).powi(2)).sum::<f64>() / truth.len() as f64;
    let judged = Calibration::gaussian(&known, &truth, (mean, variance.max(f64::MIN_POSITIVE)))?;
    Ok(judged.figures().into_iter().filter(|(name, _)| *name != "msll").collect())
}
