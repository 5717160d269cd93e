use std::path::Path;

use filigree_core::{Error, Info, NpyWriter, Observer, Stopwatch, keep_going};

use super::{
    ConditionEstimate, Definiteness, MatrixFacts, condition_estimate, definiteness, lanczos_extremes,
};
use crate::{CsrMatrix, DenseScalar, DirectFactor, Factorisation};

/// Bars of the histogram of row lengths, at most.
const MOST_BARS: usize = 24;
/// Steps of Lanczos' iteration for the ends of the spectrum.
const LANCZOS_STEPS: usize = 100;
/// Rows and entries up to which a Cholesky factorisation is tried.
const TRIED_ROWS: usize = 200_000;
const TRIED_ENTRIES: usize = 4_000_000;
/// Share of the largest Ritz value that rounding may take a zero one below nought.
const ROUNDING: f64 = 1e-10;
const STAGE: &str = "Looking at the entries";

/// Looks at everything that can be said of a matrix without solving its system: the facts of its entries, its profile,
/// definiteness, the ends of the spectrum of a Hermitian matrix, and condition numbers. Writes `rowLengths.npy` (bar): rows
/// by the number of their entries. Notes are the findings in words.
pub fn inspect_matrix<S: DenseScalar>(
    matrix: &CsrMatrix<S>,
    seed: u64,
    folder: &Path,
    observer: &mut dyn Observer,
) -> Result<Info, Error> {
    let watch = Stopwatch::start();
    observer.stage(STAGE);
    let facts = MatrixFacts::of(matrix);
    keep_going(observer.progress(0.1), STAGE)?;
    let found = definiteness(matrix, &facts, seed)?;
    keep_going(observer.progress(0.2), STAGE)?;
    let hermitian = facts.is_square() && facts.is_hermitian();
    let ends = if hermitian { Some(lanczos_extremes(matrix, LANCZOS_STEPS, seed)?) } else { None };
    let found = ends.map_or(found, |ends| seen_longer(found, ends.lowest, ends.highest));
    let affordable = facts.rows <= TRIED_ROWS && facts.entries <= TRIED_ENTRIES;
    let cholesky =
        (hermitian && affordable).then(|| DirectFactor::new(matrix, Factorisation::Cholesky).is_ok());
    let condition = condition_estimate(matrix, observer)?;
    let (step, bars) = row_lengths(matrix, facts.longest_row);
    let mut figures = facts.figures();
    figures.push(("complex", f64::from(u8::from(S::COMPLEX))));
    figures.push(("profile", profile(matrix)));
    figures.push(("rowLengthStep", step as f64));
    if let Some(tried) = cholesky {
        figures.push(("choleskyWorks", f64::from(u8::from(tried))));
    }
    if let Some(ends) = ends {
        figures.push(("lowestRitz", ends.lowest));
        figures.push(("highestRitz", ends.highest));
        if ends.lowest > 0.0 {
            figures.push(("conditionLanczos", ends.highest / ends.lowest));
        }
    }
    if let ConditionEstimate::Found(estimate) = condition {
        figures.push(("conditionOneNorm", estimate));
    }
    // Infinite figures have no place in a table; the words say them.
    figures.retain(|(_, value)| value.is_finite());
    let notes = vec![
        definiteness_words(found, cholesky, &facts),
        condition_words(&condition, ends.map(|ends| ends.lowest)),
    ];
    let files = vec![NpyWriter::write_all(folder, "rowLengths.npy", &[bars.len()], &bars)?];
    Ok(Info {
        stop_message: format!("Looked at {} entries of {} rows.", facts.entries, facts.rows),
        figures,
        notes,
        files,
        ..Info::measured(&watch)
    })
}

/// The same verdict after more steps of Lanczos, which may have found a smaller Ritz value.
fn seen_longer(found: Definiteness, lowest: f64, highest: f64) -> Definiteness {
    match found {
        Definiteness::PositiveLikely { lowest: before } if lowest < before => {
            if lowest < -ROUNDING * highest {
                Definiteness::Indefinite { lowest }
            } else if lowest <= 0.0 {
                Definiteness::Semidefinite { lowest }
            } else {
                Definiteness::PositiveLikely { lowest }
            }
        }
        _ => found,
    }
}

/// Sum over the rows of the distance from their first entry to the diagonal: what an envelope solver would store.
fn profile<S: DenseScalar>(matrix: &CsrMatrix<S>) -> f64 {
    (0..matrix.rows())
        .map(|row| matrix.row(row).0.first().map_or(0, |&first| row.saturating_sub(first as usize)) as f64)
        .sum()
}

/// Entries a bar stands for, and rows of every bar; the first one begins at rows without entries.
fn row_lengths<S: DenseScalar>(matrix: &CsrMatrix<S>, longest: usize) -> (usize, Vec<f64>) {
    let step = (longest + 1).div_ceil(MOST_BARS);
    let mut bars = vec![0.0; (longest + 1).div_ceil(step)];
    for pair in matrix.row_pointers().windows(2) {
        bars[(pair[1] - pair[0]) / step] += 1.0;
    }
    (step, bars)
}

