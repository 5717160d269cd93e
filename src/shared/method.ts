import { z } from 'zod'
import type { ArraySource, Axis } from './array'
import type { Dataset } from './dataset'
import { describeParameters, parameterDescriptionSchema } from './parameter'
import type { RunRecord } from './run'

/** Who to thank: shown beside the method, in its documentation page and in every report. */
export const citationSchema = z.object({
  authors: z.string(),
  title: z.string(),
  year: z.number().int(),
  venue: z.string(),
  doi: z.string().optional(),
  arxiv: z.string().optional(),
})
export type Citation = z.infer<typeof citationSchema>

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

/**
 * Meanings of outputs; a view, a comparison and a report section are chosen by meaning, never by method.
 *
 * - maps (component, line, sample), map (line, sample), spectra (band, component), field: values over a grid;
 * - trace: a row an iteration, kept in `trace.csv`;
 * - series (position) or (position, line): lines over the first axis, whose coordinates are the positions;
 * - bars (item) or (item, part): one labelled bar an item;
 * - scatter (point, quantity): points by their first two quantities, the others are told on pointing; a quantity
 *   labelled `chosen` is 1 for the point that the method chose, which stands out;
 * - points (point, coordinate): positions, pixels of the scene where the coordinates are line and sample;
 * - projection (component, line, sample): pixels in a plane of few dimensions; lines and samples may be thinned,
 *   the coordinates of their axes tell which are there; simplex (vertex, component): corners in the same plane;
 * - factors (position, component): factor matrix of a mode, positions may have coordinates;
 * - tensor: an array of any number of modes, looked at in slices;
 * - tradeoff (choice, quantity): choices of ranks of rising size; axis 1 names the quantities: first the size (numbers
 *   to be kept, core and factors), last the rank of every mode, among those between at least one with 'error' in its name;
 * - slices (input, choice, position, quantity): a function along each of some inputs; quantity holds the position itself,
 *   the mean and the deviation; choice counts, in C order, through the levels of the other inputs, which the coordinates of
 *   its axis are the number of;
 * - graph (edge, [end, coordinate]): edges by the coordinates of their two ends, those of the first end first;
 * - model: arrays of a fitted model, kept to be used again and not drawn; `model.json` beside them says what they are;
 * - matrix, table (row, column) and scalars (name): numbers to be read.
 *
 * A run with a `tensor` called `core` (r₁, …, r_N) and `factors` called `factors-1` … `factors-N` (position,
 * component) can be reconstructed: core ×₁ factors-1 … ×_N factors-N, plus its figure `offset` where it has one.
 */
export const outputMeaningSchema = z.enum([
  'maps',
  'map',
  'spectra',
  'trace',
  'series',
  'bars',
  'scatter',
  'field',
  'points',
  'projection',
  'simplex',
  'matrix',
  'tensor',
  'factors',
  'tradeoff',
  'slices',
  'graph',
  'model',
  'table',
  'scalars',
])
export type OutputMeaning = z.infer<typeof outputMeaningSchema>

/** One column of a trace after `iteration`. */
export const traceColumnSchema = z.object({
  name: z.string(),
  title: z.string(),
  unit: z.string().nullable(),
  /** Drawn on a logarithmic axis unless the person chooses otherwise. */
  logarithmic: z.boolean(),
})
export type TraceColumn = z.infer<typeof traceColumnSchema>

export const axisScalesSchema = z.object({
  horizontal: z.enum(['linear', 'logarithmic']),
  vertical: z.enum(['linear', 'logarithmic']),
})
export type AxisScales = z.infer<typeof axisScalesSchema>

export const outputDescriptionSchema = z.object({
  name: z.string(),
  title: z.string(),
  meaning: outputMeaningSchema,
  unit: z.string().nullable(),
  /** Maps of one output share a scale. Fractions run 0 to 1, diverging ones are centred on zero. */
  scale: z.enum(['fraction', 'sequential', 'diverging']),
  /** May be absent in a run (picked pixels when the start was given). */
  optional: z.boolean(),
  help: z.string(),
  /** Name of the output this one is the standard deviation of; drawn as bands, bars or maps beside it. */
  deviationOf: z.string().nullable(),
  /** Scales of the axes of series, bars and scatters. */
  axisScales: axisScalesSchema,
  columns: z.array(traceColumnSchema),
  /**
   * Null: one file, `<name>.npy`. 'mode': a file for each mode of the tensor, `<name>-1.npy` … `<name>-N.npy`, whose
   * artifacts are named `<name>-1` … `<name>-N`; 'part': a file for each part, `<name>-<part>.npy`; see
   * `outputOfArtifact`.
   */
  each: z.enum(['mode', 'part']).nullable(),
})
export type OutputDescription = z.infer<typeof outputDescriptionSchema>

