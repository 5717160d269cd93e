use std::cmp::Reverse;
use std::collections::BinaryHeap;

use filigree_core::{Error, Observer, keep_going};

use super::factor_pair::FactorPair;
use super::pivot::{NEGLIGIBLE_PIVOT, ZeroPivot, replaced_words, zero_pivot};
use super::triangular::Triangular;
use crate::checks::square_and_finite;
use crate::{CsrMatrix, Scalar};

const METHOD: &str = "ILUT";

/// Rows between two looks at the observer.
const ROWS_A_LOOK: usize = 1 << 10;

/// Parameters of ILUT.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct IlutParams {
    /// Entries below this share of their row's norm are dropped.
    pub threshold: f64,
    /// Entries that each of L and U keeps a row, beside the diagonal.
    pub fill: usize,
    /// A column is exchanged with another whose entry is larger by more than 1 / this; 0 never exchanges.
    pub pivot_tolerance: f64,
    /// What to do about a pivot that is nought all the same.
    pub zero_pivot: ZeroPivot,
}

impl Default for IlutParams {
    fn default() -> Self {
        Self { threshold: 1e-3, fill: 20, pivot_tolerance: 0.1, zero_pivot: ZeroPivot::Refuse }
    }
}

impl IlutParams {
    fn check(&self) -> Result<(), Error> {
        if !(0.0..=1.0).contains(&self.threshold) {
            return Err(Error::parameter(
                "dropTolerance",
                format!("The drop threshold is {}; give a share from 0 (keep all) to 1.", self.threshold),
            ));
        }
        if self.fill == 0 {
            return Err(Error::parameter("fill", "Each factor must keep at least one entry a row."));
        }
        if !(0.0..=1.0).contains(&self.pivot_tolerance) {
            return Err(Error::parameter(
                "pivotTolerance",
                format!("The pivot tolerance is {}; it must lie between 0 and 1.", self.pivot_tolerance),
            ));
        }
        self.zero_pivot.check()
    }
}

/// The row that is being eliminated: values by column, and which columns are in use.
struct WorkRow<S> {
    values: Vec<S>,
    in_use: Vec<bool>,
}

impl<S: Scalar> WorkRow<S> {
    /// Adds a value; tells whether the column is new.
    fn add(&mut self, column: u32, value: S) -> bool {
        let is_new = !std::mem::replace(&mut self.in_use[column as usize], true);
        if is_new {
            self.values[column as usize] = value;
        } else {
            self.values[column as usize] += value;
        }
        is_new
    }
}

