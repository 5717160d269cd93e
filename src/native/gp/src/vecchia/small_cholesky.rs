use super::lanes::{LANES, Lanes};

/// Pivots eliminated together, so that an entry is loaded and stored once for all of them.
const TOGETHER: usize = 4;

/// In place, the upper factor of a symmetric matrix with right-hand sides beside it: `matrix` has `size` rows of `width`
/// numbers (whole lanes), of which the upper triangle of the first `size` columns is read. Afterwards its rows hold U
/// with UᵀU = A, and the further columns U⁻ᵀ times what they held.
///
/// A pivot at or below `smallest`, of a point whose value those before it already determine, is left out: its row is
/// emptied and its `inverse_pivots` is nought, which takes the point out of the set that is conditioned on. Returns how
/// many were. The last pivot is never left out but raised to `smallest`: it is the variance that is asked for.
#[inline(always)]
pub fn factor(
    matrix: &mut [f64],
    size: usize,
    width: usize,
    smallest: f64,
    inverse_pivots: &mut [f64],
) -> usize {
    let mut left_out = 0;
    for first in (0..size).step_by(TOGETHER) {
        let end = (first + TOGETHER).min(size);
        for k in first..end {
            let (above, below) = matrix.split_at_mut((k + 1) * width);
            let row = &mut above[k * width..];
            let pivot = row[k];
            let inverse = if pivot > smallest {
                1.0 / pivot.sqrt()
            } else if k + 1 == size {
                row[k] = smallest;
                1.0 / smallest.sqrt()
            } else {
                left_out += 1;
                0.0
            };
            inverse_pivots[k] = inverse;
            let start = k / LANES * LANES;
            row[start..k].fill(0.0);
            scale(&mut row[start..width], inverse);
            for (offset, other) in below.chunks_exact_mut(width).take(end - k - 1).enumerate() {
                let i = k + 1 + offset;
                let start = i / LANES * LANES;
                subtract(&mut other[start..], &row[start..width], row[i]);
            }
        }
        let (above, below) = matrix.split_at_mut(end * width);
        let rows = &above[first * width..];
        if end - first == TOGETHER {
            let mut left = below[..(size - end) * width].chunks_exact_mut(TOGETHER * width);
            let mut i = end;
            for four in &mut left {
                subtract_four::<TOGETHER>(four, rows, width, i);
                i += TOGETHER;
            }
            for other in left.into_remainder().chunks_exact_mut(width) {
                subtract_four::<1>(other, rows, width, i);
                i += 1;
            }
        }
    }
    left_out
}

#[inline(always)]
fn scale(row: &mut [f64], factor: f64) {
    let factor = Lanes::splat(factor);
    for chunk in row.chunks_exact_mut(LANES) {
        Lanes::load(chunk).times(factor).store(chunk);
    }
}

#[inline(always)]
fn subtract(from: &mut [f64], row: &[f64], factor: f64) {
    let factor = Lanes::splat(-factor);
    for (chunk, other) in from.chunks_exact_mut(LANES).zip(row.chunks_exact(LANES)) {
        Lanes::load(other).mul_add(factor, Lanes::load(chunk)).store(chunk);
    }
}

/// Rows from `i` on, `COUNT` of them, less their multiples of four rows of U: what is loaded of these serves them all.
#[inline(always)]
fn subtract_four<const COUNT: usize>(from: &mut [f64], rows: &[f64], width: usize, i: usize) {
    let (a, rest) = rows.split_at(width);
    let (b, rest) = rest.split_at(width);
    let (c, d) = rest.split_at(width);
    let factors: [[Lanes; TOGETHER]; COUNT] =
        std::array::from_fn(|own| [a, b, c, d].map(|row| Lanes::splat(-row[i + own])));
    let start = i / LANES * LANES;
    let mut own = from.chunks_exact_mut(width);
    // What a later one of them holds before its diagonal is never read.
    let mut own: [_; COUNT] = std::array::from_fn(|_| {
        let row = own.next().expect("as many rows as are asked for");
        row[start..].chunks_exact_mut(LANES)
    });
    let pairs = a[start..].chunks_exact(LANES).zip(b[start..].chunks_exact(LANES));
    let more = c[start..].chunks_exact(LANES).zip(d[start..width].chunks_exact(LANES));
    for ((a, b), (c, d)) in pairs.zip(more) {
        let (a, b, c, d) = (Lanes::load(a), Lanes::load(b), Lanes::load(c), Lanes::load(d));
        for (chunks, factors) in own.iter_mut().zip(&factors) {
            let chunk = chunks.next().expect("rows are as wide as those of U");
            let mut sum = Lanes::load(chunk);
            sum = a.mul_add(factors[0], sum);
            sum = b.mul_add(factors[1], sum);
            sum = c.mul_add(factors[2], sum);
            d.mul_add(factors[3], sum).store(chunk);
        }
    }
}

