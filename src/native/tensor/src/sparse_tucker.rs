use std::path::Path;

use faer::{Mat, MatRef};
use filigree_core::{Error, Flow, Info, Observer, Random, Section, Silent, Step, StopReason, Stopwatch};

use crate::masked_params::check_useful;
use crate::mode_basis::{Accuracy, mode_basis};
use crate::mode_product::project;
use crate::observed_input::{HoldOut, ObservedInput};
use crate::rank_rule::check_ranks;
use crate::sparse_tensor::{Duplicates, FactorRows, SparseTensor, check_memory};
use crate::stopping::check_stopping;
use crate::tensor::DenseTensor;
use crate::tucker_model::{TuckerModel, row_major};

/// Directions the random start has beyond the ranks, where the columns it leads to stay below the limit.
const OVERSAMPLING: usize = 10;
const SKETCH_COLUMNS: usize = 2048;

/// Parameters of sparse Tucker.
#[derive(Clone, Debug, PartialEq)]
pub struct SparseTuckerParams {
    /// Components of every mode.
    pub ranks: Vec<usize>,
    /// What is done with entries at the same place.
    pub duplicates: Duplicates,
    /// Most memory a run may need, in megabytes.
    pub memory_limit: f64,
    /// Most sweeps.
    pub max_iterations: usize,
    /// Stop when a sweep lowers the relative error by less than this share of it.
    pub tolerance: f64,
}

impl Default for SparseTuckerParams {
    fn default() -> Self {
        Self {
            ranks: vec![10; 3],
            duplicates: Duplicates::Sum,
            memory_limit: 1000.0,
            max_iterations: 50,
            tolerance: 1e-5,
        }
    }
}

impl SparseTuckerParams {
    /// Says which parameter is wrong and why.
    pub fn check(&self, shape: &[usize]) -> Result<(), Error> {
        check_ranks(&self.ranks, shape)?;
        check_useful(&self.ranks)?;
        if !(self.memory_limit >= 1.0 && self.memory_limit.is_finite()) {
            return Err(Error::parameter("memoryLimit", "The memory limit must be at least 1 MB."));
        }
        check_stopping(self.max_iterations, self.tolerance)
    }
}

/// Tucker of a sparse tensor, in which what is not listed is zero: higher-order orthogonal iteration on the nonzeros,
/// started from a randomised HOSVD. Writes `core.npy` and `factors-1.npy` …. Trace: relative error, and by how much it
/// fell.
///
/// Kaya & Uçar, "High performance parallel algorithms for the Tucker decomposition of sparse tensors", ICPP 2016.
pub fn solve(
    input: &ObservedInput,
    params: &SparseTuckerParams,
    seed: u64,
    folder: &Path,
    observer: &mut dyn Observer,
) -> Result<Info, Error> {
    params.check(&input.shape)?;
    let mut watch = Stopwatch::start();
    let sketch = sketch_columns(&input.shape, &params.ranks);
    let count = input.values.element_count()?;
    let estimate = check_memory(&input.shape, count, &sketch, params.memory_limit)?;
    observer.stage(&format!("Reading the nonzeros; the run needs at most about {:.0} MB", estimate / 1e6));
    let observed = input.read(&HoldOut::Nothing, seed)?;
    let tensor = SparseTensor::new(observed.shape, observed.training, params.duplicates)?;
    let energy = tensor.energy();
    if energy == 0.0 {
        return Err(Error::InvalidData(
            "All entries of the tensor are zero: there is nothing to decompose. Check the value column."
                .to_owned(),
        ));
    }
    observer.stage("Finding first directions");
    let mut model = start(&tensor, params, &sketch, seed, &mut Section::new(observer, 0.0, 0.3))?;
    watch.setup_done();

    let end = iterate(&tensor, &mut model, params, energy, observer)?;
    observer.stage("Writing core and factors");
    model.make_canonical()?;
    let kept: f64 = model.core.values().iter().map(|value| value * value).sum();
    let files = model.write(folder)?;
    Ok(Info {
        iterations: end.sweeps,
        stop_reason: end.reason,
        stop_message: end.message,
        figures: vec![
            ("relativeError", relative_error(energy, kept)),
            ("fit", kept / energy),
            ("nonzeros", tensor.nonzeros() as f64),
            ("memoryEstimate", estimate),
        ],
        warnings: warnings(&tensor),
        files,
        ..Info::measured(&watch)
    })
}

/// With orthonormal factors ‖X − X̂‖² = ‖X‖² − ‖G‖², exactly.
fn relative_error(energy: f64, kept: f64) -> f64 {
    ((energy - kept).max(0.0) / energy).sqrt()
}

/// Columns of the random factors of the start: more than the ranks, as long as no product of them grows too large.
fn sketch_columns(shape: &[usize], ranks: &[usize]) -> Vec<usize> {
    for extra in (1..=OVERSAMPLING).rev() {
        let columns: Vec<usize> =
            shape.iter().zip(ranks).map(|(&length, &rank)| (rank + extra).min(length)).collect();
        let product = columns.iter().fold(1usize, |product, &own| product.saturating_mul(own));
        let smallest = columns.iter().copied().min().unwrap_or(1);
        if product / smallest <= SKETCH_COLUMNS {
            return columns;
        }
    }
    ranks.to_vec()
}

fn rows_of(factor: &Mat<f64>) -> FactorRows {
    FactorRows { values: row_major(factor.as_ref()), columns: factor.ncols() }
}

fn random_factor(length: usize, columns: usize, random: &mut Random) -> Mat<f64> {
    let values: Vec<f64> = (0..length * columns).map(|_| random.normal()).collect();
    MatRef::from_row_major_slice(&values, length, columns).qr().compute_thin_Q()
}

