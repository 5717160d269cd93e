use filigree_core::{Error, ErrorCode, Silent, StopReason, in_pool};

use super::deviation_scale::Calibrate;
use super::model::restore;
use super::params::{NoiseForm, TrendChoice, VecchiaParams};
use super::trend_columns::TrendColumns;
use crate::exact_gp::ExactParams;
use crate::fitted_model::{Engine, Fit};
use crate::table_data::{Standardisation, Table, TrainingData};
use crate::test_support::{Trace, table};

fn prepared(table: &Table, engine: &dyn Engine) -> TrainingData {
    table.prepare(&(0..table.rows()).collect::<Vec<_>>(), &engine.preparation()).unwrap()
}

fn fit(table: &Table, params: &VecchiaParams) -> Result<Fit, Error> {
    let rows: Vec<usize> = (0..table.rows()).collect();
    params.fit(&table.prepare(&rows, &params.preparation())?, 1, &mut Silent)
}

fn plain() -> VecchiaParams {
    VecchiaParams { kernel: "matern32".to_owned(), calibrate: Calibrate::None, ..VecchiaParams::default() }
}

fn line(count: usize, dimensions: usize) -> Vec<f64> {
    (0..count).flat_map(|i| (0..dimensions).map(move |d| 0.1 * i as f64 - 1.0 + 0.05 * d as f64)).collect()
}

#[test]
fn with_all_neighbours_it_is_the_exact_process() {
    let table = table(90, 2, 0.2);
    let params = VecchiaParams {
        neighbours: 200,
        prediction_neighbours: 200,
        trend: TrendChoice::Fixed(crate::Trend::None),
        ..plain()
    };
    let own = fit(&table, &params).unwrap();
    let exact = ExactParams { trend: crate::Trend::None, ..ExactParams::default() };
    let other = exact.fit(&prepared(&table, &exact), 1, &mut Silent).unwrap();
    assert!((own.learned.objective - other.learned.objective).abs() < 1e-3, "{}", own.learned.objective);
    assert!(own.learned.warnings.iter().any(|warning| warning.contains("the fit is exact")));
    let places = line(20, 2);
    let (own, other) = (own.model.predict(&places).unwrap(), other.model.predict(&places).unwrap());
    for i in 0..20 {
        assert!((own.mean[i] - other.mean[i]).abs() < 0.02, "{} {}", own.mean[i], other.mean[i]);
        assert!((own.variance[i] / other.variance[i] - 1.0).abs() < 0.1);
    }
}

#[test]
fn a_smooth_function_is_learned_with_honest_intervals() {
    let (known, new) = (table(4000, 3, 0.3), table(800, 3, 0.0));
    let params = VecchiaParams::default();
    let found = fit(&known, &params).unwrap();
    assert_eq!(found.learned.stop_reason, StopReason::Converged);
    assert!((found.learned.noise.unwrap().sqrt() - 0.3 / deviation(&known)).abs() < 0.02);
    // The input in between says nothing.
    assert!(found.learned.length_scales[1] > 4.0 * found.learned.length_scales[0]);
    let data = prepared(&known, &params);
    let places = data.standardisation.inputs(&new.inputs, 3);
    let predicted = found.model.predict(&places).unwrap();
    let scale = data.standardisation.target_scale;
    let mut square = 0.0;
    for (i, place) in places.chunks_exact(3).enumerate() {
        square += (data.standardisation.mean(predicted.mean[i], place) - new.target[i]).powi(2) / 800.0;
        let deviation = scale * predicted.variance[i].sqrt();
        assert!((0.2..0.5).contains(&deviation), "{deviation}");
    }
    assert!(square.sqrt() < 0.06, "{}", square.sqrt());
}

fn deviation(table: &Table) -> f64 {
    let count = table.rows() as f64;
    let mean = table.target.iter().sum::<f64>() / count;
    (table.target.iter().map(|y| (y - mean).powi(2)).sum::<f64>() / count).sqrt()
}

