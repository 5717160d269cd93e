use super::hyper::Hyper;
use super::lanes::{LANES, Lanes, padded};
use super::small_cholesky::{factor, solve_lower, solve_upper};

/// Pivots below this share of the variance of the process count as nought: rounding in a block of a hundred points.
const SMALLEST_PIVOT: f64 = 1e-12;

/// Noise of a row: a weight times the learned variance, plus a given one.
#[derive(Clone, Debug, Default)]
pub struct RowNoise {
    /// Of every row; empty where all are one.
    pub weights: Vec<f64>,
    /// Of every row; empty where all are nought.
    pub given: Vec<f64>,
}

impl RowNoise {
    /// Weight and given variance of a row.
    pub fn of(&self, row: usize) -> (f64, f64) {
        let weight = self.weights.get(row).copied().unwrap_or(1.0);
        (weight, self.given.get(row).copied().unwrap_or(0.0))
    }

    /// The same of `rows` rows, and none of `more` places after them.
    pub fn followed_by_none(&self, rows: usize, more: usize) -> Self {
        let own = |part: fn((f64, f64)) -> f64| {
            let known = (0..rows).map(|row| part(self.of(row)));
            known.chain(std::iter::repeat_n(0.0, more)).collect()
        };
        Self { weights: own(|noise| noise.0), given: own(|noise| noise.1) }
    }

    /// The rows that `order` lists, in its order.
    pub fn ordered(&self, order: &[u32]) -> Self {
        let take = |values: &[f64]| match values.is_empty() {
            true => Vec::new(),
            false => order.iter().map(|&row| values[row as usize]).collect(),
        };
        Self { weights: take(&self.weights), given: take(&self.given) }
    }
}

/// Rows that conditionals are made of, in their order.
#[derive(Clone, Copy, Debug)]
pub struct Rows<'a> {
    /// (row, dimension), in units of the length scales.
    pub points: &'a [f64],
    /// (row, column): what is conditioned, the target first, then columns of the trend.
    pub columns: &'a [f64],
    /// How many columns there are.
    pub column_count: usize,
    /// What is known of the noise of every row.
    pub noise: &'a RowNoise,
}

impl<'a> Rows<'a> {
    /// Coordinates of a row.
    pub fn point(&self, row: usize, dimensions: usize) -> &'a [f64] {
        &self.points[row * dimensions..][..dimensions]
    }
}

/// The row that is conditioned on others.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// In units of the length scales.
    pub point: &'a [f64],
    /// Its columns; empty for one that is to be predicted.
    pub columns: &'a [f64],
    /// Weight of its noise and given variance; nought for the process itself.
    pub noise: (f64, f64),
}

/// What a conditional distribution contributes to a likelihood.
#[derive(Clone, Debug)]
pub struct Contribution {
    /// Logarithm of the density.
    pub value: f64,
    /// Its gradient by θ.
    pub gradient: Vec<f64>,
    /// Expected information about θ, (parameter, parameter).
    pub information: Vec<f64>,
    /// Innovations of all columns over their deviation.
    pub innovations: Vec<f64>,
}

impl Contribution {
    /// Nought.
    pub fn new(parameters: usize, columns: usize) -> Self {
        Self {
            value: 0.0,
            gradient: vec![0.0; parameters],
            information: vec![0.0; parameters * parameters],
            innovations: vec![0.0; columns],
        }
    }
}

