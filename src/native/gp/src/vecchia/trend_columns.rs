use super::params::TrendChoice;
use crate::table_data::Trend;

/// Share of the rows beyond the reach of a trend on either side.
const BEYOND: f64 = 0.005;

/// Terms of a trend: one, then the inputs.
///
/// A slope that nobody asked for is believed no farther than the rows it was learned from: beyond the central 99 % of an
/// input its term stays as it is at their end, so that neither a single far row decides the slope nor the slope a single
/// far prediction.
#[derive(Clone, Debug, PartialEq)]
pub struct TrendColumns {
    /// How many there are.
    pub terms: usize,
    /// (lowest, highest) of every input in its term.
    pub reach: Vec<(f64, f64)>,
}

impl TrendColumns {
    /// Inputs as they are.
    pub fn new(trend: Trend, dimensions: usize) -> Self {
        let terms = match trend {
            Trend::None => 0,
            Trend::Constant => 1,
            Trend::Linear => 1 + dimensions,
        };
        Self { terms, reach: vec![(f64::NEG_INFINITY, f64::INFINITY); dimensions] }
    }

    /// What is chosen for rows with inputs (row, dimension).
    pub fn chosen(choice: TrendChoice, inputs: &[f64], dimensions: usize) -> Self {
        let rows = inputs.len() / dimensions;
        let mut columns = Self::new(choice.among(rows, dimensions), dimensions);
        if choice == TrendChoice::Automatic && columns.terms > 1 {
            let last = rows - 1;
            let outside = (BEYOND * last as f64) as usize;
            for (d, reach) in columns.reach.iter_mut().enumerate() {
                let mut own: Vec<f64> = inputs.iter().skip(d).step_by(dimensions).copied().collect();
                own.sort_by(f64::total_cmp);
                *reach = (own[outside], own[last - outside]);
            }
        }
        columns
    }

    /// (point, term) of points (point, dimension).
    pub fn of(&self, points: &[f64]) -> Vec<f64> {
        let term = |(&value, &(low, high)): (&f64, &(f64, f64))| value.clamp(low, high);
        points
            .chunks_exact(self.reach.len())
            .flat_map(|point| {
                std::iter::once(1.0).chain(point.iter().zip(&self.reach).map(term)).take(self.terms)
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_follow_the_inputs_to_the_end_of_the_rows() {
        let mut inputs: Vec<f64> = (0..1000).flat_map(|row| [f64::from(row) / 1000.0, 7.0]).collect();
        inputs[0] = -1e6;
        let columns = TrendColumns::chosen(TrendChoice::Automatic, &inputs, 2);
        assert_eq!(columns.of(&[0.5, 7.0, 1e9, 9.0, -1e9, 7.0])[..6], [1.0, 0.5, 7.0, 1.0, 0.995, 7.0]);
        assert!((columns.of(&[-1e9, 7.0])[1] - 0.004).abs() < 1e-12);
        let asked = TrendColumns::chosen(TrendChoice::Fixed(Trend::Linear), &inputs, 2);
        assert_eq!(asked.of(&[1e9, -3.0]), [1.0, 1e9, -3.0]);
        assert_eq!(TrendColumns::chosen(TrendChoice::Automatic, &inputs[..20], 2).of(&[5.0, 7.0]), [1.0]);
        assert!(TrendColumns::new(Trend::None, 2).of(&[5.0, 7.0]).is_empty());
    }
}
