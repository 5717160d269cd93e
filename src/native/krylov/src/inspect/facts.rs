use super::connected_components;
use crate::{CsrMatrix, Scalar, vector};

/// What the entries of a matrix tell. Shares run from 0 to 1; what only square matrices have is nought or empty for others.
#[derive(Clone, Debug, PartialEq)]
pub struct MatrixFacts {
    /// Rows.
    pub rows: usize,
    /// Columns.
    pub columns: usize,
    /// Stored entries.
    pub entries: usize,
    /// Entries that are stored and zero.
    pub stored_zeros: usize,
    /// Entries of the longest row.
    pub longest_row: usize,
    /// Largest distance of an entry below the diagonal.
    pub lower_bandwidth: usize,
    /// Largest distance of an entry above the diagonal.
    pub upper_bandwidth: usize,
    /// Rows without an entry that is not zero.
    pub zero_rows: usize,
    /// Columns without an entry that is not zero.
    pub zero_columns: usize,
    /// Diagonal entries that are zero or not stored.
    pub zero_diagonal: usize,
    /// Diagonal entries that are real and positive.
    pub positive_diagonal: usize,
    /// Largest over smallest absolute diagonal entry; infinite where one is zero.
    pub diagonal_ratio: f64,
    /// Share of the entries beside the diagonal whose mirror image is stored, too.
    pub pattern_symmetry: f64,
    /// ‖A − Aᴴ‖ / ‖A‖, Frobenius.
    pub hermitian_deviation: f64,
    /// ‖A − Aᵀ‖ / ‖A‖, Frobenius.
    pub symmetric_deviation: f64,
    /// Share of the rows whose diagonal is at least as large as the sum of the others.
    pub dominant_rows: f64,
    /// Share of the rows whose diagonal is larger than the sum of the others.
    pub strictly_dominant_rows: f64,
    /// Share of the entries beside the diagonal that are real and not positive, as those of an M-matrix are.
    pub nonpositive_off_diagonal: f64,
    /// ‖A 1‖ / (‖A‖ ‖1‖), largest entries and sums of rows: nought where constant vectors are in the null space.
    pub constant_residual: f64,
    /// Lowest point of Gershgorin's discs on the real axis.
    pub gershgorin_low: f64,
    /// Highest point of Gershgorin's discs on the real axis.
    pub gershgorin_high: f64,
    /// Parts that do not meet in any equation.
    pub components: usize,
    /// Sum of absolute values of the heaviest column.
    pub one_norm: f64,
    /// Square root of the sum of squares.
    pub frobenius_norm: f64,
}

impl MatrixFacts {
    /// Looks at every entry once or twice.
    pub fn of<S: Scalar>(matrix: &CsrMatrix<S>) -> Self {
        let transposed = matrix.transpose();
        let mut facts = Self {
            rows: matrix.rows(),
            columns: matrix.columns(),
            entries: matrix.entries(),
            stored_zeros: matrix.values().iter().filter(|value| value.modulus() == 0.0).count(),
            longest_row: 0,
            lower_bandwidth: 0,
            upper_bandwidth: 0,
            zero_rows: empty_rows(matrix),
            zero_columns: empty_rows(&transposed),
            zero_diagonal: 0,
            positive_diagonal: 0,
            diagonal_ratio: f64::INFINITY,
            pattern_symmetry: mirrored_share(matrix, &transposed),
            hermitian_deviation: matrix.hermitian_deviation(),
            symmetric_deviation: matrix.symmetric_deviation(),
            dominant_rows: 0.0,
            strictly_dominant_rows: 0.0,
            nonpositive_off_diagonal: 1.0,
            constant_residual: f64::INFINITY,
            gershgorin_low: f64::INFINITY,
            gershgorin_high: f64::NEG_INFINITY,
            components: connected_components(matrix),
            one_norm: matrix.one_norm(),
            frobenius_norm: matrix.frobenius_norm(),
        };
        facts.walk_rows(matrix);
        facts
    }

