use filigree_core::{Error, Observer, Random, keep_going};
use rayon::prelude::*;

use crate::fitted_model::{FittedModel, Judged, Learned};
use crate::hold_out::shuffled;
use crate::prediction::Prediction;
use crate::saved_model::SavedParts;
use crate::table_data::{Standardisation, TrainingData};
use crate::vecchia::{DeviationScale, level_factors};

/// Stream of random numbers that draws the rows kept back.
const STREAM: u64 = (1 << 33) + 3;

/// Fewest rows of a table from which some can be spared.
const FEWEST_ROWS: usize = 1000;

/// Share of the rows that is kept back, and the most of them: coverage is then known to a third of a percent.
const SHARE: f64 = 0.2;
const MOST_ROWS: usize = 4000;

/// Rows predicted between two looks at the observer.
const ROWS_AT_ONCE: usize = 4096;

/// Name of the saved array of levels.
const LEVELS: &str = "deviationLevels";

/// Half-width of the central 95 % interval of a normal variable.
const HALF_WIDTH: f64 = 1.959_963_984_540_054;

/// Rows that hyper-parameters are learned from, and others that the learned deviations are judged by.
pub struct KeptBack {
    pub learning: TrainingData,
    pub judged: TrainingData,
}

impl KeptBack {
    /// Some of the rows, drawn by the seed; none where there are too few to spare any, or where none are asked for.
    pub fn of(data: &TrainingData, wanted: bool, seed: u64) -> Option<Self> {
        let rows = data.rows();
        if !wanted || rows < FEWEST_ROWS {
            return None;
        }
        let mut order = shuffled(rows, &mut Random::new(seed, STREAM));
        let mut learning = order.split_off(((rows as f64 * SHARE) as usize).min(MOST_ROWS));
        learning.sort_unstable();
        order.sort_unstable();
        let share = learning.len() as f64 / rows as f64;
        let mut own = data.subset(&learning);
        // What merged rows tell of the noise, for as many of them as are learned from.
        own.scatter_within = share * data.scatter_within;
        own.degrees_within = share * data.degrees_within;
        own.merge_constant = share * data.merge_constant;
        own.rows_before = (share * data.rows_before as f64).round() as usize;
        Some(Self { learning: own, judged: data.subset(&order) })
    }

    /// What the deviations of a model that did not see the judged rows have to be multiplied by, for every level of the
    /// variance of the function, so that intervals of 1.96 deviations hold 95 % of those rows: split conformal
    /// prediction (Lei, G'Sell, Rinaldo, Tibshirani, Wasserman, J. Am. Stat. Assoc. 113(523), 2018).
    pub fn judge(&self, model: &dyn FittedModel, observer: &mut dyn Observer) -> Result<HeldOutScale, Error> {
        let data = &self.judged;
        let dimensions = data.dimensions;
        let mut scored: Vec<(f64, f64)> = Vec::with_capacity(data.rows());
        for start in (0..data.rows()).step_by(ROWS_AT_ONCE) {
            keep_going(observer.progress(1.0), "judging deviations")?;
            let rows: Vec<usize> = (start..(start + ROWS_AT_ONCE).min(data.rows())).collect();
            let parts: Vec<Result<Vec<(f64, f64)>, Error>> = rows
                .par_chunks(model.rows_at_once())
                .map(|rows| {
                    let inputs = &data.inputs[rows[0] * dimensions..(rows[0] + rows.len()) * dimensions];
                    let found = model.predict(inputs)?;
                    let score = |(place, &row): (usize, &usize)| {
                        let latent = found.latent_variance[place];
                        let given = data.given_noise.as_ref().map_or(0.0, |own| own[row]);
                        let noise = (found.variance[place] - latent) / data.counts[row] + given;
                        let error = data.target[row] - found.mean[place];
                        (level(latent), error.abs() / (latent + noise).sqrt())
                    };
                    Ok(rows.iter().enumerate().map(score).collect())
                })
                .collect();
            for part in parts {
                scored.extend(part?);
            }
        }
        if let Some(wrong) = scored.iter().find(|own| !own.1.is_finite()) {
            return Err(Error::Breakdown(format!(
                "A row kept back was predicted {} deviations off: the predictive variance is not a number there. Look for wild values in the inputs.",
                wrong.1
            )));
        }
        scored.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
        let scale = DeviationScale { strength: f64::INFINITY, levels: level_factors(&scored) };
        let inside = |factor: &dyn Fn(f64) -> f64| {
            let held = scored.iter().filter(|own| own.1 <= HALF_WIDTH * factor(own.0)).count();
            held as f64 / scored.len() as f64
        };
        let coverage = (inside(&|_| 1.0), inside(&|level| scale.at_level(level)));
        Ok(HeldOutScale { scale, coverage })
    }
}

