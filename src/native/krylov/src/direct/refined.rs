use std::time::Instant;

use filigree_core::{Error, Observer};

use super::{DirectFactor, Factorisation};
use crate::{DenseScalar, LinearSystem, vector};

/// Corrections at most: each that helps gains digits, and one that does not ends it.
const REFINEMENTS: usize = 5;

/// A system solved by a factorisation.
#[derive(Clone, Debug)]
pub struct DirectSolution<S> {
    /// x.
    pub solution: Vec<S>,
    /// ‖b − A x‖ / ‖b‖, recomputed.
    pub residual: f64,
    /// Corrections by the same factor that lowered the residual.
    pub refinements: usize,
    /// Seconds of factorising.
    pub setup_seconds: f64,
    /// Seconds of solving and refining.
    pub solve_seconds: f64,
    /// Memory of the factors, in bytes.
    pub factor_bytes: u64,
}

/// Factorises, solves, and corrects the solution with the same factor while the recomputed residual of a square system is
/// above the tolerance and still falls.
pub fn solve<S: DenseScalar>(
    system: &LinearSystem<S>,
    factorisation: Factorisation,
    relative_tolerance: f64,
    observer: &mut dyn Observer,
) -> Result<DirectSolution<S>, Error> {
    observer.stage("Factorising");
    let started = Instant::now();
    let factor = DirectFactor::new(&system.matrix, factorisation)?;
    let setup_seconds = started.elapsed().as_secs_f64();
    observer.stage("Solving");
    let started = Instant::now();
    let mut solution = factor.solve(&system.right_hand_side)?;
    let mut residual = system.true_residual(&solution);
    let mut refinements = 0;
    let square = system.matrix.rows() == system.matrix.columns();
    while square && residual > relative_tolerance && refinements < REFINEMENTS {
        let mut rest = vec![S::ZERO; system.matrix.rows()];
        system.matrix.residual(&system.right_hand_side, &solution, &mut rest);
        let mut better = factor.solve(&rest)?;
        vector::axpy(S::ONE, &solution, &mut better);
        let after = system.true_residual(&better);
        if after.is_nan() || after >= residual {
            break;
        }
        (solution, residual, refinements) = (better, after, refinements + 1);
    }
    let solve_seconds = started.elapsed().as_secs_f64();
    Ok(DirectSolution {
        solution,
        residual,
        refinements,
        setup_seconds,
        solve_seconds,
        factor_bytes: factor.bytes(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Complex64, CsrMatrix, Scalar};
    use filigree_core::{Random, Silent};

    fn random_system<S: DenseScalar>(
        rows: usize,
        columns: usize,
        hermitian: bool,
        seed: u64,
    ) -> LinearSystem<S> {
        let mut random = Random::new(seed, 0);
        let mut entries = Vec::new();
        for row in 0..rows {
            for _ in 0..3 {
                let column = random.below(columns);
                let value = S::from_parts(random.normal(), random.normal());
                if column == row {
                    continue;
                }
                entries.push((row, column, value));
                if hermitian {
                    entries.push((column, row, Scalar::conj(value)));
                }
            }
            if row < columns {
                entries.push((row, row, S::from_real(if hermitian { 25.0 } else { 4.0 })));
            }
        }
        let matrix = CsrMatrix::from_triplets(rows, columns, &entries).unwrap();
        let known: Vec<S> = (0..columns).map(|_| S::from_parts(random.normal(), random.normal())).collect();
        let mut right_hand_side = vec![S::ZERO; rows];
        matrix.multiply(&known, &mut right_hand_side);
        LinearSystem {
            matrix,
            right_hand_side,
            known_solution: Some(known),
            near_null_space: None,
            origin: "test",
        }
    }

    fn solves<S: DenseScalar>(system: &LinearSystem<S>, factorisation: Factorisation) {
        let found = solve(system, factorisation, 1e-12, &mut Silent).unwrap();
        let error = system.relative_error(&found.solution).unwrap();
        assert!(found.residual < 1e-11 && error < 1e-8, "{factorisation:?}: {} {error}", found.residual);
        assert_eq!(found.residual, system.true_residual(&found.solution));
    }

    #[test]
    fn every_factorisation_solves_its_kind_of_matrix_real_and_complex() {
        for size in [1, 2, 40, 300] {
            for factorisation in [Factorisation::Cholesky, Factorisation::Ldlt, Factorisation::Lu] {
                solves(&random_system::<f64>(size, size, true, 5), factorisation);
                solves(&random_system::<Complex64>(size, size, true, 6), factorisation);
            }
            solves(&random_system::<f64>(size, size, false, 7), Factorisation::Lu);
            solves(&random_system::<Complex64>(size, size, false, 8), Factorisation::Lu);
            solves(&random_system::<f64>(2 * size, size, false, 9), Factorisation::Qr);
            solves(&random_system::<Complex64>(2 * size, size, false, 10), Factorisation::Qr);
        }
    }

    #[test]
    fn what_cannot_be_factorised_is_named() {
        let of = |entries: &[(usize, usize, f64)], factorisation| {
            let matrix = CsrMatrix::from_triplets(2, 2, entries).unwrap();
            DirectFactor::new(&matrix, factorisation)
                .and_then(|factor| factor.solve(&[1.0, 2.0]))
                .err()
                .unwrap()
                .to_string()
        };
        let indefinite = [(0, 0, 1.0), (1, 1, -1.0)];
        let told = of(&indefinite, Factorisation::Cholesky);
        assert!(told.contains("not positive definite") && told.contains("row 2"), "{told}");
        assert!(of(&[(0, 1, 1.0), (1, 1, 1.0)], Factorisation::Ldlt).contains("not symmetric"));
        assert!(
            of(&[(0, 0, 1.0), (0, 1, 1.0), (1, 0, 1.0), (1, 1, 1.0)], Factorisation::Lu).contains("singular")
        );
        assert!(of(&[(0, 0, 1.0), (0, 1, 2.0)], Factorisation::Lu).contains("singular"));
    }

    #[test]
    fn indefinite_matrices_are_taken_apart_with_blocks_of_two() {
        // No diagonal at all: without exchanges the first pivot is nought.
        let coupled = CsrMatrix::from_triplets(2, 2, &[(0, 1, 2.0), (1, 0, 2.0)]).unwrap();
        let x = DirectFactor::new(&coupled, Factorisation::Ldlt).unwrap().solve(&[2.0, 6.0]).unwrap();
        assert_eq!(x, [3.0, 1.0]);
        for seed in 0..20 {
            let mut system = random_system::<Complex64>(60, 60, true, seed);
            system.matrix = system.matrix.map(|row, column, value| {
                if row == column { Complex64::new(1e-3 * (row as f64 - 30.5), 0.0) } else { value }
            });
            let known = system.known_solution.clone().unwrap();
            system.matrix.multiply(&known, &mut system.right_hand_side);
            let found = solve(&system, Factorisation::Ldlt, 1e-12, &mut Silent).unwrap();
            assert!(found.residual < 1e-10, "seed {seed}: {:e}", found.residual);
        }
    }

    #[test]
    fn a_pivot_of_nought_is_told_with_its_row() {
        let entries = [(0, 0, 1.0), (2, 2, 3.0), (0, 2, 0.5), (2, 0, 0.5), (1, 1, 0.0)];
        let matrix = CsrMatrix::from_triplets(3, 3, &entries).unwrap();
        let told = DirectFactor::new(&matrix, Factorisation::Ldlt).err().unwrap().to_string();
        assert!(told.contains("row 2") && told.contains("LU"), "{told}");
    }

    #[test]
    fn a_wide_matrix_is_not_for_qr() {
        let matrix = CsrMatrix::from_triplets(1, 2, &[(0, 0, 1.0), (0, 1, 1.0)]).unwrap();
        assert!(DirectFactor::new(&matrix, Factorisation::Qr).err().unwrap().to_string().contains("LSMR"));
    }
}
