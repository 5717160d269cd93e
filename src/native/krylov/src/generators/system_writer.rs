use std::path::Path;

use filigree_core::{Error, Info, NpyElement, NpyWriter, Stopwatch};

use crate::{CsrMatrix, Scalar};

/// One generated system.
pub(super) struct System<S> {
    pub matrix: CsrMatrix<S>,
    pub right_hand_side: Vec<S>,
    pub known_solution: Option<Vec<S>>,
    /// Diagonal of the mass matrix.
    pub mass: Option<Vec<f64>>,
    /// The coefficient of the equation at every unknown.
    pub coefficient: Option<Vec<f64>>,
    /// What it was made from.
    pub parameters: Vec<f64>,
}

impl<S> System<S> {
    /// A matrix and its right-hand side, with the solution where it is known.
    pub fn plain(matrix: CsrMatrix<S>, (right_hand_side, known_solution): (Vec<S>, Option<Vec<S>>)) -> Self {
        Self {
            matrix,
            right_hand_side,
            known_solution,
            mass: None,
            coefficient: None,
            parameters: Vec::new(),
        }
    }
}

/// Writes the systems of a sequence as they are made; see `Dataset` of the application for the arrays of a matrix.
pub(super) struct SystemWriter<'a, S> {
    folder: &'a Path,
    systems: usize,
    rows: usize,
    entries: usize,
    written: usize,
    values: NpyWriter,
    row_pointers: NpyWriter,
    column_indices: NpyWriter,
    vectors: Vec<(&'static str, NpyWriter)>,
    reals: Vec<(&'static str, NpyWriter)>,
    parameters: Vec<f64>,
    files: Vec<String>,
    kind: std::marker::PhantomData<S>,
}

impl<'a, S: Scalar + NpyElement> SystemWriter<'a, S> {
    /// Opens the files for `systems` systems of the size and the pattern of the first.
    pub fn create(folder: &'a Path, systems: usize, first: &System<S>) -> Result<Self, Error> {
        let (rows, entries) = (first.matrix.rows(), first.matrix.entries());
        let all = entries.checked_mul(systems).filter(|&all| all <= 1 << 31).ok_or_else(|| {
            Error::parameter(
                "systems",
                format!(
                    "{systems} systems of {entries} entries are more than fit into a dataset. Make fewer, or a smaller grid."
                ),
            )
        })?;
        let with_systems = |length: usize| if systems == 1 { vec![length] } else { vec![systems, length] };
        let vector = |name: &'static str| -> Result<_, Error> {
            let file = format!("{name}.npy");
            Ok((name, NpyWriter::create::<S>(folder, &file, &with_systems(rows))?))
        };
        let mut vectors = vec![vector("rightHandSide")?];
        if first.known_solution.is_some() {
            vectors.push(vector("knownSolution")?);
        }
        if first.mass.is_some() {
            vectors.push(("mass", NpyWriter::create::<S>(folder, "mass.npy", &[all])?));
        }
        let mut reals = Vec::new();
        if first.coefficient.is_some() {
            let shape = with_systems(rows);
            reals.push(("coefficient", NpyWriter::create::<f64>(folder, "coefficient.npy", &shape)?));
        }
        Ok(Self {
            folder,
            systems,
            rows,
            entries,
            written: 0,
            values: NpyWriter::create::<S>(folder, "values.npy", &[all])?,
            row_pointers: NpyWriter::create::<i64>(folder, "rows.npy", &with_systems(rows + 1))?,
            column_indices: NpyWriter::create::<i32>(folder, "columns.npy", &[all])?,
            vectors,
            reals,
            parameters: Vec::new(),
            files: Vec::new(),
            kind: std::marker::PhantomData,
        })
    }

    /// Writes the next system.
    pub fn write(&mut self, system: &System<S>) -> Result<(), Error> {
        let (matrix, index) = (&system.matrix, self.written);
        if matrix.entries() != self.entries || index == self.systems {
            return Err(Error::Internal("a generated sequence changed its pattern".to_owned()));
        }
        let first = index * self.entries;
        self.values.write_at(first, matrix.values())?;
        let columns: Vec<i32> = matrix.column_indices().iter().map(|&column| column as i32).collect();
        self.column_indices.write_at(first, &columns)?;
        let pointers: Vec<i64> =
            matrix.row_pointers().iter().map(|&pointer| (first + pointer) as i64).collect();
        self.row_pointers.write_at(index * (self.rows + 1), &pointers)?;
        for (name, writer) in &self.vectors {
            match *name {
                "rightHandSide" => writer.write_at(index * self.rows, &system.right_hand_side)?,
                "mass" => writer.write_at(first, &in_pattern(matrix, system.mass.as_deref()))?,
                _ => writer.write_at(index * self.rows, system.known_solution.as_deref().unwrap_or(&[]))?,
            }
        }
        for (_, writer) in &self.reals {
            writer.write_at(index * self.rows, system.coefficient.as_deref().unwrap_or(&[]))?;
        }
        self.parameters.extend_from_slice(&system.parameters);
        self.written += 1;
        Ok(())
    }

    /// Writes a part that all systems share.
    pub fn shared<T: NpyElement>(&mut self, name: &str, shape: &[usize], values: &[T]) -> Result<(), Error> {
        self.files.push(NpyWriter::write_all(self.folder, &format!("{name}.npy"), shape, values)?);
        Ok(())
    }

    /// Gives all files their names and tells what was made.
    pub fn finish(mut self, what: &str, watch: &Stopwatch) -> Result<Info, Error> {
        if !self.parameters.is_empty() {
            let shape = [self.systems, self.parameters.len() / self.systems];
            let parameters = std::mem::take(&mut self.parameters);
            self.shared("parameters", &shape, &parameters)?;
        }
        let mut files = self.files;
        for writer in [self.values, self.row_pointers, self.column_indices] {
            files.push(writer.finish()?);
        }
        for (_, writer) in self.vectors.into_iter().chain(self.reals) {
            files.push(writer.finish()?);
        }
        let amount = if self.systems == 1 { "".to_owned() } else { format!("{} systems of ", self.systems) };
        Ok(Info {
            stop_message: format!(
                "Made {amount}{what}: {} unknowns and {} entries{}.",
                self.rows,
                self.entries,
                if self.systems == 1 { "" } else { " each" }
            ),
            figures: vec![
                ("systems", self.systems as f64),
                ("rows", self.rows as f64),
                ("entries", self.entries as f64),
            ],
            files,
            ..Info::measured(watch)
        })
    }
}

/// A diagonal in the pattern of a matrix.
fn in_pattern<S: Scalar>(matrix: &CsrMatrix<S>, diagonal: Option<&[f64]>) -> Vec<S> {
    let diagonal = diagonal.unwrap_or(&[]);
    let of = |row: usize, column: usize| if row == column { S::from_real(diagonal[row]) } else { S::ZERO };
    matrix.map(|row, column, _| of(row, column)).into_parts().2
}
