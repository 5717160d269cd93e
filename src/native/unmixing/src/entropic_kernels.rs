use filigree_core::Wide;

use filigree_core::exp_of_non_positive;

/// Pixels worked on at once.
const LANES: usize = 8;

/// Entropic descent on the abundances of a tile, the archetypes fixed: `count` times
/// a ← softmax(log a − η·(EᵀE·a − Eᵀy)) for every pixel, whose a, p numbers, lies on the simplex.
pub(crate) struct AbundanceSteps<'a> {
    /// p × n logarithms of the abundances, up to a constant a pixel.
    pub logs: &'a mut [f64],
    /// p × n: Eᵀy on entry, the abundances after the last step on return.
    pub abundances: &'a mut [f64],
    /// EᵀE, p × p.
    pub gram: &'a [f64],
    /// η.
    pub step: f64,
    pub count: usize,
    pub p: usize,
}

impl Wide for AbundanceSteps<'_> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        let p = self.p;
        let n = self.logs.len() / p;
        let mut logs = vec![[0.0; LANES]; p];
        let mut likeness = vec![[0.0; LANES]; p];
        let mut shares = vec![[0.0; LANES]; p];
        for from in (0..n).step_by(LANES) {
            let width = LANES.min(n - from);
            for k in 0..p {
                logs[k] = load(&self.logs[k * n + from..][..width]);
                likeness[k] = load(&self.abundances[k * n + from..][..width]);
            }
            softmax(&mut logs, &mut shares);
            for _ in 0..self.count {
                for k in 0..p {
                    let mut gradient = likeness[k].map(|value| -value);
                    for (weight, share) in self.gram[k * p..][..p].iter().zip(&shares) {
                        for lane in 0..LANES {
                            gradient[lane] += weight * share[lane];
                        }
                    }
                    for lane in 0..LANES {
                        logs[k][lane] -= self.step * gradient[lane];
                    }
                }
                softmax(&mut logs, &mut shares);
            }
            for k in 0..p {
                self.logs[k * n + from..][..width].copy_from_slice(&logs[k][..width]);
                self.abundances[k * n + from..][..width].copy_from_slice(&shares[k][..width]);
            }
        }
    }
}

/// Shares that sum to one, from logarithms that are shifted so that the largest is zero.
#[inline(always)]
fn softmax(logs: &mut [[f64; LANES]], shares: &mut [[f64; LANES]]) {
    let mut largest = [f64::NEG_INFINITY; LANES];
    for row in logs.iter() {
        for lane in 0..LANES {
            largest[lane] = if row[lane] > largest[lane] { row[lane] } else { largest[lane] };
        }
    }
    let mut sum = [0.0; LANES];
    for (row, share) in logs.iter_mut().zip(shares.iter_mut()) {
        for lane in 0..LANES {
            row[lane] -= largest[lane];
            share[lane] = exp_of_non_positive(row[lane]);
            sum[lane] += share[lane];
        }
    }
    let scale = sum.map(|sum| 1.0 / sum);
    for share in shares.iter_mut() {
        for lane in 0..LANES {
            share[lane] *= scale[lane];
        }
    }
}

#[inline(always)]
fn load(values: &[f64]) -> [f64; LANES] {
    let mut lanes = [0.0; LANES];
    lanes[..values.len()].copy_from_slice(values);
    lanes
}

/// Entropic descent on a row of the weights: log b ← log b + η·pull for the pixels of a tile.
pub(crate) struct WeightStep<'a> {
    /// n logarithms of the weights, up to a constant of the whole row.
    pub logs: &'a mut [f64],
    /// The pull on entry; exp(log b − the largest of the tile) on return.
    pub weights: &'a mut [f64],
    /// η.
    pub step: f64,
}

impl Wide for WeightStep<'_> {
    /// The largest logarithm of the tile, and the sum of the weights relative to it.
    type Output = (f64, f64);
    #[inline(always)]
    fn run(self) -> (f64, f64) {
        let mut lanes = [f64::NEG_INFINITY; LANES];
        for (logs, pulls) in self.logs.chunks_mut(LANES).zip(self.weights.chunks(LANES)) {
            for ((log, pull), largest) in logs.iter_mut().zip(pulls).zip(&mut lanes) {
                *log += self.step * pull;
                *largest = if *log > *largest { *log } else { *largest };
            }
        }
        let largest = lanes.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let mut sums = [0.0; LANES];
        for (weights, logs) in self.weights.chunks_mut(LANES).zip(self.logs.chunks(LANES)) {
            for ((weight, log), sum) in weights.iter_mut().zip(logs).zip(&mut sums) {
                *weight = exp_of_non_positive(log - largest);
                *sum += *weight;
            }
        }
        (largest, sums.iter().sum())
    }
}
