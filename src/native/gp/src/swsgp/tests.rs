use super::*;
use crate::GpModel;
use crate::svgp::SvgpParams;
use crate::test_support::{Trace, model_of, table};
use filigree_core::in_pool;

fn small() -> SwsgpParams {
    let own = StochasticParams::default();
    SwsgpParams {
        stochastic: StochasticParams { kernel: "rbf".into(), points: 80, batch: 100, epochs: 60, ..own },
        neighbours: 16,
    }
}

fn prepared(rows: usize) -> (crate::Table, TrainingData) {
    let table = table(rows, 2, 0.1);
    let data = table.prepare(&(0..rows).collect::<Vec<_>>(), &Preparation::default()).unwrap();
    (table, data)
}

#[test]
fn gradients_agree_with_finite_differences() {
    let (_, data) = prepared(120);
    let kernel = Kernel::parse("matern52 + linear", 2).unwrap();
    let observation = Observation::new(ObservationKind::Gaussian).unwrap();
    let theta = [-0.2, -0.3, 0.2, -1.0, -1.5, -2.0];
    let z: Vec<f64> = data.inputs[..24].iter().map(|x| x + 0.05).collect();
    let rows: Vec<usize> = (0..120).step_by(2).collect();
    // All points active: neighbours do not change where the points move.
    let objective =
        NeighbourObjective { kernel: &kernel, data: &data, observation: &observation, neighbours: 12 };
    let mut posterior = NeighbourPosterior::prior(12, 1.0);
    let mut log = JitterLog::default();
    let (scale, share) = (2.0, 1.0 / 60.0);
    let first = objective.sums(&rows, &theta, &z, &posterior, None, &mut log).unwrap();
    posterior.fade(0.7);
    posterior.take(&first, 0.7, scale, share);
    posterior.settle().unwrap();
    let found = objective.sums(&rows, &theta, &z, &posterior, Some((scale, share)), &mut log).unwrap();
    let variables: Vec<f64> = theta.iter().chain(&z).copied().collect();
    let gradient: Vec<f64> = found.theta.iter().chain(&found.points).copied().collect();
    for index in 0..variables.len() {
        let at = |step: f64| {
            let mut moved = variables.clone();
            moved[index] += step;
            let (theta, z) = moved.split_at(6);
            let sums = objective.sums(&rows, theta, z, &posterior, None, &mut JitterLog::default()).unwrap();
            scale * sums.expected - share * sums.divergence
        };
        let slope = (at(1e-5) - at(-1e-5)) / 2e-5;
        assert!(
            (gradient[index] - slope).abs() < 1e-4 * (1.0 + slope.abs()),
            "variable {index}: {} against {slope}",
            gradient[index]
        );
    }
}

#[test]
fn the_settled_posterior_is_where_the_bound_is_largest() {
    let (_, data) = prepared(150);
    let kernel = Kernel::parse("rbf", 2).unwrap();
    let observation = Observation::new(ObservationKind::Gaussian).unwrap();
    let theta = [0.1, -0.4, 0.3, -3.0];
    let z = &data.inputs[..40];
    let objective =
        NeighbourObjective { kernel: &kernel, data: &data, observation: &observation, neighbours: 8 };
    let rows: Vec<usize> = (0..150).collect();
    let mut posterior = NeighbourPosterior::prior(20, 1.0);
    let sums = objective.sums(&rows, &theta, z, &posterior, None, &mut JitterLog::default()).unwrap();
    posterior.fade(1.0);
    posterior.take(&sums, 1.0, 1.0, 1.0 / 150.0);
    posterior.settle().unwrap();
    let bound = |own: &NeighbourPosterior| {
        let sums = objective.sums(&rows, &theta, z, own, None, &mut JitterLog::default()).unwrap();
        sums.expected - sums.divergence / 150.0
    };
    let best = bound(&posterior);
    for j in 0..20 {
        for factor in [0.8, 1.25] {
            let mut other = NeighbourPosterior::of(posterior.mean.clone(), posterior.variances.clone());
            other.variances[j] *= factor;
            assert!(bound(&other) <= best + 1e-7, "variance {j}");
            let mut other = NeighbourPosterior::of(posterior.mean.clone(), posterior.variances.clone());
            other.mean[j] += factor - 1.0;
            assert!(bound(&other) <= best + 1e-7, "mean {j}");
        }
    }
}

#[test]
fn with_few_active_points_it_predicts_as_well_as_with_all() {
    let (names, data) = prepared(900);
    let fresh = table(200, 2, 0.0);
    let error = |model: Box<dyn FittedModel>| {
        let own = model_of(&names, &data, model);
        let folder = tempfile::tempdir().unwrap();
        own.write(folder.path()).unwrap();
        let found = own.predict(&fresh.inputs, &mut Silent).unwrap();
        assert_eq!(found, GpModel::read(folder.path()).unwrap().predict(&fresh.inputs, &mut Silent).unwrap());
        let square: f64 = found.mean.iter().zip(&fresh.target).map(|(m, t)| (m - t).powi(2)).sum();
        (square / 200.0).sqrt()
    };
    let near = error(small().fit(&data, 1, &mut Silent).unwrap().model);
    let whole =
        error(SvgpParams { stochastic: small().stochastic }.fit(&data, 1, &mut Silent).unwrap().model);
    assert!(near < 0.06 && near < whole + 0.02, "{near} against {whole}");
}

#[test]
fn threads_do_not_change_a_byte_and_a_stop_keeps_the_passes_done() {
    let mut params = small();
    (params.stochastic.epochs, params.stochastic.batch) = (2, 300);
    let (_, data) = prepared(600);
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
fn a_breakdown_is_told() {
    let (_, mut data) = prepared(60);
    data.target[3] = 1e300;
    assert!(matches!(small().fit(&data, 1, &mut Silent).err().unwrap(), Error::Breakdown(_)));
    let none = SwsgpParams { neighbours: 0, ..small() };
    assert_eq!(none.fit(&data, 1, &mut Silent).err().unwrap().blamed_parameter(), Some("neighbours"));
}

#[test]
fn counts_whose_steps_overshoot_end_no_fit() {
    let mut table = table(600, 2, 0.1);
    table.target.iter_mut().for_each(|y| *y = (1.5 * *y).exp().round());
    let mut params = small();
    params.stochastic.observation = ObservationKind::Poisson;
    (params.stochastic.points, params.neighbours, params.stochastic.batch) = (60, 60, 512);
    let data = table.prepare(&(0..600).collect::<Vec<_>>(), &params.preparation()).unwrap();
    let fit = params.fit(&data, 1, &mut Silent).unwrap();
    let found = fit.model.predict(&data.inputs).unwrap();
    let off: f64 = found.mean.iter().zip(&data.target).map(|(m, y)| (m - y).abs()).sum::<f64>() / 600.0;
    let middle = data.target.iter().sum::<f64>() / 600.0;
    let spread = data.target.iter().map(|y| (y - middle).abs()).sum::<f64>() / 600.0;
    assert!(off < 0.8 * spread, "mean error of counts {off} of {spread}");
    assert!(found.variance.iter().all(|variance| variance.is_finite()));
}
