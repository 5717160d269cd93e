//! Leaves that are not a function of one distance: linear, periodic, spectral mixture.

use std::f64::consts::{PI, TAU};

use super::block::Pair;
use super::leaf::Leaf;

fn for_pairs(pair: &Pair<'_>, mut visit: impl FnMut(usize, usize, &[f64], &[f64])) {
    let columns = pair.columns();
    for (i, x) in pair.x.chunks_exact(pair.dimensions).enumerate() {
        for (j, z) in pair.z.chunks_exact(pair.dimensions).enumerate() {
            visit(i * columns + j, j * pair.dimensions, x, z);
        }
    }
}

pub fn linear_block(leaf: &Leaf, pair: &Pair<'_>, out: &mut [f64]) {
    let variances: Vec<f64> = leaf.own(pair.theta).iter().map(|v| v.exp()).collect();
    for_pairs(pair, |place, _, x, z| {
        out[place] = leaf.inputs.iter().zip(&variances).map(|(&d, v)| v * x[d] * z[d]).sum();
    });
}

pub fn linear_pull_back(
    leaf: &Leaf,
    pair: &Pair<'_>,
    weights: &[f64],
    own: &mut [f64],
    mut z_gradient: Option<&mut [f64]>,
) {
    let variances: Vec<f64> = leaf.own(pair.theta).iter().map(|v| v.exp()).collect();
    for_pairs(pair, |place, at, x, z| {
        for (index, (&d, v)) in leaf.inputs.iter().zip(&variances).enumerate() {
            let slope = weights[place] * v * x[d];
            own[index] += slope * z[d];
            if let Some(gradient) = z_gradient.as_deref_mut() {
                gradient[at + d] += slope;
            }
        }
    });
}

/// Variance, then for every input its number, 1/ℓ² and period.
fn periodic_parts(leaf: &Leaf, theta: &[f64]) -> (f64, Vec<(usize, f64, f64)>) {
    let (variance, rest) = leaf.variance_and_rest(theta);
    let (scales, periods) = rest.split_at(leaf.inputs.len());
    let parts = leaf.inputs.iter().zip(scales.iter().zip(periods));
    (variance, parts.map(|(&d, (scale, period))| (d, (-2.0 * scale).exp(), period.exp())).collect())
}

fn periodic_value(variance: f64, parts: &[(usize, f64, f64)], x: &[f64], z: &[f64]) -> f64 {
    let sum: f64 =
        parts.iter().map(|&(d, weight, period)| weight * (PI * (x[d] - z[d]) / period).sin().powi(2)).sum();
    variance * (-2.0 * sum).exp()
}

pub fn periodic_block(leaf: &Leaf, pair: &Pair<'_>, out: &mut [f64]) {
    let (variance, parts) = periodic_parts(leaf, pair.theta);
    for_pairs(pair, |place, _, x, z| out[place] = periodic_value(variance, &parts, x, z));
}

pub fn periodic_pull_back(
    leaf: &Leaf,
    pair: &Pair<'_>,
    weights: &[f64],
    own: &mut [f64],
    mut z_gradient: Option<&mut [f64]>,
) {
    let (variance, parts) = periodic_parts(leaf, pair.theta);
    let first = usize::from(leaf.has_variance());
    let inputs = parts.len();
    for_pairs(pair, |place, at, x, z| {
        let value = weights[place] * periodic_value(variance, &parts, x, z);
        if first == 1 {
            own[0] += value;
        }
        for (index, &(d, weight, period)) in parts.iter().enumerate() {
            let difference = x[d] - z[d];
            let angle = PI * difference / period;
            let slope = 2.0 * weight * value * (2.0 * angle).sin();
            own[first + index] += 4.0 * weight * value * angle.sin().powi(2);
            own[first + inputs + index] += slope * angle;
            if let Some(gradient) = z_gradient.as_deref_mut() {
                gradient[at + d] += slope * PI / period;
            }
        }
    });
}

/// Weight, frequencies and bandwidths of every component.
fn mixture_parts(leaf: &Leaf, components: usize, theta: &[f64]) -> Vec<(f64, Vec<f64>, Vec<f64>)> {
    let inputs = leaf.inputs.len();
    let own = leaf.own(theta);
    (0..components)
        .map(|q| {
            let part: Vec<f64> =
                own[q * (1 + 2 * inputs)..][..1 + 2 * inputs].iter().map(|v| v.exp()).collect();
            (part[0], part[1..=inputs].to_vec(), part[1 + inputs..].to_vec())
        })
        .collect()
}

pub fn mixture_block(leaf: &Leaf, components: usize, pair: &Pair<'_>, out: &mut [f64]) {
    let parts = mixture_parts(leaf, components, pair.theta);
    for_pairs(pair, |place, _, x, z| {
        out[place] = parts
            .iter()
            .map(|(weight, frequencies, bandwidths)| {
                let (mut exponent, mut product) = (0.0, *weight);
                for (index, &d) in leaf.inputs.iter().enumerate() {
                    let difference = x[d] - z[d];
                    exponent += (difference * bandwidths[index]).powi(2);
                    product *= (TAU * frequencies[index] * difference).cos();
                }
                product * (-2.0 * PI * PI * exponent).exp()
            })
            .sum();
    });
}

pub fn mixture_pull_back(
    leaf: &Leaf,
    components: usize,
    pair: &Pair<'_>,
    weights: &[f64],
    own: &mut [f64],
    mut z_gradient: Option<&mut [f64]>,
) {
    let parts = mixture_parts(leaf, components, pair.theta);
    let inputs = leaf.inputs.len();
    let mut cosines = vec![0.0; inputs];
    for_pairs(pair, |place, at, x, z| {
        for ((weight, frequencies, bandwidths), own) in parts.iter().zip(own.chunks_exact_mut(1 + 2 * inputs))
        {
            let mut exponent = 0.0;
            for (index, &d) in leaf.inputs.iter().enumerate() {
                let difference = x[d] - z[d];
                exponent += (difference * bandwidths[index]).powi(2);
                cosines[index] = (TAU * frequencies[index] * difference).cos();
            }
            let decayed = weights[place] * weight * (-2.0 * PI * PI * exponent).exp();
            let value = decayed * cosines.iter().product::<f64>();
            own[0] += value;
            for (index, &d) in leaf.inputs.iter().enumerate() {
                let difference = x[d] - z[d];
                let angle = TAU * frequencies[index] * difference;
                // The other cosines are multiplied afresh: one of them may be zero.
                let others: f64 =
                    (0..inputs).filter(|&other| other != index).map(|other| cosines[other]).product();
                let sine = decayed * others * angle.sin();
                let squared = 4.0 * PI * PI * bandwidths[index].powi(2) * difference * value;
                own[1 + index] -= sine * angle;
                own[1 + inputs + index] -= squared * difference;
                if let Some(gradient) = z_gradient.as_deref_mut() {
                    gradient[at + d] += sine * TAU * frequencies[index] + squared;
                }
            }
        }
    });
}
