use std::ops::Range;
use std::path::Path;

use filigree_core::{
    ArraySource, Error, Info, MappedArray, NpyWriter, Observer, Stopwatch, batches, keep_going, map_tiles,
};

use crate::map_distances::Maps;

const STAGE: &str = "Joining the repeats";

/// What one repeat of a method left behind.
#[derive(Clone, Debug)]
pub struct Repeat {
    /// (bands, p of this repeat).
    pub endmembers: ArraySource,
    /// (p of this repeat, lines, samples).
    pub abundances: ArraySource,
    /// For every component of the result the one of this repeat that belongs to it, where there is one.
    pub order: Vec<Option<usize>>,
}

/// Mean and sample standard deviation of repeats of a method whose components were matched before.
///
/// Writes `endmembers.npy` and `endmembersDeviation.npy` (bands, p), `abundances.npy` and `abundancesDeviation.npy`
/// (p, lines, samples), and `components.npy` (p, 3): repeats it was found in, mean abundance, root mean square
/// deviation of its abundances. A number that only one repeat has deviates by zero; one that none has is NaN (pixels
/// that were left out).
pub fn solve(repeats: &[Repeat], folder: &Path, observer: &mut dyn Observer) -> Result<Info, Error> {
    let mut watch = Stopwatch::start();
    let p = check_orders(repeats)?;
    let maps: Vec<Maps> =
        repeats.iter().map(|repeat| Maps::open(&repeat.abundances)).collect::<Result<_, _>>()?;
    check_fit(repeats, &maps)?;
    let (lines, samples) = maps[0].scene;
    watch.setup_done();

    observer.stage(STAGE);
    let pixels = lines * samples;
    let means = NpyWriter::create::<f64>(folder, "abundances.npy", &[p, lines, samples])?;
    let deviations = NpyWriter::create::<f64>(folder, "abundancesDeviation.npy", &[p, lines, samples])?;
    let mut totals = vec![Total::default(); p];
    for batch in batches(pixels) {
        for (tile, part) in
            map_tiles(batch.clone(), |tile| Ok((tile.clone(), spread_of_tile(repeats, &maps, tile))))?
        {
            for (component, spread) in part.iter().enumerate() {
                means.write_at(component * pixels + tile.start, &spread.means)?;
                deviations.write_at(component * pixels + tile.start, &spread.deviations)?;
                totals[component].add(spread);
            }
        }
        keep_going(observer.progress(batch.end as f64 / pixels as f64), STAGE)?;
    }
    let (bands, spectra) = spread_of_spectra(repeats, p)?;
    let components: Vec<f64> = totals
        .iter()
        .enumerate()
        .flat_map(|(component, total)| {
            let found = repeats.iter().filter(|repeat| repeat.order[component].is_some()).count();
            [found as f64, total.mean(), total.deviation()]
        })
        .collect();
    let files = vec![
        NpyWriter::write_all(folder, "endmembers.npy", &[bands, p], &spectra.means)?,
        NpyWriter::write_all(folder, "endmembersDeviation.npy", &[bands, p], &spectra.deviations)?,
        means.finish()?,
        deviations.finish()?,
        NpyWriter::write_all(folder, "components.npy", &[p, 3], &components)?,
    ];
    let whole = totals.iter().fold(Total::default(), |mut whole, total| {
        whole.join(total);
        whole
    });
    Ok(Info {
        iterations: repeats.len(),
        stop_message: format!("Joined {} repeats of {p} components.", repeats.len()),
        figures: vec![
            ("repeats", repeats.len() as f64),
            ("abundanceDeviation", whole.deviation()),
            ("largestAbundanceDeviation", whole.largest),
        ],
        warnings: Vec::new(),
        files,
        ..Info::measured(&watch)
    })
}

/// Components of the result.
fn check_orders(repeats: &[Repeat]) -> Result<usize, Error> {
    let Some(first) = repeats.first() else {
        return Err(Error::InvalidData("There is no repeat to join. Let at least one finish.".to_owned()));
    };
    let p = first.order.len();
    if p == 0 || repeats.iter().any(|repeat| repeat.order.len() != p) {
        return Err(Error::Internal(
            "The repeats were matched with different numbers of components.".to_owned(),
        ));
    }
    Ok(p)
}

