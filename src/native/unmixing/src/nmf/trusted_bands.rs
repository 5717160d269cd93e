use filigree_core::{Error, Observer, symmetric_eigen};

use crate::PreparedCube;
use crate::moments::Moments;

/// A band is not trusted with the start where more than this share of its variance is its own: no mixture of the
/// other bands explains it. Bands that show a scene share most of what they show.
const OWN_SHARE: f64 = 0.5;

/// Numbers (among the kept bands) of the bands that the others explain, by regression of every band on all others:
/// the unexplained variance of band b is 1/(C⁻¹)_bb for the covariance C (Bioucas-Dias & Nascimento,
/// "Hyperspectral subspace identification", IEEE TGRS 46(8), 2008, estimate noise in this way).
///
/// At least half of the bands, and `endmembers` of them, are trusted, the best explained ones. Constant bands say
/// nothing, and are trusted.
pub(super) fn trusted_bands(
    cube: &PreparedCube,
    endmembers: usize,
    observer: &mut dyn Observer,
) -> Result<Vec<usize>, Error> {
    let bands = cube.bands();
    let covariance = Moments::of_cube(cube, "Judging the bands", observer)?.covariance();
    let variance = |band: usize| covariance[band * bands + band].max(0.0);
    let largest = (0..bands).map(variance).fold(0.0, f64::max);
    if largest == 0.0 {
        return Ok((0..bands).collect());
    }
    // Bands differ in brightness: each is brought to variance one, so that the small ridge means the same to all.
    let scale: Vec<f64> = (0..bands)
        .map(|band| if variance(band) > 1e-12 * largest { variance(band).sqrt().recip() } else { 0.0 })
        .collect();
    let correlation: Vec<f64> =
        (0..bands * bands)
            .map(|i| {
                if i / bands == i % bands { 1.0 } else { covariance[i] * scale[i / bands] * scale[i % bands] }
            })
            .collect();
    let eigen = symmetric_eigen(&correlation, bands)?;
    let own_share = |band: usize| {
        let inverse: f64 = (0..bands)
            .map(|e| eigen.vectors[e * bands + band].powi(2) / (eigen.values[e].max(0.0) + 1e-9))
            .sum();
        if scale[band] == 0.0 { 0.0 } else { 1.0 / inverse }
    };
    let shares: Vec<f64> = (0..bands).map(own_share).collect();
    let mut order: Vec<usize> = (0..bands).collect();
    order.sort_by(|&a, &b| shares[a].total_cmp(&shares[b]).then(a.cmp(&b)));
    let least = bands.div_ceil(2).max(endmembers).min(bands);
    let trusted = shares.iter().filter(|&&share| share <= OWN_SHARE).count().max(least);
    order.truncate(trusted);
    order.sort_unstable();
    Ok(order)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Passes;
    use crate::test_support::{saved_cube, scene};
    use filigree_core::{Random, Silent};

    #[test]
    fn noise_is_not_trusted_and_mixtures_are() {
        let mut planted = scene([20, 20, 12], 3, 0.02, 5);
        let mut random = Random::new(1, 1);
        for pixel in planted.values.chunks_exact_mut(12) {
            pixel[4] = random.uniform();
            pixel[9] = random.uniform();
        }
        let (_folder, input) = saved_cube(planted.shape, &planted.values);
        let cube = PreparedCube::open(&input, true, Passes::Many, &mut Silent).unwrap();
        let trusted = trusted_bands(&cube, 3, &mut Silent).unwrap();
        assert_eq!(trusted, [0, 1, 2, 3, 5, 6, 7, 8, 10, 11]);
    }

    #[test]
    fn at_least_half_is_trusted_whatever_the_bands_hold() {
        let mut random = Random::new(2, 0);
        let values: Vec<f64> = (0..400 * 9).map(|_| random.uniform()).collect();
        let (_folder, input) = saved_cube([20, 20, 9], &values);
        let cube = PreparedCube::open(&input, true, Passes::Many, &mut Silent).unwrap();
        assert_eq!(trusted_bands(&cube, 3, &mut Silent).unwrap().len(), 5);
    }
}
