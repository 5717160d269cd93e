use std::path::Path;

use filigree_core::{Error, Info, Observer, Random, Stopwatch};

use super::finite_volumes::diffusion_matrix;
use super::grid::{Boundary, Grid};
use super::right_hand_side::{RightHandSide, bump};
use super::system_writer::{System, SystemWriter};

/// Parameters of a Poisson problem.
#[derive(Clone, Debug, PartialEq)]
pub struct PoissonParams {
    /// Unknowns along two or three axes.
    pub shape: Vec<usize>,
    /// What holds at the sides.
    pub boundary: Boundary,
    /// Where the right-hand side comes from.
    pub right_hand_side: RightHandSide,
}

impl Default for PoissonParams {
    fn default() -> Self {
        Self {
            shape: vec![128, 128],
            boundary: Boundary::Dirichlet,
            right_hand_side: RightHandSide::Manufactured,
        }
    }
}

/// Writes −Δu = f on the unit box, integrated over cells: entries 4 and −1 in two dimensions.
pub fn solve(
    params: &PoissonParams,
    seed: u64,
    folder: &Path,
    observer: &mut dyn Observer,
) -> Result<Info, Error> {
    let watch = Stopwatch::start();
    let grid = Grid::natural(&params.shape, &[2, 3], params.boundary)?;
    check_singular(params.boundary, params.right_hand_side)?;
    observer.stage("Assembling the matrix");
    let matrix = diffusion_matrix::<f64>(&grid, &|_| 1.0, |_| 0.0)?;
    let mut random = Random::new(seed, 0);
    let vectors =
        params
            .right_hand_side
            .make(&matrix, &grid, params.boundary.is_singular(), &mut random, || point_source(&grid));
    let system = System::plain(matrix, vectors);
    observer.stage("Writing");
    let mut writer = SystemWriter::create(folder, 1, &system)?;
    writer.write(&system)?;
    write_null_space(&mut writer, &grid)?;
    writer.finish("a Poisson problem", &watch)
}

/// Refuses ones beside a null space of constants: what is left of them is nought.
pub(super) fn check_singular(boundary: Boundary, right_hand_side: RightHandSide) -> Result<(), Error> {
    if boundary.is_singular() && right_hand_side == RightHandSide::Ones {
        return Err(Error::parameter(
            "rightHandSide",
            "With closed or periodic sides nothing flows out, so a right-hand side of ones has no solution. Choose random, manufactured or source, or another boundary.",
        ));
    }
    Ok(())
}

/// The constant that belongs to closed and periodic sides, as near-null space.
pub(super) fn write_null_space<S: crate::Scalar + filigree_core::NpyElement>(
    writer: &mut SystemWriter<'_, S>,
    grid: &Grid,
) -> Result<(), Error> {
    if grid.boundary.is_singular() {
        writer.shared("nearNullSpace", &[grid.unknowns(), 1], &vec![1.0; grid.unknowns()])?;
    }
    Ok(())
}

/// A smooth source off the middle of the domain.
pub(super) fn point_source(grid: &Grid) -> Vec<f64> {
    (0..grid.unknowns()).map(|unknown| grid.volume() * bump(grid, unknown, [0.35, 0.6, 0.5], 0.06)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generators::test_support::{generated, threads_agree};
    use filigree_core::Silent;

    #[test]
    fn two_dimensions_give_the_five_point_stencil() {
        let folder = tempfile::tempdir().unwrap();
        let params = PoissonParams { shape: vec![3, 3], ..PoissonParams::default() };
        solve(&params, 1, folder.path(), &mut Silent).unwrap();
        let file = generated(folder.path());
        let matrix = file.matrix::<f64>(0).unwrap();
        assert_eq!(matrix.row(4), (&[1u32, 3, 4, 5, 7][..], &[-1.0, -1.0, 4.0, -1.0, -1.0][..]));
        assert_eq!(matrix.get(0, 0), 4.0);
        let (b, x) = (
            file.right_hand_side::<f64>(0).unwrap().unwrap(),
            file.known_solution::<f64>(0).unwrap().unwrap(),
        );
        let mut rest = vec![0.0; 9];
        matrix.residual(&b, &x, &mut rest);
        assert!(rest.iter().all(|r| r.abs() < 1e-15));
    }

    #[test]
    fn a_second_order_solution_converges() {
        // The truncation error of the scheme falls by four when the spacing is halved.
        let error = |length: usize| {
            let grid = Grid::natural(&[length, length], &[2], Boundary::Dirichlet).unwrap();
            let matrix = diffusion_matrix::<f64>(&grid, &|_| 1.0, |_| 0.0).unwrap();
            let pi = std::f64::consts::PI;
            let exact = |i: usize| {
                let p = grid.position(i);
                (pi * p[0]).sin() * (pi * p[1]).sin()
            };
            let x: Vec<f64> = (0..grid.unknowns()).map(exact).collect();
            let mut image = vec![0.0; x.len()];
            matrix.multiply(&x, &mut image);
            let scale = 2.0 * pi * pi * grid.volume();
            (0..x.len()).map(|i| (image[i] - scale * x[i]).abs() / scale).fold(0.0, f64::max)
        };
        let ratio = error(15) / error(31);
        assert!((ratio - 4.0).abs() < 0.1, "{ratio}");
    }

    #[test]
    fn singular_problems_keep_their_constant_and_can_be_answered() {
        for boundary in [Boundary::Neumann, Boundary::Periodic] {
            let folder = tempfile::tempdir().unwrap();
            let params =
                PoissonParams { shape: vec![4, 5, 3], boundary, right_hand_side: RightHandSide::Random };
            solve(&params, 1, folder.path(), &mut Silent).unwrap();
            let b = generated(folder.path()).right_hand_side::<f64>(0).unwrap().unwrap();
            assert!(b.iter().sum::<f64>().abs() < 1e-12);
            assert!(folder.path().join("nearNullSpace.npy").exists());
            let ones = PoissonParams { right_hand_side: RightHandSide::Ones, ..params };
            assert!(solve(&ones, 1, folder.path(), &mut Silent).is_err());
        }
    }

    #[test]
    fn one_and_two_threads_write_the_same_bytes() {
        let params = PoissonParams { shape: vec![40, 300], ..PoissonParams::default() };
        threads_agree(|folder| solve(&params, 1, folder, &mut Silent));
    }
}
