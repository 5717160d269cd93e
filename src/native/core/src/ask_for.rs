/// Asks memory for the line at `place`, which comes up soon. The machine by itself follows a stream to the end of its page
/// only. It never changes a result; machines without such a wish ignore it.
#[inline(always)]
pub fn ask_for<T>(place: *const T) {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: a wish for memory neither reads nor fails, wherever it points.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(place.cast()) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = place;
}
