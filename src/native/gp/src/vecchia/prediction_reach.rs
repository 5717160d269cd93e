use filigree_core::Error;

use super::deviation_scale::left_out_densities;
use super::predictor::Predictor;

/// Fewest neighbours that are tried.
const FEWEST: usize = 50;

/// Rows that numbers of neighbours are compared by.
const COMPARED_ROWS: usize = 800;

/// Gain of the mean logarithm of the predictive density below which twice the neighbours are not worth their time.
const WORTH: f64 = 1e-3;

/// How many rows a prediction is to be made from, `most` at the most: doubled for as long as rows that are left out are
/// predicted better. A table of no more rows serves whole. Where there is much noise many rows are averaged; but the
/// farther ones are only worth their time where the covariances are right that far out.
pub fn chosen_reach(predictor: &Predictor, most: usize, seed: u64) -> Result<usize, Error> {
    if most <= FEWEST || most >= predictor.observations.len() {
        return Ok(most);
    }
    let mut reach = FEWEST;
    let mut known = mean_density(predictor, reach, seed)?;
    while reach < most {
        let farther = (2 * reach).min(most);
        let own = mean_density(predictor, farther, seed)?;
        if own <= known + WORTH {
            break;
        }
        (reach, known) = (farther, own);
    }
    Ok(reach)
}

fn mean_density(predictor: &Predictor, limit: usize, seed: u64) -> Result<f64, Error> {
    let densities = left_out_densities(predictor, COMPARED_ROWS, limit, seed)?;
    Ok(densities.iter().sum::<f64>() / densities.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vecchia::radial::Radial;
    use crate::vecchia::test_support::{drawn_observations, hyper};

    #[test]
    fn it_goes_as_far_as_is_worth_it() {
        let predictor =
            Predictor::new(drawn_observations(900, 2, 0, 3), hyper(Radial::Matern32, 2), Vec::new());
        assert_eq!(chosen_reach(&predictor, 20, 1).unwrap(), 20);
        assert_eq!(chosen_reach(&predictor, 900, 1).unwrap(), 900);
        let reach = chosen_reach(&predictor, 400, 1).unwrap();
        assert!([50, 100, 200, 400].contains(&reach), "{reach}");
        let at = |limit| mean_density(&predictor, limit, 1).unwrap();
        assert!(reach == 50 || at(reach) > at(reach / 2) + WORTH);
        assert!(reach == 400 || at(2 * reach) <= at(reach) + WORTH);
    }
}
