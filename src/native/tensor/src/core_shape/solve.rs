use std::path::Path;
use std::time::Instant;

use filigree_core::{Error, Info, NpyWriter, Observer, Section, Silent, Stopwatch};

use super::branch_and_bound::best_core_shape;
use super::front::{pareto_front, thinned, with_choice};
use super::greedy::{Rule, by_rule};
use super::spectra::{CoreShape, Spectra};
use super::tree::{DimensionTree, TreeShape, best_tree_shape, tree_is_exact};
use crate::core_tails::CoreTails;
use crate::mode_basis::{Accuracy, ModeBasis, mode_basis};
use crate::outcome::write_singular_values;
use crate::rank_rule::check_budget;
use crate::shape::{element_count, shape_text};
use crate::st_hosvd::{all_bases, projected};
use crate::tensor::{DenseTensor, Tensor};
use crate::tensor_input::TensorInput;

/// Points of the trade-off that are written.
const POINTS: usize = 400;

/// Parameters of the choice of a core shape.
#[derive(Clone, Debug, PartialEq)]
pub struct CoreShapeParams {
    /// Numbers the model may have.
    pub budget: usize,
    /// How the singular values are found.
    pub accuracy: Accuracy,
    /// A tree over the modes, such as `((1,2),3)`, whose tensor network is packed into the same budget; empty: none.
    pub tree: String,
}

impl Default for CoreShapeParams {
    fn default() -> Self {
        Self { budget: 20_000, accuracy: Accuracy::Fast, tree: String::new() }
    }
}

