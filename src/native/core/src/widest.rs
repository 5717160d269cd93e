/// Something to be compiled for the widest vectors. Short closures are such work by themselves. A long kernel is a
/// structure of its arguments with an `#[inline(always)]` [`Wide::run`]: only what is inlined is compiled anew, and
/// the compiler leaves a long closure where it is.
pub trait Wide {
    /// What the work gives.
    type Output;
    /// Does the work. Mark it, and what it calls, `#[inline(always)]`.
    fn run(self) -> Self::Output;
}

impl<T, F: FnOnce() -> T> Wide for F {
    type Output = T;
    #[inline(always)]
    fn run(self) -> T {
        self()
    }
}

/// Runs `work` compiled for the widest vectors this machine has: AVX2 where the machine has it, whatever the
/// program was built for. Rust never fuses or reorders floating point operations on its own, so the result is the
/// same bytes either way.
#[inline]
pub fn widest<W: Wide>(work: W) -> W::Output {
    #[cfg(target_arch = "x86_64")]
    {
        if is_x86_feature_detected!("avx2") {
            // SAFETY: the feature was found on this machine.
            return unsafe { with_avx2(work) };
        }
    }
    work.run()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn with_avx2<W: Wide>(work: W) -> W::Output {
    work.run()
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
