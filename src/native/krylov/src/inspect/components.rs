use crate::{CsrMatrix, Scalar};

/// Number of parts that a square matrix falls into when rows and columns are ordered alike: unknowns of different parts
/// never meet in an equation. Entries that are stored count, zero or not.
pub fn connected_components<S: Scalar>(matrix: &CsrMatrix<S>) -> usize {
    let size = matrix.rows().max(matrix.columns());
    let mut parent: Vec<u32> = (0..size as u32).collect();
    let mut count = size;
    for row in 0..matrix.rows() {
        for &column in matrix.row(row).0 {
            let (one, other) = (root(&mut parent, row as u32), root(&mut parent, column));
            if one != other {
                parent[one.max(other) as usize] = one.min(other);
                count -= 1;
            }
        }
    }
    count
}

fn root(parent: &mut [u32], mut node: u32) -> u32 {
    while parent[node as usize] != node {
        // Halving the path keeps later look-ups short.
        parent[node as usize] = parent[parent[node as usize] as usize];
        node = parent[node as usize];
    }
    node
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_counted_and_an_entry_between_them_joins_them() {
        let two = [(0, 0, 1.0), (0, 1, 1.0), (1, 1, 1.0), (2, 2, 1.0)];
        let matrix = CsrMatrix::from_triplets(3, 3, &two).unwrap();
        assert_eq!(connected_components(&matrix), 2);
        let joined: Vec<_> = two.into_iter().chain([(2, 0, 1.0)]).collect();
        assert_eq!(connected_components(&CsrMatrix::from_triplets(3, 3, &joined).unwrap()), 1);
    }
}
