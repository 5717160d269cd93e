use std::path::Path;

use filigree_core::{
    Error, Flow, Info, NpyWriter, Observer, Section, Step, StopReason, Stopwatch, batches, dot, keep_going,
    map_tiles, peak_memory_bytes,
};

use crate::archetypal_descent::Descent;
use crate::edaa_params::{EdaaParams, RestartRule};
use crate::final_pass::{Simplex, write_mixture};
use crate::restart_choice::{Judged, choose, coherence, volume};
use crate::vca_params::check_fits;
use crate::{CubeInput, MapWriter, Passes, PreparedCube};

const STAGE: &str = "Descending";

/// Archetypes advanced together: enough to make the products with the pixels dense, few enough to stay in the caches.
const ARCHETYPES_AT_ONCE: usize = 96;

/// Most memory for the restarts that are advanced together.
const STATE_BYTES: usize = 512 << 20;

/// A restart that may still be the one to keep.
struct Candidate {
    /// Its place among all restarts.
    number: usize,
    judged: Judged,
    /// p × bands.
    archetypes: Vec<f64>,
    /// pixels × p.
    abundances: Vec<f64>,
    /// pixels × p.
    weights: Vec<f64>,
}

/// Entropic descent archetypal analysis (Zouaoui, Muhawenayo, Rasti, Chanussot, Mairal, "Entropic Descent Archetypal
/// Analysis for Blind Hyperspectral Unmixing", IEEE TIP 32, 2023, arXiv 2209.11002): minimises ½‖Y − YBA‖² over A and
/// B whose columns lie on the simplex, by mirror descent with the entropy in turn for A and B, from several random
/// starts, of which one is kept by a rule.
///
/// Writes what [`write_mixture`] writes, `contributions.npy` (p, lines, samples; the rows of Bᵀ) and `restarts.npy`
/// (restart, quantity): fit, what the rule compares (coherence for that rule, else volume), the other one of the two,
/// relative residual, step factor, halvings, chosen (1 or 0).
///
/// Trace: lowest, median and highest objective of the restarts under way after every round. An observer that stops
/// the iteration gets the outputs of what was reached.
pub fn solve(
    input: &CubeInput,
    params: &EdaaParams,
    seed: u64,
    folder: &Path,
    observer: &mut dyn Observer,
) -> Result<Info, Error> {
    params.check()?;
    let mut watch = Stopwatch::start();
    let cube = PreparedCube::open(input, false, Passes::Many, &mut Section::new(observer, 0.0, 0.05))?;
    check_fits(params.endmembers, &cube)?;
    let size = total_size(&cube, &mut Section::new(observer, 0.05, 0.06))?;
    watch.setup_done();

    let search = search(&cube, params, seed, &size, &mut Section::new(observer, 0.06, 1.0))?;
    let kept = choose(search.candidates.iter().map(|one| &one.judged), params.rule, params.fit_tolerance);
    let chosen =
        search.candidates.get(kept).ok_or_else(|| Error::Internal("no restart was made".to_owned()))?;

    let (bands, p) = (cube.bands(), params.endmembers);
    let mixture = write_mixture(&cube, &chosen.archetypes, &chosen.abundances, Simplex::Drawn, folder)?;
    let mut files = mixture.files;
    let contributions = MapWriter::create(&cube, folder, "contributions.npy", Some(p))?;
    for batch in batches(cube.pixels()) {
        contributions.write(batch.clone(), &chosen.weights[batch.start * p..batch.end * p])?;
    }
    files.push(contributions.finish()?);
    files.push(write_restarts(&search.judged, chosen.number, params, folder)?);

    let fit = mixture.fit;
    let largest_halved = search.judged.iter().filter(|one| one.halved > 0).count();
    let mut warnings = cube.warnings();
    if chosen.judged.volume < 1e-6 {
        warnings.push(format!(
            "The {p} archetypes are nearly dependent: the scene does not hold that many different spectra. Look for fewer."
        ));
    }
    let (setup_seconds, iteration_seconds) = watch.split();
    let pixels = cube.pixels() as f64;
    let message = format!(
        "Kept restart {} of {} (step factor {}): fit {:.4e}, volume {:.4e}, coherence {:.4}.",
        chosen.number + 1,
        search.judged.len(),
        chosen.judged.step_factor,
        chosen.judged.fit,
        chosen.judged.volume,
        chosen.judged.coherence
    );
    Ok(Info {
        iterations: search.rounds,
        stop_reason: if search.stopped { StopReason::Cancelled } else { StopReason::IterationLimit },
        stop_message: if search.stopped {
            format!("Cancelled after {} rounds. {message}", search.rounds)
        } else {
            format!("Did {} rounds. {message}", search.rounds)
        },
        figures: vec![
            ("objective", 0.5 * fit.residual_energy),
            ("relativeResidual", fit.relative_residual()),
            ("rmse", (fit.residual_energy / (pixels * bands as f64)).sqrt()),
            ("fit", chosen.judged.fit),
            ("volume", chosen.judged.volume),
            ("coherence", chosen.judged.coherence),
            ("stepFactor", chosen.judged.step_factor),
            ("keptRestart", chosen.number as f64 + 1.0),
            ("restartsWithHalvedSteps", largest_halved as f64),
            ("effectivePixels", effective_pixels(&chosen.weights, p)),
            ("largestSumToOneDeviation", largest_sum_deviation(&chosen.abundances, p)),
        ],
        setup_seconds,
        iteration_seconds,
        peak_memory_bytes: peak_memory_bytes(),
        warnings,
        files,
    })
}

