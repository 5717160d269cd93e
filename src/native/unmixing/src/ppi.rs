use std::path::Path;

use filigree_core::{
    Error, Info, Observer, Random, Section, Stopwatch, TILE_PIXELS, View, ViewMut, batches, dot, keep_going,
    multiply,
};
use rayon::prelude::*;

use crate::extraction::{about_dark_pixels, too_few_directions, write_endmembers};
use crate::finished::finished;
use crate::reduced_pixels::ReducedPixels;
use crate::vca_params::{check_endmembers, check_fits};
use crate::{CubeInput, MapWriter, Passes, PreparedCube};

const STAGE: &str = "Throwing skewers";

/// Skewers thrown at once; each group draws from a random stream of its own.
const GROUP: usize = 64;

/// Parameters of the pixel purity index.
#[derive(Clone, Debug, PartialEq)]
pub struct PpiParams {
    /// p, 2 to 64.
    pub endmembers: usize,
    /// Random directions along which extreme pixels are counted.
    pub skewers: usize,
    /// Smallest spectral angle between two picked pixels, in degrees.
    pub separation: f64,
}

impl Default for PpiParams {
    fn default() -> Self {
        Self { endmembers: 3, skewers: 10_000, separation: 3.0 }
    }
}

impl PpiParams {
    /// Says which parameter is wrong and why.
    pub fn check(&self) -> Result<(), Error> {
        check_endmembers(self.endmembers)?;
        if !(1..=10_000_000).contains(&self.skewers) {
            return Err(Error::parameter(
                "skewers",
                format!(
                    "{} skewers were asked for; choose 1 to 10,000,000. 10,000 is a good value.",
                    self.skewers
                ),
            ));
        }
        if !(0.0..=90.0).contains(&self.separation) {
            return Err(Error::parameter(
                "separation",
                format!("The separation is {} degrees; choose 0 to 90.", self.separation),
            ));
        }
        Ok(())
    }
}

/// Pixel purity index (Boardman, Kruse, Green, "Mapping target signatures via partial unmixing of AVIRIS data", JPL
/// Airborne Earth Science Workshop, 1995): pixels are projected on random directions, and how often one is at an end is
/// its purity. The p purest pixels that differ by the separation are the endmembers.
///
/// Writes what [`write_endmembers`] writes, and `purity.npy` (lines, samples): share of the skewers at whose end a
/// pixel lies.
pub fn solve(
    input: &CubeInput,
    params: &PpiParams,
    seed: u64,
    folder: &Path,
    observer: &mut dyn Observer,
) -> Result<Info, Error> {
    params.check()?;
    let mut watch = Stopwatch::start();
    let cube = PreparedCube::open(input, false, Passes::Many, &mut Section::new(observer, 0.0, 0.3))?;
    let p = params.endmembers;
    check_fits(p, &cube)?;
    let pixels = ReducedPixels::of(&cube, (p - 1).min(cube.bands()), &mut Section::new(observer, 0.3, 0.5))?;
    watch.setup_done();
    let counts = counts(&pixels, params.skewers, seed, &mut Section::new(observer, 0.5, 1.0))?;
    let mut warnings = cube.warnings();
    warnings.extend(about_dark_pixels(pixels.dark_count()));
    let picked = purest(&cube, &counts, params, &mut warnings)?;
    let endmembers = cube.pixels_at(&picked);
    let mut files = write_endmembers(&cube, &endmembers, Some(&picked), folder)?;
    let purity = MapWriter::create(&cube, folder, "purity.npy", None)?;
    for batch in batches(cube.pixels()) {
        let shares: Vec<f64> =
            counts[batch.clone()].iter().map(|&count| f64::from(count) / params.skewers as f64).collect();
        purity.write(batch, &shares)?;
    }
    files.push(purity.finish()?);
    let extreme = counts.iter().filter(|count| **count > 0).count();
    Ok(finished(
        &watch,
        format!("{extreme} of {} pixels lie at an end of one of {} skewers.", cube.pixels(), params.skewers),
        vec![("extremePixels", extreme as f64)],
        warnings,
        files,
    ))
}

/// How often every pixel is at an end of a skewer.
fn counts(
    pixels: &ReducedPixels,
    skewers: usize,
    seed: u64,
    observer: &mut dyn Observer,
) -> Result<Vec<u32>, Error> {
    observer.stage(STAGE);
    let d = pixels.dimensions;
    let mut counts = vec![0u32; pixels.dark.len()];
    for group in 0..skewers.div_ceil(GROUP) {
        let count = GROUP.min(skewers - group * GROUP);
        let mut random = Random::new(seed, group as u64);
        let directions: Vec<f64> = (0..count * d).map(|_| random.normal()).collect();
        for (low, high) in extremes(pixels, &directions, count) {
            counts[low] += 1;
            counts[high] += 1;
        }
        keep_going(observer.progress((group * GROUP + count) as f64 / skewers as f64), STAGE)?;
    }
    Ok(counts)
}

