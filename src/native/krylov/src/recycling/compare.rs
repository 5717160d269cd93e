use std::path::Path;

use filigree_core::{Error, Info, NpyWriter, Observer, Stopwatch};

use super::contenders::contenders;
use super::sequence::{SequenceResult, solve_sequence};
use super::sequence_table::{QUANTITIES, row_of, told};
use super::{SequenceParams, parameter_order};
use crate::multigrid::MultigridParams;
use crate::{DenseScalar, LinearSystem, PreconditionerChoice, RightHandSideChoice, SystemFile};

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generators::test_support::generated;
    use crate::{DarcyParams, HelmholtzBoundary, HelmholtzParams, generate_darcy, generate_helmholtz};
    use filigree_core::{Flow, Silent, Step, StopReason};

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
