use std::path::Path;

use filigree_core::{
    Error, Flow, Info, Observer, Random, Section, Step, StopReason, Stopwatch, TILE_PIXELS, dot, keep_going,
};
use rayon::prelude::*;

use crate::extraction::{about_dark_pixels, too_few_directions, write_endmembers};
use crate::reduced_pixels::ReducedPixels;
use crate::small_inverse::invert;
use crate::vca_params::{check_endmembers, check_fits};
use crate::{CubeInput, Passes, PreparedCube};

const STAGE: &str = "Growing the simplex";

/// Sweeps over the vertices after which a start is given up; each one grows the volume, so there is an end.
const MOST_SWEEPS: usize = 1000;

/// The volume must grow by more than rounding for a vertex to move.
const GROWTH: f64 = 1.0 + 1e-10;

/// Parameters of N-FINDR.
#[derive(Clone, Debug, PartialEq)]
pub struct NFindrParams {
    /// p, 2 to 64.
    pub endmembers: usize,
    /// Random starts tried besides the one of growing distances; the largest volume is kept.
    pub restarts: usize,
}

impl Default for NFindrParams {
    fn default() -> Self {
        Self { endmembers: 3, restarts: 5 }
    }
}

impl NFindrParams {
    /// Says which parameter is wrong and why.
    pub fn check(&self) -> Result<(), Error> {
        check_endmembers(self.endmembers)?;
        if self.restarts <= 1000 {
            return Ok(());
        }
        Err(Error::parameter(
            "restarts",
            format!("{} restarts are too many; choose 0 to 1000.", self.restarts),
        ))
    }
}

/// N-FINDR (Winter, "N-FINDR: an algorithm for fast autonomous spectral end-member determination in hyperspectral
/// data", SPIE 3753, 1999): the p pixels that span the largest simplex, by exchanging one vertex after the other while
/// the volume grows. With the inverse of the matrix of vertices, the volume after an exchange is one inner product a
/// pixel. The first start takes the pixel farthest from the plane of those before it, the others are random.
///
/// Writes what [`write_endmembers`] writes. Trace: logarithm of the volume after every sweep, and of the largest.
pub fn solve(
    input: &CubeInput,
    params: &NFindrParams,
    seed: u64,
    folder: &Path,
    observer: &mut dyn Observer,
) -> Result<Info, Error> {
    params.check()?;
    let mut watch = Stopwatch::start();
    let cube = PreparedCube::open(input, false, Passes::Many, &mut Section::new(observer, 0.0, 0.3))?;
    let p = params.endmembers;
    check_fits(p, &cube)?;
    let pixels = ReducedPixels::of(&cube, p - 1, &mut Section::new(observer, 0.3, 0.6))?;
    if pixels.spread() < p - 1 {
        return Err(too_few_directions(pixels.spread() + 1, p));
    }
    watch.setup_done();
    observer.stage(STAGE);
    let mut best: Option<(Vec<usize>, f64)> = None;
    let (mut sweeps, mut agreeing) = (0, 0);
    let mut stopped = false;
    for start in 0..=params.restarts {
        let mut simplex = if start == 0 {
            SimplexOfPixels::far_apart(&pixels)?
        } else {
            match SimplexOfPixels::random(&pixels, &mut Random::new(seed, start as u64)) {
                Some(simplex) => simplex,
                None => continue,
            }
        };
        for _ in 0..MOST_SWEEPS {
            keep_going(observer.progress(0.6 + 0.4 * start as f64 / (params.restarts + 1) as f64), STAGE)?;
            let moved = simplex.sweep(&pixels)?;
            let largest =
                best.as_ref().map_or(simplex.log_volume, |(_, volume)| volume.max(simplex.log_volume));
            let row = [simplex.log_volume, largest];
            let step =
                Step { iteration: sweeps, iteration_limit: sweeps + params.restarts - start, row: &row };
            sweeps += 1;
            stopped = observer.iteration(&step) == Flow::Stop;
            if !moved || stopped {
                break;
            }
        }
        let mut vertices = simplex.vertices;
        vertices.sort_unstable();
        agreeing += usize::from(best.as_ref().is_some_and(|(kept, _)| *kept == vertices));
        if best.as_ref().is_none_or(|(_, volume)| simplex.log_volume > volume + 1e-9) {
            best = Some((vertices, simplex.log_volume));
            agreeing = 1;
        }
        if stopped {
            break;
        }
    }
    let (vertices, log_volume) = best.ok_or_else(|| Error::Internal("no start was tried".to_owned()))?;
    let endmembers = cube.pixels_at(&vertices);
    let files = write_endmembers(&cube, &endmembers, Some(&vertices), folder)?;
    let mut warnings = cube.warnings();
    warnings.extend(about_dark_pixels(pixels.dark_count()));
    let tried = params.restarts + 1;
    Ok(Info {
        iterations: sweeps,
        stop_reason: if stopped { StopReason::Cancelled } else { StopReason::Converged },
        stop_message: if stopped {
            "Cancelled; the largest simplex so far was kept.".to_owned()
        } else {
            format!(
                "No exchange of a vertex grows the simplex; {agreeing} of {tried} starts ended in this one."
            )
        },
        figures: vec![("logVolume", log_volume), ("agreeingStarts", agreeing as f64)],
        warnings,
        files,
        ..Info::measured(&watch)
    })
}

