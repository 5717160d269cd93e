use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use filigree_core::{
    Error, SymmetricEigen, View, ViewMut, Wide, multiply, positive_definite_inverse, symmetric_eigen, widest,
};

/// Pixels solved side by side: their arrays stay in the second cache for libraries of some hundred spectra, and
/// few enough share a support that most of the library can be left out.
const GROUP_PIXELS: usize = 64;

/// Iterations between two looks at the residuals.
const LOOK_EVERY: usize = 10;

/// Residuals that differ by more than this factor move the penalty.
const BALANCE: f64 = 10.0;

/// Looks in a row at which a spectrum was zero in every pixel of a group, until it is left out.
const IDLE_LOOKS: u32 = 2;

/// A spectrum that was left out is missed where the objective would fall with it faster than this many tolerances.
const MISSED: f64 = 30.0;

/// A group is solved on fewer spectra where at most this share of them takes part.
const WORTH_NARROWING: f64 = 0.8;

/// Penalties stay within these, far beyond what scaled problems ask for.
const PENALTIES: std::ops::RangeInclusive<f64> = 1e-6..=1e6;

/// Two spectra whose cosine is this near to one cannot be told apart.
const EQUAL: f64 = 1e-12;

/// Times spectra that turn out to be needed are taken in again before all of them are.
const MOST_WIDENINGS: usize = 6;

/// What every sparse regression of a pixel on a library has in common.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Regression {
    /// Weight of Σ xⱼ.
    pub sparsity: f64,
    /// Weight of ½‖x − x̂‖², zero without a prior.
    pub prior_weight: f64,
    /// Whether abundances sum to one.
    pub sum_to_one: bool,
    /// Residual, root mean square over the abundances, at which a group of pixels is solved.
    pub tolerance: f64,
    /// Most iterations of a group.
    pub max_iterations: usize,
}

/// A library ready for regression: minimises ½‖y − Ax‖² + λ·Σxⱼ + (β/2)·‖x − x̂‖² over x ≥ 0, and where it is
/// asked for Σxⱼ = 1, by the alternating direction method of multipliers.
///
/// Bioucas-Dias & Figueiredo, "Alternating direction algorithms for constrained sparse regression: application to
/// hyperspectral unmixing", WHISPERS 2010: the splitting x = z, the penalty and the stopping rule are theirs. Ours is
/// that groups of pixels are solved on the spectra that take part in them, with the optimality conditions of all
/// others looked at before a group counts as solved; the solution is the same.
pub(crate) struct LibraryRegression {
    /// p × bands.
    spectra: Vec<f64>,
    p: usize,
    bands: usize,
    /// Mean square of the library: what AᵀA, b and λ are divided by, so that one tolerance fits all scales.
    scale: f64,
    /// AᵀA / scale.
    gram: Vec<f64>,
    eigen: SymmetricEigen,
    /// (AᵀA/scale + ρ·I)⁻¹ for the penalties that occurred; an entry depends on nothing but its penalty.
    inverses: Mutex<BTreeMap<u64, Arc<Vec<f64>>>>,
}

/// What solving some pixels told.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Solved {
    /// Most iterations a group took.
    pub iterations: usize,
    /// Pixels of groups that did not reach the tolerance.
    pub unsolved: usize,
    /// Smallest λ at which every abundance would be zero: the largest aⱼᵀy.
    pub largest_correlation: f64,
}

impl Solved {
    /// Takes what followed into account.
    pub(crate) fn join(&mut self, later: &Self) {
        self.iterations = self.iterations.max(later.iterations);
        self.unsolved += later.unsolved;
        self.largest_correlation = self.largest_correlation.max(later.largest_correlation);
    }
}

/// Where an iteration stands: group pixels × p each. Kept between the steps of a path.
#[derive(Clone, Debug, Default)]
pub(crate) struct Warmth {
    z: Vec<f64>,
    /// Multipliers μ·u, which do not depend on the penalty.
    multipliers: Vec<f64>,
}

