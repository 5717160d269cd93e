use std::ops::Range;

use filigree_core::{Error, Observer, keep_going, tiles};
use rayon::prelude::*;

/// Entries in a tile. Part of every result's definition, like all sizes here: sums run within a group of tiles first
/// and then over the groups in order, so that the bytes written do not depend on the number of threads.
const TILE_ENTRIES: usize = 1 << 16;

/// Tiles a group sums up before its result joins the others: few, so that small tensors too keep every thread busy.
const GROUP_TILES: usize = 2;

/// Groups worked on between two looks at the observer.
const MOST_GROUPS: usize = 32;

/// Entries all partial sums may have together.
const PARTIAL_ENTRIES: usize = 1 << 24;

/// How many positions across a mode make a tile, if each holds `length` entries.
pub fn tile_width(length: usize) -> usize {
    (TILE_ENTRIES / length.max(1)).max(1)
}

/// One pass over 0…`count` in tiles of `width`. Groups of tiles are worked on by all threads: `work` gives what a group
/// adds (of about `partial_entries` entries), `join` receives the parts in order. The observer is asked after every
/// batch of groups.
pub fn pass<T: Send>(
    count: usize,
    width: usize,
    partial_entries: usize,
    stage: &str,
    observer: &mut dyn Observer,
    work: impl Fn(Vec<Range<usize>>) -> Result<T, Error> + Send + Sync,
    mut join: impl FnMut(Range<usize>, T) -> Result<(), Error>,
) -> Result<(), Error> {
    let groups = (PARTIAL_ENTRIES / partial_entries.max(1)).clamp(1, MOST_GROUPS);
    let group = width.saturating_mul(GROUP_TILES).min(count.max(1));
    for batch in tiles(0..count, group.saturating_mul(groups)) {
        let end = batch.end;
        let ranges: Vec<Range<usize>> = tiles(batch, group).collect();
        let parts: Vec<Result<T, Error>> =
            ranges.par_iter().map(|range| work(tiles(range.clone(), width).collect())).collect();
        for (range, part) in ranges.into_iter().zip(parts) {
            join(range, part?)?;
        }
        keep_going(observer.progress(end as f64 / count as f64), stage)?;
    }
    Ok(())
}
