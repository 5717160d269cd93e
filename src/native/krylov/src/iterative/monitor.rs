use std::borrow::Cow;

use filigree_core::{Flow, Observer, Step};

use super::drive::SegmentEnd;
use super::{HistoryRow, Problem, SolveParams};
use crate::{Scalar, vector};

/// Counts the iterations of a method, recomputes residuals where they are due, keeps the history and hears whether a
/// person wants to stop.
pub struct Monitor<'a, S: Scalar> {
    pub problem: Problem<'a, S>,
    pub(super) params: SolveParams,
    observer: &'a mut dyn Observer,
    /// ‖b‖.
    pub(super) scale: f64,
    /// ‖M⁻¹ b‖, or ‖Aᴴ b‖ for least-squares methods.
    preconditioned_scale: f64,
    least_squares: bool,
    pub(super) iteration: usize,
    pub(super) products: usize,
    pub(super) history: Vec<HistoryRow>,
    /// What the recurrence said last.
    pub(super) recurred: f64,
    residual: Vec<S>,
    preconditioned: Vec<S>,
}

impl<'a, S: Scalar> Monitor<'a, S> {
    pub(super) fn new(
        problem: Problem<'a, S>,
        params: SolveParams,
        least_squares: bool,
        observer: &'a mut dyn Observer,
    ) -> Self {
        let scale = vector::norm(problem.right_hand_side);
        let mut monitor = Self {
            residual: vec![S::ZERO; problem.operator.rows()],
            preconditioned: vec![S::ZERO; problem.operator.columns()],
            problem,
            params,
            observer,
            scale,
            preconditioned_scale: scale,
            least_squares,
            iteration: 0,
            products: 0,
            history: Vec::new(),
            recurred: f64::NAN,
        };
        monitor.residual.copy_from_slice(problem.right_hand_side);
        monitor.preconditioned_scale = monitor.preconditioned_norm();
        monitor
    }

    /// Iterations done so far.
    pub fn iteration(&self) -> usize {
        self.iteration
    }

    /// The tolerance times ‖b‖.
    pub fn target(&self) -> f64 {
        self.params.relative_tolerance * self.scale
    }

    /// One more product with the matrix.
    pub fn count_product(&mut self) {
        self.products += 1;
    }

    /// ‖M⁻¹ r‖ or ‖Aᴴ r‖ of the residual held here.
    fn preconditioned_norm(&mut self) -> f64 {
        if self.least_squares {
            self.problem.operator.apply_adjoint(&self.residual, &mut self.preconditioned);
            self.products += 1;
        } else if let Some(preconditioner) = self.problem.preconditioner {
            preconditioner.apply(&self.residual, &mut self.preconditioned);
        } else {
            return vector::norm(&self.residual);
        }
        vector::norm(&self.preconditioned)
    }

    /// r ← b − A x; returns ‖r‖ / ‖b‖.
    pub(super) fn residual_of(&mut self, x: &[S], r: &mut [S]) -> f64 {
        self.problem.operator.residual(self.problem.right_hand_side, x, r);
        self.products += 1;
        relative(vector::norm(r), self.scale)
    }

    /// ‖Aᴴ r‖ of the residual last written to the history.
    pub(super) fn normal_norm(&self) -> f64 {
        self.history.last().map_or(0.0, |row| row.preconditioned * self.preconditioned_scale)
    }

    /// Writes a row for the residual `r`, which is that of x.
    pub(super) fn tell(&mut self, recurred: f64, r: &[S]) -> Flow {
        let residual = relative(vector::norm(r), self.scale);
        self.residual.copy_from_slice(r);
        let preconditioned = relative(self.preconditioned_norm(), self.preconditioned_scale);
        let row = HistoryRow { iteration: self.iteration, recurred, residual, preconditioned };
        self.history.push(row);
        // NaN never reaches a trace: an iterate that is not finite ends the method without a row.
        self.observer.iteration(&Step {
            iteration: self.iteration,
            iteration_limit: self.params.max_iterations,
            row: &row.trace(),
        })
    }

    /// The segment ends before its first iteration: a kept space has brought ‖b − A x‖ down to `recurred` already.
    pub fn claimed_at(&mut self, recurred: f64) -> SegmentEnd {
        self.recurred = relative(recurred, self.scale);
        SegmentEnd::Claimed
    }

    /// One iteration is done, and the recurrence puts ‖b − A x‖ at `recurred`. Says whether the segment ends here.
    pub fn step(&mut self, recurred: f64, x: &[S]) -> Option<SegmentEnd> {
        self.step_forming(recurred, |_| Cow::Borrowed(x))
    }

    /// The same for a method that has to form its x first.
    pub fn step_forming<'x>(
        &mut self,
        recurred: f64,
        form: impl FnOnce(&Self) -> Cow<'x, [S]>,
    ) -> Option<SegmentEnd> {
        self.iteration += 1;
        self.products += 1;
        let relative_recurred = relative(recurred, self.scale);
        if !relative_recurred.is_finite() {
            return Some(SegmentEnd::BrokeDown(format!(
                "the residual is no finite number after iteration {}",
                self.iteration
            )));
        }
        self.recurred = relative_recurred;
        let interval = self.params.residual_interval;
        if interval > 0 && self.iteration.is_multiple_of(interval) {
            let x = form(self);
            let mut r = std::mem::take(&mut self.residual);
            let residual = self.residual_of(&x, &mut r);
            let told = r.clone();
            self.residual = r;
            if residual.is_finite() && self.tell(relative_recurred, &told) == Flow::Stop {
                return Some(SegmentEnd::Cancelled);
            }
            if residual <= self.params.relative_tolerance {
                return Some(SegmentEnd::Claimed);
            }
        }
        if relative_recurred <= self.params.relative_tolerance {
            return Some(SegmentEnd::Claimed);
        }
        let first = self.history.first().map_or(1.0, |row| row.residual);
        let whole = (self.params.relative_tolerance / first).ln();
        let share = ((relative_recurred / first).ln() / whole).clamp(0.0, 1.0);
        if self.observer.progress(share) == Flow::Stop {
            return Some(SegmentEnd::Cancelled);
        }
        (self.iteration >= self.params.max_iterations).then_some(SegmentEnd::Limit)
    }
}

fn relative(norm: f64, scale: f64) -> f64 {
    if norm == 0.0 { 0.0 } else { norm / scale }
}
