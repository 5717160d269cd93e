/// The weights of the objective, on the scale of the data.
#[derive(Clone, Debug)]
pub(super) struct Weights {
    /// δ².
    pub sum_to_one: f64,
    /// α.
    pub sparsity: f64,
    /// λ.
    pub graph: f64,
}

/// The power q of every pixel in Σ a^q.
#[derive(Clone, Debug)]
pub(super) enum Powers {
    /// One for all.
    Shared(f64),
    /// 1 − h.
    Guided(Vec<f64>),
}

impl Powers {
    /// Of one pixel.
    pub(super) fn of(&self, pixel: usize) -> f64 {
        match self {
            Self::Shared(power) => *power,
            Self::Guided(map) => 1.0 - map[pixel],
        }
    }
}

/// The terms of the objective at one iterate.
#[derive(Clone, Copy, Debug)]
pub(super) struct Terms {
    pub data: f64,
    pub sum_to_one: f64,
    pub sparsity: f64,
    pub graph: f64,
    pub volume: f64,
    pub relative_residual: f64,
}

impl Terms {
    /// What is minimised.
    pub(super) fn objective(&self) -> f64 {
        self.data + self.sum_to_one + self.sparsity + self.graph + self.volume
    }
}

/// Σ a^q of one pixel.
pub(super) fn powered(row: &[f64], power: f64) -> f64 {
    if power == 1.0 {
        row.iter().sum()
    } else if power == 0.5 {
        row.iter().map(|a| a.sqrt()).sum()
    } else {
        row.iter().map(|a| a.powf(power)).sum()
    }
}
