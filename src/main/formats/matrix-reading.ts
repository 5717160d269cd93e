import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ImportPreview } from '../../shared/dataset'
import { callNative, type NativeAddon } from '../../native/addon'
import type { Context, Info, SystemInput } from '../../native/node/index'
import { readWhole } from './array-reader'
import { previewSide } from './cube-parts'
import type { ImportContext, ImporterPreview } from './importer'
import { readNpyHeader } from './npy'
import { counted, grouped, shapeText } from './wording'

/** Of a large file so many bytes are read for a preview. */
export const previewedBytes = 24 * 1024 * 1024

/** Reads a matrix with the addon into `context.folder`; all of it, or about so many bytes. */
export type MatrixReader = (native: NativeAddon, mostBytes: number | null, context: Context) => Promise<Info>

/** What a reader found; see `readMatrixMarket` of the addon. */
export interface MatrixCounts {
  rows: number
  columns: number
  entries: number
  duplicates: number
  storedZeros: number
  warnings: string[]
}

type Watch = Pick<ImportContext, 'folder' | 'onProgress' | 'signal'>

/** Reads a matrix into a folder: `values.npy`, `rows.npy` and `columns.npy`. */
export async function readMatrix(
  read: MatrixReader,
  mostBytes: number | null,
  watch: Watch,
): Promise<MatrixCounts> {
  const info = await withAddon(watch, (native, context) => read(native, mostBytes, context))
  const { rows = 0, columns = 0, entries = 0, duplicates = 0, storedZeros = 0 } = info.figures
  return { rows, columns, entries, duplicates, storedZeros, warnings: info.warnings }
}

/** Calls the addon for an import, on all cores. */
export async function withAddon(
  { folder, onProgress, signal }: Watch,
  call: (native: NativeAddon, context: Context) => Promise<Info>,
): Promise<Info> {
  const info = await callNative(
    {
      seed: 0,
      threads: availableParallelism(),
      folder,
      onProgress: ({ stage, fraction }) => {
        onProgress(stage, fraction)
      },
      signal,
    },
    call,
  )
  signal.throwIfAborted()
  return info
}

/** Runs `use` with a folder for files that nobody keeps. */
export async function withScratch<Result>(
  parent: string | null,
  use: (folder: string) => Promise<Result>,
): Promise<Result> {
  const folder =
    parent === null ? await mkdtemp(join(tmpdir(), 'filigree-matrix-')) : join(parent, '.scratch')
  await mkdir(folder, { recursive: true })
  try {
    return await use(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** The matrix in a folder as the addon takes it; a sequence where `rows.npy` has two axes. */
export async function systemIn(folder: string, columns: number): Promise<SystemInput> {
  const source = async (name: string) => {
    const path = join(folder, `${name}.npy`)
    return { ...(await readNpyHeader(path)), path }
  }
  return {
    values: await source('values'),
    rowPointers: await source('rows'),
    columnIndices: await source('columns'),
    columns,
    rightHandSide: null,
    knownSolution: null,
    nearNullSpace: null,
    parameters: null,
  }
}

/** The picture of a matrix: how many entries every cell holds, on a logarithmic scale; NaN where there is none. */
export async function densityPlane(
  folder: string,
  { rows, columns }: Pick<MatrixCounts, 'rows' | 'columns'>,
): Promise<NonNullable<ImporterPreview['plane']>> {
  const longest = Math.max(rows, columns)
  const cells = (length: number) =>
    Math.max(1, Math.min(length, Math.round((previewSide / 2) * (length / longest))))
  const system = await systemIn(folder, columns)
  const window = { system: 0, firstRow: 0, rowCount: rows, firstColumn: 0, columnCount: columns }
  const quiet = { folder, onProgress: () => undefined, signal: new AbortController().signal }
  await withAddon(quiet, (native, context) =>
    native.lookAtPattern(
      system,
      { ...window, lines: cells(rows), samples: cells(columns), mode: 'entries' },
      context,
    ),
  )
  const path = join(folder, 'counts.npy')
  const layout = await readNpyHeader(path)
  const { values } = await readWhole({ ...layout, path })
  const [lines = 0, samples = 0] = layout.shape
  return {
    lines,
    samples,
    values: Float32Array.from(values, (count) => (count === 0 ? Number.NaN : Math.log10(count))),
  }
}

/** Reads the beginning of a matrix and describes what an import would make of all of it. */
export async function previewMatrix(
  read: MatrixReader,
  about: Pick<ImportPreview, 'format' | 'name' | 'bytes' | 'variables' | 'options' | 'warnings'> & {
    facts: ImportPreview['facts']
    /** True where the reader was given only the beginning of the file. */
    partly: boolean
    /** Size as a header tells it; else that of what was read. */
    size: { rows: number; columns: number } | null
  },
): Promise<ImporterPreview> {
  const { partly, size, ...preview } = about
  return withScratch(null, async (folder) => {
    const quiet = { folder, onProgress: () => undefined, signal: new AbortController().signal }
    const found = await readMatrix(read, partly ? previewedBytes : null, quiet)
    const { rows, columns } = size ?? found
    return {
      preview: {
        ...preview,
        kind: 'matrix',
        external: false,
        facts: [
          { label: 'Size', value: shapeText([rows, columns]) },
          {
            label: 'Entries',
            value: partly ? `more than ${grouped(found.entries)}` : grouped(found.entries),
          },
          ...preview.facts,
        ],
        axes: matrixAxes(rows, columns),
        truth: null,
        previewBand: null,
        warnings: [
          ...(partly
            ? ['Only the beginning of the file was looked at: the rest is checked when it is read.']
            : []),
          ...matrixNotes(found),
          ...preview.warnings,
        ],
      },
      plane: await densityPlane(folder, found),
    }
  })
}

/** What a person should know of what was met while reading. */
export function matrixNotes({ duplicates, storedZeros, warnings }: MatrixCounts): string[] {
  return [
    ...(duplicates === 0
      ? []
      : [
          `${counted(duplicates, 'entry shared its', 'entries shared their')} place with others and ${duplicates === 1 ? 'was' : 'were'} added to them.`,
        ]),
    ...(storedZeros === 0
      ? []
      : [
          `${counted(storedZeros, 'entry is', 'entries are')} stored and zero; ${storedZeros === 1 ? 'it stays' : 'they stay'} in the pattern.`,
        ]),
    ...warnings,
  ]
}

/** The axes of a matrix dataset. */
export function matrixAxes(rows: number, columns: number) {
  const axis = (name: string, size: number) => ({ name, size, unit: null, coordinates: null, labels: null })
  return [axis('row', rows), axis('column', columns)]
}
