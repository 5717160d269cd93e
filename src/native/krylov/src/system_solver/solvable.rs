//! What can be said against a solve before it starts: the method does not take the matrix, or no x solves the system.

use filigree_core::Error;

use super::Solver;
use crate::{CsrMatrix, DenseScalar, LinearSystem, Scalar, vector};

/// Deviation from symmetry that rounding in an assembly may leave.
const SYMMETRY: f64 = 1e-8;
/// A vector is in the null space of Aᴴ where the product is below this share of ‖A‖‖w‖.
const NULL: f64 = 1e-12;

/// Refuses a matrix that the method is not made for, and a system without a solution where the method needs one.
pub(super) fn check_solvable<S: DenseScalar>(
    system: &LinearSystem<S>,
    solver: Solver,
    tolerance: f64,
) -> Result<(), Error> {
    check_symmetry(system, solver)?;
    if matches!(solver, Solver::Cg | Solver::DeflatedCg) {
        check_diagonal(system, solver)?;
    }
    if matches!(solver, Solver::Lsqr | Solver::Lsmr | Solver::Qr) {
        return Ok(());
    }
    match obstacle(system).filter(|obstacle| obstacle.bound > tolerance) {
        Some(Obstacle { bound, words }) => Err(Error::InvalidData(format!(
            "The system is inconsistent: {words}, so no x brings the relative residual below {bound:.2e}. LSMR finds a least-squares solution; a manufactured right-hand side has a solution."
        ))),
        None => Ok(()),
    }
}

/// Methods that build on a symmetry may look as if they converged without it: they are not let loose on such a matrix.
fn check_symmetry<S: DenseScalar>(system: &LinearSystem<S>, solver: Solver) -> Result<(), Error> {
    let Some(name) = hermitian_method(solver) else { return Ok(()) };
    let deviation = system.matrix.hermitian_deviation();
    if deviation <= SYMMETRY {
        return Ok(());
    }
    Err(Error::InvalidData(format!(
        "{name} needs a {} matrix, and of this one ‖A − Aᴴ‖ / ‖A‖ is {deviation:.1e}. Choose GMRES, IDR(s), BiCGSTAB or sparse LU.",
        if S::COMPLEX { "Hermitian" } else { "symmetric" }
    )))
}

fn hermitian_method(solver: Solver) -> Option<&'static str> {
    match solver {
        Solver::Cg => Some("CG"),
        Solver::DeflatedCg => Some("Deflated CG"),
        Solver::Minres => Some("MINRES"),
        _ => None,
    }
}

/// A negative diagonal entry is a direction of negative curvature, and a zero one beside others lies in such a plane:
/// either proves that CG has no business here.
fn check_diagonal<S: DenseScalar>(system: &LinearSystem<S>, solver: Solver) -> Result<(), Error> {
    let diagonal = system.matrix.diagonal();
    let empty = |row: usize| system.matrix.row(row).1.iter().all(|value| *value == S::ZERO);
    let found = diagonal.iter().enumerate().find(|(row, value)| {
        let value = Scalar::real(**value);
        value < 0.0 || (value == 0.0 && !empty(*row))
    });
    let Some((row, value)) = found else { return Ok(()) };
    let name = hermitian_method(solver).unwrap_or("CG");
    let negative = diagonal.iter().all(|value| Scalar::real(*value) < 0.0);
    Err(Error::InvalidData(format!(
        "{name} needs a positive definite matrix, and this one is not: its diagonal is {} in row {}. {}",
        Scalar::real(*value),
        row + 1,
        if negative {
            "All of the diagonal is negative: the matrix times −1 may be positive definite, or choose MINRES."
        } else {
            "MINRES takes such matrices; so do GMRES with ILUT and sparse LU."
        }
    )))
}

/// Something that keeps every x away from the right-hand side.
struct Obstacle {
    /// No relative residual is below this.
    bound: f64,
    /// What was found, to be read after a colon.
    words: String,
}

