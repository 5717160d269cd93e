use super::*;
use crate::GpModel;
use crate::collapsed_bound::CollapsedBound;
use crate::inducing_gp::InducingMethod;
use crate::jitter::JitterLog;
use crate::test_support::{Trace, model_of, table};
use filigree_core::in_pool;

fn prepared(
    rows: usize,
    params: &SvgpParams,
    change: impl Fn(usize, f64) -> f64,
) -> (crate::Table, TrainingData) {
    let mut table = table(rows, 2, 0.1);
    for (row, target) in table.target.iter_mut().enumerate() {
        *target = change(row, *target);
    }
    let data = table.prepare(&(0..rows).collect::<Vec<_>>(), &params.preparation()).unwrap();
    (table, data)
}

fn small(observation: ObservationKind) -> SvgpParams {
    let kernel = "rbf".into();
    let own = StochasticParams::default();
    SvgpParams {
        stochastic: StochasticParams { observation, points: 30, batch: 100, epochs: 30, kernel, ..own },
    }
}

#[test]
fn gradients_agree_with_finite_differences() {
    let params = small(ObservationKind::StudentT);
    let (_, data) = prepared(200, &params, |_, y| y);
    let kernel = Kernel::parse("matern52 + linear", 2).unwrap();
    let observation = Observation::new(ObservationKind::StudentT).unwrap();
    let objective = SvgpObjective { kernel: &kernel, data: &data, observation: &observation };
    let theta = [-0.2, -0.3, 0.2, -1.0, -1.5, -2.0, 1.2];
    let z: Vec<f64> = data.inputs[..16].iter().map(|x| x + 0.05).collect();
    let rows: Vec<usize> = (0..200).step_by(2).collect();
    let mut posterior = Posterior::prior(8);
    let prior = objective.prior(&theta, &z, &mut JitterLog::default()).unwrap();
    for _ in 0..3 {
        let sums = objective.sums(&rows, &theta, &z, &prior, &posterior, false);
        posterior.step(&sums, 2.0, 0.5).unwrap();
    }
    let found = objective.sums(&rows, &theta, &z, &prior, &posterior, true);
    let variables: Vec<f64> = theta.iter().chain(&z).copied().collect();
    let gradient: Vec<f64> = found.theta.iter().chain(&found.points).copied().collect();
    for index in 0..variables.len() {
        let at = |step: f64| {
            let mut moved = variables.clone();
            moved[index] += step;
            let (theta, z) = moved.split_at(7);
            let prior = objective.prior(theta, z, &mut JitterLog::default()).unwrap();
            objective.sums(&rows, theta, z, &prior, &posterior, false).expected
        };
        let slope = (at(1e-5) - at(-1e-5)) / 2e-5;
        assert!(
            (gradient[index] - slope).abs() < 1e-5 * (1.0 + slope.abs()),
            "variable {index}: {} against {slope}",
            gradient[index]
        );
    }
}

#[test]
fn one_natural_step_over_all_rows_is_the_collapsed_bound() {
    let params = small(ObservationKind::Gaussian);
    let (_, data) = prepared(300, &params, |_, y| y);
    let kernel = Kernel::parse("rbf", 2).unwrap();
    let observation = Observation::new(ObservationKind::Gaussian).unwrap();
    let objective = SvgpObjective { kernel: &kernel, data: &data, observation: &observation };
    let theta = [0.1, -0.4, 0.3, -3.0];
    let z = &data.inputs[..60];
    let prior = objective.prior(&theta, z, &mut JitterLog::default()).unwrap();
    let rows: Vec<usize> = (0..300).collect();
    let mut posterior = Posterior::prior(30);
    let sums = objective.sums(&rows, &theta, z, &prior, &posterior, false);
    posterior.step(&sums, 1.0, 1.0).unwrap();
    let sums = objective.sums(&rows, &theta, z, &prior, &posterior, false);
    let bound = CollapsedBound { kernel: &kernel, data: &data, method: InducingMethod::Vfe };
    let collapsed = bound.project(&theta, z, false, &mut JitterLog::default(), &mut Silent).unwrap();
    let value = posterior.divergence() - sums.expected;
    assert!((value - collapsed.value).abs() < 1e-6 * value.abs(), "{value} {}", collapsed.value);
}

#[test]
fn normal_noise_is_learned_and_the_saved_model_predicts_the_same() {
    let mut params = small(ObservationKind::Gaussian);
    params.stochastic.epochs = 100;
    let (names, data) = prepared(800, &params, |_, y| y);
    let fit = params.fit(&data, 1, &mut Silent).unwrap();
    let noise = data.standardisation.variance(fit.learned.noise.unwrap()).sqrt();
    assert!((noise - 0.1).abs() < 0.03, "noise {noise}");
    let own = model_of(&names, &data, fit.model);
    let fresh = table(200, 2, 0.0);
    let folder = tempfile::tempdir().unwrap();
    own.write(folder.path()).unwrap();
    let first = own.predict(&fresh.inputs, &mut Silent).unwrap();
    assert_eq!(first, GpModel::read(folder.path()).unwrap().predict(&fresh.inputs, &mut Silent).unwrap());
    let square: f64 = first.mean.iter().zip(&fresh.target).map(|(m, t)| (m - t).powi(2)).sum();
    assert!((square / 200.0).sqrt() < 0.06, "{}", (square / 200.0).sqrt());
}

