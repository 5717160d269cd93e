use std::path::Path;

use filigree_core::{Error, Flow, NpyWriter, Observer, Step, batches, dot, keep_going, map_tiles};

use crate::PreparedCube;
use crate::archetypal_descent::Descent;
use crate::edaa_params::{EdaaParams, RestartRule};
use crate::restart_choice::{Judged, coherence, volume};

const STAGE: &str = "Descending";

/// Archetypes advanced together: enough to make the products with the pixels dense, few enough to stay in the caches.
const ARCHETYPES_AT_ONCE: usize = 96;

/// Most memory for the restarts that are advanced together.
const STATE_BYTES: usize = 512 << 20;

/// A restart that may still be the one to keep.
pub(crate) struct Candidate {
    /// Its place among all restarts.
    pub(crate) number: usize,
    pub(crate) judged: Judged,
    /// p × bands.
    pub(crate) archetypes: Vec<f64>,
    /// pixels × p.
    pub(crate) abundances: Vec<f64>,
    /// pixels × p.
    pub(crate) weights: Vec<f64>,
}

/// ‖Y‖² and Σ|Y|.
pub(crate) struct Size {
    pub(crate) energy: f64,
    pub(crate) sum: f64,
}

pub(crate) fn total_size(cube: &PreparedCube, observer: &mut dyn Observer) -> Result<Size, Error> {
    let mut size = Size { energy: 0.0, sum: 0.0 };
    for batch in batches(cube.pixels()) {
        let end = batch.end;
        for (energy, sum) in map_tiles(batch, |tile| {
            let values = cube.tile(tile);
            Ok((dot(&values, &values), values.iter().map(|value| value.abs()).sum::<f64>()))
        })? {
            size.energy += energy;
            size.sum += sum;
        }
        cube.batch_done()?;
        keep_going(observer.progress(end as f64 / cube.pixels() as f64), STAGE)?;
    }
    Ok(size)
}

/// What all restarts gave.
pub(crate) struct Search {
    /// Every restart that was judged, in order.
    pub(crate) judged: Vec<Judged>,
    /// Those of them that any restart to come may leave the best.
    pub(crate) candidates: Vec<Candidate>,
    pub(crate) rounds: usize,
    pub(crate) stopped: bool,
}

/// Runs the restarts, as many at a time as is good for the caches and fits into memory.
pub(crate) fn search(
    cube: &PreparedCube,
    params: &EdaaParams,
    seed: u64,
    size: &Size,
    observer: &mut dyn Observer,
) -> Result<Search, Error> {
    let p = params.endmembers;
    let in_memory = STATE_BYTES / (2 * size_of::<f64>() * cube.pixels() * p).max(1);
    let at_once = (ARCHETYPES_AT_ONCE / p).min(in_memory).clamp(1, params.restarts);
    let all_rounds = params.rounds * params.restarts.div_ceil(at_once);
    let mut search = Search { judged: Vec::new(), candidates: Vec::new(), rounds: 0, stopped: false };
    observer.stage(STAGE);
    while search.judged.len() < params.restarts && !search.stopped {
        let first = search.judged.len();
        let numbers = first..(first + at_once).min(params.restarts);
        let part = |done: f64| done / all_rounds as f64;
        let begun = part(search.rounds as f64);
        let starting = Descent::start(cube, p, numbers, seed, size.energy, &mut || {
            keep_going(observer.progress(begun), STAGE)
        });
        let mut descent = match starting {
            Err(Error::Cancelled(_)) if first > 0 => {
                search.stopped = true;
                break;
            }
            other => other?,
        };
        for round in 1..=params.rounds {
            let fraction = part(search.rounds as f64);
            let advanced = descent.advance(params.abundance_steps, params.archetype_steps, &mut || {
                keep_going(observer.progress(fraction), STAGE)
            });
            match advanced {
                Err(Error::Cancelled(stage)) if first == 0 && round == 1 => {
                    return Err(Error::Cancelled(stage));
                }
                Err(Error::Cancelled(_)) => search.stopped = true,
                other => other?,
            }
            if !search.stopped {
                search.rounds += 1;
                search.stopped = report(&descent, search.rounds, all_rounds, observer)? == Flow::Stop
                    && search.rounds < all_rounds;
            }
            if search.stopped {
                break;
            }
        }
        if search.stopped {
            descent.settle()?;
        }
        judge(&descent, params, size, &mut search)?;
    }
    Ok(search)
}

/// A row of the trace.
fn report(
    descent: &Descent<'_>,
    round: usize,
    all_rounds: usize,
    observer: &mut dyn Observer,
) -> Result<Flow, Error> {
    let mut objectives: Vec<f64> = descent.steps.iter().map(|step| step.objective).collect();
    if objectives.iter().any(|objective| !objective.is_finite()) {
        return Err(Error::Breakdown(format!(
            "The objective is not finite after round {round}: the numbers of the scene are too large. Scale the pixels to unit length."
        )));
    }
    objectives.sort_by(f64::total_cmp);
    let row = [objectives[0], objectives[objectives.len() / 2], objectives[objectives.len() - 1]];
    Ok(observer.iteration(&Step { iteration: round, iteration_limit: all_rounds, row: &row }))
}

/// Measures every restart of a group and keeps what may still be chosen.
fn judge(descent: &Descent<'_>, params: &EdaaParams, size: &Size, search: &mut Search) -> Result<(), Error> {
    for (place, (deviation, energy)) in descent.residuals()?.into_iter().enumerate() {
        let archetypes = descent.archetypes(place);
        let bands = archetypes.len() / params.endmembers;
        let judged = Judged {
            fit: deviation / size.sum,
            relative_residual: (energy / size.energy).sqrt(),
            volume: volume(archetypes, bands)?,
            coherence: coherence(archetypes, bands),
            step_factor: descent.steps[place].factor,
            halved: descent.steps[place].halved,
        };
        let beaten = search.candidates.iter().any(|other| other.judged.beats(&judged, params.rule));
        if !beaten {
            search.candidates.retain(|other| !judged.beats(&other.judged, params.rule));
            search.candidates.push(Candidate {
                number: search.judged.len(),
                judged: judged.clone(),
                archetypes: archetypes.to_vec(),
                abundances: descent.abundances(place)?,
                weights: descent.weights(place)?,
            });
        }
        search.judged.push(judged);
    }
    Ok(())
}

pub(crate) fn write_restarts(
    judged: &[Judged],
    kept: usize,
    params: &EdaaParams,
    folder: &Path,
) -> Result<String, Error> {
    let by_coherence = params.rule == RestartRule::LowestCoherence;
    let rows: Vec<f64> = judged
        .iter()
        .enumerate()
        .flat_map(|(number, one)| {
            let (score, other) =
                if by_coherence { (one.coherence, one.volume) } else { (one.volume, one.coherence) };
            [
                one.fit,
                score,
                other,
                one.relative_residual,
                one.step_factor,
                one.halved as f64,
                f64::from(u8::from(number == kept)),
            ]
        })
        .collect();
    NpyWriter::write_all(folder, "restarts.npy", &[judged.len(), 7], &rows)
}
