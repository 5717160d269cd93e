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

const part = encodeURIComponent

export const dataAddress = {
  /** The picture of an import preview: float32 (lines, samples), at most 512 a side. */
  preview: (previewId: string) => `/data/previews/${part(previewId)}`,
  /** Bands of a cube as float32 (bands asked, lines, samples), thinned so that no side is longer than `side`; in physical units. */
  bands: (dataset: string, bands: readonly number[], side = 1024) =>
    `/data/datasets/${part(dataset)}/bands?bands=${bands.join(',')}&side=${side}`,
  /** The spectrum of one pixel: float64 (bands), in physical units. */
  spectrum: (dataset: string, line: number, sample: number) =>
    `/data/datasets/${part(dataset)}/spectrum?line=${line}&sample=${sample}`,
  /** A truth array whole, as float64. */
  truth: (dataset: string, truthPart: 'endmembers' | 'abundances') =>
    `/data/datasets/${part(dataset)}/truth/${truthPart}`,
  /** An artifact of a run whole, as float64; or one entry of its first axis. */
  artifact: (run: string, artifact: string, index: number | null = null) =>
    `/data/runs/${part(run)}/artifacts/${part(artifact)}${index === null ? '' : `?index=${index}`}`,
  /** The trace as float64 (rows, 1 + columns): iteration first. Works while the run is under way. */
  trace: (run: string) => `/data/runs/${part(run)}/trace`,
  /** A file of the run folder as it is, as a download. */
  runFile: (run: string, file: string) => `/data/runs/${part(run)}/files/${part(file)}`,
  /** A report as a page that may run nothing; `download` saves it instead. */
  report: (report: string, download = false) =>
    `/data/reports/${part(report)}${download ? '?download=1' : ''}`,
  /** PUT in the browser shell only: the body becomes a file of the project's inbox, the answer is its FileEntry as JSON. */
  upload: (name: string) => `/data/uploads?name=${part(name)}`,
} as const
