use filigree_core::{Error, Observer, Random, Section};

use super::predictor::{Predicted, Predictor};

/// Rows that the scale is judged by: coverage is then known to a quarter of a percent.
const JUDGED_ROWS: usize = 8000;

/// Fewest rows from which a scale is learned, and fewest in a level of it.
const FEWEST_ROWS: usize = 40;
const ROWS_A_LEVEL: usize = 500;
const MOST_LEVELS: usize = 8;

/// Nearest rows that are left out around a judged one, at most: as many as a gap in the data may take.
const LARGEST_HOLE: f64 = 1000.0;

/// Weights of the whole table against the neighbours that are tried, in rows; the last one leaves neighbours out.
const STRENGTHS: [f64; 8] = [4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, f64::INFINITY];

/// Stream of random numbers that draws the judged rows.
const STREAM: u64 = 1 << 42;

/// What deviations of predictions are scaled by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Calibrate {
    /// Nothing.
    None,
    /// One factor for each level of the variance.
    Levels,
    /// The same, after a factor from how far the nearest rows were missed.
    Local,
}

/// Factors of predictive deviations, learned from training rows that were predicted from the others.
///
/// Where noise or roughness change over the inputs, the nearest rows tell: the variance is multiplied by
/// (ν + Σ z²) / (ν + k), z² the scores of k rows, the mean of an inverse gamma posterior with ν chosen by the predictive
/// density. What is left is a factor for every level of the variance, so that intervals of 1.96 deviations hold 95 % of
/// rows that were left out: the finite-sample quantile of split conformal prediction (Lei, G'Sell, Rinaldo, Tibshirani,
/// Wasserman, J. Am. Stat. Assoc. 113(523), 2018, section 5.2). Every other judged row is left out together with those
/// around it, so that the factor is known, too, where there is no row at hand.
#[derive(Clone, Debug, PartialEq)]
pub struct DeviationScale {
    /// ν, in rows; infinite where neighbours do not tell.
    pub strength: f64,
    /// (logarithm of the variance of the process, factor), rising in the first.
    pub levels: Vec<(f64, f64)>,
}

/// A factor with what it was judged by.
#[derive(Clone, Debug)]
pub struct Learned {
    /// The scale.
    pub scale: DeviationScale,
    /// Share of left-out rows within their 95 % interval before and after.
    pub coverage: (f64, f64),
}

/// Half-width of the central 95 % interval of a normal variable.
const HALF_WIDTH: f64 = 1.959_963_984_540_054;

impl DeviationScale {
    /// Leaves deviations as they are.
    pub fn none() -> Self {
        Self { strength: f64::INFINITY, levels: Vec::new() }
    }

    /// What the variance of a prediction is to be multiplied by.
    pub fn factor(&self, predicted: &Predicted) -> f64 {
        self.local(predicted) * self.at_level(level(predicted)).powi(2)
    }

    fn local(&self, predicted: &Predicted) -> f64 {
        let (sum, count) = predicted.scores;
        if self.strength.is_finite() { (self.strength + sum) / (self.strength + count as f64) } else { 1.0 }
    }

    /// The factor of the deviation at a level of the variance.
    pub fn at_level(&self, level: f64) -> f64 {
        let (Some(first), Some(last)) = (self.levels.first(), self.levels.last()) else { return 1.0 };
        if level <= first.0 {
            return first.1;
        }
        let above = self.levels.iter().position(|&(own, _)| own >= level);
        let Some(above) = above else { return last.1 };
        let ((low, low_factor), (high, high_factor)) = (self.levels[above - 1], self.levels[above]);
        let share = if high > low { (level - low) / (high - low) } else { 1.0 };
        low_factor + share * (high_factor - low_factor)
    }
}

/// How uncertain the process is, whatever the noise.
fn level(predicted: &Predicted) -> f64 {
    predicted.variance.max(f64::MIN_POSITIVE).ln()
}

