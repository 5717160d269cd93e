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
        let own =
            NonnegativeParams { inner_passes, max_iterations: 2000, tolerance: 1e-9, ..params(&[3, 2, 2]) };
        let mut rows = Rows(Vec::new());
        let info = solve(&input, &own, 1, folder.path(), &mut rows).unwrap();
        assert!(info.figure("relativeError").unwrap() < 0.02, "{:?}", info.figures);
        assert!(rows.0.windows(2).all(|pair| pair[1][0] <= pair[0][0] * (1.0 + 1e-12)));
        let (first, last) = (rows.0[0][0], rows.0.last().unwrap()[0]);
        assert!((info.figure("objective").unwrap() - last).abs() < 1e-6 * last + 1e-10 * first);
    }
}

#[test]
fn a_large_tensor_is_compressed_first_and_its_last_sweeps_are_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let mut tensor = planted(&[60, 50, 40], &[3, 4, 3], 5);
    let noise = random_tensor(tensor.shape(), 6);
    tensor.values_mut().iter_mut().zip(noise.values()).for_each(|(value, noise)| *value += 0.1 * noise);
    let input = TensorInput::plain(saved(folder.path(), "x.npy", &tensor));
    let mut rows = Rows(Vec::new());
    let info = solve(&input, &params(&[3, 4, 3]), 1, folder.path(), &mut rows).unwrap();
    let last = rows.0.last().unwrap()[0];
    assert!((info.figure("objective").unwrap() / last - 1.0).abs() < 1e-9);
    // Nothing but the first row of the tensor itself may lie above the one before, by what the compression hid.
    let rises = rows.0.windows(2).filter(|pair| pair[1][0] > pair[0][0] * (1.0 + 1e-12));
    assert!(rises.count() <= 1);
    let floor = 0.1 * (noise.values().len() as f64).sqrt();
    let residual = (2.0 * last).sqrt();
    assert!(residual < 1.5 * floor, "{residual} {floor}");
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
    let input = TensorInput::plain(saved(folder.path(), "x.npy", &planted(&[140, 20, 30], &[3, 4, 2], 3)));
    let own = NonnegativeParams { max_iterations: 15, starts: 2, ..params(&[3, 4, 2]) };
    let run = |threads| {
        in_pool(threads, || solve(&input, &own, 7, folder.path(), &mut Silent)).unwrap();
        ["core.npy", "factors-1.npy"].map(|name| std::fs::read(folder.path().join(name)).unwrap())
    };
    assert!(run(1) == run(2));
}
