use std::path::Path;

use faer::Mat;
use filigree_core::{
    Error, Flow, Info, Observer, Random, Section, Silent, Step, StopReason, Stopwatch, peak_memory_bytes,
};

use crate::mode_basis::Accuracy;
use crate::mode_product::project;
use crate::nonnegative_params::{NonnegativeParams, NonnegativeStart};
use crate::nonnegative_updates::{order_by_energy, renew_core, renew_factor, sum, unit_columns};
use crate::outcome::figures;
use crate::shape::shape_text;
use crate::st_hosvd::{all_bases, project_all};
use crate::tensor::{DenseTensor, Tensor};
use crate::tensor_input::TensorInput;
use crate::tucker_model::TuckerModel;

const STAGE: &str = "Iterating";

/// Sweeps a start is given before the best of several is chosen.
const TRIAL_SWEEPS: usize = 10;

/// Decomposes a tensor into a non-negative core and non-negative factors with columns of unit length:
/// min ½‖X − G ×₁ U₁ … ×_N U_N‖² + λ‖X‖·‖G‖₁ with G, U ≥ 0. Writes `core.npy` and `factors-1.npy` …
///
/// Factors by hierarchical alternating least squares (Cichocki & Phan, IEICE Trans. Fundam. E92-A(3), 2009), each column
/// in turn, repeated while it pays (Gillis & Glineur, Neural Computation 24(4), 2012); the core by projected gradients
/// with momentum that restarts when the objective rises (O'Donoghue & Candès, 2015).
pub fn solve(
    input: &TensorInput,
    params: &NonnegativeParams,
    seed: u64,
    folder: &Path,
    observer: &mut dyn Observer,
) -> Result<Info, Error> {
    params.check(&input.source.shape)?;
    let mut watch = Stopwatch::start();
    observer.stage("Reading the tensor");
    let tensor = input.open()?;
    let (energy, negative) = energy_and_negatives(tensor.as_ref())?;
    let mut warnings = Vec::new();
    if negative > 0 {
        warnings.push(format!(
            "{negative} entries of the tensor are negative, which no non-negative model can meet: they count as residual."
        ));
    }
    for (mode, (&rank, &length)) in params.ranks.iter().zip(tensor.shape()).enumerate() {
        if rank > length {
            warnings.push(format!(
                "Rank {rank} of mode {} exceeds its {length} entries; components repeat each other.",
                mode + 1
            ));
        }
    }
    let problem = Problem { tensor: tensor.as_ref(), energy, params };
    let mut best = problem.best_start(seed, &mut Section::new(observer, 0.0, 0.3))?;
    watch.setup_done();
    let (iterations, reason) = problem.iterate(&mut best, params.max_iterations, observer)?;
    let mut model = best.model;
    order_by_energy(&mut model)?;
    let fit = model.fit(tensor.as_ref(), &mut Section::new(observer, 0.9, 1.0))?;
    let files = model.write(folder)?;
    let zeros = model.core.values().iter().filter(|&&value| value == 0.0).count();
    let (setup_seconds, iteration_seconds) = watch.split();
    let mut all = figures(&model, &fit);
    all.push(("objective", 0.5 * fit.residual_energy + problem.weight() * sum(model.core.values())));
    all.push(("zeroShareOfCore", zeros as f64 / model.core.values().len() as f64));
    let ranks = shape_text(model.ranks());
    Ok(Info {
        iterations,
        stop_reason: reason,
        stop_message: match reason {
            StopReason::Converged => format!(
                "Converged after {iterations} sweeps to a core of {ranks}: the last one lowered the objective by less than {:.0e} of it.",
                params.tolerance
            ),
            StopReason::Cancelled => format!("Stopped after {iterations} sweeps with a core of {ranks}."),
            _ => format!("Reached the limit of {iterations} sweeps with a core of {ranks}."),
        },
        figures: all,
        setup_seconds,
        iteration_seconds,
        peak_memory_bytes: peak_memory_bytes(),
        warnings,
        files,
    })
}

struct Problem<'a> {
    tensor: &'a dyn Tensor,
    energy: f64,
    params: &'a NonnegativeParams,
}

