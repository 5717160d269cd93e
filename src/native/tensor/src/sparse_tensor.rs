use filigree_core::{Error, Observer, keep_going, tiles, zeros};
use rayon::prelude::*;

use crate::entries::{Entries, Groups};
use crate::shape::shape_text;
use crate::tensor::DenseTensor;

/// What is done with entries at the same place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Duplicates {
    /// They are added up.
    Sum,
    /// The run stops and says where the first are.
    Refuse,
}

/// Nonzeros whose products are gathered between two looks at the observer.
const NONZEROS_AT_ONCE: usize = 1 << 17;

const STAGE: &str = "Multiplying the nonzeros";

/// A tensor of which only the nonzeros are kept, sorted by their places and grouped by their index in every mode: the
/// nonzeros of a slice come fibre after fibre, as in compressed sparse fibres.
pub struct SparseTensor {
    /// Length of every mode.
    pub shape: Vec<usize>,
    entries: Entries,
    groups: Vec<Groups>,
    /// How many entries were added to another at the same place.
    pub merged: usize,
}

/// A factor, row-major, with its number of columns.
#[derive(Clone, Debug)]
pub struct FactorRows {
    /// (length × columns).
    pub values: Vec<f64>,
    /// Numbers in a row.
    pub columns: usize,
}

impl FactorRows {
    fn row(&self, index: u32) -> &[f64] {
        &self.values[index as usize * self.columns..(index as usize + 1) * self.columns]
    }
}

impl SparseTensor {
    /// Sorts the entries and settles those at the same place.
    pub fn new(shape: Vec<usize>, entries: Entries, duplicates: Duplicates) -> Result<Self, Error> {
        let mut order: Vec<u32> = (0..entries.len() as u32).collect();
        order.par_sort_unstable_by(|&a, &b| {
            entries.place(a as usize).cmp(entries.place(b as usize)).then(a.cmp(&b))
        });
        let mut sorted = Entries::new(shape.len());
        let mut merged = 0;
        for &number in &order {
            let (place, value) = (entries.place(number as usize), entries.value(number as usize));
            let last = sorted.len().checked_sub(1);
            match last.filter(|&last| sorted.place(last) == place) {
                None => sorted.push(place, value),
                Some(_) if duplicates == Duplicates::Refuse => return Err(refused(place)),
                Some(last) => {
                    sorted.values_mut()[last] += value;
                    merged += 1;
                }
            }
        }
        drop(order);
        drop(entries);
        let groups = shape.iter().enumerate().map(|(mode, &length)| sorted.grouped(mode, length)).collect();
        Ok(Self { shape, entries: sorted, groups, merged })
    }

    /// How many places have an entry.
    pub fn nonzeros(&self) -> usize {
        self.entries.len()
    }

    /// ‖X‖².
    pub fn energy(&self) -> f64 {
        self.entries.values().iter().map(|value| value * value).sum()
    }

    /// Indices of a mode that have no entry.
    pub fn empty_slices(&self, mode: usize) -> usize {
        (0..self.groups[mode].len()).filter(|&index| self.groups[mode].of(index).is_empty()).count()
    }

    /// The unfolding of `mode` of X ×_m U_mᵀ over all other modes m: (length × product of their columns). Only nonzeros
    /// are touched, and what a fibre shares is multiplied once (Smith & Karypis, "Tensor-matrix products with a
    /// compressed sparse tensor", IA³ 2015; Kaya & Uçar, ICPP 2016).
    pub fn multiplied(
        &self,
        mode: usize,
        factors: &[FactorRows],
        observer: &mut dyn Observer,
    ) -> Result<DenseTensor, Error> {
        let others: Vec<usize> = (0..self.shape.len()).filter(|&other| other != mode).collect();
        let columns: usize = others.iter().map(|&other| factors[other].columns).product();
        let rows = self.shape[mode];
        let mut values = zeros(rows * columns, "the multiplied tensor")?;
        let at_once = (rows * NONZEROS_AT_ONCE / self.nonzeros().max(1)).clamp(1, rows);
        for (piece, part) in tiles(0..rows, at_once).zip(values.chunks_mut(at_once * columns)) {
            part.par_chunks_mut(columns)
                .zip(piece.clone().into_par_iter())
                .for_each(|(row, index)| self.add_fibres(self.groups[mode].of(index), &others, factors, row));
            keep_going(observer.progress(piece.end as f64 / rows as f64), STAGE)?;
        }
        Ok(DenseTensor::new(vec![rows, columns], values))
    }

