use filigree_core::{Error, Observer, keep_going};

use super::greedy::{Rule, by_rule};
use super::spectra::{CoreShape, Spectra};

/// Weights of the logarithm of a rank that the bound is taken with, relative to the energy: each is a valid bound, the
/// largest counts.
const WEIGHTS: usize = 36;

/// Nodes between two looks at the observer.
const NODES_AT_ONCE: usize = 1 << 16;

/// The ranks of the least loss within a budget, exactly: all ranks of every mode but the last are tried, the last one is
/// the largest that fits; a branch ends where a bound says that it holds nothing better. Three modes need no bound.
pub fn best_core_shape(
    spectra: &Spectra,
    budget: usize,
    observer: &mut dyn Observer,
) -> Result<CoreShape, Error> {
    crate::rank_rule::check_budget(budget, &spectra.lengths)?;
    // The best of the simple rules is what has to be beaten.
    let start = [Rule::Gain, Rule::GainPerNumber]
        .map(|rule| by_rule(spectra, budget, rule, None))
        .into_iter()
        .min_by(|a, b| a.loss.total_cmp(&b.loss))
        .unwrap_or_else(|| spectra.shape_of(&vec![1; spectra.modes()]));
    let mut search = Search {
        spectra,
        budget: budget as f64,
        relaxed: relaxed_losses(spectra),
        ranks: vec![1; spectra.modes()],
        best: start,
        nodes: 0,
        observer,
    };
    search.visit(0, 1.0, 0.0, 0.0)?;
    let best = search.best.clone();
    Ok(spectra.trimmed(best))
}

struct Search<'a> {
    spectra: &'a Spectra,
    budget: f64,
    /// For each weight w: the weight, and for each mode the sum over it and all later modes of min_r (loss(r) + w·ln r).
    relaxed: Vec<(f64, Vec<f64>)>,
    ranks: Vec<usize>,
    best: CoreShape,
    nodes: usize,
    observer: &'a mut dyn Observer,
}

impl Search<'_> {
    /// Chooses the ranks from `mode` on, after ranks with this product, size of factors and loss.
    fn visit(&mut self, mode: usize, product: f64, spent: f64, loss: f64) -> Result<(), Error> {
        let spectra = self.spectra;
        let length = spectra.lengths[mode] as f64;
        let last = spectra.modes() - 1;
        if mode == last {
            let fits = ((self.budget - spent) / (product + length)).floor();
            if fits < 1.0 {
                return Ok(());
            }
            let rank = (fits as usize).min(spectra.largest(mode));
            let total = loss + spectra.losses[mode][rank];
            if total < self.best.loss {
                self.ranks[mode] = rank;
                self.best = CoreShape { loss: total, ..spectra.shape_of(&self.ranks) };
            }
            return Ok(());
        }
        let least_after: f64 = spectra.lengths[mode + 1..].iter().map(|&length| length as f64).sum();
        for rank in (1..=spectra.largest(mode)).rev() {
            let (product, spent) = (product * rank as f64, spent + length * rank as f64);
            if product + spent + least_after > self.budget {
                continue;
            }
            let loss = loss + spectra.losses[mode][rank];
            if loss >= self.best.loss {
                // Losses only rise from here on.
                break;
            }
            if mode + 1 < last && loss + self.bound(mode + 1, product, spent) >= self.best.loss {
                continue;
            }
            self.ranks[mode] = rank;
            self.visit(mode + 1, product, spent, loss)?;
            self.nodes += 1;
            if self.nodes.is_multiple_of(NODES_AT_ONCE) {
                keep_going(self.observer.progress(0.0), "Choosing the core shape")?;
            }
        }
        Ok(())
    }

    /// What the modes from `mode` on lose at least: each as if it had the budget for itself, or all together with the
    /// product of their ranks bounded and their factors free of charge beyond rank one.
    fn bound(&self, mode: usize, product: f64, spent: f64) -> f64 {
        let spectra = self.spectra;
        let least: f64 = spectra.lengths[mode..].iter().map(|&length| length as f64).sum();
        let mut alone = 0.0;
        for (length, losses) in spectra.lengths[mode..].iter().zip(&spectra.losses[mode..]) {
            let others = least - *length as f64;
            let fits = ((self.budget - spent - others) / (product + *length as f64)).max(0.0) as usize;
            alone += losses[fits.min(losses.len() - 1)];
        }
        let room = ((self.budget - spent - least) / product).max(1.0).ln();
        self.relaxed.iter().fold(alone, |bound, (weight, sums)| bound.max(sums[mode] - weight * room))
    }
}

