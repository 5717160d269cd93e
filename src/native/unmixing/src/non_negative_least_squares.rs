use filigree_core::{Wide, dot, widest};

/// Least squares with non-negative coefficients from a Gram matrix: min ½aᵀGa − bᵀa, a ≥ 0, and where it is asked for
/// Σa = 1, by Lawson and Hanson's active set ("Solving Least Squares Problems", 1974, chapter 23), started at what is
/// feasible of the support of the pixel before.
///
/// A weight of Σa is taken off b by the caller; a ridge belongs on the diagonal of G.
pub(crate) struct NonNegativeLeastSquares {
    p: usize,
    /// p × p; raised by one number everywhere where the sum is fixed, which changes no solution and makes a column of
    /// zeros as good as any other.
    gram: Vec<f64>,
    sum_to_one: bool,
}

/// What one thread keeps between pixels.
#[derive(Default)]
pub(crate) struct Scratch {
    support: Vec<usize>,
    /// Rows of the Cholesky factor on the support, one after the other, row i with i + 1 numbers.
    factor: Vec<f64>,
    /// Rows of the factor that hold for the support as it is.
    factored: usize,
    trial: Vec<f64>,
    ones: Vec<f64>,
    /// Multiplier of Σa = 1.
    price: f64,
    slopes: Vec<f64>,
    /// Columns that cannot enter the support as it is.
    barred: Vec<usize>,
    /// Pixels whose optimality conditions could not be met.
    pub unsolved: usize,
    /// Most changes of the support a pixel took.
    pub most_steps: usize,
}

impl Scratch {
    /// Forgets the neighbour: the first pixel of a tile depends on no other tile.
    pub(crate) fn start_anew(&mut self) {
        self.keep(|_, _| false);
    }

    /// Keeps those columns of the support, given by place and number, that `stays` wants.
    fn keep(&mut self, stays: impl Fn(usize, usize) -> bool) {
        let (mut place, mut first) = (0, self.support.len());
        self.support.retain(|&j| {
            let stay = stays(place, j);
            if !stay {
                first = first.min(place);
            }
            place += 1;
            stay
        });
        self.factored = self.factored.min(first);
    }
}

/// A pivot below this share of its diagonal entry makes a column dependent on those before it.
const DEPENDENT: f64 = 1e-13;

impl NonNegativeLeastSquares {
    /// From the products of the columns with each other.
    pub(crate) fn new(gram: Vec<f64>, p: usize) -> Self {
        Self { p, gram, sum_to_one: false }
    }

    /// The same with the coefficients of every pixel summing to one.
    pub(crate) fn with_sum_to_one(mut self) -> Self {
        let mean = self.gram.iter().step_by(self.p + 1).sum::<f64>() / self.p as f64;
        let raise = if mean > 0.0 { mean } else { 1.0 };
        self.gram.iter_mut().for_each(|value| *value += raise);
        self.sum_to_one = true;
        self
    }

    /// Solves for one right-hand side `b` = Mᵀy into `a`. `tolerance` is the largest violation of an optimality
    /// condition, relative to √Gⱼⱼ·`size`, the lengths of column and pixel.
    pub(crate) fn solve(&self, b: &[f64], size: f64, tolerance: f64, a: &mut [f64], work: &mut Scratch) {
        let p = self.p;
        a.fill(0.0);
        work.barred.clear();
        self.start(b, work);
        spread(&work.support, &work.trial, a);
        for step in 0..3 * p + 10 {
            work.most_steps = work.most_steps.max(step);
            let entering = widest(Entering { solver: self, b, a, reach: tolerance * size, work });
            let Some(entering) = entering else { return };
            work.support.push(entering);
            if self.solve_on_support(b, work) {
                self.step_back_until_feasible(b, a, work);
            } else {
                work.support.pop();
            }
            if work.support.contains(&entering) {
                work.barred.clear();
            } else {
                // It depends on the support, or rounding turns it away: it adds nothing there.
                work.barred.push(entering);
            }
        }
        work.unsolved += 1;
    }

    /// Leaves of the support the neighbour had what is positive for this pixel, and solves on it; with the sum fixed a
    /// support is never empty.
    fn start(&self, b: &[f64], work: &mut Scratch) {
        loop {
            if self.sum_to_one && work.support.is_empty() {
                let cost = |j: usize| 0.5 * self.gram[j * self.p + j] - b[j];
                work.support.extend((0..self.p).min_by(|&i, &j| cost(i).total_cmp(&cost(j))));
            }
            if !self.solve_on_support(b, work) {
                work.start_anew();
                continue;
            }
            if work.trial.iter().all(|&x| x > 0.0) || (self.sum_to_one && work.support.len() == 1) {
                return;
            }
            let trial = std::mem::take(&mut work.trial);
            work.keep(|place, _| trial[place] > 0.0);
            work.trial = trial;
        }
    }

