use std::ops::Range;

use filigree_core::Wide;

use super::Basis;
use crate::Scalar;

/// Columns taken together in one pass over a vector.
const TOGETHER: usize = 4;

/// Partial sums kept side by side for each of them.
const LANES: usize = 4;

/// Products of some columns with a block of a vector.
pub(super) struct BlockDots<'a, S> {
    pub basis: &'a Basis<S>,
    pub columns: Range<usize>,
    pub range: Range<usize>,
    pub w: &'a [S],
}

impl<S: Scalar> Wide for BlockDots<'_, S> {
    type Output = Vec<S>;
    #[inline(always)]
    fn run(self) -> Vec<S> {
        let mut out = Vec::with_capacity(self.columns.len());
        let (w, w_rest) = self.w.as_chunks::<LANES>();
        let mut column = self.columns.start;
        while column < self.columns.end {
            let width = TOGETHER.min(self.columns.end - column);
            // The last columns of a group that is not full are those of the group again; their sums are dropped.
            let slices: [&[S]; TOGETHER] = std::array::from_fn(|offset| {
                &self.basis.column(column + offset.min(width - 1))[self.range.clone()]
            });
            let chunks = slices.map(|slice| slice.as_chunks::<LANES>().0);
            let mut sums = [[S::ZERO; LANES]; TOGETHER];
            for (index, w) in w.iter().enumerate() {
                for (sum, chunk) in sums.iter_mut().zip(&chunks) {
                    let v = &chunk[index];
                    for lane in 0..LANES {
                        sum[lane] += v[lane].conj() * w[lane];
                    }
                }
            }
            let done = w.len() * LANES;
            for (sum, slice) in sums.iter_mut().zip(&slices) {
                for (lane, (v, w)) in slice[done..].iter().zip(w_rest).enumerate() {
                    sum[lane] += v.conj() * *w;
                }
            }
            out.extend(sums[..width].iter().map(|sum| (sum[0] + sum[2]) + (sum[1] + sum[3])));
            column += width;
        }
        out
    }
}

/// w ← w + V y within a block that starts at a row, from a first column on.
pub(super) struct BlockAdd<'a, S> {
    pub basis: &'a Basis<S>,
    pub first: usize,
    pub start: usize,
    pub y: &'a [S],
    pub w: &'a mut [S],
}

impl<S: Scalar> Wide for BlockAdd<'_, S> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        let rows = self.start..self.start + self.w.len();
        let (groups, rest) = self.y.as_chunks::<TOGETHER>();
        for (group, y) in groups.iter().enumerate() {
            let [a, b, c, d]: [&[S]; TOGETHER] = std::array::from_fn(|offset| {
                &self.basis.column(self.first + group * TOGETHER + offset)[rows.clone()]
            });
            for ((((w, &a), &b), &c), &d) in self.w.iter_mut().zip(a).zip(b).zip(c).zip(d) {
                *w += (y[0] * a + y[1] * b) + (y[2] * c + y[3] * d);
            }
        }
        let first = self.first + groups.len() * TOGETHER;
        for (offset, &y) in rest.iter().enumerate() {
            let column = &self.basis.column(first + offset)[rows.clone()];
            self.w.iter_mut().zip(column).for_each(|(w, &v)| *w += y * v);
        }
    }
}
