use filigree_core::Error;

use crate::pixel_graph::GraphParams;
use crate::vca_params::check_endmembers;

/// How the factors are moved between two passes over the cube.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Updates {
    /// Lee & Seung, "Algorithms for non-negative matrix factorization", NIPS 13, 2001.
    Multiplicative,
    /// Hierarchical alternating least squares: one component after the other, solved exactly (Cichocki, Zdunek &
    /// Amari, ICA 2007).
    Hals,
}

/// The exponent q of the sparsity term Σ a^q.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exponent {
    /// q = 1.
    One,
    /// q = 1/2 (Qian, Jia, Zhou & Robles-Kelly, IEEE TGRS 49(11), 2011).
    Half,
    /// q = 1 − h with a map h of how alike a pixel and its neighbours are, found in the data before the iteration
    /// (Zhu et al., IEEE TIP 23(12), 2014).
    GuidedByData,
    /// q = 1 − h with h the sparseness of the pixel's own abundances, learned along with them (Zhu et al., arXiv
    /// 1409.0685).
    GuidedByAbundances,
}

impl Exponent {
    /// Whether every pixel has an exponent of its own.
    pub fn is_guided(self) -> bool {
        matches!(self, Self::GuidedByData | Self::GuidedByAbundances)
    }
}

/// The sparsity term α Σ a^q.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sparsity {
    /// q.
    pub exponent: Exponent,
    /// α, relative to the mean energy of a pixel; estimated from the sparseness of the bands where there is none.
    pub weight: Option<f64>,
}

/// The graph term (λ/2)·tr(A·L·Aᵀ).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GraphTerm {
    /// λ, relative to the mean energy of a pixel.
    pub weight: f64,
    /// How pixels are joined.
    pub shape: GraphParams,
}

/// How the residual rows of the bands are counted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Loss {
    /// ½ Σ ‖r_b‖².
    Squares,
    /// σ² Σ (1 − exp(−‖r_b‖²/2σ²)) with σ a multiple of the median ‖r_b‖ (Wang, Pan, Xiang & Zhu, IEEE TIP 24(11),
    /// 2015).
    Correntropy {
        /// σ in medians.
        width: f64,
    },
    /// s Σ ‖r_b‖, the ℓ2,1 norm, with s the median ‖r_b‖ (Zhu et al., arXiv 1409.0685).
    Lengths,
}

/// What a factorisation minimises, and how long it tries.
///
/// The objective is loss(Y − MA) + (δ²/2)‖1 − 1ᵀA‖² + α Σ a^q + (λ/2)·tr(A·L·Aᵀ) + (β/2)·log det(MᵀM + τI) over
/// M, A ≥ 0. δ², α and λ are relative to the mean energy of a pixel, ‖Y‖²/N, so that scaling the cube scales the
/// objective and nothing else; on pixels of unit length they are what they say.
#[derive(Clone, Debug, PartialEq)]
pub struct NmfParams {
    /// p, 2 to 64 and at most the number of kept bands.
    pub endmembers: usize,
    /// How the factors move.
    pub updates: Updates,
    /// How the residual is counted.
    pub loss: Loss,
    /// δ, weight of the appended sum-to-one row.
    pub sum_to_one_weight: f64,
    /// The sparsity term, where there is one.
    pub sparsity: Option<Sparsity>,
    /// The graph term, where there is one.
    pub graph: Option<GraphTerm>,
    /// Weight of the volume term relative to the residual of the start, where there is one.
    pub volume_weight: Option<f64>,
    /// Most iterations.
    pub max_iterations: usize,
    /// Relative decrease of the objective over ten iterations below which it has converged.
    pub tolerance: f64,
    /// VCA starts tried when no start is given.
    pub restarts: usize,
}

impl Default for NmfParams {
    fn default() -> Self {
        Self {
            endmembers: 3,
            updates: Updates::Multiplicative,
            loss: Loss::Squares,
            sum_to_one_weight: 3.0,
            sparsity: None,
            graph: None,
            volume_weight: None,
            max_iterations: 1000,
            tolerance: 1e-5,
            restarts: 20,
        }
    }
}

impl NmfParams {
    /// Says which parameter is wrong and why.
    pub fn check(&self) -> Result<(), Error> {
        check_endmembers(self.endmembers)?;
        check_weight("sumToOneWeight", "sum-to-one weight", self.sum_to_one_weight)?;
        check_weight("tolerance", "tolerance", self.tolerance)?;
        if let Some(weight) = self.sparsity.and_then(|sparsity| sparsity.weight) {
            check_weight("sparsity", "sparsity weight", weight)?;
        }
        if let Some(weight) = self.volume_weight {
            check_weight("volumeWeight", "volume weight", weight)?;
        }
        if let Some(graph) = self.graph {
            check_weight("graphWeight", "graph weight", graph.weight)?;
            graph.shape.check()?;
        }
        if let Loss::Correntropy { width } = self.loss
            && !(width.is_finite() && width > 0.0)
        {
            return Err(Error::parameter(
                "kernelWidth",
                format!("The kernel width is {width}; it must be a positive number. 2 is a good value."),
            ));
        }
        let bends = self.sparsity.is_some_and(|sparsity| sparsity.exponent != Exponent::One);
        if self.updates == Updates::Hals && bends {
            return Err(Error::parameter(
                "updates",
                "An abundance that exact updates set to zero could not leave it under this sparsity term. Choose multiplicative updates.",
            ));
        }
        if self.updates == Updates::Multiplicative && self.volume_weight.is_some() {
            return Err(Error::parameter(
                "updates",
                "Multiplicative updates do not lower the volume term for certain. Choose exact updates.",
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
}

fn check_weight(parameter: &'static str, title: &str, value: f64) -> Result<(), Error> {
    if value.is_finite() && value >= 0.0 {
        return Ok(());
    }
    Err(Error::parameter(parameter, format!("The {title} is {value}; it must be zero or a positive number.")))
}
