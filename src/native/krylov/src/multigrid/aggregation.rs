use super::connections::Connections;

/// A node that belongs to no aggregate: nothing is connected with it.
pub const ALONE: u32 = u32::MAX;

/// Which aggregate each node belongs to.
pub struct Aggregates {
    /// Number of the aggregate of each node, or [`ALONE`].
    pub of_node: Vec<u32>,
    /// Aggregates.
    pub count: usize,
}

/// Greedy aggregation (Vaněk, Mandel and Brezina 1996, algorithm 5.1): nodes whose whole neighbourhood is free found
/// an aggregate with it; what is left joins the aggregate of a neighbour, else founds one with its free neighbours.
pub fn aggregate(connections: &Connections) -> Aggregates {
    const FREE: u32 = u32::MAX - 1;
    let nodes = connections.len();
    let mut of_node = vec![FREE; nodes];
    let mut count = 0u32;
    for node in 0..nodes {
        let neighbours = connections.of(node);
        if neighbours.is_empty() {
            of_node[node] = ALONE;
        } else if of_node[node] == FREE && neighbours.iter().all(|&other| of_node[other as usize] == FREE) {
            of_node[node] = count;
            neighbours.iter().for_each(|&other| of_node[other as usize] = count);
            count += 1;
        }
    }
    // Joining looks at the aggregates of the first pass only, so that none grows chains.
    let founders = of_node.clone();
    for node in 0..nodes {
        if founders[node] == FREE
            && let Some(&other) = connections.of(node).iter().find(|&&other| founders[other as usize] < FREE)
        {
            of_node[node] = founders[other as usize];
        }
    }
    for node in 0..nodes {
        if of_node[node] == FREE {
            of_node[node] = count;
            for &other in connections.of(node) {
                if of_node[other as usize] == FREE {
                    of_node[other as usize] = count;
                }
            }
            count += 1;
        }
    }
    Aggregates { of_node, count: count as usize }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_matrices::poisson_2d;

    #[test]
    fn every_connected_node_is_in_one_aggregate_of_some_size() {
        let connections = Connections::symmetric(&poisson_2d(30), 0.0);
        let aggregates = aggregate(&connections);
        let mut sizes = vec![0; aggregates.count];
        aggregates.of_node.iter().for_each(|&of| sizes[of as usize] += 1);
        assert!(sizes.iter().all(|&size| size >= 1));
        let mean = 900.0 / aggregates.count as f64;
        assert!((4.0..8.0).contains(&mean), "{mean}");
    }

    #[test]
    fn a_node_without_neighbours_stays_alone() {
        let matrix = crate::CsrMatrix::from_triplets(
            3,
            3,
            &[(0, 0, 1.0), (1, 1, 2.0), (1, 2, -1.0), (2, 1, -1.0), (2, 2, 2.0)],
        );
        let aggregates = aggregate(&Connections::symmetric(&matrix.unwrap(), 0.0));
        assert_eq!((aggregates.of_node, aggregates.count), (vec![ALONE, 0, 0], 1));
    }
}
