/// Share of the values that an interval is to hold, and its half-width for a normal variable in standard deviations.
pub const COVERAGE: f64 = 0.95;
pub const HALF_WIDTH: f64 = 1.959_963_984_540_054;

/// Fewest residuals from which an interval of [`COVERAGE`] can be had: with fewer, the rank that is asked for lies
/// beyond the largest.
pub const FEWEST_SCORES: usize = 19;

/// By how much deviations are to be multiplied for intervals of [`HALF_WIDTH`] deviations to hold [`COVERAGE`] of new
/// values; nothing where there are too few scores. `scores` are |residual| / deviation of values the model has not seen.
///
/// The ⌈(n + 1)·0.95⌉-th smallest score, as in split conformal prediction with locally weighted residuals: Lei, G'Sell,
/// Rinaldo, Tibshirani, Wasserman, "Distribution-free predictive inference for regression", J. Am. Stat. Assoc.
/// 113(523), 2018, section 5.2. Whatever the distribution, intervals hold a new value exchangeable with those scored
/// with a probability of at least 0.95, and below 0.95 + 1/(n + 1) where no scores tie.
pub fn interval_factor(mut scores: Vec<f64>) -> Option<f64> {
    if scores.len() < FEWEST_SCORES {
        return None;
    }
    scores.sort_by(f64::total_cmp);
    let rank = ((scores.len() + 1) as f64 * COVERAGE).ceil() as usize;
    Some(scores[rank.min(scores.len()) - 1] / HALF_WIDTH)
}

#[cfg(test)]
mod tests {
    use super::*;
    use filigree_core::Random;

    #[test]
    fn the_factor_is_the_quantile_with_its_finite_sample_rank() {
        let scores = |count: usize| (1..=count).rev().map(|score| score as f64).collect::<Vec<_>>();
        assert_eq!(interval_factor(scores(18)), None);
        assert_eq!(interval_factor(scores(19)), Some(19.0 / HALF_WIDTH));
        assert_eq!(interval_factor(scores(99)), Some(95.0 / HALF_WIDTH));
    }

    #[test]
    fn new_values_are_covered_as_promised_whatever_their_distribution() {
        let mut random = Random::new(3, 0);
        // Deviations half of what they should be, and tails heavier than normal: the quotient of two normals, cut.
        let mut score = || (2.0 * random.normal() / random.normal().abs().max(0.2)).abs();
        let (rounds, own) = (2000, 60);
        let mut inside = 0;
        for _ in 0..rounds {
            let factor = interval_factor((0..own).map(|_| score()).collect()).unwrap();
            inside += usize::from(score() <= factor * HALF_WIDTH);
        }
        let coverage = inside as f64 / rounds as f64;
        assert!((0.935..0.985).contains(&coverage), "{coverage}");
    }
}
