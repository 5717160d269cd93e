use faer::{Mat, MatRef};
use filigree_core::{Error, NpyWriter, Observer, Silent, StopReason, dot, keep_going};

use crate::chained_gp;
use crate::fitted_model::{Engine, Fit, FittedModel, Judged};
use crate::kernel::Kernel;
use crate::observation::{Observation, ObservationKind};
use crate::prediction::Prediction;
use crate::saved_model::SavedParts;
use crate::scaled_model::with_scale;
use crate::stochastic::{Begun, StochasticParams};
use crate::svgp_objective::{Posterior, Prior, SvgpObjective, latent_moments, projected};
use crate::table_data::{Preparation, Standardisation, TrainingData};

/// The name a saved model of this kind is read by.
pub const KIND: &str = "svgp";

/// Natural steps over all rows at the end, hyper-parameters held; a step of length one is exact for normal noise.
const CLOSING_STEPS: usize = 8;

/// Steps between two computations of the divergence, which costs as much as a step's factorisations and is only told.
const DIVERGENCE_EVERY: usize = 16;

/// Stochastic variational inference with inducing points.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SvgpParams {
    /// Model, points and steps.
    pub stochastic: StochasticParams,
}

/// Stochastic variational inference (Hensman, Fusi & Lawrence 2013): natural steps on the posterior of the inducing values
/// (Salimbeni, Eleftheriadis & Hensman 2018) and Adam on everything else, from minibatches. At the end the posterior is
/// brought to its optimum over all rows, and the bound is computed over all of them.
impl Engine for SvgpParams {
    fn preparation(&self) -> Preparation {
        self.stochastic.preparation()
    }

    fn fit(&self, data: &TrainingData, seed: u64, observer: &mut dyn Observer) -> Result<Fit, Error> {
        let params = &self.stochastic;
        if params.observation == ObservationKind::Heteroscedastic {
            return chained_gp::fit(params, data, seed, observer);
        }
        let kept = params.kept_back(data, seed);
        let everything = data;
        let data = kept.as_ref().map_or(everything, |own| &own.learning);
        let mut begun = Begun::new(params, data, seed, observer)?;
        let (kernel, observation) = (begun.kernel.clone(), begun.observation.clone());
        let objective = SvgpObjective { kernel: &kernel, data, observation: &observation };
        let mut posterior = Posterior::prior(begun.points());
        let mut divergence = 0.0;
        let mut steps = 0usize;
        begun.pass(
            params,
            data.rows(),
            seed,
            |batch, at, length, log| {
                let prior = objective.prior(at.theta, at.points, log)?;
                let sums = objective.sums(batch, at.theta, at.points, &prior, &posterior, true);
                let scale = data.rows() as f64 / batch.len() as f64;
                if steps.is_multiple_of(DIVERGENCE_EVERY) {
                    divergence = posterior.divergence();
                }
                steps += 1;
                let value = divergence - scale * sums.expected;
                posterior.step(&sums, scale, length)?;
                Ok((value, sums.theta.iter().chain(&sums.points).map(|slope| scale * slope).collect()))
            },
            observer,
        )?;
        let (theta, z) = begun.split();
        let (theta, z) = (theta.to_vec(), z.to_vec());
        let prior = objective.prior(&theta, &z, &mut begun.jitter)?;
        let mut quiet = Silent;
        let cancelled = begun.stop_reason == StopReason::Cancelled;
        let listener: &mut dyn Observer = if cancelled { &mut quiet } else { observer };
        let closing = if cancelled { 0 } else { CLOSING_STEPS };
        let mut scale = None;
        if let Some(kept) = kept.as_ref().filter(|_| !cancelled) {
            listener.stage("Judging deviations on rows kept back");
            objective.close(&theta, &z, &prior, &mut posterior, closing, listener)?;
            let (kernel, observation) = (kernel.clone(), observation.clone());
            let (theta, points) = (theta.clone(), z.clone());
            let (prior, posterior) = (prior.clone(), posterior.clone());
            let model = SvgpModel { kernel, observation, theta, points, prior, posterior };
            scale = Some(kept.judge(&model, listener)?);
        }
        let objective = SvgpObjective { data: everything, ..objective };
        let value = objective.close(&theta, &z, &prior, &mut posterior, closing, listener)?;
        let mut learned = begun.learned(everything, value);
        let model = SvgpModel {
            kernel: kernel.clone(),
            observation: observation.clone(),
            theta,
            points: z,
            prior,
            posterior,
        };
        Ok(Fit { model: with_scale(Box::new(model), scale, &mut learned), learned })
    }
}

