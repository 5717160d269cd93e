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
    /// P, rows one after the other, each filled up with zeros to `stride`.
    pub response: Vec<f64>,
    /// q, filled up likewise.
    pub offset: Vec<f64>,
    /// 1/s.
    pub curvature: f64,
    /// Size of the support, rounded up to whole vectors.
    pub stride: usize,
}

impl Support {
    /// Solves on the support given by the bits of `mask`; none where its endmembers are dependent.
    fn new(gram: &[f64], p: usize, mask: u64) -> Option<Self> {
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
        let mut response = inverse(&lower, size);
        let ones: Vec<f64> = response.chunks_exact(size).map(|row| row.iter().sum()).collect();
        let total: f64 = ones.iter().sum();
        for (i, row) in response.chunks_exact_mut(size).enumerate() {
            row.iter_mut().zip(&ones).for_each(|(value, one)| *value -= ones[i] * one / total);
        }
        let stride = padded(size);
        let offset = (0..stride).map(|i| ones.get(i).map_or(0.0, |one| one / total)).collect();
        let response = (0..size * stride)
            .map(|i| if i % stride < size { response[(i / stride) * size + i % stride] } else { 0.0 })
            .collect();
        Some(Self { members, response, offset, curvature: 1.0 / total, stride })
    }
}

/// A length rounded up to whole vectors of four numbers.
pub(crate) fn padded(length: usize) -> usize {
    length.next_multiple_of(4)
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
    pub(crate) fn get(&mut self, gram: &[f64], p: usize, mask: u64) -> Option<&Support> {
        if self.numbers > MOST_NUMBERS {
            self.known.clear();
            self.numbers = 0;
        }
        let numbers = &mut self.numbers;
        self.known
            .entry(mask)
            .or_insert_with(|| {
                let size = mask.count_ones() as usize;
                *numbers += size * (size + 2) + 8;
                Support::new(gram, p, mask).map(Box::new)
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
