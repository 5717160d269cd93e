import type { PatternWindow } from './pattern-window'
import type { SliceRequest } from './tensor-slice'

/**
 * Addresses of bytes: slices of arrays and files. Both shells answer them under the page's own origin, so
 * the renderer only ever uses these relative addresses. Numbers come as little-endian raw bytes; the
 * response headers below say type and shape.
 */
export const dataHeaders = {
  dtype: 'x-filigree-dtype',
  /** Comma-separated. */
  shape: 'x-filigree-shape',
  /** Smallest and largest finite value, comma-separated; absent where there is none. */
  range: 'x-filigree-range',
} as const

/** Part of a scene in pixels counted from 0, both ends included. */
export interface PixelWindow {
  firstLine: number
  lastLine: number
  firstSample: number
  lastSample: number
}

const part = encodeURIComponent

function windowPart({ firstLine, lastLine, firstSample, lastSample }: PixelWindow): string {
  return `&window=${firstLine},${lastLine},${firstSample},${lastSample}`
}

function slicePart({ rows, columns, at }: SliceRequest, side: number): string {
  return `rows=${rows}&columns=${columns}&at=${at.join(',')}&side=${side}`
}

function patternPart(window: PatternWindow): string {
  return Object.entries(window)
    .map(([name, value]) => `${name}=${value}`)
    .join('&')
}

export const dataAddress = {
  /** The picture of an import preview: float32 (lines, samples), at most 512 a side. */
  preview: (previewId: string) => `/data/previews/${part(previewId)}`,
  /**
   * Bands of a cube, or of a window of it, as float32 (bands asked, lines, samples) in physical units. Every
   * n-th line and sample is taken, the first included, with the smallest n that leaves no side longer than `side`.
   */
  bands: (dataset: string, bands: readonly number[], side = 1024, window: PixelWindow | null = null) =>
    `/data/datasets/${part(dataset)}/bands?bands=${bands.join(',')}&side=${side}${window === null ? '' : windowPart(window)}`,
  /** The spectrum of one pixel: float64 (bands), in physical units. */
  spectrum: (dataset: string, line: number, sample: number) =>
    `/data/datasets/${part(dataset)}/spectrum?line=${line}&sample=${sample}`,
  /** A library whole: float64 (bands, spectra), in physical units. */
  library: (dataset: string) => `/data/datasets/${part(dataset)}/array`,
  /**
   * A slice of a tensor or a cube: float32 (rows, columns) in physical units, NaN where a value is missing. Every n-th
   * entry is taken, with the smallest n that leaves no side longer than `side`; of a scattered tensor the mean of
   * those that share a pixel.
   */
  slice: (dataset: string, slice: SliceRequest, side = 1024) =>
    `/data/datasets/${part(dataset)}/slice?${slicePart(slice, side)}`,
  /** How the values of a tensor spread: float64 counts (bin); the range says where the bins begin and end. */
  histogram: (dataset: string) => `/data/datasets/${part(dataset)}/histogram`,
  /** Entries of a scattered tensor along a mode: float64 counts in at most 1024 bins of neighbouring indices. */
  occupancy: (dataset: string, mode: number) => `/data/datasets/${part(dataset)}/occupancy?mode=${mode}`,
  /** Entries every hold-out fold keeps back: float64 (fold). */
  folds: (dataset: string) => `/data/datasets/${part(dataset)}/folds`,
  /** Some rows of a table whole, NaN where a value is missing: float64 (row, column), at most 2,000 rows. */
  tableRows: (dataset: string, first: number, count: number) =>
    `/data/datasets/${part(dataset)}/rows?first=${first}&count=${count}`,
  /** A column of a table: float64 (row); every n-th row, with the smallest n that leaves at most `most`. */
  tableColumn: (dataset: string, column: number, most = 1_000_000) =>
    `/data/datasets/${part(dataset)}/column?column=${column}&most=${most}`,
  /**
   * Entries of a window of a matrix: float64 (1, line, sample), how many every cell holds, each in exactly one of them;
   * with a mode (2, line, sample), what the mode tells besides. Lines and samples are never more than rows and columns.
   */
  pattern: (dataset: string, window: PatternWindow) =>
    `/data/datasets/${part(dataset)}/pattern?${patternPart(window)}`,
  /** The entries of a window one by one: float64 (entry, 4), row, column, real and imaginary part; none where there are too many. */
  patternEntries: (dataset: string, window: PatternWindow) =>
    `/data/datasets/${part(dataset)}/pattern-entries?${patternPart(window)}`,
  /** A vector of a matrix dataset, of one of its systems: float64 (1, entry), or (2, entry) with the imaginary parts. */
  vector: (dataset: string, name: string, system: number) =>
    `/data/datasets/${part(dataset)}/vectors/${part(name)}?system=${system}`,
  /** A system of a matrix dataset as a Matrix Market file that can be imported again. */
  matrixFile: (dataset: string, system: number) =>
    `/data/datasets/${part(dataset)}/matrix-market?system=${system}`,
  /** A truth array whole, as float64. */
  truth: (dataset: string, truthPart: 'endmembers' | 'abundances') =>
    `/data/datasets/${part(dataset)}/truth/${truthPart}`,
  /** An artifact of a run whole, as float64; or one entry of its first axis. */
  artifact: (run: string, artifact: string, index: number | null = null) =>
    `/data/runs/${part(run)}/artifacts/${part(artifact)}${index === null ? '' : `?index=${index}`}`,
  /** A slice of an artifact, as `slice`. */
  artifactSlice: (run: string, artifact: string, slice: SliceRequest, side = 1024) =>
    `/data/runs/${part(run)}/artifacts/${part(artifact)}/slice?${slicePart(slice, side)}`,
  /** A slice of what core and factors of a run make together, as `slice`; the whole is never formed. */
  reconstruction: (run: string, slice: SliceRequest, side = 1024) =>
    `/data/runs/${part(run)}/reconstruction?${slicePart(slice, side)}`,
  /** A whole tensor as a file that can be imported again: dense ones as .npy, scattered ones as .tns or CSV. */
  tensorFile: (dataset: string, format: 'npy' | 'tns' | 'csv') =>
    `/data/datasets/${part(dataset)}/file?as=${format}`,
  /** A whole reconstruction as .npy; every n-th entry of modes that are longer than `most`. */
  reconstructionFile: (run: string, most: number | null = null) =>
    `/data/runs/${part(run)}/reconstruction/file${most === null ? '' : `?most=${most}`}`,
  /** The trace as float64 (rows, 1 + columns): iteration first. Works while the run is under way. */
  trace: (run: string) => `/data/runs/${part(run)}/trace`,
  /** A finished run as one file that can be imported into another project. */
  runPackage: (run: string) => `/data/runs/${part(run)}/package`,
  /** A file of the run folder as it is, as a download. */
  runFile: (run: string, file: string) => `/data/runs/${part(run)}/files/${part(file)}`,
  /** A report as a page that may run nothing; `download` saves it instead. */
  report: (report: string, download = false) =>
    `/data/reports/${part(report)}${download ? '?download=1' : ''}`,
  /** PUT in the browser shell only: the body becomes a file of the project's inbox, the answer is its FileEntry as JSON. */
  upload: (name: string) => `/data/uploads?name=${part(name)}`,
} as const
