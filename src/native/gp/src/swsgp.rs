use faer::linalg::triangular_solve::solve_lower_triangular_in_place;
use faer::{MatMut, Par};
use filigree_core::{Error, NpyWriter, Observer, Silent, StopReason, dot, keep_going};

use crate::fitted_model::{Engine, Fit, FittedModel, Judged};
use crate::jitter::JitterLog;
use crate::kernel::Kernel;
use crate::neighbour_objective::{NeighbourObjective, NeighbourPosterior, localise, nearest, unsettled};
use crate::observation::{Observation, ObservationKind};
use crate::prediction::Prediction;
use crate::saved_model::SavedParts;
use crate::scaled_model::with_scale;
use crate::stochastic::{Begun, StochasticParams};
use crate::table_data::{Preparation, Standardisation, TrainingData};

/// The name a saved model of this kind is read by.
pub const KIND: &str = "swsgp";

/// Most points active for a row: their matrices are factored for every row.
const MOST_NEIGHBOURS: usize = 512;

/// Steps between two solutions for the means, each with a matrix of all points: natural steps have a memory of several.
const SETTLED_EVERY: usize = 4;

/// Rows of the last pass that are kept in memory together.
const CLOSING_ROWS: usize = 2048;

/// Last passes over all rows; one is exact for normal noise.
const CLOSING_STEPS: usize = 6;

/// Sparse-within-sparse inference: a row sees its nearest inducing points only.
#[derive(Clone, Debug, PartialEq)]
pub struct SwsgpParams {
    /// Model, points and steps.
    pub stochastic: StochasticParams,
    /// Points active for a row; all where there are no more.
    pub neighbours: usize,
}

impl Default for SwsgpParams {
    fn default() -> Self {
        Self { stochastic: StochasticParams { points: 2000, ..StochasticParams::default() }, neighbours: 64 }
    }
}

/// See [`NeighbourObjective`]. Means of the inducing values follow natural steps that they all take together, their
/// variances such steps of their own; Adam moves everything else.
impl Engine for SwsgpParams {
    fn preparation(&self) -> Preparation {
        self.stochastic.preparation()
    }

    fn fit(&self, data: &TrainingData, seed: u64, observer: &mut dyn Observer) -> Result<Fit, Error> {
        if !(1..=MOST_NEIGHBOURS).contains(&self.neighbours) {
            return Err(Error::parameter(
                "neighbours",
                format!("{} active points were asked for; choose 1 to {MOST_NEIGHBOURS}.", self.neighbours),
            ));
        }
        let params = &self.stochastic;
        if params.observation == ObservationKind::Heteroscedastic {
            return Err(Error::parameter(
                "observation",
                "Noise that varies takes a second process, whose points a row would have to see, too. Choose SVGP for it, or another likelihood.",
            ));
        }
        let kept = params.kept_back(data, seed);
        let everything = data;
        let data = kept.as_ref().map_or(everything, |own| &own.learning);
        let mut begun = Begun::new(params, data, seed, observer)?;
        let (kernel, observation) = (begun.kernel.clone(), begun.observation.clone());
        let neighbours = self.neighbours.min(begun.points());
        let objective = NeighbourObjective { kernel: &kernel, data, observation: &observation, neighbours };
        let (theta, z) = begun.split();
        let mut first = JitterLog::default();
        let mut posterior = objective.first_posterior(theta, z, &mut first)?;
        begun.jitter.merge(&first);
        let rows = data.rows();
        // Only normal noise calls for the same whatever the means are.
        let every = if observation.kind == ObservationKind::Gaussian { SETTLED_EVERY } else { 1 };
        let mut steps = 0usize;
        let (mut earlier, mut held) = (posterior.clone(), posterior.clone());
        begun.pass(
            params,
            rows,
            seed,
            |batch, at, length, log| {
                let (scale, share) = (rows as f64 / batch.len() as f64, 1.0 / batch.len() as f64);
                let sums =
                    objective.sums(batch, at.theta, at.points, &posterior, Some((scale, share)), log)?;
                posterior.fade(length);
                posterior.take(&sums, length, scale, share);
                steps += 1;
                if steps.is_multiple_of(every) {
                    let settled =
                        if sums.expected.is_finite() { posterior.settle() } else { Err(unsettled()) };
                    if let Err(error) = settled {
                        // The step before led to where nothing can be computed.
                        held.clone_from(&earlier);
                        posterior.clone_from(&earlier);
                        return Err(error);
                    }
                    earlier = std::mem::replace(&mut held, posterior.clone());
                }
                let value = share * sums.divergence - scale * sums.expected;
                Ok((value, sums.theta.into_iter().chain(sums.points).collect()))
            },
            observer,
        )?;
        let (theta, z) = begun.split();
        let (theta, z) = (theta.to_vec(), z.to_vec());
        let mut quiet = Silent;
        let cancelled = begun.stop_reason == StopReason::Cancelled;
        let listener: &mut dyn Observer = if cancelled { &mut quiet } else { observer };
        let closing = match (cancelled, observation.kind) {
            (true, _) => 0,
            (false, ObservationKind::Gaussian) => 1,
            (false, _) => CLOSING_STEPS,
        };
        let mut scale = None;
        if let Some(kept) = kept.as_ref().filter(|_| !cancelled) {
            listener.stage("Judging deviations on rows kept back");
            objective.close(&theta, &z, &mut posterior, closing, &mut begun.jitter, listener)?;
            let (kernel, observation) = (kernel.clone(), observation.clone());
            let (theta, points, posterior) = (theta.clone(), z.clone(), posterior.clone());
            let model = SwsgpModel { kernel, observation, theta, points, posterior, neighbours };
            scale = Some(kept.judge(&model, listener)?);
        }
        let objective = NeighbourObjective { data: everything, ..objective };
        let value = objective.close(&theta, &z, &mut posterior, closing, &mut begun.jitter, listener)?;
        let mut learned = begun.learned(everything, value);
        learned.figures.push(("neighbours", neighbours as f64));
        let model = SwsgpModel {
            kernel: kernel.clone(),
            observation: observation.clone(),
            theta,
            points: z,
            posterior,
            neighbours,
        };
        Ok(Fit { model: with_scale(Box::new(model), scale, &mut learned), learned })
    }
}

