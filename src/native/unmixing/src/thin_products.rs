//! Products of a tile of pixels (pixels × bands) with a few rows, in one register-blocked kernel each way. General
//! routines pack their factors first, which costs as much as a product of ten rows.

use filigree_core::ask_for;

use crate::lanes::{LANES, LaneKernel, Lanes, in_lanes};

/// Pixels whose bands stay in the fastest memory while all rows go over them.
const CHUNK: usize = 64;

/// `out` (rows × pixels) = RYᵀ for `rows` R (rows × bands) and `pixels` Y (pixels × bands).
pub(crate) fn rows_by_pixels(rows: &[f64], pixels: &[f64], bands: usize, out: &mut [f64]) {
    assert_eq!(out.len() * bands * bands, rows.len() * pixels.len(), "a product does not fit its target");
    in_lanes(RowsByPixels { rows, pixels, bands, out });
}

/// `out` (rows × bands) += AY for `weights` A, whose number of a row and a pixel lies at row · `row_stride` + pixel ·
/// `pixel_stride`, and `pixels` Y (pixels × bands).
pub(crate) fn add_weighted_pixels(weights: Weights<'_>, pixels: &[f64], bands: usize, out: &mut [f64]) {
    in_lanes(AddWeightedPixels { weights, pixels, bands, out });
}

/// A matrix (rows × pixels) with any strides.
#[derive(Clone, Copy)]
pub(crate) struct Weights<'a> {
    pub values: &'a [f64],
    pub rows: usize,
    pub row_stride: usize,
    pub pixel_stride: usize,
}

struct RowsByPixels<'a> {
    rows: &'a [f64],
    pixels: &'a [f64],
    bands: usize,
    out: &'a mut [f64],
}

impl LaneKernel for RowsByPixels<'_> {
    type Output = ();
    #[inline(always)]
    fn run<L: Lanes>(self) {
        let Self { rows, pixels, bands, out } = self;
        let (p, count) = (rows.len() / bands, pixels.len() / bands);
        let most = (L::REGISTERS / LANES).max(1);
        for first in (0..count).step_by(LANES) {
            // The last pixel is repeated where there are no eight of them any more.
            let mut group = [&pixels[..0]; LANES];
            for i in 0..LANES {
                group[i] = &pixels[(first + i).min(count - 1) * bands..][..bands];
            }
            let mut row = 0;
            // The eight pixels after these take as many lines as there are bands: some of them beside every block.
            let share = bands.div_ceil(p.div_ceil(most));
            let mut asked = (first + LANES) * bands..((first + 2 * LANES) * bands).min(pixels.len());
            while row < p {
                let until = asked.start + share * LANES;
                while asked.start < until.min(asked.end) {
                    ask_for(&pixels[asked.start]);
                    asked.start += LANES;
                }
                // As equal blocks as can be: 4 rows are 2 and 2, not 3 and 1.
                let left = p - row;
                let size = left.div_ceil(left.div_ceil(most));
                match size {
                    3 => block::<L, 3>(rows, group, row, first, count, out),
                    2 => block::<L, 2>(rows, group, row, first, count, out),
                    _ => block::<L, 1>(rows, group, row, first, count, out),
                }
                row += size;
            }
        }
    }
}

/// Products of `K` rows from `row` on with eight pixels.
#[inline(always)]
fn block<L: Lanes, const K: usize>(
    rows: &[f64],
    pixels: [&[f64]; LANES],
    row: usize,
    first: usize,
    count: usize,
    out: &mut [f64],
) {
    let bands = pixels[0].len();
    let whole = bands / LANES;
    let mut sums = [[L::splat(0.0); LANES]; K];
    let mut factors = [&rows[..0]; K];
    for k in 0..K {
        factors[k] = &rows[(row + k) * bands..][..bands];
    }
    for chunk in 0..whole {
        let at = chunk * LANES;
        let mut values = [L::splat(0.0); K];
        for k in 0..K {
            values[k] = L::of(eight(factors[k], at));
        }
        for i in 0..LANES {
            let pixel = L::of(eight(pixels[i], at));
            for k in 0..K {
                sums[k][i] = values[k].times_plus(pixel, sums[k][i]);
            }
        }
    }
    let at = whole * LANES;
    if at < bands {
        let mut values = [L::splat(0.0); K];
        for k in 0..K {
            values[k] = L::of_part(&factors[k][at..]);
        }
        for i in 0..LANES {
            let pixel = L::of_part(&pixels[i][at..]);
            for k in 0..K {
                sums[k][i] = values[k].times_plus(pixel, sums[k][i]);
            }
        }
    }
    let here = (count - first).min(LANES);
    for k in 0..K {
        L::sums(sums[k]).put_part(&mut out[(row + k) * count + first..][..here]);
    }
}

struct AddWeightedPixels<'a> {
    weights: Weights<'a>,
    pixels: &'a [f64],
    bands: usize,
    out: &'a mut [f64],
}

