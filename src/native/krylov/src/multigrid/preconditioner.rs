use filigree_core::{Error, Observer, Pool};

use super::cycle::Cycle;
use super::hierarchy::{Hierarchy, HierarchyTable};
use super::params::{CycleKind, MultigridParams, Precision};
use crate::spectral_radius::{inverse_diagonal, scaled_spectral_radius};
use crate::symmetry::{Symmetry, has_positive_diagonal};
use crate::{CsrMatrix, DenseScalar, Preconditioner, Scalar, vector};

/// Up to this estimated condition of D⁻¹A the cycle runs in single precision, if the choice is left to it: its rounding
/// then disturbs the smoothest errors by about a tenth.
const SINGLE_CONDITION: f64 = 2e6;

/// A cycle in one of two precisions.
enum Kept<S: Scalar> {
    Double(Cycle<S>),
    Single {
        cycle: Cycle<S::Single>,
        /// What the matrix was multiplied with, so that its entries are moderate.
        factor: f64,
        vectors: Pool<[Vec<S::Single>; 2]>,
    },
}

/// One cycle of algebraic multigrid as an approximate inverse.
pub struct Multigrid<S: Scalar> {
    kept: Kept<S>,
    table: HierarchyTable,
    words: Vec<String>,
    is_symmetric_positive: bool,
}

impl<S: DenseScalar> Multigrid<S> {
    /// Builds the hierarchy of a square matrix.
    pub fn new(
        matrix: &CsrMatrix<S>,
        params: &MultigridParams<S>,
        observer: &mut dyn Observer,
    ) -> Result<Self, Error> {
        params.check(matrix.rows())?;
        crate::checks::square_and_finite(matrix)?;
        let symmetry = Symmetry::of(matrix);
        let hierarchy = Hierarchy::new(matrix, params, symmetry, observer)?;
        let table = hierarchy.table();
        let mut words = hierarchy.words.clone();
        observer.stage("Preparing the smoothers");
        let single = match params.precision {
            Precision::Double => false,
            Precision::Single => true,
            Precision::Automatic => suits_single(&hierarchy, params.seed),
        };
        let kept = if single {
            let largest = vector::max_norm(matrix.values());
            // A power of two changes no digit.
            let factor = if largest > 0.0 { (-largest.log2().round()).exp2() } else { 1.0 };
            words.push(
                "The cycle runs in single precision; residuals and the method around it in double."
                    .to_owned(),
            );
            let cycle =
                hierarchy.cycle(params, factor, S::to_single, |way| way.map(|_, _, value| value.to_single()));
            Kept::Single { cycle, factor, vectors: Pool::default() }
        } else {
            Kept::Double(hierarchy.cycle(params, 1.0, |value| value, |way| way))
        };
        // An F-cycle visits coarse levels in an order that does not read the same backwards.
        let is_symmetric_positive =
            symmetry == Symmetry::Hermitian && has_positive_diagonal(matrix) && params.cycle != CycleKind::F;
        Ok(Self { kept, table, words, is_symmetric_positive })
    }

    /// Levels and complexities.
    pub fn table(&self) -> &HierarchyTable {
        &self.table
    }

    /// Sentences about the set-up.
    pub fn words(&self) -> &[String] {
        &self.words
    }

    /// The cycle runs in single precision.
    pub fn is_single(&self) -> bool {
        matches!(self.kept, Kept::Single { .. })
    }
}

/// The condition of D⁻¹A is known to be moderate.
fn suits_single<S: DenseScalar>(hierarchy: &Hierarchy<'_, S>, seed: u64) -> bool {
    hierarchy.smallest_scaled_eigenvalue().is_some_and(|smallest| {
        let largest = scaled_spectral_radius(hierarchy.finest, &inverse_diagonal(hierarchy.finest), seed);
        smallest > 0.0 && largest / smallest <= SINGLE_CONDITION
    })
}

impl<S: Scalar> Preconditioner<S> for Multigrid<S> {
    fn apply(&self, r: &[S], z: &mut [S]) {
        match &self.kept {
            Kept::Double(cycle) => cycle.run(r, z),
            Kept::Single { cycle, factor, vectors } => {
                let most = largest(r);
                if most == 0.0 || !most.is_finite() {
                    z.copy_from_slice(r);
                    return;
                }
                let mut pooled =
                    vectors.take(|| [vec![S::Single::ZERO; r.len()], vec![S::Single::ZERO; r.len()]]);
                let [b, x] = &mut *pooled;
                vector::for_blocks(b, |start, block| {
                    let r = &r[start..start + block.len()];
                    block.iter_mut().zip(r).for_each(|(b, r)| *b = r.scale(1.0 / most).to_single());
                });
                cycle.run(b, x);
                let back = most * factor;
                vector::for_blocks(z, |start, block| {
                    let x = &x[start..start + block.len()];
                    block.iter_mut().zip(x).for_each(|(z, &x)| *z = S::from_single(x).scale(back));
                });
            }
        }
    }

