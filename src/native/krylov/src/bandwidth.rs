use std::hint::black_box;
use std::time::Instant;

use filigree_core::{Error, Flow, Info, Observer, StopReason, Stopwatch, keep_going, zeros};

use crate::copy_kernels::COPY_KERNELS;
use crate::{CsrMatrix, Scalar};

/// Numbers that are copied: well beyond any cache.
const COPIED: usize = 1 << 24;

const STAGE: &str = "Measuring the product with the matrix";

/// Measures y ← A x beside plain copies, in turn, on the threads of the current pool; best of `rounds` each, and of the
/// usual ways of copying the fastest. Bytes of the product are those that must move for the matrix as it is stored:
/// values, column indices, row pointers, x and y once each. Bytes of the copy are those read and those written, as STREAM
/// counts them.
pub fn measure<S: Scalar>(
    matrix: &CsrMatrix<S>,
    rounds: usize,
    observer: &mut dyn Observer,
) -> Result<Info, Error> {
    let watch = Stopwatch::start();
    observer.stage(STAGE);
    // Both as the arrays of a matrix are had, so that their pages are of one size.
    let (mut source, mut target) = (zeros(COPIED, "the copy")?, zeros(COPIED, "the copy")?);
    source.fill(1.0);
    let x = vec![S::ONE; matrix.columns()];
    let mut y = vec![S::ZERO; matrix.rows()];
    let moved = matrix.entries() * (size_of::<S>() + size_of::<u32>())
        + size_of_val(matrix.row_pointers())
        + (x.len() + y.len()) * size_of::<S>();
    let mut product = f64::INFINITY;
    let mut copies = [f64::INFINITY; COPY_KERNELS.len()];
    for round in 0..rounds.max(1) {
        for ((_, copy), best) in COPY_KERNELS.iter().zip(&mut copies) {
            let started = Instant::now();
            copy(&source, &mut target);
            black_box(&target);
            *best = best.min(started.elapsed().as_secs_f64());
        }
        let started = Instant::now();
        matrix.multiply(&x, &mut y);
        black_box(&y);
        product = product.min(started.elapsed().as_secs_f64());
        let flow: Flow = observer.progress((round + 1) as f64 / rounds as f64);
        keep_going(flow, STAGE)?;
    }
    let copied = 2 * COPIED * size_of::<f64>();
    let (fastest, copy) = COPY_KERNELS
        .iter()
        .zip(copies)
        .min_by(|left, right| left.1.total_cmp(&right.1))
        .map_or(("", f64::INFINITY), |(&(name, _), seconds)| (name, seconds));
    let (product_rate, copy_rate) = (moved as f64 / product, copied as f64 / copy);
    Ok(Info {
        iterations: rounds,
        stop_reason: StopReason::Finished,
        stop_message: format!(
            "A product moves {:.1} GB/s, the fastest copy ({fastest}) {:.1} GB/s.",
            product_rate * 1e-9,
            copy_rate * 1e-9
        ),
        figures: vec![
            ("productBytes", moved as f64),
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
