use super::*;
use crate::observed_support::saved_entries;
use crate::test_support::loaded;
use filigree_core::in_pool;

const SHAPE: [usize; 3] = [14, 17, 11];

/// Nonzeros of a low-rank sparse tensor with a little noise, and the tensor itself.
fn nonzeros() -> (Vec<(Vec<usize>, f64)>, DenseTensor) {
    let mut random = Random::new(6, 0);
    let mut values = vec![0.0; SHAPE.iter().product()];
    for _ in 0..3 {
        let sides: Vec<Vec<f64>> = SHAPE
            .iter()
            .map(|&length| {
                (0..length).map(|_| if random.uniform() < 0.4 { random.normal() } else { 0.0 }).collect()
            })
            .collect();
        for (at, value) in values.iter_mut().enumerate() {
            let place = crate::index_of(at, &SHAPE);
            *value += 5.0 * (0..3).map(|mode| sides[mode][place[mode]]).product::<f64>();
        }
    }
    let mut entries = Vec::new();
    for (at, value) in values.iter_mut().enumerate() {
        if *value != 0.0 {
            *value += 0.1 * random.normal();
            entries.push((crate::index_of(at, &SHAPE), *value));
        }
    }
    (entries, DenseTensor::new(SHAPE.to_vec(), values))
}

fn params() -> SparseTuckerParams {
    SparseTuckerParams { ranks: vec![3, 3, 2], tolerance: 1e-10, max_iterations: 300, ..Default::default() }
}

#[test]
fn it_is_the_dense_iteration_on_the_same_tensor() {
    let folder = tempfile::tempdir().unwrap();
    let (entries, dense) = nonzeros();
    let input = saved_entries(folder.path(), &SHAPE, &entries);
    let info = solve(&input, &params(), 1, folder.path(), &mut Silent).unwrap();
    let mut factors: Vec<Mat<f64>> = Vec::new();
    for (mode, &rank) in params().ranks.iter().enumerate() {
        factors.push(mode_basis(&dense, mode, Accuracy::Accurate, &mut Silent).unwrap().leading(rank));
    }
    let mut core = dense.clone();
    for _ in 0..300 {
        for mode in 0..3 {
            let mut rest = dense.clone();
            for other in (0..3).filter(|&other| other != mode) {
                rest = project(&rest, other, factors[other].as_ref(), &mut Silent).unwrap();
            }
            let basis = mode_basis(&rest, mode, Accuracy::Accurate, &mut Silent).unwrap();
            factors[mode] = basis.leading(params().ranks[mode]);
            core = project(&rest, mode, factors[mode].as_ref(), &mut Silent).unwrap();
        }
    }
    let model = TuckerModel { core, factors };
    let expected = model.fit(&dense, &mut Silent).unwrap().relative_error();
    let found = info.figure("relativeError").unwrap();
    assert!((found - expected).abs() < 1e-6, "{found} {expected}");
    // What was written is as good as the figure says.
    let written = TuckerModel {
        core: DenseTensor::new(params().ranks, loaded(&folder.path().join("core.npy"), &params().ranks)),
        factors: (0..3)
            .map(|mode| {
                let rank = params().ranks[mode];
                let path = folder.path().join(format!("factors-{}.npy", mode + 1));
                let values = loaded(&path, &[SHAPE[mode], rank]);
                MatRef::from_row_major_slice(&values, SHAPE[mode], rank).to_owned()
            })
            .collect(),
    };
    assert!((written.fit(&dense, &mut Silent).unwrap().relative_error() - found).abs() < 1e-9);
}

#[test]
fn one_two_and_three_threads_write_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let input = saved_entries(folder.path(), &SHAPE, &nonzeros().0);
    let run = |threads| {
        in_pool(threads, || solve(&input, &params(), 1, folder.path(), &mut Silent)).unwrap();
        ["core.npy", "factors-1.npy", "factors-3.npy"]
            .map(|name| std::fs::read(folder.path().join(name)).unwrap())
    };
    let one = run(1);
    assert!(one == run(2) && one == run(3));
}

#[test]
fn duplicates_are_summed_or_refused_and_empty_slices_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let (mut entries, _) = nonzeros();
    entries.retain(|(place, _)| place[2] != 5);
    let whole = saved_entries(folder.path(), &SHAPE, &entries);
    let expected = solve(&whole, &params(), 1, folder.path(), &mut Silent).unwrap();
    let (place, value) = entries[3].clone();
    entries[3].1 = 0.25 * value;
    entries.push((place.clone(), 0.75 * value));
    let halved = saved_entries(folder.path(), &SHAPE, &entries);
    let info = solve(&halved, &params(), 1, folder.path(), &mut Silent).unwrap();
    let error = |info: &Info| info.figure("relativeError").unwrap();
    assert!((error(&info) - error(&expected)).abs() < 1e-12);
    assert!(info.warnings[0].starts_with("1 entries were added"), "{:?}", info.warnings);
    assert!(info.warnings.iter().any(|text| text.contains("of mode 3 are empty")), "{:?}", info.warnings);
    let strict = SparseTuckerParams { duplicates: Duplicates::Refuse, ..params() };
    let refusal = solve(&halved, &strict, 1, folder.path(), &mut Silent).unwrap_err();
    let shown: Vec<String> = place.iter().map(usize::to_string).collect();
    assert!(refusal.to_string().contains(&format!("({})", shown.join(", "))), "{refusal}");
}

#[test]
fn a_run_beyond_the_memory_limit_is_refused_before_it_starts() {
    let folder = tempfile::tempdir().unwrap();
    let mut input = saved_entries(folder.path(), &SHAPE, &nonzeros().0);
    input.shape = vec![4_000_000_000, 4_000_000_000, 4_000_000_000];
    let refusal = solve(&input, &params(), 1, folder.path(), &mut Silent).unwrap_err();
    assert_eq!(refusal.blamed_parameter(), Some("memoryLimit"));
    assert!(refusal.to_string().contains("more than the limit of 1000 MB"), "{refusal}");
}
