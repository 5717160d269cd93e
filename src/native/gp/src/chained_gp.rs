use faer::{Mat, MatRef};
use filigree_core::{Error, NpyWriter, Observer, Silent, StopReason, dot, keep_going, tiles};
use rayon::prelude::*;

use crate::fitted_model::{Fit, FittedModel, Judged};
use crate::jitter::JitterLog;
use crate::kernel::Kernel;
use crate::observation::{Observation, ObservationKind};
use crate::prediction::Prediction;
use crate::saved_model::SavedParts;
use crate::stochastic::{Begun, StochasticParams};
use crate::svgp_objective::{Posterior, Prior, RowSums, SvgpObjective, latent_moments, projected};
use crate::table_data::{Standardisation, TrainingData};

/// The name a saved model of this kind is read by.
pub const KIND: &str = "chained";

/// Natural steps over all rows at the end, hyper-parameters held, and their length.
const CLOSING_STEPS: usize = 12;
const CLOSING_LENGTH: f64 = 0.5;

/// Rows whose moments a thread computes at once.
const TILE: usize = 128;

/// The function and the logarithm of the noise's variance, each a process known at the same inducing points.
const FUNCTION: usize = 0;
const NOISE: usize = 1;

/// Two processes that explain each row together (Saul, Hensman, Vehtari & Lawrence, AISTATS 2016):
/// y = f + ε with ln var ε = middle + g. Each of them sees a problem with one process: f one with given noise of the
/// precision E[1/var ε], and g one whose targets are the expected squares of the errors.
struct Chain<'a> {
    kernel: &'a Kernel,
    data: &'a TrainingData,
    normal: Observation,
    varying: Observation,
}

/// Where both processes stand.
struct State<'a> {
    /// θ of the function with that of a learned noise that there is not, and θ of the noise with its middle.
    thetas: [Vec<f64>; 2],
    points: &'a [f64],
    priors: [Prior; 2],
}

impl<'a> Chain<'a> {
    fn new(kernel: &'a Kernel, data: &'a TrainingData) -> Result<Self, Error> {
        let normal = Observation::new(ObservationKind::Gaussian)?;
        Ok(Self { kernel, data, normal, varying: Observation::new(ObservationKind::Heteroscedastic)? })
    }

    fn state<'p>(&self, theta: &[f64], points: &'p [f64], log: &mut JitterLog) -> Result<State<'p>, Error> {
        let (function, noise) = theta.split_at(self.kernel.parameter_count());
        let mut function = function.to_vec();
        function.push(f64::NEG_INFINITY);
        let thetas = [function, noise.to_vec()];
        let objective = SvgpObjective { kernel: self.kernel, data: self.data, observation: &self.normal };
        let priors =
            [objective.prior(&thetas[FUNCTION], points, log)?, objective.prior(&thetas[NOISE], points, log)?];
        Ok(State { thetas, points, priors })
    }

    /// What some rows say to either process: the expectation of both is that of the second.
    fn sums(
        &self,
        rows: &[usize],
        state: &State<'_>,
        posteriors: &[Posterior; 2],
        with_gradient: bool,
    ) -> [RowSums; 2] {
        let own = self.data.subset(rows);
        let count = self.kernel.parameter_count();
        let [function, noise] = [FUNCTION, NOISE].map(|which| {
            moments(
                self.kernel,
                &state.thetas[which][..count],
                &own.inputs,
                state.points,
                &state.priors[which],
                &posteriors[which],
            )
        });
        let middle = state.thetas[NOISE][count];
        let mut targets = own.clone();
        let (mut given, mut squares) = (Vec::new(), Vec::new());
        for (row, (f, g)) in function.iter().zip(&noise).enumerate() {
            given.push((middle + g.0 - 0.5 * g.1).exp() / own.counts[row]);
            squares.push((own.target[row] - f.0).powi(2) + f.1);
        }
        targets.given_noise = Some(given);
        let all: Vec<usize> = (0..rows.len()).collect();
        let of = |which: usize, data: &TrainingData, observation: &Observation| {
            let objective = SvgpObjective { kernel: self.kernel, data, observation };
            let (theta, prior) = (&state.thetas[which], &state.priors[which]);
            objective.sums(&all, theta, state.points, prior, &posteriors[which], with_gradient)
        };
        let first = of(FUNCTION, &targets, &self.normal);
        targets.given_noise = None;
        targets.target = squares;
        [first, of(NOISE, &targets, &self.varying)]
    }
}

