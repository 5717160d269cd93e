use statrs::function::gamma::ln_gamma;

use crate::calibration::QUANTILES;
use crate::fitted_model::Judged;

/// Most events of a row that probabilities of counts are summed up to.
const MOST_EVENTS: usize = 100_000;

/// Probabilities of 0, 1, 2 … events, up to where hardly any is left and beyond what was observed.
pub fn count_probabilities(places: &[(f64, f64)], y: f64) -> Vec<f64> {
    let rates: Vec<(f64, f64)> = places.iter().map(|&(f, share)| (f.min(12.0), share)).collect();
    let mut probabilities = Vec::new();
    let mut sum = 0.0;
    while (sum < 1.0 - 1e-4 || probabilities.len() as f64 <= y) && probabilities.len() < MOST_EVENTS {
        let count = probabilities.len() as f64;
        let own: f64 =
            rates.iter().map(|&(f, share)| share * (count * f - f.exp() - ln_gamma(count + 1.0)).exp()).sum();
        sum += own;
        probabilities.push(own);
    }
    probabilities
}

/// Judges a target on steps of the given probabilities. The distribution function is taken in the middle of its step.
pub fn judge_steps(probabilities: &[f64], y: f64, judged: &mut Judged) {
    let place = (y.round().max(0.0) as usize).min(probabilities.len() - 1);
    let below: f64 = probabilities[..place].iter().sum();
    judged.log_density.push(probabilities[place].max(f64::MIN_POSITIVE).ln());
    judged.pit.push((below + 0.5 * probabilities[place]).clamp(0.0, 1.0));
    let (mut value, mut reached) = (0, probabilities[0]);
    judged.quantiles.extend((0..QUANTILES).map(|q| {
        let level = (q as f64 + 0.5) / QUANTILES as f64;
        while reached < level && value + 1 < probabilities.len() {
            value += 1;
            reached += probabilities[value];
        }
        value as f64
    }));
}
