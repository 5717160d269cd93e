use std::path::Path;

use filigree_core::{Error, Info, Observer, Random, Stopwatch, keep_going};

use super::finite_volumes::{diffusion_matrix, wall_inflow};
use super::grid::{Boundary, Grid, Placement};
use super::parameter_checks::check_systems;
use super::poisson::{check_singular, write_null_space};
use super::random_field::{RandomFieldParams, RandomFields};
use super::right_hand_side::RightHandSide;
use super::system_writer::{System, SystemWriter};

const STAGE: &str = "Assembling the systems";

/// How permeabilities follow from a Gaussian field g.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DarcyField {
    /// exp(g).
    LogNormal,
    /// The contrast where g is positive, one elsewhere.
    TwoPhase,
}

impl DarcyField {
    /// Every kind with its name at the boundaries.
    pub const NAMES: &[(Self, &str)] = &[(Self::LogNormal, "log-normal"), (Self::TwoPhase, "two-phase")];
}

/// Parameters of Darcy flow.
#[derive(Clone, Debug, PartialEq)]
pub struct DarcyParams {
    /// Cells along two or three axes.
    pub shape: Vec<usize>,
    /// What holds at the sides.
    pub boundary: Boundary,
    /// How permeabilities follow from the field.
    pub field: DarcyField,
    /// Permeability of the second phase, where the first has one.
    pub contrast: f64,
    /// The field and how those of a sequence belong together.
    pub random_field: RandomFieldParams,
    /// Systems of the sequence.
    pub systems: usize,
    /// Where the right-hand side comes from.
    pub right_hand_side: RightHandSide,
}

impl Default for DarcyParams {
    fn default() -> Self {
        Self {
            shape: vec![100, 100],
            boundary: Boundary::Dirichlet,
            field: DarcyField::LogNormal,
            contrast: 10.0,
            random_field: RandomFieldParams::default(),
            systems: 1,
            right_hand_side: RightHandSide::Source,
        }
    }
}

/// Writes −∇·(κ∇p) = f in conservative finite volumes with harmonic means between cells: symmetric and positive definite
/// for any field κ. The source is one everywhere, or, where two sides are held, the pressure drop between them.
pub fn solve(
    params: &DarcyParams,
    seed: u64,
    folder: &Path,
    observer: &mut dyn Observer,
) -> Result<Info, Error> {
    let watch = Stopwatch::start();
    params.random_field.check()?;
    check_singular(params.boundary, params.right_hand_side)?;
    let grid = Grid::new(&params.shape, &[2, 3], params.boundary, Placement::Cells)?;
    if !(params.contrast > 0.0 && params.contrast <= 1e12) {
        return Err(Error::parameter(
            "contrast",
            format!("The contrast is {}; it must be positive and at most 1e12.", params.contrast),
        ));
    }
    check_systems(params.systems)?;
    observer.stage(STAGE);
    let fields = RandomFields::draw(&params.random_field, &grid, params.systems, &mut Random::new(seed, 0));
    let make = |index: usize| -> Result<System<f64>, Error> {
        let coefficient: Vec<f64> = fields
            .values(index)
            .into_iter()
            .map(|g| match params.field {
                DarcyField::LogNormal => g.exp(),
                DarcyField::TwoPhase if g > 0.0 => params.contrast,
                DarcyField::TwoPhase => 1.0,
            })
            .collect();
        let matrix = diffusion_matrix(&grid, &|i| coefficient[i], |_| 0.0)?;
        let source = || match params.boundary {
            Boundary::Mixed => wall_inflow(&grid, &|i| coefficient[i], |_, up| if up { 0.0 } else { 1.0 }),
            Boundary::Dirichlet => vec![grid.volume(); grid.unknowns()],
            Boundary::Neumann | Boundary::Periodic => super::poisson::point_source(&grid),
        };
        let mut random = Random::new(seed, 1 + index as u64);
        let vectors =
            params.right_hand_side.make(&matrix, &grid, params.boundary.is_singular(), &mut random, source);
        let parameters = if params.systems == 1 { Vec::new() } else { fields.coefficients[index].clone() };
        Ok(System { coefficient: Some(coefficient), parameters, ..System::plain(matrix, vectors) })
    };
    let first = make(0)?;
    let mut writer = SystemWriter::create(folder, params.systems, &first)?;
    writer.write(&first)?;
    for index in 1..params.systems {
        keep_going(observer.progress(index as f64 / params.systems as f64), STAGE)?;
        writer.write(&make(index)?)?;
    }
    write_null_space(&mut writer, &grid)?;
    writer.finish("a Darcy problem", &watch)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generators::test_support::{described, generated, threads_agree};
    use filigree_core::{MappedArray, Silent};

    fn sequence() -> DarcyParams {
        DarcyParams { shape: vec![12, 10], systems: 4, ..DarcyParams::default() }
    }

    #[test]
    fn every_system_of_a_sequence_is_symmetric_and_dominated_by_its_diagonal() {
        for field in [DarcyField::LogNormal, DarcyField::TwoPhase] {
            let folder = tempfile::tempdir().unwrap();
            solve(&DarcyParams { field, ..sequence() }, 5, folder.path(), &mut Silent).unwrap();
            let file = generated(folder.path());
            assert_eq!((file.systems(), file.rows()), (4, 120));
            for system in 0..4 {
                let matrix = file.matrix::<f64>(system).unwrap();
                assert!(matrix.hermitian_deviation() < 1e-15);
                for row in 0..120 {
                    let (columns, values) = matrix.row(row);
                    let others: f64 = columns
                        .iter()
                        .zip(values)
                        .map(|(&column, value)| if column as usize == row { 0.0 } else { value.abs() })
                        .sum();
                    assert!(matrix.get(row, row) >= others * (1.0 - 1e-14));
                }
            }
            assert_ne!(file.matrix::<f64>(0).unwrap(), file.matrix::<f64>(1).unwrap());
            let parameters = file.parameters().unwrap().unwrap();
            assert_eq!((parameters.len(), parameters[0].len()), (4, 144));
        }
    }

    #[test]
    fn two_phases_have_two_permeabilities() {
        let folder = tempfile::tempdir().unwrap();
        let params = DarcyParams { field: DarcyField::TwoPhase, contrast: 1e3, systems: 1, ..sequence() };
        solve(&params, 5, folder.path(), &mut Silent).unwrap();
        let source = described(&folder.path().join("coefficient.npy"));
        let field = MappedArray::open(&source).unwrap().read_all().unwrap();
        assert!(field.iter().all(|&k| k == 1.0 || k == 1e3));
        assert!(field.contains(&1.0) && field.contains(&1e3));
    }

    #[test]
    fn a_pressure_drop_gives_the_same_flow_through_both_ends() {
        let folder = tempfile::tempdir().unwrap();
        let params = DarcyParams { boundary: Boundary::Mixed, systems: 1, ..sequence() };
        solve(&params, 5, folder.path(), &mut Silent).unwrap();
        let b = generated(folder.path()).right_hand_side::<f64>(0).unwrap().unwrap();
        // Only cells beside the high pressure hear of it.
        assert!((0..120).all(|i| (b[i] > 0.0) == (i % 10 == 0)));
    }

    #[test]
    fn one_and_two_threads_write_the_same_bytes() {
        threads_agree(|folder| {
            solve(&DarcyParams { shape: vec![100, 90], ..sequence() }, 5, folder, &mut Silent)
        });
    }
}
