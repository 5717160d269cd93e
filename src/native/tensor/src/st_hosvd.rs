use std::path::Path;

use filigree_core::{Error, Info, Observer, Section, Silent, Stopwatch};

use crate::core_shape::{Spectra, best_core_shape};
use crate::core_tails::CoreTails;
use crate::leading_basis::{LeadingBasis, leading_basis};
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
    /// Energy of the whole tensor, from the first unfolding that was looked at.
    pub energy: f64,
    /// What the tensor became in the first step, where the model still has that step's directions.
    pub first_cut: Option<FirstCut>,
}

/// A tensor projected on the directions of one mode.
pub struct FirstCut {
    /// The mode.
    pub mode: usize,
    /// The projected tensor.
    pub tensor: DenseTensor,
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
            if params.sequential {
                return Ok(Compressed { singular, ..with_ranks(tensor, &ranks, params, rest)? });
            }
            let energy = bases[0].energies().iter().sum();
            let model = projected(tensor, &bases, &ranks, rest)?;
            Ok(Compressed { model, singular, energy, first_cut: None })
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
        let energy = bases[0].energies().iter().sum();
        let singular = bases.into_iter().map(|basis| basis.singular).collect();
        return Ok(Compressed { model, singular, energy, first_cut: None });
    }
    let order = processing_order(tensor.shape(), ranks);
    sequentially(tensor, &order, observer, |source, mode, observer| {
        Ok(leading(mode_basis(source, mode, params.accuracy, observer)?, ranks[mode]))
    })
}

/// A start of given ranks to improve on, in sequence and without the directions that are cut away: its singular values
/// are those of the ranks only.
pub fn quick_start(
    tensor: &dyn Tensor,
    ranks: &[usize],
    observer: &mut dyn Observer,
) -> Result<Compressed, Error> {
    let order = processing_order(tensor.shape(), ranks);
    sequentially(tensor, &order, observer, |source, mode, observer| {
        leading_basis(source, mode, ranks[mode], observer)
    })
}

/// The first directions of a basis.
fn leading(basis: ModeBasis, rank: usize) -> LeadingBasis {
    let vectors = basis.leading(rank.clamp(1, basis.singular.len()));
    LeadingBasis { vectors, energy: basis.energies().iter().sum(), singular: basis.singular }
}

/// Cuts one mode after the other; `find` gives the directions of a mode that stay.
fn sequentially(
    tensor: &dyn Tensor,
    order: &[usize],
    observer: &mut dyn Observer,
    mut find: impl FnMut(&dyn Tensor, usize, &mut dyn Observer) -> Result<LeadingBasis, Error>,
) -> Result<Compressed, Error> {
    let modes = order.len();
    let mut factors = vec![faer::Mat::new(); modes];
    let mut singular = vec![Vec::new(); modes];
    let mut energy = 0.0;
    let mut first_cut: Option<FirstCut> = None;
    let mut current: Option<DenseTensor> = None;
    for (step, &mode) in order.iter().enumerate() {
        // The first step reads the whole tensor and takes nearly all of the time.
        let (from, middle, to) = if step == 0 { (0.0, 0.6, 0.8) } else { (0.8, 0.9, 1.0) };
        let source: &dyn Tensor = match (&current, &first_cut) {
            (Some(cut), _) | (None, Some(FirstCut { tensor: cut, .. })) => cut,
            (None, None) => tensor,
        };
        let found = find(source, mode, &mut Section::new(observer, from, middle))?;
        factors[mode] = found.vectors;
        let cut = project(source, mode, factors[mode].as_ref(), &mut Section::new(observer, middle, to))?;
        singular[mode] = found.singular;
        if step == 0 {
            energy = found.energy;
            first_cut = Some(FirstCut { mode, tensor: cut });
        } else {
            current = Some(cut);
        }
    }
    let core = current.ok_or_else(|| Error::Internal("A tensor of one mode.".to_owned()))?;
    Ok(Compressed { model: TuckerModel { core, factors }, singular, energy, first_cut })
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
    let mut compressed = sequentially(tensor, &order, observer, |source, mode, observer| {
        let basis = mode_basis(source, mode, accuracy, observer)?;
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
        Ok(leading(basis, rank))
    })?;
    compressed.first_cut = None;
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
mod tests;
