use filigree_core::{Error, Observer, Random, Section, StopReason, dot, keep_going, tiles};
use rayon::prelude::*;

use crate::fitted_model::{Engine, Fit, FittedModel, Learned};
use crate::jitter::JitterLog;
use crate::kernel::{InputSpread, Kernel, Parameter};
use crate::prediction::Prediction;
use crate::saved_model::SavedParts;
use crate::search::{SearchParams, Variables, search};
use crate::table_data::{Preparation, TrainingData, Trend};
use crate::tiled_cholesky::{TILE, TiledCholesky, factor_bytes};

/// The name a saved exact model is read by.
pub const KIND: &str = "exact";

/// More rows than this and the factor would take more memory than most machines have.
const MOST_ROWS: usize = 25_000;

/// Stream of random numbers that draws the rows hyper-parameters are learned on.
const SUBSET_STREAM: u64 = (1 << 33) + 1;

/// Parameters of the exact process.
#[derive(Clone, Debug, PartialEq)]
pub struct ExactParams {
    /// The kernel, as it is typed.
    pub kernel: String,
    /// What is taken out of the target first.
    pub trend: Trend,
    /// Whether inputs and target are standardised.
    pub standardise: bool,
    /// Rows that hyper-parameters are learned on, drawn by the seed; all where there are no more.
    pub learning_rows: usize,
    /// How hyper-parameters are looked for.
    pub search: SearchParams,
}

impl Default for ExactParams {
    fn default() -> Self {
        Self {
            kernel: "matern32".to_owned(),
            trend: Trend::Constant,
            standardise: true,
            learning_rows: 4000,
            search: SearchParams::default(),
        }
    }
}

impl ExactParams {
    /// Says which parameter is wrong and why.
    pub fn check(&self) -> Result<(), Error> {
        if self.learning_rows < 10 {
            return Err(Error::parameter(
                "learningRows",
                format!(
                    "Hyper-parameters can not be learned on {} rows; try 1000 or more.",
                    self.learning_rows
                ),
            ));
        }
        self.search.check()
    }
}

/// Exact Gaussian process regression (Rasmussen & Williams, Gaussian Processes for Machine Learning, 2006, alg. 2.1 and
/// eq. 5.9), the referee of the sparse ones.
impl Engine for ExactParams {
    fn preparation(&self) -> Preparation {
        Preparation { trend: self.trend, standardise: self.standardise, ..Preparation::default() }
    }

    fn fit(&self, data: &TrainingData, seed: u64, observer: &mut dyn Observer) -> Result<Fit, Error> {
        self.check()?;
        let rows = data.rows();
        if rows > MOST_ROWS {
            return Err(Error::InvalidData(format!(
                "An exact process of {rows} rows would take {:.1} GB and days of work; {MOST_ROWS} rows are the most. Choose a sparse method, or hold out more rows.",
                factor_bytes(rows) as f64 / 1e9
            )));
        }
        let kernel = data.kernel(&self.kernel)?;
        let variance = data.target.iter().map(|y| y * y).sum::<f64>() / rows as f64;
        let mut parameters = kernel.parameters(&InputSpread::of(&data.inputs, data.dimensions), variance);
        parameters.push(Parameter::noise(variance));
        let few = rows > self.learning_rows;
        let chosen = if few { data.subset(&drawn(rows, self.learning_rows, seed)) } else { data.clone() };
        let variables =
            Variables { parameters: &parameters, others: Vec::new(), other_bounds: (Vec::new(), Vec::new()) };
        let mut jitter = JitterLog::default();
        observer.stage("Learning hyper-parameters");
        let learning_end = if few { 0.5 } else { 0.9 };
        let (optimum, path) = search(
            &variables,
            &self.search,
            seed,
            |theta, gradient, observer| objective(&kernel, &chosen, theta, gradient, &mut jitter, observer),
            &mut Section::new(observer, 0.0, learning_end),
        )?;
        observer.stage("Solving on all rows");
        let cancelled = optimum.stop_reason == StopReason::Cancelled;
        if cancelled && few {
            return Err(Error::Cancelled("learning hyper-parameters".to_owned()));
        }
        let count = kernel.parameter_count();
        let noise = optimum.theta[count].exp();
        let length_scales = kernel.length_scales(&optimum.theta[..count]);
        // What is kept of a cancelled search is small enough to be solved at once.
        let mut section = Section::new(observer, learning_end, 1.0);
        let mut quiet = filigree_core::Silent;
        let listener: &mut dyn Observer = if cancelled { &mut quiet } else { &mut section };
        let solved = Solved::of(&kernel, data, &optimum.theta, &mut jitter, listener)?;
        let objective = solved.value(data, noise) / data.rows_before as f64;
        let mut warnings = Vec::new();
        if few {
            warnings.push(format!(
                "Hyper-parameters were learned on {} of {rows} rows, drawn by the seed; with them, the process was solved exactly on all rows. The objective told is that of all rows.",
                self.learning_rows
            ));
        }
        let learned = Learned {
            parameters,
            theta: optimum.theta.clone(),
            path,
            objective,
            length_scales,
            noise: Some(noise),
            jitter,
            iterations: optimum.iterations,
            stop_reason: optimum.stop_reason,
            stop_message: optimum.stop_message,
            warnings,
            figures: Vec::new(),
        };
        let model = ExactModel { kernel, data: data.clone(), theta: optimum.theta, solved };
        Ok(Fit { model: Box::new(model), learned })
    }
}

