use filigree_core::{Error, Observer, Section, StopReason};

use super::conditional::RowNoise;
use super::deviation_scale::{Calibrate, DeviationScale, learn_scale};
use super::fisher_scoring::{Bounds, Ending, Place};
use super::hyper::Hyper;
use super::kernel_choice::{AUTOMATIC, CANDIDATES, chosen_kernel};
use super::likelihood::Observations;
use super::model::VecchiaModel;
use super::noise_process::NoiseProcess;
use super::params::{NoiseForm, TrendChoice, VecchiaParams, radial};
use super::prediction_reach::chosen_reach;
use super::predictor::Predictor;
use super::staged_fit::{FitSettings, Fitted, first_places, staged_fit};
use super::trend_columns::TrendColumns;
use super::within::Within;
use crate::fitted_model::{Engine, Fit, Learned};
use crate::jitter::JitterLog;
use crate::kernel::{InputSpread, Kernel, Parameter};
use crate::table_data::{Preparation, TrainingData, Trend};

/// Shares of the progress bar at which the kernel is chosen, and at which the fit ends.
const CHOICE_END: f64 = 0.2;
const FIT_END: f64 = 0.8;

/// How often a varying noise is learned, and the process with it.
const NOISE_ROUNDS: usize = 2;

impl Engine for VecchiaParams {
    fn preparation(&self) -> Preparation {
        // Slopes that are not asked for are left to the generalised least squares.
        let trend = match self.trend {
            TrendChoice::Automatic => Trend::Constant,
            TrendChoice::Fixed(trend) => trend,
        };
        Preparation { trend, standardise: self.standardise, ..Preparation::default() }
    }

    fn fit(&self, data: &TrainingData, seed: u64, observer: &mut dyn Observer) -> Result<Fit, Error> {
        self.check()?;
        let columns = TrendColumns::chosen(self.trend, &data.inputs, data.dimensions);
        let own = observations(data, &columns);
        if self.kernel != AUTOMATIC {
            let outlined = self.outlined(&self.kernel, data, &own, seed)?;
            return self.fit_kernel(&self.kernel, outlined, own, data, seed, observer);
        }
        observer.stage("Choosing the kernel by predictions of rows left out");
        // How rough a function is, is seen about its level: a slope could pass for a part of it, or the other way round.
        let level = if columns.terms == 0 { Trend::None } else { Trend::Constant };
        let compared = observations(data, &TrendColumns::new(level, data.dimensions));
        let candidates: Vec<Outlined> = CANDIDATES
            .iter()
            .map(|kernel| self.outlined(kernel, data, &compared, seed))
            .collect::<Result<_, _>>()?;
        let starts: Vec<Place> = candidates.iter().map(|own| own.start.clone()).collect();
        let settings: Vec<FitSettings> = candidates.iter().map(|own| own.settings.clone()).collect();
        let mut section = Section::new(observer, 0.0, CHOICE_END);
        let places = first_places(&compared, &starts, &settings, &mut section)?;
        let chosen = chosen_kernel(&compared, &places, seed, &mut section)?;
        let outlined =
            candidates.into_iter().zip(places).nth(chosen).map(|(own, start)| Outlined { start, ..own });
        let mut outlined = outlined.ok_or_else(|| Error::Internal("No kernel was chosen.".to_owned()))?;
        outlined.start.coefficients.resize(own.trend_terms, 0.0);
        let mut section = Section::new(observer, CHOICE_END, 1.0);
        self.fit_kernel(CANDIDATES[chosen], outlined, own, data, seed, &mut section)
    }
}

/// Where a fit begins, and how it goes on.
pub struct Outlined {
    parameters: Vec<Parameter>,
    /// First guess.
    pub start: Place,
    settings: FitSettings,
}

