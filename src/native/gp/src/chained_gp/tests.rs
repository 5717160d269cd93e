use filigree_core::{Random, in_pool};

use super::*;
use crate::fitted_model::Engine;
use crate::test_support::{Trace, model_of, table};
use crate::{GpModel, SvgpParams};

/// Noise whose deviation rises from 0.05 to 0.45 along the first input.
fn prepared(rows: usize) -> (crate::Table, TrainingData, SvgpParams) {
    let mut table = table(rows, 2, 0.0);
    let mut random = Random::new(4, 0);
    for row in 0..rows {
        table.target[row] += deviation(table.row(row)[0]) * random.normal();
    }
    let own = StochasticParams {
        kernel: "rbf".into(),
        observation: ObservationKind::Heteroscedastic,
        points: 25,
        batch: 200,
        epochs: 60,
        ..StochasticParams::default()
    };
    let params = SvgpParams { stochastic: own };
    let data = table.prepare(&(0..rows).collect::<Vec<_>>(), &params.preparation()).unwrap();
    (table, data, params)
}

fn deviation(x: f64) -> f64 {
    0.25 + 0.1 * x
}

#[test]
fn gradients_are_those_of_differences() {
    let (_, data, _) = prepared(120);
    let kernel = Kernel::parse("rbf", 2).unwrap();
    let chain = Chain::new(&kernel, &data).unwrap();
    let theta = [-0.1, 0.2, 0.3, -0.4, 0.5, 0.1, -1.5];
    let points: Vec<f64> = data.inputs[..16].iter().map(|x| x + 0.05).collect();
    let rows: Vec<usize> = (0..120).step_by(3).collect();
    let mut log = JitterLog::default();
    let mut posteriors = [FUNCTION, NOISE].map(|_| Posterior::prior(8));
    let state = chain.state(&theta, &points, &mut log).unwrap();
    for _ in 0..3 {
        let [function, noise] = chain.sums(&rows, &state, &posteriors, false);
        posteriors[FUNCTION].step(&function, 3.0, 0.3).unwrap();
        posteriors[NOISE].step(&noise, 3.0, 0.3).unwrap();
    }
    let [function, noise] = chain.sums(&rows, &state, &posteriors, true);
    let by_points = function.points.iter().zip(&noise.points).map(|(a, b)| a + b);
    let gradient: Vec<f64> =
        function.theta[..3].iter().chain(&noise.theta).copied().chain(by_points).collect();
    let variables: Vec<f64> = theta.iter().chain(&points).copied().collect();
    assert_eq!(gradient.len(), variables.len());
    for index in 0..variables.len() {
        let mut at = |step: f64| {
            let mut moved = variables.clone();
            moved[index] += step;
            let state = chain.state(&moved[..7], &moved[7..], &mut log).unwrap();
            chain.sums(&rows, &state, &posteriors, false)[NOISE].expected
        };
        let slope = (at(1e-5) - at(-1e-5)) / 2e-5;
        let found = gradient[index];
        assert!((found - slope).abs() < 1e-5 * (1.0 + slope.abs()), "variable {index}: {found} {slope}");
    }
}

#[test]
fn noise_that_rises_is_found_again_and_a_saved_model_says_the_same() {
    let (table, data, params) = prepared(1500);
    let fit = params.fit(&data, 1, &mut Trace::default()).unwrap();
    assert!(fit.learned.noise.is_none() && fit.learned.objective.is_finite());
    let model = model_of(&table, &data, fit.model);
    let folder = tempfile::tempdir().unwrap();
    model.write(folder.path()).unwrap();
    let places: Vec<f64> = (-3..=3).flat_map(|k| [0.5 * f64::from(k), 0.2]).collect();
    let found = model.predict(&places, &mut Silent).unwrap();
    for (place, variance) in places.chunks_exact(2).zip(&found.variance) {
        let (own, wanted) = (variance.sqrt(), deviation(place[0]));
        assert!((own / wanted - 1.0).abs() < 0.25, "{own} {wanted}");
    }
    let again = GpModel::read(folder.path()).unwrap();
    assert_eq!(found, again.predict(&places, &mut Silent).unwrap());
    let judged = again.judge(&table.inputs, &table.target, &mut Silent).unwrap().unwrap();
    for level in [0.1, 0.5, 0.9] {
        let below = judged.pit.iter().filter(|&&pit| pit < level).count() as f64 / 1500.0;
        assert!((below - level).abs() < 0.04, "{below} below {level}");
    }
    let inside = table.target.iter().zip(judged.quantiles.chunks_exact(crate::QUANTILES));
    let share = inside.filter(|(y, own)| own[4] < **y && **y < own[195]).count() as f64 / 1500.0;
    assert!((0.93..0.98).contains(&share), "{share}");
    let alone = model.model.predict(&data.inputs[..20]).unwrap();
    let (mean, covariance) = model.model.joint(&data.inputs[..20]).unwrap();
    for i in 0..10 {
        assert!((mean[i] - alone.mean[i]).abs() < 1e-10);
        assert!((covariance[i * 11] - alone.latent_variance[i]).abs() < 1e-10);
    }
}

#[test]
fn one_and_two_threads_give_the_same_bytes() {
    let (_, data, mut params) = prepared(500);
    params.stochastic.epochs = 2;
    let bits = |threads| {
        let fit = in_pool(threads, || params.fit(&data, 1, &mut Silent)).unwrap();
        let parts = fit.model.save();
        let all = parts.arrays.iter().flat_map(|own| own.values.iter().map(|value| value.to_bits()));
        all.collect::<Vec<u64>>()
    };
    assert!(bits(1) == bits(2));
}

#[test]
fn what_it_has_no_place_for_is_refused() {
    let (_, mut data, params) = prepared(100);
    data.given_noise = Some(vec![0.1; 100]);
    let error = params.fit(&data, 1, &mut Silent).err().unwrap();
    assert_eq!(error.blamed_parameter(), Some("observation"));
    let nearest = crate::SwsgpParams { stochastic: params.stochastic, neighbours: 5 };
    assert!(nearest.fit(&data, 1, &mut Silent).is_err());
}
