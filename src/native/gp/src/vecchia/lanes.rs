/// Numbers worked on at once.
pub const LANES: usize = 8;

/// `count` rounded up to whole lanes.
pub const fn padded(count: usize) -> usize {
    count.div_ceil(LANES) * LANES
}

/// Eight numbers side by side; inside [`super::fused::fused`] the compiler keeps them in one vector register, or two.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(64))]
pub struct Lanes(pub [f64; LANES]);

/// `1.5 · 2⁵²`: adding and subtracting it rounds to a whole number.
const ROUNDING: f64 = 6_755_399_441_055_744.0;

/// Lowest argument of [`Lanes::exp`]: its value is still a normal number.
const LOWEST: f64 = -708.0;

/// Taylor's series of the exponential: one over the factorials.
const SERIES: [f64; 14] = {
    let mut series = [1.0; 14];
    let mut factorial = 1.0;
    let mut power = 1;
    while power < series.len() {
        factorial *= power as f64;
        series[power] = 1.0 / factorial;
        power += 1;
    }
    series
};

impl Lanes {
    /// The same number everywhere.
    #[inline(always)]
    pub fn splat(value: f64) -> Self {
        Self([value; LANES])
    }

    /// The first numbers of `from`, which has at least as many.
    #[inline(always)]
    pub fn load(from: &[f64]) -> Self {
        Self(*from.first_chunk().expect("rows are padded to whole lanes"))
    }

    /// Writes to the first numbers of `to`.
    #[inline(always)]
    pub fn store(self, to: &mut [f64]) {
        *to.first_chunk_mut().expect("rows are padded to whole lanes") = self.0;
    }

    #[inline(always)]
    fn each(self, of: impl Fn(f64) -> f64) -> Self {
        let mut out = self;
        for lane in 0..LANES {
            out.0[lane] = of(self.0[lane]);
        }
        out
    }

    #[inline(always)]
    fn both(self, other: Self, of: impl Fn(f64, f64) -> f64) -> Self {
        let mut out = self;
        for lane in 0..LANES {
            out.0[lane] = of(self.0[lane], other.0[lane]);
        }
        out
    }

    /// Sum.
    #[inline(always)]
    pub fn plus(self, other: Self) -> Self {
        self.both(other, |a, b| a + b)
    }

    /// Difference.
    #[inline(always)]
    pub fn minus(self, other: Self) -> Self {
        self.both(other, |a, b| a - b)
    }

    /// Product.
    #[inline(always)]
    pub fn times(self, other: Self) -> Self {
        self.both(other, |a, b| a * b)
    }

    /// Quotient.
    #[inline(always)]
    pub fn over(self, other: Self) -> Self {
        self.both(other, |a, b| a / b)
    }

    /// `self · factor + addend`, rounded once.
    #[inline(always)]
    pub fn mul_add(self, factor: Self, addend: Self) -> Self {
        let mut out = self;
        for lane in 0..LANES {
            out.0[lane] = self.0[lane].mul_add(factor.0[lane], addend.0[lane]);
        }
        out
    }

    /// Square roots.
    #[inline(always)]
    pub fn sqrt(self) -> Self {
        self.each(f64::sqrt)
    }

    /// Natural logarithms.
    #[inline(always)]
    pub fn ln(self) -> Self {
        self.each(f64::ln)
    }

    /// The larger of each and `bound`.
    #[inline(always)]
    pub fn at_least(self, bound: f64) -> Self {
        self.each(|value| if value < bound { bound } else { value })
    }

    /// Smallest of the numbers.
    #[inline(always)]
    pub fn smallest(self) -> f64 {
        let halves: [f64; 4] = std::array::from_fn(|lane| self.0[lane].min(self.0[lane + 4]));
        halves[0].min(halves[2]).min(halves[1].min(halves[3]))
    }

    /// Sum of the numbers, in a fixed order.
    #[inline(always)]
    pub fn sum(self) -> f64 {
        let halves: [f64; 4] = std::array::from_fn(|lane| self.0[lane] + self.0[lane + 4]);
        (halves[0] + halves[2]) + (halves[1] + halves[3])
    }

    /// Exponentials of numbers that are not above 700, to within two units in the last place; what is below −708
    /// counts as −708. Cody and Waite's reduction by whole multiples of log 2, then Taylor's series.
    #[inline(always)]
    pub fn exp(self) -> Self {
        let argument = self.at_least(LOWEST);
        let shifted = argument.mul_add(Self::splat(std::f64::consts::LOG2_E), Self::splat(ROUNDING));
        let whole = shifted.minus(Self::splat(ROUNDING));
        let rest = whole.mul_add(Self::splat(-6.931_471_803_691_238e-1), argument);
        let rest = whole.mul_add(Self::splat(-1.908_214_929_270_587_7e-10), rest);
        let mut series = Self::splat(SERIES[SERIES.len() - 1]);
        for &coefficient in SERIES[..SERIES.len() - 1].iter().rev() {
            series = series.mul_add(rest, Self::splat(coefficient));
        }
        let mut out = series;
        for lane in 0..LANES {
            // The low bits of the shifted number are the whole multiple; they belong into the exponent.
            let exponent = shifted.0[lane].to_bits() << 52;
            out.0[lane] = f64::from_bits(series.0[lane].to_bits().wrapping_add(exponent));
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exponentials_agree_with_the_library() {
        for step in -14_160..13_000 {
            let argument = f64::from(step) * 0.05 + 0.013;
            let found = Lanes::splat(argument).exp().0[3];
            let expected = argument.max(LOWEST).exp();
            assert!((found / expected - 1.0).abs() < 1e-15, "exp({argument}) = {found}, not {expected}");
        }
        assert_eq!(Lanes::splat(0.0).exp().0[0], 1.0);
        assert!(Lanes::splat(-1e300).exp().0[0] < 1e-300);
    }

    #[test]
    fn sums_and_smallest_see_every_lane() {
        let lanes = Lanes([3.0, 1.0, 4.0, 1.5, 9.0, 2.0, 6.0, 0.5]);
        assert_eq!(lanes.sum(), 27.0);
        assert_eq!(lanes.smallest(), 0.5);
        assert_eq!(padded(9), 16);
    }
}
