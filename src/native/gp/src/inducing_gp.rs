use faer::linalg::triangular_solve::solve_lower_triangular_in_place;
use faer::{Mat, MatMut, MatRef, Par};
use filigree_core::{Error, NpyWriter, Observer, Section, Silent, StopReason, dot};

use crate::collapsed_bound::{CollapsedBound, Projection};
use crate::fitted_model::{Engine, Fit, FittedModel, Learned};
use crate::inducing_points::{Selection, select};
use crate::jitter::JitterLog;
use crate::kernel::{InputSpread, Kernel, Parameter};
use crate::prediction::Prediction;
use crate::saved_model::SavedParts;
use crate::scaled_model::{KeptBack, with_scale};
use crate::search::{SearchParams, Variables, search};
use crate::table_data::{Preparation, Standardisation, TrainingData, Trend};

/// The name a saved model of inducing points is read by.
pub const KIND: &str = "inducing";

/// Points whose matrices a run can afford.
const MOST_POINTS: usize = 10_000;

/// Share of the work that the choice of points takes.
const CHOICE_END: f64 = 0.05;

/// Share of the range of an input that points may move beyond it.
const ROOM: f64 = 0.1;

/// How inducing points approximate the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InducingMethod {
    /// The variational free energy of sparse Gaussian process regression.
    Vfe,
    /// The fully independent training conditional.
    Fitc,
}

impl InducingMethod {
    /// Every method with its name at the boundaries.
    pub const NAMES: &[(Self, &str)] = &[(Self::Vfe, "vfe"), (Self::Fitc, "fitc")];
}

/// Parameters of regression with inducing points.
#[derive(Clone, Debug, PartialEq)]
pub struct InducingParams {
    /// The kernel, as it is typed.
    pub kernel: String,
    /// What is taken out of the target first.
    pub trend: Trend,
    /// Whether inputs and target are standardised.
    pub standardise: bool,
    /// How the points approximate the process.
    pub method: InducingMethod,
    /// Number of inducing points; all rows where there are no more.
    pub points: usize,
    /// How they are chosen first.
    pub selection: Selection,
    /// Whether they are moved together with the hyper-parameters.
    pub move_points: bool,
    /// Whether predictive deviations are scaled by rows kept back from learning.
    pub calibrate: bool,
    /// How hyper-parameters are looked for.
    pub search: SearchParams,
}

impl Default for InducingParams {
    fn default() -> Self {
        Self {
            kernel: "matern32".to_owned(),
            trend: Trend::Constant,
            standardise: true,
            method: InducingMethod::Vfe,
            points: 500,
            selection: Selection::KMeans,
            move_points: true,
            calibrate: true,
            search: SearchParams::default(),
        }
    }
}

impl InducingParams {
    /// Says which parameter is wrong and why.
    pub fn check(&self) -> Result<(), Error> {
        if !(1..=MOST_POINTS).contains(&self.points) {
            return Err(Error::parameter(
                "points",
                format!("{} inducing points were asked for; choose 1 to {MOST_POINTS}.", self.points),
            ));
        }
        self.search.check()
    }
}

/// Sparse Gaussian process regression with inducing points, hyper-parameters and points moved together along analytic
/// gradients; see [`CollapsedBound`].
impl Engine for InducingParams {
    fn preparation(&self) -> Preparation {
        Preparation { trend: self.trend, standardise: self.standardise, ..Preparation::default() }
    }

