use filigree_core::{Error, Observer, keep_going, map_tiles, zeros};

use crate::PreparedCube;

const STAGE: &str = "Finding superpixels";

/// Most rounds of assigning and averaging.
const MOST_ROUNDS: usize = 50;

/// Rounds end where the energy falls by less than this share of its whole fall.
const SETTLED: f64 = 1e-5;

/// Label of a pixel that was left out.
pub(crate) const NO_SUPERPIXEL: u32 = u32::MAX;

/// Superpixels of a scene: regions of neighbouring pixels that look alike.
pub(crate) struct Superpixels {
    /// Label of every valid pixel, numbered without gaps.
    pub labels: Vec<u32>,
    /// Mean of the prepared pixels of every superpixel: count × bands.
    pub means: Vec<f64>,
    pub count: usize,
}

/// Simple linear iterative clustering of spectra (Achanta et al., IEEE TPAMI 34(11), 2012): k-means over spectrum and
/// place, where a pixel is only compared with the centres of the four cells of a grid around it; then regions below a
/// quarter of a cell are joined to a neighbour.
///
/// `compactness` weighs the squared distance in cells against the squared distance of spectra, both divided by the
/// mean squared length of a pixel.
pub(crate) fn superpixels(
    cube: &PreparedCube,
    size: usize,
    compactness: f64,
    observer: &mut dyn Observer,
) -> Result<Superpixels, Error> {
    observer.stage(STAGE);
    let grid = Grid::of(cube, size);
    let energy = map_tiles(0..cube.pixels(), |tile| {
        Ok(cube.tile(tile).iter().map(|value| value * value).sum::<f64>())
    })?;
    let weight = compactness * energy.iter().sum::<f64>() / cube.pixels() as f64 / (size * size) as f64;
    let bands = cube.bands();
    let mut centres = grid.first_centres(cube);
    let mut labels = vec![0u32; cube.pixels()];
    let (mut first, mut before) = (f64::INFINITY, f64::INFINITY);
    for round in 0..MOST_ROUNDS {
        keep_going(observer.progress(round as f64 / MOST_ROUNDS as f64), STAGE)?;
        let parts = map_tiles(0..cube.pixels(), |tile| Ok(grid.assign(cube, tile, &centres, weight)))?;
        let mut now = 0.0;
        let mut at = 0;
        for (part, energy) in &parts {
            labels[at..at + part.len()].copy_from_slice(part);
            at += part.len();
            now += energy;
        }
        if round == 0 {
            first = now;
        } else if before - now <= SETTLED * (first - now) {
            break;
        }
        before = now;
        centres = grid.average(cube, &labels)?;
    }
    let labels = grid.joined(cube, &labels);
    let count = labels.iter().max().map_or(0, |&most| most as usize + 1);
    let means = means_of(cube, &labels, count)?;
    debug_assert_eq!(means.len(), count * bands);
    Ok(Superpixels { labels, means, count })
}

/// Centres of the clusters: place and spectrum.
struct Centres {
    places: Vec<[f64; 2]>,
    /// count × bands.
    spectra: Vec<f64>,
}

struct Grid {
    size: usize,
    rows: usize,
    columns: usize,
    lines: usize,
    samples: usize,
}

impl Grid {
    fn of(cube: &PreparedCube, size: usize) -> Self {
        let (lines, samples) = (cube.lines(), cube.samples());
        Self { size, rows: lines.div_ceil(size), columns: samples.div_ceil(size), lines, samples }
    }

    /// The pixel in the middle of every cell; the nearest valid one after it where that was left out.
    fn first_centres(&self, cube: &PreparedCube) -> Centres {
        let mut places = Vec::new();
        let mut pixels = Vec::new();
        for cell in 0..self.rows * self.columns {
            let line = ((cell / self.columns) * self.size + self.size / 2).min(self.lines - 1);
            let sample = ((cell % self.columns) * self.size + self.size / 2).min(self.samples - 1);
            let flat = line * self.samples + sample;
            let pixel = (flat..self.lines * self.samples).find_map(|flat| cube.pixel_at(flat));
            pixels.push(pixel.unwrap_or(0));
            places.push([line as f64, sample as f64]);
        }
        Centres { places, spectra: cube.pixels_at(&pixels) }
    }

    /// Nearest centre of every pixel of a tile, and the sum of the squared distances.
    fn assign(
        &self,
        cube: &PreparedCube,
        tile: std::ops::Range<usize>,
        centres: &Centres,
        weight: f64,
    ) -> (Vec<u32>, f64) {
        let bands = cube.bands();
        let mut energy = 0.0;
        let values = cube.tile(tile.clone());
        let labels = tile
            .zip(values.chunks_exact(bands))
            .map(|(pixel, spectrum)| {
                let flat = cube.flat_position(pixel);
                let (line, sample) = (flat / self.samples, flat % self.samples);
                let (mut nearest, mut least) = (0, f64::INFINITY);
                for row in self.around(line, self.rows) {
                    for column in self.around(sample, self.columns) {
                        let cell = row * self.columns + column;
                        let [y, x] = centres.places[cell];
                        let place = (line as f64 - y).powi(2) + (sample as f64 - x).powi(2);
                        let look: f64 = spectrum
                            .iter()
                            .zip(&centres.spectra[cell * bands..])
                            .map(|(a, b)| (a - b) * (a - b))
                            .sum();
                        let distance = look + weight * place;
                        if distance < least {
                            (nearest, least) = (cell, distance);
                        }
                    }
                }
                energy += least;
                nearest as u32
            })
            .collect();
        (labels, energy)
    }

