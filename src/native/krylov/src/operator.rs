use crate::{CsrMatrix, Scalar};

/// A linear map that can be applied; all that a Krylov method asks of a matrix.
pub trait LinearOperator<S: Scalar>: Sync {
    /// Length of what comes out.
    fn rows(&self) -> usize;
    /// Length of what goes in.
    fn columns(&self) -> usize;
    /// y ← A x.
    fn apply(&self, x: &[S], y: &mut [S]);
    /// y ← Aᴴ x.
    fn apply_adjoint(&self, x: &[S], y: &mut [S]);
    /// It is known to be its own adjoint; methods that gain by it ask once a system.
    fn is_hermitian(&self) -> bool {
        false
    }
    /// r ← b − A x.
    fn residual(&self, b: &[S], x: &[S], r: &mut [S]) {
        self.apply(x, r);
        crate::vector::subtract_from(b, r);
    }
}

impl<S: Scalar> LinearOperator<S> for CsrMatrix<S> {
    fn rows(&self) -> usize {
        self.rows()
    }
    fn columns(&self) -> usize {
        self.columns()
    }
    fn apply(&self, x: &[S], y: &mut [S]) {
        self.multiply(x, y);
    }
    fn apply_adjoint(&self, x: &[S], y: &mut [S]) {
        self.kept_adjoint().multiply(x, y);
    }
    fn is_hermitian(&self) -> bool {
        CsrMatrix::is_hermitian(self)
    }
    fn residual(&self, b: &[S], x: &[S], r: &mut [S]) {
        CsrMatrix::residual(self, b, x, r);
    }
}
