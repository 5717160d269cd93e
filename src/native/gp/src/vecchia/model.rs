use std::path::Path;

use filigree_core::{Error, NpyWriter};

use super::conditional::RowNoise;
use super::deviation_scale::DeviationScale;
use super::hyper::Hyper;
use super::likelihood::Observations;
use super::noise_process::NoiseProcess;
use super::params::radial;
use super::predictor::{Predicted, Predictor};
use super::trend_columns::TrendColumns;
use crate::fitted_model::FittedModel;
use crate::prediction::Prediction;
use crate::saved_model::SavedParts;
use crate::table_data::{Standardisation, Trend};

/// The name a saved model is read by.
pub const KIND: &str = "vecchia";

/// A process that predicts from near rows.
pub struct VecchiaModel {
    kernel: String,
    predictor: Predictor,
    columns: TrendColumns,
    scale: DeviationScale,
    limit: usize,
    noise: Option<NoiseProcess>,
    /// (edge, end, input): some conditionals, for a picture; standardised.
    edges: Vec<f64>,
}

impl VecchiaModel {
    /// A model that predicts each point from `limit` rows, with a process of the noise where that varies.
    pub fn new(
        kernel: String,
        predictor: Predictor,
        columns: TrendColumns,
        scale: DeviationScale,
        limit: usize,
        noise: Option<NoiseProcess>,
        edges: Vec<f64>,
    ) -> Self {
        Self { kernel, predictor, columns, scale, limit, noise, edges }
    }

    /// Variances of the noise of new observations.
    fn noises(&self, inputs: &[f64], count: usize) -> Vec<f64> {
        let noise = self.predictor.hyper.noise;
        match &self.noise {
            None => vec![noise; count],
            Some(process) => process.factors(inputs).iter().map(|factor| factor * noise).collect(),
        }
    }

    fn at(&self, inputs: &[f64]) -> Vec<Predicted> {
        self.predictor.predict(inputs, &self.columns.of(inputs), self.limit)
    }
}

impl FittedModel for VecchiaModel {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn predict(&self, inputs: &[f64]) -> Result<Prediction, Error> {
        let mut predicted = Prediction::default();
        let found = self.at(inputs);
        for (own, noise) in found.iter().zip(self.noises(inputs, found.len())) {
            let factor = self.scale.factor(own);
            predicted.mean.push(own.mean);
            predicted.latent_variance.push(factor * own.variance);
            predicted.variance.push(factor * (own.variance + noise));
        }
        Ok(predicted)
    }

    fn joint(&self, inputs: &[f64]) -> Result<(Vec<f64>, Vec<f64>), Error> {
        let (mean, mut covariance) = self.predictor.joint(inputs, &self.columns.of(inputs), self.limit);
        let deviations: Vec<f64> = self.at(inputs).iter().map(|own| self.scale.factor(own).sqrt()).collect();
        let count = mean.len();
        for (index, value) in covariance.iter_mut().enumerate() {
            *value *= deviations[index / count] * deviations[index % count];
        }
        Ok((mean, covariance))
    }

    fn save(&self) -> SavedParts {
        let parts = self.save_process();
        let Some(NoiseProcess { predictor, limit, offset }) = &self.noise else { return parts };
        let (theta, targets) = (predictor.hyper.theta(), &predictor.observations.targets);
        let shape = [targets.len(), predictor.observations.dimensions];
        parts
            .with_number("noiseNeighbours", *limit as f64)
            .with_number("noiseOffset", *offset)
            .with("noise-theta", &[theta.len()], theta)
            .with("noise-points", &shape, predictor.observations.points.clone())
            .with("noise-target", &[targets.len()], targets.clone())
            .with("noise-coefficients", &[predictor.coefficients.len()], predictor.coefficients.clone())
    }

    fn write_extra(&self, standardisation: &Standardisation, folder: &Path) -> Result<Vec<String>, Error> {
        let dimensions = self.predictor.observations.dimensions;
        if self.edges.is_empty() {
            return Ok(Vec::new());
        }
        let ends: Vec<f64> =
            self.edges.chunks_exact(dimensions).flat_map(|end| standardisation.restored(end)).collect();
        let edges = self.edges.len() / (2 * dimensions);
        let shape = [edges, ends.len() / edges];
        Ok(vec![NpyWriter::write_all(folder, "neighbours.npy", &shape, &ends)?])
    }
}

