use std::path::Path;

use faer::Mat;
use filigree_core::{Error, Flow, Info, Observer, Section, Silent, Step, StopReason, Stopwatch};

use crate::mode_basis::Accuracy;
use crate::mode_product::project;
use crate::outcome::finish;
use crate::rank_rule::{RankRule, useful_ranks};
use crate::renewed_basis::renewed_basis;
use crate::st_hosvd::{
    Compressed, FirstCut, StHosvdParams, cheapest_first, compress, project_all, quick_start,
};
use crate::tensor::{DenseTensor, Tensor};
use crate::tensor_input::TensorInput;
use crate::tucker_model::TuckerModel;

const STAGE: &str = "Iterating";

/// Parameters of higher-order orthogonal iteration.
#[derive(Clone, Debug, PartialEq)]
pub struct HooiParams {
    /// How the ranks are chosen, by the ST-HOSVD it starts from.
    pub rule: RankRule,
    /// How directions are found.
    pub accuracy: Accuracy,
    /// Sweeps over all modes at most.
    pub max_iterations: usize,
    /// Stop when a sweep lowers the relative error by less than this share of it.
    pub tolerance: f64,
}

impl Default for HooiParams {
    fn default() -> Self {
        Self {
            rule: RankRule::Tolerance(0.01),
            accuracy: Accuracy::Fast,
            max_iterations: 50,
            tolerance: 1e-4,
        }
    }
}

impl HooiParams {
    /// Says which parameter is wrong and why.
    pub fn check(&self) -> Result<(), Error> {
        self.rule.check(self.accuracy)?;
        if !(self.tolerance >= 0.0 && self.tolerance < 1.0) {
            return Err(Error::parameter(
                "stopTolerance",
                format!("The stopping tolerance is {}; it must lie between 0 and 1.", self.tolerance),
            ));
        }
        Ok(())
    }
}

/// Improves an ST-HOSVD by alternating over the modes: the factor of each becomes the leading directions of the tensor
/// projected on all others. The error never rises. Writes `core.npy` and `factors-1.npy` …
///
/// De Lathauwer, De Moor & Vandewalle, "On the best rank-1 and rank-(R₁,R₂,…,R_N) approximation of higher-order
/// tensors", SIAM J. Matrix Anal. Appl. 21(4), 2000. Every sweep finds directions from those of the one before
/// (`renewed_basis`). Projections that several modes share are made once (a tree over the modes, as of Kaya & Uçar,
/// 2016).
pub fn solve(
    input: &TensorInput,
    params: &HooiParams,
    folder: &Path,
    observer: &mut dyn Observer,
) -> Result<Info, Error> {
    params.check()?;
    params.rule.check_shape(&input.source.shape)?;
    let mut watch = Stopwatch::start();
    observer.stage("Reading the tensor");
    let tensor = input.open()?;
    let mut warnings = Vec::new();
    let rest = &mut Section::new(observer, 0.0, 0.3);
    let started = match (&params.rule, params.accuracy) {
        (RankRule::Ranks(ranks), Accuracy::Fast) => {
            quick_start(tensor.as_ref(), &useful_ranks(ranks, &mut warnings), rest)?
        }
        (rule, accuracy) => {
            let start = StHosvdParams { rule: rule.clone(), accuracy, sequential: true };
            compress(tensor.as_ref(), &start, &mut warnings, rest)?
        }
    };
    watch.setup_done();
    let Compressed { model, energy, first_cut, .. } = started;
    let end = iterate(tensor.as_ref(), energy, model, first_cut, params, observer)?;
    let message = |ranks: &str| match end.reason {
        StopReason::Converged => format!(
            "Converged after {} sweeps to a core of {ranks}: the last one lowered the error by less than {:.0e} of it.",
            end.iterations, params.tolerance
        ),
        StopReason::Cancelled => format!("Stopped after {} sweeps with a core of {ranks}.", end.iterations),
        _ => format!("Reached the limit of {} sweeps with a core of {ranks}.", end.iterations),
    };
    let model = end.model.clone();
    let rest = &mut Section::new(observer, 0.9, 1.0);
    let info = finish(tensor.as_ref(), model, folder, watch, warnings, Vec::new(), message, rest)?;
    Ok(Info { iterations: end.iterations, stop_reason: end.reason, ..info })
}

/// Where an iteration ended.
pub struct HooiEnd {
    /// The last iterate.
    pub model: TuckerModel,
    /// Sweeps done.
    pub iterations: usize,
    /// Why it ended.
    pub reason: StopReason,
}

