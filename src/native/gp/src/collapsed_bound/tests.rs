use super::*;
use crate::table_data::Preparation;
use crate::test_support::table;
use filigree_core::{Silent, in_pool};

fn data(rows: usize) -> TrainingData {
    let table = table(rows, 2, 0.1);
    let mut data = table.prepare(&(0..rows).collect::<Vec<_>>(), &Preparation::default()).unwrap();
    data.given_noise = Some((0..rows).map(|i| 0.02 * (i % 3) as f64).collect());
    data.counts.iter_mut().step_by(5).for_each(|count| *count = 3.0);
    data
}

const THETA: [f64; 6] = [-0.2, -0.3, 0.2, -1.0, -1.5, -2.5];

fn kernel() -> Kernel {
    Kernel::parse("matern52 + linear", 2).unwrap()
}

/// −ln N(y; 0, Q + Λ), computed densely from its definition, with the penalty of VFE.
fn dense(data: &TrainingData, z: &[f64], method: InducingMethod) -> f64 {
    let kernel = kernel();
    let own = &THETA[..5];
    let (rows, points) = (data.rows(), z.len() / 2);
    let noise = data.noise(THETA[5].exp());
    let at = |i: usize| &z[2 * i..2 * i + 2];
    let mut prior = Mat::from_fn(points, points, |i, j| kernel.value(at(i), at(j), own));
    let mean: f64 = (0..points).map(|i| prior[(i, i)]).sum::<f64>() / points as f64;
    for i in 0..points {
        prior[(i, i)] += 1e-8 * mean;
    }
    let cross = Mat::from_fn(points, rows, |i, j| kernel.value(at(i), data.row(j), own));
    use faer::linalg::solvers::Solve;
    let q = cross.transpose() * prior.llt(Side::Lower).unwrap().solve(&cross);
    let rest = |i: usize| kernel.value(data.row(i), data.row(i), own) - q[(i, i)];
    let full = Mat::from_fn(rows, rows, |i, j| {
        let diagonal = noise[i] + if method == InducingMethod::Fitc { rest(i) } else { 0.0 };
        q[(i, j)] + if i == j { diagonal } else { 0.0 }
    });
    let factor = full.llt(Side::Lower).unwrap();
    let solution = factor.solve(faer::ColRef::from_slice(&data.target));
    let quadratic: f64 = (0..rows).map(|i| solution[i] * data.target[i]).sum();
    let determinant: f64 = (0..rows).map(|i| 2.0 * factor.L()[(i, i)].ln()).sum();
    let penalty: f64 = match method {
        InducingMethod::Vfe => (0..rows).map(|i| rest(i) / noise[i]).sum(),
        InducingMethod::Fitc => 0.0,
    };
    0.5 * (quadratic + determinant + rows as f64 * std::f64::consts::TAU.ln() + penalty)
}

#[test]
fn the_objective_is_that_of_its_definition_and_its_gradient_that_of_finite_differences() {
    let data = data(600);
    let kernel = kernel();
    let z: Vec<f64> = data.inputs[..24].iter().map(|x| x + 0.05).collect();
    for (method, _) in InducingMethod::NAMES {
        let bound = CollapsedBound { kernel: &kernel, data: &data, method: *method };
        let variables: Vec<f64> = THETA.iter().chain(&z).copied().collect();
        let mut gradient = vec![0.0; variables.len()];
        let value =
            bound.evaluate(&variables, &mut gradient, &mut JitterLog::default(), &mut Silent).unwrap();
        let expected = dense(&data, &z, *method) / 600.0;
        assert!((value - expected).abs() < 1e-9, "{method:?}: {value} against {expected}");
        for index in 0..variables.len() {
            let at = |step: f64| {
                let mut moved = variables.clone();
                moved[index] += step;
                let mut unused = vec![0.0; moved.len()];
                bound.evaluate(&moved, &mut unused, &mut JitterLog::default(), &mut Silent).unwrap()
            };
            let slope = (at(1e-5) - at(-1e-5)) / 2e-5;
            assert!(
                (gradient[index] - slope).abs() < 2e-7 * (1.0 + slope.abs()),
                "{method:?}, variable {index}: {} against {slope}",
                gradient[index]
            );
        }
    }
}

#[test]
fn the_bounds_enclose_the_exact_likelihood_and_meet_where_all_rows_are_points() {
    let data = data(200);
    let kernel = kernel();
    let exact = -dense(&data, &data.inputs, InducingMethod::Vfe);
    let bound = CollapsedBound { kernel: &kernel, data: &data, method: InducingMethod::Vfe };
    let enclosed = |points: usize| {
        let z = &data.inputs[..2 * points];
        let lower = -bound.project(&THETA, z, false, &mut JitterLog::default(), &mut Silent).unwrap().value;
        (lower, bound.upper_bound(&THETA, z, &mut Silent).unwrap())
    };
    let mut before = f64::NEG_INFINITY;
    for points in [10, 20, 40, 80] {
        let (lower, upper) = enclosed(points);
        assert!(before <= lower && lower <= exact && exact <= upper, "{points}: {lower} {exact} {upper}");
        before = lower;
    }
    let (lower, upper) = enclosed(200);
    assert!((lower - exact).abs() < 1e-3 && (upper - exact).abs() < 1e-3, "{lower} {exact} {upper}");
}

#[test]
fn threads_and_what_is_kept_do_not_change_a_byte() {
    let data = data(1500);
    let kernel = kernel();
    let variables: Vec<f64> = THETA.iter().chain(&data.inputs[..60]).copied().collect();
    for (method, _) in InducingMethod::NAMES {
        let bound = CollapsedBound { kernel: &kernel, data: &data, method: *method };
        let bits = |threads| {
            in_pool(threads, || {
                let mut gradient = vec![0.0; variables.len()];
                let value =
                    bound.evaluate(&variables, &mut gradient, &mut JitterLog::default(), &mut Silent)?;
                gradient.push(value);
                Ok(gradient.iter().map(|value| value.to_bits()).collect::<Vec<_>>())
            })
            .unwrap()
        };
        assert_eq!(bits(1), bits(2));
        assert_eq!(bits(1), bits(3));
    }
}
