//! The fitted function as a person looks at it: a curve, a field, slices, and samples of the posterior.

use std::path::Path;

use faer::Mat;
use filigree_core::{Error, NpyWriter, Observer, Random};

use crate::gp_model::GpModel;
use crate::jitter::{JitterLog, factor};
use crate::table_data::Table;

/// Positions of the curve over an only input, of the samples, and of each side of the field.
const CURVE: usize = 201;
const FIELD: usize = 61;

/// Inputs that are sliced, positions of a slice, and levels of each of the other inputs.
const MOST_SLICED: usize = 4;
const SLICE: usize = 31;
const LEVELS: [f64; 5] = [0.05, 0.25, 0.5, 0.75, 0.95];

/// Samples drawn, and the stream they are drawn from.
const SAMPLES: usize = 8;
const STREAM: u64 = 1 << 34;

/// Rows of the table drawn over the curve at most.
const MOST_ROWS: usize = 4000;

/// How far beyond the data a curve goes, as a share of their range.
const MARGIN: f64 = 0.1;

/// Where the values of every input of a table lie.
struct InputRanges {
    /// Sorted values of every input.
    sorted: Vec<Vec<f64>>,
}

impl InputRanges {
    fn of(table: &Table, rows: &[usize]) -> Self {
        let sorted = (0..table.dimensions())
            .map(|input| {
                let mut values: Vec<f64> = rows.iter().map(|&row| table.row(row)[input]).collect();
                values.sort_by(f64::total_cmp);
                values
            })
            .collect();
        Self { sorted }
    }

    fn quantile(&self, input: usize, share: f64) -> f64 {
        let values = &self.sorted[input];
        let place = share * (values.len() - 1) as f64;
        let (below, above) = (values[place.floor() as usize], values[place.ceil() as usize]);
        below + (place - place.floor()) * (above - below)
    }

    fn medians(&self) -> Vec<f64> {
        (0..self.sorted.len()).map(|input| self.quantile(input, 0.5)).collect()
    }

    /// Even positions over the data and a margin on either side.
    fn positions(&self, input: usize, count: usize, margin: f64) -> Vec<f64> {
        let (low, high) = (self.quantile(input, 0.0), self.quantile(input, 1.0));
        let (low, high) = (low - margin * (high - low), high + margin * (high - low));
        (0..count).map(|step| low + (high - low) * step as f64 / (count - 1) as f64).collect()
    }
}

/// Writes the views of a model fitted to `rows` of a table. `relevance` orders its inputs.
///
/// One input: `curve.npy`, `curveDeviation.npy` (position), `curveRows.npy` (row; input, target). Two or more:
/// `meanField.npy`, `deviationField.npy` (position of the later column, falling; position of the earlier one) over the two
/// that matter most, which `fieldInputs.npy` names in that order,
/// `slices.npy` (input; choice; position; position itself, mean, deviation) and `sliceLevels.npy` (input, level). Always
/// `samples.npy` (position, sample) along the input that matters most, and `viewInputs.npy`: that order of the inputs.
/// Coordinates of axes stand in `curvePositions.npy`, `fieldPositions-1.npy`, `fieldPositions-2.npy`.
pub fn write_views(
    model: &GpModel,
    table: &Table,
    rows: &[usize],
    relevance: &[f64],
    seed: u64,
    folder: &Path,
    observer: &mut dyn Observer,
) -> Result<Vec<String>, Error> {
    let ranges = InputRanges::of(table, rows);
    let mut order: Vec<usize> = (0..table.dimensions()).collect();
    order.sort_by(|&one, &other| relevance[other].total_cmp(&relevance[one]).then(one.cmp(&other)));
    let numbers: Vec<f64> = order.iter().map(|&input| input as f64).collect();
    let mut files = vec![NpyWriter::write_all(folder, "viewInputs.npy", &[order.len()], &numbers)?];
    let positions = ranges.positions(order[0], CURVE, MARGIN);
    files.push(NpyWriter::write_all(folder, "curvePositions.npy", &[CURVE], &positions)?);
    let line = points(&ranges.medians(), &[(order[0], &positions)]);
    files.extend(write_samples(model, &line, seed, folder)?);
    if order.len() == 1 {
        files.extend(write_curve(model, table, rows, &line, folder, observer)?);
    } else {
        files.extend(write_field(model, &ranges, [order[0], order[1]], folder, observer)?);
        files.extend(write_slices(model, &ranges, &order[..order.len().min(MOST_SLICED)], folder, observer)?);
    }
    Ok(files)
}

/// Points (row, input) at a base, with every combination of the positions of some inputs, the last one fastest.
fn points(base: &[f64], along: &[(usize, &[f64])]) -> Vec<f64> {
    let count: usize = along.iter().map(|(_, positions)| positions.len()).product();
    let mut whole = Vec::with_capacity(count * base.len());
    for mut index in 0..count {
        let start = whole.len();
        whole.extend_from_slice(base);
        for (input, positions) in along.iter().rev() {
            whole[start + input] = positions[index % positions.len()];
            index /= positions.len();
        }
    }
    whole
}

