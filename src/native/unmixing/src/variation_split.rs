use filigree_core::{Error, zeros};

/// Thresholds of one step, in units of the penalty.
pub(crate) struct Smoothing {
    pub sparsity: f64,
    pub variation: f64,
    pub isotropic: bool,
}

/// Everything ADMM keeps of one abundance map: a sparse copy of it, copies that are smooth along lines and along
/// samples, the differences of these, and their multipliers.
pub(crate) struct MapSplit {
    lines: usize,
    samples: usize,
    /// Sparse copy and its multiplier, as their sum: the copy is what the threshold leaves of it.
    sparse: Vec<f64>,
    along: [Direction; 2],
}

/// One direction: a smooth copy with its multiplier, and the differences of it with theirs, as their sum.
struct Direction {
    copy: Vec<f64>,
    multiplier: Vec<f64>,
    jumps: Vec<f64>,
    /// What the threshold left of `jumps`.
    kept: Vec<f64>,
}

impl Direction {
    fn new(pixels: usize, what: &str) -> Result<Self, Error> {
        Ok(Self {
            copy: zeros(pixels, what)?,
            multiplier: zeros(pixels, what)?,
            jumps: zeros(pixels, what)?,
            kept: zeros(pixels, what)?,
        })
    }
}

impl MapSplit {
    pub(crate) fn new([lines, samples]: [usize; 2], what: &str) -> Result<Self, Error> {
        let pixels = lines * samples;
        Ok(Self {
            lines,
            samples,
            sparse: zeros(pixels, what)?,
            along: [Direction::new(pixels, what)?, Direction::new(pixels, what)?],
        })
    }

    /// The sparse copy at one place.
    pub(crate) fn sparse(&self, place: usize, smoothing: &Smoothing) -> f64 {
        (self.sparse[place] - smoothing.sparsity).max(0.0)
    }

    /// Updates all copies from the smooth step `mixed` (pixels × maps, this is column `map`), writes into `wanted`
    /// what they ask of the next one, and returns the squared distance between abundances and copies.
    pub(crate) fn step(
        &mut self,
        mixed: &[f64],
        map: usize,
        maps: usize,
        smoothing: &Smoothing,
        wanted: &mut [f64],
    ) -> f64 {
        let x: Vec<f64> = mixed.iter().skip(map).step_by(maps).copied().collect();
        let mut split = 0.0;
        for (place, w) in self.sparse.iter_mut().enumerate() {
            let before = (*w - smoothing.sparsity).max(0.0);
            *w = x[place] + (*w - before);
            let copy = (*w - smoothing.sparsity).max(0.0);
            split += (x[place] - copy).powi(2);
            wanted[place] = 2.0 * copy - *w;
        }
        let (lines, samples) = (self.lines, self.samples);
        for (direction, along) in self.along.iter_mut().enumerate() {
            let (length, stride) = if direction == 0 { (samples, 1) } else { (lines, samples) };
            for first in starts(direction, lines, samples) {
                smooth_line(along, &x, first, length, stride);
            }
        }
        self.threshold(smoothing);
        for along in &mut self.along {
            for place in 0..x.len() {
                let gap = x[place] - along.copy[place];
                along.multiplier[place] += gap;
                split += gap * gap;
                wanted[place] += along.copy[place] - along.multiplier[place];
            }
        }
        split
    }

    /// Shrinks the jumps of both directions, each for itself or as vectors.
    fn threshold(&mut self, smoothing: &Smoothing) {
        let weight = smoothing.variation;
        let [along, across] = &mut self.along;
        for place in 0..along.jumps.len() {
            let (h, v) = (along.jumps[place], across.jumps[place]);
            (along.kept[place], across.kept[place]) = if smoothing.isotropic {
                let length = h.hypot(v);
                let factor = if length > weight { 1.0 - weight / length } else { 0.0 };
                (factor * h, factor * v)
            } else {
                (shrunk(h, weight), shrunk(v, weight))
            };
        }
    }
}

fn shrunk(value: f64, weight: f64) -> f64 {
    value.signum() * (value.abs() - weight).max(0.0)
}

/// First places of the lines of a direction.
fn starts(direction: usize, lines: usize, samples: usize) -> impl Iterator<Item = usize> {
    let (count, step) = if direction == 0 { (lines, samples) } else { (samples, 1) };
    (0..count).map(move |index| index * step)
}

