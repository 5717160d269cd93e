//! Signs, before a fit, that an input gives the target away.

use filigree_core::dot;

/// A relation that leaves less than this of the target's variance is exact.
const EXACT: f64 = 1e-10;

/// Rank correlation above which an input nearly determines the target.
const NEARLY: f64 = 0.999;

/// Share of the variance that neighbours along one input may leave, below which it nearly determines the target.
const NEARLY_NEIGHBOURS: f64 = 1e-3;

/// Most inputs an exact relation is spelled out for.
const MOST_NAMED: usize = 4;

/// Sentences about inputs (row, dimension), standardised, that determine a standardised target.
pub fn leak_warnings(inputs: &[f64], names: &[String], target: &[f64]) -> Vec<String> {
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
        warnings.extend(exact_relation(&columns, names, target));
    }
    warnings
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

/// Whether a linear combination of inputs is the target: inputs are taken one by one, each time the one that explains
/// most of what is left (orthogonal least squares).
fn exact_relation(columns: &[Vec<f64>], names: &[String], target: &[f64]) -> Option<String> {
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
        if gain(best) <= 0.0 {
            return None;
        }
        taken.push(best);
        let norm = dot(&left[best], &left[best]).sqrt();
        let direction: Vec<f64> = left[best].iter().map(|value| value / norm).collect();
        for vector in left.iter_mut().chain(std::iter::once(&mut rest)) {
            let along = dot(vector, &direction);
            vector.iter_mut().zip(&direction).for_each(|(value, d)| *value -= along * d);
        }
        if dot(&rest, &rest) < EXACT * whole {
            let named = if taken.len() <= MOST_NAMED {
                let quoted: Vec<String> = taken.iter().map(|&d| format!("“{}”", names[d])).collect();
                format!("inputs {} together", quoted.join(" and "))
            } else {
                format!("a linear combination of {} inputs", taken.len())
            };
            return Some(format!(
                "Leak: {named} determine the target exactly (it is a weighted sum of them). Leave one of them out, or all, unless they will be known wherever you predict."
            ));
        }
    }
    None
}
