use std::path::Path;

use filigree_core::{Error, Info, Observer, Section, StopReason, Stopwatch, batches};

use crate::edaa_params::EdaaParams;
use crate::final_pass::{Simplex, write_mixture};
use crate::restart_choice::choose;
use crate::restart_search::{search, total_size, write_restarts};
use crate::vca_params::check_fits;
use crate::{CubeInput, MapWriter, Passes, PreparedCube};

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
        warnings,
        files,
        ..Info::measured(&watch)
    })
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
    use crate::{InvalidPixels, Normalisation, RestartRule};
    use filigree_core::{ErrorCode, Flow, Silent, Step, dot, in_pool};

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