    fn fit(&self, data: &TrainingData, seed: u64, observer: &mut dyn Observer) -> Result<Fit, Error> {
        self.check()?;
        let kernel = data.kernel(&self.kernel)?;
        let kept = KeptBack::of(data, self.calibrate, seed);
        let everything = data;
        let data = kept.as_ref().map_or(everything, |own| &own.learning);
        let variance = data.target.iter().map(|y| y * y).sum::<f64>() / data.rows() as f64;
        let spread = InputSpread::of(&data.inputs, data.dimensions);
        let mut parameters = kernel.parameters(&spread, variance);
        let first = kernel.start(&spread, variance, None);
        parameters.push(Parameter::noise(variance));
        let count = kernel.parameter_count();
        observer.stage("Choosing inducing points");
        let mut section = Section::new(observer, 0.0, CHOICE_END);
        let chosen = select(self.selection, data, self.points, &kernel, &first, seed, &mut section)?;
        let bound = CollapsedBound { kernel: &kernel, data, method: self.method };
        let mut jitter = JitterLog::default();
        observer.stage(if self.move_points {
            "Learning hyper-parameters and moving inducing points"
        } else {
            "Learning hyper-parameters"
        });
        let mut section = Section::new(observer, CHOICE_END, 1.0);
        let moved = if self.move_points { chosen.clone() } else { Vec::new() };
        let variables = Variables {
            parameters: &parameters,
            other_bounds: room(data, &spread, moved.len()),
            others: moved,
        };
        let mut both = vec![0.0; count + 1 + chosen.len()];
        both[count + 1..].copy_from_slice(&chosen);
        let mut slopes = vec![0.0; both.len()];
        let (optimum, path) = search(
            &variables,
            &self.search,
            seed,
            |own, gradient, observer| {
                both[..own.len()].copy_from_slice(own);
                let value = bound.evaluate(&both, &mut slopes, &mut jitter, observer)?;
                gradient.copy_from_slice(&slopes[..own.len()]);
                Ok(value)
            },
            &mut section,
        )?;
        let theta = optimum.theta[..=count].to_vec();
        let points = if self.move_points { optimum.theta[count + 1..].to_vec() } else { chosen };
        // One pass is soon done, and what a stopped search found is worth it.
        let mut quiet = Silent;
        let cancelled = optimum.stop_reason == StopReason::Cancelled;
        let listener: &mut dyn Observer = if cancelled { &mut quiet } else { &mut section };
        let mut scale = None;
        if let Some(kept) = kept.as_ref().filter(|_| !cancelled) {
            listener.stage("Judging deviations on rows kept back");
            let found = bound.project(&theta, &points, false, &mut jitter, listener)?;
            let model = InducingModel::new(kernel.clone(), theta.clone(), points.clone(), found);
            scale = Some(kept.judge(&model, listener)?);
        }
        let bound = CollapsedBound { data: everything, ..bound };
        let found = bound.project(&theta, &points, false, &mut jitter, listener)?;
        let rows_before = everything.rows_before as f64;
        let objective = (found.value + everything.within_rows(theta[count].exp()).0) / rows_before;
        let mut figures = vec![
            ("inducingPoints", (points.len() / data.dimensions) as f64),
            ("unexplainedVariance", found.unexplained / everything.rows() as f64),
        ];
        if self.method == InducingMethod::Vfe && !cancelled {
            figures.push(("lowerBound", -objective));
            let upper = bound.upper_bound(&theta, &points, listener)?;
            figures.push(("upperBound", upper / rows_before));
        }
        let mut learned = Learned {
            length_scales: kernel.length_scales(&theta[..count]),
            noise: Some(theta[count].exp()),
            parameters,
            path,
            objective,
            jitter,
            iterations: optimum.iterations,
            stop_reason: optimum.stop_reason,
            stop_message: optimum.stop_message,
            warnings: Vec::new(),
            figures,
            theta: theta.clone(),
        };
        let model: Box<dyn FittedModel> = Box::new(InducingModel::new(kernel, theta, points, found));
        Ok(Fit { model: with_scale(model, scale, &mut learned), learned })
    }
}

/// Bounds of `count` coordinates of points: the range of the rows and a little more.
fn room(data: &TrainingData, spread: &InputSpread, count: usize) -> (Vec<f64>, Vec<f64>) {
    let range = |d: usize| {
        let column = data.inputs.iter().skip(d).step_by(data.dimensions);
        let (low, high) =
            column.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &x| (low.min(x), high.max(x)));
        (low - ROOM * spread.ranges[d], high + ROOM * spread.ranges[d])
    };
    let ranges: Vec<(f64, f64)> = (0..data.dimensions).map(range).collect();
    (0..count).map(|place| ranges[place % data.dimensions]).unzip()
}

/// A process known through its values at inducing points.
pub struct InducingModel {
    kernel: Kernel,
    theta: Vec<f64>,
    /// (point, dimension), standardised.
    points: Vec<f64>,
    factor: Mat<f64>,
    correction: Mat<f64>,
    weights: Vec<f64>,
}

impl InducingModel {
    fn new(kernel: Kernel, theta: Vec<f64>, points: Vec<f64>, found: Projection) -> Self {
        let Projection { factor, correction, weights, .. } = found;
        Self { kernel, theta, points, factor, correction, weights }
    }