impl SvgpObjective<'_> {
    /// Brings the posterior to its optimum over all rows by natural steps, at most `steps` of them, and returns the
    /// negative bound.
    fn close(
        &self,
        theta: &[f64],
        z: &[f64],
        prior: &Prior,
        posterior: &mut Posterior,
        steps: usize,
        observer: &mut dyn Observer,
    ) -> Result<f64, Error> {
        let everything: Vec<usize> = (0..self.data.rows()).collect();
        let length = if self.observation.kind == ObservationKind::Gaussian { 1.0 } else { 0.5 };
        let mut value: Option<f64> = None;
        let mut kept = posterior.clone();
        for step in 0..=steps {
            keep_going(observer.progress(1.0), "closing the posterior")?;
            let sums = self.sums(&everything, theta, z, prior, posterior, false);
            let reached = posterior.divergence() - sums.expected;
            let settled = value.is_some_and(|before| (before - reached).abs() < 1e-6 * reached.abs());
            if value.is_some_and(|before| reached.is_nan() || reached > before) {
                // The last step went too far, which only those of likelihoods that are not normal can.
                *posterior = kept;
                break;
            }
            value = Some(reached);
            if step == steps || settled {
                break;
            }
            kept = posterior.clone();
            if posterior.step(&sums, 1.0, length).is_err() {
                break;
            }
        }
        Ok(value.unwrap_or(f64::NAN))
    }
}

/// A process known through the posterior of its values at inducing points.
struct SvgpModel {
    kernel: Kernel,
    observation: Observation,
    theta: Vec<f64>,
    /// (point, dimension), standardised.
    points: Vec<f64>,
    prior: Prior,
    posterior: Posterior,
}

impl SvgpModel {
    fn own(&self) -> &[f64] {
        &self.theta[..self.kernel.parameter_count()]
    }

    fn observed(&self) -> &[f64] {
        &self.theta[self.kernel.parameter_count()..]
    }

    /// Mean and variance of the latent function.
    fn latent(&self, inputs: &[f64]) -> (Vec<f64>, Vec<f64>) {
        latent_moments(&self.kernel, self.own(), inputs, &self.points, &self.prior, &self.posterior)
    }
}

impl FittedModel for SvgpModel {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn predict(&self, inputs: &[f64]) -> Result<Prediction, Error> {
        let (mean, latent_variance) = self.latent(inputs);
        let places = mean.iter().zip(&latent_variance);
        let (mean, variance) =
            places.map(|(&mean, &own)| self.observation.observed(mean, own, self.observed())).unzip();
        Ok(Prediction { mean, latent_variance, variance })
    }

    fn joint(&self, inputs: &[f64]) -> Result<(Vec<f64>, Vec<f64>), Error> {
        let size = self.posterior.mean.len();
        let (v, w) = projected(&self.kernel, self.own(), inputs, &self.points, &self.prior, &self.posterior);
        let mean: Vec<f64> = v.chunks_exact(size).map(|v| dot(v, &self.posterior.mean)).collect();
        let rows = mean.len();
        let mut covariance = vec![0.0; rows * rows];
        self.kernel.block(inputs, inputs, self.own(), &mut covariance);
        for i in 0..rows {
            for j in 0..rows {
                let product = |of: &[f64]| dot(&of[i * size..][..size], &of[j * size..][..size]);
                covariance[i * rows + j] += product(&w) - product(&v);
            }
        }
        Ok((mean, covariance))
    }

    fn judge(&self, inputs: &[f64], targets: &[f64]) -> Result<Option<Judged>, Error> {
        let (mean, variance) = self.latent(inputs);
        Ok(self.observation.judge(mean.into_iter().zip(variance), targets, self.observed()))
    }

    fn save(&self) -> SavedParts {
        let size = self.posterior.mean.len();
        let square = |of: &Mat<f64>| (0..size * size).map(|k| of[(k / size, k % size)]).collect();
        SavedParts { kernel: self.kernel.text().to_owned(), ..SavedParts::default() }
            .with_text("likelihood", self.observation.kind.name())
            .with_number("offset", self.observation.offset)
            .with("theta", &[self.theta.len()], self.theta.clone())
            .with("inducing", &[size, self.kernel.dimensions()], self.points.clone())
            .with("factor", &[size, size], square(&self.prior.factor))
            .with("precisionFactor", &[size, size], square(&self.posterior.factor))
            .with("mean", &[size], self.posterior.mean.clone())
    }

    fn write_extra(
        &self,
        standardisation: &Standardisation,
        folder: &std::path::Path,
    ) -> Result<Vec<String>, Error> {
        let points = self.points.chunks_exact(self.kernel.dimensions());
        let restored: Vec<f64> = points.flat_map(|point| standardisation.restored(point)).collect();
        let shape = [self.posterior.mean.len(), standardisation.centre.len()];
        Ok(vec![NpyWriter::write_all(folder, "inducingPoints.npy", &shape, &restored)?])
    }
}

/// Makes a saved model of this kind again.
pub fn restore(parts: &SavedParts, dimensions: usize) -> Result<Box<dyn FittedModel>, Error> {
    let mean = parts.array("mean")?.to_vec();
    let size = mean.len();
    let square = |name: &str| -> Result<Mat<f64>, Error> {
        Ok(MatRef::from_row_major_slice(parts.array(name)?, size, size).to_owned())
    };
    let factor = square("precisionFactor")?;
    Ok(Box::new(SvgpModel {
        kernel: Kernel::parse(&parts.kernel, dimensions)?,
        observation: Observation::restored(parts)?,
        theta: parts.array("theta")?.to_vec(),
        points: parts.array("inducing")?.to_vec(),
        prior: Prior::of(square("factor")?),
        posterior: Posterior::of(mean, factor),
    }))
}

#[cfg(test)]
mod tests;