impl LibraryRegression {
    /// Prepares spectra (p × bands).
    pub(crate) fn new(spectra: &[f64], bands: usize) -> Result<Self, Error> {
        let p = spectra.len() / bands;
        let energy: f64 = spectra.iter().map(|value| value * value).sum();
        let scale = if energy > 0.0 { energy / spectra.len() as f64 } else { 1.0 };
        let mut gram = vec![0.0; p * p];
        let view = View::row_major(spectra, p, bands);
        multiply(view, view.t(), ViewMut::row_major(&mut gram, p, p));
        gram.iter_mut().for_each(|value| *value /= scale);
        let eigen = symmetric_eigen(&gram, p)?;
        Ok(Self { spectra: spectra.to_vec(), p, bands, scale, gram, eigen, inverses: Mutex::default() })
    }

    /// Number of spectra.
    pub(crate) fn count(&self) -> usize {
        self.p
    }

    /// Mean square of the library.
    pub(crate) fn scale(&self) -> f64 {
        self.scale
    }

    /// Pairs of spectra that point the same way.
    pub(crate) fn equal_pairs(&self) -> Vec<(usize, usize)> {
        let p = self.p;
        let mut pairs = Vec::new();
        for i in 0..p {
            for j in i + 1..p {
                let lengths = (self.gram[i * p + i] * self.gram[j * p + j]).sqrt();
                if lengths > 0.0 && self.gram[i * p + j] > (1.0 - EQUAL) * lengths {
                    pairs.push((i, j));
                }
            }
        }
        pairs
    }

    /// aⱼᵀy / scale of every pixel with every spectrum: pixels × p.
    pub(crate) fn correlations(&self, pixels: &[f64]) -> Vec<f64> {
        let count = pixels.len() / self.bands;
        let mut out = vec![0.0; count * self.p];
        multiply(
            View::row_major(pixels, count, self.bands),
            View::row_major(&self.spectra, self.p, self.bands).t(),
            ViewMut::row_major(&mut out, count, self.p),
        );
        out.iter_mut().for_each(|value| *value /= self.scale);
        out
    }

    /// Mean square of pixels over that of the library, to the nearest power of two. The paper divides pixels and
    /// library by the root of the former before it sets penalty and tolerance; in steps of two, groups of pixels
    /// can share what depends on the penalty.
    fn brightness(&self, pixels: &[f64]) -> f64 {
        let mean = pixels.iter().map(|value| value * value).sum::<f64>() / pixels.len() as f64;
        if mean > 0.0 { (mean / self.scale).log2().round().clamp(-30.0, 30.0).exp2() } else { 1.0 }
    }

    /// Solves pixels (pixels × bands) for `abundances` (pixels × p), with the prior x̂ (pixels × p) where there is
    /// one.
    pub(crate) fn solve(
        &self,
        pixels: &[f64],
        prior: Option<&[f64]>,
        problem: &Regression,
        abundances: &mut [f64],
    ) -> Solved {
        self.solve_from(pixels, prior, problem, &mut Vec::new(), abundances)
    }

    /// As [`Self::solve`], starting from where the same pixels were left before; an empty `warmth` starts anew.
    pub(crate) fn solve_from(
        &self,
        pixels: &[f64],
        prior: Option<&[f64]>,
        problem: &Regression,
        warmth: &mut Vec<Warmth>,
        abundances: &mut [f64],
    ) -> Solved {
        let (p, bands) = (self.p, self.bands);
        let mut solved = Solved::default();
        warmth.resize(pixels.len().div_ceil(bands * GROUP_PIXELS), Warmth::default());
        let groups = pixels.chunks(GROUP_PIXELS * bands).zip(abundances.chunks_mut(GROUP_PIXELS * p));
        for (index, ((pixels, out), warmth)) in groups.zip(warmth).enumerate() {
            let from = index * GROUP_PIXELS * p;
            let prior = prior.map(|prior| &prior[from..from + out.len()]);
            let mut pull = self.correlations(pixels);
            let largest = pull.iter().fold(f64::NEG_INFINITY, |most, &value| most.max(value)) * self.scale;
            let weight = problem.prior_weight / self.scale;
            if let Some(prior) = prior {
                pull.iter_mut().zip(prior).for_each(|(value, &x)| *value += weight * x);
            }
            let mut group = Group::start(self, problem, pull, self.brightness(pixels), warmth);
            let reached = group.run();
            group.finish(out, warmth);
            solved.join(&Solved {
                iterations: group.iteration,
                unsolved: if reached { 0 } else { pixels.len() / bands },
                largest_correlation: largest,
            });
        }
        solved
    }

