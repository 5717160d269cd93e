use std::fmt::{Debug, Display};
use std::iter::Sum;
use std::ops::{Add, AddAssign, Div, DivAssign, Mul, MulAssign, Neg, Sub, SubAssign};

use num_complex::Complex64;

/// A number that a sparse system may be made of: `f64` or `Complex64`.
pub trait Scalar:
    Copy
    + Send
    + Sync
    + Debug
    + Display
    + PartialEq
    + Default
    + Sum
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + AddAssign
    + SubAssign
    + MulAssign
    + DivAssign
    + 'static
{
    /// True where numbers have an imaginary part.
    const COMPLEX: bool;
    /// Nought.
    const ZERO: Self;
    /// One.
    const ONE: Self;
    /// The number whose imaginary part is nought.
    fn from_real(value: f64) -> Self;
    /// The number with both parts; real numbers drop the imaginary one.
    fn from_parts(real: f64, imaginary: f64) -> Self;
    /// Complex conjugate.
    fn conj(self) -> Self;
    /// Real part.
    fn real(self) -> f64;
    /// Imaginary part.
    fn imaginary(self) -> f64;
    /// Absolute value.
    fn modulus(self) -> f64;
    /// Square of the absolute value.
    fn modulus_squared(self) -> f64;
    /// The number times a real factor.
    fn scale(self, factor: f64) -> Self;
    /// Neither part is NaN or infinite.
    fn is_finite(self) -> bool;
}

impl Scalar for f64 {
    const COMPLEX: bool = false;
    const ZERO: Self = 0.0;
    const ONE: Self = 1.0;
    fn from_real(value: f64) -> Self {
        value
    }
    fn from_parts(real: f64, _imaginary: f64) -> Self {
        real
    }
    fn conj(self) -> Self {
        self
    }
    fn real(self) -> f64 {
        self
    }
    fn imaginary(self) -> f64 {
        0.0
    }
    fn modulus(self) -> f64 {
        self.abs()
    }
    fn modulus_squared(self) -> f64 {
        self * self
    }
    fn scale(self, factor: f64) -> Self {
        self * factor
    }
    fn is_finite(self) -> bool {
        self.is_finite()
    }
}

impl Scalar for Complex64 {
    const COMPLEX: bool = true;
    const ZERO: Self = Complex64::new(0.0, 0.0);
    const ONE: Self = Complex64::new(1.0, 0.0);
    fn from_real(value: f64) -> Self {
        Complex64::new(value, 0.0)
    }
    fn from_parts(real: f64, imaginary: f64) -> Self {
        Complex64::new(real, imaginary)
    }
    fn conj(self) -> Self {
        Complex64::conj(&self)
    }
    fn real(self) -> f64 {
        self.re
    }
    fn imaginary(self) -> f64 {
        self.im
    }
    fn modulus(self) -> f64 {
        self.norm()
    }
    fn modulus_squared(self) -> f64 {
        self.norm_sqr()
    }
    fn scale(self, factor: f64) -> Self {
        Complex64::new(self.re * factor, self.im * factor)
    }
    fn is_finite(self) -> bool {
        self.re.is_finite() && self.im.is_finite()
    }
}
