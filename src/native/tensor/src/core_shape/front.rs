use filigree_core::{Error, Observer, keep_going};

use super::branch_and_bound::best_core_shape;
use super::spectra::{CoreShape, Spectra};
use crate::tucker_model::model_size;

/// Choices that are all looked at; beyond that many the front is found budget by budget.
const MOST_CHOICES: usize = 50_000_000;

/// Sizes a table of the best of every size may have.
const MOST_SIZES: usize = 20_000_000;

/// Budgets of a front that is found budget by budget, evenly spread over the decades.
const BUDGETS: usize = 160;

const STAGE: &str = "Weighing error against size";

/// The least loss for every size up to `largest` at once: shapes of rising size and falling loss, none of which another
/// one beats in both.
pub fn pareto_front(
    spectra: &Spectra,
    largest: usize,
    observer: &mut dyn Observer,
) -> Result<Vec<CoreShape>, Error> {
    let full: Vec<usize> = (0..spectra.modes()).map(|mode| spectra.largest(mode)).collect();
    let choices = full.iter().try_fold(1usize, |product, &rank| product.checked_mul(rank));
    let largest = largest.min(model_size(&spectra.lengths, &full));
    if choices.is_some_and(|choices| choices <= MOST_CHOICES) && largest <= MOST_SIZES {
        every_choice(spectra, &full, largest, observer)
    } else {
        budget_by_budget(spectra, largest, observer)
    }
}

fn every_choice(
    spectra: &Spectra,
    full: &[usize],
    largest: usize,
    observer: &mut dyn Observer,
) -> Result<Vec<CoreShape>, Error> {
    let last = full.len() - 1;
    // The best loss of every size, and the number of the choice of all ranks but the last that has it.
    let mut best = vec![(f64::INFINITY, 0usize); largest + 1];
    let outer: usize = full[..last].iter().product();
    let mut ranks = vec![1; last];
    for choice in 0..outer {
        let product: usize = ranks.iter().product();
        let spent: usize = ranks.iter().zip(&spectra.lengths).map(|(r, n)| r * n).sum();
        let loss: f64 = ranks.iter().zip(&spectra.losses).map(|(&r, losses)| losses[r]).sum();
        let step = product + spectra.lengths[last];
        for rank in 1..=full[last] {
            let size = spent + step * rank;
            if size > largest {
                break;
            }
            let total = loss + spectra.losses[last][rank];
            if total < best[size].0 {
                best[size] = (total, choice);
            }
        }
        if choice % (1 << 14) == 0 {
            keep_going(observer.progress(choice as f64 / outer as f64), STAGE)?;
        }
        for mode in (0..last).rev() {
            ranks[mode] += 1;
            if ranks[mode] <= full[mode] {
                break;
            }
            ranks[mode] = 1;
        }
    }
    let mut front: Vec<CoreShape> = Vec::new();
    for (size, &(loss, choice)) in best.iter().enumerate() {
        if loss < front.last().map_or(f64::INFINITY, |shape| shape.loss) {
            let mut ranks: Vec<usize> =
                crate::index_of(choice, &full[..last]).iter().map(|index| index + 1).collect();
            let product: usize = ranks.iter().product();
            let spent: usize = ranks.iter().zip(&spectra.lengths).map(|(r, n)| r * n).sum();
            ranks.push((size - spent) / (product + spectra.lengths[last]));
            front.push(CoreShape { ranks, size, loss });
        }
    }
    Ok(front)
}

fn budget_by_budget(
    spectra: &Spectra,
    largest: usize,
    observer: &mut dyn Observer,
) -> Result<Vec<CoreShape>, Error> {
    let smallest = model_size(&spectra.lengths, &vec![1; spectra.modes()]) as f64;
    let ratio = (largest as f64 / smallest).max(1.0);
    let mut front: Vec<CoreShape> = Vec::new();
    for step in 0..BUDGETS {
        let budget = smallest * ratio.powf(step as f64 / (BUDGETS - 1) as f64);
        let shape = best_core_shape(spectra, budget.round() as usize, observer)?;
        if front.last().is_none_or(|known| shape.loss < known.loss && shape.size > known.size) {
            front.push(shape);
        }
        keep_going(observer.progress(step as f64 / BUDGETS as f64), STAGE)?;
    }
    Ok(front)
}

/// The front with a choice among its points, in the order of size.
pub fn with_choice(mut front: Vec<CoreShape>, choice: &CoreShape) -> Vec<CoreShape> {
    let place = front.partition_point(|shape| shape.size < choice.size);
    if front.get(place).is_none_or(|shape| shape.size > choice.size) {
        front.insert(place, choice.clone());
    }
    front
}

/// At most `count` points of a front, spread evenly over the decades of size, the first and the last among them.
pub fn thinned(front: Vec<CoreShape>, count: usize) -> Vec<CoreShape> {
    let (Some(first), Some(last)) = (front.first(), front.last()) else { return front };
    if front.len() <= count {
        return front;
    }
    let (low, high) = ((first.size as f64).ln(), (last.size as f64).ln());
    let place =
        |size: usize| (((size as f64).ln() - low) / (high - low) * (count - 1) as f64).floor() as usize;
    let end = front.len() - 1;
    let mut kept: Vec<CoreShape> = Vec::with_capacity(count);
    let mut taken = None;
    for (index, shape) in front.into_iter().enumerate() {
        let here = place(shape.size);
        if taken != Some(here) || index == end {
            taken = Some(here);
            kept.push(shape);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_takes_its_place_once() {
        let shape = |size: usize| CoreShape { ranks: vec![size], size, loss: 1.0 / size as f64 };
        let sizes = |front: &[CoreShape]| front.iter().map(|shape| shape.size).collect::<Vec<_>>();
        let front = with_choice(vec![shape(1), shape(5)], &shape(3));
        assert_eq!(sizes(&front), [1, 3, 5]);
        assert_eq!(sizes(&with_choice(front, &shape(3))), [1, 3, 5]);
    }
}
