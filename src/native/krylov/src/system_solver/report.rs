use std::path::Path;

use filigree_core::{Error, NpyWriter};
use num_complex::Complex64;

use crate::multigrid::HierarchyTable;
use crate::{LinearSystem, Scalar};

/// Writes `solution.npy` in this shape, with a leading axis (real, imaginary part) for complex numbers, and `error.npy`
/// where the solution is known.
pub fn write_solution<S: Scalar>(
    folder: &Path,
    shape: &[usize],
    system: &LinearSystem<S>,
    solution: &[S],
) -> Result<Vec<String>, Error> {
    let mut files = vec![write_field(folder, "solution.npy", shape, solution)?];
    if let Some(known) = &system.known_solution {
        let error: Vec<S> = solution.iter().zip(known).map(|(&found, &known)| found - known).collect();
        files.push(write_field(folder, "error.npy", shape, &error)?);
    }
    Ok(files)
}

fn write_field<S: Scalar>(folder: &Path, name: &str, shape: &[usize], field: &[S]) -> Result<String, Error> {
    let mut parts: Vec<f64> = field.iter().map(|value| value.real()).collect();
    if !S::COMPLEX {
        return NpyWriter::write_all(folder, name, shape, &parts);
    }
    parts.extend(field.iter().map(|value| value.imaginary()));
    let shape: Vec<usize> = [2].into_iter().chain(shape.iter().copied()).collect();
    NpyWriter::write_all(folder, name, &shape, &parts)
}

/// Writes points of the complex plane, (value; real, imaginary part), where there are some.
pub fn write_values(folder: &Path, name: &str, values: &[Complex64]) -> Result<Vec<String>, Error> {
    if values.is_empty() {
        return Ok(Vec::new());
    }
    let parts: Vec<f64> = values.iter().flat_map(|value| [value.re, value.im]).collect();
    Ok(vec![NpyWriter::write_all(folder, name, &[values.len(), 2], &parts)?])
}

/// Writes `hierarchy.npy` (level; rows, entries, entries a row, rows of the finer level a row).
pub fn write_hierarchy(folder: &Path, table: &HierarchyTable) -> Result<String, Error> {
    let rows: Vec<f64> = table
        .levels
        .iter()
        .flat_map(|level| {
            let (rows, entries) = (level.rows as f64, level.entries as f64);
            [rows, entries, entries / rows.max(1.0), level.ratio]
        })
        .collect();
    NpyWriter::write_all(folder, "hierarchy.npy", &[table.levels.len(), 4], &rows)
}
