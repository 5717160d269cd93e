use super::affinity::affinity;
use super::aggregation::aggregate;
use super::classical_interpolation::classical_interpolation;
use super::connections::Connections;
use super::extended_interpolation::extended_interpolation;
use super::independent_set::independent_set;
use super::params::{AggregateStrength, Coarsening, Interpolation, Splitting};
use super::smoothed_prolongator::smoothed_prolongator;
use super::splitting::{first_pass, second_pass};
use super::tentative::{NearNullSpace, tentative};
use crate::built_rows::build_rows;
use crate::spectral_radius::{inverse_diagonal, scaled_spectral_radius};
use crate::{CsrMatrix, Scalar};

/// Makes prolongators, level after level.
pub struct Coarsener<'a, S> {
    rule: &'a Coarsening<S>,
    /// Unknowns a node of the level at hand.
    block: usize,
    /// Near-null space of the level at hand, for smoothed aggregation.
    near_null: Option<NearNullSpace<S>>,
    seed: u64,
}

impl<'a, S: Scalar> Coarsener<'a, S> {
    /// Starts with a matrix of `rows` rows.
    pub fn new(rule: &'a Coarsening<S>, rows: usize, seed: u64) -> Self {
        match rule {
            Coarsening::Classical { .. } => Self { rule, block: 1, near_null: None, seed },
            Coarsening::SmoothedAggregation { block, near_null_space, .. } => {
                let near_null =
                    near_null_space.clone().unwrap_or_else(|| NearNullSpace::constants(rows, *block));
                Self { rule, block: *block, near_null: Some(near_null), seed }
            }
        }
    }

    /// The prolongator from the next coarser level to the level of `matrix`.
    pub fn prolongator(&mut self, matrix: &CsrMatrix<S>) -> CsrMatrix<S> {
        match self.rule {
            Coarsening::Classical { threshold, splitting, interpolation, truncation } => {
                let depends = Connections::classical(matrix, *threshold);
                let serves = depends.turned();
                let roles = match splitting {
                    Splitting::IndependentSet => independent_set(&depends, &serves, self.seed),
                    Splitting::RugeStueben { second_pass: again } => {
                        let mut roles = first_pass(&depends, &serves);
                        if *again {
                            second_pass(&depends, &mut roles);
                        }
                        roles
                    }
                };
                match interpolation {
                    Interpolation::Classical => {
                        classical_interpolation(matrix, &depends, &roles, *truncation)
                    }
                    Interpolation::Extended => extended_interpolation(matrix, &depends, &roles, *truncation),
                }
            }
            Coarsening::SmoothedAggregation { strength, damping, .. } => {
                self.aggregated(matrix, *strength, *damping)
            }
        }
    }

    fn aggregated(
        &mut self,
        matrix: &CsrMatrix<S>,
        strength: AggregateStrength,
        damping: f64,
    ) -> CsrMatrix<S> {
        let block = self.block;
        let condensed = (block > 1).then(|| node_sizes(matrix, block));
        let nodes = condensed.as_ref().unwrap_or(matrix);
        let (connections, keeps_all) = match strength {
            AggregateStrength::Symmetric { threshold } => {
                (Connections::symmetric(nodes, threshold), threshold == 0.0)
            }
            AggregateStrength::Affinity { ratio, vectors, sweeps } => {
                (affinity(matrix, nodes, block, ratio, vectors, sweeps, self.seed), false)
            }
        };
        let near_null =
            self.near_null.take().unwrap_or_else(|| NearNullSpace::constants(matrix.rows(), block));
        let (plain, coarse) = tentative(&aggregate(&connections), block, &near_null);
        self.block = coarse.width;
        self.near_null = Some(coarse);
        if damping == 0.0 {
            return plain;
        }
        let radius = scaled_spectral_radius(matrix, &inverse_diagonal(matrix), self.seed);
        let filter = (!keeps_all).then_some(&connections);
        smoothed_prolongator(matrix, filter, block, &plain, damping / radius.max(f64::MIN_POSITIVE))
    }
}

/// The Frobenius norms of a matrix's blocks of `block` × `block` entries.
fn node_sizes<S: Scalar>(matrix: &CsrMatrix<S>, block: usize) -> CsrMatrix<S> {
    let nodes = matrix.rows() / block;
    build_rows(
        nodes,
        nodes,
        nodes,
        || (),
        |node, (), sink| {
            for row in node * block..(node + 1) * block {
                let (columns, values) = matrix.row(row);
                for (&column, value) in columns.iter().zip(values) {
                    sink.add(column / block as u32, S::from_real(value.modulus_squared()));
                }
            }
            sink.rewrite(|column, value| Some((column, S::from_real(value.real().sqrt()))));
        },
    )
}