/// Chooses ranks for a budget by every rule, and weighs error against size for every budget at once.
///
/// Writes `singularValues-1.npy` …; `tradeoff.npy` (point, column): size, compression, error bound, true error where
/// the core of the whole tensor fits into memory, ranks; `rules.npy` (rule, column), the same columns, for the optimum,
/// the greedy rule, the gain per number and, with a core, the true-error greedy. With a tree, `tree.npy` (node, 2): rank and
/// share of the energy lost, children before their parents.
pub fn solve(
    input: &TensorInput,
    params: &CoreShapeParams,
    folder: &Path,
    observer: &mut dyn Observer,
) -> Result<Info, Error> {
    check_budget(params.budget, &input.source.shape)?;
    let tree = match params.tree.trim() {
        "" => None,
        text => Some(DimensionTree::parse(text, input.source.shape.len())?),
    };
    let mut watch = Stopwatch::start();
    observer.stage("Reading the tensor");
    let tensor = input.open()?;
    let bases = all_bases(tensor.as_ref(), params.accuracy, &mut Section::new(observer, 0.0, 0.6))?;
    let spectra = Spectra::new(tensor.shape(), bases.iter().map(ModeBasis::energies).collect());
    watch.setup_done();

    observer.stage("Choosing the core shape");
    let searched = Instant::now();
    let best = best_core_shape(&spectra, params.budget, observer)?;
    let search_milliseconds = searched.elapsed().as_secs_f64() * 1e3;

    let full: Vec<usize> = bases.iter().map(|basis| basis.singular.len()).collect();
    let in_memory = element_count(&full)? <= input.in_memory_entries;
    let core = if in_memory {
        observer.stage("Rotating the core");
        Some(projected(tensor.as_ref(), &bases, &full, &mut Section::new(observer, 0.6, 0.8))?.core)
    } else {
        None
    };
    let tails = core.as_ref().map(CoreTails::new);
    let mut chosen = vec![
        best.clone(),
        by_rule(&spectra, params.budget, Rule::Gain, None),
        by_rule(&spectra, params.budget, Rule::GainPerNumber, None),
    ];
    if tails.is_some() {
        chosen.push(by_rule(&spectra, params.budget, Rule::TrueError, tails.as_ref()));
    }
    let entries = element_count(tensor.shape())?;
    let front = pareto_front(&spectra, entries, &mut Section::new(observer, 0.8, 1.0))?;
    // What was chosen is a point of the curve, whatever was thinned out.
    let front = with_choice(thinned(front, POINTS), &best);

    let row = |shape: &CoreShape| row_of(shape, &spectra, tails.as_ref(), entries);
    let columns = row(&best).len();
    let table = |name: &str, shapes: &[CoreShape]| {
        let rows: Vec<f64> = shapes.iter().flat_map(row).collect();
        NpyWriter::write_all(folder, name, &[shapes.len(), columns], &rows)
    };
    let mut files =
        write_singular_values(folder, &bases.iter().map(|basis| basis.singular.clone()).collect::<Vec<_>>())?;
    files.push(table("tradeoff.npy", &front)?);
    files.push(table("rules.npy", &chosen)?);
    let mut figures = vec![
        ("size", best.size as f64),
        ("compression", entries as f64 / best.size as f64),
        ("errorBound", spectra.error_bound(&best)),
        ("searchMilliseconds", search_milliseconds),
    ];
    let mut warnings = Vec::new();
    if let Some(tree) = &tree {
        let core = core.as_ref().ok_or_else(|| {
            Error::parameter(
                "tree",
                "The tensor is too large for a tree: its core must fit into memory. Leave the tree empty.",
            )
        })?;
        let losses = tree_losses(tree, core, &spectra)?;
        let shape = best_tree_shape(tree, &spectra.lengths, &losses, params.budget).ok_or_else(|| {
            Error::parameter(
                "budget",
                format!(
                    "A budget of {} numbers does not hold the smallest network of the tree {}. Raise it.",
                    params.budget, params.tree
                ),
            )
        })?;
        if !tree_is_exact(&losses) {
            warnings.push(
                "Some nodes of the tree can have more than 48 ranks: those were tried on a grid, so a slightly better choice may exist."
                    .to_owned(),
            );
        }
        files.push(write_tree(folder, &shape, &losses, spectra.energy())?);
        figures.push(("treeSize", shape.size as f64));
        figures.push(("treeErrorBound", relative(shape.loss, spectra.energy())));
    }
    match &tails {
        Some(tails) => figures.push(("relativeError", relative(tails.tail(&best.ranks), spectra.energy()))),
        None => warnings.push(
            "The tensor is too large for its true errors at all ranks: the bounds of the singular values are given alone."
                .to_owned(),
        ),
    }
    if spectra.energy() == 0.0 {
        warnings.push("Every entry of the tensor is zero: all ranks are as good.".to_owned());
    }
    Ok(Info {
        stop_message: format!(
            "The best core of a model of at most {} numbers is {}, {} numbers with its factors.",
            params.budget,
            shape_text(&best.ranks),
            best.size
        ),
        figures,
        warnings,
        files,
        ..Info::measured(&watch)
    })
}

/// Size, compression, error bound, true error where it is known, ranks.
fn row_of(shape: &CoreShape, spectra: &Spectra, tails: Option<&CoreTails>, entries: usize) -> Vec<f64> {
    let mut row = vec![shape.size as f64, entries as f64 / shape.size as f64, spectra.error_bound(shape)];
    row.extend(tails.map(|tails| relative(tails.tail(&shape.ranks), spectra.energy())));
    row.extend(shape.ranks.iter().map(|&rank| rank as f64));
    row
}

fn relative(tail: f64, energy: f64) -> f64 {
    if tail == 0.0 { 0.0 } else { (tail / energy).sqrt() }
}

/// What every rank of every node loses: those of a leaf are the mode's, those of other nodes come from the core with their
/// modes in front. The root loses nothing.
fn tree_losses(tree: &DimensionTree, core: &DenseTensor, spectra: &Spectra) -> Result<Vec<Vec<f64>>, Error> {
    let modes = core.shape().len();
    tree.nodes
        .iter()
        .map(|node| match *node.modes {
            [mode] => Ok(spectra.losses[mode].clone()),
            ref own if own.len() == modes => Ok(vec![spectra.energy(), 0.0]),
            ref own => {
                let basis = mode_basis(&matricised(core, own), 0, Accuracy::Fast, &mut Silent)?;
                let one = Spectra::new(&[basis.length], vec![basis.energies()]);
                Ok(one.losses.into_iter().next().unwrap_or_default())
            }
        })
        .collect()
}

