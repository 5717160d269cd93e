use std::path::Path;

use filigree_core::{Error, Info, NpyWriter, Observer, Section, Stopwatch, batches, keep_going, map_tiles};

use crate::finished::finished;
use crate::moments::Moments;
use crate::noise::BandNoise;
use crate::{CubeInput, InvalidPixels, Normalisation, Passes, PreparedCube};

const STAGE: &str = "Looking at the bands";

/// Parameters of the bad-band detection.
#[derive(Clone, Debug, PartialEq)]
pub struct BadBandsParams {
    /// Share of pixels with NaN, infinity or no data, beyond those without data in every band, at which a band is bad.
    pub invalid_share: f64,
    /// Share of a band's variance that no other band explains, at which it counts as noise.
    pub noise_share: f64,
}

impl Default for BadBandsParams {
    fn default() -> Self {
        Self { invalid_share: 0.01, noise_share: 0.5 }
    }
}

impl BadBandsParams {
    /// Says which parameter is wrong and why.
    pub fn check(&self) -> Result<(), Error> {
        for (parameter, share) in [("invalidShare", self.invalid_share), ("noiseShare", self.noise_share)] {
            if !(share > 0.0 && share <= 1.0) {
                return Err(Error::parameter(
                    parameter,
                    format!("{parameter} is {share}; it is a share, above 0 and at most 1."),
                ));
            }
        }
        Ok(())
    }
}

/// Why a band is bad; the number in the last column of the table.
#[derive(Clone, Copy, PartialEq)]
enum Verdict {
    Good = 0,
    Invalid = 1,
    Zero = 2,
    Constant = 3,
    Noisy = 4,
}

/// Looks at every kept band of the stored numbers and writes `bands.npy` (bands, 5): share of invalid pixels, share of
/// zeros, standard deviation, share of the variance that the other bands do not explain (one where there is none to
/// explain), verdict (0 good, 1 invalid, 2 zero, 3 constant, 4 noisy); and `noiseShare.npy` (bands), the fourth column.
/// The stop message holds the list to leave out. Nothing is left out by itself.
pub fn solve(
    input: &CubeInput,
    params: &BadBandsParams,
    folder: &Path,
    observer: &mut dyn Observer,
) -> Result<Info, Error> {
    params.check()?;
    let mut watch = Stopwatch::start();
    let plain = CubeInput { normalisation: Normalisation::None, ..input.clone() };
    let (counts, total) = count_bands(&plain, &mut Section::new(observer, 0.0, 0.4))?;
    watch.setup_done();
    let mut verdicts: Vec<Verdict> = counts.iter().map(|band| band.verdict(total, params)).collect();
    let kept = plain.kept_bands(counts.len())?;
    let mut noise_share = vec![1.0; counts.len()];
    let usable: Vec<usize> = (0..counts.len()).filter(|&b| verdicts[b] == Verdict::Good).collect();
    let mut warnings = Vec::new();
    if usable.len() > 1 {
        let stored: Vec<usize> = usable.iter().map(|&b| kept[b]).collect();
        let part = CubeInput { bands: Some(stored), invalid_pixels: InvalidPixels::Skip, ..plain };
        match unexplained(&part, &mut Section::new(observer, 0.4, 1.0)) {
            Ok(shares) => usable.iter().zip(shares).for_each(|(&b, share)| noise_share[b] = share),
            Err(Error::InvalidData(reason)) => {
                warnings.push(format!("Noisy bands were not looked for: {reason}"));
                usable.iter().for_each(|&b| noise_share[b] = 0.0);
            }
            Err(error) => return Err(error),
        }
    }
    for &b in &usable {
        if noise_share[b] >= params.noise_share {
            verdicts[b] = Verdict::Noisy;
        }
    }
    let rows: Vec<f64> = counts
        .iter()
        .zip(&verdicts)
        .zip(&noise_share)
        .flat_map(|((band, verdict), &share)| band.row(total, share, *verdict))
        .collect();
    let files = vec![
        NpyWriter::write_all(folder, "bands.npy", &[counts.len(), 5], &rows)?,
        NpyWriter::write_all(folder, "noiseShare.npy", &[counts.len()], &noise_share)?,
    ];
    let bad: Vec<usize> = (0..counts.len()).filter(|&b| verdicts[b] != Verdict::Good).collect();
    let number = |verdict| verdicts.iter().filter(|&&v| v == verdict).count() as f64;
    if 2 * bad.len() > counts.len() {
        warnings.push(
            "More than half of the bands look bad. A scene that is nearly uniform has little variance to explain: raise the noise share."
                .to_owned(),
        );
    }
    let message = if bad.is_empty() {
        "No band looks bad.".to_owned()
    } else {
        let list = ranges(&bad.iter().map(|&b| kept[b]).collect::<Vec<_>>());
        format!("{} of {} bands look bad. To leave them out: leaveOutBands={list}.", bad.len(), counts.len())
    };
    Ok(finished(
        &watch,
        message,
        vec![
            ("badBands", bad.len() as f64),
            ("invalidBands", number(Verdict::Invalid)),
            ("zeroBands", number(Verdict::Zero)),
            ("constantBands", number(Verdict::Constant)),
            ("noisyBands", number(Verdict::Noisy)),
        ],
        warnings,
        files,
    ))
}

