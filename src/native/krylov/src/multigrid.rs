//! Algebraic multigrid: hierarchies of coarser matrices made from the matrix alone, and the cycles that run on them.

mod affinity;
mod aggregation;
mod classical_interpolation;
mod coarsening;
mod coarsest;
mod connections;
mod cycle;
mod extended_interpolation;
mod hierarchy;
mod independent_set;
mod level;
mod ordered_sweep;
mod params;
mod preconditioner;
mod smoothed_prolongator;
mod smoother;
mod splitting;
mod tentative;
mod truncation;

pub use hierarchy::{HierarchyTable, LevelFigures};
pub use ordered_sweep::OrderedSweep;
pub use params::{
    AggregateStrength, Coarsening, CycleKind, Interpolation, MultigridParams, Precision, Smoothing, Splitting,
};
pub use preconditioner::Multigrid;
pub use tentative::NearNullSpace;
pub use truncation::Truncation;