/// Sweeps over the modes until the error stays where it is; `energy` is ‖X‖². Factors are orthonormal, so ‖X − X̂‖² =
/// ‖X‖² − ‖G‖²; that identity drives the iteration, the figures at the end come from the residual.
///
/// A sweep has two halves, each of which reads the tensor once: one renews some of the modes, the other those left. It
/// ends where two halves in a row, which renew every mode, gain no more than the tolerance. `first_cut` saves a pass:
/// the first sweep renews all modes but the one it was cut in before it reads the tensor.
pub fn iterate(
    tensor: &dyn Tensor,
    energy: f64,
    mut model: TuckerModel,
    mut first_cut: Option<FirstCut>,
    params: &HooiParams,
    observer: &mut dyn Observer,
) -> Result<HooiEnd, Error> {
    observer.stage(STAGE);
    let error_of = |core: &DenseTensor| {
        let kept: f64 = core.values().iter().map(|value| value * value).sum();
        if energy == 0.0 { 0.0 } else { ((energy - kept).max(0.0) / energy).sqrt() }
    };
    let share = |from: f64, to: f64| if from > 0.0 { ((from - to) / from).max(0.0) } else { 0.0 };
    let order = sweep_order(tensor, &model);
    let (some, others) = order.split_at(order.len().div_ceil(2));
    let mut error = error_of(&model.core);
    let mut gained_before = f64::INFINITY;
    let report = |iteration: usize, error: f64, change: f64, observer: &mut dyn Observer| {
        observer.iteration(&Step { iteration, iteration_limit: params.max_iterations, row: &[error, change] })
    };
    let mut flow = report(0, error, 0.0, observer);
    for iteration in 1..=params.max_iterations {
        if flow == Flow::Stop {
            return Ok(HooiEnd { model, iterations: iteration - 1, reason: StopReason::Cancelled });
        }
        let start = error;
        let mut settled = false;
        if let Some(FirstCut { mode, tensor: cut }) = first_cut.take() {
            let rest: Vec<usize> = order.iter().copied().filter(|&other| other != mode).collect();
            sweep(&cut, &rest, &mut model, params.accuracy, &mut Silent)?;
            error = error_of(&model.core);
        }
        for (own, fixed) in [(some, others), (others, some)] {
            let mut next = model.clone();
            // A half over a tensor larger than memory takes its time: it can be stopped within, and what was found
            // before it is kept then.
            match half_sweep(tensor, own, fixed, &mut next, params.accuracy, observer) {
                Err(Error::Cancelled(_)) => {
                    return Ok(HooiEnd { model, iterations: iteration - 1, reason: StopReason::Cancelled });
                }
                done => done?,
            }
            model = next;
            let now = error_of(&model.core);
            let gained = share(error, now);
            error = now;
            settled = gained_before + gained <= params.tolerance;
            gained_before = gained;
            if settled {
                break;
            }
        }
        flow = report(iteration, error, share(start, error), observer);
        if settled {
            return Ok(HooiEnd { model, iterations: iteration, reason: StopReason::Converged });
        }
    }
    Ok(HooiEnd { model, iterations: params.max_iterations, reason: StopReason::IterationLimit })
}

/// The order in which a sweep takes the modes: those whose projection shrinks the tensor least come first.
pub fn sweep_order(tensor: &dyn Tensor, model: &TuckerModel) -> Vec<usize> {
    let mut order = cheapest_first(tensor.shape(), model.ranks());
    order.reverse();
    order
}

/// Renews every factor once, and the core with the last one. `modes` are those `partial` was not projected on.
pub fn sweep(
    partial: &dyn Tensor,
    modes: &[usize],
    model: &mut TuckerModel,
    accuracy: Accuracy,
    observer: &mut dyn Observer,
) -> Result<(), Error> {
    if let [mode] = *modes {
        let known = model.factors[mode].as_ref();
        model.factors[mode] = renewed_basis(partial, mode, known, accuracy, &mut Quiet(observer))?;
        model.core = project(partial, mode, model.factors[mode].as_ref(), &mut Silent)?;
        return Ok(());
    }
    let (first, second) = modes.split_at(modes.len().div_ceil(2));
    half_sweep(partial, first, second, model, accuracy, observer)?;
    half_sweep(partial, second, first, model, accuracy, observer)
}

/// Renews the factors of `own` from the tensor projected on those of `fixed`.
fn half_sweep(
    partial: &dyn Tensor,
    own: &[usize],
    fixed: &[usize],
    model: &mut TuckerModel,
    accuracy: Accuracy,
    observer: &mut dyn Observer,
) -> Result<(), Error> {
    let order = by_gain(fixed, &model.factors);
    let projected = project_all(partial, &model.factors, &order, &mut Quiet(observer))?;
    sweep(&projected, own, model, accuracy, observer)
}