fn check_fit(repeats: &[Repeat], maps: &[Maps]) -> Result<(), Error> {
    for (repeat, own) in repeats.iter().zip(maps) {
        if own.scene != maps[0].scene {
            return Err(Error::InvalidData(format!(
                "One repeat has maps of {} × {} pixels and another of {} × {}. Join repeats on the same scene.",
                maps[0].scene.0, maps[0].scene.1, own.scene.0, own.scene.1
            )));
        }
        if repeat.order.iter().flatten().any(|&component| component >= own.count) {
            return Err(Error::Internal(
                "A repeat was matched with a component it does not have.".to_owned(),
            ));
        }
    }
    Ok(())
}

/// Means and deviations of several numbers over the repeats, found in one go (Welford): large means do not drown
/// small deviations.
struct Spread {
    means: Vec<f64>,
    deviations: Vec<f64>,
}

impl Spread {
    /// `values` gives the same numbers of one repeat after the other.
    fn of<'a>(length: usize, values: impl Iterator<Item = &'a [f64]>) -> Self {
        let (mut means, mut squares) = (vec![0.0; length], vec![0.0; length]);
        let mut counts = vec![0u32; length];
        for repeat in values {
            for (((mean, square), count), &value) in
                means.iter_mut().zip(&mut squares).zip(&mut counts).zip(repeat)
            {
                if !value.is_finite() {
                    continue;
                }
                *count += 1;
                let step = value - *mean;
                *mean += step / f64::from(*count);
                *square += step * (value - *mean);
            }
        }
        for ((mean, square), &count) in means.iter_mut().zip(&mut squares).zip(&counts) {
            match count {
                0 => (*mean, *square) = (f64::NAN, f64::NAN),
                1 => *square = 0.0,
                _ => *square = (*square / f64::from(count - 1)).sqrt(),
            }
        }
        Self { means, deviations: squares }
    }
}

/// A spread for every component.
fn spread_of_tile(repeats: &[Repeat], maps: &[Maps], tile: Range<usize>) -> Vec<Spread> {
    let n = tile.len();
    let pieces: Vec<Vec<f64>> = maps.iter().map(|own| own.tile(tile.clone())).collect();
    (0..repeats[0].order.len())
        .map(|component| {
            Spread::of(
                n,
                repeats
                    .iter()
                    .zip(&pieces)
                    .filter_map(|(repeat, piece)| repeat.order[component].map(|own| &piece[own * n..][..n])),
            )
        })
        .collect()
}

/// Bands, and the spread of the spectra (bands × p).
fn spread_of_spectra(repeats: &[Repeat], p: usize) -> Result<(usize, Spread), Error> {
    let mut ordered = Vec::with_capacity(repeats.len());
    let mut bands = 0;
    for repeat in repeats {
        let array = MappedArray::open(&repeat.endmembers)?;
        let &[rows, columns] = array.shape() else {
            return Err(Error::InvalidData("The endmembers of a repeat need two axes.".to_owned()));
        };
        if bands != 0 && rows != bands {
            return Err(Error::InvalidData(format!(
                "One repeat has spectra of {bands} bands and another of {rows}. Join repeats with the same bands."
            )));
        }
        bands = rows;
        let values = array.read_all()?;
        let value = |i: usize| match repeat.order[i % p] {
            Some(own) if own < columns => values[(i / p) * columns + own],
            _ => f64::NAN,
        };
        ordered.push((0..bands * p).map(value).collect::<Vec<_>>());
    }
    Ok((bands, Spread::of(bands * p, ordered.iter().map(Vec::as_slice))))
}

/// Sums over the pixels of a component.
#[derive(Clone, Copy, Default)]
struct Total {
    pixels: usize,
    sum: f64,
    squares: f64,
    largest: f64,
}

impl Total {
    fn add(&mut self, spread: &Spread) {
        for (mean, deviation) in spread.means.iter().zip(&spread.deviations) {
            if mean.is_finite() {
                self.pixels += 1;
                self.sum += mean;
                self.squares += deviation * deviation;
                self.largest = self.largest.max(*deviation);
            }
        }
    }

    fn join(&mut self, other: &Self) {
        self.pixels += other.pixels;
        self.sum += other.sum;
        self.squares += other.squares;
        self.largest = self.largest.max(other.largest);
    }

    /// 0 where no repeat had the component.
    fn mean(&self) -> f64 {
        self.sum / self.pixels.max(1) as f64
    }