    /// Adds Σ value · (row of the first of `modes`) ⊗ … over sorted nonzeros.
    fn add_fibres(&self, numbers: &[u32], modes: &[usize], factors: &[FactorRows], out: &mut [f64]) {
        let (&mode, rest) = modes.split_first().expect("a tensor has at least two modes");
        let factor = &factors[mode];
        if rest.is_empty() {
            for &number in numbers {
                let value = self.entries.value(number as usize);
                let row = factor.row(self.entries.place(number as usize)[mode]);
                out.iter_mut().zip(row).for_each(|(sum, u)| *sum += value * u);
            }
            return;
        }
        let width = out.len() / factor.columns;
        let mut inner = vec![0.0; width];
        let same =
            |a: &u32, b: &u32| self.entries.place(*a as usize)[mode] == self.entries.place(*b as usize)[mode];
        for fibre in numbers.chunk_by(same) {
            inner.fill(0.0);
            self.add_fibres(fibre, rest, factors, &mut inner);
            let row = factor.row(self.entries.place(fibre[0] as usize)[mode]);
            for (target, u) in out.chunks_exact_mut(width).zip(row) {
                target.iter_mut().zip(&inner).for_each(|(sum, value)| *sum += u * value);
            }
        }
    }
}

fn refused(place: &[u32]) -> Error {
    let place: Vec<String> = place.iter().map(u32::to_string).collect();
    Error::parameter(
        "duplicates",
        format!(
            "The place ({}), counted from 0, has more than one entry. Choose to add such entries up, or mend the file.",
            place.join(", ")
        ),
    )
}

/// Bytes a run needs at most: the nonzeros, as read and sorted, with their groups, and the multiplied tensor of the
/// mode where it is largest, with its directions.
pub fn memory_estimate(shape: &[usize], nonzeros: usize, columns: &[usize]) -> f64 {
    let modes = shape.len() as f64;
    let kept = nonzeros as f64 * (2.0 * (4.0 * modes + 8.0) + 4.0 * modes + 4.0);
    let multiplied = |mode: usize| {
        let others: f64 = (0..shape.len()).filter(|&m| m != mode).map(|m| columns[m] as f64).product();
        let shorter = others.min(shape[mode] as f64);
        8.0 * (4.0 * shape[mode] as f64 * others + 18.0 * shorter * shorter)
    };
    let largest = (0..shape.len()).map(multiplied).fold(0.0, f64::max);
    let factors: f64 =
        shape.iter().zip(columns).map(|(&length, &own)| 24.0 * length as f64 * own as f64).sum();
    kept + largest + factors
}

/// Refuses a run that would need more than `limit` megabytes.
pub fn check_memory(shape: &[usize], nonzeros: usize, columns: &[usize], limit: f64) -> Result<f64, Error> {
    let estimate = memory_estimate(shape, nonzeros, columns);
    if estimate <= limit * 1e6 {
        return Ok(estimate);
    }
    Err(Error::parameter(
        "memoryLimit",
        format!(
            "This run would need about {:.0} MB for {nonzeros} nonzeros of a {} tensor, more than the limit of {limit} MB. Lower the ranks, or raise the limit if the machine has the memory.",
            estimate / 1e6,
            shape_text(shape)
        ),
    ))
}