/// `x` = U⁻¹ b for the leading `size` rows of a factor, b in its column `column`. `x` is as long as whole lanes need.
#[inline(always)]
pub fn solve_upper(
    factor: &[f64],
    size: usize,
    width: usize,
    inverse_pivots: &[f64],
    column: usize,
    x: &mut [f64],
) {
    // What is not known yet is nought, so that whole lanes may be summed.
    x.fill(0.0);
    for i in (0..size).rev() {
        let start = i / LANES * LANES;
        let row = &factor[i * width..][..width];
        let mut sum = Lanes::splat(0.0);
        for (a, b) in row[start..].chunks_exact(LANES).zip(x[start..].chunks_exact(LANES)) {
            sum = Lanes::load(a).mul_add(Lanes::load(b), sum);
        }
        x[i] = (row[column] - sum.sum()) * inverse_pivots[i];
    }
}

/// `x` = U⁻ᵀ x for the leading `size` rows of a factor; what `x` holds beyond them is lost.
#[inline(always)]
pub fn solve_lower(factor: &[f64], size: usize, width: usize, inverse_pivots: &[f64], x: &mut [f64]) {
    for i in 0..size {
        let value = x[i] * inverse_pivots[i];
        let start = i / LANES * LANES;
        // Left of the diagonal, the row of U is nought within its first lanes: what is solved already stays.
        subtract(&mut x[start..], &factor[i * width + start..(i + 1) * width], value);
        x[i] = value;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vecchia::lanes::padded;
    use filigree_core::Random;

    /// A definite matrix with one column beside it, (row, column).
    fn drawn(size: usize, seed: u64) -> (Vec<f64>, usize) {
        let width = padded(size + 1);
        let mut random = Random::new(seed, 0);
        let half: Vec<f64> = (0..size * size).map(|_| random.normal()).collect();
        let mut matrix = vec![0.0; size * width];
        for i in 0..size {
            for j in 0..size {
                matrix[i * width + j] =
                    (0..size).map(|k| half[i * size + k] * half[j * size + k]).sum::<f64>()
                        + f64::from(u8::from(i == j));
            }
            matrix[i * width + size] = random.normal();
        }
        (matrix, width)
    }

    #[test]
    fn factors_rebuild_the_matrix_and_solve_it() {
        for size in [1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 31, 40] {
            let (matrix, width) = drawn(size, size as u64);
            let (mut upper, mut inverse) = (matrix.clone(), vec![0.0; size]);
            assert_eq!(factor(&mut upper, size, width, 1e-12, &mut inverse), 0);
            for i in 0..size {
                for j in i..size {
                    let rebuilt: f64 = (0..=i).map(|k| upper[k * width + i] * upper[k * width + j]).sum();
                    assert!((rebuilt - matrix[i * width + j]).abs() < 1e-10, "{size}: ({i}, {j})");
                }
            }
            // The column beside it is U⁻ᵀb; U⁻¹ of that solves A x = b.
            let mut x = vec![0.0; padded(size)];
            solve_upper(&upper, size, width, &inverse, size, &mut x);
            let mut again = vec![0.0; padded(size)];
            (0..size).for_each(|i| again[i] = matrix[i * width + size]);
            solve_lower(&upper, size, width, &inverse, &mut again);
            for i in 0..size {
                let product: f64 = (0..size).map(|j| matrix[i * width + j] * x[j]).sum();
                assert!((product - matrix[i * width + size]).abs() < 1e-8, "{size}: row {i}");
                assert!((again[i] - upper[i * width + size]).abs() < 1e-9);
            }
        }
    }

    #[test]
    fn a_point_that_others_determine_is_left_out() {
        let size = 9;
        let (mut matrix, width) = drawn(size, 3);
        // Row and column 5 repeat row and column 2.
        for i in 0..size {
            matrix[i * width + 5] = matrix[i * width + 2];
        }
        for j in 0..=size {
            matrix[5 * width + j] = matrix[2 * width + j];
        }
        let mut inverse = vec![0.0; size];
        assert_eq!(factor(&mut matrix, size, width, 1e-9, &mut inverse), 1);
        assert_eq!(inverse[5], 0.0);
        let mut x = vec![0.0; padded(size)];
        solve_upper(&matrix, size - 1, width, &inverse, size, &mut x);
        assert_eq!(x[5], 0.0);
        assert!(x.iter().all(|value| value.is_finite()));
    }
}