#[test]
fn a_saved_model_predicts_the_same_bytes() {
    for calibrate in [Calibrate::Local, Calibrate::None] {
        let params = VecchiaParams {
            calibrate,
            trend: TrendChoice::Fixed(crate::Trend::Linear),
            ..VecchiaParams::default()
        };
        let found = fit(&table(700, 2, 0.2), &params).unwrap();
        let again = restore(&found.model.save(), 2).unwrap();
        let places = line(30, 2);
        let (before, after) = (found.model.predict(&places).unwrap(), again.predict(&places).unwrap());
        assert_eq!(before.mean, after.mean);
        for (a, b) in before.variance.iter().zip(&after.variance) {
            assert!((a / b - 1.0).abs() < 1e-9);
        }
    }
}

#[test]
fn noise_that_varies_is_a_second_process_and_is_saved() {
    let mut known = table(2500, 1, 0.0);
    let mut random = filigree_core::Random::new(4, 0);
    for row in 0..known.rows() {
        known.target[row] += if known.inputs[row] > 0.0 { 0.4 } else { 0.05 } * random.normal();
    }
    let params = VecchiaParams { noise: NoiseForm::Varying, calibrate: Calibrate::Levels, ..plain() };
    let found = fit(&known, &params).unwrap();
    let predicted = found.model.predict(&[-1.0, 1.0]).unwrap();
    let ratio = (predicted.variance[1] / predicted.variance[0]).sqrt();
    assert!((4.0..13.0).contains(&ratio), "{ratio}");
    let again = restore(&found.model.save(), 1).unwrap().predict(&[-1.0, 1.0]).unwrap();
    assert_eq!(again, predicted);
}

#[test]
fn one_two_and_three_threads_fit_the_same_bytes() {
    let table = table(3600, 2, 0.3);
    let learn = |threads| {
        in_pool(threads, || {
            let found = fit(&table, &VecchiaParams::default())?;
            let predicted = found.model.predict(&line(9, 2))?;
            Ok((found.learned.theta, predicted.mean, predicted.variance))
        })
        .unwrap()
    };
    let one = learn(1);
    assert_eq!(one, learn(2));
    assert_eq!(one, learn(3));
}

#[test]
fn merged_rows_count_as_often_as_they_were_observed() {
    // Three observations at each place: the noise is learned from their scatter.
    let single = table(300, 1, 0.0);
    let mut tripled = Table { names: single.names.clone(), ..Table::default() };
    let mut random = filigree_core::Random::new(2, 0);
    for row in 0..single.rows() {
        for _ in 0..3 {
            tripled.inputs.extend(single.row(row));
            tripled.target.push(single.target[row] + 0.25 * random.normal());
        }
    }
    let params = plain();
    let found = fit(&tripled, &params).unwrap();
    assert_eq!(prepared(&tripled, &params).rows(), 300);
    let noise = found.learned.noise.unwrap().sqrt() * deviation(&tripled);
    assert!((noise - 0.25).abs() < 0.02, "{noise}");
}

#[test]
fn a_slope_that_rows_can_tell_is_a_part_of_the_trend() {
    let mut sloping = table(300, 3, 0.1);
    for row in 0..300 {
        sloping.target[row] += 3.0 * sloping.inputs[3 * row + 1];
    }
    let found = fit(&sloping, &plain()).unwrap();
    let terms = found.learned.figures.iter().find(|own| own.0 == "trendTerms").unwrap().1;
    assert_eq!(terms, 4.0);
    // Far from all rows what is left is the trend, as it is at the end of its reach: deviations of the target along the
    // second input.
    let far = |x: f64| found.model.predict(&[0.0, x, 0.0]).unwrap().mean[0];
    let data = prepared(&sloping, &plain());
    let (low, high) = TrendColumns::chosen(TrendChoice::Automatic, &data.inputs, 3).reach[1];
    let slope = (far(1e7) - far(-1e7)) / (high - low);
    assert!((far(1e7) - far(1e8)).abs() < 1e-6);
    let Standardisation { input_scales, target_scale, .. } = &data.standardisation;
    assert!((slope * target_scale / input_scales[1] - 3.0).abs() < 0.1, "{slope}");
    assert_eq!(TrendChoice::Automatic.among(79, 3), crate::Trend::Constant);
}

