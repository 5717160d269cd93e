import type { ImportChoices, ImportOption } from '../../shared/dataset'
import { FiligreeError } from '../../shared/failure'
import { usedChoices } from './choice-values'
import { nameOfFile, onlyPath } from './cube-parts'
import { delimitedRows, delimiterOf, distinctNames, type TextWatch } from './delimited-text'
import { describedFile } from './described-file'
import type { Importer } from './importer'
import { columnRoles, isEmptyCell, isNumber, type ColumnRoles, type TableHead } from './long-table-roles'
import { NumberColumn } from './number-column'
import { withFile, type RandomAccessFile } from './random-access-file'
import { previewScattered, writeScattered } from './scattered-files'
import { arrangeEntries, type ArrangedEntries, type EntryTable } from './scattered-tensor'
import { modeOptions } from './tensor-modes'
import { mostEntries } from './tns-text'
import { counted, grouped } from './wording'

/** Rows that roles are guessed from, and rows that are read for a preview. */
const guessedFrom = 2000
const previewedRows = 100_000
/** Most columns and names. */
const mostColumns = 256
const mostLabels = 1_000_000

/**
 * Long tables (.csv, .tsv, .txt, gzipped or not): a row an entry, its indices, real coordinates or names in columns of
 * their own, its value in another one; perhaps a mask and hold-out folds beside them.
 */
export const longTableImporter: Importer = {
  id: 'long-table',
  title: 'Long table',
  extensions: ['csv', 'tsv', 'gz'],

  async recognises(paths) {
    return Promise.resolve(paths.length === 1 && /\.(csv|tsv|txt)(\.gz)?$/i.test(paths[0] ?? ''))
  },

  async preview(paths, choices) {
    return withFile(onlyPath(paths), async (file) => {
      const { arranged, roles, names, sample } = await readTable(file, choices, previewedRows)
      return previewScattered(arranged, {
        format: { id: 'long-table', title: 'Long table' },
        name: nameOfFile(file.path.replace(/\.gz$/i, '')),
        bytes: file.bytes,
        facts: [{ label: 'File', value: `${counted(file.bytes, 'byte')}, copied into the project` }],
        variables: names.map((name, column) => ({
          ...{ name, shape: [], dtype: 'column' },
          role: roleOf(column, roles),
        })),
        options: roles.options,
        warnings: [
          ...(sample
            ? [
                `Only the first ${grouped(previewedRows)} rows were looked at: sizes and duplicates may turn out larger.`,
              ]
            : []),
          ...arranged.notes.filter((note) => /taken already|no value/.test(note)),
        ],
      })
    })
  },

  async import(paths, choices, context) {
    return withFile(onlyPath(paths), async (file) => {
      const { arranged, roles, names } = await readTable(file, choices, mostEntries, {
        signal: context.signal,
        onBytes: (bytes) => context.onProgress('Reading the rows', bytes / file.bytes),
      })
      const described = await describedFile(file, context)
      const options: ImportOption[] = [
        ...roles.options,
        ...arranged.options,
        ...modeOptions(arranged.modes, arranged.axes),
      ]
      return {
        ...(await writeScattered(arranged, names[roles.value] ?? 'Value', context)),
        origin: {
          type: 'file',
          format: 'long-table',
          files: [described],
          choices: usedChoices(options),
        },
      }
    })
  },
}

function roleOf(column: number, { indices, value, missing, folds }: ColumnRoles): string {
  if (column === value) return 'value'
  if (column === missing) return 'mask'
  if (folds.includes(column)) return 'hold-out fold'
  return indices.find((index) => index.column === column)?.kind ?? 'unused'
}

async function readTable(
  file: RandomAccessFile,
  choices: ImportChoices,
  limit: number,
  watch: TextWatch = {},
): Promise<{ arranged: ArrangedEntries; roles: ColumnRoles; names: string[]; sample: boolean }> {
  const head: string[][] = []
  let reader: RowReader | null = null
  let sample = false
  for await (const row of delimitedRows(file, await delimiterOf(file), watch)) {
    if (reader !== null) {
      if (reader.count >= limit) {
        sample = true
        break
      }
      reader.add(row)
    } else {
      head.push(row)
      if (head.length > guessedFrom) reader = startReading(head, choices, file.name)
    }
  }
  reader ??= startReading(head, choices, file.name)
  if (reader.count >= mostEntries) {
    throw new FiligreeError('out-of-memory', `${file.name} has more than ${grouped(mostEntries)} rows.`)
  }
  const preview = limit < mostEntries
  const about = { name: file.name, duplicates: 'refuse' as const, sample, preview }
  return {
    arranged: arrangeEntries(reader.table(), choices, about),
    roles: reader.roles,
    names: reader.head.names,
    sample,
  }
}