/// The leading directions of every unfolding, seen through random factors of the other modes.
fn start(
    tensor: &SparseTensor,
    params: &SparseTuckerParams,
    sketch: &[usize],
    seed: u64,
    observer: &mut dyn Observer,
) -> Result<TuckerModel, Error> {
    let modes = tensor.shape.len();
    let mut factors: Vec<FactorRows> = (0..modes)
        .map(|mode| {
            let mut random = Random::new(seed, mode as u64);
            rows_of(&random_factor(tensor.shape[mode], sketch[mode], &mut random))
        })
        .collect();
    let mut found = Vec::with_capacity(modes);
    let mut core = DenseTensor::new(params.ranks.clone(), vec![0.0; params.ranks.iter().product()]);
    for mode in 0..modes {
        let share = |mode: usize| mode as f64 / modes as f64;
        let mut section = Section::new(observer, share(mode), share(mode + 1));
        let multiplied = tensor.multiplied(mode, &factors, &mut section)?;
        let factor = mode_basis(&multiplied, 0, Accuracy::Fast, &mut Silent)?.leading(params.ranks[mode]);
        // Modes that were found narrow the view of those that follow to what matters.
        factors[mode] = rows_of(&factor);
        if mode + 1 == modes {
            core = folded(&multiplied, mode, &factor, &params.ranks)?;
        }
        found.push(factor);
    }
    Ok(TuckerModel { core, factors: found })
}

/// The core from the unfolding of `mode` of the tensor multiplied in all other modes.
fn folded(
    multiplied: &DenseTensor,
    mode: usize,
    factor: &Mat<f64>,
    ranks: &[usize],
) -> Result<DenseTensor, Error> {
    let product = project(multiplied, 0, factor.as_ref(), &mut Silent)?;
    let after: usize = ranks[mode + 1..].iter().product();
    let before: usize = ranks[..mode].iter().product();
    let rank = ranks[mode];
    let mut core = vec![0.0; before * rank * after];
    for component in 0..rank {
        for position in 0..before * after {
            let (b, a) = (position / after, position % after);
            core[(b * rank + component) * after + a] =
                product.values()[component * before * after + position];
        }
    }
    Ok(DenseTensor::new(ranks.to_vec(), core))
}

struct End {
    sweeps: usize,
    reason: StopReason,
    message: String,
}

fn iterate(
    tensor: &SparseTensor,
    model: &mut TuckerModel,
    params: &SparseTuckerParams,
    energy: f64,
    observer: &mut dyn Observer,
) -> Result<End, Error> {
    observer.stage("Iterating");
    let limit = params.max_iterations;
    let cancelled = |sweeps: usize| End {
        sweeps,
        reason: StopReason::Cancelled,
        message: format!("Cancelled after {sweeps} sweeps; what they found was kept."),
    };
    let mut before = f64::INFINITY;
    for round in 1..=limit {
        let share = |round: usize| 0.3 + 0.7 * round as f64 / limit as f64;
        let swept = sweep(tensor, model, params, &mut Section::new(observer, share(round - 1), share(round)));
        match swept {
            Err(Error::Cancelled(_)) if round > 1 => return Ok(cancelled(round - 1)),
            other => *model = other?,
        }
        let kept: f64 = model.core.values().iter().map(|value| value * value).sum();
        let error = relative_error(energy, kept);
        let fall = if before.is_finite() { (before - error) / before.max(f64::MIN_POSITIVE) } else { 1.0 };
        before = error;
        let step = Step { iteration: round, iteration_limit: limit, row: &[error, fall.max(0.0)] };
        if observer.iteration(&step) == Flow::Stop {
            return Ok(cancelled(round));
        }
        if fall <= params.tolerance {
            return Ok(End {
                sweeps: round,
                reason: StopReason::Converged,
                message: format!(
                    "Converged after {round} sweeps: the last one lowered the error by {:.1e} of it.",
                    fall.max(0.0)
                ),
            });
        }
    }
    Ok(End {
        sweeps: limit,
        reason: StopReason::IterationLimit,
        message: format!("Stopped at the limit of {limit} sweeps; the error was still falling."),
    })
}

/// One sweep of higher-order orthogonal iteration.
fn sweep(
    tensor: &SparseTensor,
    model: &TuckerModel,
    params: &SparseTuckerParams,
    observer: &mut dyn Observer,
) -> Result<TuckerModel, Error> {
    let mut next = model.clone();
    let mut factors: Vec<FactorRows> = next.factors.iter().map(rows_of).collect();
    let modes = tensor.shape.len();
    for mode in 0..modes {
        let share = |mode: usize| mode as f64 / modes as f64;
        let mut section = Section::new(observer, share(mode), share(mode + 1));
        let multiplied = tensor.multiplied(mode, &factors, &mut section)?;
        let factor = mode_basis(&multiplied, 0, Accuracy::Fast, &mut Silent)?.leading(params.ranks[mode]);
        if mode + 1 == modes {
            next.core = folded(&multiplied, mode, &factor, &params.ranks)?;
        }
        factors[mode] = rows_of(&factor);
        next.factors[mode] = factor;
    }
    Ok(next)
}

fn warnings(tensor: &SparseTensor) -> Vec<String> {
    let mut warnings = Vec::new();
    if tensor.merged > 0 {
        warnings.push(format!("{} entries were added to another at the same place.", tensor.merged));
    }
    for mode in 0..tensor.shape.len() {
        let empty = tensor.empty_slices(mode);
        if empty > 0 {
            warnings.push(format!(
                "{empty} of {} slices of mode {} are empty: their rows of the factor are zero.",
                tensor.shape[mode],
                mode + 1
            ));
        }
    }
    warnings
}

#[cfg(test)]
mod tests;
