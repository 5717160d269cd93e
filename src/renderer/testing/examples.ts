import { rowMajorStrides, type ArrayReference } from '../../shared/array'
import type { Dataset } from '../../shared/dataset'
import type { MethodDescription } from '../../shared/method'
import type { Artifact, RunRecord, RunSummary } from '../../shared/run'

/** Small, complete records for tests of the renderer. */
function exampleArray(shape: number[], file: string): ArrayReference {
  return {
    dtype: 'float64',
    byteOrder: 'little',
    offset: 128,
    shape,
    strides: rowMajorStrides(shape),
    location: 'project',
    file,
    bytes: 1024,
    sha256: null,
    modifiedAt: null,
  }
}

export function exampleDataset(
  choice: { id?: string; name?: string; truth?: boolean; bands?: number } = {},
): Dataset {
  const { id = 'samson', name = 'Samson', truth = false, bands = 6 } = choice
  const axis = (axisName: string, size: number) => ({
    name: axisName,
    size,
    unit: null,
    coordinates: null,
    labels: null,
  })
  return {
    schema: 1,
    id,
    name,
    kind: 'cube',
    createdAt: '2026-01-01T00:00:00.000Z',
    origin: { type: 'generated', generator: 'toy', version: 1, inputs: {}, parameters: {}, seed: 0 },
    array: exampleArray([4, 5, bands], 'cube.npy'),
    axes: [axis('line', 4), axis('sample', 5), axis('band', bands)],
    quantity: { name: 'Reflectance', unit: null },
    scale: 1,
    noDataValue: null,
    parts: {},
    goodBands: null,
    displayBands: null,
    truth: truth
      ? {
          endmembers: exampleArray([bands, 2], 'endmembers.npy'),
          abundances: exampleArray([2, 4, 5], 'abundances.npy'),
          names: ['soil', 'water'],
          source: 'the file',
        }
      : null,
    summary: null,
    notes: [],
  }
}

export function exampleMethod(): MethodDescription {
  const output = {
    unit: null,
    scale: 'sequential',
    optional: false,
    help: '',
    each: null,
    ...plainDrawing,
  } as const
  return {
    id: 'toy',
    family: 'toys',
    familyTitle: 'Toys',
    version: 1,
    role: 'solver',
    title: 'Toy',
    summary: 'A method for tests.',
    equations: [],
    documentation: '',
    cite: [],
    inputs: [],
    parameters: [],
    outputs: [
      { ...output, columns: [], name: 'endmembers', title: 'Endmembers', meaning: 'spectra' },
      { ...output, columns: [], name: 'residual', title: 'Residual', meaning: 'map' },
    ],
  }
}

export function exampleRun(
  choice: { number?: number; dataset?: string } & Partial<RunSummary> = {},
): RunSummary {
  const { number = 1, dataset = 'samson', ...rest } = choice
  return {
    id: `${String(number).padStart(4, '0')}-toy`,
    number,
    method: 'toy',
    methodTitle: 'Toy',
    family: 'toys',
    dataset,
    datasetName: dataset,
    state: 'succeeded',
    createdAt: '2026-01-01T00:00:00.000Z',
    finishedAt: '2026-01-01T00:00:02.000Z',
    seconds: 2,
    seed: 0,
    parameters: {},
    metrics: [],
    ...rest,
  }
}

/** Drawn on linear axes, and no deviation of anything. */
export const plainDrawing = {
  deviationOf: null,
  axisScales: { horizontal: 'linear', vertical: 'linear' },
} as const

export function exampleArtifact(
  choice: Partial<Artifact> & Pick<Artifact, 'name' | 'meaning' | 'shape'>,
): Artifact {
  return {
    title: choice.name,
    dtype: 'float64',
    byteOrder: 'little',
    offset: 128,
    strides: rowMajorStrides(choice.shape),
    unit: null,
    scale: 'sequential',
    ...plainDrawing,
    file: `${choice.name}.npy`,
    bytes: 1024,
    sha256: '0'.repeat(64),
    axes: [],
    minimum: 0,
    maximum: 1,
    ...choice,
  }
}

export function exampleRecord(choice: Partial<RunRecord> = {}): RunRecord {
  return {
    schema: 1,
    id: '0001-toy',
    number: 1,
    method: { id: 'toy', version: 1, title: 'Toy', family: 'toys' },
    parameters: {},
    inputs: {},
    seed: 0,
    threads: 2,
    state: 'succeeded',
    createdAt: '2026-01-01T00:00:00.000Z',
    startedAt: '2026-01-01T00:00:00.000Z',
    finishedAt: '2026-01-01T00:00:02.000Z',
    setupSeconds: 1,
    iterationSeconds: 1,
    iterations: null,
    peakMemoryBytes: null,
    stopReason: null,
    stopMessage: null,
    failure: null,
    figures: {},
    scoreCard: null,
    warnings: [],
    notes: [],
    proposals: [],
    artifacts: [],
    environment: null,
    ...choice,
  }
}