/// A simplex whose vertices are pixels, with the inverse of the matrix of its columns (1, x).
struct SimplexOfPixels {
    vertices: Vec<usize>,
    /// p × p; row j times (1, x) is the factor the volume takes when vertex j moves to x.
    inverse: Vec<f64>,
    log_volume: f64,
}

impl SimplexOfPixels {
    fn new(pixels: &ReducedPixels, vertices: Vec<usize>) -> Option<Self> {
        let (inverse, log_volume) = invert(&matrix_of(pixels, &vertices), vertices.len())?;
        Some(Self { vertices, inverse, log_volume })
    }

    /// The pixel farthest from the mean, then always the one farthest from the plane of those before it.
    fn far_apart(pixels: &ReducedPixels) -> Result<Self, Error> {
        let d = pixels.dimensions;
        let mut vertices = vec![largest(pixels, |x| dot(x, x)).0];
        let origin = pixels.point(vertices[0]).to_vec();
        let mut span: Vec<Vec<f64>> = Vec::new();
        while vertices.len() <= d {
            let (next, _) = largest(pixels, |x| outside(x, &origin, &span).1);
            let (rest, energy) = outside(pixels.point(next), &origin, &span);
            if energy <= 0.0 {
                return Err(too_few_directions(vertices.len(), d + 1));
            }
            span.push(rest.iter().map(|x| x / energy.sqrt()).collect());
            vertices.push(next);
        }
        let count = vertices.len() - 1;
        Self::new(pixels, vertices).ok_or_else(|| too_few_directions(count, d + 1))
    }

    /// Random pixels; `None` where a number of draws were all degenerate.
    fn random(pixels: &ReducedPixels, random: &mut Random) -> Option<Self> {
        const DRAWS: usize = 20;
        let p = pixels.dimensions + 1;
        (0..DRAWS).find_map(|_| {
            let mut vertices: Vec<usize> = Vec::with_capacity(p);
            for _ in 0..100 * p {
                let pixel = random.below(pixels.dark.len());
                if !pixels.dark[pixel] && !vertices.contains(&pixel) {
                    vertices.push(pixel);
                }
                if vertices.len() == p {
                    return Self::new(pixels, vertices);
                }
            }
            None
        })
    }

    /// Moves every vertex in turn to the pixel that makes the largest volume; says whether any moved.
    fn sweep(&mut self, pixels: &ReducedPixels) -> Result<bool, Error> {
        let p = self.vertices.len();
        let mut moved = false;
        for vertex in 0..p {
            let row = &self.inverse[vertex * p..][..p];
            let (pixel, growth) = largest(pixels, |x| (row[0] + dot(&row[1..], x)).abs());
            if growth <= GROWTH || self.vertices.contains(&pixel) {
                continue;
            }
            let mut vertices = self.vertices.clone();
            vertices[vertex] = pixel;
            // Inverted anew, not updated: p is small, and nothing drifts.
            let (inverse, log_volume) = invert(&matrix_of(pixels, &vertices), p)
                .ok_or_else(|| Error::Internal("a growing simplex lost its volume".to_owned()))?;
            *self = Self { vertices, inverse, log_volume };
            moved = true;
        }
        Ok(moved)
    }
}

