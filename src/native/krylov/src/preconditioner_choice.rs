use std::time::Instant;

use filigree_core::{Error, Observer};

use crate::incomplete::{
    FactorPair, IlutParams, IncompleteCholesky, Jacobi, Ssor, ZeroPivot, ilu, ilut, imported_factors,
};
use crate::multigrid::{HierarchyTable, Multigrid, MultigridParams};
use crate::polynomial::{Chebyshev, ElementarySymmetric, KrylovPolynomial, TraceRule};
use crate::shifted_laplacian::{ShiftedLaplacian, ShiftedLaplacianParams};
use crate::{CsrMatrix, DenseScalar, DirectFactor, Factorisation, Identity, Preconditioner, Scalar};

/// Every preconditioner with its parameters.
#[derive(Clone, Debug)]
pub enum PreconditionerChoice<S> {
    /// M = I.
    None,
    /// The diagonal.
    Jacobi,
    /// Symmetric over-relaxation.
    Ssor {
        /// Between 0 and 2.
        omega: f64,
    },
    /// IC(0).
    IncompleteCholesky {
        /// Where the shift starts, as a share of the diagonal.
        shift: f64,
    },
    /// ILU(0).
    Ilu {
        /// What to do about pivots that are nought.
        zero_pivot: ZeroPivot,
    },
    /// ILUT with column pivoting.
    Ilut(IlutParams),
    /// Algebraic multigrid.
    Multigrid(MultigridParams<S>),
    /// A Chebyshev polynomial in D⁻¹A.
    Chebyshev {
        /// Products with the matrix.
        degree: usize,
        /// Lower end of the interval over the upper one.
        lower_share: f64,
        /// Seed of the estimate of the upper end.
        seed: u64,
    },
    /// The polynomial of elementary symmetric polynomials of the spectrum.
    ElementarySymmetric {
        /// τ.
        degree: usize,
        /// How traces are found.
        traces: TraceRule,
        /// Seed of random vectors.
        seed: u64,
    },
    /// The polynomial that a Krylov space chooses.
    KrylovPolynomial {
        /// Products with the matrix at most.
        largest_degree: usize,
        /// Seed of the start vector.
        seed: u64,
    },
    /// A Helmholtz operator with a shift.
    ShiftedLaplacian(ShiftedLaplacianParams<S>),
    /// A factor from a file: L alone for L Lᴴ, or L and U.
    Imported {
        /// L.
        lower: CsrMatrix<S>,
        /// U.
        upper: Option<CsrMatrix<S>>,
    },
    /// A direct factorisation.
    Direct(Factorisation),
}

/// What is told about a preconditioner once it is built.
#[derive(Clone, Debug)]
pub struct PreconditionerReport {
    /// Seconds the set-up took.
    pub setup_seconds: f64,
    /// Memory it holds, in bytes.
    pub memory_bytes: u64,
    /// Entries of the factors, where there are some.
    pub entries: Option<u64>,
    /// Levels and complexities, where there are some.
    pub hierarchy: Option<HierarchyTable>,
    /// What a person should know, as sentences.
    pub words: Vec<String>,
}

/// A preconditioner and what is told about it.
pub struct BuiltPreconditioner<S: Scalar> {
    /// To be applied.
    pub preconditioner: Box<dyn Preconditioner<S>>,
    /// To be told.
    pub report: PreconditionerReport,
}

impl<S: DenseScalar> PreconditionerChoice<S> {
    /// The name in a sentence.
    pub fn title(&self) -> &'static str {
        match self {
            Self::None => "no preconditioner",
            Self::Jacobi => "Jacobi",
            Self::Ssor { .. } => "SSOR",
            Self::IncompleteCholesky { .. } => "incomplete Cholesky IC(0)",
            Self::Ilu { .. } => "ILU(0)",
            Self::Ilut(_) => "ILUT",
            Self::Multigrid(_) => "algebraic multigrid",
            Self::Chebyshev { .. } => "a Chebyshev polynomial",
            Self::ElementarySymmetric { .. } => "elementary symmetric polynomials",
            Self::KrylovPolynomial { .. } => "a polynomial from a Krylov space",
            Self::ShiftedLaplacian(_) => "a shifted Laplacian",
            Self::Imported { .. } => "an imported factor",
            Self::Direct(_) => "a direct factorisation",
        }
    }

    /// Builds the preconditioner of a square matrix.
    pub fn build(
        &self,
        matrix: &CsrMatrix<S>,
        observer: &mut dyn Observer,
    ) -> Result<BuiltPreconditioner<S>, Error> {
        let started = Instant::now();
        let mut told = Told::default();
        let preconditioner: Box<dyn Preconditioner<S>> = match self {
            Self::None => Box::new(Identity),
            Self::Jacobi => Box::new(Jacobi::new(matrix)?),
            Self::Ssor { omega } => Box::new(Ssor::new(matrix, *omega)?),
            Self::IncompleteCholesky { shift } => {
                let made = IncompleteCholesky::new(matrix, *shift, observer)?;
                told = Told {
                    words: made.words().to_vec(),
                    entries: Some(made.entries() as u64),
                    hierarchy: None,
                };
                Box::new(made)
            }
            Self::Ilu { zero_pivot } => told.factors(ilu(matrix, *zero_pivot, observer)?),
            Self::Ilut(params) => told.factors(ilut(matrix, params, observer)?),
            Self::Imported { lower, upper } => {
                told.factors(imported_factors(matrix.rows(), lower, upper.as_ref())?)
            }
            Self::Multigrid(params) => {
                let made = Multigrid::new(matrix, params, observer)?;
                told.words = made.words().to_vec();
                told.hierarchy = Some(made.table().clone());
                Box::new(made)
            }
            Self::Chebyshev { degree, lower_share, seed } => {
                Box::new(Chebyshev::new(matrix, *degree, *lower_share, *seed)?)
            }
            Self::ElementarySymmetric { degree, traces, seed } => {
                let made = ElementarySymmetric::new(matrix, *degree, *traces, *seed, observer)?;
                told.words = made.words().to_vec();
                Box::new(made)
            }
            Self::KrylovPolynomial { largest_degree, seed } => {
                let made = KrylovPolynomial::new(matrix, *largest_degree, *seed, observer)?;
                told.words = made.words().to_vec();
                Box::new(made)
            }
            Self::ShiftedLaplacian(params) => {
                let made = ShiftedLaplacian::new(matrix, params, observer)?;
                told.words = made.words().to_vec();
                told.hierarchy = made.table().cloned();
                Box::new(made)
            }
            Self::Direct(factorisation) => {
                crate::checks::square_and_finite(matrix)?;
                observer.stage("Factorising");
                Box::new(DirectFactor::new(matrix, *factorisation)?)
            }
        };
        let report = PreconditionerReport {
            setup_seconds: started.elapsed().as_secs_f64(),
            memory_bytes: preconditioner.memory_bytes(),
            entries: told.entries,
            hierarchy: told.hierarchy,
            words: told.words,
        };
        Ok(BuiltPreconditioner { preconditioner, report })
    }
}

