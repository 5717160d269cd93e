use filigree_core::{Error, Observer, keep_going};

use crate::{CsrMatrix, DenseScalar, DirectFactor, Factorisation, vector};

/// Rows and entries up to which a matrix is factorised to look at it.
const MOST_ROWS: usize = 200_000;
const MOST_ENTRIES: usize = 4_000_000;
const MOST_TURNS: usize = 5;
const STAGE: &str = "Estimating the condition number";

/// ‖A‖₁ ‖A⁻¹‖₁, from below.
#[derive(Clone, Debug, PartialEq)]
pub enum ConditionEstimate {
    /// The estimate, which is seldom too small by more than a factor of three.
    Found(f64),
    /// The matrix could not be factorised: it is singular, exactly or as far as rounding tells.
    Singular(String),
    /// Not looked for, and why.
    NotLookedFor(&'static str),
}

/// Hager's estimate as Higham improved it, with sparse LU factors of A and Aᴴ where those are affordable.
///
/// Source: Higham, ACM Trans. Math. Softw. 14(4), 1988, algorithm 4.1.
pub fn condition_estimate<S: DenseScalar>(
    matrix: &CsrMatrix<S>,
    observer: &mut dyn Observer,
) -> Result<ConditionEstimate, Error> {
    let size = matrix.rows();
    if size != matrix.columns() {
        return Ok(ConditionEstimate::NotLookedFor("the matrix is not square"));
    }
    if size > MOST_ROWS || matrix.entries() > MOST_ENTRIES {
        return Ok(ConditionEstimate::NotLookedFor("a factorisation would take too long"));
    }
    observer.stage(STAGE);
    keep_going(observer.progress(0.3), STAGE)?;
    let factor = match DirectFactor::new(matrix, Factorisation::Lu) {
        Ok(factor) => factor,
        Err(Error::OutOfMemory(_)) => {
            return Ok(ConditionEstimate::NotLookedFor("the factors would not fit into memory"));
        }
        Err(error) => return Ok(ConditionEstimate::Singular(error.to_string())),
    };
    keep_going(observer.progress(0.6), STAGE)?;
    let Ok(adjoint) = DirectFactor::new(&matrix.adjoint(), Factorisation::Lu) else {
        return Ok(ConditionEstimate::NotLookedFor("the adjoint could not be factorised"));
    };
    keep_going(observer.progress(0.8), STAGE)?;
    match inverse_one_norm(size, |x| factor.solve(x), |x| adjoint.solve(x)) {
        Ok(norm) => Ok(ConditionEstimate::Found(norm * matrix.one_norm())),
        Err(Error::Breakdown(why)) => Ok(ConditionEstimate::Singular(why)),
        Err(error) => Err(error),
    }
}

/// A lower bound of ‖A⁻¹‖₁ from solves with A and Aᴴ, which break down where A is singular.
fn inverse_one_norm<S: DenseScalar>(
    size: usize,
    solve: impl Fn(&[S]) -> Result<Vec<S>, Error>,
    solve_adjoint: impl Fn(&[S]) -> Result<Vec<S>, Error>,
) -> Result<f64, Error> {
    let one_norm = |x: &[S]| x.iter().map(|value| value.modulus()).sum::<f64>();
    let mut x = vec![S::from_real(1.0 / size as f64); size];
    let mut best = 0.0f64;
    for turn in 0..MOST_TURNS {
        let y = solve(&x)?;
        let norm = one_norm(&y);
        if turn > 0 && norm <= best {
            break;
        }
        best = norm;
        let signs: Vec<S> = y
            .iter()
            .map(|value| match value.modulus() {
                0.0 => S::ONE,
                size => value.scale(1.0 / size),
            })
            .collect();
        let slope = solve_adjoint(&signs)?;
        let steepest = (0..size)
            .fold(0, |best, index| if slope[index].modulus() > slope[best].modulus() { index } else { best });
        if slope[steepest].modulus() <= vector::dot(&slope, &x).real() {
            break;
        }
        x = vec![S::ZERO; size];
        x[steepest] = S::ONE;
    }
    // A vector that catches what the turns are blind to.
    let last = (size.max(2) - 1) as f64;
    let alternating: Vec<S> = (0..size)
        .map(|index| S::from_real((1.0 + index as f64 / last) * if index % 2 == 0 { 1.0 } else { -1.0 }))
        .collect();
    let caught = solve(&alternating)?;
    Ok(best.max(2.0 * one_norm(&caught) / (3.0 * size as f64)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use faer::Mat;
    use filigree_core::{Random, Silent};
    use num_complex::Complex64;

    fn found<S: DenseScalar>(matrix: &CsrMatrix<S>) -> f64 {
        match condition_estimate(matrix, &mut Silent).unwrap() {
            ConditionEstimate::Found(condition) => condition,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_estimate_is_a_bound_from_below_that_is_close() {
        for seed in 0..10 {
            let mut random = Random::new(seed, 0);
            let size = 20;
            let mut triplets: Vec<(usize, usize, f64)> = (0..size).map(|i| (i, i, 2.0)).collect();
            for _ in 0..60 {
                triplets.push((random.below(size), random.below(size), random.normal()));
            }
            let matrix = CsrMatrix::from_triplets(size, size, &triplets).unwrap();
            let dense = Mat::from_fn(size, size, |i, j| matrix.get(i, j));
            let inverse = faer::linalg::solvers::DenseSolveCore::inverse(&dense.partial_piv_lu());
            let norm =
                (0..size).map(|j| (0..size).map(|i| inverse[(i, j)].abs()).sum::<f64>()).fold(0.0, f64::max);
            let exact = norm * matrix.one_norm();
            let estimate = found(&matrix);
            assert!(estimate <= exact * (1.0 + 1e-10) && estimate > exact / 3.0, "{estimate} of {exact}");
        }
    }

    #[test]
    fn complex_and_diagonal_matrices_are_exact() {
        let i = Complex64::I;
        let matrix = CsrMatrix::from_triplets(2, 2, &[(0, 0, i), (1, 1, i * 1e-6)]).unwrap();
        assert!((found(&matrix) / 1e6 - 1.0).abs() < 1e-10);
    }

    #[test]
    fn what_has_no_condition_number_is_said() {
        let wide = CsrMatrix::from_triplets(1, 2, &[(0, 0, 1.0)]).unwrap();
        assert!(matches!(
            condition_estimate(&wide, &mut Silent).unwrap(),
            ConditionEstimate::NotLookedFor(_)
        ));
        let singular = CsrMatrix::from_triplets(2, 2, &[(0, 0, 1.0), (0, 1, 1.0)]).unwrap();
        assert!(matches!(
            condition_estimate(&singular, &mut Silent).unwrap(),
            ConditionEstimate::Singular(_)
        ));
    }
}