/// The lowest and the highest pixel along every direction, the first of equals.
fn extremes(pixels: &ReducedPixels, directions: &[f64], count: usize) -> Vec<(usize, usize)> {
    let d = pixels.dimensions;
    let parts: Vec<Vec<[(f64, usize); 2]>> = pixels
        .points
        .par_chunks(TILE_PIXELS * d)
        .enumerate()
        .map(|(tile, points)| {
            let rows = points.len() / d;
            let mut along = vec![0.0; rows * count];
            multiply(
                View::row_major(points, rows, d),
                View::row_major(directions, count, d).t(),
                ViewMut::row_major(&mut along, rows, count),
            );
            let mut ends = vec![[(f64::INFINITY, 0), (f64::NEG_INFINITY, 0)]; count];
            for (index, values) in along.chunks_exact(count).enumerate() {
                let pixel = tile * TILE_PIXELS + index;
                if pixels.dark[pixel] {
                    continue;
                }
                for (ends, &value) in ends.iter_mut().zip(values) {
                    if value < ends[0].0 {
                        ends[0] = (value, pixel);
                    }
                    if value > ends[1].0 {
                        ends[1] = (value, pixel);
                    }
                }
            }
            ends
        })
        .collect();
    (0..count)
        .map(|skewer| {
            let mut ends = [(f64::INFINITY, 0), (f64::NEG_INFINITY, 0)];
            for part in &parts {
                if part[skewer][0].0 < ends[0].0 {
                    ends[0] = part[skewer][0];
                }
                if part[skewer][1].0 > ends[1].0 {
                    ends[1] = part[skewer][1];
                }
            }
            (ends[0].1, ends[1].1)
        })
        .collect()
}

/// The p pixels with the highest counts that keep their angle; the angle is halved until there are enough.
fn purest(
    cube: &PreparedCube,
    counts: &[u32],
    params: &PpiParams,
    warnings: &mut Vec<String>,
) -> Result<Vec<usize>, Error> {
    const SMALLEST: f64 = 1e-6;
    let p = params.endmembers;
    let mut ranked: Vec<usize> = (0..counts.len()).filter(|&pixel| counts[pixel] > 0).collect();
    ranked.sort_by_key(|&pixel| (std::cmp::Reverse(counts[pixel]), pixel));
    let spectra = cube.pixels_at(&ranked);
    let spectrum = |index: usize| &spectra[index * cube.bands()..][..cube.bands()];
    let mut separation = params.separation;
    loop {
        let mut chosen: Vec<usize> = Vec::with_capacity(p);
        for index in 0..ranked.len() {
            if chosen.iter().all(|&other| angle(spectrum(index), spectrum(other)) >= separation) {
                chosen.push(index);
            }
            if chosen.len() == p {
                if separation < params.separation {
                    warnings.push(format!(
                        "Fewer than {p} extreme pixels are {}° apart; the separation was lowered to {separation:.3}°.",
                        params.separation
                    ));
                }
                return Ok(chosen.iter().map(|&index| ranked[index]).collect());
            }
        }
        if separation <= SMALLEST {
            let found = chosen.len();
            if found < 2 {
                return Err(too_few_directions(found, p));
            }
            return Err(Error::Breakdown(format!(
                "Only {found} different pixels lie at the end of a skewer, and {p} endmembers were asked for. Choose fewer, or throw more skewers."
            )));
        }
        separation *= 0.5;
    }
}

/// Spectral angle in degrees.
fn angle(a: &[f64], b: &[f64]) -> f64 {
    (dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()).clamp(-1.0, 1.0).acos().to_degrees()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::{loaded, saved_cube, scene};
    use filigree_core::{Silent, in_pool};

    #[test]
    fn pure_pixels_are_the_purest_and_threads_do_not_change_the_bytes() {
        let planted = scene([20, 60, 25], 4, 0.0, 5);
        let (folder, input) = saved_cube(planted.shape, &planted.values);
        let run = |threads| {
            let params = PpiParams { endmembers: 4, skewers: 1000, ..PpiParams::default() };
            in_pool(threads, || solve(&input, &params, 1, folder.path(), &mut Silent)).unwrap();
            std::fs::read(folder.path().join("purity.npy")).unwrap()
        };
        assert!(run(1) == run(2));
        let purity = loaded(&folder.path().join("purity.npy"), &[20, 60]);
        // Every skewer has two ends, and without noise both are pure pixels.
        assert!((purity[..4].iter().sum::<f64>() - 2.0).abs() < 1e-12);
        assert!(purity[4..].iter().all(|share| *share == 0.0));
    }

    #[test]
    fn a_separation_that_leaves_too_few_is_lowered_aloud() {
        let planted = scene([10, 30, 15], 3, 0.01, 2);
        let (folder, input) = saved_cube(planted.shape, &planted.values);
        let params = PpiParams { separation: 89.0, skewers: 500, ..PpiParams::default() };
        let info = solve(&input, &params, 1, folder.path(), &mut Silent).unwrap();
        assert!(info.warnings.iter().any(|warning| warning.contains("lowered to")), "{:?}", info.warnings);
        let wrong = PpiParams { separation: 91.0, ..PpiParams::default() };
        assert_eq!(wrong.check().unwrap_err().blamed_parameter(), Some("separation"));
    }
}
