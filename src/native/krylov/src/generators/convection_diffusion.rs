use std::f64::consts::PI;
use std::path::Path;

use filigree_core::{Error, Info, Observer, Random, Stopwatch, keep_going};

use crate::CsrMatrix;

use super::assembly::assemble;
use super::grid::{Boundary, Grid, Neighbour};
use super::parameter_checks::{check_angle, check_positive, check_systems};
use super::poisson::point_source;
use super::right_hand_side::RightHandSide;
use super::system_writer::{System, SystemWriter};

const STAGE: &str = "Assembling the systems";

/// How the flow through a face is told from the unknowns beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConvectionScheme {
    /// From the side the flow comes from: stable, first order.
    Upwind,
    /// From the mean of both: second order, oscillates where cells are too coarse.
    Central,
}

impl ConvectionScheme {
    /// Every scheme with its name at the boundaries.
    pub const NAMES: &[(Self, &str)] = &[(Self::Upwind, "upwind"), (Self::Central, "central")];
}

/// The velocity field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// The same everywhere, of length one.
    Uniform,
    /// Around the middle of the domain, at most one; nothing leaves through the walls.
    Recirculating,
}

impl Flow {
    /// Every flow with its name at the boundaries.
    pub const NAMES: &[(Self, &str)] = &[(Self::Uniform, "uniform"), (Self::Recirculating, "recirculating")];
}

/// Parameters of convection-diffusion problems.
#[derive(Clone, Debug, PartialEq)]
pub struct ConvectionDiffusionParams {
    /// Unknowns along both axes.
    pub shape: Vec<usize>,
    /// The velocity field.
    pub flow: Flow,
    /// Angle in degrees between the first axis and a uniform flow.
    pub angle: f64,
    /// How the flow is discretised.
    pub scheme: ConvectionScheme,
    /// First Péclet number: velocity times side of the domain over diffusivity.
    pub peclet: f64,
    /// Last Péclet number of a sequence; those between lie evenly on a logarithmic scale.
    pub last_peclet: f64,
    /// Systems of the sequence.
    pub systems: usize,
    /// Where the right-hand side comes from.
    pub right_hand_side: RightHandSide,
}

impl Default for ConvectionDiffusionParams {
    fn default() -> Self {
        Self {
            shape: vec![128, 128],
            flow: Flow::Uniform,
            angle: 30.0,
            scheme: ConvectionScheme::Upwind,
            peclet: 100.0,
            last_peclet: 1e4,
            systems: 1,
            right_hand_side: RightHandSide::Source,
        }
    }
}

impl ConvectionDiffusionParams {
    fn check(&self) -> Result<(), Error> {
        check_systems(self.systems)?;
        for (name, value) in [("peclet", self.peclet), ("lastPeclet", self.last_peclet)] {
            check_positive(name, "The Péclet number", value, 1e12)?;
        }
        check_angle(self.angle)
    }

    fn number(&self, system: usize) -> f64 {
        if self.systems == 1 {
            return self.peclet;
        }
        let share = system as f64 / (self.systems - 1) as f64;
        self.peclet * (self.last_peclet / self.peclet).powf(share)
    }

    /// Velocity along an axis at a place.
    fn velocity(&self, position: [f64; 3], axis: usize) -> f64 {
        match self.flow {
            Flow::Uniform => {
                let (sine, cosine) = self.angle.to_radians().sin_cos();
                [cosine, sine][axis]
            }
            Flow::Recirculating => {
                let (x, y) = (position[0], position[1]);
                [(PI * x).sin() * (PI * y).cos(), -(PI * x).cos() * (PI * y).sin()][axis]
            }
        }
    }
}

/// Writes −(1/Pe) Δu + w·∇u = f, the flow through every face told once for both of its cells. The parameter of a system
/// is its Péclet number.
pub fn solve(
    params: &ConvectionDiffusionParams,
    seed: u64,
    folder: &Path,
    observer: &mut dyn Observer,
) -> Result<Info, Error> {
    let watch = Stopwatch::start();
    params.check()?;
    let grid = Grid::natural(&params.shape, &[2], Boundary::Dirichlet)?;
    observer.stage(STAGE);
    let make = |index: usize| -> Result<System<f64>, Error> {
        let peclet = params.number(index);
        let matrix = flow_matrix(params, &grid, peclet)?;
        let mut random = Random::new(seed, index as u64);
        let vectors = params.right_hand_side.make(&matrix, &grid, false, &mut random, || point_source(&grid));
        let parameters = if params.systems == 1 { Vec::new() } else { vec![peclet] };
        Ok(System { parameters, ..System::plain(matrix, vectors) })
    };
    let first = make(0)?;
    let mut writer = SystemWriter::create(folder, params.systems, &first)?;
    writer.write(&first)?;
    for index in 1..params.systems {
        keep_going(observer.progress(index as f64 / params.systems as f64), STAGE)?;
        writer.write(&make(index)?)?;
    }
    let mut info = writer.finish("a convection-diffusion problem", &watch)?;
    let of_cells =
        params.peclet.max(if params.systems > 1 { params.last_peclet } else { 0.0 }) * grid.spacing;
    info.figures.push(("cellPeclet", of_cells));
    if params.scheme == ConvectionScheme::Central && of_cells > 2.0 {
        info.warnings.push(format!(
            "Central differences oscillate where the Péclet number of a cell exceeds 2; here it reaches {of_cells:.1}."
        ));
    }
    Ok(info)
}

