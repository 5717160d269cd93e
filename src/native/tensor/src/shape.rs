use std::ops::Range;

use filigree_core::Error;

/// A shape seen from one mode: in C order an element lies at `(before · length + index) · after + position after`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ModeView {
    /// Product of the lengths of the modes before.
    pub before: usize,
    /// Length of the mode.
    pub length: usize,
    /// Product of the lengths of the modes after.
    pub after: usize,
}

impl ModeView {
    /// `shape` seen from `mode`.
    pub fn new(shape: &[usize], mode: usize) -> Self {
        Self {
            before: shape[..mode].iter().product(),
            length: shape[mode],
            after: shape[mode + 1..].iter().product(),
        }
    }

    /// Columns of the unfolding: positions of all other modes, in C order.
    pub fn columns(&self) -> usize {
        self.before * self.after
    }

    /// Runs of `columns` that share everything before the mode: how many columns come first, the index before, and the
    /// positions after.
    pub fn runs(&self, columns: Range<usize>) -> impl Iterator<Item = (usize, usize, Range<usize>)> + use<> {
        let after = self.after;
        let mut next = columns.start;
        std::iter::from_fn(move || {
            if next >= columns.end {
                return None;
            }
            let (before, first) = (next / after, next % after);
            let length = (after - first).min(columns.end - next);
            let done = next - columns.start;
            next += length;
            Some((done, before, first..first + length))
        })
    }
}

/// Number of elements of a shape, or the sentence that no machine could hold them.
pub fn element_count(shape: &[usize]) -> Result<usize, Error> {
    shape
        .iter()
        .try_fold(1usize, |count, &length| count.checked_mul(length))
        .filter(|&count| count <= isize::MAX as usize / size_of::<f64>())
        .ok_or_else(|| {
            Error::InvalidData(format!(
                "A tensor of {} has more entries than can be counted. Check the lengths of its modes.",
                shape_text(shape)
            ))
        })
}

/// `95 × 95 × 156`.
pub fn shape_text(shape: &[usize]) -> String {
    shape.iter().map(usize::to_string).collect::<Vec<_>>().join(" × ")
}

/// The index along every mode of a position in C order.
pub fn index_of(mut position: usize, shape: &[usize]) -> Vec<usize> {
    let mut index = vec![0; shape.len()];
    for mode in (0..shape.len()).rev() {
        index[mode] = position % shape[mode];
        position /= shape[mode];
    }
    index
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_cover_the_columns_in_order() {
        let view = ModeView::new(&[3, 7, 5], 1);
        assert_eq!(view, ModeView { before: 3, length: 7, after: 5 });
        let runs: Vec<_> = view.runs(3..12).collect();
        assert_eq!(runs, vec![(0, 0, 3..5), (2, 1, 0..5), (7, 2, 0..2)]);
    }

    #[test]
    fn a_product_that_overflows_is_a_sentence() {
        let error = element_count(&[usize::MAX / 2, 3]).unwrap_err();
        assert!(error.to_string().contains("more entries than can be counted"), "{error}");
        assert_eq!(element_count(&[2, 3, 4]).unwrap(), 24);
        assert_eq!(index_of(17, &[2, 3, 4]), vec![1, 1, 1]);
    }
}
