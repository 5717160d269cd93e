use filigree_core::Error;

use crate::table_data::Table;

/// The rows of a table that miss nothing a fit needs.
pub struct CompleteRows {
    /// These rows alone.
    pub table: Table,
    /// Their numbers in the table as it was read, from zero.
    pub numbers: Vec<usize>,
    /// Rows of the table as it was read.
    pub total: usize,
}

impl CompleteRows {
    /// Leaves out rows with a gap (NaN) in an input, the target, the weight or the noise variance.
    pub fn of(table: Table) -> Result<Self, Error> {
        let total = table.rows();
        let optional = [table.weights.as_deref(), table.noise_variance.as_deref()];
        let numbers: Vec<usize> = (0..total)
            .filter(|&row| {
                !table.target[row].is_nan()
                    && !table.row(row).iter().any(|value| value.is_nan())
                    && !optional.iter().flatten().any(|values| values[row].is_nan())
            })
            .collect();
        if numbers.len() == total {
            return Ok(Self { table, numbers, total });
        }
        if numbers.is_empty() {
            return Err(Error::InvalidData(format!(
                "Each of the {total} rows misses an input, the target, its weight or its noise variance. Fill the gaps in, or make the columns that have them unused."
            )));
        }
        let pick = |values: &[f64]| numbers.iter().map(|&row| values[row]).collect::<Vec<f64>>();
        let own = Table {
            inputs: numbers.iter().flat_map(|&row| table.row(row).iter().copied()).collect(),
            names: table.names.clone(),
            target: pick(&table.target),
            weights: table.weights.as_deref().map(pick),
            noise_variance: table.noise_variance.as_deref().map(pick),
        };
        Ok(Self { table: own, numbers, total })
    }

    /// A sentence about what was left out, where something was.
    pub fn warning(&self) -> Option<String> {
        let left = self.total - self.numbers.len();
        (left > 0).then(|| {
            format!(
                "{left} of {} rows miss an input, the target, a weight or a noise variance and were left out.",
                self.total
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        Table {
            inputs: vec![1.0, 2.0, f64::NAN, 4.0, 5.0, 6.0, 7.0, 8.0],
            names: vec!["a".into(), "b".into()],
            target: vec![1.0, 2.0, f64::NAN, 4.0],
            weights: Some(vec![1.0, 2.0, 3.0, 4.0]),
            noise_variance: None,
        }
    }

    #[test]
    fn rows_with_gaps_are_left_out_and_counted() {
        let complete = CompleteRows::of(table()).unwrap();
        assert_eq!(complete.numbers, [0, 3]);
        assert_eq!(complete.table.inputs, [1.0, 2.0, 7.0, 8.0]);
        assert_eq!(complete.table.weights.as_deref(), Some(&[1.0, 4.0][..]));
        assert!(complete.warning().unwrap().starts_with("2 of 4 rows"));
    }

    #[test]
    fn a_table_of_gaps_is_refused() {
        let gaps = Table { target: vec![f64::NAN; 4], ..table() };
        assert!(CompleteRows::of(gaps).is_err());
    }
}