/// The logarithm of the variance of the function.
fn level(latent: f64) -> f64 {
    latent.max(f64::MIN_POSITIVE).ln()
}

/// Factors of deviations, with the share of the rows kept back within their 95 % interval before and after.
pub struct HeldOutScale {
    scale: DeviationScale,
    coverage: (f64, f64),
}

/// Puts a scale before a model and notes how it was found, where there is one.
pub fn with_scale(
    model: Box<dyn FittedModel>,
    found: Option<HeldOutScale>,
    learned: &mut Learned,
) -> Box<dyn FittedModel> {
    let Some(HeldOutScale { scale, coverage }) = found else { return model };
    learned.figures.push(("leaveOutCoverage", coverage.0));
    learned.figures.push(("calibratedLeaveOutCoverage", coverage.1));
    Box::new(ScaledModel { model, scale })
}

/// A process whose predictive deviations are multiplied by a factor for every level of them.
struct ScaledModel {
    model: Box<dyn FittedModel>,
    scale: DeviationScale,
}

/// Puts the scale that was saved with a model before it again, where there is one.
pub fn restored(model: Box<dyn FittedModel>, parts: &SavedParts) -> Box<dyn FittedModel> {
    match parts.array(LEVELS) {
        Ok(saved) => {
            let levels = saved.chunks_exact(2).map(|own| (own[0], own[1])).collect();
            Box::new(ScaledModel { model, scale: DeviationScale { strength: f64::INFINITY, levels } })
        }
        Err(_) => model,
    }
}

