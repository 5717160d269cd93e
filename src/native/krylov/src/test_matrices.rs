//! Matrices that tests of several modules are made with.

use filigree_core::Random;

use crate::{CsrMatrix, Scalar};

/// Random normal values at random places.
pub fn random_matrix<S: Scalar>(rows: usize, columns: usize, entries: usize, seed: u64) -> CsrMatrix<S> {
    let mut random = Random::new(seed, 0);
    let triplets: Vec<_> = (0..entries)
        .map(|_| {
            let value = S::from_parts(random.normal(), random.normal());
            (random.below(rows), random.below(columns), value)
        })
        .collect();
    CsrMatrix::from_triplets(rows, columns, &triplets).unwrap()
}

/// The triplets of (A + Aᴴ) / 2; places may come more than once.
pub fn hermitian_part<S: Scalar>(matrix: &CsrMatrix<S>) -> Vec<(usize, usize, S)> {
    let mut triplets = Vec::new();
    for row in 0..matrix.rows() {
        let (columns, values) = matrix.row(row);
        for (&column, &value) in columns.iter().zip(values) {
            triplets.push((row, column as usize, value.scale(0.5)));
            triplets.push((column as usize, row, value.conj().scale(0.5)));
        }
    }
    triplets
}

/// A random Hermitian matrix made positive definite by its diagonal.
pub fn random_positive<S: Scalar>(size: usize, seed: u64) -> CsrMatrix<S> {
    let half: CsrMatrix<S> = random_matrix(size, size, 3 * size, seed);
    let mut triplets = hermitian_part(&half);
    let sums = CsrMatrix::from_triplets(size, size, &triplets).unwrap();
    for row in 0..size {
        let sum: f64 = sums.row(row).1.iter().map(|value| value.modulus()).sum();
        triplets.push((row, row, S::from_real(sum + 0.5)));
    }
    CsrMatrix::from_triplets(size, size, &triplets).unwrap()
}

/// A constant stencil on a grid of `nx` × `ny` points, x running fastest; what falls outside is dropped.
pub fn stencil_grid(nx: usize, ny: usize, stencil: [[f64; 3]; 3]) -> CsrMatrix<f64> {
    let mut triplets = Vec::new();
    for y in 0..ny {
        for x in 0..nx {
            for (dy, weights) in stencil.iter().enumerate() {
                for (dx, &weight) in weights.iter().enumerate() {
                    let (tx, ty) = ((x + dx).wrapping_sub(1), (y + dy).wrapping_sub(1));
                    if weight != 0.0 && tx < nx && ty < ny {
                        triplets.push((y * nx + x, ty * nx + tx, weight));
                    }
                }
            }
        }
    }
    CsrMatrix::from_triplets(nx * ny, nx * ny, &triplets).unwrap()
}

/// The five-point Laplacian of a square.
pub fn poisson_2d(n: usize) -> CsrMatrix<f64> {
    stencil_grid(n, n, [[0.0, -1.0, 0.0], [-1.0, 4.0, -1.0], [0.0, -1.0, 0.0]])
}

/// The seven-point Laplacian of a cube.
pub fn poisson_3d(n: usize) -> CsrMatrix<f64> {
    let mut triplets = Vec::new();
    for z in 0..n {
        for y in 0..n {
            for x in 0..n {
                let place = (z * n + y) * n + x;
                triplets.push((place, place, 6.0));
                for (there, step) in [(x, 1), (y, n), (z, n * n)] {
                    if there > 0 {
                        triplets.push((place, place - step, -1.0));
                    }
                    if there + 1 < n {
                        triplets.push((place, place + step, -1.0));
                    }
                }
            }
        }
    }
    CsrMatrix::from_triplets(n * n * n, n * n * n, &triplets).unwrap()
}

/// Bilinear finite elements of −∇·(Q diag(1, ε) Qᵀ ∇u), Q the rotation by `theta`.
pub fn rotated_anisotropy(n: usize, epsilon: f64, theta: f64) -> CsrMatrix<f64> {
    let (sine, cosine) = theta.sin_cos();
    let (cs, cc, ss) = (cosine * sine, cosine * cosine, sine * sine);
    let corner = |sign: f64| (-1.0 - epsilon) + sign * 3.0 * (epsilon - 1.0) * cs;
    let side = |along: f64, across: f64| (2.0 * epsilon - 4.0) * along + (2.0 - 4.0 * epsilon) * across;
    let (a, c) = (corner(1.0) / 6.0, corner(-1.0) / 6.0);
    let (b, d) = (side(cc, ss) / 6.0, side(ss, cc) / 6.0);
    stencil_grid(n, n, [[a, b, c], [d, 8.0 * (1.0 + epsilon) / 6.0, d], [c, b, a]])
}

