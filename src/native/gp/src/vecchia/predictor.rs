use std::ops::Range;

use filigree_core::{Error, Observer, Random, Wide, keep_going, map_tiles};

use super::conditional::{Conditional, Rows, Subject};
use super::fused::fused;
use super::hyper::Hyper;
use super::likelihood::{Observations, trend_value};
use super::neighbours::{Neighbours, Query, nearest};
use super::point_tree::{Eligible, PointTree};

/// Predictions between two looks at the observer.
const BATCH: usize = 1 << 13;

/// Stream of random numbers of posterior samples.
const SAMPLE_STREAM: u64 = 1 << 41;

/// Means and variances of the process, trend included, noise excluded.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Prediction {
    /// One of each point.
    pub mean: Vec<f64>,
    /// One of each point.
    pub variance: Vec<f64>,
}

/// New points, or rows that are to be predicted from the others.
#[derive(Clone, Copy, Debug)]
pub struct Places<'a> {
    /// (point, dimension), not scaled.
    pub points: &'a [f64],
    /// (point, term): columns of the trend; empty where there is none.
    pub trend: &'a [f64],
}

/// Predicts from the nearest rows of a fitted process, in its scaled space.
pub struct Predictor<'a> {
    hyper: &'a Hyper,
    coefficients: &'a [f64],
    observations: &'a Observations,
    scaled: Vec<f64>,
    residuals: Vec<f64>,
    tree: PointTree,
    limit: usize,
}

impl<'a> Predictor<'a> {
    /// From `observations`, each point from `limit` of them.
    pub fn new(
        observations: &'a Observations,
        hyper: &'a Hyper,
        coefficients: &'a [f64],
        limit: usize,
    ) -> Self {
        let scaled = hyper.scaled(&observations.points);
        let tree = PointTree::new(&scaled, observations.dimensions);
        let residuals = observations.residuals(coefficients);
        Self { hyper, coefficients, observations, scaled, residuals, tree, limit }
    }

