use filigree_core::Error;

use crate::cholesky::Cholesky;

/// Which entries of the core are not zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CoreForm {
    /// All of them.
    Tucker,
    /// Those whose indices are all the same: a sum of products of functions (CP).
    Cp,
}

/// Gaussian posterior of the core's entries that are not zero, under a Gaussian prior of learned variance.
#[derive(Clone, Debug)]
pub struct FunctionalCore {
    /// Function of every mode that belongs to an entry (entries × modes).
    support: Vec<usize>,
    modes: usize,
    /// Number of entries that are not zero.
    pub size: usize,
    /// E[w].
    pub mean: Vec<f64>,
    /// Covariance (size × size).
    pub covariance: Vec<f64>,
    prior_variance: f64,
    /// KL divergence of the posterior from the prior.
    pub divergence: f64,
}

impl FunctionalCore {
    /// A core of the given ranks that knows nothing yet.
    pub fn new(ranks: &[usize], form: CoreForm) -> Self {
        let modes = ranks.len();
        let size = match form {
            CoreForm::Tucker => ranks.iter().product(),
            CoreForm::Cp => ranks[0],
        };
        let mut support = Vec::with_capacity(size * modes);
        for entry in 0..size {
            let mut rest = entry;
            let mut place = vec![entry; modes];
            if form == CoreForm::Tucker {
                for mode in (0..modes).rev() {
                    place[mode] = rest % ranks[mode];
                    rest /= ranks[mode];
                }
            }
            support.extend(place);
        }
        let covariance = (0..size * size).map(|i| f64::from(u8::from(i / size == i % size))).collect();
        Self { support, modes, size, mean: vec![0.0; size], covariance, prior_variance: 1.0, divergence: 0.0 }
    }

    /// The function of every mode that belongs to an entry.
    pub fn place(&self, entry: usize) -> &[usize] {
        &self.support[entry * self.modes..(entry + 1) * self.modes]
    }

    /// E[w·wᵀ] of entries `a` and `b`.
    pub fn second(&self, a: usize, b: usize) -> f64 {
        self.covariance[a * self.size + b] + self.mean[a] * self.mean[b]
    }

    /// Posterior where the data say exp(ηᵀw − ½·wᵀΛw); the variance of the prior then follows the core's size.
    pub fn update(&mut self, precision: &[f64], shift: &[f64]) -> Result<(), Error> {
        let size = self.size;
        let mut posterior = precision.to_vec();
        (0..size).for_each(|i| posterior[i * size + i] += 1.0 / self.prior_variance);
        let root = Cholesky::of(&posterior, size, "The precision of the core")?;
        self.covariance = root.inverse();
        self.mean = shift.to_vec();
        root.solve(&mut self.mean);
        let power = (0..size).map(|i| self.second(i, i)).sum::<f64>() / size as f64;
        self.prior_variance = power.max(1e-12);
        // KL(N(m, S) ‖ N(0, v·I)) with v = (‖m‖² + tr S)/size; the trace term is then size/2 and cancels.
        self.divergence = 0.5 * (size as f64 * self.prior_variance.ln() + root.log_determinant());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tucker_core_counts_in_c_order_and_a_cp_core_along_its_diagonal() {
        let tucker = FunctionalCore::new(&[2, 1, 3], CoreForm::Tucker);
        assert_eq!(tucker.size, 6);
        assert_eq!(tucker.place(4), [1, 0, 1]);
        let cp = FunctionalCore::new(&[3, 3], CoreForm::Cp);
        assert_eq!((cp.size, cp.place(2)), (3, &[2, 2][..]));
    }
}
