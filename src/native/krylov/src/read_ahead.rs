use filigree_core::ask_for;

/// Entries between the one that is worked on and those that are asked for: far enough for memory to answer in time, near
/// enough to stay in the cache until then.
const DISTANCE: usize = 1024;

/// Bytes that memory hands out together.
const LINE: usize = 64;

/// Column indices of one line.
const STEP: usize = LINE / size_of::<u32>();

/// Where a walk over the entries of a matrix goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Walk {
    /// To larger numbers of entries.
    Forward,
    /// To smaller ones.
    Backward,
}

/// Asks memory for the columns and values that come [`DISTANCE`] entries after `from..to` on a walk through a matrix. The
/// machine by itself follows a stream to the end of its page only, and short rows leave it waiting at every one: with
/// this, the product with a stencil is twice as fast. It never changes a result; machines without such a wish ignore it.
#[inline(always)]
pub fn read_ahead<T>(columns: &[u32], values: &[T], from: usize, to: usize, walk: Walk) {
    let values_step = (LINE / size_of::<T>()).max(1);
    let mut place = from;
    while place < to {
        let wanted = match walk {
            Walk::Forward => place + DISTANCE,
            Walk::Backward => place.wrapping_sub(DISTANCE),
        };
        if wanted < columns.len() {
            ask_for(columns.as_ptr().wrapping_add(wanted));
            for offset in (0..STEP).step_by(values_step) {
                ask_for(values.as_ptr().wrapping_add(wanted + offset));
            }
        }
        place += STEP;
    }
}
