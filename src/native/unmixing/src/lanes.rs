/// Numbers in one [`Lanes`].
pub(crate) const LANES: usize = 8;

/// Eight float64 numbers that are worked on at once, a vector register where the machine has one of that size. Products
/// are added without a rounding of their own where the machine can, so that kernels written with it give the same bytes
/// on AVX-512 and on AVX2 with FMA, but not on processors without fused operations.
pub(crate) trait Lanes: Copy {
    /// Registers of this kind that a kernel may fill with sums.
    const REGISTERS: usize;

    /// The same number in every lane.
    fn splat(value: f64) -> Self;
    /// As they lie in memory.
    fn of(values: &[f64; LANES]) -> Self;
    /// Up to eight numbers, and zeros after them.
    fn of_part(values: &[f64]) -> Self;
    /// Into memory.
    fn put(self, out: &mut [f64; LANES]);
    /// The first lanes into memory, as many as fit.
    fn put_part(self, out: &mut [f64]);
    /// `self` · `factor` + `other`.
    fn times_plus(self, factor: Self, other: Self) -> Self;
    /// `other` − `self` · `factor`.
    fn times_from(self, factor: Self, other: Self) -> Self;
    /// Sum, lane by lane.
    fn plus(self, other: Self) -> Self;
    /// Difference, lane by lane.
    fn minus(self, other: Self) -> Self;
    /// Product, lane by lane.
    fn times(self, other: Self) -> Self;
    /// Quotient, lane by lane.
    fn over(self, divisor: Self) -> Self;
    /// Quotient, lane by lane; one where `divisor` is not above zero.
    fn over_positive(self, divisor: Self) -> Self;
    /// 1/x, lane by lane; zero where x is not above zero.
    fn inverse_positive(self) -> Self;
    /// Root, lane by lane.
    fn root(self) -> Self;
    /// The numbers above zero, zero for others and for NaN.
    fn positive(self) -> Self;

    /// ((0 + 1) + (2 + 3)) + ((4 + 5) + (6 + 7)).
    #[inline(always)]
    fn sum(self) -> f64 {
        let mut all = [0.0; LANES];
        self.put(&mut all);
        ((all[0] + all[1]) + (all[2] + all[3])) + ((all[4] + all[5]) + (all[6] + all[7]))
    }

    /// [`Lanes::sum`] of eight at once; lane i has that of the i-th.
    #[inline(always)]
    fn sums(eight: [Self; LANES]) -> Self {
        let mut sums = [0.0; LANES];
        for (sum, lanes) in sums.iter_mut().zip(eight) {
            *sum = lanes.sum();
        }
        Self::of(&sums)
    }
}

/// A kernel: a structure of its arguments. Only what is inlined is compiled for the lanes it runs on.
pub(crate) trait LaneKernel {
    /// What it gives.
    type Output;
    /// Does the work. Mark it, and what it calls, `#[inline(always)]`.
    fn run<L: Lanes>(self) -> Self::Output;
}

/// Runs a kernel on the widest lanes that this machine has.
#[inline]
pub(crate) fn in_lanes<K: LaneKernel>(kernel: K) -> K::Output {
    #[cfg(target_arch = "x86_64")]
    {
        if is_x86_feature_detected!("avx512f") {
            // SAFETY: the feature was found on this machine.
            return unsafe { x86::with_avx512(kernel) };
        }
        if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
            // SAFETY: both features were found on this machine.
            return unsafe { x86::with_avx2(kernel) };
        }
    }
    kernel.run::<Plain>()
}

/// Lanes as the compiler makes them, for processors that no others are written for.
#[derive(Clone, Copy)]
struct Plain([f64; LANES]);

impl Plain {
    #[inline(always)]
    fn each(self, other: Self, with: impl Fn(f64, f64) -> f64) -> Self {
        Self(std::array::from_fn(|lane| with(self.0[lane], other.0[lane])))
    }
}

impl Lanes for Plain {
    const REGISTERS: usize = 8;

