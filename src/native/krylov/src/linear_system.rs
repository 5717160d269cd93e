use filigree_core::{Error, Random};

use crate::{CsrMatrix, Scalar, SystemFile, exact_residual_norm, vector};

/// Where the right-hand side of a system comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RightHandSideChoice {
    /// The one that came with the matrix; where there is none, a manufactured one.
    #[default]
    Automatic,
    /// The one that came with the matrix.
    Given,
    /// Ones.
    Ones,
    /// Standard normal numbers.
    Random,
    /// A times standard normal numbers: the solution is known, and a singular system is consistent.
    Manufactured,
}

impl RightHandSideChoice {
    /// Every choice with its name at the boundaries.
    pub const NAMES: &[(Self, &str)] = &[
        (Self::Automatic, "automatic"),
        (Self::Given, "given"),
        (Self::Ones, "ones"),
        (Self::Random, "random"),
        (Self::Manufactured, "manufactured"),
    ];
}

/// One linear system, read.
#[derive(Clone, Debug)]
pub struct LinearSystem<S> {
    /// A.
    pub matrix: CsrMatrix<S>,
    /// b, as long as A has rows.
    pub right_hand_side: Vec<S>,
    /// x*, where it is known.
    pub known_solution: Option<Vec<S>>,
    /// Vectors that A nearly sends to nought.
    pub near_null_space: Option<Vec<Vec<S>>>,
    /// Where b came from, in words.
    pub origin: &'static str,
}

impl<S: Scalar> LinearSystem<S> {
    /// Reads system `system` (counted from nought) and finds or makes its right-hand side.
    pub fn read(
        file: &SystemFile,
        system: usize,
        choice: RightHandSideChoice,
        seed: u64,
    ) -> Result<Self, Error> {
        if system >= file.systems() {
            return Err(Error::parameter(
                "system",
                format!("System {} was asked for, and there are {}.", system + 1, file.systems()),
            ));
        }
        let matrix: CsrMatrix<S> = file.matrix(system)?;
        let near_null_space = file.near_null_space()?;
        let given = match choice {
            RightHandSideChoice::Automatic | RightHandSideChoice::Given => file.right_hand_side(system)?,
            _ => None,
        };
        let with = |right_hand_side, known_solution, origin| Self {
            matrix: matrix.clone(),
            right_hand_side,
            known_solution,
            near_null_space: near_null_space.clone(),
            origin,
        };
        if let Some(given) = given {
            return Ok(with(given, file.known_solution(system)?, "given with the matrix"));
        }
        let mut random = Random::new(seed, system as u64);
        let mut numbers = |count: usize| -> Vec<S> {
            (0..count).map(|_| S::from_parts(random.normal(), random.normal())).collect()
        };
        match choice {
            RightHandSideChoice::Given => Err(Error::parameter(
                "rightHandSide",
                "This matrix came without a right-hand side. Choose ones, random or manufactured, or import it with one.",
            )),
            RightHandSideChoice::Ones => Ok(with(vec![S::ONE; file.rows()], None, "ones")),
            RightHandSideChoice::Random => Ok(with(numbers(file.rows()), None, "random numbers")),
            RightHandSideChoice::Automatic | RightHandSideChoice::Manufactured => {
                let solution = numbers(file.columns());
                let mut product = vec![S::ZERO; file.rows()];
                matrix.multiply(&solution, &mut product);
                Ok(with(product, Some(solution), "A times random numbers"))
            }
        }
    }

    /// ‖b − A x‖ / ‖b‖, from the matrix and in twice the working precision; ‖A x‖ where b is nought.
    pub fn true_residual(&self, solution: &[S]) -> f64 {
        let size = vector::norm(&self.right_hand_side);
        let residual = exact_residual_norm(&self.matrix, &self.right_hand_side, solution);
        residual / if size == 0.0 { 1.0 } else { size }
    }

    /// ‖Aᴴr‖ / (‖A‖‖r‖) of r = b − A x, recomputed: nought where x is a least-squares solution, and where r is nought.
    pub fn normal_residual(&self, solution: &[S]) -> f64 {
        let mut r = vec![S::ZERO; self.matrix.rows()];
        self.matrix.residual(&self.right_hand_side, solution, &mut r);
        let mut product = vec![S::ZERO; self.matrix.columns()];
        self.matrix.kept_adjoint().multiply(&r, &mut product);
        let scale = self.matrix.frobenius_norm() * vector::norm(&r);
        if scale == 0.0 { 0.0 } else { vector::norm(&product) / scale }
    }

    /// ‖x − x*‖ / ‖x*‖, where the solution is known.
    pub fn relative_error(&self, solution: &[S]) -> Option<f64> {
        let known = self.known_solution.as_ref()?;
        let mut difference = solution.to_vec();
        vector::axpy(-S::ONE, known, &mut difference);
        let size = vector::norm(known);
        Some(vector::norm(&difference) / if size == 0.0 { 1.0 } else { size })
    }
}
