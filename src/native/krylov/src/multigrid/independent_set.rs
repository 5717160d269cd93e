use rayon::prelude::*;

use super::connections::Connections;
use super::splitting::Role;

/// A number in [0, 1) that depends on the index and the seed alone (SplitMix64).
fn scatter(index: u64, seed: u64) -> f64 {
    let mut state = index.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ seed;
    state = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    state = (state ^ (state >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    ((state ^ (state >> 31)) >> 11) as f64 / (1u64 << 53) as f64
}

/// PMIS (De Sterck, Yang and Heys 2006): in rounds, an open unknown that would serve more others than every open
/// neighbour becomes coarse and what depends on it fine. Ties are broken by numbers that depend on index and seed
/// alone, so the result is the same on any number of threads. An unknown that nobody depends on is fine.
pub fn independent_set(depends: &Connections, serves: &Connections, seed: u64) -> Vec<Role> {
    let count = depends.len();
    let weights: Vec<f64> = (0..count)
        .into_par_iter()
        .map(|index| serves.of(index).len() as f64 + scatter(index as u64, seed))
        .collect();
    let mut roles: Vec<Role> =
        (0..count).map(|index| if serves.of(index).is_empty() { Role::Fine } else { Role::Open }).collect();
    let mut open: Vec<u32> = (0..count as u32).filter(|&index| roles[index as usize] == Role::Open).collect();
    while !open.is_empty() {
        let heaviest = |&index: &u32| {
            let own = weights[index as usize];
            let lighter = |&other: &u32| roles[other as usize] != Role::Open || weights[other as usize] < own;
            depends.of(index as usize).iter().all(lighter) && serves.of(index as usize).iter().all(lighter)
        };
        let chosen: Vec<u32> = open.par_iter().copied().filter(heaviest).collect();
        chosen.iter().for_each(|&index| roles[index as usize] = Role::Coarse);
        for &index in &chosen {
            for &served in serves.of(index as usize) {
                if roles[served as usize] == Role::Open {
                    roles[served as usize] = Role::Fine;
                }
            }
        }
        open.retain(|&index| roles[index as usize] == Role::Open);
    }
    roles
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_matrices::poisson_2d;
    use filigree_core::in_pool;

    #[test]
    fn coarse_unknowns_are_independent_and_every_fine_one_has_one() {
        let depends = Connections::classical(&poisson_2d(40), 0.25);
        let roles = independent_set(&depends, &depends.turned(), 3);
        for index in 0..1600 {
            let coarse =
                depends.of(index).iter().filter(|&&other| roles[other as usize] == Role::Coarse).count();
            match roles[index] {
                Role::Coarse => assert_eq!(coarse, 0),
                Role::Fine => assert!(coarse > 0),
                Role::Open => panic!("unknown {index} was left open"),
            }
        }
    }

    #[test]
    fn one_and_two_threads_choose_the_same() {
        let depends = Connections::classical(&poisson_2d(200), 0.25);
        let serves = depends.turned();
        let run = |threads| in_pool(threads, || Ok(independent_set(&depends, &serves, 3))).unwrap();
        assert_eq!(run(1), run(2));
    }
}