/// Workspace of one conditional: the covariance of a point and its neighbours, factored with everything beside it. Made
/// once for a tile; nothing is allocated for a point.
///
/// The point comes last, after its m neighbours, so the last pivot is its conditional variance v and the last row of
/// the columns beside the matrix are its innovations over √v.
pub struct Conditional<'h> {
    hyper: &'h Hyper,
    /// Neighbours and the point itself.
    size: usize,
    /// Numbers in a row of `matrix`.
    width: usize,
    /// Numbers in a row of `slopes`, `coordinates`, `by_parameter`.
    stride: usize,
    capacity: usize,
    columns: usize,
    matrix: Vec<f64>,
    slopes: Vec<f64>,
    /// Derivatives by the shape, laid out as `slopes`; empty where there is none.
    shape_slopes: Vec<f64>,
    /// (dimension, point), relative to the point itself.
    coordinates: Vec<f64>,
    /// Learned variances of the noise, and all of it.
    learned_noises: Vec<f64>,
    noises: Vec<f64>,
    inverse_pivots: Vec<f64>,
    /// −(weights of the neighbours), then 1: the innovation is its inner product with the targets.
    contrast: Vec<f64>,
    /// (parameter, point): ∂K/∂θ times `contrast`.
    by_parameter: Vec<f64>,
    by_variance: Vec<f64>,
    by_innovation: Vec<f64>,
    /// Neighbours that others determined, over all points so far.
    pub left_out: usize,
}

impl<'h> Conditional<'h> {
    /// For at most `neighbours` neighbours, with `columns` columns beside the matrix.
    pub fn new(hyper: &'h Hyper, neighbours: usize, columns: usize) -> Self {
        let stride = padded(neighbours + 1);
        let width = padded(neighbours + 1 + columns);
        let parameters = hyper.count();
        let square = stride * stride;
        Self {
            hyper,
            size: 0,
            width,
            stride,
            capacity: neighbours,
            columns,
            matrix: vec![0.0; stride * width],
            slopes: vec![0.0; square],
            shape_slopes: vec![0.0; if hyper.radial.has_shape() { square } else { 0 }],
            coordinates: vec![0.0; stride * hyper.length_scales.len()],
            learned_noises: vec![0.0; stride],
            noises: vec![0.0; stride],
            inverse_pivots: vec![0.0; stride],
            contrast: vec![0.0; stride],
            by_parameter: vec![0.0; stride * parameters],
            by_variance: vec![0.0; parameters],
            by_innovation: vec![0.0; parameters],
            left_out: 0,
        }
    }

    /// Conditions `subject` on `neighbours`; call it inside [`super::fused::fused`].
    #[inline(always)]
    pub fn condition(&mut self, rows: Rows<'_>, subject: Subject<'_>, neighbours: &[u32], with_slopes: bool) {
        debug_assert!(neighbours.len() <= self.capacity);
        debug_assert_eq!(rows.column_count, self.columns);
        self.size = neighbours.len() + 1;
        self.stride = padded(self.size);
        self.width = padded(self.size + self.columns);
        self.gather(rows, subject, neighbours);
        if with_slopes {
            self.fill::<true>();
        } else {
            self.fill::<false>();
        }
        let (size, width) = (self.size, self.width);
        for i in 0..size {
            let own = &mut self.matrix[i * width..][..width];
            own[i] += self.noises[i];
            let given = if i + 1 == size {
                subject.columns
            } else {
                &rows.columns[neighbours[i] as usize * self.columns..][..self.columns]
            };
            let (known, rest) = own[size..].split_at_mut(given.len());
            known.copy_from_slice(given);
            rest.fill(0.0);
        }
        let smallest = SMALLEST_PIVOT * self.hyper.variance;
        self.left_out += factor(&mut self.matrix, size, width, smallest, &mut self.inverse_pivots);
    }

    #[inline(always)]
    fn gather(&mut self, rows: Rows<'_>, subject: Subject<'_>, neighbours: &[u32]) {
        let (d, stride) = (self.hyper.length_scales.len(), self.stride);
        let last = neighbours.len();
        for (slot, &neighbour) in neighbours.iter().enumerate() {
            let point = rows.point(neighbour as usize, d);
            for k in 0..d {
                self.coordinates[k * stride + slot] = point[k] - subject.point[k];
            }
            self.set_noise(slot, rows.noise.of(neighbour as usize));
        }
        for k in 0..d {
            self.coordinates[k * stride + last..(k + 1) * stride].fill(0.0);
        }
        self.set_noise(last, subject.noise);
    }

