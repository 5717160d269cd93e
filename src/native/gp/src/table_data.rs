mod standardisation;
mod training_data;

use filigree_core::{Error, View, ViewMut, multiply};

use crate::jitter::{JitterLog, factor};
use crate::leaks::leak_warnings;

pub use standardisation::Standardisation;
pub use training_data::TrainingData;

/// Fewest training rows a model is fitted to.
const FEWEST_ROWS: usize = 3;

/// A value this many deviations from its mean is worth a note.
const FAR_OUT: f64 = 30.0;

/// Deviations of inputs that differ by more than this are worth a note.
const WILD_RATIO: f64 = 1e6;

/// A table with its roles, as it was measured.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// (row, dimension).
    pub inputs: Vec<f64>,
    /// Names of the inputs.
    pub names: Vec<String>,
    /// One for each row.
    pub target: Vec<f64>,
    /// How many observations a row stands for.
    pub weights: Option<Vec<f64>>,
    /// Variance of the noise of a row that is known beforehand.
    pub noise_variance: Option<Vec<f64>>,
}

/// What is taken out of the target before the process explains the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trend {
    /// Nothing: the process has mean zero.
    None,
    /// The mean of the training targets.
    Constant,
    /// A linear function of the inputs, by weighted least squares.
    Linear,
}

impl Trend {
    /// Every trend with its name at the boundaries.
    pub const NAMES: &[(Self, &str)] =
        &[(Self::None, "none"), (Self::Constant, "constant"), (Self::Linear, "linear")];
}

/// How a table is made ready.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Preparation {
    /// What is taken out of the target.
    pub trend: Trend,
    /// Whether inputs, and targets where they are scaled, are brought to mean zero and deviation one.
    pub standardise: bool,
    /// Whether targets may be shifted and scaled: yes for normal and Student-t noise, no for classes and counts.
    pub scale_target: bool,
    /// Whether rows with the same inputs become one, with the mean of their targets.
    pub merge_duplicates: bool,
}

impl Default for Preparation {
    fn default() -> Self {
        Self { trend: Trend::Constant, standardise: true, scale_target: true, merge_duplicates: true }
    }
}

impl Table {
    /// Number of inputs.
    pub fn dimensions(&self) -> usize {
        self.names.len()
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.target.len()
    }

    /// One row of the inputs.
    pub fn row(&self, row: usize) -> &[f64] {
        &self.inputs[row * self.dimensions()..][..self.dimensions()]
    }

    /// Refuses what no model can be fitted to, naming the place.
    pub fn check(&self) -> Result<(), Error> {
        if self.dimensions() == 0 {
            return Err(Error::InvalidData(
                "The table has no input column. Give at least one column that role.".into(),
            ));
        }
        if self.inputs.len() != self.rows() * self.dimensions() {
            return Err(Error::InvalidData(
                "Inputs and target differ in their numbers of rows. Import the table again.".into(),
            ));
        }
        if let Some(place) = self.inputs.iter().position(|value| !value.is_finite()) {
            let (row, column) = (place / self.dimensions(), place % self.dimensions());
            return Err(Error::InvalidData(format!(
                "Row {} of input “{}” is missing or not finite. Leave out such rows at import, or fill them in.",
                row + 1,
                self.names[column]
            )));
        }
        if let Some(row) = self.target.iter().position(|value| !value.is_finite()) {
            return Err(Error::InvalidData(format!(
                "The target of row {} is missing or not finite. Leave out such rows at import.",
                row + 1
            )));
        }
        check_positive(self.weights.as_deref(), self.rows(), "weight", false)?;
        check_positive(self.noise_variance.as_deref(), self.rows(), "noise variance", true)
    }

