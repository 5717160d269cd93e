use faer::{Mat, MatMut, MatRef};
use filigree_core::{Error, Silent};
use rayon::prelude::*;

use crate::kernels::product;
use crate::mode_product::project;
use crate::tensor::{DenseTensor, Tensor};
use crate::tucker_model::{TuckerModel, row_major};

/// Rows of a factor renewed by one thread at a time.
const ROWS_AT_ONCE: usize = 64;

/// Repeated passes over a factor end when one moves it by less than this share of what the first one did.
const LITTLE: f64 = 0.05;

/// What a model is worth once its core was renewed.
pub struct CoreEnd {
    /// ½‖X − X̂‖² + λ‖X‖·‖G‖₁.
    pub objective: f64,
    /// ½‖X − X̂‖².
    pub data_term: f64,
}

/// HALS passes over the columns of a factor; `partial` is the tensor projected on all other factors.
pub fn renew_factor(
    model: &mut TuckerModel,
    partial: &dyn Tensor,
    mode: usize,
    inner_passes: usize,
) -> Result<(), Error> {
    let rank = model.factors[mode].ncols();
    let length = model.factors[mode].nrows();
    let columns = model.core.seen_from(mode).columns();
    let (mut one, mut other) = (Vec::new(), Vec::new());
    let data = partial.tile(mode, 0..length, 0..columns, &mut one)?;
    let core = model.core.tile(mode, 0..rank, 0..columns, &mut other)?;
    let mut target = Mat::zeros(length, rank);
    product(target.as_mut(), data, core.transpose());
    let mut weighted = model.core.clone();
    for (k, factor) in model.factors.iter().enumerate().filter(|&(k, _)| k != mode) {
        weighted = project(&weighted, k, (factor.transpose() * factor).as_ref(), &mut Silent)?;
    }
    let mut gram = Mat::zeros(rank, rank);
    product(gram.as_mut(), weighted.tile(mode, 0..rank, 0..columns, &mut one)?, core.transpose());

    let (gram, target) = (row_major(gram.as_ref()), row_major(target.as_ref()));
    let mut values = row_major(model.factors[mode].as_ref());
    let mut first_move = None;
    for _ in 0..inner_passes {
        let moves: Vec<f64> = values
            .par_chunks_mut(ROWS_AT_ONCE * rank)
            .zip(target.par_chunks(ROWS_AT_ONCE * rank))
            .map(|(rows, targets)| {
                rows.chunks_exact_mut(rank)
                    .zip(targets.chunks_exact(rank))
                    .map(|(row, target)| renew_row(row, target, &gram))
                    .sum()
            })
            .collect();
        let moved: f64 = moves.iter().sum();
        if moved <= LITTLE * LITTLE * *first_move.get_or_insert(moved) {
            break;
        }
    }
    let factor = MatRef::from_row_major_slice(&values, length, rank).to_owned();
    let norms: Vec<f64> = (0..rank).map(|j| factor.col(j).norm_l2()).collect();
    model.factors[mode] = unit_columns(factor);
    // The core takes over the lengths of the columns; one that vanished leaves an empty slice.
    let scale = Mat::from_fn(rank, rank, |i, j| if i == j { norms[i] } else { 0.0 });
    model.core = project(&model.core, mode, scale.as_ref(), &mut Silent)?;
    Ok(())
}

/// Projected gradients with momentum on the core; `projected` is the tensor projected on all factors.
pub fn renew_core(
    model: &mut TuckerModel,
    projected: &DenseTensor,
    energy: f64,
    weight: f64,
) -> Result<CoreEnd, Error> {
    const PASSES: usize = 40;
    let grams: Vec<Mat<f64>> = model.factors.iter().map(|factor| factor.transpose() * factor).collect();
    let step = 1.0 / grams.iter().map(largest_eigenvalue).product::<f64>().max(f64::MIN_POSITIVE);
    let objective = |core: &DenseTensor, product: &DenseTensor| {
        let cross = filigree_core::dot(core.values(), projected.values());
        let square = filigree_core::dot(core.values(), product.values());
        let data = (0.5 * energy - cross + 0.5 * square).max(0.0);
        let size = if weight > 0.0 { weight * sum(core.values()) } else { 0.0 };
        (data + size, data)
    };
    let mut core = model.core.clone();
    let mut product = times_grams(&core, &grams);
    let (mut best, mut data_term) = objective(&core, &product);
    let (mut ahead, mut ahead_product) = (core.clone(), product.clone());
    let mut momentum = 1.0f64;
    let mut first_move = None;
    for _ in 0..PASSES {
        let mut next = ahead.clone();
        for ((value, gradient), data) in
            next.values_mut().iter_mut().zip(ahead_product.values()).zip(projected.values())
        {
            *value = (*value - step * (gradient - data + weight)).max(0.0);
        }
        let next_product = times_grams(&next, &grams);
        let (found, found_data) = objective(&next, &next_product);
        if found > best {
            if momentum == 1.0 {
                break;
            }
            // Momentum carried it too far: go on from the last iterate without any.
            (ahead, ahead_product, momentum) = (core.clone(), product.clone(), 1.0);
            continue;
        }
        let following = 0.5 * (1.0 + (1.0 + 4.0 * momentum * momentum).sqrt());
        let share = (momentum - 1.0) / following;
        let beyond = |new: &DenseTensor, old: &DenseTensor| {
            let values = new.values().iter().zip(old.values()).map(|(n, o)| n + share * (n - o)).collect();
            DenseTensor::new(new.shape().to_vec(), values)
        };
        (ahead, ahead_product) = (beyond(&next, &core), beyond(&next_product, &product));
        momentum = following;
        let moves: Vec<f64> = next.values().iter().zip(core.values()).map(|(n, o)| n - o).collect();
        let moved = filigree_core::dot(&moves, &moves);
        (core, product, best, data_term) = (next, next_product, found, found_data);
        if moved <= LITTLE * LITTLE * *first_move.get_or_insert(moved) {
            break;
        }
    }
    model.core = core;
    Ok(CoreEnd { objective: best, data_term })
}