    fn own(&self) -> &[f64] {
        &self.theta[..self.kernel.parameter_count()]
    }

    /// Means; and for every row its whitened projection, and the same after the correction of the posterior.
    fn projected(&self, inputs: &[f64]) -> (Vec<f64>, Vec<f64>, Vec<f64>) {
        let size = self.weights.len();
        let rows = inputs.len() / self.kernel.dimensions();
        let mut prior = vec![0.0; rows * size];
        self.kernel.block(inputs, &self.points, self.own(), &mut prior);
        let view = MatMut::from_column_major_slice_mut(&mut prior, size, rows);
        solve_lower_triangular_in_place(self.factor.as_ref(), view, Par::Seq);
        let mean = prior.chunks_exact(size).map(|own| dot(own, &self.weights)).collect();
        let mut posterior = prior.clone();
        let view = MatMut::from_column_major_slice_mut(&mut posterior, size, rows);
        solve_lower_triangular_in_place(self.correction.as_ref(), view, Par::Seq);
        (mean, prior, posterior)
    }
}

impl FittedModel for InducingModel {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn predict(&self, inputs: &[f64]) -> Result<Prediction, Error> {
        let size = self.weights.len();
        let noise = self.theta[self.kernel.parameter_count()].exp();
        let (mean, prior, posterior) = self.projected(inputs);
        let mut latent_variance = vec![0.0; mean.len()];
        self.kernel.diagonal(inputs, self.own(), &mut latent_variance);
        let rows = prior.chunks_exact(size).zip(posterior.chunks_exact(size));
        for (variance, (prior, posterior)) in latent_variance.iter_mut().zip(rows) {
            *variance = (*variance - dot(prior, prior) + dot(posterior, posterior)).max(0.0);
        }
        let variance = latent_variance.iter().map(|latent| latent + noise).collect();
        Ok(Prediction { mean, latent_variance, variance })
    }

    fn joint(&self, inputs: &[f64]) -> Result<(Vec<f64>, Vec<f64>), Error> {
        let size = self.weights.len();
        let (mean, prior, posterior) = self.projected(inputs);
        let rows = mean.len();
        let mut covariance = vec![0.0; rows * rows];
        self.kernel.block(inputs, inputs, self.own(), &mut covariance);
        for i in 0..rows {
            for j in 0..rows {
                let product = |of: &[f64]| dot(&of[i * size..][..size], &of[j * size..][..size]);
                covariance[i * rows + j] += product(&posterior) - product(&prior);
            }
        }
        Ok((mean, covariance))
    }

    fn save(&self) -> SavedParts {
        let size = self.weights.len();
        let square = |of: &Mat<f64>| (0..size * size).map(|k| of[(k / size, k % size)]).collect();
        SavedParts { kernel: self.kernel.text().to_owned(), ..SavedParts::default() }
            .with("theta", &[self.theta.len()], self.theta.clone())
            .with("inducing", &[size, self.kernel.dimensions()], self.points.clone())
            .with("factor", &[size, size], square(&self.factor))
            .with("correction", &[size, size], square(&self.correction))
            .with("weights", &[size], self.weights.clone())
    }

    fn write_extra(
        &self,
        standardisation: &Standardisation,
        folder: &std::path::Path,
    ) -> Result<Vec<String>, Error> {
        let restored: Vec<f64> = self
            .points
            .chunks_exact(self.kernel.dimensions())
            .flat_map(|point| standardisation.restored(point))
            .collect();
        let shape = [self.weights.len(), standardisation.centre.len()];
        Ok(vec![NpyWriter::write_all(folder, "inducingPoints.npy", &shape, &restored)?])
    }
}

/// Makes a saved model of inducing points again.
pub fn restore(parts: &SavedParts, dimensions: usize) -> Result<Box<dyn FittedModel>, Error> {
    let weights = parts.array("weights")?.to_vec();
    let size = weights.len();
    let square = |name: &str| -> Result<Mat<f64>, Error> {
        Ok(MatRef::from_row_major_slice(parts.array(name)?, size, size).to_owned())
    };
    Ok(Box::new(InducingModel {
        kernel: Kernel::parse(&parts.kernel, dimensions)?,
        theta: parts.array("theta")?.to_vec(),
        points: parts.array("inducing")?.to_vec(),
        factor: square("factor")?,
        correction: square("correction")?,
        weights,
    }))
}

#[cfg(test)]
mod tests;
