use std::f64::consts::PI;

use filigree_core::{Error, Random};
use rayon::prelude::*;

use super::grid::Grid;

/// How the fields of a sequence belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldSequence {
    /// All lie around one field, so far from it as the step says; a step of one makes them independent.
    Around,
    /// Each is a step away from the one before, as a Markov chain proposes them (preconditioned Crank–Nicolson).
    Chain,
}

impl FieldSequence {
    /// Every kind with its name at the boundaries.
    pub const NAMES: &[(Self, &str)] = &[(Self::Around, "around"), (Self::Chain, "chain")];
}

/// A Gaussian random field by its Karhunen-Loève expansion in cosines: covariance (−Δ + τ²)^−α under closed walls.
#[derive(Clone, Debug, PartialEq)]
pub struct RandomFieldParams {
    /// Standard deviation of the field, averaged over the domain.
    pub deviation: f64,
    /// τ: the field forgets itself over about 1/τ of the domain.
    pub inverse_length: f64,
    /// α: how smooth it is.
    pub smoothness: f64,
    /// Cosines along each axis.
    pub modes: usize,
    /// How the fields of a sequence belong together.
    pub sequence: FieldSequence,
    /// β: how far they are from each other; 0 to 1.
    pub step: f64,
}

impl Default for RandomFieldParams {
    fn default() -> Self {
        Self {
            deviation: 1.0,
            inverse_length: 3.0,
            smoothness: 2.0,
            modes: 12,
            sequence: FieldSequence::Around,
            step: 0.3,
        }
    }
}

impl RandomFieldParams {
    /// Says which parameter is wrong and why.
    pub fn check(&self) -> Result<(), Error> {
        let ranges = [
            ("deviation", self.deviation, 0.0, 20.0),
            ("inverseLength", self.inverse_length, 0.0, 1e3),
            ("smoothness", self.smoothness, 0.5, 10.0),
            ("step", self.step, 0.0, 1.0),
        ];
        for (name, value, low, high) in ranges {
            if !(value >= low && value <= high) {
                return Err(Error::parameter(
                    name,
                    format!("{name} is {value}; it must lie between {low} and {high}."),
                ));
            }
        }
        if !(1..=128).contains(&self.modes) {
            return Err(Error::parameter(
                "modes",
                format!("There are {} modes along an axis; choose 1 to 128.", self.modes),
            ));
        }
        Ok(())
    }
}

/// The fields of a sequence: coefficients of the expansion first, values of a field when they are asked for.
pub(super) struct RandomFields {
    modes: usize,
    /// cosines[axis][index · modes + mode].
    cosines: Vec<Vec<f64>>,
    shape: Vec<usize>,
    /// (system, coefficient): the coefficients of normalised cosines, so that distances of rows are those of fields.
    pub coefficients: Vec<Vec<f64>>,
}

impl RandomFields {
    /// Draws the coefficients of `systems` fields; those without a wave are left out, so that the mean is nought.
    pub fn draw(params: &RandomFieldParams, grid: &Grid, systems: usize, random: &mut Random) -> Self {
        let axes = grid.shape.len();
        let modes = params.modes;
        let cosines = (0..axes)
            .map(|axis| {
                let length = grid.shape[axis];
                // Walls lie at both ends, whatever the placement of the unknowns.
                let cosine = move |at: usize, mode: usize| {
                    let scale = if mode == 0 { 1.0 } else { std::f64::consts::SQRT_2 };
                    scale * (PI * mode as f64 * (at as f64 + 0.5) / length as f64).cos()
                };
                (0..length * modes).map(|index| cosine(index / modes, index % modes)).collect()
            })
            .collect();
        let deviations = mode_deviations(params, axes);
        let draw = |random: &mut Random| -> Vec<f64> {
            deviations.iter().map(|deviation| deviation * random.normal()).collect()
        };
        let keep = (1.0 - params.step * params.step).sqrt();
        let mut base = draw(random);
        let mut coefficients = Vec::with_capacity(systems);
        for system in 0..systems {
            let own = if system == 0 && params.sequence == FieldSequence::Chain {
                base.clone()
            } else {
                let fresh = draw(random);
                base.iter().zip(fresh).map(|(base, fresh)| keep * base + params.step * fresh).collect()
            };
            if params.sequence == FieldSequence::Chain {
                base.clone_from(&own);
            }
            coefficients.push(own);
        }
        Self { modes, cosines, shape: grid.shape.clone(), coefficients }
    }

