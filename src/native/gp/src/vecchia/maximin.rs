use filigree_core::{Error, Observer, Random, keep_going};

use super::point_tree::{FallingDistances, PointTree};

/// Points chosen between two looks at the observer.
const CHOICES_A_LOOK: usize = 512;

/// Stream of random numbers of orderings.
const ORDER_STREAM: u64 = 1 << 40;

/// What points are ordered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ordering {
    /// Each next point is the one farthest from all before it.
    Maximin,
    /// By chance, from the seed.
    Random,
}

/// Rows of `points` (row, dimension; scaled) in maximin order: first the one nearest to the mean of all, then always
/// the one farthest from those before it, of several the lowest row. Exact for as long as `most_leaves` leaves of the
/// tree were looked at, which bounds the time where there are many dimensions; the rest, all near what was chosen,
/// follow by chance.
///
/// Guinness, "Permutation and grouping methods for sharpening Gaussian process approximations", Technometrics 60(4),
/// 2018. Choosing costs a logarithm where there are few dimensions: a box whose points are all nearer to a chosen one
/// than to its edge is passed by.
pub fn maximin_order(
    points: &[f64],
    dimensions: usize,
    most_leaves: usize,
    seed: u64,
    observer: &mut dyn Observer,
) -> Result<Vec<u32>, Error> {
    let count = points.len() / dimensions;
    let point = |id: u32| &points[id as usize * dimensions..][..dimensions];
    let tree = PointTree::new(points, dimensions);
    let mut distances = FallingDistances::new(&tree);
    let mut order = Vec::with_capacity(count);
    let mut chosen = vec![false; count];
    let mut next = nearest_to_mean(points, dimensions);
    while order.len() < count && distances.leaves_seen < most_leaves {
        if order.len().is_multiple_of(CHOICES_A_LOOK) {
            keep_going(observer.progress(order.len() as f64 / count as f64), "ordering the points")?;
        }
        order.push(next);
        chosen[next as usize] = true;
        distances.choose(next, point(next));
        if order.len() < count {
            next = distances.farthest();
        }
    }
    let mut rest: Vec<u32> = (0..count as u32).filter(|&id| !chosen[id as usize]).collect();
    shuffle(&mut rest, seed);
    order.extend(rest);
    Ok(order)
}

/// Rows 0…`count` by chance.
pub fn random_order(count: usize, seed: u64) -> Vec<u32> {
    let mut order: Vec<u32> = (0..count as u32).collect();
    shuffle(&mut order, seed);
    order
}

fn shuffle(ids: &mut [u32], seed: u64) {
    let mut random = Random::new(seed, ORDER_STREAM);
    for last in (1..ids.len()).rev() {
        ids.swap(last, random.below(last + 1));
    }
}

fn nearest_to_mean(points: &[f64], dimensions: usize) -> u32 {
    let count = points.len() / dimensions;
    let mut mean = vec![0.0; dimensions];
    for point in points.chunks_exact(dimensions) {
        mean.iter_mut().zip(point).for_each(|(sum, value)| *sum += value / count as f64);
    }
    let squared = |point: &[f64]| point.iter().zip(&mean).map(|(a, b)| (a - b).powi(2)).sum::<f64>();
    let distances = points.chunks_exact(dimensions).map(squared).enumerate();
    distances.min_by(|a, b| a.1.total_cmp(&b.1)).map_or(0, |(id, _)| id as u32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use filigree_core::Silent;
    use proptest::prelude::*;

    fn squared(points: &[f64], d: usize, a: u32, b: u32) -> f64 {
        (0..d).map(|k| (points[a as usize * d + k] - points[b as usize * d + k]).powi(2)).sum()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn every_next_point_is_the_farthest(count in 1usize..300, d in 1usize..5, grid in 1.0f64..40.0, seed in 0u64..1000) {
            let mut random = Random::new(seed, 0);
            // Rounded to a grid, so that points coincide and distances tie.
            let points: Vec<f64> = (0..count * d).map(|_| (random.uniform() * grid).round()).collect();
            let order = maximin_order(&points, d, usize::MAX, 1, &mut Silent).unwrap();
            let mut sorted = order.clone();
            sorted.sort_unstable();
            prop_assert_eq!(sorted, (0..count as u32).collect::<Vec<_>>());
            let mut least = vec![f64::INFINITY; count];
            for (position, &own) in order.iter().enumerate() {
                if position > 0 {
                    let farthest = order[position..].iter().map(|&id| least[id as usize]).fold(0.0, f64::max);
                    prop_assert!((least[own as usize] - farthest).abs() < 1e-9);
                }
                for id in 0..count as u32 {
                    least[id as usize] = least[id as usize].min(squared(&points, d, own, id));
                }
            }
        }
    }

    #[test]
    fn within_its_bound_the_order_is_exact_and_then_random_but_whole() {
        let mut random = Random::new(2, 0);
        let points: Vec<f64> = (0..6 * 900).map(|_| random.normal()).collect();
        let exact = maximin_order(&points, 6, usize::MAX, 1, &mut Silent).unwrap();
        let bounded = maximin_order(&points, 6, 600, 1, &mut Silent).unwrap();
        assert_eq!(exact[..20], bounded[..20]);
        assert_ne!(exact, bounded);
        let mut sorted = bounded.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, (0..900).collect::<Vec<_>>());
        assert_ne!(random_order(900, 1), random_order(900, 2));
    }
}
