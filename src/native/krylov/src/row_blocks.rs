use crate::Scalar;

/// Entries and rows that a block of rows holds together, about.
const BLOCK_WEIGHT: usize = 1 << 14;

/// Rows cut into blocks of about as much work each, whatever the number of threads.
#[derive(Clone, Debug)]
pub struct RowBlocks {
    /// First row of every block, and the number of rows at the end.
    starts: Vec<usize>,
}

/// Blocks of about as many entries (a row counts as one more).
pub fn by_entries(row_pointers: &[usize]) -> RowBlocks {
    let rows = row_pointers.len() - 1;
    let mut starts = vec![0];
    let mut weight = 0;
    for row in 0..rows {
        weight += row_pointers[row + 1] - row_pointers[row] + 1;
        if weight >= BLOCK_WEIGHT && row + 1 < rows {
            starts.push(row + 1);
            weight = 0;
        }
    }
    starts.push(rows);
    RowBlocks { starts }
}

impl RowBlocks {
    /// Runs `work` on every block of `y`, given the row it starts with, on all threads of the current pool.
    pub fn for_each<S: Scalar>(&self, y: &mut [S], work: impl Fn(usize, &mut [S]) + Sync) {
        halve(&self.starts, y, &work);
    }
}

/// Splits the blocks in two until one is left.
fn halve<S: Scalar>(starts: &[usize], y: &mut [S], work: &(impl Fn(usize, &mut [S]) + Sync)) {
    let blocks = starts.len() - 1;
    if blocks <= 1 {
        work(starts[0], y);
        return;
    }
    let middle = blocks / 2;
    let (left, right) = y.split_at_mut(starts[middle] - starts[0]);
    rayon::join(|| halve(&starts[..=middle], left, work), || halve(&starts[middle..], right, work));
}
