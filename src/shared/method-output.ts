import { z } from 'zod'

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
  /** Drawn from the start; else only the first column is, and the others are there to be switched on. */
  shown: z.boolean().optional(),
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
  /** Heading that outputs stand under; those of a heading are shown in the order they are declared. */
  section: z.string().optional(),
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

export interface OutputSpec {
  meaning: OutputMeaning
  title: string
  unit: string | null
  scale: OutputDescription['scale']
  optional: boolean
  help: string
  section?: string
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
