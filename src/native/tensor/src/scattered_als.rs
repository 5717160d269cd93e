use faer::MatMut;
use filigree_core::{Error, Observer, Random, keep_going, tiles};
use rayon::prelude::*;

use crate::cholesky::Cholesky;
use crate::entries::{Entries, Groups};
use crate::entry_model::{Contraction, EntryModel};
use crate::kernels::{add_gram, mirror};
use crate::passes::{pass, tile_width};

/// Entries whose normal equations are gathered between two looks at the observer.
const ENTRIES_AT_ONCE: usize = 1 << 15;

const STAGE: &str = "Fitting the observed entries";

/// Alternating least squares on observed entries: minimises Σ (y − x̂)² + ridge·(‖G‖² + Σ ‖U‖²) over the core and one
/// row of a factor after the other, each exactly, so that it never rises. No entry that was not observed is touched.
pub struct ScatteredAls<'a> {
    entries: &'a Entries,
    groups: Vec<Groups>,
    ridge: f64,
    /// The present iterate.
    pub model: EntryModel,
}

impl<'a> ScatteredAls<'a> {
    /// Starts from random factors.
    pub fn new(
        entries: &'a Entries,
        shape: &[usize],
        ranks: &[usize],
        ridge: f64,
        random: &mut Random,
    ) -> Self {
        let groups = shape.iter().enumerate().map(|(mode, &length)| entries.grouped(mode, length)).collect();
        Self { entries, groups, ridge, model: EntryModel::random(shape, ranks, random) }
    }

    /// Renews the core and every factor once.
    pub fn sweep(&mut self, observer: &mut dyn Observer) -> Result<(), Error> {
        self.renew_core(observer)?;
        for mode in 0..self.groups.len() {
            self.renew_factor(mode, observer)?;
        }
        Ok(())
    }

    fn renew_core(&mut self, observer: &mut dyn Observer) -> Result<(), Error> {
        let size = self.model.core.len();
        let mut normal = vec![0.0; size * size];
        let mut right = vec![0.0; size];
        pass(
            self.entries.len(),
            tile_width(size).min(4096),
            size * size,
            STAGE,
            observer,
            |pieces| {
                let (mut part, mut told) = (vec![0.0; size * size], vec![0.0; size]);
                let (mut features, mut rows) = (Vec::new(), Vec::new());
                for piece in pieces {
                    rows.clear();
                    for entry in piece.clone() {
                        self.model.features(self.entries.place(entry), &mut features);
                        rows.extend_from_slice(&features);
                        let value = self.entries.value(entry);
                        told.iter_mut().zip(&features).for_each(|(sum, z)| *sum += value * z);
                    }
                    let rows = faer::MatRef::from_row_major_slice(&rows, piece.len(), size);
                    add_gram(MatMut::from_row_major_slice_mut(&mut part, size, size), rows.transpose());
                }
                Ok((part, told))
            },
            |_, (part, told)| {
                normal.iter_mut().zip(part).for_each(|(sum, value)| *sum += value);
                right.iter_mut().zip(told).for_each(|(sum, value)| *sum += value);
                Ok(())
            },
        )?;
        mirror(&mut normal, size);
        (0..size).for_each(|i| normal[i * size + i] += self.ridge);
        Cholesky::of(&normal, size, "The normal matrix of the core")?.solve(&mut right);
        self.model.core = right;
        Ok(())
    }

    fn renew_factor(&mut self, mode: usize, observer: &mut dyn Observer) -> Result<(), Error> {
        let rank = self.model.ranks[mode];
        let rows = self.groups[mode].len();
        let at_once = (rows * ENTRIES_AT_ONCE / self.entries.len()).max(1);
        let mut factor = Vec::with_capacity(rows * rank);
        for piece in tiles(0..rows, at_once) {
            let solved: Vec<Result<Vec<f64>, Error>> = piece
                .clone()
                .into_par_iter()
                .map_init(Contraction::default, |work, index| self.row(mode, index, work))
                .collect();
            for row in solved {
                factor.extend(row?);
            }
            keep_going(observer.progress(piece.end as f64 / rows as f64), STAGE)?;
        }
        self.model.factors[mode] = factor;
        Ok(())
    }

