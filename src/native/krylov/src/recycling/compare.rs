use std::path::Path;
use std::time::Instant;

use filigree_core::{Error, Info, NpyWriter, Observer, StopReason, Stopwatch};

use super::sequence::{Contender, SequenceOrder, SequenceResult, SolvedSystem, solve_sequence};
use super::{RecycleSpace, RecycledDirections, gcro_dr, parameter_order, recycled_cg};
use crate::iterative::{Outcome, Problem, SolveParams, cg, gmres};
use crate::multigrid::MultigridParams;
use crate::{
    CsrMatrix, DenseScalar, DirectFactor, Factorisation, LinearSystem, PreconditionerChoice,
    PreconditionerOptions, RightHandSideChoice, SystemFile,
};

/// What a sequence is solved by, and how.
#[derive(Clone, Debug, PartialEq)]
pub struct SequenceParams {
    /// Of the recomputed residual, relative to the right-hand side.
    pub relative_tolerance: f64,
    /// Of one system.
    pub max_iterations: usize,
    /// Steps between two restarts of GMRES.
    pub restart: usize,
    /// Vectors of a cycle of GCRO-DR.
    pub cycle: usize,
    /// Vectors it keeps.
    pub recycled: usize,
    /// Of GMRES, of GCRO-DR and of recycling CG alike.
    pub preconditioner: PreconditionerOptions,
    /// GMRES, system by system.
    pub with_gmres: bool,
    /// GCRO-DR in the given order.
    pub with_unsorted: bool,
    /// GCRO-DR in the order of similarity (SKR).
    pub with_sorted: bool,
    /// CG with recycling, in the same order as SKR, or the given one where SKR is left out.
    pub with_recycled_cg: bool,
    /// Sparse LU.
    pub with_direct: bool,
    /// CG with algebraic multigrid.
    pub with_multigrid: bool,
}

impl Default for SequenceParams {
    fn default() -> Self {
        Self {
            relative_tolerance: 1e-8,
            max_iterations: 20_000,
            restart: 40,
            cycle: 120,
            recycled: 60,
            preconditioner: PreconditionerOptions::default(),
            with_gmres: true,
            with_unsorted: true,
            with_sorted: true,
            with_recycled_cg: true,
            with_direct: true,
            with_multigrid: true,
        }
    }
}

impl SequenceParams {
    /// Says which parameter is wrong and why.
    pub fn check(&self) -> Result<(), Error> {
        self.of_gmres().check()?;
        if self.recycled == 0 || self.recycled >= self.cycle {
            return Err(Error::parameter(
                "recycled",
                format!(
                    "{} vectors are to be kept out of cycles of {}; keep at least one and fewer than that, about half.",
                    self.recycled, self.cycle
                ),
            ));
        }
        let chosen = [
            self.with_gmres,
            self.with_unsorted,
            self.with_sorted,
            self.with_recycled_cg,
            self.with_direct,
            self.with_multigrid,
        ];
        if chosen.contains(&true) {
            return Ok(());
        }
        Err(Error::parameter("contenders", "Choose at least one way to solve the sequence."))
    }

    fn of_gmres(&self) -> SolveParams {
        SolveParams {
            relative_tolerance: self.relative_tolerance,
            max_iterations: self.max_iterations,
            restart: self.restart,
            residual_interval: 0,
            ..SolveParams::default()
        }
    }

    fn of_recycling(&self) -> SolveParams {
        SolveParams { restart: self.cycle, recycled: self.recycled, ..self.of_gmres() }
    }
}

