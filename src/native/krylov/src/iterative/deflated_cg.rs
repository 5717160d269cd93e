use filigree_core::{Error, Observer};

use super::cg::ConjugateGradients;
use super::{DeflationSpace, DenseScalar, Outcome, Problem, SolveParams, drive};

/// Conjugate gradients whose directions stay conjugate to a given space, so that the eigenvalues it stands for no longer
/// slow the convergence.
///
/// Saad, Yeung, Erhel & Guyomarc'h, "A deflated version of the conjugate gradient algorithm", SIAM J. Sci. Comput.
/// 21(5), 2000.
pub fn solve<S: DenseScalar>(
    problem: &Problem<'_, S>,
    space: &DeflationSpace<S>,
    params: &SolveParams,
    observer: &mut dyn Observer,
) -> Result<Outcome<S>, Error> {
    problem.check_preconditioner("Deflated CG", true, false)?;
    if space.rows() != problem.operator.rows() {
        return Err(Error::InvalidData(format!(
            "The deflation space has vectors of {} entries and the matrix {} rows.",
            space.rows(),
            problem.operator.rows()
        )));
    }
    drive(problem, params, &mut ConjugateGradients::new(problem, Some(space), None), observer)
}
