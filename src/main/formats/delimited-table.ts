import { basename } from 'node:path'
import type { ImportChoices, ImportOption, ImportPreview } from '../../shared/dataset'
import { FiligreeError } from '../../shared/failure'
import { chosenWord, usedChoices } from './choice-values'
import { csvLibraryImporter } from './csv-library'
import { nameOfFile } from './cube-parts'
import { delimitedRows, delimiterOf } from './delimited-text'
import { describedFile } from './described-file'
import type { Importer } from './importer'
import { longTableImporter } from './long-table'
import { looksLikeLongTable } from './long-table-roles'
import { withFile, type RandomAccessFile } from './random-access-file'
import { importTable, previewTable, type TableContent, type TableSplits } from './table-content'
import { readTextTable } from './table-text'
import { tripletTableImporter } from './triplet-table'
import { counted, grouped, listed } from './wording'

const format = { id: 'table', title: 'Table' }
/** Rows that are read for a preview. */
const previewedRows = 100_000
/** Rows that say what kind of table a file is. */
const guessedFrom = 2000
/** Most numbers that are held while a table is read. */
const mostNumbers = 2 ** 27

const kinds = ['table', 'tensor', 'library', 'matrix'] as const
type Kind = (typeof kinds)[number]

/**
 * Tables of text (.csv, .tsv, .txt, gzipped or not). A file may be a table whose columns have roles, the long table of
 * a tensor, a library of spectra, or the entries of a sparse matrix: what it looks like is guessed, and the person can say otherwise. A second file may
 * bring saved splits, a column each, for the rows of the first.
 */
export const delimitedTableImporter: Importer = {
  id: 'table',
  title: 'Table',
  extensions: ['csv', 'tsv', 'txt', 'gz'],

  async recognises(paths) {
    const named = paths.every((path) => /\.(csv|tsv|txt|dat|data)(\.gz)?$/i.test(path))
    return Promise.resolve(named && (paths.length === 1 || paths.length === 2))
  },

  async preview(paths, choices) {
    const kind = await kindOf(paths, choices)
    if (kind !== 'table') {
      const made = await otherImporters[kind].preview(paths, choices)
      return { ...made, preview: { ...made.preview, options: [kindOption(kind), ...made.preview.options] } }
    }
    return withTable(paths, async (file, splitsFile) => {
      const table = await readTextTable(file, choices, previewedRows)
      const splits = splitsFile === null ? null : await splitsIn(splitsFile, table.sample ? null : table.rows)
      const content = withOptions({ ...table, splits })
      return previewTable(content, choices, {
        format,
        name: nameOfFile(file.path.replace(/\.gz$/i, '')),
        bytes: file.bytes,
        facts: [{ label: 'File', value: `${counted(file.bytes, 'byte')}, copied into the project` }],
        sources: splitsFile === null ? [] : sourcesOf(file, table, splitsFile, splits),
        sample: table.sample,
      })
    })
  },

  async import(paths, choices, context) {
    const kind = await kindOf(paths, choices)
    if (kind !== 'table') {
      const made = await otherImporters[kind].import(paths, choices, context)
      return made.origin.type === 'file'
        ? { ...made, origin: { ...made.origin, choices: { ...made.origin.choices, kind } } }
        : made
    }
    return withTable(paths, async (file, splitsFile) => {
      const watch = {
        signal: context.signal,
        onBytes: (bytes: number) => context.onProgress('Reading the rows', bytes / file.bytes),
      }
      const table = await readTextTable(file, choices, Number.POSITIVE_INFINITY, watch)
      requireSize(file, table)
      const splits = splitsFile === null ? null : await splitsIn(splitsFile, table.rows)
      const made = await importTable(withOptions({ ...table, splits }), choices, context)
      const files = [file, ...(splitsFile === null ? [] : [splitsFile])]
      return {
        ...made.imported,
        origin: {
          type: 'file',
          format: format.id,
          files: await Promise.all(files.map((each) => describedFile(each, context))),
          choices: usedChoices(made.options),
        },
      }
    })
  },
}

const otherImporters: Readonly<Record<Exclude<Kind, 'table'>, Importer>> = {
  tensor: longTableImporter,
  library: csvLibraryImporter,
  matrix: tripletTableImporter,
}

function withOptions<Content extends TableContent>(content: Content): Content {
  return { ...content, options: [kindOption('table'), ...content.options] }
}

/** What a file is taken for: as chosen, or as it looks like. */
async function kindOf(paths: readonly string[], choices: ImportChoices): Promise<Kind> {
  if (paths.length > 1) return 'table'
  return chosenWord(choices, 'kind', kinds, await guessedKind(paths))
}

