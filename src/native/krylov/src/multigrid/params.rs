use filigree_core::Error;

use super::tentative::NearNullSpace;
use super::truncation::Truncation;
use crate::Scalar;

/// How coarse unknowns are chosen among the fine ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Splitting {
    /// The first pass of Ruge and Stüben, one unknown after the other.
    RugeStueben {
        /// Strong pairs of fine unknowns get a coarse one in common.
        second_pass: bool,
    },
    /// PMIS: a maximal independent set, found by all threads.
    IndependentSet,
}

/// How fine unknowns take their values from coarse ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interpolation {
    /// From the coarse neighbours.
    Classical,
    /// From those of the fine neighbours too ("extended+i").
    Extended,
}

/// Which neighbours belong into one aggregate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum AggregateStrength {
    /// |a_ij|² ≥ θ² |a_ii| |a_jj|.
    Symmetric {
        /// θ; 0 takes every neighbour.
        threshold: f64,
    },
    /// Relaxed random vectors vary together there: sees anisotropy that the entries hide.
    Affinity {
        /// A neighbour is strong if its distance is at most this many times the smallest of the row.
        ratio: f64,
        /// Random vectors.
        vectors: usize,
        /// Sweeps that relax them.
        sweeps: usize,
    },
}

/// How the next coarser level is made.
#[derive(Clone, Debug)]
pub enum Coarsening<S> {
    /// Classical multigrid: some unknowns are coarse, the others interpolated.
    Classical {
        /// θ of the classical strength.
        threshold: f64,
        /// Choice of the coarse unknowns.
        splitting: Splitting,
        /// Interpolation of the others.
        interpolation: Interpolation,
        /// Thinning of the interpolation.
        truncation: Truncation,
    },
    /// Smoothed aggregation: groups of unknowns become one, with smoothed basis functions.
    SmoothedAggregation {
        /// Which neighbours group.
        strength: AggregateStrength,
        /// Unknowns a node, numbered one after the other.
        block: usize,
        /// Vectors that the coarse levels must represent; constants where none are given.
        near_null_space: Option<NearNullSpace<S>>,
        /// ω ρ(D⁻¹A) of the step that smooths the prolongator; 0 leaves it as it is.
        damping: f64,
    },
}

/// What takes rough errors away on every level.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Smoothing {
    /// x ← x + ω D⁻¹ r with ω = `damping` · 2 / ρ(D⁻¹A).
    Jacobi {
        /// Between 0 and 1.
        damping: f64,
    },
    /// Jacobi with each row's sum of absolute values instead of its diagonal; never needs damping.
    L1Jacobi,
    /// Forward before, backward after the coarse correction, in an order that all threads follow.
    GaussSeidel,
    /// A Chebyshev polynomial in D⁻¹A.
    Chebyshev {
        /// Products with the matrix a sweep.
        degree: usize,
    },
}

/// In which order levels are visited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CycleKind {
    /// Down and up once.
    V,
    /// Every coarser level twice.
    W,
    /// Down with a V on the way up from every level.
    F,
}

/// Precision of the cycle; set-up and the Krylov method around it are always double.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precision {
    /// Single where the matrix is well enough conditioned for it.
    Automatic,
    /// Half the memory and the time, for moderate condition numbers.
    Single,
    /// As the matrix.
    Double,
}

/// Parameters of algebraic multigrid.
#[derive(Clone, Debug)]
pub struct MultigridParams<S> {
    /// How coarser levels are made.
    pub coarsening: Coarsening<S>,
    /// Smoother of every level.
    pub smoothing: Smoothing,
    /// Sweeps before the coarse correction, and as many after it.
    pub sweeps: usize,
    /// Order of the levels.
    pub cycle: CycleKind,
    /// Matrices of at most this size are solved directly.
    pub coarsest_size: usize,
    /// Levels there are at most.
    pub most_levels: usize,
    /// Precision of the cycle.
    pub precision: Precision,
    /// Seed of what is random in the set-up.
    pub seed: u64,
}