/// ILUT with column pivoting (Saad 1994; 2003, algorithm 10.6 and section 10.4.4): row by row, entries below a share of
/// the row's norm are dropped, the largest of the others kept, and columns exchanged where a pivot is small.
pub fn ilut<S: Scalar>(
    matrix: &CsrMatrix<S>,
    params: &IlutParams,
    observer: &mut dyn Observer,
) -> Result<FactorPair<S>, Error> {
    square_and_finite(matrix)?;
    params.check()?;
    observer.stage("Incomplete factorisation");
    let rows = matrix.rows();
    let most = params.fill;
    let mut work = WorkRow { values: vec![S::ZERO; rows], in_use: vec![false; rows] };
    // The column that stands at each place, and the place of each column.
    let mut columns: Vec<u32> = (0..rows as u32).collect();
    let mut places = columns.clone();
    let mut lower = Rows::<S>::new(rows);
    let mut upper = Rows::<S>::new(rows);
    let mut inverse = vec![S::ZERO; rows];
    let mut replaced = Vec::new();
    let (mut waiting, mut left, mut right) = (BinaryHeap::new(), Vec::new(), Vec::new());
    for row in 0..rows {
        if row % ROWS_A_LOOK == 0 {
            keep_going(observer.progress(row as f64 / rows as f64), "factorising incompletely")?;
        }
        let (indices, values) = matrix.row(row);
        let norm = values.iter().map(|value| value.modulus_squared()).sum::<f64>().sqrt();
        let largest = values.iter().map(|value| value.modulus()).fold(0.0, f64::max);
        if largest == 0.0 {
            return Err(zero_pivot(METHOD, row, true));
        }
        let floor = params.threshold * norm;
        let sort_in =
            |column: u32, places: &[u32], waiting: &mut BinaryHeap<Reverse<u32>>, right: &mut Vec<u32>| {
                if (places[column as usize] as usize) < row {
                    waiting.push(Reverse(places[column as usize]));
                } else {
                    right.push(column);
                }
            };
        for (&column, &value) in indices.iter().zip(values) {
            work.add(column, value);
            sort_in(column, &places, &mut waiting, &mut right);
        }
        while let Some(Reverse(middle)) = waiting.pop() {
            let column = columns[middle as usize];
            work.in_use[column as usize] = false;
            let factor = work.values[column as usize] * inverse[middle as usize];
            if factor.modulus() * (S::ONE / inverse[middle as usize]).modulus() < floor {
                continue;
            }
            left.push((middle, factor));
            let (others, weights) = upper.row(middle as usize);
            for (&other, &weight) in others.iter().zip(weights) {
                if work.add(other, -(factor * weight)) {
                    sort_in(other, &places, &mut waiting, &mut right);
                }
            }
        }
        // The pivot: the entry that stands on the diagonal, or the largest where that is small.
        let own = columns[row];
        let size = |column: u32| {
            if work.in_use[column as usize] { work.values[column as usize].modulus() } else { 0.0 }
        };
        if params.pivot_tolerance > 0.0 {
            let best = right
                .iter()
                .copied()
                .fold(own, |best, column| if size(column) > size(best) { column } else { best });
            if size(best) * params.pivot_tolerance > size(own) {
                let place = places[best as usize] as usize;
                columns.swap(row, place);
                places[columns[row] as usize] = row as u32;
                places[columns[place] as usize] = place as u32;
            }
        }
        let pivot_column = columns[row];
        let mut pivot = if size(pivot_column) > 0.0 { work.values[pivot_column as usize] } else { S::ZERO };
        if pivot.modulus() <= NEGLIGIBLE_PIVOT * largest {
            match params.zero_pivot {
                ZeroPivot::Replace(share) => {
                    pivot = S::from_real(share * largest);
                    replaced.push(row);
                }
                ZeroPivot::Refuse => return Err(zero_pivot(METHOD, row, false)),
            }
        }
        inverse[row] = S::ONE / pivot;
        if !inverse[row].is_finite() {
            return Err(zero_pivot(METHOD, row, false));
        }
        keep_largest(&mut left, most);
        lower.push(left.drain(..));
        let mut kept: Vec<(u32, S)> = right
            .iter()
            .filter(|&&column| column != pivot_column)
            .map(|&column| (column, work.values[column as usize]))
            .filter(|(_, value)| value.modulus() >= floor && value.modulus() > 0.0)
            .collect();
        keep_largest(&mut kept, most);
        upper.push(kept.into_iter());
        right.drain(..).for_each(|column| work.in_use[column as usize] = false);
    }
    upper.columns.iter_mut().for_each(|column| *column = places[*column as usize]);
    let exchanged = columns.iter().enumerate().filter(|(place, column)| *place != **column as usize).count();
    let mut words: Vec<String> = replaced_words(METHOD, &replaced).into_iter().collect();
    if exchanged > 0 {
        words.push(format!("{METHOD} moved {exchanged} of {rows} columns to find larger pivots."));
    }
    let lower = Triangular::new(lower.into_matrix(), vec![S::ONE; rows], true);
    let upper = Triangular::new(upper.into_matrix(), inverse, false);
    Ok(FactorPair::new(lower, upper, (exchanged > 0).then_some(columns), false, words))
}

/// Keeps the `most` largest entries; of entries of one size the one with the lower column.
fn keep_largest<S: Scalar>(entries: &mut Vec<(u32, S)>, most: usize) {
    if entries.len() > most {
        entries.select_nth_unstable_by(most - 1, |left, right| {
            right.1.modulus().total_cmp(&left.1.modulus()).then(left.0.cmp(&right.0))
        });
        entries.truncate(most);
    }
    entries.sort_unstable_by_key(|&(column, _)| column);
}

/// A square matrix that grows row by row.
struct Rows<S> {
    pointers: Vec<usize>,
    columns: Vec<u32>,
    values: Vec<S>,
}

impl<S: Scalar> Rows<S> {
    fn new(rows: usize) -> Self {
        let mut pointers = Vec::with_capacity(rows + 1);
        pointers.push(0);
        Self { pointers, columns: Vec::new(), values: Vec::new() }
    }