async function guessedKind(paths: readonly string[]): Promise<Kind> {
  // Headings that name a row, a column and a value say more than numbers that rise like wavelengths.
  if (await tripletTableImporter.recognises(paths)) return 'matrix'
  if (await csvLibraryImporter.recognises(paths)) return 'library'
  const [path] = paths
  return withFile(path ?? '', async (file) => {
    const rows: string[][] = []
    for await (const row of delimitedRows(file, await delimiterOf(file))) {
      rows.push(row)
      if (rows.length > guessedFrom) break
    }
    return looksLikeLongTable(rows) ? 'tensor' : 'table'
  })
}

function kindOption(kind: Kind): ImportOption {
  return {
    key: 'kind',
    title: 'Import as',
    help: 'A table has a row for each observation and roles for its columns; a tensor has a row for each entry; a library has a column for each spectrum; a matrix has row, column and value of each entry.',
    type: 'choice',
    choices: [
      { value: 'table', title: 'Table with inputs and target' },
      { value: 'tensor', title: 'Tensor, an entry a row' },
      { value: 'library', title: 'Spectral library' },
      { value: 'matrix', title: 'Sparse matrix, an entry a row' },
    ],
    value: kind,
  }
}

/** Opens the table and, where there are two files, the one with its splits. */
async function withTable<Result>(
  paths: readonly string[],
  work: (file: RandomAccessFile, splits: RandomAccessFile | null) => Promise<Result>,
): Promise<Result> {
  const [first = '', second] = paths
  if (second === undefined) return withFile(first, (file) => work(file, null))
  return withFile(first, (one) =>
    withFile(second, async (other) => {
      if (await isMask(other)) return work(one, other)
      if (await isMask(one)) return work(other, one)
      throw new FiligreeError(
        'invalid-file',
        `${listed(paths.map((path) => basename(path)))} do not belong together: beside a table there may be one file with its splits, which holds nothing but 0 and 1.`,
      )
    }),
  )
}

/** Whether every cell of the first rows is 0 or 1, under names or without. */
async function isMask(file: RandomAccessFile): Promise<boolean> {
  let rows = 0
  for await (const row of delimitedRows(file, await delimiterOf(file))) {
    const flags = row.every(isFlag)
    if (!flags && rows > 0) return false
    rows += 1
    if (rows > guessedFrom) break
  }
  return rows > 1
}

function isFlag(cell: string): boolean {
  return /^([01](\.0*)?|true|false)$/i.test(cell)
}

/** Reads saved splits, a column each. `rows` is how many the table has; null while only a part of it was looked at. */
async function splitsIn(file: RandomAccessFile, rows: number | null): Promise<TableSplits> {
  const pieces: Uint8Array[] = []
  let count = 0
  for await (const row of delimitedRows(file, await delimiterOf(file))) {
    if (row.every(isFlag)) {
      count = row.length
      pieces.push(Uint8Array.from(row, (cell) => (/^(1|true)/i.test(cell) ? 1 : 0)))
    } else if (pieces.length > 0) {
      throw new FiligreeError(
        'invalid-file',
        `Row ${grouped(pieces.length + 1)} of ${file.name} holds something else than 0 and 1, which say what is held out in a split.`,
      )
    }
  }
  if (rows !== null && pieces.length !== rows) {
    throw new FiligreeError(
      'invalid-file',
      `${file.name} has splits for ${counted(pieces.length, 'row')}, but the table has ${grouped(rows)}. They do not belong together, or a heading was taken for a row.`,
    )
  }
  const values = new Uint8Array(pieces.length * count)
  pieces.forEach((piece, row) => {
    values.set(piece, row * count)
  })
  return { from: file.name, count, values }
}

function sourcesOf(
  file: RandomAccessFile,
  { rows, columns }: Pick<TableContent, 'rows' | 'columns'>,
  splitsFile: RandomAccessFile,
  splits: TableSplits | null,
): ImportPreview['variables'] {
  return [
    { name: file.name, shape: [rows, columns.length], dtype: 'text', role: 'table' },
    { name: splitsFile.name, shape: [rows, splits?.count ?? 0], dtype: 'flags', role: 'splits' },
  ]
}

function requireSize(
  file: RandomAccessFile,
  { rows, columns }: Pick<TableContent, 'rows' | 'columns'>,
): void {
  if (rows * columns.length <= mostNumbers) return
  throw new FiligreeError(
    'out-of-memory',
    `${file.name} holds ${grouped(rows)} × ${grouped(columns.length)} numbers; tables of at most ${grouped(mostNumbers)} are read. Take fewer rows.`,
  )
}