/// Solves a sequence in every way that is chosen and writes what each took: `methods.npy` (method, quantity),
/// `iterations.npy` and `seconds.npy` (system, method), `order.npy` (place: number of the system that SKR solves then,
/// from 1) and `solutions.npy` (system, row), or (part, system, row) of complex systems, of the last method that met the
/// tolerance; nought where none did.
///
/// The methods are, as far as they are chosen and in this order: GMRES, GCRO-DR, SKR, recycling CG, sparse LU, AMG-CG. SKR is GCRO-DR
/// on the sequence sorted by similarity: Wang et al., "Accelerating data generation for neural operators via Krylov
/// subspace recycling", ICLR 2024. All but the last two share one preconditioner.
pub fn solve<S: DenseScalar>(
    file: &SystemFile,
    params: &SequenceParams,
    seed: u64,
    folder: &Path,
    observer: &mut dyn Observer,
) -> Result<Info, Error> {
    params.check()?;
    let mut watch = Stopwatch::start();
    let systems = file.systems();
    let parameters = file.parameters()?;
    if params.with_sorted && parameters.is_none() {
        return Err(Error::InvalidData(
            "The sequence has no table of parameters to sort its systems by. Import one with it, or leave the sorted method out.".to_owned(),
        ));
    }
    let first = LinearSystem::<S>::read(file, 0, RightHandSideChoice::Automatic, seed)?;
    let precondition = params.preconditioner.choice(&first, None, seed)?;
    let multigrid = PreconditionerChoice::Multigrid(MultigridParams { seed, ..MultigridParams::classical() });
    let mut contenders = contenders(params, &precondition, &multigrid);
    watch.setup_done();
    let columns = file.columns();
    let parts: &[usize] = if S::COMPLEX { &[2, systems, columns] } else { &[systems, columns] };
    let writer = NpyWriter::create::<f64>(folder, "solutions.npy", parts)?;
    let mut keep = |system: usize, x: &[S]| {
        let part = |of: fn(S) -> f64| x.iter().map(|&value| of(value)).collect::<Vec<f64>>();
        writer.write_at(system * columns, &part(S::real))?;
        if S::COMPLEX {
            writer.write_at((systems + system) * columns, &part(S::imaginary))?;
        }
        Ok(())
    };
    let (results, stopped) =
        solve_sequence(file, params.relative_tolerance, &mut contenders, &mut keep, observer)?;
    if results.is_empty() {
        return Err(Error::Cancelled("solving with the first method".to_owned()));
    }
    let mut files = Vec::new();
    let baseline = results.iter().find(|result| result.name.starts_with("GMRES"));
    let table: Vec<f64> = results.iter().flat_map(|result| row_of(result, baseline)).collect();
    files.push(NpyWriter::write_all(folder, "methods.npy", &[results.len(), QUANTITIES], &table)?);
    let by_system = |of: &dyn Fn(&SequenceResult, usize) -> f64| -> Vec<f64> {
        let of = &of;
        (0..systems).flat_map(|system| results.iter().map(move |result| of(result, system))).collect()
    };
    let shape = [systems, results.len()];
    let iterations = by_system(&|result, system| result.iterations[system] as f64);
    files.push(NpyWriter::write_all(folder, "iterations.npy", &shape, &iterations)?);
    let seconds = by_system(&|result, system| result.seconds[system]);
    files.push(NpyWriter::write_all(folder, "seconds.npy", &shape, &seconds)?);
    if let Some(parameters) = parameters {
        let order: Vec<f64> = parameter_order(&parameters).into_iter().map(|at| (at + 1) as f64).collect();
        files.push(NpyWriter::write_all(folder, "order.npy", &[systems], &order)?);
    }
    // Solutions of a method that was stopped half way would be those of two methods.
    if !stopped {
        files.push(writer.finish()?);
    }
    Ok(told(&results, baseline, stopped, files, &watch))
}

/// Quantities of a method: iterations a system, products with the matrix a system, milliseconds a system, those of set-up
/// among them, seconds in all, largest recomputed residual, systems that missed the tolerance, how many times fewer
/// iterations and how many times less time than GMRES (nought where it did not run).
const QUANTITIES: usize = 9;

fn row_of(result: &SequenceResult, baseline: Option<&SequenceResult>) -> [f64; QUANTITIES] {
    let systems = result.seconds.len() as f64;
    let (iterations, seconds) = gains(result, baseline);
    [
        result.total_iterations() as f64 / systems,
        result.products.iter().sum::<usize>() as f64 / systems,
        1e3 * result.total_seconds() / systems,
        1e3 * result.setup_seconds.iter().sum::<f64>() / systems,
        result.total_seconds(),
        result.largest_residual(),
        result.missed.len() as f64,
        iterations,
        seconds,
    ]
}

/// How many times fewer iterations and less time than the baseline.
fn gains(result: &SequenceResult, baseline: Option<&SequenceResult>) -> (f64, f64) {
    baseline.map_or((0.0, 0.0), |baseline| {
        let iterations = baseline.total_iterations() as f64 / result.total_iterations().max(1) as f64;
        (iterations, baseline.total_seconds() / result.total_seconds().max(1e-12))
    })
}

