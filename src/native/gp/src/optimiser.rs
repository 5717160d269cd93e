//! L-BFGS within a box. argmin's L-BFGS knows no bounds, and the crates with L-BFGS-B either wrap C or can not be
//! stopped within an evaluation, hence our own.

use std::collections::VecDeque;

use filigree_core::{Error, Flow, StopReason, dot};

use crate::kernel::{Parameter, ParameterRole};

/// Iterations over which the objective must fall.
const WINDOW: usize = 5;

/// Halvings of a step before it is given up.
const MOST_HALVINGS: usize = 30;

/// Share of the predicted fall a step must reach (Armijo).
const SUFFICIENT: f64 = 1e-4;

/// When to stop, and how far to look back.
#[derive(Clone, Debug, PartialEq)]
pub struct OptimiserParams {
    /// Most iterations.
    pub max_iterations: usize,
    /// Stop when five iterations lower the objective by less than this.
    pub tolerance: f64,
    /// Stop when no component of the projected gradient is larger than this.
    pub gradient_tolerance: f64,
    /// Pairs of steps and gradient changes kept.
    pub memory: usize,
    /// Largest change of a component in a step.
    pub largest_step: f64,
}

impl Default for OptimiserParams {
    fn default() -> Self {
        Self { max_iterations: 100, tolerance: 1e-5, gradient_tolerance: 1e-7, memory: 20, largest_step: 2.0 }
    }
}

/// What a callback hears after every iteration.
#[derive(Debug)]
pub struct Iterate<'a> {
    /// From one.
    pub iteration: usize,
    /// Where the iteration ended.
    pub theta: &'a [f64],
    /// The objective there.
    pub value: f64,
    /// Largest component of the projected gradient there.
    pub gradient: f64,
}

/// Where an optimisation ended.
#[derive(Clone, Debug)]
pub struct Optimum {
    /// The best point found.
    pub theta: Vec<f64>,
    /// The objective there.
    pub value: f64,
    /// Iterations done.
    pub iterations: usize,
    /// Objectives and gradients computed.
    pub evaluations: usize,
    /// Why it ended.
    pub stop_reason: StopReason,
    /// The same as a sentence.
    pub stop_message: String,
}

