//! Lanes of x86-64. Their methods are only reached through [`with_avx512`] and [`with_avx2`], whose callers have found
//! the features.

use std::arch::x86_64::*;

use super::{LANES, LaneKernel, Lanes};

/// Runs a kernel on AVX-512 registers.
#[target_feature(enable = "avx512f,avx2,fma")]
pub(super) fn with_avx512<K: LaneKernel>(kernel: K) -> K::Output {
    kernel.run::<Avx512>()
}

/// Runs a kernel on pairs of AVX2 registers.
#[target_feature(enable = "avx2,fma")]
pub(super) fn with_avx2<K: LaneKernel>(kernel: K) -> K::Output {
    kernel.run::<Avx2>()
}

#[derive(Clone, Copy)]
struct Avx512(__m512d);

// SAFETY of all blocks below: the features are there, see the head of the file; pointers come from slices and arrays of
// the length that is read or written.
impl Lanes for Avx512 {
    const REGISTERS: usize = 24;

    #[inline(always)]
    fn splat(value: f64) -> Self {
        Self(unsafe { _mm512_set1_pd(value) })
    }
    #[inline(always)]
    fn of(values: &[f64; LANES]) -> Self {
        Self(unsafe { _mm512_loadu_pd(values.as_ptr()) })
    }
    #[inline(always)]
    fn of_part(values: &[f64]) -> Self {
        Self(unsafe { _mm512_maskz_loadu_pd(first(values.len()), values.as_ptr()) })
    }
    #[inline(always)]
    fn put(self, out: &mut [f64; LANES]) {
        unsafe { _mm512_storeu_pd(out.as_mut_ptr(), self.0) }
    }
    #[inline(always)]
    fn put_part(self, out: &mut [f64]) {
        unsafe { _mm512_mask_storeu_pd(out.as_mut_ptr(), first(out.len()), self.0) }
    }
    #[inline(always)]
    fn times_plus(self, factor: Self, other: Self) -> Self {
        Self(unsafe { _mm512_fmadd_pd(self.0, factor.0, other.0) })
    }
    #[inline(always)]
    fn times_from(self, factor: Self, other: Self) -> Self {
        Self(unsafe { _mm512_fnmadd_pd(self.0, factor.0, other.0) })
    }
    #[inline(always)]
    fn plus(self, other: Self) -> Self {
        Self(unsafe { _mm512_add_pd(self.0, other.0) })
    }
    #[inline(always)]
    fn minus(self, other: Self) -> Self {
        Self(unsafe { _mm512_sub_pd(self.0, other.0) })
    }
    #[inline(always)]
    fn times(self, other: Self) -> Self {
        Self(unsafe { _mm512_mul_pd(self.0, other.0) })
    }
    #[inline(always)]
    fn over(self, divisor: Self) -> Self {
        Self(unsafe { _mm512_div_pd(self.0, divisor.0) })
    }
    #[inline(always)]
    fn over_positive(self, divisor: Self) -> Self {
        Self(unsafe {
            let above = _mm512_cmp_pd_mask::<_CMP_GT_OQ>(divisor.0, _mm512_setzero_pd());
            _mm512_mask_div_pd(_mm512_set1_pd(1.0), above, self.0, divisor.0)
        })
    }
    #[inline(always)]
    fn inverse_positive(self) -> Self {
        Self(unsafe {
            let above = _mm512_cmp_pd_mask::<_CMP_GT_OQ>(self.0, _mm512_setzero_pd());
            _mm512_maskz_div_pd(above, _mm512_set1_pd(1.0), self.0)
        })
    }
    #[inline(always)]
    fn root(self) -> Self {
        Self(unsafe { _mm512_sqrt_pd(self.0) })
    }
    #[inline(always)]
    fn positive(self) -> Self {
        // The second operand is taken where the first one is NaN.
        Self(unsafe { _mm512_max_pd(self.0, _mm512_setzero_pd()) })
    }
    #[inline(always)]
    fn sums(eight: [Self; LANES]) -> Self {
        let [Self(a), Self(b), Self(c), Self(d), Self(e), Self(f), Self(g), Self(h)] = eight;
        // Pairs of lanes, then pairs of pairs, then halves: sums of more and more registers come to lie side by side.
        Self(unsafe {
            let (first, second) = (blocks(pairs(a, b), pairs(c, d)), blocks(pairs(e, f), pairs(g, h)));
            blocks(first, second)
        })
    }
}

/// Sums of neighbouring lanes: of `a` in the even ones, of `b` in the odd ones.
#[inline(always)]
unsafe fn pairs(a: __m512d, b: __m512d) -> __m512d {
    unsafe { _mm512_add_pd(_mm512_unpacklo_pd(a, b), _mm512_unpackhi_pd(a, b)) }
}

/// Sums of neighbouring pairs of lanes: of `a` in the first half, of `b` in the second.
#[inline(always)]
unsafe fn blocks(a: __m512d, b: __m512d) -> __m512d {
    unsafe {
        let (even, odd) =
            (_mm512_shuffle_f64x2::<0b10_00_10_00>(a, b), _mm512_shuffle_f64x2::<0b11_01_11_01>(a, b));
        _mm512_add_pd(even, odd)
    }
}

