use filigree_core::{Wide, widest};

use super::model::Updates;

/// Columns worked on side by side: enough sums that do not wait for each other to keep the processor busy.
const LANES: usize = 32;

/// Lowers ½xᵀGx − cᵀx + ½t‖x‖² + sᵀx over x ≥ 0 for many columns x at once, from where they are.
///
/// Abundances of pixels and bands of endmembers are the same problem, so both factors of a factorisation move by
/// this. All matrices are p × `columns`, component after component.
pub(super) struct ComponentStep<'a> {
    pub updates: Updates,
    pub repeats: usize,
    pub columns: usize,
    /// G, p × p, symmetric.
    pub gram: &'a [f64],
    /// c.
    pub pull: &'a [f64],
    /// t, one for each column; empty where it is zero.
    pub tied: &'a [f64],
    /// s, where it differs between entries; empty otherwise.
    pub slopes: &'a [f64],
    /// Added to s everywhere.
    pub slope: f64,
    /// x.
    pub values: &'a mut [f64],
}

impl ComponentStep<'_> {
    /// Moves `values`.
    pub(super) fn take(self) {
        widest(self);
    }
}

impl Wide for ComponentStep<'_> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        let columns = self.columns;
        let p = self.values.len().checked_div(columns).unwrap_or(0);
        let [mut x, mut c, mut factors] = std::array::from_fn(|_| vec![[0.0; LANES]; p]);
        let mut s = vec![[self.slope; LANES]; p];
        for first in (0..columns).step_by(LANES) {
            let count = LANES.min(columns - first);
            let mut tied = [0.0; LANES];
            if !self.tied.is_empty() {
                tied[..count].copy_from_slice(&self.tied[first..first + count]);
            }
            for k in 0..p {
                let from = k * columns + first;
                x[k][..count].copy_from_slice(&self.values[from..from + count]);
                c[k][..count].copy_from_slice(&self.pull[from..from + count]);
                if !self.slopes.is_empty() {
                    for (s, slope) in s[k].iter_mut().zip(&self.slopes[from..from + count]) {
                        *s = self.slope + slope;
                    }
                }
            }
            match self.updates {
                Updates::Multiplicative => {
                    for _ in 0..self.repeats {
                        multiply(&mut x, &c, &s, &tied, &mut factors, self.gram);
                    }
                }
                Updates::Hals => {
                    invert(&mut factors, &tied, self.gram);
                    for _ in 0..self.repeats {
                        descend(&mut x, &c, &s, &tied, &factors, self.gram);
                    }
                }
            }
            for k in 0..p {
                let from = k * columns + first;
                self.values[from..from + count].copy_from_slice(&x[k][..count]);
            }
        }
    }
}

/// Row k of G times x.
#[inline(always)]
fn against(x: &[[f64; LANES]], row: &[f64]) -> [f64; LANES] {
    let mut sum = [0.0; LANES];
    for (x, g) in x.iter().zip(row) {
        for lane in 0..LANES {
            sum[lane] += g * x[lane];
        }
    }
    sum
}

/// x ← x∘c/(Gx + tx + s). Unchanged where nothing pushes: 0/0 says that the objective does not depend on it.
#[inline(always)]
fn multiply(
    x: &mut [[f64; LANES]],
    c: &[[f64; LANES]],
    s: &[[f64; LANES]],
    tied: &[f64; LANES],
    ratio: &mut [[f64; LANES]],
    gram: &[f64],
) {
    let p = x.len();
    for k in 0..p {
        let push = against(x, &gram[k * p..][..p]);
        for lane in 0..LANES {
            let push = push[lane] + tied[lane] * x[k][lane] + s[k][lane];
            ratio[k][lane] = if push > 0.0 { c[k][lane] / push } else { 1.0 };
        }
    }
    for k in 0..p {
        for lane in 0..LANES {
            x[k][lane] *= ratio[k][lane];
        }
    }
}

/// 1/(G_kk + t), zero where the objective does not bend: such a component stays where it is.
#[inline(always)]
fn invert(inverse: &mut [[f64; LANES]], tied: &[f64; LANES], gram: &[f64]) {
    let p = inverse.len();
    for (k, inverse) in inverse.iter_mut().enumerate() {
        for lane in 0..LANES {
            let curvature = gram[k * p + k] + tied[lane];
            inverse[lane] = if curvature > 0.0 { 1.0 / curvature } else { 0.0 };
        }
    }
}

