use std::path::Path;
use std::time::Instant;

use filigree_core::{Error, Info, Observer, StopReason, peak_memory_bytes};

use super::preconditioner_options::factorisation;
use super::report::{write_hierarchy, write_solution, write_values};
use super::solvable::check_solvable;
use super::{Solver, SystemSolveParams};
use crate::{
    DeflationSpace, DenseScalar, Factorisation, LinearSystem, Outcome, PreconditionerReport, Problem,
    SystemFile, bicgstab, cg, deflated_cg, direct, fgmres, gmres, idr, lsmr, lsqr, minres, stationary,
    subdomain_vectors,
};

/// A factorisation that leaves so much of the right-hand side has solved nothing.
const UNSOLVED: f64 = 0.5;

/// Solves one system from its files and writes `solution.npy`, and `error.npy`, `ritzValues.npy`,
/// `harmonicRitzValues.npy` and `hierarchy.npy` where there are such.
pub fn solve_system(
    file: &SystemFile,
    factor: Option<&SystemFile>,
    params: &SystemSolveParams,
    seed: u64,
    folder: &Path,
    observer: &mut dyn Observer,
) -> Result<Info, Error> {
    params.check(file.columns())?;
    observer.stage("Reading the system");
    crate::with_numbers_of!(file, Number => solve::<Number>(file, factor, params, seed, folder, observer))
}

fn solve<S: DenseScalar>(
    file: &SystemFile,
    factor: Option<&SystemFile>,
    params: &SystemSolveParams,
    seed: u64,
    folder: &Path,
    observer: &mut dyn Observer,
) -> Result<Info, Error> {
    let system = LinearSystem::<S>::read(file, params.system, params.right_hand_side, seed)?;
    check_solvable(&system, params.solver, params.iteration.relative_tolerance)?;
    match factorisation(params.solver) {
        Some(factorisation) => solve_directly(&system, factorisation, params, folder, observer),
        None => iterate(&system, factor, params, seed, folder, observer),
    }
}

fn solve_directly<S: DenseScalar>(
    system: &LinearSystem<S>,
    factorisation: Factorisation,
    params: &SystemSolveParams,
    folder: &Path,
    observer: &mut dyn Observer,
) -> Result<Info, Error> {
    let tolerance = params.iteration.relative_tolerance;
    let found = direct(system, factorisation, tolerance, observer)?;
    let residual = found.residual;
    let refined = match found.refinements {
        0 => String::new(),
        1 => ", after one correction by the same factor".to_owned(),
        count => format!(", after {count} corrections by the same factor"),
    };
    let square = system.matrix.rows() == system.matrix.columns();
    if square && residual > UNSOLVED {
        return Err(Error::Breakdown(format!(
            "The matrix is singular within rounding: its factors leave {residual:.2e} of the right-hand side. LSMR lives with a null space; look for zero rows, repeated equations, or sides that are all closed."
        )));
    }
    let mut warnings = Vec::new();
    if square && residual > tolerance {
        warnings.push(format!(
            "The factorisation ended with a true residual of {residual:.2e}, above the {tolerance:.0e} that was asked for: the matrix is singular or nearly so."
        ));
    }
    let mut figures = figures(system, &found.solution, residual);
    figures.extend([
        ("setupSeconds", found.setup_seconds),
        ("solveSeconds", found.solve_seconds),
        ("totalSeconds", found.setup_seconds + found.solve_seconds),
        ("memoryBytes", found.factor_bytes as f64),
    ]);
    let normal = least_squares(params.solver).then(|| system.normal_residual(&found.solution));
    figures.extend(normal.map(|normal| ("normalResidual", normal)));
    let solved = match normal {
        Some(normal) if residual > tolerance => format!(
            "Found the least-squares solution (b is {}): no x solves the system, the true residual is {residual:.2e}, and ‖Aᴴr‖/(‖A‖‖r‖) is {normal:.2e}.",
            system.origin
        ),
        _ => {
            format!("Solved directly (b is {}): the true residual is {residual:.2e}{refined}.", system.origin)
        }
    };
    Ok(Info {
        iterations: found.refinements,
        stop_reason: StopReason::Finished,
        stop_message: solved,
        figures,
        setup_seconds: found.setup_seconds,
        iteration_seconds: found.solve_seconds,
        peak_memory_bytes: peak_memory_bytes(),
        warnings,
        notes: Vec::new(),
        files: write_solution(folder, &params.shape, system, &found.solution)?,
    })
}

