use filigree_core::{Error, View, ViewMut, multiply, symmetric_eigen};

/// τ relative to the mean energy of the first endmembers.
const FLOOR: f64 = 1e-2;

/// The volume term (β/2)·(log det(MᵀM + τI) − p·log τ), zero where all endmembers are zero (Leplat, Ang & Gillis,
/// "Minimum-volume rank-deficient nonnegative matrix factorizations", ICASSP 2019; Ang & Gillis, IEEE JSTARS
/// 12(12), 2019).
///
/// Unlike a determinant it does not vanish with the first flat direction, and being concave in MᵀM it lies below
/// its tangent: lowering tr(F·MᵀM) with F = (MᵀM + τI)⁻¹ at the present M lowers it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Volume {
    beta: f64,
    tau: f64,
}

impl Volume {
    /// A term of weight `beta` with τ from the first endmembers (p × bands).
    pub(super) fn new(beta: f64, endmembers: &[f64], p: usize) -> Self {
        let energy: f64 = endmembers.iter().map(|value| value * value).sum::<f64>() / p as f64;
        Self { beta, tau: FLOOR * energy }
    }

    /// The term at endmembers (p × bands), and βF.
    pub(super) fn at(&self, endmembers: &[f64], p: usize) -> Result<(f64, Vec<f64>), Error> {
        if self.beta == 0.0 || self.tau == 0.0 {
            return Ok((0.0, vec![0.0; p * p]));
        }
        let view = View::row_major(endmembers, p, endmembers.len() / p);
        let mut gram = vec![0.0; p * p];
        multiply(view, view.t(), ViewMut::row_major(&mut gram, p, p));
        let eigen = symmetric_eigen(&gram, p)?;
        let spread: Vec<f64> = eigen.values.iter().map(|value| value.max(0.0) + self.tau).collect();
        let volume: f64 = spread.iter().map(|value| (value / self.tau).ln()).sum();
        let inverse = (0..p * p)
            .map(|i| {
                let (row, column) = (i / p, i % p);
                let sum: f64 = (0..p)
                    .map(|e| eigen.vectors[e * p + row] * eigen.vectors[e * p + column] / spread[e])
                    .sum();
                self.beta * sum
            })
            .collect();
        Ok((0.5 * self.beta * volume, inverse))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tangent_is_the_slope_and_lies_above() {
        let endmembers = [1.0, 0.5, 0.2, 0.3, 0.9, 0.4];
        let term = Volume::new(2.0, &endmembers, 2);
        let (value, tangent) = term.at(&endmembers, 2).unwrap();
        let surrogate = |m: &[f64]| -> f64 {
            let gram = |i: usize, j: usize| -> f64 { (0..3).map(|b| m[i * 3 + b] * m[j * 3 + b]).sum() };
            0.5 * (0..4).map(|i| tangent[i] * gram(i / 2, i % 2)).sum::<f64>()
        };
        let offset = value - surrogate(&endmembers);
        for entry in 0..6 {
            let mut moved = endmembers;
            moved[entry] += 1e-6;
            let slope = (term.at(&moved, 2).unwrap().0 - value) / 1e-6;
            assert!((slope - (surrogate(&moved) + offset - value) / 1e-6).abs() < 1e-5);
            moved[entry] += 0.5;
            assert!(term.at(&moved, 2).unwrap().0 <= surrogate(&moved) + offset);
        }
    }
}