/// A square plate of `n` × `n` bilinear elements in plane stress, clamped at one side, two unknowns a node; and its rigid
/// motions.
pub fn plate(n: usize) -> (CsrMatrix<f64>, Vec<Vec<f64>>) {
    let corners = [[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]];
    let ratio = 0.3;
    let stiff = [[1.0, ratio, 0.0], [ratio, 1.0, 0.0], [0.0, 0.0, 0.5 * (1.0 - ratio)]];
    let mut element = [[0.0; 8]; 8];
    for gauss in corners {
        let [x, y] = gauss.map(|side| side / 3f64.sqrt());
        let mut strain = [[0.0; 8]; 3];
        for (node, [a, b]) in corners.into_iter().enumerate() {
            let (dx, dy) = (0.5 * a * (1.0 + b * y), 0.5 * b * (1.0 + a * x));
            (strain[0][2 * node], strain[1][2 * node + 1]) = (dx, dy);
            (strain[2][2 * node], strain[2][2 * node + 1]) = (dy, dx);
        }
        for i in 0..8 {
            for j in 0..8 {
                let energy =
                    |k: usize| (0..3).map(|l| strain[k][i] * stiff[k][l] * strain[l][j]).sum::<f64>();
                element[i][j] += 0.25 * (0..3).map(energy).sum::<f64>();
            }
        }
    }
    // Nodes of the first column are clamped and carry no unknowns.
    let unknown = |x: usize, y: usize, part: usize| (x > 0).then(|| 2 * (y * n + x - 1) + part);
    let mut triplets = Vec::new();
    for (x, y) in (0..n * n).map(|cell| (cell % n, cell / n)) {
        let nodes = [(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1)];
        for i in 0..8 {
            for j in 0..8 {
                let (row, column) = (nodes[i / 2], nodes[j / 2]);
                if let (Some(row), Some(column)) =
                    (unknown(row.0, row.1, i % 2), unknown(column.0, column.1, j % 2))
                {
                    triplets.push((row, column, element[i][j]));
                }
            }
        }
    }
    let size = 2 * n * (n + 1);
    let place = |unknown: usize| ((unknown / 2 % n + 1) as f64, (unknown / 2 / n) as f64);
    let motion = |rule: &dyn Fn(usize, f64, f64) -> f64| {
        (0..size).map(|unknown| rule(unknown % 2, place(unknown).0, place(unknown).1)).collect::<Vec<f64>>()
    };
    let rigid = vec![
        motion(&|part, _, _| f64::from(u8::from(part == 0))),
        motion(&|part, _, _| f64::from(u8::from(part == 1))),
        motion(&|part, x, y| if part == 0 { -y } else { x }),
    ];
    (CsrMatrix::from_triplets(size, size, &triplets).unwrap(), rigid)
}

/// The entries row by row, zeros included.
pub fn dense<S: Scalar>(matrix: &CsrMatrix<S>) -> Vec<Vec<S>> {
    (0..matrix.rows())
        .map(|row| (0..matrix.columns()).map(|column| matrix.get(row, column)).collect())
        .collect()
}

/// Iterations that preconditioned conjugate gradients take until ‖b − A x‖ ≤ `tolerance` ‖b‖, b all ones.
pub fn conjugate_gradient_iterations<S: Scalar>(
    matrix: &CsrMatrix<S>,
    preconditioner: &dyn crate::Preconditioner<S>,
    tolerance: f64,
    limit: usize,
) -> usize {
    use crate::vector::{axpy, dot, norm, xpby};
    let n = matrix.rows();
    let b = vec![S::ONE; n];
    let (mut x, mut r, mut z, mut q) = (vec![S::ZERO; n], b.clone(), vec![S::ZERO; n], vec![S::ZERO; n]);
    preconditioner.apply(&r, &mut z);
    let mut p = z.clone();
    let mut rz = dot(&r, &z);
    for iteration in 1..=limit {
        matrix.multiply(&p, &mut q);
        let alpha = rz / dot(&p, &q);
        axpy(alpha, &p, &mut x);
        axpy(-alpha, &q, &mut r);
        if norm(&r) <= tolerance * norm(&b) {
            matrix.residual(&b, &x, &mut q);
            assert!(norm(&q) <= 2.0 * tolerance * norm(&b), "the recurred residual is not the true one");
            return iteration;
        }
        preconditioner.apply(&r, &mut z);
        let next = dot(&r, &z);
        xpby(&z, next / rz, &mut p);
        rz = next;
    }
    limit + 1
}
