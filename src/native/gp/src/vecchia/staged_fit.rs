use filigree_core::{Error, Flow, Observer, Section, Step};

use super::fisher_scoring::{Bounds, Ending, Place, Scored, fisher_scoring};
use super::hyper::Hyper;
use super::likelihood::{Conditionals, Observations, likelihood};
use super::maximin::{Ordering, maximin_order, random_order};
use super::neighbours::nearest_earlier;

/// Conditionals in the first stage, spread over a random ordering.
const FIRST_SUBJECTS: usize = 3000;

/// Most neighbours in the first stage.
const FIRST_NEIGHBOURS: usize = 20;

/// Rounds of neighbours in the first stage and in the last.
const FIRST_ROUNDS: usize = 8;
const LAST_ROUNDS: usize = 3;

/// Steps within a round of the first stage.
const FIRST_STEPS: usize = 8;

/// By how much the shape of the scaled space may change before neighbours are found anew, see [`distortion`].
const DISTORTION: f64 = 0.15;

/// Leaves that a maximin ordering may look at, for each row.
const LEAVES_A_ROW: usize = 150;

/// Shares of the progress bar at which the first stage and the ordering end.
const FIRST_END: f64 = 0.3;
const ORDER_END: f64 = 0.4;

/// How a process is fitted.
#[derive(Clone, Debug)]
pub struct FitSettings {
    /// Rows a row is conditioned on.
    pub neighbours: usize,
    /// Ordering of the conditionals.
    pub ordering: Ordering,
    /// Steps of the last stage.
    pub max_iterations: usize,
    /// Gain a row below which a step is not worth it.
    pub tolerance: f64,
    /// Of orderings by chance.
    pub seed: u64,
    /// Where θ may go.
    pub bounds: Bounds,
}

/// A fitted process with the rows it was fitted to.
#[derive(Clone, Debug)]
pub struct Fitted {
    /// Hyper-parameters.
    pub hyper: Hyper,
    /// Coefficients of the trend.
    pub coefficients: Vec<f64>,
    /// Input rows in the order of the conditionals.
    pub order: Vec<u32>,
    /// The rows, in that order.
    pub observations: Observations,
    /// Log-likelihood of all rows.
    pub value: f64,
    /// Largest gradient by a θ that is not held by a bound, a row.
    pub gradient: f64,
    /// Steps taken in all stages.
    pub iterations: usize,
    /// Why the last stage ended.
    pub ending: Ending,
    /// Neighbours that others determined.
    pub left_out: usize,
    /// Conditioning sets of the likelihood.
    pub conditionals: Conditionals,
}

/// How far two scalings of the inputs differ, beyond a common factor: the sum of the changes of every input's share of
/// squared distances. Neighbours stay the same where it is nought.
pub fn distortion(points_spread: &[f64], before: &Hyper, after: &Hyper) -> f64 {
    let shares = |hyper: &Hyper| {
        let squares: Vec<f64> = points_spread
            .iter()
            .zip(&hyper.length_scales)
            .map(|(spread, scale)| (spread / scale).powi(2))
            .collect();
        let sum: f64 = squares.iter().sum();
        squares.into_iter().map(move |square| if sum > 0.0 { square / sum } else { 0.0 }).collect::<Vec<_>>()
    };
    shares(before).iter().zip(shares(after)).map(|(a, b)| (a - b).abs()).sum()
}

/// Standard deviation of every input.
pub fn spreads(points: &[f64], dimensions: usize) -> Vec<f64> {
    let count = (points.len() / dimensions).max(1) as f64;
    (0..dimensions)
        .map(|k| {
            let column = points.iter().skip(k).step_by(dimensions);
            let mean = column.clone().sum::<f64>() / count;
            (column.map(|value| (value - mean).powi(2)).sum::<f64>() / count).sqrt()
        })
        .collect()
}

/// Hears of the steps of all stages as one sequence.
struct Trace<'o> {
    observer: &'o mut dyn Observer,
    steps: usize,
    limit: usize,
}

impl Trace<'_> {
    /// Trace row: log-likelihood a row, standard deviations of process and noise, largest gradient a row.
    fn accepted(&mut self, place: &Place, value: f64, gradient: f64) -> Flow {
        self.steps += 1;
        let row = [value, place.hyper.variance.sqrt(), place.hyper.noise.sqrt(), gradient];
        self.observer.iteration(&Step { iteration: self.steps, iteration_limit: self.limit, row: &row })
    }
}

