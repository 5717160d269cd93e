use super::*;
use filigree_core::{ErrorCode, Flow, Random, Silent, Step};
use proptest::prelude::*;

/// Messages of rank one or two at most coordinates, none at the others.
fn messages(count: usize, functions: usize, seed: u64) -> Messages {
    let mut random = Random::new(seed, 0);
    let mut made =
        Messages { precision: vec![0.0; count * functions * functions], shift: vec![0.0; count * functions] };
    for position in 0..count {
        for _ in 0..random.below(3) {
            let direction: Vec<f64> = (0..functions).map(|_| 3.0 * random.normal()).collect();
            let value = random.normal();
            for i in 0..functions {
                made.shift[position * functions + i] += value * direction[i];
                for j in 0..functions {
                    made.precision[(position * functions + i) * functions + j] += direction[i] * direction[j];
                }
            }
        }
    }
    made
}

/// The same posterior by one dense solve over all coordinates and functions.
fn dense(smoother: &Smoother<'_>, messages: &Messages) -> Smoothed {
    let (n, r) = (smoother.coordinates.len(), smoother.functions);
    let size = n * r;
    let mut prior = vec![0.0; size * size];
    for a in 0..n {
        for b in 0..n {
            let distance = (smoother.coordinates[a] - smoother.coordinates[b]).abs();
            for i in 0..r {
                prior[(a * r + i) * size + b * r + i] =
                    smoother.kernel.covariance(distance, smoother.length_scale);
            }
        }
    }
    let prior = Cholesky::of(&prior, size, "The prior").unwrap();
    let mut precision = prior.inverse();
    for a in 0..n {
        for i in 0..r {
            for j in 0..r {
                precision[(a * r + i) * size + a * r + j] += messages.precision[(a * r + i) * r + j];
            }
        }
    }
    let posterior = Cholesky::of(&precision, size, "The posterior").unwrap();
    let covariance = posterior.inverse();
    let mean = product(&covariance, &messages.shift, size);
    let log_evidence =
        0.5 * dot(&messages.shift, &mean) - 0.5 * (prior.log_determinant() + posterior.log_determinant());
    let blocks = (0..n * r * r)
        .map(|index| {
            let (a, i, j) = (index / (r * r), (index / r) % r, index % r);
            covariance[(a * r + i) * size + a * r + j]
        })
        .collect();
    Smoothed { mean, covariance: blocks, log_evidence }
}

fn largest_difference(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| (x - y).abs()).fold(0.0, f64::max)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn the_state_space_posterior_is_the_gaussian_process_posterior(
        count in 1usize..14, functions in 1usize..4, rough in any::<bool>(), seed in 0u64..1000
    ) {
        let mut random = Random::new(seed, 1);
        let mut coordinates: Vec<f64> = (0..count).map(|_| random.uniform()).collect();
        coordinates.sort_by(f64::total_cmp);
        coordinates.iter_mut().enumerate().for_each(|(i, value)| *value += i as f64 * 1e-3);
        let kernel = if rough { Kernel::Matern12 } else { Kernel::Matern32 };
        let length_scale = random.between(0.05, 0.6);
        let smoother = Smoother { coordinates: &coordinates, functions, kernel, length_scale };
        let messages = messages(count, functions, seed);
        let ours = smoother.smooth(&messages, &mut Silent).unwrap();
        let exact = dense(&smoother, &messages);
        prop_assert!(largest_difference(&ours.mean, &exact.mean) < 1e-8);
        prop_assert!(largest_difference(&ours.covariance, &exact.covariance) < 1e-8);
        let tolerance = 1e-8 * (1.0 + exact.log_evidence.abs());
        prop_assert!((ours.log_evidence - exact.log_evidence).abs() < tolerance);
        let alone = log_evidences(&[smoother, smoother], &messages, &mut Silent).unwrap();
        prop_assert!(alone.iter().all(|value| (value - ours.log_evidence).abs() < tolerance));
    }
}

#[test]
fn a_single_coordinate_is_plain_bayesian_regression() {
    let smoother =
        Smoother { coordinates: &[0.5], functions: 1, kernel: Kernel::Matern32, length_scale: 0.1 };
    let messages = Messages { precision: vec![3.0], shift: vec![2.0] };
    let ours = smoother.smooth(&messages, &mut Silent).unwrap();
    assert!((ours.mean[0] - 0.5).abs() < 1e-14);
    assert!((ours.covariance[0] - 0.25).abs() < 1e-14);
}

#[test]
fn without_data_the_posterior_is_the_prior() {
    let coordinates: Vec<f64> = (0..50).map(|i| f64::from(i) * 0.02).collect();
    let smoother =
        Smoother { coordinates: &coordinates, functions: 2, kernel: Kernel::Matern32, length_scale: 0.3 };
    let silent = Messages { precision: vec![0.0; 50 * 4], shift: vec![0.0; 50 * 2] };
    let ours = smoother.smooth(&silent, &mut Silent).unwrap();
    assert!(ours.mean.iter().all(|&value| value == 0.0));
    assert!(ours.covariance.chunks(4).all(|v| (v[0] - 1.0).abs() < 1e-12 && v[1].abs() < 1e-12));
    assert_eq!(ours.log_evidence, 0.0);
}
/// Says stop after being asked a few times.
struct Impatient(usize);
impl Observer for Impatient {
    fn stage(&mut self, _name: &str) {}
    fn progress(&mut self, _fraction: f64) -> Flow {
        self.0 = self.0.saturating_sub(1);
        if self.0 == 0 { Flow::Stop } else { Flow::Continue }
    }
    fn iteration(&mut self, _step: &Step<'_>) -> Flow {
        Flow::Continue
    }
}

#[test]
fn a_long_pass_can_be_stopped_within() {
    let count = 4 * COORDINATES_AT_ONCE;
    let coordinates: Vec<f64> = (0..count).map(|i| i as f64 / count as f64).collect();
    let smoother =
        Smoother { coordinates: &coordinates, functions: 1, kernel: Kernel::Matern12, length_scale: 0.1 };
    let messages = messages(count, 1, 3);
    for asked in [1, 3, 6] {
        let error = smoother.smooth(&messages, &mut Impatient(asked)).unwrap_err();
        assert_eq!(error.code(), ErrorCode::Cancelled);
    }
    let error = log_evidences(&[smoother], &messages, &mut Impatient(2)).unwrap_err();
    assert_eq!(error.code(), ErrorCode::Cancelled);
}