    /// The two cells whose middles lie on either side of a position.
    fn around(&self, position: usize, cells: usize) -> std::ops::RangeInclusive<usize> {
        let lower = (position as f64 / self.size as f64 - 0.5).floor();
        let first = lower.max(0.0) as usize;
        first.min(cells - 1)..=((lower + 1.0).max(0.0) as usize).min(cells - 1)
    }

    fn average(&self, cube: &PreparedCube, labels: &[u32]) -> Result<Centres, Error> {
        let cells = self.rows * self.columns;
        let spectra = means_of(cube, labels, cells)?;
        let mut places = vec![[0.0; 2]; cells];
        let mut pixels = vec![0.0f64; cells];
        for (pixel, &label) in labels.iter().enumerate() {
            let flat = cube.flat_position(pixel);
            let place = &mut places[label as usize];
            place[0] += (flat / self.samples) as f64;
            place[1] += (flat % self.samples) as f64;
            pixels[label as usize] += 1.0;
        }
        for (place, &pixels) in places.iter_mut().zip(&pixels) {
            place.iter_mut().for_each(|value| *value /= pixels.max(1.0));
        }
        Ok(Centres { places, spectra })
    }

    /// Connected regions as superpixels, numbered in the order they are met; those smaller than a quarter of a cell
    /// take the number of a neighbour met before.
    fn joined(&self, cube: &PreparedCube, labels: &[u32]) -> Vec<u32> {
        let smallest = (self.size * self.size / 4).max(1);
        let mut found = vec![NO_SUPERPIXEL; labels.len()];
        let mut next = 0;
        for start in 0..labels.len() {
            if found[start] != NO_SUPERPIXEL {
                continue;
            }
            let mut region = vec![start];
            let mut neighbour = None;
            found[start] = next;
            let mut looked = 0;
            while looked < region.len() {
                let pixel = region[looked];
                looked += 1;
                for other in self.neighbours(cube, pixel) {
                    if found[other] == NO_SUPERPIXEL && labels[other] == labels[start] {
                        found[other] = next;
                        region.push(other);
                    } else if found[other] != NO_SUPERPIXEL && found[other] != next {
                        neighbour.get_or_insert(found[other]);
                    }
                }
            }
            match neighbour.filter(|_| region.len() < smallest) {
                Some(other) => region.iter().for_each(|&pixel| found[pixel] = other),
                None => next += 1,
            }
        }
        found
    }

    fn neighbours<'a>(&'a self, cube: &'a PreparedCube, pixel: usize) -> impl Iterator<Item = usize> + 'a {
        let flat = cube.flat_position(pixel);
        let (line, sample) = (flat / self.samples, flat % self.samples);
        [
            (sample + 1 < self.samples).then_some(flat + 1),
            (sample > 0).then(|| flat - 1),
            (line + 1 < self.lines).then_some(flat + self.samples),
            (line > 0).then(|| flat - self.samples),
        ]
        .into_iter()
        .flatten()
        .filter_map(|flat| cube.pixel_at(flat))
    }
}

/// Mean prepared pixel of every label; zero where no pixel has it.
fn means_of(cube: &PreparedCube, labels: &[u32], count: usize) -> Result<Vec<f64>, Error> {
    let bands = cube.bands();
    let mut sums = zeros(count * bands, "the means of the superpixels")?;
    let mut pixels = vec![0.0f64; count];
    for tile in filigree_core::tiles(0..cube.pixels(), filigree_core::TILE_PIXELS) {
        let values = cube.tile(tile.clone());
        for (spectrum, &label) in values.chunks_exact(bands).zip(&labels[tile]) {
            let sum = &mut sums[label as usize * bands..][..bands];
            sum.iter_mut().zip(spectrum).for_each(|(sum, value)| *sum += value);
            pixels[label as usize] += 1.0;
        }
    }
    cube.batch_done()?;
    for (sum, &pixels) in sums.chunks_exact_mut(bands).zip(&pixels) {
        sum.iter_mut().for_each(|value| *value /= pixels.max(1.0));
    }
    Ok(sums)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Passes;
    use crate::test_support::saved_cube;
    use filigree_core::Silent;

    #[test]
    fn a_picture_of_two_halves_is_cut_where_they_meet() {
        let values: Vec<f64> =
            (0..20 * 30).flat_map(|pixel| if pixel % 30 < 13 { [1.0, 0.0] } else { [0.0, 1.0] }).collect();
        let (_folder, input) = saved_cube([20, 30, 2], &values);
        let cube = PreparedCube::open(&input, false, Passes::Many, &mut Silent).unwrap();
        let found = superpixels(&cube, 5, 0.001, &mut Silent).unwrap();
        assert!(found.count > 10 && found.count <= 24, "{}", found.count);
        for (mean, label) in found.means.chunks_exact(2).zip(0..) {
            assert!(found.labels.contains(&label));
            assert!(mean == [1.0, 0.0] || mean == [0.0, 1.0], "{mean:?}");
        }
    }
}