impl<S: Scalar> MultigridParams<S> {
    /// Smoothed aggregation with a near-null space, which also tells the unknowns of a node.
    pub fn aggregation_for(near_null_space: NearNullSpace<S>) -> Self {
        Self {
            coarsening: Coarsening::SmoothedAggregation {
                strength: AggregateStrength::Symmetric { threshold: 0.0 },
                block: near_null_space.unknowns_a_node(),
                near_null_space: Some(near_null_space),
                damping: 4.0 / 3.0,
            },
            ..Self::aggregation()
        }
    }

    /// Classical multigrid as it suits scalar elliptic problems; with W-cycles also where a strong direction runs across
    /// the grid.
    pub fn classical() -> Self {
        Self {
            coarsening: Coarsening::Classical {
                threshold: 0.25,
                splitting: Splitting::RugeStueben { second_pass: true },
                interpolation: Interpolation::Classical,
                truncation: Truncation { share: 0.0, most: 0 },
            },
            ..Self::aggregation()
        }
    }

    /// Smoothed aggregation as it suits scalar problems, and systems once their near-null space is given.
    pub fn aggregation() -> Self {
        Self {
            coarsening: Coarsening::SmoothedAggregation {
                strength: AggregateStrength::Symmetric { threshold: 0.0 },
                block: 1,
                near_null_space: None,
                damping: 4.0 / 3.0,
            },
            smoothing: Smoothing::GaussSeidel,
            sweeps: 1,
            cycle: CycleKind::V,
            coarsest_size: 200,
            most_levels: 25,
            precision: Precision::Automatic,
            seed: 1,
        }
    }

    /// The parameters make sense for a matrix of this size.
    pub fn check(&self, rows: usize) -> Result<(), Error> {
        let within = |parameter: &'static str, value: f64, low: f64, high: f64| {
            if (low..=high).contains(&value) {
                Ok(())
            } else {
                Err(Error::parameter(
                    parameter,
                    format!("{parameter} is {value}; it must lie between {low} and {high}."),
                ))
            }
        };
        within("sweeps", self.sweeps as f64, 1.0, 20.0)?;
        within("coarsestSize", self.coarsest_size as f64, 1.0, super::coarsest::LARGEST_DENSE as f64)?;
        within("levels", self.most_levels as f64, 1.0, 100.0)?;
        match self.smoothing {
            Smoothing::Jacobi { damping } => within("jacobiDamping", damping, 1e-3, 1.0)?,
            Smoothing::Chebyshev { degree } => within("degree", degree as f64, 1.0, 16.0)?,
            Smoothing::GaussSeidel | Smoothing::L1Jacobi => {}
        }
        match &self.coarsening {
            Coarsening::Classical { threshold, truncation, .. } => {
                within("strength", *threshold, 0.0, 1.0)?;
                within("truncation", truncation.share, 0.0, 0.99)
            }
            Coarsening::SmoothedAggregation { strength, block, near_null_space, damping } => {
                match *strength {
                    AggregateStrength::Symmetric { threshold } => within("strength", threshold, 0.0, 1.0)?,
                    AggregateStrength::Affinity { ratio, vectors, sweeps } => {
                        within("affinityRatio", ratio, 1.0, 1e6)?;
                        within("affinityVectors", vectors as f64, 1.0, 64.0)?;
                        within("affinitySweeps", sweeps as f64, 1.0, 64.0)?;
                    }
                }
                within("prolongatorDamping", *damping, 0.0, 2.0)?;
                within("unknownsPerNode", *block as f64, 1.0, 64.0)?;
                if !rows.is_multiple_of(*block) {
                    return Err(Error::parameter(
                        "unknownsPerNode",
                        format!(
                            "There are {block} unknowns a node, and the matrix has {rows} rows, which {block} does not divide. Give the number of unknowns of one node, 1 for a scalar problem."
                        ),
                    ));
                }
                match near_null_space {
                    Some(near_null)
                        if near_null.width == 0 || near_null.rows.len() != rows * near_null.width =>
                    {
                        Err(Error::InvalidData(format!(
                            "The near-null space has {} numbers for {} vectors, and the matrix has {rows} rows. Give a table with a row for each unknown and a column for each vector.",
                            near_null.rows.len(),
                            near_null.width
                        )))
                    }
                    _ => Ok(()),
                }
            }
        }
    }
}