    /// (AᵀA/scale + shift·I)⁻¹.
    pub(crate) fn inverse(&self, shift: f64) -> Arc<Vec<f64>> {
        let known =
            self.inverses.lock().unwrap_or_else(PoisonError::into_inner).get(&shift.to_bits()).cloned();
        if let Some(inverse) = known {
            return inverse;
        }
        let p = self.p;
        let vectors = View::row_major(&self.eigen.vectors, p, p);
        let mut scaled = self.eigen.vectors.clone();
        for (row, &value) in scaled.chunks_exact_mut(p).zip(&self.eigen.values) {
            row.iter_mut().for_each(|entry| *entry /= value.max(0.0) + shift);
        }
        let mut inverse = vec![0.0; p * p];
        multiply(vectors.t(), View::row_major(&scaled, p, p), ViewMut::row_major(&mut inverse, p, p));
        let inverse = Arc::new(inverse);
        self.inverses
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(shift.to_bits(), Arc::clone(&inverse));
        inverse
    }
}

/// One group of pixels under way. Arrays are pixels × `members`.
struct Group<'a> {
    library: &'a LibraryRegression,
    problem: &'a Regression,
    pixels: usize,
    /// aⱼᵀy/scale + βx̂ of all spectra: pixels × p.
    pull: Vec<f64>,
    /// Spectra that take part, rising.
    members: Vec<usize>,
    /// `pull` of the members.
    own_pull: Vec<f64>,
    z: Vec<f64>,
    u: Vec<f64>,
    x: Vec<f64>,
    v: Vec<f64>,
    penalty: f64,
    /// See [`LibraryRegression::brightness`].
    brightness: f64,
    /// Looks in a row at which a member was zero in every pixel.
    idle: Vec<u32>,
    /// Spectra that were missed once and stay.
    pinned: BTreeSet<usize>,
    inverse: Arc<Vec<f64>>,
    /// inverse·1, and 1 over its sum.
    towards_one: (Vec<f64>, f64),
    iteration: usize,
}

impl<'a> Group<'a> {
    fn start(
        library: &'a LibraryRegression,
        problem: &'a Regression,
        pull: Vec<f64>,
        brightness: f64,
        warmth: &mut Warmth,
    ) -> Self {
        let p = library.p;
        let penalty = 10.0 * problem.sparsity / library.scale + 0.01 * brightness;
        let warm = warmth.z.len() == pull.len();
        let mut group = Self {
            library,
            problem,
            pixels: pull.len() / p,
            own_pull: pull.clone(),
            members: (0..p).collect(),
            z: if warm { std::mem::take(&mut warmth.z) } else { vec![0.0; pull.len()] },
            u: if warm { std::mem::take(&mut warmth.multipliers) } else { vec![0.0; pull.len()] },
            x: vec![0.0; pull.len()],
            v: vec![0.0; pull.len()],
            pull,
            penalty,
            brightness,
            idle: vec![0; p],
            pinned: BTreeSet::new(),
            inverse: Arc::default(),
            towards_one: (Vec::new(), 0.0),
            iteration: 0,
        };
        group.inverse = library.inverse(group.shift());
        group.balance_sum();
        group.u.iter_mut().for_each(|value| *value /= penalty);
        for ((v, pull), (z, u)) in group.v.iter_mut().zip(&group.own_pull).zip(group.z.iter().zip(&group.u)) {
            *v = pull + penalty * (z - u);
        }
        group.smooth_step();
        if !warm {
            // The ridge solution, as the paper starts.
            group.z.copy_from_slice(&group.x);
        }
        group
    }

    fn shift(&self) -> f64 {
        self.penalty + self.problem.prior_weight / self.library.scale
    }

    fn width(&self) -> usize {
        self.members.len()
    }

    /// Iterates until the residuals are small and no spectrum that was left out is missed. Whether that was reached.
    fn run(&mut self) -> bool {
        let mut widenings = 0;
        loop {
            if !self.iterate() {
                return false;
            }
            let missed = self.missed();
            if missed.is_empty() {
                return true;
            }
            widenings += 1;
            let added = if widenings < MOST_WIDENINGS { missed } else { self.left_out() };
            self.pinned.extend(&added);
            let mut wider = [self.members.as_slice(), &added].concat();
            wider.sort_unstable();
            self.change_members(wider);
        }
    }