/// The mask of the first lanes.
#[inline(always)]
fn first(count: usize) -> u8 {
    if count < LANES { (1 << count) - 1 } else { u8::MAX }
}

#[derive(Clone, Copy)]
struct Avx2([__m256d; 2]);

impl Lanes for Avx2 {
    const REGISTERS: usize = 6;

    #[inline(always)]
    fn splat(value: f64) -> Self {
        Self([unsafe { _mm256_set1_pd(value) }; 2])
    }
    #[inline(always)]
    fn of(values: &[f64; LANES]) -> Self {
        let (low, high) = values.split_at(LANES / 2);
        Self(unsafe { [_mm256_loadu_pd(low.as_ptr()), _mm256_loadu_pd(high.as_ptr())] })
    }
    #[inline(always)]
    fn of_part(values: &[f64]) -> Self {
        let mut all = [0.0; LANES];
        let count = values.len().min(LANES);
        all[..count].copy_from_slice(&values[..count]);
        Self::of(&all)
    }
    #[inline(always)]
    fn put(self, out: &mut [f64; LANES]) {
        let (low, high) = out.split_at_mut(LANES / 2);
        unsafe {
            _mm256_storeu_pd(low.as_mut_ptr(), self.0[0]);
            _mm256_storeu_pd(high.as_mut_ptr(), self.0[1]);
        }
    }
    #[inline(always)]
    fn put_part(self, out: &mut [f64]) {
        let mut all = [0.0; LANES];
        self.put(&mut all);
        let count = out.len().min(LANES);
        out[..count].copy_from_slice(&all[..count]);
    }
    #[inline(always)]
    fn times_plus(self, factor: Self, other: Self) -> Self {
        let [a, b, c] = [self.0, factor.0, other.0];
        Self(unsafe { [_mm256_fmadd_pd(a[0], b[0], c[0]), _mm256_fmadd_pd(a[1], b[1], c[1])] })
    }
    #[inline(always)]
    fn times_from(self, factor: Self, other: Self) -> Self {
        let [a, b, c] = [self.0, factor.0, other.0];
        Self(unsafe { [_mm256_fnmadd_pd(a[0], b[0], c[0]), _mm256_fnmadd_pd(a[1], b[1], c[1])] })
    }
    #[inline(always)]
    fn plus(self, other: Self) -> Self {
        let [a, b] = [self.0, other.0];
        Self(unsafe { [_mm256_add_pd(a[0], b[0]), _mm256_add_pd(a[1], b[1])] })
    }
    #[inline(always)]
    fn minus(self, other: Self) -> Self {
        let [a, b] = [self.0, other.0];
        Self(unsafe { [_mm256_sub_pd(a[0], b[0]), _mm256_sub_pd(a[1], b[1])] })
    }
    #[inline(always)]
    fn times(self, other: Self) -> Self {
        let [a, b] = [self.0, other.0];
        Self(unsafe { [_mm256_mul_pd(a[0], b[0]), _mm256_mul_pd(a[1], b[1])] })
    }
    #[inline(always)]
    fn over(self, divisor: Self) -> Self {
        let [a, b] = [self.0, divisor.0];
        Self(unsafe { [_mm256_div_pd(a[0], b[0]), _mm256_div_pd(a[1], b[1])] })
    }
    #[inline(always)]
    fn over_positive(self, divisor: Self) -> Self {
        let [a, b] = [self.0, divisor.0];
        Self(unsafe { [over_positive(a[0], b[0]), over_positive(a[1], b[1])] })
    }
    #[inline(always)]
    fn inverse_positive(self) -> Self {
        let x = self.0;
        Self(unsafe { [inverse_positive(x[0]), inverse_positive(x[1])] })
    }
    #[inline(always)]
    fn root(self) -> Self {
        Self(unsafe { [_mm256_sqrt_pd(self.0[0]), _mm256_sqrt_pd(self.0[1])] })
    }
    #[inline(always)]
    fn positive(self) -> Self {
        let zero = Self::splat(0.0).0;
        // The second operand is taken where the first one is NaN.
        Self(unsafe { [_mm256_max_pd(self.0[0], zero[0]), _mm256_max_pd(self.0[1], zero[1])] })
    }
}

/// Half of [`Lanes::over_positive`].
#[inline(always)]
unsafe fn over_positive(value: __m256d, divisor: __m256d) -> __m256d {
    unsafe {
        let above = _mm256_cmp_pd::<_CMP_GT_OQ>(divisor, _mm256_setzero_pd());
        _mm256_blendv_pd(_mm256_set1_pd(1.0), _mm256_div_pd(value, divisor), above)
    }
}

/// Half of [`Lanes::inverse_positive`].
#[inline(always)]
unsafe fn inverse_positive(value: __m256d) -> __m256d {
    unsafe {
        let above = _mm256_cmp_pd::<_CMP_GT_OQ>(value, _mm256_setzero_pd());
        _mm256_and_pd(above, _mm256_div_pd(_mm256_set1_pd(1.0), value))
    }
}
