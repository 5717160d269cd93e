mod steps;

use filigree_core::{Error, symmetric_eigen};
use statrs::distribution::{ContinuousCDF, StudentsT};
use statrs::function::erf::erfc;
use statrs::function::gamma::{digamma, ln_gamma};

use self::steps::{count_probabilities, judge_steps};
use crate::calibration::QUANTILES;
use crate::fitted_model::Judged;
use crate::kernel::{Parameter, ParameterRole};
use crate::saved_model::SavedParts;

/// Nodes of the Gauss–Hermite rule that expectations over the latent function are formed with.
const NODES: usize = 20;

/// How a target comes about where the latent function has the value f.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ObservationKind {
    /// f plus normal noise.
    Gaussian,
    /// f plus Student-t noise, which forgives outliers.
    StudentT,
    /// 1 with the probability Φ(f), else 0.
    Bernoulli,
    /// A count with the mean exp(f), f measured from the logarithm of the mean count.
    Poisson,
    /// A function plus normal noise, f being the logarithm of the noise's variance: a second process beside the function
    /// (Saul, Hensman, Vehtari & Lawrence, "Chained Gaussian processes", AISTATS 2016). Its expectations take the
    /// expected square of the error for the target.
    Heteroscedastic,
}

impl ObservationKind {
    /// Every kind with its name at the boundaries.
    pub const NAMES: &[(Self, &str)] = &[
        (Self::Gaussian, "gaussian"),
        (Self::StudentT, "student-t"),
        (Self::Bernoulli, "bernoulli"),
        (Self::Poisson, "poisson"),
        (Self::Heteroscedastic, "heteroscedastic"),
    ];

    /// The name at the boundaries.
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(kind, _)| *kind == self).map_or("gaussian", |&(_, name)| name)
    }

    /// The kind that a saved model names.
    pub fn named(name: &str) -> Result<Self, Error> {
        Self::NAMES.iter().find(|(_, known)| *known == name).map(|&(kind, _)| kind).ok_or_else(|| {
            Error::InvalidData(format!(
                "The saved model has the likelihood “{name}”, which this Filigree does not know. Update Filigree."
            ))
        })
    }

    /// Whether targets may be shifted and scaled.
    pub fn is_scalable(self) -> bool {
        matches!(self, Self::Gaussian | Self::StudentT | Self::Heteroscedastic)
    }

    /// Its hyper-parameters, for targets of the given variance.
    pub fn parameters(self, target_variance: f64) -> Vec<Parameter> {
        match self {
            Self::Gaussian => vec![Parameter::noise(target_variance)],
            Self::StudentT => vec![
                Parameter::noise(target_variance),
                Parameter {
                    name: "degrees of freedom of the noise".to_owned(),
                    role: ParameterRole::Other,
                    input: None,
                    lower: 2.1f64.ln(),
                    upper: 100f64.ln(),
                    start: 4f64.ln(),
                },
            ],
            Self::Heteroscedastic => vec![Parameter {
                name: "middle variance of the noise".to_owned(),
                ..Parameter::noise(target_variance)
            }],
            Self::Bernoulli | Self::Poisson => Vec::new(),
        }
    }

    /// Refuses targets that can not come about this way.
    pub fn check(self, targets: &[f64]) -> Result<(), Error> {
        let wrong = |allowed: fn(f64) -> bool| targets.iter().copied().find(|&y| !allowed(y));
        let (found, what) = match self {
            Self::Gaussian | Self::StudentT | Self::Heteroscedastic => return Ok(()),
            Self::Bernoulli => {
                (wrong(|y| (0.0..=1.0).contains(&y)), "Classes are 0 and 1; code them so, or choose another")
            }
            Self::Poisson => (wrong(|y| y >= 0.0), "Counts are never negative; choose another"),
        };
        match found {
            None => Ok(()),
            Some(y) => {
                Err(Error::parameter("likelihood", format!("The target holds {y}. {what} likelihood.")))
            }
        }
    }
}

