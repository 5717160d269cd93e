use std::path::Path;

use filigree_core::{Error, Info, NpyWriter, Observer, Section, Stopwatch};

use crate::finished::finished;
use crate::hfc::{Hfc, quantile};
use crate::hysime::Hysime;
use crate::learnability::{advice, pixels_needed};
use crate::moments::Moments;
use crate::noise::{BandNoise, refuse_dead_bands, whitened};
use crate::{CubeInput, MOST_ENDMEMBERS, Passes, PreparedCube};

/// Parameters of the count of endmembers.
#[derive(Clone, Debug, PartialEq)]
pub struct EndmemberCountParams {
    /// Probability at which HFC takes noise for a signal, for every band.
    pub false_alarm_rate: f64,
}

impl Default for EndmemberCountParams {
    fn default() -> Self {
        Self { false_alarm_rate: 1e-3 }
    }
}

impl EndmemberCountParams {
    /// Says which parameter is wrong and why.
    pub fn check(&self) -> Result<(), Error> {
        if self.false_alarm_rate > 0.0 && self.false_alarm_rate < 0.5 {
            return Ok(());
        }
        Err(Error::parameter(
            "falseAlarmRate",
            format!(
                "The false-alarm rate is {}; it must lie between 0 and 0.5. 0.001 is a good value.",
                self.false_alarm_rate
            ),
        ))
    }
}

/// Estimates the number of endmembers in four ways and writes
///
/// - `estimates.npy` (6, 1): HySime, HFC, NWHFC, HFC and NWHFC by counting exceedances, eigen-gap;
/// - `eigenvalues.npy` (bands, 2): of the correlation and of the covariance;
/// - `statistics.npy` (bands, 2): HFC's and NWHFC's differences in standard deviations;
/// - `cost.npy` (bands, 3): HySime's curve, for 1 … bands dimensions;
/// - `noise.npy` (bands): standard deviation of the noise;
/// - `learnability.npy` (most − 1, 3): for p = 2, 3, …: p, pixels needed, pixels there.
pub fn solve(
    input: &CubeInput,
    params: &EndmemberCountParams,
    folder: &Path,
    observer: &mut dyn Observer,
) -> Result<Info, Error> {
    params.check()?;
    let mut watch = Stopwatch::start();
    let cube = PreparedCube::open(input, false, Passes::One, &mut Section::new(observer, 0.0, 0.3))?;
    let moments = Moments::of_cube(&cube, "Measuring the bands", &mut Section::new(observer, 0.3, 1.0))?;
    refuse_dead_bands(&cube, &moments)?;
    watch.setup_done();
    let (bands, pixels) = (cube.bands(), cube.pixels());
    let (correlation, covariance) = (&moments.correlation, &moments.covariance());
    let noise = BandNoise::of(correlation, bands, pixels)?;
    let deviation = noise.deviation();
    let limit = quantile(params.false_alarm_rate);
    let hysime = Hysime::of(correlation, &noise)?;
    let hfc = Hfc::of(correlation, covariance, bands, pixels, limit)?;
    let (white_correlation, white_covariance) =
        (whitened(correlation, &deviation), whitened(covariance, &deviation));
    let white = Hfc::of(&white_correlation, &white_covariance, bands, pixels, limit)?;
    let gap = 1 + widest_gap(&white.covariance);

    let estimates =
        [hysime.count, hfc.count, white.count, hfc.exceedances, white.exceedances, gap].map(|n| n as f64);
    let side_by_side =
        |a: &[f64], b: &[f64]| -> Vec<f64> { a.iter().zip(b).flat_map(|(a, b)| [*a, *b]).collect() };
    // Widest direction of the simplex against the noise, in units of the noise.
    let spread_snr = (white.covariance[0] - 1.0).max(1e-12).sqrt();
    let most = MOST_ENDMEMBERS.min(bands).max(2);
    let learnability: Vec<f64> =
        (2..=most).flat_map(|p| [p as f64, pixels_needed(p, spread_snr), pixels as f64]).collect();
    let files = vec![
        NpyWriter::write_all(folder, "estimates.npy", &[estimates.len(), 1], &estimates)?,
        NpyWriter::write_all(
            folder,
            "eigenvalues.npy",
            &[bands, 2],
            &side_by_side(&hfc.correlation, &hfc.covariance),
        )?,
        NpyWriter::write_all(
            folder,
            "statistics.npy",
            &[bands, 2],
            &side_by_side(&hfc.statistics, &white.statistics),
        )?,
        NpyWriter::write_all(folder, "cost.npy", &[bands, 3], &hysime.curve.concat())?,
        NpyWriter::write_all(folder, "noise.npy", &[bands], &deviation)?,
        NpyWriter::write_all(folder, "learnability.npy", &[most - 1, 3], &learnability)?,
    ];
    let (_, snr) = noise.snr(correlation);
    let mut warnings = cube.warnings();
    warnings.extend(advice(hysime.count, bands, pixels, spread_snr));
    Ok(finished(
        &watch,
        format!(
            "HySime {}, HFC {}, NWHFC {}, eigen-gap {gap}; signal-to-noise ratio {snr:.1} dB.",
            hysime.count, hfc.count, white.count
        ),
        vec![
            ("hysime", estimates[0]),
            ("hfc", estimates[1]),
            ("nwhfc", estimates[2]),
            ("eigenGap", estimates[5]),
            ("estimatedSnr", snr),
            ("spreadSnr", spread_snr),
        ],
        warnings,
        files,
    ))
}

