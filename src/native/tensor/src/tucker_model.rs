use std::ops::Range;
use std::path::Path;

use faer::{Mat, MatMut, MatRef};
use filigree_core::{Error, NpyWriter, Observer, Section, Silent, Wide, tiles, widest};

use crate::kernels::product;
use crate::mode_basis::{Accuracy, leads_negative, mode_basis};
use crate::mode_product::project;
use crate::passes::{pass, tile_width};
use crate::tensor::{DenseTensor, Tensor};

/// Entries of the expanded core that are held at once while a reconstruction is compared with its tensor.
const SLAB_ENTRIES: usize = 1 << 22;

/// A tensor as a core multiplied by a factor in every mode: X ≈ G ×₁ U₁ … ×_N U_N.
#[derive(Clone, Debug)]
pub struct TuckerModel {
    /// The core, as large as the ranks.
    pub core: DenseTensor,
    /// A factor (length × rank) for each mode.
    pub factors: Vec<Mat<f64>>,
}

/// How well a model agrees with its tensor, from the residual itself.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fit {
    /// ‖X − X̂‖².
    pub residual_energy: f64,
    /// ‖X‖².
    pub energy: f64,
    /// Largest |X − X̂|.
    pub largest_residual: f64,
}

impl Fit {
    /// ‖X − X̂‖ / ‖X‖; zero for a tensor of zeros that is met exactly.
    pub fn relative_error(&self) -> f64 {
        if self.residual_energy == 0.0 { 0.0 } else { (self.residual_energy / self.energy).sqrt() }
    }
}

impl TuckerModel {
    /// Lengths of the modes of the tensor.
    pub fn shape(&self) -> Vec<usize> {
        self.factors.iter().map(Mat::nrows).collect()
    }

    /// Rank of every mode.
    pub fn ranks(&self) -> &[usize] {
        self.core.shape()
    }

    /// Numbers the model consists of: ∏ r + Σ n·r.
    pub fn size(&self) -> usize {
        model_size(&self.shape(), self.ranks())
    }

    /// How many times fewer numbers than the tensor has.
    pub fn compression(&self) -> f64 {
        self.shape().iter().map(|&length| length as f64).product::<f64>() / self.size() as f64
    }

    /// `factor · core` in every mode but the last, for the indices `rows` of the first mode: (rows × lengths × last
    /// rank) in C order.
    fn expanded(&self, rows: Range<usize>) -> Result<DenseTensor, Error> {
        let last = self.factors.len() - 1;
        let mut tensor = self.core.clone();
        // From the last to the first: the first mode is cut to `rows`, so what grows most grows at the end.
        for mode in (0..last).rev() {
            let factor = self.factors[mode].as_ref();
            let factor = if mode == 0 { factor.subrows(rows.start, rows.len()) } else { factor };
            tensor = project(&tensor, mode, factor.transpose(), &mut Silent)?;
        }
        Ok(tensor)
    }

    /// The whole reconstruction; for small tensors.
    pub fn reconstruct(&self) -> Result<DenseTensor, Error> {
        let last = self.factors.len() - 1;
        project(
            &self.expanded(0..self.factors[0].nrows())?,
            last,
            self.factors[last].transpose(),
            &mut Silent,
        )
    }

    /// Compares the reconstruction with the tensor entry by entry, in slabs of the first mode.
    pub fn fit(&self, tensor: &dyn Tensor, observer: &mut dyn Observer) -> Result<Fit, Error> {
        const STAGE: &str = "Comparing the reconstruction";
        observer.stage(STAGE);
        let last = self.factors.len() - 1;
        let view = tensor.seen_from(last);
        let between = view.columns() / tensor.shape()[0];
        let rank = self.ranks()[last];
        let slab = (SLAB_ENTRIES / (between * rank).max(1)).max(1);
        let mut fit = Fit { residual_energy: 0.0, energy: 0.0, largest_residual: 0.0 };
        for rows in tiles(0..tensor.shape()[0], slab) {
            let expanded = self.expanded(rows.clone())?;
            let positions = rows.len() * between;
            let (from, to) = (rows.start as f64, rows.end as f64);
            let all = tensor.shape()[0] as f64;
            let mut section = Section::new(observer, from / all, to / all);
            pass(
                positions,
                tile_width(view.length),
                1,
                STAGE,
                &mut section,
                |tiles| {
                    let (mut buffer, mut found, mut gathered) = (Vec::new(), Vec::new(), Vec::new());
                    let mut part = Fit { residual_energy: 0.0, energy: 0.0, largest_residual: 0.0 };
                    for columns in tiles {
                        let width = columns.len();
                        found.resize(width * view.length, 0.0);
                        let own = &expanded.values()[columns.start * rank..columns.end * rank];
                        product(
                            MatMut::from_row_major_slice_mut(&mut found, width, view.length),
                            MatRef::from_row_major_slice(own, width, rank),
                            self.factors[last].transpose(),
                        );
                        let first = rows.start * between;
                        let shifted = first + columns.start..first + columns.end;
                        let tile = tensor.tile(last, 0..view.length, shifted, &mut buffer)?;
                        for (column, estimate) in tile.col_iter().zip(found.chunks_exact(view.length)) {
                            match column.try_as_col_major() {
                                Some(truth) => part.add(truth.as_slice(), estimate),
                                None => {
                                    gathered.clear();
                                    gathered.extend(column.iter());
                                    part.add(&gathered, estimate);
                                }
                            }
                        }
                    }
                    Ok(part)
                },
                |_, part| {
                    fit.residual_energy += part.residual_energy;
                    fit.energy += part.energy;
                    fit.largest_residual = fit.largest_residual.max(part.largest_residual);
                    tensor.batch_done()
                },
            )?;
        }
        Ok(fit)
    }

