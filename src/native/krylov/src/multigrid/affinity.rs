use filigree_core::Random;
use rayon::prelude::*;

use super::connections::Connections;
use super::ordered_sweep::OrderedSweep;
use crate::{CsrMatrix, Scalar};

/// Distances below this are rounding and count as equal.
const FLOOR: f64 = 1e-12;

/// Strong connections by affinity (Livne and Brandt 2012, section 3.3): random vectors are relaxed with A x = 0, and
/// nodes i and j are close if their entries vary together, 1 − |⟨X_i, X_j⟩|² / (|X_i|² |X_j|²). A connection of
/// `pattern` is strong where its distance is at most `ratio` times the smallest of one of its ends. Nodes are `block`
/// unknowns in a row.
pub fn affinity<S: Scalar>(
    matrix: &CsrMatrix<S>,
    pattern: &CsrMatrix<S>,
    block: usize,
    ratio: f64,
    vectors: usize,
    sweeps: usize,
    seed: u64,
) -> Connections {
    let rows = matrix.rows();
    let sweep = OrderedSweep::new(matrix, |value: S| value, |value| value);
    let nought = vec![S::ZERO; rows];
    let relaxed: Vec<Vec<S>> = (0..vectors as u64)
        .into_par_iter()
        .map(|which| {
            let mut random = Random::new(seed, 100 + which);
            let mut x: Vec<S> = (0..rows).map(|_| S::from_real(random.between(-1.0, 1.0))).collect();
            for step in 0..sweeps {
                sweep.sweep(step % 2 == 1, &nought, &mut x);
            }
            x
        })
        .collect();
    let product = |i: usize, j: usize| -> S {
        relaxed
            .iter()
            .flat_map(|x| (0..block).map(|part| x[i * block + part].conj() * x[j * block + part]))
            .sum()
    };
    let lengths: Vec<f64> =
        (0..pattern.rows()).into_par_iter().map(|node| product(node, node).real()).collect();
    let distance = |i: usize, j: usize| {
        let scale = lengths[i] * lengths[j];
        if scale > 0.0 { (1.0 - product(i, j).modulus_squared() / scale).max(FLOOR) } else { 1.0 }
    };
    let one_way = Connections::select(pattern, |row, columns, _, flags| {
        let distances: Vec<f64> = columns
            .iter()
            .map(
                |&column| if column as usize == row { f64::INFINITY } else { distance(row, column as usize) },
            )
            .collect();
        let closest = distances.iter().copied().fold(f64::INFINITY, f64::min);
        flags.iter_mut().zip(&distances).for_each(|(flag, &distance)| *flag = distance <= ratio * closest);
    });
    one_way.either_way()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_matrices::{poisson_2d, stencil_grid};

    #[test]
    fn the_strong_direction_is_found_where_entries_hide_it() {
        // Bilinear elements stretched tenfold: entries across are positive, those along are the strong ones.
        let matrix = stencil_grid(24, 24, [[-0.17, 0.33, -0.17], [-0.66, 1.34, -0.66], [-0.17, 0.33, -0.17]]);
        let found = affinity(&matrix, &matrix, 1, 3.0, 8, 12, 1);
        let inner = 12 * 24 + 12;
        assert!(
            found.of(inner).contains(&(inner as u32 - 1)) && found.of(inner).contains(&(inner as u32 + 1))
        );
        assert!(!found.of(inner).contains(&(inner as u32 - 24)));
    }

    #[test]
    fn connections_go_both_ways() {
        let matrix = poisson_2d(12);
        let found = affinity(&matrix, &matrix, 1, 2.0, 6, 6, 2);
        assert_eq!(found, found.turned());
        assert!((0..144).all(|node| !found.of(node).is_empty()));
    }
}
