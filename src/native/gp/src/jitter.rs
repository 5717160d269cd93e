use faer::linalg::solvers::Llt;
use faer::{Mat, MatRef, Side};
use filigree_core::Error;

/// Steps of the ladder, relative to the mean of the diagonal; the first adds nothing.
pub const JITTER_LADDER: [f64; 8] = [0.0, 1e-12, 1e-10, 1e-9, 1e-8, 1e-7, 1e-6, 1e-5];

/// Jitters that factorisations of a fit needed, to be shown: how many matrices took each step.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct JitterLog {
    counts: [usize; JITTER_LADDER.len()],
}

impl JitterLog {
    /// Notes a factorisation that held on the given step.
    pub fn record(&mut self, step: usize) {
        self.counts[step] += 1;
    }

    /// Every step of the ladder with the matrices that held on it.
    pub fn steps(&self) -> impl Iterator<Item = (f64, usize)> + '_ {
        JITTER_LADDER.iter().copied().zip(self.counts.iter().copied())
    }

    /// Adds what another log has.
    pub fn merge(&mut self, other: &Self) {
        self.counts.iter_mut().zip(&other.counts).for_each(|(own, other)| *own += other);
    }

    /// Matrices factored so far.
    pub fn factorisations(&self) -> usize {
        self.counts.iter().sum()
    }

    /// Matrices that needed any jitter.
    pub fn jittered(&self) -> usize {
        self.counts[1..].iter().sum()
    }

    /// The largest jitter taken, relative to the mean of the diagonal.
    pub fn largest(&self) -> f64 {
        let highest = self.counts.iter().rposition(|&count| count > 0);
        highest.map_or(0.0, |step| JITTER_LADDER[step])
    }

    /// A sentence about it, where there is something to say.
    pub fn warning(&self, what: &str) -> Option<String> {
        (self.jittered() > 0).then(|| {
            let steps: Vec<String> = JITTER_LADDER
                .iter()
                .zip(&self.counts)
                .skip(1)
                .filter(|(_, count)| **count > 0)
                .map(|(step, count)| format!("{step:.0e} ({count} times)"))
                .collect();
            format!(
                "{what} was too close to singular in {} of {} factorisations, and a small multiple of its mean diagonal was added: {}. That is harmless for predictions unless it is above 1e-7.",
                self.jittered(),
                self.factorisations(),
                steps.join(", ")
            )
        })
    }
}

/// The Cholesky factor of a covariance, and the step of the ladder it took.
pub struct Jittered {
    /// The factor; its solves and its lower triangle.
    pub factor: Llt<f64>,
    /// Index into [`JITTER_LADDER`].
    pub step: usize,
    /// What was added to every entry of the diagonal.
    pub added: f64,
}

/// Factors a symmetric matrix (its lower triangle is read), with as little jitter as it takes. `what` names the matrix
/// in the sentence that none was enough; `points` (row, dimension) are what it is the covariance of, for a guess at why.
pub fn factor(
    matrix: MatRef<'_, f64>,
    what: &str,
    points: Option<(&[f64], usize)>,
    log: &mut JitterLog,
) -> Result<Jittered, Error> {
    factor_from(matrix, 0, what, points, log)
}

/// As [`factor`], from a step of the ladder on that is part of the model: the log is told only of steps beyond it.
pub fn factor_from(
    matrix: MatRef<'_, f64>,
    first: usize,
    what: &str,
    points: Option<(&[f64], usize)>,
    log: &mut JitterLog,
) -> Result<Jittered, Error> {
    let size = matrix.nrows();
    let mean = (0..size).map(|i| matrix[(i, i)]).sum::<f64>() / size.max(1) as f64;
    if !(mean.is_finite() && mean > 0.0) {
        return Err(Error::Breakdown(format!(
            "{what} has a diagonal of mean {mean:.1e}: hyper-parameters or inputs ran out of the range of numbers. Look for wild values in the inputs, or narrow the bounds."
        )));
    }
    let mut raised: Mat<f64> = matrix.to_owned();
    for (step, jitter) in JITTER_LADDER.iter().enumerate().skip(first) {
        let added = jitter * mean;
        for i in 0..size {
            raised[(i, i)] = matrix[(i, i)] + added;
        }
        if let Ok(factor) = Llt::new(raised.as_ref(), Side::Lower) {
            log.record(if step == first { 0 } else { step });
            return Ok(Jittered { factor, step, added });
        }
    }
    Err(Error::Breakdown(format!(
        "{what} ({size} × {size}) could not be factored, even with {:.0e} of its mean diagonal added to it: {}.",
        JITTER_LADDER[JITTER_LADDER.len() - 1],
        cause(matrix, points)
    )))
}

