use faer::Mat;

use crate::Scalar;

/// min ‖g − H̄ y‖ for a Hessenberg matrix that grows column by column, kept triangular by rotations.
#[derive(Clone, Debug)]
pub struct GivensLeastSquares<S> {
    /// Columns as they were given, each with the entry below the diagonal.
    hessenberg: Vec<Vec<S>>,
    /// The triangular factor, column by column.
    triangle: Vec<Vec<S>>,
    rotations: Vec<(f64, S)>,
    right_side: Vec<S>,
}

impl<S: Scalar> GivensLeastSquares<S> {
    /// Starts with g = `beta` e₁.
    pub fn new(beta: f64) -> Self {
        Self {
            hessenberg: Vec::new(),
            triangle: Vec::new(),
            rotations: Vec::new(),
            right_side: vec![S::from_real(beta)],
        }
    }

    /// Adds a column: its entries down to the diagonal, and the one below. Returns the norm of the residual.
    pub fn push(&mut self, column: &[S], below: f64) -> f64 {
        let size = self.triangle.len();
        debug_assert_eq!(column.len(), size + 1);
        let mut whole = column.to_vec();
        whole.push(S::from_real(below));
        self.hessenberg.push(whole);
        let mut rotated = column.to_vec();
        for (row, &(cosine, sine)) in self.rotations.iter().enumerate() {
            let (top, bottom) = (rotated[row], rotated[row + 1]);
            rotated[row] = top.scale(cosine) + sine * bottom;
            rotated[row + 1] = bottom.scale(cosine) - sine.conj() * top;
        }
        let pivot = rotated[size];
        let modulus = pivot.modulus();
        let radius = modulus.hypot(below);
        let (cosine, sine) = if modulus == 0.0 {
            // A column of nought lowers nothing: the residual is carried on whole.
            (0.0, S::ONE)
        } else {
            (modulus / radius, pivot.scale(below / (modulus * radius)))
        };
        rotated[size] = pivot.scale(cosine) + sine.scale(below);
        self.rotations.push((cosine, sine));
        self.triangle.push(rotated);
        let top = self.right_side[size];
        self.right_side[size] = top.scale(cosine);
        self.right_side.push(-(sine.conj() * top));
        self.right_side[size + 1].modulus()
    }

    /// Columns so far.
    pub fn size(&self) -> usize {
        self.triangle.len()
    }

    /// The y of least residual. A last column that adds nothing, as a singular matrix leaves it, gets no weight.
    pub fn solution(&self) -> Vec<S> {
        let size = self.size();
        let mut y = self.right_side[..size].to_vec();
        let largest = (0..size).map(|j| self.triangle[j][j].modulus()).fold(0.0, f64::max);
        for row in (0..size).rev() {
            let pivot = self.triangle[row][row];
            if pivot.modulus() <= f64::EPSILON * largest {
                y[row] = S::ZERO;
                continue;
            }
            for column in row + 1..size {
                let product = self.triangle[column][row] * y[column];
                y[row] -= product;
            }
            y[row] /= pivot;
        }
        y
    }

    /// H̄, with one more row than columns.
    pub fn matrix(&self) -> Mat<S> {
        let size = self.size();
        Mat::from_fn(size + 1, size, |i, j| self.hessenberg[j].get(i).copied().unwrap_or(S::ZERO))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use filigree_core::Random;
    use num_complex::Complex64;

    #[test]
    fn the_residual_is_orthogonal_to_the_columns() {
        let mut random = Random::new(1, 0);
        let mut least = GivensLeastSquares::<Complex64>::new(2.0);
        let mut norm = 2.0;
        for size in 1..=6 {
            let column: Vec<_> =
                (0..size).map(|_| Complex64::new(random.normal(), random.normal())).collect();
            let next = least.push(&column, random.uniform());
            assert!(next <= norm);
            norm = next;
        }
        let (h, y) = (least.matrix(), least.solution());
        let residual: Vec<Complex64> = (0..7)
            .map(|i| {
                let start = if i == 0 { Complex64::new(2.0, 0.0) } else { Complex64::ZERO };
                start - (0..6).map(|j| h[(i, j)] * y[j]).sum::<Complex64>()
            })
            .collect();
        assert!((crate::vector::norm(&residual) - norm).abs() < 1e-13);
        for j in 0..6 {
            let product: Complex64 = (0..7).map(|i| h[(i, j)].conj() * residual[i]).sum();
            assert!(product.norm() < 1e-12);
        }
    }
}
