use filigree_core::{View, ViewMut, dot, multiply, thin_qr};

/// A pivot of the Cholesky factor below this, relative to its diagonal entry, means that the endmember is a
/// combination of those already in use.
const DEPENDENT: f64 = 1e-13;

/// Least squares over the simplex: min ½‖y − Ma‖² with a ≥ 0 and Σa = 1, exactly, by an active set.
///
/// On the plane Σa = 1 the objective is that of the centred endmembers m − m̄ and the pixel y − m̄, with an
/// appended constant row that keeps the Gram matrix definite. A thin QR of that stack, made once, turns every
/// pixel into a problem of p numbers. The constraint itself is a Lagrange multiplier and not a heavy row, so
/// sums are one to rounding.
pub struct SimplexLeastSquares {
    p: usize,
    bands: usize,
    /// bands × p, the part of Q that multiplies a pixel.
    q: Vec<f64>,
    /// Qᵀ of the constant part of every pixel.
    shift: Vec<f64>,
    /// p × p; row `j` is the column of R that belongs to endmember `j`.
    factor: Vec<f64>,
    /// RᵀR.
    gram: Vec<f64>,
    largest_length: f64,
}

/// Scratch memory for one thread, and the warm start handed from pixel to pixel.
pub struct Workspace {
    projected: Vec<f64>,
    /// Endmembers in use, in the order of the factor's rows.
    support: Vec<usize>,
    /// Lower Cholesky factor of the Gram matrix of the support, rows of length p.
    cholesky: Vec<f64>,
    /// Gram⁻¹·1 on the support.
    ones: Vec<f64>,
    right: Vec<f64>,
    step: Vec<f64>,
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
        let q = full_q[..bands * p].to_vec();
        let shift = (0..p)
            .map(|k| level * full_q[bands * p + k] - (0..bands).map(|b| q[b * p + k] * mean[b]).sum::<f64>())
            .collect();
        let factor: Vec<f64> = (0..p * p).map(|i| r[(i % p) * p + i / p]).collect();
        let gram: Vec<f64> =
            (0..p * p).map(|i| dot(&factor[(i / p) * p..][..p], &factor[(i % p) * p..][..p])).collect();
        let largest_length = (0..p).map(|j| gram[j * p + j].sqrt()).fold(0.0, f64::max);
        Self { p, bands, q, shift, factor, gram, largest_length }
    }

    /// Scratch memory for [`Self::solve_tile`].
    pub fn workspace(&self) -> Workspace {
        let p = self.p;
        Workspace {
            projected: Vec::new(),
            support: Vec::with_capacity(p),
            cholesky: vec![0.0; p * p],
            ones: vec![0.0; p],
            right: vec![0.0; p],
            step: vec![0.0; p],
            gradient: vec![0.0; p],
            rest: vec![0.0; p],
            unsolved: 0,
        }
    }

    /// Solves every pixel of a tile (pixels × bands) into `abundances` (pixels × p). The first pixel starts
    /// cold, the others from their neighbour's support, so the result does not depend on other tiles.
    /// `tolerance` is the largest KKT violation, relative to the lengths of pixel and endmembers.
    pub fn solve_tile(&self, pixels: &[f64], tolerance: f64, abundances: &mut [f64], work: &mut Workspace) {
        let p = self.p;
        let count = abundances.len() / p;
        let mut projected = std::mem::take(&mut work.projected);
        projected.clear();
        projected.resize(count * p, 0.0);
        multiply(
            View::row_major(pixels, count, self.bands),
            View::row_major(&self.q, self.bands, p),
            ViewMut::row_major(&mut projected, count, p),
        );
        work.support.clear();
        for pixel in 0..count {
            let target = &mut projected[pixel * p..(pixel + 1) * p];
            target.iter_mut().zip(&self.shift).for_each(|(c, shift)| *c += shift);
            let (done, rest) = abundances.split_at_mut(pixel * p);
            let current = &mut rest[..p];
            if work.support.is_empty() {
                self.start_cold(target, current, work);
            } else {
                current.copy_from_slice(&done[(pixel - 1) * p..]);
            }
            self.solve_pixel(target, tolerance, current, work);
        }
        work.projected = projected;
    }

    /// Starts at the nearest endmember.
    fn start_cold(&self, target: &[f64], abundances: &mut [f64], work: &mut Workspace) {
        let p = self.p;
        let distance = |j: usize| 0.5 * self.gram[j * p + j] - dot(&self.factor[j * p..][..p], target);
        let nearest = (1..p).fold(0, |best, j| if distance(j) < distance(best) { j } else { best });
        abundances.fill(0.0);
        abundances[nearest] = 1.0;
        let appended = self.append(nearest, work);
        debug_assert!(appended, "the appended row makes every single endmember independent");
    }

    fn solve_pixel(&self, target: &[f64], tolerance: f64, abundances: &mut [f64], work: &mut Workspace) {
        let p = self.p;
        let length = dot(target, target).sqrt();
        let allowed =
            tolerance.max(4.0 * f64::EPSILON) * self.largest_length * (length + self.largest_length);
        let mut banned = 0u64;
        let mut newest = None;
        for _ in 0..20 * p + 20 {
            self.minimise_on_support(target, work);
            if work.step[..work.support.len()].iter().all(|&value| value >= 0.0) {
                let multiplier = self.refine(target, work);
                if work.step[..work.support.len()].iter().all(|&value| value >= 0.0) {
                    abundances.fill(0.0);
                    for (&j, &value) in work.support.iter().zip(&work.step) {
                        abundances[j] = value;
                    }
                    newest = None;
                    self.gradient(target, work);
                    let entering = (0..p)
                        .filter(|j| banned & (1 << j) == 0 && !work.support.contains(j))
                        .max_by(|&i, &j| work.gradient[i].total_cmp(&work.gradient[j]))
                        .filter(|&j| work.gradient[j] - multiplier > allowed);
                    match entering {
                        None => return,
                        Some(j) if self.append(j, work) => newest = Some(j),
                        // A combination of the endmembers in use: it can not lower the residual.
                        Some(j) => banned |= 1 << j,
                    }
                    continue;
                }
            }
            let removed = step_to_boundary(abundances, work);
            if newest == Some(removed) {
                // It left again at once: rounding called it in, not the data.
                banned |= 1 << removed;
            }
            newest = None;
        }
        work.unsolved += 1;
    }

    /// Minimiser on the plane Σa = 1 over the support, signs free, into `work.step`.
    fn minimise_on_support(&self, target: &[f64], work: &mut Workspace) {
        let p = self.p;
        let size = work.support.len();
        for (i, &j) in work.support.iter().enumerate() {
            work.right[i] = dot(&self.factor[j * p..][..p], target);
        }
        cholesky_solve(&work.cholesky, p, &mut work.right[..size]);
        let sum_of_ones: f64 = work.ones[..size].iter().sum();
        let multiplier = (work.right[..size].iter().sum::<f64>() - 1.0) / sum_of_ones;
        for i in 0..size {
            work.step[i] = work.right[i] - multiplier * work.ones[i];
        }
    }

    /// One correction of `work.step` with the residual in the projected space, which does not square the
    /// condition number; returns the multiplier of Σa = 1.
    fn refine(&self, target: &[f64], work: &mut Workspace) -> f64 {
        let p = self.p;
        let size = work.support.len();
        self.rest(target, work);
        for (i, &j) in work.support.iter().enumerate() {
            work.right[i] = dot(&self.factor[j * p..][..p], &work.rest);
        }
        cholesky_solve(&work.cholesky, p, &mut work.right[..size]);
        let missing = 1.0 - work.step[..size].iter().sum::<f64>();
        let sum_of_ones: f64 = work.ones[..size].iter().sum();
        let multiplier = (work.right[..size].iter().sum::<f64>() - missing) / sum_of_ones;
        for i in 0..size {
            work.step[i] += work.right[i] - multiplier * work.ones[i];
        }
        multiplier
    }

    /// c − R·a for the support's values in `work.step`.
    fn rest(&self, target: &[f64], work: &mut Workspace) {
        let p = self.p;
        work.rest.copy_from_slice(target);
        for (&j, &value) in work.support.iter().zip(&work.step) {
            let column = &self.factor[j * p..][..p];
            work.rest.iter_mut().zip(column).for_each(|(r, x)| *r -= value * x);
        }
    }

    fn gradient(&self, target: &[f64], work: &mut Workspace) {
        let p = self.p;
        self.rest(target, work);
        for (j, value) in work.gradient.iter_mut().enumerate() {
            *value = dot(&self.factor[j * p..][..p], &work.rest);
        }
    }

    /// Takes endmember `j` into the support; refuses one that depends on the others.
    fn append(&self, j: usize, work: &mut Workspace) -> bool {
        let p = self.p;
        let size = work.support.len();
        let (above, row) = work.cholesky.split_at_mut(size * p);
        for i in 0..size {
            let inner = dot(&above[i * p..][..i], &row[..i]);
            row[i] = (self.gram[work.support[i] * p + j] - inner) / above[i * p + i];
        }
        let pivot = self.gram[j * p + j] - dot(&row[..size], &row[..size]);
        if pivot <= DEPENDENT * self.gram[j * p + j] {
            return false;
        }
        row[size] = pivot.sqrt();
        work.support.push(j);
        work.solve_ones(p);
        true
    }
}