/// Minimises `objective` (which writes its gradient) from `start` between `lower` and `upper`. A step into a place where
/// the objective breaks down is shortened; one that is cancelled after the first iteration keeps that; any other error
/// ends the search.
///
/// A projected quasi-Newton method: variables on a bound that the gradient pushes against are held, the direction of the
/// others comes from the two-loop recursion on their part of the pairs (Nocedal & Wright, Numerical Optimization,
/// 2006, alg. 7.4; Bertsekas, "Projected Newton methods", SIAM J. Control Optim. 1982), and the step is projected.
pub fn minimise(
    mut objective: impl FnMut(&[f64], &mut [f64]) -> Result<f64, Error>,
    start: &[f64],
    lower: &[f64],
    upper: &[f64],
    params: &OptimiserParams,
    mut on_iteration: impl FnMut(&Iterate<'_>) -> Flow,
) -> Result<Optimum, Error> {
    let size = start.len();
    let clamp = |theta: &mut [f64]| {
        for i in 0..size {
            theta[i] = theta[i].clamp(lower[i], upper[i]);
        }
    };
    let mut theta = start.to_vec();
    clamp(&mut theta);
    let mut gradient = vec![0.0; size];
    let mut value = objective(&theta, &mut gradient)?;
    if !value.is_finite() {
        return Err(Error::Breakdown(
            "The objective is not finite at the first guess. Look for wild values in the data, or give other starts."
                .to_owned(),
        ));
    }
    let mut evaluations = 1;
    let mut pairs: VecDeque<(Vec<f64>, Vec<f64>)> = VecDeque::new();
    let mut values = vec![value];
    let (mut trial, mut trial_gradient) = (theta.clone(), gradient.clone());
    let mut iteration = 0;
    let (stop_reason, stop_message) = loop {
        let held: Vec<bool> = (0..size)
            .map(|i| theta[i] <= lower[i] && gradient[i] > 0.0 || theta[i] >= upper[i] && gradient[i] < 0.0)
            .collect();
        let largest = largest_free(&gradient, &held);
        if largest <= params.gradient_tolerance {
            let message =
                format!("Converged after {iteration} iterations: the gradient is below {largest:.1e}.");
            break (StopReason::Converged, message);
        }
        if iteration >= WINDOW {
            let fall = values[iteration - WINDOW] - value;
            if fall <= params.tolerance {
                let message = format!(
                    "Converged after {iteration} iterations: the last {WINDOW} lowered the objective by {fall:.1e}."
                );
                break (StopReason::Converged, message);
            }
        }
        if iteration == params.max_iterations {
            let message =
                format!("Stopped at the limit of {iteration} iterations; the objective was still falling.");
            break (StopReason::IterationLimit, message);
        }
        let mut direction = two_loop(&gradient, &held, &pairs);
        if dot(&direction, &gradient) >= 0.0 {
            pairs.clear();
            direction = two_loop(&gradient, &held, &pairs);
        }
        let longest = direction.iter().fold(0.0f64, |most, d| most.max(d.abs()));
        // Without curvature a step is a guess: a tenth of the largest one allowed.
        let allowed = if pairs.is_empty() { 0.1 * params.largest_step } else { params.largest_step };
        let first = if pairs.is_empty() { allowed / longest } else { (allowed / longest).min(1.0) };
        let mut step = first;
        let mut found = None;
        let mut cancelled = false;
        for _ in 0..MOST_HALVINGS {
            for i in 0..size {
                trial[i] = theta[i] + step * direction[i];
            }
            clamp(&mut trial);
            let predicted: f64 = (0..size).map(|i| gradient[i] * (trial[i] - theta[i])).sum();
            evaluations += 1;
            match objective(&trial, &mut trial_gradient) {
                Ok(reached) if reached.is_finite() => {
                    if reached <= value + SUFFICIENT * predicted {
                        found = Some(reached);
                        break;
                    }
                    // The least of the parabola through both values and the slope, within sane limits.
                    let least = -predicted / (2.0 * (reached - value - predicted));
                    step *= if least.is_finite() { least.clamp(0.1, 0.5) } else { 0.5 };
                }
                Ok(_) | Err(Error::Breakdown(_)) => step *= 0.25,
                Err(Error::Cancelled(_)) if iteration > 0 => {
                    cancelled = true;
                    break;
                }
                Err(other) => return Err(other),
            }
        }
        if cancelled {
            break (StopReason::Cancelled, cancel_message(iteration));
        }
        let Some(reached) = found else {
            if !pairs.is_empty() {
                pairs.clear();
                continue;
            }
            let message = format!(
                "Stopped after {iteration} iterations: rounding keeps the objective from falling any further."
            );
            break (StopReason::Stagnated, message);
        };
        let moved: Vec<f64> = (0..size).map(|i| trial[i] - theta[i]).collect();
        let change: Vec<f64> = (0..size).map(|i| trial_gradient[i] - gradient[i]).collect();
        if dot(&moved, &change) > 1e-10 * (dot(&moved, &moved) * dot(&change, &change)).sqrt() {
            if pairs.len() == params.memory {
                pairs.pop_front();
            }
            pairs.push_back((moved, change));
        }
        std::mem::swap(&mut theta, &mut trial);
        std::mem::swap(&mut gradient, &mut trial_gradient);
        value = reached;
        values.push(value);
        iteration += 1;
        let report = Iterate { iteration, theta: &theta, value, gradient: largest };
        if on_iteration(&report) == Flow::Stop {
            break (StopReason::Cancelled, cancel_message(iteration));
        }
    };
    Ok(Optimum { theta, value, iterations: iteration, evaluations, stop_reason, stop_message })
}

fn cancel_message(iterations: usize) -> String {
    format!("Cancelled after {iterations} iterations; the best point so far was kept.")
}

fn largest_free(gradient: &[f64], held: &[bool]) -> f64 {
    gradient.iter().zip(held).filter(|(_, held)| !**held).fold(0.0f64, |most, (g, _)| most.max(g.abs()))
}

/// −H·g on the variables that are not held, by the limited-memory recursion on their part of the pairs.
fn two_loop(gradient: &[f64], held: &[bool], pairs: &VecDeque<(Vec<f64>, Vec<f64>)>) -> Vec<f64> {
    let free_dot = |a: &[f64], b: &[f64]| -> f64 {
        a.iter().zip(b).zip(held).filter(|(_, held)| !**held).map(|((x, y), _)| x * y).sum()
    };
    let mut direction: Vec<f64> =
        gradient.iter().zip(held).map(|(g, &held)| if held { 0.0 } else { -g }).collect();
    let mut used = Vec::new();
    for (s, y) in pairs.iter().rev() {
        let curvature = free_dot(s, y);
        if curvature > 1e-10 * (free_dot(s, s) * free_dot(y, y)).sqrt() {
            let alpha = free_dot(s, &direction) / curvature;
            for i in 0..direction.len() {
                if !held[i] {
                    direction[i] -= alpha * y[i];
                }
            }
            used.push((s, y, curvature, alpha));
        }
    }
    if let Some((_, y, curvature, _)) = used.first() {
        let scale = curvature / free_dot(y, y);
        direction.iter_mut().for_each(|value| *value *= scale);
    }
    for (s, y, curvature, alpha) in used.iter().rev() {
        let beta = free_dot(y, &direction) / curvature;
        for i in 0..direction.len() {
            if !held[i] {
                direction[i] += (alpha - beta) * s[i];
            }
        }
    }
    direction
}

/// Sentences for hyper-parameters that ended on a bound; those of one role and bound share a sentence.
pub fn bound_warnings(parameters: &[Parameter], theta: &[f64]) -> Vec<String> {
    let mut groups: Vec<(ParameterRole, bool, f64, Vec<&str>)> = Vec::new();
    for (parameter, &value) in parameters.iter().zip(theta) {
        let reach = 1e-6 * (parameter.upper - parameter.lower);
        let at_lower = value <= parameter.lower + reach;
        if !at_lower && value < parameter.upper - reach {
            continue;
        }
        let bound = if at_lower { parameter.lower } else { parameter.upper };
        let same = |(role, lower, other, _): &&mut (ParameterRole, bool, f64, Vec<&str>)| {
            *role == parameter.role && *lower == at_lower && *other == bound
        };
        match groups.iter_mut().find(same) {
            Some((.., names)) => names.push(&parameter.name),
            None => groups.push((parameter.role, at_lower, bound, vec![&parameter.name])),
        }
    }
    groups
        .into_iter()
        .map(|(role, at_lower, bound, names)| bound_warning(role, at_lower, bound, &names))
        .collect()
}

fn bound_warning(role: ParameterRole, at_lower: bool, bound: f64, names: &[&str]) -> String {
    let advice = match (role, at_lower) {
        (ParameterRole::LengthScale, false) => {
            "the data say nothing about such an input beyond a straight line: leave it out, or add a linear term"
        }
        (ParameterRole::LengthScale, true) => {
            "neighbours tell nothing of each other: try a rougher kernel, more data, or look at how the input is coded"
        }
        (ParameterRole::Noise, true) => {
            "the target looks free of noise, which a leak or an interpolated table would explain; raise the lower bound if it is not"
        }
        (ParameterRole::Noise, false) => {
            "nothing but noise was found: look at the inputs, or try other starts"
        }
        (ParameterRole::Variance, true) => "its term adds nothing: leave it out",
        _ => "try other starts, wider bounds, or a simpler kernel",
    };
    let side = if at_lower { "lower" } else { "upper" };
    let value = bound.exp();
    match names {
        [name] => format!("The {name} ended on its {side} bound, {value:.3e}: {advice}."),
        _ => format!(
            "{} hyper-parameters ended on their {side} bound, {value:.3e} (the {}): {advice}.",
            names.len(),
            names.join(", the ")
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::{InputSpread, Kernel};

    fn rosenbrock(x: &[f64], gradient: &mut [f64]) -> Result<f64, Error> {
        let (a, b) = (1.0 - x[0], x[1] - x[0] * x[0]);
        gradient[0] = -2.0 * a - 400.0 * x[0] * b;
        gradient[1] = 200.0 * b;
        Ok(a * a + 100.0 * b * b)
    }

    fn run(lower: [f64; 2], upper: [f64; 2]) -> Optimum {
        let params = OptimiserParams { tolerance: 1e-14, ..OptimiserParams::default() };
        minimise(rosenbrock, &[-1.2, 1.0], &lower, &upper, &params, |_| Flow::Continue).unwrap()
    }

    #[test]
    fn it_finds_the_bottom_of_a_curved_valley() {
        let found = run([-5.0; 2], [5.0; 2]);
        assert!(found.theta.iter().all(|x| (x - 1.0).abs() < 1e-5), "{found:?}");
        assert_eq!(found.stop_reason, StopReason::Converged);
    }

    #[test]
    fn within_a_box_it_ends_where_the_gradient_pushes_against_the_bound() {
        let found = run([-5.0; 2], [0.5, 5.0]);
        assert_eq!(found.theta[0], 0.5);
        assert!((found.theta[1] - 0.25).abs() < 1e-6, "{found:?}");
    }

    #[test]
    fn a_place_where_the_objective_breaks_down_is_stepped_around() {
        let walled = |x: &[f64], gradient: &mut [f64]| {
            if x[0] > 0.9 {
                return Err(Error::Breakdown("a wall".to_owned()));
            }
            gradient[0] = 2.0 * (x[0] - 0.8);
            Ok((x[0] - 0.8).powi(2))
        };
        let params = OptimiserParams { largest_step: 10.0, ..OptimiserParams::default() };
        let found = minimise(walled, &[-3.0], &[-5.0], &[5.0], &params, |_| Flow::Continue).unwrap();
        assert!((found.theta[0] - 0.8).abs() < 1e-3);
    }

    #[test]
    fn the_callback_can_stop_it() {
        let params = OptimiserParams::default();
        let found =
            minimise(rosenbrock, &[-1.2, 1.0], &[-5.0; 2], &[5.0; 2], &params, |_| Flow::Stop).unwrap();
        assert_eq!((found.iterations, found.stop_reason), (1, StopReason::Cancelled));
    }

    #[test]
    fn a_bound_is_named_with_what_to_try() {
        let kernel = Kernel::parse("rbf", 2).unwrap();
        let spread = InputSpread { deviations: vec![1.0; 2], ranges: vec![4.0; 2] };
        let parameters = kernel.parameters(&spread, 1.0);
        let mut theta = kernel.start(&spread, 1.0, None);
        assert!(bound_warnings(&parameters, &theta).is_empty());
        theta[2] = parameters[2].upper;
        let warnings = bound_warnings(&parameters, &theta);
        assert!(
            warnings[0].starts_with("The length scale of input 2 ended on its upper bound"),
            "{warnings:?}"
        );
    }
}