/// Fits hyper-parameters and trend to `observations`, first by few conditionals with few neighbours, from a random
/// ordering, to learn the length scales; then by all conditionals, ordered and with neighbours found in the scaled
/// space. Neighbours are found anew as the scales change. Katzfuss, Guinness, Lawrence, "Scaled Vecchia approximation
/// for fast computer-model emulation", SIAM/ASA J. Uncertain. Quantif. 10(2), 2022.
pub fn staged_fit(
    observations: &Observations,
    start: Place,
    settings: &FitSettings,
    observer: &mut dyn Observer,
) -> Result<Fitted, Error> {
    let n = observations.len();
    let limit = FIRST_ROUNDS * FIRST_STEPS + LAST_ROUNDS * settings.max_iterations;
    let mut trace = Trace { observer, steps: 0, limit };
    let mut place = start;
    if n > FIRST_SUBJECTS {
        trace.observer.stage("Learning length scales from a part of the rows");
        place = first_stage(observations, place, settings, &mut trace)?;
    }
    trace.observer.stage("Ordering the rows");
    let scaled = place.hyper.scaled(&observations.points);
    let order = match settings.ordering {
        Ordering::Random => random_order(n, settings.seed),
        Ordering::Maximin => maximin_order(
            &scaled,
            observations.dimensions,
            LEAVES_A_ROW * n,
            settings.seed,
            &mut Section::new(trace.observer, FIRST_END, ORDER_END),
        )?,
    };
    let ordered = observations.ordered(&order);
    let (scored, conditionals) = last_stage(&ordered, place, settings, &mut trace)?;
    let gradient = free_gradient(&scored, &settings.bounds) / n as f64;
    Ok(Fitted {
        hyper: scored.place.hyper,
        coefficients: scored.place.coefficients,
        order,
        observations: ordered,
        value: scored.likelihood.value,
        gradient,
        iterations: trace.steps,
        ending: scored.ending,
        left_out: scored.likelihood.left_out,
        conditionals,
    })
}

fn free_gradient(scored: &Scored, bounds: &Bounds) -> f64 {
    let theta = scored.place.hyper.theta();
    let free = (0..theta.len()).filter(|&j| theta[j] > bounds.low[j] && theta[j] < bounds.high[j]);
    free.fold(0.0, |most, j| most.max(scored.likelihood.gradient[j].abs()))
}

fn first_stage(
    observations: &Observations,
    mut place: Place,
    settings: &FitSettings,
    trace: &mut Trace<'_>,
) -> Result<Place, Error> {
    let n = observations.len();
    let ordered = observations.ordered(&random_order(n, settings.seed));
    let spread = spreads(&ordered.points, ordered.dimensions);
    let subjects: Vec<u32> =
        (0..FIRST_SUBJECTS).map(|k| ((2 * k + 1) * n / (2 * FIRST_SUBJECTS)) as u32).collect();
    let limit = settings.neighbours.min(FIRST_NEIGHBOURS);
    for round in 0..FIRST_ROUNDS {
        let share = |round: usize| FIRST_END * round as f64 / FIRST_ROUNDS as f64;
        let scaled = place.hyper.scaled(&ordered.points);
        let neighbours = nearest_earlier(
            &scaled,
            ordered.dimensions,
            &subjects,
            limit,
            &mut Section::new(trace.observer, share(round), share(round + 1)),
        )?;
        let conditionals = Conditionals { subjects: subjects.clone(), neighbours };
        let before = place.hyper.clone();
        let tolerance = settings.tolerance.max(1e-4);
        let scored = score(&ordered, &conditionals, place, settings, FIRST_STEPS, tolerance, trace)?;
        place = scored.place;
        if scored.ending == Ending::Stopped {
            return Err(Error::Cancelled("learning length scales".to_owned()));
        }
        let settled = distortion(&spread, &before, &place.hyper) < DISTORTION;
        if settled && scored.ending != Ending::Limit {
            break;
        }
    }
    Ok(place)
}

fn last_stage(
    ordered: &Observations,
    place: Place,
    settings: &FitSettings,
    trace: &mut Trace<'_>,
) -> Result<(Scored, Conditionals), Error> {
    let subjects: Vec<u32> = (0..ordered.len() as u32).collect();
    let spread = spreads(&ordered.points, ordered.dimensions);
    let mut place = place;
    let mut round = 0;
    loop {
        trace.observer.stage("Finding neighbours");
        let scaled = place.hyper.scaled(&ordered.points);
        let neighbours =
            nearest_earlier(&scaled, ordered.dimensions, &subjects, settings.neighbours, trace.observer)?;
        let conditionals = Conditionals { subjects: subjects.clone(), neighbours };
        trace.observer.stage("Maximising the likelihood of all rows");
        let before = place.hyper.clone();
        let scored = score(
            ordered,
            &conditionals,
            place,
            settings,
            settings.max_iterations,
            settings.tolerance,
            trace,
        )?;
        round += 1;
        let moved = distortion(&spread, &before, &scored.place.hyper);
        if scored.ending == Ending::Stopped || round == LAST_ROUNDS || moved < DISTORTION {
            return Ok((scored, conditionals));
        }
        place = scored.place;
    }
}

fn score(
    observations: &Observations,
    conditionals: &Conditionals,
    start: Place,
    settings: &FitSettings,
    most_steps: usize,
    tolerance: f64,
    trace: &mut Trace<'_>,
) -> Result<Scored, Error> {
    let rows = conditionals.subjects.len();
    let watch = std::cell::RefCell::new(trace);
    fisher_scoring(
        start,
        &settings.bounds,
        most_steps,
        tolerance,
        rows,
        |place| {
            let observer = &mut *watch.borrow_mut().observer;
            likelihood(observations, conditionals, &place.hyper, &place.coefficients, true, observer)
        },
        |place, likelihood| {
            let largest = likelihood.gradient.iter().fold(0.0f64, |most, value| most.max(value.abs()));
            let rows = rows as f64;
            watch.borrow_mut().accepted(place, likelihood.value / rows, largest / rows)
        },
    )
}
