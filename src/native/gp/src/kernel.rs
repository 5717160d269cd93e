//! Covariances as expressions: leaves, their sums and products, with one vector θ of logarithms for all of them.

mod block;
mod leaf;
mod parameters;
mod parse;
mod radial;
mod spectral;

pub use parameters::{InputSpread, Parameter, ParameterRole, start as start_of};

use filigree_core::{Error, Random};

use crate::kernel::leaf::Leaf;

/// Names a person can type, as the sentences of errors list them.
pub const KERNEL_NAMES: &str = "rbf, matern12, matern32, matern52, rq, periodic, linear, sm(q)";

/// A covariance of points with a known number of inputs.
///
/// All of its hyper-parameters are positive, and θ holds their natural logarithms, leaf after leaf. A product has one
/// variance, that of its first factor.
#[derive(Clone, Debug, PartialEq)]
pub struct Kernel {
    root: Node,
    dimensions: usize,
    parameter_count: usize,
    text: String,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Node {
    Leaf(Leaf),
    Sum(Vec<Node>),
    Product(Vec<Node>),
}

impl Kernel {
    /// Reads an expression such as `matern32`, `rbf + linear`, `rbf * periodic[2]` or `(rbf + linear) * sm(3)`, over
    /// `dimensions` inputs; numbers in brackets are the inputs a leaf sees, counted from one.
    pub fn parse(text: &str, dimensions: usize) -> Result<Self, Error> {
        let mut root = parse::expression(text, dimensions)?;
        let mut parameter_count = 0;
        root.lay_out(true, &mut parameter_count);
        Ok(Self { root, dimensions, parameter_count, text: text.trim().to_owned() })
    }

    /// The expression as it was typed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Inputs of a point.
    pub fn dimensions(&self) -> usize {
        self.dimensions
    }

    /// Length of θ.
    pub fn parameter_count(&self) -> usize {
        self.parameter_count
    }

    /// Names, roles and bounds of θ, in its order, for inputs with the given spread and a target of the given variance.
    pub fn parameters(&self, spread: &InputSpread, target_variance: f64) -> Vec<Parameter> {
        let mut leaves = Vec::new();
        self.root.leaves(&mut leaves);
        parameters::describe(&leaves, spread, target_variance)
    }

    /// A first θ from the data; with `random`, another one about it.
    pub fn start(&self, spread: &InputSpread, target_variance: f64, random: Option<&mut Random>) -> Vec<f64> {
        parameters::start(&self.parameters(spread, target_variance), random)
    }

    /// Whether the value depends on differences of points alone.
    pub fn is_stationary(&self) -> bool {
        let mut leaves = Vec::new();
        self.root.leaves(&mut leaves);
        leaves.iter().all(|leaf| leaf.is_stationary())
    }

    /// k(x, y).
    pub fn value(&self, x: &[f64], y: &[f64], theta: &[f64]) -> f64 {
        let mut value = [0.0];
        self.block(x, y, theta, &mut value);
        value[0]
    }

    /// k(x, y), and ∂k/∂θ into `gradient`.
    pub fn gradient(&self, x: &[f64], y: &[f64], theta: &[f64], gradient: &mut [f64]) -> f64 {
        gradient.fill(0.0);
        self.pull_back(x, y, theta, &[1.0], gradient, None);
        self.value(x, y, theta)
    }

    /// `out[i·columns + j]` = k(xᵢ, zⱼ) for row-major points x (rows, dimension) and z (columns, dimension); one thread.
    pub fn block(&self, x: &[f64], z: &[f64], theta: &[f64], out: &mut [f64]) {
        debug_assert_eq!(theta.len(), self.parameter_count);
        debug_assert_eq!(x.len() / self.dimensions * (z.len() / self.dimensions), out.len());
        self.root.block(&block::Pair { x, z, dimensions: self.dimensions, theta }, out);
    }

    /// `out[i]` = k(xᵢ, xᵢ).
    pub fn diagonal(&self, x: &[f64], theta: &[f64], out: &mut [f64]) {
        self.root.diagonal(x, self.dimensions, theta, out);
    }

    /// Adds Σᵢⱼ wᵢⱼ·∂k(xᵢ, zⱼ)/∂θ to `theta_gradient`, and to `z_gradient` (columns, dimension) the same sum's gradient
    /// by z. Weights are laid out as the block; one thread.
    ///
    /// For K(z, z) with symmetric weights, the whole gradient by z is twice the one by the second argument.
    pub fn pull_back(
        &self,
        x: &[f64],
        z: &[f64],
        theta: &[f64],
        weights: &[f64],
        theta_gradient: &mut [f64],
        z_gradient: Option<&mut [f64]>,
    ) {
        let pair = block::Pair { x, z, dimensions: self.dimensions, theta };
        self.root.pull_back(&pair, weights, theta_gradient, z_gradient);
    }

    /// Adds Σᵢ wᵢ·∂k(xᵢ, xᵢ)/∂θ to `theta_gradient`.
    pub fn pull_back_diagonal(&self, x: &[f64], theta: &[f64], weights: &[f64], theta_gradient: &mut [f64]) {
        self.root.pull_back_diagonal(x, self.dimensions, theta, weights, theta_gradient);
    }

    /// Length scale of every input in the leaf that sees it best: the shortest, as a share of nothing else; infinite
    /// where no leaf with length scales sees it.
    pub fn length_scales(&self, theta: &[f64]) -> Vec<f64> {
        let mut scales = vec![f64::INFINITY; self.dimensions];
        let mut leaves = Vec::new();
        self.root.leaves(&mut leaves);
        for leaf in leaves {
            for (&input, scale) in leaf.inputs.iter().zip(leaf.relevance_scales(theta)) {
                scales[input] = scales[input].min(scale);
            }
        }
        scales
    }
}

impl Node {
    /// Gives every leaf its place in θ. A factor that is not scaled has no variance of its own.
    fn lay_out(&mut self, scaled: bool, next: &mut usize) {
        match self {
            Self::Leaf(leaf) => {
                leaf.scaled = scaled || leaf.has_own_scale();
                leaf.offset = *next;
                *next += leaf.parameter_count();
            }
            Self::Sum(terms) => {
                for (index, term) in terms.iter_mut().enumerate() {
                    term.lay_out(scaled || index > 0, next);
                }
            }
            Self::Product(factors) => {
                for (index, factor) in factors.iter_mut().enumerate() {
                    factor.lay_out(scaled && index == 0, next);
                }
            }
        }
    }

    fn leaves<'a>(&'a self, into: &mut Vec<&'a Leaf>) {
        match self {
            Self::Leaf(leaf) => into.push(leaf),
            Self::Sum(nodes) | Self::Product(nodes) => nodes.iter().for_each(|node| node.leaves(into)),
        }
    }
}

#[cfg(test)]
mod tests;
