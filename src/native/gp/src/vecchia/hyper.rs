use super::radial::Radial;

/// Hyper-parameters of one process with noise, all positive. θ holds their logarithms: variance, length scale of every
/// dimension, shape where the correlation has one, noise variance.
#[derive(Clone, Debug, PartialEq)]
pub struct Hyper {
    /// The correlation.
    pub radial: Radial,
    /// Variance of the process.
    pub variance: f64,
    /// Length scale of every dimension.
    pub length_scales: Vec<f64>,
    /// Shape of the correlation; 1 where it has none.
    pub shape: f64,
    /// Variance of the noise, to be multiplied by the weight of a row.
    pub noise: f64,
}

impl Hyper {
    /// How many hyper-parameters there are.
    pub fn count(&self) -> usize {
        self.length_scales.len() + 2 + usize::from(self.radial.has_shape())
    }

    /// Their logarithms.
    pub fn theta(&self) -> Vec<f64> {
        let mut theta = vec![self.variance.ln()];
        theta.extend(self.length_scales.iter().map(|scale| scale.ln()));
        theta.extend(self.radial.has_shape().then(|| self.shape.ln()));
        theta.push(self.noise.ln());
        theta
    }

    /// The same process with other values.
    pub fn with_theta(&self, theta: &[f64]) -> Self {
        debug_assert_eq!(theta.len(), self.count());
        let d = self.length_scales.len();
        Self {
            radial: self.radial,
            variance: theta[0].exp(),
            length_scales: theta[1..=d].iter().map(|log| log.exp()).collect(),
            shape: if self.radial.has_shape() { theta[d + 1].exp() } else { 1.0 },
            noise: theta[theta.len() - 1].exp(),
        }
    }

    /// `points` (row, dimension) in units of the length scales.
    pub fn scaled(&self, points: &[f64]) -> Vec<f64> {
        let inverse: Vec<f64> = self.length_scales.iter().map(|scale| 1.0 / scale).collect();
        let rows = points.chunks_exact(inverse.len());
        rows.flat_map(|row| row.iter().zip(&inverse).map(|(value, factor)| value * factor)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logarithms_give_the_values_back() {
        for (radial, shape, count) in [(Radial::Matern32, 1.0, 4), (Radial::RationalQuadratic, 0.4, 5)] {
            let hyper = Hyper { radial, variance: 2.0, length_scales: vec![0.5, 3.0], shape, noise: 1e-4 };
            assert_eq!(hyper.count(), count);
            let again = hyper.with_theta(&hyper.theta());
            assert!((again.noise - 1e-4).abs() < 1e-18 && (again.shape - shape).abs() < 1e-15);
            assert_eq!(hyper.scaled(&[1.0, 3.0, 2.0, 6.0]), [2.0, 1.0, 4.0, 2.0]);
        }
    }
}