impl VecchiaParams {
    /// Where the fit of a kernel begins, and how it goes on.
    pub fn outlined(
        &self,
        kernel: &str,
        data: &TrainingData,
        observations: &Observations,
        seed: u64,
    ) -> Result<Outlined, Error> {
        let variance = data.target.iter().map(|y| y * y).sum::<f64>() / data.rows() as f64;
        let spread = InputSpread::of(&data.inputs, data.dimensions);
        let mut parameters = Kernel::parse(kernel, data.dimensions)?.parameters(&spread, variance);
        parameters.push(Parameter::noise(variance));
        let of = |own: fn(&Parameter) -> f64| parameters.iter().map(own).collect::<Vec<f64>>();
        let outline = Hyper {
            radial: radial(kernel)?,
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
        Ok(Outlined { parameters, start, settings })
    }

    fn fit_kernel(
        &self,
        kernel: &str,
        outlined: Outlined,
        observations: Observations,
        data: &TrainingData,
        seed: u64,
        observer: &mut dyn Observer,
    ) -> Result<Fit, Error> {
        let Outlined { parameters, start, settings } = outlined;
        let mut section = Section::new(observer, 0.0, FIT_END);
        let (fitted, noise) = match self.noise {
            NoiseForm::Constant => (staged_fit(&observations, start, &settings, &mut section)?, None),
            NoiseForm::Varying => self.fit_with_noise(observations, start, &settings, &mut section)?,
        };
        self.finish(kernel, fitted, noise, data, parameters, seed, observer)
    }

    /// Fits the process and that of its noise in turn. A fit that was stopped is kept without the rest.
    fn fit_with_noise(
        &self,
        mut observations: Observations,
        start: Place,
        settings: &FitSettings,
        observer: &mut dyn Observer,
    ) -> Result<(Fitted, Option<NoiseProcess>), Error> {
        let share = |fit: usize| fit as f64 / (2 * NOISE_ROUNDS + 1) as f64;
        let mut fitted =
            staged_fit(&observations, start, settings, &mut Section::new(observer, 0.0, share(1)))?;
        let counts = observations.noise.weights.clone();
        let mut noise = None;
        for round in 0..NOISE_ROUNDS {
            if fitted.ending == Ending::Stopped {
                break;
            }
            let known = Predictor::new(
                fitted.observations.clone(),
                fitted.hyper.clone(),
                fitted.coefficients.clone(),
            );
            let mut section = Section::new(observer, share(2 * round + 1), share(2 * round + 2));
            section.stage("Learning how the noise varies");
            let process = NoiseProcess::learn(
                &known,
                self.neighbours,
                self.prediction_neighbours,
                settings,
                &mut section,
            )?;
            let factors = process.row_factors(&observations);
            observations.noise.weights =
                counts.iter().zip(&factors).map(|(own, factor)| own * factor).collect();
            noise = Some(process);
            let start = Place { hyper: known.hyper.clone(), coefficients: known.coefficients.clone() };
            let own = FitSettings { restarts: 0, ..settings.clone() };
            let mut section = Section::new(observer, share(2 * round + 2), share(2 * round + 3));
            let before = (fitted.iterations, std::mem::take(&mut fitted.path));
            fitted = staged_fit(&observations, start, &own, &mut section)?;
            fitted.iterations += before.0;
            fitted.path = [before.1, fitted.path].concat();
        }
        Ok((fitted, noise))
    }

    fn finish(
        &self,
        kernel: &str,
        fitted: Fitted,
        noise: Option<NoiseProcess>,
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
        let reach = chosen_reach(&predictor, self.prediction_neighbours, seed)?;
        let learned = learn_scale(
            &mut predictor,
            kind,
            self.neighbours,
            reach,
            seed,
            &mut Section::new(observer, FIT_END, 1.0),
        )?;
        if learned.is_none() && self.calibrate != Calibrate::None {
            warnings.push(
                "Deviations were not calibrated: the fit was stopped, or there are too few rows.".to_owned(),
            );
        }
        let mut figures =
            vec![("neighbours", self.neighbours as f64), ("predictionNeighbours", reach as f64)];
        figures.push(("trendTerms", predictor.observations.trend_terms as f64));
        // Smoothness ν of the Matérn: 0.5, 1.5 or 2.5.
        let chosen = CANDIDATES.iter().position(|&own| own == kernel);
        figures.extend(chosen.map(|index| ("smoothness", index as f64 + 0.5)));
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
        let columns = TrendColumns::chosen(self.trend, &data.inputs, data.dimensions);
        let model = VecchiaModel::new(kernel.to_owned(), predictor, columns, scale, reach, noise, edges);
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
pub fn observations(data: &TrainingData, columns: &TrendColumns) -> Observations {
    Observations {
        dimensions: data.dimensions,
        points: data.inputs.clone(),
        targets: data.target.clone(),
        trend: columns.of(&data.inputs),
        trend_terms: columns.terms,
        noise: RowNoise {
            weights: data.counts.iter().map(|count| 1.0 / count).collect(),
            given: data.given_noise.clone().unwrap_or_default(),
        },
    }
}
