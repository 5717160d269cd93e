use filigree_core::{Error, Observer, keep_going};

use super::deviation_scale::left_out_densities;
use super::fisher_scoring::Place;
use super::likelihood::Observations;
use super::predictor::Predictor;

/// The name of a kernel that is chosen among [`CANDIDATES`] by predictions of rows left out.
pub const AUTOMATIC: &str = "automatic";

/// Kernels that are compared, from the roughest on.
pub const CANDIDATES: [&str; 3] = ["matern12", "matern32", "matern52"];

/// The candidate that others must clearly beat.
const USUAL: usize = 1;

/// Standard errors by which they must.
const CLEARLY: f64 = 2.0;

/// Rows that kernels are compared by, and rows that each of them is predicted from.
const COMPARED_ROWS: usize = 2000;
const COMPARED_NEIGHBOURS: usize = 60;

/// Which of [`CANDIDATES`], fitted to a part of the rows, predicts rows best that are left out; `places` are where
/// those fits ended.
pub fn chosen_kernel(
    observations: &Observations,
    places: &[Place],
    seed: u64,
    observer: &mut dyn Observer,
) -> Result<usize, Error> {
    let mut densities = Vec::new();
    for place in places {
        keep_going(observer.progress(1.0), "choosing the kernel")?;
        let predictor = Predictor::new(observations.clone(), place.hyper.clone(), place.coefficients.clone());
        densities.push(left_out_densities(&predictor, COMPARED_ROWS, COMPARED_NEIGHBOURS, seed)?);
    }
    Ok(preferred(&densities, USUAL))
}

/// Of candidates by the logarithms of their densities, the one with the largest sum, unless the usual one comes within
/// some standard errors of it.
fn preferred(densities: &[Vec<f64>], usual: usize) -> usize {
    let mut best = (0.0, usual);
    for (index, own) in densities.iter().enumerate() {
        let count = own.len() as f64;
        let gains: Vec<f64> = own.iter().zip(&densities[usual]).map(|(own, usual)| own - usual).collect();
        let mean = gains.iter().sum::<f64>() / count;
        let variance = gains.iter().map(|gain| (gain - mean).powi(2)).sum::<f64>() / count;
        if mean > best.0 && mean > CLEARLY * (variance / count).sqrt() {
            best = (mean, index);
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use super::preferred;

    #[test]
    fn a_kernel_must_clearly_beat_the_usual_one() {
        let usual: Vec<f64> = (0..100).map(|row| f64::from(row % 7)).collect();
        let moved = |by: f64, spread: f64| -> Vec<f64> {
            usual.iter().enumerate().map(|(row, own)| own + by + spread * (row % 3) as f64 - spread).collect()
        };
        assert_eq!(preferred(&[moved(0.05, 2.0), usual.clone(), moved(-0.1, 0.1)], 1), 1);
        assert_eq!(preferred(&[moved(0.5, 0.1), usual.clone(), moved(0.2, 0.1)], 1), 0);
        assert_eq!(preferred(&[moved(0.5, 0.1), usual.clone(), moved(0.7, 0.1)], 1), 2);
    }
}