    /// Turns orthonormal factors so that the slices of the core in every mode are orthogonal and of falling norm, and
    /// the largest entry of every factor column is positive: the one form every route to the same subspaces ends in.
    pub fn make_canonical(&mut self) -> Result<(), Error> {
        let mut core = self.core.clone();
        for (mode, factor) in self.factors.iter_mut().enumerate() {
            let rank = factor.ncols();
            let basis = mode_basis(&self.core, mode, Accuracy::Accurate, &mut Silent)?;
            let rotation = completed(basis.vectors, rank);
            let mut turned = factor.as_ref() * &rotation;
            let mut signed = rotation;
            for column in 0..rank {
                if leads_negative((0..turned.nrows()).map(|i| turned[(i, column)])) {
                    (0..turned.nrows()).for_each(|i| turned[(i, column)] *= -1.0);
                    (0..rank).for_each(|i| signed[(i, column)] *= -1.0);
                }
            }
            core = project(&core, mode, signed.as_ref(), &mut Silent)?;
            *factor = turned;
        }
        self.core = core;
        Ok(())
    }

    /// Keeps the first components of every mode.
    pub fn cut(&mut self, ranks: &[usize]) -> Result<(), Error> {
        for (mode, &rank) in ranks.iter().enumerate() {
            if rank == self.factors[mode].ncols() {
                continue;
            }
            let first = Mat::<f64>::identity(self.factors[mode].ncols(), rank);
            self.core = project(&self.core, mode, first.as_ref(), &mut Silent)?;
            self.factors[mode] = self.factors[mode].as_ref().subcols(0, rank).to_owned();
        }
        Ok(())
    }

    /// Writes `core.npy` and `factors-1.npy` … `factors-N.npy` (length × rank); returns their names.
    pub fn write(&self, folder: &Path) -> Result<Vec<String>, Error> {
        let mut files = vec![NpyWriter::write_all(folder, "core.npy", self.ranks(), self.core.values())?];
        for (mode, factor) in self.factors.iter().enumerate() {
            let name = format!("factors-{}.npy", mode + 1);
            let shape = [factor.nrows(), factor.ncols()];
            files.push(NpyWriter::write_all(folder, &name, &shape, &row_major(factor.as_ref()))?);
        }
        Ok(files)
    }
}

impl Fit {
    /// Adds entries and their estimates.
    fn add(&mut self, truth: &[f64], estimate: &[f64]) {
        let part = widest(Comparison { truth, estimate });
        self.residual_energy += part.residual_energy;
        self.energy += part.energy;
        self.largest_residual = self.largest_residual.max(part.largest_residual);
    }
}

/// Entries beside their estimates, compared in lanes that do not wait for one another.
struct Comparison<'a> {
    truth: &'a [f64],
    estimate: &'a [f64],
}

impl Wide for Comparison<'_> {
    type Output = Fit;

    #[inline(always)]
    fn run(self) -> Fit {
        const LANES: usize = 16;
        let (mut residual, mut energy, mut largest) = ([0.0f64; LANES], [0.0f64; LANES], [0.0f64; LANES]);
        let ((truths, rest), (estimates, others)) =
            (self.truth.as_chunks::<LANES>(), self.estimate.as_chunks::<LANES>());
        for (truth, found) in truths.iter().zip(estimates) {
            for lane in 0..LANES {
                let difference = truth[lane] - found[lane];
                residual[lane] += difference * difference;
                energy[lane] += truth[lane] * truth[lane];
                let size = difference.abs();
                largest[lane] = if size > largest[lane] { size } else { largest[lane] };
            }
        }
        for (lane, (truth, found)) in rest.iter().zip(others).enumerate() {
            let difference = truth - found;
            residual[lane] += difference * difference;
            energy[lane] += truth * truth;
            largest[lane] = largest[lane].max(difference.abs());
        }
        Fit {
            residual_energy: residual.iter().sum(),
            energy: energy.iter().sum(),
            largest_residual: largest.iter().fold(0.0, |most, &size| most.max(size)),
        }
    }
}

/// ∏ r + Σ n·r, as large as it gets where that is more than can be counted.
pub fn model_size(shape: &[usize], ranks: &[usize]) -> usize {
    let core = ranks.iter().fold(1usize, |product, &rank| product.saturating_mul(rank));
    shape.iter().zip(ranks).fold(core, |sum, (&n, &r)| sum.saturating_add(n.saturating_mul(r)))
}