/// Learns the scale from the rows of `predictor`, and leaves their scores in it where neighbours tell. `neighbours` are
/// those that scores are computed from, `limit` those of predictions.
pub fn learn_scale(
    predictor: &mut Predictor,
    kind: Calibrate,
    neighbours: usize,
    limit: usize,
    seed: u64,
    observer: &mut dyn Observer,
) -> Result<Option<Learned>, Error> {
    let n = predictor.observations.len();
    if kind == Calibrate::None || n < FEWEST_ROWS {
        return Ok(None);
    }
    if kind == Calibrate::Local {
        predictor.scores = row_scores(predictor, neighbours, &mut Section::new(observer, 0.0, 0.5))?;
    }
    let rows = judged_rows(predictor, seed);
    let gaps = holes(predictor, &rows, seed)?;
    let found = predictor.leave_out(&rows, &gaps, limit, &mut Section::new(observer, 0.5, 1.0))?;
    let noise = predictor.hyper.noise;
    let squares: Vec<f64> = rows
        .iter()
        .zip(&found)
        .map(|(&row, own)| {
            let (weight, given) = predictor.observations.noise.of(row as usize);
            let residual = predictor.observations.targets[row as usize] - own.mean;
            residual * residual / (own.variance + noise * weight + given)
        })
        .collect();
    let plain: Vec<usize> = (0..rows.len()).filter(|&place| gaps[place] == 0.0).collect();
    let strength =
        if kind == Calibrate::Local { best_strength(&found, &squares, &plain) } else { f64::INFINITY };
    if strength.is_infinite() {
        predictor.scores = Vec::new();
    }
    let mut scale = DeviationScale { strength, levels: Vec::new() };
    let scored = |place: usize| {
        let own = &found[place];
        (level(own), (squares[place] / scale.local(own)).sqrt())
    };
    let mut common: Vec<(f64, f64)> = plain.iter().map(|&place| scored(place)).collect();
    common.sort_by(by_level);
    // Rows with others around them are judged by their like; the rest tells of levels that those do not reach.
    let reached = common[common.len() - 1 - common.len() / 50].0;
    let holes = (0..rows.len()).filter(|&place| gaps[place] > 0.0).map(scored);
    let mut beyond: Vec<(f64, f64)> = holes.filter(|own| own.0 > reached).collect();
    beyond.sort_by(by_level);
    let mut levels = level_factors(&common);
    if beyond.len() >= FEWEST_ROWS {
        levels.extend(level_factors(&beyond));
    }
    scale.levels = levels;
    let inside = |factor: &dyn Fn(&Predicted) -> f64| {
        let held =
            plain.iter().filter(|&&place| squares[place] <= HALF_WIDTH.powi(2) * factor(&found[place]));
        held.count() as f64 / plain.len() as f64
    };
    let coverage = (inside(&|_| 1.0), inside(&|own| scale.factor(own)));
    Ok(Some(Learned { scale, coverage }))
}

fn by_level(a: &(f64, f64), b: &(f64, f64)) -> std::cmp::Ordering {
    a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1))
}

/// (level, factor) of equal parts of scored rows, which rise in their levels.
pub fn level_factors(scored: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let parts = (scored.len() / ROWS_A_LEVEL).clamp(1, MOST_LEVELS);
    let part = |part: usize| {
        let own = &scored[part * scored.len() / parts..(part + 1) * scored.len() / parts];
        (own[own.len() / 2].0, quantile(own.iter().map(|&(_, score)| score)) / HALF_WIDTH)
    };
    (0..parts).map(part).collect()
}

/// Logarithms of the predictive densities of as many rows as `most`, which are left out, every other one with those
/// around it: what kernels are chosen by. They are the same rows for every kernel.
pub fn left_out_densities(
    predictor: &Predictor,
    most: usize,
    limit: usize,
    seed: u64,
) -> Result<Vec<f64>, Error> {
    let n = predictor.observations.len();
    let count = n.min(most);
    let rows: Vec<u32> = (0..count).map(|place| (place * n / count) as u32).collect();
    let gaps = holes(predictor, &rows, seed)?;
    let found = predictor.leave_out(&rows, &gaps, limit, &mut filigree_core::Silent)?;
    let densities = rows.iter().zip(&found).map(|(&row, own)| {
        let (weight, given) = predictor.observations.noise.of(row as usize);
        let variance = own.variance + predictor.hyper.noise * weight + given;
        let residual = predictor.observations.targets[row as usize] - own.mean;
        -0.5 * ((std::f64::consts::TAU * variance).ln() + residual * residual / variance)
    });
    Ok(densities.collect())
}

/// Squared residuals of all rows, each from the others, over their variance, with a mean of one.
fn row_scores(
    predictor: &Predictor,
    neighbours: usize,
    observer: &mut dyn Observer,
) -> Result<Vec<f64>, Error> {
    let rows = predictor.rows_by_nearness().to_vec();
    let found = predictor.leave_out(&rows, &[], neighbours, observer)?;
    let mut scores = vec![0.0; rows.len()];
    for (&row, own) in rows.iter().zip(&found) {
        let row = row as usize;
        let (weight, given) = predictor.observations.noise.of(row);
        let residual = predictor.observations.targets[row] - own.mean;
        scores[row] = residual * residual / (own.variance + predictor.hyper.noise * weight + given);
    }
    let mean = scores.iter().sum::<f64>() / scores.len() as f64;
    if !(mean > 0.0 && mean.is_finite()) {
        return Ok(vec![1.0; scores.len()]);
    }
    scores.iter_mut().for_each(|score| *score /= mean);
    Ok(scores)
}

fn judged_rows(predictor: &Predictor, seed: u64) -> Vec<u32> {
    let mut rows = predictor.rows_by_nearness().to_vec();
    let n = rows.len();
    if n > JUDGED_ROWS {
        // One of each stretch, so that they lie as all rows do.
        let mut random = Random::new(seed, STREAM);
        rows = (0..JUDGED_ROWS)
            .map(|place| {
                let (start, end) = (place * n / JUDGED_ROWS, (place + 1) * n / JUDGED_ROWS);
                rows[start + random.below(end - start)]
            })
            .collect();
    }
    rows
}