/// A model with its objective.
struct Iterate {
    model: TuckerModel,
    objective: f64,
    data_term: f64,
}

impl Problem<'_> {
    /// λ‖X‖.
    fn weight(&self) -> f64 {
        self.params.sparsity * self.energy.sqrt()
    }

    fn renew_core(&self, iterate: &mut Iterate, projected: &DenseTensor) -> Result<(), Error> {
        let end = renew_core(&mut iterate.model, projected, self.energy, self.weight())?;
        (iterate.objective, iterate.data_term) = (end.objective, end.data_term);
        Ok(())
    }

    fn best_start(&self, seed: u64, observer: &mut dyn Observer) -> Result<Iterate, Error> {
        observer.stage("Looking for a start");
        let mut best: Option<Iterate> = None;
        for start in 0..self.params.starts {
            let random = start > 0 || self.params.start == NonnegativeStart::Random;
            let factors = if random {
                self.random_factors(seed, start as u64)
            } else {
                self.hosvd_factors(seed, observer)?
            };
            let order: Vec<usize> = (0..factors.len()).rev().collect();
            let projected = project_all(self.tensor, &factors, &order, observer)?;
            let shape = &self.params.ranks;
            let level = sum(projected.values()).max(0.0) / shape.iter().product::<usize>() as f64;
            let core = DenseTensor::new(shape.clone(), vec![level; projected.values().len()]);
            let mut iterate = Iterate {
                model: TuckerModel { core, factors },
                objective: f64::INFINITY,
                data_term: f64::INFINITY,
            };
            self.renew_core(&mut iterate, &projected)?;
            if self.params.starts > 1 {
                self.iterate(&mut iterate, TRIAL_SWEEPS, &mut Unheard(observer))?;
            }
            if best.as_ref().is_none_or(|known| iterate.objective < known.objective) {
                best = Some(iterate);
            }
        }
        best.ok_or_else(|| Error::Internal("No start was tried.".to_owned()))
    }

    fn random_factors(&self, seed: u64, start: u64) -> Vec<Mat<f64>> {
        let lengths = self.tensor.shape();
        (0..lengths.len())
            .map(|mode| {
                let mut random = Random::new(seed, start << 16 | mode as u64);
                unit_columns(Mat::from_fn(lengths[mode], self.params.ranks[mode], |_, _| random.uniform()))
            })
            .collect()
    }

    /// The larger one-signed part of every direction; random columns where there are more components than directions.
    fn hosvd_factors(&self, seed: u64, observer: &mut dyn Observer) -> Result<Vec<Mat<f64>>, Error> {
        let bases = all_bases(self.tensor, Accuracy::Fast, observer)?;
        Ok(bases
            .iter()
            .zip(&self.params.ranks)
            .enumerate()
            .map(|(mode, (basis, &rank))| {
                let mut random = Random::new(seed, (1 << 32) | mode as u64);
                let known = basis.singular.len();
                let sign = |column: usize| {
                    let energy = |sign: f64| {
                        (0..basis.length)
                            .map(|i| (sign * basis.vectors[(i, column)]).max(0.0).powi(2))
                            .sum::<f64>()
                    };
                    if energy(1.0) >= energy(-1.0) { 1.0 } else { -1.0 }
                };
                let signs: Vec<f64> = (0..rank.min(known)).map(sign).collect();
                let floor = 0.01 / (basis.length as f64).sqrt();
                unit_columns(Mat::from_fn(basis.length, rank, |i, j| {
                    // A little of everything, so that no entry starts locked at zero.
                    let own = if j < known {
                        (signs[j] * basis.vectors[(i, j)]).max(0.0)
                    } else {
                        random.uniform()
                    };
                    own + floor * random.uniform()
                }))
            })
            .collect())
    }

    fn iterate(
        &self,
        iterate: &mut Iterate,
        limit: usize,
        observer: &mut dyn Observer,
    ) -> Result<(usize, StopReason), Error> {
        observer.stage(STAGE);
        let order: Vec<usize> = (0..self.tensor.shape().len()).collect();
        let mut flow = self.report(iterate, 0, 0.0, observer);
        for iteration in 1..=limit {
            if flow == Flow::Stop {
                return Ok((iteration - 1, StopReason::Cancelled));
            }
            let before = iterate.objective;
            let mut next = Iterate { model: iterate.model.clone(), ..*iterate };
            self.sweep(self.tensor, &order, &mut next)?;
            let change = if before > 0.0 { (before - next.objective) / before } else { 0.0 };
            if change > 0.0 || before.is_infinite() {
                *iterate = next;
            }
            flow = self.report(iterate, iteration, change.max(0.0), observer);
            if change <= self.params.tolerance {
                return Ok((iteration, StopReason::Converged));
            }
        }
        Ok((limit, StopReason::IterationLimit))
    }

    fn report(&self, iterate: &Iterate, iteration: usize, change: f64, observer: &mut dyn Observer) -> Flow {
        let error = if self.energy > 0.0 { (2.0 * iterate.data_term / self.energy).sqrt() } else { 0.0 };
        observer.iteration(&Step {
            iteration,
            iteration_limit: self.params.max_iterations,
            row: &[iterate.objective, error, change],
        })
    }

    /// Renews every factor once and then the core; projections several modes share are made once.
    fn sweep(&self, partial: &dyn Tensor, modes: &[usize], iterate: &mut Iterate) -> Result<(), Error> {
        if let [mode] = *modes {
            renew_factor(&mut iterate.model, partial, mode, self.params.inner_passes)?;
            if mode == self.tensor.shape().len() - 1 {
                let factor = iterate.model.factors[mode].as_ref();
                let projected = project(partial, mode, factor, &mut Silent)?;
                self.renew_core(iterate, &projected)?;
            }
            return Ok(());
        }
        let (first, second) = modes.split_at(modes.len().div_ceil(2));
        for (own, others) in [(first, second), (second, first)] {
            let order: Vec<usize> = others.iter().rev().copied().collect();
            let projected = project_all(partial, &iterate.model.factors, &order, &mut Silent)?;
            self.sweep(&projected, own, iterate)?;
        }
        Ok(())
    }
}

