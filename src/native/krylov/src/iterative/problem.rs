use filigree_core::Error;

use crate::{LinearOperator, Preconditioner, Scalar, vector};

/// One linear system and what helps to solve it.
#[derive(Clone, Copy)]
pub struct Problem<'a, S: Scalar> {
    /// A.
    pub operator: &'a dyn LinearOperator<S>,
    /// b, an entry a row.
    pub right_hand_side: &'a [S],
    /// M⁻¹; none is the identity.
    pub preconditioner: Option<&'a dyn Preconditioner<S>>,
    /// Where the iteration starts, an entry a column; nought where nothing is given.
    pub start: Option<&'a [S]>,
}

impl<'a, S: Scalar> Problem<'a, S> {
    /// A system without preconditioner, started from nought.
    pub fn new(operator: &'a dyn LinearOperator<S>, right_hand_side: &'a [S]) -> Self {
        Self { operator, right_hand_side, preconditioner: None, start: None }
    }

    /// The same with a preconditioner.
    pub fn preconditioned(self, preconditioner: &'a dyn Preconditioner<S>) -> Self {
        Self { preconditioner: Some(preconditioner), ..self }
    }

    /// z ← M⁻¹ r.
    pub fn precondition(&self, r: &[S], z: &mut [S]) {
        match self.preconditioner {
            Some(preconditioner) => preconditioner.apply(r, z),
            None => z.copy_from_slice(r),
        }
    }

    /// Lengths fit and numbers are finite.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let (rows, columns) = (self.operator.rows(), self.operator.columns());
        if self.right_hand_side.len() != rows {
            return Err(Error::InvalidData(format!(
                "The right-hand side has {} entries and the matrix {rows} rows. Give one entry a row.",
                self.right_hand_side.len()
            )));
        }
        if let Some(start) = self.start
            && start.len() != columns
        {
            return Err(Error::InvalidData(format!(
                "The start has {} entries and the matrix {columns} columns. Give one entry a column.",
                start.len()
            )));
        }
        let finite = vector::all_finite(self.right_hand_side) && self.start.is_none_or(vector::all_finite);
        if !finite {
            return Err(Error::InvalidData(
                "The right-hand side or the start has entries that are NaN or infinite. Replace them."
                    .to_owned(),
            ));
        }
        Ok(())
    }

    /// As many rows as columns, which all but the least-squares methods need.
    pub(crate) fn check_square(&self, method: &str) -> Result<(), Error> {
        let (rows, columns) = (self.operator.rows(), self.operator.columns());
        if rows != columns {
            return Err(Error::InvalidData(format!(
                "{method} needs a square matrix, and this one is {rows} × {columns}. LSQR and LSMR solve such systems in the least-squares sense."
            )));
        }
        Ok(())
    }

    /// The preconditioner is one that the method may use.
    pub(crate) fn check_preconditioner(
        &self,
        method: &str,
        definite: bool,
        flexible: bool,
    ) -> Result<(), Error> {
        let Some(preconditioner) = self.preconditioner else { return Ok(()) };
        if definite && !preconditioner.is_symmetric_positive() {
            return Err(Error::parameter(
                "preconditioner",
                format!(
                    "{method} needs a preconditioner that is Hermitian positive definite, and this one is not on this matrix, which may be indefinite. Choose Jacobi or none to find out, or MINRES or GMRES, which take indefinite matrices."
                ),
            ));
        }
        if !flexible && preconditioner.varies() {
            return Err(Error::parameter(
                "preconditioner",
                format!(
                    "{method} needs a preconditioner that is the same in every iteration, and this one varies. Choose flexible GMRES."
                ),
            ));
        }
        Ok(())
    }
}
