use filigree_core::Random;

use super::leaf::{Family, Leaf};

/// What a hyper-parameter does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParameterRole {
    /// Variance of a term.
    Variance,
    /// How far along an input values stay alike.
    LengthScale,
    /// Mixture of scales of the rational quadratic.
    Shape,
    /// Period along an input.
    Period,
    /// Mean frequency of a component of a spectral mixture.
    Frequency,
    /// Spread of the frequencies of a component of a spectral mixture.
    Bandwidth,
    /// Variance of the noise.
    Noise,
    /// Any other number a model learns.
    Other,
}

/// A hyper-parameter; it stands in θ as its natural logarithm.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// Such as “length scale of input 3”.
    pub name: String,
    /// What it does.
    pub role: ParameterRole,
    /// The input it belongs to, from zero.
    pub input: Option<usize>,
    /// Lowest logarithm.
    pub lower: f64,
    /// Highest logarithm.
    pub upper: f64,
    /// Logarithm a first guess takes.
    pub start: f64,
}

impl Parameter {
    /// The variance of Gaussian noise: between a millionth and ten times that of the target.
    pub fn noise(target_variance: f64) -> Self {
        Self::about(
            "variance of the noise".to_owned(),
            ParameterRole::Noise,
            None,
            0.1 * target_variance,
            1e-5,
            100.0,
        )
    }

    fn about(
        name: String,
        role: ParameterRole,
        input: Option<usize>,
        start: f64,
        down: f64,
        up: f64,
    ) -> Self {
        Self { name, role, input, lower: (start * down).ln(), upper: (start * up).ln(), start: start.ln() }
    }
}

/// How inputs are spread, which bounds and first guesses follow.
#[derive(Clone, Debug, PartialEq)]
pub struct InputSpread {
    /// Standard deviation of every input; one where it is constant.
    pub deviations: Vec<f64>,
    /// Largest less smallest value of every input; one where it is constant.
    pub ranges: Vec<f64>,
}

impl InputSpread {
    /// From row-major points (row, dimension).
    pub fn of(points: &[f64], dimensions: usize) -> Self {
        let rows = points.len() / dimensions;
        let column = |d: usize| (0..rows).map(move |i| points[i * dimensions + d]);
        let or_one = |value: f64| if value > 0.0 && value.is_finite() { value } else { 1.0 };
        let deviations = (0..dimensions)
            .map(|d| {
                let mean = column(d).sum::<f64>() / rows as f64;
                or_one((column(d).map(|x| (x - mean).powi(2)).sum::<f64>() / rows as f64).sqrt())
            })
            .collect();
        let ranges = (0..dimensions)
            .map(|d| {
                or_one(column(d).fold(f64::NEG_INFINITY, f64::max) - column(d).fold(f64::INFINITY, f64::min))
            })
            .collect();
        Self { deviations, ranges }
    }
}

pub fn describe(leaves: &[&Leaf], spread: &InputSpread, target_variance: f64) -> Vec<Parameter> {
    let share = target_variance / leaves.len() as f64;
    let mut described = Vec::new();
    for (index, leaf) in leaves.iter().enumerate() {
        let name = leaf.family.name();
        let repeated = leaves.iter().filter(|other| other.family.name() == name).count() > 1;
        let suffix = match (leaves.len(), repeated) {
            (1, _) => String::new(),
            (_, false) => format!(" ({name})"),
            (_, true) => format!(" ({name}, term {})", index + 1),
        };
        describe_leaf(leaf, spread, share, &suffix, &mut described);
    }
    described
}

fn describe_leaf(leaf: &Leaf, spread: &InputSpread, share: f64, suffix: &str, into: &mut Vec<Parameter>) {
    use ParameterRole::{Bandwidth, Frequency, LengthScale, Period, Shape, Variance};
    let widen = (leaf.inputs.len() as f64).sqrt();
    let of_input = |what: &str, input: usize, suffix: &str| format!("{what} of input {}{suffix}", input + 1);
    if leaf.has_variance() {
        into.push(Parameter::about(format!("variance{suffix}"), Variance, None, share, 1e-5, 1e4));
    }
    match leaf.family {
        Family::Linear => {
            for &input in &leaf.inputs {
                let start = share / (spread.deviations[input].powi(2) * leaf.inputs.len() as f64);
                let name = of_input("variance", input, suffix);
                into.push(Parameter::about(name, Variance, Some(input), start, 1e-6, 1e4));
            }
        }
        Family::SpectralMixture(components) => {
            for q in 0..components {
                let suffix = format!(" (component {}{})", q + 1, suffix.replace(['(', ')'], ""));
                let weight = share / components as f64;
                into.push(Parameter::about(format!("weight{suffix}"), Variance, None, weight, 1e-5, 1e4));
                for &input in &leaf.inputs {
                    // The first component begins with no oscillation to speak of, the others with one to several
                    // periods over the range.
                    let frequency = (0.1 + q as f64) / spread.ranges[input];
                    let name = of_input("frequency", input, &suffix);
                    into.push(Parameter::about(name, Frequency, Some(input), frequency, 1e-3, 1e3));
                }
                for &input in &leaf.inputs {
                    let bandwidth = 1.0 / (std::f64::consts::TAU * widen * spread.deviations[input]);
                    let name = of_input("bandwidth", input, &suffix);
                    into.push(Parameter::about(name, Bandwidth, Some(input), bandwidth, 1e-3, 1e3));
                }
            }
        }
        family => {
            for &input in &leaf.inputs {
                // A periodic length scale is measured on sines, which the spread of the input says nothing about.
                let unit = if family == Family::Periodic { 1.0 } else { spread.deviations[input] };
                let name = of_input("length scale", input, suffix);
                into.push(Parameter::about(name, LengthScale, Some(input), widen * unit, 1e-3, 1e3));
            }
            if family == Family::RationalQuadratic {
                into.push(Parameter::about(format!("shape α{suffix}"), Shape, None, 1.0, 1e-2, 1e3));
            }
            if family == Family::Periodic {
                for &input in &leaf.inputs {
                    let name = of_input("period", input, suffix);
                    let start = 0.25 * spread.ranges[input];
                    into.push(Parameter::about(name, Period, Some(input), start, 1e-2, 1e2));
                }
            }
        }
    }
}

/// The described starts, or starts about them: a normal deviate on each logarithm, kept well inside of the bounds.
pub fn start(parameters: &[Parameter], random: Option<&mut Random>) -> Vec<f64> {
    let mut theta: Vec<f64> = parameters.iter().map(|parameter| parameter.start).collect();
    if let Some(random) = random {
        for (value, parameter) in theta.iter_mut().zip(parameters) {
            let inside = 0.1 * (parameter.upper - parameter.lower);
            *value = (*value + random.normal()).clamp(parameter.lower + inside, parameter.upper - inside);
        }
    }
    theta
}