/// The core as a matrix: the given modes are its rows, all others its columns.
fn matricised(core: &DenseTensor, modes: &[usize]) -> DenseTensor {
    let shape = core.shape();
    let others: Vec<usize> = (0..shape.len()).filter(|mode| !modes.contains(mode)).collect();
    let length = |modes: &[usize]| modes.iter().map(|&mode| shape[mode]).product::<usize>();
    let (rows, columns) = (length(modes), length(&others));
    let mut values = vec![0.0; rows * columns];
    let mut index = vec![0; shape.len()];
    for &value in core.values() {
        let place = |modes: &[usize]| modes.iter().fold(0, |place, &mode| place * shape[mode] + index[mode]);
        values[place(modes) * columns + place(&others)] = value;
        for mode in (0..shape.len()).rev() {
            index[mode] += 1;
            if index[mode] < shape[mode] {
                break;
            }
            index[mode] = 0;
        }
    }
    DenseTensor::new(vec![rows, columns], values)
}

fn write_tree(folder: &Path, shape: &TreeShape, losses: &[Vec<f64>], energy: f64) -> Result<String, Error> {
    let share = |loss: f64| if energy > 0.0 { loss / energy } else { 0.0 };
    let last = losses.len() - 1;
    let rows: Vec<f64> = (shape.ranks.iter().zip(losses).enumerate())
        .flat_map(|(node, (&rank, losses))| {
            [rank as f64, if node == last { 0.0 } else { share(losses[rank]) }]
        })
        .collect();
    NpyWriter::write_all(folder, "tree.npy", &[losses.len(), 2], &rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::{loaded, random_tensor, saved};

    #[test]
    fn everything_is_written_and_the_true_errors_are_below_their_bounds() {
        let folder = tempfile::tempdir().unwrap();
        let input = TensorInput::plain(saved(folder.path(), "x.npy", &random_tensor(&[8, 7, 6, 5], 3)));
        let params =
            CoreShapeParams { budget: 300, tree: "((1,2),(3,4))".to_owned(), ..CoreShapeParams::default() };
        let info = solve(&input, &params, folder.path(), &mut Silent).unwrap();
        let rules = loaded(&folder.path().join("rules.npy"), &[4, 8]);
        for row in rules.chunks_exact(8) {
            assert!(row[0] <= 300.0 && row[3] <= row[2] + 1e-12, "{row:?}");
        }
        assert!(info.files.contains(&"tradeoff.npy".to_owned()));
        let tree = loaded(&folder.path().join("tree.npy"), &[7, 2]);
        assert_eq!(tree[12], 1.0, "the root has rank one");
        assert!(info.figure("treeSize").unwrap() <= 300.0);
    }

    #[test]
    fn a_matrix_of_modes_has_the_entries_of_the_core() {
        let core = random_tensor(&[2, 3, 4], 1);
        let matrix = matricised(&core, &[0, 2]);
        assert_eq!(matrix.shape(), [8, 3]);
        assert_eq!(matrix.values()[(4 + 2) * 3 + 1], core.values()[12 + 4 + 2]);
    }

    #[test]
    fn a_tree_that_is_none_is_refused_before_anything_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let input = TensorInput::plain(saved(folder.path(), "x.npy", &random_tensor(&[8, 7, 6], 3)));
        let params = CoreShapeParams { budget: 300, tree: "(1,2)".to_owned(), ..CoreShapeParams::default() };
        let error = solve(&input, &params, folder.path(), &mut Silent).unwrap_err();
        assert_eq!(error.blamed_parameter(), Some("tree"));
    }
}
