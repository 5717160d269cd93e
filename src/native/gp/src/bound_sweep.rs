use std::path::Path;

use filigree_core::{
    Error, Flow, Info, NpyWriter, Observer, Section, Step, StopReason, Stopwatch, keep_going,
};

use crate::collapsed_bound::CollapsedBound;
use crate::complete_rows::CompleteRows;
use crate::inducing_gp::InducingMethod;
use crate::inducing_points::{Selection, select};
use crate::jitter::JitterLog;
use crate::kernel::{InputSpread, Kernel, Parameter};
use crate::optimiser::bound_warnings;
use crate::search::{SearchParams, Variables, search};
use crate::table_data::{Preparation, TrainingData, Trend};
use crate::table_input::TableInput;

/// Points whose matrices a run can afford.
const MOST_POINTS: usize = 10_000;

/// Most numbers of points that are tried.
const MOST_SIZES: usize = 50;

/// Numbers of each row of `boundTable.npy`.
const COLUMNS: usize = 6;

/// Parameters of a sweep over the number of inducing points.
#[derive(Clone, Debug, PartialEq)]
pub struct BoundSweepParams {
    /// The kernel, as it is typed.
    pub kernel: String,
    /// What is taken out of the target first.
    pub trend: Trend,
    /// Whether inputs and target are standardised.
    pub standardise: bool,
    /// Fewest and most inducing points.
    pub fewest: usize,
    /// See `fewest`; all rows where there are no more.
    pub most: usize,
    /// How many numbers of points are tried, evenly on a logarithmic scale.
    pub sizes: usize,
    /// How points are chosen; they stay where they are.
    pub selection: Selection,
    /// How hyper-parameters are looked for, with each number of points from where the one before ended.
    pub search: SearchParams,
}

impl Default for BoundSweepParams {
    fn default() -> Self {
        Self {
            kernel: "matern32".to_owned(),
            trend: Trend::Constant,
            standardise: true,
            fewest: 25,
            most: 800,
            sizes: 6,
            selection: Selection::GreedyVariance,
            search: SearchParams { max_iterations: 30, ..SearchParams::default() },
        }
    }
}

impl BoundSweepParams {
    /// Says which parameter is wrong and why.
    pub fn check(&self) -> Result<(), Error> {
        for (name, value) in [("fewest", self.fewest), ("most", self.most)] {
            if !(1..=MOST_POINTS).contains(&value) {
                return Err(Error::parameter(
                    name,
                    format!("{value} inducing points were asked for; choose 1 to {MOST_POINTS}."),
                ));
            }
        }
        if self.fewest > self.most {
            return Err(Error::parameter(
                "fewest",
                format!("The fewest points, {}, are more than the most, {}.", self.fewest, self.most),
            ));
        }
        if !(2..=MOST_SIZES).contains(&self.sizes) {
            return Err(Error::parameter(
                "sizes",
                format!("{} numbers of points were asked for; choose 2 to {MOST_SIZES}.", self.sizes),
            ));
        }
        self.search.check()
    }

    /// The numbers of points to try with that many rows, rising.
    fn numbers(&self, rows: usize) -> Vec<usize> {
        let (fewest, most) = (self.fewest.min(rows) as f64, self.most.min(rows) as f64);
        let at = |step: usize| {
            let share = step as f64 / (self.sizes - 1) as f64;
            (fewest * (most / fewest).powf(share)).round() as usize
        };
        let mut numbers: Vec<usize> = (0..self.sizes).map(at).collect();
        numbers.dedup();
        numbers
    }
}

/// What one number of points comes to, for each row.
#[derive(Clone, Debug, PartialEq)]
pub struct Enclosed {
    /// Inducing points.
    pub points: usize,
    /// Bounds of the logarithm of the evidence at the hyper-parameters found with that many points.
    pub lower: f64,
    /// See `lower`.
    pub upper: f64,
    /// Share of the variance of the function that the points do not explain.
    pub unexplained: f64,
    /// Learned variance of the noise, standardised.
    pub noise: f64,
}

/// Everything a sweep gives.
struct Swept {
    found: Vec<Enclosed>,
    parameters: Vec<Parameter>,
    theta: Vec<f64>,
    jitter: JitterLog,
    cancelled: bool,
}

