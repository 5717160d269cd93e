use std::collections::BTreeMap;
use std::path::Path;

use filigree_core::{ArraySource, DType, Error, Info, in_pool};

use crate::{SystemFile, SystemSources};

/// The array of a .npy file that a generator wrote.
pub(crate) fn described(path: &Path) -> ArraySource {
    let bytes = std::fs::read(path).unwrap();
    let length = u16::from_le_bytes([bytes[8], bytes[9]]) as usize;
    let header = String::from_utf8_lossy(&bytes[10..10 + length]).into_owned();
    let quoted = |key: &str| header.split(key).nth(1).unwrap().to_owned();
    let dtype = match &quoted("'descr': '")[..3] {
        "<f8" => DType::Float64,
        "<c16" | "<c1" => DType::Complex128,
        "<i4" => DType::Int32,
        _ => DType::Int64,
    };
    let shape = quoted("'shape': (");
    let shape: Vec<usize> =
        shape[..shape.find(')').unwrap()].split(',').filter_map(|part| part.trim().parse().ok()).collect();
    ArraySource::c_order(path, dtype, 10 + length as u64, shape)
}

/// The systems in a folder that a generator filled.
pub(crate) fn generated(folder: &Path) -> SystemFile {
    let part = |name: &str| {
        let path = folder.join(format!("{name}.npy"));
        path.exists().then(|| described(&path))
    };
    SystemFile::open(&SystemSources {
        values: part("values").unwrap(),
        row_pointers: part("rows").unwrap(),
        column_indices: part("columns").unwrap(),
        columns: None,
        right_hand_side: part("rightHandSide"),
        known_solution: part("knownSolution"),
        near_null_space: part("nearNullSpace"),
        parameters: part("parameters"),
    })
    .unwrap()
}

/// Runs a generator on one and on two threads and compares every file.
pub(crate) fn threads_agree(make: impl Fn(&Path) -> Result<Info, Error> + Send + Sync) {
    let run = |threads| -> BTreeMap<String, Vec<u8>> {
        let folder = tempfile::tempdir().unwrap();
        let info = in_pool(threads, || make(folder.path())).unwrap();
        let read = |name: String| (name.clone(), std::fs::read(folder.path().join(name)).unwrap());
        info.files.into_iter().map(read).collect()
    };
    let (one, two) = (run(1), run(2));
    assert!(!one.is_empty() && one == two);
}
