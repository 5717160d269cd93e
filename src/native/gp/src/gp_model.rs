use std::ops::Range;
use std::path::Path;

use filigree_core::{Error, Observer, keep_going, tiles};
use rayon::prelude::*;

use crate::fitted_model::{FittedModel, Judged};
use crate::prediction::Prediction;
use crate::saved_model::{SavedModel, SavedParts};
use crate::scaled_model;
use crate::table_data::Standardisation;

/// Tiles of rows predicted between two looks at the observer.
const TILES_AT_ONCE: usize = 16;

/// A fitted process with the way to and from the units of its table.
pub struct GpModel {
    /// Names of all inputs of the table.
    pub inputs: Vec<String>,
    /// Names of the hyper-parameters.
    pub parameters: Vec<String>,
    /// Between the units of the table and those of the model.
    pub standardisation: Standardisation,
    /// What predicts.
    pub model: Box<dyn FittedModel>,
}

/// Makes a model of one kind again.
type Restore = fn(&SavedParts, usize) -> Result<Box<dyn FittedModel>, Error>;

/// How every kind of model is made again from what it saved and its number of inputs.
const KINDS: &[(&str, Restore)] = &[
    (crate::exact_gp::KIND, crate::exact_gp::restore),
    (crate::inducing_gp::KIND, crate::inducing_gp::restore),
    (crate::chained_gp::KIND, crate::chained_gp::restore),
    (crate::svgp::KIND, crate::svgp::restore),
    (crate::swsgp::KIND, crate::swsgp::restore),
    (crate::vecchia::KIND, crate::vecchia::restore),
];

impl GpModel {
    /// Reads the model of a run folder.
    pub fn read(folder: &Path) -> Result<Self, Error> {
        let saved = SavedModel::read(folder)?;
        let Some((_, restore)) = KINDS.iter().find(|(kind, _)| *kind == saved.kind) else {
            return Err(Error::InvalidData(format!(
                "The saved model is of the kind “{}”, which this Filigree does not know. Update Filigree.",
                saved.kind
            )));
        };
        let model = restore(&saved.parts, saved.standardisation.kept.len())?;
        Ok(Self {
            inputs: saved.inputs,
            parameters: saved.parameters,
            standardisation: saved.standardisation,
            model: scaled_model::restored(model, &saved.parts),
        })
    }

    /// Writes the model and returns the names of its files.
    pub fn write(&self, folder: &Path) -> Result<Vec<String>, Error> {
        SavedModel {
            kind: self.model.kind().to_owned(),
            inputs: self.inputs.clone(),
            parameters: self.parameters.clone(),
            standardisation: self.standardisation.clone(),
            parts: self.model.save(),
        }
        .write(folder)
    }

    /// Predicts at rows of the table (row, all inputs), in its units; few rows at a time, so that memory stays small.
    pub fn predict(&self, inputs: &[f64], observer: &mut dyn Observer) -> Result<Prediction, Error> {
        let dimensions = self.inputs.len();
        let mut whole = Prediction::default();
        let parts = self.over_tiles(inputs.len() / dimensions, observer, |tile| {
            let rows = &inputs[tile.start * dimensions..tile.end * dimensions];
            let own = self.standardisation.inputs(rows, dimensions);
            let mut predicted = self.model.predict(&own)?;
            for (mean, row) in
                predicted.mean.iter_mut().zip(own.chunks_exact(self.standardisation.kept.len()))
            {
                *mean = self.standardisation.mean(*mean, row);
            }
            for variance in predicted.latent_variance.iter_mut().chain(&mut predicted.variance) {
                *variance = self.standardisation.variance(*variance);
            }
            Ok(predicted)
        })?;
        parts.into_iter().for_each(|part| whole.append(part));
        Ok(whole)
    }

    /// Mean of the function at rows of the table (row, all inputs), and its covariance (row, row), in its units.
    pub fn joint(&self, inputs: &[f64]) -> Result<(Vec<f64>, Vec<f64>), Error> {
        let own = self.standardisation.inputs(inputs, self.inputs.len());
        let (mut mean, mut covariance) = self.model.joint(&own)?;
        for (mean, row) in mean.iter_mut().zip(own.chunks_exact(self.standardisation.kept.len())) {
            *mean = self.standardisation.mean(*mean, row);
        }
        covariance.iter_mut().for_each(|own| *own = self.standardisation.variance(*own));
        Ok((mean, covariance))
    }

    /// What predictions that are not normal say of observed targets, in the units of the table.
    pub fn judge(
        &self,
        inputs: &[f64],
        targets: &[f64],
        observer: &mut dyn Observer,
    ) -> Result<Option<Judged>, Error> {
        let dimensions = self.inputs.len();
        let parts = self.over_tiles(targets.len(), observer, |tile| {
            let own = self
                .standardisation
                .inputs(&inputs[tile.start * dimensions..tile.end * dimensions], dimensions);
            let rows = || own.chunks_exact(self.standardisation.kept.len());
            let standard: Vec<f64> =
                rows().zip(&targets[tile]).map(|(row, &y)| self.standardisation.target(y, row)).collect();
            let Some(mut judged) = self.model.judge(&own, &standard)? else { return Ok(None) };
            let scale = self.standardisation.target_scale.ln();
            judged.log_density.iter_mut().for_each(|value| *value -= scale);
            for (quantiles, row) in judged.quantiles.chunks_exact_mut(crate::QUANTILES).zip(rows()) {
                quantiles.iter_mut().for_each(|value| *value = self.standardisation.mean(*value, row));
            }
            Ok(Some(judged))
        })?;
        let mut whole: Option<Judged> = None;
        for part in parts.into_iter().flatten() {
            match &mut whole {
                None => whole = Some(part),
                Some(own) => {
                    own.log_density.extend(part.log_density);
                    own.pit.extend(part.pit);
                    own.quantiles.extend(part.quantiles);
                }
            }
        }
        Ok(whole)
    }

    fn over_tiles<T: Send>(
        &self,
        rows: usize,
        observer: &mut dyn Observer,
        work: impl Fn(Range<usize>) -> Result<T, Error> + Sync,
    ) -> Result<Vec<T>, Error> {
        let length = self.model.rows_at_once();
        let mut parts = Vec::new();
        for batch in tiles(0..rows, length * TILES_AT_ONCE) {
            let flow = observer.progress(batch.start as f64 / rows as f64);
            keep_going(flow, "predicting")?;
            let pieces: Vec<Range<usize>> = tiles(batch, length).collect();
            let done: Vec<Result<T, Error>> = pieces.into_par_iter().map(&work).collect();
            for part in done {
                parts.push(part?);
            }
        }
        Ok(parts)
    }
}
