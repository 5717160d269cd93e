use filigree_core::Error;

use crate::{CsrMatrix, Scalar};

/// The matrix is square and without NaN or infinity; the first bad place is named.
pub fn square_and_finite<S: Scalar>(matrix: &CsrMatrix<S>) -> Result<(), Error> {
    if matrix.rows() != matrix.columns() {
        return Err(Error::InvalidData(format!(
            "The matrix has {} rows and {} columns, and a preconditioner needs a square one. Use LSQR, LSMR or sparse QR for least squares.",
            matrix.rows(),
            matrix.columns()
        )));
    }
    finite(matrix)
}

/// The matrix is without NaN or infinity; the first bad place is named.
pub fn finite<S: Scalar>(matrix: &CsrMatrix<S>) -> Result<(), Error> {
    let Some(place) = matrix.values().iter().position(|value| !value.is_finite()) else { return Ok(()) };
    let row = matrix.row_pointers().partition_point(|&start| start <= place) - 1;
    Err(Error::InvalidData(format!(
        "The entry at row {}, column {} of the matrix is {}. Correct it at its source and import the matrix again.",
        row + 1,
        matrix.column_indices()[place] as usize + 1,
        matrix.values()[place]
    )))
}

/// The degree of a polynomial lies between one and `most`.
pub fn degree(degree: usize, most: usize) -> Result<(), Error> {
    if (1..=most).contains(&degree) {
        return Ok(());
    }
    Err(Error::parameter("degree", format!("The degree is {degree}; it must lie between 1 and {most}.")))
}
