import { z } from 'zod'
import { FiligreeError } from '../../../../shared/failure'
import { defineMethod, input, output, type Citation, type Method } from '../../../../shared/method'
import { callNative, type NmfParams } from '../../native'
import { checkGivenSpectra, spectraCount } from '../given-spectra'
import { mixtureArtifacts, positionsOutput, unmixingOutputs } from '../outputs'
import {
  checkCube,
  checkNegativeValues,
  cubeInput,
  negativeValuesParameter,
  preparationParameters,
  splitPreparation,
  unmixingAxes,
} from '../preparation'
import { solveResult } from '../result'
import { endmembersParameter } from '../endmembers-parameter'
import { checkGraph, iterationParameters } from './parameters'

/** What distinguishes a factorisation; everything else of the family is the same. */
interface NmfText {
  id: string
  version: number
  title: string
  summary: string
  equations: { latex: string; caption: string }[]
  documentation: string
  cite: Citation[]
}

/** The terms of the objective; null where the method does not have them. */
export type NmfModel = Pick<
  NmfParams,
  'updates' | 'loss' | 'sumToOneWeight' | 'sparsity' | 'graph' | 'volumeWeight'
>

/** Squares, multiplicative updates and no further terms. */
export const plainModel: Omit<NmfModel, 'sumToOneWeight'> = {
  updates: 'multiplicative',
  loss: { name: 'squares', kernelWidth: 1 },
  sparsity: null,
  graph: null,
  volumeWeight: null,
}

/** A term that gives the method a column of its trace, or an output of its own. */
type Term = 'sparsity' | 'graph' | 'volume' | 'band-weights' | 'guidance'

const column = (name: string, title: string) => ({ name, title, unit: null, logarithmic: true })

/** In the order in which the addon writes them. */
const termColumns = [
  { term: 'sparsity', ...column('sparsityTerm', 'Sparsity term') },
  { term: 'graph', ...column('graphTerm', 'Graph term') },
  { term: 'volume', ...column('volumeTerm', 'Volume term') },
] as const

const bandWeightsOutput = output.series({
  title: 'Band weights',
  help: 'How much every band counted in the end. A band far below the others is corrupted, or holds what the endmembers can not mix.',
})

const guidanceOutput = output.map({
  title: 'Guidance map',
  scale: 'fraction',
  help: 'How sparse a pixel was taken to be: near one it is drawn to a single material, near zero it may be any mixture.',
})

/** A method of the family of non-negative matrix factorisations. */
export function defineNmf<Own extends z.ZodRawShape>(
  text: NmfText & {
    params: Own
    terms: readonly Term[]
    model: (parameters: z.infer<z.ZodObject<Own>>) => NmfModel
  },
): Method {
  const { params, terms: visible, model, ...described } = text
  const ownParameters = z.object(params)
  const has = (term: Term) => visible.includes(term)
  return defineMethod({
    ...described,
    family: 'unmixing',
    inputs: {
      cube: input.cube(),
      start: input.spectra({
        optional: true,
        title: 'Start',
        help: 'First endmembers, from the truth or from an earlier run. None: vertex component analysis finds them.',
      }),
    },
    params: z.object({
      endmembers: endmembersParameter,
      ...params,
      ...iterationParameters,
      ...preparationParameters,
      negativeValues: negativeValuesParameter,
    }),
    outputs: {
      ...unmixingOutputs,
      positions: positionsOutput(true),
      ...(has('band-weights') ? { bandWeights: bandWeightsOutput } : {}),
      ...(has('guidance') ? { guidance: guidanceOutput } : {}),
      objective: output.trace({
        title: 'Objective',
        help: 'The objective and its terms after every iteration.',
        columns: [
          column('objective', 'Objective'),
          column('dataTerm', 'Data term'),
          column('sumToOneTerm', 'Sum-to-one term'),
          ...termColumns.filter(({ term }) => has(term)).map(({ name, title }) => column(name, title)),
          column('relativeResidual', 'Relative residual'),
        ],
      }),
    },
    check: ({ cube, start }, parameters) => {
      const {
        preparation,
        own: { endmembers, negativeValues },
      } = splitPreparation(common.parse(parameters))
      checkCube(cube.dataset, preparation, endmembers)
      checkNegativeValues(cube.dataset, preparation, negativeValues)
      const { graph } = model(ownParameters.parse(parameters))
      if (graph !== null) checkGraph(graph)
      if (start === null) return
      checkGivenSpectra(cube.dataset, preparation, start)
      if (spectraCount(start) === endmembers) return
      throw new FiligreeError(
        'invalid-parameter',
        `${endmembers} endmembers were asked for, but ${spectraCount(start)} spectra were given as a start ${start.from}. Choose as many as there are.`,
        { field: 'endmembers' },
      )
    },
    solve: async ({ cube, start }, parameters, context) => {
      const {
        preparation,
        own: { negativeValues, ...iteration },
      } = splitPreparation(common.parse(parameters))
      const terms = model(ownParameters.parse(parameters))
      const info = await callNative(context, (native, nativeContext) =>
        native.nmf(
          cubeInput(cube, preparation, negativeValues, start),
          start?.source ?? null,
          { ...terms, ...iteration },
          nativeContext,
        ),
      )
      const axes = unmixingAxes(cube.dataset, preparation)
      return solveResult(info, [
        ...mixtureArtifacts(cube.dataset, preparation, iteration.endmembers),
        { name: 'bandWeights', axes: axes.series() },
        { name: 'guidance', axes: axes.map() },
      ])
    },
  })
}

/** The parameters every method of the family has; unknown keys are its own. */
const common = z.object({
  endmembers: endmembersParameter,
  ...iterationParameters,
  ...preparationParameters,
  negativeValues: negativeValuesParameter,
})