impl NeighbourObjective<'_> {
    /// Brings the posterior to its optimum over all rows by that many passes over them, and returns the negative bound.
    fn close(
        &self,
        theta: &[f64],
        z: &[f64],
        posterior: &mut NeighbourPosterior,
        steps: usize,
        log: &mut JitterLog,
        observer: &mut dyn Observer,
    ) -> Result<f64, Error> {
        let rows = self.data.rows();
        let everything: Vec<usize> = (0..rows).collect();
        let length = if self.observation.kind == ObservationKind::Gaussian { 1.0 } else { 0.5 };
        let mut best = f64::INFINITY;
        let mut held = posterior.clone();
        for step in 0..=steps {
            let mut next = posterior.emptied();
            let mut value = 0.0;
            for group in everything.chunks(CLOSING_ROWS) {
                keep_going(observer.progress(1.0), "closing the posterior")?;
                let sums = self.sums(group, theta, z, posterior, None, log)?;
                value += sums.divergence / rows as f64 - sums.expected;
                if step < steps {
                    next.take(&sums, 1.0, 1.0, 1.0 / rows as f64);
                }
            }
            if value.is_nan() || value > best {
                // The last step went too far, which only those of likelihoods that are not normal can.
                *posterior = held;
                break;
            }
            best = value;
            if step < steps {
                held.clone_from(posterior);
                posterior.towards(&next, length);
                if posterior.settle().is_err() {
                    *posterior = held;
                    break;
                }
            }
        }
        Ok(best)
    }
}

/// A process known through the values at the inducing points near to where it is asked for.
struct SwsgpModel {
    kernel: Kernel,
    observation: Observation,
    theta: Vec<f64>,
    /// (point, dimension), standardised.
    points: Vec<f64>,
    posterior: NeighbourPosterior,
    neighbours: usize,
}

impl SwsgpModel {
    fn own(&self) -> &[f64] {
        &self.theta[..self.kernel.parameter_count()]
    }

    fn observed(&self) -> &[f64] {
        &self.theta[self.kernel.parameter_count()..]
    }

    /// Mean and variance of the latent function.
    fn latent(&self, inputs: &[f64]) -> Result<(Vec<f64>, Vec<f64>), Error> {
        let scales = self.kernel.length_scales(self.own());
        let mut variance = vec![0.0; inputs.len() / self.kernel.dimensions()];
        self.kernel.diagonal(inputs, self.own(), &mut variance);
        let mut mean = Vec::with_capacity(variance.len());
        for (row, variance) in inputs.chunks_exact(self.kernel.dimensions()).zip(&mut variance) {
            let active = nearest(row, &self.points, &scales, self.neighbours);
            let mut log = JitterLog::default();
            let local = localise(&self.kernel, self.own(), row, &self.points, active, &mut log)?;
            let weights = local.active.iter().zip(&local.weights);
            mean.push(weights.clone().map(|(&j, b)| b * self.posterior.mean[j]).sum());
            let spread: f64 = weights.map(|(&j, b)| b * b * self.posterior.variances[j]).sum();
            *variance = (*variance - dot(&local.cross, &local.weights) + spread).max(1e-12);
        }
        Ok((mean, variance))
    }
}

