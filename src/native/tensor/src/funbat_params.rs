use filigree_core::Error;

use crate::functional_core::CoreForm;
use crate::matern::Kernel;
use crate::rank_rule::check_ranks;
use crate::stopping::{check_starts, check_stopping};

/// Entries of the core that a run can afford: its covariance is dense.
const LARGEST_CORE: usize = 1000;

/// Entries a written CP core may have, zeros included.
const LARGEST_WRITTEN_CORE: usize = 1 << 20;

/// Parameters of functional Bayesian Tucker.
#[derive(Clone, Debug, PartialEq)]
pub struct FunbatParams {
    /// Functions of every mode.
    pub ranks: Vec<usize>,
    /// A full core, or a superdiagonal one.
    pub form: CoreForm,
    /// Covariance of the functions along the coordinates.
    pub kernel: Kernel,
    /// Length scale of all modes as a share of the range of their coordinates; learned for each mode where there is
    /// none.
    pub length_scale: Option<f64>,
    /// First guesses tried; the one whose evidence is largest after a few rounds is kept.
    pub starts: usize,
    /// Share of the fitted entries that intervals are calibrated on before the model is fitted to all; zero leaves
    /// intervals as the posterior has them.
    pub calibration_share: f64,
    /// Most rounds of a fit.
    pub max_iterations: usize,
    /// Stop when ten rounds raise the evidence bound by less than this, for each entry.
    pub tolerance: f64,
}

impl Default for FunbatParams {
    fn default() -> Self {
        Self {
            ranks: vec![3; 3],
            form: CoreForm::Tucker,
            kernel: Kernel::Matern32,
            length_scale: None,
            starts: 4,
            calibration_share: 0.1,
            max_iterations: 200,
            tolerance: 1e-3,
        }
    }
}

impl FunbatParams {
    /// Says which parameter is wrong and why.
    pub fn check(&self, shape: &[usize]) -> Result<(), Error> {
        check_ranks(&self.ranks, shape)?;
        let core = self.ranks.iter().fold(1usize, |product, &rank| product.saturating_mul(rank));
        if self.form == CoreForm::Cp && self.ranks.iter().any(|&rank| rank != self.ranks[0]) {
            return Err(Error::parameter(
                "ranks",
                format!(
                    "The CP form has one number of components, but the ranks are {:?}. Give all modes the same rank.",
                    self.ranks
                ),
            ));
        }
        let (size, largest) = match self.form {
            CoreForm::Tucker => (core, LARGEST_CORE),
            CoreForm::Cp => (core, LARGEST_WRITTEN_CORE),
        };
        if size > largest {
            return Err(Error::parameter(
                "ranks",
                format!(
                    "A core of {size} entries is more than the {largest} this method can hold in its posterior. Choose lower ranks."
                ),
            ));
        }
        if self.length_scale.is_some_and(|scale| !(1e-6..=1e3).contains(&scale)) {
            return Err(Error::parameter(
                "lengthScale",
                "A length scale is a share of the range of a mode's coordinates: from 0.000001 to 1000. Leave it empty to have it learned.",
            ));
        }
        check_starts(self.starts)?;
        if !(0.0..=0.5).contains(&self.calibration_share) {
            return Err(Error::parameter(
                "calibrationShare",
                format!(
                    "A share of {} to calibrate on was asked for; it must be from 0 to 0.5.",
                    self.calibration_share
                ),
            ));
        }
        check_stopping(self.max_iterations, self.tolerance)
    }
}