/// An expectation over f ~ N(mean, variance), and its derivatives.
#[derive(Clone, Copy, Debug, Default)]
pub struct Expected {
    /// E[ln p(y | f)].
    pub value: f64,
    /// By the mean.
    pub by_mean: f64,
    /// By the variance.
    pub by_variance: f64,
}

/// A likelihood with the nodes its expectations are formed with.
#[derive(Clone, Debug)]
pub struct Observation {
    /// What it is.
    pub kind: ObservationKind,
    /// What a latent function of zero stands for: the logarithm of the mean count. Steps from far away overshoot.
    pub offset: f64,
    nodes: Vec<(f64, f64)>,
}

impl Observation {
    /// Nodes and weights from the eigenvectors of the recurrence of the Hermite polynomials (Golub & Welsch 1969).
    pub fn new(kind: ObservationKind) -> Result<Self, Error> {
        let mut recurrence = vec![0.0; NODES * NODES];
        for k in 1..NODES {
            recurrence[k * NODES + k - 1] = (k as f64).sqrt();
            recurrence[(k - 1) * NODES + k] = (k as f64).sqrt();
        }
        let eigen = symmetric_eigen(&recurrence, NODES)?;
        let nodes =
            eigen.values.iter().enumerate().map(|(i, &x)| (x, eigen.vectors[i * NODES].powi(2))).collect();
        Ok(Self { kind, offset: 0.0, nodes })
    }

    /// For these targets.
    pub fn of(kind: ObservationKind, targets: &[f64]) -> Result<Self, Error> {
        let mean = targets.iter().sum::<f64>() / targets.len() as f64;
        let offset = if kind == ObservationKind::Poisson && mean > 0.0 { mean.ln() } else { 0.0 };
        Ok(Self { offset, ..Self::new(kind)? })
    }

    /// That of a saved model.
    pub fn restored(parts: &SavedParts) -> Result<Self, Error> {
        let own = Self::new(ObservationKind::named(parts.text("likelihood")?)?)?;
        Ok(Self { offset: parts.number("offset")?, ..own })
    }

    /// E[ln p(y | f)] of a row that stands for `weight` observations and has noise of variance `given` beside the learned
    /// one; adds its gradient by the hyper-parameters `theta` (logarithms), times `scale`.
    pub fn expected(
        &self,
        y: f64,
        (weight, given): (f64, f64),
        (mean, variance): (f64, f64),
        theta: &[f64],
        scale: f64,
        gradient: &mut [f64],
    ) -> Expected {
        match self.kind {
            ObservationKind::Gaussian => {
                let own = theta[0].exp() / weight;
                let noise = own + given;
                let square = (y - mean).powi(2) + variance;
                gradient[0] += scale * 0.5 * own * (square / noise - 1.0) / noise;
                Expected {
                    value: -0.5 * ((std::f64::consts::TAU * noise).ln() + square / noise),
                    by_mean: (y - mean) / noise,
                    by_variance: -0.5 / noise,
                }
            }
            ObservationKind::Poisson => {
                let mean = mean + self.offset;
                let rate = (mean + 0.5 * variance).min(700.0).exp();
                Expected {
                    value: weight * (y * mean - rate - ln_gamma(y + 1.0)),
                    by_mean: weight * (y - rate),
                    by_variance: -0.5 * weight * rate,
                }
            }
            ObservationKind::Heteroscedastic => {
                let logarithm = theta[0] + mean;
                let scaled = y * (0.5 * variance - logarithm).exp();
                let by_mean = 0.5 * weight * (scaled - 1.0);
                gradient[0] += scale * by_mean;
                Expected {
                    value: -0.5 * weight * (std::f64::consts::TAU.ln() + logarithm + scaled),
                    by_mean,
                    by_variance: -0.25 * weight * scaled,
                }
            }
            ObservationKind::Bernoulli | ObservationKind::StudentT => {
                let deviation = variance.sqrt();
                let mut sum = Expected::default();
                for &(node, share) in &self.nodes {
                    let share = share * weight;
                    let (value, slope) = if self.kind == ObservationKind::Bernoulli {
                        log_class(y, mean + deviation * node)
                    } else {
                        log_student(y - mean - deviation * node, theta, given, share * scale, gradient)
                    };
                    sum.value += share * value;
                    sum.by_mean += share * slope;
                    // The derivative of the rule itself, so that the gradient is that of what is computed.
                    sum.by_variance += share * slope * node / (2.0 * deviation);
                }
                sum
            }
        }
    }

