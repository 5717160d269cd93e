use std::ops::Range;

use filigree_core::{Error, Observer, batches, filled, keep_going, map_tiles};

use crate::PreparedCube;

mod look_around;

pub(crate) use look_around::row_length;

const STAGE: &str = "Building the pixel graph";

/// How pixels are joined.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GraphParams {
    /// Side of the square window of candidates; odd.
    pub window: usize,
    /// Spectrally nearest candidates that a pixel is joined to.
    pub neighbours: usize,
    /// σ of the heat kernel exp(−‖yᵢ − yⱼ‖²/σ), relative to the mean squared distance of candidate pairs.
    pub kernel_width: f64,
}

impl GraphParams {
    /// Says which parameter is wrong and why.
    pub fn check(&self) -> Result<(), Error> {
        let window = self.window;
        if !(3..=15).contains(&window) || window.is_multiple_of(2) {
            return Err(Error::parameter(
                "window",
                format!(
                    "The window is {window} pixels wide; it needs a centre: choose an odd number from 3 to 15."
                ),
            ));
        }
        let candidates = window * window - 1;
        if !(1..=candidates).contains(&self.neighbours) {
            return Err(Error::parameter(
                "neighbours",
                format!(
                    "{} neighbours were asked for; a window of {window} × {window} holds {candidates}. Choose 1 to {candidates}.",
                    self.neighbours
                ),
            ));
        }
        if !(self.kernel_width.is_finite() && self.kernel_width > 0.0) {
            return Err(Error::parameter(
                "kernelWidth",
                format!(
                    "The kernel width is {}; it must be a positive number. 1 is a good value.",
                    self.kernel_width
                ),
            ));
        }
        Ok(())
    }
}

/// A symmetric weighted graph of the valid pixels, in compressed rows.
pub struct PixelGraph {
    starts: Vec<usize>,
    neighbours: Vec<u32>,
    weights: Vec<f64>,
    degrees: Vec<f64>,
}

/// A candidate that was chosen: its pixel and squared distance.
type Choice = (u32, f64);

impl PixelGraph {
    /// Joins every pixel with its spectrally nearest candidates; a pair is joined where either chose the other.
    pub fn build(
        cube: &PreparedCube,
        params: &GraphParams,
        observer: &mut dyn Observer,
    ) -> Result<Self, Error> {
        observer.stage(STAGE);
        let pixels = cube.pixels();
        let lookup = Lookup::new(cube)?;
        let mut choices: Vec<Choice> = Vec::new();
        let mut counts = Vec::new();
        let (mut sum, mut pairs) = (0.0, 0usize);
        for batch in batches(pixels) {
            let end = batch.end;
            for part in map_tiles(batch, |tile| Ok(choose(cube, &lookup, params, tile)))? {
                choices.extend(part.choices);
                counts.extend(part.counts);
                sum += part.sum;
                pairs += part.pairs;
            }
            cube.batch_done()?;
            keep_going(observer.progress(end as f64 / pixels as f64), STAGE)?;
        }
        // Identical pixels all around: any positive width gives every edge the weight one.
        let mean = if sum > 0.0 { sum / pairs as f64 } else { 1.0 };
        Self::symmetric(&counts, &choices, mean * params.kernel_width)
    }

    /// Sum of the weights at a pixel.
    pub fn degree(&self, pixel: usize) -> f64 {
        self.degrees[pixel]
    }

    /// Pixels joined to a pixel, with their weights.
    pub fn edges(&self, pixel: usize) -> impl Iterator<Item = (usize, f64)> {
        let range = self.starts[pixel]..self.starts[pixel + 1];
        self.neighbours[range.clone()]
            .iter()
            .zip(&self.weights[range])
            .map(|(&j, &weight)| (j as usize, weight))
    }

    /// Pairs that are joined.
    pub fn edge_count(&self) -> usize {
        self.neighbours.len() / 2
    }

