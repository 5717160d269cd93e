use super::*;
use crate::Passes;
use crate::test_support::{saved_cube, scene};
use filigree_core::Silent;

const P: usize = 3;

fn opened(seed: u64) -> (tempfile::TempDir, PreparedCube) {
    let planted = scene([9, 61, 14], P, 0.01, seed);
    let (folder, input) = saved_cube(planted.shape, &planted.values);
    (folder, PreparedCube::open(&input, false, Passes::Many, &mut Silent).unwrap())
}

fn started(cube: &PreparedCube, restarts: usize) -> Descent<'_> {
    let pixels = cube.tile(0..cube.pixels());
    let energy = dot(&pixels, &pixels);
    Descent::start(cube, P, 0..restarts, 5, energy, &mut || Ok(())).unwrap()
}

/// ½‖Y − YBA‖² from the matrices themselves.
fn direct(cube: &PreparedCube, descent: &Descent<'_>, restart: usize) -> f64 {
    let (bands, n) = (cube.bands(), cube.pixels());
    let (a, b) = (descent.abundances(restart).unwrap(), descent.weights(restart).unwrap());
    let y = cube.tile(0..n);
    let mut mixed = vec![0.0; P * bands];
    for (pixel, weights) in y.chunks_exact(bands).zip(b.chunks_exact(P)) {
        for (spectrum, weight) in mixed.chunks_exact_mut(bands).zip(weights) {
            spectrum.iter_mut().zip(pixel).for_each(|(sum, value)| *sum += weight * value);
        }
    }
    let mut sum = 0.0;
    for (pixel, shares) in y.chunks_exact(bands).zip(a.chunks_exact(P)) {
        for band in 0..bands {
            let estimate: f64 = (0..P).map(|k| shares[k] * mixed[k * bands + band]).sum();
            sum += (pixel[band] - estimate).powi(2);
        }
    }
    0.5 * sum
}

#[test]
fn the_objective_is_that_of_the_matrices_and_never_rises_with_the_right_step() {
    let (_folder, cube) = opened(1);
    let mut descent = started(&cube, 4);
    let longest = cube
        .tile(0..cube.pixels())
        .chunks_exact(cube.bands())
        .map(|pixel| dot(pixel, pixel))
        .fold(0.0, f64::max);
    for step in &mut descent.steps {
        // The objective is smooth relative to the entropy with constants max ‖y‖² (for a column of A, as no
        // archetype is longer than a pixel) and max ‖y‖²·‖A‖² ≤ max ‖y‖²·pixels (for B).
        step.abundances = 1.0 / longest;
        step.weights = 1.0 / (longest * cube.pixels() as f64);
    }
    let mut before = [f64::INFINITY; 4];
    for _ in 0..40 {
        descent.advance(3, 3, &mut || Ok(())).unwrap();
        for restart in 0..4 {
            let objective = descent.steps[restart].objective;
            assert!(objective <= before[restart], "{objective} after {}", before[restart]);
            assert!((objective - direct(&cube, &descent, restart)).abs() < 1e-10 * objective);
            before[restart] = objective;
        }
    }
    assert!(descent.steps.iter().all(|step| step.halved == 0));
    assert!(before.iter().all(|objective| *objective < 0.5 * 0.5 * descent.energy));
    for (restart, (_, energy)) in descent.residuals().unwrap().into_iter().enumerate() {
        assert!((0.5 * energy - before[restart]).abs() < 1e-10 * energy);
    }
}

#[test]
fn an_update_is_the_softmax_of_the_paper() {
    let (_folder, cube) = opened(2);
    let mut descent = started(&cube, 2);
    let (bands, n) = (cube.bands(), cube.pixels());
    let (a, b) = (descent.abundances(1).unwrap(), descent.weights(1).unwrap());
    assert!(a.iter().all(|share| (share - 1.0 / P as f64).abs() < 1e-15));
    assert!(b.iter().all(|weight| (0.8..1.25).contains(&(weight * n as f64))));
    let e = descent.archetypes(1).to_vec();
    let steps = descent.steps[1];
    descent.advance(1, 1, &mut || Ok(())).unwrap();
    let y = cube.tile(0..n);
    let softmax = |logs: Vec<f64>| {
        let sum: f64 = logs.iter().map(|log| log.exp()).sum();
        logs.into_iter().map(move |log| log.exp() / sum).collect::<Vec<_>>()
    };
    let mut next = Vec::new();
    let mut residuals = Vec::new();
    for (pixel, shares) in y.chunks_exact(bands).zip(a.chunks_exact(P)) {
        let rest = |shares: &[f64]| -> Vec<f64> {
            (0..bands)
                .map(|band| pixel[band] - (0..P).map(|k| shares[k] * e[k * bands + band]).sum::<f64>())
                .collect()
        };
        let first = rest(shares);
        let moved = (0..P)
            .map(|k| shares[k].ln() + steps.abundances * dot(&e[k * bands..][..bands], &first))
            .collect();
        let moved = softmax(moved);
        residuals.push(rest(&moved));
        next.push(moved);
    }
    let found = descent.abundances(1).unwrap();
    assert!(found.iter().zip(next.concat()).all(|(a, b)| (a - b).abs() < 1e-13));
    let found = descent.weights(1).unwrap();
    for k in 0..P {
        let mut pull = vec![0.0; bands];
        for (rest, shares) in residuals.iter().zip(&next) {
            pull.iter_mut().zip(rest).for_each(|(sum, value)| *sum += value * shares[k]);
        }
        let logs = (0..n)
            .map(|pixel| b[pixel * P + k].ln() + steps.weights * dot(&y[pixel * bands..][..bands], &pull));
        let expected = softmax(logs.collect());
        for (pixel, expected) in expected.into_iter().enumerate() {
            assert!((found[pixel * P + k] - expected).abs() < 1e-13);
        }
    }
}

#[test]
fn columns_sum_to_one_and_steps_that_are_too_long_are_halved() {
    let (_folder, cube) = opened(3);
    let mut descent = started(&cube, 3);
    descent.steps.iter_mut().for_each(|step| step.weights *= 1e4);
    for _ in 0..30 {
        descent.advance(2, 2, &mut || Ok(())).unwrap();
    }
    assert!(descent.steps.iter().any(|step| step.halved > 0));
    for restart in 0..3 {
        let abundances = descent.abundances(restart).unwrap();
        assert!(abundances.chunks_exact(P).all(|row| (row.iter().sum::<f64>() - 1.0).abs() < 1e-12));
        let weights = descent.weights(restart).unwrap();
        for column in 0..P {
            let sum: f64 = weights.iter().skip(column).step_by(P).sum();
            assert!((sum - 1.0).abs() < 1e-12 && weights.iter().all(|weight| *weight >= 0.0));
        }
    }
}
