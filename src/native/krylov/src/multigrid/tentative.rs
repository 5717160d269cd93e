use super::aggregation::{ALONE, Aggregates};
use crate::{CsrMatrix, Scalar};

/// Vectors that the smoother can not touch: a row of `width` entries for every unknown.
#[derive(Clone, Debug)]
pub struct NearNullSpace<S> {
    /// Vectors.
    pub width: usize,
    /// Row after row.
    pub rows: Vec<S>,
}

impl<S: Scalar> NearNullSpace<S> {
    /// For `block` unknowns a node: one vector for each, constant on it.
    pub fn constants(unknowns: usize, block: usize) -> Self {
        let mut rows = vec![S::ZERO; unknowns * block];
        (0..unknowns).for_each(|unknown| rows[unknown * block + unknown % block] = S::ONE);
        Self { width: block, rows }
    }

    /// From vectors that are given one by one, each with an entry for every unknown.
    pub fn from_vectors(vectors: &[Vec<S>]) -> Self {
        let unknowns = vectors.first().map_or(0, Vec::len);
        let rows =
            (0..unknowns).flat_map(|unknown| vectors.iter().map(move |vector| vector[unknown])).collect();
        Self { width: vectors.len(), rows }
    }

    /// Unknowns a node, as the vectors tell: with b of them the first b vectors move one unknown of each node alone, as
    /// the translations of elasticity do; 1 where no such b is found.
    pub fn unknowns_a_node(&self) -> usize {
        let unknowns = self.rows.len() / self.width.max(1);
        let moves_alone = |block: usize, vector: usize| {
            (0..unknowns).all(|unknown| {
                let moved = self.rows[unknown * self.width + vector].modulus() > 0.0;
                !moved || unknown % block == vector
            })
        };
        (2..=self.width.min(6))
            .rev()
            .find(|&block| {
                unknowns.is_multiple_of(block) && (0..block).all(|vector| moves_alone(block, vector))
            })
            .unwrap_or(1)
    }
}

/// A direction of which less than this share is left after the others are taken out is dropped.
const DEPENDENT: f64 = 1e-10;

/// The tentative prolongator of smoothed aggregation (Vaněk, Mandel and Brezina 1996): within each aggregate the
/// near-null-space vectors are made orthonormal, B = T R; T are the columns, R the near-null space of the next level.
/// A node is `block` unknowns in a row. Dependent directions leave a zero column.
pub fn tentative<S: Scalar>(
    aggregates: &Aggregates,
    block: usize,
    near_null: &NearNullSpace<S>,
) -> (CsrMatrix<S>, NearNullSpace<S>) {
    let width = near_null.width;
    let unknowns = aggregates.of_node.len() * block;
    let mut starts = vec![0usize; aggregates.count + 1];
    let together = || aggregates.of_node.iter().enumerate().filter(|(_, of)| **of != ALONE);
    together().for_each(|(_, &of)| starts[of as usize + 1] += 1);
    (0..aggregates.count).for_each(|index| starts[index + 1] += starts[index]);
    let mut next = starts.clone();
    let mut members = vec![0u32; starts[aggregates.count]];
    for (node, &of) in together() {
        members[next[of as usize]] = node as u32;
        next[of as usize] += 1;
    }
    let mut values = vec![S::ZERO; unknowns * width];
    let mut coarse = vec![S::ZERO; aggregates.count * width * width];
    let mut columns: Vec<Vec<S>> = vec![Vec::new(); width];
    for index in 0..aggregates.count {
        let nodes = &members[starts[index]..starts[index + 1]];
        let unknowns = || nodes.iter().flat_map(|&node| node as usize * block..(node as usize + 1) * block);
        for (which, column) in columns.iter_mut().enumerate() {
            column.clear();
            column.extend(unknowns().map(|unknown| near_null.rows[unknown * width + which]));
        }
        let triangle = &mut coarse[index * width * width..(index + 1) * width * width];
        orthonormalise(&mut columns, triangle);
        for (place, unknown) in unknowns().enumerate() {
            (0..width).for_each(|which| values[unknown * width + which] = columns[which][place]);
        }
    }
    let mut pointers = Vec::with_capacity(unknowns + 1);
    pointers.push(0);
    let (mut indices, mut kept) = (Vec::with_capacity(values.len()), Vec::with_capacity(values.len()));
    for unknown in 0..unknowns {
        let of = aggregates.of_node[unknown / block];
        if of != ALONE {
            for which in 0..width {
                let value = values[unknown * width + which];
                if value.modulus() > 0.0 {
                    indices.push(of * width as u32 + which as u32);
                    kept.push(value);
                }
            }
        }
        pointers.push(indices.len());
    }
    let made = CsrMatrix::trusted(unknowns, aggregates.count * width, pointers, indices, kept);
    (made, NearNullSpace { width, rows: coarse })
}

