use std::ops::Range;

use filigree_core::{Error, Observer, Wide, keep_going, map_tiles};

use super::conditional::{Conditional, Contribution, RowNoise, Rows, Subject};
use super::fused::fused;
use super::hyper::Hyper;
use super::neighbours::Neighbours;

/// Conditionals between two looks at the observer.
const BATCH: usize = 1 << 14;

/// What a process is fitted to, rows in the order that conditionals follow.
#[derive(Clone, Debug)]
pub struct Observations {
    /// Inputs of a row.
    pub dimensions: usize,
    /// (row, dimension).
    pub points: Vec<f64>,
    /// One of each row.
    pub targets: Vec<f64>,
    /// (row, term): columns of the trend; empty where there is none.
    pub trend: Vec<f64>,
    /// Terms of the trend.
    pub trend_terms: usize,
    /// What is known of the noise of every row.
    pub noise: RowNoise,
}

impl Observations {
    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.targets.len()
    }

    /// The rows that `order` lists, in its order.
    pub fn ordered(&self, order: &[u32]) -> Self {
        let take = |values: &[f64], width: usize| -> Vec<f64> {
            if values.is_empty() {
                return Vec::new();
            }
            order.iter().flat_map(|&row| values[row as usize * width..][..width].iter().copied()).collect()
        };
        Self {
            dimensions: self.dimensions,
            points: take(&self.points, self.dimensions),
            targets: take(&self.targets, 1),
            trend: take(&self.trend, self.trend_terms),
            trend_terms: self.trend_terms,
            noise: self.noise.ordered(order),
        }
    }

    /// Targets less the trend.
    pub fn residuals(&self, coefficients: &[f64]) -> Vec<f64> {
        if self.trend_terms == 0 {
            return self.targets.clone();
        }
        let rows = self.targets.iter().zip(self.trend.chunks_exact(self.trend_terms));
        rows.map(|(target, terms)| target - trend_value(terms, coefficients)).collect()
    }

    /// (row, column): residuals, then the columns of the trend.
    pub fn columns(&self, coefficients: &[f64]) -> Vec<f64> {
        let residuals = self.residuals(coefficients);
        if self.trend_terms == 0 {
            return residuals;
        }
        let rows = residuals.iter().zip(self.trend.chunks_exact(self.trend_terms));
        rows.flat_map(|(&residual, terms)| std::iter::once(residual).chain(terms.iter().copied())).collect()
    }
}

/// Terms times coefficients.
pub fn trend_value(terms: &[f64], coefficients: &[f64]) -> f64 {
    terms.iter().zip(coefficients).map(|(term, coefficient)| term * coefficient).sum()
}

/// A Vecchia log-likelihood with what an optimiser asks for.
#[derive(Clone, Debug)]
pub struct Likelihood {
    /// Sum of the logarithms of the conditional densities.
    pub value: f64,
    /// Its gradient by θ.
    pub gradient: Vec<f64>,
    /// Expected information about θ.
    pub information: Vec<f64>,
    /// (term, term), then (term): normal equations of a change of the trend's coefficients.
    pub trend_normal: Vec<f64>,
    /// Right-hand side of the normal equations.
    pub trend_right: Vec<f64>,
    /// Neighbours that others determined.
    pub left_out: usize,
}

impl Likelihood {
    fn new(parameters: usize, terms: usize) -> Self {
        Self {
            value: 0.0,
            gradient: vec![0.0; parameters],
            information: vec![0.0; parameters * parameters],
            trend_normal: vec![0.0; terms * terms],
            trend_right: vec![0.0; terms],
            left_out: 0,
        }
    }

    fn add(&mut self, one: &Contribution) {
        self.value += one.value;
        sum_into(&mut self.gradient, &one.gradient);
        sum_into(&mut self.information, &one.information);
        let (residual, terms) = (one.innovations[0], &one.innovations[1..]);
        for (j, &own) in terms.iter().enumerate() {
            self.trend_right[j] += own * residual;
            for (k, &other) in terms.iter().enumerate() {
                self.trend_normal[j * terms.len() + k] += own * other;
            }
        }
    }

    fn merge(&mut self, other: &Self) {
        self.value += other.value;
        self.left_out += other.left_out;
        sum_into(&mut self.gradient, &other.gradient);
        sum_into(&mut self.information, &other.information);
        sum_into(&mut self.trend_normal, &other.trend_normal);
        sum_into(&mut self.trend_right, &other.trend_right);
    }
}

