use std::ops::Range;

use filigree_core::{Error, Observer, Wide, keep_going, map_tiles};

use super::fused::fused;
use super::point_tree::{Eligible, Nearest, PointTree};

/// Searches between two looks at the observer.
const BATCH: usize = 1 << 15;

/// Lists of rows, one for each conditional, nearest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Neighbours {
    starts: Vec<usize>,
    rows: Vec<u32>,
}

impl Neighbours {
    /// Lists as they are.
    pub fn from_lists(lists: impl IntoIterator<Item = Vec<u32>>) -> Self {
        let mut found = Self { starts: vec![0], rows: Vec::new() };
        for list in lists {
            found.rows.extend(list);
            found.starts.push(found.rows.len());
        }
        found
    }

    /// The rows of one list.
    pub fn of(&self, list: usize) -> &[u32] {
        &self.rows[self.starts[list]..self.starts[list + 1]]
    }
}

/// What a search starts from.
#[derive(Clone, Copy, Debug)]
pub struct Query<'a> {
    /// Scaled coordinates.
    pub point: &'a [f64],
    /// What it may find.
    pub eligible: Eligible,
}

/// For each query the `limit` nearest eligible points of `tree`, on all threads. `sequence` is the order in which
/// queries are worked on (near ones after each other make a better use of the cache); it does not change the result.
pub fn nearest<'a>(
    tree: &PointTree,
    queries: impl Fn(usize) -> Query<'a> + Sync,
    sequence: &[u32],
    limit: usize,
    observer: &mut dyn Observer,
) -> Result<Neighbours, Error> {
    let count = sequence.len();
    let mut lists: Vec<Vec<u32>> = vec![Vec::new(); count];
    for start in (0..count).step_by(BATCH) {
        keep_going(observer.progress(start as f64 / count as f64), "finding neighbours")?;
        let end = (start + BATCH).min(count);
        let tiles = map_tiles(start..end, |tile| {
            Ok(fused(SearchTile { tree, queries: &queries, sequence, tile, limit }))
        })?;
        for (list, &query) in tiles.into_iter().flatten().zip(&sequence[start..end]) {
            lists[query as usize] = list;
        }
    }
    Ok(Neighbours::from_lists(lists))
}

struct SearchTile<'t, Queries> {
    tree: &'t PointTree,
    queries: &'t Queries,
    sequence: &'t [u32],
    tile: Range<usize>,
    limit: usize,
}

impl<'a, Queries: Fn(usize) -> Query<'a>> Wide for SearchTile<'_, Queries> {
    type Output = Vec<Vec<u32>>;
    #[inline(always)]
    fn run(self) -> Vec<Vec<u32>> {
        let mut found = Nearest::default();
        let mut lists = Vec::with_capacity(self.tile.len());
        for &query in &self.sequence[self.tile] {
            let Query { point, eligible } = (self.queries)(query as usize);
            self.tree.search(point, self.limit, eligible, &mut found);
            lists.push(found.sorted().iter().map(|&(_, id)| id).collect());
        }
        lists
    }
}

/// For each of `rows` of `points` (row, dimension; scaled, in their order) the `limit` nearest rows before it.
pub fn nearest_earlier(
    points: &[f64],
    dimensions: usize,
    rows: &[u32],
    limit: usize,
    observer: &mut dyn Observer,
) -> Result<Neighbours, Error> {
    let tree = PointTree::new(points, dimensions);
    let query = |list: usize| {
        let row = rows[list];
        let point = &points[row as usize * dimensions..][..dimensions];
        Query { point, eligible: Eligible { before: row, ..Eligible::ALL } }
    };
    let sequence = if rows.len() == tree.ids().len() {
        // All rows, so a list is a row.
        tree.ids().to_vec()
    } else {
        (0..rows.len() as u32).collect()
    };
    nearest(&tree, query, &sequence, limit, observer)
}

#[cfg(test)]
mod tests {
    use super::*;
    use filigree_core::{Random, Silent, in_pool};
    use proptest::prelude::*;

    fn brute(points: &[f64], d: usize, own: usize, limit: usize, eligible: Eligible) -> Vec<u32> {
        let mut all: Vec<(f64, u32)> = (0..(points.len() / d) as u32)
            .filter(|&id| id < eligible.before && Some(id) != eligible.except)
            .map(|id| {
                let apart = |k: usize| points[id as usize * d + k] - points[own * d + k];
                ((0..d).fold(0.0, |sum, k| apart(k).mul_add(apart(k), sum)), id)
            })
            .filter(|&(squared, _)| squared >= eligible.beyond)
            .collect();
        all.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        all.truncate(limit);
        all.into_iter().map(|(_, id)| id).collect()
    }

    fn drawn(count: usize, d: usize, grid: f64, seed: u64) -> Vec<f64> {
        let mut random = Random::new(seed, 0);
        (0..count * d).map(|_| (random.normal() * grid).round() / grid).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn neighbours_are_those_of_brute_force(
            count in 1usize..700, d in 1usize..9, limit in 1usize..40, grid in 1.0f64..50.0, seed in 0u64..1000
        ) {
            let points = drawn(count, d, grid, seed);
            let rows: Vec<u32> = (0..count as u32).collect();
            let found = nearest_earlier(&points, d, &rows, limit, &mut Silent).unwrap();
            for own in 0..count {
                let eligible = Eligible { before: own as u32, ..Eligible::ALL };
                prop_assert_eq!(found.of(own), brute(&points, d, own, limit, eligible), "of {}", own);
            }
        }

        #[test]
        fn points_may_be_left_out(count in 2usize..500, d in 1usize..4, limit in 1usize..20, seed in 0u64..1000) {
            let points = drawn(count, d, 9.0, seed);
            let tree = PointTree::new(&points, d);
            let mut nearest = Nearest::default();
            for own in (0..count).step_by(7) {
                let eligible = Eligible { except: Some(own as u32), beyond: 0.3, ..Eligible::ALL };
                tree.search(&points[own * d..][..d], limit, eligible, &mut nearest);
                let ids: Vec<u32> = nearest.sorted().iter().map(|&(_, id)| id).collect();
                prop_assert_eq!(ids, brute(&points, d, own, limit, eligible));
            }
        }
    }

    #[test]
    fn one_two_and_three_threads_find_the_same() {
        let points = drawn(3000, 3, 20.0, 5);
        let rows: Vec<u32> = (0..3000).rev().step_by(2).collect();
        let find =
            |threads| in_pool(threads, || nearest_earlier(&points, 3, &rows, 10, &mut Silent)).unwrap();
        assert_eq!(find(1), find(2));
        assert_eq!(find(1), find(3));
    }
}
