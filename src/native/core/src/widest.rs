/// Runs `work` compiled for the widest vectors this machine has: code that is inlined into the closure uses
/// AVX2 where the machine has it, whatever the program was built for. Rust never fuses or reorders floating
/// point operations on its own, so the result is the same bytes either way.
///
/// Mark what the closure calls `#[inline(always)]`, else it stays as it was.
#[inline]
pub fn widest<T>(work: impl FnOnce() -> T) -> T {
    #[cfg(target_arch = "x86_64")]
    {
        if is_x86_feature_detected!("avx2") {
            // SAFETY: the feature was found on this machine.
            return unsafe { with_avx2(work) };
        }
    }
    work()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn with_avx2<T>(work: impl FnOnce() -> T) -> T {
    work()
}

#[cfg(test)]
mod tests {
    #[test]
    fn wide_and_plain_sums_are_the_same_bytes() {
        let values: Vec<f64> = (0..1000).map(|i| (f64::from(i) * 0.7).sin()).collect();
        let wide = super::widest(|| crate::dot(&values, &values));
        assert_eq!(wide.to_bits(), crate::dot(&values, &values).to_bits());
    }
}
