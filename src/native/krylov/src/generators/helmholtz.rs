use std::path::Path;

use filigree_core::{Error, Info, NpyElement, Observer, Random, Stopwatch, keep_going};
use num_complex::Complex64;

use crate::Scalar;

use super::finite_volumes::diffusion_matrix;
use super::grid::{Boundary, Grid, Placement};
use super::parameter_checks::check_systems;
use super::random_field::{RandomFieldParams, RandomFields};
use super::right_hand_side::{RightHandSide, bump};
use super::system_writer::{System, SystemWriter};

const STAGE: &str = "Assembling the systems";

/// What happens to waves at the sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HelmholtzBoundary {
    /// They leave: ∂u/∂n = i k u (first order). The system is complex.
    Impedance,
    /// They are sent back: u = 0. The system is real, symmetric and indefinite.
    Dirichlet,
}

impl HelmholtzBoundary {
    /// Every kind with its name at the boundaries.
    pub const NAMES: &[(Self, &str)] = &[(Self::Impedance, "impedance"), (Self::Dirichlet, "dirichlet")];
}

/// How wavenumbers run through a sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WavenumberOrder {
    /// From the first to the last, in even steps.
    Sweep,
    /// Drawn evenly between them.
    Random,
}

impl WavenumberOrder {
    /// Every order with its name at the boundaries.
    pub const NAMES: &[(Self, &str)] = &[(Self::Sweep, "sweep"), (Self::Random, "random")];
}

/// Parameters of Helmholtz problems.
#[derive(Clone, Debug, PartialEq)]
pub struct HelmholtzParams {
    /// Unknowns along two or three axes.
    pub shape: Vec<usize>,
    /// What happens at the sides.
    pub boundary: HelmholtzBoundary,
    /// First wavenumber.
    pub wavenumber: f64,
    /// Last wavenumber of a sequence.
    pub last_wavenumber: f64,
    /// How wavenumbers run from the first to the last.
    pub order: WavenumberOrder,
    /// The medium: exp(g) multiplies k². A deviation of nought is a uniform medium.
    pub medium: RandomFieldParams,
    /// Systems of the sequence.
    pub systems: usize,
    /// Where the right-hand side comes from.
    pub right_hand_side: RightHandSide,
}

impl Default for HelmholtzParams {
    fn default() -> Self {
        Self {
            shape: vec![100, 100],
            boundary: HelmholtzBoundary::Impedance,
            wavenumber: 20.0,
            last_wavenumber: 25.0,
            order: WavenumberOrder::Sweep,
            medium: RandomFieldParams { deviation: 0.0, modes: 8, ..RandomFieldParams::default() },
            systems: 1,
            right_hand_side: RightHandSide::Source,
        }
    }
}

impl HelmholtzParams {
    fn check(&self) -> Result<(), Error> {
        self.medium.check()?;
        check_systems(self.systems)?;
        for (name, value) in [("wavenumber", self.wavenumber), ("lastWavenumber", self.last_wavenumber)] {
            if !(0.0..=1e6).contains(&value) {
                return Err(Error::parameter(
                    name,
                    format!("The wavenumber is {value}; it must lie between 0 and 1e6."),
                ));
            }
        }
        Ok(())
    }

    /// Wavenumbers of all systems.
    fn wavenumbers(&self, random: &mut Random) -> Vec<f64> {
        let span = self.last_wavenumber - self.wavenumber;
        (0..self.systems)
            .map(|index| {
                let share = match self.order {
                    _ if self.systems == 1 => 0.0,
                    WavenumberOrder::Sweep => index as f64 / (self.systems - 1) as f64,
                    WavenumberOrder::Random => random.uniform(),
                };
                self.wavenumber + share * span
            })
            .collect()
    }
}

/// Writes −Δu − k² m u = f. `mass` is m times the volume of a cell on the diagonal, so that the matrix plus k² times a
/// complex shift of it is a shifted Laplacian; parameters are the wavenumber and the coefficients of the medium.
pub fn solve(
    params: &HelmholtzParams,
    seed: u64,
    folder: &Path,
    observer: &mut dyn Observer,
) -> Result<Info, Error> {
    params.check()?;
    match params.boundary {
        HelmholtzBoundary::Dirichlet => {
            let grid = Grid::natural(&params.shape, &[2, 3], Boundary::Dirichlet)?;
            write::<f64>(params, &grid, seed, folder, observer)
        }
        HelmholtzBoundary::Impedance => {
            let grid = Grid::new(&params.shape, &[2, 3], Boundary::Neumann, Placement::Cells)?;
            write::<Complex64>(params, &grid, seed, folder, observer)
        }
    }
}

