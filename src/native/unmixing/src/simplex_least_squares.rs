use filigree_core::{Wide, dot, thin_qr, widest};

use crate::simplex_pixel::PixelSolver;
use crate::support_cache::SupportCache;
use crate::thin_products::rows_by_pixels;

/// Least squares over the simplex: min ½‖y − Ma‖² with a ≥ 0 and Σa = 1, exactly, by an active set.
///
/// On the plane Σa = 1 the objective is that of the centred endmembers m − m̄ and the pixel y − m̄, with an
/// appended constant row that keeps the Gram matrix definite. A thin QR of that stack, made once, turns every
/// pixel into a problem of p numbers. The constraint itself is a Lagrange multiplier and not a heavy row, so
/// sums are one to rounding.
pub struct SimplexLeastSquares {
    p: usize,
    /// p rounded up to one of the sizes there is a kernel for; vectors of that length end in zeros.
    stride: usize,
    bands: usize,
    /// Qᵀ, p × bands.
    basis: Vec<f64>,
    /// The constant part of every pixel, times Qᵀ.
    shift: Vec<f64>,
    /// p × stride; row `j` is the column of R that belongs to endmember `j`.
    columns: Vec<f64>,
    /// p × stride; rows of R.
    rows: Vec<f64>,
    /// RᵀR.
    gram: Vec<f64>,
    largest_length: f64,
}

/// What one thread keeps: the solutions on the supports it has met.
#[derive(Default)]
pub struct Workspace {
    supports: SupportCache,
    /// Products of a tile with Qᵀ.
    products: Vec<f64>,
    /// Pixels whose KKT conditions could not be met to the tolerance.
    pub unsolved: usize,
}

impl SimplexLeastSquares {
    /// Prepares the endmembers, one after the other (p × bands).
    pub fn new(endmembers: &[f64], p: usize) -> Self {
        let bands = endmembers.len() / p;
        let mut mean = vec![0.0; bands];
        for spectrum in endmembers.chunks_exact(bands) {
            mean.iter_mut().zip(spectrum).for_each(|(m, x)| *m += x / p as f64);
        }
        // At least p rows, so that the thin QR exists for few bands too.
        let rows = (bands + 1).max(p);
        let mut stack = vec![0.0; rows * p];
        let mut energy = 0.0;
        for (j, spectrum) in endmembers.chunks_exact(bands).enumerate() {
            for band in 0..bands {
                let centred = spectrum[band] - mean[band];
                stack[band * p + j] = centred;
                energy += centred * centred;
            }
        }
        let level = if energy > 0.0 { (energy / p as f64).sqrt() } else { 1.0 };
        for j in 0..p {
            stack[bands * p + j] = level;
        }
        let (full_q, r) = thin_qr(&stack, rows, p);
        let stride = kernel_size(p);
        let basis: Vec<f64> = (0..p * bands).map(|i| full_q[(i % bands) * p + i / bands]).collect();
        let shift = basis
            .chunks_exact(bands)
            .enumerate()
            .map(|(k, row)| level * full_q[bands * p + k] - dot(row, &mean))
            .collect();
        let columns: Vec<f64> = (0..p * p).map(|i| r[(i % p) * p + i / p]).collect();
        let gram: Vec<f64> =
            (0..p * p).map(|i| dot(&columns[(i / p) * p..][..p], &columns[(i % p) * p..][..p])).collect();
        Self {
            p,
            stride,
            bands,
            basis,
            shift,
            columns: widened(&columns, p, stride),
            rows: widened(&r, p, stride),
            largest_length: (0..p).map(|j| gram[j * p + j].sqrt()).fold(0.0, f64::max),
            gram,
        }
    }

    /// Solves every pixel of a tile (pixels × bands) into `abundances` (pixels × p). The first pixel starts
    /// at its nearest endmember, the others at their neighbour's support, so the result does not depend on
    /// other tiles. `tolerance` is the largest KKT violation, relative to the lengths of pixel and endmembers.
    pub fn solve_tile(&self, pixels: &[f64], tolerance: f64, abundances: &mut [f64], work: &mut Workspace) {
        match self.stride {
            4 => self.solve_with::<4>(pixels, tolerance, abundances, work),
            8 => self.solve_with::<8>(pixels, tolerance, abundances, work),
            12 => self.solve_with::<12>(pixels, tolerance, abundances, work),
            16 => self.solve_with::<16>(pixels, tolerance, abundances, work),
            24 => self.solve_with::<24>(pixels, tolerance, abundances, work),
            32 => self.solve_with::<32>(pixels, tolerance, abundances, work),
            48 => self.solve_with::<48>(pixels, tolerance, abundances, work),
            _ => self.solve_with::<64>(pixels, tolerance, abundances, work),
        }
    }

