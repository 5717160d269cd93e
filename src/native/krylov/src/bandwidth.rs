use std::hint::black_box;
use std::time::Instant;

use filigree_core::{Error, Flow, Info, Observer, StopReason, Stopwatch, keep_going, zeros};
use rayon::prelude::*;

use crate::{CsrMatrix, Scalar};

/// Numbers that are copied: well beyond any cache.
const COPIED: usize = 1 << 24;

/// Numbers a thread copies at a time.
const PIECE: usize = 1 << 16;

const STAGE: &str = "Measuring the product with the matrix";

/// Measures y ← A x beside a plain copy, in turn, on the threads of the current pool; best of `rounds` each. Bytes of the
/// product are those that must move: values, column indices, row pointers, x and y once each. Bytes of the copy are those
/// read and those written, as STREAM counts them.
pub fn measure<S: Scalar>(
    matrix: &CsrMatrix<S>,
    rounds: usize,
    observer: &mut dyn Observer,
) -> Result<Info, Error> {
    let watch = Stopwatch::start();
    observer.stage(STAGE);
    let source = filigree_core::filled(COPIED, 1.0f64, "the copy")?;
    let mut target = zeros(COPIED, "the copy")?;
    let x = vec![S::ONE; matrix.columns()];
    let mut y = vec![S::ZERO; matrix.rows()];
    let moved = matrix.entries() * (size_of::<S>() + size_of::<u32>())
        + size_of_val(matrix.row_pointers())
        + (x.len() + y.len()) * size_of::<S>();
    let (mut product, mut copy) = (f64::INFINITY, f64::INFINITY);
    for round in 0..rounds.max(1) {
        let started = Instant::now();
        target
            .par_chunks_mut(PIECE)
            .zip(source.par_chunks(PIECE))
            .for_each(|(to, from)| to.copy_from_slice(from));
        black_box(&target);
        copy = copy.min(started.elapsed().as_secs_f64());
        let started = Instant::now();
        matrix.multiply(&x, &mut y);
        black_box(&y);
        product = product.min(started.elapsed().as_secs_f64());
        let flow: Flow = observer.progress((round + 1) as f64 / rounds as f64);
        keep_going(flow, STAGE)?;
    }
    let copied = 2 * COPIED * size_of::<f64>();
    let (product_rate, copy_rate) = (moved as f64 / product, copied as f64 / copy);
    Ok(Info {
        iterations: rounds,
        stop_reason: StopReason::Finished,
        stop_message: format!(
            "A product moves {:.1} GB/s, a copy {:.1} GB/s.",
            product_rate * 1e-9,
            copy_rate * 1e-9
        ),
        figures: vec![
            ("productBytesPerSecond", product_rate),
            ("copyBytesPerSecond", copy_rate),
            ("shareOfCopy", product_rate / copy_rate),
            ("productSeconds", product),
        ],
        ..Info::measured(&watch)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use filigree_core::Silent;

    #[test]
    fn rates_are_positive_and_their_share_is_told() {
        let info = measure(&CsrMatrix::<f64>::identity(1000), 1, &mut Silent).unwrap();
        let share =
            info.figure("productBytesPerSecond").unwrap() / info.figure("copyBytesPerSecond").unwrap();
        assert_eq!(info.figure("shareOfCopy"), Some(share));
        assert!(share > 0.0);
    }
}