fn write<S: Scalar + NpyElement>(
    params: &HelmholtzParams,
    grid: &Grid,
    seed: u64,
    folder: &Path,
    observer: &mut dyn Observer,
) -> Result<Info, Error> {
    let watch = Stopwatch::start();
    observer.stage(STAGE);
    let wavenumbers = params.wavenumbers(&mut Random::new(seed, 0));
    let media = RandomFields::draw(&params.medium, grid, params.systems, &mut Random::new(seed, 1));
    let make = |index: usize| -> Result<System<S>, Error> {
        let wavenumber = wavenumbers[index];
        let medium: Vec<f64> = media.values(index).into_iter().map(f64::exp).collect();
        let mass: Vec<f64> = medium.iter().map(|m| m * grid.volume()).collect();
        let matrix = diffusion_matrix::<S>(grid, &|_| 1.0, |unknown| {
            let leaving = if S::COMPLEX {
                -wavenumber * medium[unknown].sqrt() * open_area(grid, unknown)
            } else {
                0.0
            };
            S::from_parts(-wavenumber * wavenumber * mass[unknown], leaving)
        })?;
        let source = || {
            let value = |unknown| S::from_real(grid.volume() * bump(grid, unknown, [0.3, 0.5, 0.5], 0.04));
            (0..grid.unknowns()).map(value).collect()
        };
        let mut random = Random::new(seed, 2 + index as u64);
        // Closed sides that waves leave through have no null space.
        let vectors = params.right_hand_side.make(&matrix, grid, false, &mut random, source);
        let mut parameters = Vec::new();
        if params.systems > 1 {
            parameters.push(wavenumber);
            if params.medium.deviation > 0.0 {
                parameters.extend(&media.coefficients[index]);
            }
        }
        let coefficient = (params.medium.deviation > 0.0).then_some(medium);
        Ok(System { mass: Some(mass), coefficient, parameters, ..System::plain(matrix, vectors) })
    };
    let first = make(0)?;
    let mut writer = SystemWriter::create(folder, params.systems, &first)?;
    writer.write(&first)?;
    for index in 1..params.systems {
        keep_going(observer.progress(index as f64 / params.systems as f64), STAGE)?;
        writer.write(&make(index)?)?;
    }
    let mut info = writer.finish("a Helmholtz problem", &watch)?;
    let highest = wavenumbers.iter().copied().fold(0.0, f64::max);
    info.figures.push(("pointsPerWavelength", std::f64::consts::TAU / (highest * grid.spacing)));
    info.warnings.extend(coarse_grid(highest * grid.spacing));
    Ok(info)
}

/// Area of the sides of the domain that a cell has.
fn open_area(grid: &Grid, unknown: usize) -> f64 {
    let index = grid.index(unknown);
    let sides = (0..grid.shape.len())
        .map(|axis| usize::from(index[axis] == 0) + usize::from(index[axis] + 1 == grid.shape[axis]))
        .sum::<usize>();
    sides as f64 * grid.conductance() * grid.spacing
}

fn coarse_grid(phase: f64) -> Option<String> {
    let points = std::f64::consts::TAU / phase;
    (points < 8.0).then(|| {
        format!(
            "The largest wavenumber leaves {points:.1} unknowns to a wavelength; fewer than about 10 do not resolve a wave."
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generators::test_support::{described, generated, threads_agree};
    use faer::Mat;
    use filigree_core::Silent;

    fn small(boundary: HelmholtzBoundary) -> HelmholtzParams {
        HelmholtzParams { shape: vec![12, 12], boundary, wavenumber: 12.0, ..HelmholtzParams::default() }
    }

    #[test]
    fn sent_back_waves_have_as_many_negative_eigenvalues_as_modes_below_the_wavenumber() {
        let folder = tempfile::tempdir().unwrap();
        solve(&small(HelmholtzBoundary::Dirichlet), 1, folder.path(), &mut Silent).unwrap();
        let matrix = generated(folder.path()).matrix::<f64>(0).unwrap();
        let dense = Mat::from_fn(144, 144, |i, j| matrix.get(i, j));
        let eigenvalues = dense.self_adjoint_eigenvalues(faer::Side::Lower).unwrap();
        let found = eigenvalues.iter().filter(|&&x| x < 0.0).count();
        let h: f64 = 1.0 / 13.0;
        let mode = |p: usize| 4.0 / (h * h) * (std::f64::consts::PI * p as f64 * h / 2.0).sin().powi(2);
        let expected = (1..=12)
            .flat_map(|p| (1..=12).map(move |q| (p, q)))
            .filter(|&(p, q)| mode(p) + mode(q) < 144.0)
            .count();
        assert_eq!(found, expected);
        assert!(found > 5);
    }

    #[test]
    fn leaving_waves_make_a_complex_symmetric_matrix_that_takes_energy_out() {
        let folder = tempfile::tempdir().unwrap();
        let params = HelmholtzParams {
            systems: 3,
            last_wavenumber: 14.0,
            medium: RandomFieldParams { deviation: 0.2, modes: 3, ..RandomFieldParams::default() },
            ..small(HelmholtzBoundary::Impedance)
        };
        solve(&params, 1, folder.path(), &mut Silent).unwrap();
        let file = generated(folder.path());
        let matrix = file.matrix::<Complex64>(2).unwrap();
        assert!(matrix.symmetric_deviation() < 1e-15 && matrix.hermitian_deviation() > 1e-3);
        assert!(matrix.diagonal().iter().all(|d| d.im <= 0.0));
        let parameters = file.parameters().unwrap().unwrap();
        assert_eq!(parameters.iter().map(|row| row[0]).collect::<Vec<_>>(), [12.0, 13.0, 14.0]);
        assert_eq!(parameters[0].len(), 10);
        assert_eq!(
            described(&folder.path().join("mass.npy")).shape,
            described(&folder.path().join("values.npy")).shape
        );
    }

    #[test]
    fn too_coarse_a_grid_is_said() {
        let folder = tempfile::tempdir().unwrap();
        let params = HelmholtzParams { wavenumber: 30.0, ..small(HelmholtzBoundary::Impedance) };
        let info = solve(&params, 1, folder.path(), &mut Silent).unwrap();
        assert!(info.warnings[0].contains("to a wavelength"));
    }

    #[test]
    fn one_and_two_threads_write_the_same_bytes() {
        let params =
            HelmholtzParams { shape: vec![100, 100], systems: 2, ..small(HelmholtzBoundary::Impedance) };
        threads_agree(|folder| solve(&params, 1, folder, &mut Silent));
    }
}