/// The core multiplied by a symmetric matrix in every mode. Each product turns the first mode into the last one, so that
/// after all of them the modes are in their order again.
fn times_grams(core: &DenseTensor, grams: &[Mat<f64>]) -> DenseTensor {
    let entries = core.values().len();
    let mut current = core.values().to_vec();
    let mut next = vec![0.0; entries];
    for gram in grams {
        let rank = gram.nrows();
        let unfolded = MatRef::from_row_major_slice(&current, rank, entries / rank);
        let target = MatMut::from_row_major_slice_mut(&mut next, entries / rank, rank);
        product(target, unfolded.transpose(), gram.as_ref());
        std::mem::swap(&mut current, &mut next);
    }
    DenseTensor::new(core.shape().to_vec(), current)
}

/// One HALS pass over a row of a factor; returns the squared length of its move.
fn renew_row(row: &mut [f64], target: &[f64], gram: &[f64]) -> f64 {
    let rank = row.len();
    let mut moved = 0.0;
    for j in 0..rank {
        let own = &gram[j * rank..(j + 1) * rank];
        // A component that nothing uses has nothing to say about its column: it stays.
        if own[j] > 0.0 {
            let gradient = target[j] - filigree_core::dot(row, own);
            let value = (row[j] + gradient / own[j]).max(0.0);
            moved += (value - row[j]).powi(2);
            row[j] = value;
        }
    }
    moved
}

/// Columns of length one; a column of zeros stays as it is.
pub fn unit_columns(mut matrix: Mat<f64>) -> Mat<f64> {
    for j in 0..matrix.ncols() {
        let norm = matrix.col(j).norm_l2();
        if norm > 0.0 {
            (0..matrix.nrows()).for_each(|i| matrix[(i, j)] /= norm);
        }
    }
    matrix
}

/// The largest eigenvalue of a non-negative symmetric matrix, or Gershgorin's bound of it.
fn largest_eigenvalue(gram: &Mat<f64>) -> f64 {
    gram.self_adjoint_eigenvalues(faer::Side::Lower)
        .ok()
        .and_then(|values| values.last().copied())
        .unwrap_or_else(|| gram.row_iter().map(|row| row.iter().sum()).fold(0.0, f64::max))
}

/// Components of every mode by the energy of their slices of the core, largest first.
pub fn order_by_energy(model: &mut TuckerModel) -> Result<(), Error> {
    for mode in 0..model.factors.len() {
        let rank = model.factors[mode].ncols();
        let columns = model.core.seen_from(mode).columns();
        let mut buffer = Vec::new();
        let slices = model.core.tile(mode, 0..rank, 0..columns, &mut buffer)?;
        let energies: Vec<f64> = slices.row_iter().map(|row| row.iter().map(|x| x * x).sum()).collect();
        let mut order: Vec<usize> = (0..rank).collect();
        order.sort_by(|&a, &b| energies[b].total_cmp(&energies[a]));
        let chosen = Mat::from_fn(rank, rank, |i, j| f64::from(u8::from(order[j] == i)));
        model.core = project(&model.core, mode, chosen.as_ref(), &mut Silent)?;
        let mut turned = vec![0.0; model.factors[mode].nrows() * rank];
        let target = MatMut::from_row_major_slice_mut(&mut turned, model.factors[mode].nrows(), rank);
        product(target, model.factors[mode].as_ref(), chosen.as_ref());
        model.factors[mode] =
            MatRef::from_row_major_slice(&turned, model.factors[mode].nrows(), rank).to_owned();
    }
    Ok(())
}

/// Sum of all numbers.
pub fn sum(values: &[f64]) -> f64 {
    values.iter().sum()
}