/// '0-2,7' for 0, 1, 2, 7.
fn ranges(bands: &[usize]) -> String {
    bands
        .chunk_by(|a, b| a + 1 == *b)
        .map(|run| match run {
            [single] => single.to_string(),
            _ => format!("{}-{}", run[0], run[run.len() - 1]),
        })
        .collect::<Vec<_>>()
        .join(",")
}

/// Share of every band's variance that the others do not explain.
fn unexplained(input: &CubeInput, observer: &mut dyn Observer) -> Result<Vec<f64>, Error> {
    let cube = PreparedCube::open(input, false, Passes::One, observer)?;
    let bands = cube.bands();
    let covariance = Moments::of_cube(&cube, "Comparing bands", observer)?.covariance();
    // A band may be constant among the pixels that are whole: nothing is left to explain.
    let alive: Vec<usize> = (0..bands).filter(|b| covariance[b * bands + b] > 0.0).collect();
    let size = alive.len();
    let part: Vec<f64> =
        (0..size * size).map(|i| covariance[alive[i / size] * bands + alive[i % size]]).collect();
    let noise = BandNoise::of(&part, size, cube.pixels())?;
    let mut shares = vec![1.0; bands];
    for (i, &b) in alive.iter().enumerate() {
        shares[b] = (noise.variance[i] / part[i * size + i]).min(1.0);
    }
    Ok(shares)
}

/// What is counted in one band.
#[derive(Clone, Default)]
struct BandCounts {
    invalid: usize,
    zeros: usize,
    valid: usize,
    /// Mean and sum of squared differences from it, joined as Chan, Golub and LeVeque do.
    mean: f64,
    squares: f64,
    range: Option<(f64, f64)>,
}

impl BandCounts {
    fn add(&mut self, value: f64) {
        self.zeros += usize::from(value == 0.0);
        self.valid += 1;
        let step = value - self.mean;
        self.mean += step / self.valid as f64;
        self.squares += step * (value - self.mean);
        let (low, high) = self.range.unwrap_or((value, value));
        self.range = Some((low.min(value), high.max(value)));
    }

    fn join(&mut self, later: &Self) {
        self.invalid += later.invalid;
        self.zeros += later.zeros;
        let Some((low, high)) = later.range else { return };
        let (n, m) = (self.valid as f64, later.valid as f64);
        let step = later.mean - self.mean;
        self.squares += later.squares + step * step * n * m / (n + m);
        self.mean += step * m / (n + m);
        self.valid += later.valid;
        let (own_low, own_high) = self.range.unwrap_or((low, high));
        self.range = Some((own_low.min(low), own_high.max(high)));
    }

    /// `total`: pixels that hold data in some band.
    fn invalid_share(&self, total: usize) -> f64 {
        if total == 0 { 1.0 } else { self.invalid as f64 / total as f64 }
    }

    fn verdict(&self, total: usize, params: &BadBandsParams) -> Verdict {
        match self.range {
            _ if self.invalid_share(total) >= params.invalid_share => Verdict::Invalid,
            None => Verdict::Invalid,
            Some((0.0, 0.0)) => Verdict::Zero,
            Some((low, high)) if low == high => Verdict::Constant,
            Some(_) => Verdict::Good,
        }
    }