impl VecchiaModel {
    fn save_process(&self) -> SavedParts {
        let own = &self.predictor;
        let rows = own.observations.len();
        let (theta, noise) = (own.hyper.theta(), &own.observations.noise);
        let levels: Vec<f64> =
            self.scale.levels.iter().flat_map(|&(level, factor)| [level, factor]).collect();
        // An infinite strength is not a number to JSON: its reciprocal is nought.
        let mut parts = SavedParts { kernel: self.kernel.clone(), ..SavedParts::default() }
            .with_number("predictionNeighbours", self.limit as f64)
            .with_number("tableShare", 1.0 / self.scale.strength)
            .with("theta", &[theta.len()], theta.clone())
            .with("points", &[rows, own.observations.dimensions], own.observations.points.clone())
            .with("target", &[rows], own.observations.targets.clone())
            .with("weights", &[rows], (0..rows).map(|row| noise.of(row).0).collect())
            .with("given", &[rows], (0..rows).map(|row| noise.of(row).1).collect())
            .with("coefficients", &[own.coefficients.len()], own.coefficients.clone())
            .with("levels", &[self.scale.levels.len(), 2], levels)
            .with(
                "trend-reach",
                &[self.columns.reach.len(), 2],
                self.columns.reach.iter().flat_map(|&(low, high)| [low, high]).collect(),
            );
        if !own.scores.is_empty() {
            parts = parts.with("scores", &[rows], own.scores.clone());
        }
        parts
    }
}

/// Makes a saved model again.
pub fn restore(parts: &SavedParts, dimensions: usize) -> Result<Box<dyn FittedModel>, Error> {
    let noise = RowNoise { weights: parts.array("weights")?.to_vec(), given: parts.array("given")?.to_vec() };
    let columns = TrendColumns {
        terms: parts.array("coefficients")?.len(),
        reach: parts.array("trend-reach")?.chunks_exact(2).map(|own| (own[0], own[1])).collect(),
    };
    let mut predictor = restored(parts, &columns, "", noise)?;
    let share = parts.number("tableShare")?;
    if share > 0.0 {
        predictor.scores = parts.array("scores")?.to_vec();
    }
    let levels = parts.array("levels")?.chunks_exact(2).map(|own| (own[0], own[1])).collect();
    let scale = DeviationScale { strength: 1.0 / share, levels };
    let limit = parts.number("predictionNeighbours")? as usize;
    let noise = match parts.number("noiseNeighbours") {
        Err(_) => None,
        Ok(limit) => Some(NoiseProcess {
            predictor: restored(
                parts,
                &TrendColumns::new(Trend::Constant, dimensions),
                "noise-",
                RowNoise::default(),
            )?,
            limit: limit as usize,
            offset: parts.number("noiseOffset")?,
        }),
    };
    let kernel = parts.kernel.clone();
    Ok(Box::new(VecchiaModel::new(kernel, predictor, columns, scale, limit, noise, Vec::new())))
}

/// The process whose arrays have names that begin so.
fn restored(
    parts: &SavedParts,
    columns: &TrendColumns,
    prefix: &str,
    noise: RowNoise,
) -> Result<Predictor, Error> {
    let dimensions = columns.reach.len();
    let array = |name: &str| parts.array(&format!("{prefix}{name}")).map(<[f64]>::to_vec);
    let outline = Hyper {
        radial: radial(&parts.kernel)?,
        variance: 1.0,
        length_scales: vec![1.0; dimensions],
        shape: 1.0,
        noise: 1.0,
    };
    let (points, coefficients) = (array("points")?, array("coefficients")?);
    let observations = Observations {
        dimensions,
        trend: columns.of(&points),
        points,
        targets: array("target")?,
        trend_terms: columns.terms,
        noise,
    };
    Ok(Predictor::new(observations, outline.with_theta(&array("theta")?), coefficients))
}
