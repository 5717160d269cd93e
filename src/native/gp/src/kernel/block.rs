use super::Node;
use super::leaf::{Family, Leaf};
use super::{radial, spectral};

/// Two sets of points, row-major, and the θ of the whole expression.
#[derive(Clone, Copy)]
pub struct Pair<'a> {
    pub x: &'a [f64],
    pub z: &'a [f64],
    pub dimensions: usize,
    pub theta: &'a [f64],
}

impl Pair<'_> {
    pub fn rows(&self) -> usize {
        self.x.len() / self.dimensions
    }

    pub fn columns(&self) -> usize {
        self.z.len() / self.dimensions
    }
}

/// The coordinates a leaf sees, divided by `scale`, as (dimension, point).
pub fn transposed(points: &[f64], dimensions: usize, inputs: &[usize], scales: &[f64]) -> Vec<f64> {
    let count = points.len() / dimensions;
    let mut out = vec![0.0; inputs.len() * count];
    for ((line, &input), &scale) in out.chunks_exact_mut(count.max(1)).zip(inputs).zip(scales) {
        for (value, point) in line.iter_mut().zip(points.chunks_exact(dimensions)) {
            *value = point[input] / scale;
        }
    }
    out
}

impl Node {
    pub fn block(&self, pair: &Pair<'_>, out: &mut [f64]) {
        match self {
            Self::Leaf(leaf) => leaf.block(pair, out),
            Self::Sum(terms) => {
                terms[0].block(pair, out);
                let mut other = vec![0.0; out.len()];
                for term in &terms[1..] {
                    term.block(pair, &mut other);
                    out.iter_mut().zip(&other).for_each(|(sum, value)| *sum += value);
                }
            }
            Self::Product(factors) => {
                factors[0].block(pair, out);
                let mut other = vec![0.0; out.len()];
                for factor in &factors[1..] {
                    factor.block(pair, &mut other);
                    out.iter_mut().zip(&other).for_each(|(product, value)| *product *= value);
                }
            }
        }
    }

    pub fn diagonal(&self, x: &[f64], dimensions: usize, theta: &[f64], out: &mut [f64]) {
        match self {
            Self::Leaf(leaf) => leaf.diagonal(x, dimensions, theta, out),
            Self::Sum(nodes) | Self::Product(nodes) => {
                let adds = matches!(self, Self::Sum(_));
                nodes[0].diagonal(x, dimensions, theta, out);
                let mut other = vec![0.0; out.len()];
                for node in &nodes[1..] {
                    node.diagonal(x, dimensions, theta, &mut other);
                    for (value, other) in out.iter_mut().zip(&other) {
                        *value = if adds { *value + other } else { *value * other };
                    }
                }
            }
        }
    }

    pub fn pull_back(
        &self,
        pair: &Pair<'_>,
        weights: &[f64],
        theta_gradient: &mut [f64],
        mut z_gradient: Option<&mut [f64]>,
    ) {
        match self {
            Self::Leaf(leaf) => leaf.pull_back(pair, weights, theta_gradient, z_gradient),
            Self::Sum(terms) => {
                for term in terms {
                    term.pull_back(pair, weights, theta_gradient, z_gradient.as_deref_mut());
                }
            }
            Self::Product(factors) => {
                let blocks: Vec<Vec<f64>> = factors
                    .iter()
                    .map(|factor| {
                        let mut block = vec![0.0; weights.len()];
                        factor.block(pair, &mut block);
                        block
                    })
                    .collect();
                for (index, factor) in factors.iter().enumerate() {
                    let own = weighted_by_others(weights, &blocks, index);
                    factor.pull_back(pair, &own, theta_gradient, z_gradient.as_deref_mut());
                }
            }
        }
    }