impl LaneKernel for AddWeightedPixels<'_> {
    type Output = ();
    #[inline(always)]
    fn run<L: Lanes>(self) {
        let Self { weights, pixels, bands, out } = self;
        let rows = weights.rows;
        let (wide, most) = if L::REGISTERS >= 24 { (8, 3) } else { (2, 3) };
        for (chunk, pixels) in pixels.chunks(CHUNK * bands).enumerate() {
            let from = chunk * CHUNK;
            let mut band = 0;
            while band < bands {
                let registers = (bands - band).div_ceil(LANES).min(wide);
                // Powers of two only: 8, 4, 2, 1.
                let registers = 1 << registers.ilog2();
                let mut row = 0;
                while row < rows {
                    let left = rows - row;
                    let size = left.div_ceil(left.div_ceil(most));
                    let place = Place { row, from, band, bands };
                    match (size, registers) {
                        (3, 8) => add::<L, 3, 8>(&weights, pixels, place, out),
                        (3, 4) => add::<L, 3, 4>(&weights, pixels, place, out),
                        (3, 2) => add::<L, 3, 2>(&weights, pixels, place, out),
                        (3, _) => add::<L, 3, 1>(&weights, pixels, place, out),
                        (2, 8) => add::<L, 2, 8>(&weights, pixels, place, out),
                        (2, 4) => add::<L, 2, 4>(&weights, pixels, place, out),
                        (2, 2) => add::<L, 2, 2>(&weights, pixels, place, out),
                        (2, _) => add::<L, 2, 1>(&weights, pixels, place, out),
                        (_, 8) => add::<L, 1, 8>(&weights, pixels, place, out),
                        (_, 4) => add::<L, 1, 4>(&weights, pixels, place, out),
                        (_, 2) => add::<L, 1, 2>(&weights, pixels, place, out),
                        _ => add::<L, 1, 1>(&weights, pixels, place, out),
                    }
                    row += size;
                }
                band += registers * LANES;
            }
        }
    }
}

/// Where a block of a product lies.
#[derive(Clone, Copy)]
struct Place {
    row: usize,
    /// Number of the first pixel among the weights.
    from: usize,
    band: usize,
    bands: usize,
}

/// Adds to `K` rows and `V` registers of bands; the last register may reach beyond the bands.
#[inline(always)]
fn add<L: Lanes, const K: usize, const V: usize>(
    weights: &Weights<'_>,
    pixels: &[f64],
    Place { row, from, band, bands }: Place,
    out: &mut [f64],
) {
    let last = (bands - band - (V - 1) * LANES).min(LANES);
    let mut sums = [[L::splat(0.0); V]; K];
    for k in 0..K {
        let own = &out[(row + k) * bands + band..][..(V - 1) * LANES + last];
        for v in 0..V - 1 {
            sums[k][v] = L::of(eight(own, v * LANES));
        }
        sums[k][V - 1] = L::of_part(&own[(V - 1) * LANES..]);
    }
    for (i, pixel) in pixels.chunks_exact(bands).enumerate() {
        let pixel = &pixel[band..][..(V - 1) * LANES + last];
        let mut values = [L::splat(0.0); V];
        for v in 0..V - 1 {
            values[v] = L::of(eight(pixel, v * LANES));
        }
        values[V - 1] = L::of_part(&pixel[(V - 1) * LANES..]);
        for k in 0..K {
            let weight = weights.values[(row + k) * weights.row_stride + (from + i) * weights.pixel_stride];
            let weight = L::splat(weight);
            for v in 0..V {
                sums[k][v] = weight.times_plus(values[v], sums[k][v]);
            }
        }
    }
    for k in 0..K {
        let own = &mut out[(row + k) * bands + band..][..(V - 1) * LANES + last];
        for v in 0..V - 1 {
            sums[k][v].put(eight_mut(own, v * LANES));
        }
        sums[k][V - 1].put_part(&mut own[(V - 1) * LANES..]);
    }
}

/// Eight numbers from `at` on.
#[inline(always)]
pub(crate) fn eight(values: &[f64], at: usize) -> &[f64; LANES] {
    values[at..].first_chunk().expect("as many as asked for")
}

/// Eight numbers from `at` on.
#[inline(always)]
pub(crate) fn eight_mut(values: &mut [f64], at: usize) -> &mut [f64; LANES] {
    values[at..].first_chunk_mut().expect("as many as asked for")
}

#[cfg(test)]
mod tests {
    use super::*;
    use filigree_core::{Random, dot};

    #[test]
    fn products_are_those_of_the_definition_whatever_the_sizes() {
        let mut random = Random::new(3, 0);
        for (p, count, bands) in [(1, 1, 1), (3, 9, 20), (4, 8, 64), (7, 130, 157), (10, 70, 200), (2, 65, 7)]
        {
            let mut draw = |length: usize| -> Vec<f64> { (0..length).map(|_| random.normal()).collect() };
            let (rows, pixels) = (draw(p * bands), draw(count * bands));
            let mut products = vec![f64::NAN; p * count];
            rows_by_pixels(&rows, &pixels, bands, &mut products);
            for k in 0..p {
                for n in 0..count {
                    let expected = dot(&rows[k * bands..][..bands], &pixels[n * bands..][..bands]);
                    assert!((products[k * count + n] - expected).abs() < 1e-12, "{p} {count} {bands}");
                }
            }
            let start = draw(p * bands);
            for (row_stride, pixel_stride) in [(count, 1), (1, p)] {
                let mut out = start.clone();
                let weights = Weights { values: &products, rows: p, row_stride, pixel_stride };
                add_weighted_pixels(weights, &pixels, bands, &mut out);
                for k in 0..p {
                    for band in 0..bands {
                        let sum: f64 = (0..count)
                            .map(|n| products[k * row_stride + n * pixel_stride] * pixels[n * bands + band])
                            .sum();
                        let expected = start[k * bands + band] + sum;
                        let error = (out[k * bands + band] - expected).abs();
                        assert!(error < 1e-11 * (1.0 + expected.abs() + count as f64), "{p} {count} {bands}");
                    }
                }
            }
        }
    }
}
