use std::path::Path;

use filigree_core::{ArraySource, Error, Info, MappedArray, NpyWriter, Observer, Stopwatch, keep_going};

use crate::library_table::LibraryTable;

const STAGE: &str = "Resampling the library";

/// A Gaussian is cut off this many standard deviations from its centre.
const REACH: f64 = 3.0;

/// How a band of the sensor sees a spectrum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BandShape {
    /// A Gaussian of the band's full width at half maximum.
    Gaussian,
    /// Linear between the two nearest samples of the library.
    Linear,
}

/// Parameters of resampling; wavelengths of library and sensor are in one unit.
#[derive(Clone, Debug, PartialEq)]
pub struct ResampleParams {
    /// Wavelength of every band of the library, in any order.
    pub library: Vec<f64>,
    /// Band centres of the sensor.
    pub centres: Vec<f64>,
    /// Full width at half maximum of every band of the sensor.
    pub widths: Vec<f64>,
    /// How a band sees a spectrum.
    pub shape: BandShape,
}

/// Resamples a library (bands, p) to the bands of a sensor and writes `spectra.npy` (sensor bands, kept) and
/// `kept.npy`, the numbers of the spectra that are known in every band, counted from zero. Bands of the sensor
/// beyond the library's range are never extrapolated: they are an error that names them.
pub fn solve(
    source: &ArraySource,
    params: &ResampleParams,
    folder: &Path,
    observer: &mut dyn Observer,
) -> Result<Info, Error> {
    let mut watch = Stopwatch::start();
    let library = LibraryTable::read(&MappedArray::open(source)?)?;
    check(params, &library)?;
    let mut order: Vec<usize> = (0..library.bands).collect();
    order.sort_by(|&a, &b| params.library[a].total_cmp(&params.library[b]));
    let weights: Vec<Vec<(usize, f64)>> = params
        .centres
        .iter()
        .zip(&params.widths)
        .map(|(&centre, &width)| weights_of(centre, width, params, &order))
        .collect();
    watch.setup_done();
    observer.stage(STAGE);
    let (mut kept, mut spectra) = (Vec::new(), Vec::new());
    for j in 0..library.count {
        keep_going(observer.progress(j as f64 / library.count as f64), STAGE)?;
        let seen: Vec<f64> = weights
            .iter()
            .map(|band| {
                band.iter().map(|&(from, weight)| weight * library.values[from * library.count + j]).sum()
            })
            .collect();
        if seen.iter().all(|value: &f64| value.is_finite()) {
            kept.push(j as f64);
            spectra.push(seen);
        }
    }
    if kept.is_empty() {
        return Err(Error::InvalidData(
            "Every spectrum of the library has missing values in bands the sensor needs. Choose another library.".to_owned(),
        ));
    }
    let bands = params.centres.len();
    let values: Vec<f64> = (0..bands).flat_map(|band| spectra.iter().map(move |seen| seen[band])).collect();
    let left_out = library.count - kept.len();
    let files = vec![
        NpyWriter::write_all(folder, "spectra.npy", &[bands, kept.len()], &values)?,
        NpyWriter::write_all(folder, "kept.npy", &[kept.len()], &kept)?,
    ];
    Ok(Info {
        stop_message: format!("Resampled {} spectra from {} to {bands} bands.", kept.len(), library.bands),
        figures: vec![("kept", kept.len() as f64), ("bands", bands as f64)],
        warnings: if left_out == 0 {
            Vec::new()
        } else {
            vec![format!(
                "{left_out} of {} spectra have missing values where the sensor needs them and were left out.",
                library.count
            )]
        },
        files,
        ..Info::measured(&watch)
    })
}

fn check(params: &ResampleParams, library: &LibraryTable) -> Result<(), Error> {
    if params.library.len() != library.bands || params.widths.len() != params.centres.len() {
        return Err(Error::parameter("library", "The library needs a wavelength for every band."));
    }
    let finite = |values: &[f64]| values.iter().all(|value| value.is_finite());
    if !finite(&params.library) || !finite(&params.centres) || params.centres.is_empty() {
        return Err(Error::parameter("library", "Every wavelength must be a finite number."));
    }
    if params.widths.iter().any(|&width| !(width.is_finite() && width > 0.0)) {
        return Err(Error::parameter("bandWidth", "Every band width must be a finite number above 0."));
    }
    let low = params.library.iter().copied().fold(f64::INFINITY, f64::min);
    let high = params.library.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    // Rounding of wavelengths in files is no reason to refuse a band.
    let slack = 1e-6 * high.abs();
    let outside: Vec<usize> = (0..params.centres.len())
        .filter(|&band| params.centres[band] < low - slack || params.centres[band] > high + slack)
        .collect();
    if let (Some(first), Some(last)) = (outside.first(), outside.last()) {
        return Err(Error::parameter(
            "library",
            format!(
                "{} of {} bands of the scene lie outside the library, which reaches from {low:.6} to {high:.6}: bands {first} to {last} (counted from zero), at {:.6} to {:.6}. Mark them as bad bands, or choose a wider library.",
                outside.len(),
                params.centres.len(),
                params.centres[*first],
                params.centres[*last]
            ),
        ));
    }
    Ok(())
}

