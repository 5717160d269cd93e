import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ArrayReference, Axis } from '../../shared/array'
import type { Dataset } from '../../shared/dataset'
import type { MethodDescription, OutputMeaning } from '../../shared/method'
import type { Artifact, RunRecord, ScoreCard } from '../../shared/run'
import { writeNpy } from '../formats/npy-writer'
import type { ReportedRun } from './report-input'

/** A scene and runs on it, made in a temporary folder for the tests of the report. */
export interface ReportFixture {
  folder: string
  dataset: Dataset
  datasetFolder: string
}

export const lines = 24
export const samples = 32
export const bands = 40
const materials = ['soil', 'tree', 'water']

/** Writes a small scene of three materials with its truth. */
export async function makeReportFixture(): Promise<ReportFixture> {
  const folder = await mkdtemp(join(tmpdir(), 'filigree-report-'))
  const datasetFolder = join(folder, 'datasets', 'garden')
  await mkdir(datasetFolder, { recursive: true })
  const endmembers = spectraValues()
  const abundances = mapValues()
  const cube = new Float64Array(lines * samples * bands)
  for (let pixel = 0; pixel < lines * samples; pixel += 1) {
    for (let band = 0; band < bands; band += 1) {
      cube[pixel * bands + band] = materials.reduce(
        (sum, _, material) =>
          sum +
          (abundances[material * lines * samples + pixel] ?? 0) * (endmembers[band * 3 + material] ?? 0),
        0,
      )
    }
  }
  const write = (name: string, shape: number[], values: Float64Array) =>
    writeNpy(join(datasetFolder, name), 'float64', shape, values)
  const array = relative(await write('cube.npy', [lines, samples, bands], cube), 'cube.npy')
  const truthSpectra = relative(
    await write('truth-endmembers.npy', [bands, 3], endmembers),
    'truth-endmembers.npy',
  )
  const truthMaps = relative(
    await write('truth-abundances.npy', [3, lines, samples], abundances),
    'truth-abundances.npy',
  )
  const dataset: Dataset = {
    schema: 1,
    id: 'garden',
    name: 'Garden',
    kind: 'cube',
    createdAt: '2026-01-02T03:04:05.000Z',
    origin: {
      type: 'file',
      format: 'MATLAB 5',
      files: [{ path: '/home/someone/secret place/garden.mat', bytes: 123456, sha256: 'a'.repeat(64) }],
      choices: { cube: 'V', orientation: 'columns' },
    },
    array,
    axes: [plainAxis('line', lines), plainAxis('sample', samples), bandAxis()],
    quantity: { name: 'Reflectance', unit: null },
    scale: 1,
    noDataValue: null,
    goodBands: null,
    displayBands: null,
    truth: { endmembers: truthSpectra, abundances: truthMaps, names: materials, source: 'garden_truth.mat' },
    summary: {
      count: cube.length,
      nanCount: 0,
      infiniteCount: 0,
      negativeCount: 0,
      noDataCount: 0,
      firstInvalid: null,
      firstNegative: null,
      minimum: 0.01,
      maximum: 0.93,
      mean: 0.34,
    },
    notes: ['Pixels are counted column by column in the file; they were turned into lines and samples.'],
  }
  return { folder, dataset, datasetFolder }
}

/** A finished run of the fixture's method with an output of every meaning, a trace, and a score. */
export async function makeReportedRun(fixture: ReportFixture, number = 7): Promise<ReportedRun> {
  const id = `${String(number).padStart(4, '0')}-demo`
  const folder = join(fixture.folder, 'runs', id)
  await mkdir(folder, { recursive: true })
  const trace = Array.from(
    { length: 60 },
    (_, index) => `${index + 1},${2 * 0.9 ** index + 0.5},${0.3 * 0.95 ** index}`,
  )
  await writeFile(
    join(folder, 'trace.csv'),
    ['iteration,objective,relativeResidual', ...trace].join('\n') + '\n',
  )
  const record: RunRecord = {
    ...baseRecord(id, number, fixture.dataset),
    artifacts: await writeArtifacts(folder),
  }
  return {
    record,
    folder,
    method: demoMethod,
    dataset: fixture.dataset,
    datasetFolder: fixture.datasetFolder,
    repeat: [
      'npx filigree import garden.mat',
      `npx filigree run garden --method demo --set endmembers=3 --seed 5`,
    ],
  }
}

