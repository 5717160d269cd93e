use super::*;
use crate::test_matrices::random_matrix;
use crate::vector;
use filigree_core::{Random, in_pool};
use num_complex::Complex64;
use proptest::prelude::*;

#[test]
fn triplets_of_one_place_are_summed() {
    let matrix =
        CsrMatrix::from_triplets(2, 3, &[(1, 2, 1.0), (0, 0, 2.0), (1, 2, 4.0), (1, 0, 3.0)]).unwrap();
    assert_eq!(matrix.row_pointers(), [0, 1, 3]);
    assert_eq!(matrix.column_indices(), [0, 0, 2]);
    assert_eq!(matrix.values(), [2.0, 3.0, 5.0]);
    assert_eq!((matrix.one_norm(), matrix.infinity_norm()), (5.0, 8.0));
}

#[test]
fn arrays_that_do_not_make_a_matrix_are_refused_in_words() {
    let made = |pointers: &[usize], indices: &[u32]| {
        let values = vec![1.0; indices.len()];
        CsrMatrix::new(2, 2, pointers.to_vec(), indices.to_vec(), values).unwrap_err().to_string()
    };
    assert!(made(&[0, 2, 2], &[1, 1]).contains("column 2 of row 1 comes twice"));
    assert!(made(&[0, 2, 2], &[1, 0]).contains("out of order"));
    assert!(made(&[0, 1, 2], &[0, 2]).contains("column 3 of 2"));
    assert!(made(&[0, 2, 1], &[0]).contains("row 2 ends before"));
    assert!(made(&[0, 1, 3], &[0, 1]).contains("promise 3 entries"));
    assert!(CsrMatrix::from_triplets(2, 2, &[(2, 0, 1.0)]).unwrap_err().to_string().contains("row 3"));
}

#[test]
fn deviations_tell_symmetric_from_hermitian() {
    let i = Complex64::I;
    let hermitian = CsrMatrix::from_triplets(2, 2, &[(0, 1, i), (1, 0, -i), (0, 0, Complex64::ONE)]).unwrap();
    assert!(hermitian.is_hermitian());
    assert!(hermitian.symmetric_deviation() > 1.0);
    let lopsided = CsrMatrix::from_triplets(3, 3, &[(0, 1, 3.0), (2, 2, 4.0)]).unwrap();
    assert!((lopsided.hermitian_deviation() - 18f64.sqrt() / 5.0).abs() < 1e-15);
    assert!(CsrMatrix::from_triplets(1, 2, &[(0, 0, 1.0)]).unwrap().hermitian_deviation().is_infinite());
}

#[test]
fn one_and_two_threads_multiply_to_the_same_bytes() {
    let matrix = random_matrix::<Complex64>(20_000, 20_000, 300_000, 3);
    let mut random = Random::new(4, 0);
    let x: Vec<_> = (0..20_000).map(|_| Complex64::new(random.normal(), random.normal())).collect();
    let run = |threads| {
        in_pool(threads, || {
            let mut y = vec![Complex64::ZERO; 20_000];
            matrix.multiply(&x, &mut y);
            Ok(y)
        })
        .unwrap()
    };
    assert!(run(1) == run(2));
}

proptest! {
    #[test]
    fn the_adjoint_moves_through_inner_products(
        rows in 1usize..30, columns in 1usize..30, entries in 0usize..200, seed in any::<u64>()
    ) {
        let matrix = random_matrix::<Complex64>(rows, columns, entries, seed);
        let mut random = Random::new(seed, 1);
        let mut draw = |n: usize| -> Vec<Complex64> {
            (0..n).map(|_| Complex64::new(random.normal(), random.normal())).collect()
        };
        let (x, y) = (draw(columns), draw(rows));
        let mut ax = vec![Complex64::ZERO; rows];
        matrix.multiply(&x, &mut ax);
        let mut ay = vec![Complex64::ZERO; columns];
        matrix.kept_adjoint().multiply(&y, &mut ay);
        let (left, right) = (vector::dot(&y, &ax), vector::dot(&ay, &x));
        prop_assert!((left - right).norm() <= 1e-11 * (1.0 + left.norm()));
        prop_assert_eq!(matrix.transpose().transpose(), matrix);
    }
}