/// Mean and variance of a process at some rows, tiles of them in parallel.
fn moments(
    kernel: &Kernel,
    theta: &[f64],
    inputs: &[f64],
    points: &[f64],
    prior: &Prior,
    posterior: &Posterior,
) -> Vec<(f64, f64)> {
    let dimensions = kernel.dimensions();
    let pieces: Vec<_> = tiles(0..inputs.len() / dimensions, TILE).collect();
    let of = |tile: std::ops::Range<usize>| {
        let rows = &inputs[tile.start * dimensions..tile.end * dimensions];
        let (mean, variance) = latent_moments(kernel, theta, rows, points, prior, posterior);
        mean.into_iter().zip(variance).collect::<Vec<_>>()
    };
    let parts: Vec<Vec<(f64, f64)>> = pieces.into_par_iter().map(of).collect();
    parts.concat()
}

/// Fits a function and a noise that varies with the inputs from minibatches: natural steps on both posteriors, Adam on
/// all else, as for one process.
pub fn fit(
    params: &StochasticParams,
    data: &TrainingData,
    seed: u64,
    observer: &mut dyn Observer,
) -> Result<Fit, Error> {
    if data.given_noise.is_some() {
        return Err(Error::parameter(
            "observation",
            "The table gives variances of the noise, and noise that varies is learned without them. Choose normal noise, which adds to what is given, or take the role from that column.",
        ));
    }
    let mut begun = Begun::new(params, data, seed, observer)?;
    let kernel = begun.kernel.clone();
    let chain = Chain::new(&kernel, data)?;
    let count = kernel.parameter_count();
    let mut posteriors = [FUNCTION, NOISE].map(|_| Posterior::prior(begun.points()));
    begun.pass(
        params,
        data.rows(),
        seed,
        |batch, at, length, log| {
            let state = chain.state(at.theta, at.points, log)?;
            let [function, noise] = chain.sums(batch, &state, &posteriors, true);
            let scale = data.rows() as f64 / batch.len() as f64;
            let divergence: f64 = posteriors.iter().map(Posterior::divergence).sum();
            let value = divergence - scale * noise.expected;
            posteriors[FUNCTION].step(&function, scale, length)?;
            posteriors[NOISE].step(&noise, scale, length)?;
            let by_theta = function.theta[..count].iter().chain(&noise.theta).copied();
            let by_points = function.points.iter().zip(&noise.points).map(|(a, b)| a + b);
            Ok((value, by_theta.chain(by_points).map(|slope| scale * slope).collect()))
        },
        observer,
    )?;
    let (theta, points) = begun.split();
    let (theta, points) = (theta.to_vec(), points.to_vec());
    let state = chain.state(&theta, &points, &mut begun.jitter)?;
    let everything: Vec<usize> = (0..data.rows()).collect();
    let cancelled = begun.stop_reason == StopReason::Cancelled;
    let mut quiet = Silent;
    let listener: &mut dyn Observer = if cancelled { &mut quiet } else { observer };
    let closing = if cancelled { 0 } else { CLOSING_STEPS };
    let mut best: Option<f64> = None;
    let mut kept = posteriors.clone();
    for step in 0..=closing {
        keep_going(listener.progress(1.0), "closing the posterior")?;
        let [function, noise] = chain.sums(&everything, &state, &posteriors, false);
        let reached = posteriors.iter().map(Posterior::divergence).sum::<f64>() - noise.expected;
        let settled = best.is_some_and(|before| (before - reached).abs() < 1e-6 * reached.abs());
        if best.is_some_and(|before| reached.is_nan() || reached > before) {
            // The last step went too far.
            posteriors = kept;
            break;
        }
        best = Some(reached);
        if step == closing || settled {
            break;
        }
        kept = posteriors.clone();
        let taken = posteriors[FUNCTION].step(&function, 1.0, CLOSING_LENGTH);
        if taken.and_then(|()| posteriors[NOISE].step(&noise, 1.0, CLOSING_LENGTH)).is_err() {
            posteriors = kept;
            break;
        }
    }
    let State { thetas, priors, .. } = state;
    let mut learned = begun.learned(data, best.unwrap_or(f64::NAN));
    // No single number is the variance of the noise.
    learned.noise = None;
    let varying = chain.varying;
    let model = ChainedModel { kernel: kernel.clone(), varying, thetas, points, priors, posteriors };
    Ok(Fit { model: Box::new(model), learned })
}

/// A function and the logarithm of the variance of its noise, each known through its values at inducing points.
struct ChainedModel {
    kernel: Kernel,
    varying: Observation,
    thetas: [Vec<f64>; 2],
    /// (point, dimension), standardised.
    points: Vec<f64>,
    priors: [Prior; 2],
    posteriors: [Posterior; 2],
}

impl ChainedModel {
    fn own(&self, which: usize) -> &[f64] {
        &self.thetas[which][..self.kernel.parameter_count()]
    }

    fn middle(&self) -> &[f64] {
        &self.thetas[NOISE][self.kernel.parameter_count()..]
    }

    fn moments(&self, which: usize, inputs: &[f64]) -> Vec<(f64, f64)> {
        let (prior, posterior) = (&self.priors[which], &self.posteriors[which]);
        moments(&self.kernel, self.own(which), inputs, &self.points, prior, posterior)
    }
}

