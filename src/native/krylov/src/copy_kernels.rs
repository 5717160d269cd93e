use filigree_core::ask_for;
use rayon::prelude::*;

/// Numbers a thread copies at a time where pieces are handed out.
const PIECE: usize = 1 << 16;

/// A way of copying numbers on all threads of the current pool.
pub type CopyKernel = fn(&[f64], &mut [f64]);

/// Ways of copying memory with ordinary stores: which is faster depends on the machine and its pages.
pub const COPY_KERNELS: &[CopyKernel] = &[in_pieces, a_part_a_thread];

fn in_pieces(from: &[f64], to: &mut [f64]) {
    to.par_chunks_mut(PIECE).zip(from.par_chunks(PIECE)).for_each(|(to, from)| to.copy_from_slice(from));
}

fn a_part_a_thread(from: &[f64], to: &mut [f64]) {
    by_parts(from, to, |from, to| to.copy_from_slice(from));
}

/// Copies with stores that leave the caches out, as STREAM can be made to: lines that are wholly overwritten are not read
/// first.
pub fn past_the_caches(from: &[f64], to: &mut [f64]) {
    by_parts(from, to, stream);
}

/// Reads every number and does next to nothing with it: no product with a matrix, which reads almost all that it moves,
/// can be faster.
pub fn read(from: &[f64]) -> f64 {
    let part = from.len().div_ceil(rayon::current_num_threads()).max(1);
    from.par_chunks(part).map(sum).sum()
}

fn sum(from: &[f64]) -> f64 {
    const AHEAD: usize = 1024;
    let mut sums = [0.0; 32];
    for (place, numbers) in from.chunks_exact(32).enumerate() {
        for line in (0..32).step_by(8) {
            ask_for(from.as_ptr().wrapping_add(32 * place + AHEAD + line));
        }
        for (sum, number) in sums.iter_mut().zip(numbers) {
            *sum += number;
        }
    }
    sums.iter().sum::<f64>() + from.chunks_exact(32).remainder().iter().sum::<f64>()
}

fn by_parts(from: &[f64], to: &mut [f64], copy: impl Fn(&[f64], &mut [f64]) + Sync) {
    let part = from.len().div_ceil(rayon::current_num_threads()).next_multiple_of(8).max(8);
    to.par_chunks_mut(part).zip(from.par_chunks(part)).for_each(|(to, from)| copy(from, to));
}

#[cfg(target_arch = "x86_64")]
fn stream(from: &[f64], to: &mut [f64]) {
    use std::arch::x86_64::{_mm_loadu_pd, _mm_sfence, _mm_stream_pd};
    // Streaming stores need addresses that are multiples of 16.
    let head = usize::from(!(to.as_ptr() as usize).is_multiple_of(16)).min(to.len());
    to[..head].copy_from_slice(&from[..head]);
    let (from, to) = (&from[head..], &mut to[head..]);
    let whole = from.len() / 8 * 8;
    for start in (0..whole).step_by(8) {
        for place in (start..start + 8).step_by(2) {
            // SAFETY: both slices have the same length, `place + 1` lies in it, and the target is aligned.
            unsafe { _mm_stream_pd(to.as_mut_ptr().add(place), _mm_loadu_pd(from.as_ptr().add(place))) };
        }
    }
    to[whole..].copy_from_slice(&from[whole..]);
    // SAFETY: a fence has no conditions; it lets no other thread see the target half-written.
    unsafe { _mm_sfence() };
}

#[cfg(not(target_arch = "x86_64"))]
fn stream(from: &[f64], to: &mut [f64]) {
    to.copy_from_slice(from);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kernel_copies_every_number() {
        for length in [0, 1, 7, 9, 200_003] {
            let from: Vec<f64> = (0..length).map(|index| index as f64).collect();
            for skipped in [0, 1] {
                for copy in [COPY_KERNELS, &[past_the_caches]].concat() {
                    let mut to = vec![-1.0; length + skipped];
                    copy(&from, &mut to[skipped..]);
                    assert!(to[skipped..] == from);
                }
                assert_eq!(read(&from), from.iter().sum::<f64>());
            }
        }
    }
}
