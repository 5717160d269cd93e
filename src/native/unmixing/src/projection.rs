/// Pixels worked on side by side: with three vectors of four numbers for each, and for the row they are multiplied
/// by, they stay in registers.
pub(crate) const PIXELS: usize = 2;

/// A basis laid out for [`Projection::of`]: Qᵀy + s for pixels y of many bands and a basis Q of a few columns.
pub(crate) struct Projection {
    bands: usize,
    /// Columns of Q in groups of the width it was made for; within a group, band after band.
    groups: Vec<f64>,
    /// s, filled up with zeros.
    shift: Vec<f64>,
}

impl Projection {
    /// Lays out `basis` (bands × `columns`), filled up to `stride` columns in groups of `width`.
    pub(crate) fn new(basis: &[f64], shift: &[f64], stride: usize, width: usize) -> Self {
        let columns = shift.len();
        let bands = basis.len() / columns;
        let mut groups = Vec::with_capacity(bands * stride);
        for group in (0..stride).step_by(width) {
            for row in basis.chunks_exact(columns) {
                groups.extend((group..group + width).map(|k| row.get(k).copied().unwrap_or(0.0)));
            }
        }
        let shift = (0..stride).map(|k| shift.get(k).copied().unwrap_or(0.0)).collect();
        Self { bands, groups, shift }
    }

    /// Projects two pixels; `S` and `W` are the stride and width it was made with.
    #[inline(always)]
    pub(crate) fn of<const S: usize, const W: usize>(&self, pixels: [&[f64]; PIXELS]) -> [[f64; S]; PIXELS] {
        let mut out = [[0.0; S]; PIXELS];
        let [a, b] = pixels;
        for (index, group) in self.groups.chunks_exact(self.bands * W).enumerate() {
            let mut sums = [[0.0; W]; PIXELS];
            for ((row, &a), &b) in group.as_chunks::<W>().0.iter().zip(a).zip(b) {
                for k in 0..W {
                    sums[0][k] += a * row[k];
                    sums[1][k] += b * row[k];
                }
            }
            for (pixel, sums) in out.iter_mut().zip(&sums) {
                pixel[index * W..(index + 1) * W].copy_from_slice(sums);
            }
        }
        for pixel in &mut out {
            pixel.iter_mut().zip(&self.shift).for_each(|(value, shift)| *value += shift);
        }
        out
    }
}

/// The slices of two pixels that start with pixel `first`; the last one is repeated where there is but one.
#[inline(always)]
pub(crate) fn two(values: &[f64], length: usize, first: usize) -> [&[f64]; PIXELS] {
    let last = values.len() / length - 1;
    std::array::from_fn(|index| &values[(first + index).min(last) * length..][..length])
}
