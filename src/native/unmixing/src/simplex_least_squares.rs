use filigree_core::{View, ViewMut, dot, multiply, thin_qr, widest};

use crate::support_cache::{Support, SupportCache, padded};

/// Least squares over the simplex: min ½‖y − Ma‖² with a ≥ 0 and Σa = 1, exactly, by an active set.
///
/// On the plane Σa = 1 the objective is that of the centred endmembers m − m̄ and the pixel y − m̄, with an
/// appended constant row that keeps the Gram matrix definite. A thin QR of that stack, made once, turns every
/// pixel into a problem of p numbers. The constraint itself is a Lagrange multiplier and not a heavy row, so
/// sums are one to rounding.
pub struct SimplexLeastSquares {
    p: usize,
    /// p rounded up to whole vectors; rows of that length end in zeros.
    stride: usize,
    bands: usize,
    /// bands × stride, the part of Q that multiplies a pixel.
    q: Vec<f64>,
    /// Qᵀ of the constant part of every pixel.
    shift: Vec<f64>,
    /// p × stride; row `j` is the column of R that belongs to endmember `j`.
    factor: Vec<f64>,
    /// RᵀR.
    gram: Vec<f64>,
    largest_length: f64,
}

/// Scratch memory for one thread, with the solutions on the supports it has met.
pub struct Workspace {
    supports: SupportCache,
    projected: Vec<f64>,
    /// RᵀC, the linear term of the objective.
    linear: Vec<f64>,
    /// Values on the support, and what they are made from.
    step: Vec<f64>,
    right: Vec<f64>,
    gradient: Vec<f64>,
    rest: Vec<f64>,
    /// Pixels whose KKT conditions could not be met to the tolerance.
    pub unsolved: usize,
}

impl SimplexLeastSquares {
    /// Prepares the endmembers, one after the other (p × bands).
    pub fn new(endmembers: &[f64], p: usize) -> Self {
        let bands = endmembers.len() / p;
        let mut mean = vec![0.0; bands];
        for spectrum in endmembers.chunks_exact(bands) {
            mean.iter_mut().zip(spectrum).for_each(|(m, x)| *m += x / p as f64);
        }
        // At least p rows, so that the thin QR exists for few bands too.
        let rows = (bands + 1).max(p);
        let mut stack = vec![0.0; rows * p];
        let mut energy = 0.0;
        for (j, spectrum) in endmembers.chunks_exact(bands).enumerate() {
            for band in 0..bands {
                let centred = spectrum[band] - mean[band];
                stack[band * p + j] = centred;
                energy += centred * centred;
            }
        }
        let level = if energy > 0.0 { (energy / p as f64).sqrt() } else { 1.0 };
        for j in 0..p {
            stack[bands * p + j] = level;
        }
        let (full_q, r) = thin_qr(&stack, rows, p);
        let stride = padded(p);
        let q = widened(&full_q[..bands * p], p, stride);
        let shift: Vec<f64> = (0..p)
            .map(|k| {
                level * full_q[bands * p + k] - (0..bands).map(|b| q[b * stride + k] * mean[b]).sum::<f64>()
            })
            .collect();
        let shift = widened(&shift, p, stride);
        let columns: Vec<f64> = (0..p * p).map(|i| r[(i % p) * p + i / p]).collect();
        let factor = widened(&columns, p, stride);
        let gram: Vec<f64> =
            (0..p * p).map(|i| dot(&columns[(i / p) * p..][..p], &columns[(i % p) * p..][..p])).collect();
        let largest_length = (0..p).map(|j| gram[j * p + j].sqrt()).fold(0.0, f64::max);
        Self { p, stride, bands, q, shift, factor, gram, largest_length }
    }

    /// Scratch memory for [`Self::solve_tile`].
    pub fn workspace(&self) -> Workspace {
        let p = self.p;
        Workspace {
            supports: SupportCache::default(),
            projected: Vec::new(),
            linear: vec![0.0; p],
            step: vec![0.0; p],
            right: vec![0.0; self.stride],
            gradient: vec![0.0; p],
            rest: vec![0.0; self.stride],
            unsolved: 0,
        }
    }

