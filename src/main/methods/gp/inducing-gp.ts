import { z } from 'zod'
import type { Citation, WrittenArtifact } from '../../../shared/method'
import { callNative } from '../native'
import { calibrateParameter, inducingParameters, type InducingChoice } from './inducing-parameters'
import { fitResult } from './fit-artifacts'
import { kernelInput } from './kernel-input'
import { gpOutputs, inducingOutput } from './outputs'
import { holdOutParameters, modelParameters, optimiserParameters, type HoldOutChoice } from './parameters'
import { inputNames, tableHoldOut, tableInput } from './table-input'
import type { SolveContext, SolveResult, TableValue } from '../../../shared/method'

/** Parameters of regression with inducing points, the same for its two approximations. */
export const inducingGpParameters = z.object({
  ...modelParameters,
  ...inducingParameters,
  ...optimiserParameters,
  ...calibrateParameter,
  ...holdOutParameters,
})

/** Outputs of every fit with inducing points. */
export const inducingGpOutputs = { ...gpOutputs, inducingPoints: inducingOutput }

/** Fits inducing points by one of the two approximations. */
export async function solveInducing(
  method: 'vfe' | 'fitc',
  table: TableValue,
  parameters: z.infer<typeof inducingGpParameters>,
  context: SolveContext,
): Promise<SolveResult> {
  const { kernel, trend, standardise, restarts, maxIterations, tolerance } = parameters
  const { points, selection, movePoints }: InducingChoice = parameters
  const { calibrate } = parameters
  const choice: HoldOutChoice = parameters
  const search = { restarts, maxIterations, tolerance }
  const info = await callNative(context, (native, nativeContext) =>
    native.inducingGp(
      tableInput(table),
      tableHoldOut(table, choice),
      {
        kernel: kernelInput(table, kernel),
        ...{ trend, standardise, method, points, selection, movePoints, calibrate, search },
      },
      nativeContext,
    ),
  )
  return fitResult(info, table.dataset, context.folder, async (sizeOf) =>
    inducingArtifacts(inputNames(table.dataset), await sizeOf('inducingPoints')),
  )
}

/** The inducing points of a run, in the units of the inputs. */
export function inducingArtifacts(names: readonly string[], count: number): WrittenArtifact[] {
  return [
    {
      name: 'inducingPoints',
      axes: [
        { name: 'point', size: count, unit: null, coordinates: null, labels: null },
        { name: 'input', size: names.length, unit: null, coordinates: null, labels: [...names] },
      ],
    },
  ]
}

/** What both approximations rest on. */
export const inducingCitations: Citation[] = [
  {
    authors: 'Titsias',
    title: 'Variational learning of inducing variables in sparse Gaussian processes',
    year: 2009,
    venue: 'AISTATS, PMLR 5',
  },
  {
    authors: 'Snelson, Ghahramani',
    title: 'Sparse Gaussian processes using pseudo-inputs',
    year: 2006,
    venue: 'Advances in Neural Information Processing Systems 18',
  },
  {
    authors: 'Bauer, van der Wilk, Rasmussen',
    title: 'Understanding probabilistic sparse Gaussian process approximations',
    year: 2016,
    venue: 'Advances in Neural Information Processing Systems 29',
    arxiv: '1606.04820',
  },
  {
    authors: "Lei, G'Sell, Rinaldo, Tibshirani, Wasserman",
    title: 'Distribution-free predictive inference for regression',
    year: 2018,
    venue: 'Journal of the American Statistical Association 113(523)',
    doi: '10.1080/01621459.2017.1307116',
  },
]
