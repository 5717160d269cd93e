use std::path::Path;

use filigree_core::{Error, Info, Observer, Section, Silent, Stopwatch};

use crate::core_shape::{Spectra, best_core_shape};
use crate::core_tails::CoreTails;
use crate::mode_basis::{Accuracy, ModeBasis, mode_basis};
use crate::mode_product::project;
use crate::outcome::{finish, write_singular_values};
use crate::rank_rule::{RankRule, useful_ranks};
use crate::tensor::{DenseTensor, Tensor};
use crate::tensor_input::TensorInput;
use crate::tucker_model::TuckerModel;

/// Share of the allowed energy that the first, sequential compression may use up when a tolerance is given. The rest
/// is spent by the search for the smallest core inside of the compressed one.
const FIRST_SHARE: f64 = 0.01;

/// Parameters of the higher-order singular value decomposition.
#[derive(Clone, Debug, PartialEq)]
pub struct StHosvdParams {
    /// How the ranks are chosen.
    pub rule: RankRule,
    /// How directions are found.
    pub accuracy: Accuracy,
    /// Each mode is cut before the next one is looked at; otherwise all are found from the whole tensor.
    pub sequential: bool,
}

impl Default for StHosvdParams {
    fn default() -> Self {
        Self { rule: RankRule::Tolerance(0.01), accuracy: Accuracy::Fast, sequential: true }
    }
}

impl StHosvdParams {
    /// Says which parameter is wrong and why.
    pub fn check(&self) -> Result<(), Error> {
        self.rule.check(self.accuracy)
    }
}

/// A model with the singular values its ranks were chosen from.
pub struct Compressed {
    /// Orthonormal factors and their core.
    pub model: TuckerModel,
    /// Singular values of each mode, as they were found.
    pub singular: Vec<Vec<f64>>,
}

/// Decomposes a tensor and writes `core.npy`, `factors-1.npy` … and `singularValues-1.npy` … into `folder`.
///
/// Vannieuwenhoven, Vandebril & Meerbergen, "A new truncation strategy for the higher-order singular value
/// decomposition", SIAM J. Sci. Comput. 34(2), 2012; De Lathauwer, De Moor & Vandewalle, SIAM J. Matrix Anal. Appl.
/// 21(4), 2000, for the classical form.
pub fn solve(
    input: &TensorInput,
    params: &StHosvdParams,
    folder: &Path,
    observer: &mut dyn Observer,
) -> Result<Info, Error> {
    params.check()?;
    params.rule.check_shape(&input.source.shape)?;
    let watch = Stopwatch::start();
    observer.stage("Reading the tensor");
    let tensor = input.open()?;
    let mut warnings = Vec::new();
    let compressed = compress(tensor.as_ref(), params, &mut warnings, &mut Section::new(observer, 0.0, 0.8))?;
    let files = write_singular_values(folder, &compressed.singular)?;
    let message = |ranks: &str| format!("Compressed to a core of {ranks}.");
    let mut section = Section::new(observer, 0.8, 1.0);
    finish(tensor.as_ref(), compressed.model, folder, watch, warnings, files, message, &mut section)
}

/// Decomposes a tensor by the rule of `params`.
pub fn compress(
    tensor: &dyn Tensor,
    params: &StHosvdParams,
    warnings: &mut Vec<String>,
    observer: &mut dyn Observer,
) -> Result<Compressed, Error> {
    match &params.rule {
        RankRule::Ranks(ranks) => {
            let ranks = useful_ranks(ranks, warnings);
            with_ranks(tensor, &ranks, params, observer)
        }
        RankRule::Tolerance(tolerance) => with_tolerance(tensor, *tolerance, params.accuracy, observer),
        RankRule::Size(budget) => {
            let bases = all_bases(tensor, params.accuracy, &mut Section::new(observer, 0.0, 0.6))?;
            let spectra = Spectra::new(tensor.shape(), bases.iter().map(ModeBasis::energies).collect());
            let ranks = useful_ranks(&best_core_shape(&spectra, *budget, &mut Silent)?.ranks, warnings);
            let rest = &mut Section::new(observer, 0.6, 1.0);
            let singular = bases.iter().map(|basis| basis.singular.clone()).collect();
            let model = if params.sequential {
                with_ranks(tensor, &ranks, params, rest)?.model
            } else {
                projected(tensor, &bases, &ranks, rest)?
            };
            Ok(Compressed { model, singular })
        }
    }
}

