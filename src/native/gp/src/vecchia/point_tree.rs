use std::ops::Range;

use super::fused::fused;
use super::lanes::{LANES, Lanes, padded};
use filigree_core::Wide;

/// Points of a leaf, side by side in memory so that whole lanes are compared at once: large enough that a tree is no
/// slower than looking at all points where there are too many dimensions for it to help.
const LEAF_POINTS: usize = 64;

/// A box of the tree with what lies in it.
#[derive(Clone, Debug)]
struct Node {
    /// Positions of its points in `ids`.
    points: Range<usize>,
    /// Its two halves; nothing for a leaf.
    halves: Option<[u32; 2]>,
    /// Smallest id in it.
    first_id: u32,
    /// Where its coordinates begin, for a leaf.
    block: usize,
}

/// Points in a tree of boxes split at medians of their longest sides (a k-d tree), to find near ones exactly. An id is
/// the row of a point in what the tree was built from; of points equally far the one with the lower id counts as nearer.
#[derive(Clone, Debug)]
pub struct PointTree {
    dimensions: usize,
    nodes: Vec<Node>,
    /// (node, side, dimension): lower then upper corners.
    corners: Vec<f64>,
    ids: Vec<u32>,
    /// A block for each leaf: (dimension, point), rows padded to whole lanes with infinities.
    blocks: Vec<f64>,
}

/// Which points a search may find.
#[derive(Clone, Copy, Debug)]
pub struct Eligible {
    /// Ids below this one.
    pub before: u32,
    /// Not this one.
    pub except: Option<u32>,
    /// Those at this squared distance or beyond.
    pub beyond: f64,
}

impl Eligible {
    /// Every point.
    pub const ALL: Self = Self { before: u32::MAX, except: None, beyond: 0.0 };
}

/// The nearest found so far; made once, used for many searches.
#[derive(Clone, Debug, Default)]
pub struct Nearest {
    found: Vec<(f64, u32)>,
    limit: usize,
    threshold: f64,
    open: Vec<(f64, u32)>,
}

impl Nearest {
    fn begin(&mut self, limit: usize) {
        self.found.clear();
        self.open.clear();
        self.limit = limit;
        self.threshold = f64::INFINITY;
    }

    #[inline(always)]
    fn offer(&mut self, squared: f64, id: u32) {
        self.found.push((squared, id));
        if self.found.len() >= 3 * self.limit + LEAF_POINTS {
            self.shrink();
        }
    }

    fn shrink(&mut self) {
        if self.found.len() > self.limit {
            self.found.select_nth_unstable_by(self.limit - 1, nearer);
            self.found.truncate(self.limit);
            self.threshold = self.found[self.limit - 1].0;
        }
    }

    /// (squared distance, id), nearest first.
    pub fn sorted(&mut self) -> &[(f64, u32)] {
        self.shrink();
        self.found.sort_unstable_by(nearer);
        &self.found
    }
}

fn nearer(a: &(f64, u32), b: &(f64, u32)) -> std::cmp::Ordering {
    a.0.total_cmp(&b.0).then(a.1.cmp(&b.1))
}

impl PointTree {
    /// A tree of `points` (row, dimension).
    pub fn new(points: &[f64], dimensions: usize) -> Self {
        let count = points.len() / dimensions;
        let mut tree = Self {
            dimensions,
            nodes: Vec::new(),
            corners: Vec::new(),
            ids: (0..count as u32).collect(),
            blocks: Vec::new(),
        };
        if count > 0 {
            tree.split(points, 0..count);
        }
        tree
    }

    /// Ids in the order of the leaves: neighbours in this order are near each other.
    pub fn ids(&self) -> &[u32] {
        &self.ids
    }

