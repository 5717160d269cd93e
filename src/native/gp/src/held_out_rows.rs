use std::path::Path;

use filigree_core::{Error, NpyWriter, Observer};
use statrs::distribution::{ContinuousCDF, Normal};

use crate::QUANTILES;
use crate::calibration::Calibration;
use crate::fitted_model::Judged;
use crate::gp_model::GpModel;
use crate::prediction::Prediction;
use crate::table_data::Table;

/// Columns of `holdOut.npy`.
const COLUMNS: usize = 7;

/// Predictions of rows that were not fitted, gathered over the parts held out.
#[derive(Default)]
pub struct HeldOutRows {
    rows: Vec<usize>,
    observed: Vec<f64>,
    prediction: Prediction,
    judged: Option<Judged>,
    /// Sums of the targets fitted, of their squares, and their number.
    training: (f64, f64, f64),
}

impl HeldOutRows {
    /// Predicts a part and keeps it.
    pub fn add(
        &mut self,
        table: &Table,
        part: &[usize],
        training: &[usize],
        model: &GpModel,
        observer: &mut dyn Observer,
    ) -> Result<(), Error> {
        let inputs: Vec<f64> = part.iter().flat_map(|&row| table.row(row).iter().copied()).collect();
        let observed: Vec<f64> = part.iter().map(|&row| table.target[row]).collect();
        let mut prediction = model.predict(&inputs, observer)?;
        if let Some(given) = &table.noise_variance {
            prediction.variance.iter_mut().zip(part).for_each(|(variance, &row)| *variance += given[row]);
        }
        if let Some(judged) = model.judge(&inputs, &observed, observer)? {
            match &mut self.judged {
                None => self.judged = Some(judged),
                Some(own) => {
                    own.log_density.extend(judged.log_density);
                    own.pit.extend(judged.pit);
                    own.quantiles.extend(judged.quantiles);
                }
            }
        }
        self.rows.extend_from_slice(part);
        self.observed.extend(observed);
        self.prediction.append(prediction);
        for &row in training {
            self.training.0 += table.target[row];
            self.training.1 += table.target[row].powi(2);
            self.training.2 += 1.0;
        }
        Ok(())
    }

    /// Rows predicted.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether nothing was held out.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The calibration of what was predicted, as figures; `standardised…` divide by the deviation of the targets fitted.
    pub fn figures(&self) -> Result<Vec<(&'static str, f64)>, Error> {
        let mean = self.training.0 / self.training.2;
        let variance = (self.training.1 / self.training.2 - mean * mean).max(f64::MIN_POSITIVE);
        let own = match &self.judged {
            None => Calibration::gaussian(&self.prediction, &self.observed, (mean, variance))?,
            Some(judged) => Calibration::by_quantiles(
                &self.prediction.mean,
                &judged.log_density,
                &judged.pit,
                &judged.quantiles,
                &self.observed,
                (mean, variance),
            )?,
        };
        let mut figures = own.figures();
        figures.push(("standardisedRmse", own.rmse / variance.sqrt()));
        figures.push(("standardisedNlpd", own.nlpd - 0.5 * variance.ln()));
        Ok(figures)
    }

    /// Writes `holdOut.npy` (row; observed, predicted, deviation, lower, upper, pit, row of the table); `numbers` are those
    /// of the rows in the table as it was read.
    pub fn write(&self, numbers: &[usize], folder: &Path) -> Result<String, Error> {
        let standard = Normal::standard();
        let half_width = standard.inverse_cdf(0.975);
        let mut values = Vec::with_capacity(self.rows.len() * COLUMNS);
        for (index, &row) in self.rows.iter().enumerate() {
            let (observed, mean) = (self.observed[index], self.prediction.mean[index]);
            let deviation = self.prediction.variance[index].sqrt();
            let (lower, upper, pit) = match &self.judged {
                None => (
                    mean - half_width * deviation,
                    mean + half_width * deviation,
                    standard.cdf((observed - mean) / deviation),
                ),
                Some(judged) => {
                    let own = &judged.quantiles[index * QUANTILES..][..QUANTILES];
                    // The 2.5 % and 97.5 % quantiles lie between the fifth and the sixth from either end.
                    (
                        0.5 * (own[4] + own[5]),
                        0.5 * (own[QUANTILES - 6] + own[QUANTILES - 5]),
                        judged.pit[index],
                    )
                }
            };
            values.extend([observed, mean, deviation, lower, upper, pit, numbers[row] as f64]);
        }
        NpyWriter::write_all(folder, "holdOut.npy", &[self.rows.len(), COLUMNS], &values)
    }
}
