use crate::support_cache::{Support, SupportCache};

/// Rounds in which whole sets of endmembers may enter and leave without fewer of them being wrong.
const PATIENCE: usize = 3;

/// The problem of one pixel in the projected space, min ½‖c − Ra‖² with a ≥ 0 and Σa = 1. Vectors are filled up
/// with zeros to `S` numbers, so that every loop over endmembers is whole vectors of the machine.
pub(crate) struct PixelSolver<'a, const S: usize> {
    pub p: usize,
    /// Column `j` of R, for every endmember.
    pub columns: &'a [[f64; S]],
    /// Row `k` of R.
    pub rows: &'a [[f64; S]],
    /// RᵀR, p × p.
    pub gram: &'a [f64],
    pub largest_length: f64,
    pub tolerance: f64,
}

/// The minimum on one support, as far as it is needed to judge it.
struct Trial<const S: usize> {
    /// Abundances, zero outside of the support.
    step: [f64; S],
    /// Rᵀ(c − Ra).
    gradient: [f64; S],
    /// The multiplier of Σa = 1.
    multiplier: f64,
    /// 1 − Σa, a rounding error.
    missing: f64,
}

impl<const S: usize> PixelSolver<'_, S> {
    /// Solves for one pixel; `guess` is a support to start from (the nearest endmember where there is none).
    /// Returns the abundances and their support, which is none where the tolerance could not be met.
    #[inline(always)]
    pub(crate) fn solve(
        &self,
        target: &[f64; S],
        guess: Option<u64>,
        supports: &mut SupportCache,
    ) -> ([f64; S], Option<u64>) {
        let linear = combined([0.0; S], self.rows, target);
        let length = inner(target, target).sqrt();
        let allowed =
            self.tolerance.max(4.0 * f64::EPSILON) * self.largest_length * (length + self.largest_length);
        let guess = guess.unwrap_or_else(|| 1 << self.nearest(&linear));
        match self.exchange(target, &linear, allowed, guess, supports) {
            Some((step, mask)) => (step, Some(mask)),
            None => self.descend(target, &linear, allowed, supports),
        }
    }

    /// The endmember next to the pixel.
    fn nearest(&self, linear: &[f64; S]) -> usize {
        let distance = |j: usize| 0.5 * self.gram[j * self.p + j] - linear[j];
        (1..self.p).fold(0, |best, j| if distance(j) < distance(best) { j } else { best })
    }

    /// Block principal pivoting (Kim & Park, SIAM J. Sci. Comput. 33, 2011): all endmembers with a negative
    /// abundance leave and all that would lower the residual enter, at once. Few rounds where it converges; gives
    /// up where it might go in circles.
    #[inline(always)]
    fn exchange(
        &self,
        target: &[f64; S],
        linear: &[f64; S],
        allowed: f64,
        mut mask: u64,
        supports: &mut SupportCache,
    ) -> Option<([f64; S], u64)> {
        let mut fewest = u32::MAX;
        let mut patience = PATIENCE;
        loop {
            let support = supports.get(self.gram, self.p, S, mask)?;
            let trial = self.trial(target, linear, support);
            let mut wrong =
                negative(&trial.step) | (above(&trial.gradient, trial.multiplier + allowed) & !mask);
            wrong &= u64::MAX >> (64 - self.p);
            if wrong == 0 {
                let step = self.corrected(&trial, support);
                wrong = negative(&step);
                if wrong == 0 {
                    return Some((step, mask));
                }
            }
            if wrong.count_ones() < fewest {
                fewest = wrong.count_ones();
                patience = PATIENCE;
            } else if patience == 0 {
                return None;
            } else {
                patience -= 1;
            }
            mask ^= wrong;
        }
    }

    /// Primal active set from the nearest endmember: one endmember enters or leaves at a time and the residual
    /// never rises, so that it ends on any data.
    #[cold]
    #[inline(never)]
    fn descend(
        &self,
        target: &[f64; S],
        linear: &[f64; S],
        allowed: f64,
        supports: &mut SupportCache,
    ) -> ([f64; S], Option<u64>) {
        let p = self.p;
        let first = self.nearest(linear);
        let mut mask = 1u64 << first;
        let mut abundances = [0.0; S];
        abundances[first] = 1.0;
        let mut banned = 0u64;
        let mut newest = 0u64;
        for _ in 0..20 * p + 20 {
            let Some(support) = supports.get(self.gram, p, S, mask) else {
                // The newest member is a combination of the others: it can not lower the residual.
                banned |= newest;
                mask &= !newest;
                newest = 0;
                continue;
            };
            let trial = self.trial(target, linear, support);
            let mut step = trial.step;
            if negative(&step) == 0 {
                step = self.corrected(&trial, support);
                if negative(&step) == 0 {
                    abundances = step;
                    let mut entering = (allowed, None);
                    for (j, gradient) in trial.gradient[..p].iter().enumerate() {
                        if (mask | banned) >> j & 1 == 0 && gradient - trial.multiplier > entering.0 {
                            entering = (gradient - trial.multiplier, Some(j));
                        }
                    }
                    let Some(j) = entering.1 else { return (abundances, Some(mask)) };
                    newest = 1 << j;
                    mask |= newest;
                    continue;
                }
            }
            let leaving = 1 << step_to_boundary(&mut abundances, &support.members, &step);
            mask &= !leaving;
            if newest == leaving {
                // It left again at once: rounding called it in, not the data.
                banned |= leaving;
            }
            newest = 0;
        }
        (abundances, None)
    }

    /// The minimum on a support, and its gradient by way of the projected space, which does not square the
    /// condition number.
    #[inline(always)]
    fn trial(&self, target: &[f64; S], linear: &[f64; S], support: &Support) -> Trial<S> {
        let offset = support.offset();
        let mut step = *offset;
        for (column, &j) in support.response().iter().zip(&support.members) {
            add_scaled(&mut step, linear[j], column);
        }
        let mut rest = *target;
        for &j in &support.members {
            add_scaled(&mut rest, -step[j], &self.columns[j]);
        }
        let gradient = combined([0.0; S], self.rows, &rest);
        let missing = 1.0 - inner(&step, &[1.0; S]);
        let multiplier = inner(offset, &gradient) - missing * support.curvature;
        Trial { step, gradient, multiplier, missing }
    }

    /// One correction of a trial by its own residual.
    #[inline(always)]
    fn corrected(&self, trial: &Trial<S>, support: &Support) -> [f64; S] {
        let mut step = trial.step;
        add_scaled(&mut step, trial.missing, support.offset());
        for (column, &j) in support.response().iter().zip(&support.members) {
            add_scaled(&mut step, trial.gradient[j], column);
        }
        step
    }
}

