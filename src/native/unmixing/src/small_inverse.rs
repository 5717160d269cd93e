/// Inverse and log |det| by Gauss-Jordan with row pivots; `None` for a singular matrix.
pub(crate) fn invert(matrix: &[f64], p: usize) -> Option<(Vec<f64>, f64)> {
    let mut left = matrix.to_vec();
    let mut right: Vec<f64> = (0..p * p).map(|i| if i / p == i % p { 1.0 } else { 0.0 }).collect();
    let mut log_volume = 0.0;
    for column in 0..p {
        let pivot = (column..p).max_by(|&a, &b| {
            left[a * p + column].abs().total_cmp(&left[b * p + column].abs()).then(b.cmp(&a))
        })?;
        let value = left[pivot * p + column];
        if !(value.abs() > 0.0 && value.is_finite()) {
            return None;
        }
        log_volume += value.abs().ln();
        for k in 0..p {
            left.swap(pivot * p + k, column * p + k);
            right.swap(pivot * p + k, column * p + k);
        }
        for k in 0..p {
            left[column * p + k] /= value;
            right[column * p + k] /= value;
        }
        for row in (0..p).filter(|&row| row != column) {
            let factor = left[row * p + column];
            for k in 0..p {
                left[row * p + k] -= factor * left[column * p + k];
                right[row * p + k] -= factor * right[column * p + k];
            }
        }
    }
    Some((right, log_volume))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_inverse_times_its_matrix_is_one() {
        let matrix = [2.0, 1.0, 0.0, 0.5, -3.0, 1.0, 4.0, 0.0, 1.0];
        let (inverse, log_volume) = invert(&matrix, 3).unwrap();
        for i in 0..9 {
            let product: f64 = (0..3).map(|k| inverse[(i / 3) * 3 + k] * matrix[k * 3 + i % 3]).sum();
            assert!((product - if i / 3 == i % 3 { 1.0 } else { 0.0 }).abs() < 1e-14);
        }
        assert!((log_volume - 2.5f64.ln()).abs() < 1e-12);
        assert!(invert(&[1.0, 2.0, 2.0, 4.0], 2).is_none());
    }
}
