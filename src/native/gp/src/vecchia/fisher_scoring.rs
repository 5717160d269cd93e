use faer::linalg::solvers::Solve;
use faer::{Mat, MatRef, Side};
use filigree_core::{Error, Flow};

use super::hyper::Hyper;
use super::likelihood::Likelihood;

/// Longest step of a logarithm in one iteration.
const LONGEST_STEP: f64 = 1.5;

/// Damping to begin with, as a share of the information's diagonal, and where steps are given up.
const FIRST_DAMPING: f64 = 1e-3;
const LARGEST_DAMPING: f64 = 1e8;

/// Between which values each logarithm may move; equal ones hold it where it is.
#[derive(Clone, Debug)]
pub struct Bounds {
    /// Smallest θ.
    pub low: Vec<f64>,
    /// Largest θ.
    pub high: Vec<f64>,
}

/// Where a fit stands.
#[derive(Clone, Debug)]
pub struct Place {
    /// Hyper-parameters.
    pub hyper: Hyper,
    /// Coefficients of the trend.
    pub coefficients: Vec<f64>,
}

/// Why scoring ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// No step promises more than the tolerance.
    Converged,
    /// The iterations ran out.
    Limit,
    /// No step raises the likelihood, though the gradient says one should.
    Stuck,
    /// The observer stopped it.
    Stopped,
}

/// What scoring found.
#[derive(Clone, Debug)]
pub struct Scored {
    /// The best place.
    pub place: Place,
    /// The likelihood there.
    pub likelihood: Likelihood,
    /// Why it ended.
    pub ending: Ending,
}

/// Maximises a likelihood by Fisher scoring: Newton's steps with the expected information, in which hyper-parameters
/// and the trend do not meet, damped as by Levenberg and Marquardt where they would not rise. `tolerance` is the gain a
/// row below which a step is not worth it. Guinness, Stat. Comput. 31(25), 2021.
pub fn fisher_scoring(
    start: Place,
    bounds: &Bounds,
    most_steps: usize,
    tolerance: f64,
    rows: usize,
    mut evaluate: impl FnMut(&Place) -> Result<Likelihood, Error>,
    mut accepted: impl FnMut(&Place, &Likelihood) -> Flow,
) -> Result<Scored, Error> {
    let mut likelihood = evaluate(&start)?;
    let mut place = start;
    let mut damping = FIRST_DAMPING;
    let mut steps = 0;
    let worth = tolerance * rows as f64;
    let ended = |place, likelihood, ending| Ok(Scored { place, likelihood, ending });
    loop {
        if steps >= most_steps {
            return ended(place, likelihood, Ending::Limit);
        }
        let theta = place.hyper.theta();
        let Some(step) = step(&theta, &likelihood, bounds, damping) else {
            damping *= 10.0;
            if damping > LARGEST_DAMPING {
                return ended(place, likelihood, Ending::Stuck);
            }
            continue;
        };
        let change = trend_change(&likelihood);
        let promised = 0.5 * (inner(&step, &likelihood.gradient) + inner(&change, &likelihood.trend_right));
        if promised <= worth {
            return ended(place, likelihood, Ending::Converged);
        }
        let moved: Vec<f64> = theta.iter().zip(&step).map(|(theta, step)| theta + step).collect();
        let coefficients = place.coefficients.iter().zip(&change).map(|(old, change)| old + change).collect();
        let trial = Place { hyper: place.hyper.with_theta(&moved), coefficients };
        // A place that can not be computed with is not a step; the start was one.
        let found = match evaluate(&trial) {
            Err(Error::Breakdown(_)) => None,
            Err(Error::Cancelled(_)) if steps > 0 => return ended(place, likelihood, Ending::Stopped),
            other => Some(other?),
        };
        let Some(found) = found.filter(|found| found.value > likelihood.value) else {
            damping = (damping * 10.0).max(1e-2);
            if damping > LARGEST_DAMPING {
                return ended(place, likelihood, Ending::Stuck);
            }
            continue;
        };
        let gain = found.value - likelihood.value;
        steps += 1;
        damping = (damping * 0.2).max(1e-6);
        (place, likelihood) = (trial, found);
        if accepted(&place, &likelihood) == Flow::Stop {
            return ended(place, likelihood, Ending::Stopped);
        }
        if gain <= worth {
            return ended(place, likelihood, Ending::Converged);
        }
    }
}

fn inner(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// The damped step within the bounds; nothing where the information is not definite.
fn step(theta: &[f64], likelihood: &Likelihood, bounds: &Bounds, damping: f64) -> Option<Vec<f64>> {
    let count = theta.len();
    let free: Vec<usize> = (0..count)
        .filter(|&j| {
            let gradient = likelihood.gradient[j];
            let pushed_up = theta[j] >= bounds.high[j] && gradient >= 0.0;
            let pushed_down = theta[j] <= bounds.low[j] && gradient <= 0.0;
            bounds.low[j] < bounds.high[j] && !pushed_up && !pushed_down
        })
        .collect();
    let mut step = vec![0.0; count];
    if free.is_empty() {
        return Some(step);
    }
    let information = |a: usize, b: usize| likelihood.information[free[a] * count + free[b]];
    let size = free.len();
    let largest = (0..size).fold(0.0f64, |most, a| most.max(information(a, a)));
    let matrix = Mat::from_fn(size, size, |a, b| {
        let diagonal = if a == b { damping * information(a, a) + 1e-9 * largest } else { 0.0 };
        information(a, b) + diagonal
    });
    let right = Mat::from_fn(size, 1, |a, _| likelihood.gradient[free[a]]);
    let solved = matrix.llt(Side::Lower).ok()?.solve(&right);
    let longest = (0..size).fold(0.0f64, |most, a| most.max(solved[(a, 0)].abs()));
    let factor = if longest > LONGEST_STEP { LONGEST_STEP / longest } else { 1.0 };
    for (a, &j) in free.iter().enumerate() {
        let moved = (theta[j] + factor * solved[(a, 0)]).clamp(bounds.low[j], bounds.high[j]);
        step[j] = moved - theta[j];
    }
    step.iter().all(|value| value.is_finite()).then_some(step)
}

/// What the diagonal of the trend's normal equations is raised by, of its mean.
const TREND_RIDGE: f64 = 1e-8;

/// By generalised least squares, what the coefficients of the trend should be changed by. The diagonal is raised by a
/// hair: of columns that depend on each other none gets a large coefficient that the others take back.
fn trend_change(likelihood: &Likelihood) -> Vec<f64> {
    let terms = likelihood.trend_right.len();
    if terms == 0 {
        return Vec::new();
    }
    let own = MatRef::from_row_major_slice(&likelihood.trend_normal, terms, terms);
    let raised = TREND_RIDGE * (0..terms).map(|j| own[(j, j)]).sum::<f64>() / terms as f64;
    let normal = Mat::from_fn(terms, terms, |i, j| own[(i, j)] + if i == j { raised } else { 0.0 });
    let right = Mat::from_fn(terms, 1, |j, _| likelihood.trend_right[j]);
    normal
        .llt(Side::Lower)
        .map(|factor| {
            let solved = factor.solve(&right);
            (0..terms).map(|j| solved[(j, 0)]).collect()
        })
        .unwrap_or_else(|_| vec![0.0; terms])
}
