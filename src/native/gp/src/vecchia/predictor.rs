use filigree_core::{Error, Observer, Wide, keep_going, map_tiles};

use super::conditional::{Conditional, Rows, Subject};
use super::fused::fused;
use super::hyper::Hyper;
use super::likelihood::{Observations, trend_value};
use super::point_tree::{Eligible, Nearest, PointTree};

/// Predictions between two looks at the observer.
const BATCH: usize = 1 << 12;

/// Nearest rows whose scores tell how far predictions miss around a point.
pub const SCORED_NEIGHBOURS: usize = 60;

/// What a process says of a place: trend included, noise excluded.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Predicted {
    /// Mean.
    pub mean: f64,
    /// Variance.
    pub variance: f64,
    /// Sum of the scores of the nearest rows, and how many they are.
    pub scores: (f64, usize),
}

/// Weights of a place in what it is conditioned on, and what they leave.
#[derive(Clone, Debug)]
pub struct Regressed {
    /// Rows, or places before it counted on from the number of rows.
    pub on: Vec<u32>,
    /// Their weights.
    pub weights: Vec<f64>,
    /// Conditional variance of the process.
    pub variance: f64,
}

/// Predicts from the nearest rows of a fitted process, in its scaled space.
pub struct Predictor {
    /// Hyper-parameters.
    pub hyper: Hyper,
    /// Coefficients of the trend.
    pub coefficients: Vec<f64>,
    /// What it predicts from.
    pub observations: Observations,
    /// How far the prediction of every row from the others missed it, squared and over what was expected; empty where
    /// that is not known.
    pub scores: Vec<f64>,
    scaled: Vec<f64>,
    residuals: Vec<f64>,
    tree: PointTree,
}

impl Predictor {
    /// From rows in the order of conditionals.
    pub fn new(observations: Observations, hyper: Hyper, coefficients: Vec<f64>) -> Self {
        let scaled = hyper.scaled(&observations.points);
        let tree = PointTree::new(&scaled, observations.dimensions);
        let residuals = observations.residuals(&coefficients);
        Self { hyper, coefficients, observations, scores: Vec::new(), scaled, residuals, tree }
    }

