use std::fmt::{Debug, Display};
use std::iter::Sum;
use std::ops::{Add, AddAssign, Div, DivAssign, Mul, MulAssign, Neg, Sub, SubAssign};

use num_complex::Complex;

/// A number that a sparse system may be made of: `f64` or `Complex64`; preconditioners may hold `f32` or `Complex32`.
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
    /// The same kind of number in half the memory; preconditioners may be kept in it.
    type Single: Scalar;
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
    /// Rounded to single precision.
    fn to_single(self) -> Self::Single;
    /// From single precision, which is exact.
    fn from_single(value: Self::Single) -> Self;
}

/// Implements [`Scalar`] for a real type and for the complex numbers made of it.
macro_rules! scalars {
    ($real:ty, $single:ty) => {
        impl Scalar for $real {
            const COMPLEX: bool = false;
            type Single = $single;
            const ZERO: Self = 0.0;
            const ONE: Self = 1.0;
            fn from_real(value: f64) -> Self {
                value as $real
            }
            fn from_parts(real: f64, _imaginary: f64) -> Self {
                real as $real
            }
            fn conj(self) -> Self {
                self
            }
            fn real(self) -> f64 {
                f64::from(self)
            }
            fn imaginary(self) -> f64 {
                0.0
            }
            fn modulus(self) -> f64 {
                f64::from(self.abs())
            }
            fn modulus_squared(self) -> f64 {
                f64::from(self) * f64::from(self)
            }
            fn scale(self, factor: f64) -> Self {
                self * factor as $real
            }
            fn is_finite(self) -> bool {
                self.is_finite()
            }
            fn to_single(self) -> $single {
                self as $single
            }
            fn from_single(value: $single) -> Self {
                Self::from(value)
            }
        }

        impl Scalar for Complex<$real> {
            const COMPLEX: bool = true;
            type Single = Complex<$single>;
            const ZERO: Self = Complex::new(0.0, 0.0);
            const ONE: Self = Complex::new(1.0, 0.0);
            fn from_real(value: f64) -> Self {
                Self::new(value as $real, 0.0)
            }
            fn from_parts(real: f64, imaginary: f64) -> Self {
                Self::new(real as $real, imaginary as $real)
            }
            fn conj(self) -> Self {
                Complex::conj(&self)
            }
            fn real(self) -> f64 {
                f64::from(self.re)
            }
            fn imaginary(self) -> f64 {
                f64::from(self.im)
            }
            fn modulus(self) -> f64 {
                f64::from(self.norm())
            }
            fn modulus_squared(self) -> f64 {
                f64::from(self.re) * f64::from(self.re) + f64::from(self.im) * f64::from(self.im)
            }
            fn scale(self, factor: f64) -> Self {
                Self::new(self.re * factor as $real, self.im * factor as $real)
            }
            fn is_finite(self) -> bool {
                self.re.is_finite() && self.im.is_finite()
            }
            fn to_single(self) -> Self::Single {
                Complex::new(self.re as $single, self.im as $single)
            }
            fn from_single(value: Self::Single) -> Self {
                Self::new(<$real>::from(value.re), <$real>::from(value.im))
            }
        }
    };
}

scalars!(f64, f32);
scalars!(f32, f32);