impl Workspace {
    fn solve_ones(&mut self, p: usize) {
        let size = self.support.len();
        self.ones[..size].fill(1.0);
        cholesky_solve(&self.cholesky, p, &mut self.ones[..size]);
    }

    /// Drops the support's entry at `position` and restores the triangle with Givens rotations.
    fn remove(&mut self, position: usize) {
        let p = self.right.len();
        let size = self.support.len();
        self.support.remove(position);
        for row in position..size - 1 {
            let (above, below) = self.cholesky.split_at_mut((row + 1) * p);
            above[row * p..][..row + 2].copy_from_slice(&below[..row + 2]);
        }
        for column in position..size - 1 {
            let (a, b) = (self.cholesky[column * p + column], self.cholesky[column * p + column + 1]);
            let length = a.hypot(b);
            let (cosine, sine) = (a / length, b / length);
            for row in column..size - 1 {
                let (x, y) = (self.cholesky[row * p + column], self.cholesky[row * p + column + 1]);
                self.cholesky[row * p + column] = cosine * x + sine * y;
                self.cholesky[row * p + column + 1] = cosine * y - sine * x;
            }
        }
        self.solve_ones(p);
    }
}

/// Walks from the feasible `abundances` towards `work.step` until the first one reaches zero, and takes that one
/// out of the support. Returns it.
fn step_to_boundary(abundances: &mut [f64], work: &mut Workspace) -> usize {
    let mut fraction = 1.0;
    let mut blocking = 0;
    for (i, (&j, &goal)) in work.support.iter().zip(&work.step).enumerate() {
        if goal < 0.0 {
            let reach = abundances[j] / (abundances[j] - goal);
            if reach < fraction {
                fraction = reach;
                blocking = i;
            }
        }
    }
    for (&j, &goal) in work.support.iter().zip(&work.step) {
        abundances[j] = (abundances[j] + fraction * (goal - abundances[j])).max(0.0);
    }
    let removed = work.support[blocking];
    abundances[removed] = 0.0;
    work.remove(blocking);
    removed
}

/// Solves L·Lᵀ·x = b in place; rows of L have length `stride`.
fn cholesky_solve(lower: &[f64], stride: usize, x: &mut [f64]) {
    let size = x.len();
    for i in 0..size {
        let row = &lower[i * stride..][..i + 1];
        let mut value = x[i];
        for k in 0..i {
            value -= row[k] * x[k];
        }
        x[i] = value / row[i];
    }
    for i in (0..size).rev() {
        let row = &lower[i * stride..][..i + 1];
        let value = x[i] / row[i];
        x[i] = value;
        for k in 0..i {
            x[k] -= row[k] * value;
        }
    }
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