    /// Rows and columns are as many.
    pub fn is_square(&self) -> bool {
        self.rows == self.columns
    }

    /// Equal to its adjoint within rounding.
    pub fn is_hermitian(&self) -> bool {
        self.hermitian_deviation <= 1e-13
    }

    /// Every fact by its name at the boundaries.
    pub fn figures(&self) -> Vec<(&'static str, f64)> {
        vec![
            ("rows", self.rows as f64),
            ("columns", self.columns as f64),
            ("entries", self.entries as f64),
            ("storedZeros", self.stored_zeros as f64),
            ("longestRow", self.longest_row as f64),
            ("lowerBandwidth", self.lower_bandwidth as f64),
            ("upperBandwidth", self.upper_bandwidth as f64),
            ("zeroRows", self.zero_rows as f64),
            ("zeroColumns", self.zero_columns as f64),
            ("zeroDiagonal", self.zero_diagonal as f64),
            ("positiveDiagonal", self.positive_diagonal as f64),
            ("diagonalRatio", self.diagonal_ratio),
            ("patternSymmetry", self.pattern_symmetry),
            ("hermitianDeviation", self.hermitian_deviation),
            ("symmetricDeviation", self.symmetric_deviation),
            ("dominantRows", self.dominant_rows),
            ("strictlyDominantRows", self.strictly_dominant_rows),
            ("nonpositiveOffDiagonal", self.nonpositive_off_diagonal),
            ("constantResidual", self.constant_residual),
            ("gershgorinLow", self.gershgorin_low),
            ("gershgorinHigh", self.gershgorin_high),
            ("components", self.components as f64),
            ("oneNorm", self.one_norm),
            ("frobeniusNorm", self.frobenius_norm),
        ]
    }

    fn walk_rows<S: Scalar>(&mut self, matrix: &CsrMatrix<S>) {
        let (mut beside, mut nonpositive, mut dominant, mut strictly) = (0usize, 0usize, 0usize, 0usize);
        let (mut smallest, mut largest, mut heaviest, mut constant) = (f64::INFINITY, 0.0f64, 0.0f64, 0.0f64);
        for row in 0..matrix.rows() {
            let (columns, values) = matrix.row(row);
            self.longest_row = self.longest_row.max(columns.len());
            let (mut diagonal, mut others, mut sum) = (S::ZERO, 0.0, S::ZERO);
            for (&column, &value) in columns.iter().zip(values) {
                let column = column as usize;
                self.lower_bandwidth = self.lower_bandwidth.max(row.saturating_sub(column));
                self.upper_bandwidth = self.upper_bandwidth.max(column.saturating_sub(row));
                sum += value;
                if column == row {
                    diagonal = value;
                    continue;
                }
                others += value.modulus();
                beside += 1;
                nonpositive += usize::from(value.imaginary() == 0.0 && value.real() <= 0.0);
            }
            heaviest = heaviest.max(others + diagonal.modulus());
            constant = constant.max(sum.modulus());
            if row >= matrix.columns() {
                continue;
            }
            let size = diagonal.modulus();
            self.zero_diagonal += usize::from(size == 0.0);
            self.positive_diagonal += usize::from(diagonal.imaginary() == 0.0 && diagonal.real() > 0.0);
            (smallest, largest) = (smallest.min(size), largest.max(size));
            // Sums that are equal on paper differ in their last bits.
            dominant += usize::from(size >= others * (1.0 - 1e-12));
            strictly += usize::from(size > others * (1.0 + 1e-12));
            self.gershgorin_low = self.gershgorin_low.min(diagonal.real() - others);
            self.gershgorin_high = self.gershgorin_high.max(diagonal.real() + others);
        }
        let share = |count: usize, of: usize| if of == 0 { 0.0 } else { count as f64 / of as f64 };
        self.diagonal_ratio = if smallest == 0.0 { f64::INFINITY } else { largest / smallest };
        self.dominant_rows = share(dominant, matrix.rows());
        self.strictly_dominant_rows = share(strictly, matrix.rows());
        self.nonpositive_off_diagonal = if beside == 0 { 1.0 } else { share(nonpositive, beside) };
        self.constant_residual = if heaviest == 0.0 { 0.0 } else { constant / heaviest };
    }
}

