use super::*;
use crate::GpModel;
use crate::exact_gp::ExactParams;
use crate::fitted_model::Fit;
use crate::test_support::{Trace, model_of, table};

fn prepared(rows: usize) -> (crate::Table, TrainingData) {
    let table = table(rows, 2, 0.1);
    let data = table.prepare(&(0..rows).collect::<Vec<_>>(), &Preparation::default()).unwrap();
    (table, data)
}

fn fitted(data: &TrainingData, params: &InducingParams) -> Fit {
    params.fit(data, 3, &mut Silent).unwrap()
}

#[test]
fn with_all_rows_as_points_it_is_the_exact_process() {
    let (_, data) = prepared(120);
    let fresh = data.standardisation.inputs(&table(30, 2, 0.0).inputs, 2);
    let mut exact = ExactParams::default();
    exact.search.tolerance = 1e-9;
    let expected = exact.fit(&data, 3, &mut Silent).unwrap();
    let there = expected.model.predict(&fresh).unwrap();
    for &(method, name) in InducingMethod::NAMES {
        let search = exact.search.clone();
        let params =
            InducingParams { points: 120, move_points: false, method, search, ..InducingParams::default() };
        let fit = fitted(&data, &params);
        assert!((fit.learned.objective - expected.learned.objective).abs() < 1e-4, "{name}");
        let own = fit.model.predict(&fresh).unwrap();
        for i in 0..30 {
            assert!((own.mean[i] - there.mean[i]).abs() < 5e-3, "{name}");
            assert!((own.variance[i] / there.variance[i] - 1.0).abs() < 5e-2, "{name}");
        }
    }
}

#[test]
fn the_bound_rises_and_few_points_predict_a_smooth_function() {
    let (table_, data) = prepared(800);
    for &(method, name) in InducingMethod::NAMES {
        let params = InducingParams { kernel: "rbf".into(), points: 25, method, ..InducingParams::default() };
        let mut trace = Trace::default();
        let fit = params.fit(&data, 1, &mut trace).unwrap();
        assert!(trace.rows.windows(2).all(|pair| pair[1][0] <= pair[0][0]), "{name}");
        let own = model_of(&table_, &data, fit.model);
        let fresh = table(200, 2, 0.0);
        let folder = tempfile::tempdir().unwrap();
        own.write(folder.path()).unwrap();
        own.model.write_extra(&own.standardisation, folder.path()).unwrap();
        let first = own.predict(&fresh.inputs, &mut Silent).unwrap();
        let again = GpModel::read(folder.path()).unwrap().predict(&fresh.inputs, &mut Silent).unwrap();
        assert_eq!(first, again, "{name}");
        let square: f64 = first.mean.iter().zip(&fresh.target).map(|(m, t)| (m - t).powi(2)).sum();
        assert!((square / 200.0).sqrt() < 0.05, "{name}: {}", (square / 200.0).sqrt());
    }
}

#[test]
fn variances_of_a_joint_prediction_are_those_of_single_ones() {
    let (_, data) = prepared(200);
    let fit = fitted(&data, &InducingParams { points: 20, ..InducingParams::default() });
    let alone = fit.model.predict(&data.inputs[..40]).unwrap();
    let (mean, covariance) = fit.model.joint(&data.inputs[..40]).unwrap();
    for i in 0..20 {
        assert_eq!(mean[i], alone.mean[i]);
        assert!((covariance[i * 21] - alone.latent_variance[i]).abs() < 1e-10);
    }
}

#[test]
fn a_breakdown_is_told_and_nonsense_is_refused() {
    let (_, mut data) = prepared(50);
    data.target[3] = 1e300;
    let error = InducingParams::default().fit(&data, 1, &mut Silent).err().unwrap();
    assert!(matches!(error, Error::Breakdown(_)), "{error}");
    let (_, data) = prepared(50);
    let none = InducingParams { points: 0, ..InducingParams::default() };
    assert_eq!(none.fit(&data, 1, &mut Silent).err().unwrap().blamed_parameter(), Some("points"));
}

#[test]
fn a_stopped_search_keeps_what_it_found() {
    let (_, data) = prepared(100);
    let mut trace = Trace { stop_after: Some(2), ..Trace::default() };
    let params = InducingParams { points: 20, ..InducingParams::default() };
    let fit = params.fit(&data, 1, &mut trace).unwrap();
    assert_eq!(fit.learned.stop_reason, StopReason::Cancelled);
    assert!(fit.model.predict(&data.inputs[..4]).unwrap().mean.iter().all(|mean| mean.is_finite()));
}