/// Modified Gram-Schmidt, twice; `triangle` gets R row by row.
fn orthonormalise<S: Scalar>(columns: &mut [Vec<S>], triangle: &mut [S]) {
    let width = columns.len();
    for which in 0..width {
        let (before, rest) = columns.split_at_mut(which);
        let own = &mut rest[0];
        let length = |column: &[S]| column.iter().map(|value| value.modulus_squared()).sum::<f64>().sqrt();
        let whole = length(own);
        for _ in 0..2 {
            for (other, column) in before.iter().enumerate() {
                let along: S = column.iter().zip(own.iter()).map(|(a, &b)| a.conj() * b).sum();
                own.iter_mut().zip(column).for_each(|(value, &part)| *value -= along * part);
                triangle[other * width + which] += along;
            }
        }
        let left = length(own);
        if left > DEPENDENT * whole {
            own.iter_mut().for_each(|value| *value = value.scale(1.0 / left));
            triangle[which * width + which] = S::from_real(left);
        } else {
            own.fill(S::ZERO);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_matrices::dense;

    #[test]
    fn the_prolongator_is_orthonormal_and_reproduces_the_vectors() {
        let aggregates = Aggregates { of_node: vec![0, 0, 1, 1, 1, 0, ALONE], count: 2 };
        let rows: Vec<f64> = (0..14 * 3).map(|index| ((index * index + 3) as f64).sin()).collect();
        let near_null = NearNullSpace { width: 3, rows: rows.clone() };
        let (made, coarse) = tentative(&aggregates, 2, &near_null);
        let t = dense(&made);
        for a in 0..6 {
            for b in 0..6 {
                let product: f64 = (0..14).map(|i| t[i][a] * t[i][b]).sum();
                assert!((product - f64::from(u8::from(a == b))).abs() < 1e-13);
            }
        }
        for i in 0..12 {
            for which in 0..3 {
                let value: f64 = (0..6).map(|j| t[i][j] * coarse.rows[j * 3 + which]).sum();
                assert!((value - rows[i * 3 + which]).abs() < 1e-13);
            }
        }
    }

    #[test]
    fn translations_tell_how_many_unknowns_a_node_has() {
        let plane = NearNullSpace::from_vectors(&[
            vec![1.0, 0.0, 1.0, 0.0, 1.0, 0.0],
            vec![0.0, 1.0, 0.0, 1.0, 0.0, 1.0],
            vec![0.0, 0.5, -1.0, 0.5, 1.0, 2.0],
        ]);
        assert_eq!((plane.width, plane.rows[5], plane.unknowns_a_node()), (3, 0.5, 2));
        assert_eq!(NearNullSpace::from_vectors(&[vec![1.0; 4], vec![2.0; 4]]).unknowns_a_node(), 1);
        assert_eq!(NearNullSpace::<f64>::constants(12, 3).unknowns_a_node(), 3);
    }

    #[test]
    fn dependent_directions_leave_a_zero_column() {
        let aggregates = Aggregates { of_node: vec![0, 0], count: 1 };
        let near_null = NearNullSpace { width: 2, rows: vec![1.0, 2.0, 1.0, 2.0] };
        let (made, _) = tentative(&aggregates, 1, &near_null);
        assert_eq!(made.row(0).0, [0]);
    }
}