    fn solve_with<const S: usize>(
        &self,
        pixels: &[f64],
        tolerance: f64,
        abundances: &mut [f64],
        work: &mut Workspace,
    ) {
        let solver = PixelSolver::<S> {
            p: self.p,
            columns: self.columns.as_chunks().0,
            rows: self.rows.as_chunks().0,
            gram: &self.gram,
            largest_length: self.largest_length,
            tolerance,
        };
        let Workspace { supports, products, unsolved } = work;
        products.resize(abundances.len(), 0.0);
        rows_by_pixels(&self.basis, pixels, self.bands, products);
        widest(SolveTile::<S> { solver, products, shift: &self.shift, abundances, supports, unsolved });
    }
}

/// One tile and what it takes to solve it.
struct SolveTile<'a, const S: usize> {
    solver: PixelSolver<'a, S>,
    /// p × pixels.
    products: &'a [f64],
    shift: &'a [f64],
    abundances: &'a mut [f64],
    supports: &'a mut SupportCache,
    unsolved: &'a mut usize,
}

impl<const S: usize> Wide for SolveTile<'_, S> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        let p = self.solver.p;
        let count = self.abundances.len() / p;
        let mut support = None;
        for (pixel, output) in self.abundances.chunks_exact_mut(p).enumerate() {
            let mut target = [0.0; S];
            for (k, (target, shift)) in target.iter_mut().zip(self.shift).enumerate() {
                *target = self.products[k * count + pixel] + shift;
            }
            let (solution, found) = self.solver.solve(&target, support, self.supports);
            output.copy_from_slice(&solution[..p]);
            *self.unsolved += usize::from(found.is_none());
            support = found;
        }
    }
}

/// The sizes there are kernels for.
const KERNELS: [usize; 8] = [4, 8, 12, 16, 24, 32, 48, crate::MOST_ENDMEMBERS];

fn kernel_size(p: usize) -> usize {
    *KERNELS
        .iter()
        .find(|stride| **stride >= p)
        .unwrap_or_else(|| panic!("{p} endmembers; {} is the most", crate::MOST_ENDMEMBERS))
}