/// x_k ← max(0, minimiser along component k), one component after the other.
#[inline(always)]
fn descend(
    x: &mut [[f64; LANES]],
    c: &[[f64; LANES]],
    s: &[[f64; LANES]],
    tied: &[f64; LANES],
    inverse: &[[f64; LANES]],
    gram: &[f64],
) {
    let p = x.len();
    for k in 0..p {
        let sum = against(x, &gram[k * p..][..p]);
        for lane in 0..LANES {
            let slope = sum[lane] + tied[lane] * x[k][lane] + s[k][lane] - c[k][lane];
            x[k][lane] = (x[k][lane] - slope * inverse[k][lane]).max(0.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use filigree_core::Random;

    fn problem(p: usize, columns: usize) -> [Vec<f64>; 5] {
        let mut random = Random::new(9, p as u64);
        let mut draw = |count: usize| -> Vec<f64> { (0..count).map(|_| random.uniform()).collect() };
        let half = draw(p * 3 * p);
        let gram = (0..p * p)
            .map(|i| (0..3 * p).map(|r| half[(i / p) * 3 * p + r] * half[(i % p) * 3 * p + r]).sum())
            .collect();
        [gram, draw(p * columns), draw(columns), draw(p * columns), draw(p * columns)]
    }

    fn value([gram, pull, tied, slopes, _]: &[Vec<f64>; 5], x: &[f64], p: usize, columns: usize) -> f64 {
        let at = |k: usize, n: usize| x[k * columns + n];
        (0..columns)
            .map(|n| {
                (0..p)
                    .map(|k| {
                        let gx: f64 = (0..p).map(|j| gram[k * p + j] * at(j, n)).sum();
                        at(k, n)
                            * (0.5 * gx + 0.5 * tied[n] * at(k, n) + slopes[k * columns + n] + 0.1
                                - pull[k * columns + n])
                    })
                    .sum::<f64>()
            })
            .sum()
    }

    #[test]
    fn both_updates_lower_the_same_objective_to_the_same_minimum() {
        for (p, columns) in [(1, 1), (3, 8), (5, 21)] {
            let made = problem(p, columns);
            let run = |updates, repeats| {
                let mut values = made[4].clone();
                ComponentStep {
                    updates,
                    repeats,
                    columns,
                    gram: &made[0],
                    pull: &made[1],
                    tied: &made[2],
                    slopes: &made[3],
                    slope: 0.1,
                    values: &mut values,
                }
                .take();
                value(&made, &values, p, columns)
            };
            for updates in [Updates::Multiplicative, Updates::Hals] {
                let values: Vec<f64> = (0..30).map(|repeats| run(updates, repeats)).collect();
                assert!(values.windows(2).all(|pair| pair[1] <= pair[0] + 1e-12), "{updates:?}: {values:?}");
            }
            let exact = run(Updates::Hals, 3000);
            let slow = run(Updates::Multiplicative, 200_000);
            assert!((exact - slow).abs() < 1e-4 * (1.0 + exact.abs()), "{exact} and {slow}");
        }
    }

    #[test]
    fn nothing_to_divide_by_leaves_values_as_they_are() {
        for updates in [Updates::Multiplicative, Updates::Hals] {
            let mut values = [0.5, 0.0, 0.25];
            ComponentStep {
                updates,
                repeats: 3,
                columns: 3,
                gram: &[0.0],
                pull: &[0.0; 3],
                tied: &[],
                slopes: &[],
                slope: 0.0,
                values: &mut values,
            }
            .take();
            assert_eq!(values, [0.5, 0.0, 0.25]);
        }
    }

    #[test]
    fn an_endless_slope_at_zero_gives_zero_and_no_nan() {
        let mut values = [0.0, 0.5];
        ComponentStep {
            updates: Updates::Multiplicative,
            repeats: 2,
            columns: 2,
            gram: &[1.0],
            pull: &[1.0, 1.0],
            tied: &[],
            slopes: &[f64::INFINITY, 0.0],
            slope: 0.0,
            values: &mut values,
        }
        .take();
        assert_eq!(values, [0.0, 1.0]);
    }
}