/// ‖Y‖² and Σ|Y|.
struct Size {
    energy: f64,
    sum: f64,
}

fn total_size(cube: &PreparedCube, observer: &mut dyn Observer) -> Result<Size, Error> {
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
struct Search {
    /// Every restart that was judged, in order.
    judged: Vec<Judged>,
    /// Those of them that any restart to come may leave the best.
    candidates: Vec<Candidate>,
    rounds: usize,
    stopped: bool,
}

/// Runs the restarts, as many at a time as is good for the caches and fits into memory.
fn search(
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

fn write_restarts(
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

/// Over how many pixels an archetype is spread, on average: the exponential of the entropy of its weights.
fn effective_pixels(weights: &[f64], p: usize) -> f64 {
    let spread = |column: usize| {
        let own = weights.iter().skip(column).step_by(p).filter(|weight| **weight > 0.0);
        (-own.map(|weight| weight * weight.ln()).sum::<f64>()).exp()
    };
    (0..p).map(spread).sum::<f64>() / p as f64
}

fn largest_sum_deviation(abundances: &[f64], p: usize) -> f64 {
    abundances.chunks_exact(p).map(|row| (row.iter().sum::<f64>() - 1.0).abs()).fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::{Scene, loaded, saved_cube, scene};
    use crate::{InvalidPixels, Normalisation};
    use filigree_core::{ErrorCode, Silent, in_pool};

    fn params(endmembers: usize) -> EdaaParams {
        EdaaParams { endmembers, restarts: 6, ..EdaaParams::default() }
    }

    /// Degrees between the closest found archetype and each planted spectrum.
    fn angles(planted: &Scene, found: &[f64], p: usize) -> Vec<f64> {
        let column =
            |matrix: &[f64], k: usize| -> Vec<f64> { matrix.iter().skip(k).step_by(p).copied().collect() };
        (0..p)
            .map(|k| {
                let truth = column(&planted.endmembers, k);
                let cosine =
                    |other: &[f64]| dot(&truth, other) / (dot(&truth, &truth) * dot(other, other)).sqrt();
                let best = (0..p).map(|j| cosine(&column(found, j))).fold(-1.0, f64::max);
                best.min(1.0).acos().to_degrees()
            })
            .collect()
    }

    #[test]
    fn archetypes_of_a_scene_with_pure_pixels_are_recovered() {
        let mut planted = scene([20, 30, 40], 3, 0.0, 4);
        // A twentieth of the pixels is pure: archetypes are means of pixels.
        for pixel in 0..30 {
            for band in 0..40 {
                planted.values[(pixel * 20) * 40 + band] = planted.endmembers[band * 3 + pixel % 3];
            }
        }
        let (folder, input) = saved_cube(planted.shape, &planted.values);
        let long = EdaaParams { rounds: 100, ..params(3) };
        let info = solve(&input, &long, 1, folder.path(), &mut Silent).unwrap();
        let found = loaded(&folder.path().join("endmembers.npy"), &[40, 3]);
        let off = angles(&planted, &found, 3);
        assert!(off.iter().all(|angle| *angle < 1.0), "{off:?}");
        assert!(info.figure("relativeResidual").unwrap() < 5e-3);
        assert!(info.figure("largestSumToOneDeviation").unwrap() < 1e-12);
        let contributions = loaded(&folder.path().join("contributions.npy"), &[3, 20, 30]);
        for map in contributions.chunks_exact(600) {
            assert!((map.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        }
        let restarts = loaded(&folder.path().join("restarts.npy"), &[6, 7]);
        assert_eq!(restarts.chunks_exact(7).map(|row| row[6]).sum::<f64>(), 1.0);
        let kept = restarts.chunks_exact(7).find(|row| row[6] == 1.0).unwrap();
        assert_eq!(kept[0], info.figure("fit").unwrap());
        assert!((kept[3] - info.figure("relativeResidual").unwrap()).abs() < 1e-12);
    }

    #[test]
    fn one_two_and_three_threads_write_the_same_bytes() {
        let planted = scene([40, 61, 12], 4, 0.05, 2);
        let (folder, input) = saved_cube(planted.shape, &planted.values);
        let params = EdaaParams { rounds: 8, restarts: 30, ..params(4) };
        let run = |threads| {
            in_pool(threads, || solve(&input, &params, 3, folder.path(), &mut Silent)).unwrap();
            ["endmembers.npy", "abundances.npy", "contributions.npy", "restarts.npy"]
                .map(|name| std::fs::read(folder.path().join(name)).unwrap())
        };
        let one = run(1);
        assert!(one == run(2));
        assert!(one == run(3));
    }

    #[test]
    fn each_rule_keeps_what_it_says() {
        let planted = scene([10, 60, 12], 3, 0.05, 6);
        let (folder, input) = saved_cube(planted.shape, &planted.values);
        for (rule, column, sign) in [
            (RestartRule::BestFit, 0, 1.0),
            (RestartRule::LargestVolume, 1, -1.0),
            (RestartRule::LowestCoherence, 1, 1.0),
        ] {
            let params = EdaaParams { rule, rounds: 20, restarts: 12, ..params(3) };
            solve(&input, &params, 3, folder.path(), &mut Silent).unwrap();
            let rows = loaded(&folder.path().join("restarts.npy"), &[12, 7]);
            let best = rows.chunks_exact(7).map(|row| row[0]).fold(f64::INFINITY, f64::min);
            let kept = rows.chunks_exact(7).find(|row| row[6] == 1.0).unwrap();
            for row in rows.chunks_exact(7).filter(|row| (row[0] - best) < 0.05 * row[0]) {
                assert!(sign * kept[column] <= sign * row[column]);
            }
        }
    }

    #[test]
    fn zero_pixels_dead_bands_and_gaps_leave_nothing_but_numbers() {
        let mut planted = scene([5, 60, 10], 2, 0.02, 3);
        planted.values[10 * 7..10 * 9].fill(0.0);
        planted.values.iter_mut().skip(4).step_by(10).for_each(|value| *value = 0.0);
        planted.values.iter_mut().skip(5).step_by(10).for_each(|value| *value = 2.0);
        planted.values[10 * 20 + 1] = f64::NAN;
        let (folder, mut input) = saved_cube(planted.shape, &planted.values);
        input.invalid_pixels = InvalidPixels::Skip;
        input.normalisation = Normalisation::UnitLength;
        let info = solve(&input, &params(2), 1, folder.path(), &mut Silent).unwrap();
        assert!(info.figures.iter().all(|(_, value)| value.is_finite()));
        for (name, shape) in [
            ("abundances.npy", vec![2, 5, 60]),
            ("contributions.npy", vec![2, 5, 60]),
            ("residual.npy", vec![5, 60]),
        ] {
            let values = loaded(&folder.path().join(name), &shape);
            let gaps = values.iter().enumerate().filter(|(_, value)| !value.is_finite());
            assert!(gaps.map(|(place, _)| place % 300).all(|place| place == 20));
        }
        assert!(loaded(&folder.path().join("restarts.npy"), &[6, 7]).iter().all(|value| value.is_finite()));
    }

    #[test]
    fn what_cannot_be_unmixed_is_refused_in_words() {
        let planted = scene([1, 3, 5], 2, 0.0, 3);
        let (folder, input) = saved_cube(planted.shape, &planted.values);
        let run = |params: EdaaParams| solve(&input, &params, 1, folder.path(), &mut Silent).unwrap_err();
        assert!(run(params(4)).to_string().contains("only 3 valid pixels"));
        assert!(run(params(6)).to_string().contains("only 5 bands"));
        assert!(run(params(1)).to_string().contains("choose 2 to"));
        assert_eq!(run(EdaaParams { rounds: 0, ..params(2) }).blamed_parameter(), Some("rounds"));
        assert_eq!(
            run(EdaaParams { fit_tolerance: 1.0, ..params(2) }).blamed_parameter(),
            Some("fitTolerance")
        );
        let (folder, mut input) = saved_cube([2, 3, 4], &[0.0; 24]);
        input.normalisation = Normalisation::UnitLength;
        let error = solve(&input, &params(2), 1, folder.path(), &mut Silent).unwrap_err();
        assert_eq!(error.code(), ErrorCode::InvalidData);
        assert!(error.to_string().contains("Every pixel of the scene is zero"), "{error}");
        // As many archetypes as the scene has pixels, all of them alike.
        let (folder, input) = saved_cube([1, 2, 4], &[1.0; 8]);
        let info = solve(&input, &params(2), 1, folder.path(), &mut Silent).unwrap();
        assert!(
            info.warnings.iter().any(|warning| warning.contains("nearly dependent")),
            "{:?}",
            info.warnings
        );
        assert!(info.figures.iter().all(|(_, value)| value.is_finite()));
    }

    /// Stops at the given round, or in the middle of the one that follows.
    struct Stops {
        round: usize,
        within: bool,
        reached: usize,
    }
    impl Observer for Stops {
        fn stage(&mut self, _name: &str) {}
        fn progress(&mut self, _fraction: f64) -> Flow {
            if self.within && self.reached >= self.round { Flow::Stop } else { Flow::Continue }
        }
        fn iteration(&mut self, step: &Step<'_>) -> Flow {
            self.reached = step.iteration;
            if !self.within && self.reached >= self.round { Flow::Stop } else { Flow::Continue }
        }
    }

    #[test]
    fn a_cancelled_run_keeps_what_was_reached() {
        let planted = scene([10, 60, 8], 3, 0.02, 3);
        let (folder, input) = saved_cube(planted.shape, &planted.values);
        for (round, within) in [(3, false), (3, true), (28, true)] {
            let mut observer = Stops { round, within, reached: 0 };
            let all = EdaaParams { restarts: 40, ..params(3) };
            let info = solve(&input, &all, 1, folder.path(), &mut observer).unwrap();
            assert_eq!(info.stop_reason, StopReason::Cancelled);
            assert_eq!(info.iterations, round);
            assert!(info.figure("fit").unwrap().is_finite());
        }
        let mut at_once = Stops { round: 0, within: true, reached: 0 };
        let error = solve(&input, &params(3), 1, folder.path(), &mut at_once).unwrap_err();
        assert_eq!(error.code(), ErrorCode::Cancelled);
    }
}
