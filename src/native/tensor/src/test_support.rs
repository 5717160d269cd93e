//! Small tensors for the tests of this crate.

use std::path::Path;

use filigree_core::{ArraySource, DType, MappedArray, NpyWriter, Random};

use crate::tensor::{DenseTensor, Tensor};

/// Saves a tensor and describes it.
pub fn saved(folder: &Path, name: &str, tensor: &DenseTensor) -> ArraySource {
    NpyWriter::write_all(folder, name, tensor.shape(), tensor.values()).unwrap();
    described(&folder.join(name), tensor.shape())
}

/// Describes a float64 `.npy` file written by this project.
pub fn described(path: &Path, shape: &[usize]) -> ArraySource {
    let entries: usize = shape.iter().product();
    let offset = std::fs::metadata(path).unwrap().len() - entries as u64 * 8;
    ArraySource::c_order(path, DType::Float64, offset, shape.to_vec())
}

/// The numbers of a float64 `.npy` file written by this project.
pub fn loaded(path: &Path, shape: &[usize]) -> Vec<f64> {
    MappedArray::open(&described(path, shape)).unwrap().read_all().unwrap()
}

/// Standard normal entries.
pub fn random_tensor(shape: &[usize], seed: u64) -> DenseTensor {
    let mut random = Random::new(seed, 0);
    let count = shape.iter().product();
    DenseTensor::new(shape.to_vec(), (0..count).map(|_| random.normal()).collect())
}