    /// Solves every pixel of a tile (pixels × bands) into `abundances` (pixels × p). The first pixel starts
    /// at its nearest endmember, the others at their neighbour's abundances, so the result does not depend on
    /// other tiles. `tolerance` is the largest KKT violation, relative to the lengths of pixel and endmembers.
    pub fn solve_tile(&self, pixels: &[f64], tolerance: f64, abundances: &mut [f64], work: &mut Workspace) {
        let p = self.p;
        let count = abundances.len() / p;
        let mut projected = std::mem::take(&mut work.projected);
        projected.resize(count * self.stride, 0.0);
        multiply(
            View::row_major(pixels, count, self.bands),
            View::row_major(&self.q, self.bands, self.stride),
            ViewMut::row_major(&mut projected, count, self.stride),
        );
        widest(|| self.solve_projected(&mut projected, tolerance, abundances, work));
        work.projected = projected;
    }

    #[inline(always)]
    fn solve_projected(
        &self,
        projected: &mut [f64],
        tolerance: f64,
        abundances: &mut [f64],
        work: &mut Workspace,
    ) {
        let p = self.p;
        let mut mask = 0;
        for (pixel, target) in projected.chunks_exact_mut(self.stride).enumerate() {
            target.iter_mut().zip(&self.shift).for_each(|(c, shift)| *c += shift);
            for (value, column) in work.linear.iter_mut().zip(self.factor.chunks_exact(self.stride)) {
                *value = inner(column, target);
            }
            let (done, rest) = abundances.split_at_mut(pixel * p);
            let current = &mut rest[..p];
            if pixel == 0 {
                mask = self.start_at_nearest(current, work);
            } else {
                current.copy_from_slice(&done[(pixel - 1) * p..]);
            }
            mask = self.solve_pixel(target, tolerance, mask, current, work);
        }
    }

    fn start_at_nearest(&self, abundances: &mut [f64], work: &Workspace) -> u64 {
        let p = self.p;
        let distance = |j: usize| 0.5 * self.gram[j * p + j] - work.linear[j];
        let nearest = (1..p).fold(0, |best, j| if distance(j) < distance(best) { j } else { best });
        abundances.fill(0.0);
        abundances[nearest] = 1.0;
        1 << nearest
    }

    /// Primal active set from a feasible start whose non-zeros lie in `mask`; returns the final support.
    #[inline(always)]
    fn solve_pixel(
        &self,
        target: &[f64],
        tolerance: f64,
        mut mask: u64,
        abundances: &mut [f64],
        work: &mut Workspace,
    ) -> u64 {
        let p = self.p;
        let length = inner(target, target).sqrt();
        let allowed =
            tolerance.max(4.0 * f64::EPSILON) * self.largest_length * (length + self.largest_length);
        let mut banned = 0u64;
        let mut newest = 0u64;
        for _ in 0..20 * p + 20 {
            let Some(support) = work.supports.get(&self.gram, p, mask) else {
                // The newest member is a combination of the others: it can not lower the residual.
                banned |= newest;
                mask &= !newest;
                newest = 0;
                continue;
            };
            let size = support.members.len();
            let step = &mut work.step[..size];
            let right = &mut work.right[..support.stride];
            right[size..].fill(0.0);
            right.iter_mut().zip(&support.members).for_each(|(value, &j)| *value = work.linear[j]);
            for ((value, row), offset) in
                step.iter_mut().zip(support.response.chunks_exact(support.stride)).zip(&support.offset)
            {
                *value = offset + inner(row, right);
            }
            if step.iter().all(|&value| value >= 0.0) {
                let multiplier =
                    self.refine(target, support, step, right, &mut work.gradient, &mut work.rest);
                if step.iter().all(|&value| value >= 0.0) {
                    abundances.fill(0.0);
                    support.members.iter().zip(step.iter()).for_each(|(&j, &value)| abundances[j] = value);
                    let mut entering = (allowed, None);
                    for (j, gradient) in work.gradient.iter().enumerate() {
                        if (mask | banned) >> j & 1 == 0 && gradient - multiplier > entering.0 {
                            entering = (gradient - multiplier, Some(j));
                        }
                    }
                    let Some(j) = entering.1 else { return mask };
                    newest = 1 << j;
                    mask |= newest;
                    continue;
                }
            }
            let leaving = 1 << step_to_boundary(abundances, &support.members, step);
            mask &= !leaving;
            if newest == leaving {
                // It left again at once: rounding called it in, not the data.
                banned |= leaving;
            }
            newest = 0;
        }
        work.unsolved += 1;
        mask
    }

