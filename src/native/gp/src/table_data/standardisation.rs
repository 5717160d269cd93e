/// How rows and predictions pass between the units of the table and those of the model.
#[derive(Clone, Debug, PartialEq)]
pub struct Standardisation {
    /// Inputs that are kept, from zero.
    pub kept: Vec<usize>,
    /// Means of all inputs over the training rows; where one is constant, its value.
    pub centre: Vec<f64>,
    /// Subtracted from the kept inputs.
    pub input_means: Vec<f64>,
    /// The kept inputs are divided by them.
    pub input_scales: Vec<f64>,
    /// Subtracted from targets.
    pub target_mean: f64,
    /// Targets are divided by it.
    pub target_scale: f64,
    /// Coefficients of the standardised inputs, in the unit of standardised targets; empty without a linear trend.
    pub trend: Vec<f64>,
}

impl Standardisation {
    /// Rows of `inputs` (row, all dimensions) as the model sees them (row, kept).
    pub fn inputs(&self, inputs: &[f64], dimensions: usize) -> Vec<f64> {
        let mut out = Vec::with_capacity(inputs.len() / dimensions.max(1) * self.kept.len());
        for row in inputs.chunks_exact(dimensions) {
            let own = self.kept.iter().zip(self.input_means.iter().zip(&self.input_scales));
            out.extend(own.map(|(&d, (mean, scale))| (row[d] - mean) / scale));
        }
        out
    }

    /// The trend at a standardised row, in the unit of standardised targets.
    pub fn trend_at(&self, row: &[f64]) -> f64 {
        self.trend.iter().zip(row).map(|(coefficient, value)| coefficient * value).sum()
    }

    /// A standardised row in the units of the table, inputs that were left out at their constant value.
    pub fn restored(&self, row: &[f64]) -> Vec<f64> {
        let mut out = self.centre.clone();
        for (index, &d) in self.kept.iter().enumerate() {
            out[d] = self.input_means[index] + self.input_scales[index] * row[index];
        }
        out
    }

    /// A target as the model sees it, at a standardised row.
    pub fn target(&self, target: f64, row: &[f64]) -> f64 {
        (target - self.target_mean) / self.target_scale - self.trend_at(row)
    }

    /// A value of the model at a standardised row, in the unit of the target.
    pub fn mean(&self, value: f64, row: &[f64]) -> f64 {
        self.target_mean + self.target_scale * (value + self.trend_at(row))
    }

    /// A variance of the model in the unit of the target.
    pub fn variance(&self, variance: f64) -> f64 {
        self.target_scale * self.target_scale * variance
    }
}