/// Walks from the feasible `abundances` towards `step` until the first member of the support reaches zero.
/// Returns that one.
fn step_to_boundary(abundances: &mut [f64], members: &[usize], step: &[f64]) -> usize {
    let mut fraction = 1.0;
    let mut blocking = members[0];
    for &j in members {
        if step[j] < 0.0 {
            let reach = abundances[j] / (abundances[j] - step[j]);
            if reach < fraction {
                fraction = reach;
                blocking = j;
            }
        }
    }
    for &j in members {
        abundances[j] = (abundances[j] + fraction * (step[j] - abundances[j])).max(0.0);
    }
    abundances[blocking] = 0.0;
    blocking
}

/// `start` plus the sum of `rows`, each times its weight.
#[inline(always)]
fn combined<const S: usize>(start: [f64; S], rows: &[[f64; S]], weights: &[f64; S]) -> [f64; S] {
    let mut out = start;
    for (row, &weight) in rows.iter().zip(weights) {
        add_scaled(&mut out, weight, row);
    }
    out
}

#[inline(always)]
fn add_scaled<const S: usize>(out: &mut [f64; S], weight: f64, row: &[f64; S]) {
    for i in 0..S {
        out[i] += weight * row[i];
    }
}

/// Bit `j` says whether number `j` is below zero.
#[inline(always)]
fn negative<const S: usize>(values: &[f64; S]) -> u64 {
    let mut bits = 0;
    for j in 0..S {
        bits |= u64::from(values[j] < 0.0) << j;
    }
    bits
}

/// Bit `j` says whether number `j` is above `limit`.
#[inline(always)]
fn above<const S: usize>(values: &[f64; S], limit: f64) -> u64 {
    let mut bits = 0;
    for j in 0..S {
        bits |= u64::from(values[j] > limit) << j;
    }
    bits
}

/// Inner product of short vectors, in four lanes.
#[inline(always)]
fn inner<const S: usize>(a: &[f64; S], b: &[f64; S]) -> f64 {
    let mut sums = [0.0; 4];
    for (x, y) in a.as_chunks::<4>().0.iter().zip(b.as_chunks::<4>().0) {
        for lane in 0..4 {
            sums[lane] += x[lane] * y[lane];
        }
    }
    (sums[0] + sums[2]) + (sums[1] + sums[3])
}