fn sum_into(sums: &mut [f64], values: &[f64]) {
    sums.iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
}

/// Conditionals of a likelihood: all rows, or some of them.
#[derive(Clone, Debug)]
pub struct Conditionals {
    /// The rows that are conditioned.
    pub subjects: Vec<u32>,
    /// For each subject, the earlier rows it is conditioned on.
    pub neighbours: Neighbours,
}

/// Vecchia's approximation of the logarithm of the density of the targets: the sum of those of every subject given its
/// neighbours. With `slopes` also gradient and information.
pub fn likelihood(
    observations: &Observations,
    conditionals: &Conditionals,
    hyper: &Hyper,
    coefficients: &[f64],
    slopes: bool,
    observer: &mut dyn Observer,
) -> Result<Likelihood, Error> {
    let points = hyper.scaled(&observations.points);
    let columns = observations.columns(coefficients);
    let rows = Rows {
        points: &points,
        columns: &columns,
        column_count: 1 + observations.trend_terms,
        noise: &observations.noise,
    };
    let count = conditionals.subjects.len();
    let mut whole = Likelihood::new(hyper.count(), observations.trend_terms);
    for start in (0..count).step_by(BATCH) {
        keep_going(observer.progress(start as f64 / count as f64), "computing a likelihood")?;
        let end = (start + BATCH).min(count);
        let parts = map_tiles(start..end, |tile| {
            Ok(fused(LikelihoodTile { rows, conditionals, hyper, tile, slopes }))
        })?;
        parts.iter().for_each(|part| whole.merge(part));
    }
    if !whole.value.is_finite() {
        return Err(Error::Breakdown(format!(
            "The likelihood is not a number at variance {:.3e} and noise {:.3e}: inputs or targets reach beyond what can be computed with. Standardise them, or look for wild values.",
            hyper.variance, hyper.noise
        )));
    }
    Ok(whole)
}

struct LikelihoodTile<'a> {
    rows: Rows<'a>,
    conditionals: &'a Conditionals,
    hyper: &'a Hyper,
    tile: Range<usize>,
    slopes: bool,
}

