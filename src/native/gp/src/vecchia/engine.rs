use filigree_core::{Error, Observer, Section, StopReason};

use super::conditional::RowNoise;
use super::deviation_scale::{Calibrate, DeviationScale, learn_scale};
use super::fisher_scoring::{Bounds, Ending, Place};
use super::hyper::Hyper;
use super::likelihood::Observations;
use super::maximin::Ordering;
use super::model::VecchiaModel;
use super::predictor::Predictor;
use super::radial::Radial;
use super::staged_fit::{FitSettings, Fitted, Within, staged_fit};
use crate::fitted_model::{Engine, Fit, Learned};
use crate::jitter::JitterLog;
use crate::kernel::{InputSpread, Kernel, Parameter};
use crate::search::SearchParams;
use crate::table_data::{Preparation, TrainingData, Trend};

/// Most neighbours that a conditional may have: beyond them, its dense blocks take longer than they are worth.
pub const MOST_NEIGHBOURS: usize = 1000;

/// Shares of the progress bar at which the fit ends.
const FIT_END: f64 = 0.8;

/// Parameters of the sparse inverse Cholesky.
#[derive(Clone, Debug, PartialEq)]
pub struct VecchiaParams {
    /// The correlation: rbf, matern12, matern32, matern52 or rq.
    pub kernel: String,
    /// What the process varies about.
    pub trend: Trend,
    /// Whether inputs and target are standardised.
    pub standardise: bool,
    /// Earlier rows that each row is conditioned on in the likelihood.
    pub neighbours: usize,
    /// Rows that each prediction is made from.
    pub prediction_neighbours: usize,
    /// Ordering of the conditionals.
    pub ordering: Ordering,
    /// What deviations of predictions are scaled by.
    pub calibrate: Calibrate,
    /// How hyper-parameters are looked for.
    pub search: SearchParams,
}

impl Default for VecchiaParams {
    fn default() -> Self {
        Self {
            kernel: "matern32".to_owned(),
            trend: Trend::Constant,
            standardise: true,
            neighbours: 30,
            prediction_neighbours: 200,
            ordering: Ordering::Maximin,
            calibrate: Calibrate::Local,
            search: SearchParams { max_iterations: 40, ..SearchParams::default() },
        }
    }
}

impl Ordering {
    /// Every ordering with its name at the boundaries.
    pub const NAMES: &[(Self, &str)] = &[(Self::Maximin, "maximin"), (Self::Random, "random")];
}

impl Calibrate {
    /// Every choice with its name at the boundaries.
    pub const NAMES: &[(Self, &str)] =
        &[(Self::None, "none"), (Self::Levels, "levels"), (Self::Local, "local")];
}

impl VecchiaParams {
    /// Says which parameter is wrong and why.
    pub fn check(&self) -> Result<(), Error> {
        radial(&self.kernel)?;
        let counts = [("neighbours", self.neighbours), ("predictionNeighbours", self.prediction_neighbours)];
        for (parameter, count) in counts {
            if !(1..=MOST_NEIGHBOURS).contains(&count) {
                return Err(Error::parameter(
                    parameter,
                    format!(
                        "{count} neighbours were asked for; choose 1 to {MOST_NEIGHBOURS}, such as 30 for a fit and 200 for predictions."
                    ),
                ));
            }
        }
        self.search.check()
    }
}

/// The correlation of a name.
pub fn radial(kernel: &str) -> Result<Radial, Error> {
    match kernel.trim().to_lowercase().as_str() {
        "rbf" => Ok(Radial::SquaredExponential),
        "matern12" => Ok(Radial::Matern12),
        "matern32" => Ok(Radial::Matern32),
        "matern52" => Ok(Radial::Matern52),
        "rq" => Ok(Radial::RationalQuadratic),
        _ => Err(Error::parameter(
            "kernel",
            format!(
                "Neighbours are found by a distance, which the kernel “{kernel}” does not have: choose rbf, matern12, matern32, matern52 or rq over all inputs, or fit with inducing points."
            ),
        )),
    }
}

impl Engine for VecchiaParams {
    fn preparation(&self) -> Preparation {
        Preparation { trend: self.trend, standardise: self.standardise, ..Preparation::default() }
    }

    fn fit(&self, data: &TrainingData, seed: u64, observer: &mut dyn Observer) -> Result<Fit, Error> {
        self.check()?;
        let variance = data.target.iter().map(|y| y * y).sum::<f64>() / data.rows() as f64;
        let kernel = Kernel::parse(&self.kernel, data.dimensions)?;
        let mut parameters = kernel.parameters(&InputSpread::of(&data.inputs, data.dimensions), variance);
        parameters.push(Parameter::noise(variance));
        let observations = observations(data, self.trend);
        let of = |own: fn(&Parameter) -> f64| parameters.iter().map(own).collect::<Vec<f64>>();
        let outline = Hyper {
            radial: radial(&self.kernel)?,
            variance: 1.0,
            length_scales: vec![1.0; data.dimensions],
            shape: 1.0,
            noise: 1.0,
        };
        let start = Place {
            hyper: outline.with_theta(&of(|own| own.start)),
            coefficients: vec![0.0; observations.trend_terms],
        };
        let settings = FitSettings {
            neighbours: self.neighbours,
            ordering: self.ordering,
            max_iterations: self.search.max_iterations,
            tolerance: self.search.tolerance,
            restarts: self.search.restarts,
            seed,
            bounds: Bounds { low: of(|own| own.lower), high: of(|own| own.upper) },
            within: Within {
                scatter: data.scatter_within,
                degrees: data.degrees_within,
                constant: 0.5 * data.degrees_within * std::f64::consts::TAU.ln() - data.within_rows(1.0).0
                    + 0.5 * data.scatter_within,
            },
        };
        let fitted = staged_fit(&observations, start, &settings, &mut Section::new(observer, 0.0, FIT_END))?;
        self.finish(fitted, data, parameters, seed, observer)
    }
}

