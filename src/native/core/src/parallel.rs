use std::ops::Range;

use rayon::prelude::*;

use crate::Error;

/// Pixels in a tile. Part of every result's definition: sums run within a tile first, then over tiles in
/// order, so that the bytes written do not depend on the number of threads.
pub const TILE_PIXELS: usize = 256;

/// Tiles worked on between two looks at the observer; bounds the memory of partial results.
pub const BATCH_TILES: usize = 64;

/// `range` cut into pieces of `length`, the last one shorter.
pub fn tiles(range: Range<usize>, length: usize) -> impl ExactSizeIterator<Item = Range<usize>> {
    let count = range.len().div_ceil(length);
    (0..count).map(move |index| {
        let start = range.start + index * length;
        start..(start + length).min(range.end)
    })
}

/// 0…`count` cut into batches of `BATCH_TILES` tiles.
pub fn batches(count: usize) -> impl ExactSizeIterator<Item = Range<usize>> {
    tiles(0..count, TILE_PIXELS * BATCH_TILES)
}

/// Runs `work` on every tile of `range`, on all threads of the current pool, and returns the results in the
/// order of the tiles; the first error in that order wins.
pub fn map_tiles<T: Send>(
    range: Range<usize>,
    work: impl Fn(Range<usize>) -> Result<T, Error> + Send + Sync,
) -> Result<Vec<T>, Error> {
    let pieces: Vec<_> = tiles(range, TILE_PIXELS).collect();
    let results: Vec<Result<T, Error>> = pieces.into_par_iter().map(work).collect();
    results.into_iter().collect()
}

/// Runs `work` inside a pool of its own with `threads` threads (at least one).
pub fn in_pool<T: Send>(threads: usize, work: impl FnOnce() -> Result<T, Error> + Send) -> Result<T, Error> {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads.max(1))
        .thread_name(|index| format!("filigree-{index}"))
        .build()
        .map_err(|error| Error::Io(format!("The system refused to start {threads} threads: {error}.")))?;
    pool.install(work)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiles_cover_the_range_in_order() {
        let pieces: Vec<_> = tiles(3..14, 4).collect();
        assert_eq!(pieces, vec![3..7, 7..11, 11..14]);
        assert_eq!(tiles(5..5, 4).len(), 0);
    }

    #[test]
    fn sums_are_the_same_bytes_on_any_number_of_threads() {
        let values: Vec<f64> = (0..100_000).map(|i| (i as f64 * 0.37).sin() * 1e3f64.powi(i % 5)).collect();
        let sum = |threads| {
            in_pool(threads, || {
                let parts = map_tiles(0..values.len(), |tile| Ok(tile.map(|i| values[i]).sum::<f64>()))?;
                Ok(parts.iter().sum::<f64>())
            })
            .unwrap()
        };
        assert_eq!(sum(1).to_bits(), sum(2).to_bits());
        assert_eq!(sum(1).to_bits(), sum(3).to_bits());
    }

    #[test]
    fn the_first_error_in_order_wins() {
        let error = in_pool(2, || {
            map_tiles(0..TILE_PIXELS * 8, |tile| {
                if tile.start >= TILE_PIXELS * 2 {
                    Err(Error::InvalidData(format!("{}", tile.start)))
                } else {
                    Ok(())
                }
            })
        })
        .unwrap_err();
        assert_eq!(error, Error::InvalidData((TILE_PIXELS * 2).to_string()));
    }
}
