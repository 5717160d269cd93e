use faer::Mat;
use num_complex::Complex64;

use crate::iterative::{Basis, DenseScalar, Monitor};
use crate::{Scalar, vector};

/// What GCRO-DR keeps from one system to the next: directions U in which x is corrected, and what they were before the
/// preconditioner, which tells how the operator acts on them.
#[derive(Clone, Debug)]
pub struct RecycleSpace<S> {
    /// (row, vector).
    pub(super) directions: Basis<S>,
    /// M times them; none where there is no preconditioner.
    pub(super) before: Option<Basis<S>>,
}

impl<S: Scalar> Default for RecycleSpace<S> {
    fn default() -> Self {
        Self { directions: Basis::new(0, 0), before: None }
    }
}

impl<S: Scalar> RecycleSpace<S> {
    /// Vectors kept.
    pub fn vectors(&self) -> usize {
        self.directions.columns()
    }

    /// Memory, in bytes.
    pub fn memory_bytes(&self) -> u64 {
        self.directions.memory_bytes() + self.before.as_ref().map_or(0, Basis::memory_bytes)
    }
}

impl<S: DenseScalar> RecycleSpace<S> {
    /// Adapts the space to the operator of a monitor: C = A U is made orthonormal, and U with it. A space that does not
    /// fit, or whose images depend on each other, is given up.
    pub(super) fn adapt(&mut self, monitor: &mut Monitor<'_, S>) -> Basis<S> {
        let operator = monitor.problem.operator;
        let rows = operator.rows();
        let count = self.vectors();
        let fits = self.directions.rows() == rows
            && self.before.is_some() == monitor.problem.preconditioner.is_some();
        let mut images = Basis::new(rows, count);
        if fits && count > 0 {
            let mut product = vec![S::ZERO; rows];
            for column in 0..count {
                operator.apply(self.directions.column(column), &mut product);
                monitor.count_product();
                images.push(&product);
            }
            if let Some(upper) = images.orthonormalise() {
                self.directions = self.directions.divided_by(&upper);
                self.before = self.before.take().map(|before| before.divided_by(&upper));
                return images;
            }
        }
        *self = Self { directions: Basis::new(rows, 0), before: None };
        Basis::new(rows, 0)
    }
}

/// Weights of the `count` vectors that belong to the eigenvalues of largest modulus, real and imaginary parts apart where
/// the numbers are real, made orthonormal.
pub(super) fn leading_vectors<S: DenseScalar>(
    matrix: &Mat<S>,
    count: usize,
) -> Option<(Mat<S>, Vec<Complex64>)> {
    let eigen = matrix.eigen().ok()?;
    let size = matrix.nrows();
    let values: Vec<Complex64> = eigen.S().column_vector().iter().copied().collect();
    let vectors = eigen.U();
    let mut order: Vec<usize> = (0..size).collect();
    order.sort_by(|&a, &b| {
        values[b].norm().total_cmp(&values[a].norm()).then(values[a].im.abs().total_cmp(&values[b].im.abs()))
    });
    let mut columns: Vec<Vec<S>> = Vec::with_capacity(count);
    for &index in &order {
        let value = values[index];
        if columns.len() >= count || !value.norm().is_finite() {
            break;
        }
        let column = |rule: &dyn Fn(Complex64) -> S| -> Vec<S> {
            (0..size).map(|row| rule(vectors[(row, index)])).collect()
        };
        if S::COMPLEX {
            columns.push(column(&|z| S::from_parts(z.re, z.im)));
            continue;
        }
        // Of a conjugate pair the first brings both parts; a pair that does not fit whole is left out.
        if value.im < 0.0 {
            continue;
        }
        if value.im > 0.0 {
            if columns.len() + 2 > count {
                break;
            }
            columns.push(column(&|z| S::from_real(z.im)));
        }
        columns.push(column(&|z| S::from_real(z.re)));
    }
    if columns.is_empty() || columns.iter().any(|column| !vector::all_finite(column)) {
        return None;
    }
    let weights = Mat::from_fn(size, columns.len(), |i, j| columns[j][i]);
    Some((weights.qr().compute_thin_Q(), values))
}
