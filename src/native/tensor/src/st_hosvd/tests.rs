use super::*;
use crate::test_support::{random_tensor, saved};
use crate::tucker_model::row_major;
use crate::{SyntheticTensorParams, solve_synthetic_tensor};
use filigree_core::{ErrorCode, Flow, Step, in_pool};

/// Low rank with noise.
fn noisy(shape: &[usize], ranks: &[usize], noise: f64) -> (tempfile::TempDir, TensorInput) {
    let folder = tempfile::tempdir().unwrap();
    let params = SyntheticTensorParams {
        shape: shape.to_vec(),
        ranks: ranks.to_vec(),
        noise,
        ..SyntheticTensorParams::default()
    };
    solve_synthetic_tensor(&params, 4, folder.path(), &mut Silent).unwrap();
    let source = crate::test_support::described(&folder.path().join("tensor.npy"), shape);
    (folder, TensorInput::plain(source))
}

fn with(rule: RankRule) -> StHosvdParams {
    StHosvdParams { rule, ..StHosvdParams::default() }
}

#[test]
fn exact_structure_is_recovered_by_every_way() {
    let (folder, input) = noisy(&[20, 15, 12, 6], &[3, 4, 2, 2], 0.0);
    for sequential in [true, false] {
        for accuracy in [Accuracy::Fast, Accuracy::Accurate] {
            let own = StHosvdParams { accuracy, sequential, ..with(RankRule::Ranks(vec![3, 4, 2, 2])) };
            let info = solve(&input, &own, folder.path(), &mut Silent).unwrap();
            assert!(info.figure("relativeError").unwrap() < 1e-12, "{:?}", info.figures);
        }
    }
    let own = StHosvdParams { accuracy: Accuracy::Accurate, ..with(RankRule::Tolerance(1e-11)) };
    let info = solve(&input, &own, folder.path(), &mut Silent).unwrap();
    assert!(info.stop_message.contains("3 × 4 × 2 × 2"), "{}", info.stop_message);
}

#[test]
fn a_tolerance_is_kept_with_no_more_than_it_needs() {
    let (folder, input) = noisy(&[30, 25, 20], &[8, 7, 6], 0.05);
    for tolerance in [0.6, 0.06, 0.03] {
        let info = solve(&input, &with(RankRule::Tolerance(tolerance)), folder.path(), &mut Silent).unwrap();
        let error = info.figure("relativeError").unwrap();
        assert!(error <= tolerance, "{error} {tolerance}");
        assert!(error > 0.6 * tolerance, "{error} is far below {tolerance}");
    }
}

#[test]
fn a_budget_is_kept_and_too_small_ones_are_refused() {
    let (folder, input) = noisy(&[30, 25, 20], &[8, 7, 6], 0.05);
    let info = solve(&input, &with(RankRule::Size(700)), folder.path(), &mut Silent).unwrap();
    assert!(info.figure("size").unwrap() <= 700.0);
    let error = solve(&input, &with(RankRule::Size(70)), folder.path(), &mut Silent).unwrap_err();
    assert_eq!(error.blamed_parameter(), Some("budget"));
}

#[test]
fn a_mapped_tensor_gives_what_one_in_memory_gives() {
    let (folder, mut input) = noisy(&[30, 25, 20], &[4, 3, 2], 0.05);
    let ranks = RankRule::Ranks(vec![4, 3, 2]);
    let mut figures = Vec::new();
    for in_memory_entries in [1 << 20, 0] {
        input.in_memory_entries = in_memory_entries;
        let info = solve(&input, &with(ranks.clone()), folder.path(), &mut Silent).unwrap();
        figures.push(info.figure("relativeError").unwrap());
    }
    assert!((figures[0] - figures[1]).abs() < 1e-12);
}

#[test]
fn long_modes_empty_components_and_zeros_are_fine() {
    let folder = tempfile::tempdir().unwrap();
    let long = TensorInput::plain(saved(folder.path(), "long.npy", &random_tensor(&[300, 4, 3], 1)));
    let info = solve(&long, &with(RankRule::Ranks(vec![20, 4, 3])), folder.path(), &mut Silent).unwrap();
    assert!(info.figure("relativeError").unwrap() < 1e-12, "ranks (12, 4, 3) say all");
    assert!(info.warnings[0].contains("Rank 20 of mode 1"), "{:?}", info.warnings);
    let zero = DenseTensor::new(vec![4, 3, 2], vec![0.0; 24]);
    let zero = TensorInput::plain(saved(folder.path(), "zero.npy", &zero));
    for rule in [RankRule::Tolerance(0.1), RankRule::Ranks(vec![2, 2, 2]), RankRule::Size(20)] {
        let info = solve(&zero, &with(rule), folder.path(), &mut Silent).unwrap();
        assert_eq!(info.figure("relativeError"), Some(0.0));
        assert!(info.warnings.iter().any(|warning| warning.contains("zero")));
    }
}

#[test]
fn one_and_two_threads_give_the_same_model() {
    let (_folder, input) = noisy(&[90, 85, 40], &[6, 5, 4], 0.1);
    let tensor = input.open().unwrap();
    for rule in [RankRule::Ranks(vec![6, 5, 4]), RankRule::Tolerance(0.1)] {
        let run = |threads| {
            let model = in_pool(threads, || {
                compress(tensor.as_ref(), &with(rule.clone()), &mut Vec::new(), &mut Silent)
            })
            .unwrap()
            .model;
            (model.core, row_major(model.factors[0].as_ref()))
        };
        assert!(run(1) == run(2));
    }
}

struct Stops;
impl Observer for Stops {
    fn stage(&mut self, _name: &str) {}
    fn progress(&mut self, _fraction: f64) -> Flow {
        Flow::Stop
    }
    fn iteration(&mut self, _step: &Step<'_>) -> Flow {
        Flow::Stop
    }
}

#[test]
fn a_stopped_run_leaves_nothing_behind() {
    let (folder, input) = noisy(&[30, 25, 20], &[4, 3, 2], 0.05);
    let out = tempfile::tempdir().unwrap();
    let error = solve(&input, &with(RankRule::Tolerance(0.1)), out.path(), &mut Stops).unwrap_err();
    assert_eq!(error.code(), ErrorCode::Cancelled);
    assert_eq!(std::fs::read_dir(out.path()).unwrap().count(), 0);
    drop(folder);
}
