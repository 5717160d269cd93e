use super::hyper::Hyper;

/// How far two scalings of the inputs differ, beyond a common factor: the sum of the changes of every input's share of
/// squared distances. Neighbours stay the same where it is nought.
pub fn distortion(points_spread: &[f64], before: &Hyper, after: &Hyper) -> f64 {
    let shares = |hyper: &Hyper| {
        let squares: Vec<f64> = points_spread
            .iter()
            .zip(&hyper.length_scales)
            .map(|(spread, scale)| (spread / scale).powi(2))
            .collect();
        let sum: f64 = squares.iter().sum();
        squares.into_iter().map(move |square| if sum > 0.0 { square / sum } else { 0.0 }).collect::<Vec<_>>()
    };
    shares(before).iter().zip(shares(after)).map(|(a, b)| (a - b).abs()).sum()
}

/// Standard deviation of every input.
pub fn spreads(points: &[f64], dimensions: usize) -> Vec<f64> {
    let count = (points.len() / dimensions).max(1) as f64;
    (0..dimensions)
        .map(|k| {
            let column = points.iter().skip(k).step_by(dimensions);
            let mean = column.clone().sum::<f64>() / count;
            (column.map(|value| (value - mean).powi(2)).sum::<f64>() / count).sqrt()
        })
        .collect()
}