    fn symmetric(counts: &[u32], choices: &[Choice], width: f64) -> Result<Self, Error> {
        let pixels = counts.len();
        let mut sizes = vec![0u32; pixels];
        for_each_choice(counts, choices, |i, j, _| {
            sizes[i] += 1;
            sizes[j] += 1;
        });
        let mut starts = filled(pixels + 1, 0usize, "the pixel graph")?;
        for pixel in 0..pixels {
            starts[pixel + 1] = starts[pixel] + sizes[pixel] as usize;
        }
        let mut rows: Vec<Choice> = filled(starts[pixels], (0, 0.0), "the pixel graph")?;
        let mut filled_to = starts.clone();
        for_each_choice(counts, choices, |i, j, distance| {
            let weight = (-distance / width).exp();
            for (from, to) in [(i, j), (j, i)] {
                rows[filled_to[from]] = (to as u32, weight);
                filled_to[from] += 1;
            }
        });
        let mut graph = Self {
            starts: vec![0],
            neighbours: Vec::with_capacity(rows.len()),
            weights: Vec::with_capacity(rows.len()),
            degrees: Vec::with_capacity(pixels),
        };
        for pixel in 0..pixels {
            let row = &mut rows[starts[pixel]..starts[pixel + 1]];
            row.sort_unstable_by_key(|&(neighbour, _)| neighbour);
            let first = graph.neighbours.len();
            for &(neighbour, weight) in row.iter() {
                // Pairs that chose each other are listed twice.
                if graph.neighbours[first..].last() != Some(&neighbour) {
                    graph.neighbours.push(neighbour);
                    graph.weights.push(weight);
                }
            }
            graph.degrees.push(graph.weights[first..].iter().sum());
            graph.starts.push(graph.neighbours.len());
        }
        Ok(graph)
    }
}

/// What a tile of pixels chose.
struct Chosen {
    choices: Vec<Choice>,
    counts: Vec<u32>,
    sum: f64,
    pairs: usize,
}

fn choose(cube: &PreparedCube, lookup: &Lookup, params: &GraphParams, tile: Range<usize>) -> Chosen {
    let bands = cube.bands();
    let reach = params.window / 2;
    // Everything the tile's windows can touch is read at once.
    let (first, last) = (cube.flat_position(tile.start), cube.flat_position(tile.end - 1));
    let area = lookup.pixels_between(
        first.saturating_sub(reach * cube.samples() + reach),
        last + reach * cube.samples() + reach,
    );
    let values = cube.tile(area.clone());
    let spectrum = |pixel: usize| &values[(pixel - area.start) * bands..][..bands];
    let mut chosen = Chosen { choices: Vec::new(), counts: Vec::new(), sum: 0.0, pairs: 0 };
    let mut candidates: Vec<Choice> = Vec::new();
    for pixel in tile {
        let flat = cube.flat_position(pixel);
        let (line, sample) = (flat / cube.samples(), flat % cube.samples());
        candidates.clear();
        for other_line in line.saturating_sub(reach)..=(line + reach).min(cube.lines() - 1) {
            for other_sample in sample.saturating_sub(reach)..=(sample + reach).min(cube.samples() - 1) {
                let other_flat = other_line * cube.samples() + other_sample;
                if other_flat == flat {
                    continue;
                }
                if let Some(other) = lookup.pixel_at(other_flat) {
                    let distance = squared_distance(spectrum(pixel), spectrum(other));
                    chosen.sum += distance;
                    chosen.pairs += 1;
                    candidates.push((other as u32, distance));
                }
            }
        }
        candidates.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
        candidates.truncate(params.neighbours);
        chosen.counts.push(candidates.len() as u32);
        chosen.choices.extend_from_slice(&candidates);
    }
    chosen
}