/// What a preconditioner has to tell besides its time and memory.
#[derive(Default)]
struct Told {
    words: Vec<String>,
    entries: Option<u64>,
    hierarchy: Option<HierarchyTable>,
}

impl Told {
    fn factors<S: Scalar>(&mut self, made: FactorPair<S>) -> Box<dyn Preconditioner<S>> {
        self.words = made.words().to_vec();
        self.entries = Some(made.entries() as u64);
        Box::new(made)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_matrices::{conjugate_gradient_iterations, poisson_2d};
    use filigree_core::{Flow, Silent, Step, in_pool};

    fn choices() -> Vec<PreconditionerChoice<f64>> {
        vec![
            PreconditionerChoice::None,
            PreconditionerChoice::Jacobi,
            PreconditionerChoice::Ssor { omega: 1.4 },
            PreconditionerChoice::IncompleteCholesky { shift: 0.0 },
            PreconditionerChoice::Ilu { zero_pivot: ZeroPivot::Refuse },
            PreconditionerChoice::Ilut(IlutParams::default()),
            PreconditionerChoice::Multigrid(MultigridParams::classical()),
            PreconditionerChoice::Multigrid(MultigridParams::aggregation()),
            PreconditionerChoice::Chebyshev { degree: 5, lower_share: 0.01, seed: 1 },
            PreconditionerChoice::ElementarySymmetric {
                degree: 3,
                traces: TraceRule::Hutchinson { samples: 5 },
                seed: 1,
            },
            PreconditionerChoice::KrylovPolynomial { largest_degree: 9, seed: 1 },
            PreconditionerChoice::Imported { lower: CsrMatrix::identity(8100), upper: None },
            PreconditionerChoice::Direct(Factorisation::Cholesky),
        ]
    }

    #[test]
    fn every_choice_is_built_told_and_the_same_on_one_and_two_threads() {
        let matrix = poisson_2d(90);
        let r: Vec<f64> = (0..8100).map(|i| (i as f64 * 0.7).sin()).collect();
        for choice in choices() {
            let run = |threads| {
                in_pool(threads, || {
                    let made = choice.build(&matrix, &mut Silent)?;
                    let mut z = vec![0.0; r.len()];
                    made.preconditioner.apply(&r, &mut z);
                    assert_eq!(made.report.memory_bytes, made.preconditioner.memory_bytes());
                    Ok(z)
                })
                .unwrap()
            };
            assert_eq!(run(1), run(2), "{}", choice.title());
        }
    }

    #[test]
    fn those_that_are_symmetric_positive_help_conjugate_gradients() {
        let matrix = poisson_2d(90);
        let plain = conjugate_gradient_iterations(&matrix, &Identity, 1e-8, 500);
        for choice in choices() {
            let made = choice.build(&matrix, &mut Silent).unwrap().preconditioner;
            if made.is_symmetric_positive() {
                let count = conjugate_gradient_iterations(&matrix, &*made, 1e-8, 500);
                assert!(count <= plain, "{}: {count} of {plain}", choice.title());
            }
        }
    }

    /// Stops at the first question.
    struct Impatient;

    impl Observer for Impatient {
        fn stage(&mut self, _name: &str) {}
        fn progress(&mut self, _fraction: f64) -> Flow {
            Flow::Stop
        }
        fn iteration(&mut self, _step: &Step<'_>) -> Flow {
            Flow::Stop
        }
    }

    #[test]
    fn long_set_ups_can_be_stopped() {
        let matrix = poisson_2d(90);
        for choice in choices() {
            let takes_long = !matches!(
                choice,
                PreconditionerChoice::None
                    | PreconditionerChoice::Jacobi
                    | PreconditionerChoice::Ssor { .. }
                    | PreconditionerChoice::Chebyshev { .. }
                    | PreconditionerChoice::Imported { .. }
                    | PreconditionerChoice::Direct(_)
            );
            assert_eq!(choice.build(&matrix, &mut Impatient).is_err(), takes_long, "{}", choice.title());
        }
    }
}
