use filigree_core::{Error, Observer, Random, Section};

use super::distortion::{distortion, spreads};
use super::fisher_scoring::{Bounds, Ending, Place, Scored, fisher_scoring};
use super::fit_trace::{Quiet, Trace};
use super::hyper::Hyper;
use super::likelihood::{Conditionals, Observations, likelihood};
use super::maximin::{Ordering, maximin_order, random_order};
use super::neighbours::nearest_earlier;
use super::within::Within;

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

/// Streams of random numbers for restarts begin here.
const START_STREAM: u64 = 1 << 43;

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
    /// First guesses beyond the given one.
    pub restarts: usize,
    /// Of orderings by chance and of further first guesses.
    pub seed: u64,
    /// Where θ may go.
    pub bounds: Bounds,
    /// What rows that were merged add to the likelihood.
    pub within: Within,
}

/// A fitted process with the rows it was fitted to.
#[derive(Clone, Debug)]
pub struct Fitted {
    /// Hyper-parameters.
    pub hyper: Hyper,
    /// Coefficients of the trend.
    pub coefficients: Vec<f64>,
    /// The rows, in the order of the conditionals.
    pub observations: Observations,
    /// Log-likelihood of all rows.
    pub value: f64,
    /// Largest gradient by a θ that is not held by a bound, a row.
    pub gradient: f64,
    /// Steps taken in all stages.
    pub iterations: usize,
    /// Why the last stage ended.
    pub ending: Ending,
    /// θ after every step.
    pub path: Vec<Vec<f64>>,
    /// Neighbours that others determined.
    pub left_out: usize,
    /// Conditioning sets of the likelihood.
    pub conditionals: Conditionals,
}

/// Conditionals that a picture shows, and edges of each.
const SHOWN_ROWS: usize = 60;
const SHOWN_NEIGHBOURS: usize = 12;

impl Fitted {
    /// (edge, end, input): some rows, spread over the ordering, with the nearest that they are conditioned on.
    pub fn edges(&self, dimensions: usize) -> Vec<f64> {
        let n = self.observations.len();
        let point = |row: usize| &self.observations.points[row * dimensions..][..dimensions];
        let mut edges = Vec::new();
        for row in (1..n).step_by(n.div_ceil(SHOWN_ROWS).max(1)) {
            for &neighbour in self.conditionals.neighbours.of(row).iter().take(SHOWN_NEIGHBOURS) {
                edges.extend_from_slice(point(row));
                edges.extend_from_slice(point(neighbour as usize));
            }
        }
        edges
    }
}

