use std::collections::BTreeMap;

use filigree_core::Error;

use super::FEWEST_ROWS;
use super::standardisation::Standardisation;

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

    /// Makes one row of rows with the same inputs, with the mean of their targets.
    pub(super) fn merge_duplicates(&mut self) -> Result<(), Error> {
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