/// The likeliest reason why a covariance has no Cholesky factor.
fn cause(matrix: MatRef<'_, f64>, points: Option<(&[f64], usize)>) -> String {
    let size = matrix.nrows();
    if (0..size).any(|i| (0..=i).any(|j| !matrix[(i, j)].is_finite())) {
        return "it holds values that are not finite; an input or a hyper-parameter is far out of range"
            .to_owned();
    }
    if let Some((points, dimensions)) = points {
        let mut order: Vec<&[f64]> = points.chunks_exact(dimensions).collect();
        order.sort_by(|a, b| {
            a.iter()
                .zip(*b)
                .map(|(x, y)| x.total_cmp(y))
                .find(|order| order.is_ne())
                .unwrap_or(std::cmp::Ordering::Equal)
        });
        let same = order.windows(2).filter(|pair| pair[0] == pair[1]).count();
        if same > 0 {
            return format!(
                "{same} of its points have the same inputs as another one; merge duplicates, or let the noise be learned"
            );
        }
        if let Some(input) = (0..dimensions).find(|&d| order.iter().all(|point| point[d] == order[0][d])) {
            return format!("input {} is constant over its points; leave it out", input + 1);
        }
    }
    let closest = (0..size)
        .flat_map(|i| (0..i).map(move |j| (i, j)))
        .map(|(i, j)| matrix[(i, j)] / (matrix[(i, i)] * matrix[(j, j)]).sqrt())
        .fold(0.0f64, f64::max);
    if closest > 1.0 - 1e-10 {
        return "a length scale is far beyond the spread of the data, so that all points look alike; raise the lower bound of the noise, standardise the inputs, or use fewer inducing points".to_owned();
    }
    "the kernel is not positive definite at these hyper-parameters; try another kernel or other starts"
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sound_matrix_takes_no_jitter() {
        let mut log = JitterLog::default();
        let matrix = Mat::from_fn(3, 3, |i, j| if i == j { 2.0 } else { 0.5 });
        let found = factor(matrix.as_ref(), "K", None, &mut log).unwrap();
        assert_eq!((found.step, found.added, log.largest()), (0, 0.0, 0.0));
        assert!(log.warning("K").is_none());
    }

    #[test]
    fn a_singular_matrix_climbs_the_ladder_and_says_so() {
        let mut log = JitterLog::default();
        let size = 30;
        let matrix = Mat::from_fn(size, size, |i, j| (-0.5 * ((i as f64 - j as f64) / 40.0).powi(2)).exp());
        let found = factor(matrix.as_ref(), "K", None, &mut log).unwrap();
        assert!(found.step > 0 && found.added > 0.0);
        assert!(log.warning("The covariance").unwrap().contains("1 of 1 factorisations"));
    }

    #[test]
    fn the_end_of_the_ladder_guesses_the_cause() {
        let mut log = JitterLog::default();
        let indefinite = Mat::from_fn(2, 2, |i, j| if i == j { 1.0 } else { 1.1 });
        let duplicates = factor(indefinite.as_ref(), "K", Some((&[1.0, 1.0], 1)), &mut log).err().unwrap();
        assert!(duplicates.to_string().contains("same inputs"), "{duplicates}");
        let alike = factor(indefinite.as_ref(), "K", Some((&[1.0, 2.0], 1)), &mut log).err().unwrap();
        assert!(alike.to_string().contains("length scale"), "{alike}");
        let constant =
            factor(indefinite.as_ref(), "K", Some((&[1.0, 0.0, 1.0, 2.0], 2)), &mut log).err().unwrap();
        assert!(constant.to_string().contains("input 1 is constant"), "{constant}");
        let nan = Mat::from_fn(2, 2, |i, j| if i == j { 1.0 } else { f64::NAN });
        assert!(factor(nan.as_ref(), "K", None, &mut log).err().unwrap().to_string().contains("not finite"));
    }
}
