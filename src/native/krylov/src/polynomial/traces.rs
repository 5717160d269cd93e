use filigree_core::{Error, Observer, Random, keep_going};
use rayon::prelude::*;

use crate::{CsrMatrix, Scalar, vector};

/// How the traces of the powers of a matrix are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TraceRule {
    /// From every unit vector: exact, for matrices of at most [`LARGEST_EXACT`] rows.
    Exact,
    /// From random vectors of signs (Hutchinson 1990).
    Hutchinson {
        /// Vectors.
        samples: usize,
    },
}

/// Largest matrix whose traces are taken exactly.
pub const LARGEST_EXACT: usize = 20_000;

/// Unit vectors a thread takes at a time; part of the order of the sum.
const TILE: usize = 64;

/// tr(A^k) / scale^k for k = 1…`most`.
pub fn power_traces<S: Scalar>(
    matrix: &CsrMatrix<S>,
    most: usize,
    scale: f64,
    rule: TraceRule,
    seed: u64,
    observer: &mut dyn Observer,
) -> Result<Vec<f64>, Error> {
    let rows = matrix.rows();
    match rule {
        TraceRule::Exact if rows > LARGEST_EXACT => Err(Error::parameter(
            "traces",
            format!(
                "Exact traces take a product with the matrix for each of its {rows} rows, and at most {LARGEST_EXACT} are allowed. Estimate them from random vectors."
            ),
        )),
        TraceRule::Exact => {
            keep_going(observer.progress(0.0), "computing traces")?;
            let tiles: Vec<Vec<f64>> = (0..rows.div_ceil(TILE))
                .into_par_iter()
                .map(|tile| {
                    let mut sums = vec![0.0; most];
                    let (mut x, mut y) = (vec![S::ZERO; rows], vec![S::ZERO; rows]);
                    for unit in tile * TILE..((tile + 1) * TILE).min(rows) {
                        x.fill(S::ZERO);
                        x[unit] = S::ONE;
                        for sum in &mut sums {
                            for (row, y) in y.iter_mut().enumerate() {
                                let (columns, values) = matrix.row(row);
                                let products = columns
                                    .iter()
                                    .zip(values)
                                    .map(|(&column, &value)| value * x[column as usize]);
                                *y = products.sum::<S>().scale(1.0 / scale);
                            }
                            *sum += y[unit].real();
                            std::mem::swap(&mut x, &mut y);
                        }
                    }
                    sums
                })
                .collect();
            Ok((0..most).map(|power| tiles.iter().map(|sums| sums[power]).sum()).collect())
        }
        TraceRule::Hutchinson { samples } => {
            if samples == 0 {
                return Err(Error::parameter("traceSamples", "There must be at least one random vector."));
            }
            let mut sums = vec![0.0; most];
            for sample in 0..samples {
                keep_going(observer.progress(sample as f64 / samples as f64), "estimating traces")?;
                let mut random = Random::new(seed, sample as u64);
                let signs: Vec<S> = (0..rows)
                    .map(|_| S::from_real(if random.uniform() < 0.5 { -1.0 } else { 1.0 }))
                    .collect();
                let (mut x, mut y) = (signs.clone(), vec![S::ZERO; rows]);
                for sum in &mut sums {
                    matrix.multiply(&x, &mut y);
                    vector::scale(S::from_real(1.0 / scale), &mut y);
                    *sum += vector::dot(&signs, &y).real() / samples as f64;
                    std::mem::swap(&mut x, &mut y);
                }
            }
            Ok(sums)
        }
    }
}

/// e_0…e_m of the numbers whose power sums p_1…p_m are given, by Newton's identities:
/// k e_k = Σ (−1)^{i−1} e_{k−i} p_i.
pub fn elementary_symmetric(powers: &[f64]) -> Vec<f64> {
    let mut symmetric = vec![1.0];
    for k in 1..=powers.len() {
        let sum: f64 = (1..=k)
            .map(|i| {
                if i % 2 == 1 { symmetric[k - i] * powers[i - 1] } else { -symmetric[k - i] * powers[i - 1] }
            })
            .sum();
        symmetric.push(sum / k as f64);
    }
    symmetric
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_matrices::{poisson_2d, random_positive};
    use filigree_core::Silent;

    #[test]
    fn newtons_identities_give_the_coefficients_of_a_product() {
        let numbers = [1.0f64, 2.0, 5.0];
        let powers: Vec<f64> = (1..=3).map(|k| numbers.iter().map(|x| x.powi(k)).sum()).collect();
        assert_eq!(elementary_symmetric(&powers), [1.0, 8.0, 17.0, 10.0]);
    }

    #[test]
    fn exact_traces_are_those_of_the_powers_and_estimates_come_near() {
        let matrix = random_positive::<f64>(150, 1);
        let exact = power_traces(&matrix, 3, 2.0, TraceRule::Exact, 1, &mut Silent).unwrap();
        let trace: f64 = matrix.diagonal().iter().sum();
        assert!((exact[0] - trace / 2.0).abs() < 1e-10);
        let square = matrix.frobenius_norm().powi(2) / 4.0;
        assert!((exact[1] - square).abs() < 1e-9 * square);
        let near =
            power_traces(&matrix, 3, 2.0, TraceRule::Hutchinson { samples: 200 }, 1, &mut Silent).unwrap();
        assert!(near.iter().zip(&exact).all(|(a, b)| (a - b).abs() < 0.05 * b), "{near:?} {exact:?}");
        let large = poisson_2d(150);
        assert!(power_traces(&large, 2, 1.0, TraceRule::Exact, 1, &mut Silent).is_err());
    }
}
