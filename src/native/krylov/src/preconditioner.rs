use crate::Scalar;

/// An approximate inverse M⁻¹ that a Krylov method applies to residuals.
pub trait Preconditioner<S: Scalar>: Send + Sync {
    /// z ← M⁻¹ r.
    fn apply(&self, r: &[S], z: &mut [S]);
    /// M is Hermitian positive definite, as CG and MINRES need it.
    fn is_symmetric_positive(&self) -> bool;
    /// M differs from one application to the next, so that only flexible methods may use it.
    fn varies(&self) -> bool {
        false
    }
    /// Memory it holds, in bytes.
    fn memory_bytes(&self) -> u64;
}

/// No preconditioner: M = I.
#[derive(Clone, Copy, Debug, Default)]
pub struct Identity;

impl<S: Scalar> Preconditioner<S> for Identity {
    fn apply(&self, r: &[S], z: &mut [S]) {
        z.copy_from_slice(r);
    }
    fn is_symmetric_positive(&self) -> bool {
        true
    }
    fn memory_bytes(&self) -> u64 {
        0
    }
}
