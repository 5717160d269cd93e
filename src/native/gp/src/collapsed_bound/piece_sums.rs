use faer::Mat;

/// Sums of one piece of the rows.
pub struct Sums {
    pub gram: Mat<f64>,
    pub right: Vec<f64>,
    pub logs: f64,
    pub squares: f64,
    pub trace: f64,
    pub unexplained: f64,
    pub kept: Vec<Vec<f64>>,
}

/// Gradients summed over one piece of the rows.
pub struct Slopes {
    pub theta: Vec<f64>,
    pub points: Vec<f64>,
    /// Σ ∂/∂Λᵢ·vᵢ·vᵢᵀ, where Λ depends on the points.
    pub gram: Option<Mat<f64>>,
}
