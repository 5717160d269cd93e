use faer::traits::ComplexField;

use crate::Scalar;

/// A number in which the small dense problems within a Krylov method can be solved: `f64` or `Complex64`.
pub trait DenseScalar: Scalar + ComplexField<Real = f64> {}

impl<S: Scalar + ComplexField<Real = f64>> DenseScalar for S {}