fn squared_distance(a: &[f64], b: &[f64]) -> f64 {
    let mut sums = [0.0; 8];
    let (a_chunks, b_chunks) = (a.chunks_exact(8), b.chunks_exact(8));
    let rest: f64 =
        a_chunks.remainder().iter().zip(b_chunks.remainder()).map(|(x, y)| (x - y) * (x - y)).sum();
    for (x, y) in a_chunks.zip(b_chunks) {
        for lane in 0..8 {
            sums[lane] += (x[lane] - y[lane]) * (x[lane] - y[lane]);
        }
    }
    sums.iter().sum::<f64>() + rest
}

fn for_each_choice(counts: &[u32], choices: &[Choice], mut visit: impl FnMut(usize, usize, f64)) {
    let mut next = 0;
    for (pixel, &count) in counts.iter().enumerate() {
        for &(other, distance) in &choices[next..next + count as usize] {
            visit(pixel, other as usize, distance);
        }
        next += count as usize;
    }
}

/// From places in the scene to valid pixels.
struct Lookup {
    /// Number of the valid pixel at a place, or of the next one after it; none where every place is valid.
    next: Option<Vec<u32>>,
    valid: Vec<bool>,
    scene: usize,
}

impl Lookup {
    fn new(cube: &PreparedCube) -> Result<Self, Error> {
        let scene = cube.lines() * cube.samples();
        if cube.pixels() == scene {
            return Ok(Self { next: None, valid: Vec::new(), scene });
        }
        let mut next = filled(scene, cube.pixels() as u32, "the list of valid pixels")?;
        let mut valid = filled(scene, false, "the list of valid pixels")?;
        let mut from = 0;
        for pixel in 0..cube.pixels() {
            let flat = cube.flat_position(pixel);
            next[from..=flat].fill(pixel as u32);
            valid[flat] = true;
            from = flat + 1;
        }
        Ok(Self { next: Some(next), valid, scene })
    }

    fn pixel_at(&self, flat: usize) -> Option<usize> {
        match &self.next {
            None => Some(flat),
            Some(next) => self.valid[flat].then(|| next[flat] as usize),
        }
    }

    /// Valid pixels at the places `first` to `last`, both included; places beyond the scene are cut off.
    fn pixels_between(&self, first: usize, last: usize) -> Range<usize> {
        let after = (last + 1).min(self.scene);
        match &self.next {
            None => first..after,
            Some(next) => {
                let end = if self.valid[after - 1] { next[after - 1] + 1 } else { next[after - 1] };
                next[first] as usize..end as usize
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::{saved_cube, scene};
    use crate::{InvalidPixels, Passes};
    use filigree_core::Silent;

    const PARAMS: GraphParams = GraphParams { window: 3, neighbours: 3, kernel_width: 1.0 };

    #[test]
    fn the_graph_is_symmetric_and_local() {
        let mut planted = scene([9, 11, 7], 3, 0.02, 1);
        planted.values[7 * 30] = f64::NAN;
        planted.values[7 * 31] = f64::NAN;
        let (_folder, mut input) = saved_cube(planted.shape, &planted.values);
        input.invalid_pixels = InvalidPixels::Skip;
        let cube = PreparedCube::open(&input, false, Passes::Many, &mut Silent).unwrap();
        let graph = PixelGraph::build(&cube, &PARAMS, &mut Silent).unwrap();
        for i in 0..cube.pixels() {
            assert!(graph.edges(i).count() >= PARAMS.neighbours);
            let mut degree = 0.0;
            for (j, weight) in graph.edges(i) {
                assert!(graph.edges(j).any(|(back, same)| back == i && same == weight));
                assert!(weight > 0.0 && weight <= 1.0);
                let (a, b) = (cube.flat_position(i), cube.flat_position(j));
                assert!((a / 11).abs_diff(b / 11) <= 1 && (a % 11).abs_diff(b % 11) <= 1);
                degree += weight;
            }
            assert!((degree - graph.degree(i)).abs() < 1e-14);
        }
    }
}
