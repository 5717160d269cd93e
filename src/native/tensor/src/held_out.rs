use std::path::Path;

use filigree_core::{Error, NpyWriter};

use crate::calibration::HALF_WIDTH;
use crate::entries::Entries;

/// Predictions of entries that were kept back, beside what was observed.
#[derive(Clone, Debug)]
pub struct HeldOut<'a> {
    entries: &'a Entries,
    predicted: Vec<f64>,
    /// Standard deviation of every prediction, noise included; empty where the method gives none.
    deviation: Vec<f64>,
}

impl<'a> HeldOut<'a> {
    /// Predictions in the order of the entries.
    pub fn new(entries: &'a Entries, predicted: Vec<f64>, deviation: Vec<f64>) -> Self {
        debug_assert_eq!(entries.len(), predicted.len());
        Self { entries, predicted, deviation }
    }

    fn mean_of(&self, term: impl Fn(usize) -> f64) -> f64 {
        (0..self.entries.len()).map(term).sum::<f64>() / self.entries.len() as f64
    }

    fn residual(&self, entry: usize) -> f64 {
        self.entries.value(entry) - self.predicted[entry]
    }

    /// Errors of the predictions, and of the mean of the fitted entries in their place; with deviations, coverage of
    /// the 95 % intervals and the mean negative logarithm of the predictive density. Nothing where nothing was kept.
    pub fn figures(&self, fitted_mean: f64) -> Vec<(&'static str, f64)> {
        if self.entries.is_empty() {
            return Vec::new();
        }
        let square = self.mean_of(|entry| self.residual(entry).powi(2));
        let energy = self.mean_of(|entry| self.entries.value(entry).powi(2));
        let plain = self.mean_of(|entry| (self.entries.value(entry) - fitted_mean).powi(2));
        let mut figures = vec![
            ("holdOutRmse", square.sqrt()),
            ("holdOutMae", self.mean_of(|entry| self.residual(entry).abs())),
            ("holdOutRelativeError", (square / energy).sqrt()),
            ("meanImputationRmse", plain.sqrt()),
        ];
        if !self.deviation.is_empty() {
            let inside = |entry: usize| self.residual(entry).abs() <= HALF_WIDTH * self.deviation[entry];
            let surprise = |entry: usize| {
                let deviation = self.deviation[entry];
                0.5 * (2.0 * std::f64::consts::PI).ln()
                    + deviation.ln()
                    + 0.5 * (self.residual(entry) / deviation).powi(2)
            };
            figures.push(("coverage95", self.mean_of(|entry| f64::from(u8::from(inside(entry))))));
            figures.push(("nlpd", self.mean_of(surprise)));
        }
        figures
    }

    /// Writes `holdOut.npy` (entry, quantity): observed, predicted, the deviation where there is one, then the indices
    /// of the entry. Returns its name, or nothing where nothing was kept back.
    pub fn write(&self, folder: &Path) -> Result<Option<String>, Error> {
        if self.entries.is_empty() {
            return Ok(None);
        }
        let mut rows = Vec::new();
        for entry in 0..self.entries.len() {
            rows.extend([self.entries.value(entry), self.predicted[entry]]);
            rows.extend(self.deviation.get(entry));
            rows.extend(self.entries.place(entry).iter().map(|&index| f64::from(index)));
        }
        let shape = [self.entries.len(), rows.len() / self.entries.len()];
        NpyWriter::write_all(folder, "holdOut.npy", &shape, &rows).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(values: &[f64]) -> Entries {
        let mut entries = Entries::new(2);
        values.iter().for_each(|&value| entries.push(&[1, 2], value));
        entries
    }

    #[test]
    fn figures_follow_their_definitions() {
        let entries = entries(&[1.0, 3.0]);
        let held = HeldOut::new(&entries, vec![0.0, 3.0], vec![0.5, 0.5]);
        let figures: std::collections::BTreeMap<_, _> = held.figures(2.0).into_iter().collect();
        assert!((figures["holdOutRmse"] - 0.5f64.sqrt()).abs() < 1e-15);
        assert_eq!(figures["holdOutMae"], 0.5);
        assert_eq!(figures["meanImputationRmse"], 1.0);
        assert_eq!(figures["coverage95"], 0.5);
        let density = 0.5 * (2.0 * std::f64::consts::PI).ln() + 0.5f64.ln();
        assert!((figures["nlpd"] - (density + 1.0)).abs() < 1e-15);
    }

    #[test]
    fn nothing_kept_back_gives_no_figures_and_no_file() {
        let entries = entries(&[]);
        let held = HeldOut::new(&entries, Vec::new(), Vec::new());
        assert!(held.figures(0.0).is_empty());
        assert_eq!(held.write(Path::new("/nowhere")).unwrap(), None);
    }
}
