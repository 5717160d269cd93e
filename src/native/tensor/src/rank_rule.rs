use filigree_core::Error;

use crate::mode_basis::Accuracy;
use crate::shape::shape_text;
use crate::tucker_model::model_size;

/// How the ranks of a model are chosen.
#[derive(Clone, Debug, PartialEq)]
pub enum RankRule {
    /// One for each mode.
    Ranks(Vec<usize>),
    /// The smallest model whose relative error is at most this.
    Tolerance(f64),
    /// The best model of at most this many numbers, by the error bound of the singular values.
    Size(usize),
}

impl RankRule {
    /// Says what is wrong with the rule by itself.
    pub fn check(&self, accuracy: Accuracy) -> Result<(), Error> {
        let Self::Tolerance(tolerance) = *self else { return Ok(()) };
        if !(tolerance > 0.0 && tolerance < 1.0) {
            return Err(Error::parameter(
                "tolerance",
                format!("The tolerance is {tolerance}; a relative error lies between 0 and 1. Try 0.01."),
            ));
        }
        let lowest = 10.0 * accuracy.floor();
        if tolerance < lowest {
            let advice = match accuracy {
                Accuracy::Fast => "Choose the accurate way (QR), which reaches 1e-14.",
                Accuracy::Accurate => "No way of computing in double precision can promise that.",
            };
            return Err(Error::parameter(
                "tolerance",
                format!(
                    "A tolerance of {tolerance:.1e} lies below {lowest:.1e}, where rounding hides the singular values. {advice}"
                ),
            ));
        }
        Ok(())
    }

    /// Says what does not fit a tensor of this shape.
    pub fn check_shape(&self, shape: &[usize]) -> Result<(), Error> {
        match self {
            Self::Ranks(ranks) => check_ranks(ranks, shape),
            Self::Tolerance(_) => Ok(()),
            Self::Size(budget) => check_budget(*budget, shape),
        }
    }
}

/// One rank for each mode, from 1 to its length.
pub fn check_ranks(ranks: &[usize], shape: &[usize]) -> Result<(), Error> {
    let refused = |message| Err(Error::parameter("ranks", message));
    if ranks.len() != shape.len() {
        return refused(format!(
            "{} ranks were given for the {} modes of a {} tensor. Give one for each mode.",
            ranks.len(),
            shape.len(),
            shape_text(shape)
        ));
    }
    for (mode, (&rank, &length)) in ranks.iter().zip(shape).enumerate() {
        if rank < 1 || rank > length {
            return refused(format!(
                "Rank {rank} does not fit mode {}, which has {length} entries. Choose 1 to {length}.",
                mode + 1
            ));
        }
    }
    Ok(())
}

/// A budget must hold the smallest model there is, one component a mode.
pub fn check_budget(budget: usize, shape: &[usize]) -> Result<(), Error> {
    let smallest = model_size(shape, &vec![1; shape.len()]);
    if budget >= smallest {
        return Ok(());
    }
    Err(Error::parameter(
        "budget",
        format!(
            "A budget of {budget} numbers is too small: one component a mode of a {} tensor takes {smallest} already. Choose at least that.",
            shape_text(shape)
        ),
    ))
}

/// Ranks above the product of the others would only add empty slices to the core: cuts them and says so.
pub fn useful_ranks(ranks: &[usize], warnings: &mut Vec<String>) -> Vec<usize> {
    let mut useful = ranks.to_vec();
    for mode in 0..useful.len() {
        let others = useful
            .iter()
            .enumerate()
            .filter(|&(other, _)| other != mode)
            .fold(1usize, |product, (_, &rank)| product.saturating_mul(rank));
        if useful[mode] > others {
            warnings.push(format!(
                "Rank {} of mode {} is more than the product of the other ranks, {others}: components beyond that would be empty and were left out.",
                useful[mode],
                mode + 1
            ));
            useful[mode] = others;
        }
    }
    useful
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_not_be_met_is_refused_with_what_to_do() {
        let words = |rule: &RankRule, accuracy| rule.check(accuracy).unwrap_err().to_string();
        assert!(words(&RankRule::Tolerance(1e-9), Accuracy::Fast).contains("Choose the accurate way"));
        assert!(RankRule::Tolerance(1e-9).check(Accuracy::Accurate).is_ok());
        assert!(words(&RankRule::Tolerance(1e-16), Accuracy::Accurate).contains("double precision"));
        assert!(words(&RankRule::Tolerance(0.0), Accuracy::Fast).contains("between 0 and 1"));
        let error = RankRule::Ranks(vec![2, 9, 2]).check_shape(&[5, 6, 7]).unwrap_err();
        assert!(error.to_string().contains("Rank 9 does not fit mode 2, which has 6 entries"), "{error}");
        assert!(RankRule::Ranks(vec![2, 2]).check_shape(&[5, 6, 7]).is_err());
        let error = RankRule::Size(18).check_shape(&[5, 6, 7]).unwrap_err();
        assert_eq!(error.blamed_parameter(), Some("budget"));
        assert!(error.to_string().contains("takes 19 already"), "{error}");
        assert!(RankRule::Size(19).check_shape(&[5, 6, 7]).is_ok());
    }

    #[test]
    fn empty_components_are_left_out_and_told() {
        let mut warnings = Vec::new();
        assert_eq!(useful_ranks(&[20, 2, 2], &mut warnings), [4, 2, 2]);
        assert_eq!(warnings.len(), 1);
        assert_eq!(useful_ranks(&[4, 2, 2], &mut Vec::new()), [4, 2, 2]);
    }
}
