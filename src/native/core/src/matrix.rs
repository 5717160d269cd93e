use faer::linalg::matmul::matmul;
use faer::{Accum, MatMut, MatRef, Par};

/// A read-only matrix over a slice, with any strides.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    data: &'a [f64],
    rows: usize,
    columns: usize,
    row_stride: usize,
    column_stride: usize,
}

impl<'a> View<'a> {
    /// A matrix whose rows lie one after the other.
    pub fn row_major(data: &'a [f64], rows: usize, columns: usize) -> Self {
        assert_eq!(data.len(), rows * columns, "a {rows} × {columns} view needs as many numbers");
        Self { data, rows, columns, row_stride: columns, column_stride: 1 }
    }

    /// The transpose, without moving anything.
    pub fn t(self) -> Self {
        Self {
            rows: self.columns,
            columns: self.rows,
            row_stride: self.column_stride,
            column_stride: self.row_stride,
            ..self
        }
    }

    fn as_faer(&self) -> MatRef<'a, f64> {
        let (row_stride, column_stride) = (self.row_stride as isize, self.column_stride as isize);
        // SAFETY: the view owns rows × columns elements under its strides (asserted when it was made).
        unsafe {
            MatRef::from_raw_parts(self.data.as_ptr(), self.rows, self.columns, row_stride, column_stride)
        }
    }
}

/// A matrix to write into, rows one after the other.
#[derive(Debug)]
pub struct ViewMut<'a> {
    data: &'a mut [f64],
    rows: usize,
    columns: usize,
}

impl<'a> ViewMut<'a> {
    /// A matrix whose rows lie one after the other.
    pub fn row_major(data: &'a mut [f64], rows: usize, columns: usize) -> Self {
        assert_eq!(data.len(), rows * columns, "a {rows} × {columns} view needs as many numbers");
        Self { data, rows, columns }
    }
}

/// `c = a · b`, on the calling thread; the kernel (AVX-512, FMA, NEON, plain) is chosen when it runs.
pub fn multiply(a: View<'_>, b: View<'_>, c: ViewMut<'_>) {
    general(1.0, a, b, 0.0, c);
}

/// `c = c + alpha · a · b`, on the calling thread.
pub fn multiply_add(alpha: f64, a: View<'_>, b: View<'_>, c: ViewMut<'_>) {
    general(alpha, a, b, 1.0, c);
}

/// `c = a · b`, on the calling thread, for factors of which one is thin (up to some twenty rows or columns): the other
/// one is read where it lies, as packing it first would cost as much as the product.
pub fn multiply_thin(a: View<'_>, b: View<'_>, c: ViewMut<'_>) {
    let target = MatMut::from_row_major_slice_mut(c.data, c.rows, c.columns);
    matmul(target, Accum::Replace, a.as_faer(), b.as_faer(), 1.0, Par::Seq);
}

fn general(alpha: f64, a: View<'_>, b: View<'_>, beta: f64, c: ViewMut<'_>) {
    assert_eq!(a.columns, b.rows, "inner sizes of a product differ");
    assert_eq!((a.rows, b.columns), (c.rows, c.columns), "a product does not fit its target");
    // SAFETY: every view owns rows × columns elements under its strides (asserted when it was made), the
    // sizes agree (asserted above), and the target is borrowed exclusively.
    unsafe {
        matrixmultiply::dgemm(
            c.rows,
            a.columns,
            c.columns,
            alpha,
            a.data.as_ptr(),
            a.row_stride as isize,
            a.column_stride as isize,
            b.data.as_ptr(),
            b.row_stride as isize,
            b.column_stride as isize,
            beta,
            c.data.as_mut_ptr(),
            c.columns as isize,
            1,
        );
    }
}

/// Inner product with eight running sums, in a fixed order.
#[inline(always)]
pub fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut sums = [0.0; 8];
    let ((a_chunks, a_rest), (b_chunks, b_rest)) = (a.as_chunks::<8>(), b.as_chunks::<8>());
    for (x, y) in a_chunks.iter().zip(b_chunks) {
        for lane in 0..8 {
            sums[lane] += x[lane] * y[lane];
        }
    }
    let rest: f64 = a_rest.iter().zip(b_rest).map(|(x, y)| x * y).sum();
    let halves: [f64; 4] = std::array::from_fn(|lane| sums[lane] + sums[lane + 4]);
    (halves[0] + halves[2]) + (halves[1] + halves[3]) + rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn products_agree_with_the_definition(rows in 1usize..9, inner in 1usize..20, columns in 1usize..9, seed in 0u64..1000) {
            let mut random = crate::Random::new(seed, 0);
            let a: Vec<f64> = (0..rows * inner).map(|_| random.normal()).collect();
            let b: Vec<f64> = (0..columns * inner).map(|_| random.normal()).collect();
            let mut c = vec![1.0; rows * columns];
            multiply_add(
                2.0,
                View::row_major(&a, rows, inner),
                View::row_major(&b, columns, inner).t(),
                ViewMut::row_major(&mut c, rows, columns),
            );
            let mut thin = vec![f64::NAN; rows * columns];
            multiply_thin(
                View::row_major(&a, rows, inner),
                View::row_major(&b, columns, inner).t(),
                ViewMut::row_major(&mut thin, rows, columns),
            );
            for (thin, full) in thin.iter().zip(&c) {
                prop_assert!((1.0 + 2.0 * thin - full).abs() < 1e-12);
            }
            for i in 0..rows {
                for j in 0..columns {
                    let expected = 1.0 + 2.0 * dot(&a[i * inner..][..inner], &b[j * inner..][..inner]);
                    prop_assert!((c[i * columns + j] - expected).abs() < 1e-12);
                }
            }
        }
    }
}
