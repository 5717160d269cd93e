use std::path::Path;

use filigree_core::{Error, Info, NpyWriter, Observer, Random, Stopwatch, TILE_PIXELS, keep_going, zeros};
use rayon::prelude::*;

use crate::SyntheticSceneParams;
use crate::gaussian_field::gaussian_field;
use crate::parametric_spectra::{parametric_spectra, wavelengths};
use crate::scene_mixer::Mixer;
use crate::spectra::by_band;

const FIELDS: &str = "Drawing abundance fields";

/// Random streams of a scene: one for the spectra and bands, one for every field; those of the pixels follow.
const SPECTRA_STREAM: u64 = 0;
const FIELD_STREAMS: u64 = 1 << 16;

/// Makes a scene and writes `cube.npy` (lines, samples, bands), and its truth: `endmembers.npy` (bands, p),
/// `abundances.npy` (p, lines, samples), `wavelengths.npy` (bands, micrometres) and `corrupted.npy` (bands).
pub fn solve(
    params: &SyntheticSceneParams,
    seed: u64,
    folder: &Path,
    observer: &mut dyn Observer,
) -> Result<Info, Error> {
    params.check()?;
    let mut watch = Stopwatch::start();
    let (p, bands) = (params.endmembers, params.bands);
    let mut random = Random::new(seed, SPECTRA_STREAM);
    let grid = wavelengths(bands);
    let (endmembers, smallest_angle) = parametric_spectra(p, &grid, &mut random);
    let corrupted = draw_bands(params.corrupted_bands, bands, &mut random);
    watch.setup_done();
    let abundances = draw_abundances(params, seed, observer)?;
    let Mixed { mut files, mut figures } =
        mix_scene(params, &endmembers, &abundances, &corrupted, seed, folder, observer)?;
    files.push(NpyWriter::write_all(folder, "wavelengths.npy", &[bands], &grid)?);
    files.push(NpyWriter::write_all(folder, "corrupted.npy", &[bands], &corrupted)?);
    figures.push(("smallestAngleDegrees", smallest_angle));
    Ok(Info {
        stop_message: format!(
            "Made {} × {} pixels of {p} materials in {bands} bands.",
            params.lines, params.samples
        ),
        figures,
        warnings: Vec::new(),
        files,
        ..Info::measured(&watch)
    })
}

/// What `mix_scene` wrote, and what it measured.
pub(crate) struct Mixed {
    pub files: Vec<String>,
    pub figures: Vec<(&'static str, f64)>,
}

/// Mixes spectra (p × bands) by abundances (pixels × p), disturbs the pixels, and writes `cube.npy`, `endmembers.npy` and
/// `abundances.npy`.
pub(crate) fn mix_scene(
    params: &SyntheticSceneParams,
    endmembers: &[f64],
    abundances: &[f64],
    corrupted: &[bool],
    seed: u64,
    folder: &Path,
    observer: &mut dyn Observer,
) -> Result<Mixed, Error> {
    let (p, bands) = (params.endmembers, params.bands);
    let mixer = Mixer { params, seed, endmembers, abundances, corrupted };
    let level = mixer.measure(observer)?;
    let cube = if params.single_precision {
        mixer.write(folder, &level, observer, |value| value as f32)?
    } else {
        mixer.write(folder, &level, observer, |value| value)?
    };
    let mut figures = vec![("largestAbundance", abundances.iter().copied().fold(0.0, f64::max))];
    if cube.noise_energy > 0.0 {
        figures.push(("measuredSnr", 10.0 * (level.energy / cube.noise_energy).log10()));
    }
    let files = vec![
        cube.name,
        NpyWriter::write_all(folder, "endmembers.npy", &[bands, p], &by_band(endmembers, bands))?,
        write_maps(params, abundances, folder)?,
    ];
    Ok(Mixed { files, figures })
}

/// Marks `count` bands, drawn without repetition.
fn draw_bands(count: usize, bands: usize, random: &mut Random) -> Vec<bool> {
    let mut order: Vec<usize> = (0..bands).collect();
    let mut marked = vec![false; bands];
    for index in 0..count {
        order.swap(index, index + random.below(bands - index));
        marked[order[index]] = true;
    }
    marked
}

/// Abundances pixel after pixel (pixels × p): the softmax of Gaussian random fields, capped.
pub(crate) fn draw_abundances(
    params: &SyntheticSceneParams,
    seed: u64,
    observer: &mut dyn Observer,
) -> Result<Vec<f64>, Error> {
    observer.stage(FIELDS);
    let (p, pixels) = (params.endmembers, params.lines * params.samples);
    let mut abundances = zeros(pixels * p, "the abundances")?;
    for k in 0..p {
        let mut random = Random::new(seed, FIELD_STREAMS + k as u64);
        let field = gaussian_field(params.lines, params.samples, params.smoothness, &mut random)?;
        abundances
            .iter_mut()
            .skip(k)
            .step_by(p)
            .zip(field)
            .for_each(|(a, value)| *a = params.contrast * value);
        keep_going(observer.progress(0.5 * (k + 1) as f64 / p as f64), FIELDS)?;
    }
    abundances.par_chunks_mut(TILE_PIXELS * p).for_each(|tile| {
        for pixel in tile.chunks_exact_mut(p) {
            softmax(pixel);
            cap(pixel, params.purity_cap);
        }
    });
    Ok(abundances)
}

fn softmax(values: &mut [f64]) {
    let largest = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    values.iter_mut().for_each(|value| *value = (*value - largest).exp());
    let sum: f64 = values.iter().sum();
    values.iter_mut().for_each(|value| *value /= sum);
}

/// Cuts entries above `limit` down to it and gives what was cut to the others in proportion, until none is above.
fn cap(values: &mut [f64], limit: f64) {
    let mut fixed = vec![false; values.len()];
    while values.iter().any(|&value| value > limit) {
        for (value, fixed) in values.iter_mut().zip(&mut fixed) {
            if *value >= limit {
                *value = limit;
                *fixed = true;
            }
        }
        let capped = fixed.iter().filter(|&&fixed| fixed).count();
        let free = values.len() - capped;
        let wanted = (1.0 - limit * capped as f64).max(0.0);
        let sum: f64 = values.iter().zip(&fixed).filter(|&(_, &fixed)| !fixed).map(|(value, _)| value).sum();
        for (value, _) in values.iter_mut().zip(&fixed).filter(|&(_, &fixed)| !fixed) {
            *value = if sum > 0.0 { *value * (wanted / sum) } else { wanted / free as f64 };
        }
    }
}

fn write_maps(params: &SyntheticSceneParams, abundances: &[f64], folder: &Path) -> Result<String, Error> {
    let p = params.endmembers;
    let file = NpyWriter::create::<f64>(folder, "abundances.npy", &[p, params.lines, params.samples])?;
    for k in 0..p {
        let map: Vec<f64> = abundances.iter().skip(k).step_by(p).copied().collect();
        file.write_at(k * map.len(), &map)?;
    }
    file.finish()
}
#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::loaded;
    use filigree_core::{Silent, in_pool};
    use proptest::prelude::*;