    fn push(&mut self, entries: impl Iterator<Item = (u32, S)>) {
        for (column, value) in entries {
            self.columns.push(column);
            self.values.push(value);
        }
        self.pointers.push(self.columns.len());
    }

    fn row(&self, row: usize) -> (&[u32], &[S]) {
        let range = self.pointers[row]..self.pointers[row + 1];
        (&self.columns[range.clone()], &self.values[range])
    }

    /// The matrix with its rows sorted.
    fn into_matrix(mut self) -> CsrMatrix<S> {
        let rows = self.pointers.len() - 1;
        let mut sorted: Vec<(u32, S)> = Vec::new();
        for row in 0..rows {
            let range = self.pointers[row]..self.pointers[row + 1];
            sorted.clear();
            sorted.extend(
                self.columns[range.clone()].iter().copied().zip(self.values[range.clone()].iter().copied()),
            );
            sorted.sort_unstable_by_key(|&(column, _)| column);
            for (place, &(column, value)) in range.zip(&sorted) {
                self.columns[place] = column;
                self.values[place] = value;
            }
        }
        CsrMatrix::trusted(rows, rows, self.pointers, self.columns, self.values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_matrices::{poisson_2d, random_matrix};
    use crate::{Preconditioner, vector};
    use filigree_core::Silent;
    use num_complex::Complex64;

    const WHOLE: IlutParams =
        IlutParams { threshold: 0.0, fill: 100_000, pivot_tolerance: 0.5, zero_pivot: ZeroPivot::Refuse };

    fn reduction<S: Scalar>(matrix: &CsrMatrix<S>, params: &IlutParams) -> f64 {
        let n = matrix.rows();
        let made = ilut(matrix, params, &mut Silent).unwrap();
        let b: Vec<S> = (0..n).map(|i| S::from_parts((i as f64).sin(), (i as f64).cos())).collect();
        let (mut x, mut r) = (vec![S::ZERO; n], vec![S::ZERO; n]);
        made.apply(&b, &mut x);
        matrix.residual(&b, &x, &mut r);
        vector::norm(&r) / vector::norm(&b)
    }

    #[test]
    fn without_dropping_it_is_an_exact_factorisation() {
        for seed in 0..5 {
            assert!(reduction(&random_matrix::<f64>(60, 60, 500, seed), &WHOLE) < 1e-9);
            assert!(reduction(&random_matrix::<Complex64>(60, 60, 500, seed), &WHOLE) < 1e-9);
        }
    }

    #[test]
    fn a_lower_threshold_and_more_fill_come_closer() {
        let matrix = poisson_2d(30);
        let loose = reduction(&matrix, &IlutParams { threshold: 1e-2, ..IlutParams::default() });
        let tight = reduction(&matrix, &IlutParams { threshold: 1e-5, fill: 60, ..IlutParams::default() });
        assert!(tight < 0.1 * loose, "{tight} against {loose}");
    }

    #[test]
    fn pivoting_gets_over_an_empty_diagonal() {
        let triplets: Vec<_> = (0..30).map(|i| (i, (i + 7) % 30, 1.0 + i as f64)).collect();
        let matrix = CsrMatrix::from_triplets(30, 30, &triplets).unwrap();
        assert!(reduction(&matrix, &IlutParams::default()) < 1e-14);
        let stiff = IlutParams { pivot_tolerance: 0.0, ..IlutParams::default() };
        let error = ilut(&matrix, &stiff, &mut Silent).err().unwrap();
        assert!(error.to_string().contains("row 1"), "{error}");
        let replaced =
            ilut(&matrix, &IlutParams { zero_pivot: ZeroPivot::Replace(1.0), ..stiff }, &mut Silent);
        assert!(replaced.unwrap().words()[0].contains("replaced"));
    }

    #[test]
    fn an_empty_row_and_wrong_parameters_are_told() {
        let matrix = CsrMatrix::from_triplets(2, 2, &[(0, 0, 1.0)]).unwrap();
        let error = ilut(&matrix, &IlutParams::default(), &mut Silent).err().unwrap();
        assert!(error.to_string().contains("row 2"), "{error}");
        let params = IlutParams { fill: 0, ..IlutParams::default() };
        assert_eq!(ilut(&matrix, &params, &mut Silent).err().unwrap().blamed_parameter(), Some("fill"));
    }
}