    fn split(&mut self, points: &[f64], range: Range<usize>) -> u32 {
        let d = self.dimensions;
        let own = self.nodes.len();
        let start = self.corners.len();
        self.corners.resize(start + d, f64::INFINITY);
        self.corners.resize(start + 2 * d, f64::NEG_INFINITY);
        let mut first_id = u32::MAX;
        for &id in &self.ids[range.clone()] {
            first_id = first_id.min(id);
            let point = &points[id as usize * d..][..d];
            for k in 0..d {
                let low = &mut self.corners[start + k];
                *low = low.min(point[k]);
                let high = &mut self.corners[start + d + k];
                *high = high.max(point[k]);
            }
        }
        self.nodes.push(Node { points: range.clone(), halves: None, first_id, block: self.blocks.len() });
        if range.len() <= LEAF_POINTS {
            self.fill_leaf(points, range);
            return own as u32;
        }
        let length = |k: usize| self.corners[start + d + k] - self.corners[start + k];
        let longest = (1..d).fold(0, |best, k| if length(k) > length(best) { k } else { best });
        let middle = (range.len() / 2).next_multiple_of(LEAF_POINTS);
        let coordinate = |id: u32| points[id as usize * d + longest];
        self.ids[range.clone()].select_nth_unstable_by(middle - 1, |&a, &b| {
            coordinate(a).total_cmp(&coordinate(b)).then(a.cmp(&b))
        });
        let cut = range.start + middle;
        let lower = self.split(points, range.start..cut);
        let upper = self.split(points, cut..range.end);
        self.nodes[own].halves = Some([lower, upper]);
        own as u32
    }

    fn fill_leaf(&mut self, points: &[f64], range: Range<usize>) {
        self.ids[range.clone()].sort_unstable();
        let width = padded(range.len());
        for k in 0..self.dimensions {
            for &id in &self.ids[range.clone()] {
                self.blocks.push(points[id as usize * self.dimensions + k]);
            }
            self.blocks.resize(self.blocks.len() + width - range.len(), f64::INFINITY);
        }
    }

    /// Squared distance of `point` from the box of a node.
    #[inline(always)]
    fn distance_to_box(&self, node: u32, point: &[f64]) -> f64 {
        let d = self.dimensions;
        let corners = &self.corners[node as usize * 2 * d..][..2 * d];
        let (low, high) = corners.split_at(d);
        let mut squared = 0.0;
        for k in 0..d {
            let outside = (low[k] - point[k]).max(point[k] - high[k]).max(0.0);
            squared += outside * outside;
        }
        squared
    }

    /// Squared distances of the eight points from `lane` on of a leaf's block from `point`.
    #[inline(always)]
    fn distances(&self, block: usize, width: usize, lane: usize, point: &[f64]) -> Lanes {
        let mut squared = Lanes::splat(0.0);
        for (k, &centre) in point.iter().enumerate() {
            let apart = Lanes::load(&self.blocks[block + k * width + lane..]).minus(Lanes::splat(centre));
            squared = apart.mul_add(apart, squared);
        }
        squared
    }

    /// Finds the `limit` eligible points nearest to `point`; read them from [`Nearest::sorted`]. Call it inside
    /// [`fused`], where it is compiled for wide vectors.
    #[inline(always)]
    pub fn search(&self, point: &[f64], limit: usize, eligible: Eligible, nearest: &mut Nearest) {
        nearest.begin(limit);
        if self.nodes.is_empty() || limit == 0 || self.nodes[0].first_id >= eligible.before {
            return;
        }
        nearest.open.push((self.distance_to_box(0, point), 0));
        while let Some((bound, index)) = nearest.open.pop() {
            if bound > nearest.threshold {
                continue;
            }
            let node = &self.nodes[index as usize];
            match node.halves {
                Some(halves) => {
                    let mut children = halves.map(|half| (self.distance_to_box(half, point), half));
                    if children[0].0 < children[1].0 {
                        children.swap(0, 1);
                    }
                    for child in children {
                        let possible = self.nodes[child.1 as usize].first_id < eligible.before;
                        if possible && child.0 <= nearest.threshold {
                            nearest.open.push(child);
                        }
                    }
                }
                None => self.search_leaf(node, point, eligible, nearest),
            }
        }
    }

