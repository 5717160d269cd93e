use std::path::Path;

use filigree_core::{Error, Info, Observer, Random, Stopwatch};

use super::finite_volumes::diffusion_matrix;
use super::grid::{Boundary, Grid, Placement};
use super::random_field::{RandomFieldParams, RandomFields};
use super::right_hand_side::bump;
use super::system_writer::{System, SystemWriter};

/// The state that steps start from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InitialState {
    /// One smooth bump off the middle.
    Bump,
    /// Two bumps of opposite sign.
    TwoBumps,
    /// The slowest mode of the domain under fixed sides: its decay, or its period, is known.
    SlowestMode,
}

impl InitialState {
    /// Every state with its name at the boundaries.
    pub const NAMES: &[(Self, &str)] =
        &[(Self::Bump, "bump"), (Self::TwoBumps, "two-bumps"), (Self::SlowestMode, "slowest-mode")];
}

/// Parameters of heat and wave operators.
#[derive(Clone, Debug, PartialEq)]
pub struct EvolutionParams {
    /// Unknowns along two or three axes.
    pub shape: Vec<usize>,
    /// What holds at the sides.
    pub boundary: Boundary,
    /// ln κ of conductivity (or stiffness); a deviation of nought is a uniform medium.
    pub medium: RandomFieldParams,
    /// The state that steps start from.
    pub initial_state: InitialState,
}

impl Default for EvolutionParams {
    fn default() -> Self {
        Self {
            shape: vec![128, 128],
            boundary: Boundary::Dirichlet,
            medium: RandomFieldParams { deviation: 0.0, ..RandomFieldParams::default() },
            initial_state: InitialState::Bump,
        }
    }
}

/// Writes the stiffness matrix K of −∇·(κ∇u), the mass matrix M (volumes of cells) in its pattern, the initial state and
/// a source of nought: heat is M u′ + K u = b, waves are M u″ + K u = b.
pub fn solve(
    params: &EvolutionParams,
    seed: u64,
    folder: &Path,
    observer: &mut dyn Observer,
) -> Result<Info, Error> {
    let watch = Stopwatch::start();
    params.medium.check()?;
    let uniform = params.medium.deviation == 0.0;
    let grid = if uniform {
        Grid::natural(&params.shape, &[2, 3], params.boundary)?
    } else {
        Grid::new(&params.shape, &[2, 3], params.boundary, Placement::Cells)?
    };
    observer.stage("Assembling the matrices");
    let coefficient: Vec<f64> = if uniform {
        vec![1.0; grid.unknowns()]
    } else {
        let fields = RandomFields::draw(&params.medium, &grid, 1, &mut Random::new(seed, 0));
        fields.values(0).into_iter().map(f64::exp).collect()
    };
    let matrix = diffusion_matrix::<f64>(&grid, &|i| coefficient[i], |_| 0.0)?;
    let state: Vec<f64> =
        (0..grid.unknowns()).map(|i| initial_value(params.initial_state, &grid, i)).collect();
    let system = System {
        mass: Some(vec![grid.volume(); grid.unknowns()]),
        coefficient: (!uniform).then_some(coefficient),
        ..System::plain(matrix, (vec![0.0; grid.unknowns()], None))
    };
    observer.stage("Writing");
    let mut writer = SystemWriter::create(folder, 1, &system)?;
    writer.write(&system)?;
    writer.shared("initialState", &[grid.unknowns()], &state)?;
    super::poisson::write_null_space(&mut writer, &grid)?;
    writer.finish("heat and wave operators", &watch)
}

fn initial_value(state: InitialState, grid: &Grid, unknown: usize) -> f64 {
    match state {
        InitialState::Bump => bump(grid, unknown, [0.35, 0.4, 0.5], 0.07),
        InitialState::TwoBumps => {
            bump(grid, unknown, [0.3, 0.3, 0.5], 0.07) - bump(grid, unknown, [0.65, 0.7, 0.5], 0.07)
        }
        InitialState::SlowestMode => {
            let position = grid.position(unknown);
            let sides = grid.shape.iter().enumerate().map(|(axis, &length)| {
                let cells = (1.0 / grid.spacing).round();
                let side = if grid.boundary == Boundary::Dirichlet && length as f64 + 1.0 <= cells {
                    (length as f64 + 1.0) * grid.spacing
                } else {
                    length as f64 * grid.spacing
                };
                (std::f64::consts::PI * position[axis] / side).sin()
            });
            sides.product()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generators::test_support::{described, generated, threads_agree};
    use filigree_core::{MappedArray, Silent};

    fn read(folder: &Path, name: &str) -> Vec<f64> {
        MappedArray::open(&described(&folder.join(name))).unwrap().read_all().unwrap()
    }

    #[test]
    fn the_slowest_mode_is_an_eigenvector_of_stiffness_and_mass() {
        let folder = tempfile::tempdir().unwrap();
        let params = EvolutionParams {
            shape: vec![9, 14],
            initial_state: InitialState::SlowestMode,
            ..EvolutionParams::default()
        };
        solve(&params, 1, folder.path(), &mut Silent).unwrap();
        let matrix = generated(folder.path()).matrix::<f64>(0).unwrap();
        let state = read(folder.path(), "initialState.npy");
        let mut image = vec![0.0; state.len()];
        matrix.multiply(&state, &mut image);
        let mass = read(folder.path(), "mass.npy");
        let value = image[0] / state[0];
        assert!(image.iter().zip(&state).all(|(a, u)| (a - value * u).abs() < 1e-12));
        // Diagonal in the pattern of the matrix.
        let volume = (1.0 / 15.0f64).powi(2);
        assert_eq!(mass.len(), matrix.entries());
        assert!((mass.iter().sum::<f64>() - volume * 126.0).abs() < 1e-12);
    }

    #[test]
    fn one_and_two_threads_write_the_same_bytes() {
        let params = EvolutionParams {
            shape: vec![30, 20, 20],
            boundary: Boundary::Mixed,
            medium: RandomFieldParams { modes: 5, ..RandomFieldParams::default() },
            initial_state: InitialState::TwoBumps,
        };
        threads_agree(|folder| solve(&params, 4, folder, &mut Silent));
    }
}
