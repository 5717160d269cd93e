/// The constant in the exponent of the bound; its papers leave it open.
const CONSTANT: f64 = 1.0;

/// Relative precision of the simplex the advice is given for.
const PRECISION: f64 = 0.1;

/// Whether a simplex can be learned from noisy pixels at all: n ≳ (p²/ε²)·exp(c·p/SNR²) pixels are needed for p
/// vertices to a precision ε (Saberi, Najafi, Motahari, Khalaj, "Sample complexity bounds for learning
/// high-dimensional simplices in noisy regimes", ICML 2023, arXiv 2209.05953), with c = 1 and ε = 0.1. SNR is that of
/// the paper: standard deviation of the pixels along the widest direction of the simplex over that of the noise. An
/// order of magnitude, not a promise.
pub(crate) fn pixels_needed(p: usize, spread_snr: f64) -> f64 {
    let p = p as f64;
    // Beyond 1e300 pixels no number tells more.
    ((p * p / (PRECISION * PRECISION)).ln() + CONSTANT * p / (spread_snr * spread_snr)).min(690.0).exp()
}

/// What a person should know before unmixing with p endmembers; `None` where nothing stands against it.
pub(crate) fn advice(p: usize, bands: usize, pixels: usize, spread_snr: f64) -> Option<String> {
    if p > bands + 1 {
        return Some(format!(
            "{p} endmembers in {bands} bands do not span a simplex: at most {} can be learned from the pixels.",
            bands + 1
        ));
    }
    let needed = pixels_needed(p, spread_snr);
    (needed > pixels as f64).then(|| {
        format!(
            "By order of magnitude, {needed:.1e} pixels are needed to learn a simplex of {p} endmembers to 10 % at this noise, and there are {pixels}. Expect endmembers that depend on the seed; use known spectra, fewer endmembers, or less noise."
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_need_grows_with_vertices_and_explodes_with_noise() {
        assert!((pixels_needed(10, 1e6) - 1e4).abs() < 1e-6);
        assert!(pixels_needed(4, 10.0) < pixels_needed(8, 10.0));
        assert!(pixels_needed(10, 0.5) > 1e4 * 1e17);
        assert!(pixels_needed(60, 1e-9).is_finite());
        assert!(advice(3, 100, 9025, 20.0).is_none());
        assert!(advice(3, 100, 9025, 0.4).is_some_and(|text| text.contains("9025")));
        assert!(advice(5, 3, 9025, 20.0).is_some_and(|text| text.contains("at most 4")));
    }
}