fn definiteness_words(found: Definiteness, cholesky: Option<bool>, facts: &MatrixFacts) -> String {
    let tried = match cholesky {
        Some(true) => " A Cholesky factorisation works.",
        Some(false) => " A Cholesky factorisation breaks down.",
        None => "",
    };
    match found {
        Definiteness::Positive => format!(
            "Positive definite: Gershgorin's discs begin at {:.3e}, so no eigenvalue is smaller.{tried}",
            facts.gershgorin_low
        ),
        Definiteness::PositiveLikely { lowest } if cholesky == Some(true) => format!(
            "Positive definite: a Cholesky factorisation works, and the smallest Ritz value is {lowest:.3e}."
        ),
        Definiteness::PositiveLikely { lowest } => format!(
            "Positive definite as far as was seen: the smallest Ritz value is {lowest:.3e}, which no eigenvalue need keep to.{tried}"
        ),
        Definiteness::Semidefinite { lowest } => format!(
            "Positive semidefinite, or nearly singular: the smallest Ritz value is {lowest:.3e}, and none is clearly negative.{tried}"
        ),
        Definiteness::Indefinite { lowest } => format!(
            "Indefinite: a direction was found in which the quadratic form is {lowest:.3e}. Conjugate gradients do not fit; MINRES does.{tried}"
        ),
        Definiteness::Negative { highest } => format!(
            "Negative definite as far as was seen: the largest Ritz value is {highest:.3e}. Turn the signs of matrix and right-hand side.{tried}"
        ),
        Definiteness::NotHermitian if !facts.is_square() => {
            "Not square: definiteness has no meaning. LSQR and LSMR solve such systems.".to_owned()
        }
        Definiteness::NotHermitian => format!(
            "Not Hermitian, so the question of definiteness is not asked: the matrix and its adjoint differ by {:.2e} of its norm.",
            facts.hermitian_deviation
        ),
    }
}

fn condition_words(condition: &ConditionEstimate, lowest: Option<f64>) -> String {
    match condition {
        ConditionEstimate::Found(estimate) => format!(
            "The condition number in the 1-norm is about {estimate:.2e} (Hager and Higham, from below): about {:.0} of 16 digits are lost in a solution.",
            estimate.log10().clamp(0.0, 16.0)
        ),
        ConditionEstimate::Singular(why) => format!("The matrix could not be factorised: {why}"),
        ConditionEstimate::NotLookedFor(why) => format!(
            "The condition number in the 1-norm was not estimated: {why}.{}",
            if lowest.is_some() {
                " Lanczos' estimate stands among the figures where it is positive."
            } else {
                ""
            }
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use filigree_core::Silent;

    fn inspected(triplets: &[(usize, usize, f64)], rows: usize, columns: usize) -> Info {
        let folder = tempfile::tempdir().unwrap();
        let matrix = CsrMatrix::from_triplets(rows, columns, triplets).unwrap();
        inspect_matrix(&matrix, 1, folder.path(), &mut Silent).unwrap()
    }

    #[test]
    fn a_laplacian_is_seen_for_what_it_is() {
        let size = 30;
        let mut triplets = Vec::new();
        for row in 0..size {
            triplets.push((row, row, 2.0));
            if row > 0 {
                triplets.extend([(row, row - 1, -1.0), (row - 1, row, -1.0)]);
            }
        }
        let info = inspected(&triplets, size, size);
        assert_eq!(info.figure("choleskyWorks"), Some(1.0));
        assert_eq!(info.figure("profile"), Some(29.0));
        // ‖A‖₁ = 4, ‖A⁻¹‖₁ = (n + 1)² / 8 for this matrix of odd n + 1.
        let exact = 4.0 * (31.0f64 * 31.0 - 1.0) / 8.0;
        assert!((info.figure("conditionOneNorm").unwrap() / exact - 1.0).abs() < 1e-8);
        let angle = std::f64::consts::PI / 62.0;
        let spectral = (angle.cos() / angle.sin()).powi(2);
        assert!((info.figure("conditionLanczos").unwrap() / spectral - 1.0).abs() < 1e-8);
        assert!(info.notes[0].contains("Positive definite"));
    }

    #[test]
    fn singular_indefinite_and_rectangular_ones_are_told_in_words() {
        let singular = inspected(&[(0, 0, 1.0), (0, 1, -1.0), (1, 0, -1.0), (1, 1, 1.0)], 2, 2);
        assert!(singular.notes[0].contains("semidefinite"), "{:?}", singular.notes);
        let indefinite = inspected(&[(0, 0, 1.0), (1, 1, -1.0)], 2, 2);
        assert!(indefinite.notes[0].contains("Indefinite"));
        assert_eq!(indefinite.figure("choleskyWorks"), Some(0.0));
        let wide = inspected(&[(0, 0, 1.0), (0, 1, 2.0)], 1, 2);
        assert!(wide.notes[0].contains("Not square") && wide.notes[1].contains("not square"));
    }
}
