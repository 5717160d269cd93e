use crate::Scalar;
use crate::built_rows::RowSink;

/// How interpolation rows are thinned.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Truncation {
    /// Weights below this share of the row's largest are dropped.
    pub share: f64,
    /// At most this many weights a row are kept; 0 keeps all.
    pub most: usize,
}

impl Truncation {
    /// Thins the row of the sink and rescales what is left, so that the row's sum stays. Of weights of one size the
    /// one with the lower column is kept.
    pub fn apply<S: Scalar>(&self, sink: &mut RowSink<S>, scratch: &mut Vec<(f64, u32)>) {
        let (columns, values) = sink.row();
        if columns.len() <= 1 || (self.share <= 0.0 && (self.most == 0 || columns.len() <= self.most)) {
            return;
        }
        scratch.clear();
        scratch.extend(values.iter().zip(columns).map(|(value, &column)| (value.modulus(), column)));
        scratch.sort_unstable_by(|left, right| right.0.total_cmp(&left.0).then(left.1.cmp(&right.1)));
        let most = if self.most == 0 { scratch.len() } else { self.most.min(scratch.len()) };
        let floor = self.share * scratch[0].0;
        let kept = scratch[..most].partition_point(|&(size, _)| size >= floor);
        if kept == scratch.len() {
            return;
        }
        let last = scratch[kept - 1];
        let stays = |value: S, column: u32| {
            value.modulus() > last.0 || (value.modulus() == last.0 && column <= last.1)
        };
        let (mut whole, mut left) = (S::ZERO, S::ZERO);
        for (&value, &column) in values.iter().zip(columns) {
            whole += value;
            if stays(value, column) {
                left += value;
            }
        }
        // Where the kept weights cancel, a common factor would blow them up.
        let factor = if left.modulus() > 1e-3 * whole.modulus() && left.modulus() > 0.0 {
            whole / left
        } else {
            S::ONE
        };
        sink.rewrite(|column, value| stays(value, column).then(|| (column, value * factor)));
    }
}