/// Columns (1, x) of the vertices, row-major.
fn matrix_of(pixels: &ReducedPixels, vertices: &[usize]) -> Vec<f64> {
    let p = vertices.len();
    let mut matrix = vec![1.0; p * p];
    for (column, &pixel) in vertices.iter().enumerate() {
        for (k, &x) in pixels.point(pixel).iter().enumerate() {
            matrix[(k + 1) * p + column] = x;
        }
    }
    matrix
}

/// What is left of x − origin outside an orthonormal span, and its energy.
fn outside(x: &[f64], origin: &[f64], span: &[Vec<f64>]) -> (Vec<f64>, f64) {
    let mut rest: Vec<f64> = x.iter().zip(origin).map(|(x, o)| x - o).collect();
    for axis in span {
        let along = dot(&rest, axis);
        rest.iter_mut().zip(axis).for_each(|(r, a)| *r -= along * a);
    }
    let energy = dot(&rest, &rest);
    (rest, energy)
}

/// The pixel with the largest value of a function of its point, the first of equals; dark pixels are passed over.
fn largest(pixels: &ReducedPixels, value: impl Fn(&[f64]) -> f64 + Sync) -> (usize, f64) {
    let d = pixels.dimensions;
    let parts: Vec<(usize, f64)> = pixels
        .points
        .par_chunks(TILE_PIXELS * d)
        .enumerate()
        .map(|(tile, points)| {
            let mut best = (tile * TILE_PIXELS, f64::NEG_INFINITY);
            for (index, x) in points.chunks_exact(d).enumerate() {
                let pixel = tile * TILE_PIXELS + index;
                let found = value(x);
                if found > best.1 && !pixels.dark[pixel] {
                    best = (pixel, found);
                }
            }
            best
        })
        .collect();
    parts.into_iter().fold((0, f64::NEG_INFINITY), |best, part| if part.1 > best.1 { part } else { best })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::{Scene, saved_cube, scene};
    use filigree_core::{ErrorCode, MappedArray, Silent, in_pool};

    struct Volumes(Vec<f64>);
    impl Observer for Volumes {
        fn stage(&mut self, _name: &str) {}
        fn progress(&mut self, _fraction: f64) -> Flow {
            Flow::Continue
        }
        fn iteration(&mut self, step: &Step<'_>) -> Flow {
            self.0.push(step.row[1]);
            Flow::Continue
        }
    }

    fn run(
        planted: &Scene,
        p: usize,
        threads: usize,
        observer: &mut dyn Observer,
    ) -> Result<Vec<i32>, Error> {
        let (folder, input) = saved_cube(planted.shape, &planted.values);
        let params = NFindrParams { endmembers: p, ..NFindrParams::default() };
        in_pool(threads, || solve(&input, &params, 3, folder.path(), observer))?;
        let path = folder.path().join("positions.npy");
        let mut source = crate::test_support::described(&path, &[p, 2], 4);
        source.dtype = filigree_core::DType::Int32;
        Ok(MappedArray::open(&source)?.read_all()?.iter().map(|x| *x as i32).collect())
    }

    #[test]
    fn pure_pixels_span_the_largest_simplex_and_it_never_shrinks() {
        let planted = scene([20, 60, 25], 4, 0.0, 5);
        let mut volumes = Volumes(Vec::new());
        assert_eq!(run(&planted, 4, 2, &mut volumes).unwrap(), [0, 0, 0, 1, 0, 2, 0, 3]);
        assert!(volumes.0.windows(2).all(|pair| pair[1] >= pair[0]));
        assert_eq!(run(&planted, 4, 1, &mut Silent).unwrap(), run(&planted, 4, 3, &mut Silent).unwrap());
    }

    #[test]
    fn dark_pixels_are_never_picked() {
        let mut planted = scene([10, 30, 15], 3, 0.01, 2);
        planted.values[15 * 100..15 * 120].fill(0.0);
        let found = run(&planted, 3, 2, &mut Silent).unwrap();
        assert!(found.chunks(2).all(|place| !(100..120).contains(&(place[0] * 30 + place[1]))));
    }

    #[test]
    fn a_flat_scene_breaks_down_with_advice() {
        let planted = scene([10, 20, 12], 2, 0.0, 6);
        let error = run(&planted, 5, 1, &mut Silent).unwrap_err();
        assert_eq!(error.code(), ErrorCode::Breakdown);
        assert!(error.to_string().contains("span only 2 directions"), "{error}");
    }
}