    #[inline(always)]
    fn splat(value: f64) -> Self {
        Self([value; LANES])
    }
    #[inline(always)]
    fn of(values: &[f64; LANES]) -> Self {
        Self(*values)
    }
    #[inline(always)]
    fn of_part(values: &[f64]) -> Self {
        Self(std::array::from_fn(|lane| values.get(lane).copied().unwrap_or(0.0)))
    }
    #[inline(always)]
    fn put(self, out: &mut [f64; LANES]) {
        *out = self.0;
    }
    #[inline(always)]
    fn put_part(self, out: &mut [f64]) {
        out.iter_mut().zip(self.0).for_each(|(out, value)| *out = value);
    }
    #[inline(always)]
    fn times_plus(self, factor: Self, other: Self) -> Self {
        self.times(factor).plus(other)
    }
    #[inline(always)]
    fn times_from(self, factor: Self, other: Self) -> Self {
        other.minus(self.times(factor))
    }
    #[inline(always)]
    fn plus(self, other: Self) -> Self {
        self.each(other, |a, b| a + b)
    }
    #[inline(always)]
    fn minus(self, other: Self) -> Self {
        self.each(other, |a, b| a - b)
    }
    #[inline(always)]
    fn times(self, other: Self) -> Self {
        self.each(other, |a, b| a * b)
    }
    #[inline(always)]
    fn over(self, divisor: Self) -> Self {
        self.each(divisor, |a, b| a / b)
    }
    #[inline(always)]
    fn over_positive(self, divisor: Self) -> Self {
        self.each(divisor, |a, b| if b > 0.0 { a / b } else { 1.0 })
    }
    #[inline(always)]
    fn inverse_positive(self) -> Self {
        Self(self.0.map(|value| if value > 0.0 { 1.0 / value } else { 0.0 }))
    }
    #[inline(always)]
    fn root(self) -> Self {
        Self(self.0.map(f64::sqrt))
    }
    #[inline(always)]
    fn positive(self) -> Self {
        Self(self.0.map(|value| if value > 0.0 { value } else { 0.0 }))
    }
}

#[cfg(target_arch = "x86_64")]
mod x86;

#[cfg(test)]
mod tests {
    use super::*;

    /// Every operation once, on whole and on cut vectors.
    struct All<'a>(&'a [f64; LANES], &'a [f64; LANES]);

    impl LaneKernel for All<'_> {
        type Output = Vec<f64>;
        #[inline(always)]
        fn run<L: Lanes>(self) -> Vec<f64> {
            let (a, b) = (L::of(self.0), L::of(self.1));
            let mut out = Vec::new();
            let results = [
                a.plus(b),
                a.minus(b),
                a.times(b),
                a.times_plus(b, L::splat(0.5)),
                a.times_from(b, L::splat(0.5)),
                a.over(L::splat(2.0)),
                a.over_positive(b),
                b.inverse_positive(),
                a.root(),
                a.minus(b).positive(),
                L::of_part(&self.0[..3]),
                L::of_part(&self.0[..7]),
                L::sums([a, b, a.plus(b), a, b, b, a.times(b), a]),
            ];
            for result in results {
                out.push(result.sum());
                for length in [8, 5, 0] {
                    let mut part = [9.0; LANES];
                    result.put_part(&mut part[..length]);
                    out.extend(part);
                }
            }
            out
        }
    }

    #[test]
    fn all_lanes_do_the_same() {
        // Products and quotients of these are exact, so that rounding can not tell the lanes apart.
        let a = [1.0, 4.0, 9.0, 16.0, 25.0, 36.0, 0.25, 0.0];
        let b = [2.0, 0.5, -4.0, 8.0, 1.0, 0.0, 2.0, 4.0];
        let plain = All(&a, &b).run::<Plain>();
        assert_eq!(plain[1..9], [3.0, 4.5, 5.0, 24.0, 26.0, 36.0, 2.25, 4.0]);
        assert_eq!(in_lanes(All(&a, &b)), plain);
        #[cfg(target_arch = "x86_64")]
        if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
            // SAFETY: both features were found on this machine.
            assert_eq!(unsafe { x86::with_avx2(All(&a, &b)) }, plain);
        }
    }

    #[test]
    fn what_is_not_above_zero_is_one_or_zero() {
        struct Edges;
        impl LaneKernel for Edges {
            type Output = [f64; 6];
            #[inline(always)]
            fn run<L: Lanes>(self) -> [f64; 6] {
                let first = |lanes: L| {
                    let mut out = [0.0; LANES];
                    lanes.put(&mut out);
                    out[0]
                };
                let ratio = |a, b| first(L::splat(a).over_positive(L::splat(b)));
                let positive = |a| first(L::splat(a).positive());
                [
                    ratio(0.0, 0.0),
                    ratio(1.0, f64::NAN),
                    ratio(1.0, f64::INFINITY),
                    positive(f64::NAN),
                    positive(-1.0),
                    positive(2.0),
                ]
            }
        }
        let expected = [1.0, 1.0, 0.0, 0.0, 0.0, 2.0];
        assert_eq!(in_lanes(Edges), expected);
        assert_eq!(Edges.run::<Plain>(), expected);
    }
}
