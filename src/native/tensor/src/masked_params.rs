use filigree_core::Error;

use crate::rank_rule::check_ranks;
use crate::stopping::{check_starts, check_stopping};

/// Entries of the core that scattered entries can be fitted with: its normal equations are dense.
const LARGEST_CORE: usize = 1000;

/// Parameters of masked Tucker.
#[derive(Clone, Debug, PartialEq)]
pub struct MaskedTuckerParams {
    /// Components of every mode.
    pub ranks: Vec<usize>,
    /// Weight of the squared core and factors when scattered entries are fitted, relative to entries of mean square
    /// one; chosen by validation where there is none.
    pub ridge: Option<f64>,
    /// First guesses tried when scattered entries are fitted; the one that predicts entries set aside best is kept.
    pub starts: usize,
    /// Most rounds.
    pub max_iterations: usize,
    /// Stop when a round lowers the residual of the observed entries by less than this share of it.
    pub tolerance: f64,
}

impl Default for MaskedTuckerParams {
    fn default() -> Self {
        Self { ranks: vec![3; 3], ridge: None, starts: 4, max_iterations: 200, tolerance: 1e-5 }
    }
}

impl MaskedTuckerParams {
    /// Says which parameter is wrong and why.
    pub fn check(&self, shape: &[usize]) -> Result<(), Error> {
        check_ranks(&self.ranks, shape)?;
        check_useful(&self.ranks)?;
        if self.ridge.is_some_and(|ridge| !(1e-12..=1e6).contains(&ridge)) {
            return Err(Error::parameter(
                "ridge",
                "The ridge must be from 1e-12 to 1e6. Leave it empty to have it chosen by validation.",
            ));
        }
        check_starts(self.starts)?;
        check_stopping(self.max_iterations, self.tolerance)
    }

    /// Refuses a core whose normal equations are too large.
    pub fn check_core(&self) -> Result<(), Error> {
        let core = self.ranks.iter().fold(1usize, |product, &rank| product.saturating_mul(rank));
        if core <= LARGEST_CORE {
            return Ok(());
        }
        Err(Error::parameter(
            "ranks",
            format!(
                "A core of {core} entries is more than the {LARGEST_CORE} that scattered entries can be fitted with. Choose lower ranks."
            ),
        ))
    }
}

/// Refuses a rank above the product of the others: the core has no more directions than that.
pub fn check_useful(ranks: &[usize]) -> Result<(), Error> {
    for (mode, &rank) in ranks.iter().enumerate() {
        let others = (0..ranks.len())
            .filter(|&other| other != mode)
            .fold(1usize, |product, other| product.saturating_mul(ranks[other]));
        if rank > others {
            return Err(Error::parameter(
                "ranks",
                format!(
                    "The rank {rank} of mode {} is more than the product {others} of the other ranks: components beyond that would stay empty. Choose at most {others}.",
                    mode + 1
                ),
            ));
        }
    }
    Ok(())
}