#[test]
fn student_noise_shrugs_off_outliers() {
    let spoilt = |row: usize, y: f64| if row.is_multiple_of(15) { y + 8.0 } else { y };
    let error = |observation| {
        let params = small(observation);
        let (names, data) = prepared(900, &params, spoilt);
        let own = model_of(&names, &data, params.fit(&data, 1, &mut Silent).unwrap().model);
        let fresh = table(200, 2, 0.0);
        let found = own.predict(&fresh.inputs, &mut Silent).unwrap();
        found.mean.iter().zip(&fresh.target).map(|(m, t)| (m - t).abs()).sum::<f64>() / 200.0
    };
    let (student, normal) = (error(ObservationKind::StudentT), error(ObservationKind::Gaussian));
    assert!(student < 0.15 && student < 0.4 * normal, "{student} against {normal}");
}

#[test]
fn classes_and_counts_are_learned() {
    let params = small(ObservationKind::Bernoulli);
    let (_, data) = prepared(600, &params, |_, y| f64::from(u8::from(y > 0.3)));
    let fit = params.fit(&data, 1, &mut Silent).unwrap();
    let found = fit.model.predict(&data.inputs).unwrap();
    let right = found.mean.iter().zip(&data.target).filter(|(p, y)| (**p > 0.5) == (**y > 0.5)).count();
    assert!(right > 560, "{right} of 600");
    let params = small(ObservationKind::Poisson);
    let (_, data) = prepared(600, &params, |_, y| (y + 1.0).exp().round());
    let fit = params.fit(&data, 1, &mut Silent).unwrap();
    let found = fit.model.predict(&data.inputs).unwrap();
    let off: f64 = found.mean.iter().zip(&data.target).map(|(m, y)| (m - y).abs()).sum::<f64>() / 600.0;
    assert!(off < 0.8, "mean error of counts {off}");
    let judged = fit.model.judge(&data.inputs[..20], &data.target[..10]).unwrap().unwrap();
    assert!(judged.log_density.iter().all(|value| value.is_finite()));
}

#[test]
fn threads_do_not_change_a_byte_and_a_stop_keeps_the_passes_done() {
    let mut params = small(ObservationKind::Gaussian);
    (params.stochastic.epochs, params.stochastic.batch) = (2, 300);
    let (_, data) = prepared(600, &params, |_, y| y);
    let bits = |threads| {
        in_pool(threads, || {
            let own = params.fit(&data, 5, &mut Silent)?.model.predict(&data.inputs[..60])?;
            Ok(own.mean.iter().chain(&own.variance).map(|value| value.to_bits()).collect::<Vec<_>>())
        })
        .unwrap()
    };
    assert_eq!(bits(1), bits(2));
    assert_eq!(bits(1), bits(3));
    let mut trace = Trace { stop_after: Some(1), ..Trace::default() };
    let fit = params.fit(&data, 5, &mut trace).unwrap();
    assert_eq!((fit.learned.stop_reason, fit.learned.iterations), (StopReason::Cancelled, 1));
}

#[test]
fn a_breakdown_and_targets_of_another_kind_are_told() {
    let params = small(ObservationKind::Gaussian);
    let (_, mut data) = prepared(60, &params, |_, y| y);
    data.target[3] = 1e300;
    assert!(matches!(params.fit(&data, 1, &mut Silent).err().unwrap(), Error::Breakdown(_)));
    data.target[3] = 0.0;
    let error = small(ObservationKind::Bernoulli).fit(&data, 1, &mut Silent).err().unwrap();
    assert_eq!(error.blamed_parameter(), Some("likelihood"));
}

#[test]
fn counts_in_the_thousands_and_steps_that_break_down_end_no_fit() {
    let params = small(ObservationKind::Poisson);
    let (table, data) = prepared(300, &params, |_, y| (3000.0 * (0.5 * y).exp()).round());
    let fit = params.fit(&data, 1, &mut Silent).unwrap();
    let found = fit.model.predict(&data.inputs).unwrap();
    let error: f64 = found.mean.iter().zip(&table.target).map(|(m, y)| (m / y - 1.0).powi(2)).sum();
    assert!((error / 300.0).sqrt() < 0.1, "{}", (error / 300.0).sqrt());
    let mut wild = small(ObservationKind::Poisson);
    (wild.stochastic.learning_rate, wild.stochastic.natural_step) = (1.0, 1.0);
    let (_, data) = prepared(300, &wild, |row, y| if row == 7 { 1e6 } else { y.exp().round() });
    let fit = wild.fit(&data, 1, &mut Silent).unwrap();
    assert!(fit.model.predict(&data.inputs).unwrap().mean.iter().all(|mean| mean.is_finite()));
}
