use crate::lanes::{LANES, LaneKernel, Lanes, in_lanes};

/// Sums over the abundances of one tile (p × pixels).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Tally {
    /// Σ (1 − 1ᵀa)² over the pixels.
    pub deviation: f64,
    /// Σ a.
    pub sum: f64,
    /// Σ √a, where it was asked for.
    pub roots: f64,
}

impl Tally {
    /// Of abundances (p × `count`).
    pub(super) fn of(abundances: &[f64], count: usize, with_roots: bool) -> Self {
        in_lanes(TallyOf { abundances, count, with_roots })
    }
}

struct TallyOf<'a> {
    abundances: &'a [f64],
    count: usize,
    with_roots: bool,
}

impl LaneKernel for TallyOf<'_> {
    type Output = Tally;
    #[inline(always)]
    fn run<L: Lanes>(self) -> Tally {
        let zero = L::splat(0.0);
        let (mut deviation, mut sum, mut roots) = (zero, zero, zero);
        for first in (0..self.count).step_by(LANES) {
            let here = LANES.min(self.count - first);
            let (mut own, mut own_roots) = (zero, zero);
            for component in self.abundances.chunks_exact(self.count) {
                let a = L::of_part(&component[first..first + here]);
                own = own.plus(a);
                if self.with_roots {
                    own_roots = own_roots.plus(a.root());
                }
            }
            let mut ones = [0.0; LANES];
            ones[..here].fill(1.0);
            let missing = L::of(&ones).minus(own);
            deviation = missing.times_plus(missing, deviation);
            sum = sum.plus(own);
            roots = roots.plus(own_roots);
        }
        Tally { deviation: deviation.sum(), sum: sum.sum(), roots: roots.sum() }
    }
}

/// Puts the slope of weight · √a for every abundance into `slopes`: infinite at zero.
pub(super) fn slopes_of_roots(weight: f64, abundances: &[f64], slopes: &mut Vec<f64>) {
    slopes.resize(abundances.len(), 0.0);
    in_lanes(SlopesOfRoots { weight, abundances, slopes });
}

struct SlopesOfRoots<'a> {
    weight: f64,
    abundances: &'a [f64],
    slopes: &'a mut [f64],
}

impl LaneKernel for SlopesOfRoots<'_> {
    type Output = ();
    #[inline(always)]
    fn run<L: Lanes>(self) {
        let half = L::splat(0.5 * self.weight);
        for (slopes, a) in self.slopes.chunks_mut(LANES).zip(self.abundances.chunks(LANES)) {
            half.over(L::of_part(a).root()).put_part(slopes);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use filigree_core::Random;

    #[test]
    fn sums_and_slopes_are_those_of_the_definition() {
        let mut random = Random::new(1, 0);
        for (p, count) in [(1, 1), (3, 8), (2, 29)] {
            let abundances: Vec<f64> = (0..p * count).map(|_| random.uniform()).collect();
            let found = Tally::of(&abundances, count, true);
            let own = |n: usize| -> f64 { (0..p).map(|k| abundances[k * count + n]).sum() };
            let deviation: f64 = (0..count).map(|n| (1.0 - own(n)).powi(2)).sum();
            assert!((found.deviation - deviation).abs() < 1e-12);
            assert!((found.sum - abundances.iter().sum::<f64>()).abs() < 1e-12);
            assert!((found.roots - abundances.iter().map(|a| a.sqrt()).sum::<f64>()).abs() < 1e-12);
            assert_eq!(Tally::of(&abundances, count, false).roots, 0.0);
            let mut slopes = Vec::new();
            slopes_of_roots(0.3, &abundances, &mut slopes);
            for (slope, a) in slopes.iter().zip(&abundances) {
                assert!((slope - 0.15 / a.sqrt()).abs() < 1e-12 * slope);
            }
        }
        let mut slopes = Vec::new();
        slopes_of_roots(0.3, &[0.0], &mut slopes);
        assert_eq!(slopes, [f64::INFINITY]);
    }
}