/// The directions of every unfolding of the whole tensor.
pub fn all_bases(
    tensor: &dyn Tensor,
    accuracy: Accuracy,
    observer: &mut dyn Observer,
) -> Result<Vec<ModeBasis>, Error> {
    let modes = tensor.shape().len();
    (0..modes)
        .map(|mode| {
            let (from, to) = (mode as f64 / modes as f64, (mode + 1) as f64 / modes as f64);
            mode_basis(tensor, mode, accuracy, &mut Section::new(observer, from, to))
        })
        .collect()
}

/// Cuts every mode to its leading directions, all found from the whole tensor.
pub fn projected(
    tensor: &dyn Tensor,
    bases: &[ModeBasis],
    ranks: &[usize],
    observer: &mut dyn Observer,
) -> Result<TuckerModel, Error> {
    let factors: Vec<_> = bases.iter().zip(ranks).map(|(basis, &rank)| basis.leading(rank)).collect();
    let core = project_all(tensor, &factors, &cheapest_first(tensor.shape(), ranks), observer)?;
    Ok(TuckerModel { core, factors })
}

/// Multiplies the modes of `order` with their transposed factors.
pub fn project_all(
    tensor: &dyn Tensor,
    factors: &[faer::Mat<f64>],
    order: &[usize],
    observer: &mut dyn Observer,
) -> Result<DenseTensor, Error> {
    let [first, rest @ ..] = order else {
        return Err(Error::Internal("A projection needs a mode to project.".to_owned()));
    };
    let mut core = project(tensor, *first, factors[*first].as_ref(), observer)?;
    for &mode in rest {
        core = project(&core, mode, factors[mode].as_ref(), &mut Silent)?;
    }
    Ok(core)
}

/// Modes by how much smaller they make the tensor, most first; of equals the later one, which lies closer together.
pub fn cheapest_first(shape: &[usize], ranks: &[usize]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..shape.len()).rev().collect();
    let share = |mode: usize| ranks[mode] as f64 / shape[mode] as f64;
    order.sort_by(|&a, &b| share(a).total_cmp(&share(b)));
    order
}

fn with_ranks(
    tensor: &dyn Tensor,
    ranks: &[usize],
    params: &StHosvdParams,
    observer: &mut dyn Observer,
) -> Result<Compressed, Error> {
    if !params.sequential {
        let bases = all_bases(tensor, params.accuracy, &mut Section::new(observer, 0.0, 0.8))?;
        let model = projected(tensor, &bases, ranks, &mut Section::new(observer, 0.8, 1.0))?;
        return Ok(Compressed { model, singular: bases.into_iter().map(|basis| basis.singular).collect() });
    }
    let order = processing_order(tensor.shape(), ranks);
    sequentially(tensor, &order, params.accuracy, observer, |mode, _| ranks[mode])
}

/// Cuts one mode after the other; `rank_of` chooses how many directions of a mode stay.
fn sequentially(
    tensor: &dyn Tensor,
    order: &[usize],
    accuracy: Accuracy,
    observer: &mut dyn Observer,
    mut rank_of: impl FnMut(usize, &ModeBasis) -> usize,
) -> Result<Compressed, Error> {
    let modes = order.len();
    let mut factors = vec![faer::Mat::new(); modes];
    let mut singular = vec![Vec::new(); modes];
    let mut current: Option<DenseTensor> = None;
    for (step, &mode) in order.iter().enumerate() {
        // The first step reads the whole tensor and takes nearly all of the time.
        let (from, middle, to) = if step == 0 { (0.0, 0.6, 0.8) } else { (0.8, 0.9, 1.0) };
        let source: &dyn Tensor = current.as_ref().map_or(tensor, |cut| cut);
        let basis = mode_basis(source, mode, accuracy, &mut Section::new(observer, from, middle))?;
        let rank = rank_of(mode, &basis).clamp(1, basis.singular.len());
        factors[mode] = basis.leading(rank);
        let cut = project(source, mode, factors[mode].as_ref(), &mut Section::new(observer, middle, to))?;
        singular[mode] = basis.singular;
        current = Some(cut);
    }
    let core = current.ok_or_else(|| Error::Internal("A tensor without modes.".to_owned()))?;
    Ok(Compressed { model: TuckerModel { core, factors }, singular })
}

