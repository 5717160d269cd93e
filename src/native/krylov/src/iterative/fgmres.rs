use filigree_core::{Error, Observer};

use super::gmres::Gmres;
use super::{DenseScalar, Outcome, Problem, SolveParams, drive};

/// GMRES whose preconditioner may differ from one step to the next: the preconditioned directions are kept.
///
/// Saad, "A flexible inner-outer preconditioned GMRES algorithm", SIAM J. Sci. Comput. 14(2), 1993.
pub fn solve<S: DenseScalar>(
    problem: &Problem<'_, S>,
    params: &SolveParams,
    observer: &mut dyn Observer,
) -> Result<Outcome<S>, Error> {
    params.check()?;
    drive(problem, params, &mut Gmres::new(problem, params, true), observer)
}
