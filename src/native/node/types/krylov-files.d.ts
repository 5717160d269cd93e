import type { ArraySource, Context, Info } from './common'
import type { SystemInput } from './krylov'

/** What the header of a Matrix Market file says; `entries` as it announces them. */
export interface MatrixMarketHeader {
  layout: 'coordinate' | 'array'
  field: 'real' | 'integer' | 'complex' | 'pattern'
  symmetry: 'general' | 'symmetric' | 'skew-symmetric' | 'hermitian'
  rows: number
  columns: number
  entries: number
  /** The first ones, without their signs. */
  comments: string[]
}

/** Reads the header alone. Rejects with what is wrong and in which line. */
export function matrixMarketHeader(path: string): Promise<MatrixMarketHeader>

/**
 * Readers of matrices write `values.npy` (entry), float64 or complex128, `rows.npy` (row + 1), int64, and `columns.npy`
 * (entry), int32, as a dataset of kind 'matrix' keeps them. Figures: rows, columns, entries, duplicates (entries that
 * were summed with others of their place), storedZeros. `mostBytes`: null for the whole file, else about so many bytes.
 */
export function readMatrixMarket(path: string, mostBytes: number | null, context: Context): Promise<Info>

/** Reads a column, counted from zero, of a dense or sparse Matrix Market file and writes it as `<name>.npy` (row). */
export function readMatrixMarketVector(
  path: string,
  column: number,
  name: string,
  context: Context,
): Promise<Info>

export interface TripletTableParams {
  /** One letter; blanks separate, too. */
  separator: string
  /** Lines before the first entry. */
  headerLines: number
  /** What the first row and the first column are called. */
  firstIndex: 0 | 1
  /** A fourth column holds imaginary parts. */
  complex: boolean
  /** Null: as many as the largest index asks for. */
  rows: number | null
  columns: number | null
  mostBytes: number | null
}

/** A table of entries: row, column, value and perhaps the imaginary part. */
export function readTripletTable(path: string, params: TripletTableParams, context: Context): Promise<Info>

export interface EntryArrays {
  rows: number
  columns: number
  /** (entry); null: all are one. */
  values: ArraySource | null
  /** (entry), or where every row begins (row + 1). */
  rowIndices: ArraySource
  /** (entry), or where every column begins (column + 1). */
  columnIndices: ArraySource
  /** Which of the two says where rows or columns begin. */
  pointers: 'neither' | 'rows' | 'columns'
}

/** Entries that another reader found. */
export function compressEntries(entries: EntryArrays, context: Context): Promise<Info>

/** Writes a system as Matrix Market, symmetric where it is exactly that. Figures: entries, symmetric (0 or 1). */
export function writeMatrixMarket(
  system: SystemInput,
  index: number,
  comment: string,
  path: string,
  context: Context,
): Promise<Info>

export type PatternMode = 'entries' | 'sign' | 'asymmetry' | 'magnitude'

export interface PatternWindow {
  system: number
  firstRow: number
  rowCount: number
  firstColumn: number
  columnCount: number
  /** Cells down and across; never more than rows and columns. */
  lines: number
  samples: number
  mode: PatternMode
}

/**
 * Counts the entries in every cell of a window: each is in exactly one. Writes `counts.npy` (line, sample); with a mode other
 * than 'entries' `layer.npy`; where the window holds at most 4,096 entries `entries.npy` (entry, 4): row, column, real
 * and imaginary part. Figures: entries, largestCount.
 */
export function lookAtPattern(system: SystemInput, window: PatternWindow, context: Context): Promise<Info>