    /// One correction of `step` by the residual in the projected space, which does not square the condition
    /// number. Leaves the gradient of the corrected point, returns its multiplier of Σa = 1.
    #[inline(always)]
    fn refine(
        &self,
        target: &[f64],
        support: &Support,
        step: &mut [f64],
        right: &mut [f64],
        gradient: &mut [f64],
        rest: &mut [f64],
    ) -> f64 {
        rest.copy_from_slice(target);
        for (&j, &value) in support.members.iter().zip(step.iter()) {
            let column = &self.factor[j * self.stride..][..self.stride];
            rest.iter_mut().zip(column).for_each(|(r, x)| *r -= value * x);
        }
        for (value, column) in gradient.iter_mut().zip(self.factor.chunks_exact(self.stride)) {
            *value = inner(column, rest);
        }
        let missing = 1.0 - step.iter().sum::<f64>();
        right.iter_mut().zip(&support.members).for_each(|(value, &j)| *value = gradient[j]);
        let multiplier = inner(&support.offset, right) - missing * support.curvature;
        for ((value, row), offset) in
            step.iter_mut().zip(support.response.chunks_exact(support.stride)).zip(&support.offset)
        {
            *value += missing * offset + inner(row, right);
        }
        multiplier
    }
}

/// Walks from the feasible `abundances` towards `step` until the first member of the support reaches zero.
/// Returns that one.
fn step_to_boundary(abundances: &mut [f64], members: &[usize], step: &[f64]) -> usize {
    let mut fraction = 1.0;
    let mut blocking = members[0];
    for (&j, &goal) in members.iter().zip(step) {
        if goal < 0.0 {
            let reach = abundances[j] / (abundances[j] - goal);
            if reach < fraction {
                fraction = reach;
                blocking = j;
            }
        }
    }
    for (&j, &goal) in members.iter().zip(step) {
        abundances[j] = (abundances[j] + fraction * (goal - abundances[j])).max(0.0);
    }
    abundances[blocking] = 0.0;
    blocking
}

/// Inner product of short vectors, in four lanes.
#[inline(always)]
fn inner(a: &[f64], b: &[f64]) -> f64 {
    let (a_lanes, a_rest) = a.as_chunks::<4>();
    let (b_lanes, b_rest) = b.as_chunks::<4>();
    let mut sums = [0.0; 4];
    for (x, y) in a_lanes.iter().zip(b_lanes) {
        for lane in 0..4 {
            sums[lane] += x[lane] * y[lane];
        }
    }
    let rest: f64 = a_rest.iter().zip(b_rest).map(|(x, y)| x * y).sum();
    (sums[0] + sums[2]) + (sums[1] + sums[3]) + rest
}

