use std::path::Path;

use filigree_core::{Error, NpyWriter};

use crate::functional_core::CoreForm;
use crate::functional_tucker::FunctionalTucker;

/// Posterior means and deviations of core and factors in their normal form: every factor column has mean square one
/// and a positive largest entry, columns come in the order of the energy of their slice of the core.
#[derive(Clone, Debug)]
pub struct FunctionalResult {
    ranks: Vec<usize>,
    core: Vec<f64>,
    core_deviation: Vec<f64>,
    /// For every mode: (length × rank), row-major.
    factors: Vec<Vec<f64>>,
    factor_deviations: Vec<Vec<f64>>,
}

impl FunctionalResult {
    /// Takes the posterior of `model`, whose entries were divided by `scale`, apart by index.
    pub fn new(model: &FunctionalTucker<'_>, shape: &[usize], form: CoreForm, scale: f64) -> Self {
        let ranks: Vec<usize> = model.modes.iter().map(|mode| mode.rank).collect();
        let size: usize = ranks.iter().product();
        let (mut core, mut core_deviation) = (vec![0.0; size], vec![0.0; size]);
        for entry in 0..model.core.size {
            let at =
                model.core.place(entry).iter().zip(&ranks).fold(0, |at, (&index, &rank)| at * rank + index);
            core[at] = scale * model.core.mean[entry];
            core_deviation[at] =
                scale * model.core.covariance[entry * model.core.size + entry].max(0.0).sqrt();
        }
        let by_index = |mode: usize, value: &dyn Fn(usize, usize) -> f64| -> Vec<f64> {
            let (rank, known) = (ranks[mode], &model.modes[mode]);
            (0..shape[mode] * rank).map(|at| value(known.state((at / rank) as u32), at % rank)).collect()
        };
        let factors =
            (0..shape.len()).map(|mode| by_index(mode, &|state, r| model.modes[mode].mean(state)[r]));
        let deviations =
            (0..shape.len()).map(|mode| by_index(mode, &|state, r| model.modes[mode].deviation(state, r)));
        let (factors, factor_deviations) = (factors.collect(), deviations.collect());
        let mut result = Self { ranks, core, core_deviation, factors, factor_deviations };
        result.scale_columns();
        result.order_columns(form);
        result
    }

    /// Where the entries of the core lie that have `column` in `mode`.
    fn slice(&self, mode: usize, column: usize) -> impl Iterator<Item = usize> + use<> {
        let after: usize = self.ranks[mode + 1..].iter().product();
        let rank = self.ranks[mode];
        (0..self.core.len()).filter(move |at| (at / after) % rank == column)
    }

    fn scale_columns(&mut self) {
        for mode in 0..self.ranks.len() {
            let rank = self.ranks[mode];
            for column in 0..rank {
                let own = self.factors[mode].iter().skip(column).step_by(rank);
                let (mut square, mut largest, mut count) = (0.0, 0.0f64, 0.0);
                for &value in own {
                    square += value * value;
                    count += 1.0;
                    if value.abs() > largest.abs() {
                        largest = value;
                    }
                }
                let length = (square / count).sqrt();
                if length == 0.0 {
                    continue;
                }
                let signed = if largest < 0.0 { -length } else { length };
                let divide = |values: &mut Vec<f64>, by: f64| {
                    values.iter_mut().skip(column).step_by(rank).for_each(|value| *value /= by);
                };
                divide(&mut self.factors[mode], signed);
                divide(&mut self.factor_deviations[mode], length);
                for at in self.slice(mode, column) {
                    self.core[at] *= signed;
                    self.core_deviation[at] *= length;
                }
            }
        }
    }

    fn order_columns(&mut self, form: CoreForm) {
        let orders: Vec<Vec<usize>> = (0..self.ranks.len())
            .map(|mode| {
                let energy: Vec<f64> = (0..self.ranks[mode])
                    .map(|column| self.slice(mode, column).map(|at| self.core[at] * self.core[at]).sum())
                    .collect();
                let mut order: Vec<usize> = (0..self.ranks[mode]).collect();
                order.sort_by(|&a, &b| energy[b].total_cmp(&energy[a]));
                order
            })
            .collect();
        // The components of a CP form move together: in all modes as the first has them.
        let orders = if form == CoreForm::Cp { vec![orders[0].clone(); self.ranks.len()] } else { orders };
        for (mode, order) in orders.iter().enumerate() {
            let rank = self.ranks[mode];
            for values in [&mut self.factors[mode], &mut self.factor_deviations[mode]] {
                for row in values.chunks_exact_mut(rank) {
                    let old = row.to_vec();
                    row.iter_mut().zip(order).for_each(|(value, &from)| *value = old[from]);
                }
            }
        }
        let moved = |old: &[f64]| -> Vec<f64> {
            (0..old.len())
                .map(|at| {
                    let place = crate::shape::index_of(at, &self.ranks);
                    let from = place
                        .iter()
                        .enumerate()
                        .fold(0, |from, (mode, &index)| from * self.ranks[mode] + orders[mode][index]);
                    old[from]
                })
                .collect()
        };
        (self.core, self.core_deviation) = (moved(&self.core), moved(&self.core_deviation));
    }

    /// Writes `core.npy`, `coreDeviation.npy`, `factors-1.npy` … and `factorDeviations-1.npy` …; returns their names.
    pub fn write(&self, folder: &Path) -> Result<Vec<String>, Error> {
        let mut files = vec![
            NpyWriter::write_all(folder, "core.npy", &self.ranks, &self.core)?,
            NpyWriter::write_all(folder, "coreDeviation.npy", &self.ranks, &self.core_deviation)?,
        ];
        for (mode, &rank) in self.ranks.iter().enumerate() {
            let pairs =
                [("factors", &self.factors[mode]), ("factorDeviations", &self.factor_deviations[mode])];
            for (name, values) in pairs {
                let name = format!("{name}-{}.npy", mode + 1);
                files.push(NpyWriter::write_all(folder, &name, &[values.len() / rank, rank], values)?);
            }
        }
        Ok(files)
    }
}