    /// Makes the given rows ready to be fitted to.
    pub fn prepare(&self, rows: &[usize], preparation: &Preparation) -> Result<TrainingData, Error> {
        self.check()?;
        if rows.len() < FEWEST_ROWS {
            return Err(Error::InvalidData(format!(
                "There are {} training rows; a model takes {FEWEST_ROWS} or more. Hold out fewer rows, or bring more.",
                rows.len()
            )));
        }
        let mut warnings = Vec::new();
        let mut standardisation = self.spread(rows, &mut warnings)?;
        let kept = &standardisation.kept;
        if kept.len() > rows.len() {
            return Err(Error::InvalidData(format!(
                "There are {} inputs but only {} training rows: their length scales can not be learned. Leave out inputs, or bring more rows.",
                kept.len(),
                rows.len()
            )));
        }
        let weights: Vec<f64> =
            rows.iter().map(|&row| self.weights.as_ref().map_or(1.0, |own| own[row])).collect();
        let total: f64 = weights.iter().sum();
        let mean = rows.iter().zip(&weights).map(|(&row, w)| w * self.target[row]).sum::<f64>() / total;
        let variance =
            rows.iter().zip(&weights).map(|(&row, w)| w * (self.target[row] - mean).powi(2)).sum::<f64>()
                / total;
        let magnitude = rows.iter().fold(0.0f64, |most, &row| most.max(self.target[row].abs()));
        if variance.sqrt() <= 1e-12 * magnitude || variance == 0.0 {
            return Err(Error::InvalidData(format!(
                "The target is {mean} in every training row: there is nothing to learn. Choose another column, or other rows."
            )));
        }
        if !preparation.standardise {
            standardisation.input_means.fill(0.0);
            standardisation.input_scales.fill(1.0);
        }
        if preparation.scale_target {
            standardisation.target_mean = if preparation.trend == Trend::None { 0.0 } else { mean };
            standardisation.target_scale = if preparation.standardise { variance.sqrt() } else { 1.0 };
        }
        let dimensions = standardisation.kept.len();
        let mut inputs = Vec::with_capacity(rows.len() * dimensions);
        for &row in rows {
            inputs.extend(standardisation.inputs(self.row(row), self.dimensions()));
        }
        let names: Vec<String> = standardisation.kept.iter().map(|&d| self.names[d].clone()).collect();
        let plain: Vec<f64> = rows.iter().map(|&row| (self.target[row] - mean) / variance.sqrt()).collect();
        if preparation.standardise {
            note_outliers(&inputs, &names, &plain, &mut warnings);
        }
        let raw: Vec<f64> = rows.iter().map(|&row| self.target[row]).collect();
        warnings.extend(leak_warnings(&inputs, &names, &plain, &raw));
        if preparation.trend == Trend::Linear && preparation.scale_target {
            let centred: Vec<f64> =
                rows.iter().map(|&row| (self.target[row] - mean) / standardisation.target_scale).collect();
            standardisation.trend = linear_trend(&inputs, dimensions, &centred, &weights)?;
        }
        let target: Vec<f64> = rows
            .iter()
            .zip(inputs.chunks_exact(dimensions))
            .map(|(&row, point)| standardisation.target(self.target[row], point))
            .collect();
        let scale = standardisation.target_scale.powi(2);
        let given_noise =
            self.noise_variance.as_ref().map(|own| rows.iter().map(|&row| own[row] / scale).collect());
        let mut data = TrainingData {
            inputs,
            dimensions,
            target,
            counts: weights,
            given_noise,
            scatter_within: 0.0,
            degrees_within: 0.0,
            merge_constant: 0.0,
            rows_before: rows.len(),
            standardisation,
            names,
            warnings,
        };
        if preparation.merge_duplicates {
            data.merge_duplicates()?;
        }
        Ok(data)
    }

