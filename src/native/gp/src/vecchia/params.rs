use filigree_core::Error;

use super::deviation_scale::Calibrate;
use super::kernel_choice::AUTOMATIC;
use super::maximin::Ordering;
use super::radial::Radial;
use crate::search::SearchParams;
use crate::table_data::Trend;

/// Most neighbours that a conditional may have: beyond them, its dense blocks take longer than they are worth.
pub const MOST_NEIGHBOURS: usize = 1000;

/// How the variance of the noise varies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoiseForm {
    /// Not at all, beyond what is given.
    Constant,
    /// With the inputs: a second process.
    Varying,
}

impl NoiseForm {
    /// Every form with its name at the boundaries.
    pub const NAMES: &[(Self, &str)] = &[(Self::Constant, "constant"), (Self::Varying, "varying")];
}

/// Rows a coefficient from which a linear trend is fitted without being asked for: what fewer tell of a slope is worth
/// less than what it costs.
const ROWS_A_COEFFICIENT: usize = 20;

/// What the process varies about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrendChoice {
    /// A linear function of the inputs, where there are rows enough to learn it; a constant elsewhere. Near rows alone can
    /// not tell a slope through noise that the whole table knows well.
    Automatic,
    /// As it is said.
    Fixed(Trend),
}

impl TrendChoice {
    /// Every choice with its name at the boundaries.
    pub const NAMES: &[(Self, &str)] = &[
        (Self::Automatic, "automatic"),
        (Self::Fixed(Trend::None), "none"),
        (Self::Fixed(Trend::Constant), "constant"),
        (Self::Fixed(Trend::Linear), "linear"),
    ];

    /// The trend for a number of rows with a number of inputs.
    pub fn among(self, rows: usize, dimensions: usize) -> Trend {
        match self {
            Self::Fixed(trend) => trend,
            Self::Automatic if rows >= ROWS_A_COEFFICIENT * (dimensions + 1) => Trend::Linear,
            Self::Automatic => Trend::Constant,
        }
    }
}

/// Parameters of the sparse inverse Cholesky.
#[derive(Clone, Debug, PartialEq)]
pub struct VecchiaParams {
    /// The correlation: rbf, matern12, matern32, matern52, rq, or automatic.
    pub kernel: String,
    /// What the process varies about.
    pub trend: TrendChoice,
    /// Whether inputs and target are standardised.
    pub standardise: bool,
    /// Earlier rows that each row is conditioned on in the likelihood.
    pub neighbours: usize,
    /// Rows that each prediction is made from, at most: as many as predictions of rows left out gain from.
    pub prediction_neighbours: usize,
    /// Ordering of the conditionals.
    pub ordering: Ordering,
    /// Whether the variance of the noise is a function of the inputs.
    pub noise: NoiseForm,
    /// What deviations of predictions are scaled by.
    pub calibrate: Calibrate,
    /// How hyper-parameters are looked for.
    pub search: SearchParams,
}

impl Default for VecchiaParams {
    fn default() -> Self {
        Self {
            kernel: AUTOMATIC.to_owned(),
            trend: TrendChoice::Automatic,
            standardise: true,
            neighbours: 30,
            prediction_neighbours: 400,
            ordering: Ordering::Maximin,
            noise: NoiseForm::Constant,
            calibrate: Calibrate::Local,
            search: SearchParams { max_iterations: 40, ..SearchParams::default() },
        }
    }
}

impl Ordering {
    /// Every ordering with its name at the boundaries.
    pub const NAMES: &[(Self, &str)] = &[(Self::Maximin, "maximin"), (Self::Random, "random")];
}

impl Calibrate {
    /// Every choice with its name at the boundaries.
    pub const NAMES: &[(Self, &str)] =
        &[(Self::None, "none"), (Self::Levels, "levels"), (Self::Local, "local")];
}

impl VecchiaParams {
    /// Says which parameter is wrong and why.
    pub fn check(&self) -> Result<(), Error> {
        if self.kernel != AUTOMATIC {
            radial(&self.kernel)?;
        }
        let counts = [("neighbours", self.neighbours), ("predictionNeighbours", self.prediction_neighbours)];
        for (parameter, count) in counts {
            if !(1..=MOST_NEIGHBOURS).contains(&count) {
                return Err(Error::parameter(
                    parameter,
                    format!(
                        "{count} neighbours were asked for; choose 1 to {MOST_NEIGHBOURS}, such as 30 for a fit and at most 400 for predictions."
                    ),
                ));
            }
        }
        self.search.check()
    }
}

/// The correlation of a name.
pub fn radial(kernel: &str) -> Result<Radial, Error> {
    match kernel.trim().to_lowercase().as_str() {
        "rbf" => Ok(Radial::SquaredExponential),
        "matern12" => Ok(Radial::Matern12),
        "matern32" => Ok(Radial::Matern32),
        "matern52" => Ok(Radial::Matern52),
        "rq" => Ok(Radial::RationalQuadratic),
        _ => Err(Error::parameter(
            "kernel",
            format!(
                "Neighbours are found by a distance, which the kernel “{kernel}” does not have: choose rbf, matern12, matern32, matern52 or rq over all inputs, or fit with inducing points."
            ),
        )),
    }
}
