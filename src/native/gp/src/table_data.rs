use std::collections::BTreeMap;

use filigree_core::{Error, View, ViewMut, multiply};

use crate::jitter::{JitterLog, factor};
use crate::leaks::leak_warnings;

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

/// How rows and predictions pass between the units of the table and those of the model.
#[derive(Clone, Debug, PartialEq)]
pub struct Standardisation {
    /// Inputs that are kept, from zero.
    pub kept: Vec<usize>,
    /// Means of all inputs over the training rows; where one is constant, its value.
    pub centre: Vec<f64>,
    /// Subtracted from the kept inputs.
    pub input_means: Vec<f64>,
    /// The kept inputs are divided by them.
    pub input_scales: Vec<f64>,
    /// Subtracted from targets.
    pub target_mean: f64,
    /// Targets are divided by it.
    pub target_scale: f64,
    /// Coefficients of the standardised inputs, in the unit of standardised targets; empty without a linear trend.
    pub trend: Vec<f64>,
}

impl Standardisation {
    /// Rows of `inputs` (row, all dimensions) as the model sees them (row, kept).
    pub fn inputs(&self, inputs: &[f64], dimensions: usize) -> Vec<f64> {
        let mut out = Vec::with_capacity(inputs.len() / dimensions.max(1) * self.kept.len());
        for row in inputs.chunks_exact(dimensions) {
            let own = self.kept.iter().zip(self.input_means.iter().zip(&self.input_scales));
            out.extend(own.map(|(&d, (mean, scale))| (row[d] - mean) / scale));
        }
        out
    }

    /// The trend at a standardised row, in the unit of standardised targets.
    pub fn trend_at(&self, row: &[f64]) -> f64 {
        self.trend.iter().zip(row).map(|(coefficient, value)| coefficient * value).sum()
    }

    /// A standardised row in the units of the table, inputs that were left out at their constant value.
    pub fn restored(&self, row: &[f64]) -> Vec<f64> {
        let mut out = self.centre.clone();
        for (index, &d) in self.kept.iter().enumerate() {
            out[d] = self.input_means[index] + self.input_scales[index] * row[index];
        }
        out
    }

    /// A target as the model sees it, at a standardised row.
    pub fn target(&self, target: f64, row: &[f64]) -> f64 {
        (target - self.target_mean) / self.target_scale - self.trend_at(row)
    }

    /// A value of the model at a standardised row, in the unit of the target.
    pub fn mean(&self, value: f64, row: &[f64]) -> f64 {
        self.target_mean + self.target_scale * (value + self.trend_at(row))
    }

    /// A variance of the model in the unit of the target.
    pub fn variance(&self, variance: f64) -> f64 {
        self.target_scale * self.target_scale * variance
    }
}

/// Training rows as a model sees them: standardised, without constant inputs, trend and duplicates.
#[derive(Clone, Debug, PartialEq)]
pub struct TrainingData {
    /// (row, dimension), standardised.
    pub inputs: Vec<f64>,
    /// Inputs kept.
    pub dimensions: usize,
    /// Standardised targets less the trend; means where rows were merged.
    pub target: Vec<f64>,
    /// Observations behind every row: the learned noise variance of a row is divided by it.
    pub counts: Vec<f64>,
    /// Standardised variance of noise known beforehand, for every row; added to the learned one.
    pub given_noise: Option<Vec<f64>>,
    /// Σ over merged rows of squared differences from their mean, standardised; a term of the likelihood.
    pub scatter_within: f64,
    /// Observations less rows, over merged rows.
    pub degrees_within: f64,
    /// What merging changes in the negative log likelihood whatever the noise: half the logarithm of the weight of a
    /// merged row over the product of its parts' weights.
    pub merge_constant: f64,
    /// Rows before merging.
    pub rows_before: usize,
    /// The way back to the units of the table.
    pub standardisation: Standardisation,
    /// Names of the inputs kept.
    pub names: Vec<String>,
    /// What a person should know.
    pub warnings: Vec<String>,
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

impl TrainingData {
    /// Rows that are standardised already.
    pub fn plain(inputs: Vec<f64>, dimensions: usize, target: Vec<f64>, counts: Vec<f64>) -> Self {
        let standardisation = Standardisation {
            kept: (0..dimensions).collect(),
            centre: vec![0.0; dimensions],
            input_means: vec![0.0; dimensions],
            input_scales: vec![1.0; dimensions],
            target_mean: 0.0,
            target_scale: 1.0,
            trend: Vec::new(),
        };
        Self {
            rows_before: target.len(),
            inputs,
            dimensions,
            target,
            counts,
            given_noise: None,
            scatter_within: 0.0,
            degrees_within: 0.0,
            merge_constant: 0.0,
            standardisation,
            names: (0..dimensions).map(|d| format!("input {}", d + 1)).collect(),
            warnings: Vec::new(),
        }
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.target.len()
    }

