import { z } from 'zod'
import type { ArraySource, Axis } from './array'
import type { Dataset } from './dataset'
import type { RunRecord } from './run'

/**
 * What an input is: a cube, a tensor (a cube is one too), a sparse matrix with what belongs to its system, a table,
 * spectra from a truth, a library or an earlier run, abundance maps from a truth, an earlier run or a cube whose bands
 * they are, or an earlier run itself (a fitted model).
 */
export const inputDescriptionSchema = z.object({
  name: z.string(),
  title: z.string(),
  help: z.string(),
  type: z.enum(['cube', 'spectra', 'maps', 'tensor', 'matrix', 'table', 'run']),
  optional: z.boolean(),
  /** Ids of the methods whose runs are taken; only of inputs that are runs. */
  methods: z.array(z.string()).optional(),
})
export type InputDescription = z.infer<typeof inputDescriptionSchema>

/** A cube as a solver gets it. */
export interface CubeValue {
  dataset: Dataset
  source: ArraySource
}

/** Spectra as a solver gets them: (bands, p), with the words that say where they came from. */
export interface SpectraValue {
  source: ArraySource
  /** Their bands, with wavelengths where they are known. */
  bands: Axis
  labels: string[] | null
  from: string
  /** Scaling an earlier run gave its pixels before it made these; null where they are on a scale of their own. */
  normalisation: string | null
}

/** Maps as a solver gets them: (p, lines, samples), with the words that say where they came from. */
export interface MapsValue {
  source: ArraySource
  labels: string[] | null
  from: string
}

/** A tensor as a solver gets it; see `datasetSchema` for what its parts are. */
export interface TensorValue {
  dataset: Dataset
  source: ArraySource
  parts: Record<string, ArraySource>
}

/** A matrix as a solver gets it; see `datasetSchema` for what its parts are. */
export type MatrixValue = TensorValue

/** A table as a solver gets it; see `datasetSchema` for what its parts are. */
export type TableValue = TensorValue

/** An earlier run as a solver gets it. */
export interface RunValue {
  record: RunRecord
  /** Absolute path of its folder. */
  folder: string
}

/** Any input, as it is handed to a method. */
export type InputValue = CubeValue | SpectraValue | MapsValue | TensorValue | RunValue

/** What a solver gets for an input of a type. */
export interface InputKinds {
  cube: CubeValue
  tensor: TensorValue
  spectra: SpectraValue
  maps: MapsValue
  matrix: MatrixValue
  table: TableValue
  run: RunValue
}

export interface InputSpec<
  Type extends keyof InputKinds = keyof InputKinds,
  Optional extends boolean = boolean,
> {
  type: Type
  optional: Optional
  title: string
  help: string
  /** Methods whose runs are taken, of an input that is a run. */
  methods?: string[]
}

type InputText = { title?: string; help?: string }

function inputOf<Type extends Exclude<InputDescription['type'], 'run'>>(
  type: Type,
  title: string,
  help: string,
) {
  return <Optional extends boolean = false>(
    text: InputText & { optional?: Optional } = {},
  ): InputSpec<Type, NoInfer<Optional>> => ({
    type,
    optional: (text.optional ?? false) as Optional,
    title: text.title ?? title,
    help: text.help ?? help,
  })
}

/** Declares what a method takes. */
export const input = {
  cube: inputOf('cube', 'Cube', 'The hyperspectral scene to work on.'),
  tensor: inputOf('tensor', 'Tensor', 'The tensor to work on. A cube is one, too.'),
  matrix: inputOf(
    'matrix',
    'Matrix',
    'The sparse matrix to work on, with the right-hand side that came with it.',
  ),
  table: inputOf('table', 'Table', 'The table to work on; its columns say what they are for.'),
  spectra: inputOf('spectra', 'Spectra', 'Spectra from a library, from the truth or from an earlier run.'),
  maps: inputOf('maps', 'Maps', 'Abundance maps from a truth, from an earlier run, or the bands of a cube.'),
  run: (text: InputText & { methods: string[] }): InputSpec<'run', false> => ({
    type: 'run',
    optional: false,
    title: text.title ?? 'Fitted model',
    help: text.help ?? 'A finished run whose model is used again.',
    methods: text.methods,
  }),
}
