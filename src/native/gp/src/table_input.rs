use filigree_core::{ArraySource, Error, MappedArray};

use crate::table_data::Table;

/// Where a table lies, and the columns a model reads, counted from zero.
#[derive(Clone, Debug)]
pub struct TableInput {
    /// (row, column), NaN where a value is missing.
    pub source: ArraySource,
    /// Names of all columns.
    pub names: Vec<String>,
    /// Columns of the inputs.
    pub inputs: Vec<usize>,
    /// Column of the target; none in a table to predict on.
    pub target: Option<usize>,
    /// Column of the weights.
    pub weight: Option<usize>,
    /// Column of the noise variances.
    pub noise_variance: Option<usize>,
}

impl TableInput {
    /// Reads the columns. Without a target, that of the result is empty.
    pub fn read(&self) -> Result<Table, Error> {
        let array = MappedArray::open(&self.source)?;
        let &[rows, columns] = array.shape() else {
            return Err(Error::InvalidData(format!(
                "A table has rows and columns, but this array has {} axes. Import it as a table.",
                array.shape().len()
            )));
        };
        let roles = self.inputs.iter().chain(&self.target).chain(&self.weight).chain(&self.noise_variance);
        if let Some(wrong) = roles.copied().find(|&column| column >= columns) {
            return Err(Error::InvalidData(format!(
                "Column {} was given a role, but the table has {columns} columns. Import it again.",
                wrong + 1
            )));
        }
        let [row_stride, column_stride] = [array.strides()[0], array.strides()[1]];
        let gathered = |wanted: &[usize]| -> Result<Vec<f64>, Error> {
            let places: Vec<isize> = wanted.iter().map(|&column| column as isize * column_stride).collect();
            let mut values = filigree_core::zeros(rows * wanted.len(), "the columns of the table")?;
            array.gather(0, row_stride, &places, &mut values);
            Ok(values)
        };
        let single = |column: Option<usize>| column.map(|own| gathered(&[own])).transpose();
        let named = |&column: &usize| {
            self.names.get(column).cloned().unwrap_or_else(|| format!("column {}", column + 1))
        };
        Ok(Table {
            inputs: gathered(&self.inputs)?,
            names: self.inputs.iter().map(named).collect(),
            target: single(self.target)?.unwrap_or_default(),
            weights: single(self.weight)?,
            noise_variance: single(self.noise_variance)?,
        })
    }
}
