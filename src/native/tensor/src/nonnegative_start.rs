//! Factors that non-negative Tucker decomposition starts from, with columns of unit length.

use faer::Mat;
use filigree_core::Random;

use crate::mode_basis::ModeBasis;
use crate::nonnegative_updates::unit_columns;

/// Uniform numbers.
pub fn random_factors(bases: &[ModeBasis], ranks: &[usize], seed: u64, start: u64) -> Vec<Mat<f64>> {
    let lengths: Vec<usize> = bases.iter().map(|basis| basis.length).collect();
    (0..lengths.len())
        .map(|mode| {
            let mut random = Random::new(seed, start << 16 | mode as u64);
            unit_columns(Mat::from_fn(lengths[mode], ranks[mode], |_, _| random.uniform()))
        })
        .collect()
}

/// The larger one-signed part of every direction; random columns where there are more components than directions.
pub fn hosvd_factors(bases: &[ModeBasis], ranks: &[usize], seed: u64) -> Vec<Mat<f64>> {
    bases
        .iter()
        .zip(ranks)
        .enumerate()
        .map(|(mode, (basis, &rank))| {
            let mut random = Random::new(seed, (1 << 32) | mode as u64);
            let known = basis.singular.len();
            let sign = |column: usize| {
                let energy = |sign: f64| {
                    (0..basis.length)
                        .map(|i| (sign * basis.vectors[(i, column)]).max(0.0).powi(2))
                        .sum::<f64>()
                };
                if energy(1.0) >= energy(-1.0) { 1.0 } else { -1.0 }
            };
            let signs: Vec<f64> = (0..rank.min(known)).map(sign).collect();
            let floor = 0.01 / (basis.length as f64).sqrt();
            unit_columns(Mat::from_fn(basis.length, rank, |i, j| {
                // A little of everything, so that no entry starts locked at zero.
                let own =
                    if j < known { (signs[j] * basis.vectors[(i, j)]).max(0.0) } else { random.uniform() };
                own + floor * random.uniform()
            }))
        })
        .collect()
}