    /// Moves from `a` towards the solution on the support, dropping what reaches zero on the way.
    fn step_back_until_feasible(&self, b: &[f64], a: &mut [f64], work: &mut Scratch) {
        while work.trial.iter().any(|&x| x <= 0.0) {
            let mut share = 1.0f64;
            for (&j, &x) in work.support.iter().zip(&work.trial) {
                if x <= 0.0 {
                    share = share.min(a[j] / (a[j] - x).max(f64::MIN_POSITIVE));
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
            let leaves = |j: usize| Some(j) == lowest || a[j] <= 0.0;
            work.keep(|_, j| !leaves(j));
            if !self.solve_on_support(b, work) {
                return;
            }
        }
        a.fill(0.0);
        spread(&work.support, &work.trial, a);
    }

    /// Solves G a = b on the support by Cholesky into `trial`, with Σa = 1 where that is asked for; false where its
    /// columns are dependent.
    fn solve_on_support(&self, b: &[f64], work: &mut Scratch) -> bool {
        let (n, p) = (work.support.len(), self.p);
        work.factor.truncate(row_start(work.factored));
        for i in work.factored..n {
            let row = &self.gram[work.support[i] * p..][..p];
            let own = row_start(i);
            for k in 0..=i {
                let other = row_start(k);
                let sum = row[work.support[k]] - dot(&work.factor[own..][..k], &work.factor[other..][..k]);
                work.factor.push(if k < i {
                    sum / work.factor[other + k]
                } else if sum > DEPENDENT * row[work.support[i]] {
                    sum.sqrt()
                } else {
                    return false;
                });
            }
            work.factored = i + 1;
        }
        substitute(&work.factor, work.support.iter().map(|&j| b[j]), &mut work.trial);
        if self.sum_to_one {
            substitute(&work.factor, std::iter::repeat_n(1.0, n), &mut work.ones);
            work.price = (1.0 - work.trial.iter().sum::<f64>()) / work.ones.iter().sum::<f64>();
            work.trial.iter_mut().zip(&work.ones).for_each(|(x, one)| *x += work.price * one);
        }
        true
    }
}

/// Where row i of a packed lower triangle begins.
fn row_start(i: usize) -> usize {
    i * (i + 1) / 2
}

/// Solves LLᵀx = right.
fn substitute(factor: &[f64], right: impl Iterator<Item = f64>, x: &mut Vec<f64>) {
    x.clear();
    for (i, value) in right.enumerate() {
        let row = &factor[row_start(i)..][..=i];
        x.push((value - dot(&row[..i], x)) / row[i]);
    }
    for i in (0..x.len()).rev() {
        let row = &factor[row_start(i)..][..=i];
        x[i] /= row[i];
        let known = x[i];
        x[..i].iter_mut().zip(row).for_each(|(x, entry)| *x -= entry * known);
    }
}

/// The column outside of the support along which the objective falls fastest, by more than `reach` times its length.
struct Entering<'a> {
    solver: &'a NonNegativeLeastSquares,
    b: &'a [f64],
    a: &'a [f64],
    reach: f64,
    work: &'a mut Scratch,
}

impl Wide for Entering<'_> {
    type Output = Option<usize>;
    #[inline(always)]
    fn run(self) -> Option<usize> {
        let Self { solver: NonNegativeLeastSquares { p, gram, sum_to_one }, b, a, reach, work } = self;
        let price = if *sum_to_one { work.price } else { 0.0 };
        work.slopes.clear();
        work.slopes.extend(b.iter().map(|b| b + price));
        for &k in &work.support {
            let weight = a[k];
            for (slope, entry) in work.slopes.iter_mut().zip(&gram[k * p..][..*p]) {
                *slope -= weight * entry;
            }
        }
        work.support.iter().chain(&work.barred).for_each(|&j| work.slopes[j] = f64::NEG_INFINITY);
        let mut best: Option<(usize, f64)> = None;
        for (j, &slope) in work.slopes.iter().enumerate() {
            if slope > best.map_or(0.0, |best| best.1) && slope > reach * gram[j * p + j].sqrt() {
                best = Some((j, slope));
            }
        }
        best.map(|(j, _)| j)
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

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(100))]
        #[test]
        fn the_conditions_of_optimality_hold_on_the_simplex(p in 1usize..30, bands in 4usize..14, seed in 0u64..10_000) {
            let mut random = Random::new(seed, 0);
            let mut m: Vec<f64> = (0..p * bands).map(|_| random.uniform()).collect();
            m[..bands].fill(0.0);
            let gram = gram_of(&m, p, bands);
            let solver = NonNegativeLeastSquares::new(gram.clone(), p).with_sum_to_one();
            let mut work = Scratch::default();
            let mut a = vec![0.0; p];
            for _ in 0..6 {
                let y: Vec<f64> = (0..bands).map(|_| random.between(-0.5, 1.0)).collect();
                let b: Vec<f64> = (0..p).map(|j| dot(&m[j * bands..][..bands], &y)).collect();
                solver.solve(&b, dot(&y, &y).sqrt(), 1e-12, &mut a, &mut work);
                prop_assert!((a.iter().sum::<f64>() - 1.0).abs() < 1e-9);
                let slope = |j: usize| b[j] - (0..p).map(|k| gram[j * p + k] * a[k]).sum::<f64>();
                let price = (0..p).filter(|&j| a[j] > 0.0).map(slope).fold(f64::NEG_INFINITY, f64::max);
                for j in 0..p {
                    prop_assert!(a[j] >= 0.0 && slope(j) < price + 1e-7);
                    prop_assert!(a[j] == 0.0 || (slope(j) - price).abs() < 1e-7);
                }
            }
            prop_assert_eq!(work.unsolved, 0);
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
