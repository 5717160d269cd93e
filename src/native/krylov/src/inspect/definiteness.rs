use filigree_core::Error;

use super::{MatrixFacts, lanczos_extremes};
use crate::{CsrMatrix, Scalar};

/// Steps of Lanczos' iteration that look for a negative direction.
const STEPS: usize = 60;

/// Signs of the eigenvalues of a Hermitian matrix, as far as they were found out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Definiteness {
    /// All are positive: Gershgorin's discs lie to the right of nought.
    Positive,
    /// No direction of negative curvature was found, and nothing proves that there is none.
    PositiveLikely {
        /// Smallest Ritz value.
        lowest: f64,
    },
    /// Nought is an eigenvalue, or nearly one, and no negative one was found.
    Semidefinite {
        /// Smallest Ritz value.
        lowest: f64,
    },
    /// There are negative and positive ones.
    Indefinite {
        /// A value of the quadratic form that is negative.
        lowest: f64,
    },
    /// All are negative or nought, as far as was seen.
    Negative {
        /// Largest Ritz value.
        highest: f64,
    },
    /// The matrix is not Hermitian: the question has no answer.
    NotHermitian,
}

impl Definiteness {
    /// The name at every boundary.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Positive => "positive",
            Self::PositiveLikely { .. } => "positive-likely",
            Self::Semidefinite { .. } => "semidefinite",
            Self::Indefinite { .. } => "indefinite",
            Self::Negative { .. } => "negative",
            Self::NotHermitian => "not-hermitian",
        }
    }
}

/// Looks at the diagonal, at Gershgorin's discs, and at sixty steps of Lanczos' iteration.
pub fn definiteness<S: Scalar>(
    matrix: &CsrMatrix<S>,
    facts: &MatrixFacts,
    seed: u64,
) -> Result<Definiteness, Error> {
    if !facts.is_square() || !facts.is_hermitian() {
        return Ok(Definiteness::NotHermitian);
    }
    if facts.gershgorin_low > 0.0 {
        return Ok(Definiteness::Positive);
    }
    let ends = lanczos_extremes(matrix, STEPS, seed)?;
    let diagonal = matrix.diagonal();
    let smallest = diagonal.iter().map(|value| value.real()).fold(f64::INFINITY, f64::min);
    let largest = diagonal.iter().map(|value| value.real()).fold(f64::NEG_INFINITY, f64::max);
    let (lowest, highest) = (ends.lowest.min(smallest), ends.highest.max(largest));
    let rounding = 1e-13 * highest.abs().max(lowest.abs());
    Ok(if lowest < -rounding && highest > rounding {
        Definiteness::Indefinite { lowest }
    } else if lowest < -rounding {
        Definiteness::Negative { highest }
    } else if lowest <= rounding || facts.constant_residual <= 1e-13 {
        Definiteness::Semidefinite { lowest }
    } else {
        Definiteness::PositiveLikely { lowest }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn diagonal(values: &[f64]) -> CsrMatrix<f64> {
        let entries: Vec<_> = values.iter().enumerate().map(|(at, &value)| (at, at, value)).collect();
        CsrMatrix::from_triplets(values.len(), values.len(), &entries).unwrap()
    }
    fn found(matrix: &CsrMatrix<f64>) -> Definiteness {
        definiteness(matrix, &MatrixFacts::of(matrix), 3).unwrap()
    }

    #[test]
    fn signs_are_told_apart() {
        assert_eq!(found(&diagonal(&[1.0, 2.0])), Definiteness::Positive);
        assert!(matches!(found(&diagonal(&[1.0, -2.0])), Definiteness::Indefinite { .. }));
        assert!(matches!(found(&diagonal(&[-1.0, -2.0])), Definiteness::Negative { .. }));
        assert!(matches!(found(&diagonal(&[0.0, 2.0])), Definiteness::Semidefinite { .. }));
        let turned = CsrMatrix::from_triplets(2, 2, &[(0, 1, 1.0), (1, 0, -1.0)]).unwrap();
        assert_eq!(found(&turned), Definiteness::NotHermitian);
    }

    #[test]
    fn an_indefinite_matrix_with_a_positive_diagonal_is_seen_through() {
        let matrix =
            CsrMatrix::from_triplets(2, 2, &[(0, 0, 1.0), (1, 1, 1.0), (0, 1, 2.0), (1, 0, 2.0)]).unwrap();
        assert!(
            matches!(found(&matrix), Definiteness::Indefinite { lowest } if (lowest + 1.0).abs() < 1e-10)
        );
    }

    #[test]
    fn the_graph_laplacian_of_a_path_is_semidefinite() {
        let entries =
            [(0, 0, 1.0), (0, 1, -1.0), (1, 0, -1.0), (1, 1, 2.0), (1, 2, -1.0), (2, 1, -1.0), (2, 2, 1.0)];
        assert!(matches!(
            found(&CsrMatrix::from_triplets(3, 3, &entries).unwrap()),
            Definiteness::Semidefinite { .. }
        ));
    }
}
