use filigree_core::{Error, Observer, Pool, keep_going};

use super::coarsening::Coarsener;
use super::coarsest::{Coarsest, LARGEST_DENSE};
use super::cycle::Cycle;
use super::level::Level;
use super::params::MultigridParams;
use super::smoother::Smoother;
use crate::built_rows::product;
use crate::symmetry::Symmetry;
use crate::{CsrMatrix, DenseScalar, Scalar, vector};

/// A level that keeps more than this share of its unknowns is the last one: coarsening no longer pays.
const STALLED: f64 = 0.9;

/// Steps of the inverse power method on the coarsest level.
const SMOOTH_STEPS: usize = 4;

/// One level of the hierarchy table.
#[derive(Clone, Debug, PartialEq)]
pub struct LevelFigures {
    /// Unknowns.
    pub rows: usize,
    /// Entries of the matrix.
    pub entries: usize,
    /// Unknowns of the next finer level over those of this one; 1 on the finest.
    pub ratio: f64,
}

/// What a hierarchy looks like.
#[derive(Clone, Debug, PartialEq)]
pub struct HierarchyTable {
    /// Finest first.
    pub levels: Vec<LevelFigures>,
    /// Entries of all matrices over those of the finest.
    pub operator_complexity: f64,
    /// Unknowns of all levels over those of the finest.
    pub grid_complexity: f64,
}

/// Matrices and the ways between them, in the precision of the set-up.
pub struct Hierarchy<'a, S> {
    /// The matrix that it was made for.
    pub finest: &'a CsrMatrix<S>,
    /// The coarser ones.
    pub coarser: Vec<CsrMatrix<S>>,
    /// Between two levels each: prolongator and restrictor.
    pub transfers: Vec<(CsrMatrix<S>, CsrMatrix<S>)>,
    /// The inverse of the last matrix, where it is small enough.
    pub coarsest: Option<Coarsest<S>>,
    /// Sentences about the set-up.
    pub words: Vec<String>,
}

impl<'a, S: DenseScalar> Hierarchy<'a, S> {
    /// Coarsens until the matrix is small, with Galerkin products R A P. R is Pᵀ where A is complex symmetric, else Pᴴ.
    pub fn new(
        finest: &'a CsrMatrix<S>,
        params: &MultigridParams<S>,
        symmetry: Symmetry,
        observer: &mut dyn Observer,
    ) -> Result<Self, Error> {
        let mut made =
            Self { finest, coarser: Vec::new(), transfers: Vec::new(), coarsest: None, words: Vec::new() };
        let mut coarsener = Coarsener::new(&params.coarsening, finest.rows(), params.seed);
        loop {
            let matrix = made.last();
            let rows = matrix.rows();
            if rows <= params.coarsest_size || made.transfers.len() + 1 >= params.most_levels {
                break;
            }
            observer.stage(&format!("Coarsening level {} of {rows} unknowns", made.transfers.len() + 1));
            keep_going(observer.progress(0.0), "building the multigrid hierarchy")?;
            let prolongator = coarsener.prolongator(matrix);
            let coarse = prolongator.columns();
            if coarse == 0 {
                made.words.push(format!(
                    "On level {} no unknown of {rows} depends strongly on another; smoothing solves it.",
                    made.transfers.len() + 1
                ));
                break;
            }
            if coarse as f64 > STALLED * rows as f64 {
                made.words.push(format!(
                    "Coarsening stopped at {rows} unknowns, because the next level would have {coarse}. A lower strength threshold coarsens further."
                ));
                break;
            }
            keep_going(observer.progress(0.0), "building the multigrid hierarchy")?;
            let restrictor =
                if symmetry == Symmetry::Symmetric { prolongator.transpose() } else { prolongator.adjoint() };
            let next = product(&restrictor, &product(matrix, &prolongator));
            made.transfers.push((prolongator, restrictor));
            made.coarser.push(next);
        }
        if made.last().rows() <= LARGEST_DENSE {
            let coarsest = Coarsest::new(made.last())?;
            if coarsest.is_pseudo {
                made.words.push(format!(
                    "The coarsest matrix ({} unknowns) is singular and is solved by its pseudo-inverse.",
                    made.last().rows()
                ));
            }
            made.coarsest = Some(coarsest);
        }
        Ok(made)
    }