/// Bands of the library and their weights, summing to one, that make one band of the sensor. A Gaussian that is
/// narrower than the library's sampling falls back to linear interpolation.
fn weights_of(centre: f64, width: f64, params: &ResampleParams, order: &[usize]) -> Vec<(usize, f64)> {
    let at = |k: usize| params.library[order[k]];
    if params.shape == BandShape::Gaussian {
        let deviation = width / (8.0 * 2.0f64.ln()).sqrt();
        let near: Vec<usize> =
            (0..order.len()).filter(|&k| (at(k) - centre).abs() <= REACH * deviation).collect();
        if near.len() >= 3 {
            // Samples stand for the stretch of wavelengths around them (trapezoidal rule).
            let spacing = |k: usize| {
                (at((k + 1).min(order.len() - 1)) - at(k.saturating_sub(1))).max(f64::MIN_POSITIVE)
            };
            let raw: Vec<f64> = near
                .iter()
                .map(|&k| spacing(k) * (-0.5 * ((at(k) - centre) / deviation).powi(2)).exp())
                .collect();
            let total: f64 = raw.iter().sum();
            return near.iter().zip(raw).map(|(&k, weight)| (order[k], weight / total)).collect();
        }
    }
    let above = order.partition_point(|&band| params.library[band] < centre).min(order.len() - 1);
    let below = above.saturating_sub(1);
    let gap = at(above) - at(below);
    let share = if gap > 0.0 { ((centre - at(below)) / gap).clamp(0.0, 1.0) } else { 1.0 };
    // A missing value must not spoil a band it has no part in.
    [(order[below], 1.0 - share), (order[above], share)]
        .into_iter()
        .filter(|&(_, weight)| weight > 0.0)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::{loaded, saved};
    use filigree_core::Silent;

    fn resample(values: &[f64], params: &ResampleParams) -> Result<(Info, Vec<f64>), Error> {
        let folder = tempfile::tempdir().unwrap();
        let shape = [params.library.len(), values.len() / params.library.len()];
        let source = saved(folder.path(), "library.npy", &shape, values);
        let info = solve(&source, params, folder.path(), &mut Silent)?;
        let kept = info.figure("kept").unwrap() as usize;
        let found = loaded(&folder.path().join("spectra.npy"), &[params.centres.len(), kept]);
        Ok((info, found))
    }

    fn params(shape: BandShape) -> ResampleParams {
        let library: Vec<f64> = (0..101).rev().map(|i| 0.4 + 0.01 * f64::from(i)).collect();
        ResampleParams { library, centres: vec![0.6, 0.755, 1.0], widths: vec![0.05; 3], shape }
    }

    #[test]
    fn a_straight_line_keeps_its_values_whatever_the_shape_and_order() {
        for shape in [BandShape::Gaussian, BandShape::Linear] {
            let params = params(shape);
            let line: Vec<f64> = params.library.iter().map(|wave| 2.0 * wave - 0.3).collect();
            let (_, found) = resample(&line, &params).unwrap();
            for (value, centre) in found.iter().zip(&params.centres) {
                assert!((value - (2.0 * centre - 0.3)).abs() < 2e-3, "{shape:?}: {value} at {centre}");
            }
        }
    }

    #[test]
    fn a_narrow_line_is_blurred_by_the_width_of_the_band() {
        let params = params(BandShape::Gaussian);
        let peak: Vec<f64> =
            params.library.iter().map(|wave| f64::from(u8::from((wave - 0.6).abs() < 1e-9))).collect();
        let (_, found) = resample(&peak, &params).unwrap();
        let expected = 0.01 / (0.05 / (8.0 * 2.0f64.ln()).sqrt() * (2.0 * std::f64::consts::PI).sqrt());
        assert!((found[0] - expected).abs() < 0.01 * expected && found[1] == 0.0);
    }

    #[test]
    fn bands_outside_and_missing_values_are_named() {
        let mut wide = params(BandShape::Linear);
        wide.centres[2] = 2.0;
        let error = resample(&[1.0; 101], &wide).unwrap_err();
        assert!(error.to_string().contains("1 of 3 bands of the scene lie outside"), "{error}");
        let mut two: Vec<f64> = vec![1.0; 202];
        two[2 * 80 + 1] = f64::NAN;
        let (info, found) = resample(&two, &params(BandShape::Gaussian)).unwrap();
        assert!(found.iter().all(|value| (value - 1.0).abs() < 1e-12), "{found:?}");
        assert!(info.warnings[0].contains("1 of 2 spectra"), "{:?}", info.warnings);
    }
}
