//! Leaves that are a function g(s) of the squared distance in length scales: RBF, Matérn, rational quadratic.
//!
//! Differences are formed one by one, never by a product of matrices: near-duplicates keep their small distances.

use filigree_core::{Wide, exp_of_non_positive, widest};

use super::block::{Pair, transposed};
use super::leaf::{Family, Leaf};

/// g(s) and its slope dg/ds. At s = 0 the slope of Matérn-1/2 is infinite; there it only ever meets differences of
/// zero, so any finite number will do.
trait Shape: Copy {
    fn value(self, squared: f64) -> f64;
    fn value_and_slope(self, squared: f64) -> (f64, f64);
}

#[derive(Clone, Copy)]
struct Rbf;
#[derive(Clone, Copy)]
struct Matern12;
#[derive(Clone, Copy)]
struct Matern32;
#[derive(Clone, Copy)]
struct Matern52;
#[derive(Clone, Copy)]
struct RationalQuadratic {
    alpha: f64,
}

impl Shape for Rbf {
    #[inline(always)]
    fn value(self, squared: f64) -> f64 {
        exp_of_non_positive(-0.5 * squared)
    }
    #[inline(always)]
    fn value_and_slope(self, squared: f64) -> (f64, f64) {
        let value = exp_of_non_positive(-0.5 * squared);
        (value, -0.5 * value)
    }
}

impl Shape for Matern12 {
    #[inline(always)]
    fn value(self, squared: f64) -> f64 {
        exp_of_non_positive(-squared.sqrt())
    }
    #[inline(always)]
    fn value_and_slope(self, squared: f64) -> (f64, f64) {
        let distance = squared.sqrt();
        let value = exp_of_non_positive(-distance);
        (value, -0.5 * value / if distance > 1e-150 { distance } else { 1.0 })
    }
}

impl Shape for Matern32 {
    #[inline(always)]
    fn value(self, squared: f64) -> f64 {
        let a = (3.0 * squared).sqrt();
        (1.0 + a) * exp_of_non_positive(-a)
    }
    #[inline(always)]
    fn value_and_slope(self, squared: f64) -> (f64, f64) {
        let a = (3.0 * squared).sqrt();
        let decay = exp_of_non_positive(-a);
        ((1.0 + a) * decay, -1.5 * decay)
    }
}

impl Shape for Matern52 {
    #[inline(always)]
    fn value(self, squared: f64) -> f64 {
        let a = (5.0 * squared).sqrt();
        (1.0 + a + 5.0 / 3.0 * squared) * exp_of_non_positive(-a)
    }
    #[inline(always)]
    fn value_and_slope(self, squared: f64) -> (f64, f64) {
        let a = (5.0 * squared).sqrt();
        let decay = exp_of_non_positive(-a);
        ((1.0 + a + 5.0 / 3.0 * squared) * decay, -5.0 / 6.0 * (1.0 + a) * decay)
    }
}

impl Shape for RationalQuadratic {
    #[inline(always)]
    fn value(self, squared: f64) -> f64 {
        (-self.alpha * (squared / (2.0 * self.alpha)).ln_1p()).exp()
    }
    #[inline(always)]
    fn value_and_slope(self, squared: f64) -> (f64, f64) {
        let value = self.value(squared);
        (value, -0.5 * value / (1.0 + squared / (2.0 * self.alpha)))
    }
}

/// Calls `$run` with the shape of a leaf.
macro_rules! with_shape {
    ($leaf:expr, $rest:expr, $shape:ident => $run:expr) => {
        match $leaf.family {
            Family::Matern12 => {
                let $shape = Matern12;
                $run
            }
            Family::Matern32 => {
                let $shape = Matern32;
                $run
            }
            Family::Matern52 => {
                let $shape = Matern52;
                $run
            }
            Family::RationalQuadratic => {
                let $shape = RationalQuadratic { alpha: $rest[$leaf.inputs.len()].exp() };
                $run
            }
            _ => {
                let $shape = Rbf;
                $run
            }
        }
    };
}

struct Scaled {
    variance: f64,
    scales: Vec<f64>,
    /// (dimension, row) and (dimension, column), in length scales.
    x: Vec<f64>,
    z: Vec<f64>,
    rows: usize,
    columns: usize,
}

impl Scaled {
    fn of(leaf: &Leaf, pair: &Pair<'_>) -> Self {
        let (variance, rest) = leaf.variance_and_rest(pair.theta);
        let scales: Vec<f64> = rest[..leaf.inputs.len()].iter().map(|scale| scale.exp()).collect();
        let x = transposed(pair.x, pair.dimensions, &leaf.inputs, &scales);
        let z = transposed(pair.z, pair.dimensions, &leaf.inputs, &scales);
        Self { variance, scales, x, z, rows: pair.rows(), columns: pair.columns() }
    }

    /// Squared distances of point `row` of x to all of z.
    #[inline(always)]
    fn squared_distances(&self, row: usize, out: &mut [f64]) {
        out.fill(0.0);
        for (x, z) in self.x.chunks_exact(self.rows).zip(self.z.chunks_exact(self.columns)) {
            let own = x[row];
            for (sum, other) in out.iter_mut().zip(z) {
                let difference = own - other;
                *sum += difference * difference;
            }
        }
    }
}

struct Fill<'a, S> {
    scaled: &'a Scaled,
    shape: S,
    out: &'a mut [f64],
}