/// The first of two stages alone: where it ends from each of `starts`, with the correlations that they name.
pub fn first_places(
    observations: &Observations,
    starts: &[Place],
    settings: &[FitSettings],
    observer: &mut dyn Observer,
) -> Result<Vec<Place>, Error> {
    let share = |fit: usize| fit as f64 / starts.len() as f64;
    let mut found = Vec::with_capacity(starts.len());
    for (fit, (start, settings)) in starts.iter().zip(settings).enumerate() {
        let mut section = Section::new(observer, share(fit), share(fit + 1));
        let limit = (settings.restarts + 1) * FIRST_ROUNDS * FIRST_STEPS;
        // Their steps are of other kernels and no part of the trace.
        let mut quiet = Quiet { inner: &mut section, fraction: 0.0 };
        let mut trace = Trace { observer: &mut quiet, path: Vec::new(), steps: 0, limit };
        found.push(best_start(observations, start.clone(), settings, &mut trace)?);
    }
    Ok(found)
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
    let first_steps = (settings.restarts + 1) * FIRST_ROUNDS * FIRST_STEPS;
    let limit = first_steps + LAST_ROUNDS * settings.max_iterations;
    let mut trace = Trace { observer, path: Vec::new(), steps: 0, limit };
    let mut place = start;
    if n > FIRST_SUBJECTS || settings.restarts > 0 {
        trace.observer.stage("Learning length scales from a part of the rows");
        place = best_start(observations, place, settings, &mut trace)?;
    }
    trace.observer.stage("Ordering the rows");
    let scaled = place.hyper.scaled(&observations.points);
    let fraction = trace.fraction();
    let order = match settings.ordering {
        Ordering::Random => random_order(n, settings.seed),
        Ordering::Maximin => maximin_order(
            &scaled,
            observations.dimensions,
            LEAVES_A_ROW * n,
            settings.seed,
            &mut Quiet { inner: trace.observer, fraction },
        )?,
    };
    let ordered = observations.ordered(&order);
    let (scored, conditionals) = last_stage(&ordered, place, settings, &mut trace)?;
    let gradient = free_gradient(&scored, &settings.bounds) / n as f64;
    Ok(Fitted {
        hyper: scored.place.hyper,
        coefficients: scored.place.coefficients,
        observations: ordered,
        value: scored.likelihood.value,
        gradient,
        iterations: trace.steps,
        path: trace.path,
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

/// Where the first stage ends from the given guess or, of several, the one with the largest likelihood.
fn best_start(
    observations: &Observations,
    start: Place,
    settings: &FitSettings,
    trace: &mut Trace<'_>,
) -> Result<Place, Error> {
    let ordered = observations.ordered(&random_order(observations.len(), settings.seed));
    let mut best: Option<(f64, Place, Vec<Vec<f64>>)> = None;
    for restart in 0..=settings.restarts {
        let mut guess = start.clone();
        if restart > 0 {
            let mut random = Random::new(settings.seed, START_STREAM + restart as u64);
            let bounds = settings.bounds.low.iter().zip(&settings.bounds.high);
            let moved = guess.hyper.theta().into_iter().zip(bounds);
            let theta: Vec<f64> =
                moved.map(|(theta, (&low, &high))| (theta + random.normal()).clamp(low, high)).collect();
            guess.hyper = guess.hyper.with_theta(&theta);
        }
        trace.path.clear();
        match first_stage(&ordered, guess, settings, trace) {
            // Another guess may do better.
            Err(Error::Breakdown(_)) if restart < settings.restarts || best.is_some() => {}
            Err(other) => return Err(other),
            Ok((value, place)) => {
                if best.as_ref().is_none_or(|(other, ..)| value > *other) {
                    best = Some((value, place, std::mem::take(&mut trace.path)));
                }
            }
        }
    }
    let (_, place, path) = best.ok_or_else(|| {
        Error::Breakdown(
            "Every first guess broke down. Look for wild values in the inputs, or choose another kernel."
                .to_owned(),
        )
    })?;
    trace.path = path;
    Ok(place)
}

fn first_stage(
    ordered: &Observations,
    mut place: Place,
    settings: &FitSettings,
    trace: &mut Trace<'_>,
) -> Result<(f64, Place), Error> {
    let n = ordered.len();
    let spread = spreads(&ordered.points, ordered.dimensions);
    let count = n.min(FIRST_SUBJECTS);
    let subjects: Vec<u32> = (0..count).map(|k| ((2 * k + 1) * n / (2 * count)) as u32).collect();
    let mut value = f64::NEG_INFINITY;
    let limit = settings.neighbours.min(FIRST_NEIGHBOURS);
    for _ in 0..FIRST_ROUNDS {
        let fraction = trace.fraction();
        let scaled = place.hyper.scaled(&ordered.points);
        let neighbours = nearest_earlier(
            &scaled,
            ordered.dimensions,
            &subjects,
            limit,
            &mut Quiet { inner: trace.observer, fraction },
        )?;
        let conditionals = Conditionals { subjects: subjects.clone(), neighbours };
        let before = place.hyper.clone();
        let tolerance = settings.tolerance.max(1e-4);
        let scored = score(ordered, &conditionals, place, settings, FIRST_STEPS, tolerance, trace)?;
        place = scored.place;
        value = scored.likelihood.value;
        if scored.ending == Ending::Stopped {
            return Err(Error::Cancelled("learning length scales".to_owned()));
        }
        let settled = distortion(&spread, &before, &place.hyper) < DISTORTION;
        if settled && scored.ending != Ending::Limit {
            break;
        }
    }
    Ok((value, place))
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
        let fraction = trace.fraction();
        let mut quiet = Quiet { inner: trace.observer, fraction };
        let neighbours =
            nearest_earlier(&scaled, ordered.dimensions, &subjects, settings.neighbours, &mut quiet)?;
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
    let share = rows as f64 / observations.len() as f64;
    let fraction = trace.fraction();
    let watch = std::cell::RefCell::new(trace);
    fisher_scoring(
        start,
        &settings.bounds,
        most_steps,
        tolerance,
        rows,
        |place| {
            let observer = &mut *watch.borrow_mut().observer;
            let mut quiet = Quiet { inner: observer, fraction };
            let mut found =
                likelihood(observations, conditionals, &place.hyper, &place.coefficients, true, &mut quiet)?;
            settings.within.add_to(&mut found, place.hyper.noise, share);
            Ok(found)
        },
        |place, likelihood| {
            let largest = likelihood.gradient.iter().fold(0.0f64, |most, value| most.max(value.abs()));
            let rows = rows as f64;
            watch.borrow_mut().accepted(place, likelihood.value / rows, largest / rows)
        },
    )
}
