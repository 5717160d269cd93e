use super::*;
use crate::CsrMatrix;
use crate::files::write_matrix_market;
use filigree_core::{Random, Silent, in_pool};
use proptest::prelude::*;

fn read<S: Scalar>(text: &str) -> Result<Compressed<S>, Error> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("m.mtx");
    std::fs::write(&path, text).unwrap();
    let file = TextFile::open(&path)?;
    matrix_of(&file, &header_of(&file)?, ReadLimits::default(), &mut Silent)
}
fn real(text: &str) -> CsrMatrix<f64> {
    read::<f64>(text).unwrap().matrix
}
fn problem(text: &str) -> String {
    read::<f64>(text).err().unwrap().to_string()
}

#[test]
fn every_field_and_symmetry_is_read() {
    let general =
        real("%%MatrixMarket matrix coordinate real general\n% a\n\n2 3 2\n\n1 3 1.5d0\n  2 1\t-2e-1 \r\n");
    assert_eq!((general.get(0, 2), general.get(1, 0), general.entries()), (1.5, -0.2, 2));
    let pattern = real("%%matrixmarket MATRIX Coordinate Pattern Symmetric\n2 2 2\n1 1\n2 1");
    assert_eq!((pattern.get(0, 1), pattern.get(1, 0), pattern.entries()), (1.0, 1.0, 3));
    let skew = real("%%MatrixMarket matrix coordinate integer skew-symmetric\n2 2 1\n2 1 7\n");
    assert_eq!((skew.get(1, 0), skew.get(0, 1)), (7.0, -7.0));
    let hermitian =
        read::<Complex64>("%%MatrixMarket matrix coordinate complex hermitian\n2 2 2\n2 1 1 2\n1 1 3 0\n")
            .unwrap()
            .matrix;
    assert_eq!(hermitian.get(0, 1), Complex64::new(1.0, -2.0));
    let array = real("%%MatrixMarket matrix array real general\n2 2\n1\n2\n0\n4\n");
    assert_eq!((array.get(1, 0), array.get(1, 1), array.entries()), (2.0, 4.0, 3));
    let half = real("%%MatrixMarket matrix array real symmetric\n2 2\n1\n2\n3\n");
    assert_eq!((half.get(0, 1), half.get(1, 1)), (2.0, 3.0));
    let turned = real("%%MatrixMarket matrix array real skew-symmetric\n3 3\n1\n2\n3\n");
    assert_eq!((turned.get(1, 0), turned.get(2, 1), turned.get(1, 2)), (1.0, 3.0, -3.0));
}

#[test]
fn duplicates_are_summed_and_counted() {
    let read =
        read::<f64>("%%MatrixMarket matrix coordinate real general\n2 2 3\n1 1 1\n1 1 2\n2 2 5\n").unwrap();
    assert_eq!((read.duplicates, read.matrix.get(0, 0), read.matrix.entries()), (1, 3.0, 2));
}

