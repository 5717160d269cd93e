//! Signs, before a fit, that an input gives the target away.

use filigree_core::dot;

/// A relation that leaves less than this of the target's variance is exact.
const EXACT: f64 = 1e-10;

/// Rank correlation above which an input nearly determines the target.
const NEARLY: f64 = 0.999;

/// Share of the variance that neighbours along one input may leave, below which it nearly determines the target.
const NEARLY_NEIGHBOURS: f64 = 1e-3;

/// A weighted sum that leaves less than this of the variance of a target brought to another scale determines it: what is
/// kept as logarithms was often rounded before.
const NEARLY_SUM: f64 = 1e-4;

/// A next input that explains less than this of what is left ends the search for such a sum.
const LEAST_GAIN: f64 = 1e-3;

/// Targets that span more than this are no logarithms: their exponential is a spike, which any input can point at.
const WIDEST_LOGARITHM: f64 = 30.0;

/// Most inputs an exact relation is spelled out for.
const MOST_NAMED: usize = 4;

/// How every sentence about a leak begins.
pub const LEAK: &str = "Leak";

/// Sentences about inputs (row, dimension), standardised, that determine a standardised target; `raw` is that target as
/// the table has it, for sums that tell its exponential or its logarithm.
pub fn leak_warnings(inputs: &[f64], names: &[String], target: &[f64], raw: &[f64]) -> Vec<String> {
    let dimensions = names.len();
    let column = |d: usize| inputs.iter().skip(d).step_by(dimensions).copied().collect::<Vec<f64>>();
    let mut warnings = Vec::new();
    let distinct = {
        let mut sorted = target.to_vec();
        sorted.sort_by(f64::total_cmp);
        sorted.dedup();
        sorted.len()
    };
    // Classes repeat so often that ranks and neighbours say nothing.
    let graded = distinct > 10;
    let ranked_target = ranks(target);
    for (d, name) in names.iter().enumerate() {
        let values = column(d);
        let correlation = correlation(&values, target);
        if 1.0 - correlation * correlation < EXACT {
            warnings.push(format!(
                "Leak: input “{name}” determines the target exactly (correlation {correlation:.6}). Leave it out unless it will be known wherever you predict."
            ));
            continue;
        }
        let by_rank = self::correlation(&ranks(&values), &ranked_target);
        if graded && by_rank.abs() > NEARLY {
            warnings.push(format!(
                "Leak? Input “{name}” nearly determines the target: rank correlation {by_rank:.4}. Leave it out unless it will be known wherever you predict."
            ));
        } else if graded && dimensions > 1 && left_by_neighbours(&values, target) < NEARLY_NEIGHBOURS {
            warnings.push(format!(
                "Leak? The target hardly changes between neighbours along input “{name}” alone, so that input nearly determines it. Leave it out unless it will be known wherever you predict."
            ));
        }
    }
    if warnings.is_empty() {
        let columns: Vec<Vec<f64>> = (0..dimensions).map(column).collect();
        let relation = weighted_sum(&columns, names, target, EXACT, 0.0);
        warnings.extend(relation.map(|named| format!(
            "Leak: {named} determine the target exactly (it is a weighted sum of them). Leave one of them out, or all, unless they will be known wherever you predict."
        )));
        if warnings.is_empty() {
            warnings.extend(other_scales(raw).into_iter().find_map(|(scale, scaled)| {
                let named = weighted_sum(&columns, names, &scaled, NEARLY_SUM, LEAST_GAIN)?;
                Some(format!(
                    "Leak? The {scale} of the target is a weighted sum of inputs to within a hundredth of its deviation: {named} determine it. Leave one of them out, or all, unless they will be known wherever you predict."
                ))
            }));
        }
    }
    warnings
}

/// The target on the scales that counts and amounts are often brought to or from, standardised.
fn other_scales(raw: &[f64]) -> Vec<(&'static str, Vec<f64>)> {
    let low = raw.iter().copied().fold(f64::INFINITY, f64::min);
    let high = raw.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let mut scales = Vec::new();
    if high - low < WIDEST_LOGARITHM {
        scales.push(("exponential", standardised(raw.iter().map(|y| (y - high).exp()))));
    }
    if low > 0.0 {
        scales.push(("logarithm", standardised(raw.iter().map(|y| y.ln()))));
    }
    scales
}

fn standardised(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut values: Vec<f64> = values.collect();
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let deviation = (values.iter().map(|y| (y - mean).powi(2)).sum::<f64>() / count).sqrt();
    let scale = if deviation > 0.0 { deviation } else { 1.0 };
    values.iter_mut().for_each(|value| *value = (*value - mean) / scale);
    values
}

