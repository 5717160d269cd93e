use std::f64::consts::PI;

use filigree_core::Random;

use crate::{CsrMatrix, Scalar};

use super::grid::Grid;

/// Where the right-hand side of a generated system comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RightHandSide {
    /// Ones.
    Ones,
    /// Standard normal numbers.
    Random,
    /// A x of a smooth x, which is kept as the known solution.
    Manufactured,
    /// The source that belongs to the problem.
    Source,
}

impl RightHandSide {
    /// Every kind with its name at the boundaries.
    pub const NAMES: &[(Self, &str)] = &[
        (Self::Ones, "ones"),
        (Self::Random, "random"),
        (Self::Manufactured, "manufactured"),
        (Self::Source, "source"),
    ];

    /// The right-hand side, and the solution where it is known. Where a constant is in the null space only what the system
    /// can answer is kept: the mean is taken out.
    pub(super) fn make<S: Scalar>(
        self,
        matrix: &CsrMatrix<S>,
        grid: &Grid,
        singular: bool,
        random: &mut Random,
        source: impl FnOnce() -> Vec<S>,
    ) -> (Vec<S>, Option<Vec<S>>) {
        let unknowns = grid.unknowns();
        let mut b = match self {
            Self::Ones => vec![S::ONE; unknowns],
            Self::Random => (0..unknowns).map(|_| normal(random)).collect(),
            Self::Manufactured => {
                let mut x: Vec<S> = (0..unknowns).map(|unknown| smooth(grid, unknown)).collect();
                if singular {
                    remove_mean(&mut x);
                }
                let mut b = vec![S::ZERO; unknowns];
                matrix.multiply(&x, &mut b);
                return (b, Some(x));
            }
            Self::Source => source(),
        };
        if singular {
            remove_mean(&mut b);
        }
        (b, None)
    }
}

fn normal<S: Scalar>(random: &mut Random) -> S {
    let real = random.normal();
    S::from_parts(real, if S::COMPLEX { random.normal() } else { 0.0 })
}

/// Two waves of different lengths under a slope; of complex numbers the second one is the imaginary part. The slope makes
/// them a mixture of many eigenvectors of a Laplacian: with one or two of them alone any Krylov method ends at once.
fn smooth<S: Scalar>(grid: &Grid, unknown: usize) -> S {
    let position = grid.position(unknown);
    let slope = (0..grid.shape.len()).map(|axis| position[axis]).sum::<f64>().exp();
    let wave = |count: usize| -> f64 {
        let factor = |axis: usize| ((count + axis) as f64 * PI * position[axis]).sin();
        slope * (0..grid.shape.len()).map(factor).product::<f64>()
    };
    S::from_parts(wave(1) + if S::COMPLEX { 0.0 } else { 0.3 * wave(4) }, 0.3 * wave(4))
}

fn remove_mean<S: Scalar>(values: &mut [S]) {
    let mean = values.iter().copied().sum::<S>().scale(1.0 / values.len() as f64);
    values.iter_mut().for_each(|value| *value -= mean);
}

/// A smooth bump of height one around a place of the unit box, `width` its standard deviation.
pub(super) fn bump(grid: &Grid, unknown: usize, centre: [f64; 3], width: f64) -> f64 {
    let position = grid.position(unknown);
    let square: f64 = (0..grid.shape.len()).map(|axis| (position[axis] - centre[axis]).powi(2)).sum();
    (-0.5 * square / (width * width)).exp()
}