/** The output an artifact belongs to: its namesake, or the one that gives a file for each mode. */
export function outputOfArtifact(
  outputs: readonly OutputDescription[],
  artifact: string,
): OutputDescription | undefined {
  const namesake = outputs.find(({ name }) => name === artifact)
  if (namesake !== undefined) return namesake
  const [, family] = /^(.+)-[1-9]\d*$/.exec(artifact) ?? []
  const [, whole] = /^([^-]+)-.+$/.exec(artifact) ?? []
  return outputs.find(
    ({ name, each }) => (each === 'mode' && name === family) || (each === 'part' && name === whole),
  )
}

/** What is added to every entry of a reconstruction: the run's figure `offset`, where it has one. */
export function figureOffset(figures: Readonly<Record<string, number>>): number {
  return figures['offset'] ?? 0
}

/** Everything a person sees of a method; forms, flags, pages and report sections are made from it. */
export const methodDescriptionSchema = z.object({
  id: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/),
  family: z.string(),
  familyTitle: z.string(),
  /** Heading within its family; the lists of methods put it there. */
  section: z.string().optional(),
  version: z.number().int().positive(),
  /** `solver` makes a run from a dataset, `generator` makes a dataset, from nothing or from its inputs. */
  role: z.enum(['solver', 'generator']),
  title: z.string(),
  summary: z.string(),
  /** The objective or definition in LaTeX, one display formula each, with a line that says what the symbols are. */
  equations: z.array(z.object({ latex: z.string(), caption: z.string() })),
  /** Markdown for the documentation page: when to use it, what to look out for. */
  documentation: z.string(),
  cite: z.array(citationSchema),
  inputs: z.array(inputDescriptionSchema),
  parameters: z.array(parameterDescriptionSchema),
  outputs: z.array(outputDescriptionSchema),
})
export type MethodDescription = z.infer<typeof methodDescriptionSchema>

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

