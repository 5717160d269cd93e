use filigree_core::Error;

/// Lower factor L of a small symmetric positive definite matrix, M = L·Lᵀ, row-major.
#[derive(Clone, Debug)]
pub struct Cholesky {
    factor: Vec<f64>,
    size: usize,
}

impl Cholesky {
    /// Factors the row-major `size` × `size` matrix, of which the lower triangle is read. `what` names it in the
    /// sentence that it is not positive definite.
    pub fn of(matrix: &[f64], size: usize, what: &str) -> Result<Self, Error> {
        let mut factor = vec![0.0; size * size];
        for i in 0..size {
            for j in 0..=i {
                let known: f64 = (0..j).map(|k| factor[i * size + k] * factor[j * size + k]).sum();
                let rest = matrix[i * size + j] - known;
                if i != j {
                    factor[i * size + j] = rest / factor[j * size + j];
                } else if rest > 0.0 && rest.is_finite() {
                    factor[i * size + i] = rest.sqrt();
                } else {
                    return Err(Error::Breakdown(format!(
                        "{what} lost its positive definiteness (pivot {} is {rest:.1e}). Choose lower ranks, or remove values that are far larger than the rest.",
                        i + 1
                    )));
                }
            }
        }
        Ok(Self { factor, size })
    }

    /// Solves M·x = b in place.
    pub fn solve(&self, right: &mut [f64]) {
        self.solve_lower(right);
        let n = self.size;
        for i in (0..n).rev() {
            let known: f64 = (i + 1..n).map(|k| self.factor[k * n + i] * right[k]).sum();
            right[i] = (right[i] - known) / self.factor[i * n + i];
        }
    }

    /// Solves L·x = b in place.
    pub fn solve_lower(&self, right: &mut [f64]) {
        let n = self.size;
        for i in 0..n {
            let known: f64 = (0..i).map(|k| self.factor[i * n + k] * right[k]).sum();
            right[i] = (right[i] - known) / self.factor[i * n + i];
        }
    }

    /// M⁻¹, row-major and exactly symmetric.
    pub fn inverse(&self) -> Vec<f64> {
        let n = self.size;
        // Row j of `columns` is L⁻¹·eⱼ; M⁻¹ = L⁻ᵀ·L⁻¹.
        let mut columns = vec![0.0; n * n];
        for (j, column) in columns.chunks_exact_mut(n).enumerate() {
            column[j] = 1.0;
            self.solve_lower(column);
        }
        let mut inverse = vec![0.0; n * n];
        for i in 0..n {
            for j in 0..=i {
                let value: f64 = (i..n).map(|k| columns[i * n + k] * columns[j * n + k]).sum();
                inverse[i * n + j] = value;
                inverse[j * n + i] = value;
            }
        }
        inverse
    }

    /// ln det M.
    pub fn log_determinant(&self) -> f64 {
        (0..self.size).map(|i| 2.0 * self.factor[i * self.size + i].ln()).sum()
    }

    /// L, row-major.
    pub fn factor(&self) -> &[f64] {
        &self.factor
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use filigree_core::{ErrorCode, Random, View, ViewMut, multiply};

    #[test]
    fn solutions_and_inverses_agree_with_the_matrix() {
        let size = 7;
        let mut random = Random::new(5, 0);
        let half: Vec<f64> = (0..size * size).map(|_| random.normal()).collect();
        let mut matrix = vec![0.0; size * size];
        let view = View::row_major(&half, size, size);
        multiply(view, view.t(), ViewMut::row_major(&mut matrix, size, size));
        let cholesky = Cholesky::of(&matrix, size, "The test matrix").unwrap();
        let inverse = cholesky.inverse();
        for i in 0..size {
            for j in 0..size {
                let unit: f64 = (0..size).map(|k| matrix[i * size + k] * inverse[k * size + j]).sum();
                assert!((unit - f64::from(u8::from(i == j))).abs() < 1e-9);
            }
        }
        let mut solution = matrix[..size].to_vec();
        cholesky.solve(&mut solution);
        assert!((solution[0] - 1.0).abs() < 1e-9 && solution[1..].iter().all(|x| x.abs() < 1e-9));
    }

    #[test]
    fn an_indefinite_matrix_is_a_breakdown_that_names_it() {
        let error = Cholesky::of(&[1.0, 2.0, 2.0, 1.0], 2, "The core's covariance").unwrap_err();
        assert_eq!(error.code(), ErrorCode::Breakdown);
        assert!(error.to_string().starts_with("The core's covariance lost"));
    }
}