/// ‖X‖² and the number of entries below zero.
fn energy_and_negatives(tensor: &dyn Tensor) -> Result<(f64, usize), Error> {
    let last = tensor.shape().len() - 1;
    let view = tensor.seen_from(last);
    let (mut energy, mut negative) = (0.0, 0);
    crate::pass(
        view.columns(),
        crate::tile_width(view.length),
        1,
        STAGE,
        &mut Silent,
        |tiles| {
            let mut buffer = Vec::new();
            let (mut energy, mut negative) = (0.0, 0);
            for columns in tiles {
                let tile = tensor.tile(last, 0..view.length, columns, &mut buffer)?;
                energy += tile.squared_norm_l2();
                negative += tile.col_iter().flat_map(|column| column.iter()).filter(|&&x| x < 0.0).count();
            }
            Ok((energy, negative))
        },
        |_, part| {
            energy += part.0;
            negative += part.1;
            tensor.batch_done()
        },
    )?;
    Ok((energy, negative))
}

/// Keeps the trace of a trial to itself.
struct Unheard<'a>(&'a mut dyn Observer);

impl Observer for Unheard<'_> {
    fn stage(&mut self, _name: &str) {}
    fn progress(&mut self, fraction: f64) -> Flow {
        self.0.progress(fraction)
    }
    fn iteration(&mut self, _step: &Step<'_>) -> Flow {
        self.0.progress(0.5)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::{random_tensor, saved};
    use faer::MatRef;
    use filigree_core::in_pool;

    fn planted(shape: &[usize], ranks: &[usize], seed: u64) -> DenseTensor {
        let positive = |shape: &[usize], seed| {
            let tensor = random_tensor(shape, seed);
            DenseTensor::new(shape.to_vec(), tensor.values().iter().map(|x| x.max(0.0)).collect())
        };
        let factors = shape.iter().zip(ranks).enumerate().map(|(mode, (&length, &rank))| {
            let values = positive(&[length, rank], seed + 1 + mode as u64);
            MatRef::from_row_major_slice(values.values(), length, rank).to_owned()
        });
        TuckerModel { core: positive(ranks, seed), factors: factors.collect() }.reconstruct().unwrap()
    }

    struct Rows(Vec<Vec<f64>>);
    impl Observer for Rows {
        fn stage(&mut self, _name: &str) {}
        fn progress(&mut self, _fraction: f64) -> Flow {
            Flow::Continue
        }
        fn iteration(&mut self, step: &Step<'_>) -> Flow {
            self.0.push(step.row.to_vec());
            Flow::Continue
        }
    }

    fn params(ranks: &[usize]) -> NonnegativeParams {
        NonnegativeParams { ranks: ranks.to_vec(), ..NonnegativeParams::default() }
    }

    #[test]
    fn a_planted_model_is_met_and_the_objective_never_rises() {
        let folder = tempfile::tempdir().unwrap();
        let input = TensorInput::plain(saved(folder.path(), "x.npy", &planted(&[14, 12, 9], &[3, 2, 2], 5)));
        for inner_passes in [1, 10] {
            let own = NonnegativeParams {
                inner_passes,
                max_iterations: 2000,
                tolerance: 1e-9,
                ..params(&[3, 2, 2])
            };
            let mut rows = Rows(Vec::new());
            let info = solve(&input, &own, 1, folder.path(), &mut rows).unwrap();
            assert!(info.figure("relativeError").unwrap() < 0.02, "{:?}", info.figures);
            assert!(rows.0.windows(2).all(|pair| pair[1][0] <= pair[0][0] * (1.0 + 1e-12)));
            let (first, last) = (rows.0[0][0], rows.0.last().unwrap()[0]);
            assert!((info.figure("objective").unwrap() - last).abs() < 1e-6 * last + 1e-10 * first);
        }
    }

    #[test]
    fn a_rank_above_a_short_mode_and_several_starts_are_fine() {
        let folder = tempfile::tempdir().unwrap();
        let input = TensorInput::plain(saved(folder.path(), "x.npy", &planted(&[10, 3, 8], &[2, 2, 2], 8)));
        let own = NonnegativeParams { starts: 3, ..params(&[4, 5, 4]) };
        let info = solve(&input, &own, 2, folder.path(), &mut Silent).unwrap();
        assert!(info.figure("relativeError").unwrap() < 0.1, "{:?}", info.figures);
        assert!(info.warnings[0].contains("Rank 5 of mode 2 exceeds its 3 entries"), "{:?}", info.warnings);
        let factor = crate::test_support::loaded(&folder.path().join("factors-2.npy"), &[3, 5]);
        assert!(factor.iter().all(|value| value.is_finite() && *value >= 0.0));
    }

    #[test]
    fn the_weight_empties_the_core_and_zeros_are_no_trouble() {
        let folder = tempfile::tempdir().unwrap();
        let input = TensorInput::plain(saved(folder.path(), "x.npy", &planted(&[10, 9, 8], &[3, 3, 3], 9)));
        let zero_share = |sparsity| {
            let own = NonnegativeParams { sparsity, ..params(&[4, 4, 4]) };
            let info = solve(&input, &own, 2, folder.path(), &mut Silent).unwrap();
            info.figure("zeroShareOfCore").unwrap()
        };
        assert!(zero_share(0.05) > zero_share(0.0));
        let zero = DenseTensor::new(vec![4, 3, 2], vec![0.0; 24]);
        let input = TensorInput::plain(saved(folder.path(), "zero.npy", &zero));
        let info = solve(&input, &params(&[2, 2, 2]), 1, folder.path(), &mut Silent).unwrap();
        assert_eq!(info.figure("relativeError"), Some(0.0));
    }

    #[test]
    fn one_and_two_threads_write_the_same_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let input =
            TensorInput::plain(saved(folder.path(), "x.npy", &planted(&[140, 20, 30], &[3, 4, 2], 3)));
        let own = NonnegativeParams { max_iterations: 15, starts: 2, ..params(&[3, 4, 2]) };
        let run = |threads| {
            in_pool(threads, || solve(&input, &own, 7, folder.path(), &mut Silent)).unwrap();
            ["core.npy", "factors-1.npy"].map(|name| std::fs::read(folder.path().join(name)).unwrap())
        };
        assert!(run(1) == run(2));
    }
}
