use crate::shape::ModeView;
use crate::tensor::{DenseTensor, Tensor};
use crate::tucker_model::model_size;

/// Energy of what is cut from a core, for every possible cut, from sums of positive numbers only: small tails are as
/// exact as large ones.
///
/// A cut to ranks r leaves out, disjointly for each mode m, the entries whose indices lie below r before mode m, at or
/// above r_m in mode m, and anywhere after it. Table m holds those sums for all r_1 … r_m.
pub struct CoreTails {
    lengths: Vec<usize>,
    /// Table m has (length + 1) numbers a mode up to m, C order.
    tables: Vec<Vec<f64>>,
}

impl CoreTails {
    /// Sums up the squares of a core.
    pub fn new(core: &DenseTensor) -> Self {
        let lengths = core.shape().to_vec();
        let mut energies: Vec<f64> = core.values().iter().map(|value| value * value).collect();
        let mut tables = vec![Vec::new(); lengths.len()];
        for mode in (0..lengths.len()).rev() {
            tables[mode] = table(&energies, &lengths[..=mode]);
            energies = energies.chunks_exact(lengths[mode]).map(|chunk| chunk.iter().sum()).collect();
        }
        Self { lengths, tables }
    }

    /// Energy of the core outside of its first `ranks` entries.
    pub fn tail(&self, ranks: &[usize]) -> f64 {
        let mut position = 0;
        let mut sum = 0.0;
        for (mode, &rank) in ranks.iter().enumerate() {
            position = position * (self.lengths[mode] + 1) + rank;
            sum += self.tables[mode][position];
        }
        sum
    }

    /// The smallest model of a tensor of `shape` whose cut loses at most `allowed`; of equal sizes the one that loses
    /// least.
    pub fn smallest(&self, shape: &[usize], allowed: f64) -> Vec<usize> {
        let mut best = (usize::MAX, f64::INFINITY, self.lengths.clone());
        let mut ranks = vec![1; self.lengths.len()];
        self.search(0, shape, allowed, &mut ranks, &mut best);
        best.2
    }

    fn search(
        &self,
        mode: usize,
        shape: &[usize],
        allowed: f64,
        ranks: &mut Vec<usize>,
        best: &mut (usize, f64, Vec<usize>),
    ) {
        let last = self.lengths.len() - 1;
        if mode == last {
            // The tail falls with the last rank: bisect for the smallest that is enough.
            let (mut low, mut high) = (1, self.lengths[last] + 1);
            while low < high {
                let middle = low.midpoint(high);
                ranks[last] = middle;
                if middle > self.lengths[last] || self.tail(ranks) <= allowed {
                    high = middle;
                } else {
                    low = middle + 1;
                }
            }
            if low > self.lengths[last] {
                return;
            }
            ranks[last] = low;
            let (size, tail) = (model_size(shape, ranks), self.tail(ranks));
            if size < best.0 || (size == best.0 && tail < best.1) {
                *best = (size, tail, ranks.clone());
            }
            return;
        }
        for rank in 1..=self.lengths[mode] {
            ranks[mode] = rank;
            ranks[mode + 1..].fill(1);
            if model_size(shape, ranks) > best.0 {
                break;
            }
            // With everything after this mode kept, is enough kept at all?
            ranks[mode + 1..].copy_from_slice(&self.lengths[mode + 1..]);
            if self.tail(ranks) <= allowed {
                self.search(mode + 1, shape, allowed, ranks, best);
            }
        }
    }
}

/// Prefix sums along all modes but the last, suffix sums along the last, with room for rank 0 and for all.
fn table(energies: &[f64], lengths: &[usize]) -> Vec<f64> {
    let padded: Vec<usize> = lengths.iter().map(|length| length + 1).collect();
    let mut sums = vec![0.0; padded.iter().product()];
    let last = lengths.len() - 1;
    // Prefix sums leave out the entry itself, which counts from the next rank on; suffix sums do not.
    let mut index = vec![0; lengths.len()];
    for row in energies.chunks_exact(lengths[last]) {
        let place = index[..last].iter().zip(&padded).fold(0, |place, (&i, &length)| place * length + i + 1);
        sums[place * padded[last]..][..row.len()].copy_from_slice(row);
        for mode in (0..last).rev() {
            index[mode] += 1;
            if index[mode] < lengths[mode] {
                break;
            }
            index[mode] = 0;
        }
    }
    for mode in 0..lengths.len() {
        let view = ModeView::new(&padded, mode);
        for before in 0..view.before {
            let own = &mut sums[before * view.length * view.after..][..view.length * view.after];
            for step in 1..view.length {
                let (to, from) = if mode == last {
                    (view.length - 1 - step, view.length - step)
                } else {
                    (step, step - 1)
                };
                for after in 0..view.after {
                    own[to * view.after + after] += own[from * view.after + after];
                }
            }
        }
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::random_tensor;

    #[test]
    fn tails_and_smallest_models_agree_with_brute_force() {
        for seed in 0..40 {
            let lengths = [[3, 4, 2], [2, 2, 5], [4, 3, 3]][seed as usize % 3];
            let core = random_tensor(&lengths, seed);
            let tails = CoreTails::new(&core);
            let shape = [10, 7, 20];
            let allowed = 3.0 + seed as f64 / 3.0;
            let mut smallest = usize::MAX;
            for a in 1..=lengths[0] {
                for b in 1..=lengths[1] {
                    for c in 1..=lengths[2] {
                        let expected: f64 = core
                            .values()
                            .iter()
                            .enumerate()
                            .filter(|&(position, _)| {
                                let index = crate::index_of(position, &lengths);
                                index[0] >= a || index[1] >= b || index[2] >= c
                            })
                            .map(|(_, value)| value * value)
                            .sum();
                        let tail = tails.tail(&[a, b, c]);
                        assert!((tail - expected).abs() < 1e-12);
                        if tail <= allowed {
                            smallest = smallest.min(model_size(&shape, &[a, b, c]));
                        }
                    }
                }
            }
            let found = tails.smallest(&shape, allowed);
            assert!(tails.tail(&found) <= allowed);
            assert_eq!(model_size(&shape, &found), smallest);
        }
    }
}
