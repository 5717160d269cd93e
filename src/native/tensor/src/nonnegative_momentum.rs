use faer::Mat;

use crate::tensor::{DenseTensor, Tensor};
use crate::tucker_model::TuckerModel;

/// Share of a sweep's move that the second sweep starts ahead by.
const FIRST_SHARE: f64 = 0.5;

/// What a sweep that lowers the objective multiplies the share by.
const GROWTH: f64 = 1.05;

/// What it multiplies the most that the share may be by.
const CEILING_GROWTH: f64 = 1.01;

/// What a sweep that raises the objective divides the share by.
const REDUCTION: f64 = 1.5;

/// Starts sweeps ahead of the last iterate, in the direction of its last move; the share grows while the objective falls
/// and shrinks when it rises.
///
/// Ang, Cohen, Hien & Gillis, "Extrapolated alternating algorithms for approximate canonical polyadic decomposition",
/// ICASSP 2020, here for the factors and the core of a Tucker model.
pub struct Momentum {
    share: f64,
    ceiling: f64,
    previous: Option<TuckerModel>,
}

impl Momentum {
    /// At rest.
    pub fn new() -> Self {
        Self { share: FIRST_SHARE, ceiling: 1.0, previous: None }
    }

    /// `model` + share · (`model` − the one before), cut off at zero; nothing while there is none before.
    pub fn ahead_of(&self, model: &TuckerModel) -> Option<TuckerModel> {
        let previous = self.previous.as_ref()?;
        let beyond = |new: f64, old: f64| (new + self.share * (new - old)).max(0.0);
        let core = model.core.values().iter().zip(previous.core.values());
        let core = core.map(|(&new, &old)| beyond(new, old)).collect();
        let factors = model.factors.iter().zip(&previous.factors).map(|(new, old)| {
            Mat::from_fn(new.nrows(), new.ncols(), |i, j| beyond(new[(i, j)], old[(i, j)]))
        });
        Some(TuckerModel {
            core: DenseTensor::new(model.core.shape().to_vec(), core),
            factors: factors.collect(),
        })
    }

    /// A start ahead paid.
    pub fn faster(&mut self) {
        self.share = (self.share * GROWTH).min(self.ceiling);
        self.ceiling = (self.ceiling * CEILING_GROWTH).min(1.0);
    }

    /// A start ahead went too far.
    pub fn slower(&mut self) {
        self.ceiling = self.share;
        self.share /= REDUCTION;
    }

    /// Takes note of the iterate that was left.
    pub fn moved_from(&mut self, model: TuckerModel) {
        self.previous = Some(model);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model(value: f64) -> TuckerModel {
        let core = DenseTensor::new(vec![1, 2], vec![value, 1.0]);
        TuckerModel { core, factors: vec![Mat::from_fn(2, 1, |_, _| value), Mat::identity(3, 2)] }
    }

    #[test]
    fn it_goes_on_in_the_same_direction_and_stays_non_negative() {
        let mut momentum = Momentum::new();
        assert!(momentum.ahead_of(&model(3.0)).is_none());
        momentum.moved_from(model(2.0));
        assert_eq!(momentum.ahead_of(&model(3.0)).unwrap().core.values(), [3.5, 1.0]);
        assert_eq!(momentum.ahead_of(&model(0.5)).unwrap().factors[0][(1, 0)], 0.0);
    }

    #[test]
    fn the_share_never_passes_what_went_too_far() {
        let mut momentum = Momentum::new();
        (0..100).for_each(|_| momentum.faster());
        assert_eq!(momentum.share, 1.0);
        momentum.slower();
        momentum.slower();
        let ceiling = momentum.ceiling;
        momentum.faster();
        assert!(momentum.share <= ceiling && ceiling < 1.0);
    }
}