#[test]
fn a_joint_prediction_has_the_single_ones_on_its_diagonal() {
    let found = fit(&table(500, 1, 0.2), &VecchiaParams { prediction_neighbours: 600, ..plain() }).unwrap();
    let places = line(15, 1);
    let (mean, covariance) = found.model.joint(&places).unwrap();
    let single = found.model.predict(&places).unwrap();
    for i in 0..15 {
        assert!((mean[i] - single.mean[i]).abs() < 1e-7);
        assert!((covariance[i * 16] - single.latent_variance[i]).abs() < 1e-7);
        assert!(covariance[i * 15].abs() <= (covariance[0] * covariance[i * 16]).sqrt() + 1e-9);
    }
}

#[test]
fn what_can_not_be_fitted_is_named() {
    let known = table(60, 2, 0.1);
    let refused = |params: VecchiaParams| fit(&known, &params).err().unwrap();
    let error = refused(VecchiaParams { neighbours: 0, ..plain() });
    assert_eq!(error.blamed_parameter(), Some("neighbours"));
    let error = refused(VecchiaParams { kernel: "rbf + linear".to_owned(), ..plain() });
    assert_eq!(error.blamed_parameter(), Some("kernel"));
    assert!(error.to_string().contains("matern32"), "{error}");
    let constant = Table { target: vec![2.0; 60], ..known.clone() };
    assert!(fit(&constant, &plain()).err().unwrap().to_string().contains("nothing to learn"));
    let same = Table { inputs: vec![1.0; 120], ..known };
    assert_eq!(fit(&same, &plain()).err().unwrap().code(), ErrorCode::InvalidData);
}

#[test]
fn without_noise_it_does_not_break_down() {
    // A function that is known exactly, on a grid so fine that neighbours nearly coincide.
    let inputs: Vec<f64> = (0..400).map(|i| f64::from(i) * 1e-3).collect();
    let target = inputs.iter().map(|x| (9.0 * x).sin()).collect();
    let smooth = Table { inputs, names: vec!["x".to_owned()], target, ..Table::default() };
    for kernel in ["rbf", "matern52", "rq"] {
        let found =
            fit(&smooth, &VecchiaParams { kernel: kernel.to_owned(), ..VecchiaParams::default() }).unwrap();
        let predicted = found.model.predict(&[0.013, -0.2]).unwrap();
        assert!(predicted.variance.iter().all(|variance| *variance > 0.0 && variance.is_finite()));
    }
}

#[test]
fn the_kernel_follows_the_roughness_of_the_function() {
    let chosen = |rough: bool| {
        let mut known = table(900, 1, 0.0);
        if rough {
            // A random walk along the input.
            let mut order: Vec<usize> = (0..900).collect();
            order.sort_by(|&a, &b| known.inputs[a].total_cmp(&known.inputs[b]));
            let mut random = filigree_core::Random::new(5, 0);
            let mut walk = 0.0;
            for row in order {
                walk += 0.1 * random.normal();
                known.target[row] = walk;
            }
        }
        let found = fit(&known, &VecchiaParams::default()).unwrap();
        found.learned.figures.iter().find(|(name, _)| *name == "smoothness").map(|&(_, value)| value)
    };
    assert_eq!(chosen(true), Some(0.5));
    assert_eq!(chosen(false), Some(2.5));
}

#[test]
fn a_stopped_fit_keeps_what_it_found() {
    let known = table(800, 2, 0.2);
    let params = VecchiaParams { kernel: "matern32".to_owned(), ..VecchiaParams::default() };
    let data = prepared(&known, &params);
    let mut early = Trace { stop_after: Some(2), ..Trace::default() };
    let stopped = params.fit(&data, 1, &mut early).unwrap();
    assert_eq!(stopped.learned.stop_reason, StopReason::Cancelled);
    assert_eq!(stopped.learned.path.len(), 2);
    assert!(stopped.model.predict(&[0.0, 0.0]).unwrap().mean[0].is_finite());
    let mut whole = Trace::default();
    params.fit(&data, 1, &mut whole).unwrap();
    assert!(whole.rows.windows(2).all(|pair| pair[1][0] < pair[0][0] + 0.05), "{:?}", whole.rows);
}
