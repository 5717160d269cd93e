use std::path::Path;

use filigree_core::{Error, Info, Observer, Random, Stopwatch};

use crate::CsrMatrix;

use super::assembly::assemble;
use super::grid::{Boundary, Grid};
use super::parameter_checks::{check_angle, check_positive};
use super::poisson::point_source;
use super::right_hand_side::RightHandSide;
use super::system_writer::{System, SystemWriter};

/// How the rotated operator is discretised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DiffusionScheme {
    /// Bilinear finite elements on squares: nine points.
    FiniteElements,
    /// Central differences: seven points of nine.
    FiniteDifferences,
}

impl DiffusionScheme {
    /// Every scheme with its name at the boundaries.
    pub const NAMES: &[(Self, &str)] =
        &[(Self::FiniteElements, "finite-elements"), (Self::FiniteDifferences, "finite-differences")];
}

/// Parameters of rotated anisotropic diffusion.
#[derive(Clone, Debug, PartialEq)]
pub struct AnisotropicDiffusionParams {
    /// Unknowns along both axes.
    pub shape: Vec<usize>,
    /// ε: diffusion across, where it is one along.
    pub epsilon: f64,
    /// Angle in degrees between the first axis and the direction of strong diffusion.
    pub angle: f64,
    /// How it is discretised.
    pub scheme: DiffusionScheme,
    /// Where the right-hand side comes from.
    pub right_hand_side: RightHandSide,
}

impl Default for AnisotropicDiffusionParams {
    fn default() -> Self {
        Self {
            shape: vec![128, 128],
            epsilon: 1e-3,
            angle: 30.0,
            scheme: DiffusionScheme::FiniteElements,
            right_hand_side: RightHandSide::Random,
        }
    }
}

/// Writes −∇·(Q diag(1, ε) Qᵀ ∇u) with the solution nought at all sides. Stencils are those of textbooks (and of PyAMG's
/// gallery): bilinear elements, and central differences with the mixed derivative on two corners or four.
pub fn solve(
    params: &AnisotropicDiffusionParams,
    seed: u64,
    folder: &Path,
    observer: &mut dyn Observer,
) -> Result<Info, Error> {
    let watch = Stopwatch::start();
    let grid = Grid::natural(&params.shape, &[2], Boundary::Dirichlet)?;
    check_positive("epsilon", "epsilon", params.epsilon, 1e12)?;
    check_angle(params.angle)?;
    observer.stage("Assembling the matrix");
    let matrix = stencil_matrix(&grid, &stencil(params))?;
    let mut random = Random::new(seed, 0);
    let vectors = params.right_hand_side.make(&matrix, &grid, false, &mut random, || point_source(&grid));
    let system = System::plain(matrix, vectors);
    observer.stage("Writing");
    let mut writer = SystemWriter::create(folder, 1, &system)?;
    writer.write(&system)?;
    writer.finish("a rotated anisotropic diffusion problem", &watch)
}

/// The stencil as (step along the first axis + 1, step along the second axis + 1).
fn stencil(params: &AnisotropicDiffusionParams) -> [[f64; 3]; 3] {
    let (sine, cosine) = params.angle.to_radians().sin_cos();
    let first = cosine * cosine + params.epsilon * sine * sine;
    let second = sine * sine + params.epsilon * cosine * cosine;
    let mixed = (1.0 - params.epsilon) * sine * cosine;
    match params.scheme {
        DiffusionScheme::FiniteElements => {
            let corner = |sign: f64| -(first + second) / 6.0 + sign * mixed / 2.0;
            let along_first = (-4.0 * first + 2.0 * second) / 6.0;
            let along_second = (2.0 * first - 4.0 * second) / 6.0;
            [
                [corner(-1.0), along_first, corner(1.0)],
                [along_second, 8.0 * (first + second) / 6.0, along_second],
                [corner(1.0), along_first, corner(-1.0)],
            ]
        }
        DiffusionScheme::FiniteDifferences => {
            let corner = mixed / 2.0;
            [[-corner, -first, corner], [-second, 2.0 * (first + second), -second], [corner, -first, -corner]]
        }
    }
}

fn stencil_matrix(grid: &Grid, stencil: &[[f64; 3]; 3]) -> Result<CsrMatrix<f64>, Error> {
    let (lines, samples) = (grid.shape[0], grid.shape[1]);
    assemble(grid.unknowns(), |unknown, row| {
        let [line, sample, _] = grid.index(unknown);
        for (down, weights) in stencil.iter().enumerate() {
            for (right, &weight) in weights.iter().enumerate() {
                let (i, j) = (line + down, sample + right);
                if weight != 0.0 && (1..=lines).contains(&i) && (1..=samples).contains(&j) {
                    row.add((i - 1) * samples + j - 1, weight);
                }
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generators::test_support::{generated, threads_agree};
    use filigree_core::Silent;

    #[test]
    fn stencils_are_those_of_the_gallery() {
        let params = |scheme| AnisotropicDiffusionParams {
            epsilon: 0.1,
            angle: 30.0,
            scheme,
            ..AnisotropicDiffusionParams::default()
        };
        let elements = stencil(&params(DiffusionScheme::FiniteElements));
        let differences = stencil(&params(DiffusionScheme::FiniteDifferences));
        for i in 0..3 {
            for j in 0..3 {
                assert!((elements[i][j] - GALLERY_ELEMENTS[i][j]).abs() < 1e-12, "{elements:?}");
                assert!((differences[i][j] - GALLERY_DIFFERENCES[i][j]).abs() < 1e-12, "{differences:?}");
            }
        }
    }

    /// PyAMG's `diffusion_stencil_2d(epsilon=0.1, theta=pi/6, type='FE')` and `'FD'`.
    const GALLERY_ELEMENTS: [[f64; 3]; 3] = [
        [-0.3781890491848321, -0.4083333333333334, 0.0115223825181654],
        [0.0416666666666667, 1.4666666666666668, 0.0416666666666667],
        [0.0115223825181654, -0.4083333333333334, -0.3781890491848321],
    ];
    const GALLERY_DIFFERENCES: [[f64; 3]; 3] = [
        [-0.1948557158514987, -0.775, 0.1948557158514987],
        [-0.325, 2.2, -0.325],
        [0.1948557158514987, -0.775, -0.1948557158514987],
    ];

    #[test]
    fn the_matrix_is_symmetric_and_every_row_sums_to_nought_inside() {
        let folder = tempfile::tempdir().unwrap();
        let params =
            AnisotropicDiffusionParams { shape: vec![6, 5], ..AnisotropicDiffusionParams::default() };
        solve(&params, 1, folder.path(), &mut Silent).unwrap();
        let matrix = generated(folder.path()).matrix::<f64>(0).unwrap();
        assert!(matrix.hermitian_deviation() < 1e-15);
        let (columns, values) = matrix.row(12);
        assert_eq!(columns.len(), 9);
        assert!(values.iter().sum::<f64>().abs() < 1e-14);
    }

    #[test]
    fn one_and_two_threads_write_the_same_bytes() {
        let params =
            AnisotropicDiffusionParams { shape: vec![110, 90], ..AnisotropicDiffusionParams::default() };
        threads_agree(|folder| solve(&params, 1, folder, &mut Silent));
    }
}