/// The smallest model within a tolerance: a sequential compression that uses up little of what is allowed, then the
/// smallest part of its all-orthogonal core that uses up the rest. Both losses are orthogonal, so they add.
fn with_tolerance(
    tensor: &dyn Tensor,
    tolerance: f64,
    accuracy: Accuracy,
    observer: &mut dyn Observer,
) -> Result<Compressed, Error> {
    let shape = tensor.shape();
    let mut order: Vec<usize> = (0..shape.len()).collect();
    order.sort_by_key(|&mode| shape[mode]);
    let (mut energy, mut lost) = (0.0, 0.0);
    let mut left = shape.len() as f64;
    let mut compressed = sequentially(tensor, &order, accuracy, observer, |_, basis| {
        let energies = basis.energies();
        if energy == 0.0 {
            energy = energies.iter().sum();
        }
        let allowed = (FIRST_SHARE * tolerance * tolerance * energy - lost).max(0.0) / left;
        left -= 1.0;
        let mut tail = 0.0;
        let mut rank = energies.len();
        while rank > 1 && tail + energies[rank - 1] <= allowed {
            tail += energies[rank - 1];
            rank -= 1;
        }
        lost += tail;
        rank
    })?;
    let model = &mut compressed.model;
    model.make_canonical()?;
    // Rounding of the norm itself must not push the result above what was promised.
    let promised = tolerance * tolerance * (1.0 - 1e-12) * energy;
    let ranks = CoreTails::new(&model.core).smallest(shape, (promised - lost).max(0.0));
    model.cut(&ranks)?;
    Ok(compressed)
}

/// The order of modes with the least arithmetic: Gram matrix and product of every step. Every order is tried up to
/// seven modes, more are taken by length.
fn processing_order(shape: &[usize], ranks: &[usize]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..shape.len()).collect();
    order.sort_by_key(|&mode| shape[mode]);
    if shape.len() > 7 {
        return order;
    }
    let mut best = (f64::INFINITY, order.clone());
    permute(&mut order, 0, &mut |candidate| {
        let mut size: f64 = shape.iter().map(|&length| length as f64).product();
        let mut cost = 0.0;
        for &mode in candidate {
            let (length, rank) = (shape[mode] as f64, ranks[mode] as f64);
            cost += size * (length + 2.0 * rank) + 20.0 * length.powi(3);
            size *= rank / length;
        }
        if cost < best.0 {
            best = (cost, candidate.to_vec());
        }
    });
    best.1
}

