use filigree_core::{Error, Observer};

use crate::checks::square_and_finite;
use crate::multigrid::{HierarchyTable, Multigrid, MultigridParams};
use crate::{CsrMatrix, DenseScalar, DirectFactor, Factorisation, Preconditioner, Scalar};

/// How the shifted matrix is solved with.
#[derive(Clone, Debug)]
pub enum ShiftedSolve<S> {
    /// One multigrid cycle.
    Multigrid(MultigridParams<S>),
    /// A sparse LU.
    Direct,
}

/// Parameters of a shifted Laplacian for Helmholtz problems −Δu − k² m u = f.
#[derive(Clone, Debug)]
pub struct ShiftedLaplacianParams<S> {
    /// The term k² m of every unknown, as it stands in the matrix; none takes it from the row sums, of which the
    /// discrete Laplacian contributes nothing inside the domain.
    pub wave_term: Option<Vec<f64>>,
    /// Share of the wave term that is added: 1 leaves the Laplacian, 2 turns the wave term around. 0 for complex
    /// systems, about 1 for real ones.
    pub real_shift: f64,
    /// Share of the wave term that is added as absorption, with the sign of the absorption that the matrix has.
    /// Real systems can have none.
    pub imaginary_shift: f64,
    /// How it is solved with.
    pub solve: ShiftedSolve<S>,
}

/// M = A + (α ± i β) k² m: the Helmholtz operator with absorption, or the Laplacian that it came from (Erlangga, Vuik
/// and Oosterlee 2004), solved with approximately or directly.
pub struct ShiftedLaplacian<S: DenseScalar> {
    inner: Inner<S>,
    words: Vec<String>,
}

enum Inner<S: DenseScalar> {
    Multigrid(Multigrid<S>),
    Direct(DirectFactor<S>),
}

impl<S: DenseScalar> ShiftedLaplacian<S> {
    /// Shifts the matrix and prepares the solve.
    pub fn new(
        matrix: &CsrMatrix<S>,
        params: &ShiftedLaplacianParams<S>,
        observer: &mut dyn Observer,
    ) -> Result<Self, Error> {
        square_and_finite(matrix)?;
        for (parameter, value) in
            [("realShift", params.real_shift), ("imaginaryShift", params.imaginary_shift)]
        {
            if !(-10.0..=10.0).contains(&value) {
                return Err(Error::parameter(
                    parameter,
                    format!("The shift is {value}; give one between −10 and 10."),
                ));
            }
        }
        if !S::COMPLEX && params.imaginary_shift != 0.0 {
            return Err(Error::parameter(
                "imaginaryShift",
                "The system is real, so that its preconditioner can not absorb. Set the imaginary shift to 0 and the real one to about 1.",
            ));
        }
        let (wave, mut words) = match &params.wave_term {
            Some(wave) if wave.len() == matrix.rows() => (wave.clone(), Vec::new()),
            Some(wave) => {
                return Err(Error::InvalidData(format!(
                    "The wave term has {} entries, and the matrix {} rows. Give the one of this system.",
                    wave.len(),
                    matrix.rows()
                )));
            }
            None => wave_from_row_sums(matrix)?,
        };
        let shifted = shifted(matrix, &wave, params.real_shift, params.imaginary_shift)?;
        let inner = match &params.solve {
            ShiftedSolve::Multigrid(multigrid) => {
                Inner::Multigrid(Multigrid::new(&shifted, multigrid, observer)?)
            }
            ShiftedSolve::Direct => {
                observer.stage("Factorising the shifted matrix");
                Inner::Direct(DirectFactor::new(&shifted, Factorisation::Lu)?)
            }
        };
        if let Inner::Multigrid(multigrid) = &inner {
            words.extend_from_slice(multigrid.words());
        }
        Ok(Self { inner, words })
    }

    /// Sentences about the set-up.
    pub fn words(&self) -> &[String] {
        &self.words
    }

    /// Levels, where multigrid solves.
    pub fn table(&self) -> Option<&HierarchyTable> {
        match &self.inner {
            Inner::Multigrid(multigrid) => Some(multigrid.table()),
            Inner::Direct(_) => None,
        }
    }
}

/// −Re Σ_j a_ij where it is positive, else the median of those that are; and the sentence that says so.
fn wave_from_row_sums<S: Scalar>(matrix: &CsrMatrix<S>) -> Result<(Vec<f64>, Vec<String>), Error> {
    let sums: Vec<f64> = (0..matrix.rows())
        .map(|row| -matrix.row(row).1.iter().map(|value| value.real()).sum::<f64>())
        .collect();
    let size = |row: usize| matrix.row(row).1.iter().map(|value| value.modulus()).sum::<f64>();
    let mut waves: Vec<f64> =
        (0..sums.len()).filter(|&row| sums[row] > 1e-12 * size(row)).map(|row| sums[row]).collect();
    if waves.is_empty() {
        return Err(Error::InvalidData(
            "No wave term was found: no row of the matrix has a negative sum, as those of −Δ − k² m have inside the domain. Give the wave term, or use another preconditioner."
                .to_owned(),
        ));
    }
    waves.sort_by(f64::total_cmp);
    let median = waves[waves.len() / 2];
    let words = format!(
        "The wave term was taken from the row sums of the matrix: {} of {} rows show it, the median is {median:.4e}.",
        waves.len(),
        sums.len()
    );
    let of_row = |row: usize| if sums[row] > 1e-12 * size(row) { sums[row] } else { median };
    Ok(((0..sums.len()).map(of_row).collect(), vec![words]))
}