/// `count` of `rows`, in rising order.
fn drawn(rows: usize, count: usize, seed: u64) -> Vec<usize> {
    let mut random = Random::new(seed, SUBSET_STREAM);
    let mut order: Vec<usize> = (0..rows).collect();
    for place in 0..count {
        order.swap(place, place + random.below(rows - place));
    }
    order.truncate(count);
    order.sort_unstable();
    order
}

/// The factor of the covariance of all rows, and that covariance's solution for their targets.
struct Solved {
    factor: TiledCholesky,
    alpha: Vec<f64>,
}

impl Solved {
    fn of(
        kernel: &Kernel,
        data: &TrainingData,
        theta: &[f64],
        log: &mut JitterLog,
        observer: &mut dyn Observer,
    ) -> Result<Self, Error> {
        let count = kernel.parameter_count();
        let (own, noise) = (&theta[..count], data.noise(theta[count].exp()));
        let dimensions = data.dimensions;
        let points =
            |range: &std::ops::Range<usize>| &data.inputs[range.start * dimensions..range.end * dimensions];
        let factor = TiledCholesky::of(
            data.rows(),
            |rows, columns, tile| {
                // A column-major tile is the row-major block of the points the other way round.
                kernel.block(points(&columns), points(&rows), own, tile);
                if rows == columns {
                    for (i, row) in rows.clone().enumerate() {
                        tile[i * (rows.len() + 1)] += noise[row];
                    }
                }
            },
            "The covariance of the rows",
            log,
            observer,
        )?;
        let mut alpha = data.target.clone();
        factor.solve_lower(&mut alpha, 0);
        factor.solve_upper(&mut alpha);
        Ok(Self { factor, alpha })
    }

    /// The negative log marginal likelihood.
    fn value(&self, data: &TrainingData, noise: f64) -> f64 {
        0.5 * (dot(&self.alpha, &data.target)
            + self.factor.log_determinant()
            + data.rows() as f64 * std::f64::consts::TAU.ln())
            + data.within_rows(noise).0
    }
}

/// The negative log marginal likelihood for each row, and its gradient.
fn objective(
    kernel: &Kernel,
    data: &TrainingData,
    theta: &[f64],
    gradient: &mut [f64],
    log: &mut JitterLog,
    observer: &mut dyn Observer,
) -> Result<f64, Error> {
    let (rows, dimensions, count) = (data.rows(), data.dimensions, kernel.parameter_count());
    let solved = Solved::of(kernel, data, theta, log, observer)?;
    let noise = theta[count].exp();
    let pieces: Vec<_> = tiles(0..rows, TILE).collect();
    let parts: Vec<Vec<f64>> = pieces
        .into_par_iter()
        .map(|tile| {
            // Columns of ½·(K⁻¹ − α·αᵀ), which are its rows.
            let mut weights = vec![0.0; tile.len() * rows];
            for (own, row) in weights.chunks_exact_mut(rows).zip(tile.clone()) {
                own[row] = 1.0;
            }
            solved.factor.solve_lower(&mut weights, tile.start);
            solved.factor.solve_upper(&mut weights);
            let mut part = vec![0.0; count + 1];
            for (own, row) in weights.chunks_exact_mut(rows).zip(tile.clone()) {
                for (weight, alpha) in own.iter_mut().zip(&solved.alpha) {
                    *weight = 0.5 * (*weight - solved.alpha[row] * alpha);
                }
                part[count] += own[row] * noise / data.counts[row];
            }
            let points = &data.inputs[tile.start * dimensions..tile.end * dimensions];
            kernel.pull_back(points, &data.inputs, &theta[..count], &weights, &mut part[..count], None);
            part
        })
        .collect();
    keep_going(observer.progress(1.0), "learning hyper-parameters")?;
    gradient.fill(0.0);
    for part in &parts {
        gradient.iter_mut().zip(part).for_each(|(sum, value)| *sum += value);
    }
    gradient[count] += data.within_rows(noise).1;
    let scale = 1.0 / data.rows_before as f64;
    gradient.iter_mut().for_each(|value| *value *= scale);
    Ok(solved.value(data, noise) * scale)
}

