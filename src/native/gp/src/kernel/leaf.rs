/// What a leaf computes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// exp(−s/2), s the squared distance in length scales.
    Rbf,
    /// exp(−r), r = √s.
    Matern12,
    /// (1 + √3·r)·exp(−√3·r).
    Matern32,
    /// (1 + √5·r + 5·s/3)·exp(−√5·r).
    Matern52,
    /// (1 + s/(2α))^(−α).
    RationalQuadratic,
    /// exp(−2·Σ sin²(π·δ/p)/ℓ²).
    Periodic,
    /// Σ v·x·y, a variance for each input.
    Linear,
    /// Σ_q w_q·Π exp(−2π²·δ²·σ_q²)·cos(2π·μ_q·δ), this many components (Wilson & Adams, ICML 2013).
    SpectralMixture(usize),
}

impl Family {
    pub fn name(self) -> &'static str {
        match self {
            Self::Rbf => "rbf",
            Self::Matern12 => "matern12",
            Self::Matern32 => "matern32",
            Self::Matern52 => "matern52",
            Self::RationalQuadratic => "rq",
            Self::Periodic => "periodic",
            Self::Linear => "linear",
            Self::SpectralMixture(_) => "sm",
        }
    }
}

/// A kernel that is neither a sum nor a product. Its part of θ is, in this order: ln variance where it is scaled; then
/// ln length scale of every input it sees (linear: ln variance of every input); then ln α of the rational quadratic,
/// or ln period of every input. A spectral mixture has for every component ln weight, then ln μ and ln σ of every
/// input.
#[derive(Clone, Debug, PartialEq)]
pub struct Leaf {
    pub family: Family,
    /// Inputs it sees, from zero.
    pub inputs: Vec<usize>,
    /// Whether it has a variance of its own.
    pub scaled: bool,
    /// Where its part of θ begins.
    pub offset: usize,
}

impl Leaf {
    /// Whether its parameters hold a scale that can not be taken out.
    pub fn has_own_scale(&self) -> bool {
        matches!(self.family, Family::Linear | Family::SpectralMixture(_))
    }

    /// Whether a variance stands before its other parameters.
    pub fn has_variance(&self) -> bool {
        self.scaled && !self.has_own_scale()
    }

    pub fn is_stationary(&self) -> bool {
        self.family != Family::Linear
    }

    pub fn parameter_count(&self) -> usize {
        let inputs = self.inputs.len();
        usize::from(self.has_variance())
            + match self.family {
                Family::Rbf | Family::Matern12 | Family::Matern32 | Family::Matern52 | Family::Linear => {
                    inputs
                }
                Family::RationalQuadratic => inputs + 1,
                Family::Periodic => 2 * inputs,
                Family::SpectralMixture(components) => components * (1 + 2 * inputs),
            }
    }

    /// Its part of θ.
    pub fn own<'a>(&self, theta: &'a [f64]) -> &'a [f64] {
        &theta[self.offset..self.offset + self.parameter_count()]
    }

    /// Its variance, and its part of θ after that.
    pub fn variance_and_rest<'a>(&self, theta: &'a [f64]) -> (f64, &'a [f64]) {
        let own = self.own(theta);
        if self.has_variance() { (own[0].exp(), &own[1..]) } else { (1.0, own) }
    }

    /// How far along each of its inputs values stay alike.
    pub fn relevance_scales(&self, theta: &[f64]) -> Vec<f64> {
        let (_, rest) = self.variance_and_rest(theta);
        let inputs = self.inputs.len();
        match self.family {
            Family::Linear => rest.iter().map(|log_variance| (-0.5 * log_variance).exp()).collect(),
            Family::SpectralMixture(components) => (0..inputs)
                .map(|input| {
                    let largest = (0..components)
                        .flat_map(|q| {
                            let own = &rest[q * (1 + 2 * inputs) + 1..];
                            [own[input], own[inputs + input]]
                        })
                        .fold(f64::NEG_INFINITY, f64::max);
                    1.0 / (std::f64::consts::TAU * largest.exp())
                })
                .collect(),
            _ => rest[..inputs].iter().map(|log_scale| log_scale.exp()).collect(),
        }
    }
}