    /// The matrix of a level.
    pub fn matrix(&self, level: usize) -> &CsrMatrix<S> {
        if level == 0 { self.finest } else { &self.coarser[level - 1] }
    }

    fn last(&self) -> &CsrMatrix<S> {
        self.coarser.last().unwrap_or(self.finest)
    }

    /// Sizes and complexities.
    pub fn table(&self) -> HierarchyTable {
        let mut levels: Vec<LevelFigures> = Vec::new();
        for level in 0..=self.coarser.len() {
            let matrix = self.matrix(level);
            let ratio = levels.last().map_or(1.0, |finer| finer.rows as f64 / matrix.rows().max(1) as f64);
            levels.push(LevelFigures { rows: matrix.rows(), entries: matrix.entries(), ratio });
        }
        let over = |figure: fn(&LevelFigures) -> usize| {
            levels.iter().map(figure).sum::<usize>() as f64 / figure(&levels[0]).max(1) as f64
        };
        HierarchyTable {
            operator_complexity: over(|level| level.entries),
            grid_complexity: over(|level| level.rows),
            levels,
        }
    }

    /// An estimate of the smallest |eigenvalue| of D⁻¹A: the smoothest vector of the coarsest level, brought up to the
    /// finest, and its Rayleigh quotient. None without a regular coarsest matrix or without levels.
    pub fn smallest_scaled_eigenvalue(&self) -> Option<f64> {
        let coarsest = self.coarsest.as_ref().filter(|coarsest| !coarsest.is_pseudo)?;
        let mut x: Vec<S> =
            (0..self.last().rows()).map(|row| S::from_real(1.0 + 0.1 * (row as f64).sin())).collect();
        let mut y = x.clone();
        for _ in 0..SMOOTH_STEPS {
            coarsest.solve(&x, &mut y);
            let length = vector::norm(&y);
            x.iter_mut().zip(&y).for_each(|(x, y)| *x = y.scale(1.0 / length));
        }
        let (_, coarser_transfers) = self.transfers.split_first()?;
        for (prolongator, _) in coarser_transfers.iter().rev() {
            let mut finer = vec![S::ZERO; prolongator.rows()];
            prolongator.multiply(&x, &mut finer);
            x = finer;
        }
        let (prolongator, _) = self.transfers.first()?;
        let mut product = vec![S::ZERO; x.len()];
        self.coarser[0].multiply(&x, &mut product);
        let energy = vector::dot(&x, &product).modulus();
        let mut finest = vec![S::ZERO; prolongator.rows()];
        prolongator.multiply(&x, &mut finest);
        let diagonal = self.finest.diagonal();
        let weight = vector::sum_blocks(finest.len(), |block| {
            vector::block_range(block, finest.len())
                .map(|row| diagonal[row].modulus() * finest[row].modulus_squared())
                .sum::<f64>()
        });
        (weight > 0.0).then_some(energy / weight)
    }

    /// The cycle for `factor` A, in the precision that `round` brings; `keep` rounds the ways between levels.
    pub fn cycle<T: Scalar>(
        self,
        params: &MultigridParams<S>,
        factor: f64,
        round: impl Fn(S) -> T + Sync + Copy,
        keep: impl Fn(CsrMatrix<S>) -> CsrMatrix<T>,
    ) -> Cycle<T> {
        let last_rows = self.last().rows();
        let scaled = |value: S| round(value.scale(factor));
        let inverted = |value: S| round(value.scale(1.0 / factor));
        let smoother =
            |level: usize| Smoother::new(self.matrix(level), params.smoothing, params.seed, scaled, inverted);
        let smoothers: Vec<_> = (0..self.transfers.len()).map(smoother).collect();
        let rest = self.coarsest.is_none().then(|| smoother(self.transfers.len()));
        let coarsest = self.coarsest.map(|coarsest| coarsest.convert(inverted));
        let levels = smoothers
            .into_iter()
            .zip(self.transfers)
            .map(|(smoother, (prolongator, restrictor))| Level {
                smoother,
                prolongator: keep(prolongator),
                restrictor: keep(restrictor),
            })
            .collect();
        Cycle {
            levels,
            coarsest,
            rest,
            last_rows,
            kind: params.cycle,
            sweeps: params.sweeps,
            spaces: Pool::default(),
        }
    }
}
