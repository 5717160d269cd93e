//! Small tables with a known function, and an observer that remembers.

use filigree_core::{Flow, Observer, Random, Step};

use crate::fitted_model::FittedModel;
use crate::gp_model::GpModel;
use crate::table_data::{Table, TrainingData};

/// y = sin(2·x₁) + x₂²/4 plus noise of the given deviation; further inputs say nothing.
pub fn table(rows: usize, dimensions: usize, noise: f64) -> Table {
    let mut random = Random::new(if noise > 0.0 { 11 } else { 12 }, 0);
    let inputs: Vec<f64> = (0..rows * dimensions).map(|_| random.between(-2.0, 2.0)).collect();
    let target = inputs
        .chunks_exact(dimensions)
        .map(|x| (2.0 * x[0]).sin() + 0.25 * x[dimensions - 1].powi(2) + noise * random.normal())
        .collect();
    let names = (0..dimensions).map(|d| format!("x{}", d + 1)).collect();
    Table { inputs, names, target, weights: None, noise_variance: None }
}

/// A fitted model in the units of the table it was fitted to.
pub fn model_of(table: &Table, data: &TrainingData, model: Box<dyn FittedModel>) -> GpModel {
    let (inputs, standardisation) = (table.names.clone(), data.standardisation.clone());
    GpModel { inputs, parameters: vec![], standardisation, model }
}

/// Remembers every row of the trace, and stops after some of them where it is told to.
#[derive(Default)]
pub struct Trace {
    pub rows: Vec<Vec<f64>>,
    pub stop_after: Option<usize>,
}

impl Observer for Trace {
    fn stage(&mut self, _name: &str) {}
    fn progress(&mut self, _fraction: f64) -> Flow {
        Flow::Continue
    }
    fn iteration(&mut self, step: &Step<'_>) -> Flow {
        self.rows.push(step.row.to_vec());
        if self.stop_after.is_some_and(|limit| self.rows.len() >= limit) {
            Flow::Stop
        } else {
            Flow::Continue
        }
    }
}
