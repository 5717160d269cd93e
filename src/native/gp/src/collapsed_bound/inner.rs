use faer::linalg::triangular_solve::{solve_lower_triangular_in_place, solve_upper_triangular_in_place};
use faer::{Mat, MatMut, Par};

use super::Projection;
use crate::inducing_gp::InducingMethod;

/// Small matrices of the second pass.
pub struct Inner {
    pub points: usize,
    /// L⁻ᵀ·(I − B⁻¹) (VFE) or −L⁻ᵀ·B⁻¹ (FITC).
    pub response: Mat<f64>,
    /// L⁻ᵀ.
    pub whitener: Mat<f64>,
    /// L⁻ᵀ·w, the weights of a mean on k(Z, x).
    pub mean_weights: Vec<f64>,
    /// B⁻¹.
    inverse: Mat<f64>,
    method: InducingMethod,
}

impl Inner {
    /// From what the first pass left.
    pub fn of(found: &Projection, method: InducingMethod) -> Self {
        let points = found.weights.len();
        let mut inverse: Mat<f64> = Mat::identity(points, points);
        solve_lower_triangular_in_place(found.correction.as_ref(), inverse.as_mut(), Par::Seq);
        solve_upper_triangular_in_place(found.correction.transpose(), inverse.as_mut(), Par::Seq);
        let mut whitener: Mat<f64> = Mat::identity(points, points);
        solve_upper_triangular_in_place(found.factor.transpose(), whitener.as_mut(), Par::Seq);
        let first = if method == InducingMethod::Vfe { 1.0 } else { 0.0 };
        let mut response =
            Mat::from_fn(points, points, |i, j| f64::from(u8::from(i == j)) * first - inverse[(i, j)]);
        solve_upper_triangular_in_place(found.factor.transpose(), response.as_mut(), Par::Seq);
        let mut mean_weights = found.weights.clone();
        let view = MatMut::from_column_major_slice_mut(&mut mean_weights, points, 1);
        solve_upper_triangular_in_place(found.factor.transpose(), view, Par::Seq);
        Self { points, response, whitener, mean_weights, inverse, method }
    }

    /// The gradient by K(Z, Z): ½·L⁻ᵀ·(I − B⁻¹ − w·wᵀ − (B − I))·L⁻¹ (VFE), or without B − I and with the part of Λ
    /// (FITC); what the jitter, a share of the mean variance, passes on is added to the diagonal.
    pub fn prior_weights(&self, found: &Projection, gram: Option<Mat<f64>>) -> Vec<f64> {
        let (points, w) = (self.points, &found.weights);
        let middle = Mat::from_fn(points, points, |i, j| {
            let unit = f64::from(u8::from(i == j));
            let data = found.sums[(i.max(j), i.min(j))] - unit;
            let own = unit - self.inverse[(i, j)] - w[i] * w[j];
            match (self.method, &gram) {
                (InducingMethod::Fitc, Some(gram)) => 0.5 * own + 0.5 * (gram[(i, j)] + gram[(j, i)]),
                _ => 0.5 * (own - data),
            }
        });
        let half = self.whitener.as_ref() * &middle;
        let whole = &half * self.whitener.transpose();
        let trace: f64 = (0..points).map(|i| whole[(i, i)]).sum();
        let passed = found.jitter * trace / points as f64;
        let entry = |i: usize, j: usize| whole[(i, j)] + if i == j { passed } else { 0.0 };
        (0..points * points).map(|k| entry(k / points, k % points)).collect()
    }
}