    /// Values of one field at all unknowns: the cosines are summed axis by axis.
    pub fn values(&self, system: usize) -> Vec<f64> {
        let mut field = self.coefficients[system].clone();
        // Axis by axis: (…, mode, points) → (…, points · index), the last mode first.
        for axis in (0..self.shape.len()).rev() {
            let points: usize = self.shape[axis + 1..].iter().product();
            let length = self.shape[axis];
            let outer = field.len() / (self.modes * points);
            let mut next = vec![0.0; outer * length * points];
            next.par_chunks_mut(points).enumerate().for_each(|(chunk, out)| {
                let (block, at) = (chunk / length, chunk % length);
                for mode in 0..self.modes {
                    let weight = self.cosines[axis][at * self.modes + mode];
                    let from = &field[(block * self.modes + mode) * points..][..points];
                    out.iter_mut().zip(from).for_each(|(out, value)| *out += weight * value);
                }
            });
            field = next;
        }
        field
    }
}

/// Standard deviations of the coefficients, scaled so that their squares sum to that of the field.
fn mode_deviations(params: &RandomFieldParams, axes: usize) -> Vec<f64> {
    let count = params.modes.pow(axes as u32);
    let mut deviations: Vec<f64> = (0..count)
        .map(|index| {
            let mut rest = index;
            let mut square = 0.0;
            for _ in 0..axes {
                square += ((rest % params.modes) as f64).powi(2);
                rest /= params.modes;
            }
            if square == 0.0 {
                return 0.0;
            }
            (PI * PI * square + params.inverse_length.powi(2)).powf(-0.5 * params.smoothness)
        })
        .collect();
    let total: f64 = deviations.iter().map(|x| x * x).sum::<f64>().sqrt();
    if total > 0.0 {
        deviations.iter_mut().for_each(|x| *x *= params.deviation / total);
    }
    deviations
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generators::grid::{Boundary, Placement};

    fn distance(a: &[f64], b: &[f64]) -> f64 {
        a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt()
    }

    #[test]
    fn fields_have_the_deviation_and_the_distances_that_were_asked_for() {
        let grid = Grid::new(&[40, 30], &[2], Boundary::Dirichlet, Placement::Cells).unwrap();
        let params = RandomFieldParams { deviation: 0.7, step: 1.0, ..RandomFieldParams::default() };
        let fields = RandomFields::draw(&params, &grid, 60, &mut Random::new(3, 0));
        let mean_square = (0..60)
            .map(|system| fields.values(system).iter().map(|x| x * x).sum::<f64>() / 1200.0)
            .sum::<f64>()
            / 60.0;
        assert!((mean_square.sqrt() / 0.7 - 1.0).abs() < 0.1, "{mean_square}");
        // Cosines are orthonormal on cells: the distance of coefficients is that of the fields.
        let (a, b) = (fields.values(0), fields.values(1));
        let of_fields = distance(&a, &b) / 1200f64.sqrt();
        let of_coefficients = distance(&fields.coefficients[0], &fields.coefficients[1]);
        assert!((of_fields / of_coefficients - 1.0).abs() < 1e-12);
    }

    #[test]
    fn neighbours_in_a_chain_are_closer_than_its_ends() {
        let grid = Grid::new(&[10, 10, 10], &[3], Boundary::Dirichlet, Placement::Cells).unwrap();
        let params = RandomFieldParams {
            step: 0.1,
            modes: 4,
            sequence: FieldSequence::Chain,
            ..RandomFieldParams::default()
        };
        let fields = RandomFields::draw(&params, &grid, 50, &mut Random::new(3, 0));
        let rows = &fields.coefficients;
        assert!(distance(&rows[0], &rows[1]) < 0.4 * distance(&rows[0], &rows[49]));
        assert_eq!(fields.values(0).len(), 1000);
    }
}
