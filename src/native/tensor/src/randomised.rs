use std::path::Path;

use faer::{Mat, MatMut, MatRef};
use filigree_core::{Error, Info, Observer, Random, Section, Silent, Stopwatch};

use crate::kernels::add_product;
use crate::mode_basis::{Accuracy, mode_basis};
use crate::mode_product::project;
use crate::outcome::finish;
use crate::passes::{pass, tile_width};
use crate::rank_rule::{check_ranks, useful_ranks};
use crate::tensor::{DenseTensor, Tensor};
use crate::tensor_input::TensorInput;
use crate::tucker_model::TuckerModel;

/// Parameters of the randomised sequentially truncated HOSVD.
#[derive(Clone, Debug, PartialEq)]
pub struct RandomisedParams {
    /// One for each mode.
    pub ranks: Vec<usize>,
    /// Directions sketched beyond the rank.
    pub oversampling: usize,
    /// How often the sketch is multiplied by the unfolding and its transpose again.
    pub power_iterations: usize,
}

impl Default for RandomisedParams {
    fn default() -> Self {
        Self { ranks: Vec::new(), oversampling: 10, power_iterations: 1 }
    }
}

/// Decomposes a tensor by random sketches of its unfoldings: no Gram matrix and no factorisation larger than the rank
/// with its oversampling. Writes `core.npy` and `factors-1.npy` …
///
/// Minster, Saibaba & Kilmer, "Randomized algorithms for low-rank tensor decompositions in the Tucker format", SIAM J.
/// Math. Data Sci. 2(1), 2020; Halko, Martinsson & Tropp, SIAM Review 53(2), 2011, for the range finder.
pub fn solve(
    input: &TensorInput,
    params: &RandomisedParams,
    seed: u64,
    folder: &Path,
    observer: &mut dyn Observer,
) -> Result<Info, Error> {
    check_ranks(&params.ranks, &input.source.shape)?;
    let watch = Stopwatch::start();
    observer.stage("Reading the tensor");
    let tensor = input.open()?;
    let mut warnings = Vec::new();
    let ranks = useful_ranks(&params.ranks, &mut warnings);
    let model = decompose(tensor.as_ref(), &ranks, params, seed, &mut Section::new(observer, 0.0, 0.8))?;
    let message =
        |ranks: &str| format!("Compressed to a core of {ranks} from random sketches (seed {seed}).");
    let rest = &mut Section::new(observer, 0.8, 1.0);
    finish(tensor.as_ref(), model, folder, watch, warnings, Vec::new(), message, rest)
}

/// The model of the given ranks, the mode that shrinks the tensor most first.
pub fn decompose(
    tensor: &dyn Tensor,
    ranks: &[usize],
    params: &RandomisedParams,
    seed: u64,
    observer: &mut dyn Observer,
) -> Result<TuckerModel, Error> {
    let order = crate::st_hosvd::cheapest_first(tensor.shape(), ranks);
    let mut factors = vec![Mat::new(); order.len()];
    let mut current: Option<DenseTensor> = None;
    for (step, &mode) in order.iter().enumerate() {
        let (from, to) = if step == 0 { (0.0, 0.8) } else { (0.8, 1.0) };
        let mut section = Section::new(observer, from, to);
        let source: &dyn Tensor = current.as_ref().map_or(tensor, |cut| cut);
        let range = range_of(source, mode, ranks[mode], params, seed, &mut section)?;
        let sketched = project(source, mode, range.as_ref(), &mut section)?;
        let inner = mode_basis(&sketched, mode, Accuracy::Accurate, &mut Silent)?.leading(ranks[mode]);
        factors[mode] = &range * &inner;
        current = Some(project(&sketched, mode, inner.as_ref(), &mut Silent)?);
    }
    let core = current.ok_or_else(|| Error::Internal("A tensor without modes.".to_owned()))?;
    Ok(TuckerModel { core, factors })
}