const artifactShapes: { name: string; meaning: OutputMeaning; axes: Axis[]; scale: Artifact['scale'] }[] = [
  {
    name: 'abundances',
    meaning: 'maps',
    axes: [plainAxis('endmember', 3), plainAxis('line', lines), plainAxis('sample', samples)],
    scale: 'fraction',
  },
  {
    name: 'residual',
    meaning: 'map',
    axes: [plainAxis('line', lines), plainAxis('sample', samples)],
    scale: 'sequential',
  },
  {
    name: 'endmembers',
    meaning: 'spectra',
    axes: [bandAxis(), plainAxis('endmember', 3)],
    scale: 'sequential',
  },
  {
    name: 'positions',
    meaning: 'points',
    axes: [plainAxis('endmember', 3), { ...plainAxis('coordinate', 2), labels: ['line', 'sample'] }],
    scale: 'sequential',
  },
  {
    name: 'profile',
    meaning: 'field',
    axes: [
      { ...plainAxis('x', 12), unit: 'm', coordinates: Array.from({ length: 12 }, (_, index) => index / 4) },
    ],
    scale: 'sequential',
  },
  {
    name: 'coupling',
    meaning: 'matrix',
    axes: [plainAxis('row', 5), plainAxis('column', 6)],
    scale: 'diverging',
  },
  {
    name: 'core',
    meaning: 'tensor',
    axes: [plainAxis('first', 3), plainAxis('second', 4), plainAxis('third', 5)],
    scale: 'diverging',
  },
  {
    name: 'loadings',
    meaning: 'factors',
    axes: [plainAxis('time', 9), plainAxis('component', 2)],
    scale: 'sequential',
  },
  {
    name: 'counts',
    meaning: 'table',
    axes: [plainAxis('group', 4), { ...plainAxis('column', 2), labels: ['pixels', 'share'] }],
    scale: 'sequential',
  },
  {
    name: 'constants',
    meaning: 'scalars',
    axes: [{ ...plainAxis('constant', 2), labels: ['noise', 'offset'] }],
    scale: 'sequential',
  },
]

async function writeArtifacts(folder: string): Promise<Artifact[]> {
  const artifacts: Artifact[] = []
  for (const { name, meaning, axes, scale } of artifactShapes) {
    const shape = axes.map((axis) => axis.size)
    const values = valuesOf(name, shape)
    const { location, modifiedAt, sha256, ...layout } = await writeNpy(
      join(folder, `${name}.npy`),
      'float64',
      shape,
      values,
    )
    artifacts.push({
      ...layout,
      sha256: sha256 ?? '',
      name,
      title: name.charAt(0).toUpperCase() + name.slice(1),
      meaning,
      unit: null,
      scale,
      file: `${name}.npy`,
      axes,
      minimum: values.reduce((low, value) => Math.min(low, value)),
      maximum: values.reduce((high, value) => Math.max(high, value)),
    })
  }
  return artifacts
}

function valuesOf(name: string, shape: number[]): Float64Array {
  if (name === 'abundances') return mapValues().map((value) => Math.min(1, Math.max(0, 0.95 * value + 0.02)))
  if (name === 'endmembers')
    return spectraValues().map((value, index) => 1.3 * value + 0.01 * Math.sin(index))
  if (name === 'positions') return Float64Array.of(3, 4, 20, 9, 11, 28)
  const count = shape.reduce((product, size) => product * size, 1)
  return Float64Array.from(
    { length: count },
    (_, index) => Math.sin(index / 7) * (name === 'residual' ? 0.01 : 1),
  )
}

function spectraValues(): Float64Array {
  const values = new Float64Array(bands * 3)
  for (let band = 0; band < bands; band += 1) {
    const position = band / (bands - 1)
    values[band * 3] = 0.2 + 0.5 * position
    values[band * 3 + 1] = 0.1 + 0.6 / (1 + Math.exp(-20 * (position - 0.55)))
    values[band * 3 + 2] = 0.15 * Math.exp(-4 * position)
  }
  return values
}

/** Shares that sum to one: three bumps over the scene. */
function mapValues(): Float64Array {
  const values = new Float64Array(3 * lines * samples)
  const centres = [
    [3, 4],
    [20, 9],
    [11, 28],
  ] as const
  for (let line = 0; line < lines; line += 1) {
    for (let sample = 0; sample < samples; sample += 1) {
      const weights = centres.map(([l, s]) => Math.exp(-((line - l) ** 2 + (sample - s) ** 2) / 120))
      const sum = weights.reduce((total, weight) => total + weight)
      weights.forEach((weight, material) => {
        values[(material * lines + line) * samples + sample] = weight / sum
      })
    }
  }
  return values
}

function baseRecord(id: string, number: number, dataset: Dataset): RunRecord {
  return {
    schema: 1,
    id,
    number,
    method: { id: 'demo', version: 1, title: 'Demonstration of every meaning', family: 'unmixing' },
    parameters: { endmembers: 3, graphWeight: 0.25, normalisation: 'unit-length', snr: null },
    inputs: {
      cube: {
        reference: { type: 'dataset', dataset: dataset.id },
        title: dataset.name,
        sha256: 'b'.repeat(64),
      },
    },
    seed: 5,
    threads: 2,
    state: 'succeeded',
    createdAt: '2026-01-03T10:00:00.000Z',
    startedAt: '2026-01-03T10:00:01.000Z',
    finishedAt: '2026-01-03T10:00:09.000Z',
    setupSeconds: 0.41,
    iterationSeconds: 7.2,
    iterations: 60,
    peakMemoryBytes: 98_765_432,
    stopReason: 'converged',
    stopMessage:
      'The objective fell by 8.1e-6 of itself over ten iterations, less than the tolerance of 1e-5.',
    failure: null,
    figures: { objective: 0.5123, relativeResidual: 1.42e-5 },
    scoreCard,
    warnings: ['Two picked pixels are darker than nine in ten others.'],
    artifacts: [],
    environment: {
      filigree: '0.1.0',
      native: '0.1.0',
      libraries: { faer: '0.24.0', rayon: '1.11.0' },
      target: 'x86_64, AVX2 and FMA found',
      runtime: 'Node 24.21.0',
      system: 'Linux 6.1',
      processor: 'Example CPU',
      cores: 2,
      memoryBytes: 2 ** 33,
    },
  }
}

