use super::model::Updates;
use crate::lanes::{LANES, LaneKernel, Lanes, in_lanes};

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
        in_lanes(self);
    }
}

impl LaneKernel for ComponentStep<'_> {
    type Output = ();
    #[inline(always)]
    fn run<L: Lanes>(self) {
        // Columns side by side: enough sums that do not wait for each other to keep the processor busy.
        if L::REGISTERS >= 24 { self.step::<L, 8>() } else { self.step::<L, 3>() }
    }
}

impl ComponentStep<'_> {
    /// Moves `V` registers of columns at a time.
    #[inline(always)]
    fn step<L: Lanes, const V: usize>(self) {
        let columns = self.columns;
        let p = self.values.len().checked_div(columns).unwrap_or(0);
        let zero = [L::splat(0.0); V];
        let (mut x, mut c, mut factors) = (vec![zero; p], vec![zero; p], vec![zero; p]);
        let mut s = vec![[L::splat(self.slope); V]; p];
        for first in (0..columns).step_by(V * LANES) {
            let here = first..columns.min(first + V * LANES);
            let tied = if self.tied.is_empty() { zero } else { loaded(&self.tied[here.clone()]) };
            for k in 0..p {
                let own = k * columns + here.start..k * columns + here.end;
                x[k] = loaded(&self.values[own.clone()]);
                c[k] = loaded(&self.pull[own.clone()]);
                if !self.slopes.is_empty() {
                    let slopes: [L; V] = loaded(&self.slopes[own]);
                    for v in 0..V {
                        s[k][v] = slopes[v].plus(L::splat(self.slope));
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
                let own = &mut self.values[k * columns + here.start..k * columns + here.end];
                for (v, out) in own.chunks_mut(LANES).enumerate() {
                    x[k][v].put_part(out);
                }
            }
        }
    }
}

/// Up to `V` registers of numbers, and zeros after them.
#[inline(always)]
fn loaded<L: Lanes, const V: usize>(values: &[f64]) -> [L; V] {
    let mut out = [L::splat(0.0); V];
    for (out, part) in out.iter_mut().zip(values.chunks(LANES)) {
        *out = L::of_part(part);
    }
    out
}

/// Row k of G times x.
#[inline(always)]
fn against<L: Lanes, const V: usize>(x: &[[L; V]], row: &[f64]) -> [L; V] {
    let mut sum = [L::splat(0.0); V];
    for (x, &g) in x.iter().zip(row) {
        let g = L::splat(g);
        for v in 0..V {
            sum[v] = g.times_plus(x[v], sum[v]);
        }
    }
    sum
}

/// x ← x∘c/(Gx + tx + s). Unchanged where nothing pushes: 0/0 says that the objective does not depend on it.
#[inline(always)]
fn multiply<L: Lanes, const V: usize>(
    x: &mut [[L; V]],
    c: &[[L; V]],
    s: &[[L; V]],
    tied: &[L; V],
    ratio: &mut [[L; V]],
    gram: &[f64],
) {
    let p = x.len();
    for k in 0..p {
        let push = against(x, &gram[k * p..][..p]);
        for v in 0..V {
            let push = tied[v].times_plus(x[k][v], push[v]).plus(s[k][v]);
            ratio[k][v] = c[k][v].over_positive(push);
        }
    }
    for k in 0..p {
        for v in 0..V {
            x[k][v] = x[k][v].times(ratio[k][v]);
        }
    }
}

/// 1/(G_kk + t), zero where the objective does not bend: such a component stays where it is.
#[inline(always)]
fn invert<L: Lanes, const V: usize>(inverse: &mut [[L; V]], tied: &[L; V], gram: &[f64]) {
    let p = inverse.len();
    for (k, inverse) in inverse.iter_mut().enumerate() {
        for v in 0..V {
            inverse[v] = L::splat(gram[k * p + k]).plus(tied[v]).inverse_positive();
        }
    }
}

/// x_k ← max(0, minimiser along component k), one component after the other.
#[inline(always)]
fn descend<L: Lanes, const V: usize>(
    x: &mut [[L; V]],
    c: &[[L; V]],
    s: &[[L; V]],
    tied: &[L; V],
    inverse: &[[L; V]],
    gram: &[f64],
) {
    let p = x.len();
    for k in 0..p {
        let sum = against(x, &gram[k * p..][..p]);
        for v in 0..V {
            let slope = tied[v].times_plus(x[k][v], sum[v]).plus(s[k][v].minus(c[k][v]));
            x[k][v] = slope.times_from(inverse[k][v], x[k][v]).positive();
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
        for (p, columns) in [(1, 1), (3, 8), (5, 21), (4, 75)] {
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
