/// What a model says at some points, in the units of the target.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Prediction {
    /// Mean of the observation.
    pub mean: Vec<f64>,
    /// Variance of the latent function.
    pub latent_variance: Vec<f64>,
    /// Variance of an observation: latent, noise included.
    pub variance: Vec<f64>,
}

impl Prediction {
    /// Points predicted.
    pub fn len(&self) -> usize {
        self.mean.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.mean.is_empty()
    }

    /// Appends what was predicted at further points.
    pub fn append(&mut self, mut other: Self) {
        self.mean.append(&mut other.mean);
        self.latent_variance.append(&mut other.latent_variance);
        self.variance.append(&mut other.variance);
    }
}
