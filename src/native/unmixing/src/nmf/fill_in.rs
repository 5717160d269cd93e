/// A band that is not trusted is filled in where its weight is below this share of the median.
const SHARE: f64 = 0.5;

/// Bands that say nothing about the endmembers: they are not among the `trusted` ones, and the mixture did not fit
/// them either. None without weights.
pub(super) fn silent_bands(weights: &[f64], trusted: &[usize]) -> Vec<usize> {
    let mut sorted = weights.to_vec();
    sorted.sort_by(f64::total_cmp);
    let Some(median) = sorted.get(weights.len() / 2) else { return Vec::new() };
    (0..weights.len()).filter(|&band| !trusted.contains(&band) && weights[band] < SHARE * median).collect()
}

/// Fills endmembers (p × bands) in where a band is `silent`. What a factorisation puts there is the mean of the noise;
/// a straight line between the nearest bands on either side is closer to any spectrum. Nothing is filled in where no
/// other band is left.
pub(super) fn fill_in(endmembers: &mut [f64], bands: usize, silent: &[usize]) {
    for spectrum in endmembers.chunks_exact_mut(bands) {
        for &band in silent {
            // Bands before this one are filled in already, but from no further away than these two.
            let before = (0..band).rev().find(|other| !silent.contains(other));
            let after = (band + 1..bands).find(|other| !silent.contains(other));
            spectrum[band] = match (before, after) {
                (Some(a), Some(b)) => {
                    let share = (band - a) as f64 / (b - a) as f64;
                    (1.0 - share) * spectrum[a] + share * spectrum[b]
                }
                (Some(only), None) | (None, Some(only)) => spectrum[only],
                (None, None) => spectrum[band],
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silent_bands_lie_on_the_line_between_their_neighbours() {
        let mut endmembers = [9.0, 1.0, 9.0, 9.0, 4.0, 5.0, 6.0, 7.0, 9.0];
        let weights = [0.0, 1.0, 0.1, 0.0, 1.0, 1.0, 1.0, 1.0, 0.0];
        let silent = silent_bands(&weights, &[1, 4, 5, 6, 7]);
        assert_eq!(silent, [0, 2, 3, 8]);
        fill_in(&mut endmembers, weights.len(), &silent);
        assert_eq!(endmembers, [1.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 7.0]);
    }

    #[test]
    fn trusted_bands_and_bands_that_fit_are_heard() {
        assert!(silent_bands(&[1.0, 0.0, 1.0], &[0, 1, 2]).is_empty());
        assert!(silent_bands(&[1.0, 0.9, 1.0], &[0, 2]).is_empty());
        assert!(silent_bands(&[], &[]).is_empty());
    }
}
