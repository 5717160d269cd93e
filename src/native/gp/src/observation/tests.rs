use super::*;

#[test]
fn expectations_have_the_derivatives_of_finite_differences() {
    for (kind, y, theta) in [
        (ObservationKind::Gaussian, 0.7, vec![-1.0]),
        (ObservationKind::StudentT, 3.0, vec![-1.0, 1.3]),
        (ObservationKind::Bernoulli, 1.0, vec![]),
        (ObservationKind::Bernoulli, 0.0, vec![]),
        (ObservationKind::Poisson, 4.0, vec![]),
        (ObservationKind::Heteroscedastic, 0.3, vec![-1.0]),
    ] {
        let own = Observation::of(kind, &[y, 2.0 * y]).unwrap();
        let at = |mean: f64, variance: f64, theta: &[f64]| {
            let mut unused = vec![0.0; theta.len()];
            own.expected(y, (2.0, 0.0), (mean, variance), theta, 1.0, &mut unused).value
        };
        let (mean, variance, step) = (0.4, 0.3, 1e-5);
        let mut gradient = vec![0.0; theta.len()];
        let found = own.expected(y, (2.0, 0.0), (mean, variance), &theta, 1.0, &mut gradient);
        let by_mean = (at(mean + step, variance, &theta) - at(mean - step, variance, &theta)) / (2.0 * step);
        let by_variance =
            (at(mean, variance + step, &theta) - at(mean, variance - step, &theta)) / (2.0 * step);
        assert!((found.by_mean - by_mean).abs() < 1e-6, "{kind:?}: {} {by_mean}", found.by_mean);
        assert!(
            (found.by_variance - by_variance).abs() < 1e-6,
            "{kind:?}: {} {by_variance}",
            found.by_variance
        );
        for index in 0..theta.len() {
            let moved = |by: f64| {
                let mut moved = theta.clone();
                moved[index] += by;
                at(mean, variance, &moved)
            };
            let slope = (moved(step) - moved(-step)) / (2.0 * step);
            assert!((gradient[index] - slope).abs() < 1e-6, "{kind:?} {index}: {} {slope}", gradient[index]);
        }
    }
}

#[test]
fn predictive_distributions_are_whole_and_their_quantiles_rise() {
    for (kind, theta, y) in [
        (ObservationKind::StudentT, vec![-1.0, 1.3], 0.8),
        (ObservationKind::Bernoulli, vec![], 1.0),
        (ObservationKind::Poisson, vec![], 3.0),
    ] {
        let own = Observation::new(kind).unwrap();
        let judged = own.judge([(0.5, 0.4)].into_iter(), &[y], &theta).unwrap();
        assert!(judged.quantiles.windows(2).all(|pair| pair[0] <= pair[1]));
        let mean: f64 = judged.quantiles.iter().sum::<f64>() / QUANTILES as f64;
        let (expected, _) = own.observed(0.5, 0.4, &theta);
        assert!((mean - expected).abs() < 0.05, "{kind:?}: {mean} against {expected}");
        assert!((0.0..=1.0).contains(&judged.pit[0]) && judged.log_density[0].is_finite());
    }
    assert!(
        Observation::new(ObservationKind::Gaussian).unwrap().judge([].into_iter(), &[], &[0.0]).is_none()
    );
}

#[test]
fn classes_far_out_keep_their_logarithms() {
    for f in [-29.9, -30.1, -60.0] {
        let (value, slope) = log_class(1.0, f);
        assert!(value.is_finite() && slope > 0.0 && slope < 1.1 * f.abs(), "{f}: {value} {slope}");
    }
    assert!((log_class(1.0, -29.9).0 - log_class(1.0, -30.1).0).abs() < 7.0);
}

#[test]
fn targets_that_can_not_come_about_are_refused() {
    assert!(ObservationKind::Bernoulli.check(&[0.0, 2.0]).is_err());
    assert!(ObservationKind::Poisson.check(&[-1.0]).is_err());
    assert!(ObservationKind::StudentT.check(&[-1.0]).is_ok());
}
