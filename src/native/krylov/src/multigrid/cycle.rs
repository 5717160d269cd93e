use filigree_core::Pool;

use super::coarsest::Coarsest;
use super::level::{Level, LevelSpace};
use super::params::CycleKind;
use super::smoother::Smoother;
use crate::Scalar;

/// All levels in one precision, and how they are visited.
pub struct Cycle<T: Scalar> {
    /// Finest first.
    pub levels: Vec<Level<T>>,
    /// Solves on the last level; none where the last matrix is left to `rest`.
    pub coarsest: Option<Coarsest<T>>,
    /// Smooths on the last level where it has no inverse.
    pub rest: Option<Smoother<T>>,
    /// Unknowns of the last level.
    pub last_rows: usize,
    /// Order of the levels.
    pub kind: CycleKind,
    /// Sweeps before and after.
    pub sweeps: usize,
    /// Workspaces, one for each cycle that runs at a time.
    pub spaces: Pool<Vec<LevelSpace<T>>>,
}

/// Sweeps there and back on a last level that has no inverse.
const REST_SWEEPS: usize = 4;

impl<T: Scalar> Cycle<T> {
    /// x ← one cycle for A x = b from x = 0.
    pub fn run(&self, b: &[T], x: &mut [T]) {
        let mut spaces = self.spaces.take(|| {
            let space = |rows: usize, smoother: &Smoother<T>| {
                LevelSpace::new(rows, matches!(smoother, Smoother::Chebyshev { .. }))
            };
            let mut spaces: Vec<_> =
                self.levels.iter().map(|level| space(level.rows(), &level.smoother)).collect();
            spaces.push(match &self.rest {
                Some(rest) => space(self.last_rows, rest),
                None => LevelSpace::new(self.last_rows, false),
            });
            spaces
        });
        self.descend(0, true, self.kind, b, x, &mut spaces);
    }

    fn descend(
        &self,
        index: usize,
        from_zero: bool,
        kind: CycleKind,
        b: &[T],
        x: &mut [T],
        spaces: &mut [LevelSpace<T>],
    ) {
        let (own, coarser) = spaces.split_first_mut().expect("every level has a workspace");
        let Some(level) = self.levels.get(index) else {
            self.solve_last(from_zero, b, x, own);
            return;
        };
        if from_zero {
            level.smoother.start(self.sweeps, b, x, &mut own.r, &mut own.scratch);
        } else {
            level.smoother.smooth(self.sweeps, false, b, x, &mut own.r, &mut own.scratch);
            level.smoother.residual(b, x, &mut own.r);
        }
        // The vectors of the next level leave its workspace while the workspace is lent to the levels below.
        let mut coarse_b = std::mem::take(&mut coarser[0].b);
        let mut coarse_x = std::mem::take(&mut coarser[0].x);
        level.restrictor.multiply(&own.r, &mut coarse_b);
        self.descend(index + 1, true, kind, &coarse_b, &mut coarse_x, coarser);
        let is_solved = index + 1 == self.levels.len() && self.coarsest.is_some();
        match kind {
            CycleKind::W if !is_solved => {
                self.descend(index + 1, false, CycleKind::W, &coarse_b, &mut coarse_x, coarser);
            }
            CycleKind::F if !is_solved => {
                self.descend(index + 1, false, CycleKind::V, &coarse_b, &mut coarse_x, coarser);
            }
            _ => {}
        }
        level.correct(&coarse_x, x);
        coarser[0].b = coarse_b;
        coarser[0].x = coarse_x;
        level.smoother.smooth(self.sweeps, true, b, x, &mut own.r, &mut own.scratch);
    }

    fn solve_last(&self, from_zero: bool, b: &[T], x: &mut [T], space: &mut LevelSpace<T>) {
        if let Some(coarsest) = &self.coarsest {
            coarsest.solve(b, x);
        } else if let Some(rest) = &self.rest {
            if from_zero {
                rest.start(REST_SWEEPS, b, x, &mut space.r, &mut space.scratch);
            } else {
                rest.smooth(REST_SWEEPS, false, b, x, &mut space.r, &mut space.scratch);
            }
            rest.smooth(REST_SWEEPS, true, b, x, &mut space.r, &mut space.scratch);
        }
    }

    /// Memory it holds, in bytes.
    pub fn memory_bytes(&self) -> u64 {
        let vectors: usize = self.levels.iter().map(|level| 3 * level.rows() * size_of::<T>()).sum();
        self.levels.iter().map(Level::memory_bytes).sum::<u64>()
            + self.coarsest.as_ref().map_or(0, Coarsest::memory_bytes)
            + self.rest.as_ref().map_or(0, Smoother::memory_bytes)
            + vectors as u64
    }
}