/// Orthonormal columns that nearly span the leading directions of an unfolding.
fn range_of(
    tensor: &dyn Tensor,
    mode: usize,
    rank: usize,
    params: &RandomisedParams,
    seed: u64,
    observer: &mut dyn Observer,
) -> Result<Mat<f64>, Error> {
    let view = tensor.seen_from(mode);
    let width = (rank + params.oversampling).min(view.length).min(view.columns());
    observer.stage(&format!("Sketching mode {}", mode + 1));
    let mut range = orthonormal(times(tensor, mode, width, observer, |columns| {
        // Every tile has a stream of its own, so the numbers do not depend on which thread draws first.
        let mut random = Random::new(seed, ((mode as u64 + 1) << 48) | columns.start as u64);
        Ok(Mat::from_fn(columns.len(), width, |_, _| random.normal()))
    })?);
    for _ in 0..params.power_iterations {
        let back = project(tensor, mode, range.as_ref(), observer)?;
        range = orthonormal(times(tensor, mode, width, observer, |columns| {
            let mut buffer = Vec::new();
            Ok(back.tile(mode, 0..width, columns, &mut buffer)?.transpose().to_owned())
        })?);
    }
    Ok(range)
}

/// The unfolding times a matrix (columns × width) whose rows for a tile of columns `rows_for` gives.
fn times(
    tensor: &dyn Tensor,
    mode: usize,
    width: usize,
    observer: &mut dyn Observer,
    rows_for: impl Fn(std::ops::Range<usize>) -> Result<Mat<f64>, Error> + Send + Sync,
) -> Result<Mat<f64>, Error> {
    let view = tensor.seen_from(mode);
    let mut total = Mat::zeros(view.length, width);
    pass(
        view.columns(),
        tile_width(view.length),
        view.length * width,
        "Sketching a mode",
        observer,
        |tiles| {
            let mut partial = vec![0.0; view.length * width];
            let mut buffer = Vec::new();
            for columns in tiles {
                let tile = tensor.tile(mode, 0..view.length, columns.clone(), &mut buffer)?;
                let target = MatMut::from_row_major_slice_mut(&mut partial, view.length, width);
                add_product(target, tile, rows_for(columns)?.as_ref());
            }
            Ok(partial)
        },
        |_, partial| {
            total += MatRef::from_row_major_slice(&partial, view.length, width);
            tensor.batch_done()
        },
    )?;
    Ok(total)
}

fn orthonormal(matrix: Mat<f64>) -> Mat<f64> {
    matrix.qr().compute_thin_Q()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::{random_tensor, saved};
    use crate::tucker_model::TuckerModel;
    use filigree_core::in_pool;

    #[test]
    fn exact_structure_is_recovered_and_power_iterations_help_with_noise() {
        let folder = tempfile::tempdir().unwrap();
        let shape = [60, 50, 40];
        let factors = shape.iter().enumerate().map(|(mode, &length)| {
            let values = random_tensor(&[length, 3], 20 + mode as u64);
            MatRef::from_row_major_slice(values.values(), length, 3).qr().compute_thin_Q()
        });
        let exact = TuckerModel { core: random_tensor(&[3, 3, 3], 1), factors: factors.collect() }
            .reconstruct()
            .unwrap();
        let noise = random_tensor(&shape, 9);
        let values = exact.values().iter().zip(noise.values()).map(|(x, e)| x + 0.01 * e).collect();
        let noisy = DenseTensor::new(shape.to_vec(), values);
        let error = |tensor: &DenseTensor, power_iterations| {
            let input = TensorInput::plain(saved(folder.path(), "x.npy", tensor));
            let params = RandomisedParams { ranks: vec![3; 3], oversampling: 2, power_iterations };
            solve(&input, &params, 5, folder.path(), &mut Silent).unwrap().figure("relativeError").unwrap()
        };
        assert!(error(&exact, 0) < 1e-12);
        assert!(error(&noisy, 2) <= error(&noisy, 0));
    }

    #[test]
    fn the_seed_alone_decides_the_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let input = TensorInput::plain(saved(folder.path(), "x.npy", &random_tensor(&[60, 50, 400], 2)));
        let params = RandomisedParams { ranks: vec![4, 3, 5], ..RandomisedParams::default() };
        let run = |threads, seed| {
            in_pool(threads, || solve(&input, &params, seed, folder.path(), &mut Silent)).unwrap();
            std::fs::read(folder.path().join("core.npy")).unwrap()
        };
        let one = run(1, 3);
        assert!(one == run(2, 3) && one != run(2, 4));
    }
}
