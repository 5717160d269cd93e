use super::connections::Connections;
use super::splitting::Role;
use crate::{CsrMatrix, Scalar};

/// A matrix whose unknowns were split into coarse and fine ones: what interpolations walk over.
pub struct FineNeighbours<'a, S> {
    matrix: &'a CsrMatrix<S>,
    depends: &'a Connections,
    roles: &'a [Role],
    /// The real part of a_kk is not negative.
    positive: Vec<bool>,
}

/// A strong fine neighbour k of an unknown i.
pub struct FineNeighbour<'a, S> {
    /// a_ik.
    pub value: S,
    columns: &'a [u32],
    values: &'a [S],
    positive: bool,
}

impl<'a, S: Scalar> FineNeighbours<'a, S> {
    pub fn new(matrix: &'a CsrMatrix<S>, depends: &'a Connections, roles: &'a [Role]) -> Self {
        let positive = matrix.diagonal().iter().map(|value| value.real() >= 0.0).collect();
        Self { matrix, depends, roles, positive }
    }

    /// The strong fine neighbours of an unknown.
    #[inline]
    pub fn of(&self, row: usize) -> impl Iterator<Item = FineNeighbour<'a, S>> {
        let (own, own_values) = self.matrix.row(row);
        self.depends.of(row).iter().filter(move |&&middle| self.roles[middle as usize] != Role::Coarse).map(
            move |&middle| {
                let value =
                    own_values[own.binary_search(&middle).expect("a connection is an entry of the matrix")];
                let (columns, values) = self.matrix.row(middle as usize);
                FineNeighbour { value, columns, values, positive: self.positive[middle as usize] }
            },
        )
    }
}

impl<'a, S: Scalar> FineNeighbour<'a, S> {
    /// The entries ā_kl of its row: those whose sign differs from that of a_kk, and all of complex matrices.
    #[inline]
    pub fn opposite_entries(&self) -> impl Iterator<Item = (u32, S)> + use<'a, S> {
        let positive = self.positive;
        let pairs = self.columns.iter().zip(self.values);
        pairs
            .map(|(&column, &weight)| (column, weight))
            .filter(move |(_, weight)| S::COMPLEX || (weight.real() < 0.0) == positive)
    }
}