    fn deviation(&self) -> f64 {
        (self.squares / self.pixels.max(1) as f64).sqrt()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::{loaded, saved};
    use filigree_core::{ErrorCode, Random, Silent, in_pool};

    const SHAPE: [usize; 3] = [2, 30, 40];

    fn repeats(folder: &Path, count: usize) -> Vec<Repeat> {
        let mut random = Random::new(3, 0);
        (0..count)
            .map(|index| {
                let mut draw =
                    |length: usize| -> Vec<f64> { (0..length).map(|_| random.uniform()).collect() };
                let mut maps = draw(2 * 1200);
                maps[7] = f64::NAN;
                maps[1207] = f64::NAN;
                Repeat {
                    endmembers: saved(folder, &format!("e{index}.npy"), &[5, 2], &draw(10)),
                    abundances: saved(folder, &format!("a{index}.npy"), &SHAPE, &maps),
                    order: if index % 2 == 0 { vec![Some(0), Some(1)] } else { vec![Some(1), Some(0)] },
                }
            })
            .collect()
    }

    #[test]
    fn means_and_deviations_are_those_of_the_matched_components() {
        let folder = tempfile::tempdir().unwrap();
        let repeats = repeats(folder.path(), 4);
        let info = solve(&repeats, folder.path(), &mut Silent).unwrap();
        assert_eq!(info.figure("repeats"), Some(4.0));
        let all: Vec<Vec<f64>> =
            (0..4).map(|i| loaded(&folder.path().join(format!("a{i}.npy")), &SHAPE)).collect();
        let means = loaded(&folder.path().join("abundances.npy"), &SHAPE);
        let deviations = loaded(&folder.path().join("abundancesDeviation.npy"), &SHAPE);
        for place in 0..2400 {
            let (component, pixel) = (place / 1200, place % 1200);
            if pixel == 7 {
                assert!(means[place].is_nan() && deviations[place].is_nan());
                continue;
            }
            let own: Vec<f64> =
                (0..4).map(|i| all[i][repeats[i].order[component].unwrap() * 1200 + pixel]).collect();
            let mean = own.iter().sum::<f64>() / 4.0;
            let deviation = (own.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / 3.0).sqrt();
            assert!((means[place] - mean).abs() < 1e-14 && (deviations[place] - deviation).abs() < 1e-14);
        }
        let spectra = loaded(&folder.path().join("endmembersDeviation.npy"), &[5, 2]);
        assert!(spectra.iter().all(|value| *value > 0.0));
        let components = loaded(&folder.path().join("components.npy"), &[2, 3]);
        assert_eq!((components[0], components[3]), (4.0, 4.0));
        let whole = ((components[2].powi(2) + components[5].powi(2)) / 2.0).sqrt();
        assert!((info.figure("abundanceDeviation").unwrap() - whole).abs() < 1e-14);
    }

    #[test]
    fn a_component_some_repeats_lack_is_joined_over_the_others() {
        let folder = tempfile::tempdir().unwrap();
        let mut repeats = repeats(folder.path(), 3);
        repeats[0].order[1] = None;
        repeats[2].order[1] = None;
        solve(&repeats, folder.path(), &mut Silent).unwrap();
        let only = loaded(&folder.path().join("a1.npy"), &SHAPE);
        let means = loaded(&folder.path().join("abundances.npy"), &SHAPE);
        let deviations = loaded(&folder.path().join("abundancesDeviation.npy"), &SHAPE);
        assert_eq!(means[1200..1206], only[..6]);
        assert!(deviations[1200..1206].iter().all(|value| *value == 0.0));
        assert_eq!(loaded(&folder.path().join("components.npy"), &[2, 3])[3], 1.0);
    }

    #[test]
    fn one_and_two_threads_write_the_same_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let repeats = repeats(folder.path(), 3);
        let run = |threads| {
            in_pool(threads, || solve(&repeats, folder.path(), &mut Silent)).unwrap();
            ["abundances.npy", "abundancesDeviation.npy", "components.npy"]
                .map(|name| std::fs::read(folder.path().join(name)).unwrap())
        };
        assert!(run(1) == run(2));
    }

    #[test]
    fn repeats_that_do_not_go_together_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let mut odd = repeats(folder.path(), 2);
        odd[1].abundances = saved(folder.path(), "odd.npy", &[2, 3, 4], &[0.5; 24]);
        let error = solve(&odd, folder.path(), &mut Silent).unwrap_err();
        assert_eq!(error.code(), ErrorCode::InvalidData);
        assert!(error.to_string().contains("30 × 40 pixels and another of 3 × 4"), "{error}");
        let mut short = repeats(folder.path(), 2);
        short[1].endmembers = saved(folder.path(), "short.npy", &[4, 2], &[0.5; 8]);
        let error = solve(&short, folder.path(), &mut Silent).unwrap_err();
        assert!(error.to_string().contains("5 bands and another of 4"), "{error}");
        assert!(solve(&[], folder.path(), &mut Silent).is_err());
        assert!(!folder.path().join("endmembers.npy").exists());
    }
}