impl FittedModel for ScaledModel {
    fn kind(&self) -> &'static str {
        self.model.kind()
    }

    fn predict(&self, inputs: &[f64]) -> Result<Prediction, Error> {
        let mut found = self.model.predict(inputs)?;
        for (latent, whole) in found.latent_variance.iter_mut().zip(&mut found.variance) {
            let factor = self.scale.at_level(level(*latent)).powi(2);
            *latent *= factor;
            *whole *= factor;
        }
        Ok(found)
    }

    fn joint(&self, inputs: &[f64]) -> Result<(Vec<f64>, Vec<f64>), Error> {
        let (mean, mut covariance) = self.model.joint(inputs)?;
        let rows = mean.len();
        let factor = |row: usize| self.scale.at_level(level(covariance[row * (rows + 1)]));
        let factors: Vec<f64> = (0..rows).map(factor).collect();
        for (place, value) in covariance.iter_mut().enumerate() {
            *value *= factors[place / rows] * factors[place % rows];
        }
        Ok((mean, covariance))
    }

    fn rows_at_once(&self) -> usize {
        self.model.rows_at_once()
    }

    fn judge(&self, inputs: &[f64], targets: &[f64]) -> Result<Option<Judged>, Error> {
        self.model.judge(inputs, targets)
    }

    fn save(&self) -> SavedParts {
        let levels = self.scale.levels.iter().flat_map(|&(level, factor)| [level, factor]).collect();
        self.model.save().with(LEVELS, &[self.scale.levels.len(), 2], levels)
    }

    fn write_extra(
        &self,
        standardisation: &Standardisation,
        folder: &std::path::Path,
    ) -> Result<Vec<String>, Error> {
        self.model.write_extra(standardisation, folder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fitted_model::{Engine, Fit};
    use crate::table_data::Preparation;
    use crate::test_support::{model_of, table};
    use crate::{GpModel, InducingMethod, InducingParams, StochasticParams, SvgpParams, SwsgpParams};
    use filigree_core::{Silent, in_pool};

    /// Noise with tails that no normal distribution has, and a deviation that triples with the first input.
    fn prepared(rows: usize, seed: u64) -> (crate::Table, TrainingData) {
        let mut table = table(rows, 2, 0.0);
        let mut random = Random::new(seed, 5);
        for row in 0..rows {
            let tail = if random.uniform() < 0.1 { 4.0 } else { 1.0 };
            table.target[row] += (0.2 + 0.05 * table.row(row)[0]) * tail * random.normal();
        }
        let data = table.prepare(&(0..rows).collect::<Vec<_>>(), &Preparation::default()).unwrap();
        (table, data)
    }

    fn covered(fit: &Fit, data: &TrainingData) -> f64 {
        let found = fit.model.predict(&data.inputs).unwrap();
        let inside = (0..data.rows()).filter(|&row| {
            (data.target[row] - found.mean[row]).abs() <= HALF_WIDTH * found.variance[row].sqrt()
        });
        inside.count() as f64 / data.rows() as f64
    }

    #[test]
    fn intervals_of_every_engine_hold_what_they_promise_on_rows_they_did_not_see() {
        let (_, data) = prepared(2600, 1);
        let (known, new) = (data.subset(&(0..1600).collect::<Vec<_>>()), (1600..2600).collect::<Vec<_>>());
        let new = data.subset(&new);
        let stochastic = StochasticParams {
            kernel: "rbf".into(),
            points: 20,
            batch: 200,
            epochs: 20,
            ..StochasticParams::default()
        };
        let kernel = "rbf".to_owned();
        let own = InducingParams { kernel, points: 20, ..InducingParams::default() };
        let engines: [Box<dyn Engine>; 4] = [
            Box::new(own.clone()),
            Box::new(InducingParams { method: InducingMethod::Fitc, ..own }),
            Box::new(SvgpParams { stochastic: stochastic.clone() }),
            Box::new(SwsgpParams { stochastic, neighbours: 10 }),
        ];
        for (place, engine) in engines.iter().enumerate() {
            let fit = engine.fit(&known, 3, &mut Silent).unwrap();
            let coverage = covered(&fit, &new);
            assert!((0.92..0.98).contains(&coverage), "engine {place}: {coverage}");
            let figure = |name: &str| fit.learned.figures.iter().find(|own| own.0 == name).unwrap().1;
            assert!((figure("calibratedLeaveOutCoverage") - 0.95).abs() < 0.02, "engine {place}");
        }
    }

    #[test]
    fn a_saved_scale_predicts_the_same_and_scales_what_is_joint() {
        let (table, data) = prepared(1200, 2);
        let params = InducingParams { points: 15, move_points: false, ..InducingParams::default() };
        let fit = in_pool(2, || params.fit(&data, 3, &mut Silent)).unwrap();
        let same = in_pool(1, || params.fit(&data, 3, &mut Silent)).unwrap();
        assert_eq!(fit.model.predict(&data.inputs).unwrap(), same.model.predict(&data.inputs).unwrap());
        let alone = fit.model.predict(&data.inputs[..20]).unwrap();
        let (_, covariance) = fit.model.joint(&data.inputs[..20]).unwrap();
        for row in 0..10 {
            assert!((covariance[row * 11] / alone.latent_variance[row] - 1.0).abs() < 1e-6);
        }
        let model = model_of(&table, &data, fit.model);
        let folder = tempfile::tempdir().unwrap();
        model.write(folder.path()).unwrap();
        let again = GpModel::read(folder.path()).unwrap();
        let places = &table.inputs[..200];
        assert_eq!(model.predict(places, &mut Silent).unwrap(), again.predict(places, &mut Silent).unwrap());
    }

    #[test]
    fn few_rows_are_all_learned_from() {
        let (_, data) = prepared(300, 1);
        assert!(KeptBack::of(&data, true, 1).is_none());
        let (_, data) = prepared(1000, 1);
        assert!(KeptBack::of(&data, false, 1).is_none());
        let kept = KeptBack::of(&data, true, 1).unwrap();
        assert_eq!((kept.learning.rows(), kept.judged.rows()), (800, 200));
    }
}
