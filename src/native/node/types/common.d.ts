/** Element types an array file may have. Methods that cannot take complex numbers say so. */
export type DType =
  | 'uint8'
  | 'int8'
  | 'uint16'
  | 'int16'
  | 'uint32'
  | 'int32'
  | 'uint64'
  | 'int64'
  | 'float32'
  | 'float64'
  | 'complex64'
  | 'complex128'
  | 'bool'

/**
 * Where an array lies in a file. `strides` are counted in elements, one for each entry of `shape`, so
 * the three ENVI interleaves, Fortran order and C order are all the same to a solver.
 */
export interface ArraySource {
  path: string
  dtype: DType
  byteOrder: 'little' | 'big'
  /** Bytes before the first element. */
  offset: number
  shape: number[]
  strides: number[]
}

/** A dense tensor of two modes or more, or a cube as one. */
export interface TensorInput {
  source: ArraySource
  /** Factor that turns stored numbers into the quantity; 1 where there is none. */
  scale: number
  /** Stored value that marks a missing entry; null where there is none. */
  noDataValue: number | null
}

/** One report of a running solver: never more than ten a second, rows in batches. */
export interface NativeProgress {
  /** What the solver is doing, in words: 'Building the pixel graph', 'Iterating'. */
  stage: string
  iteration: number
  /** The last iteration there can be; null where unknown. */
  iterationLimit: number | null
  /** 0 to 1 within the whole run, where it can be said. */
  fraction: number | null
  /** Trace rows since the last report: iteration, then one value for each trace column of the method. */
  rows: number[][]
}

export interface Context {
  /** Threads the solver may use; the bytes it writes do not depend on it. */
  threads: number
  /** Whole number from 0 to 2^53 − 1. */
  seed: number
  /** Existing folder the outputs are written into. */
  folder: string
  onProgress: (progress: NativeProgress) => void
  /** A token from `createCancelToken()`; `cancel(token)` stops the solver within a second. */
  cancelToken: number
}

export type StopReason =
  'converged' | 'iteration-limit' | 'stagnated' | 'broke-down' | 'cancelled' | 'finished'

/** How a solver ended. `finished` is for methods that do not iterate towards anything. */
export interface Info {
  iterations: number
  stopReason: StopReason
  /** The stop reason as a sentence with its figures. */
  stopMessage: string
  /** Named figures, recomputed at the end and not carried along: `relativeResidual`, `objective` … */
  figures: Record<string, number>
  setupSeconds: number
  iterationSeconds: number
  peakMemoryBytes: number
  /** Things a person should know that did not stop the run, as sentences. */
  warnings: string[]
  /** Findings in sentences that are no trouble. */
  notes: string[]
  /** Files written into `context.folder`, named as the method's outputs are: `endmembers.npy` … */
  files: string[]
}

/**
 * What a rejected promise carries: `code` is one of these, `message` is a sentence for a person
 * ("What happened, where, what to try"), `parameter` names the offending one where there is one.
 */
export type NativeErrorCode =
  'invalid-parameter' | 'invalid-data' | 'breakdown' | 'io' | 'disk-full' | 'out-of-memory' | 'internal'

/** Counts over a whole array, for import warnings and stretches. Positions are zero-based. */
export interface ArraySummary {
  count: number
  nanCount: number
  infiniteCount: number
  negativeCount: number
  noDataCount: number
  /** Index of the first NaN or infinity, in the order of `shape`; null where all are finite. */
  firstInvalid: number[] | null
  firstNegative: number[] | null
  /** Of the finite values; null where there is none. */
  minimum: number | null
  maximum: number | null
  mean: number | null
}

export interface NativeVersion {
  /** Version of the Rust workspace. */
  version: string
  /** Crate versions a result may depend on: faer, rayon. */
  libraries: Record<string, string>
  /** Instruction sets the kernels were built for and those found at run time. */
  target: string
}

export function version(): NativeVersion
export function createCancelToken(): number
export function cancel(token: number): void
export function releaseCancelToken(token: number): void

/** Reads the array once, in tiles, on all given threads. */
export function summariseArray(
  source: ArraySource,
  scale: number,
  noDataValue: number | null,
  threads: number,
): Promise<ArraySummary>