fn relaxed_losses(spectra: &Spectra) -> Vec<(f64, Vec<f64>)> {
    if spectra.modes() < 4 {
        return Vec::new();
    }
    (0..WEIGHTS)
        .map(|step| {
            let weight = spectra.energy() * 10f64.powf(-(step as f64) / 4.0);
            let mut sums = vec![0.0; spectra.modes() + 1];
            for mode in (0..spectra.modes()).rev() {
                let least = (1..=spectra.largest(mode))
                    .map(|rank| spectra.losses[mode][rank] + weight * (rank as f64).ln())
                    .fold(f64::INFINITY, f64::min);
                sums[mode] = sums[mode + 1] + least;
            }
            (weight, sums)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use filigree_core::{Random, Silent};

    /// Falling energies of random decay, some of them equal, some of them zero; all modes have the same sum.
    fn random_spectra(random: &mut Random) -> Spectra {
        let modes = 2 + random.below(4);
        let longest = [30, 12, 8, 6][modes - 2];
        let lengths: Vec<usize> = (0..modes).map(|_| 1 + random.below(longest)).collect();
        let energies = lengths
            .iter()
            .map(|&length| {
                let decay = random.between(0.05, 1.5);
                let kept = if random.uniform() < 0.2 { 1 + random.below(length) } else { length };
                let mut energies: Vec<f64> = (0..length)
                    .map(|i| {
                        let noise = if random.uniform() < 0.2 { 1.0 } else { random.between(0.5, 1.0) };
                        if i < kept { (-(i as f64) * decay).exp() * noise } else { 0.0 }
                    })
                    .collect();
                energies.sort_by(|a, b| b.total_cmp(a));
                let sum: f64 = energies.iter().sum();
                energies.iter().map(|energy| energy / sum).collect()
            })
            .collect();
        Spectra::new(&lengths, energies)
    }

    fn every_choice(spectra: &Spectra, visit: &mut impl FnMut(&[usize])) {
        let mut ranks = vec![1; spectra.modes()];
        loop {
            visit(&ranks);
            let Some(mode) = (0..ranks.len()).rev().find(|&mode| ranks[mode] < spectra.largest(mode)) else {
                return;
            };
            ranks[mode] += 1;
            ranks[mode + 1..].fill(1);
        }
    }

    #[test]
    fn a_thousand_random_cases_agree_with_brute_force() {
        let mut random = Random::new(2302, 3886);
        for case in 0..1000 {
            let spectra = random_spectra(&mut random);
            let smallest = spectra.shape_of(&vec![1; spectra.modes()]).size;
            let full: Vec<usize> = (0..spectra.modes()).map(|mode| spectra.largest(mode)).collect();
            let largest = spectra.shape_of(&full).size;
            let budget = smallest + random.below(largest - smallest + 2);
            let mut least = f64::INFINITY;
            every_choice(&spectra, &mut |ranks| {
                let shape = spectra.shape_of(ranks);
                if shape.size <= budget {
                    least = least.min(shape.loss);
                }
            });
            let found = best_core_shape(&spectra, budget, &mut Silent).unwrap();
            assert!(found.size <= budget, "case {case}");
            assert!((found.loss - least).abs() <= 1e-12, "case {case}: {} against {least}", found.loss);
            for rule in [Rule::Gain, Rule::GainPerNumber] {
                let shape = by_rule(&spectra, budget, rule, None);
                assert!(shape.size <= budget && shape.loss >= least - 1e-12, "case {case}");
            }
            let front = crate::core_shape::pareto_front(&spectra, usize::MAX, &mut Silent).unwrap();
            let there = front.iter().rev().find(|shape| shape.size <= budget).unwrap();
            assert!((there.loss - least).abs() <= 1e-12, "case {case}: the front has {}", there.loss);
        }
    }

    #[test]
    fn five_long_modes_are_solved_and_a_budget_too_small_is_refused() {
        let energies = |decay: f64| (0..100).map(|i| (-(i as f64) * decay).exp()).collect::<Vec<f64>>();
        let normal = |energies: Vec<f64>| {
            let sum: f64 = energies.iter().sum();
            energies.iter().map(|energy| energy / sum).collect::<Vec<f64>>()
        };
        let decays = [0.1, 0.2, 0.15, 0.3, 0.12];
        let spectra = Spectra::new(&[100; 5], decays.map(|decay| normal(energies(decay))).to_vec());
        let found = best_core_shape(&spectra, 20_000, &mut Silent).unwrap();
        assert!(found.size <= 20_000);
        assert!(found.loss <= by_rule(&spectra, 20_000, Rule::GainPerNumber, None).loss);
        let error = best_core_shape(&spectra, 500, &mut Silent).unwrap_err();
        assert_eq!(error.blamed_parameter(), Some("budget"));
    }
}