/// A + (α ± i β) diag(wave).
fn shifted<S: Scalar>(
    matrix: &CsrMatrix<S>,
    wave: &[f64],
    real: f64,
    imaginary: f64,
) -> Result<CsrMatrix<S>, Error> {
    let absorption: f64 = matrix.diagonal().iter().map(|value| value.imaginary()).sum();
    let sign = if absorption < 0.0 { -1.0 } else { 1.0 };
    if let Some(row) = (0..matrix.rows()).find(|&row| matrix.row(row).0.binary_search(&(row as u32)).is_err())
    {
        return Err(Error::InvalidData(format!(
            "Row {} has no diagonal entry, as a Helmholtz matrix has in every row. Use another preconditioner.",
            row + 1
        )));
    }
    Ok(matrix.map(|row, column, value| {
        if row == column {
            value + S::from_parts(real * wave[row], sign * imaginary * wave[row])
        } else {
            value
        }
    }))
}

impl<S: DenseScalar> Preconditioner<S> for ShiftedLaplacian<S> {
    fn apply(&self, r: &[S], z: &mut [S]) {
        match &self.inner {
            Inner::Multigrid(multigrid) => multigrid.apply(r, z),
            Inner::Direct(factors) => factors.apply(r, z),
        }
    }

    fn is_symmetric_positive(&self) -> bool {
        // Multigrid of a real shift of at least the wave term works on an SPD matrix, which it can not know; a positive
        // diagonal alone does not tell.
        false
    }

    fn memory_bytes(&self) -> u64 {
        match &self.inner {
            Inner::Multigrid(multigrid) => multigrid.memory_bytes(),
            Inner::Direct(factors) => factors.memory_bytes(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::multigrid::Smoothing;
    use crate::test_matrices::poisson_2d;
    use crate::vector;
    use filigree_core::Silent;
    use num_complex::Complex64;

    /// −Δ − k² with a little absorption at one side.
    fn helmholtz(n: usize, wave: f64) -> CsrMatrix<Complex64> {
        poisson_2d(n).map(|row, column, value| {
            let leaving = if row % n == 0 { -wave.sqrt() } else { 0.0 };
            if row == column { Complex64::new(value - wave, leaving) } else { value.into() }
        })
    }

    #[test]
    fn the_direct_one_inverts_the_shifted_matrix() {
        let matrix = helmholtz(20, 0.3);
        let params = ShiftedLaplacianParams {
            wave_term: None,
            real_shift: 0.0,
            imaginary_shift: 0.5,
            solve: ShiftedSolve::Direct,
        };
        let made = ShiftedLaplacian::new(&matrix, &params, &mut Silent).unwrap();
        assert!(made.words()[0].contains("3.0000e-1"), "{:?}", made.words());
        let r: Vec<Complex64> = (0..400).map(|i| Complex64::new((i as f64).sin(), 1.0)).collect();
        let (mut z, mut left) = (vec![Complex64::ZERO; 400], vec![Complex64::ZERO; 400]);
        made.apply(&r, &mut z);
        let expected = matrix
            .map(|row, column, value| if row == column { value - Complex64::new(0.0, 0.15) } else { value });
        expected.residual(&r, &z, &mut left);
        assert!(vector::norm(&left) < 1e-11);
    }

    #[test]
    fn a_cycle_for_the_shifted_matrix_contracts() {
        let matrix = helmholtz(60, 0.1);
        let multigrid = MultigridParams {
            smoothing: Smoothing::Jacobi { damping: 0.5 },
            coarsest_size: 400,
            ..MultigridParams::aggregation()
        };
        let params = ShiftedLaplacianParams {
            wave_term: Some(vec![0.1; 3600]),
            real_shift: 0.0,
            imaginary_shift: 0.8,
            solve: ShiftedSolve::Multigrid(multigrid),
        };
        let made = ShiftedLaplacian::new(&matrix, &params, &mut Silent).unwrap();
        assert!(made.table().is_some());
        let target = matrix
            .map(|row, column, value| if row == column { value - Complex64::new(0.0, 0.08) } else { value });
        let b = vec![Complex64::ONE; 3600];
        let (mut x, mut z, mut r) = (vec![Complex64::ZERO; 3600], vec![Complex64::ZERO; 3600], b.clone());
        for _ in 0..30 {
            made.apply(&r, &mut z);
            vector::axpy(Complex64::ONE, &z, &mut x);
            target.residual(&b, &x, &mut r);
        }
        assert!(vector::norm(&r) < 0.1 * vector::norm(&b), "{}", vector::norm(&r));
    }

    #[test]
    fn shifts_that_make_no_sense_are_refused() {
        let params = |imaginary_shift, wave_term| ShiftedLaplacianParams {
            wave_term,
            real_shift: 1.0,
            imaginary_shift,
            solve: ShiftedSolve::Direct,
        };
        let laplacian = poisson_2d(4);
        let refused =
            |params| ShiftedLaplacian::new(&laplacian, &params, &mut Silent).err().unwrap().to_string();
        assert!(refused(params(0.5, None)).contains("real"));
        assert!(refused(params(0.0, None)).contains("wave term"));
        assert!(refused(params(0.0, Some(vec![1.0; 3]))).contains("3 entries"));
    }
}
