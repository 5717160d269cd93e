use rayon::prelude::*;

/// Order in which to solve a sequence, so that each system resembles the one before: from the first on, always the nearest
/// of those that are left (the first of equals), by the distance between their parameters.
///
/// Wang, Hao, Wang, Geng, Wang, Luo & Wu, "Accelerating data generation for neural operators via Krylov subspace
/// recycling", ICLR 2024, algorithm 1.
pub fn parameter_order(parameters: &[Vec<f64>]) -> Vec<usize> {
    let mut left: Vec<usize> = (0..parameters.len()).collect();
    let mut order = Vec::with_capacity(left.len());
    let mut next = 0;
    while !left.is_empty() {
        let last = left.remove(next);
        order.push(last);
        let nearest = left
            .par_iter()
            .enumerate()
            .map(|(place, &system)| (distance(&parameters[last], &parameters[system]), place))
            .min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        next = nearest.map_or(0, |(_, place)| place);
    }
    order
}

/// Sum of the distances between neighbours.
pub fn path_length(parameters: &[Vec<f64>], order: &[usize]) -> f64 {
    order.windows(2).map(|pair| distance(&parameters[pair[0]], &parameters[pair[1]]).sqrt()).sum()
}

/// Square of the distance.
fn distance(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use filigree_core::Random;
    use proptest::prelude::*;

    #[test]
    fn a_shuffled_line_is_put_in_order() {
        let parameters = [2.0, 0.0, 3.0, 1.0, 4.0].map(|value| vec![value, 1.0]);
        // From 2 on: 3 and 1 are as near, and 3 comes first.
        assert_eq!(parameter_order(&parameters), [0, 2, 4, 3, 1]);
        assert!(parameter_order(&[]).is_empty());
    }

    proptest! {
        #[test]
        fn every_system_comes_once_and_each_step_goes_to_the_nearest(seed in any::<u64>(), count in 1usize..40) {
            let mut random = Random::new(seed, 0);
            let parameters: Vec<Vec<f64>> =
                (0..count).map(|_| (0..3).map(|_| random.normal()).collect()).collect();
            let order = parameter_order(&parameters);
            let mut sorted = order.clone();
            sorted.sort_unstable();
            prop_assert_eq!(sorted, (0..count).collect::<Vec<_>>());
            prop_assert_eq!(order[0], 0);
            for place in 1..count {
                let last = &parameters[order[place - 1]];
                let step = distance(last, &parameters[order[place]]);
                prop_assert!(order[place..].iter().all(|&other| distance(last, &parameters[other]) >= step));
            }
        }
    }
}
