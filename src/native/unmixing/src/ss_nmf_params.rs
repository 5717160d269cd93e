use filigree_core::Error;

use crate::multiplicative::Weights;
use crate::vca_params::check_endmembers;

/// Parameters of structured sparse NMF.
#[derive(Clone, Debug, PartialEq)]
pub struct SsNmfParams {
    /// p, 2 to 64 and at most the number of kept bands.
    pub endmembers: usize,
    /// λ, weight of the graph Laplacian.
    pub graph_weight: f64,
    /// α, weight of the lasso.
    pub sparsity: f64,
    /// δ, weight of the appended sum-to-one row.
    pub sum_to_one_weight: f64,
    /// Side of the square window in which neighbours are looked for; odd.
    pub window: usize,
    /// Neighbours joined to a pixel within its window.
    pub neighbours: usize,
    /// σ of the heat kernel, relative to the mean squared distance of candidate pairs.
    pub kernel_width: f64,
    /// Most iterations.
    pub max_iterations: usize,
    /// Relative decrease of the objective over ten iterations below which it has converged.
    pub tolerance: f64,
    /// VCA starts tried when no start is given.
    pub restarts: usize,
}

impl Default for SsNmfParams {
    fn default() -> Self {
        Self {
            endmembers: 3,
            graph_weight: 0.1,
            sparsity: 0.1,
            sum_to_one_weight: 10.0,
            window: 5,
            neighbours: 4,
            kernel_width: 1.0,
            max_iterations: 1000,
            tolerance: 1e-5,
            restarts: 20,
        }
    }
}

impl SsNmfParams {
    /// Says which parameter is wrong and why.
    pub fn check(&self) -> Result<(), Error> {
        check_endmembers(self.endmembers)?;
        let weights = [
            ("graphWeight", "graph weight", self.graph_weight),
            ("sparsity", "sparsity weight", self.sparsity),
            ("sumToOneWeight", "sum-to-one weight", self.sum_to_one_weight),
            ("tolerance", "tolerance", self.tolerance),
        ];
        for (parameter, title, value) in weights {
            if !(value.is_finite() && value >= 0.0) {
                return Err(Error::parameter(
                    parameter,
                    format!("The {title} is {value}; it must be zero or a positive number."),
                ));
            }
        }
        if !(3..=15).contains(&self.window) || self.window.is_multiple_of(2) {
            return Err(Error::parameter(
                "window",
                format!(
                    "The window is {} pixels wide; it needs a centre: choose an odd number from 3 to 15.",
                    self.window
                ),
            ));
        }
        let candidates = self.window * self.window - 1;
        if !(1..=candidates).contains(&self.neighbours) {
            return Err(Error::parameter(
                "neighbours",
                format!(
                    "{} neighbours were asked for; a window of {} × {} holds {candidates}. Choose 1 to {candidates}.",
                    self.neighbours, self.window, self.window
                ),
            ));
        }
        if !(self.kernel_width.is_finite() && self.kernel_width > 0.0) {
            return Err(Error::parameter(
                "kernelWidth",
                format!(
                    "The kernel width is {}; it must be a positive number. 1 is a good value.",
                    self.kernel_width
                ),
            ));
        }
        if self.max_iterations == 0 {
            return Err(Error::parameter("maxIterations", "At least one iteration is needed."));
        }
        if !(1..=1000).contains(&self.restarts) {
            return Err(Error::parameter(
                "restarts",
                format!("{} restarts were asked for; choose 1 to 1000.", self.restarts),
            ));
        }
        Ok(())
    }

    /// The weights of the objective.
    pub(crate) fn weights(&self) -> Weights {
        Weights { graph: self.graph_weight, sparsity: self.sparsity, sum_to_one: self.sum_to_one_weight }
    }
}