    /// One row of the inputs.
    pub fn row(&self, row: usize) -> &[f64] {
        &self.inputs[row * self.dimensions..][..self.dimensions]
    }

    /// Variance of the noise of every row, where that of an observation is `noise`.
    pub fn noise(&self, noise: f64) -> Vec<f64> {
        let given = |row: usize| self.given_noise.as_ref().map_or(0.0, |own| own[row]);
        self.counts.iter().enumerate().map(|(row, count)| noise / count + given(row)).collect()
    }

    /// What merged rows add to the negative log likelihood, and to its derivative by the logarithm of `noise`: the
    /// scatter about their means, and the change of variables to means.
    pub fn within_rows(&self, noise: f64) -> (f64, f64) {
        let degrees = self.degrees_within;
        let value = self.merge_constant
            + 0.5 * (degrees * (std::f64::consts::TAU * noise).ln() + self.scatter_within / noise);
        (value, 0.5 * (degrees - self.scatter_within / noise))
    }

    /// The rows at these places, in this order; what merged rows add stays with the whole.
    pub fn subset(&self, rows: &[usize]) -> Self {
        Self {
            inputs: rows.iter().flat_map(|&row| self.row(row).iter().copied()).collect(),
            target: rows.iter().map(|&row| self.target[row]).collect(),
            counts: rows.iter().map(|&row| self.counts[row]).collect(),
            given_noise: self.given_noise.as_ref().map(|own| rows.iter().map(|&row| own[row]).collect()),
            scatter_within: 0.0,
            degrees_within: 0.0,
            merge_constant: 0.0,
            rows_before: rows.len(),
            ..self.clone()
        }
    }

    fn merge_duplicates(&mut self) -> Result<(), Error> {
        let mut groups: BTreeMap<Vec<u64>, usize> = BTreeMap::new();
        let mut of_row = Vec::with_capacity(self.rows());
        let mut firsts = Vec::new();
        for row in 0..self.rows() {
            // Zero has two signs, which are the same place.
            let key = self.row(row).iter().map(|value| (value + 0.0).to_bits()).collect();
            let next = groups.len();
            let group = *groups.entry(key).or_insert(next);
            if group == next {
                firsts.push(row);
            }
            of_row.push(group);
        }
        if firsts.len() == self.rows() {
            return Ok(());
        }
        if firsts.len() < FEWEST_ROWS {
            return Err(Error::InvalidData(format!(
                "The {} training rows have only {} different sets of inputs: there is nothing to predict from. Choose other input columns.",
                self.rows(),
                firsts.len()
            )));
        }
        let size = firsts.len();
        let mut merged = self.subset(&firsts);
        let (mut counts, mut precisions, mut sums) = (vec![0.0; size], vec![0.0; size], vec![0.0; size]);
        for (row, &group) in of_row.iter().enumerate() {
            counts[group] += self.counts[row];
            precisions[group] +=
                self.given_noise.as_ref().map_or(0.0, |own| own[row]) * self.counts[row].powi(2);
            sums[group] += self.counts[row] * self.target[row];
        }
        merged.target = sums.iter().zip(&counts).map(|(sum, count)| sum / count).collect();
        merged.given_noise = self
            .given_noise
            .as_ref()
            .map(|_| precisions.iter().zip(&counts).map(|(p, c)| p / (c * c)).collect());
        merged.scatter_within = of_row
            .iter()
            .enumerate()
            .map(|(row, &group)| self.counts[row] * (self.target[row] - merged.target[group]).powi(2))
            .sum();
        merged.degrees_within = (self.rows() - size) as f64;
        let log_sum = |weights: &[f64]| weights.iter().map(|weight| weight.ln()).sum::<f64>();
        merged.merge_constant = 0.5 * (log_sum(&counts) - log_sum(&self.counts));
        merged.rows_before = self.rows_before;
        merged.counts = counts;
        merged.warnings.push(format!(
            "{} of {} training rows have the same inputs as another one: they became {size} rows, each with the mean of its targets and their number as weight.",
            self.rows() - size,
            self.rows()
        ));
        *self = merged;
        Ok(())
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