impl<S: Shape> Wide for Fill<'_, S> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        for (row, line) in self.out.chunks_exact_mut(self.scaled.columns).enumerate() {
            self.scaled.squared_distances(row, line);
            for value in line {
                *value = self.scaled.variance * self.shape.value(*value);
            }
        }
    }
}

pub fn block(leaf: &Leaf, pair: &Pair<'_>, out: &mut [f64]) {
    let scaled = Scaled::of(leaf, pair);
    let (_, rest) = leaf.variance_and_rest(pair.theta);
    with_shape!(leaf, rest, shape => widest(Fill { scaled: &scaled, shape, out }));
}

/// Sums in eight lanes, which vectors can add side by side in an order that does not change.
#[inline(always)]
fn lane_sum(lanes: [f64; 8]) -> f64 {
    ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6])) + ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]))
}

struct PullBack<'a, S> {
    scaled: &'a Scaled,
    shape: S,
    weights: &'a [f64],
    /// Sum of weight × value, then of weight × slope × squared difference in every dimension.
    value_sum: &'a mut f64,
    scale_sums: &'a mut [f64],
    /// (dimension, column): weight × slope × difference summed over the rows; empty where it is not wanted.
    z_sums: &'a mut [f64],
}

impl<S: Shape> Wide for PullBack<'_, S> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        let Scaled { rows, columns, .. } = *self.scaled;
        let mut line = vec![0.0; columns];
        for (row, weights) in self.weights.chunks_exact(columns).enumerate() {
            self.scaled.squared_distances(row, &mut line);
            let mut lanes = [0.0; 8];
            for (slopes, weights) in line.chunks_mut(8).zip(weights.chunks(8)) {
                for (lane, (slope, weight)) in lanes.iter_mut().zip(slopes.iter_mut().zip(weights)) {
                    let (value, by_square) = self.shape.value_and_slope(*slope);
                    *lane += weight * value;
                    *slope = weight * by_square;
                }
            }
            *self.value_sum += lane_sum(lanes);
            let dimensions = self.scaled.x.chunks_exact(rows).zip(self.scaled.z.chunks_exact(columns));
            for (d, (x, z)) in dimensions.enumerate() {
                let own = x[row];
                let mut lanes = [0.0; 8];
                if self.z_sums.is_empty() {
                    for (slopes, z) in line.chunks(8).zip(z.chunks(8)) {
                        for (lane, (slope, other)) in lanes.iter_mut().zip(slopes.iter().zip(z)) {
                            let difference = own - other;
                            *lane += slope * difference * difference;
                        }
                    }
                } else {
                    let sums = &mut self.z_sums[d * columns..][..columns];
                    for ((slopes, z), sums) in line.chunks(8).zip(z.chunks(8)).zip(sums.chunks_mut(8)) {
                        for (lane, ((slope, other), sum)) in
                            lanes.iter_mut().zip(slopes.iter().zip(z).zip(sums.iter_mut()))
                        {
                            let difference = own - other;
                            let pulled = slope * difference;
                            *sum += pulled;
                            *lane += pulled * difference;
                        }
                    }
                }
                self.scale_sums[d] += lane_sum(lanes);
            }
        }
    }
}

pub fn pull_back(
    leaf: &Leaf,
    pair: &Pair<'_>,
    weights: &[f64],
    own: &mut [f64],
    z_gradient: Option<&mut [f64]>,
) {
    let scaled = Scaled::of(leaf, pair);
    let (_, rest) = leaf.variance_and_rest(pair.theta);
    let inputs = leaf.inputs.len();
    let mut value_sum = 0.0;
    let mut scale_sums = vec![0.0; inputs];
    let mut z_sums = vec![0.0; if z_gradient.is_some() { inputs * scaled.columns } else { 0 }];
    with_shape!(leaf, rest, shape => widest(PullBack {
        scaled: &scaled,
        shape,
        weights,
        value_sum: &mut value_sum,
        scale_sums: &mut scale_sums,
        z_sums: &mut z_sums,
    }));
    let first = usize::from(leaf.has_variance());
    if first == 1 {
        own[0] += scaled.variance * value_sum;
    }
    for (gradient, sum) in own[first..].iter_mut().zip(&scale_sums) {
        // ∂s/∂ln ℓ = −2·(difference/ℓ)².
        *gradient -= 2.0 * scaled.variance * sum;
    }
    if leaf.family == Family::RationalQuadratic {
        own[first + inputs] += shape_gradient(&scaled, rest[inputs].exp(), weights);
    }
    if let Some(z_gradient) = z_gradient {
        for ((&input, scale), sums) in
            leaf.inputs.iter().zip(&scaled.scales).zip(z_sums.chunks_exact(scaled.columns.max(1)))
        {
            for (point, sum) in z_gradient.chunks_exact_mut(pair.dimensions).zip(sums) {
                point[input] -= 2.0 * scaled.variance / scale * sum;
            }
        }
    }
}

/// Σ w·∂k/∂ln α of the rational quadratic.
fn shape_gradient(scaled: &Scaled, alpha: f64, weights: &[f64]) -> f64 {
    let mut line = vec![0.0; scaled.columns];
    let mut sum = 0.0;
    for (row, weights) in weights.chunks_exact(scaled.columns).enumerate() {
        scaled.squared_distances(row, &mut line);
        for (squared, weight) in line.iter().zip(weights) {
            let part = squared / (2.0 * alpha);
            let logarithm = part.ln_1p();
            sum += weight * alpha * (-alpha * logarithm).exp() * (part / (1.0 + part) - logarithm);
        }
    }
    scaled.variance * sum
}