    fn rows(&self) -> Rows<'_> {
        Rows {
            points: &self.scaled,
            columns: &self.residuals,
            column_count: 1,
            noise: &self.observations.noise,
        }
    }

    /// Predicts a few places (place, dimension), with their trend (place, term), each from `limit` rows, on this thread.
    pub fn predict(&self, points: &[f64], trend: &[f64], limit: usize) -> Vec<Predicted> {
        let scaled = self.hyper.scaled(points);
        let terms = self.observations.trend_terms;
        let eligible = vec![Eligible::ALL; points.len() / self.observations.dimensions];
        let mut found = fused(PredictTile { predictor: self, points: &scaled, eligible: &eligible, limit });
        for (place, own) in found.iter_mut().enumerate() {
            own.mean += trend_value(&trend[place * terms..(place + 1) * terms], &self.coefficients);
        }
        found
    }

    /// Predicts `rows` of the observations, each from the `limit` nearest others that lie at least its gap (squared,
    /// scaled; none where there are no gaps) away.
    pub fn leave_out(
        &self,
        rows: &[u32],
        gaps: &[f64],
        limit: usize,
        observer: &mut dyn Observer,
    ) -> Result<Vec<Predicted>, Error> {
        let d = self.observations.dimensions;
        let mut found = Vec::with_capacity(rows.len());
        for start in (0..rows.len()).step_by(BATCH) {
            keep_going(
                observer.progress(start as f64 / rows.len() as f64),
                "predicting rows from the others",
            )?;
            let end = (start + BATCH).min(rows.len());
            let tiles = map_tiles(start..end, |tile| {
                let own = &rows[tile.clone()];
                let point = |&row: &u32| self.scaled[row as usize * d..][..d].iter().copied();
                let points: Vec<f64> = own.iter().flat_map(point).collect();
                let eligible: Vec<Eligible> = tile
                    .map(|place| Eligible {
                        except: Some(rows[place]),
                        beyond: gaps.get(place).copied().unwrap_or(0.0),
                        ..Eligible::ALL
                    })
                    .collect();
                Ok(fused(PredictTile { predictor: self, points: &points, eligible: &eligible, limit }))
            })?;
            found.extend(tiles.into_iter().flatten());
        }
        for (own, &row) in found.iter_mut().zip(rows) {
            own.mean += self.observations.targets[row as usize] - self.residuals[row as usize];
        }
        Ok(found)
    }

    /// All rows, near ones after each other.
    pub fn rows_by_nearness(&self) -> &[u32] {
        self.tree.ids()
    }

    /// Squared scaled distance of each of `rows` from the row that is its `ranks`-th nearest other.
    pub fn gaps(&self, rows: &[u32], ranks: &[usize]) -> Result<Vec<f64>, Error> {
        let d = self.observations.dimensions;
        let tiles = map_tiles(0..rows.len(), |tile| {
            Ok(fused(|| {
                let mut nearest = Nearest::default();
                let mut gaps = Vec::with_capacity(tile.len());
                for place in tile {
                    let eligible = Eligible { except: Some(rows[place]), ..Eligible::ALL };
                    let point = &self.scaled[rows[place] as usize * d..][..d];
                    self.tree.search(point, ranks[place], eligible, &mut nearest);
                    gaps.push(nearest.sorted().last().map_or(0.0, |&(squared, _)| squared));
                }
                gaps
            }))
        })?;
        Ok(tiles.into_iter().flatten().collect())
    }

    /// Weights of places (place, dimension), each conditioned on the `limit` nearest among rows and places before it.
    pub fn regress(&self, points: &[f64], limit: usize) -> Vec<Regressed> {
        let (d, n) = (self.observations.dimensions, self.observations.len());
        let count = points.len() / d;
        let mut all = self.scaled.clone();
        all.extend(self.hyper.scaled(points));
        let tree = PointTree::new(&all, d);
        let noise = self.observations.noise.followed_by_none(n, count);
        let columns = vec![0.0; n + count];
        let rows = Rows { points: &all, columns: &columns, column_count: 1, noise: &noise };
        fused(|| {
            let mut nearest = Nearest::default();
            let mut conditional = Conditional::new(&self.hyper, limit, 1);
            let mut found = Vec::with_capacity(count);
            for place in 0..count {
                let point = rows.point(n + place, d);
                let eligible = Eligible { before: (n + place) as u32, ..Eligible::ALL };
                tree.search(point, limit, eligible, &mut nearest);
                let on: Vec<u32> = nearest.sorted().iter().map(|&(_, id)| id).collect();
                let subject = Subject { point, columns: &[], noise: (0.0, 0.0) };
                conditional.condition(rows, subject, &on, false);
                let variance = conditional.variance();
                found.push(Regressed { on, weights: conditional.weights().to_vec(), variance });
            }
            found
        })
    }

    /// Joint mean and covariance (place, place) of the process, trend included, at places with their trend.
    pub fn joint(&self, points: &[f64], trend: &[f64], limit: usize) -> (Vec<f64>, Vec<f64>) {
        let n = self.observations.len();
        let regressed = self.regress(points, limit);
        let count = regressed.len();
        let mut mean = vec![0.0; count];
        let mut covariance = vec![0.0; count * count];
        for (place, own) in regressed.iter().enumerate() {
            let mut row = vec![0.0; place];
            for (&on, &weight) in own.on.iter().zip(&own.weights) {
                let on = on as usize;
                if on < n {
                    mean[place] += weight * self.residuals[on];
                    continue;
                }
                mean[place] += weight * mean[on - n];
                for (other, value) in row.iter_mut().enumerate() {
                    *value += weight * covariance[(on - n) * count + other];
                }
            }
            let places = own.on.iter().zip(&own.weights).filter(|&(&on, _)| on as usize >= n);
            let explained: f64 = places.map(|(&on, weight)| weight * row[on as usize - n]).sum();
            for (other, &value) in row.iter().enumerate() {
                covariance[place * count + other] = value;
                covariance[other * count + place] = value;
            }
            covariance[place * count + place] = own.variance + explained;
        }
        let terms = self.observations.trend_terms;
        for (place, mean) in mean.iter_mut().enumerate() {
            *mean += trend_value(&trend[place * terms..(place + 1) * terms], &self.coefficients);
        }
        (mean, covariance)
    }
}

struct PredictTile<'a> {
    predictor: &'a Predictor,
    points: &'a [f64],
    eligible: &'a [Eligible],
    limit: usize,
}

