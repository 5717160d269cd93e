use std::collections::VecDeque;
use std::path::Path;

use faer::Mat;
use filigree_core::{Error, Flow, Info, Observer, Section, Silent, Step, StopReason, Stopwatch};

use crate::energy::energy_and_negatives;
use crate::mode_basis::{Accuracy, ModeBasis};
use crate::mode_product::project;
use crate::nonnegative_momentum::Momentum;
use crate::nonnegative_params::{NonnegativeParams, NonnegativeStart};
use crate::nonnegative_start::{hosvd_factors, random_factors};
use crate::nonnegative_updates::{order_by_energy, renew_core, renew_factor, sum};
use crate::outcome::figures;
use crate::shape::shape_text;
use crate::st_hosvd::{all_bases, project_all, projected};
use crate::tensor::{DenseTensor, Tensor};
use crate::tensor_input::TensorInput;
use crate::tucker_model::TuckerModel;

const STAGE: &str = "Iterating";

/// Sweeps over the tensor itself that are kept for the end where it was compressed.
const LAST_SWEEPS: usize = 5;

/// Sweeps whose gains are looked at together: a single one may gain little where the next gains much.
const SETTLED_OVER: usize = 5;

/// Sweeps a start is given before the best of several is chosen.
const TRIAL_SWEEPS: usize = 10;

/// Decomposes a tensor into a non-negative core and non-negative factors with columns of unit length:
/// min ½‖X − G ×₁ U₁ … ×_N U_N‖² + λ‖X‖·‖G‖₁ with G, U ≥ 0. Writes `core.npy` and `factors-1.npy` …
///
/// Factors by hierarchical alternating least squares (Cichocki & Phan, IEICE Trans. Fundam. E92-A(3), 2009), each column
/// in turn, repeated while it pays (Gillis & Glineur, Neural Computation 24(4), 2012); the core by projected gradients
/// with momentum that restarts when the objective rises (O'Donoghue & Candès, 2015). Sweeps start ahead of the last iterate
/// (`Momentum`). They first see the tensor projected
/// on its leading directions, about twice as many as there are components, which takes a fraction of the time (Zhou,
/// Cichocki, Zhao & Xie, "Efficient nonnegative Tucker decompositions: algorithms and uniqueness", IEEE Trans. Image
/// Process. 24(12), 2015); the last ones see the tensor itself.
pub fn solve(
    input: &TensorInput,
    params: &NonnegativeParams,
    seed: u64,
    folder: &Path,
    observer: &mut dyn Observer,
) -> Result<Info, Error> {
    params.check(&input.source.shape)?;
    let mut watch = Stopwatch::start();
    observer.stage("Reading the tensor");
    let tensor = input.open()?;
    let (energy, negative) = energy_and_negatives(tensor.as_ref())?;
    let mut warnings = Vec::new();
    if negative > 0 {
        warnings.push(format!(
            "{negative} entries of the tensor are negative, which no non-negative model can meet: they count as residual."
        ));
    }
    for (mode, (&rank, &length)) in params.ranks.iter().zip(tensor.shape()).enumerate() {
        if rank > length {
            warnings.push(format!(
                "Rank {rank} of mode {} exceeds its {length} entries; components repeat each other.",
                mode + 1
            ));
        }
    }
    let bases = all_bases(tensor.as_ref(), Accuracy::Fast, &mut Section::new(observer, 0.0, 0.2))?;
    let compressed =
        compressed(tensor.as_ref(), &bases, &params.ranks, &mut Section::new(observer, 0.2, 0.25))?;
    let whole = Problem { tensor: tensor.as_ref(), directions: None, bases: &bases, energy, params };
    let (limit, small) = match &compressed {
        Some(model) => {
            let small = Problem { tensor: &model.core, directions: Some(&model.factors), ..whole };
            (params.max_iterations.saturating_sub(LAST_SWEEPS), small)
        }
        None => (params.max_iterations, whole),
    };
    let mut best = small.best_start(seed, &mut Section::new(observer, 0.25, 0.3))?;
    watch.setup_done();
    let (mut iterations, mut reason) = small.iterate(&mut best, 0, limit, observer)?;
    if compressed.is_some() && reason != StopReason::Cancelled {
        whole.renew_core_of(&mut best)?;
        (iterations, reason) = whole.iterate(&mut best, iterations, params.max_iterations, observer)?;
    }
    let mut model = best.model;
    order_by_energy(&mut model)?;
    let fit = model.fit(tensor.as_ref(), &mut Section::new(observer, 0.9, 1.0))?;
    let files = model.write(folder)?;
    let zeros = model.core.values().iter().filter(|&&value| value == 0.0).count();
    let mut all = figures(&model, &fit);
    all.push(("objective", 0.5 * fit.residual_energy + whole.weight() * sum(model.core.values())));
    all.push(("zeroShareOfCore", zeros as f64 / model.core.values().len() as f64));
    let ranks = shape_text(model.ranks());
    Ok(Info {
        iterations,
        stop_reason: reason,
        stop_message: match reason {
            StopReason::Converged => format!(
                "Converged after {iterations} sweeps to a core of {ranks}: the last five lowered the objective by less than {:.0e} of it each, in the mean.",
                params.tolerance
            ),
            StopReason::Cancelled => format!("Stopped after {iterations} sweeps with a core of {ranks}."),
            _ => format!("Reached the limit of {iterations} sweeps with a core of {ranks}."),
        },
        figures: all,
        warnings,
        files,
        ..Info::measured(&watch)
    })
}