/// The smooth copy v of one line: (I + DᵀD)v = x + d + Dᵀ(g − e) by Thomas' algorithm, then the sum of its jumps and
/// their multiplier. D takes differences to the next pixel; the last pixel of a line has none.
fn smooth_line(along: &mut Direction, x: &[f64], first: usize, length: usize, stride: usize) {
    let at = |index: usize| first + index * stride;
    // What is left of the jumps after the threshold, minus their multiplier: g − e = 2g − (g + e).
    let target = |along: &Direction, index: usize| {
        if index + 1 < length { 2.0 * along.kept[at(index)] - along.jumps[at(index)] } else { 0.0 }
    };
    let mut upper = vec![0.0; length];
    let mut right = vec![0.0; length];
    for index in 0..length {
        let before = if index > 0 { target(along, index - 1) } else { 0.0 };
        let side = x[at(index)] + along.multiplier[at(index)] + before - target(along, index);
        let neighbours = f64::from(u8::from(index > 0)) + f64::from(u8::from(index + 1 < length));
        let (above, known) = if index > 0 { (upper[index - 1], right[index - 1]) } else { (0.0, 0.0) };
        let lower = if index > 0 { -1.0 } else { 0.0 };
        let pivot = 1.0 + neighbours - lower * above;
        upper[index] = if index + 1 < length { -1.0 / pivot } else { 0.0 };
        right[index] = (side - lower * known) / pivot;
    }
    for index in (0..length).rev() {
        let next = if index + 1 < length { right[index + 1] } else { 0.0 };
        right[index] -= upper[index] * next;
    }
    for index in 0..length {
        let place = at(index);
        along.copy[place] = right[index];
        if index + 1 < length {
            let jump = right[index + 1] - right[index];
            along.jumps[place] = jump + (along.jumps[place] - along.kept[place]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use filigree_core::Random;

    #[test]
    fn the_smooth_copy_solves_its_equations() {
        let mut random = Random::new(3, 0);
        let length = 9;
        let mut along = Direction::new(length, "a test").unwrap();
        let mut draw = |values: &mut Vec<f64>| values.iter_mut().for_each(|value| *value = random.normal());
        draw(&mut along.multiplier);
        draw(&mut along.jumps);
        draw(&mut along.kept);
        let mut x = vec![0.0; length];
        draw(&mut x);
        let (jumps, kept) = (along.jumps.clone(), along.kept.clone());
        smooth_line(&mut along, &x, 0, length, 1);
        let v = &along.copy;
        let target = |i: usize| 2.0 * kept[i] - jumps[i];
        for i in 0..length {
            let mut left = v[i];
            let mut right = x[i] + along.multiplier[i];
            if i > 0 {
                left += v[i] - v[i - 1];
                right += target(i - 1);
            }
            if i + 1 < length {
                left += v[i] - v[i + 1];
                right -= target(i);
            }
            assert!((left - right).abs() < 1e-12);
        }
    }

    #[test]
    fn a_noisy_step_is_denoised_to_the_minimum_of_its_objective() {
        // One map, no sparsity: alternating with the identity as data term denoises by total variation.
        let mut random = Random::new(1, 0);
        let scene = [6, 7];
        let data: Vec<f64> =
            (0..42).map(|i| f64::from(u8::from(i % 7 < 3)) + 0.1 * random.normal()).collect();
        let weight = 0.2;
        let smoothing = Smoothing { sparsity: 0.0, variation: weight, isotropic: false };
        let mut split = MapSplit::new(scene, "a test").unwrap();
        let mut wanted = vec![0.0; 42];
        let mut x = data.clone();
        for _ in 0..4000 {
            split.step(&x, 0, 1, &smoothing, &mut wanted);
            for i in 0..42 {
                x[i] = (data[i] + wanted[i]) / 4.0;
            }
        }
        let objective = |x: &[f64]| -> f64 {
            let fit: f64 = x.iter().zip(&data).map(|(a, b)| 0.5 * (a - b).powi(2)).sum();
            let jumps: f64 = (0..42)
                .map(|i| {
                    let across = if i % 7 < 6 { (x[i + 1] - x[i]).abs() } else { 0.0 };
                    across + if i < 35 { (x[i + 7] - x[i]).abs() } else { 0.0 }
                })
                .sum();
            fit + weight * jumps
        };
        let best = objective(&x);
        for _ in 0..2000 {
            let moved: Vec<f64> = x.iter().map(|value| (value + 0.02 * random.normal()).max(0.0)).collect();
            assert!(objective(&moved) > best - 1e-7);
        }
        assert!(best < objective(&data));
    }
}