struct ExactModel {
    kernel: Kernel,
    data: TrainingData,
    theta: Vec<f64>,
    solved: Solved,
}

impl ExactModel {
    fn own(&self) -> &[f64] {
        &self.theta[..self.kernel.parameter_count()]
    }

    /// Means, and rows of L⁻¹·k for every point.
    fn projected(&self, inputs: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let rows = self.data.rows();
        let mut cross = vec![0.0; inputs.len() / self.data.dimensions * rows];
        self.kernel.block(inputs, &self.data.inputs, self.own(), &mut cross);
        let mean = cross.chunks_exact(rows).map(|own| dot(own, &self.solved.alpha)).collect();
        self.solved.factor.solve_lower(&mut cross, 0);
        (mean, cross)
    }
}

impl FittedModel for ExactModel {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn rows_at_once(&self) -> usize {
        64
    }

    fn predict(&self, inputs: &[f64]) -> Result<Prediction, Error> {
        let (mean, projected) = self.projected(inputs);
        let noise = self.theta[self.kernel.parameter_count()].exp();
        let mut latent_variance = vec![0.0; mean.len()];
        self.kernel.diagonal(inputs, self.own(), &mut latent_variance);
        for (variance, own) in latent_variance.iter_mut().zip(projected.chunks_exact(self.data.rows())) {
            *variance = (*variance - dot(own, own)).max(0.0);
        }
        let variance = latent_variance.iter().map(|latent| latent + noise).collect();
        Ok(Prediction { mean, latent_variance, variance })
    }

    fn joint(&self, inputs: &[f64]) -> Result<(Vec<f64>, Vec<f64>), Error> {
        let (mean, projected) = self.projected(inputs);
        let (rows, size) = (self.data.rows(), mean.len());
        let mut covariance = vec![0.0; size * size];
        self.kernel.block(inputs, inputs, self.own(), &mut covariance);
        for i in 0..size {
            for j in 0..size {
                covariance[i * size + j] -=
                    dot(&projected[i * rows..][..rows], &projected[j * rows..][..rows]);
            }
        }
        Ok((mean, covariance))
    }

    fn save(&self) -> SavedParts {
        let (rows, dimensions) = (self.data.rows(), self.data.dimensions);
        let noise = self.data.noise(self.theta[self.kernel.parameter_count()].exp());
        SavedParts { kernel: self.kernel.text().to_owned(), ..SavedParts::default() }
            .with("theta", &[self.theta.len()], self.theta.clone())
            .with("points", &[rows, dimensions], self.data.inputs.clone())
            .with("target", &[rows], self.data.target.clone())
            .with("noise", &[rows], noise)
    }
}

/// Makes a saved exact model again: its covariance is factored anew.
pub fn restore(parts: &SavedParts, dimensions: usize) -> Result<Box<dyn FittedModel>, Error> {
    let kernel = Kernel::parse(&parts.kernel, dimensions)?;
    let theta = parts.array("theta")?.to_vec();
    let target = parts.array("target")?.to_vec();
    let noise = theta[kernel.parameter_count()].exp();
    // The noise of a row as it was, whatever it came from: a multiple of the learned one.
    let counts = parts.array("noise")?.iter().map(|own| noise / own).collect();
    let data = TrainingData::plain(parts.array("points")?.to_vec(), dimensions, target, counts);
    let solved = Solved::of(&kernel, &data, &theta, &mut JitterLog::default(), &mut filigree_core::Silent)?;
    Ok(Box::new(ExactModel { kernel, data, theta, solved }))
}

#[cfg(test)]
mod tests;