fn iterate<S: DenseScalar>(
    system: &LinearSystem<S>,
    factor: Option<&SystemFile>,
    params: &SystemSolveParams,
    seed: u64,
    folder: &Path,
    observer: &mut dyn Observer,
) -> Result<Info, Error> {
    observer.stage("Preparing the preconditioner");
    let started = Instant::now();
    let choice = params.preconditioner.choice(system, factor, seed)?;
    let built = choice.build(&system.matrix, observer)?;
    let deflation = match params.solver {
        Solver::DeflatedCg => Some(deflation_space(system, params.deflation_vectors)?),
        _ => None,
    };
    let setup_seconds = started.elapsed().as_secs_f64();
    observer.stage("Iterating");
    let problem =
        Problem::new(&system.matrix, &system.right_hand_side).preconditioned(built.preconditioner.as_ref());
    let iteration = &params.iteration;
    let outcome = match (params.solver, &deflation) {
        (Solver::DeflatedCg, Some(space)) => deflated_cg(&problem, space, iteration, observer)?,
        (Solver::Minres, _) => minres(&problem, iteration, observer)?,
        (Solver::Gmres, _) => gmres(&problem, iteration, observer)?,
        (Solver::FlexibleGmres, _) => fgmres(&problem, iteration, observer)?,
        (Solver::Bicgstab, _) => bicgstab(&problem, iteration, observer)?,
        (Solver::Idr, _) => idr(&problem, iteration, seed, observer)?,
        (Solver::Lsqr, _) => lsqr(&problem, iteration, observer)?,
        (Solver::Lsmr, _) => lsmr(&problem, iteration, observer)?,
        (Solver::Multigrid, _) => stationary(&problem, iteration, observer)?,
        _ => cg(&problem, iteration, observer)?,
    };
    tell(system, outcome, &built.report, setup_seconds, params, folder)
}

fn deflation_space<S: DenseScalar>(
    system: &LinearSystem<S>,
    subdomains: usize,
) -> Result<DeflationSpace<S>, Error> {
    let vectors = match (subdomains, &system.near_null_space) {
        (0, Some(vectors)) => vectors.clone(),
        (0, None) => {
            return Err(Error::parameter(
                "deflationVectors",
                "No near-null space came with this matrix. Choose a number of subdomains, 16 for a start.",
            ));
        }
        (count, modes) => subdomain_vectors(&system.matrix, count, modes.as_deref()),
    };
    DeflationSpace::new(&system.matrix, &vectors)
}

fn tell<S: DenseScalar>(
    system: &LinearSystem<S>,
    outcome: Outcome<S>,
    report: &PreconditionerReport,
    setup_seconds: f64,
    params: &SystemSolveParams,
    folder: &Path,
) -> Result<Info, Error> {
    let solve_seconds = outcome.setup_seconds + outcome.iteration_seconds;
    // What is told of the solution is found once more, in twice the precision.
    let residual = system.true_residual(&outcome.solution);
    let mut figures = figures(system, &outcome.solution, residual);
    figures.extend([
        ("setupSeconds", setup_seconds),
        ("solveSeconds", solve_seconds),
        ("totalSeconds", setup_seconds + solve_seconds),
        ("matrixProducts", outcome.products as f64),
        ("memoryBytes", outcome.memory_bytes as f64),
        ("preconditionerBytes", report.memory_bytes as f64),
    ]);
    if least_squares(params.solver) {
        figures.push(("normalResidual", system.normal_residual(&outcome.solution)));
    }
    if let Some(last) = outcome.history.last() {
        figures
            .extend([("recurredResidual", last.recurred), ("preconditionedResidual", last.preconditioned)]);
    }
    let mut files = write_solution(folder, &params.shape, system, &outcome.solution)?;
    let ritz = &outcome.ritz_values;
    if let (Some(lowest), Some(highest)) = (ritz.first(), ritz.last()) {
        figures.push(("ritzValues", ritz.len() as f64));
        if lowest.re > 0.0 {
            figures.push(("conditionEstimate", highest.re / lowest.re));
        }
    }
    if !outcome.harmonic_ritz_values.is_empty() {
        figures.push(("harmonicRitzValues", outcome.harmonic_ritz_values.len() as f64));
    }
    files.extend(write_values(folder, "ritzValues.npy", ritz)?);
    files.extend(write_values(folder, "harmonicRitzValues.npy", &outcome.harmonic_ritz_values)?);
    if let Some(entries) = report.entries {
        figures.push(("factorEntries", entries as f64));
        figures.push(("fill", entries as f64 / system.matrix.entries().max(1) as f64));
    }
    if let Some(table) = &report.hierarchy {
        figures.extend([
            ("levels", table.levels.len() as f64),
            ("operatorComplexity", table.operator_complexity),
            ("gridComplexity", table.grid_complexity),
        ]);
        files.push(write_hierarchy(folder, table)?);
    }
    Ok(Info {
        iterations: outcome.iterations,
        stop_reason: outcome.stop_reason,
        stop_message: outcome.stop_message,
        figures,
        setup_seconds,
        iteration_seconds: solve_seconds,
        peak_memory_bytes: peak_memory_bytes(),
        warnings: outcome.warnings,
        notes: report.words.clone(),
        files,
    })
}

/// Methods whose solution is of least residual where none solves the system.
fn least_squares(solver: Solver) -> bool {
    matches!(solver, Solver::Lsqr | Solver::Lsmr | Solver::Qr)
}

/// What every solution is judged by; the residual was recomputed from the solution that is written.
fn figures<S: DenseScalar>(
    system: &LinearSystem<S>,
    solution: &[S],
    residual: f64,
) -> Vec<(&'static str, f64)> {
    let mut figures = vec![("trueResidual", residual)];
    figures.extend(system.relative_error(solution).map(|error| ("relativeError", error)));
    figures
}