    /// Mean and variance of an observation where f ~ N(mean, variance).
    pub fn observed(&self, mean: f64, variance: f64, theta: &[f64]) -> (f64, f64) {
        match self.kind {
            ObservationKind::Gaussian => (mean, variance + theta[0].exp()),
            ObservationKind::StudentT => {
                let freedom = theta[1].exp();
                (mean, variance + theta[0].exp() * freedom / (freedom - 2.0))
            }
            ObservationKind::Bernoulli => {
                let p = 0.5 * erfc(-mean / (2.0 * (1.0 + variance)).sqrt());
                (p, p * (1.0 - p))
            }
            ObservationKind::Poisson => {
                let rate = (mean + self.offset + 0.5 * variance).min(300.0).exp();
                (rate, rate + rate * rate * variance.exp_m1())
            }
            // Of the noise alone.
            ObservationKind::Heteroscedastic => (0.0, (theta[0] + mean + 0.5 * variance).exp()),
        }
    }

    /// What the predictive distributions say of observed targets; none where they are normal.
    pub fn judge(
        &self,
        latent: impl Iterator<Item = (f64, f64)>,
        targets: &[f64],
        theta: &[f64],
    ) -> Option<Judged> {
        if self.kind == ObservationKind::Gaussian {
            return None;
        }
        let mut judged = Judged { log_density: Vec::new(), pit: Vec::new(), quantiles: Vec::new() };
        for ((mean, variance), &y) in latent.zip(targets) {
            let places: Vec<(f64, f64)> = self.places(mean + self.offset, variance).collect();
            match self.kind {
                ObservationKind::StudentT => judge_student(&places, y, theta, &mut judged),
                ObservationKind::Bernoulli => {
                    let (p, _) = self.observed(mean, variance, theta);
                    judge_steps(&[1.0 - p, p], y, &mut judged);
                }
                _ => judge_steps(&count_probabilities(&places, y), y, &mut judged),
            }
        }
        Some(judged)
    }

    fn places(&self, mean: f64, variance: f64) -> impl Iterator<Item = (f64, f64)> {
        let deviation = variance.sqrt();
        self.nodes.iter().map(move |&(node, share)| (mean + deviation * node, share))
    }

    /// What normal predictions whose noise varies say of observed targets: mixtures over the logarithm of the variance.
    /// `function` and `noise` are means and variances of both processes, `middle` what the second is measured from.
    pub fn judge_varying(
        &self,
        function: &[(f64, f64)],
        noise: &[(f64, f64)],
        targets: &[f64],
        middle: f64,
    ) -> Judged {
        let mut judged = Judged { log_density: Vec::new(), pit: Vec::new(), quantiles: Vec::new() };
        for (((mean, variance), own), y) in function.iter().zip(noise).zip(targets) {
            let deviations: Vec<(f64, f64)> = self
                .places(middle + own.0, own.1)
                .map(|(logarithm, share)| ((variance + logarithm.exp()).sqrt(), share))
                .collect();
            let cdf = |at: f64| {
                let below =
                    |deviation: f64| 0.5 * erfc((mean - at) / deviation * std::f64::consts::FRAC_1_SQRT_2);
                deviations.iter().map(|(deviation, share)| share * below(*deviation)).sum::<f64>()
            };
            let density = |deviation: f64| {
                let z = (y - mean) / deviation;
                (-0.5 * z * z).exp() / (deviation * std::f64::consts::TAU.sqrt())
            };
            let whole: f64 = deviations.iter().map(|(own, share)| share * density(*own)).sum();
            judged.log_density.push(whole.max(f64::MIN_POSITIVE).ln());
            judged.pit.push(cdf(*y));
            // Noise as large as the outer nodes have is rarer than any quantile asks for.
            let heavy = deviations.iter().filter(|(_, share)| *share > 1e-4);
            let widest = heavy.fold(0.0f64, |most, (own, _)| most.max(*own));
            judged.quantiles.extend(quantiles_of(cdf, *mean, 3.5 * widest));
        }
        judged
    }
}

