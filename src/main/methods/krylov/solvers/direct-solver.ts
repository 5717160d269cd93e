import { z } from 'zod'
import { defineMethod, input, type Method, type MethodSpec } from '../../../../shared/method'
import type { SolveSystemParams } from '../../native'
import { solutionOutputs } from '../solve-outputs'
import { problemParameters, stoppingParameters } from '../solve-parameters'
import { checkProblem, checkSquareProblem, solveSystem } from '../solve-system'

/** What every factorisation has to be told of. */
const cautions = `
- **Memory is estimated before it is taken**; a factor that cannot fit is refused with its size, and an iterative method is the way then.
- **The residual is recomputed**, and refined with the same factor while it is above the tolerance.
`.trim()

type Words = Pick<MethodSpec, 'id' | 'title' | 'summary' | 'equations' | 'documentation'>

/** A method that solves by one factorisation; `square` where it takes no other matrix. */
export function directSolver(
  solver: SolveSystemParams['solver'],
  { square, documentation, ...words }: Words & { square: boolean },
): Method {
  const check = square ? checkSquareProblem : checkProblem
  return defineMethod({
    ...words,
    documentation: `${documentation.trim()}\n${cautions}`,
    family: 'krylov',
    version: 1,
    cite: [
      {
        authors: 'Davis, Rajamanickam, Sid-Lakhdar',
        title: 'A survey of direct methods for sparse linear systems',
        year: 2016,
        venue: 'Acta Numerica 25',
        doi: '10.1017/S0962492916000076',
      },
    ],
    inputs: { matrix: input.matrix() },
    params: z.object({
      ...problemParameters,
      relativeTolerance: stoppingParameters.relativeTolerance,
    }),
    outputs: { ...solutionOutputs },
    check: ({ matrix }, parameters) => check(matrix, parameters),
    solve: ({ matrix }, parameters, context) => solveSystem(matrix, solver, parameters, context),
  })
}