    fn row(&self, total: usize, noise_share: f64, verdict: Verdict) -> [f64; 5] {
        let valid = self.valid.max(1) as f64;
        let deviation = (self.squares / valid).sqrt();
        [self.invalid_share(total), self.zeros as f64 / valid, deviation, noise_share, verdict as u8 as f64]
    }
}

/// Counts in every kept band, and the number of pixels that hold data in some band.
fn count_bands(input: &CubeInput, observer: &mut dyn Observer) -> Result<(Vec<BandCounts>, usize), Error> {
    // Everything is read as it is stored: what is invalid is counted here, and not left out.
    let stored =
        CubeInput { no_data_value: None, invalid_pixels: InvalidPixels::Refuse, scale: 1.0, ..input.clone() };
    let cube = PreparedCube::open(&stored, false, Passes::One, observer)?;
    let (bands, pixels) = (cube.bands(), cube.pixels());
    let marker = input.no_data_value;
    let mut counts = vec![BandCounts::default(); bands];
    let mut total = 0;
    observer.stage(STAGE);
    for batch in batches(pixels) {
        let end = batch.end;
        for (part, seen) in map_tiles(batch, |tile| {
            let mut part = vec![BandCounts::default(); bands];
            let mut seen = 0;
            for pixel in cube.tile(tile).chunks_exact(bands) {
                let usable = |value: f64| value.is_finite() && marker != Some(value);
                if !pixel.iter().any(|&value| usable(value)) {
                    continue;
                }
                seen += 1;
                for (band, &value) in part.iter_mut().zip(pixel) {
                    if usable(value) { band.add(value * input.scale) } else { band.invalid += 1 }
                }
            }
            Ok((part, seen))
        })? {
            counts.iter_mut().zip(&part).for_each(|(band, part)| band.join(part));
            total += seen;
        }
        cube.hand_back()?;
        keep_going(observer.progress(end as f64 / pixels as f64), STAGE)?;
    }
    Ok((counts, total))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::{loaded, saved_cube, scene};
    use filigree_core::{Random, Silent};

    #[test]
    fn every_kind_of_bad_band_is_found_and_nothing_else() {
        let mut planted = scene([20, 30, 12], 3, 0.002, 9);
        let mut random = Random::new(1, 1);
        for (pixel, values) in planted.values.chunks_exact_mut(12).enumerate() {
            values[2] = 0.0;
            values[3] = 0.7;
            values[7] = random.uniform();
            if pixel % 10 == 0 {
                values[8] = f64::NAN;
            }
            if pixel == 17 {
                values.fill(f64::NAN);
            }
        }
        let (folder, input) = saved_cube(planted.shape, &planted.values);
        let info = solve(&input, &BadBandsParams::default(), folder.path(), &mut Silent).unwrap();
        assert!(info.stop_message.ends_with("leaveOutBands=2-3,7-8."), "{}", info.stop_message);
        let table = loaded(&folder.path().join("bands.npy"), &[12, 5]);
        let verdicts: Vec<f64> = table.iter().skip(4).step_by(5).copied().collect();
        assert_eq!(verdicts, [0.0, 0.0, 2.0, 3.0, 0.0, 0.0, 0.0, 4.0, 1.0, 0.0, 0.0, 0.0]);
        assert!(table.iter().all(|value| value.is_finite()));
        assert!((table[8 * 5] - 60.0 / 599.0).abs() < 1e-12);
    }

    #[test]
    fn a_single_good_band_and_a_tiny_scene_are_no_accident() {
        let (folder, input) = saved_cube([1, 2, 2], &[1.0, 0.0, 2.0, 0.0]);
        let info = solve(&input, &BadBandsParams::default(), folder.path(), &mut Silent).unwrap();
        assert_eq!(info.figure("zeroBands"), Some(1.0));
        let (folder, input) = saved_cube([1, 2, 3], &[1.0, 0.0, 2.0, 3.0, 4.0, 1.0]);
        let info = solve(&input, &BadBandsParams::default(), folder.path(), &mut Silent).unwrap();
        assert!(info.warnings[0].contains("more pixels than bands"), "{:?}", info.warnings);
        assert_eq!(info.stop_message, "No band looks bad.");
    }
}
