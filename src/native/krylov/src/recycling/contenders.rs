use std::time::Instant;

use filigree_core::{Error, Observer, StopReason};

use super::sequence::{Contender, SequenceOrder, SolvedSystem};
use super::{RecycleSpace, RecycledDirections, SequenceParams, gcro_dr, recycled_cg};
use crate::iterative::{Outcome, Problem, cg, gmres};
use crate::{CsrMatrix, DenseScalar, DirectFactor, Factorisation, PreconditionerChoice};

/// The ways that are chosen, in the order of their table.
pub(super) fn contenders<'a, S: DenseScalar>(
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