fn flow_matrix(
    params: &ConvectionDiffusionParams,
    grid: &Grid,
    peclet: f64,
) -> Result<CsrMatrix<f64>, Error> {
    let diffusion = grid.conductance() / peclet;
    assemble(grid.unknowns(), |unknown, row| {
        let index = grid.index(unknown);
        let position = grid.position(unknown);
        let mut own = 0.0;
        for axis in 0..2 {
            for up in [false, true] {
                let side = if up { 1.0 } else { -1.0 };
                let mut face = position;
                face[axis] += 0.5 * side * grid.spacing;
                // Flow out of the cell through this face.
                let outflow = side * params.velocity(face, axis) * grid.spacing;
                let (from_own, from_other) = match params.scheme {
                    ConvectionScheme::Upwind => (outflow.max(0.0), outflow.min(0.0)),
                    ConvectionScheme::Central => (0.5 * outflow, 0.5 * outflow),
                };
                own += diffusion + from_own;
                if let Neighbour::Unknown(other) = grid.neighbour(unknown, &index, axis, up) {
                    row.add(other, from_other - diffusion);
                }
            }
        }
        row.add(unknown, own);
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generators::test_support::{generated, threads_agree};
    use filigree_core::Silent;

    #[test]
    fn both_schemes_are_exact_on_a_linear_solution_inside() {
        for scheme in [ConvectionScheme::Upwind, ConvectionScheme::Central] {
            let params = ConvectionDiffusionParams {
                shape: vec![7, 9],
                scheme,
                ..ConvectionDiffusionParams::default()
            };
            let grid = Grid::natural(&params.shape, &[2], Boundary::Dirichlet).unwrap();
            let matrix = flow_matrix(&params, &grid, 50.0).unwrap();
            let (sine, cosine) = 30f64.to_radians().sin_cos();
            let x: Vec<f64> = (0..63).map(|i| 2.0 * grid.position(i)[0] - grid.position(i)[1]).collect();
            let mut image = vec![0.0; 63];
            matrix.multiply(&x, &mut image);
            let expected = (2.0 * cosine - sine) * grid.volume();
            // Line 3, sample 4: no wall beside it.
            assert!((image[3 * 9 + 4] - expected).abs() < 1e-14);
        }
    }

    #[test]
    fn upwind_rows_are_dominated_whatever_the_flow() {
        let params = ConvectionDiffusionParams {
            shape: vec![9, 9],
            flow: Flow::Recirculating,
            peclet: 1e6,
            systems: 1,
            ..ConvectionDiffusionParams::default()
        };
        let folder = tempfile::tempdir().unwrap();
        solve(&params, 1, folder.path(), &mut Silent).unwrap();
        let matrix = generated(folder.path()).matrix::<f64>(0).unwrap();
        assert!(matrix.hermitian_deviation() > 0.1);
        for row in 0..81 {
            let (columns, values) = matrix.row(row);
            for (&column, &value) in columns.iter().zip(values) {
                assert!(if column as usize == row { value > 0.0 } else { value <= 0.0 });
            }
        }
    }

    #[test]
    fn a_sweep_keeps_its_peclet_numbers_and_says_when_it_oscillates() {
        let params = ConvectionDiffusionParams {
            shape: vec![20, 30],
            scheme: ConvectionScheme::Central,
            peclet: 10.0,
            last_peclet: 1000.0,
            systems: 3,
            ..ConvectionDiffusionParams::default()
        };
        let folder = tempfile::tempdir().unwrap();
        let info = solve(&params, 1, folder.path(), &mut Silent).unwrap();
        assert!(info.warnings[0].contains("oscillate"));
        let parameters = generated(folder.path()).parameters().unwrap().unwrap();
        assert!((parameters[1][0] - 100.0).abs() < 1e-10 && parameters[2] == [1000.0]);
        threads_agree(|folder| solve(&params, 1, folder, &mut Silent));
    }
}