fn empty_rows<S: Scalar>(matrix: &CsrMatrix<S>) -> usize {
    (0..matrix.rows()).filter(|&row| vector::max_norm(matrix.row(row).1) == 0.0).count()
}

fn mirrored_share<S: Scalar>(matrix: &CsrMatrix<S>, transposed: &CsrMatrix<S>) -> f64 {
    let (mut beside, mut mirrored) = (0usize, 0usize);
    for row in 0..matrix.rows().min(transposed.rows()) {
        let mirror = transposed.row(row).0;
        let mut at = 0;
        for &column in matrix.row(row).0.iter().filter(|&&column| column as usize != row) {
            beside += 1;
            while at < mirror.len() && mirror[at] < column {
                at += 1;
            }
            mirrored += usize::from(mirror.get(at) == Some(&column));
        }
    }
    if beside == 0 { 1.0 } else { mirrored as f64 / beside as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use num_complex::Complex64;

    fn laplacian(size: usize) -> CsrMatrix<f64> {
        let mut entries = Vec::new();
        for row in 0..size {
            entries.push((row, row, 2.0));
            if row > 0 {
                entries.push((row, row - 1, -1.0));
                entries.push((row - 1, row, -1.0));
            }
        }
        CsrMatrix::from_triplets(size, size, &entries).unwrap()
    }

    #[test]
    fn a_laplacian_is_a_symmetric_dominant_m_matrix() {
        let facts = MatrixFacts::of(&laplacian(6));
        assert!(facts.is_square() && facts.is_hermitian());
        assert_eq!((facts.lower_bandwidth, facts.upper_bandwidth, facts.components), (1, 1, 1));
        assert_eq!((facts.dominant_rows, facts.nonpositive_off_diagonal), (1.0, 1.0));
        assert!((facts.strictly_dominant_rows - 2.0 / 6.0).abs() < 1e-15);
        assert_eq!((facts.gershgorin_low, facts.gershgorin_high), (0.0, 4.0));
        assert!((facts.constant_residual - 1.0 / 4.0).abs() < 1e-15);
    }

    #[test]
    fn what_is_missing_is_counted() {
        let entries = [(0, 0, 1.0), (0, 2, 5.0), (2, 1, 0.0)];
        let facts = MatrixFacts::of(&CsrMatrix::from_triplets(3, 3, &entries).unwrap());
        assert_eq!(
            (facts.zero_rows, facts.zero_columns, facts.zero_diagonal, facts.stored_zeros),
            (2, 1, 2, 1)
        );
        assert_eq!(facts.pattern_symmetry, 0.0);
        assert!(facts.diagonal_ratio.is_infinite());
    }

    #[test]
    fn complex_symmetric_is_not_hermitian() {
        let one = Complex64::new(1.0, 1.0);
        let entries = [(0, 1, one), (1, 0, one), (0, 0, one), (1, 1, one)];
        let facts = MatrixFacts::of(&CsrMatrix::from_triplets(2, 2, &entries).unwrap());
        assert_eq!(facts.symmetric_deviation, 0.0);
        assert!(!facts.is_hermitian());
        assert_eq!(facts.positive_diagonal, 0);
    }

    #[test]
    fn a_matrix_that_is_not_square_has_no_symmetry() {
        let facts = MatrixFacts::of(&CsrMatrix::from_triplets(2, 3, &[(0, 2, 1.0), (1, 0, 1.0)]).unwrap());
        assert!(!facts.is_square() && facts.hermitian_deviation.is_infinite());
    }
}
