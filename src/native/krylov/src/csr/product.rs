use super::CsrMatrix;
use crate::Scalar;
use crate::read_ahead::{Walk, read_ahead};

impl<S: Scalar> CsrMatrix<S> {
    /// y ← A x, on all threads of the current pool.
    pub fn multiply(&self, x: &[S], y: &mut [S]) {
        self.for_rows(x, y, |_, sum| sum);
    }

    /// r ← b − A x, on all threads of the current pool.
    pub fn residual(&self, b: &[S], x: &[S], r: &mut [S]) {
        assert_eq!(b.len(), self.rows, "a right-hand side has an entry a row");
        self.for_rows(x, r, |row, sum| b[row] - sum);
    }

    /// Sets every y[i] to `rule(i, (A x)[i])`.
    fn for_rows(&self, x: &[S], y: &mut [S], rule: impl Fn(usize, S) -> S + Sync) {
        assert_eq!((x.len(), y.len()), (self.columns, self.rows), "vectors do not fit the matrix");
        self.blocks.for_each(y, |start, out| {
            let mut entry = self.row_pointers[start];
            let ends = &self.row_pointers[start + 1..=start + out.len()];
            for (offset, (out, &end)) in out.iter_mut().zip(ends).enumerate() {
                read_ahead(&self.column_indices, &self.values, entry, end, Walk::Forward);
                // SAFETY: pointers rise to the number of entries, and every column index was found smaller than
                // `columns` when the matrix was made; the length of x was compared with that above.
                let sum = unsafe { self.row_product(entry, end, x) };
                entry = end;
                *out = rule(start + offset, sum);
            }
        });
    }

    /// The sum of entries `first..end`, each times that of x in its column; four run side by side, so that short rows of
    /// stencils keep the memory busy.
    ///
    /// # Safety
    /// The entries must be there, and x must reach over all their columns.
    #[inline(always)]
    unsafe fn row_product(&self, first: usize, end: usize, x: &[S]) -> S {
        // SAFETY: promised by the caller.
        let term = |entry: usize| unsafe {
            let column = *self.column_indices.get_unchecked(entry) as usize;
            *self.values.get_unchecked(entry) * *x.get_unchecked(column)
        };
        let mut entry = first;
        let mut sum = S::ZERO;
        while entry + 4 <= end {
            sum += (term(entry) + term(entry + 1)) + (term(entry + 2) + term(entry + 3));
            entry += 4;
        }
        while entry < end {
            sum += term(entry);
            entry += 1;
        }
        sum
    }
}
