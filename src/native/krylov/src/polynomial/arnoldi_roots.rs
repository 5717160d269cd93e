use faer::Mat;
use filigree_core::{Error, Observer, Random, keep_going};
use num_complex::Complex64;

use crate::{CsrMatrix, Scalar, vector};

/// A higher degree pays where it leaves at most this share of what the degree before it left.
const PAYS: f64 = 0.98;

/// The roots of a residual polynomial and what it does.
pub struct Roots {
    /// Harmonic Ritz values in Leja's order; for real matrices pairs stand together, the upper one first.
    pub values: Vec<Complex64>,
    /// The residual that GMRES of this degree leaves of a random vector.
    pub reduction: f64,
}

/// Harmonic Ritz values of at most `most`: the Krylov space grows while each product reduces a random residual further
/// (Nachtigal, Reichel and Trefethen 1992; Loe and Morgan 2022).
pub fn arnoldi_roots<S: Scalar>(
    matrix: &CsrMatrix<S>,
    most: usize,
    seed: u64,
    observer: &mut dyn Observer,
) -> Result<Roots, Error> {
    let rows = matrix.rows();
    let mut random = Random::new(seed, 7);
    let mut start: Vec<S> = (0..rows).map(|_| S::from_parts(random.normal(), random.normal())).collect();
    let length = vector::norm(&start);
    vector::scale(S::from_real(1.0 / length), &mut start);
    let mut basis = vec![start];
    // Column j of the Hessenberg matrix has j + 2 entries.
    let mut hessenberg: Vec<Vec<Complex64>> = Vec::new();
    let mut best: Option<Roots> = None;
    for degree in 1..=most.min(rows) {
        keep_going(observer.progress(degree as f64 / most as f64), "choosing a polynomial")?;
        let mut next = vec![S::ZERO; rows];
        matrix.multiply(&basis[degree - 1], &mut next);
        let mut column = vec![Complex64::ZERO; degree + 1];
        for _ in 0..2 {
            for (place, vector) in basis.iter().enumerate() {
                let along = vector::dot(vector, &next);
                vector::axpy(-along, vector, &mut next);
                column[place] += Complex64::new(along.real(), along.imaginary());
            }
        }
        let length = vector::norm(&next);
        column[degree] = length.into();
        hessenberg.push(column);
        let Some(found) = harmonic(&hessenberg) else { continue };
        let left = best.as_ref().map_or(1.0, |best: &Roots| best.reduction);
        let pays = best.is_none() || found.reduction <= PAYS * left;
        if pays {
            best = Some(found);
        } else {
            break;
        }
        let is_whole =
            length <= 1e-13 * hessenberg[degree - 1][..degree].iter().map(|h| h.norm()).fold(0.0, f64::max);
        if is_whole {
            break;
        }
        vector::scale(S::from_real(1.0 / length), &mut next);
        basis.push(next);
    }
    let mut roots = best.ok_or_else(|| {
        Error::Breakdown(
            "No Krylov space gave a polynomial with regular roots: the matrix is singular or nearly so. Try ILUT or a direct solver."
                .to_owned(),
        )
    })?;
    roots.values = leja(roots.values, S::COMPLEX);
    Ok(roots)
}

/// Eigenvalues of H + h² H⁻ᴴ e eᴴ, and the residual of GMRES; none where a root is nought or not finite.
fn harmonic(hessenberg: &[Vec<Complex64>]) -> Option<Roots> {
    let size = hessenberg.len();
    let square = Mat::from_fn(size, size, |row, column| {
        hessenberg[column].get(row).copied().unwrap_or(Complex64::ZERO)
    });
    let last = hessenberg[size - 1][size].re;
    let inverse = faer::linalg::solvers::DenseSolveCore::inverse(&square.partial_piv_lu());
    // f = H⁻ᴴ e: the conjugated last row of H⁻¹.
    let mut shifted = square.clone();
    for row in 0..size {
        shifted[(row, size - 1)] += inverse[(size - 1, row)].conj() * last * last;
    }
    let values = shifted.eigenvalues().ok()?;
    if values.iter().any(|value| value.norm() == 0.0 || !value.re.is_finite() || !value.im.is_finite()) {
        return None;
    }
    Some(Roots { values, reduction: gmres_residual(hessenberg) })
}

/// ‖e₁ − H̄ y‖ at its smallest, by Givens rotations.
fn gmres_residual(hessenberg: &[Vec<Complex64>]) -> f64 {
    let size = hessenberg.len();
    let mut rotations: Vec<(Complex64, Complex64)> = Vec::with_capacity(size);
    let mut residual = 1.0;
    for column in hessenberg {
        let mut column = column.clone();
        for (place, (cosine, sine)) in rotations.iter().enumerate() {
            let (upper, lower) = (column[place], column[place + 1]);
            column[place] = cosine.conj() * upper + sine.conj() * lower;
            column[place + 1] = -sine * upper + cosine * lower;
        }
        let place = rotations.len();
        let (upper, lower) = (column[place], column[place + 1]);
        let length = (upper.norm_sqr() + lower.norm_sqr()).sqrt();
        if length == 0.0 {
            return residual;
        }
        rotations.push((upper / length, lower / length));
        residual *= lower.norm() / length;
    }
    residual
}

/// Leja's order: each root is as far from those before it as can be. Of a real matrix only roots on or above the axis
/// stand there; those above stand for a pair.
fn leja(values: Vec<Complex64>, is_complex: bool) -> Vec<Complex64> {
    let snap = |value: Complex64| {
        if !is_complex && value.im.abs() <= 1e-9 * value.norm() { Complex64::from(value.re) } else { value }
    };
    let mut left: Vec<Complex64> =
        values.into_iter().map(snap).filter(|value| is_complex || value.im >= 0.0).collect();
    left.sort_by(|a, b| b.norm().total_cmp(&a.norm()).then(b.re.total_cmp(&a.re)));
    let mut ordered: Vec<Complex64> = Vec::with_capacity(left.len());
    while !left.is_empty() {
        let distance = |value: Complex64| -> f64 {
            ordered
                .iter()
                .map(|&other| {
                    let mirrored =
                        if is_complex || other.im == 0.0 { 0.0 } else { (value - other.conj()).norm().ln() };
                    (value - other).norm().max(1e-300).ln() + mirrored
                })
                .sum()
        };
        let mut chosen = 0;
        for place in 1..left.len() {
            if !ordered.is_empty() && distance(left[place]) > distance(left[chosen]) {
                chosen = place;
            }
        }
        ordered.push(left.remove(chosen));
    }
    ordered
}
