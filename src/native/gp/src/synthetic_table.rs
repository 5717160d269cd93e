use std::f64::consts::TAU;
use std::path::Path;

use filigree_core::{Error, Info, NpyWriter, Observer, Random, StopReason, Stopwatch, keep_going};

/// Most numbers of a table that is made.
const MOST_NUMBERS: usize = 1 << 26;

/// Rows made between two looks at the observer.
const ROWS_AT_ONCE: usize = 1 << 16;

/// The function behind a synthetic table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SyntheticFunction {
    /// Over one input, with stretches that have no rows.
    Curve,
    /// Over two inputs.
    Field,
    /// Friedman's first function (1991): five inputs matter, the others do not.
    Friedman,
}

impl SyntheticFunction {
    /// Every function with its name at the boundaries.
    pub const NAMES: &[(Self, &str)] =
        &[(Self::Curve, "curve"), (Self::Field, "field"), (Self::Friedman, "friedman")];
}

/// How the target is disturbed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SyntheticNoise {
    /// Normal, the same everywhere.
    Normal,
    /// Normal, rising fivefold along the first input.
    Rising,
    /// Student's t with three degrees of freedom, scaled to the same deviation.
    HeavyTailed,
}

impl SyntheticNoise {
    /// Every kind with its name at the boundaries.
    pub const NAMES: &[(Self, &str)] =
        &[(Self::Normal, "normal"), (Self::Rising, "rising"), (Self::HeavyTailed, "heavy-tailed")];
}

/// Parameters of a synthetic table.
#[derive(Clone, Debug, PartialEq)]
pub struct SyntheticTableParams {
    /// The function behind it.
    pub function: SyntheticFunction,
    /// Rows made.
    pub rows: usize,
    /// Inputs of Friedman's function, those that do not matter included.
    pub inputs: usize,
    /// Deviation of the noise, relative to that of the function.
    pub noise: f64,
    /// Its kind.
    pub noise_kind: SyntheticNoise,
}

impl Default for SyntheticTableParams {
    fn default() -> Self {
        Self {
            function: SyntheticFunction::Curve,
            rows: 500,
            inputs: 10,
            noise: 0.1,
            noise_kind: SyntheticNoise::Normal,
        }
    }
}

impl SyntheticTableParams {
    /// Says which parameter is wrong and why.
    pub fn check(&self) -> Result<(), Error> {
        if self.rows < 2 {
            return Err(Error::parameter("rows", "A table needs two rows or more."));
        }
        if self.function == SyntheticFunction::Friedman && self.inputs < 5 {
            return Err(Error::parameter(
                "inputs",
                format!("Friedman's function has five inputs that matter; {} are too few.", self.inputs),
            ));
        }
        if self.rows.saturating_mul(self.dimensions() + 1) > MOST_NUMBERS {
            return Err(Error::parameter(
                "rows",
                format!("At most {MOST_NUMBERS} numbers are made. Ask for fewer rows or inputs."),
            ));
        }
        if !(self.noise >= 0.0 && self.noise <= 100.0) {
            return Err(Error::parameter(
                "noise",
                format!("The noise is {}; it must be from 0 to 100.", self.noise),
            ));
        }
        Ok(())
    }

    /// Inputs of the table.
    pub fn dimensions(&self) -> usize {
        match self.function {
            SyntheticFunction::Curve => 1,
            SyntheticFunction::Field => 2,
            SyntheticFunction::Friedman => self.inputs,
        }
    }
}

impl SyntheticFunction {
    /// The function at inputs from 0 to 1, and about what deviation it has over them.
    fn value(self, x: &[f64]) -> f64 {
        match self {
            Self::Curve => (3.0 * TAU * x[0] * x[0]).sin() + 2.0 * x[0],
            Self::Field => {
                let bump = |u: f64, v: f64, width: f64| {
                    (-((x[0] - u).powi(2) + (x[1] - v).powi(2)) / (2.0 * width * width)).exp()
                };
                2.0 * bump(0.3, 0.7, 0.12) - 1.5 * bump(0.7, 0.35, 0.2) + (2.0 * TAU * x[0]).sin() * x[1]
            }
            Self::Friedman => {
                10.0 * (0.5 * TAU * x[0] * x[1]).sin()
                    + 20.0 * (x[2] - 0.5).powi(2)
                    + 10.0 * x[3]
                    + 5.0 * x[4]
            }
        }
    }

    fn deviation(self) -> f64 {
        match self {
            Self::Curve => 0.86,
            Self::Field => 0.62,
            Self::Friedman => 4.9,
        }
    }
}