/// A matrix in row-major order.
pub fn row_major(matrix: MatRef<'_, f64>) -> Vec<f64> {
    matrix.row_iter().flat_map(|row| row.iter().copied().collect::<Vec<_>>()).collect()
}

/// Orthonormal columns made up to `size` of them: a rank above the product of the others leaves directions free.
fn completed(vectors: Mat<f64>, size: usize) -> Mat<f64> {
    if vectors.ncols() >= size {
        return vectors;
    }
    let known = vectors.ncols();
    let complete = vectors.qr().compute_Q();
    Mat::from_fn(size, size, |i, j| if j < known { vectors[(i, j)] } else { complete[(i, j)] })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::{loaded, random_tensor};
    use filigree_core::in_pool;

    /// A random model with orthonormal factors.
    fn random_model(shape: &[usize], ranks: &[usize], seed: u64) -> TuckerModel {
        let factors = shape
            .iter()
            .zip(ranks)
            .enumerate()
            .map(|(mode, (&length, &rank))| {
                let random = random_tensor(&[length, rank], seed + 10 + mode as u64);
                MatRef::from_row_major_slice(random.values(), length, rank).qr().compute_thin_Q()
            })
            .collect();
        TuckerModel { core: random_tensor(ranks, seed), factors }
    }

    #[test]
    fn a_reconstruction_is_the_sum_over_the_core() {
        let model = random_model(&[4, 6, 5, 3], &[2, 3, 2, 2], 1);
        let whole = model.reconstruct().unwrap();
        let index = [3, 2, 4, 1];
        let mut expected = 0.0;
        for (position, value) in model.core.values().iter().enumerate() {
            let component = crate::index_of(position, model.ranks());
            expected += value * (0..4).map(|m| model.factors[m][(index[m], component[m])]).product::<f64>();
        }
        assert!((whole.values()[((3 * 6 + 2) * 5 + 4) * 3 + 1] - expected).abs() < 1e-12);
        assert_eq!(model.size(), 24 + 8 + 18 + 10 + 6);
    }

    #[test]
    fn the_fit_is_that_of_the_entries_and_obeys_pythagoras_for_a_projection() {
        let tensor = random_tensor(&[7, 40, 33], 3);
        let mut model = random_model(tensor.shape(), &[2, 3, 4], 4);
        model.core = tensor.clone();
        for (mode, factor) in model.factors.iter().enumerate() {
            model.core = project(&model.core, mode, factor.as_ref(), &mut Silent).unwrap();
        }
        let fit = model.fit(&tensor, &mut Silent).unwrap();
        let whole = model.reconstruct().unwrap();
        let residuals = || tensor.values().iter().zip(whole.values()).map(|(a, b)| (a - b).abs());
        let residual: f64 = residuals().map(|r| r * r).sum();
        assert!((fit.residual_energy / residual - 1.0).abs() < 1e-12);
        assert!((fit.largest_residual - residuals().fold(0.0, f64::max)).abs() < 1e-12);
        let energy = |tensor: &DenseTensor| tensor.values().iter().map(|x| x * x).sum::<f64>();
        assert!((fit.energy / energy(&tensor) - 1.0).abs() < 1e-12);
        let by_norms = energy(&tensor) - energy(&model.core);
        assert!((fit.residual_energy / by_norms - 1.0).abs() < 1e-10);
        let run = |threads| in_pool(threads, || model.fit(&tensor, &mut Silent)).unwrap();
        assert_eq!(run(1), run(2));
    }

    #[test]
    fn the_canonical_form_keeps_the_tensor_and_orders_the_core() {
        for ranks in [[3, 4, 2], [9, 2, 2]] {
            let mut model = random_model(&[12, 10, 8], &ranks, 7);
            let before = model.reconstruct().unwrap();
            model.make_canonical().unwrap();
            let after = model.reconstruct().unwrap();
            assert!(before.values().iter().zip(after.values()).all(|(a, b)| (a - b).abs() < 1e-11));
            for mode in 0..3 {
                let side = crate::Side::Rows;
                let gram = crate::gram(&model.core, mode, side, "", &mut Silent).unwrap();
                let rank = ranks[mode];
                for i in 0..rank {
                    for j in 0..i {
                        assert!(gram[i * rank + j].abs() < 1e-10, "slices {i} and {j} of mode {mode}");
                    }
                    assert!(i == 0 || gram[i * rank + i] <= gram[(i - 1) * rank + i - 1] + 1e-10);
                    assert!(!leads_negative(model.factors[mode].col(i).iter().copied()));
                }
            }
        }
    }

    #[test]
    fn a_model_is_written_as_a_core_and_a_file_for_each_mode() {
        let folder = tempfile::tempdir().unwrap();
        let model = random_model(&[5, 4], &[2, 3], 2);
        let files = model.write(folder.path()).unwrap();
        assert_eq!(files, ["core.npy", "factors-1.npy", "factors-2.npy"]);
        let found = loaded(&folder.path().join("factors-2.npy"), &[4, 3]);
        assert_eq!(found, row_major(model.factors[1].as_ref()));
    }
}
