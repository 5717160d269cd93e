//! Vectors as slices: every sum runs within fixed blocks first and then over the blocks in order, so that it is the
//! same bytes on any number of threads.

use filigree_core::{Wide, widest};
use rayon::prelude::*;

use crate::Scalar;

/// Entries of a block; part of every sum's definition.
pub const BLOCK: usize = 2048;

/// Below this length a vector is worked on by the calling thread: waking others costs more than it gains.
const PARALLEL_FROM: usize = 1 << 16;

/// Partial sums kept side by side within a block, so that the sum fills wide registers.
const LANES: usize = 8;

/// xᴴ y.
pub fn dot<S: Scalar>(x: &[S], y: &[S]) -> S {
    assert_eq!(x.len(), y.len(), "a dot product needs vectors of one length");
    let of_block = |index: usize| {
        let block = block_range(index, x.len());
        widest(BlockDot { x: &x[block.clone()], y: &y[block] })
    };
    sum_blocks(x.len(), of_block)
}

/// ‖x‖₂, without overflow or underflow of the squares.
pub fn norm<S: Scalar>(x: &[S]) -> f64 {
    let square = dot(x, x).real();
    if square.is_finite() && square > f64::MIN_POSITIVE {
        return square.sqrt();
    }
    let largest = max_norm(x);
    if largest == 0.0 || !largest.is_finite() {
        return largest;
    }
    let scaled = |index: usize| {
        let block = &x[block_range(index, x.len())];
        block.iter().map(|value| value.scale(1.0 / largest).modulus_squared()).sum::<f64>()
    };
    largest * sum_blocks(x.len(), scaled).sqrt()
}

/// Largest absolute value; NaN where there is one.
pub fn max_norm<S: Scalar>(x: &[S]) -> f64 {
    x.iter()
        .map(|value| value.modulus())
        .fold(0.0, |largest, value| if value.is_nan() || value > largest { value } else { largest })
}

/// y ← y + a x.
pub fn axpy<S: Scalar>(a: S, x: &[S], y: &mut [S]) {
    update(x, y, move |x, y| y + a * x);
}

/// y ← x + b y.
pub fn xpby<S: Scalar>(x: &[S], b: S, y: &mut [S]) {
    update(x, y, move |x, y| x + b * y);
}

/// y ← x − y.
pub fn subtract_from<S: Scalar>(x: &[S], y: &mut [S]) {
    update(x, y, |x, y| x - y);
}

/// x ← a x.
pub fn scale<S: Scalar>(a: S, x: &mut [S]) {
    for_blocks(x, move |_, block| block.iter_mut().for_each(|value| *value = a * *value));
}

/// Every entry of y from that of x and its own old value.
pub fn update<S: Scalar>(x: &[S], y: &mut [S], rule: impl Fn(S, S) -> S + Sync) {
    assert_eq!(x.len(), y.len(), "vectors of two lengths can not be added");
    for_blocks(y, |start, block| {
        let x = &x[start..start + block.len()];
        widest(|| block.iter_mut().zip(x).for_each(|(y, &x)| *y = rule(x, *y)));
    });
}

/// Runs `work` on every block of `y`, given where the block starts.
pub fn for_blocks<S: Send>(y: &mut [S], work: impl Fn(usize, &mut [S]) + Sync) {
    if y.len() < PARALLEL_FROM {
        y.chunks_mut(BLOCK).enumerate().for_each(|(index, block)| work(index * BLOCK, block));
    } else {
        y.par_chunks_mut(BLOCK).enumerate().for_each(|(index, block)| work(index * BLOCK, block));
    }
}

/// The sum over the blocks of a vector of `length` entries, in order; `of_block` gets the number of a block.
pub fn sum_blocks<T: Send + std::iter::Sum>(length: usize, of_block: impl Fn(usize) -> T + Sync) -> T {
    map_blocks(length, of_block).into_iter().sum()
}

/// What `of_block` gives for every block of a vector of `length` entries, in order.
pub fn map_blocks<T: Send>(length: usize, of_block: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let count = length.div_ceil(BLOCK);
    if length < PARALLEL_FROM {
        (0..count).map(of_block).collect()
    } else {
        (0..count).into_par_iter().map(&of_block).collect()
    }
}

/// Where block `index` of a vector of `length` entries lies.
pub fn block_range(index: usize, length: usize) -> std::ops::Range<usize> {
    index * BLOCK..((index + 1) * BLOCK).min(length)
}

/// Every entry is finite.
pub fn all_finite<S: Scalar>(x: &[S]) -> bool {
    x.iter().all(|value| value.is_finite())
}

/// The sum of conj(x) y over one block.
struct BlockDot<'a, S> {
    x: &'a [S],
    y: &'a [S],
}

impl<S: Scalar> Wide for BlockDot<'_, S> {
    type Output = S;
    #[inline(always)]
    fn run(self) -> S {
        let mut lanes = [S::ZERO; LANES];
        let (x, x_rest) = self.x.as_chunks::<LANES>();
        let (y, y_rest) = self.y.as_chunks::<LANES>();
        for (x, y) in x.iter().zip(y) {
            for lane in 0..LANES {
                lanes[lane] += x[lane].conj() * y[lane];
            }
        }
        for (lane, (x, y)) in x_rest.iter().zip(y_rest).enumerate() {
            lanes[lane] += x.conj() * *y;
        }
        ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6])) + ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use filigree_core::{Random, in_pool};
    use num_complex::Complex64;

    #[test]
    fn dots_conjugate_the_first_vector() {
        let x = vec![Complex64::new(0.0, 1.0); 3000];
        let y = vec![Complex64::new(2.0, 0.0); 3000];
        assert_eq!(dot(&x, &y), Complex64::new(0.0, -6000.0));
        assert_eq!(norm(&x), 3000f64.sqrt());
    }

    #[test]
    fn norms_neither_overflow_nor_vanish() {
        for size in [1e200, 1e-200] {
            let value = norm(&vec![size; 400]);
            assert!((value / size - 20.0).abs() < 1e-12, "{value}");
        }
        assert_eq!(norm(&[0.0; 5]), 0.0);
        assert!(norm(&[1.0, f64::NAN]).is_nan());
    }

    #[test]
    fn one_and_two_threads_give_the_same_bytes() {
        let mut random = Random::new(1, 0);
        let x: Vec<f64> = (0..200_001).map(|_| random.normal()).collect();
        let run = |threads| {
            in_pool(threads, || {
                let mut y = x.clone();
                axpy(0.3, &x, &mut y);
                xpby(&x, -0.7, &mut y);
                Ok((dot(&x, &y).to_bits(), norm(&y).to_bits()))
            })
            .unwrap()
        };
        assert_eq!(run(1), run(2));
    }
}
