use filigree_core::Error;

use crate::shape::shape_text;
use crate::stopping::{check_starts, check_stopping};

/// Where the first start comes from; any further ones are random.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NonnegativeStart {
    /// The positive or negative part of every HOSVD direction, whichever is larger.
    Hosvd,
    /// Uniform numbers.
    Random,
}

/// Parameters of non-negative Tucker decomposition.
#[derive(Clone, Debug, PartialEq)]
pub struct NonnegativeParams {
    /// One for each mode; a rank may exceed the length of its mode.
    pub ranks: Vec<usize>,
    /// λ: weight of the ℓ1 norm of the core, relative to ‖X‖.
    pub sparsity: f64,
    /// Passes over a factor for each time its products are formed; 1 is plain HALS.
    pub inner_passes: usize,
    /// Sweeps over all modes at most.
    pub max_iterations: usize,
    /// Stop when a sweep, in the mean of the last five, lowers the objective by less than this share of it.
    pub tolerance: f64,
    /// Where it starts.
    pub start: NonnegativeStart,
    /// Starts tried.
    pub starts: usize,
}

impl Default for NonnegativeParams {
    fn default() -> Self {
        Self {
            ranks: Vec::new(),
            sparsity: 0.0,
            inner_passes: 1,
            max_iterations: 500,
            tolerance: 2e-4,
            start: NonnegativeStart::Hosvd,
            starts: 1,
        }
    }
}

impl NonnegativeParams {
    /// Says which parameter is wrong and why.
    pub fn check(&self, shape: &[usize]) -> Result<(), Error> {
        let refused = |parameter, message| Err(Error::parameter(parameter, message));
        if self.ranks.len() != shape.len() || self.ranks.contains(&0) {
            return refused(
                "ranks",
                format!(
                    "{} were given as ranks of a {} tensor. Give one of at least 1 for each mode.",
                    shape_text(&self.ranks),
                    shape_text(shape)
                ),
            );
        }
        crate::element_count(&self.ranks)?;
        if !(self.sparsity >= 0.0 && self.sparsity < 1.0) {
            return refused(
                "sparsity",
                format!(
                    "The sparsity is {}; it must lie between 0 and 1, which would leave nothing.",
                    self.sparsity
                ),
            );
        }
        if self.inner_passes == 0 {
            return refused("innerPasses", "At least one pass over a factor is needed.".to_owned());
        }
        check_starts(self.starts)?;
        check_stopping(self.max_iterations, self.tolerance)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params(ranks: &[usize]) -> NonnegativeParams {
        NonnegativeParams { ranks: ranks.to_vec(), ..NonnegativeParams::default() }
    }

    #[test]
    fn nonsense_is_refused() {
        assert!(params(&[2, 2]).check(&[3, 3, 3]).is_err());
        assert!(params(&[2, 0, 2]).check(&[3, 3, 3]).is_err());
        let own = NonnegativeParams { sparsity: 1.5, ..params(&[2, 2, 2]) };
        assert_eq!(own.check(&[3, 3, 3]).unwrap_err().blamed_parameter(), Some("sparsity"));
    }
}