/// A gap for every other judged row: as far as one of its nearest rows, the number of which is drawn evenly on a
/// logarithmic scale.
fn holes(predictor: &Predictor, rows: &[u32], seed: u64) -> Result<Vec<f64>, Error> {
    let mut random = Random::new(seed, STREAM + 1);
    let largest = LARGEST_HOLE.min(predictor.observations.len() as f64 / 10.0).max(1.0);
    let (places, ranks): (Vec<usize>, Vec<usize>) =
        (1..rows.len()).step_by(2).map(|place| (place, largest.powf(random.uniform()) as usize)).unzip();
    let own: Vec<u32> = places.iter().map(|&place| rows[place]).collect();
    let mut gaps = vec![0.0; rows.len()];
    for (place, gap) in places.into_iter().zip(predictor.gaps(&own, &ranks)?) {
        gaps[place] = gap;
    }
    Ok(gaps)
}

/// The strength with the largest predictive density of scores given those around them, up to a factor common to all.
fn best_strength(found: &[Predicted], squares: &[f64], places: &[usize]) -> f64 {
    let density = |strength: f64| {
        let scale = DeviationScale { strength, levels: Vec::new() };
        let locals: Vec<f64> = places.iter().map(|&place| scale.local(&found[place])).collect();
        let logarithms: f64 = locals.iter().map(|local| local.ln()).sum();
        let mean: f64 = places.iter().zip(&locals).map(|(&place, local)| squares[place] / local).sum::<f64>();
        -logarithms - places.len() as f64 * (mean / places.len() as f64).max(f64::MIN_POSITIVE).ln()
    };
    let tried = STRENGTHS.iter().map(|&strength| (strength, density(strength)));
    tried.fold((f64::INFINITY, f64::NEG_INFINITY), |best, own| if own.1 > best.1 { own } else { best }).0
}

/// The ⌈(n + 1)·0.95⌉-th smallest, or the largest where there are too few.
fn quantile(scores: impl Iterator<Item = f64>) -> f64 {
    let mut scores: Vec<f64> = scores.collect();
    scores.sort_by(f64::total_cmp);
    let rank = ((scores.len() + 1) as f64 * 0.95).ceil() as usize;
    scores[rank.min(scores.len()) - 1].max(f64::MIN_POSITIVE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vecchia::radial::Radial;
    use crate::vecchia::test_support::{drawn_observations, hyper};
    use filigree_core::Silent;

    /// Noise of a deviation that triples where the first input is positive, and a fit that knows neither.
    fn predictor(rows: usize, seed: u64) -> Predictor {
        let mut observations = drawn_observations(rows, 2, 0, seed);
        let mut random = Random::new(seed, 5);
        for row in 0..rows {
            let deviation = if observations.points[2 * row] > 0.0 { 0.9 } else { 0.1 };
            observations.targets[row] += deviation * random.normal();
        }
        Predictor::new(observations, hyper(Radial::Matern32, 2), Vec::new())
    }

    fn judged(kind: Calibrate) -> (f64, f64, Learned) {
        let mut known = predictor(2500, 1);
        let learned = learn_scale(&mut known, kind, 20, 30, 3, &mut Silent).unwrap().unwrap();
        let new = predictor(1500, 9);
        let found = known.predict(&new.observations.points, &[], 30);
        let noise = known.hyper.noise;
        let (mut inside, mut density) = (0, 0.0);
        for (own, target) in found.iter().zip(&new.observations.targets) {
            // The two functions are the same, the noises are not.
            let variance = (own.variance + noise) * learned.scale.factor(own);
            let square = (target - own.mean).powi(2) / variance;
            inside += usize::from(square <= HALF_WIDTH.powi(2));
            density -= 0.5 * (variance.ln() + square);
        }
        (inside as f64 / 1500.0, density / 1500.0, learned)
    }

    #[test]
    fn intervals_hold_what_they_promise_and_neighbours_sharpen_them() {
        let (coverage, density, learned) = judged(Calibrate::Levels);
        assert!((0.93..0.97).contains(&coverage), "{coverage}");
        assert!(
            learned.coverage.0 < 0.9 && (learned.coverage.1 - 0.95).abs() < 0.01,
            "{:?}",
            learned.coverage
        );
        let (local_coverage, local_density, learned) = judged(Calibrate::Local);
        assert!((0.93..0.97).contains(&local_coverage), "{local_coverage}");
        assert!(learned.scale.strength.is_finite());
        assert!(local_density > density + 0.2, "{local_density} {density}");
    }

    #[test]
    fn factors_go_smoothly_from_level_to_level() {
        let scale = DeviationScale { strength: f64::INFINITY, levels: vec![(0.0, 1.0), (1.0, 3.0)] };
        let at = |level: f64| scale.at_level(level);
        assert_eq!([at(-1.0), at(0.0), at(0.5), at(1.0), at(2.0)], [1.0, 1.0, 2.0, 3.0, 3.0]);
        assert_eq!(DeviationScale::none().factor(&Predicted::default()), 1.0);
    }

    #[test]
    fn too_few_rows_are_left_as_they_are() {
        let mut few = predictor(30, 2);
        assert!(learn_scale(&mut few, Calibrate::Local, 20, 30, 3, &mut Silent).unwrap().is_none());
    }
}