/// An input of the curve: none lies from 0.35 to 0.5 or from 0.7 to 0.8, so that a fit has gaps to bridge.
fn beside_gaps(random: &mut Random) -> f64 {
    let place = 0.75 * random.uniform();
    if place < 0.35 {
        place
    } else if place < 0.55 {
        place + 0.15
    } else {
        place + 0.25
    }
}

/// Writes `table.npy` (row; inputs, target), the same bytes for the same parameters and seed.
pub fn solve_synthetic_table(
    params: &SyntheticTableParams,
    seed: u64,
    folder: &Path,
    observer: &mut dyn Observer,
) -> Result<Info, Error> {
    let mut watch = Stopwatch::start();
    params.check()?;
    watch.setup_done();
    observer.stage("Drawing rows");
    let (dimensions, function) = (params.dimensions(), params.function);
    let mut random = Random::new(seed, 0);
    let mut table = Vec::with_capacity(params.rows * (dimensions + 1));
    let deviation = params.noise * function.deviation();
    for row in 0..params.rows {
        if row % ROWS_AT_ONCE == 0 {
            keep_going(observer.progress(row as f64 / params.rows as f64), "drawing rows")?;
        }
        let start = table.len();
        for _ in 0..dimensions {
            let input = if function == SyntheticFunction::Curve {
                beside_gaps(&mut random)
            } else {
                random.uniform()
            };
            table.push(input);
        }
        let inputs = &table[start..];
        let noise = match params.noise_kind {
            SyntheticNoise::Normal => random.normal(),
            SyntheticNoise::Rising => (1.0 + 4.0 * inputs[0]) / 3.0 * random.normal(),
            SyntheticNoise::HeavyTailed => {
                // Variance of t with three degrees is three.
                let squares: f64 = (0..3).map(|_| random.normal().powi(2)).sum();
                random.normal() / (squares / 3.0).sqrt() / 3f64.sqrt()
            }
        };
        let target = function.value(inputs) + deviation * noise;
        table.push(target);
    }
    let files = vec![NpyWriter::write_all(folder, "table.npy", &[params.rows, dimensions + 1], &table)?];
    Ok(Info {
        iterations: 0,
        stop_reason: StopReason::Finished,
        stop_message: format!("{} rows were drawn.", params.rows),
        figures: vec![("noiseDeviation", deviation)],
        files,
        ..Info::measured(&watch)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use filigree_core::Silent;

    fn drawn(params: &SyntheticTableParams, seed: u64) -> Vec<u8> {
        let folder = tempfile::tempdir().unwrap();
        solve_synthetic_table(params, seed, folder.path(), &mut Silent).unwrap();
        std::fs::read(folder.path().join("table.npy")).unwrap()
    }

    #[test]
    fn the_seed_alone_decides_the_bytes() {
        let params = SyntheticTableParams::default();
        assert_eq!(drawn(&params, 3), drawn(&params, 3));
        assert_ne!(drawn(&params, 3), drawn(&params, 4));
    }

    #[test]
    fn deviations_are_what_they_are_said_to_be() {
        let mut random = Random::new(5, 1);
        for (function, _) in SyntheticFunction::NAMES {
            let values: Vec<f64> = (0..20_000)
                .map(|_| {
                    let inputs: Vec<f64> = (0..5)
                        .map(|_| {
                            if *function == SyntheticFunction::Curve {
                                beside_gaps(&mut random)
                            } else {
                                random.uniform()
                            }
                        })
                        .collect();
                    function.value(&inputs)
                })
                .collect();
            let mean = values.iter().sum::<f64>() / values.len() as f64;
            let variance = values.iter().map(|y| (y - mean).powi(2)).sum::<f64>() / values.len() as f64;
            let share = variance.sqrt() / function.deviation();
            assert!((0.8..1.25).contains(&share), "{function:?}: {}", variance.sqrt());
        }
    }

    #[test]
    fn the_curve_has_gaps() {
        let mut random = Random::new(1, 0);
        let inputs: Vec<f64> = (0..5000).map(|_| beside_gaps(&mut random)).collect();
        assert!(inputs.iter().all(|x| (0.0..1.0).contains(x)));
        assert!(!inputs.iter().any(|x| (0.351..0.499).contains(x) || (0.701..0.799).contains(x)));
    }

    #[test]
    fn too_few_inputs_are_refused() {
        let few = SyntheticTableParams {
            function: SyntheticFunction::Friedman,
            inputs: 4,
            ..SyntheticTableParams::default()
        };
        assert!(few.check().unwrap_err().to_string().contains("five inputs"));
    }
}
