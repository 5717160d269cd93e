//! Small scenes for the tests of this crate.

use std::path::Path;

use filigree_core::{ArraySource, DType, Flow, NpyWriter, Observer, Random, Step};

use crate::CubeInput;

/// Saves an array and describes it.
pub fn saved(folder: &Path, name: &str, shape: &[usize], values: &[f64]) -> ArraySource {
    NpyWriter::write_all(folder, name, shape, values).unwrap();
    described(&folder.join(name), shape, 8)
}

/// Describes a float64 (or, with `size` 4, int32 or float32) `.npy` file written by this project.
pub fn described(path: &Path, shape: &[usize], size: u64) -> ArraySource {
    let elements: usize = shape.iter().product();
    let offset = std::fs::metadata(path).unwrap().len() - elements as u64 * size;
    let dtype = if size == 8 { DType::Float64 } else { DType::Float32 };
    ArraySource::c_order(path, dtype, offset, shape.to_vec())
}

/// The float64 numbers of a `.npy` file written by this project.
pub fn loaded(path: &Path, shape: &[usize]) -> Vec<f64> {
    filigree_core::MappedArray::open(&described(path, shape, 8)).unwrap().read_all().unwrap()
}

/// A cube in a temporary folder.
pub fn saved_cube(shape: [usize; 3], values: &[f64]) -> (tempfile::TempDir, CubeInput) {
    let folder = tempfile::tempdir().unwrap();
    let input = CubeInput::plain(saved(folder.path(), "cube.npy", &shape, values));
    (folder, input)
}

/// A small mixed scene: spectra (bands × p), abundances (pixels × p), and the cube's numbers.
pub struct Scene {
    /// Lines, samples, bands.
    pub shape: [usize; 3],
    /// bands × p.
    pub endmembers: Vec<f64>,
    /// pixels × p.
    pub abundances: Vec<f64>,
    /// pixels × bands.
    pub values: Vec<f64>,
}

/// Random positive spectra mixed with random abundances; the first `p` pixels are pure.
pub fn scene(shape: [usize; 3], p: usize, noise: f64, seed: u64) -> Scene {
    let [lines, samples, bands] = shape;
    let mut random = Random::new(seed, 0);
    let endmembers: Vec<f64> = (0..bands * p).map(|_| random.between(0.05, 1.0)).collect();
    let mut abundances = Vec::new();
    for pixel in 0..lines * samples {
        let mut parts: Vec<f64> = (0..p).map(|_| -random.uniform().max(1e-12).ln()).collect();
        if pixel < p {
            parts.fill(0.0);
            parts[pixel] = 1.0;
        }
        let sum: f64 = parts.iter().sum();
        abundances.extend(parts.iter().map(|part| part / sum));
    }
    let mut values = Vec::new();
    for pixel in abundances.chunks_exact(p) {
        for band in endmembers.chunks_exact(p) {
            let clean: f64 = band.iter().zip(pixel).map(|(m, a)| m * a).sum();
            values.push((clean + noise * random.normal()).max(0.0));
        }
    }
    Scene { shape, endmembers, abundances, values }
}

/// Stops at the first report from one of some stages, known by how their names begin, and at the first iteration.
pub struct StopsIn {
    stages: &'static [&'static str],
    reached: bool,
}

impl StopsIn {
    /// Waits for the stages.
    pub fn any(stages: &'static [&'static str]) -> Self {
        Self { stages, reached: false }
    }
}

impl Observer for StopsIn {
    fn stage(&mut self, name: &str) {
        self.reached |= self.stages.iter().any(|stage| name.starts_with(stage));
    }
    fn progress(&mut self, _fraction: f64) -> Flow {
        if self.reached { Flow::Stop } else { Flow::Continue }
    }
    fn iteration(&mut self, _step: &Step<'_>) -> Flow {
        Flow::Stop
    }
}