    #[inline(always)]
    fn set_noise(&mut self, slot: usize, (weight, given): (f64, f64)) {
        self.learned_noises[slot] = self.hyper.noise * weight;
        self.noises[slot] = self.learned_noises[slot] + given;
    }

    /// Covariances without noise, and their slopes.
    #[inline(always)]
    fn fill<const SLOPES: bool>(&mut self) {
        let (size, width, stride) = (self.size, self.width, self.stride);
        let (radial, shape) = (self.hyper.radial, self.hyper.shape);
        let variance = Lanes::splat(self.hyper.variance);
        for a in 0..size {
            for b in (a / LANES * LANES..stride).step_by(LANES) {
                let mut squared = Lanes::splat(0.0);
                for row in self.coordinates.chunks_exact(stride) {
                    let apart = Lanes::load(&row[b..]).minus(Lanes::splat(row[a]));
                    squared = apart.mul_add(apart, squared);
                }
                let (value, slope) = radial.value_and_slope(squared, shape);
                value.times(variance).store(&mut self.matrix[a * width + b..]);
                if SLOPES {
                    slope.times(variance).store(&mut self.slopes[a * stride + b..]);
                    if radial.has_shape() {
                        let slope = radial.shape_slope(squared, shape).times(variance);
                        slope.store(&mut self.shape_slopes[a * stride + b..]);
                    }
                }
            }
        }
        if SLOPES {
            mirror(&mut self.slopes, size, stride);
            if radial.has_shape() {
                mirror(&mut self.shape_slopes, size, stride);
            }
        }
    }

    /// Conditional variance of the subject, its noise included.
    pub fn variance(&self) -> f64 {
        self.inverse_pivots[self.size - 1].powi(-2)
    }

    /// Conditional mean of a subject without columns, for the targets.
    pub fn mean(&self) -> f64 {
        let last = (self.size - 1) * self.width;
        -self.matrix[last + self.size] / self.inverse_pivots[self.size - 1]
    }

    /// Weights of the neighbours in the conditional mean.
    #[inline(always)]
    pub fn weights(&mut self) -> &[f64] {
        let neighbours = self.size - 1;
        solve_upper(
            &self.matrix,
            neighbours,
            self.width,
            &self.inverse_pivots,
            neighbours,
            &mut self.contrast[..self.stride],
        );
        &self.contrast[..neighbours]
    }

    /// Logarithm of the conditional density of the target, and innovations.
    #[inline(always)]
    pub fn value(&self, out: &mut Contribution) {
        let last = self.size - 1;
        let innovations = &self.matrix[last * self.width + self.size..][..self.columns];
        out.innovations.copy_from_slice(innovations);
        let logarithm = -2.0 * self.inverse_pivots[last].ln();
        out.value = -0.5 * ((2.0 * std::f64::consts::PI).ln() + logarithm + innovations[0] * innovations[0]);
    }