/// How many eigenvalues stand before the largest ratio between neighbours. Those of the covariance: p endmembers
/// spread the pixels in p − 1 directions.
fn widest_gap(eigenvalues: &[f64]) -> usize {
    let floor = f64::EPSILON * eigenvalues[0];
    let ratio = |i: usize| eigenvalues[i].max(floor) / eigenvalues[i + 1].max(floor);
    (0..eigenvalues.len().saturating_sub(1).min(MOST_ENDMEMBERS))
        .fold((0, 0.0), |(count, best), i| if ratio(i) > best { (i + 1, ratio(i)) } else { (count, best) })
        .0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::{loaded, saved_cube, scene};
    use filigree_core::{Silent, in_pool};

    #[test]
    fn all_four_find_what_was_planted_and_threads_do_not_change_the_bytes() {
        let planted = scene([60, 80, 30], 4, 0.003, 5);
        let (folder, input) = saved_cube(planted.shape, &planted.values);
        let run = |threads| {
            let info = in_pool(threads, || {
                solve(&input, &EndmemberCountParams::default(), folder.path(), &mut Silent)
            })
            .unwrap();
            (info, std::fs::read(folder.path().join("cost.npy")).unwrap())
        };
        let (info, bytes) = run(1);
        for name in ["hysime", "hfc", "nwhfc", "eigenGap"] {
            assert_eq!(info.figure(name), Some(4.0), "{name}");
        }
        assert!(bytes == run(2).1);
        let learnability = loaded(&folder.path().join("learnability.npy"), &[29, 3]);
        assert!(learnability.iter().all(|value| value.is_finite()));
    }

    #[test]
    fn a_scene_of_noise_warns_that_nothing_can_be_learned() {
        let planted = scene([20, 30, 8], 2, 0.9, 5);
        let (folder, input) = saved_cube(planted.shape, &planted.values);
        let info = solve(&input, &EndmemberCountParams::default(), folder.path(), &mut Silent).unwrap();
        assert!(info.figure("estimatedSnr").unwrap() < 10.0);
        let wrong = EndmemberCountParams { false_alarm_rate: 0.5 };
        assert_eq!(
            solve(&input, &wrong, folder.path(), &mut Silent).unwrap_err().blamed_parameter(),
            Some("falseAlarmRate")
        );
    }
}