#[test]
fn whatever_is_wrong_is_told_with_its_line() {
    const REAL: &str = "%%MatrixMarket matrix coordinate real general\n";
    let cases = [
        ("hello\n1 1 1\n".to_owned(), "does not begin with %%MatrixMarket"),
        ("%%MatrixMarket vector coordinate real general\n".to_owned(), "only a matrix"),
        ("%%MatrixMarket matrix coordinate quaternion general\n1 1 1\n".to_owned(), "quaternion"),
        (format!("{REAL}% only comments\n"), "cut short"),
        (format!("{REAL}2 2\n"), "line 2 has 2 numbers where the rows, columns and entries"),
        (format!("{REAL}99999999999999999999 2 1\n1 1 1\n"), "more than can be counted"),
        (format!("{REAL}3000000000 2 1\n1 1 1\n"), "at most 2147483647"),
        (format!("{REAL}2 2 1000000\n1 1 1\n"), "announces 1000000 entries, but only"),
        (format!("{REAL}900000000 900000000 1\n1 1 1\n"), "nearly all of them would be empty"),
        (format!("{REAL}2 2 2\n1 1 1.0000\n"), "announces 2 entries, and 1 are there"),
        (format!("{REAL}2 2 1\n1 1 1\n2 2 2\n"), "announces 1 entries, and 2 are there"),
        (format!("{REAL}2 2 1\n3 1 1\n"), "line 3 is about row 3, and the matrix has rows 1 to 2"),
        (format!("{REAL}2 2 1\n0 1 1\n"), "line 3 is about row 0"),
        (format!("{REAL}2 2 1\n1 1 nan\n"), "line 3 has the value NaN"),
        (format!("{REAL}2 2 1\n1 1 1e400\n"), "line 3 has the value inf"),
        (format!("{REAL}2 2 2\n1 1 1\n1 2\n"), "line 4 has 2 numbers where 3 should stand"),
        (format!("{REAL}2 2 1\n1 1 1 5\n"), "change the word real to complex"),
        (format!("{REAL}2 2 1\n1 x 1\n"), "“x” where the column should stand"),
        ("%%MatrixMarket matrix coordinate pattern general\n2 2 1\n1 1 4\n".to_owned(), "pattern to real"),
        ("%%MatrixMarket matrix coordinate real symmetric\n2 3 1\n1 1 4\n".to_owned(), "only a square one"),
        ("%%MatrixMarket matrix coordinate real symmetric\n2 2 1\n1 2 4\n".to_owned(), "above the diagonal"),
        (
            "%%MatrixMarket matrix coordinate real skew-symmetric\n2 2 1\n1 1 4\n".to_owned(),
            "on the diagonal",
        ),
        ("%%MatrixMarket matrix coordinate real hermitian\n2 2 1\n1 1 4\n".to_owned(), "not complex"),
        ("%%MatrixMarket matrix array pattern general\n2 2\n".to_owned(), "can not be a pattern"),
        (
            "%%MatrixMarket matrix array real general\n2 2\n1.0\n2.0\n3.0\n".to_owned(),
            "announces 4 entries, and 3",
        ),
    ];
    for (text, expected) in cases {
        let message = problem(&text);
        assert!(message.contains(expected), "{text:?} gave {message}");
    }
    assert!(problem("").contains("is empty"));
}

#[test]
fn a_problem_far_down_has_the_right_line_on_any_number_of_threads() {
    let mut text = String::from("%%MatrixMarket matrix coordinate real general\n200000 200000 200000\n");
    for row in 1..=200_000 {
        text.push_str(&format!("{row} {row} {}\n", if row == 150_000 { "oops" } else { "1.25" }));
    }
    for threads in [1, 2] {
        let message = in_pool(threads, || Ok(problem(&text))).unwrap();
        assert!(message.contains("line 150002 has “oops”"), "{message}");
    }
}

#[test]
fn a_look_takes_the_beginning_only() {
    let mut text = String::from("%%MatrixMarket matrix coordinate real general\n1000 1000 1000\n");
    (1..=1000).for_each(|row| text.push_str(&format!("{row} {row} 1.5\n")));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("m.mtx");
    std::fs::write(&path, text).unwrap();
    let info = read_matrix_market(&path, ReadLimits { most_bytes: 100 }, folder.path(), &mut Silent).unwrap();
    assert!(info.figure("entries").unwrap() > 5.0 && info.figure("entries").unwrap() < 30.0);
}

#[test]
fn vectors_may_be_dense_or_sparse() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("b.mtx");
    std::fs::write(&path, "%%MatrixMarket matrix array real general\n3 2\n1\n2\n3\n4\n5\n6\n").unwrap();
    let info = read_matrix_market_vector(&path, 1, "rightHandSide", folder.path(), &mut Silent).unwrap();
    assert_eq!(info.files, ["rightHandSide.npy"]);
    let bytes = std::fs::read(folder.path().join("rightHandSide.npy")).unwrap();
    assert_eq!(bytes[bytes.len() - 8..], 6.0f64.to_le_bytes());
    assert!(read_matrix_market_vector(&path, 2, "b", folder.path(), &mut Silent).is_err());
}

proptest! {
    #[test]
    fn what_is_written_reads_back_to_the_same_numbers(
        size in 1usize..12, count in 0usize..60, symmetric: bool, seed in any::<u64>()
    ) {
        let mut random = Random::new(seed, 0);
        let mut triplets = Vec::new();
        for _ in 0..count {
            let (row, column) = (random.below(size), random.below(size));
            let value = Complex64::new(random.normal(), random.normal() * 1e-30);
            triplets.push((row, column, value));
            if symmetric && row != column {
                triplets.push((column, row, value));
            }
        }
        let matrix = CsrMatrix::from_triplets(size, size, &triplets).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("m.mtx");
        write_matrix_market(&matrix, "made by a test", &path, &mut Silent).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        prop_assert!(read::<Complex64>(&text).unwrap().matrix == matrix);
    }
}
