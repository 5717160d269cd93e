use filigree_core::{Error, Flow, Observer, Random, Section, Step, StopReason, keep_going};

use crate::fitted_model::Learned;
use crate::hold_out::shuffled;
use crate::inducing_points::{Selection, select};
use crate::jitter::JitterLog;
use crate::kernel::{InputSpread, Kernel, Parameter};
use crate::observation::{Observation, ObservationKind};
use crate::scaled_model::KeptBack;
use crate::table_data::{Preparation, TrainingData, Trend};

/// Stream of random numbers that shuffles the rows; each epoch has one of its own after it.
const STREAM: u64 = 1 << 36;

/// Points whose matrices a run can afford.
const MOST_POINTS: usize = 5000;

/// Share of the epochs after which steps grow shorter, and how short they end.
const DECAY_FROM: f64 = 0.5;
const DECAY_TO: f64 = 0.05;

/// Share of the epochs before which a standstill means nothing: steps have to grow short first.
const JUDGED_FROM: f64 = 0.9;

/// Steps shortened to less than this share are shortened no further: what breaks down then is not their length.
const SHORTEST: f64 = 1e-3;

/// Share of the work before the first epoch.
const CHOICE_END: f64 = 0.05;

/// What every fit from minibatches takes.
#[derive(Clone, Debug, PartialEq)]
pub struct StochasticParams {
    /// The kernel, as it is typed.
    pub kernel: String,
    /// What is taken out of the target first; of scalable targets only.
    pub trend: Trend,
    /// Whether inputs and target are standardised.
    pub standardise: bool,
    /// How targets come about.
    pub observation: ObservationKind,
    /// Number of inducing points; all rows where there are no more.
    pub points: usize,
    /// How they are chosen first.
    pub selection: Selection,
    /// Rows of a step.
    pub batch: usize,
    /// Passes over the rows.
    pub epochs: usize,
    /// Step length of Adam on hyper-parameters and points.
    pub learning_rate: f64,
    /// Step length along the natural gradient.
    pub natural_step: f64,
    /// Stop when three of the last epochs change the bound by less than this, for each row.
    pub tolerance: f64,
    /// Whether predictive deviations are scaled by rows kept back from learning; of normal noise only.
    pub calibrate: bool,
}

impl Default for StochasticParams {
    fn default() -> Self {
        Self {
            kernel: "matern32".to_owned(),
            trend: Trend::Constant,
            standardise: true,
            observation: ObservationKind::Gaussian,
            points: 500,
            selection: Selection::KMeans,
            batch: 512,
            epochs: 20,
            learning_rate: 0.02,
            natural_step: 0.1,
            tolerance: 1e-3,
            calibrate: true,
        }
    }
}

impl StochasticParams {
    /// Says which parameter is wrong and why.
    pub fn check(&self) -> Result<(), Error> {
        let counts = [
            ("points", self.points, MOST_POINTS),
            ("batch", self.batch, 1 << 20),
            ("epochs", self.epochs, 100_000),
        ];
        if let Some((name, value, most)) =
            counts.into_iter().find(|(_, value, most)| !(1..=*most).contains(value))
        {
            return Err(Error::parameter(name, format!("{value} was asked for; choose 1 to {most}.")));
        }
        for (name, value) in [("learningRate", self.learning_rate), ("naturalStep", self.natural_step)] {
            if !(value > 0.0 && value <= 1.0) {
                return Err(Error::parameter(
                    name,
                    format!("A step length of {value} was asked for; it must be above 0 and at most 1."),
                ));
            }
        }
        if !(self.tolerance >= 0.0 && self.tolerance < 1.0) {
            return Err(Error::parameter(
                "tolerance",
                format!("The tolerance is {}; it must be from 0 to below 1.", self.tolerance),
            ));
        }
        Ok(())
    }

    /// Rows kept back from learning, to judge deviations by: of normal noise, which one factor can mend.
    pub fn kept_back(&self, data: &TrainingData, seed: u64) -> Option<KeptBack> {
        KeptBack::of(data, self.calibrate && self.observation == ObservationKind::Gaussian, seed)
    }

    /// How a table is made ready.
    pub fn preparation(&self) -> Preparation {
        Preparation {
            trend: self.trend,
            standardise: self.standardise,
            scale_target: self.observation.is_scalable(),
            // The mean of the targets of duplicates does not say all that these likelihoods ask for.
            merge_duplicates: !matches!(
                self.observation,
                ObservationKind::StudentT | ObservationKind::Heteroscedastic
            ),
        }
    }
}

/// Where a step stands.
pub struct Place<'a> {
    /// Hyper-parameters of kernel and likelihood.
    pub theta: &'a [f64],
    /// (point, dimension).
    pub points: &'a [f64],
}