/// Rows of length `from`, filled up with zeros to length `to`.
fn widened(rows: &[f64], from: usize, to: usize) -> Vec<f64> {
    let count = rows.len() / from;
    (0..count * to).map(|i| if i % to < from { rows[(i / to) * from + i % to] } else { 0.0 }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use filigree_core::Random;
    use proptest::prelude::*;

    fn solve(endmembers: &[f64], p: usize, pixels: &[f64]) -> Vec<f64> {
        let solver = SimplexLeastSquares::new(endmembers, p);
        let mut work = Workspace::default();
        let mut abundances = vec![0.0; pixels.len() / (endmembers.len() / p) * p];
        solver.solve_tile(pixels, 1e-14, &mut abundances, &mut work);
        assert_eq!(work.unsolved, 0);
        abundances
    }

    fn residual(endmembers: &[f64], bands: usize, pixel: &[f64], abundances: &[f64]) -> f64 {
        (0..bands)
            .map(|b| {
                let mixed: f64 =
                    abundances.iter().enumerate().map(|(j, a)| a * endmembers[j * bands + b]).sum();
                (pixel[b] - mixed).powi(2)
            })
            .sum()
    }

    /// The best of all supports, each solved by an unconstrained QR least squares on the differences to its
    /// first endmember: shares no code with the solver's active set.
    fn by_enumeration(endmembers: &[f64], p: usize, pixel: &[f64]) -> Vec<f64> {
        let bands = pixel.len();
        let mut best = (f64::INFINITY, vec![0.0; p]);
        for support in 1u32..1 << p {
            let members: Vec<usize> = (0..p).filter(|j| support >> j & 1 == 1).collect();
            let base = &endmembers[members[0] * bands..][..bands];
            let others = &members[1..];
            let mut candidate = vec![0.0; p];
            let mut sum = 0.0;
            if !others.is_empty() {
                let size = others.len();
                let matrix: Vec<f64> = (0..bands * size)
                    .map(|i| endmembers[others[i % size] * bands + i / size] - base[i / size])
                    .collect();
                let (q, r) = thin_qr(&matrix, bands, size);
                let mut x: Vec<f64> = (0..size)
                    .map(|k| (0..bands).map(|b| q[b * size + k] * (pixel[b] - base[b])).sum())
                    .collect();
                for i in (0..size).rev() {
                    let tail: f64 = (i + 1..size).map(|k| r[i * size + k] * x[k]).sum();
                    x[i] = (x[i] - tail) / r[i * size + i];
                }
                for (&j, value) in others.iter().zip(x) {
                    candidate[j] = value;
                    sum += value;
                }
            }
            candidate[members[0]] = 1.0 - sum;
            let value = residual(endmembers, bands, pixel, &candidate);
            if candidate.iter().all(|&a| a >= -1e-13) && value < best.0 {
                best = (value, candidate);
            }
        }
        best.1
    }

    proptest! {
        #[test]
        fn it_agrees_with_the_enumeration_of_all_supports(
            p in 1usize..7, extra in 1usize..20, closeness in 0.0f64..4.0, spread in 0.0f64..2.0, seed in 0u64..1 << 40
        ) {
            let bands = p + extra;
            let mut random = Random::new(seed, 0);
            // Endmembers that differ from their mean by 10^-closeness: the Gram condition goes up to about 1e10.
            let mean: Vec<f64> = (0..bands).map(|_| random.uniform()).collect();
            let endmembers: Vec<f64> =
                (0..p * bands).map(|i| mean[i % bands] + 10f64.powf(-closeness) * random.uniform()).collect();
            let pixels: Vec<f64> = (0..8 * bands)
                .map(|i| mean[i % bands] + 10f64.powf(-closeness) * (0.5 + spread * random.normal()))
                .collect();
            let found = solve(&endmembers, p, &pixels);
            for (pixel, abundances) in pixels.chunks_exact(bands).zip(found.chunks_exact(p)) {
                let expected = by_enumeration(&endmembers, p, pixel);
                for (a, b) in abundances.iter().zip(&expected) {
                    prop_assert!((a - b).abs() < 1e-8, "{abundances:?} against {expected:?}");
                }
            }
        }

        #[test]
        fn many_endmembers_meet_the_kkt_conditions(p in 8usize..65, extra in 0usize..60, seed in 0u64..1 << 40) {
            // More endmembers than bands are refused before a solver is made: their optimum is not unique.
            let bands = p + extra;
            let mut random = Random::new(seed, 1);
            let endmembers: Vec<f64> = (0..p * bands).map(|_| random.uniform()).collect();
            let pixels: Vec<f64> = (0..6 * bands).map(|_| random.uniform()).collect();
            let found = solve(&endmembers, p, &pixels);
            for (pixel, a) in pixels.chunks_exact(bands).zip(found.chunks_exact(p)) {
                prop_assert!((a.iter().sum::<f64>() - 1.0).abs() < 1e-12);
                prop_assert!(a.iter().all(|&x| x >= 0.0));
                let rest: Vec<f64> = (0..bands)
                    .map(|b| pixel[b] - (0..p).map(|j| a[j] * endmembers[j * bands + b]).sum::<f64>())
                    .collect();
                let gradient: Vec<f64> = (0..p).map(|j| dot(&endmembers[j * bands..][..bands], &rest)).collect();
                let top = gradient.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                for j in 0..p {
                    if a[j] > 0.0 {
                        prop_assert!(top - gradient[j] < 1e-9, "endmember {j}: {} below {top}", gradient[j]);
                    }
                }
            }
        }
    }

    #[test]
    fn doubled_collinear_and_zero_endmembers_are_handled() {
        let bands = 5;
        let mut random = Random::new(9, 0);
        let a: Vec<f64> = (0..bands).map(|_| random.uniform()).collect();
        let b: Vec<f64> = (0..bands).map(|_| random.uniform()).collect();
        let middle: Vec<f64> = a.iter().zip(&b).map(|(x, y)| 0.5 * (x + y)).collect();
        let spectra = [a.clone(), b.clone(), middle, a.clone(), vec![0.0; bands]].concat();
        let pixels: Vec<f64> =
            a.iter().zip(&b).map(|(x, y)| 0.25 * x + 0.75 * y).chain(vec![0.0; bands]).collect();
        let found = solve(&spectra, 5, &pixels);
        assert!(residual(&spectra, bands, &pixels[..bands], &found[..5]) < 1e-24);
        assert!((found[9] - 1.0).abs() < 1e-10, "{found:?}");
        assert!(found.iter().all(|x| x.is_finite() && *x >= 0.0));
    }

    #[test]
    fn one_endmember_takes_all() {
        assert_eq!(solve(&[0.3, 0.4], 1, &[5.0, -1.0, 0.0, 0.0]), vec![1.0, 1.0]);
        assert_eq!(solve(&[0.0, 0.0], 1, &[5.0, -1.0]), vec![1.0]);
    }
}