/// Modes whose factors make the tensor smallest first.
fn by_gain(modes: &[usize], factors: &[Mat<f64>]) -> Vec<usize> {
    let mut order = modes.to_vec();
    let share = |mode: usize| factors[mode].ncols() as f64 / factors[mode].nrows() as f64;
    order.sort_by(|&a, &b| share(a).total_cmp(&share(b)));
    order
}

/// Passes a wish to stop on, and keeps the stage and the fraction of the iteration to itself.
struct Quiet<'a>(&'a mut dyn Observer);

impl Observer for Quiet<'_> {
    fn stage(&mut self, _name: &str) {}
    fn progress(&mut self, _fraction: f64) -> Flow {
        self.0.progress(0.3)
    }
    fn iteration(&mut self, step: &Step<'_>) -> Flow {
        self.0.iteration(step)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mode_basis::mode_basis;
    use crate::st_hosvd::projected;
    use crate::test_support::{random_tensor, saved};
    use filigree_core::in_pool;

    struct Rows(Vec<f64>);
    impl Observer for Rows {
        fn stage(&mut self, _name: &str) {}
        fn progress(&mut self, _fraction: f64) -> Flow {
            Flow::Continue
        }
        fn iteration(&mut self, step: &Step<'_>) -> Flow {
            self.0.push(step.row[0]);
            Flow::Continue
        }
    }

    fn params(ranks: &[usize]) -> HooiParams {
        HooiParams { rule: RankRule::Ranks(ranks.to_vec()), tolerance: 1e-9, ..HooiParams::default() }
    }

    #[test]
    fn the_error_never_rises_and_the_figure_is_that_of_the_residual() {
        let folder = tempfile::tempdir().unwrap();
        let input = TensorInput::plain(saved(folder.path(), "x.npy", &random_tensor(&[12, 10, 9, 7], 2)));
        let mut rows = Rows(Vec::new());
        let info = solve(&input, &params(&[4, 3, 3, 2]), folder.path(), &mut rows).unwrap();
        assert!(rows.0.len() > 3);
        assert!(rows.0.windows(2).all(|pair| pair[1] <= pair[0] + 1e-14), "{:?}", rows.0);
        assert!((info.figure("relativeError").unwrap() - rows.0.last().unwrap()).abs() < 1e-12);
    }

    #[test]
    fn the_end_is_stationary() {
        let folder = tempfile::tempdir().unwrap();
        let input = TensorInput::plain(saved(folder.path(), "x.npy", &random_tensor(&[8, 7, 6], 5)));
        let tensor = input.open().unwrap();
        let bases = crate::st_hosvd::all_bases(tensor.as_ref(), Accuracy::Fast, &mut Silent).unwrap();
        let start = projected(tensor.as_ref(), &bases, &[2, 2, 2], &mut Silent).unwrap();
        let long = HooiParams { max_iterations: 5000, tolerance: 0.0, ..params(&[2, 2, 2]) };
        let energy: f64 = bases[0].energies().iter().sum();
        let end = iterate(tensor.as_ref(), energy, start, None, &long, &mut Silent).unwrap().model;
        // Each factor spans the leading directions of the tensor projected on the others.
        for mode in 0..3 {
            let others: Vec<usize> = (0..3).filter(|&other| other != mode).collect();
            let cut = project_all(tensor.as_ref(), &end.factors, &others, &mut Silent).unwrap();
            let best = mode_basis(&cut, mode, Accuracy::Accurate, &mut Silent).unwrap().leading(2);
            let overlap = best.transpose() * &end.factors[mode];
            let square: f64 = (0..4).map(|at| overlap[(at / 2, at % 2)].powi(2)).sum();
            assert!((square - 2.0).abs() < 1e-5, "mode {mode}: {square}");
        }
    }

    #[test]
    fn one_and_two_threads_write_the_same_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let input = TensorInput::plain(saved(folder.path(), "x.npy", &random_tensor(&[60, 50, 40], 2)));
        let run = |threads| {
            in_pool(threads, || solve(&input, &params(&[4, 3, 3]), folder.path(), &mut Silent)).unwrap();
            ["core.npy", "factors-1.npy", "factors-3.npy"]
                .map(|name| std::fs::read(folder.path().join(name)).unwrap())
        };
        assert!(run(1) == run(2));
    }
}