    /// Inputs that vary, with their means and deviations; the others are told of.
    fn spread(&self, rows: &[usize], warnings: &mut Vec<String>) -> Result<Standardisation, Error> {
        let (mut kept, mut means, mut scales, mut constant) = (vec![], vec![], vec![], vec![]);
        let mut centre = Vec::new();
        for d in 0..self.dimensions() {
            let values = || rows.iter().map(|&row| self.row(row)[d]);
            let mean = values().sum::<f64>() / rows.len() as f64;
            let deviation = (values().map(|x| (x - mean).powi(2)).sum::<f64>() / rows.len() as f64).sqrt();
            if !deviation.is_finite() {
                return Err(Error::InvalidData(format!(
                    "The values of input “{}” are so large that their variance is not a number. Change its unit.",
                    self.names[d]
                )));
            }
            let largest = values().fold(0.0f64, |most, x| most.max(x.abs()));
            centre.push(mean);
            if deviation <= 1e-12 * largest || deviation == 0.0 {
                constant.push(format!("“{}”", self.names[d]));
            } else {
                kept.push(d);
                means.push(mean);
                scales.push(deviation);
            }
        }
        if kept.is_empty() {
            return Err(Error::InvalidData(
                "Every input is constant over the training rows, so all rows are duplicates: there is nothing to predict from. Choose other input columns."
                    .into(),
            ));
        }
        if !constant.is_empty() {
            warnings.push(format!(
                "Inputs left out because they are constant over the training rows: {}.",
                constant.join(", ")
            ));
        }
        let largest = scales.iter().copied().fold(0.0f64, f64::max);
        let smallest = scales.iter().copied().fold(f64::INFINITY, f64::min);
        if largest > WILD_RATIO * smallest {
            warnings.push(format!(
                "The deviations of the inputs run from {smallest:.1e} to {largest:.1e}: every input was divided by its own."
            ));
        }
        Ok(Standardisation {
            kept,
            centre,
            input_means: means,
            input_scales: scales,
            target_mean: 0.0,
            target_scale: 1.0,
            trend: Vec::new(),
        })
    }
}

fn check_positive(values: Option<&[f64]>, rows: usize, what: &str, zero: bool) -> Result<(), Error> {
    let Some(values) = values else { return Ok(()) };
    if values.len() != rows {
        return Err(Error::InvalidData(format!(
            "There are {} values of the {what} for {rows} rows. Import the table again.",
            values.len()
        )));
    }
    let wrong = values.iter().position(|&value| !value.is_finite() || value < 0.0 || (value == 0.0 && !zero));
    match wrong {
        None => Ok(()),
        Some(row) => Err(Error::InvalidData(format!(
            "The {what} of row {} is {}: it must be {}. Correct the column, or take the role from it.",
            row + 1,
            values[row],
            if zero { "zero or more" } else { "above zero" }
        ))),
    }
}

fn note_outliers(inputs: &[f64], names: &[String], target: &[f64], warnings: &mut Vec<String>) {
    let dimensions = names.len();
    for (d, name) in names.iter().enumerate() {
        let farthest = inputs.iter().skip(d).step_by(dimensions).fold(0.0f64, |most, x| most.max(x.abs()));
        if farthest > FAR_OUT {
            warnings.push(format!(
                "Input “{name}” has a value {farthest:.0} deviations from its mean: one length scale can hardly serve both. Look for a wrong entry, or take its logarithm."
            ));
        }
    }
    let farthest = target.iter().fold(0.0f64, |most, y| most.max(y.abs()));
    if farthest > FAR_OUT {
        warnings.push(format!(
            "The target has a value {farthest:.0} deviations from its mean. Look for a wrong entry, take its logarithm, or choose Student-t noise."
        ));
    }
}

/// Coefficients of standardised inputs by weighted least squares; relations between inputs are broken by the jitter.
fn linear_trend(
    inputs: &[f64],
    dimensions: usize,
    target: &[f64],
    weights: &[f64],
) -> Result<Vec<f64>, Error> {
    let rows = target.len();
    let weighted: Vec<f64> = inputs
        .chunks_exact(dimensions)
        .zip(weights)
        .flat_map(|(row, w)| row.iter().map(move |x| w * x))
        .collect();
    let mut gram = vec![0.0; dimensions * dimensions];
    let (left, right) =
        (View::row_major(&weighted, rows, dimensions), View::row_major(inputs, rows, dimensions));
    multiply(left.t(), right, ViewMut::row_major(&mut gram, dimensions, dimensions));
    let mut moments = faer::Col::zeros(dimensions);
    for (row, y) in weighted.chunks_exact(dimensions).zip(target) {
        row.iter().enumerate().for_each(|(d, x)| moments[d] += x * y);
    }
    let gram = faer::MatRef::from_row_major_slice(&gram, dimensions, dimensions);
    let factored = factor(gram, "The matrix of the linear trend", None, &mut JitterLog::default())?;
    use faer::linalg::solvers::Solve;
    let solution = factored.factor.solve(&moments);
    Ok((0..dimensions).map(|d| solution[d]).collect())
}

#[cfg(test)]
mod tests;
