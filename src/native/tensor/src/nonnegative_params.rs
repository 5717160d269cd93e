use filigree_core::Error;

use crate::shape::shape_text;

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
    /// Stop when a sweep lowers the objective by less than this share of it.
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
            tolerance: 1e-5,
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
        if !(self.tolerance >= 0.0 && self.tolerance < 1.0) {
            return refused(
                "tolerance",
                format!("The tolerance is {}; it must lie between 0 and 1.", self.tolerance),
            );
        }
        if self.inner_passes == 0 || self.starts == 0 {
            return refused("starts", "At least one pass and one start are needed.".to_owned());
        }
        Ok(())
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