    pub fn pull_back_diagonal(
        &self,
        x: &[f64],
        dimensions: usize,
        theta: &[f64],
        weights: &[f64],
        theta_gradient: &mut [f64],
    ) {
        match self {
            Self::Leaf(leaf) => leaf.pull_back_diagonal(x, dimensions, theta, weights, theta_gradient),
            Self::Sum(terms) => {
                for term in terms {
                    term.pull_back_diagonal(x, dimensions, theta, weights, theta_gradient);
                }
            }
            Self::Product(factors) => {
                let diagonals: Vec<Vec<f64>> = factors
                    .iter()
                    .map(|factor| {
                        let mut values = vec![0.0; weights.len()];
                        factor.diagonal(x, dimensions, theta, &mut values);
                        values
                    })
                    .collect();
                for (index, factor) in factors.iter().enumerate() {
                    let own = weighted_by_others(weights, &diagonals, index);
                    factor.pull_back_diagonal(x, dimensions, theta, &own, theta_gradient);
                }
            }
        }
    }
}

/// Weights times every factor but the one at `index`: what the product rule leaves for that one.
fn weighted_by_others(weights: &[f64], factors: &[Vec<f64>], index: usize) -> Vec<f64> {
    let mut own = weights.to_vec();
    for (_, block) in factors.iter().enumerate().filter(|&(other, _)| other != index) {
        own.iter_mut().zip(block).for_each(|(weight, value)| *weight *= value);
    }
    own
}

impl Leaf {
    fn block(&self, pair: &Pair<'_>, out: &mut [f64]) {
        match self.family {
            Family::Linear => spectral::linear_block(self, pair, out),
            Family::Periodic => spectral::periodic_block(self, pair, out),
            Family::SpectralMixture(components) => spectral::mixture_block(self, components, pair, out),
            _ => radial::block(self, pair, out),
        }
    }

    fn pull_back(
        &self,
        pair: &Pair<'_>,
        weights: &[f64],
        theta_gradient: &mut [f64],
        z_gradient: Option<&mut [f64]>,
    ) {
        let own = &mut theta_gradient[self.offset..self.offset + self.parameter_count()];
        match self.family {
            Family::Linear => spectral::linear_pull_back(self, pair, weights, own, z_gradient),
            Family::Periodic => spectral::periodic_pull_back(self, pair, weights, own, z_gradient),
            Family::SpectralMixture(components) => {
                spectral::mixture_pull_back(self, components, pair, weights, own, z_gradient);
            }
            _ => radial::pull_back(self, pair, weights, own, z_gradient),
        }
    }

    fn diagonal(&self, x: &[f64], dimensions: usize, theta: &[f64], out: &mut [f64]) {
        let (variance, rest) = self.variance_and_rest(theta);
        match self.family {
            Family::Linear => {
                for (value, point) in out.iter_mut().zip(x.chunks_exact(dimensions)) {
                    *value = self.inputs.iter().zip(rest).map(|(&d, v)| v.exp() * point[d] * point[d]).sum();
                }
            }
            Family::SpectralMixture(components) => {
                let stride = 1 + 2 * self.inputs.len();
                out.fill((0..components).map(|q| rest[q * stride].exp()).sum());
            }
            _ => out.fill(variance),
        }
    }

    fn pull_back_diagonal(
        &self,
        x: &[f64],
        dimensions: usize,
        theta: &[f64],
        weights: &[f64],
        theta_gradient: &mut [f64],
    ) {
        let own = &mut theta_gradient[self.offset..self.offset + self.parameter_count()];
        let (variance, rest) = self.variance_and_rest(theta);
        match self.family {
            Family::Linear => {
                for (point, weight) in x.chunks_exact(dimensions).zip(weights) {
                    for ((&d, v), gradient) in self.inputs.iter().zip(rest).zip(own.iter_mut()) {
                        *gradient += weight * v.exp() * point[d] * point[d];
                    }
                }
            }
            Family::SpectralMixture(components) => {
                let total: f64 = weights.iter().sum();
                let stride = 1 + 2 * self.inputs.len();
                for q in 0..components {
                    own[q * stride] += total * rest[q * stride].exp();
                }
            }
            _ if self.has_variance() => own[0] += variance * weights.iter().sum::<f64>(),
            _ => {}
        }
    }
}
