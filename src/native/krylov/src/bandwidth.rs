use std::hint::black_box;
use std::time::Instant;

use filigree_core::{Error, Flow, Info, Observer, StopReason, Stopwatch, filled, keep_going, zeros};

use crate::copy_kernels::{COPY_KERNELS, past_the_caches, read};
use crate::{CsrMatrix, Scalar};

/// Numbers that are copied: well beyond any cache.
const COPIED: usize = 1 << 24;

const STAGE: &str = "Measuring the product with the matrix";

/// Measures y ← A x beside copies of memory and a mere reading of it, in turn, on the threads of the current pool; best of
/// `rounds` each. Bytes of the product are those that must move for the matrix as it is stored: values, column indices, row
/// pointers, x and y once each. Bytes of a copy are those read and those written, as STREAM counts them; the copy that the
/// product is held against is the faster of two with ordinary stores, and one with stores past the caches is told beside it.
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
    let x = filled(matrix.columns(), S::ONE, "a vector")?;
    let mut y = filled(matrix.rows(), S::ZERO, "a vector")?;
    let moved = matrix.entries() * (size_of::<S>() + size_of::<u32>())
        + size_of_val(matrix.row_pointers())
        + (x.len() + y.len()) * size_of::<S>();
    let [mut product, mut copy, mut streamed, mut reading] = [f64::INFINITY; 4];
    for round in 0..rounds.max(1) {
        for kernel in COPY_KERNELS {
            copy = copy.min(timed(|| kernel(&source, black_box(&mut target))));
        }
        streamed = streamed.min(timed(|| past_the_caches(&source, black_box(&mut target))));
        reading = reading.min(timed(|| _ = black_box(read(&source))));
        product = product.min(timed(|| matrix.multiply(&x, black_box(&mut y))));
        let flow: Flow = observer.progress((round + 1) as f64 / rounds as f64);
        keep_going(flow, STAGE)?;
    }
    let bytes = size_of_val(source.as_slice()) as f64;
    let (product_rate, copy_rate) = (moved as f64 / product, 2.0 * bytes / copy);
    Ok(Info {
        iterations: rounds,
        stop_reason: StopReason::Finished,
        stop_message: format!(
            "A product moves {:.1} GB/s, a copy {:.1} GB/s, a copy past the caches {:.1} GB/s, mere reading {:.1} GB/s.",
            product_rate * 1e-9,
            copy_rate * 1e-9,
            2e-9 * bytes / streamed,
            1e-9 * bytes / reading
        ),
        figures: vec![
            ("productBytes", moved as f64),
            ("productBytesPerSecond", product_rate),
            ("copyBytesPerSecond", copy_rate),
            ("shareOfCopy", product_rate / copy_rate),
            ("shareOfStreamedCopy", product_rate * streamed / (2.0 * bytes)),
            ("shareOfReading", product_rate * reading / bytes),
            ("productSeconds", product),
        ],
        ..Info::measured(&watch)
    })
}

/// Seconds that `work` takes.
fn timed(work: impl FnOnce()) -> f64 {
    let started = Instant::now();
    work();
    started.elapsed().as_secs_f64()
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