fn write_curve(
    model: &GpModel,
    table: &Table,
    rows: &[usize],
    line: &[f64],
    folder: &Path,
    observer: &mut dyn Observer,
) -> Result<Vec<String>, Error> {
    let predicted = model.predict(line, observer)?;
    let deviation: Vec<f64> = predicted.variance.iter().map(|own| own.sqrt()).collect();
    let step = rows.len().div_ceil(MOST_ROWS);
    let shown: Vec<f64> =
        rows.iter().step_by(step).flat_map(|&row| [table.row(row)[0], table.target[row]]).collect();
    Ok(vec![
        NpyWriter::write_all(folder, "curve.npy", &[CURVE], &predicted.mean)?,
        NpyWriter::write_all(folder, "curveDeviation.npy", &[CURVE], &deviation)?,
        NpyWriter::write_all(folder, "curveRows.npy", &[shown.len() / 2, 2], &shown)?,
    ])
}

fn write_field(
    model: &GpModel,
    ranges: &InputRanges,
    inputs: [usize; 2],
    folder: &Path,
    observer: &mut dyn Observer,
) -> Result<Vec<String>, Error> {
    // As a map is drawn: the column that comes first runs to the right, the other one upwards.
    let inputs = [inputs[0].max(inputs[1]), inputs[0].min(inputs[1])];
    let mut sides = inputs.map(|input| ranges.positions(input, FIELD, 0.0));
    sides[0].reverse();
    let grid = points(&ranges.medians(), &[(inputs[0], &sides[0]), (inputs[1], &sides[1])]);
    let predicted = model.predict(&grid, observer)?;
    let deviation: Vec<f64> = predicted.variance.iter().map(|own| own.sqrt()).collect();
    Ok(vec![
        NpyWriter::write_all(folder, "meanField.npy", &[FIELD, FIELD], &predicted.mean)?,
        NpyWriter::write_all(folder, "deviationField.npy", &[FIELD, FIELD], &deviation)?,
        NpyWriter::write_all(folder, "fieldInputs.npy", &[2], &inputs.map(|input| input as f64))?,
        NpyWriter::write_all(folder, "fieldPositions-1.npy", &[FIELD], &sides[0])?,
        NpyWriter::write_all(folder, "fieldPositions-2.npy", &[FIELD], &sides[1])?,
    ])
}

fn write_slices(
    model: &GpModel,
    ranges: &InputRanges,
    sliced: &[usize],
    folder: &Path,
    observer: &mut dyn Observer,
) -> Result<Vec<String>, Error> {
    let levels: Vec<Vec<f64>> = sliced
        .iter()
        .map(|&input| LEVELS.iter().map(|&share| ranges.quantile(input, share)).collect())
        .collect();
    let choices = LEVELS.len().pow(sliced.len() as u32 - 1);
    let mut values = Vec::with_capacity(sliced.len() * choices * SLICE * 3);
    for (place, &input) in sliced.iter().enumerate() {
        let positions = ranges.positions(input, SLICE, 0.0);
        let mut along: Vec<(usize, &[f64])> = (0..sliced.len())
            .filter(|&other| other != place)
            .map(|other| (sliced[other], levels[other].as_slice()))
            .collect();
        along.push((input, &positions));
        let predicted = model.predict(&points(&ranges.medians(), &along), observer)?;
        for (row, (mean, variance)) in predicted.mean.iter().zip(&predicted.variance).enumerate() {
            values.extend([positions[row % SLICE], *mean, variance.sqrt()]);
        }
    }
    let shape = [sliced.len(), choices, SLICE, 3];
    let table: Vec<f64> = levels.into_iter().flatten().collect();
    Ok(vec![
        NpyWriter::write_all(folder, "slices.npy", &shape, &values)?,
        NpyWriter::write_all(folder, "sliceLevels.npy", &[sliced.len(), LEVELS.len()], &table)?,
    ])
}

/// Functions drawn from the posterior along a line, mean + L z with the Cholesky factor L of the joint covariance; nothing
/// where rounding leaves no factor.
fn write_samples(model: &GpModel, line: &[f64], seed: u64, folder: &Path) -> Result<Option<String>, Error> {
    let (mean, covariance) = model.joint(line)?;
    let count = mean.len();
    let matrix = Mat::from_fn(count, count, |row, column| covariance[row * count + column]);
    // Between near positions the covariance has no factor of its own: the ladder of jitter finds one.
    let what = "The covariance along the samples";
    let Ok(factored) = factor(matrix.as_ref(), what, None, &mut JitterLog::default()) else {
        return Ok(None);
    };
    let lower = factored.factor.L();
    let mut random = Random::new(seed, STREAM);
    let mut values = vec![0.0; count * SAMPLES];
    for sample in 0..SAMPLES {
        let drawn: Vec<f64> = (0..count).map(|_| random.normal()).collect();
        for row in 0..count {
            let spread: f64 = (0..=row).map(|column| lower[(row, column)] * drawn[column]).sum();
            values[row * SAMPLES + sample] = mean[row] + spread;
        }
    }
    NpyWriter::write_all(folder, "samples.npy", &[count, SAMPLES], &values).map(Some)
}