/// A fit from minibatches: what it moves, and what it has to tell.
pub struct Begun {
    pub kernel: Kernel,
    pub observation: Observation,
    pub parameters: Vec<Parameter>,
    pub jitter: JitterLog,
    pub stop_reason: StopReason,
    stop_message: String,
    path: Vec<Vec<f64>>,
    /// Hyper-parameters, then the coordinates of the points.
    variables: Vec<f64>,
    /// Variables at the last step that held.
    held: Vec<f64>,
    /// What steps are shortened to, as some broke down.
    shortened: f64,
    setbacks: usize,
    /// Adam's means of gradients and of their squares.
    moments: Vec<(f64, f64)>,
    steps: usize,
    dimensions: usize,
}

impl Begun {
    /// Checks everything and chooses inducing points.
    pub fn new(
        params: &StochasticParams,
        data: &TrainingData,
        seed: u64,
        observer: &mut dyn Observer,
    ) -> Result<Self, Error> {
        params.check()?;
        params.observation.check(&data.target)?;
        let kernel = data.kernel(&params.kernel)?;
        let spread = InputSpread::of(&data.inputs, data.dimensions);
        let variance = if params.observation.is_scalable() {
            data.target.iter().map(|y| y * y).sum::<f64>() / data.rows() as f64
        } else {
            1.0
        };
        let mut parameters = kernel.parameters(&spread, variance);
        if params.observation == ObservationKind::Heteroscedastic {
            // A logarithmic variance that differs by about one between rows.
            let of_noise = kernel.parameters(&spread, 1.0).into_iter();
            parameters
                .extend(of_noise.map(|own| Parameter { name: format!("{}, of the noise", own.name), ..own }));
        }
        parameters.extend(params.observation.parameters(variance));
        let mut variables: Vec<f64> = parameters.iter().map(|parameter| parameter.start).collect();
        observer.stage("Choosing inducing points");
        let mut section = Section::new(observer, 0.0, CHOICE_END);
        let first = &variables[..kernel.parameter_count()];
        let chosen = select(params.selection, data, params.points, &kernel, first, seed, &mut section)?;
        variables.extend(&chosen);
        Ok(Self {
            observation: Observation::of(params.observation, &data.target)?,
            kernel,
            parameters,
            jitter: JitterLog::default(),
            stop_reason: StopReason::IterationLimit,
            stop_message: String::new(),
            path: Vec::new(),
            moments: vec![(0.0, 0.0); variables.len()],
            held: variables.clone(),
            variables,
            shortened: 1.0,
            setbacks: 0,
            steps: 0,
            dimensions: data.dimensions,
        })
    }

    /// Number of inducing points.
    pub fn points(&self) -> usize {
        (self.variables.len() - self.parameters.len()) / self.dimensions
    }

    /// Hyper-parameters, and the coordinates of the points.
    pub fn split(&self) -> (&[f64], &[f64]) {
        self.variables.split_at(self.parameters.len())
    }