    fn small() -> SyntheticSceneParams {
        SyntheticSceneParams {
            lines: 30,
            samples: 41,
            bands: 20,
            single_precision: false,
            ..SyntheticSceneParams::default()
        }
    }

    proptest! {
        #[test]
        fn capped_abundances_stay_on_the_simplex(p in 2usize..8, slack in 0.0f64..1.0, seed in 0u64..1 << 40, contrast in 0.0f64..30.0) {
            let limit = (1.0 / p as f64) * (1.0 + 1e-12) + slack * (1.0 - 1.0 / p as f64);
            let limit = limit.min(1.0);
            let mut random = Random::new(seed, 0);
            let mut values: Vec<f64> = (0..p).map(|_| contrast * random.normal()).collect();
            softmax(&mut values);
            cap(&mut values, limit);
            prop_assert!((values.iter().sum::<f64>() - 1.0).abs() < 1e-12);
            prop_assert!(values.iter().all(|&value| value >= 0.0 && value <= limit));
        }
    }

    #[test]
    fn the_scene_is_its_truth_plus_the_asked_noise() {
        let folder = tempfile::tempdir().unwrap();
        let params = SyntheticSceneParams { purity_cap: 0.8, corrupted_bands: 3, ..small() };
        let info = solve(&params, 5, folder.path(), &mut Silent).unwrap();
        assert!((info.figure("measuredSnr").unwrap() - 30.0).abs() < 0.2);
        assert!(info.figure("largestAbundance").unwrap() <= 0.8);
        let load = |name: &str, shape: &[usize]| loaded(&folder.path().join(name), shape);
        let (cube, m, a) = (
            load("cube.npy", &[30, 41, 20]),
            load("endmembers.npy", &[20, 4]),
            load("abundances.npy", &[4, 30, 41]),
        );
        let corrupted = std::fs::read(folder.path().join("corrupted.npy")).unwrap();
        let corrupted = &corrupted[corrupted.len() - 20..];
        assert_eq!(corrupted.iter().filter(|&&flag| flag == 1).count(), 3);
        for (i, value) in cube.iter().enumerate() {
            if corrupted[i % 20] == 0 {
                let clean: f64 = (0..4).map(|k| m[(i % 20) * 4 + k] * a[k * 30 * 41 + i / 20]).sum();
                assert!((value - clean).abs() < 0.15);
            }
        }
    }

    #[test]
    fn seeds_repeat_on_any_number_of_threads() {
        let bytes = |threads, seed| {
            let folder = tempfile::tempdir().unwrap();
            let params = SyntheticSceneParams { illumination: 0.2, corrupted_bands: 1, ..small() };
            in_pool(threads, || solve(&params, seed, folder.path(), &mut Silent)).unwrap();
            ["cube.npy", "abundances.npy", "endmembers.npy"]
                .map(|name| std::fs::read(folder.path().join(name)).unwrap())
        };
        let one = bytes(1, 3);
        assert!(one == bytes(2, 3));
        assert!(one == bytes(3, 3));
        assert!(one != bytes(1, 4));
    }

    #[test]
    fn wrong_parameters_are_named() {
        let wrong = [
            (SyntheticSceneParams { endmembers: 30, ..small() }, "endmembers"),
            (SyntheticSceneParams { purity_cap: 0.2, ..small() }, "purityCap"),
            (SyntheticSceneParams { corrupted_bands: 20, ..small() }, "corruptedBands"),
            (SyntheticSceneParams { illumination: 1.0, ..small() }, "illumination"),
            (SyntheticSceneParams { lines: 0, ..small() }, "lines"),
        ];
        for (params, parameter) in wrong {
            assert_eq!(params.check().unwrap_err().blamed_parameter(), Some(parameter));
        }
    }
}