/// y·ln Φ(f) + (1 − y)·ln Φ(−f), and its derivative by f.
fn log_class(y: f64, f: f64) -> (f64, f64) {
    let side = |f: f64| {
        let tail = 0.5 * erfc(-f * std::f64::consts::FRAC_1_SQRT_2);
        // Far out, ln Φ(f) and the ratio of density to distribution follow their expansions.
        if f > -30.0 {
            (tail.ln(), (-0.5 * f * f).exp() / (std::f64::consts::TAU.sqrt() * tail))
        } else {
            (-0.5 * f * f - (-f * std::f64::consts::TAU.sqrt()).ln(), -f - 1.0 / f)
        }
    };
    let (yes, no) = (side(f), side(-f));
    (y * yes.0 + (1.0 - y) * no.0, y * yes.1 - (1.0 - y) * no.1)
}

/// The logarithm of the Student-t density of an error, and its derivative by f; adds its gradient by ln scale² and ln
/// degrees of freedom.
fn log_student(error: f64, theta: &[f64], given: f64, share: f64, gradient: &mut [f64]) -> (f64, f64) {
    let (own, freedom) = (theta[0].exp(), theta[1].exp());
    let scale = own + given;
    let square = error * error / scale;
    let base = freedom + square;
    let half = 0.5 * (freedom + 1.0);
    gradient[0] += share * own / scale * (half * square / base - 0.5);
    gradient[1] += share
        * freedom
        * (0.5 * (digamma(half) - digamma(0.5 * freedom)) - 0.5 / freedom - 0.5 * (square / freedom).ln_1p()
            + half * square / (freedom * base));
    let value = ln_gamma(half)
        - ln_gamma(0.5 * freedom)
        - 0.5 * (freedom * std::f64::consts::PI * scale).ln()
        - half * (square / freedom).ln_1p();
    (value, (freedom + 1.0) * error / (scale * base))
}

fn judge_student(places: &[(f64, f64)], y: f64, theta: &[f64], judged: &mut Judged) {
    let (scale, freedom) = ((0.5 * theta[0]).exp(), theta[1].exp());
    let Ok(noise) = StudentsT::new(0.0, 1.0, freedom) else { return };
    let cdf = |at: f64| places.iter().map(|(f, share)| share * noise.cdf((at - f) / scale)).sum::<f64>();
    let density: f64 = places
        .iter()
        .map(|(f, share)| share * log_student(y - f, theta, 0.0, 0.0, &mut [0.0; 2]).0.exp())
        .sum();
    judged.log_density.push(density.max(f64::MIN_POSITIVE).ln());
    judged.pit.push(cdf(y));
    let (low, high) = places
        .iter()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), (f, _)| (low.min(*f), high.max(*f)));
    let (middle, half) = (0.5 * (low + high), 0.5 * (high - low) + 6.0 * scale);
    judged.quantiles.extend(quantiles_of(cdf, middle, half));
}

/// The distribution function on a grid about `middle` that is finer there, read backwards.
fn quantiles_of(cdf: impl Fn(f64) -> f64, middle: f64, half: f64) -> impl Iterator<Item = f64> {
    let grid: Vec<(f64, f64)> = (-64..=64i32)
        .map(|k| {
            let t = f64::from(k) / 64.0;
            let at = middle + half * (0.5 * t + 0.5 * t.powi(3)) * 2.0;
            (at, cdf(at))
        })
        .collect();
    (0..QUANTILES).map(move |q| {
        let level = (q as f64 + 0.5) / QUANTILES as f64;
        let right = grid.partition_point(|(_, reached)| *reached < level).clamp(1, grid.len() - 1);
        let ((a, low), (b, high)) = (grid[right - 1], grid[right]);
        if high > low { a + (b - a) * ((level - low) / (high - low)).clamp(0.0, 1.0) } else { a }
    })
}

#[cfg(test)]
mod tests;
