use filigree_core::Error;

use crate::incomplete::{IlutParams, ZeroPivot};
use crate::multigrid::{AggregateStrength, Coarsening, CycleKind, MultigridParams, NearNullSpace, Smoothing};
use crate::polynomial::TraceRule;
use crate::{
    DenseScalar, Factorisation, LinearSystem, PreconditionerChoice, ShiftedLaplacianParams, ShiftedSolve,
    SystemFile,
};

/// Rows up to which traces are taken exactly: above, random vectors estimate them.
const EXACT_TRACES: usize = 2000;
/// Random vectors of an estimated trace.
const TRACE_SAMPLES: usize = 20;

/// The preconditioners that a person can choose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PreconditionerKind {
    /// M = I.
    #[default]
    None,
    /// The diagonal.
    Jacobi,
    /// Symmetric over-relaxation.
    Ssor,
    /// IC(0).
    IncompleteCholesky,
    /// ILU(0).
    Ilu,
    /// ILUT.
    Ilut,
    /// Multigrid after Ruge and Stüben.
    ClassicalMultigrid,
    /// Multigrid by smoothed aggregation.
    AggregationMultigrid,
    /// Elementary symmetric polynomials from traces.
    Polynomial,
    /// A polynomial from the Krylov space.
    AdaptivePolynomial,
    /// A Chebyshev polynomial.
    Chebyshev,
    /// The shifted Laplacian of a Helmholtz problem.
    ShiftedLaplacian,
    /// A factor from a file.
    Imported,
}

impl PreconditionerKind {
    /// Every kind with its name at the boundaries.
    pub const NAMES: &[(Self, &str)] = &[
        (Self::None, "none"),
        (Self::Jacobi, "jacobi"),
        (Self::Ssor, "ssor"),
        (Self::IncompleteCholesky, "ic0"),
        (Self::Ilu, "ilu0"),
        (Self::Ilut, "ilut"),
        (Self::ClassicalMultigrid, "amg-classical"),
        (Self::AggregationMultigrid, "amg-aggregation"),
        (Self::Polynomial, "polynomial"),
        (Self::AdaptivePolynomial, "adaptive-polynomial"),
        (Self::Chebyshev, "chebyshev"),
        (Self::ShiftedLaplacian, "shifted-laplacian"),
        (Self::Imported, "imported"),
    ];
}

/// A kind of preconditioner and what a person can tell it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PreconditionerOptions {
    /// Which one.
    pub kind: PreconditionerKind,
    /// ω of SSOR.
    pub relaxation: f64,
    /// First shift of IC(0), a share of the diagonal.
    pub shift: f64,
    /// Threshold of ILUT.
    pub drop_tolerance: f64,
    /// Entries that ILUT keeps a row of each factor.
    pub fill: usize,
    /// Order in which levels are visited.
    pub cycle: CycleKind,
    /// Smoother of every level.
    pub smoothing: Smoothing,
    /// Sweeps of it.
    pub sweeps: usize,
    /// Strength of a connection; none takes the coarsening's own.
    pub strength: Option<f64>,
    /// Degree of polynomials.
    pub degree: usize,
    /// β of the shifted Laplacian.
    pub imaginary_shift: f64,
    /// A pivot of nought in an incomplete factorisation is replaced rather than refused, and told.
    pub replace_zero_pivots: bool,
}

impl Default for PreconditionerOptions {
    fn default() -> Self {
        let ilut = IlutParams::default();
        Self {
            kind: PreconditionerKind::None,
            relaxation: 1.0,
            shift: 0.0,
            drop_tolerance: ilut.threshold,
            fill: ilut.fill,
            cycle: CycleKind::V,
            smoothing: Smoothing::GaussSeidel,
            sweeps: 1,
            strength: None,
            degree: 6,
            imaginary_shift: 0.5,
            replace_zero_pivots: false,
        }
    }
}

