use std::sync::Arc;

use filigree_core::{Error, Random, filled};
use rayon::prelude::*;
use rustfft::num_complex::Complex;
use rustfft::{Fft, FftPlanner};

/// A Gaussian random field with mean zero and variance one, smooth over `length` pixels: its covariance falls as
/// exp(−r²/2·length²). White noise is filtered in the Fourier domain on a padded torus, so that opposite edges
/// of the field do not know each other.
pub(crate) fn gaussian_field(
    lines: usize,
    samples: usize,
    length: f64,
    random: &mut Random,
) -> Result<Vec<f64>, Error> {
    let padding = (4.0 * length).ceil() as usize;
    let (height, width) = (lines + padding, samples + padding);
    let mut field = filled(height * width, Complex::new(0.0, 0.0), "a random field")?;
    field.iter_mut().for_each(|value| value.re = random.normal());
    if length > 0.0 {
        let mut planner = FftPlanner::new();
        let along = (planner.plan_fft_forward(width), planner.plan_fft_inverse(width));
        let across = (planner.plan_fft_forward(height), planner.plan_fft_inverse(height));
        transform(&mut field, width, &along.0);
        let mut turned = transposed(&field, height, width);
        transform(&mut turned, height, &across.0);
        turned.par_chunks_mut(height).enumerate().for_each(|(column, values)| {
            let x = angular_frequency(column, width);
            for (line, value) in values.iter_mut().enumerate() {
                let y = angular_frequency(line, height);
                *value *= (-0.25 * length * length * (x * x + y * y)).exp();
            }
        });
        transform(&mut turned, height, &across.1);
        field = transposed(&turned, width, height);
        transform(&mut field, width, &along.1);
    }
    let mut cropped: Vec<f64> =
        (0..lines).flat_map(|line| field[line * width..][..samples].iter().map(|value| value.re)).collect();
    standardise(&mut cropped);
    Ok(cropped)
}

fn transform(rows: &mut [Complex<f64>], width: usize, fft: &Arc<dyn Fft<f64>>) {
    rows.par_chunks_mut(width).for_each(|row| fft.process(row));
}

fn transposed(values: &[Complex<f64>], rows: usize, columns: usize) -> Vec<Complex<f64>> {
    let mut out = vec![Complex::new(0.0, 0.0); values.len()];
    out.par_chunks_mut(rows).enumerate().for_each(|(column, target)| {
        for (row, value) in target.iter_mut().enumerate() {
            *value = values[row * columns + column];
        }
    });
    out
}

fn angular_frequency(index: usize, size: usize) -> f64 {
    let signed = if index <= size / 2 { index as f64 } else { index as f64 - size as f64 };
    std::f64::consts::TAU * signed / size as f64
}

/// Mean zero and variance one; a constant field becomes zero.
fn standardise(values: &mut [f64]) {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let variance = values.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / count;
    let factor = if variance > 0.0 { 1.0 / variance.sqrt() } else { 0.0 };
    values.iter_mut().for_each(|x| *x = (*x - mean) * factor);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn correlation(field: &[f64], width: usize, step: usize) -> f64 {
        let pairs = field.chunks_exact(width).flat_map(|row| row.iter().zip(&row[step..]));
        let (sum, count) = pairs.fold((0.0, 0.0), |(sum, count), (a, b)| (sum + a * b, count + 1.0));
        sum / count
    }

    #[test]
    fn neighbours_correlate_as_asked() {
        let field = gaussian_field(200, 300, 3.0, &mut Random::new(1, 0)).unwrap();
        for step in [1, 3, 6] {
            let expected = (-(step as f64).powi(2) / 18.0).exp();
            let found = correlation(&field, 300, step);
            assert!((found - expected).abs() < 0.05, "step {step}: {found} instead of {expected}");
        }
        let white = gaussian_field(100, 100, 0.0, &mut Random::new(1, 0)).unwrap();
        assert!(correlation(&white, 100, 1).abs() < 0.03);
    }
}
