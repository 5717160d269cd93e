use filigree_core::Wide;

/// Runs `work` compiled for the widest vectors with fused multiplication and addition that this machine has: AVX-512,
/// else AVX2 with FMA. `f64::mul_add` rounds once wherever it runs, so a machine without them is slower, not different.
#[inline]
pub fn fused<W: Wide>(work: W) -> W::Output {
    #[cfg(target_arch = "x86_64")]
    {
        if is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512dq")
            && is_x86_feature_detected!("avx512vl")
        {
            // SAFETY: the features were found on this machine.
            return unsafe { with_avx512(work) };
        }
        if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
            // SAFETY: the features were found on this machine.
            return unsafe { with_fma(work) };
        }
    }
    work.run()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512dq,avx512vl,avx2,fma")]
fn with_avx512<W: Wide>(work: W) -> W::Output {
    work.run()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn with_fma<W: Wide>(work: W) -> W::Output {
    work.run()
}