    /// Value, gradient and information of the conditional density; after [`Self::condition`] with slopes.
    ///
    /// With c = (∂K/∂θ)(−b, 1) over neighbours and the point, b the weights, and e = U⁻ᵀc over the neighbours:
    /// ∂v = (−b, 1)ᵀc and ∂r = −ỹᵀe, ỹ the whitened targets. Guinness, "Gaussian process learning via Fisher scoring
    /// of Vecchia's approximation", Stat. Comput. 31(25), 2021.
    #[inline(always)]
    pub fn contribute(&mut self, out: &mut Contribution) {
        self.value(out);
        let (size, stride, width) = (self.size, self.stride, self.width);
        let last = size - 1;
        self.weights();
        for weight in &mut self.contrast[..last] {
            *weight = -*weight;
        }
        self.contrast[last] = 1.0;
        self.differentiate();
        let inverse_deviation = self.inverse_pivots[last];
        let inverse_variance = inverse_deviation * inverse_deviation;
        let innovation = out.innovations[0];
        let parameters = self.hyper.count();
        for parameter in 0..parameters {
            let row = &mut self.by_parameter[parameter * stride..][..stride];
            self.by_variance[parameter] = inner(row, &self.contrast[..stride]) * inverse_variance;
            solve_lower(&self.matrix, last, width, &self.inverse_pivots, row);
            row[last..].fill(0.0);
            let mut along = 0.0;
            for (i, value) in row[..last].iter().enumerate() {
                along = value.mul_add(self.matrix[i * width + size], along);
            }
            self.by_innovation[parameter] = along * inverse_deviation;
            let surplus = 0.5 * (innovation * innovation - 1.0);
            out.gradient[parameter] =
                surplus * self.by_variance[parameter] + innovation * self.by_innovation[parameter];
        }
        for j in 0..parameters {
            let own = &self.by_parameter[j * stride..][..stride];
            for k in 0..=j {
                let other = &self.by_parameter[k * stride..][..stride];
                let shared = inner(own, other) * inverse_variance;
                let information = 0.5 * self.by_variance[j] * self.by_variance[k] + shared;
                out.information[j * parameters + k] = information;
                out.information[k * parameters + j] = information;
            }
        }
    }

    /// (∂K/∂θ) times the contrast, for every parameter.
    #[inline(always)]
    fn differentiate(&mut self) {
        let (size, stride) = (self.size, self.stride);
        let d = self.hyper.length_scales.len();
        let last = size - 1;
        let noise_row = (self.hyper.count() - 1) * stride;
        // K times the contrast is nought over the neighbours and v at the point: what the process gives is that less
        // what the noise gives.
        for i in 0..stride {
            let contrast = if i < size { self.contrast[i] } else { 0.0 };
            self.by_parameter[noise_row + i] = self.learned_noises[i] * contrast;
            self.by_parameter[i] = -self.noises[i] * contrast;
        }
        self.by_parameter[last] += self.inverse_pivots[last].powi(-2);
        let (scales, rest) = self.by_parameter[stride..].split_at_mut(d * stride);
        scales.fill(0.0);
        for start in (0..stride).step_by(LANES) {
            for a in 0..size {
                let slope = Lanes::load(&self.slopes[a * stride + start..]);
                let term = slope.times(Lanes::splat(self.contrast[a]));
                for (row, sums) in self.coordinates.chunks_exact(stride).zip(scales.chunks_exact_mut(stride))
                {
                    let apart = Lanes::load(&row[start..]).minus(Lanes::splat(row[a]));
                    let sum = apart.times(apart).mul_add(term, Lanes::load(&sums[start..]));
                    sum.store(&mut sums[start..]);
                }
            }
        }
        if self.hyper.radial.has_shape() {
            let sums = &mut rest[..stride];
            sums.fill(0.0);
            for a in 0..size {
                let factor = Lanes::splat(self.contrast[a]);
                for start in (0..stride).step_by(LANES) {
                    let slope = Lanes::load(&self.shape_slopes[a * stride + start..]);
                    slope.mul_add(factor, Lanes::load(&sums[start..])).store(&mut sums[start..]);
                }
            }
        }
    }
}

/// Copies what lies above the diagonal below it, where whole lanes did not put it already.
#[inline(always)]
fn mirror(matrix: &mut [f64], size: usize, stride: usize) {
    for b in LANES..size {
        for a in 0..b / LANES * LANES {
            matrix[b * stride + a] = matrix[a * stride + b];
        }
    }
}

#[inline(always)]
fn inner(a: &[f64], b: &[f64]) -> f64 {
    let mut sum = Lanes::splat(0.0);
    for (a, b) in a.chunks_exact(LANES).zip(b.chunks_exact(LANES)) {
        sum = Lanes::load(a).mul_add(Lanes::load(b), sum);
    }
    sum.sum()
}
