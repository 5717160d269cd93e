use std::path::Path;

use filigree_core::{ArraySource, Error, Info, MappedArray, NpyWriter, Observer, Random, Stopwatch, dot};

use crate::SyntheticSceneParams;
use crate::given_maps::GivenMaps;
use crate::library_table::LibraryTable;
use crate::synthetic_scene::{Mixed, draw_abundances, mix_scene};

/// Random stream that draws the spectra: none of those of a synthetic scene.
const CHOICE_STREAM: u64 = 1;

/// Parameters of a scene of library spectra.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LibrarySceneParams {
    /// Numbers of the spectra, counted from zero; drawn by the seed where there are none.
    pub spectra: Vec<usize>,
    /// Abundance maps (materials, lines, samples) of the scene; drawn by the seed where there are none.
    pub abundances: Option<ArraySource>,
    /// Size, abundances and noise; its bands are those of the library, and its number of endmembers counts only where
    /// spectra and abundances are drawn. Given abundances bring their own size.
    pub scene: SyntheticSceneParams,
}

/// Makes a scene of some spectra of a library (bands, spectra): abundances from smooth random fields, which sum to one,
/// or given ones as they are, and white noise. Writes `cube.npy`, `endmembers.npy`, `abundances.npy` as a synthetic scene does, and `kept.npy`,
/// the numbers of its spectra.
pub fn solve(
    source: &ArraySource,
    params: &LibrarySceneParams,
    seed: u64,
    folder: &Path,
    observer: &mut dyn Observer,
) -> Result<Info, Error> {
    let mut watch = Stopwatch::start();
    let library = LibraryTable::read(&MappedArray::open(source)?)?;
    let given = params.abundances.as_ref().map(GivenMaps::read).transpose()?;
    let wanted = given.as_ref().map_or(params.scene.endmembers, |given| given.count);
    let chosen = if params.spectra.is_empty() {
        drawn(&library, wanted, seed)?
    } else {
        checked(&library, &params.spectra)?
    };
    let mut scene =
        SyntheticSceneParams { bands: library.bands, endmembers: chosen.len(), ..params.scene.clone() };
    if let Some(given) = &given {
        given.check_spectra(chosen.len())?;
        (scene.lines, scene.samples) = given.scene;
        // What shapes drawn abundances says nothing about given ones.
        scene.purity_cap = 1.0;
    }
    scene.check()?;
    let spectra: Vec<f64> = chosen.iter().flat_map(|&j| library.spectrum(j)).collect();
    watch.setup_done();
    let corrupted = vec![false; library.bands];
    let abundances = match given {
        Some(given) => given.abundances,
        None => draw_abundances(&scene, seed, observer)?,
    };
    let Mixed { mut files, mut figures } =
        mix_scene(&scene, &spectra, &abundances, &corrupted, seed, folder, observer)?;
    let numbers: Vec<f64> = chosen.iter().map(|&j| j as f64).collect();
    files.push(NpyWriter::write_all(folder, "kept.npy", &[chosen.len()], &numbers)?);
    figures.push(("smallestAngleDegrees", smallest_angle(&library, &chosen)));
    Ok(Info {
        stop_message: format!(
            "Made {} × {} pixels of {} of the {} spectra of the library.",
            scene.lines,
            scene.samples,
            chosen.len(),
            library.count
        ),
        figures,
        warnings: library.unusable().into_iter().collect(),
        files,
        ..Info::measured(&watch)
    })
}

/// Spectra drawn without repetition among those with values in every band.
fn drawn(library: &LibraryTable, count: usize, seed: u64) -> Result<Vec<usize>, Error> {
    let mut usable: Vec<usize> = (0..library.count).filter(|&j| library.direction(j).is_some()).collect();
    if count > usable.len() {
        return Err(Error::parameter(
            "endmembers",
            format!(
                "{count} materials were asked for; the library has {} spectra with values in every band. Choose fewer.",
                usable.len()
            ),
        ));
    }
    let mut random = Random::new(seed, CHOICE_STREAM);
    for index in 0..count {
        let other = index + random.below(usable.len() - index);
        usable.swap(index, other);
    }
    usable.truncate(count);
    Ok(usable)
}

/// The spectra a person named, refused where one is not there, is named twice or can not be used.
fn checked(library: &LibraryTable, chosen: &[usize]) -> Result<Vec<usize>, Error> {
    for (index, &j) in chosen.iter().enumerate() {
        let problem = if j >= library.count {
            format!("the library has {} spectra, counted from 0", library.count)
        } else if chosen[..index].contains(&j) {
            "it is named twice".to_owned()
        } else if library.direction(j).is_none() {
            "it has missing values, or is zero in every band".to_owned()
        } else {
            continue;
        };
        return Err(Error::parameter(
            "spectra",
            format!("Spectrum {j} cannot be taken: {problem}. Name others, or leave the list empty."),
        ));
    }
    Ok(chosen.to_vec())
}