    /// One run of the iteration, leaving out spectra on the way.
    fn iterate(&mut self) -> bool {
        let level = self.problem.tolerance * ((self.pixels * self.library.p) as f64).sqrt();
        let threshold = self.problem.sparsity / self.library.scale;
        // What z moved by where the residuals are looked at; the split that belongs to it is known a step later.
        let mut looked = None;
        while self.iteration < self.problem.max_iterations {
            self.iteration += 1;
            let (split, moved) = widest(SparseStep {
                x: &self.x,
                z: &mut self.z,
                u: &mut self.u,
                v: &mut self.v,
                pull: &self.own_pull,
                penalty: self.penalty,
                threshold: threshold / self.penalty,
            });
            if let Some(moved) = looked.take() {
                let (primal, dual) = (split.sqrt(), self.penalty * f64::sqrt(moved));
                if primal <= level && dual <= level * self.brightness {
                    return true;
                }
                self.narrow();
                self.balance(primal, dual / self.brightness);
                self.renew_v();
            }
            self.smooth_step();
            if self.iteration % LOOK_EVERY == 1 {
                looked = Some(moved);
            }
        }
        false
    }

    fn renew_v(&mut self) {
        for ((v, pull), (z, u)) in self.v.iter_mut().zip(&self.own_pull).zip(self.z.iter().zip(&self.u)) {
            *v = pull + self.penalty * (z - u);
        }
    }

    /// x = (AᵀA + (μ + β)I)⁻¹·v, moved onto Σx = 1 where that is asked for.
    fn smooth_step(&mut self) {
        let width = self.width();
        multiply(
            View::row_major(&self.v, self.pixels, width),
            View::row_major(&self.inverse, width, width),
            ViewMut::row_major(&mut self.x, self.pixels, width),
        );
        if !self.problem.sum_to_one {
            return;
        }
        let (direction, factor) = &self.towards_one;
        for x in self.x.chunks_exact_mut(width) {
            let step = (1.0 - x.iter().sum::<f64>()) * factor;
            x.iter_mut().zip(direction).for_each(|(x, d)| *x += step * d);
        }
    }

    fn balance_sum(&mut self) {
        let direction: Vec<f64> =
            self.inverse.chunks_exact(self.width().max(1)).map(|row| row.iter().sum()).collect();
        let total: f64 = direction.iter().sum();
        self.towards_one = (direction, if total == 0.0 { 0.0 } else { 1.0 / total });
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
        if !PENALTIES.contains(&(self.penalty * factor)) {
            return;
        }
        self.penalty *= factor;
        self.u.iter_mut().for_each(|value| *value /= factor);
        self.renew_inverse();
    }

    fn renew_inverse(&mut self) {
        let (p, width, shift) = (self.library.p, self.width(), self.shift());
        self.inverse = if width == p {
            self.library.inverse(shift)
        } else {
            let mut part = vec![0.0; width * width];
            for (row, &i) in part.chunks_exact_mut(width.max(1)).zip(&self.members) {
                for (entry, &j) in row.iter_mut().zip(&self.members) {
                    *entry = self.library.gram[i * p + j];
                }
            }
            for k in 0..width {
                part[k * width + k] += shift;
            }
            Arc::new(positive_definite_inverse(&part, width))
        };
        self.balance_sum();
    }

    /// Leaves out the spectra that have been zero in every pixel for a while, where that saves enough.
    fn narrow(&mut self) {
        let width = self.width();
        let mut used = vec![false; width];
        for z in self.z.chunks_exact(width) {
            used.iter_mut().zip(z).for_each(|(used, &z)| *used |= z > 0.0);
        }
        self.idle.iter_mut().zip(&used).for_each(|(idle, &used)| *idle = if used { 0 } else { *idle + 1 });
        let kept: Vec<usize> = self
            .members
            .iter()
            .zip(&self.idle)
            .filter_map(|(member, &idle)| {
                (idle < IDLE_LOOKS || self.pinned.contains(member)).then_some(*member)
            })
            .collect();
        if !kept.is_empty() && kept.len() as f64 <= WORTH_NARROWING * width as f64 {
            self.change_members(kept);
        }
    }

