use filigree_core::{Error, Observer, StopReason};

use crate::jitter::JitterLog;
use crate::kernel::Parameter;
use crate::prediction::Prediction;
use crate::saved_model::SavedParts;
use crate::table_data::{Preparation, Standardisation, TrainingData};

/// A way to fit a process to training data.
pub trait Engine: Sync {
    /// How a table is made ready for it.
    fn preparation(&self) -> Preparation;
    /// Fits it. The observer hears of every iteration with a row of objective (for each row fitted) and largest component
    /// of the gradient.
    fn fit(&self, data: &TrainingData, seed: u64, observer: &mut dyn Observer) -> Result<Fit, Error>;
}

/// What a fit gives.
pub struct Fit {
    /// What predicts.
    pub model: Box<dyn FittedModel>,
    /// What was learned.
    pub learned: Learned,
}

/// Hyper-parameters and how they were found.
#[derive(Clone, Debug)]
pub struct Learned {
    /// Names and bounds.
    pub parameters: Vec<Parameter>,
    /// Their logarithms.
    pub theta: Vec<f64>,
    /// θ after every iteration of the start that won.
    pub path: Vec<Vec<f64>>,
    /// The objective, for each row fitted.
    pub objective: f64,
    /// Length scale of every kept input; infinite where it has none.
    pub length_scales: Vec<f64>,
    /// Learned variance of the noise, standardised; none where the likelihood has no such thing.
    pub noise: Option<f64>,
    /// Jitter that factorisations needed.
    pub jitter: JitterLog,
    /// Iterations of the start that won.
    pub iterations: usize,
    /// Why that start ended.
    pub stop_reason: StopReason,
    /// The same as a sentence.
    pub stop_message: String,
    /// What a person should know.
    pub warnings: Vec<String>,
    /// Figures of this engine alone.
    pub figures: Vec<(&'static str, f64)>,
}

/// What a predictive distribution that is not normal says of observed targets.
pub struct Judged {
    /// Logarithm of the density, or of the probability, of every target.
    pub log_density: Vec<f64>,
    /// Distribution function at every target; for counts and classes drawn between both sides of the step.
    pub pit: Vec<f64>,
    /// (row, [`crate::QUANTILES`]).
    pub quantiles: Vec<f64>,
}

/// A fitted process. Inputs are standardised rows (row, dimension), and so are its targets.
pub trait FittedModel: Send + Sync {
    /// The name its saved form is read by.
    fn kind(&self) -> &'static str;

    /// Predicts on one thread; callers pass few rows at a time ([`FittedModel::rows_at_once`]) from many threads.
    fn predict(&self, inputs: &[f64]) -> Result<Prediction, Error>;

    /// Mean of the latent function and its covariance (row, row).
    fn joint(&self, inputs: &[f64]) -> Result<(Vec<f64>, Vec<f64>), Error>;

    /// Rows that a prediction takes within a fraction of a second and a small memory.
    fn rows_at_once(&self) -> usize {
        256
    }

    /// What it says of observed targets, where its predictions are not normal.
    fn judge(&self, _inputs: &[f64], _targets: &[f64]) -> Result<Option<Judged>, Error> {
        Ok(None)
    }

    /// What it takes to make it again.
    fn save(&self) -> SavedParts;

    /// Further files for the views, in the units of the table.
    fn write_extra(
        &self,
        _standardisation: &Standardisation,
        _folder: &std::path::Path,
    ) -> Result<Vec<String>, Error> {
        Ok(Vec::new())
    }
}
