use filigree_core::{Error, dot, symmetric_eigen};

use crate::edaa_params::RestartRule;

/// What a restart is judged by.
#[derive(Clone, Debug)]
pub(crate) struct Judged {
    /// Σ|Y − YBA| / Σ|Y|.
    pub fit: f64,
    /// ‖Y − YBA‖ / ‖Y‖.
    pub relative_residual: f64,
    /// Volume that the directions of the archetypes span, 0 to 1.
    pub volume: f64,
    /// Largest correlation of two archetypes.
    pub coherence: f64,
    /// The random factor on the step sizes.
    pub step_factor: f64,
    /// How often the step sizes were halved.
    pub halved: usize,
}

impl Judged {
    /// What the rule compares among restarts that fit well; lower is better.
    fn cost(&self, rule: RestartRule) -> f64 {
        match rule {
            RestartRule::LargestVolume => -self.volume,
            RestartRule::LowestCoherence => self.coherence,
            RestartRule::BestFit => self.fit,
        }
    }

    /// Whether no rule could prefer `other` to this.
    pub(crate) fn beats(&self, other: &Self, rule: RestartRule) -> bool {
        self.fit <= other.fit && self.cost(rule) <= other.cost(rule)
    }
}

/// The place of the restart that is kept: of those whose fit is worse than the best by less than `tolerance` of
/// itself, the one the rule likes most; the first of several that are equal.
pub(crate) fn choose<'a>(
    restarts: impl Iterator<Item = &'a Judged> + Clone,
    rule: RestartRule,
    tolerance: f64,
) -> usize {
    let best = restarts.clone().map(|restart| restart.fit).fold(f64::INFINITY, f64::min);
    let fits = |restart: &Judged| restart.fit == best || (restart.fit - best) < tolerance * restart.fit;
    let (place, _) = restarts.enumerate().filter(|(_, restart)| fits(restart)).fold(
        (0, f64::INFINITY),
        |(place, lowest), (index, restart)| {
            let cost = restart.cost(rule);
            if cost < lowest { (index, cost) } else { (place, lowest) }
        },
    );
    place
}

/// Volume of the parallelotope that the directions of p spectra (one after the other) span: 1 where they are at right
/// angles to each other, 0 where one is a combination of the others. What coherence says of the worst pair, this says
/// of all of them together; and as archetypes are means of pixels, it can not be had for nothing.
pub(crate) fn volume(spectra: &[f64], bands: usize) -> Result<f64, Error> {
    let p = spectra.len() / bands;
    let lengths: Vec<f64> = spectra.chunks_exact(bands).map(|one| dot(one, one).sqrt()).collect();
    let cosines: Vec<f64> = (0..p * p)
        .map(|i| {
            let product = dot(&spectra[(i / p) * bands..][..bands], &spectra[(i % p) * bands..][..bands]);
            let scale = lengths[i / p] * lengths[i % p];
            if scale > 0.0 { product / scale } else { 0.0 }
        })
        .collect();
    let square: f64 = symmetric_eigen(&cosines, p)?.values.iter().map(|value| value.max(0.0)).product();
    Ok(square.sqrt())
}

/// Largest correlation over the bands of two of the spectra. One that is the same in every band is taken to be like
/// every other.
pub(crate) fn coherence(spectra: &[f64], bands: usize) -> f64 {
    let centred: Vec<Vec<f64>> = spectra
        .chunks_exact(bands)
        .map(|spectrum| {
            let mean = spectrum.iter().sum::<f64>() / bands as f64;
            spectrum.iter().map(|value| value - mean).collect()
        })
        .collect();
    let mut largest = -1.0f64;
    for (index, a) in centred.iter().enumerate() {
        for b in &centred[..index] {
            let lengths = (dot(a, a) * dot(b, b)).sqrt();
            largest = largest.max(if lengths > 0.0 { (dot(a, b) / lengths).clamp(-1.0, 1.0) } else { 1.0 });
        }
    }
    largest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(fit: f64, volume: f64, coherence: f64) -> Judged {
        Judged { fit, relative_residual: fit, volume, coherence, step_factor: 1.0, halved: 0 }
    }

    #[test]
    fn the_rule_looks_only_at_restarts_that_fit() {
        let restarts = [
            judged(1.0, 0.5, 0.9),
            judged(1.04, 0.6, 0.8),
            judged(1.05, 0.55, 0.7),
            judged(1.06, 0.9, 0.1),
            judged(1.04, 0.6, 0.8),
        ];
        let kept = |rule| choose(restarts.iter(), rule, 0.05);
        assert_eq!(kept(RestartRule::LargestVolume), 1);
        assert_eq!(kept(RestartRule::LowestCoherence), 2);
        assert_eq!(kept(RestartRule::BestFit), 0);
        assert_eq!(choose(restarts.iter(), RestartRule::LargestVolume, 0.0), 0);
    }

    #[test]
    fn volume_and_coherence_are_those_of_their_definitions() {
        assert!((volume(&[2.0, 0.0, 0.0, 3.0], 2).unwrap() - 1.0).abs() < 1e-14);
        let aslant = [1.0, 0.0, 0.5, 0.75f64.sqrt()];
        assert!((volume(&aslant, 2).unwrap() - 0.75f64.sqrt()).abs() < 1e-14);
        assert_eq!(volume(&[1.0, 2.0, 0.0, 0.0], 2).unwrap(), 0.0);
        assert!(volume(&[1.0, 2.0, 1.0, 2.0], 2).unwrap() < 1e-6);
        let spectra = [1.0, 2.0, 3.0, 3.0, 2.0, 1.0, 2.0, 4.0, 6.0];
        assert!((coherence(&spectra, 3) - 1.0).abs() < 1e-14);
        assert!((coherence(&spectra[..6], 3) + 1.0).abs() < 1e-14);
        assert_eq!(coherence(&[1.0, 1.0, 0.0, 2.0], 2), 1.0);
    }
}