fn permute(items: &mut Vec<usize>, from: usize, visit: &mut impl FnMut(&[usize])) {
    if from == items.len() {
        visit(items);
        return;
    }
    for other in from..items.len() {
        items.swap(from, other);
        permute(items, from + 1, visit);
        items.swap(from, other);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::{random_tensor, saved};
    use crate::tucker_model::row_major;
    use crate::{SyntheticTensorParams, solve_synthetic_tensor};
    use filigree_core::{ErrorCode, Flow, Step, in_pool};

    /// Low rank with noise.
    fn noisy(shape: &[usize], ranks: &[usize], noise: f64) -> (tempfile::TempDir, TensorInput) {
        let folder = tempfile::tempdir().unwrap();
        let params = SyntheticTensorParams {
            shape: shape.to_vec(),
            ranks: ranks.to_vec(),
            noise,
            ..SyntheticTensorParams::default()
        };
        solve_synthetic_tensor(&params, 4, folder.path(), &mut Silent).unwrap();
        let source = crate::test_support::described(&folder.path().join("tensor.npy"), shape);
        (folder, TensorInput::plain(source))
    }

    fn with(rule: RankRule) -> StHosvdParams {
        StHosvdParams { rule, ..StHosvdParams::default() }
    }

    #[test]
    fn exact_structure_is_recovered_by_every_way() {
        let (folder, input) = noisy(&[20, 15, 12, 6], &[3, 4, 2, 2], 0.0);
        for sequential in [true, false] {
            for accuracy in [Accuracy::Fast, Accuracy::Accurate] {
                let own = StHosvdParams { accuracy, sequential, ..with(RankRule::Ranks(vec![3, 4, 2, 2])) };
                let info = solve(&input, &own, folder.path(), &mut Silent).unwrap();
                assert!(info.figure("relativeError").unwrap() < 1e-12, "{:?}", info.figures);
            }
        }
        let own = StHosvdParams { accuracy: Accuracy::Accurate, ..with(RankRule::Tolerance(1e-11)) };
        let info = solve(&input, &own, folder.path(), &mut Silent).unwrap();
        assert!(info.stop_message.contains("3 × 4 × 2 × 2"), "{}", info.stop_message);
    }

    #[test]
    fn a_tolerance_is_kept_with_no_more_than_it_needs() {
        let (folder, input) = noisy(&[30, 25, 20], &[8, 7, 6], 0.05);
        for tolerance in [0.6, 0.06, 0.03] {
            let info =
                solve(&input, &with(RankRule::Tolerance(tolerance)), folder.path(), &mut Silent).unwrap();
            let error = info.figure("relativeError").unwrap();
            assert!(error <= tolerance, "{error} {tolerance}");
            assert!(error > 0.6 * tolerance, "{error} is far below {tolerance}");
        }
    }

    #[test]
    fn a_budget_is_kept_and_too_small_ones_are_refused() {
        let (folder, input) = noisy(&[30, 25, 20], &[8, 7, 6], 0.05);
        let info = solve(&input, &with(RankRule::Size(700)), folder.path(), &mut Silent).unwrap();
        assert!(info.figure("size").unwrap() <= 700.0);
        let error = solve(&input, &with(RankRule::Size(70)), folder.path(), &mut Silent).unwrap_err();
        assert_eq!(error.blamed_parameter(), Some("budget"));
    }

    #[test]
    fn a_mapped_tensor_gives_what_one_in_memory_gives() {
        let (folder, mut input) = noisy(&[30, 25, 20], &[4, 3, 2], 0.05);
        let ranks = RankRule::Ranks(vec![4, 3, 2]);
        let mut figures = Vec::new();
        for in_memory_entries in [1 << 20, 0] {
            input.in_memory_entries = in_memory_entries;
            let info = solve(&input, &with(ranks.clone()), folder.path(), &mut Silent).unwrap();
            figures.push(info.figure("relativeError").unwrap());
        }
        assert!((figures[0] - figures[1]).abs() < 1e-12);
    }

    #[test]
    fn long_modes_empty_components_and_zeros_are_fine() {
        let folder = tempfile::tempdir().unwrap();
        let long = TensorInput::plain(saved(folder.path(), "long.npy", &random_tensor(&[300, 4, 3], 1)));
        let info = solve(&long, &with(RankRule::Ranks(vec![20, 4, 3])), folder.path(), &mut Silent).unwrap();
        assert!(info.figure("relativeError").unwrap() < 1e-12, "ranks (12, 4, 3) say all");
        assert!(info.warnings[0].contains("Rank 20 of mode 1"), "{:?}", info.warnings);
        let zero = DenseTensor::new(vec![4, 3, 2], vec![0.0; 24]);
        let zero = TensorInput::plain(saved(folder.path(), "zero.npy", &zero));
        for rule in [RankRule::Tolerance(0.1), RankRule::Ranks(vec![2, 2, 2]), RankRule::Size(20)] {
            let info = solve(&zero, &with(rule), folder.path(), &mut Silent).unwrap();
            assert_eq!(info.figure("relativeError"), Some(0.0));
            assert!(info.warnings.iter().any(|warning| warning.contains("zero")));
        }
    }

    #[test]
    fn one_and_two_threads_give_the_same_model() {
        let (_folder, input) = noisy(&[90, 85, 40], &[6, 5, 4], 0.1);
        let tensor = input.open().unwrap();
        for rule in [RankRule::Ranks(vec![6, 5, 4]), RankRule::Tolerance(0.1)] {
            let run = |threads| {
                let model = in_pool(threads, || {
                    compress(tensor.as_ref(), &with(rule.clone()), &mut Vec::new(), &mut Silent)
                })
                .unwrap()
                .model;
                (model.core, row_major(model.factors[0].as_ref()))
            };
            assert!(run(1) == run(2));
        }
    }

    struct Stops;
    impl Observer for Stops {
        fn stage(&mut self, _name: &str) {}
        fn progress(&mut self, _fraction: f64) -> Flow {
            Flow::Stop
        }
        fn iteration(&mut self, _step: &Step<'_>) -> Flow {
            Flow::Stop
        }
    }

    #[test]
    fn a_stopped_run_leaves_nothing_behind() {
        let (folder, input) = noisy(&[30, 25, 20], &[4, 3, 2], 0.05);
        let out = tempfile::tempdir().unwrap();
        let error = solve(&input, &with(RankRule::Tolerance(0.1)), out.path(), &mut Stops).unwrap_err();
        assert_eq!(error.code(), ErrorCode::Cancelled);
        assert_eq!(std::fs::read_dir(out.path()).unwrap().count(), 0);
        drop(folder);
    }
}