interface InputKinds {
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

export interface OutputSpec {
  meaning: OutputMeaning
  title: string
  unit: string | null
  scale: OutputDescription['scale']
  optional: boolean
  help: string
  deviationOf: string | null
  axisScales: AxisScales
  columns: TraceColumn[]
  each: OutputDescription['each']
}

type OutputText = Partial<Omit<OutputSpec, 'meaning' | 'columns'>> & { title: string }

function outputOf(meaning: OutputMeaning, text: OutputText, columns: TraceColumn[] = []): OutputSpec {
  const axisScales: AxisScales = { horizontal: 'linear', vertical: 'linear' }
  return {
    ...{
      unit: null,
      scale: 'sequential',
      optional: false,
      help: '',
      deviationOf: null,
      axisScales,
      each: null,
    },
    ...text,
    meaning,
    columns,
  }
}

/**
 * Declares what a method gives back; `<name>.npy` of the run folder holds it, `trace.csv` for traces, and
 * `<name>-1.npy` … `<name>-N.npy` for outputs with `each: 'mode'`.
 */
export const output = {
  maps: (text: OutputText) => outputOf('maps', text),
  map: (text: OutputText) => outputOf('map', text),
  spectra: (text: OutputText) => outputOf('spectra', text),
  points: (text: OutputText) => outputOf('points', text),
  matrix: (text: OutputText) => outputOf('matrix', text),
  series: (text: OutputText) => outputOf('series', text),
  bars: (text: OutputText) => outputOf('bars', text),
  scatter: (text: OutputText) => outputOf('scatter', text),
  field: (text: OutputText) => outputOf('field', text),
  projection: (text: OutputText) => outputOf('projection', text),
  simplex: (text: OutputText) => outputOf('simplex', text),
  factors: (text: OutputText) => outputOf('factors', text),
  tensor: (text: OutputText) => outputOf('tensor', text),
  tradeoff: (text: OutputText) => outputOf('tradeoff', text),
  slices: (text: OutputText) => outputOf('slices', text),
  graph: (text: OutputText) => outputOf('graph', text),
  model: (text: OutputText) => outputOf('model', { ...text, each: 'part' }),
  table: (text: OutputText) => outputOf('table', text),
  scalars: (text: OutputText) => outputOf('scalars', text),
  trace: (text: OutputText & { columns: TraceColumn[] }) => outputOf('trace', text, text.columns),
}

/** One report of a running solver: at most ten a second, trace rows in batches. */
export interface SolveProgress {
  stage: string
  iteration: number
  iterationLimit: number | null
  fraction: number | null
  rows: number[][]
}

/** What a solver needs beyond its inputs and parameters. */
export interface SolveContext {
  seed: number
  threads: number
  /** Hidden folder beside the finished runs; everything the method makes goes here. */
  folder: string
  onProgress: (progress: SolveProgress) => void
  signal: AbortSignal
}

/** An array a method wrote: its output's name (with `-1` … `-N` for one of each mode) and the axes of `<name>.npy`. */
export interface WrittenArtifact {
  name: string
  axes: Axis[]
}

export interface SolveResult {
  iterations: number
  stopReason: 'converged' | 'iteration-limit' | 'stagnated' | 'broke-down' | 'cancelled' | 'finished'
  stopMessage: string
  figures: Record<string, number>
  setupSeconds: number
  iterationSeconds: number
  peakMemoryBytes: number
  warnings: string[]
  /** Findings in sentences that are no trouble. */
  notes?: string[]
  artifacts: WrittenArtifact[]
}

type InputSpecs = Record<string, InputSpec>
type InputValues<Inputs extends InputSpecs> = {
  [Name in keyof Inputs]: Inputs[Name] extends InputSpec<infer Type, infer Optional>
    ? Optional extends true
      ? InputKinds[Type] | null
      : InputKinds[Type]
    : never
}

/** A method: its spec and its call. One file a method under `src/main/methods/<family>`. */
export interface MethodSpec<
  Inputs extends InputSpecs = InputSpecs,
  Params extends z.ZodObject = z.ZodObject,
  Outputs extends Record<string, OutputSpec> = Record<string, OutputSpec>,
> {
  id: string
  family: string
  version: number
  role?: 'solver' | 'generator'
  title: string
  summary: string
  equations: { latex: string; caption: string }[]
  documentation: string
  cite: Citation[]
  inputs: Inputs
  params: Params
  outputs: Outputs
  /** Refuses, with a `FiligreeError`, what no parameter range can say: asked before a run is queued, computes nothing. */
  check?: (inputs: InputValues<Inputs>, params: z.infer<Params>) => void
  solve: (inputs: InputValues<Inputs>, params: z.infer<Params>, context: SolveContext) => Promise<SolveResult>
}

/** A method with its types forgotten, as the catalogue keeps it; inputs and parameters were checked before the call. */
export interface Method {
  description: MethodDescription
  params: z.ZodObject
  check: (inputs: Record<string, InputValue | null>, params: Record<string, unknown>) => void
  solve: (
    inputs: Record<string, InputValue | null>,
    params: Record<string, unknown>,
    context: SolveContext,
  ) => Promise<SolveResult>
}

const familyTitles: Record<string, string> = {
  unmixing: 'Hyperspectral unmixing',
  krylov: 'PDE and Krylov solvers',
  gp: 'Gaussian processes',
  tensor: 'Tucker decomposition',
}

/** Checks a spec and makes the description everything visible is built from. */
export function defineMethod<
  Inputs extends InputSpecs,
  Params extends z.ZodObject,
  Outputs extends Record<string, OutputSpec>,
>(spec: MethodSpec<Inputs, Params, Outputs>): Method {
  const description = methodDescriptionSchema.parse({
    id: spec.id,
    family: spec.family,
    familyTitle: familyTitles[spec.family] ?? spec.family,
    version: spec.version,
    role: spec.role ?? 'solver',
    title: spec.title,
    summary: spec.summary,
    equations: spec.equations,
    documentation: spec.documentation,
    cite: spec.cite,
    inputs: Object.entries(spec.inputs).map(([name, value]) => ({ name, ...value })),
    parameters: describeParameters(spec.params),
    outputs: Object.entries(spec.outputs).map(([name, value]) => ({ name, ...value })),
  })
  return {
    description,
    params: spec.params,
    check: (inputs, params) => spec.check?.(inputs as InputValues<Inputs>, spec.params.parse(params)),
    solve: (inputs, params, context) =>
      spec.solve(inputs as InputValues<Inputs>, spec.params.parse(params), context),
  }
}