fn told(
    results: &[SequenceResult],
    baseline: Option<&SequenceResult>,
    stopped: bool,
    files: Vec<String>,
    watch: &Stopwatch,
) -> Info {
    let solved = results.iter().filter(|result| result.missed.is_empty());
    let fastest = solved.min_by(|a, b| a.total_seconds().total_cmp(&b.total_seconds()));
    let mut figures = Vec::new();
    if let Some(recycled) = results.iter().rev().find(|result| result.name.contains("GCRO-DR")) {
        let (iterations, seconds) = gains(recycled, baseline);
        figures = vec![
            ("trueResidual", recycled.largest_residual()),
            ("totalSeconds", recycled.total_seconds()),
            ("iterationsPerSystem", recycled.total_iterations() as f64 / recycled.seconds.len() as f64),
            ("fewerIterations", iterations),
            ("lessTime", seconds),
        ];
    }
    let mut warnings = Vec::new();
    for result in results {
        if let Some(failure) = &result.failure {
            warnings.push(format!("{} can not solve the sequence: {failure}", result.name));
        } else if let Some((system, reason)) = result.missed.first() {
            warnings.push(format!(
                "{} missed the tolerance on {} systems, the first of them system {} ({}).",
                result.name,
                result.missed.len(),
                system + 1,
                reason.as_str()
            ));
        }
    }
    if baseline.is_some_and(|baseline| !baseline.missed.is_empty()) {
        warnings.push(
            "GMRES did not solve every system, so what the others gain over it is a lower bound.".to_owned(),
        );
    }
    let stop_message = match (stopped, fastest) {
        (true, _) => format!("Stopped after {} of the methods.", results.len()),
        (_, Some(fastest)) => format!(
            "{} was the fastest to solve every system: {:.2} s for {} of them.",
            fastest.name,
            fastest.total_seconds(),
            fastest.seconds.len()
        ),
        _ => "No method solved every system.".to_owned(),
    };
    Info {
        iterations: results.iter().map(SequenceResult::total_iterations).sum(),
        stop_reason: if stopped { StopReason::Cancelled } else { StopReason::Finished },
        stop_message,
        figures,
        warnings,
        files,
        ..Info::measured(watch)
    }
}

fn contenders<'a, S: DenseScalar>(
    params: &'a SequenceParams,
    precondition: &'a PreconditionerChoice<S>,
    multigrid: &'a PreconditionerChoice<S>,
) -> Vec<Contender<'a, S>> {
    let mut contenders: Vec<Contender<'a, S>> = Vec::new();
    let mut add = |wanted: bool, contender: Contender<'a, S>| {
        if wanted {
            contenders.push(contender);
        }
    };
    let plain = params.of_gmres();
    add(
        params.with_gmres,
        Contender {
            name: format!("GMRES({})", params.restart),
            order: SequenceOrder::Given,
            solve: Box::new(move |matrix, b, observer| {
                with_preconditioner(matrix, b, precondition, observer, |problem, observer| {
                    gmres(problem, &plain, observer)
                })
            }),
        },
    );
    let recycling = params.of_recycling();
    for (wanted, order, suffix) in [
        (params.with_unsorted, SequenceOrder::Given, ""),
        (params.with_sorted, SequenceOrder::Sorted, " sorted"),
    ] {
        let mut space = RecycleSpace::default();
        add(
            wanted,
            Contender {
                name: format!("GCRO-DR({}, {}){suffix}", params.cycle, params.recycled),
                order,
                solve: Box::new(move |matrix, b, observer| {
                    with_preconditioner(matrix, b, precondition, observer, |problem, observer| {
                        gcro_dr(problem, &mut space, &recycling, observer)
                    })
                }),
            },
        );
    }
    let mut kept = RecycledDirections::default();
    add(
        params.with_recycled_cg,
        Contender {
            name: format!("CG recycling {} of {}", params.recycled, params.cycle),
            order: if params.with_sorted { SequenceOrder::Sorted } else { SequenceOrder::Given },
            solve: Box::new(move |matrix, b, observer| {
                with_preconditioner(matrix, b, precondition, observer, |problem, observer| {
                    recycled_cg(problem, &mut kept, &recycling, observer)
                })
            }),
        },
    );
    add(
        params.with_direct,
        Contender {
            name: "Sparse LU".to_owned(),
            order: SequenceOrder::Given,
            solve: Box::new(|matrix, b, _| {
                let started = Instant::now();
                let factor = DirectFactor::new(matrix, Factorisation::Lu)?;
                let setup_seconds = started.elapsed().as_secs_f64();
                let solution = factor.solve(b)?;
                Ok(SolvedSystem {
                    solution,
                    iterations: 1,
                    products: 0,
                    stop_reason: StopReason::Finished,
                    setup_seconds,
                })
            }),
        },
    );
    add(
        params.with_multigrid,
        Contender {
            name: "AMG-CG".to_owned(),
            order: SequenceOrder::Given,
            solve: Box::new(move |matrix, b, observer| {
                with_preconditioner(matrix, b, multigrid, observer, |problem, observer| {
                    cg(problem, &plain, observer)
                })
            }),
        },
    );
    contenders
}

