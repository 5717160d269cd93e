use super::model::Loss;

/// Bands with a residual this many times below the median are not weighed up any further.
const SHORTEST: f64 = 1e-2;

/// The loss over the residual rows of the bands, by half-quadratic reweighting: a concave function of every
/// squared length e = ‖r_b‖² lies below its tangent, so lowering Σ w_b·e/2 with w_b the slope lowers the loss.
#[derive(Clone, Debug)]
pub(super) struct BandLoss {
    loss: Loss,
    /// Median of the squared lengths when the scale was last set.
    scale: f64,
    /// w_b; empty for squares, where every weight is one.
    pub weights: Vec<f64>,
    /// Bands that no longer count.
    silent: Vec<usize>,
}

impl BandLoss {
    /// A loss whose scale is set from squared lengths.
    pub(super) fn new(loss: Loss, lengths: &[f64]) -> Self {
        let mut made = Self { loss, scale: 1.0, weights: Vec::new(), silent: Vec::new() };
        made.set_scale(lengths);
        made.reweigh(lengths);
        made
    }

    /// Whether the bands differ in weight.
    pub(super) fn is_robust(&self) -> bool {
        self.loss != Loss::Squares
    }

    /// Sets the scale to the median of the squared lengths. Half of the bands may be corrupted without moving it much.
    pub(super) fn set_scale(&mut self, lengths: &[f64]) {
        let mut sorted = lengths.to_vec();
        sorted.sort_by(f64::total_cmp);
        let largest = sorted.last().copied().unwrap_or(0.0);
        let median = sorted.get(sorted.len() / 2).copied().unwrap_or(0.0);
        // A perfect fit has no scale of its own; any positive one keeps the weights finite.
        self.scale = median.max(1e-12 * largest).max(f64::MIN_POSITIVE.sqrt());
    }

    /// Lets bands no longer count, where the loss by itself would never let go of them: the slope of a length falls, but
    /// never to zero, and many corrupted bands pull together. Correntropy lets go by itself.
    pub(super) fn silence(&mut self, bands: Vec<usize>) {
        if self.loss == Loss::Lengths {
            bands.iter().for_each(|&band| self.weights[band] = 0.0);
            self.silent = bands;
        }
    }

    /// Sets the weights for the squared lengths.
    pub(super) fn reweigh(&mut self, lengths: &[f64]) {
        let scale = self.scale;
        self.weights = match self.loss {
            Loss::Squares => Vec::new(),
            Loss::Correntropy { width } => {
                lengths.iter().map(|e| (-e / (2.0 * width * width * scale)).exp()).collect()
            }
            Loss::Lengths => {
                lengths.iter().map(|e| (scale / (e + SHORTEST * SHORTEST * scale)).sqrt()).collect()
            }
        };
        for &band in &self.silent {
            self.weights[band] = 0.0;
        }
    }

    /// The loss at the squared lengths.
    pub(super) fn value(&self, lengths: &[f64]) -> f64 {
        let scale = self.scale;
        match self.loss {
            Loss::Squares => 0.5 * lengths.iter().sum::<f64>(),
            Loss::Correntropy { width } => {
                let variance = width * width * scale;
                lengths.iter().map(|e| -variance * (-e / (2.0 * variance)).exp_m1()).sum()
            }
            Loss::Lengths => {
                let shortest = SHORTEST * SHORTEST * scale;
                let counts = |band: &usize| !self.silent.contains(band);
                (0..lengths.len())
                    .filter(counts)
                    .map(|band| (scale * (lengths[band] + shortest)).sqrt())
                    .sum()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_are_twice_the_slope_of_the_loss() {
        let lengths = [0.5, 2.0, 0.1, 1.0, 40.0];
        for loss in [Loss::Correntropy { width: 2.0 }, Loss::Lengths] {
            let made = BandLoss::new(loss, &lengths);
            for band in 0..5 {
                let mut moved = lengths;
                moved[band] += 1e-6;
                let slope = (made.value(&moved) - made.value(&lengths)) / 1e-6;
                assert!((2.0 * slope - made.weights[band]).abs() < 1e-5, "{loss:?} band {band}");
            }
            assert!(made.weights.iter().all(|&weight| made.weights[4] <= weight));
        }
    }

    #[test]
    fn silent_bands_neither_weigh_nor_cost() {
        let lengths = [0.5, 2.0, 0.1, 1.0, 40.0];
        let mut made = BandLoss::new(Loss::Lengths, &lengths);
        made.silence(vec![4]);
        let before = made.value(&lengths);
        made.reweigh(&[0.5, 2.0, 0.1, 1.0, 90.0]);
        assert_eq!(made.weights[4], 0.0);
        assert_eq!(made.value(&[0.5, 2.0, 0.1, 1.0, 90.0]), before);
    }

    #[test]
    fn a_perfect_fit_has_finite_weights() {
        for loss in [Loss::Squares, Loss::Correntropy { width: 2.0 }, Loss::Lengths] {
            let made = BandLoss::new(loss, &[0.0; 4]);
            assert!(made.weights.iter().all(|weight| weight.is_finite()));
            assert!(made.value(&[0.0; 4]).abs() < 1e-100);
        }
    }
}