/// Smallest angle between two of the spectra, in degrees.
fn smallest_angle(library: &LibraryTable, chosen: &[usize]) -> f64 {
    let units: Vec<Vec<f64>> = chosen.iter().filter_map(|&j| library.direction(j)).collect();
    let angle = |a: &[f64], b: &[f64]| dot(a, b).clamp(-1.0, 1.0).acos().to_degrees();
    let pairs = units
        .iter()
        .enumerate()
        .flat_map(|(index, one)| units[..index].iter().map(move |other| (one, other)));
    pairs.map(|(one, other)| angle(one, other)).fold(180.0, f64::min)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::{loaded, saved};
    use filigree_core::{Silent, in_pool};

    const BANDS: usize = 12;

    /// Ten spectra; number 3 has a missing value.
    fn library() -> Vec<f64> {
        let mut random = Random::new(9, 0);
        let mut values: Vec<f64> = (0..BANDS * 10).map(|_| random.between(0.1, 1.0)).collect();
        values[5 * 10 + 3] = f64::NAN;
        values
    }

    fn params(spectra: &[usize], snr: Option<f64>) -> LibrarySceneParams {
        let scene = SyntheticSceneParams {
            lines: 9,
            samples: 21,
            snr,
            single_precision: false,
            ..Default::default()
        };
        LibrarySceneParams { spectra: spectra.to_vec(), abundances: None, scene }
    }

    fn made(params: &LibrarySceneParams, seed: u64) -> (tempfile::TempDir, Result<Info, Error>) {
        let folder = tempfile::tempdir().unwrap();
        let source = saved(folder.path(), "library.npy", &[BANDS, 10], &library());
        let info = solve(&source, params, seed, folder.path(), &mut Silent);
        (folder, info)
    }

    #[test]
    fn without_noise_the_scene_is_the_named_spectra_times_the_abundances() {
        let (folder, info) = made(&params(&[7, 2, 5], None), 4);
        info.unwrap();
        let load = |name: &str, shape: &[usize]| loaded(&folder.path().join(name), shape);
        assert_eq!(load("kept.npy", &[3]), [7.0, 2.0, 5.0]);
        let (cube, maps) = (load("cube.npy", &[9, 21, BANDS]), load("abundances.npy", &[3, 9, 21]));
        let values = library();
        for pixel in 0..9 * 21 {
            let shares: Vec<f64> = (0..3).map(|k| maps[k * 9 * 21 + pixel]).collect();
            assert!((shares.iter().sum::<f64>() - 1.0).abs() < 1e-12);
            for band in 0..BANDS {
                let clean: f64 = [7, 2, 5].iter().zip(&shares).map(|(j, a)| values[band * 10 + j] * a).sum();
                assert!((cube[pixel * BANDS + band] - clean).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn drawn_spectra_are_usable_ones_and_repeat_with_the_seed_on_any_number_of_threads() {
        let bytes = |threads, seed| {
            in_pool(threads, || {
                let (folder, info) = made(&params(&[], Some(20.0)), seed);
                let info = info?;
                assert!((info.figure("measuredSnr").unwrap() - 20.0).abs() < 0.5);
                assert!(info.warnings[0].contains("the first is spectrum 3"));
                let kept = loaded(&folder.path().join("kept.npy"), &[4]);
                assert!(!kept.contains(&3.0));
                Ok(["cube.npy", "kept.npy"].map(|name| std::fs::read(folder.path().join(name)).unwrap()))
            })
            .unwrap()
        };
        assert!(bytes(1, 3) == bytes(2, 3));
        assert!(bytes(1, 3) != bytes(1, 5));
    }

    #[test]
    fn given_abundances_are_mixed_as_they_are() {
        let folder = tempfile::tempdir().unwrap();
        let source = saved(folder.path(), "library.npy", &[BANDS, 10], &library());
        let maps = [1.0, 0.25, 0.0, -0.5, 0.0, 0.75, 0.5, 0.0];
        let given = saved(folder.path(), "maps.npy", &[2, 2, 2], &maps);
        let solve = |spectra: &[usize], given: &ArraySource| {
            let params = LibrarySceneParams { abundances: Some(given.clone()), ..params(spectra, None) };
            solve(&source, &params, 1, folder.path(), &mut Silent)
        };
        solve(&[6, 1], &given).unwrap();
        let cube = loaded(&folder.path().join("cube.npy"), &[2, 2, BANDS]);
        let values = library();
        for pixel in 0..4 {
            for band in 0..BANDS {
                let clean = maps[pixel] * values[band * 10 + 6] + maps[4 + pixel] * values[band * 10 + 1];
                assert!((cube[pixel * BANDS + band] - clean).abs() < 1e-12);
            }
        }
        assert_eq!(loaded(&folder.path().join("abundances.npy"), &[2, 2, 2]), maps);
        solve(&[], &given).unwrap();
        let error = solve(&[6, 1, 2], &given).unwrap_err();
        assert_eq!(error.blamed_parameter(), Some("spectra"));
        assert!(error.to_string().contains("2 abundance maps"), "{error}");
        let gap = saved(folder.path(), "gap.npy", &[2, 1, 2], &[1.0, f64::NAN, 0.0, f64::NAN]);
        let error = solve(&[6, 1], &gap).unwrap_err();
        assert!(error.to_string().contains("1 pixel"), "{error}");
    }

    #[test]
    fn spectra_that_cannot_be_taken_are_named() {
        for (spectra, word) in
            [(vec![1, 10], "10 spectra, counted"), (vec![1, 2, 1], "twice"), (vec![1, 3], "missing")]
        {
            let error = made(&params(&spectra, None), 0).1.unwrap_err();
            assert_eq!(error.blamed_parameter(), Some("spectra"));
            assert!(error.to_string().contains(word), "{error}");
        }
        let mut many = params(&[], None);
        many.scene.endmembers = 10;
        assert_eq!(made(&many, 0).1.unwrap_err().blamed_parameter(), Some("endmembers"));
    }
}