/// Rows of length `from`, filled up with zeros to length `to`.
fn widened(rows: &[f64], from: usize, to: usize) -> Vec<f64> {
    let count = rows.len() / from;
    (0..count * to).map(|i| if i % to < from { rows[(i / to) * from + i % to] } else { 0.0 }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use filigree_core::Random;
    use proptest::prelude::*;

    fn solve(endmembers: &[f64], p: usize, pixels: &[f64]) -> Vec<f64> {
        let solver = SimplexLeastSquares::new(endmembers, p);
        let mut work = solver.workspace();
        let mut abundances = vec![0.0; pixels.len() / (endmembers.len() / p) * p];
        solver.solve_tile(pixels, 1e-14, &mut abundances, &mut work);
        assert_eq!(work.unsolved, 0);
        abundances
    }

    fn residual(endmembers: &[f64], bands: usize, pixel: &[f64], abundances: &[f64]) -> f64 {
        (0..bands)
            .map(|b| {
                let mixed: f64 =
                    abundances.iter().enumerate().map(|(j, a)| a * endmembers[j * bands + b]).sum();
                (pixel[b] - mixed).powi(2)
            })
            .sum()
    }

    /// The best of all supports, each solved by an unconstrained QR least squares on the differences to its
    /// first endmember: shares no code with the solver's active set.
    fn by_enumeration(endmembers: &[f64], p: usize, pixel: &[f64]) -> Vec<f64> {
        let bands = pixel.len();
        let mut best = (f64::INFINITY, vec![0.0; p]);
        for support in 1u32..1 << p {
            let members: Vec<usize> = (0..p).filter(|j| support >> j & 1 == 1).collect();
            let base = &endmembers[members[0] * bands..][..bands];
            let others = &members[1..];
            let mut candidate = vec![0.0; p];
            let mut sum = 0.0;
            if !others.is_empty() {
                let size = others.len();
                let matrix: Vec<f64> = (0..bands * size)
                    .map(|i| endmembers[others[i % size] * bands + i / size] - base[i / size])
                    .collect();
                let (q, r) = thin_qr(&matrix, bands, size);
                let mut x: Vec<f64> = (0..size)
                    .map(|k| (0..bands).map(|b| q[b * size + k] * (pixel[b] - base[b])).sum())
                    .collect();
                for i in (0..size).rev() {
                    let tail: f64 = (i + 1..size).map(|k| r[i * size + k] * x[k]).sum();
                    x[i] = (x[i] - tail) / r[i * size + i];
                }
                for (&j, value) in others.iter().zip(x) {
                    candidate[j] = value;
                    sum += value;
                }
            }
            candidate[members[0]] = 1.0 - sum;
            let value = residual(endmembers, bands, pixel, &candidate);
            if candidate.iter().all(|&a| a >= -1e-13) && value < best.0 {
                best = (value, candidate);
            }
        }
        best.1
    }

    proptest! {
        #[test]
        fn it_agrees_with_the_enumeration_of_all_supports(
            p in 1usize..7, extra in 1usize..20, closeness in 0.0f64..4.0, spread in 0.0f64..2.0, seed in 0u64..1 << 40
        ) {
            let bands = p + extra;
            let mut random = Random::new(seed, 0);
            // Endmembers that differ from their mean by 10^-closeness: the Gram condition goes up to about 1e10.
            let mean: Vec<f64> = (0..bands).map(|_| random.uniform()).collect();
            let endmembers: Vec<f64> =
                (0..p * bands).map(|i| mean[i % bands] + 10f64.powf(-closeness) * random.uniform()).collect();
            let pixels: Vec<f64> = (0..8 * bands)
                .map(|i| mean[i % bands] + 10f64.powf(-closeness) * (0.5 + spread * random.normal()))
                .collect();
            let found = solve(&endmembers, p, &pixels);
            for (pixel, abundances) in pixels.chunks_exact(bands).zip(found.chunks_exact(p)) {
                let expected = by_enumeration(&endmembers, p, pixel);
                for (a, b) in abundances.iter().zip(&expected) {
                    prop_assert!((a - b).abs() < 1e-8, "{abundances:?} against {expected:?}");
                }
            }
        }

        #[test]
        fn many_endmembers_meet_the_kkt_conditions(p in 8usize..65, bands in 4usize..120, seed in 0u64..1 << 40) {
            let mut random = Random::new(seed, 1);
            let endmembers: Vec<f64> = (0..p * bands).map(|_| random.uniform()).collect();
            let pixels: Vec<f64> = (0..6 * bands).map(|_| random.uniform()).collect();
            let found = solve(&endmembers, p, &pixels);
            for (pixel, a) in pixels.chunks_exact(bands).zip(found.chunks_exact(p)) {
                prop_assert!((a.iter().sum::<f64>() - 1.0).abs() < 1e-12);
                prop_assert!(a.iter().all(|&x| x >= 0.0));
                let rest: Vec<f64> = (0..bands)
                    .map(|b| pixel[b] - (0..p).map(|j| a[j] * endmembers[j * bands + b]).sum::<f64>())
                    .collect();
                let gradient: Vec<f64> = (0..p).map(|j| dot(&endmembers[j * bands..][..bands], &rest)).collect();
                let top = gradient.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                for j in 0..p {
                    if a[j] > 0.0 {
                        prop_assert!(top - gradient[j] < 1e-9, "endmember {j}: {} below {top}", gradient[j]);
                    }
                }
            }
        }
    }

    #[test]
    fn doubled_collinear_and_zero_endmembers_are_handled() {
        let bands = 5;
        let mut random = Random::new(9, 0);
        let a: Vec<f64> = (0..bands).map(|_| random.uniform()).collect();
        let b: Vec<f64> = (0..bands).map(|_| random.uniform()).collect();
        let middle: Vec<f64> = a.iter().zip(&b).map(|(x, y)| 0.5 * (x + y)).collect();
        let spectra = [a.clone(), b.clone(), middle, a.clone(), vec![0.0; bands]].concat();
        let pixels: Vec<f64> =
            a.iter().zip(&b).map(|(x, y)| 0.25 * x + 0.75 * y).chain(vec![0.0; bands]).collect();
        let found = solve(&spectra, 5, &pixels);
        assert!(residual(&spectra, bands, &pixels[..bands], &found[..5]) < 1e-24);
        assert!((found[9] - 1.0).abs() < 1e-10, "{found:?}");
        assert!(found.iter().all(|x| x.is_finite() && *x >= 0.0));
    }

    #[test]
    fn one_endmember_takes_all() {
        assert_eq!(solve(&[0.3, 0.4], 1, &[5.0, -1.0, 0.0, 0.0]), vec![1.0, 1.0]);
        assert_eq!(solve(&[0.0, 0.0], 1, &[5.0, -1.0]), vec![1.0]);
    }
}