    fn left_out(&self) -> Vec<usize> {
        (0..self.library.p).filter(|j| self.members.binary_search(j).is_err()).collect()
    }

    /// Goes on with other spectra; what is known of those that stay is kept.
    fn change_members(&mut self, members: Vec<usize>) {
        let (p, old) = (self.library.p, std::mem::replace(&mut self.members, members));
        let width = self.width();
        let place_of: BTreeMap<usize, usize> = old.iter().enumerate().map(|(k, &j)| (j, k)).collect();
        let carried = |from: &[f64]| -> Vec<f64> {
            from.chunks_exact(old.len())
                .flat_map(|row| {
                    self.members.iter().map(|member| place_of.get(member).map_or(0.0, |&k| row[k]))
                })
                .collect()
        };
        let (z, u, x) = (carried(&self.z), carried(&self.u), carried(&self.x));
        self.own_pull =
            self.pull.chunks_exact(p).flat_map(|row| self.members.iter().map(|&j| row[j])).collect();
        self.idle =
            self.members.iter().map(|member| place_of.get(member).map_or(0, |&k| self.idle[k])).collect();
        (self.z, self.u, self.x) = (z, u, x);
        self.v = vec![0.0; self.pixels * width];
        self.renew_inverse();
    }

    /// Spectra that were left out although the objective would fall with them, by more than the tolerance.
    fn missed(&self) -> Vec<usize> {
        let (p, width) = (self.library.p, self.width());
        if width == p {
            return Vec::new();
        }
        let out = self.left_out();
        let rows: Vec<f64> = self
            .members
            .iter()
            .flat_map(|&i| out.iter().map(move |&j| self.library.gram[i * p + j]))
            .collect();
        let mut mixed = vec![0.0; self.pixels * out.len()];
        multiply(
            View::row_major(&self.z, self.pixels, width),
            View::row_major(&rows, width, out.len()),
            ViewMut::row_major(&mut mixed, self.pixels, out.len()),
        );
        let threshold = self.problem.sparsity / self.library.scale;
        let slack = MISSED * self.problem.tolerance * self.brightness;
        let mut needed = vec![false; out.len()];
        for (pixel, row) in mixed.chunks_exact(out.len()).enumerate() {
            // The multiplier of Σx = 1 is what makes the gradient zero where abundances are positive.
            let price = if self.problem.sum_to_one { self.price(pixel) } else { threshold };
            for ((needed, &mixed), &j) in needed.iter_mut().zip(row).zip(&out) {
                *needed |= self.pull[pixel * p + j] - mixed - price > slack;
            }
        }
        out.iter().zip(needed).filter_map(|(&j, needed)| needed.then_some(j)).collect()
    }

    /// Mean of pull − AᵀAz − βz over the positive abundances of a pixel.
    fn price(&self, pixel: usize) -> f64 {
        let (p, width) = (self.library.p, self.width());
        let weight = self.problem.prior_weight / self.library.scale;
        let z = &self.z[pixel * width..][..width];
        let (mut sum, mut count) = (0.0, 0usize);
        for (k, &i) in self.members.iter().enumerate() {
            if z[k] > 0.0 {
                let mixed: f64 =
                    self.members.iter().zip(z).map(|(&j, &z)| self.library.gram[i * p + j] * z).sum();
                sum += self.pull[pixel * p + i] - mixed - weight * z[k];
                count += 1;
            }
        }
        if count == 0 { 0.0 } else { sum / count as f64 }
    }

    /// Writes the abundances, zero where a spectrum was left out, and keeps the state for the next problem.
    fn finish(&mut self, out: &mut [f64], warmth: &mut Warmth) {
        let (p, width) = (self.library.p, self.width());
        out.fill(0.0);
        warmth.z = vec![0.0; out.len()];
        warmth.multipliers = vec![0.0; out.len()];
        for pixel in 0..self.pixels {
            for (k, &j) in self.members.iter().enumerate() {
                let (from, to) = (pixel * width + k, pixel * p + j);
                out[to] = self.z[from].max(0.0);
                warmth.z[to] = self.z[from];
                warmth.multipliers[to] = self.u[from] * self.penalty;
            }
        }
    }
}