function startReading(rows: string[][], choices: ImportChoices, fileName: string): RowReader {
  const [first] = rows
  if (first === undefined) throw new FiligreeError('invalid-file', `${fileName} has no rows.`)
  if (first.length > mostColumns) {
    throw new FiligreeError(
      'invalid-file',
      `${fileName} has ${counted(first.length, 'column')}; a long table has a few.`,
    )
  }
  const named = first.some((cell) => !isNumber(cell) || cell.trim() === '')
  const names = named
    ? first.map((cell, column) => cell.trim() || `column ${column + 1}`)
    : first.map((_, column) => `column ${column + 1}`)
  const head = { names: distinctNames(names), rows: named ? rows.slice(1) : rows }
  if (head.rows.length === 0) throw new FiligreeError('invalid-file', `${fileName} has names but no rows.`)
  const reader = new RowReader(head, columnRoles(head, choices, fileName), fileName, named ? 2 : 1)
  for (const row of head.rows) reader.add(row)
  return reader
}

/** Takes the cells of a table into columns of numbers. */
class RowReader {
  private readonly indices: NumberColumn[]
  private readonly labels: Map<string, number>[]
  private readonly values = new NumberColumn()
  private readonly missing = new NumberColumn()
  private readonly folds: NumberColumn[]

  constructor(
    readonly head: TableHead,
    readonly roles: ColumnRoles,
    private readonly fileName: string,
    private readonly firstRow: number,
  ) {
    this.indices = roles.indices.map(() => new NumberColumn())
    this.labels = roles.indices.map(() => new Map<string, number>())
    this.folds = roles.folds.map(() => new NumberColumn())
  }

  get count(): number {
    return this.values.length
  }

  add(row: readonly string[]): void {
    this.roles.indices.forEach(({ column, kind }, mode) => {
      const cell = (row[column] ?? '').trim()
      this.indices[mode]?.push(
        kind === 'label' ? this.labelNumber(mode, cell) : this.number(cell, column, false),
      )
    })
    this.values.push(this.number(row[this.roles.value] ?? '', this.roles.value, true))
    const { missing, folds } = this.roles
    if (missing !== null) this.missing.push(this.number(row[missing] ?? '', missing, false))
    folds.forEach((column, fold) => {
      this.folds[fold]?.push(this.number(row[column] ?? '', column, false))
    })
  }

  table(): EntryTable {
    return {
      columns: this.roles.indices.map(({ column, kind }, mode) => ({
        name: this.head.names[column] ?? null,
        numbers: this.indices[mode] ?? new NumberColumn(),
        kind,
        labels: [...(this.labels[mode]?.keys() ?? [])],
      })),
      values: this.values,
      missing: this.roles.missing === null ? null : this.missing,
      folds: this.folds,
      sizes: null,
    }
  }

  private labelNumber(mode: number, label: string): number {
    const labels = this.labels[mode] ?? new Map<string, number>()
    const known = labels.get(label)
    if (known !== undefined) return known
    if (labels.size >= mostLabels) {
      throw new FiligreeError(
        'invalid-file',
        `${this.fileName} has more than ${grouped(mostLabels)} names in a column.`,
      )
    }
    labels.set(label, labels.size)
    return labels.size - 1
  }

  private number(cell: string, column: number, mayBeEmpty: boolean): number {
    const value = isEmptyCell(cell) ? Number.NaN : Number(cell)
    if (mayBeEmpty && isEmptyCell(cell)) return value
    if (!Number.isNaN(value)) return value
    throw new FiligreeError(
      'invalid-file',
      `Row ${grouped(this.count + this.firstRow)} of ${this.fileName} has “${cell.slice(0, 60)}” in the column ${this.head.names[column] ?? ''}, where a number should stand.`,
    )
  }
}