impl FittedModel for SwsgpModel {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn predict(&self, inputs: &[f64]) -> Result<Prediction, Error> {
        let (mean, latent_variance) = self.latent(inputs)?;
        let places = mean.iter().zip(&latent_variance);
        let (mean, variance) =
            places.map(|(&mean, &own)| self.observation.observed(mean, own, self.observed())).unzip();
        Ok(Prediction { mean, latent_variance, variance })
    }

    /// All rows see the points that are near to any of them: what is near to one alone would leave them uncorrelated.
    fn joint(&self, inputs: &[f64]) -> Result<(Vec<f64>, Vec<f64>), Error> {
        let dimensions = self.kernel.dimensions();
        let scales = self.kernel.length_scales(self.own());
        let mut active: Vec<usize> = inputs
            .chunks_exact(dimensions)
            .flat_map(|row| nearest(row, &self.points, &scales, self.neighbours))
            .collect();
        active.sort_unstable();
        active.dedup();
        let means: Vec<f64> = active.iter().map(|&j| self.posterior.mean[j]).collect();
        let variances: Vec<f64> = active.iter().map(|&j| self.posterior.variances[j]).collect();
        let mut log = JitterLog::default();
        let first = &inputs[..dimensions];
        let local = localise(&self.kernel, self.own(), first, &self.points, active, &mut log)?;
        let (rows, size) = (inputs.len() / dimensions, means.len());
        let mut whitened = vec![0.0; rows * size];
        self.kernel.block(inputs, &local.points, self.own(), &mut whitened);
        let view = MatMut::from_column_major_slice_mut(&mut whitened, size, rows);
        solve_lower_triangular_in_place(local.factor.L(), view, Par::Seq);
        let mut weights = whitened.clone();
        let view = MatMut::from_column_major_slice_mut(&mut weights, size, rows);
        faer::linalg::triangular_solve::solve_upper_triangular_in_place(
            local.factor.L().transpose(),
            view,
            Par::Seq,
        );
        let mean = weights.chunks_exact(size).map(|own| dot(own, &means)).collect();
        let mut covariance = vec![0.0; rows * rows];
        self.kernel.block(inputs, inputs, self.own(), &mut covariance);
        for i in 0..rows {
            for j in 0..rows {
                let (a, b) = (&weights[i * size..][..size], &weights[j * size..][..size]);
                let spread: f64 = a.iter().zip(b).zip(&variances).map(|((a, b), s)| a * b * s).sum();
                covariance[i * rows + j] +=
                    spread - dot(&whitened[i * size..][..size], &whitened[j * size..][..size]);
            }
        }
        Ok((mean, covariance))
    }

    fn judge(&self, inputs: &[f64], targets: &[f64]) -> Result<Option<Judged>, Error> {
        let (mean, variance) = self.latent(inputs)?;
        Ok(self.observation.judge(mean.into_iter().zip(variance), targets, self.observed()))
    }

    fn save(&self) -> SavedParts {
        let size = self.posterior.mean.len();
        SavedParts { kernel: self.kernel.text().to_owned(), ..SavedParts::default() }
            .with_text("likelihood", self.observation.kind.name())
            .with_number("offset", self.observation.offset)
            .with_number("neighbours", self.neighbours as f64)
            .with("theta", &[self.theta.len()], self.theta.clone())
            .with("inducing", &[size, self.kernel.dimensions()], self.points.clone())
            .with("mean", &[size], self.posterior.mean.clone())
            .with("variances", &[size], self.posterior.variances.clone())
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
    Ok(Box::new(SwsgpModel {
        kernel: Kernel::parse(&parts.kernel, dimensions)?,
        observation: Observation::restored(parts)?,
        theta: parts.array("theta")?.to_vec(),
        points: parts.array("inducing")?.to_vec(),
        posterior: NeighbourPosterior::of(parts.array("mean")?.to_vec(), parts.array("variances")?.to_vec()),
        neighbours: parts.number("neighbours")? as usize,
    }))
}

#[cfg(test)]
mod tests;