impl PreconditionerOptions {
    /// The preconditioner that is meant, for this system; `factor` holds L, or L and U one after the other.
    pub fn choice<S: DenseScalar>(
        &self,
        system: &LinearSystem<S>,
        factor: Option<&SystemFile>,
        seed: u64,
    ) -> Result<PreconditionerChoice<S>, Error> {
        let rows = system.matrix.rows();
        let zero_pivot = if self.replace_zero_pivots { ZeroPivot::Replace(1e-4) } else { ZeroPivot::Refuse };
        Ok(match self.kind {
            PreconditionerKind::None => PreconditionerChoice::None,
            PreconditionerKind::Jacobi => PreconditionerChoice::Jacobi,
            PreconditionerKind::Ssor => PreconditionerChoice::Ssor { omega: self.relaxation },
            PreconditionerKind::IncompleteCholesky => {
                PreconditionerChoice::IncompleteCholesky { shift: self.shift }
            }
            PreconditionerKind::Ilu => PreconditionerChoice::Ilu { zero_pivot },
            PreconditionerKind::Ilut => PreconditionerChoice::Ilut(IlutParams {
                threshold: self.drop_tolerance,
                fill: self.fill,
                zero_pivot,
                ..IlutParams::default()
            }),
            PreconditionerKind::ClassicalMultigrid => PreconditionerChoice::Multigrid(self.classical(seed)),
            PreconditionerKind::AggregationMultigrid => {
                PreconditionerChoice::Multigrid(self.aggregation(system, seed))
            }
            PreconditionerKind::Polynomial => PreconditionerChoice::ElementarySymmetric {
                degree: self.degree,
                traces: if rows <= EXACT_TRACES {
                    TraceRule::Exact
                } else {
                    TraceRule::Hutchinson { samples: TRACE_SAMPLES }
                },
                seed,
            },
            PreconditionerKind::AdaptivePolynomial => {
                PreconditionerChoice::KrylovPolynomial { largest_degree: self.degree, seed }
            }
            PreconditionerKind::Chebyshev => {
                PreconditionerChoice::Chebyshev { degree: self.degree, lower_share: 1.0 / 30.0, seed }
            }
            PreconditionerKind::Imported => {
                let Some(factor) = factor else {
                    return Err(Error::parameter(
                        "preconditioner",
                        "No factor was given. Give a matrix dataset as the input “factor”: L alone for L Lᴴ, or a sequence of L and U.",
                    ));
                };
                let upper = if factor.systems() > 1 { Some(factor.matrix(1)?) } else { None };
                PreconditionerChoice::Imported { lower: factor.matrix(0)?, upper }
            }
            PreconditionerKind::ShiftedLaplacian => {
                PreconditionerChoice::ShiftedLaplacian(ShiftedLaplacianParams {
                    wave_term: None,
                    // A real system can not absorb: the wave term is turned around instead.
                    real_shift: if S::COMPLEX { 0.0 } else { 1.0 },
                    imaginary_shift: if S::COMPLEX { self.imaginary_shift } else { 0.0 },
                    solve: if rows <= 200_000 {
                        ShiftedSolve::Direct
                    } else {
                        ShiftedSolve::Multigrid(self.classical(seed))
                    },
                })
            }
        })
    }

    fn classical<S: DenseScalar>(&self, seed: u64) -> MultigridParams<S> {
        let params = self.cycled(MultigridParams::classical(), seed);
        match (params.coarsening.clone(), self.strength) {
            (Coarsening::Classical { splitting, interpolation, truncation, .. }, Some(threshold)) => {
                let coarsening = Coarsening::Classical { threshold, splitting, interpolation, truncation };
                MultigridParams { coarsening, ..params }
            }
            _ => params,
        }
    }

    fn aggregation<S: DenseScalar>(&self, system: &LinearSystem<S>, seed: u64) -> MultigridParams<S> {
        let near_null_space = system.near_null_space.as_deref().map(NearNullSpace::from_vectors);
        let suited =
            near_null_space.map_or_else(MultigridParams::aggregation, MultigridParams::aggregation_for);
        let mut params = self.cycled(suited, seed);
        if let (Coarsening::SmoothedAggregation { strength, .. }, Some(threshold)) =
            (&mut params.coarsening, self.strength)
        {
            *strength = AggregateStrength::Symmetric { threshold };
        }
        params
    }

    fn cycled<S>(&self, params: MultigridParams<S>, seed: u64) -> MultigridParams<S> {
        MultigridParams { cycle: self.cycle, smoothing: self.smoothing, sweeps: self.sweeps, seed, ..params }
    }
}

/// The factorisation that a direct solver stands for.
pub(super) fn factorisation(solver: super::Solver) -> Option<Factorisation> {
    match solver {
        super::Solver::Cholesky => Some(Factorisation::Cholesky),
        super::Solver::Ldlt => Some(Factorisation::Ldlt),
        super::Solver::Lu => Some(Factorisation::Lu),
        super::Solver::Qr => Some(Factorisation::Qr),
        _ => None,
    }
}