/// Fits the variational free energy with rising numbers of inducing points, and encloses the logarithm of the evidence
/// between its lower bound (Titsias, AISTATS 2009) and the upper one (Titsias, "Variational inference for Gaussian and
/// determinantal point processes", 2014). Writes `bounds.npy` (number of points; lower, upper) and `boundTable.npy`
/// (number of points; points, lower, upper, gap, unexplained share, deviation of the noise).
pub fn sweep_bounds(
    input: &TableInput,
    params: &BoundSweepParams,
    seed: u64,
    folder: &Path,
    observer: &mut dyn Observer,
) -> Result<Info, Error> {
    let mut watch = Stopwatch::start();
    params.check()?;
    observer.stage("Reading the table");
    let complete = CompleteRows::of(input.read()?)?;
    let rows: Vec<usize> = (0..complete.table.rows()).collect();
    let preparation =
        Preparation { trend: params.trend, standardise: params.standardise, ..Preparation::default() };
    let data = complete.table.prepare(&rows, &preparation)?;
    watch.setup_done();
    let swept = sweep(&data, params, seed, observer)?;
    let bounds: Vec<f64> = swept.found.iter().flat_map(|own| [own.lower, own.upper]).collect();
    let deviation = |own: &Enclosed| data.standardisation.variance(own.noise).sqrt();
    let table: Vec<f64> = swept
        .found
        .iter()
        .flat_map(|own| {
            let gap = own.upper - own.lower;
            [own.points as f64, own.lower, own.upper, gap, own.unexplained, deviation(own)]
        })
        .collect();
    let sizes = swept.found.len();
    let files = vec![
        NpyWriter::write_all(folder, "bounds.npy", &[sizes, 2], &bounds)?,
        NpyWriter::write_all(folder, "boundTable.npy", &[sizes, COLUMNS], &table)?,
    ];
    let last = &swept.found[sizes - 1];
    let mut warnings = data.warnings.clone();
    warnings.extend(complete.warning());
    warnings.extend(bound_warnings(&swept.parameters, &swept.theta));
    warnings.extend(swept.jitter.warning("A covariance matrix"));
    let (stop_reason, ended) = if swept.cancelled {
        (StopReason::Cancelled, "Cancelled; what was found was kept.")
    } else {
        (StopReason::Finished, "Done.")
    };
    Ok(Info {
        iterations: sizes,
        stop_reason,
        stop_message: format!("{ended} Numbers of inducing points tried: {sizes}, up to {}.", last.points),
        figures: vec![
            ("inducingPoints", last.points as f64),
            ("lowerBound", last.lower),
            ("upperBound", last.upper),
            ("unexplainedVariance", last.unexplained),
            ("jitter", swept.jitter.largest()),
        ],
        warnings,
        notes: vec![words(&swept.found)],
        files,
        ..Info::measured(&watch)
    })
}

/// What the bounds say, in a sentence.
fn words(found: &[Enclosed]) -> String {
    let last = &found[found.len() - 1];
    let enough = found.iter().find(|own| own.lower >= last.lower - 0.01 && own.points < last.points);
    let gained = match enough {
        Some(own) => format!(
            "From {} points on, more of them raise the lower bound by less than 0.01 nats a row",
            own.points
        ),
        None => "The lower bound was still rising: try more points".to_owned(),
    };
    format!(
        "{gained}. With {} points the evidence is enclosed to {:.3} nats a row.",
        last.points,
        last.upper - last.lower
    )
}

fn sweep(
    data: &TrainingData,
    params: &BoundSweepParams,
    seed: u64,
    observer: &mut dyn Observer,
) -> Result<Swept, Error> {
    let kernel = data.kernel(&params.kernel)?;
    let variance = data.target.iter().map(|y| y * y).sum::<f64>() / data.rows() as f64;
    let spread = InputSpread::of(&data.inputs, data.dimensions);
    let mut parameters = kernel.parameters(&spread, variance);
    parameters.push(Parameter::noise(variance));
    let count = kernel.parameter_count();
    let mut theta: Vec<f64> = parameters.iter().map(|own| own.start).collect();
    let numbers = params.numbers(data.rows());
    // Work grows with the square of the points.
    let whole: f64 = numbers.iter().map(|&points| (points * points) as f64).sum();
    let mut swept = Swept {
        found: Vec::new(),
        parameters: parameters.clone(),
        theta: theta.clone(),
        jitter: JitterLog::default(),
        cancelled: false,
    };
    let mut done = 0.0;
    for &points in &numbers {
        let next = done + (points * points) as f64 / whole;
        let mut section = Quiet { inner: Section::new(observer, done, next) };
        section.stage(&format!("Fitting with {points} inducing points"));
        let fitted = fit(
            data,
            &kernel,
            params,
            points,
            &mut parameters,
            &theta,
            seed,
            &mut swept.jitter,
            &mut section,
        );
        let (own, found) = match fitted {
            Err(Error::Cancelled(_)) if !swept.found.is_empty() => {
                swept.cancelled = true;
                break;
            }
            other => other?,
        };
        theta = own;
        swept.theta.clone_from(&theta);
        let row = [found.points as f64, found.lower, found.upper];
        swept.found.push(Enclosed { noise: theta[count].exp(), ..found });
        let told = Step { iteration: swept.found.len(), iteration_limit: numbers.len(), row: &row };
        done = next;
        if observer.iteration(&told) == Flow::Stop {
            swept.cancelled = swept.found.len() < numbers.len();
            break;
        }
    }
    Ok(swept)
}

