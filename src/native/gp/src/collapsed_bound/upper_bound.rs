use filigree_core::{Error, Observer};

use super::{CollapsedBound, Projection};
use crate::inducing_gp::InducingMethod;
use crate::jitter::JitterLog;

impl CollapsedBound<'_> {
    /// An upper bound of the log marginal likelihood of the exact process (Titsias, "Variational inference for Gaussian
    /// and determinantal point processes", 2014): what the points do not explain is noise to the quadratic form, and
    /// nothing to the determinant.
    pub fn upper_bound(&self, theta: &[f64], z: &[f64], observer: &mut dyn Observer) -> Result<f64, Error> {
        let own = &theta[..self.kernel.parameter_count()];
        let noise = self.data.noise(theta[own.len()].exp());
        let vfe = CollapsedBound { method: InducingMethod::Vfe, ..*self };
        let mut log = JitterLog::default();
        let first = vfe.project_with(own, &noise, z, false, &mut log, observer)?;
        let raised: Vec<f64> = noise.iter().map(|own| own + first.unexplained).collect();
        let second = vfe.project_with(own, &raised, z, false, &mut log, observer)?;
        let half_determinant = |found: &Projection, noise: &[f64]| {
            (0..found.correction.nrows()).map(|i| found.correction[(i, i)].ln()).sum::<f64>()
                + 0.5 * noise.iter().map(|own| own.ln()).sum::<f64>()
        };
        // −second.value = −n/2·ln 2π − ½·ln det − ½·yᵀ(…)⁻¹y − ½·trace, of which only the quadratic form is wanted.
        let quadratic = -second.value + half_determinant(&second, &raised) + 0.5 * second.penalty;
        let within = self.data.within_rows(theta[own.len()].exp()).0;
        Ok(quadratic - half_determinant(&first, &noise) - within)
    }
}
