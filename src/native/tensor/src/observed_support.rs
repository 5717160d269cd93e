//! Scattered tensors for the tests of this crate.

use std::path::Path;

use filigree_core::{ArraySource, NpyWriter, Random};

use crate::observed_input::ObservedInput;
use crate::test_support::described;

/// Saves float64 numbers as a `.npy` file and describes it.
pub fn saved_array(folder: &Path, name: &str, shape: &[usize], values: &[f64]) -> ArraySource {
    NpyWriter::write_all(folder, name, shape, values).unwrap();
    described(&folder.join(name), shape)
}

/// Saves scattered entries; a place and a value each.
pub fn saved_entries(folder: &Path, shape: &[usize], entries: &[(Vec<usize>, f64)]) -> ObservedInput {
    let values: Vec<f64> = entries.iter().map(|(_, value)| *value).collect();
    let places: Vec<f64> = entries.iter().flat_map(|(place, _)| place.iter().map(|&i| i as f64)).collect();
    ObservedInput {
        values: saved_array(folder, "values.npy", &[values.len()], &values),
        indices: Some(saved_array(folder, "indices.npy", &[values.len(), shape.len()], &places)),
        shape: shape.to_vec(),
        mask: None,
        scale: 1.0,
        no_data_value: None,
    }
}

/// Random places of a sum of two products of smooth functions, with noise.
pub fn smooth_entries(shape: &[usize; 3], count: usize, noise: f64, seed: u64) -> Vec<(Vec<usize>, f64)> {
    let mut random = Random::new(seed, 0);
    (0..count)
        .map(|_| {
            let place: Vec<usize> = shape.iter().map(|&length| random.below(length)).collect();
            (place.clone(), smooth_value(shape, &place) + noise * random.normal())
        })
        .collect()
}

/// What `smooth_entries` are drawn around.
pub fn smooth_value(shape: &[usize; 3], place: &[usize]) -> f64 {
    let at = |mode: usize| place[mode] as f64 / (shape[mode] - 1) as f64;
    let wave = |x: f64, turns: f64| (std::f64::consts::TAU * turns * x).sin();
    let first = (1.0 + at(0)) * wave(at(1), 1.0) * (1.0 + 0.5 * wave(at(2), 2.0));
    first + wave(at(0), 0.7) * (1.0 - at(1)) * wave(at(2) + 0.2, 1.0)
}