/// Hyper-parameters with that many points, and the bounds there.
fn fit(
    data: &TrainingData,
    kernel: &Kernel,
    params: &BoundSweepParams,
    points: usize,
    parameters: &mut [Parameter],
    theta: &[f64],
    seed: u64,
    jitter: &mut JitterLog,
    observer: &mut dyn Observer,
) -> Result<(Vec<f64>, Enclosed), Error> {
    let count = kernel.parameter_count();
    // Rows chosen greedily or at random are those of fewer points and some more.
    let first: Vec<f64> = parameters[..count].iter().map(|own| own.start).collect();
    let z = select(params.selection, data, points, kernel, &first, seed, &mut *observer)?;
    let bound = CollapsedBound { kernel, data, method: InducingMethod::Vfe };
    let started: Vec<Parameter> =
        parameters.iter().zip(theta).map(|(own, &start)| Parameter { start, ..own.clone() }).collect();
    let variables =
        Variables { parameters: &started, others: Vec::new(), other_bounds: (Vec::new(), Vec::new()) };
    let mut both = [theta, &z].concat();
    let mut slopes = vec![0.0; both.len()];
    let (optimum, _) = search(
        &variables,
        &params.search,
        seed,
        |own, gradient, observer| {
            both[..own.len()].copy_from_slice(own);
            let value = bound.evaluate(&both, &mut slopes, jitter, observer)?;
            gradient.copy_from_slice(&slopes[..own.len()]);
            Ok(value)
        },
        observer,
    )?;
    keep_going(observer.progress(1.0), "enclosing the evidence")?;
    let rows = data.rows_before as f64;
    let found = bound.project(&optimum.theta, &z, false, jitter, observer)?;
    let mut prior = vec![0.0; data.rows()];
    kernel.diagonal(&data.inputs, &optimum.theta[..count], &mut prior);
    let lower = -(found.value + data.within_rows(optimum.theta[count].exp()).0) / rows;
    let upper = bound.upper_bound(&optimum.theta, &z, observer)? / rows;
    let unexplained = found.unexplained / prior.iter().sum::<f64>();
    let points = z.len() / data.dimensions;
    Ok((optimum.theta, Enclosed { points, lower, upper, unexplained, noise: 0.0 }))
}

/// Hears of progress but of no iteration: a sweep has a row for each number of points.
struct Quiet<'a> {
    inner: Section<'a>,
}

impl Observer for Quiet<'_> {
    fn stage(&mut self, name: &str) {
        self.inner.stage(name);
    }
    fn progress(&mut self, fraction: f64) -> Flow {
        self.inner.progress(fraction)
    }
    fn iteration(&mut self, _step: &Step<'_>) -> Flow {
        self.inner.progress(0.5)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exact_gp::ExactParams;
    use crate::fitted_model::Engine;
    use crate::test_support::{Trace, table};
    use filigree_core::{Silent, in_pool};

    fn data(rows: usize) -> TrainingData {
        let table = table(rows, 2, 0.1);
        table.prepare(&(0..rows).collect::<Vec<_>>(), &Preparation::default()).unwrap()
    }

    fn small() -> BoundSweepParams {
        BoundSweepParams { fewest: 5, most: 150, sizes: 5, ..BoundSweepParams::default() }
    }

    #[test]
    fn the_bounds_close_in_on_the_evidence_of_the_exact_process() {
        let data = data(150);
        let mut trace = Trace::default();
        let swept = sweep(&data, &small(), 1, &mut trace).unwrap();
        assert_eq!(swept.found.iter().map(|own| own.points).collect::<Vec<_>>(), [5, 12, 27, 64, 150]);
        assert!(swept.found.iter().all(|own| own.lower <= own.upper));
        assert!(swept.found.windows(2).all(|pair| pair[0].lower <= pair[1].lower + 1e-6));
        let last = &swept.found[4];
        assert!(last.upper - last.lower < 5e-3 && last.unexplained < 1e-6, "{last:?}");
        let mut exact = ExactParams::default();
        exact.search.tolerance = 1e-7;
        let evidence = -exact.fit(&data, 1, &mut Silent).unwrap().learned.objective;
        assert!((last.lower - evidence).abs() < 2e-3, "{} {evidence}", last.lower);
        assert_eq!(trace.rows.len(), 5);
    }

    #[test]
    fn threads_change_nothing_and_a_stop_keeps_what_is_done() {
        let data = data(300);
        let own = |threads| in_pool(threads, || Ok(sweep(&data, &small(), 1, &mut Silent)?.found)).unwrap();
        assert_eq!(own(1), own(2));
        let swept =
            sweep(&data, &small(), 1, &mut Trace { stop_after: Some(2), ..Trace::default() }).unwrap();
        assert!(swept.cancelled && swept.found.len() == 2);
    }

    #[test]
    fn nonsense_is_refused_and_a_breakdown_told() {
        for (wrong, named) in [
            (BoundSweepParams { fewest: 0, ..small() }, "fewest"),
            (BoundSweepParams { fewest: 200, ..small() }, "fewest"),
            (BoundSweepParams { most: 20_000, ..small() }, "most"),
            (BoundSweepParams { sizes: 1, ..small() }, "sizes"),
        ] {
            assert_eq!(wrong.check().err().unwrap().blamed_parameter(), Some(named));
        }
        let mut data = data(60);
        data.target[3] = 1e300;
        assert!(matches!(sweep(&data, &small(), 1, &mut Silent).err().unwrap(), Error::Breakdown(_)));
    }
}
