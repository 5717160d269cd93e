use faer::{Mat, MatRef};
use filigree_core::{Error, Random, map_tiles};

use crate::entries::Entries;
use crate::tensor::DenseTensor;
use crate::tucker_model::{TuckerModel, row_major};

/// Spread of the first guess of a factor around a constant first column.
const FIRST_SPREAD: f64 = 0.3;

/// A Tucker model whose factors lie row by row, to be asked for single entries.
#[derive(Clone, Debug)]
pub struct EntryModel {
    /// Components of every mode.
    pub ranks: Vec<usize>,
    /// The core in C order.
    pub core: Vec<f64>,
    /// For every mode: (length × rank), row-major.
    pub factors: Vec<Vec<f64>>,
}

/// Buffers of [`EntryModel::contracted`].
#[derive(Clone, Debug, Default)]
pub struct Contraction {
    values: Vec<f64>,
    next: Vec<f64>,
}

impl EntryModel {
    /// Random factors and a core of zeros.
    pub fn random(shape: &[usize], ranks: &[usize], random: &mut Random) -> Self {
        let mut factors: Vec<Vec<f64>> = Vec::with_capacity(shape.len());
        for (&length, &rank) in shape.iter().zip(ranks) {
            let value =
                |at: usize, noise: f64| if at.is_multiple_of(rank) { 1.0 } else { FIRST_SPREAD * noise };
            factors.push((0..length * rank).map(|at| value(at, random.normal())).collect());
        }
        Self { ranks: ranks.to_vec(), core: vec![0.0; ranks.iter().product()], factors }
    }

    /// The same model, to be asked for entries.
    pub fn of(model: &TuckerModel) -> Self {
        Self {
            ranks: model.ranks().to_vec(),
            core: model.core.values().to_vec(),
            factors: model.factors.iter().map(|factor| row_major(factor.as_ref())).collect(),
        }
    }

    /// The row of a factor.
    pub fn row(&self, mode: usize, index: u32) -> &[f64] {
        let rank = self.ranks[mode];
        &self.factors[mode][index as usize * rank..(index as usize + 1) * rank]
    }

    /// The core multiplied by the rows at a place, in all modes but one: a number for each component of that mode, or
    /// the entry itself.
    pub fn contracted<'a>(
        &self,
        place: &[u32],
        without: Option<usize>,
        work: &'a mut Contraction,
    ) -> &'a [f64] {
        work.values.clear();
        work.values.extend_from_slice(&self.core);
        let mut after = 1;
        for mode in (0..self.ranks.len()).rev() {
            let rank = self.ranks[mode];
            if without == Some(mode) {
                after = rank;
                continue;
            }
            let row = self.row(mode, place[mode]);
            work.next.clear();
            for block in work.values.chunks_exact(rank * after) {
                for position in 0..after {
                    let sum: f64 = row.iter().enumerate().map(|(r, u)| u * block[r * after + position]).sum();
                    work.next.push(sum);
                }
            }
            std::mem::swap(&mut work.values, &mut work.next);
        }
        &work.values
    }

    /// Products of the rows' components at a place, in the order of the core.
    pub fn features(&self, place: &[u32], features: &mut Vec<f64>) {
        features.clear();
        features.push(1.0);
        for (mode, &index) in place.iter().enumerate() {
            let row = self.row(mode, index);
            let before = std::mem::take(features);
            features.extend(before.iter().flat_map(|value| row.iter().map(move |u| value * u)));
        }
    }

    /// What the model says of every entry.
    pub fn predictions(&self, entries: &Entries) -> Result<Vec<f64>, Error> {
        let parts = map_tiles(0..entries.len(), |tile| {
            let mut work = Contraction::default();
            Ok(tile
                .map(|entry| self.contracted(entries.place(entry), None, &mut work)[0])
                .collect::<Vec<_>>())
        })?;
        Ok(parts.concat())
    }

    /// Σ (value − prediction)², a tile at a time.
    pub fn residual_energy(&self, entries: &Entries) -> Result<f64, Error> {
        let parts = map_tiles(0..entries.len(), |tile| {
            let mut work = Contraction::default();
            Ok(tile
                .map(|entry| {
                    let predicted = self.contracted(entries.place(entry), None, &mut work)[0];
                    (entries.value(entry) - predicted).powi(2)
                })
                .sum::<f64>())
        })?;
        Ok(parts.iter().sum())
    }

    /// The model with orthonormal factors in the crate's normal form, its entries multiplied by `scale`.
    pub fn canonical(&self, scale: f64) -> Result<TuckerModel, Error> {
        let core = self.core.iter().map(|value| scale * value).collect();
        let mut model = TuckerModel { core: DenseTensor::new(self.ranks.clone(), core), factors: Vec::new() };
        for (mode, values) in self.factors.iter().enumerate() {
            let rank = self.ranks[mode];
            let qr = MatRef::from_row_major_slice(values, values.len() / rank, rank).qr();
            let triangle = Mat::from_fn(rank, rank, |i, j| if j >= i { qr.thin_R()[(i, j)] } else { 0.0 });
            let turned = crate::project(&model.core, mode, triangle.transpose(), &mut filigree_core::Silent)?;
            model.core = turned;
            model.factors.push(qr.compute_thin_Q());
        }
        model.make_canonical()?;
        Ok(model)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contractions_features_and_normal_form_agree() {
        let (shape, ranks) = ([5, 6, 7, 4], [2, 3, 2, 1]);
        let mut random = Random::new(3, 0);
        let mut model = EntryModel::random(&shape, &ranks, &mut random);
        model.core.iter_mut().for_each(|value| *value = random.normal());
        let canonical = EntryModel::of(&model.canonical(2.0).unwrap());
        let (mut work, mut features) = (Contraction::default(), Vec::new());
        for place in [[0, 0, 0, 0], [4, 5, 6, 3], [1, 3, 2, 1]] {
            let entry = model.contracted(&place, None, &mut work)[0];
            model.features(&place, &mut features);
            let sum: f64 = features.iter().zip(&model.core).map(|(a, b)| a * b).sum();
            assert!((entry - sum).abs() < 1e-13);
            for mode in 0..4 {
                let open = model.contracted(&place, Some(mode), &mut work).to_vec();
                let closed: f64 = open.iter().zip(model.row(mode, place[mode])).map(|(a, b)| a * b).sum();
                assert!((entry - closed).abs() < 1e-13);
            }
            let turned = canonical.contracted(&place, None, &mut work)[0];
            assert!((2.0 * entry - turned).abs() < 1e-12);
        }
    }
}
