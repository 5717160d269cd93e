use filigree_core::{Error, dot, symmetric_eigen};

use crate::noise::BandNoise;

/// The signal subspace by minimum error (Bioucas-Dias & Nascimento, "Hyperspectral subspace identification", IEEE
/// TGRS 46(8), 2008): an eigenvector of the signal's correlation is kept where it adds more signal than noise.
pub(crate) struct Hysime {
    /// Dimensions that are kept.
    pub count: usize,
    /// For every number of dimensions k = 1 … bands, best ones first: what the projection leaves of the power, the
    /// noise it lets through (twice, as in equation 17), and their sum, which the chosen k minimises.
    pub curve: Vec<[f64; 3]>,
}

impl Hysime {
    /// From the correlation about zero and the noise of the bands.
    pub(crate) fn of(correlation: &[f64], noise: &BandNoise) -> Result<Self, Error> {
        let bands = noise.variance.len();
        let directions = symmetric_eigen(&noise.signal, bands)?.vectors;
        let mut terms: Vec<[f64; 2]> = directions
            .chunks_exact(bands)
            .map(|e| {
                let power: f64 = correlation.chunks_exact(bands).zip(e).map(|(row, x)| x * dot(row, e)).sum();
                let through: f64 = e.iter().zip(&noise.variance).map(|(x, variance)| x * x * variance).sum();
                [power, 2.0 * through]
            })
            .collect();
        terms.sort_by(|a, b| (a[1] - a[0]).total_cmp(&(b[1] - b[0])));
        let count = terms.iter().filter(|[power, through]| through < power).count();
        let mut left: f64 = (0..bands).map(|b| correlation[b * bands + b]).sum();
        let mut through = 0.0;
        let curve = terms
            .iter()
            .map(|term| {
                left = (left - term[0]).max(0.0);
                through += term[1];
                [left, through, left + through]
            })
            .collect();
        Ok(Self { count, curve })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Passes;
    use crate::PreparedCube;
    use crate::moments::Moments;
    use crate::test_support::{saved_cube, scene};
    use filigree_core::Silent;

    #[test]
    fn the_count_minimises_the_curve_and_is_the_planted_one() {
        let planted = scene([40, 50, 30], 5, 0.004, 12);
        let (_folder, input) = saved_cube(planted.shape, &planted.values);
        let cube = PreparedCube::open(&input, false, Passes::One, &mut Silent).unwrap();
        let moments = Moments::of_cube(&cube, "", &mut Silent).unwrap();
        let noise = BandNoise::of(&moments.correlation, 30, cube.pixels()).unwrap();
        let found = Hysime::of(&moments.correlation, &noise).unwrap();
        assert_eq!(found.count, 5);
        let least = (0..30).min_by(|&a, &b| found.curve[a][2].total_cmp(&found.curve[b][2])).unwrap();
        assert_eq!(least + 1, found.count);
        assert!(found.curve.windows(2).all(|pair| pair[1][0] <= pair[0][0] && pair[1][1] >= pair[0][1]));
    }
}