    /// Passes over the rows in minibatches. `step` is given rows, the place and the length of a natural step; it takes
    /// that step and answers with the negative bound and the gradient of the bound by all variables.
    pub fn pass(
        &mut self,
        params: &StochasticParams,
        rows: usize,
        seed: u64,
        mut step: impl FnMut(&[usize], &Place<'_>, f64, &mut JitterLog) -> Result<(f64, Vec<f64>), Error>,
        observer: &mut dyn Observer,
    ) -> Result<(), Error> {
        observer.stage("Passing over the rows");
        let mut section = Section::new(observer, CHOICE_END, 1.0);
        let mut means: Vec<f64> = Vec::new();
        loop {
            let epoch = means.len();
            if epoch == params.epochs {
                self.stop_message = format!("Done with {epoch} passes over the rows.");
                return Ok(());
            }
            match self.epoch(epoch, params, rows, seed, &mut step, &mut section) {
                Err(Error::Cancelled(_)) if epoch > 0 => {
                    self.cancelled(epoch);
                    return Ok(());
                }
                passed => {
                    let (mean, gradient) = passed?;
                    means.push(mean);
                    self.path.push(self.variables[..self.parameters.len()].to_vec());
                    let row = [mean, gradient];
                    let told = Step { iteration: epoch + 1, iteration_limit: params.epochs, row: &row };
                    if section.iteration(&told) == Flow::Stop {
                        self.cancelled(epoch + 1);
                        return Ok(());
                    }
                }
            }
            if epoch >= 3 && (epoch as f64) >= JUDGED_FROM * params.epochs as f64 {
                let change = means[epoch - 3] - means[epoch];
                if change.abs() < params.tolerance {
                    self.stop_reason = StopReason::Converged;
                    self.stop_message = format!(
                        "Converged after {} passes over the rows: the last three changed the bound by {change:.1e} a row.",
                        epoch + 1
                    );
                    return Ok(());
                }
            }
        }
    }

    fn cancelled(&mut self, epochs: usize) {
        self.stop_reason = StopReason::Cancelled;
        self.stop_message =
            format!("Cancelled after {epochs} passes over the rows; what they found was kept.");
    }

    /// One pass; the mean of the negative bound over its steps, for each row, and the largest component of the last
    /// gradient.
    fn epoch(
        &mut self,
        epoch: usize,
        params: &StochasticParams,
        rows: usize,
        seed: u64,
        step: &mut impl FnMut(&[usize], &Place<'_>, f64, &mut JitterLog) -> Result<(f64, Vec<f64>), Error>,
        observer: &mut dyn Observer,
    ) -> Result<(f64, f64), Error> {
        let order = shuffled(rows, &mut Random::new(seed, STREAM + epoch as u64));
        let batches = order.chunks(params.batch.min(rows));
        let count = batches.len();
        let (mut sum, mut largest, mut held) = (0.0, 0.0, 0usize);
        for (index, batch) in batches.enumerate() {
            let done = (epoch as f64 + index as f64 / count as f64) / params.epochs as f64;
            keep_going(observer.progress(done), "passing over the rows")?;
            let late = ((done - DECAY_FROM) / (1.0 - DECAY_FROM)).max(0.0);
            let shrink = self.shortened * DECAY_TO.powf(late);
            let (theta, points) = self.variables.split_at(self.parameters.len());
            let place = Place { theta, points };
            let taken = step(batch, &place, params.natural_step * shrink, &mut self.jitter);
            let finite = |gradient: &[f64]| gradient.iter().all(|slope| slope.is_finite());
            let (value, mut gradient) = match taken {
                Ok((value, gradient)) if finite(&gradient) => (value, gradient),
                Err(error) if !matches!(error, Error::Breakdown(_)) => return Err(error),
                broken => {
                    self.set_back(broken.err())?;
                    continue;
                }
            };
            held += 1;
            self.held.copy_from_slice(&self.variables);
            sum += value;
            gradient.iter_mut().for_each(|slope| *slope /= rows as f64);
            largest = gradient.iter().fold(0.0f64, |most, slope| most.max(slope.abs()));
            self.adam(&gradient, params.learning_rate * shrink);
        }
        Ok((sum / (held.max(1) * rows) as f64, largest))
    }

    /// Back to where a step held, and on with steps of half the length.
    fn set_back(&mut self, error: Option<Error>) -> Result<(), Error> {
        if self.shortened < SHORTEST {
            return Err(error.unwrap_or_else(|| {
                Error::Breakdown(
                    "The gradient is not finite, however short the steps. Look for wild values in the data."
                        .to_owned(),
                )
            }));
        }
        self.setbacks += 1;
        self.shortened *= 0.5;
        self.variables.copy_from_slice(&self.held);
        self.moments.fill((0.0, 0.0));
        Ok(())
    }

    /// Adam (Kingma & Ba, ICLR 2015), upwards and within the bounds.
    fn adam(&mut self, gradient: &[f64], length: f64) {
        const FIRST: f64 = 0.9;
        const SECOND: f64 = 0.99;
        self.steps += 1;
        let count = self.steps as i32;
        let (whole_first, whole_second) = (1.0 - FIRST.powi(count), 1.0 - SECOND.powi(count));
        for ((value, moment), slope) in self.variables.iter_mut().zip(&mut self.moments).zip(gradient) {
            moment.0 = FIRST * moment.0 + (1.0 - FIRST) * slope;
            moment.1 = SECOND * moment.1 + (1.0 - SECOND) * slope * slope;
            *value += length * moment.0 / whole_first / ((moment.1 / whole_second).sqrt() + 1e-10);
        }
        for (value, parameter) in self.variables.iter_mut().zip(&self.parameters) {
            *value = value.clamp(parameter.lower, parameter.upper);
        }
    }

    /// What was learned, with the negative bound over all rows.
    pub fn learned(self, data: &TrainingData, value: f64) -> Learned {
        let points = self.points();
        let theta = self.split().0.to_vec();
        let count = self.kernel.parameter_count();
        let gaussian = self.observation.kind == ObservationKind::Gaussian;
        let within = if gaussian { data.within_rows(theta[count].exp()).0 } else { 0.0 };
        let objective = (value + within) / data.rows_before as f64;
        let mut warnings = Vec::new();
        if self.setbacks > 0 {
            warnings.push(format!(
                "{} steps broke down and were taken back; the ones after them were shorter, down to {:.1e} of their length.",
                self.setbacks, self.shortened
            ));
        }
        Learned {
            length_scales: self.kernel.length_scales(&theta[..count]),
            noise: self.observation.kind.is_scalable().then(|| theta[count].exp()),
            theta,
            parameters: self.parameters,
            iterations: self.path.len(),
            path: self.path,
            objective,
            jitter: self.jitter,
            stop_reason: self.stop_reason,
            stop_message: self.stop_message,
            warnings,
            figures: vec![
                ("inducingPoints", points as f64),
                ("lowerBound", -objective),
                ("steps", self.steps as f64),
            ],
        }
    }
}
