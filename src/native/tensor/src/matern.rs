/// Covariance of a latent function along the coordinates of a mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kernel {
    /// exp(−d/ℓ): continuous and rough.
    Matern12,
    /// (1 + √3·d/ℓ)·exp(−√3·d/ℓ): once differentiable.
    Matern32,
}

/// A step of the linear time-invariant SDE that has the kernel as its stationary covariance, for a function of unit
/// variance. The state is f, and for Matérn-3/2 also f′·ℓ/√3, so that the stationary covariance is the identity.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Transition {
    /// A: the state after the step is A·state + noise; `state_size` rows and columns are used.
    pub matrix: [[f64; 2]; 2],
    /// Q, the covariance of that noise.
    pub noise: [[f64; 2]; 2],
}

impl Kernel {
    /// Numbers in the state of one function.
    pub fn state_size(self) -> usize {
        match self {
            Self::Matern12 => 1,
            Self::Matern32 => 2,
        }
    }

    /// Covariance of two values at the given distance.
    pub fn covariance(self, distance: f64, length_scale: f64) -> f64 {
        match self {
            Self::Matern12 => (-distance / length_scale).exp(),
            Self::Matern32 => {
                let x = 3f64.sqrt() * distance / length_scale;
                (1.0 + x) * (-x).exp()
            }
        }
    }

    /// The exact step over `gap`: A = exp(F·gap) and Q = P∞ − A·P∞·Aᵀ, written so that nothing cancels for small gaps
    /// (Hartikainen & Särkkä, "Kalman filtering and smoothing solutions to temporal Gaussian process regression
    /// models", MLSP 2010).
    pub fn transition(self, gap: f64, length_scale: f64) -> Transition {
        match self {
            Self::Matern12 => {
                let x = gap / length_scale;
                let mut step = Transition { matrix: [[0.0; 2]; 2], noise: [[0.0; 2]; 2] };
                step.matrix[0][0] = (-x).exp();
                step.noise[0][0] = -(-2.0 * x).exp_m1();
                step
            }
            Self::Matern32 => {
                let x = 3f64.sqrt() * gap / length_scale;
                let (decay, square) = ((-x).exp(), (-2.0 * x).exp());
                let cross = 2.0 * x * x * square;
                let value = value_noise(2.0 * x);
                let slope = -(-2.0 * x).exp_m1() + square * (2.0 * x - 2.0 * x * x);
                Transition {
                    matrix: [[decay * (1.0 + x), decay * x], [-decay * x, decay * (1.0 - x)]],
                    noise: [[value, cross], [cross, slope]],
                }
            }
        }
    }
}

/// 1 − e⁻ʸ·(1 + y + y²/2) for y ≥ 0: where that cancels, the terms of the series that are left.
fn value_noise(y: f64) -> f64 {
    if y > 1.0 {
        return 1.0 - (-y).exp() * (1.0 + y + 0.5 * y * y);
    }
    let mut term = y * y * y / 6.0;
    let mut sum = 0.0;
    for order in 4..24 {
        sum += term;
        term *= y / f64::from(order);
    }
    (-y).exp() * sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_keeps_the_stationary_covariance() {
        for gap in [1e-6, 1e-3, 0.2, 0.49, 0.51, 3.0, 40.0, 2000.0] {
            let step = Kernel::Matern32.transition(gap, 3f64.sqrt());
            for i in 0..2 {
                for j in 0..2 {
                    let carried: f64 = (0..2).map(|k| step.matrix[i][k] * step.matrix[j][k]).sum();
                    let unit = f64::from(u8::from(i == j));
                    assert!((carried + step.noise[i][j] - unit).abs() < 1e-13, "gap {gap}");
                }
            }
            let rough = Kernel::Matern12.transition(gap, 0.7);
            assert!((rough.matrix[0][0].powi(2) + rough.noise[0][0] - 1.0).abs() < 1e-13);
        }
    }

    #[test]
    fn the_noise_of_a_tiny_step_is_positive_definite() {
        let noise = Kernel::Matern32.transition(1e-7, 1.0).noise;
        assert!(noise[0][0] > 0.0 && noise[0][0] * noise[1][1] > noise[0][1] * noise[0][1]);
    }

    #[test]
    fn the_transition_carries_the_kernel() {
        for gap in [0.01, 0.3, 2.0] {
            for kernel in [Kernel::Matern12, Kernel::Matern32] {
                let step = kernel.transition(gap, 0.8);
                assert!((step.matrix[0][0] - kernel.covariance(gap, 0.8)).abs() < 1e-14);
            }
        }
    }
}