impl FittedModel for ChainedModel {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn predict(&self, inputs: &[f64]) -> Result<Prediction, Error> {
        let mut prediction = Prediction::default();
        for (f, g) in self.moments(FUNCTION, inputs).into_iter().zip(self.moments(NOISE, inputs)) {
            let (_, noise) = self.varying.observed(g.0, g.1, self.middle());
            prediction.mean.push(f.0);
            prediction.latent_variance.push(f.1);
            prediction.variance.push(f.1 + noise);
        }
        Ok(prediction)
    }

    fn joint(&self, inputs: &[f64]) -> Result<(Vec<f64>, Vec<f64>), Error> {
        let (prior, posterior) = (&self.priors[FUNCTION], &self.posteriors[FUNCTION]);
        let size = posterior.mean.len();
        let (v, w) = projected(&self.kernel, self.own(FUNCTION), inputs, &self.points, prior, posterior);
        let mean: Vec<f64> = v.chunks_exact(size).map(|v| dot(v, &posterior.mean)).collect();
        let mut covariance = vec![0.0; mean.len() * mean.len()];
        self.kernel.block(inputs, inputs, self.own(FUNCTION), &mut covariance);
        for (place, value) in covariance.iter_mut().enumerate() {
            let (i, j) = (place / mean.len() * size, place % mean.len() * size);
            *value += dot(&w[i..][..size], &w[j..][..size]) - dot(&v[i..][..size], &v[j..][..size]);
        }
        Ok((mean, covariance))
    }

    fn judge(&self, inputs: &[f64], targets: &[f64]) -> Result<Option<Judged>, Error> {
        let (function, noise) = (self.moments(FUNCTION, inputs), self.moments(NOISE, inputs));
        Ok(Some(self.varying.judge_varying(&function, &noise, targets, self.middle()[0])))
    }

    fn save(&self) -> SavedParts {
        let size = self.posteriors[FUNCTION].mean.len();
        let square = |of: &Mat<f64>| (0..size * size).map(|k| of[(k / size, k % size)]).collect();
        let mut parts = SavedParts { kernel: self.kernel.text().to_owned(), ..SavedParts::default() }.with(
            "inducing",
            &[size, self.kernel.dimensions()],
            self.points.clone(),
        );
        for (which, name) in [(FUNCTION, "function"), (NOISE, "noise")] {
            let (prior, posterior) = (&self.priors[which], &self.posteriors[which]);
            let theta = if which == FUNCTION { self.own(which) } else { &self.thetas[which] };
            parts = parts
                .with(&format!("{name}Theta"), &[theta.len()], theta.to_vec())
                .with(&format!("{name}Factor"), &[size, size], square(&prior.factor))
                .with(&format!("{name}PrecisionFactor"), &[size, size], square(&posterior.factor))
                .with(&format!("{name}Mean"), &[size], posterior.mean.clone());
        }
        parts
    }

    fn write_extra(
        &self,
        standardisation: &Standardisation,
        folder: &std::path::Path,
    ) -> Result<Vec<String>, Error> {
        let points = self.points.chunks_exact(self.kernel.dimensions());
        let restored: Vec<f64> = points.flat_map(|point| standardisation.restored(point)).collect();
        let shape = [self.posteriors[FUNCTION].mean.len(), standardisation.centre.len()];
        Ok(vec![NpyWriter::write_all(folder, "inducingPoints.npy", &shape, &restored)?])
    }
}

/// Makes a saved model of this kind again.
pub fn restore(parts: &SavedParts, dimensions: usize) -> Result<Box<dyn FittedModel>, Error> {
    let of = |name: &str| -> Result<(Vec<f64>, Prior, Posterior), Error> {
        let mean = parts.array(&format!("{name}Mean"))?.to_vec();
        let size = mean.len();
        let square = |what: &str| -> Result<Mat<f64>, Error> {
            let values = parts.array(&format!("{name}{what}"))?;
            Ok(MatRef::from_row_major_slice(values, size, size).to_owned())
        };
        let factor = square("PrecisionFactor")?;
        let theta = parts.array(&format!("{name}Theta"))?.to_vec();
        Ok((theta, Prior::of(square("Factor")?), Posterior::of(mean, factor)))
    };
    let (function, noise) = (of("function")?, of("noise")?);
    Ok(Box::new(ChainedModel {
        kernel: Kernel::parse(&parts.kernel, dimensions)?,
        varying: Observation::new(ObservationKind::Heteroscedastic)?,
        thetas: [function.0, noise.0],
        points: parts.array("inducing")?.to_vec(),
        priors: [function.1, noise.1],
        posteriors: [function.2, noise.2],
    }))
}

#[cfg(test)]
mod tests;
