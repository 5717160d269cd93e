use super::*;
use filigree_core::Random;

fn table(rows: usize, dimensions: usize, target: impl Fn(&[f64]) -> f64) -> Table {
    let mut random = Random::new(2, 0);
    let inputs: Vec<f64> = (0..rows * dimensions).map(|_| 3.0 + 2.0 * random.normal()).collect();
    let target = inputs.chunks_exact(dimensions).map(target).collect();
    let names = (0..dimensions).map(|d| format!("x{}", d + 1)).collect();
    Table { inputs, names, target, weights: None, noise_variance: None }
}

fn all(table: &Table) -> Vec<usize> {
    (0..table.rows()).collect()
}

fn mixed(row: &[f64]) -> f64 {
    (2.0 * row[0]).sin() * row[1] + 5.0
}

#[test]
fn standardised_data_lead_back_to_the_table() {
    let table = table(50, 3, mixed);
    for trend in [Trend::None, Trend::Constant, Trend::Linear] {
        let data = table.prepare(&all(&table), &Preparation { trend, ..Preparation::default() }).unwrap();
        for row in 0..50 {
            let back = data.standardisation.mean(data.target[row], data.row(row));
            assert!((back - table.target[row]).abs() < 1e-12);
            let restored = data.standardisation.restored(data.row(row));
            assert!(restored.iter().zip(table.row(row)).all(|(a, b)| (a - b).abs() < 1e-12));
        }
        let mean: f64 = data.inputs.iter().step_by(3).sum::<f64>() / 50.0;
        assert!(mean.abs() < 1e-12);
    }
}

#[test]
fn a_linear_trend_takes_out_what_is_linear() {
    let table = table(40, 2, |row| 2.0 * row[0] - row[1] + 0.1 * (9.0 * row[0]).sin());
    let data =
        table.prepare(&all(&table), &Preparation { trend: Trend::Linear, ..Preparation::default() }).unwrap();
    assert!(data.target.iter().all(|y| y.abs() < 0.1));
}

#[test]
fn duplicates_become_one_row_with_their_mean_and_the_likelihood_knows() {
    let mut table = table(20, 2, mixed);
    let first = table.row(0).to_vec();
    for row in [5, 7] {
        table.inputs[row * 2..row * 2 + 2].copy_from_slice(&first);
    }
    let plain = Preparation { merge_duplicates: false, ..Preparation::default() };
    let before = table.prepare(&all(&table), &plain).unwrap();
    let data = table.prepare(&all(&table), &Preparation::default()).unwrap();
    assert_eq!((data.rows(), data.counts[0], data.degrees_within), (18, 3.0, 2.0));
    let expected = (before.target[0] + before.target[5] + before.target[7]) / 3.0;
    assert!((data.target[0] - expected).abs() < 1e-14);
    assert!(data.warnings.iter().any(|warning| warning.contains("2 of 20 training rows")));
    // Noise of variance v about a known mean of zero: the likelihood of the rows is that of mean and scatter.
    let v = 0.3;
    let normal = |y: f64, variance: f64| 0.5 * ((std::f64::consts::TAU * variance).ln() + y * y / variance);
    let apart: f64 = before.target.iter().map(|&y| normal(y, v)).sum();
    let noise = data.noise(v);
    let merged: f64 = data.target.iter().zip(&noise).map(|(&y, &own)| normal(y, own)).sum();
    assert!((apart - (merged + data.within_rows(v).0)).abs() < 1e-10);
}

#[test]
fn leaks_are_told_before_any_fit() {
    let told = |target: &dyn Fn(&[f64]) -> f64| {
        let table = table(2000, 4, target);
        table.prepare(&all(&table), &Preparation::default()).unwrap().warnings.join(" ")
    };
    assert!(told(&|row| 3.0 - 2.0 * row[1]).contains("input “x2” determines the target exactly"));
    assert!(told(&|row| row[2] + row[3]).contains("together determine the target exactly"));
    assert!(told(&|row| row[0].exp()).contains("rank correlation"));
    assert!(told(&|row| (row[0] - 3.0).powi(2)).contains("neighbours along input “x1”"));
    let parts = |row: &[f64]| (100.0 + 3.0 * row[1] + 7.0 * row[3]).ln();
    assert!(told(&parts).contains("inputs “x4” and “x2” together determine it"));
    let rounded = |row: &[f64]| (parts(row) * 1e4).round() / 1e4;
    assert!(told(&rounded).contains("The exponential of the target is a weighted sum of inputs"));
    assert!(!told(&mixed).contains("Leak"));
}

#[test]
fn constant_inputs_and_wild_values_are_noted() {
    let mut table = table(2000, 3, mixed);
    table.inputs.iter_mut().skip(2).step_by(3).for_each(|value| *value = 4.0);
    table.inputs.iter_mut().skip(1).step_by(3).for_each(|value| *value *= 1e12);
    table.inputs[0] = 1e5;
    let data = table.prepare(&all(&table), &Preparation::default()).unwrap();
    assert_eq!(data.dimensions, 2);
    for part in ["constant over the training rows: “x3”", "run from", "Input “x1” has a value"] {
        assert!(data.warnings.iter().any(|warning| warning.contains(part)), "{part}: {:?}", data.warnings);
    }
}

#[test]
fn what_no_model_can_be_fitted_to_is_refused_in_words() {
    let refused = |change: &dyn Fn(&mut Table)| {
        let mut own = table(10, 2, mixed);
        change(&mut own);
        own.prepare(&all(&own), &Preparation::default()).unwrap_err().to_string()
    };
    assert!(refused(&|own| own.target.fill(2.0)).contains("nothing to learn"));
    assert!(refused(&|own| own.inputs.fill(2.0)).contains("Every input is constant"));
    assert!(refused(&|own| own.inputs[5] = f64::NAN).contains("Row 3 of input “x2”"));
    assert!(refused(&|own| own.target[4] = f64::INFINITY).contains("target of row 5"));
    assert!(
        refused(&|own| own.noise_variance = Some(vec![-1.0; 10])).contains("noise variance of row 1 is -1")
    );
    assert!(refused(&|own| own.weights = Some(vec![0.0; 10])).contains("above zero"));
    let own = table(10, 2, mixed);
    assert!(own.prepare(&[0], &Preparation::default()).unwrap_err().to_string().contains("1 training rows"));
    let wide = table(5, 9, mixed);
    let error = wide.prepare(&all(&wide), &Preparation::default()).unwrap_err().to_string();
    assert!(error.contains("9 inputs but only 5 training rows"));
    let mut two = table(8, 2, mixed);
    two.inputs = [1.0, 2.0, 3.0, 4.0].repeat(4);
    assert!(
        two.prepare(&all(&two), &Preparation::default())
            .unwrap_err()
            .to_string()
            .contains("only 2 different")
    );
}
