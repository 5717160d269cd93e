use std::ops::Range;

use filigree_core::{Error, Observer, TILE_PIXELS, View, ViewMut, keep_going, map_tiles, multiply, tiles};
use rayon::prelude::*;

use crate::PreparedCube;
use crate::sparse_regression::{LEAST_SHIFT, LibraryRegression, Regression, Solved, largest_correlation};

/// Iterations between two looks at the residuals.
const LOOK_EVERY: usize = 10;

/// Residuals that differ by more than this factor move the penalty.
const BALANCE: f64 = 10.0;

/// The penalty stays below this, far beyond what scaled problems ask for.
const LARGEST_PENALTY: f64 = 1e6;

/// Most numbers of each of the four arrays a group of pixels is solved in: 64 MB.
const MOST_NUMBERS: usize = 8 << 20;

/// When the iteration ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Stopping {
    /// Primal and dual residual, root mean square over the abundances of a group.
    pub tolerance: f64,
    /// Most iterations of a group.
    pub max_iterations: usize,
}

/// Solves the pixels of a range for abundances (pixels × p), group by group: as many pixels together as bounded memory
/// allows, since the published rule stops all pixels of a scene at once, where the residual of all of them is small.
pub(crate) fn solve_by_splitting(
    library: &LibraryRegression,
    cube: &PreparedCube,
    range: Range<usize>,
    problem: &Regression,
    stopping: Stopping,
    stage: &str,
    observer: &mut dyn Observer,
) -> Result<(Vec<f64>, Solved), Error> {
    let length = (MOST_NUMBERS / library.count() / TILE_PIXELS).max(1) * TILE_PIXELS;
    let mut abundances = Vec::with_capacity(range.len() * library.count());
    let mut solved = Solved::default();
    for group in tiles(range, length) {
        let parts = map_tiles(group, |tile| {
            let pixels = cube.tile(tile);
            Ok((library.correlations(&pixels), pixels.iter().map(|value| value * value).sum::<f64>()))
        })?;
        cube.batch_done()?;
        let energy: f64 = parts.iter().map(|part| part.1).sum();
        let pull = parts.into_iter().flat_map(|part| part.0).collect();
        let mut group = Group::start(library, problem, pull, energy);
        solved.join(&group.run(stopping, stage, observer)?);
        abundances.append(&mut group.z);
    }
    Ok((abundances, solved))
}

/// Pixels that are solved together by the alternating direction method of multipliers with the splitting x = z.
///
/// Bioucas-Dias & Figueiredo, "Alternating direction algorithms for constrained sparse regression: application to
/// hyperspectral unmixing", WHISPERS 2010; penalty, order of the steps and stopping rule are those of the published
/// code. All arrays are pixels × p.
struct Group<'a> {
    library: &'a LibraryRegression,
    sum_to_one: bool,
    /// λ / scale of the library.
    sparsity: f64,
    pull: Vec<f64>,
    x: Vec<f64>,
    z: Vec<f64>,
    u: Vec<f64>,
    /// Mean square of the pixels over that of the library: what the published code divides its data by first.
    brightness: f64,
    penalty: f64,
    smooth: Smooth,
}

/// x = (AᵀA + μI)⁻¹v, moved onto Σx = 1 where that is asked for.
struct Smooth {
    inverse: Vec<f64>,
    /// Inverse times ones, over its sum; none where the sum is free.
    towards_one: Option<Vec<f64>>,
}

impl Smooth {
    fn new(library: &LibraryRegression, penalty: f64, sum_to_one: bool) -> Self {
        let inverse = library.inverse(penalty);
        let towards_one = sum_to_one.then(|| {
            let sums: Vec<f64> = inverse.chunks_exact(library.count()).map(|row| row.iter().sum()).collect();
            let total: f64 = sums.iter().sum();
            sums.iter().map(|sum| sum / total).collect()
        });
        Self { inverse, towards_one }
    }

    fn apply(&self, v: &[f64], x: &mut [f64], p: usize) {
        let count = x.len() / p;
        multiply(
            View::row_major(v, count, p),
            View::row_major(&self.inverse, p, p),
            ViewMut::row_major(x, count, p),
        );
        let Some(direction) = &self.towards_one else { return };
        for x in x.chunks_exact_mut(p) {
            let missing = 1.0 - x.iter().sum::<f64>();
            x.iter_mut().zip(direction).for_each(|(x, d)| *x += missing * d);
        }
    }
}

impl<'a> Group<'a> {
    /// Starts at the ridge solution, as the paper does.
    fn start(library: &'a LibraryRegression, problem: &Regression, pull: Vec<f64>, energy: f64) -> Self {
        let p = library.count();
        let values = (pull.len() / p * library.bands()) as f64;
        let mean = energy / values / library.scale();
        let brightness = if mean > 0.0 { mean } else { 1.0 };
        let sparsity = problem.sparsity / library.scale();
        let penalty = (10.0 * sparsity + 0.01 * brightness).clamp(LEAST_SHIFT, LARGEST_PENALTY);
        let smooth = Smooth::new(library, penalty, problem.sum_to_one);
        let mut x = vec![0.0; pull.len()];
        x.par_chunks_mut(TILE_PIXELS * p)
            .zip(pull.par_chunks(TILE_PIXELS * p))
            .for_each(|(x, pull)| smooth.apply(pull, x, p));
        Self {
            library,
            sum_to_one: problem.sum_to_one,
            sparsity,
            z: x.clone(),
            u: vec![0.0; pull.len()],
            x,
            pull,
            brightness,
            penalty,
            smooth,
        }
    }

