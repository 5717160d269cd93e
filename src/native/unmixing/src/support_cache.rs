use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// A pivot of the Cholesky factor below this, relative to its diagonal entry, means that an endmember is a
/// combination of the others of the support.
const DEPENDENT: f64 = 1e-13;

/// The cache is emptied beyond this many numbers (32 MB).
const MOST_NUMBERS: usize = 4 << 20;

/// The equality-constrained solution on one support S: minimising ½aᵀHa − bᵀa with Σa = 1 over S gives
/// a = P·b + q and the multiplier q·b − 1/s, with v = H⁻¹1, s = 1ᵀv, P = H⁻¹ − vvᵀ/s, q = v/s.
pub(crate) struct Support {
    /// Endmembers of the support, rising.
    pub members: Vec<usize>,
    /// Columns of P, one for each member, with a number for every endmember: zero outside of the support.
    response: Vec<f64>,
    /// q, likewise.
    offset: Vec<f64>,
    /// 1/s.
    pub curvature: f64,
}

impl Support {
    /// Solves on the support given by the bits of `mask`, for vectors filled up to `stride` numbers; none where its
    /// endmembers are dependent.
    fn new(gram: &[f64], p: usize, stride: usize, mask: u64) -> Option<Self> {
        let members: Vec<usize> = (0..p).filter(|j| mask >> j & 1 == 1).collect();
        let size = members.len();
        let mut lower = vec![0.0; size * size];
        for i in 0..size {
            for j in 0..=i {
                let mut value = gram[members[i] * p + members[j]];
                for k in 0..j {
                    value -= lower[i * size + k] * lower[j * size + k];
                }
                lower[i * size + j] = if i > j {
                    value / lower[j * size + j]
                } else if value > DEPENDENT * gram[members[i] * p + members[i]] {
                    value.sqrt()
                } else {
                    return None;
                };
            }
        }
        let inverse = inverse(&lower, size);
        let ones: Vec<f64> = inverse.chunks_exact(size).map(|row| row.iter().sum()).collect();
        let total: f64 = ones.iter().sum();
        let mut response = vec![0.0; size * stride];
        let mut offset = vec![0.0; stride];
        for (k, column) in response.chunks_exact_mut(stride).enumerate() {
            offset[members[k]] = ones[k] / total;
            for (i, &member) in members.iter().enumerate() {
                column[member] = inverse[i * size + k] - ones[i] * ones[k] / total;
            }
        }
        Some(Self { members, response, offset, curvature: 1.0 / total })
    }

    /// Columns of P; `S` is the stride it was made with.
    #[inline(always)]
    pub(crate) fn response<const S: usize>(&self) -> &[[f64; S]] {
        self.response.as_chunks().0
    }

    /// q; `S` is the stride it was made with.
    #[inline(always)]
    pub(crate) fn offset<const S: usize>(&self) -> &[f64; S] {
        &self.offset.as_chunks().0[0]
    }
}

/// (L·Lᵀ)⁻¹.
fn inverse(lower: &[f64], size: usize) -> Vec<f64> {
    let mut out = vec![0.0; size * size];
    // Column by column: forward and back substitution on a unit vector; the result is symmetric, so that
    // columns may be stored as rows.
    for (column, x) in out.chunks_exact_mut(size).enumerate() {
        x[column] = 1.0;
        for i in column..size {
            for k in column..i {
                x[i] -= lower[i * size + k] * x[k];
            }
            x[i] /= lower[i * size + i];
        }
        for i in (0..size).rev() {
            for k in i + 1..size {
                x[i] -= lower[k * size + i] * x[k];
            }
            x[i] /= lower[i * size + i];
        }
    }
    out
}

/// Solutions by support, made when first asked for. An entry depends on nothing but its support, so results do
/// not depend on what else a thread has solved.
#[derive(Default)]
pub(crate) struct SupportCache {
    known: HashMap<u64, Option<Box<Support>>, BuildHasherDefault<MaskHasher>>,
    numbers: usize,
}

impl SupportCache {
    /// The solution on the support of `mask`; none where its endmembers are dependent.
    pub(crate) fn get(&mut self, gram: &[f64], p: usize, stride: usize, mask: u64) -> Option<&Support> {
        if self.numbers > MOST_NUMBERS {
            self.known.clear();
            self.numbers = 0;
        }
        let numbers = &mut self.numbers;
        self.known
            .entry(mask)
            .or_insert_with(|| {
                let size = mask.count_ones() as usize;
                *numbers += (size + 1) * stride + size + 8;
                Support::new(gram, p, stride, mask).map(Box::new)
            })
            .as_deref()
    }
}

/// Spreads the bits of a mask: one multiplication, since the masks are not an attacker's.
#[derive(Default)]
pub(crate) struct MaskHasher(u64);

impl Hasher for MaskHasher {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|&byte| self.write_u64(self.0 ^ u64::from(byte)));
    }
    fn write_u64(&mut self, mask: u64) {
        let product = mask.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = product ^ (product >> 32);
    }
}