    fn rows(&self) -> Rows<'_> {
        Rows {
            points: &self.scaled,
            columns: &self.residuals,
            column_count: 1,
            noise_weights: &self.observations.noise_weights,
        }
    }

    /// Scaled coordinates of places.
    pub fn scale(&self, places: &Places<'_>) -> Vec<f64> {
        self.hyper.scaled(places.points)
    }

    /// Of new points.
    pub fn predict(&self, places: &Places<'_>, observer: &mut dyn Observer) -> Result<Prediction, Error> {
        let d = self.observations.dimensions;
        let scaled = self.scale(places);
        let sequence = PointTree::new(&scaled, d).ids().to_vec();
        let query = |row: usize| Query { point: &scaled[row * d..][..d], eligible: Eligible::ALL };
        let mut found = self.conditioned(&scaled, query, &sequence, observer)?;
        let terms = self.observations.trend_terms;
        if terms > 0 {
            for (mean, terms) in found.mean.iter_mut().zip(places.trend.chunks_exact(terms)) {
                *mean += trend_value(terms, self.coefficients);
            }
        }
        Ok(found)
    }

    /// Of `rows` of the observations, each from the others that lie at least `gaps` (squared, scaled; one of each of
    /// `rows`, or none) away.
    pub fn leave_out(
        &self,
        rows: &[u32],
        gaps: &[f64],
        observer: &mut dyn Observer,
    ) -> Result<Prediction, Error> {
        let d = self.observations.dimensions;
        let point = |row: u32| &self.scaled[row as usize * d..][..d];
        let points: Vec<f64> = rows.iter().flat_map(|&row| point(row).iter().copied()).collect();
        let query = |list: usize| {
            let beyond = gaps.get(list).copied().unwrap_or(0.0);
            Query {
                point: point(rows[list]),
                eligible: Eligible { except: Some(rows[list]), beyond, ..Eligible::ALL },
            }
        };
        let sequence = PointTree::new(&points, d).ids().to_vec();
        let mut found = self.conditioned(&points, query, &sequence, observer)?;
        for (mean, &row) in found.mean.iter_mut().zip(rows) {
            let row = row as usize;
            *mean += self.observations.targets[row] - self.residuals[row];
        }
        Ok(found)
    }

    /// Squared scaled distance of every place from the nearest row.
    pub fn gaps(&self, places: &Places<'_>, observer: &mut dyn Observer) -> Result<Vec<f64>, Error> {
        let d = self.observations.dimensions;
        let scaled = self.scale(places);
        let sequence = PointTree::new(&scaled, d).ids().to_vec();
        let query = |row: usize| Query { point: &scaled[row * d..][..d], eligible: Eligible::ALL };
        let nearest = nearest(&self.tree, query, &sequence, 1, observer)?;
        let gap = |place: usize| {
            let row = nearest.of(place)[0] as usize;
            let apart = |k: usize| self.scaled[row * d + k] - scaled[place * d + k];
            (0..d).map(|k| apart(k) * apart(k)).sum()
        };
        Ok((0..nearest.len()).map(gap).collect())
    }

    fn conditioned<'q>(
        &self,
        points: &[f64],
        query: impl Fn(usize) -> Query<'q> + Sync,
        sequence: &[u32],
        observer: &mut dyn Observer,
    ) -> Result<Prediction, Error> {
        let count = sequence.len();
        let mut found = Prediction { mean: vec![0.0; count], variance: vec![0.0; count] };
        for start in (0..count).step_by(BATCH) {
            keep_going(observer.progress(start as f64 / count as f64), "predicting")?;
            let end = (start + BATCH).min(count);
            let batch = &sequence[start..end];
            let local: Vec<u32> = (0..batch.len() as u32).collect();
            let neighbours = nearest(
                &self.tree,
                |list| query(batch[list] as usize),
                &local,
                self.limit,
                &mut filigree_core::Silent,
            )?;
            let tiles = map_tiles(0..batch.len(), |tile| {
                Ok(fused(PredictTile {
                    rows: self.rows(),
                    hyper: self.hyper,
                    points,
                    places: batch,
                    neighbours: &neighbours,
                    tile,
                }))
            })?;
            for ((mean, variance), &place) in tiles.into_iter().flatten().zip(batch) {
                found.mean[place as usize] = mean;
                found.variance[place as usize] = variance;
            }
        }
        Ok(found)
    }

    /// `draws` joint samples of the process at new points, noise excluded: (draw, point). Every point is conditioned on
    /// the nearest among rows and points before it.
    pub fn joint_samples(
        &self,
        places: &Places<'_>,
        draws: usize,
        seed: u64,
        observer: &mut dyn Observer,
    ) -> Result<Vec<f64>, Error> {
        let d = self.observations.dimensions;
        let n = self.observations.len();
        let count = places.points.len() / d;
        let mut points = self.scaled.clone();
        points.extend(self.scale(places));
        let mut weights = if self.observations.noise_weights.is_empty() {
            vec![1.0; n]
        } else {
            self.observations.noise_weights.clone()
        };
        weights.resize(n + count, 0.0);
        let columns = vec![0.0; n + count];
        let rows = Rows { points: &points, columns: &columns, column_count: 1, noise_weights: &weights };
        let tree = PointTree::new(&points, d);
        let query = |place: usize| {
            let before = (n + place) as u32;
            Query { point: rows.point(n + place, d), eligible: Eligible { before, ..Eligible::ALL } }
        };
        let sequence: Vec<u32> = (0..count as u32).collect();
        let neighbours = nearest(&tree, query, &sequence, self.limit, observer)?;
        let tiles = map_tiles(0..count, |tile| {
            Ok(fused(WeightTile { rows, hyper: self.hyper, first: n, neighbours: &neighbours, tile }))
        })?;
        let conditionals: Vec<(Vec<f64>, f64)> = tiles.into_iter().flatten().collect();
        let mut samples = Vec::with_capacity(draws * count);
        for draw in 0..draws {
            keep_going(observer.progress(draw as f64 / draws as f64), "drawing samples")?;
            let mut random = Random::new(seed, SAMPLE_STREAM + draw as u64);
            let mut values = self.residuals.clone();
            for (place, (weights, variance)) in conditionals.iter().enumerate() {
                let rows = neighbours.of(place);
                let mean: f64 =
                    weights.iter().zip(rows).map(|(weight, &row)| weight * values[row as usize]).sum();
                values.push(mean + variance.sqrt() * random.normal());
            }
            let terms = self.observations.trend_terms;
            samples.extend(values[n..].iter().enumerate().map(|(place, value)| {
                let own = places.trend.get(place * terms..(place + 1) * terms).unwrap_or_default();
                value + trend_value(own, self.coefficients)
            }));
        }
        Ok(samples)
    }
}

struct PredictTile<'a> {
    rows: Rows<'a>,
    hyper: &'a Hyper,
    points: &'a [f64],
    places: &'a [u32],
    neighbours: &'a Neighbours,
    tile: Range<usize>,
}

impl Wide for PredictTile<'_> {
    type Output = Vec<(f64, f64)>;
    #[inline(always)]
    fn run(self) -> Vec<(f64, f64)> {
        let d = self.hyper.length_scales.len();
        let mut conditional = Conditional::new(self.hyper, self.neighbours.most(), 1);
        let mut found = Vec::with_capacity(self.tile.len());
        for list in self.tile {
            let point = &self.points[self.places[list] as usize * d..][..d];
            let subject = Subject { point, columns: &[], noise_weight: 0.0 };
            conditional.condition(self.rows, subject, self.neighbours.of(list), false);
            found.push((conditional.mean(), conditional.variance()));
        }
        found
    }
}

struct WeightTile<'a> {
    rows: Rows<'a>,
    hyper: &'a Hyper,
    first: usize,
    neighbours: &'a Neighbours,
    tile: Range<usize>,
}

impl Wide for WeightTile<'_> {
    type Output = Vec<(Vec<f64>, f64)>;
    #[inline(always)]
    fn run(self) -> Vec<(Vec<f64>, f64)> {
        let d = self.hyper.length_scales.len();
        let mut conditional = Conditional::new(self.hyper, self.neighbours.most(), 1);
        let mut found = Vec::with_capacity(self.tile.len());
        for place in self.tile {
            let subject =
                Subject { point: self.rows.point(self.first + place, d), columns: &[], noise_weight: 0.0 };
            conditional.condition(self.rows, subject, self.neighbours.of(place), false);
            let variance = conditional.variance();
            found.push((conditional.weights().to_vec(), variance));
        }
        found
    }
}