    fn run(&mut self, stopping: Stopping, stage: &str, observer: &mut dyn Observer) -> Result<Solved, Error> {
        let p = self.library.count();
        let level = stopping.tolerance * (self.pull.len() as f64).sqrt();
        let mut solved = Solved {
            iterations: stopping.max_iterations,
            unsolved: self.pull.len() / p,
            largest_correlation: largest_correlation(self.library, &self.pull),
        };
        for iteration in 1..=stopping.max_iterations {
            let [split, moved] = self.iterate();
            if iteration % LOOK_EVERY != 1 {
                continue;
            }
            keep_going(observer.progress(iteration as f64 / stopping.max_iterations as f64), stage)?;
            let (primal, dual) = (split.sqrt(), self.penalty * moved.sqrt() / self.brightness);
            if primal <= level && dual <= level {
                solved.iterations = iteration;
                solved.unsolved = 0;
                break;
            }
            self.balance(primal, dual);
        }
        Ok(solved)
    }

    /// z ← max(x + u − λ/μ, 0), x ← (AᵀA + μI)⁻¹(Aᵀy + μ(z − u)), u ← u + x − z for all pixels: ‖x − z‖² and the
    /// squared length z moved by.
    fn iterate(&mut self) -> [f64; 2] {
        let length = TILE_PIXELS * self.library.count();
        let (p, penalty, threshold) = (self.library.count(), self.penalty, self.sparsity / self.penalty);
        let smooth = &self.smooth;
        let parts: Vec<[f64; 2]> = self
            .pull
            .par_chunks(length)
            .zip(self.x.par_chunks_mut(length))
            .zip(self.z.par_chunks_mut(length).zip(self.u.par_chunks_mut(length)))
            .map(|((pull, x), (z, u))| {
                let mut v = vec![0.0; x.len()];
                let mut moved = 0.0;
                for ((v, pull), ((x, u), z)) in v.iter_mut().zip(pull).zip(x.iter().zip(&*u).zip(&mut *z)) {
                    let next = (x + u - threshold).max(0.0);
                    moved += (next - *z).powi(2);
                    *z = next;
                    *v = pull + penalty * (next - u);
                }
                smooth.apply(&v, x, p);
                let mut split = 0.0;
                for ((u, x), z) in u.iter_mut().zip(x).zip(z) {
                    let gap = *x - *z;
                    *u += gap;
                    split += gap * gap;
                }
                [split, moved]
            })
            .collect();
        parts.iter().fold([0.0; 2], |[split, moved], part| [split + part[0], moved + part[1]])
    }

    /// Keeps primal and dual residual within a factor of each other.
    fn balance(&mut self, primal: f64, dual: f64) {
        let factor = if primal > BALANCE * dual {
            2.0
        } else if dual > BALANCE * primal {
            0.5
        } else {
            return;
        };
        let penalty = self.penalty * factor;
        if !(LEAST_SHIFT..=LARGEST_PENALTY).contains(&penalty) {
            return;
        }
        self.penalty = penalty;
        self.u.par_iter_mut().for_each(|value| *value /= factor);
        self.smooth = Smooth::new(self.library, penalty, self.sum_to_one);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Passes;
    use crate::test_support::{saved_cube, scene};
    use filigree_core::{Silent, in_pool};

    #[test]
    fn it_ends_where_the_exact_solver_does_on_any_threads() {
        let planted = scene([20, 33, 24], 6, 0.02, 5);
        let (_folder, input) = saved_cube(planted.shape, &planted.values);
        let cube = PreparedCube::open(&input, false, Passes::One, &mut Silent).unwrap();
        let spectra: Vec<f64> = (0..6 * 24).map(|i| planted.endmembers[(i % 24) * 6 + i / 24]).collect();
        let library = LibraryRegression::new(&spectra, 24);
        let stopping = Stopping { tolerance: 1e-9, max_iterations: 50_000 };
        for (sparsity, sum_to_one) in [(0.05, false), (0.0, true)] {
            let problem = Regression { sparsity, prior_weight: 0.0, sum_to_one };
            let run = |threads| {
                in_pool(threads, || {
                    solve_by_splitting(&library, &cube, 0..660, &problem, stopping, "Test", &mut Silent)
                })
                .unwrap()
            };
            let (found, solved) = run(1);
            assert!((&found, solved) == (&run(2).0, run(3).1) && solved.unsolved == 0);
            let mut exact = vec![0.0; 660 * 6];
            library.exact(&problem).solve(&cube.tile(0..660), None, &mut exact);
            let most = found.iter().zip(&exact).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
            assert!(most < 1e-5, "{most}");
        }
    }
}