fn with_preconditioner<S: DenseScalar>(
    matrix: &CsrMatrix<S>,
    b: &[S],
    choice: &PreconditionerChoice<S>,
    observer: &mut dyn Observer,
    solve: impl FnOnce(&Problem<'_, S>, &mut dyn Observer) -> Result<Outcome<S>, Error>,
) -> Result<SolvedSystem<S>, Error> {
    let started = Instant::now();
    // The identity is left out rather than applied: flexible methods keep what a preconditioner gives.
    let built = match choice {
        PreconditionerChoice::None => None,
        other => Some(other.build(matrix, observer)?),
    };
    let setup_seconds = started.elapsed().as_secs_f64();
    let preconditioner = built.as_ref().map(|built| built.preconditioner.as_ref());
    let problem = Problem { preconditioner, ..Problem::new(matrix, b) };
    let outcome = solve(&problem, observer)?;
    Ok(SolvedSystem {
        solution: outcome.solution,
        iterations: outcome.iterations,
        products: outcome.products,
        stop_reason: outcome.stop_reason,
        setup_seconds,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generators::test_support::generated;
    use crate::{DarcyParams, HelmholtzBoundary, HelmholtzParams, generate_darcy, generate_helmholtz};
    use filigree_core::{Flow, Silent, Step};

    fn darcy(folder: &Path) -> SystemFile {
        let params = DarcyParams { shape: vec![24, 24], systems: 6, ..DarcyParams::default() };
        generate_darcy(&params, 3, folder, &mut Silent).unwrap();
        generated(folder)
    }

    fn small() -> SequenceParams {
        SequenceParams { restart: 10, cycle: 20, recycled: 8, ..SequenceParams::default() }
    }

    #[test]
    fn recycling_needs_fewer_iterations_and_all_methods_meet_the_tolerance() {
        let (folder, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let file = darcy(folder.path());
        let info = solve::<f64>(&file, &small(), 1, out.path(), &mut Silent).unwrap();
        assert!(info.warnings.is_empty(), "{:?}", info.warnings);
        assert!(info.figure("fewerIterations").unwrap() > 2.0, "{:?}", info.figures);
        assert!(info.figure("trueResidual").unwrap() <= 1e-8);
        assert_eq!(info.files.len(), 5);
    }

    #[test]
    fn a_method_that_can_not_solve_it_is_a_finding_and_not_the_end() {
        let (folder, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let waves = HelmholtzParams {
            shape: vec![20, 20],
            boundary: HelmholtzBoundary::Dirichlet,
            systems: 3,
            ..HelmholtzParams::default()
        };
        generate_helmholtz(&waves, 3, folder.path(), &mut Silent).unwrap();
        let params = SequenceParams { with_gmres: false, ..small() };
        let info = solve::<f64>(&generated(folder.path()), &params, 1, out.path(), &mut Silent).unwrap();
        assert!(info.warnings.iter().any(|words| words.starts_with("AMG-CG")), "{:?}", info.warnings);
        assert!(info.figure("trueResidual").unwrap() <= 1e-8);
    }

    #[test]
    fn a_person_can_stop_between_two_systems() {
        struct Stop;
        impl Observer for Stop {
            fn stage(&mut self, _name: &str) {}
            fn progress(&mut self, fraction: f64) -> Flow {
                assert!((0.0..=1.0).contains(&fraction));
                Flow::Continue
            }
            fn iteration(&mut self, step: &Step<'_>) -> Flow {
                if step.iteration > 8 { Flow::Stop } else { Flow::Continue }
            }
        }
        let (folder, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let file = darcy(folder.path());
        let info = solve::<f64>(&file, &small(), 1, out.path(), &mut Stop).unwrap();
        assert_eq!(info.stop_reason, StopReason::Cancelled);
        assert!(!out.path().join("solutions.npy").exists());
    }

    #[test]
    fn nothing_to_run_and_nothing_to_sort_by_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = darcy(folder.path());
        let none = SequenceParams {
            with_gmres: false,
            with_unsorted: false,
            with_sorted: false,
            with_recycled_cg: false,
            with_direct: false,
            with_multigrid: false,
            ..small()
        };
        assert!(solve::<f64>(&file, &none, 1, folder.path(), &mut Silent).is_err());
        let all = SequenceParams { recycled: 20, ..small() };
        let error = solve::<f64>(&file, &all, 1, folder.path(), &mut Silent).unwrap_err();
        assert_eq!(error.blamed_parameter(), Some("recycled"));
    }
}
