use super::*;
use crate::test_support::{Trace, model_of, table};
use crate::{GpModel, Table};
use filigree_core::{Silent, in_pool};

fn prepared(rows: usize) -> (Table, TrainingData) {
    let table = table(rows, 2, 0.1);
    let data = table.prepare(&(0..rows).collect::<Vec<_>>(), &Preparation::default()).unwrap();
    (table, data)
}

#[test]
fn the_likelihood_and_its_gradient_agree_with_a_dense_one() {
    let (_, mut data) = prepared(300);
    data.given_noise = Some((0..300).map(|i| 0.01 * (i % 3) as f64).collect());
    data.counts.iter_mut().step_by(4).for_each(|count| *count = 2.0);
    let kernel = Kernel::parse("matern52 + linear", 2).unwrap();
    let theta: Vec<f64> = [0.8f64, 0.7, 1.4, 0.3, 0.2, 0.05].iter().map(|value| value.ln()).collect();
    let mut gradient = vec![0.0; 6];
    let mut log = JitterLog::default();
    let value = objective(&kernel, &data, &theta, &mut gradient, &mut log, &mut Silent).unwrap();
    let noise = data.noise(0.05);
    let dense = faer::Mat::from_fn(300, 300, |i, j| {
        kernel.value(data.row(i), data.row(j), &theta[..5]) + if i == j { noise[i] } else { 0.0 }
    });
    let factor = dense.llt(faer::Side::Lower).unwrap();
    use faer::linalg::solvers::Solve;
    let solution = factor.solve(faer::ColRef::from_slice(&data.target));
    let determinant: f64 = (0..300).map(|i| 2.0 * factor.L()[(i, i)].ln()).sum();
    let quadratic: f64 = (0..300).map(|i| solution[i] * data.target[i]).sum();
    let expected = 0.5 * (quadratic + determinant + 300.0 * std::f64::consts::TAU.ln()) / 300.0;
    assert!((value - expected).abs() < 1e-10);
    for index in 0..6 {
        let at = |step: f64| {
            let mut moved = theta.clone();
            moved[index] += step;
            objective(&kernel, &data, &moved, &mut [0.0; 6], &mut JitterLog::default(), &mut Silent).unwrap()
        };
        let slope = (at(1e-5) - at(-1e-5)) / 2e-5;
        assert!((gradient[index] - slope).abs() < 1e-7, "{index}: {} against {slope}", gradient[index]);
    }
}

#[test]
fn it_learns_a_smooth_function_and_predicts_again_after_saving() {
    let (table, data) = prepared(150);
    let params = ExactParams::default();
    let mut trace = Trace::default();
    let fit = params.fit(&data, 1, &mut trace).unwrap();
    assert!(trace.rows.windows(2).all(|pair| pair[1][0] <= pair[0][0]));
    let noise = data.standardisation.variance(fit.learned.noise.unwrap()).sqrt();
    assert!((noise - 0.1).abs() < 0.04, "noise {noise}");
    let own = model_of(&table, &data, fit.model);
    let folder = tempfile::tempdir().unwrap();
    own.write(folder.path()).unwrap();
    let again = GpModel::read(folder.path()).unwrap();
    let fresh = crate::test_support::table(40, 2, 0.0);
    let first = own.predict(&fresh.inputs, &mut Silent).unwrap();
    let second = again.predict(&fresh.inputs, &mut Silent).unwrap();
    for (i, truth) in fresh.target.iter().enumerate() {
        assert!((first.mean[i] - truth).abs() < 0.3, "row {i}: {} against {truth}", first.mean[i]);
        assert!((first.mean[i] - second.mean[i]).abs() < 1e-9);
        assert!((first.variance[i] - second.variance[i]).abs() < 1e-9);
    }
    let rows = data.standardisation.inputs(&fresh.inputs, 2);
    let alone = own.model.predict(&rows).unwrap();
    let (mean, covariance) = own.model.joint(&rows).unwrap();
    for i in 0..40 {
        assert!((mean[i] - alone.mean[i]).abs() < 1e-12);
        assert!((covariance[i * 41] - alone.latent_variance[i]).abs() < 1e-9);
    }
}

#[test]
fn a_subset_to_learn_on_is_told_and_threads_do_not_matter() {
    let (_, data) = prepared(300);
    let mut params = ExactParams { learning_rows: 100, ..ExactParams::default() };
    params.search.max_iterations = 8;
    let bits = |threads| {
        in_pool(threads, || {
            let fit = params.fit(&data, 5, &mut Silent)?;
            assert!(fit.learned.warnings[0].contains("100 of 300 rows"));
            let own = fit.model.predict(&data.inputs[..40])?;
            Ok(own.mean.iter().chain(&own.variance).map(|value| value.to_bits()).collect::<Vec<_>>())
        })
        .unwrap()
    };
    assert_eq!(bits(1), bits(2));
    assert_eq!(bits(1), bits(3));
}

#[test]
fn too_many_rows_are_refused_with_their_size() {
    let data = TrainingData::plain(vec![0.0; 30_000], 1, vec![0.0; 30_000], vec![1.0; 30_000]);
    let error = ExactParams::default().fit(&data, 0, &mut Silent).err().unwrap();
    assert!(error.to_string().contains("GB"), "{error}");
}

#[test]
fn a_stopped_search_keeps_what_it_found() {
    let (_, data) = prepared(100);
    let mut trace = Trace { stop_after: Some(2), ..Trace::default() };
    let fit = ExactParams::default().fit(&data, 1, &mut trace).unwrap();
    assert_eq!(fit.learned.stop_reason, StopReason::Cancelled);
}
