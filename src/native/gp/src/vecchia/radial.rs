use super::lanes::Lanes;

/// A correlation that depends on the scaled distance `s = Σ_k (Δ_k / ℓ_k)²` alone.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Radial {
    /// `exp(−s/2)`.
    SquaredExponential,
    /// `exp(−√s)`.
    Matern12,
    /// `(1 + √(3s)) exp(−√(3s))`.
    Matern32,
    /// `(1 + √(5s) + 5s/3) exp(−√(5s))`.
    Matern52,
    /// `(1 + s/(2α))^(−α)`; α is a hyper-parameter.
    RationalQuadratic,
}

impl Radial {
    /// Whether it has a shape of its own that is fitted.
    pub fn has_shape(self) -> bool {
        self == Self::RationalQuadratic
    }

    /// The correlation φ at squared distances, and ψ = −2 dφ/ds: the derivative by log ℓ_k is ψ · (Δ_k / ℓ_k)².
    #[inline(always)]
    pub fn value_and_slope(self, squared: Lanes, shape: f64) -> (Lanes, Lanes) {
        let one = Lanes::splat(1.0);
        match self {
            Self::SquaredExponential => {
                let value = squared.times(Lanes::splat(-0.5)).exp();
                (value, value)
            }
            Self::Matern12 => {
                let distance = squared.sqrt();
                let value = distance.times(Lanes::splat(-1.0)).exp();
                (value, value.over(distance.at_least(1e-150)))
            }
            Self::Matern32 => {
                let distance = squared.times(Lanes::splat(3.0)).sqrt();
                let decay = distance.times(Lanes::splat(-1.0)).exp();
                (distance.mul_add(decay, decay), decay.times(Lanes::splat(3.0)))
            }
            Self::Matern52 => {
                let distance = squared.times(Lanes::splat(5.0)).sqrt();
                let decay = distance.times(Lanes::splat(-1.0)).exp();
                let linear = distance.mul_add(decay, decay);
                let quadratic = squared.times(Lanes::splat(5.0 / 3.0));
                (quadratic.mul_add(decay, linear), linear.times(Lanes::splat(5.0 / 3.0)))
            }
            Self::RationalQuadratic => {
                let base = squared.mul_add(Lanes::splat(0.5 / shape), one);
                let value = base.ln().times(Lanes::splat(-shape)).exp();
                (value, value.over(base))
            }
        }
    }

    /// Derivative of the correlation by the logarithm of its shape; nought where it has none.
    #[inline(always)]
    pub fn shape_slope(self, squared: Lanes, shape: f64) -> Lanes {
        if !self.has_shape() {
            return Lanes::splat(0.0);
        }
        let excess = squared.times(Lanes::splat(0.5 / shape));
        let base = excess.plus(Lanes::splat(1.0));
        let logarithm = base.ln();
        let value = logarithm.times(Lanes::splat(-shape)).exp();
        value.times(excess.over(base).minus(logarithm)).times(Lanes::splat(shape))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Radial; 5] = [
        Radial::SquaredExponential,
        Radial::Matern12,
        Radial::Matern32,
        Radial::Matern52,
        Radial::RationalQuadratic,
    ];

    fn value(radial: Radial, squared: f64, shape: f64) -> f64 {
        radial.value_and_slope(Lanes::splat(squared), shape).0.0[0]
    }

    #[test]
    fn correlations_start_at_one_and_follow_their_formulas() {
        for radial in ALL {
            assert_eq!(value(radial, 0.0, 0.7), 1.0);
        }
        let s: f64 = 1.7;
        let close = |radial, expected: f64| assert!((value(radial, s, 0.7) - expected).abs() < 1e-14);
        close(Radial::SquaredExponential, (-s / 2.0).exp());
        close(Radial::Matern12, (-s.sqrt()).exp());
        let (three, five) = ((3.0 * s).sqrt(), (5.0 * s).sqrt());
        close(Radial::Matern32, (1.0 + three) * (-three).exp());
        close(Radial::Matern52, (1.0 + five + five * five / 3.0) * (-five).exp());
        close(Radial::RationalQuadratic, (1.0 + s / 1.4).powf(-0.7));
    }

    #[test]
    fn slopes_agree_with_differences() {
        let step = 1e-6;
        for radial in ALL {
            for s in [0.01, 0.5, 2.0, 9.0] {
                let difference =
                    (value(radial, s + step * s, 1.3) - value(radial, s - step * s, 1.3)) / (2.0 * step * s);
                let slope = radial.value_and_slope(Lanes::splat(s), 1.3).1.0[0];
                assert!((slope + 2.0 * difference).abs() < 1e-7 * slope.abs().max(1e-3), "{radial:?} at {s}");
                let shaped = |log: f64| value(radial, s, 1.3 * log.exp());
                let by_shape = (shaped(step) - shaped(-step)) / (2.0 * step);
                let found = radial.shape_slope(Lanes::splat(s), 1.3).0[0];
                assert!((found - by_shape).abs() < 1e-8, "shape of {radial:?} at {s}");
            }
        }
    }
}