impl VecchiaParams {
    fn finish(
        &self,
        fitted: Fitted,
        data: &TrainingData,
        parameters: Vec<Parameter>,
        seed: u64,
        observer: &mut dyn Observer,
    ) -> Result<Fit, Error> {
        let (theta, hyper) = (fitted.hyper.theta(), fitted.hyper.clone());
        let observations_count = data.rows_before as f64;
        let (stop_reason, stop_message) = ended(&fitted, observations_count);
        let mut warnings = Vec::new();
        if data.rows() <= self.neighbours {
            warnings.push(format!(
                "{} neighbours were asked for, but there are {} rows: every row is conditioned on all before it, and the fit is exact.",
                self.neighbours,
                data.rows()
            ));
        }
        if fitted.left_out > 0 {
            warnings.push(format!(
                "{} times a neighbour was left out of a conditional because those before it determine its value: rows nearly coincide and the noise is nearly nought.",
                fitted.left_out
            ));
        }
        let edges = fitted.edges(data.dimensions);
        observer.stage("Calibrating deviations on rows left out");
        let mut predictor = Predictor::new(fitted.observations, fitted.hyper, fitted.coefficients);
        // A fit that was stopped is kept as it is.
        let kind = if stop_reason == StopReason::Cancelled { Calibrate::None } else { self.calibrate };
        let learned = learn_scale(
            &mut predictor,
            kind,
            self.neighbours,
            self.prediction_neighbours,
            seed,
            &mut Section::new(observer, FIT_END, 1.0),
        )?;
        if learned.is_none() && self.calibrate != Calibrate::None {
            warnings.push(
                "Deviations were not calibrated: the fit was stopped, or there are too few rows.".to_owned(),
            );
        }
        let mut figures = vec![("neighbours", self.neighbours as f64)];
        if let Some(learned) = &learned {
            figures.extend([
                ("leaveOutCoverage", learned.coverage.0),
                ("calibratedLeaveOutCoverage", learned.coverage.1),
            ]);
        }
        let scale = learned.map_or_else(DeviationScale::none, |learned| learned.scale);
        let learned = Learned {
            parameters,
            theta,
            path: fitted.path,
            objective: -fitted.value / observations_count,
            length_scales: hyper.length_scales.clone(),
            noise: Some(hyper.noise),
            jitter: JitterLog::default(),
            iterations: fitted.iterations,
            stop_reason,
            stop_message,
            warnings,
            figures,
        };
        let model =
            VecchiaModel::new(self.kernel.clone(), predictor, scale, self.prediction_neighbours, edges);
        Ok(Fit { model: Box::new(model), learned })
    }
}

fn ended(fitted: &Fitted, rows: f64) -> (StopReason, String) {
    let (steps, gradient) = (fitted.iterations, fitted.gradient);
    let value = fitted.value / rows;
    match fitted.ending {
        Ending::Converged => (
            StopReason::Converged,
            format!(
                "Converged after {steps} steps of Fisher scoring: the next promises less than the tolerance. Log-likelihood {value:.5} an observation, largest gradient {gradient:.1e}."
            ),
        ),
        Ending::Limit => (
            StopReason::IterationLimit,
            format!(
                "Stopped at the limit of iterations after {steps} steps in all; the likelihood was still rising (largest gradient {gradient:.1e} an observation)."
            ),
        ),
        Ending::Stuck => (
            StopReason::Stagnated,
            format!(
                "Stopped after {steps} steps: no step raises the likelihood any further, though its gradient is {gradient:.1e} an observation."
            ),
        ),
        Ending::Stopped => {
            (StopReason::Cancelled, format!("Cancelled after {steps} steps; what they found was kept."))
        }
    }
}

/// Rows as conditionals take them. The trend that was taken out beforehand by least squares is corrected by its
/// generalised least squares, which know how rows are correlated.
pub fn observations(data: &TrainingData, trend: Trend) -> Observations {
    let terms = trend_terms(trend, data.dimensions);
    Observations {
        dimensions: data.dimensions,
        points: data.inputs.clone(),
        targets: data.target.clone(),
        trend: trend_columns(&data.inputs, data.dimensions, terms),
        trend_terms: terms,
        noise: RowNoise {
            weights: data.counts.iter().map(|count| 1.0 / count).collect(),
            given: data.given_noise.clone().unwrap_or_default(),
        },
    }
}

fn trend_terms(trend: Trend, dimensions: usize) -> usize {
    match trend {
        Trend::None => 0,
        Trend::Constant => 1,
        Trend::Linear => 1 + dimensions,
    }
}

/// (point, term): one, then the inputs, as many as there are terms.
pub fn trend_columns(points: &[f64], dimensions: usize, terms: usize) -> Vec<f64> {
    points
        .chunks_exact(dimensions)
        .flat_map(|point| std::iter::once(1.0).chain(point.iter().copied()).take(terms))
        .collect()
}
