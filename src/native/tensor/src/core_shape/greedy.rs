use super::spectra::{CoreShape, Spectra};
use crate::core_tails::CoreTails;

/// Rules that raise one rank after the other while the budget lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// The mode whose next direction carries most energy.
    Gain,
    /// The mode whose next direction carries most energy for the numbers it costs ("bang for the buck").
    GainPerNumber,
    /// The mode whose next direction lowers the true error most, from the all-orthogonal core of the whole tensor.
    TrueError,
}

/// The ranks a rule ends with. `core` is needed for the true error; without it the rule goes by the singular values.
pub fn by_rule(spectra: &Spectra, budget: usize, rule: Rule, core: Option<&CoreTails>) -> CoreShape {
    let mut here = spectra.shape_of(&vec![1; spectra.modes()]);
    loop {
        let mut best: Option<(f64, CoreShape)> = None;
        for mode in 0..spectra.modes() {
            if here.ranks[mode] == spectra.largest(mode) {
                continue;
            }
            let mut ranks = here.ranks.clone();
            ranks[mode] += 1;
            let next = spectra.shape_of(&ranks);
            if next.size > budget {
                continue;
            }
            let gain = spectra.losses[mode][here.ranks[mode]] - spectra.losses[mode][ranks[mode]];
            let worth = match (rule, core) {
                (Rule::GainPerNumber, _) => gain / (next.size - here.size) as f64,
                (Rule::TrueError, Some(core)) => -core.tail(&ranks),
                (Rule::Gain | Rule::TrueError, _) => gain,
            };
            if best.as_ref().is_none_or(|(found, _)| worth > *found) {
                best = Some((worth, next));
            }
        }
        let Some((_, next)) = best else { return here };
        here = next;
    }
}
