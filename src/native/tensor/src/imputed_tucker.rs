use filigree_core::{Error, Observer, Silent, keep_going};

use crate::hooi::{sweep, sweep_order};
use crate::mode_basis::{Accuracy, mode_basis};
use crate::mode_product::project;
use crate::observed_input::Observations;
use crate::shape::element_count;
use crate::tensor::DenseTensor;
use crate::tucker_model::TuckerModel;

const STAGE: &str = "Fitting the observed entries";

/// Tucker of a dense tensor with some entries missing, by expectation and maximisation: missing entries are filled with
/// what the model says of them, and one sweep of higher-order orthogonal iteration improves the model of the filled
/// tensor. Either step lowers the residual of the observed entries, or leaves it.
pub struct ImputedTucker {
    filled: DenseTensor,
    /// Positions, in C order, of the entries that are not fitted.
    missing: Vec<usize>,
    /// The present iterate.
    pub model: TuckerModel,
    /// Σ (y − x̂)² over the fitted entries.
    pub residual_energy: f64,
}

impl ImputedTucker {
    /// Fills what is missing with the mean of what is there, and starts from the sequentially truncated HOSVD of that.
    pub fn new(observed: &Observations, ranks: &[usize], observer: &mut dyn Observer) -> Result<Self, Error> {
        let shape = &observed.shape;
        let mean = observed.training.mean();
        let mut values = filigree_core::filled(element_count(shape)?, mean, "the filled tensor")?;
        let mut there = filigree_core::filled(values.len(), false, "the mask")?;
        for entry in 0..observed.training.len() {
            let place = observed.training.place(entry);
            let at = place.iter().zip(shape).fold(0, |at, (&index, &length)| at * length + index as usize);
            values[at] = observed.training.value(entry);
            there[at] = true;
        }
        let missing = (0..values.len()).filter(|&at| !there[at]).collect();
        let filled = DenseTensor::new(shape.clone(), values);
        let mut model = TuckerModel { core: filled.clone(), factors: Vec::new() };
        for (mode, &rank) in ranks.iter().enumerate() {
            let factor = mode_basis(&model.core, mode, Accuracy::Fast, &mut Silent)?.leading(rank);
            model.core = project(&model.core, mode, factor.as_ref(), &mut Silent)?;
            model.factors.push(factor);
            keep_going(observer.progress((mode + 1) as f64 / ranks.len() as f64), STAGE)?;
        }
        let mut made = Self { filled, missing, model, residual_energy: 0.0 };
        made.fill()?;
        Ok(made)
    }

    /// Renews all factors and the core for the filled tensor, then fills it anew.
    pub fn sweep(&mut self, observer: &mut dyn Observer) -> Result<(), Error> {
        let order = sweep_order(&self.filled, &self.model);
        sweep(&self.filled, &order, &mut self.model, Accuracy::Fast, observer)?;
        self.fill()
    }

    fn fill(&mut self) -> Result<(), Error> {
        let estimate = self.model.reconstruct()?;
        let of = |values: &[f64], at: usize| (self.filled.values()[at] - values[at]).powi(2);
        let parts = filigree_core::map_tiles(0..estimate.values().len(), |tile| {
            Ok(tile.map(|at| of(estimate.values(), at)).sum::<f64>())
        })?;
        let all: f64 = parts.iter().sum();
        let filled: f64 = self.missing.iter().map(|&at| of(estimate.values(), at)).sum();
        self.residual_energy = (all - filled).max(0.0);
        for &at in &self.missing {
            self.filled.values_mut()[at] = estimate.values()[at];
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entries::Entries;
    use crate::tensor::Tensor;
    use crate::test_support::random_tensor;

    fn observations(tensor: &DenseTensor, keep: impl Fn(usize) -> bool) -> Observations {
        let shape = tensor.shape().to_vec();
        let mut training = Entries::new(shape.len());
        for at in (0..tensor.values().len()).filter(|&at| keep(at)) {
            let place: Vec<u32> = crate::index_of(at, &shape).iter().map(|&i| i as u32).collect();
            training.push(&place, tensor.values()[at]);
        }
        let held_out = Entries::new(shape.len());
        Observations { shape, training, held_out, missing: 0 }
    }

    #[test]
    fn the_residual_of_the_observed_entries_never_rises() {
        let tensor = random_tensor(&[9, 8, 7], 3);
        let observed = observations(&tensor, |at| at % 4 != 1);
        let mut fit = ImputedTucker::new(&observed, &[3, 2, 3], &mut Silent).unwrap();
        let mut before = fit.residual_energy;
        for _ in 0..30 {
            fit.sweep(&mut Silent).unwrap();
            assert!(fit.residual_energy <= before * (1.0 + 1e-10), "{} {before}", fit.residual_energy);
            before = fit.residual_energy;
        }
    }

    #[test]
    fn with_nothing_missing_it_is_higher_order_orthogonal_iteration() {
        let tensor = random_tensor(&[9, 8, 7], 4);
        let mut fit = ImputedTucker::new(&observations(&tensor, |_| true), &[3, 2, 3], &mut Silent).unwrap();
        for _ in 0..200 {
            fit.sweep(&mut Silent).unwrap();
        }
        let error = fit.model.fit(&tensor, &mut Silent).unwrap();
        assert!((error.residual_energy - fit.residual_energy).abs() < 1e-10 * error.energy);
        // A stationary point of the iteration: what is kept of the energy is the core's.
        let kept: f64 = fit.model.core.values().iter().map(|value| value * value).sum();
        assert!((error.energy - kept - error.residual_energy).abs() < 1e-10 * error.energy);
    }
}