impl Wide for LikelihoodTile<'_> {
    type Output = Likelihood;
    #[inline(always)]
    fn run(self) -> Likelihood {
        let Self { rows, conditionals, hyper, tile, slopes } = self;
        let d = hyper.length_scales.len();
        let most = tile.clone().map(|list| conditionals.neighbours.of(list).len()).max().unwrap_or(0);
        let mut conditional = Conditional::new(hyper, most, rows.column_count);
        let mut one = Contribution::new(hyper.count(), rows.column_count);
        let mut sum = Likelihood::new(hyper.count(), rows.column_count - 1);
        for list in tile {
            let row = conditionals.subjects[list] as usize;
            let subject = Subject {
                point: rows.point(row, d),
                columns: &rows.columns[row * rows.column_count..][..rows.column_count],
                noise: rows.noise.of(row),
            };
            conditional.condition(rows, subject, conditionals.neighbours.of(list), slopes);
            if slopes {
                conditional.contribute(&mut one);
            } else {
                conditional.value(&mut one);
            }
            sum.add(&one);
        }
        sum.left_out = conditional.left_out;
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vecchia::neighbours::nearest_earlier;
    use crate::vecchia::radial::Radial;
    use crate::vecchia::test_support::{dense_likelihood, drawn_observations, hyper};
    use filigree_core::{Silent, in_pool};

    fn all(observations: &Observations, hyper: &Hyper, limit: usize) -> Conditionals {
        let subjects: Vec<u32> = (0..observations.len() as u32).collect();
        let points = hyper.scaled(&observations.points);
        let neighbours =
            nearest_earlier(&points, observations.dimensions, &subjects, limit, &mut Silent).unwrap();
        Conditionals { subjects, neighbours }
    }

    #[test]
    fn with_all_neighbours_it_is_the_exact_likelihood() {
        for radial in [Radial::Matern32, Radial::SquaredExponential, Radial::RationalQuadratic] {
            let mut observations = drawn_observations(45, 3, 1, 4);
            observations.noise.weights = (0..45).map(|row| 0.5 + 0.1 * row as f64).collect();
            observations.noise.given = (0..45).map(|row| 0.001 * row as f64).collect();
            let hyper = hyper(radial, 3);
            let found = likelihood(
                &observations,
                &all(&observations, &hyper, 100),
                &hyper,
                &[0.3],
                true,
                &mut Silent,
            );
            let expected = dense_likelihood(&observations, &hyper, &[0.3]);
            assert!((found.unwrap().value - expected).abs() < 1e-8 * expected.abs());
        }
    }

    #[test]
    fn gradients_agree_with_differences() {
        for radial in [
            Radial::Matern12,
            Radial::Matern32,
            Radial::Matern52,
            Radial::SquaredExponential,
            Radial::RationalQuadratic,
        ] {
            let mut observations = drawn_observations(120, 4, 2, 7);
            observations.noise.weights = (0..120).map(|row| 1.0 + 0.01 * row as f64).collect();
            observations.noise.given = (0..120).map(|row| 0.002 * row as f64).collect();
            let hyper = hyper(radial, 4);
            let conditionals = all(&observations, &hyper, 13);
            let at = |theta: &[f64], slopes| {
                let hyper = hyper.with_theta(theta);
                likelihood(&observations, &conditionals, &hyper, &[0.1, -0.2], slopes, &mut Silent).unwrap()
            };
            let theta = hyper.theta();
            let found = at(&theta, true);
            for j in 0..theta.len() {
                let step = 1e-5;
                let moved = |by: f64| {
                    let mut moved = theta.clone();
                    moved[j] += by;
                    at(&moved, false).value
                };
                let difference = (moved(step) - moved(-step)) / (2.0 * step);
                let gradient = found.gradient[j];
                assert!(
                    (gradient - difference).abs() < 1e-5 * difference.abs().max(1.0),
                    "{radial:?} {j}: {gradient} {difference}"
                );
            }
        }
    }

    #[test]
    fn information_is_the_covariance_of_the_score() {
        // Over many draws of the targets from the model, the mean of the score's square is the information.
        let observations = drawn_observations(30, 1, 0, 3);
        let hyper = hyper(Radial::Matern32, 1);
        let conditionals = all(&observations, &hyper, 29);
        let (mut mean, mut information) = (vec![0.0; 9], Vec::new());
        let draws = 4000;
        for draw in 0..draws {
            let mut drawn = observations.clone();
            drawn.targets = crate::vecchia::test_support::draw_targets(&observations, &hyper, draw);
            let found = likelihood(&drawn, &conditionals, &hyper, &[], true, &mut Silent).unwrap();
            for j in 0..3 {
                for k in 0..3 {
                    mean[j * 3 + k] += found.gradient[j] * found.gradient[k] / draws as f64;
                }
            }
            information = found.information;
        }
        for (found, expected) in mean.iter().zip(&information) {
            assert!(
                (found - expected).abs() < 0.12 * information[8].max(information[4]),
                "{mean:?} {information:?}"
            );
        }
    }

    #[test]
    fn normal_equations_of_the_trend_are_those_of_least_squares() {
        let observations = drawn_observations(60, 2, 2, 11);
        let hyper = hyper(Radial::Matern32, 2);
        let conditionals = all(&observations, &hyper, 59);
        let at = |coefficients: &[f64]| {
            likelihood(&observations, &conditionals, &hyper, coefficients, true, &mut Silent).unwrap()
        };
        let found = at(&[0.0, 0.0]);
        let (a, b) = (&found.trend_normal, &found.trend_right);
        let determinant = a[0] * a[3] - a[1] * a[2];
        let best = [(b[0] * a[3] - b[1] * a[1]) / determinant, (b[1] * a[0] - b[0] * a[2]) / determinant];
        let at_best = at(&best);
        assert!(at_best.value > found.value);
        assert!(at_best.trend_right.iter().all(|right| right.abs() < 1e-8));
    }

    #[test]
    fn coinciding_rows_are_left_out_without_noise_and_threads_agree() {
        let mut observations = drawn_observations(700, 2, 1, 5);
        observations.points.copy_within(0..200, 1000);
        observations.targets.copy_within(0..100, 500);
        let mut hyper = hyper(Radial::Matern32, 2);
        hyper.noise = 1e-300;
        let conditionals = all(&observations, &hyper, 20);
        let find = |threads| {
            in_pool(threads, || likelihood(&observations, &conditionals, &hyper, &[0.0], true, &mut Silent))
                .unwrap()
        };
        let one = find(1);
        assert!(one.left_out > 0 && one.value.is_finite());
        for threads in [2, 3] {
            let more = find(threads);
            assert_eq!(one.value.to_bits(), more.value.to_bits());
            assert_eq!(one.gradient, more.gradient);
            assert_eq!(one.information, more.information);
        }
    }
}
