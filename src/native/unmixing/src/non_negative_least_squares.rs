use filigree_core::dot;

/// Least squares with non-negative coefficients from a Gram matrix: min ½aᵀGa − bᵀa, a ≥ 0, by Lawson and Hanson's
/// active set ("Solving Least Squares Problems", 1974, chapter 23), started at the support of the pixel before.
pub(crate) struct NonNegativeLeastSquares {
    p: usize,
    /// p × p.
    gram: Vec<f64>,
}

/// What one thread keeps between pixels.
#[derive(Default)]
pub(crate) struct Scratch {
    support: Vec<usize>,
    factor: Vec<f64>,
    trial: Vec<f64>,
    /// Pixels whose optimality conditions could not be met.
    pub unsolved: usize,
}

impl Scratch {
    /// Forgets the neighbour: the first pixel of a tile depends on no other tile.
    pub(crate) fn start_anew(&mut self) {
        self.support.clear();
    }
}

/// A pivot below this share of its diagonal entry makes a column dependent on those before it.
const DEPENDENT: f64 = 1e-13;

impl NonNegativeLeastSquares {
    /// From the products of the columns with each other.
    pub(crate) fn new(gram: Vec<f64>, p: usize) -> Self {
        Self { p, gram }
    }

    /// Solves for one right-hand side `b` = Mᵀy into `a`. `tolerance` is the largest violation of an optimality
    /// condition, relative to √Gⱼⱼ·`size`, the lengths of column and pixel.
    pub(crate) fn solve(&self, b: &[f64], size: f64, tolerance: f64, a: &mut [f64], work: &mut Scratch) {
        let p = self.p;
        let reach = |j: usize| tolerance * self.gram[j * p + j].sqrt() * size;
        a.fill(0.0);
        // The support of the neighbour is a start only where it is feasible.
        if !self.solve_on_support(b, work) || work.trial.iter().any(|&x| x <= 0.0) {
            work.support.clear();
        }
        spread(&work.support, &work.trial, a);
        for _ in 0..3 * p + 10 {
            let slope = |j: usize| b[j] - dot(&self.gram[j * p..][..p], a);
            let entering = (0..p)
                .filter(|j| !work.support.contains(j))
                .map(|j| (j, slope(j)))
                .filter(|&(j, slope)| slope > reach(j))
                .fold(None, |best: Option<(usize, f64)>, next| match best {
                    Some(best) if best.1 >= next.1 => Some(best),
                    _ => Some(next),
                });
            let Some((entering, _)) = entering else { return };
            work.support.push(entering);
            if !self.solve_on_support(b, work) {
                // The column depends on those of the support: it adds nothing.
                work.support.pop();
                break;
            }
            self.step_back_until_feasible(b, a, work);
        }
        work.unsolved += 1;
    }

    /// Moves from `a` towards the solution on the support, dropping what reaches zero on the way.
    fn step_back_until_feasible(&self, b: &[f64], a: &mut [f64], work: &mut Scratch) {
        while work.trial.iter().any(|&x| x <= 0.0) {
            let mut share = 1.0f64;
            for (&j, &x) in work.support.iter().zip(&work.trial) {
                if x <= 0.0 {
                    share = share.min(a[j] / (a[j] - x));
                }
            }
            for (&j, &x) in work.support.iter().zip(&work.trial) {
                a[j] += share * (x - a[j]);
            }
            let lowest = work
                .support
                .iter()
                .zip(&work.trial)
                .filter(|(_, x)| **x <= 0.0)
                .map(|(&j, _)| j)
                .min_by(|&i, &j| a[i].total_cmp(&a[j]));
            work.support.retain(|&j| {
                let leaves = Some(j) == lowest || a[j] <= 0.0;
                if leaves {
                    a[j] = 0.0;
                }
                !leaves
            });
            if !self.solve_on_support(b, work) {
                return;
            }
        }
        a.fill(0.0);
        spread(&work.support, &work.trial, a);
    }

    /// Solves G a = b on the support by Cholesky into `trial`; false where its columns are dependent.
    fn solve_on_support(&self, b: &[f64], work: &mut Scratch) -> bool {
        let (n, p) = (work.support.len(), self.p);
        work.factor.resize(n * n, 0.0);
        work.trial.clear();
        for i in 0..n {
            let row = &self.gram[work.support[i] * p..][..p];
            for k in 0..=i {
                let sum = row[work.support[k]] - dot(&work.factor[i * n..][..k], &work.factor[k * n..][..k]);
                work.factor[i * n + k] = if k < i {
                    sum / work.factor[k * n + k]
                } else if sum > DEPENDENT * row[work.support[i]] {
                    sum.sqrt()
                } else {
                    return false;
                };
            }
            let forward = b[work.support[i]] - dot(&work.factor[i * n..][..i], &work.trial);
            work.trial.push(forward / work.factor[i * n + i]);
        }
        for i in (0..n).rev() {
            let later: f64 = (i + 1..n).map(|k| work.factor[k * n + i] * work.trial[k]).sum();
            work.trial[i] = (work.trial[i] - later) / work.factor[i * n + i];
        }
        true
    }
}

/// Puts the coefficients of a support in their places.
fn spread(support: &[usize], values: &[f64], a: &mut [f64]) {
    support.iter().zip(values).for_each(|(&j, &x)| a[j] = x);
}

#[cfg(test)]
mod tests {
    use super::*;
    use filigree_core::Random;
    use proptest::prelude::*;

    fn gram_of(m: &[f64], p: usize, bands: usize) -> Vec<f64> {
        (0..p * p).map(|i| dot(&m[(i / p) * bands..][..bands], &m[(i % p) * bands..][..bands])).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]
        #[test]
        fn the_conditions_of_optimality_hold(p in 1usize..9, bands in 1usize..14, seed in 0u64..10_000) {
            let mut random = Random::new(seed, 0);
            let m: Vec<f64> = (0..p * bands).map(|_| random.uniform()).collect();
            let solver = NonNegativeLeastSquares::new(gram_of(&m, p, bands), p);
            let mut work = Scratch::default();
            let mut a = vec![0.0; p];
            for _ in 0..6 {
                let y: Vec<f64> = (0..bands).map(|_| random.between(-0.5, 1.0)).collect();
                let b: Vec<f64> = (0..p).map(|j| dot(&m[j * bands..][..bands], &y)).collect();
                solver.solve(&b, dot(&y, &y).sqrt(), 1e-12, &mut a, &mut work);
                for j in 0..p {
                    let slope = b[j] - (0..p).map(|k| solver.gram[j * p + k] * a[k]).sum::<f64>();
                    prop_assert!(a[j] >= 0.0 && slope < 1e-7, "slope {slope}");
                    prop_assert!(a[j] == 0.0 || slope.abs() < 1e-7, "slope {slope} of {}", a[j]);
                }
            }
        }
    }

    #[test]
    fn dependent_and_zero_columns_are_handled() {
        let m = [0.3, 0.4, 0.5, 0.3, 0.4, 0.5, 0.0, 0.0, 0.0];
        let solver = NonNegativeLeastSquares::new(gram_of(&m, 3, 3), 3);
        let (mut a, mut work) = ([0.0; 3], Scratch::default());
        solver.solve(&[0.5, 0.5, 0.0], 1.0, 1e-12, &mut a, &mut work);
        assert!((a[0] + a[1] - 1.0).abs() < 1e-12 && a[2] == 0.0);
        assert_eq!(work.unsolved, 0);
    }
}