    /// The best row of a factor, all else given; zeros where nothing was observed.
    fn row(&self, mode: usize, index: usize, work: &mut Contraction) -> Result<Vec<f64>, Error> {
        let rank = self.model.ranks[mode];
        let own = self.groups[mode].of(index);
        let mut right = vec![0.0; rank];
        if own.is_empty() {
            return Ok(right);
        }
        let mut normal: Vec<f64> =
            (0..rank * rank).map(|at| if at / rank == at % rank { self.ridge } else { 0.0 }).collect();
        for &entry in own {
            let entry = entry as usize;
            let open = self.model.contracted(self.entries.place(entry), Some(mode), work);
            let value = self.entries.value(entry);
            for i in 0..rank {
                right[i] += value * open[i];
                for j in 0..=i {
                    normal[i * rank + j] += open[i] * open[j];
                }
            }
        }
        Cholesky::of(&normal, rank, "The normal matrix of a factor's row")?.solve(&mut right);
        Ok(right)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use filigree_core::Silent;

    /// All entries of a random Tucker tensor, but those the predicate leaves out.
    fn planted(shape: &[usize], keep: impl Fn(usize) -> bool) -> (EntryModel, Entries) {
        let mut random = Random::new(9, 0);
        let mut model = EntryModel::random(shape, &[2, 2, 2], &mut random);
        model.core.iter_mut().for_each(|value| *value = random.normal());
        let mut entries = Entries::new(3);
        let mut work = Contraction::default();
        for at in (0..shape.iter().product()).filter(|&at| keep(at)) {
            let place: Vec<u32> = crate::index_of(at, shape).iter().map(|&i| i as u32).collect();
            let value = model.contracted(&place, None, &mut work)[0];
            entries.push(&place, value);
        }
        (model, entries)
    }

    /// What the sweeps minimise.
    fn objective(als: &ScatteredAls<'_>) -> f64 {
        let square = |values: &[f64]| values.iter().map(|value| value * value).sum::<f64>();
        let size = square(&als.model.core) + als.model.factors.iter().map(|u| square(u)).sum::<f64>();
        als.model.residual_energy(als.entries).unwrap() + als.ridge * size
    }

    #[test]
    fn the_objective_never_rises() {
        let shape = [8, 9, 10];
        let (_, entries) = planted(&shape, |at| at % 3 == 0);
        let mut als = ScatteredAls::new(&entries, &shape, &[2, 3, 2], 0.1, &mut Random::new(1, 0));
        let mut before = f64::INFINITY;
        for _ in 0..20 {
            als.sweep(&mut Silent).unwrap();
            let now = objective(&als);
            assert!(now <= before * (1.0 + 1e-12), "{now} {before}");
            before = now;
        }
    }

    #[test]
    fn entries_that_were_not_observed_are_recovered() {
        let shape = [12, 13, 14];
        let (truth, entries) = planted(&shape, |at| at % 5 < 2);
        let mut als = ScatteredAls::new(&entries, &shape, &[2, 2, 2], 1e-8, &mut Random::new(2, 0));
        for _ in 0..200 {
            als.sweep(&mut Silent).unwrap();
        }
        let (mut a, mut b) = (Contraction::default(), Contraction::default());
        for at in (0..12 * 13 * 14).filter(|at| at % 5 >= 2) {
            let place: Vec<u32> = crate::index_of(at, &shape).iter().map(|&i| i as u32).collect();
            let expected = truth.contracted(&place, None, &mut a)[0];
            let found = als.model.contracted(&place, None, &mut b)[0];
            assert!((expected - found).abs() < 1e-4, "{expected} {found}");
        }
    }
}