impl Wide for PredictTile<'_> {
    type Output = Vec<Predicted>;
    #[inline(always)]
    fn run(self) -> Vec<Predicted> {
        let Self { predictor, points, eligible, limit } = self;
        let d = predictor.observations.dimensions;
        let rows = predictor.rows();
        let mut nearest = Nearest::default();
        let mut neighbours = Vec::with_capacity(limit);
        let mut conditional = Conditional::new(&predictor.hyper, limit, 1);
        let mut found = Vec::with_capacity(eligible.len());
        for (point, &eligible) in points.chunks_exact(d).zip(eligible) {
            predictor.tree.search(point, limit, eligible, &mut nearest);
            neighbours.clear();
            neighbours.extend(nearest.sorted().iter().map(|&(_, id)| id));
            let subject = Subject { point, columns: &[], noise: (0.0, 0.0) };
            conditional.condition(rows, subject, &neighbours, false);
            let mut scores = (0.0, 0);
            if !predictor.scores.is_empty() {
                for &row in neighbours.iter().take(SCORED_NEIGHBOURS) {
                    scores = (scores.0 + predictor.scores[row as usize], scores.1 + 1);
                }
            }
            found.push(Predicted { mean: conditional.mean(), variance: conditional.variance(), scores });
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vecchia::radial::Radial;
    use crate::vecchia::test_support::{covariance, dense_factor, drawn_observations, forward, hyper};
    use filigree_core::Silent;

    /// Exact mean and covariance at places, from dense factors.
    fn exact(observations: &Observations, hyper: &Hyper, places: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let d = observations.dimensions;
        let factor = dense_factor(observations, hyper);
        let white = forward(&factor, &observations.targets);
        let crossed: Vec<Vec<f64>> = places
            .chunks_exact(d)
            .map(|place| {
                let cross: Vec<f64> = observations
                    .points
                    .chunks_exact(d)
                    .map(|point| covariance(hyper, place, point))
                    .collect();
                forward(&factor, &cross)
            })
            .collect();
        let inner = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        let mean = crossed.iter().map(|cross| inner(cross, &white)).collect();
        let count = crossed.len();
        let place = |index: usize| &places[index * d..][..d];
        let covariance = (0..count * count)
            .map(|index| {
                let (i, j) = (index / count, index % count);
                covariance(hyper, place(i), place(j)) - inner(&crossed[i], &crossed[j])
            })
            .collect();
        (mean, covariance)
    }

    #[test]
    fn from_all_rows_predictions_are_exact() {
        for radial in [Radial::Matern32, Radial::Matern52, Radial::RationalQuadratic] {
            let observations = drawn_observations(60, 2, 0, 2);
            let hyper = hyper(radial, 2);
            let places: Vec<f64> = (0..14).map(|i| f64::from(i) * 0.21 - 1.4).collect();
            let (mean, covariance) = exact(&observations, &hyper, &places);
            let predictor = Predictor::new(observations, hyper, Vec::new());
            for (i, own) in predictor.predict(&places, &[], 100).iter().enumerate() {
                assert!((own.mean - mean[i]).abs() < 1e-9 && (own.variance - covariance[i * 8]).abs() < 1e-9);
            }
            let (joint_mean, joint) = predictor.joint(&places, &[], 100);
            for (found, expected) in joint_mean.iter().zip(&mean).chain(joint.iter().zip(&covariance)) {
                assert!((found - expected).abs() < 1e-9, "{found} {expected}");
            }
        }
    }

    #[test]
    fn a_row_left_out_is_predicted_as_a_new_point() {
        let observations = drawn_observations(80, 3, 1, 6);
        let hyper = hyper(Radial::Matern32, 3);
        let keep: Vec<u32> = (0..80).filter(|&row| row != 17).collect();
        let without = Predictor::new(observations.ordered(&keep), hyper.clone(), vec![0.2]);
        let expected = without.predict(&observations.points[51..54], &[1.0], 12)[0];
        let whole = Predictor::new(observations, hyper, vec![0.2]);
        let found = whole.leave_out(&[17], &[], 12, &mut Silent).unwrap()[0];
        assert!((found.mean - expected.mean).abs() < 1e-12);
        assert!((found.variance - expected.variance).abs() < 1e-12);
        let gaps = whole.gaps(&[17], &[20]).unwrap();
        let far = whole.leave_out(&[17], &gaps, 12, &mut Silent).unwrap()[0];
        assert!(far.variance > found.variance);
    }
}
