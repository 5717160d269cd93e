use filigree_core::dot;

/// Y Aᵀ, (restarts · p) × bands, and A Aᵀ, p × p for each restart.
pub(super) struct Products {
    pub pixels: Vec<f64>,
    pub gram: Vec<f64>,
}

/// Weighted sums of pixels, relative to exp(largest).
pub(super) struct Mixed {
    pub largest: Vec<f64>,
    pub sums: Vec<f64>,
    pub spectra: Vec<f64>,
}

impl Mixed {
    /// Takes the pixels that follow into account.
    pub(super) fn join(&mut self, later: &Self) {
        let bands = self.spectra.len() / self.sums.len();
        for row in 0..self.sums.len() {
            let largest = self.largest[row].max(later.largest[row]);
            let (own, other) = ((self.largest[row] - largest).exp(), (later.largest[row] - largest).exp());
            self.largest[row] = largest;
            self.sums[row] = own * self.sums[row] + other * later.sums[row];
            let spectrum = &mut self.spectra[row * bands..][..bands];
            for (value, add) in spectrum.iter_mut().zip(&later.spectra[row * bands..][..bands]) {
                *value = own * *value + other * add;
            }
        }
    }
}

/// Inner products of spectra that lie one after the other, p × p.
pub(super) fn gram(spectra: &[f64], bands: usize) -> Vec<f64> {
    let p = spectra.len() / bands;
    (0..p * p)
        .map(|i| dot(&spectra[(i / p) * bands..][..bands], &spectra[(i % p) * bands..][..bands]))
        .collect()
}

/// Softmax of every column of logarithms, `n` columns.
pub(super) fn normalise_columns(logs: &mut [f64], n: usize) {
    for column in 0..n {
        let own =
            |logs: &[f64]| logs.iter().skip(column).step_by(n).copied().fold(f64::NEG_INFINITY, f64::max);
        let largest = own(logs);
        let mut sum = 0.0;
        for value in logs.iter_mut().skip(column).step_by(n) {
            *value = (*value - largest).exp();
            sum += *value;
        }
        logs.iter_mut().skip(column).step_by(n).for_each(|value| *value /= sum);
    }
}

pub(super) fn add(total: &mut [f64], part: &[f64]) {
    total.iter_mut().zip(part).for_each(|(total, part)| *total += part);
}