const scoreCard: ScoreCard = {
  title: 'Endmembers and abundances against the truth of the scene',
  rules: [
    'Components were matched by abundance: the assignment with the least mean squared difference (Hungarian).',
    'SAD is the angle between estimated and true spectrum; no scaling enters it.',
    'aRMSE is the root mean square over all pixels and endmembers, in percent; nothing was rescaled.',
  ],
  columns: [
    { title: 'Endmember', unit: null, digits: null },
    { title: 'Matched with', unit: null, digits: null },
    { title: 'SAD', unit: '°', digits: 3 },
    { title: 'aRMSE', unit: '%', digits: 2 },
  ],
  rows: [
    ['soil', 'Endmember 1', 1.234, 3.21],
    ['tree', 'Endmember 2', 0.876, 4.1],
    ['water', 'Endmember 3', 5.5, 2.22],
  ],
  matching: [0, 1, 2],
  metrics: [
    { id: 'sad', title: 'Mean SAD', value: 2.537, unit: '°', better: 'lower', digits: 3 },
    { id: 'armse', title: 'aRMSE', value: 3.26, unit: '%', better: 'lower', digits: 2 },
  ],
}

const parameter = {
  symbol: null,
  unit: null,
  help: '',
  group: 'Model',
  advanced: false,
  nullable: false,
  minimum: null,
  maximum: null,
  exclusiveMinimum: false,
  exclusiveMaximum: false,
  step: null,
  logarithmic: false,
  choices: [],
}

export const demoMethod: MethodDescription = {
  id: 'demo',
  family: 'unmixing',
  familyTitle: 'Hyperspectral unmixing',
  version: 1,
  role: 'solver',
  title: 'Demonstration of every meaning',
  summary: 'Blind unmixing with one output of every meaning there is.',
  equations: [
    {
      latex: String.raw`\min_{\mathbf M, \mathbf A \ge 0}\ \tfrac12 \lVert \mathbf Y - \mathbf M \mathbf A \rVert_F^2 + \tfrac{\lambda}{2} \operatorname{tr}\bigl(\mathbf A \mathbf L \mathbf A^{\mathsf T}\bigr)`,
      caption: 'Y: pixels, a column each; M: endmembers; A: abundances.',
    },
  ],
  documentation: '',
  cite: [
    {
      authors: 'Zhu, Wang, Xiang, Fan, Pan',
      title: 'Structured sparse method for hyperspectral unmixing',
      year: 2014,
      venue: 'ISPRS J.',
      doi: '10.1016/j.isprsjprs.2013.11.014',
      arxiv: '1403.4682',
    },
  ],
  inputs: [{ name: 'cube', title: 'Cube', help: '', type: 'cube', optional: false }],
  parameters: [
    { ...parameter, name: 'endmembers', title: 'Endmembers', symbol: 'p', type: 'integer' },
    { ...parameter, name: 'graphWeight', title: 'Graph weight', symbol: 'λ', type: 'number', default: 0.1 },
    {
      ...parameter,
      name: 'normalisation',
      title: 'Normalisation',
      type: 'choice',
      choices: [
        { value: 'none', title: 'None' },
        { value: 'unit-length', title: 'Unit length' },
      ],
      default: 'unit-length',
    },
    {
      ...parameter,
      name: 'snr',
      title: 'Signal-to-noise ratio',
      unit: 'dB',
      type: 'number',
      nullable: true,
      default: null,
    },
  ],
  outputs: [
    ...artifactShapes.map(({ name, meaning, scale }) => ({
      name,
      title: name,
      meaning,
      unit: null,
      scale,
      optional: false,
      help: '',
      columns: [],
    })),
    {
      name: 'objective',
      title: 'Objective',
      meaning: 'trace',
      unit: null,
      scale: 'sequential',
      optional: false,
      help: '',
      columns: [
        { name: 'objective', title: 'Objective', unit: null, logarithmic: true },
        { name: 'relativeResidual', title: 'Relative residual', unit: null, logarithmic: true },
      ],
    },
  ],
}

function plainAxis(name: string, size: number): Axis {
  return { name, size, unit: null, coordinates: null, labels: null }
}

function bandAxis(): Axis {
  const coordinates = Array.from({ length: bands }, (_, band) => 0.4 + (0.5 * band) / (bands - 1))
  return { name: 'band', size: bands, unit: 'µm', coordinates, labels: null }
}

function relative(reference: ArrayReference, file: string): ArrayReference {
  return { ...reference, location: 'project', file, modifiedAt: null }
}
