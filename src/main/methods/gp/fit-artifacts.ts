import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { Axis } from '../../../shared/array'
import type { Dataset } from '../../../shared/dataset'
import type { SolveResult, WrittenArtifact } from '../../../shared/method'
import { readNpyHeader } from '../../formats'
import type { Info } from '../native'
import { solveResult } from '../solve-result'
import { takenVector } from '../written-vector'
import { calibrationArtifacts } from './calibration'
import { columnNames, columnsOf, inputNames } from './table-input'

/** What the page needs of `model.json`. */
const modelNamesSchema = z.object({
  parameters: z.array(z.string()),
  arrays: z.record(z.string(), z.array(z.number())),
})

/** A plain axis of numbers that count. */
function axis(name: string, size: number, more: Partial<Axis> = {}): Axis {
  return { name, size, unit: null, coordinates: null, labels: null, ...more }
}

/** The result of a fit: what the addon wrote, with the names and coordinates of its axes. */
export async function fitResult(
  info: Info,
  dataset: Dataset,
  folder: string,
  own: (sizeOf: (name: string) => Promise<number>) => Promise<WrittenArtifact[]> = () => Promise.resolve([]),
): Promise<SolveResult> {
  const written = new Set(info.files)
  const sizeOf = async (name: string) => (await readNpyHeader(join(folder, `${name}.npy`))).shape[0] ?? 0
  const taken = (name: string) =>
    written.has(`${name}.npy`) ? takenVector(folder, `${name}.npy`) : Promise.resolve([])
  const views = {
    order: await taken('viewInputs'),
    positions: await taken('curvePositions'),
    rows: await taken('fieldPositions-1'),
    columns: await taken('fieldPositions-2'),
    field: await taken('fieldInputs'),
  }
  const calibration = written.has('holdOut.npy') ? await calibrationArtifacts(folder) : []
  const artifacts = [
    ...(await functionArtifacts(written, dataset, sizeOf, views)),
    ...calibration,
    ...(await learnedArtifacts(written, dataset, folder, sizeOf)),
    ...(await own(sizeOf)),
  ]
  const files = [...info.files, ...calibration.map(({ name }) => `${name}.npy`)]
  return solveResult({ ...info, files }, artifacts)
}

/** Positions of the views, and the inputs in the order of their relevance. */
interface Views {
  order: number[]
  positions: number[]
  rows: number[]
  columns: number[]
  /** Inputs of the rows and of the columns of the field. */
  field: number[]
}

async function functionArtifacts(
  written: ReadonlySet<string>,
  dataset: Dataset,
  sizeOf: (name: string) => Promise<number>,
  { order, positions, rows, columns, field: across }: Views,
): Promise<WrittenArtifact[]> {
  const names = inputNames(dataset)
  const byRelevance = order.map((input) => names[input] ?? '')
  const [first = 'input'] = byRelevance
  const [down = 'input', right = 'input'] = across.map((input) => names[input] ?? '')
  const along = axis(first, positions.length, { coordinates: positions })
  const target = columnNames(dataset)[columnsOf(dataset, 'target')[0] ?? -1] ?? 'target'
  const field = [
    axis(down, rows.length, { coordinates: rows }),
    axis(right, columns.length, { coordinates: columns }),
  ]
  const sliced = written.has('slices.npy') ? await sizeOf('slices') : 0
  const levels = ['5 %', '25 %', '50 %', '75 %', '95 %']
  const inputs = axis('input', sliced, { labels: byRelevance.slice(0, sliced) })
  return [
    { name: 'curve', axes: [along], quantity: target },
    { name: 'curveDeviation', axes: [along], quantity: target },
    {
      name: 'curveRows',
      axes: [
        axis('row', written.has('curveRows.npy') ? await sizeOf('curveRows') : 0),
        axis('quantity', 2, { labels: [first, target] }),
      ],
    },
    { name: 'meanField', axes: field, quantity: target },
    { name: 'deviationField', axes: field, quantity: `deviation of ${target}` },
    {
      name: 'slices',
      axes: [
        inputs,
        axis('choice', levels.length ** Math.max(0, sliced - 1)),
        axis('position', slicePositions),
        axis('quantity', 3, { labels: ['position', target, 'deviation'] }),
      ],
    },
    { name: 'sliceLevels', axes: [inputs, axis('level', levels.length, { labels: levels })] },
    {
      name: 'samples',
      axes: [along, axis('sample', samples, { labels: numbered('Sample', samples) })],
      quantity: target,
    },
  ]
}

/** Positions of a slice and samples drawn, as the addon writes them. */
const slicePositions = 31
const samples = 8

async function learnedArtifacts(
  written: ReadonlySet<string>,
  dataset: Dataset,
  folder: string,
  sizeOf: (name: string) => Promise<number>,
): Promise<WrittenArtifact[]> {
  const { parameters, arrays } = modelNamesSchema.parse(
    JSON.parse(await readFile(join(folder, 'model.json'), 'utf8')),
  )
  const inputs = inputNames(dataset)
  const named = axis('parameter', parameters.length, { labels: parameters })
  const steps = written.has('hyperParameterPath.npy') ? await sizeOf('hyperParameterPath') : 0
  if (steps === 1) await rm(join(folder, 'hyperParameterPath.npy'), { force: true })
  return [
    ...Object.entries(arrays).map(([name, shape]) => ({
      name: `model-${name}`,
      axes: shape.map((size, place) => axis(place === 0 ? name : `axis ${place + 1}`, size)),
    })),
    { name: 'relevance', axes: [axis('input', inputs.length, { labels: inputs })] },
    {
      name: 'hyperParameters',
      axes: [named, axis('quantity', 3, { labels: ['Value', 'Lower', 'Upper'] })],
    },
    {
      name: 'jitterLadder',
      axes: [
        axis('step', written.has('jitterLadder.npy') ? await sizeOf('jitterLadder') : 0),
        axis('quantity', 2, { labels: ['Jitter', 'Matrices'] }),
      ],
    },
    ...(steps > 1
      ? [
          {
            name: 'hyperParameterPath',
            axes: [
              axis('iteration', steps, { coordinates: Array.from({ length: steps }, (_, step) => step) }),
              named,
            ],
          },
        ]
      : []),
  ]
}

function numbered(word: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${word} ${index + 1}`)
}