#[derive(Clone, Copy)]
struct Problem<'a> {
    /// The tensor, or its core on `directions`.
    tensor: &'a dyn Tensor,
    /// Orthonormal directions the tensor was projected on, for each mode.
    directions: Option<&'a [Mat<f64>]>,
    bases: &'a [ModeBasis],
    energy: f64,
    params: &'a NonnegativeParams,
}

/// A model with its objective.
struct Iterate {
    model: TuckerModel,
    objective: f64,
    data_term: f64,
}

impl Problem<'_> {
    /// λ‖X‖.
    fn weight(&self) -> f64 {
        self.params.sparsity * self.energy.sqrt()
    }

    fn renew_core(&self, iterate: &mut Iterate, projected: &DenseTensor) -> Result<(), Error> {
        let end = renew_core(&mut iterate.model, projected, self.energy, self.weight())?;
        (iterate.objective, iterate.data_term) = (end.objective, end.data_term);
        Ok(())
    }

    fn best_start(&self, seed: u64, observer: &mut dyn Observer) -> Result<Iterate, Error> {
        observer.stage("Looking for a start");
        let mut best: Option<Iterate> = None;
        for start in 0..self.params.starts {
            let random = start > 0 || self.params.start == NonnegativeStart::Random;
            let factors = if random {
                random_factors(self.bases, &self.params.ranks, seed, start as u64)
            } else {
                hosvd_factors(self.bases, &self.params.ranks, seed)
            };
            let order: Vec<usize> = (0..factors.len()).rev().collect();
            let projected = project_all(self.tensor, &self.all_seen(&factors), &order, observer)?;
            let shape = &self.params.ranks;
            let level = sum(projected.values()).max(0.0) / shape.iter().product::<usize>() as f64;
            let core = DenseTensor::new(shape.clone(), vec![level; projected.values().len()]);
            let mut iterate = Iterate {
                model: TuckerModel { core, factors },
                objective: f64::INFINITY,
                data_term: f64::INFINITY,
            };
            self.renew_core(&mut iterate, &projected)?;
            if self.params.starts > 1 {
                self.iterate(&mut iterate, 0, TRIAL_SWEEPS, &mut Unheard(observer))?;
            }
            if best.as_ref().is_none_or(|known| iterate.objective < known.objective) {
                best = Some(iterate);
            }
        }
        best.ok_or_else(|| Error::Internal("No start was tried.".to_owned()))
    }

    /// A factor as seen from the directions of its mode.
    fn seen(&self, mode: usize, factor: &Mat<f64>) -> Mat<f64> {
        self.directions.map_or_else(|| factor.clone(), |directions| directions[mode].transpose() * factor)
    }

    fn all_seen(&self, factors: &[Mat<f64>]) -> Vec<Mat<f64>> {
        factors.iter().enumerate().map(|(mode, factor)| self.seen(mode, factor)).collect()
    }

    fn iterate(
        &self,
        iterate: &mut Iterate,
        done: usize,
        limit: usize,
        observer: &mut dyn Observer,
    ) -> Result<(usize, StopReason), Error> {
        observer.stage(STAGE);
        let mut flow = if done == 0 { self.report(iterate, 0, 0.0, observer) } else { Flow::Continue };
        let mut momentum = Momentum::new();
        let mut objectives = VecDeque::from([iterate.objective]);
        for iteration in done + 1..=limit {
            if flow == Flow::Stop {
                return Ok((iteration - 1, StopReason::Cancelled));
            }
            let before = iterate.objective;
            let mut next = None;
            if let Some(model) = momentum.ahead_of(&iterate.model) {
                let ahead = self.swept(Iterate { model, ..*iterate })?;
                if ahead.objective < before {
                    momentum.faster();
                    next = Some(ahead);
                } else {
                    momentum.slower();
                }
            }
            let next = match next {
                Some(next) => next,
                None => self.swept(Iterate { model: iterate.model.clone(), ..*iterate })?,
            };
            let change = if before > 0.0 { (before - next.objective) / before } else { 0.0 };
            if change > 0.0 || before.is_infinite() {
                momentum.moved_from(std::mem::replace(iterate, next).model);
            }
            flow = self.report(iterate, iteration, change.max(0.0), observer);
            objectives.push_back(iterate.objective);
            if objectives.len() > SETTLED_OVER {
                let first = objectives.pop_front().unwrap_or_default();
                let fallen = first - iterate.objective;
                if fallen <= self.params.tolerance * SETTLED_OVER as f64 * first {
                    return Ok((iteration, StopReason::Converged));
                }
            }
        }
        Ok((limit, StopReason::IterationLimit))
    }

    /// An iterate after a sweep over the factors and the core.
    fn swept(&self, mut iterate: Iterate) -> Result<Iterate, Error> {
        let order: Vec<usize> = (0..self.tensor.shape().len()).collect();
        let mut seen = self.all_seen(&iterate.model.factors);
        self.sweep(self.tensor, &order, &mut iterate, &mut seen)?;
        Ok(iterate)
    }

    fn report(&self, iterate: &Iterate, iteration: usize, change: f64, observer: &mut dyn Observer) -> Flow {
        let error = if self.energy > 0.0 { (2.0 * iterate.data_term / self.energy).sqrt() } else { 0.0 };
        observer.iteration(&Step {
            iteration,
            iteration_limit: self.params.max_iterations,
            row: &[iterate.objective, error, change],
        })
    }

    /// Renews every factor once and then the core; projections several modes share are made once.
    fn sweep(
        &self,
        partial: &dyn Tensor,
        modes: &[usize],
        iterate: &mut Iterate,
        seen: &mut [Mat<f64>],
    ) -> Result<(), Error> {
        if let [mode] = *modes {
            let model = &mut iterate.model;
            match self.directions {
                Some(directions) => {
                    let expanded = project(partial, mode, directions[mode].transpose(), &mut Silent)?;
                    renew_factor(model, &expanded, mode, self.params.inner_passes)?;
                }
                None => renew_factor(model, partial, mode, self.params.inner_passes)?,
            }
            seen[mode] = self.seen(mode, &model.factors[mode]);
            if mode == self.tensor.shape().len() - 1 {
                let projected = project(partial, mode, seen[mode].as_ref(), &mut Silent)?;
                self.renew_core(iterate, &projected)?;
            }
            return Ok(());
        }
        let (first, second) = modes.split_at(modes.len().div_ceil(2));
        for (own, others) in [(first, second), (second, first)] {
            let order: Vec<usize> = others.iter().rev().copied().collect();
            let projected = project_all(partial, seen, &order, &mut Silent)?;
            self.sweep(&projected, own, iterate, seen)?;
        }
        Ok(())
    }

    /// Renews the core alone, and with it the objective.
    fn renew_core_of(&self, iterate: &mut Iterate) -> Result<(), Error> {
        let order: Vec<usize> = (0..self.bases.len()).rev().collect();
        let seen = self.all_seen(&iterate.model.factors);
        let projected = project_all(self.tensor, &seen, &order, &mut Silent)?;
        self.renew_core(iterate, &projected)
    }
}

/// The tensor on its leading directions, about twice as many as components; nothing where that would not be small.
fn compressed(
    tensor: &dyn Tensor,
    bases: &[ModeBasis],
    ranks: &[usize],
    observer: &mut dyn Observer,
) -> Result<Option<TuckerModel>, Error> {
    let kept: Vec<usize> =
        bases.iter().zip(ranks).map(|(basis, &rank)| (2 * rank + 5).min(basis.singular.len())).collect();
    let entries = |lengths: &[usize]| lengths.iter().map(|&length| length as f64).product::<f64>();
    if entries(&kept) > 0.25 * entries(tensor.shape()) {
        return Ok(None);
    }
    Ok(Some(projected(tensor, bases, &kept, observer)?))
}

/// Keeps the trace of a trial to itself.
struct Unheard<'a>(&'a mut dyn Observer);

impl Observer for Unheard<'_> {
    fn stage(&mut self, _name: &str) {}
    fn progress(&mut self, fraction: f64) -> Flow {
        self.0.progress(fraction)
    }
    fn iteration(&mut self, _step: &Step<'_>) -> Flow {
        self.0.progress(0.5)
    }
}

#[cfg(test)]
mod tests;