/// Pearson correlation.
fn correlation(a: &[f64], b: &[f64]) -> f64 {
    let count = a.len() as f64;
    let (mean_a, mean_b) = (a.iter().sum::<f64>() / count, b.iter().sum::<f64>() / count);
    let (mut aa, mut bb, mut ab) = (0.0, 0.0, 0.0);
    for (x, y) in a.iter().zip(b) {
        let (x, y) = (x - mean_a, y - mean_b);
        aa += x * x;
        bb += y * y;
        ab += x * y;
    }
    if aa > 0.0 && bb > 0.0 { ab / (aa * bb).sqrt() } else { 0.0 }
}

/// Ranks from zero; ties share their mean.
fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut out = vec![0.0; values.len()];
    let mut start = 0;
    while start < order.len() {
        let same = order[start..].iter().take_while(|&&i| values[i] == values[order[start]]).count();
        for &place in &order[start..start + same] {
            out[place] = start as f64 + 0.5 * (same - 1) as f64;
        }
        start += same;
    }
    out
}

/// Half the mean squared difference of targets that are neighbours along an input, as a share of their variance (von
/// Neumann's ratio). Ties are ordered by the target's row, so that many of them hide nothing.
fn left_by_neighbours(values: &[f64], target: &[f64]) -> f64 {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let sum: f64 = order.windows(2).map(|pair| (target[pair[1]] - target[pair[0]]).powi(2)).sum();
    let mean = target.iter().sum::<f64>() / target.len() as f64;
    let variance: f64 = target.iter().map(|y| (y - mean).powi(2)).sum();
    if variance > 0.0 { 0.5 * sum / variance } else { 0.0 }
}

/// The inputs whose linear combination is the target, but for a share `within` of its square: inputs are taken one by
/// one, each time the one that explains most of what is left (orthogonal least squares), while it explains more than
/// `least` of that.
fn weighted_sum(
    columns: &[Vec<f64>],
    names: &[String],
    target: &[f64],
    within: f64,
    least: f64,
) -> Option<String> {
    let rows = target.len();
    let whole = dot(target, target);
    let mut rest = target.to_vec();
    let mut left: Vec<Vec<f64>> = columns.to_vec();
    let mut taken: Vec<usize> = Vec::new();
    // As many inputs as rows explain anything.
    while taken.len() < columns.len().min(rows / 2) {
        let gain = |d: usize| {
            let own = dot(&left[d], &left[d]);
            if own > 1e-8 * rows as f64 { dot(&left[d], &rest).powi(2) / own } else { 0.0 }
        };
        let candidates = (0..columns.len()).filter(|d| !taken.contains(d));
        let best = candidates.max_by(|&a, &b| gain(a).total_cmp(&gain(b)).then(b.cmp(&a)))?;
        if gain(best) <= least * dot(&rest, &rest) {
            return None;
        }
        taken.push(best);
        let norm = dot(&left[best], &left[best]).sqrt();
        let direction: Vec<f64> = left[best].iter().map(|value| value / norm).collect();
        for vector in left.iter_mut().chain(std::iter::once(&mut rest)) {
            let along = dot(vector, &direction);
            vector.iter_mut().zip(&direction).for_each(|(value, d)| *value -= along * d);
        }
        if dot(&rest, &rest) < within * whole {
            return Some(if taken.len() <= MOST_NAMED {
                let quoted: Vec<String> = taken.iter().map(|&d| format!("“{}”", names[d])).collect();
                format!("inputs {} together", quoted.join(" and "))
            } else {
                format!("a linear combination of {} inputs", taken.len())
            });
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(raw: impl Fn(f64, f64) -> f64) -> String {
        let a = standardised((0..200).map(|i| (1.7 * i as f64).sin()));
        let b = standardised((0..200).map(|i| (0.31 * (i * i) as f64).cos()));
        let inputs: Vec<f64> = a.iter().zip(&b).flat_map(|(&a, &b)| [a, b]).collect();
        let raw: Vec<f64> = a.iter().zip(&b).map(|(&a, &b)| raw(a, b)).collect();
        let target = standardised(raw.iter().copied());
        leak_warnings(&inputs, &["a".into(), "b".into()], &target, &raw).join(" ")
    }

    #[test]
    fn a_sum_is_told_also_on_the_scale_of_a_logarithm() {
        assert!(
            told(|a, b| 2.0 * a - b).contains("inputs “a” and “b” together determine the target exactly")
        );
        let logarithm = told(|a, b| (a + 0.5 * b + 5.0).ln());
        assert!(logarithm.contains("The exponential of the target is a weighted sum"), "{logarithm}");
        assert!(told(|a, b| (0.5 * a - b).exp()).contains("The logarithm of the target is a weighted sum"));
    }

    #[test]
    fn a_function_that_is_no_sum_is_no_leak() {
        assert_eq!(told(|a, b| (3.0 * a).sin() + b * b), "");
    }
}
