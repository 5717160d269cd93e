use std::path::Path;

use filigree_core::{ArraySource, Error, Info, MappedArray, NpyWriter, Observer, Stopwatch, dot, keep_going};

use crate::library_table::LibraryTable;

const STAGE: &str = "Comparing spectra";

/// Keeps spectra of a library (bands, p) that lie pairwise at least `angle` degrees apart, and sorts them.
///
/// The rule, as in the published sparse-unmixing demonstrations: from the first spectrum to the last, each one that
/// was not taken away is kept, and takes away every later one at less than `angle` from it. What is left is sorted,
/// stably, by its smallest angle to any other kept spectrum, nearest first. Spectra with missing values and spectra
/// without length are left out before. Writes `spectra.npy` (bands, kept), `kept.npy` (kept), their numbers counted
/// from zero, and `nearest.npy` (kept), the angle to the nearest other one in degrees.
pub fn solve(
    source: &ArraySource,
    angle: f64,
    folder: &Path,
    observer: &mut dyn Observer,
) -> Result<Info, Error> {
    if !(0.0..180.0).contains(&angle) {
        return Err(Error::parameter(
            "angle",
            format!(
                "The angle is {angle}°; it must be from 0° to below 180°. 4.44° keeps about half of a mineral library."
            ),
        ));
    }
    let mut watch = Stopwatch::start();
    let library = LibraryTable::read(&MappedArray::open(source)?)?;
    let unusable = library.unusable();
    let units: Vec<Option<Vec<f64>>> = (0..library.count).map(|j| library.direction(j)).collect();
    watch.setup_done();
    observer.stage(STAGE);
    let mut alive: Vec<bool> = units.iter().map(Option::is_some).collect();
    let mut kept = Vec::new();
    for i in 0..library.count {
        keep_going(observer.progress(0.8 * i as f64 / library.count as f64), STAGE)?;
        let Some(own) = units[i].as_ref().filter(|_| alive[i]) else { continue };
        kept.push(i);
        for j in i + 1..library.count {
            if let Some(other) = &units[j] {
                alive[j] &= degrees_between(own, other) >= angle;
            }
        }
    }
    if kept.is_empty() {
        return Err(Error::InvalidData(
            "No spectrum of the library has values in every band. Import it again and look at its missing values.".to_owned(),
        ));
    }
    let nearest: Vec<f64> = kept
        .iter()
        .map(|&i| {
            kept.iter()
                .filter(|&&j| j != i)
                .filter_map(|&j| Some(degrees_between(units[i].as_ref()?, units[j].as_ref()?)))
                .fold(180.0, f64::min)
        })
        .collect();
    let mut order: Vec<usize> = (0..kept.len()).collect();
    order.sort_by(|&a, &b| nearest[a].total_cmp(&nearest[b]));
    let chosen: Vec<usize> = order.iter().map(|&k| kept[k]).collect();
    let sorted: Vec<f64> = order.iter().map(|&k| nearest[k]).collect();
    let numbers: Vec<f64> = chosen.iter().map(|&j| j as f64).collect();
    let spectra = library.columns(&chosen);
    let files = vec![
        NpyWriter::write_all(folder, "spectra.npy", &[library.bands, chosen.len()], &spectra)?,
        NpyWriter::write_all(folder, "kept.npy", &[chosen.len()], &numbers)?,
        NpyWriter::write_all(folder, "nearest.npy", &[chosen.len()], &sorted)?,
    ];
    Ok(Info {
        stop_message: format!("Kept {} of {} spectra, at least {angle}° apart.", chosen.len(), library.count),
        figures: vec![("kept", chosen.len() as f64), ("smallestAngle", sorted[0])],
        warnings: unusable.into_iter().collect(),
        files,
        ..Info::measured(&watch)
    })
}

/// Angle between unit vectors in degrees.
fn degrees_between(a: &[f64], b: &[f64]) -> f64 {
    dot(a, b).clamp(-1.0, 1.0).acos().to_degrees()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::{loaded, saved};
    use filigree_core::Silent;
    use proptest::prelude::*;

    fn prune(values: &[f64], bands: usize, angle: f64) -> (Info, Vec<f64>, Vec<f64>) {
        let folder = tempfile::tempdir().unwrap();
        let source = saved(folder.path(), "library.npy", &[bands, values.len() / bands], values);
        let info = solve(&source, angle, folder.path(), &mut Silent).unwrap();
        let kept = info.figure("kept").unwrap() as usize;
        let numbers = loaded(&folder.path().join("kept.npy"), &[kept]);
        let nearest = loaded(&folder.path().join("nearest.npy"), &[kept]);
        (info, numbers, nearest)
    }

    #[test]
    fn the_first_of_a_close_pair_stays_and_the_nearest_come_first() {
        // Directions at 0, 30, 3, 90 and 0 degrees, the last one twice as long.
        let angles = [0.0f64, 30.0, 3.0, 90.0, 0.0];
        let rows: Vec<f64> = angles
            .iter()
            .map(|a| a.to_radians().cos())
            .chain(angles.iter().map(|a| a.to_radians().sin()))
            .enumerate()
            .map(|(i, value)| if i % 5 == 4 { 2.0 * value } else { value })
            .collect();
        let (info, kept, nearest) = prune(&rows, 2, 5.0);
        assert_eq!(kept, [0.0, 1.0, 3.0]);
        assert!((nearest[0] - 30.0).abs() < 1e-9 && (nearest[2] - 60.0).abs() < 1e-9);
        assert!(info.warnings.is_empty());
    }

    #[test]
    fn spectra_with_missing_values_are_left_out_and_counted() {
        let (info, kept, _) = prune(&[1.0, f64::NAN, 0.0, 0.0, 1.0, 0.0], 2, 1.0);
        assert_eq!(kept, [0.0]);
        assert!(info.warnings[0].contains("2 spectra"), "{:?}", info.warnings);
    }

    proptest! {
        #[test]
        fn what_is_kept_is_apart_and_what_is_not_is_near(values in proptest::collection::vec(0.01f64..1.0, 24), angle in 0.0f64..60.0) {
            let (_, kept, nearest) = prune(&values, 3, angle);
            prop_assert!(nearest.iter().all(|&near| near >= angle));
            prop_assert!(nearest.windows(2).all(|pair| pair[0] <= pair[1]));
            let direction = |j: usize| -> Vec<f64> {
                let own: Vec<f64> = (0..3).map(|band| values[band * 8 + j]).collect();
                let length = dot(&own, &own).sqrt();
                own.iter().map(|value| value / length).collect()
            };
            for j in (0..8).filter(|&j| !kept.contains(&(j as f64))) {
                let near = kept.iter().any(|&k| degrees_between(&direction(j), &direction(k as usize)) < angle);
                prop_assert!(near);
            }
        }
    }
}