    #[inline(always)]
    fn search_leaf(&self, node: &Node, point: &[f64], eligible: Eligible, nearest: &mut Nearest) {
        let ids = &self.ids[node.points.clone()];
        let width = padded(ids.len());
        let count = ids.partition_point(|&id| id < eligible.before);
        for lane in (0..count).step_by(LANES) {
            let squared = self.distances(node.block, width, lane, point);
            if squared.smallest() > nearest.threshold {
                continue;
            }
            for (&id, &squared) in ids[lane..count].iter().zip(&squared.0) {
                if squared <= nearest.threshold && squared >= eligible.beyond && Some(id) != eligible.except {
                    nearest.offer(squared, id);
                }
            }
        }
        if nearest.found.len() > nearest.limit && nearest.threshold == f64::INFINITY {
            nearest.shrink();
        }
    }
}

/// Distances that only fall, over the leaves of a tree: what a maximin ordering asks for.
pub struct FallingDistances<'a> {
    tree: &'a PointTree,
    /// For each position of `ids`: squared distance from the chosen points, −1 where chosen itself.
    squared: Vec<f64>,
    /// For each node: the largest of them.
    largest: Vec<f64>,
    visited: Vec<u32>,
    open: Vec<u32>,
    /// Leaves looked at so far.
    pub leaves_seen: usize,
}

impl<'a> FallingDistances<'a> {
    /// Infinitely far from everything.
    pub fn new(tree: &'a PointTree) -> Self {
        Self {
            tree,
            squared: vec![f64::INFINITY; tree.ids.len()],
            largest: vec![f64::INFINITY; tree.nodes.len()],
            visited: Vec::new(),
            open: Vec::new(),
            leaves_seen: 0,
        }
    }

    /// The id with the largest distance, the lowest of those that share it.
    pub fn farthest(&mut self) -> u32 {
        let largest = self.largest[0];
        let mut best = u32::MAX;
        self.open.clear();
        self.open.push(0);
        while let Some(index) = self.open.pop() {
            let node = &self.tree.nodes[index as usize];
            if self.largest[index as usize] < largest || node.first_id > best {
                continue;
            }
            match node.halves {
                Some(halves) => self.open.extend(halves),
                None => {
                    let found = node.points.clone().find(|&position| self.squared[position] == largest);
                    best = found.map_or(best, |position| best.min(self.tree.ids[position]));
                }
            }
        }
        best
    }

    /// Marks a point as chosen; distances fall to those from it.
    pub fn choose(&mut self, id: u32, point: &[f64]) {
        fused(Choose { distances: self, id, point });
    }

    #[inline(always)]
    fn lower(&mut self, chosen: u32, point: &[f64]) {
        let tree = self.tree;
        self.visited.clear();
        self.open.clear();
        self.open.push(0);
        while let Some(index) = self.open.pop() {
            match tree.nodes[index as usize].halves {
                // No point of a box farther away than all its distances can come nearer.
                Some(halves) => {
                    self.visited.push(index);
                    for half in halves {
                        if tree.distance_to_box(half, point) <= self.largest[half as usize] {
                            self.open.push(half);
                        }
                    }
                }
                None => self.lower_leaf(index as usize, chosen, point),
            }
        }
        // Parents were visited before their halves.
        for &index in self.visited.iter().rev() {
            if let Some(halves) = tree.nodes[index as usize].halves {
                let [lower, upper] = halves.map(|half| self.largest[half as usize]);
                self.largest[index as usize] = lower.max(upper);
            }
        }
    }

    #[inline(always)]
    fn lower_leaf(&mut self, index: usize, chosen: u32, point: &[f64]) {
        let node = &self.tree.nodes[index];
        self.leaves_seen += 1;
        let width = padded(node.points.len());
        let own = &mut self.squared[node.points.clone()];
        for lane in (0..own.len()).step_by(LANES) {
            let found = self.tree.distances(node.block, width, lane, point);
            for (value, &squared) in own[lane..].iter_mut().zip(&found.0) {
                *value = value.min(squared);
            }
        }
        let ids = &self.tree.ids[node.points.clone()];
        if let Ok(position) = ids.binary_search(&chosen) {
            own[position] = -1.0;
        }
        self.largest[index] =
            own.iter().fold(-1.0, |largest, &value| if value > largest { value } else { largest });
    }
}

struct Choose<'a, 'b, 'c> {
    distances: &'a mut FallingDistances<'b>,
    id: u32,
    point: &'c [f64],
}

impl Wide for Choose<'_, '_, '_> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        self.distances.lower(self.id, self.point);
    }
}
