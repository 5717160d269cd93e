use super::connections::Connections;

/// What an unknown becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Not decided yet.
    Open,
    /// It lives on the next coarser level too.
    Coarse,
    /// It is interpolated.
    Fine,
}

/// No unknown.
const NONE: u32 = u32::MAX;

/// Open unknowns by how many others they would serve, each list with the latest first.
struct Buckets {
    heads: Vec<u32>,
    links: Vec<[u32; 2]>,
    weights: Vec<u32>,
    highest: usize,
}

impl Buckets {
    fn new(weights: Vec<u32>) -> Self {
        let most = weights.iter().copied().max().unwrap_or(0) as usize;
        let links = vec![[NONE; 2]; weights.len()];
        let mut buckets = Self { heads: vec![NONE; 2 * most + 2], links, weights, highest: 0 };
        (0..buckets.weights.len() as u32).rev().for_each(|index| buckets.insert(index));
        buckets
    }

    #[inline(always)]
    fn insert(&mut self, index: u32) {
        let weight = self.weights[index as usize] as usize;
        if weight >= self.heads.len() {
            self.heads.resize(weight + 1, NONE);
        }
        let next = self.heads[weight];
        self.links[index as usize] = [NONE, next];
        if next != NONE {
            self.links[next as usize][0] = index;
        }
        self.heads[weight] = index;
        self.highest = self.highest.max(weight);
    }

    #[inline(always)]
    fn remove(&mut self, index: u32) {
        let [before, after] = self.links[index as usize];
        if before == NONE {
            self.heads[self.weights[index as usize] as usize] = after;
        } else {
            self.links[before as usize][1] = after;
        }
        if after != NONE {
            self.links[after as usize][0] = before;
        }
    }

    fn raise(&mut self, index: u32) {
        self.remove(index);
        self.weights[index as usize] += 1;
        self.insert(index);
    }

    fn lower(&mut self, index: u32) {
        self.remove(index);
        self.weights[index as usize] -= 1;
        self.insert(index);
    }

    /// The open unknown that would serve most, taken out; none where nobody would be served.
    fn take(&mut self) -> Option<u32> {
        while self.highest > 0 && self.heads[self.highest] == NONE {
            self.highest -= 1;
        }
        if self.highest == 0 {
            return None;
        }
        let index = self.heads[self.highest];
        self.remove(index);
        Some(index)
    }
}

/// The first pass of Ruge and Stüben (1987): unknowns that serve most others become coarse, those they serve fine.
/// An unknown that nobody depends on is fine.
pub fn first_pass(depends: &Connections, serves: &Connections) -> Vec<Role> {
    let count = depends.len();
    let mut roles = vec![Role::Open; count];
    let mut buckets = Buckets::new((0..count).map(|index| serves.of(index).len() as u32).collect());
    while let Some(coarse) = buckets.take() {
        roles[coarse as usize] = Role::Coarse;
        for &served in serves.of(coarse as usize) {
            if roles[served as usize] != Role::Open {
                continue;
            }
            roles[served as usize] = Role::Fine;
            buckets.remove(served);
            for &other in depends.of(served as usize) {
                if roles[other as usize] == Role::Open {
                    buckets.raise(other);
                }
            }
        }
        for &other in depends.of(coarse as usize) {
            if roles[other as usize] == Role::Open {
                buckets.lower(other);
            }
        }
    }
    roles.iter_mut().filter(|role| **role == Role::Open).for_each(|role| *role = Role::Fine);
    roles
}

/// The second pass of Ruge and Stüben (1987): two fine unknowns that depend strongly on each other get a coarse one
/// that both depend on; where they have none, one of them becomes coarse.
pub fn second_pass(depends: &Connections, roles: &mut [Role]) {
    let mut stamps = vec![NONE; roles.len()];
    for index in 0..roles.len() {
        if roles[index] != Role::Fine {
            continue;
        }
        for &target in depends.of(index) {
            if roles[target as usize] == Role::Coarse {
                stamps[target as usize] = index as u32;
            }
        }
        let mut promoted: Option<u32> = None;
        for &target in depends.of(index) {
            if roles[target as usize] != Role::Fine {
                continue;
            }
            if depends.of(target as usize).iter().any(|&other| stamps[other as usize] == index as u32) {
                continue;
            }
            if let Some(first) = promoted {
                roles[first as usize] = Role::Fine;
                roles[index] = Role::Coarse;
                break;
            }
            promoted = Some(target);
            roles[target as usize] = Role::Coarse;
            stamps[target as usize] = index as u32;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_matrices::{poisson_2d, random_matrix};

    fn split(size: usize) -> (Connections, Vec<Role>) {
        let depends = Connections::classical(&poisson_2d(size), 0.25);
        let roles = first_pass(&depends, &depends.turned());
        (depends, roles)
    }

    #[test]
    fn the_five_point_laplacian_is_split_like_a_chessboard() {
        let (depends, roles) = split(20);
        let coarse = roles.iter().filter(|role| **role == Role::Coarse).count();
        assert!((190..=210).contains(&coarse), "{coarse} of 400");
        let between = |role| {
            (0..400usize)
                .filter(|&index| roles[index] == role)
                .flat_map(|index| depends.of(index).iter().filter(|&&other| roles[other as usize] == role))
                .count()
        };
        assert!(between(Role::Coarse) == 0 && between(Role::Fine) < 20);
    }

    #[test]
    fn after_the_second_pass_strong_fine_pairs_share_a_coarse_unknown() {
        let matrix = random_matrix::<f64>(300, 300, 2400, 7);
        let depends = Connections::classical(&matrix, 0.1);
        let mut roles = first_pass(&depends, &depends.turned());
        second_pass(&depends, &mut roles);
        let coarse = |index: usize| {
            depends
                .of(index)
                .iter()
                .copied()
                .filter(|&other| roles[other as usize] == Role::Coarse)
                .collect::<Vec<_>>()
        };
        let mut apart = 0;
        for index in (0..300).filter(|&index| roles[index] == Role::Fine) {
            for &other in depends.of(index).iter().filter(|&&other| roles[other as usize] == Role::Fine) {
                apart += usize::from(!coarse(index).iter().any(|c| coarse(other as usize).contains(c)));
            }
        }
        assert_eq!(apart, 0);
    }
}