    fn is_symmetric_positive(&self) -> bool {
        self.is_symmetric_positive
    }

    fn memory_bytes(&self) -> u64 {
        match &self.kept {
            Kept::Double(cycle) => cycle.memory_bytes(),
            Kept::Single { cycle, .. } => cycle.memory_bytes(),
        }
    }
}

/// Largest |value|, on all threads.
fn largest<S: Scalar>(x: &[S]) -> f64 {
    let of_block = |block: usize| {
        let most = x[vector::block_range(block, x.len())].iter().map(|value| value.modulus_squared());
        most.fold(0.0, |most: f64, value| if value.is_nan() { value } else { most.max(value) })
    };
    let blocks = vector::map_blocks(x.len(), of_block);
    let square =
        blocks.into_iter().fold(0.0, |most: f64, value| if value.is_nan() { value } else { most.max(value) });
    if square > f64::MIN_POSITIVE && square.is_finite() { square.sqrt() } else { vector::max_norm(x) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::multigrid::params::{AggregateStrength, Coarsening, Interpolation, Smoothing, Splitting};
    use crate::multigrid::tentative::NearNullSpace;
    use crate::multigrid::truncation::Truncation;
    use crate::test_matrices::{
        conjugate_gradient_iterations, plate, poisson_2d, poisson_3d, rotated_anisotropy,
    };
    use filigree_core::{Random, Silent, in_pool};

    fn extended() -> MultigridParams<f64> {
        MultigridParams {
            coarsening: Coarsening::Classical {
                threshold: 0.25,
                splitting: Splitting::IndependentSet,
                interpolation: Interpolation::Extended,
                truncation: Truncation { share: 0.0, most: 4 },
            },
            ..MultigridParams::classical()
        }
    }

    fn iterations(matrix: &CsrMatrix<f64>, params: &MultigridParams<f64>) -> usize {
        let made = Multigrid::new(matrix, params, &mut Silent).unwrap();
        conjugate_gradient_iterations(matrix, &made, 1e-8, 200)
    }

    #[test]
    fn iterations_hardly_depend_on_the_mesh() {
        for (params, most) in
            [(MultigridParams::classical(), 11), (extended(), 14), (MultigridParams::aggregation(), 22)]
        {
            let counts = [40, 80, 160].map(|n| iterations(&poisson_2d(n), &params));
            assert!(counts.iter().all(|&count| count <= most), "{counts:?} of {most}");
        }
        for params in [extended(), MultigridParams::aggregation()] {
            let counts = [12, 24].map(|n| iterations(&poisson_3d(n), &params));
            assert!(counts.iter().all(|&count| count <= 18), "{counts:?}");
        }
    }

    #[test]
    fn every_smoother_and_cycle_converges() {
        let matrix = poisson_2d(60);
        let smoothings = [
            Smoothing::Jacobi { damping: 0.66 },
            Smoothing::L1Jacobi,
            Smoothing::GaussSeidel,
            Smoothing::Chebyshev { degree: 3 },
        ];
        for smoothing in smoothings {
            for cycle in [CycleKind::V, CycleKind::W] {
                for precision in [Precision::Single, Precision::Double] {
                    let params =
                        MultigridParams { smoothing, cycle, precision, ..MultigridParams::classical() };
                    let count = iterations(&matrix, &params);
                    assert!(count <= 20, "{smoothing:?} {cycle:?} {precision:?}: {count}");
                }
            }
        }
    }

    #[test]
    fn one_cycle_is_a_symmetric_positive_operator() {
        let matrix = poisson_2d(30);
        let mut random = Random::new(1, 0);
        for cycle in [CycleKind::V, CycleKind::W] {
            for sweeps in [1, 2] {
                for params in [MultigridParams::classical(), MultigridParams::aggregation()] {
                    let params = MultigridParams { cycle, sweeps, precision: Precision::Double, ..params };
                    let made = Multigrid::new(&matrix, &params, &mut Silent).unwrap();
                    assert!(made.is_symmetric_positive());
                    let mut draw = || (0..900).map(|_| random.normal()).collect::<Vec<f64>>();
                    let (u, v) = (draw(), draw());
                    let (mut mu, mut mv) = (vec![0.0; 900], vec![0.0; 900]);
                    made.apply(&u, &mut mu);
                    made.apply(&v, &mut mv);
                    let (left, right) = (vector::dot(&u, &mv), vector::dot(&mu, &v));
                    assert!((left - right).abs() < 1e-11 * left.abs().max(1.0));
                    assert!(vector::dot(&u, &mu) > 0.0);
                }
            }
        }
    }

    #[test]
    fn rigid_motions_make_elasticity_converge_on_any_mesh() {
        let counts = [20, 40].map(|n| {
            let (matrix, rigid) = plate(n);
            let params = MultigridParams::aggregation_for(NearNullSpace::from_vectors(&rigid));
            assert!(matches!(params.coarsening, Coarsening::SmoothedAggregation { block: 2, .. }));
            (iterations(&matrix, &params), iterations(&matrix, &MultigridParams::aggregation()))
        });
        assert!(counts.iter().all(|&(with, without)| with <= 25 && with < without), "{counts:?}");
    }

    #[test]
    fn coarse_matrices_are_galerkin_products() {
        let matrix = poisson_2d(25);
        for params in [MultigridParams::classical(), MultigridParams::aggregation()] {
            let params = MultigridParams { coarsest_size: 20, ..params };
            let hierarchy = Hierarchy::new(&matrix, &params, Symmetry::Hermitian, &mut Silent).unwrap();
            assert!(hierarchy.transfers.len() >= 2);
            for (level, (prolongator, _)) in hierarchy.transfers.iter().enumerate() {
                let coarse = &hierarchy.coarser[level];
                let x: Vec<f64> = (0..coarse.rows()).map(|i| (i as f64 * 0.7).cos()).collect();
                let (mut fine, mut image) = (vec![0.0; prolongator.rows()], vec![0.0; prolongator.rows()]);
                prolongator.multiply(&x, &mut fine);
                hierarchy.matrix(level).multiply(&fine, &mut image);
                let mut expected = vec![0.0; x.len()];
                prolongator.transpose().multiply(&image, &mut expected);
                let mut got = vec![0.0; x.len()];
                coarse.multiply(&x, &mut got);
                assert!(got.iter().zip(&expected).all(|(a, b)| (a - b).abs() < 1e-11));
            }
        }
    }

    #[test]
    fn hidden_anisotropy_is_met_by_classical_w_cycles_and_helped_by_affinity() {
        let matrix = rotated_anisotropy(120, 1e-3, std::f64::consts::FRAC_PI_6);
        let w = MultigridParams { cycle: CycleKind::W, ..MultigridParams::classical() };
        let count = iterations(&matrix, &w);
        assert!(count <= 15, "{count}");
        let aggregation = |strength| MultigridParams {
            coarsening: Coarsening::SmoothedAggregation {
                strength,
                block: 1,
                near_null_space: None,
                damping: 4.0 / 3.0,
            },
            ..MultigridParams::aggregation()
        };
        let plain = iterations(&matrix, &aggregation(AggregateStrength::Symmetric { threshold: 0.0 }));
        let affine = iterations(
            &matrix,
            &aggregation(AggregateStrength::Affinity { ratio: 4.0, vectors: 8, sweeps: 10 }),
        );
        assert!(affine < plain, "{affine} with affinity, {plain} without");
    }

    #[test]
    fn one_and_two_threads_make_the_same_bytes() {
        let matrix = poisson_2d(150);
        let b: Vec<f64> = (0..22_500).map(|i| (i as f64 * 0.37).sin()).collect();
        for params in [MultigridParams::classical(), extended(), MultigridParams::aggregation()] {
            let run = |threads| {
                in_pool(threads, || {
                    let made = Multigrid::new(&matrix, &params, &mut Silent)?;
                    let mut z = vec![0.0; b.len()];
                    made.apply(&b, &mut z);
                    Ok(z)
                })
                .unwrap()
            };
            assert_eq!(run(1), run(2));
        }
    }

    #[test]
    fn a_singular_matrix_keeps_its_null_space_out_of_the_coarse_solve() {
        let n = 30;
        let neumann = poisson_2d(n).map(|row, column, value| {
            let degree = [row % n > 0, row % n < n - 1, row >= n, row < n * (n - 1)];
            if row == column { degree.iter().filter(|&&there| there).count() as f64 } else { value }
        });
        let made = Multigrid::new(&neumann, &MultigridParams::classical(), &mut Silent).unwrap();
        assert!(made.words().iter().any(|words| words.contains("pseudo-inverse")), "{:?}", made.words());
    }

    #[test]
    fn what_can_not_be_coarsened_is_refused_or_smoothed() {
        let diagonal = CsrMatrix::<f64>::identity(5000);
        let made = Multigrid::new(&diagonal, &MultigridParams::classical(), &mut Silent).unwrap();
        assert!(made.words()[0].contains("smoothing"));
        let (b, mut z) = (vec![2.0; 5000], vec![0.0; 5000]);
        made.apply(&b, &mut z);
        assert_eq!(z, b);
        let wrong = CsrMatrix::from_triplets(2, 2, &[(0, 0, f64::NAN), (1, 1, 1.0)]).unwrap();
        let error = Multigrid::new(&wrong, &MultigridParams::classical(), &mut Silent).err().unwrap();
        assert!(error.to_string().contains("row 1"), "{error}");
        let params = MultigridParams { sweeps: 0, ..MultigridParams::<f64>::classical() };
        assert!(Multigrid::new(&poisson_2d(3), &params, &mut Silent).is_err());
    }
}
