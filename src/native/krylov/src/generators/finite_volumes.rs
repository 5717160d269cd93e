use filigree_core::Error;

use crate::{CsrMatrix, Scalar};

use super::assembly::assemble;
use super::grid::{Grid, Neighbour};

/// −∇·(κ∇u) integrated over every cell, and `diagonal` (a term for each unknown) added: flows between cells are told
/// once for both, through the harmonic mean of their coefficients, so that the matrix is symmetric and nothing is lost.
/// With κ = 1 in two dimensions these are the entries 4 and −1.
pub(super) fn diffusion_matrix<S: Scalar>(
    grid: &Grid,
    coefficient: &(impl Fn(usize) -> f64 + Sync),
    diagonal: impl Fn(usize) -> S + Sync,
) -> Result<CsrMatrix<S>, Error> {
    let conductance = grid.conductance();
    assemble(grid.unknowns(), |unknown, row| {
        let index = grid.index(unknown);
        let own = coefficient(unknown);
        let mut sum = diagonal(unknown);
        for axis in 0..grid.shape.len() {
            for up in [false, true] {
                match grid.neighbour(unknown, &index, axis, up) {
                    Neighbour::Unknown(other) => {
                        let flow = S::from_real(conductance * harmonic_mean(own, coefficient(other)));
                        row.add(other, -flow);
                        sum += flow;
                    }
                    Neighbour::Wall(distance) => sum += S::from_real(conductance * own / distance),
                    Neighbour::Closed => {}
                }
            }
        }
        row.add(unknown, sum);
    })
}

fn harmonic_mean(a: f64, b: f64) -> f64 {
    2.0 / (1.0 / a + 1.0 / b)
}

/// What flows in through walls where the solution is `given` (a value for each unknown beside a wall, by its index
/// along the axes).
pub(super) fn wall_inflow(
    grid: &Grid,
    coefficient: &(impl Fn(usize) -> f64 + Sync),
    given: impl Fn(usize, bool) -> f64,
) -> Vec<f64> {
    (0..grid.unknowns())
        .map(|unknown| {
            let index = grid.index(unknown);
            let mut sum = 0.0;
            for axis in 0..grid.shape.len() {
                for up in [false, true] {
                    if let Neighbour::Wall(distance) = grid.neighbour(unknown, &index, axis, up) {
                        sum += grid.conductance() * coefficient(unknown) / distance * given(axis, up);
                    }
                }
            }
            sum
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generators::grid::{Boundary, Placement};
    use filigree_core::Random;

    #[test]
    fn any_coefficient_gives_a_symmetric_matrix_whose_rows_lose_nothing() {
        let mut random = Random::new(1, 0);
        for (shape, boundary) in [
            (vec![5, 7], Boundary::Neumann),
            (vec![4, 3, 5], Boundary::Periodic),
            (vec![2, 2], Boundary::Periodic),
        ] {
            let grid = Grid::natural(&shape, &[2, 3], boundary).unwrap();
            let field: Vec<f64> = (0..grid.unknowns()).map(|_| random.normal().exp()).collect();
            let matrix = diffusion_matrix::<f64>(&grid, &|i| field[i], |_| 0.0).unwrap();
            assert!(matrix.hermitian_deviation() < 1e-15);
            let mut image = vec![1.0; grid.unknowns()];
            matrix.multiply(&vec![1.0; grid.unknowns()], &mut image);
            assert!(image.iter().all(|x| x.abs() < 1e-12));
        }
    }

    #[test]
    fn a_linear_pressure_solves_a_layered_medium() {
        // Flow across layers: the pressure drop is shared out by the resistances, exactly.
        let grid = Grid::new(&[2, 4], &[2], Boundary::Mixed, Placement::Cells).unwrap();
        let layers = [1.0, 4.0, 4.0, 0.5];
        let field = |i: usize| layers[i % 4];
        let matrix = diffusion_matrix::<f64>(&grid, &field, |_| 0.0).unwrap();
        let b = wall_inflow(&grid, &field, |_, up| if up { 0.0 } else { 1.0 });
        let total: f64 = layers.iter().map(|k| 1.0 / k).sum();
        let mut at = 0.0;
        let pressures: Vec<f64> = layers
            .iter()
            .map(|k| {
                let middle = 1.0 - (at + 0.5 / k) / total;
                at += 1.0 / k;
                middle
            })
            .collect();
        let x: Vec<f64> = (0..8).map(|i| pressures[i % 4]).collect();
        let mut rest = vec![0.0; 8];
        matrix.residual(&b, &x, &mut rest);
        assert!(rest.iter().all(|r| r.abs() < 1e-14), "{rest:?}");
    }
}