/// u ← u + x − z, z ← max(x + u − λ/μ, 0), v ← pull + μ(z − u): one pass over the numbers.
struct SparseStep<'a> {
    x: &'a [f64],
    z: &'a mut [f64],
    u: &'a mut [f64],
    v: &'a mut [f64],
    pull: &'a [f64],
    penalty: f64,
    threshold: f64,
}

impl Wide for SparseStep<'_> {
    /// ‖x − z‖² before z moved, and the squared length it moved by.
    type Output = (f64, f64);
    #[inline(always)]
    fn run(self) -> (f64, f64) {
        const LANES: usize = 8;
        let Self { x, z, u, v, pull, penalty, threshold } = self;
        let (mut split, mut moved) = ([0.0; LANES], [0.0; LANES]);
        let one = |x: f64, z: &mut f64, u: &mut f64, v: &mut f64, pull: f64| {
            let gap = x - *z;
            let dual = *u + gap;
            let next = (x + dual - threshold).max(0.0);
            let change = next - *z;
            *u = dual;
            *z = next;
            *v = pull + penalty * (next - dual);
            (gap * gap, change * change)
        };
        let whole = x.len() - x.len() % LANES;
        let chunks = x[..whole]
            .as_chunks::<LANES>()
            .0
            .iter()
            .zip(z[..whole].as_chunks_mut::<LANES>().0)
            .zip(u[..whole].as_chunks_mut::<LANES>().0)
            .zip(v[..whole].as_chunks_mut::<LANES>().0)
            .zip(pull[..whole].as_chunks::<LANES>().0);
        for ((((x, z), u), v), pull) in chunks {
            for lane in 0..LANES {
                let (gap, change) = one(x[lane], &mut z[lane], &mut u[lane], &mut v[lane], pull[lane]);
                split[lane] += gap;
                moved[lane] += change;
            }
        }
        for i in whole..x.len() {
            let (gap, change) = one(x[i], &mut z[i], &mut u[i], &mut v[i], pull[i]);
            split[0] += gap;
            moved[0] += change;
        }
        (split.iter().sum(), moved.iter().sum())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use filigree_core::Random;

    const BANDS: usize = 20;

    struct Case {
        library: LibraryRegression,
        pixels: Vec<f64>,
        prior: Vec<f64>,
    }

    /// More spectra than bands, pixels of three of them with noise.
    fn case(p: usize, pixels: usize, seed: u64) -> Case {
        let mut random = Random::new(seed, 0);
        let spectra: Vec<f64> = (0..p * BANDS).map(|_| random.between(0.05, 1.0)).collect();
        let mut values = Vec::new();
        let mut prior = Vec::new();
        for _ in 0..pixels {
            let chosen = [random.below(p), random.below(p), random.below(p)];
            values.extend((0..BANDS).map(|band| {
                chosen.iter().map(|&j| spectra[j * BANDS + band] / 3.0).sum::<f64>() + 0.02 * random.normal()
            }));
            prior.extend((0..p).map(|j| if chosen.contains(&j) { 0.3 } else { 0.0 }));
        }
        Case { library: LibraryRegression::new(&spectra, BANDS).unwrap(), pixels: values, prior }
    }

    fn problem(sparsity: f64) -> Regression {
        Regression { sparsity, prior_weight: 0.0, sum_to_one: false, tolerance: 1e-9, max_iterations: 50_000 }
    }

    /// Largest violation of the optimality conditions, relative to the scale of the library: gradients that are
    /// negative, and gradients that are not zero where an abundance is positive.
    fn violation(case: &Case, problem: &Regression, abundances: &[f64], prior: Option<&[f64]>) -> f64 {
        let (library, p) = (&case.library, case.library.p);
        let pull = library.correlations(&case.pixels);
        let mut worst: f64 = 0.0;
        for (pixel, x) in abundances.chunks_exact(p).enumerate() {
            let gradient: Vec<f64> = (0..p)
                .map(|j| {
                    let mixed: f64 = (0..p).map(|k| library.gram[j * p + k] * x[k]).sum();
                    let away = prior.map_or(0.0, |prior| x[j] - prior[pixel * p + j]);
                    mixed - pull[pixel * p + j]
                        + (problem.sparsity + problem.prior_weight * away) / library.scale
                })
                .collect();
            let positive = || (0..p).filter(|&j| x[j] > 0.0);
            let price = if problem.sum_to_one {
                positive().map(|j| gradient[j]).sum::<f64>() / positive().count() as f64
            } else {
                0.0
            };
            for j in 0..p {
                let left = gradient[j] - price;
                worst = worst.max(if x[j] > 0.0 { left.abs() } else { -left });
            }
        }
        worst
    }

    #[test]
    fn the_optimality_conditions_hold_with_and_without_sparsity_prior_and_sum() {
        let case = case(35, 130, 1);
        for (sparsity, weight, sum) in
            [(0.0, 0.0, false), (0.05, 0.0, false), (0.02, 0.5, false), (0.0, 0.0, true), (0.3, 0.0, true)]
        {
            let problem = Regression { prior_weight: weight, sum_to_one: sum, ..problem(sparsity) };
            let prior = (weight > 0.0).then_some(case.prior.as_slice());
            let mut found = vec![0.0; 130 * 35];
            let solved = case.library.solve(&case.pixels, prior, &problem, &mut found);
            assert_eq!(solved.unsolved, 0);
            assert!(found.iter().all(|&x| x >= 0.0));
            let worst = violation(&case, &problem, &found, prior);
            assert!(worst < 1e-5, "{worst} for λ {sparsity}, β {weight}, sum {sum}");
            if sum {
                assert!(found.chunks_exact(35).all(|x| (x.iter().sum::<f64>() - 1.0).abs() < 1e-6));
            }
        }
    }

    #[test]
    fn orthonormal_spectra_have_a_closed_form() {
        let mut spectra = vec![0.0; 8 * BANDS];
        (0..8).for_each(|j| spectra[j * BANDS + 2 * j] = 1.0);
        let library = LibraryRegression::new(&spectra, BANDS).unwrap();
        let mut random = Random::new(4, 0);
        let pixels: Vec<f64> = (0..70 * BANDS).map(|_| random.normal()).collect();
        let mut found = vec![0.0; 70 * 8];
        library.solve(&pixels, None, &problem(0.3), &mut found);
        for (pixel, x) in pixels.chunks_exact(BANDS).zip(found.chunks_exact(8)) {
            for j in 0..8 {
                assert!((x[j] - (pixel[2 * j] - 0.3).max(0.0)).abs() < 1e-7);
            }
        }
    }

    #[test]
    fn at_the_largest_correlation_nothing_is_left_and_just_below_something_is() {
        let case = case(12, 64, 2);
        let mut found = vec![0.0; 64 * 12];
        let most = case.library.solve(&case.pixels, None, &problem(0.0), &mut found).largest_correlation;
        case.library.solve(&case.pixels, None, &problem(most), &mut found);
        assert!(found.iter().all(|&x| x < 1e-8));
        case.library.solve(&case.pixels, None, &problem(0.99 * most), &mut found);
        assert!(found.iter().any(|&x| x > 0.0));
    }

    #[test]
    fn a_warm_start_ends_where_a_cold_one_does() {
        let case = case(30, 100, 3);
        let (mut warm, mut cold) = (vec![0.0; 3000], vec![0.0; 3000]);
        let mut warmth = Vec::new();
        for sparsity in [1.0, 0.3, 0.1] {
            case.library.solve_from(&case.pixels, None, &problem(sparsity), &mut warmth, &mut warm);
        }
        case.library.solve(&case.pixels, None, &problem(0.1), &mut cold);
        assert!(warm.iter().zip(&cold).all(|(a, b)| (a - b).abs() < 1e-5));
    }

    #[test]
    fn equal_spectra_are_found_and_share_alike_in_every_run() {
        let mut spectra: Vec<f64> = (0..3 * BANDS).map(|i| 0.2 + (i as f64 * 0.37).sin().abs()).collect();
        spectra.extend_from_within(..BANDS);
        let library = LibraryRegression::new(&spectra, BANDS).unwrap();
        assert_eq!(library.equal_pairs(), [(0, 3)]);
        let mut found = vec![0.0; 4];
        library.solve(&spectra[..BANDS], None, &problem(0.001), &mut found);
        assert!((found[0] - found[3]).abs() < 1e-9 && (found[0] - 0.5).abs() < 0.01);
    }
}
