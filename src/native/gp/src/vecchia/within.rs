use super::likelihood::Likelihood;

/// Scatter of observations that share their inputs about the mean that a row holds of them.
#[derive(Clone, Copy, Debug, Default)]
pub struct Within {
    /// Sum of squares.
    pub scatter: f64,
    /// Observations less rows.
    pub degrees: f64,
    /// What a change of variables to means adds to the log-likelihood.
    pub constant: f64,
}

impl Within {
    /// Adds a share of it to a likelihood.
    pub fn add_to(&self, likelihood: &mut Likelihood, noise: f64, share: f64) {
        if self.degrees == 0.0 {
            return;
        }
        let ratio = self.scatter / noise;
        likelihood.value +=
            share * (self.constant - 0.5 * (self.degrees * (std::f64::consts::TAU * noise).ln() + ratio));
        let last = likelihood.gradient.len() - 1;
        likelihood.gradient[last] -= share * 0.5 * (self.degrees - ratio);
        if let Some(own) = likelihood.information.last_mut() {
            *own += share * 0.5 * self.degrees;
        }
    }
}