/// The most severe obstacle among rows of zeros and known vectors of the null space of Aᴴ: wᴴ(b − A x) = wᴴb whatever x.
fn obstacle<S: DenseScalar>(system: &LinearSystem<S>) -> Option<Obstacle> {
    let LinearSystem { matrix, right_hand_side, near_null_space, .. } = system;
    let size = vector::norm(right_hand_side);
    if size == 0.0 {
        return None;
    }
    let zero_row = |row: &usize| matrix.row(*row).1.iter().all(|value| *value == S::ZERO);
    let of_rows = (0..matrix.rows())
        .filter(zero_row)
        .map(|row| (row, right_hand_side[row]))
        .max_by(|(_, one), (_, other)| one.modulus().total_cmp(&other.modulus()))
        .map(|(row, value)| Obstacle {
            bound: value.modulus() / size,
            words: format!(
                "row {} of the matrix holds nothing but noughts, and its right-hand side is {value}",
                row + 1
            ),
        });
    let scale = matrix.frobenius_norm();
    let of_vector = |w: &[S], words: &dyn Fn() -> String| {
        let product = adjoint_product(matrix, w);
        let length = vector::norm(w);
        (length > 0.0 && vector::norm(&product) <= NULL * scale * length).then(|| Obstacle {
            bound: vector::dot(w, right_hand_side).modulus() / length / size,
            words: words(),
        })
    };
    let constants = of_vector(&vec![S::ONE; matrix.rows()], &|| {
        "every column of the matrix sums to nought, and the right-hand side does not".to_owned()
    });
    let square = matrix.rows() == matrix.columns();
    let of_space = near_null_space
        .iter()
        .flatten()
        .filter(|_| square)
        .enumerate()
        .filter_map(|(index, w)| of_vector(w, &|| {
            format!("vector {} of the null space that came with the matrix is not orthogonal to the right-hand side", index + 1)
        }));
    of_rows
        .into_iter()
        .chain(constants)
        .chain(of_space)
        .max_by(|one, other| one.bound.total_cmp(&other.bound))
}

/// Aᴴ w in one pass, without making Aᴴ.
fn adjoint_product<S: Scalar>(matrix: &CsrMatrix<S>, w: &[S]) -> Vec<S> {
    let mut product = vec![S::ZERO; matrix.columns()];
    for (row, &weight) in w.iter().enumerate() {
        let (columns, values) = matrix.row(row);
        for (&column, &value) in columns.iter().zip(values) {
            product[column as usize] += value.conj() * weight;
        }
    }
    product
}

#[cfg(test)]
mod tests {
    use super::*;

    fn system(entries: &[(usize, usize, f64)], right_hand_side: &[f64]) -> LinearSystem<f64> {
        let size = right_hand_side.len();
        LinearSystem {
            matrix: CsrMatrix::from_triplets(size, size, entries).unwrap(),
            right_hand_side: right_hand_side.to_vec(),
            known_solution: None,
            near_null_space: None,
            origin: "test",
        }
    }

    fn refused(system: &LinearSystem<f64>, solver: Solver) -> String {
        check_solvable(system, solver, 1e-8).err().unwrap().to_string()
    }

    const CLOSED: [(usize, usize, f64); 7] =
        [(0, 0, 1.0), (0, 1, -1.0), (1, 0, -1.0), (1, 1, 2.0), (1, 2, -1.0), (2, 1, -1.0), (2, 2, 1.0)];

    #[test]
    fn a_right_hand_side_outside_of_the_range_is_named_with_the_residual_that_stays() {
        let told = refused(&system(&CLOSED, &[1.0, 1.0, 1.0]), Solver::Minres);
        assert!(told.contains("inconsistent") && told.contains("1.00e0") && told.contains("LSMR"), "{told}");
        assert!(check_solvable(&system(&CLOSED, &[1.0, 0.0, -1.0]), Solver::Minres, 1e-8).is_ok());
        assert!(check_solvable(&system(&CLOSED, &[1.0, 1.0, 1.0]), Solver::Lsmr, 1e-8).is_ok());
        let rotated = LinearSystem {
            near_null_space: Some(vec![vec![1.0, -2.0]]),
            ..system(&[(0, 0, 4.0), (0, 1, 2.0), (1, 0, 2.0), (1, 1, 1.0)], &[1.0, -1.0])
        };
        assert!(refused(&rotated, Solver::Lu).contains("vector 1 of the null space"));
    }

    #[test]
    fn a_row_of_zeros_is_named_where_its_right_hand_side_is_not_zero() {
        let entries = [(0, 0, 1.0), (2, 2, 3.0)];
        let told = refused(&system(&entries, &[1.0, 2.0, 2.0]), Solver::Gmres);
        assert!(told.contains("row 2") && told.contains("6.67e-1"), "{told}");
        assert!(check_solvable(&system(&entries, &[1.0, 0.0, 2.0]), Solver::Gmres, 1e-8).is_ok());
    }

    #[test]
    fn a_diagonal_that_proves_cg_wrong_is_told_with_its_row() {
        let entries = [(0, 0, 1.0), (1, 1, -3.0)];
        let told = refused(&system(&entries, &[1.0, 1.0]), Solver::Cg);
        assert!(told.contains("-3 in row 2") && told.contains("MINRES"), "{told}");
        let negative = [(0, 0, -1.0), (1, 1, -3.0)];
        assert!(refused(&system(&negative, &[1.0, 1.0]), Solver::DeflatedCg).contains("times −1"));
        let saddle = [(0, 0, 1.0), (0, 1, 1.0), (1, 0, 1.0)];
        assert!(refused(&system(&saddle, &[1.0, 1.0]), Solver::Cg).contains("is 0 in row 2"));
        assert!(check_solvable(&system(&saddle, &[1.0, 1.0]), Solver::Minres, 1e-8).is_ok());
    }
}
