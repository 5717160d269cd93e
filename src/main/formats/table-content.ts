import { join } from 'node:path'
import type { Axis } from '../../shared/array'
import type { ColumnRole, ImportChoices, ImportOption, ImportPreview } from '../../shared/dataset'
import { FiligreeError } from '../../shared/failure'
import { ArraySummariser } from './array-summary'
import { throwIfCancelled } from './cancellation'
import type { ImportContext, ImportedDataset, ImporterPreview } from './importer'
import { writeNpy, writeNpyThrough } from './npy-writer'
import { tableFindings, tableLeaks, type ExaminedTable } from './table-findings'
import { roleOptions, tableRoles, type ColumnFacts } from './table-roles'
import { counted, figure, grouped, listed } from './wording'

/** Rows shown in a preview, and rows written at once. */
const shownRows = 20
const writtenAtOnce = 2 ** 14

/** A column of a table; `words` are some of those in it where it holds words and no numbers. */
export interface TableColumn {
  name: string
  at: (row: number) => number
  words: string[] | null
}

/** Saved splits that stand beside a table: 1 in (row, split) where a row is held out. */
export interface TableSplits {
  from: string
  count: number
  values: Uint8Array
}

/** A table as a format read it, before any of it is written. */
export interface TableContent {
  columns: TableColumn[]
  rows: number
  /** The first rows as they stand in the file; empty where the file holds no text. */
  head: readonly (readonly string[])[]
  splits: TableSplits | null
  options: ImportOption[]
  warnings: string[]
}

/** What is known of a table around its numbers. */
export type AboutTable = Pick<ImportPreview, 'format' | 'name' | 'bytes'> & {
  facts: ImportPreview['facts']
  /** Files or arrays that went into it, with their roles. */
  sources: ImportPreview['variables']
  /** Whether only the first rows were looked at. */
  sample: boolean
}

interface ColumnCounts extends ColumnFacts {
  missing: number
  minimum: number
  maximum: number
}

/** What an import of a table would make: its columns with what each is for, and its first rows. */
export function previewTable(
  content: TableContent,
  choices: ImportChoices,
  about: AboutTable,
): ImporterPreview {
  const counts = content.columns.map((column) => countColumn(column, content.rows))
  const roles = tableRoles(counts, choices)
  const text = (row: number, column: number) =>
    content.head[row]?.[column] ?? figure(content.columns[column]?.at(row) ?? Number.NaN)
  return {
    preview: {
      ...{ format: about.format, name: about.name, bytes: about.bytes },
      kind: 'table',
      external: false,
      facts: [
        {
          label: 'Size',
          value: `${about.sample ? 'more than ' : ''}${counted(content.rows, 'row')} × ${counted(content.columns.length, 'column')}`,
        },
        ...(content.splits === null
          ? []
          : [
              {
                label: 'Saved splits',
                value: `${grouped(content.splits.count)} in ${content.splits.from}`,
              },
            ]),
        ...about.facts,
      ],
      variables: about.sources,
      options: [...content.options, ...roleOptions(counts, roles)],
      axes: tableAxes(
        content.rows,
        content.columns.map(({ name }) => name),
      ),
      truth: null,
      previewBand: null,
      warnings: [
        ...content.warnings,
        ...notesOf(counts, roles, content),
        ...tableFindings(examined(content, roles)),
      ],
      table: {
        columns: counts.map(({ name, words, missing, minimum, maximum }, column) => ({
          ...{ name, missing, role: roles[column] ?? 'unused' },
          words: words !== null,
          minimum: minimum <= maximum ? minimum : null,
          maximum: minimum <= maximum ? maximum : null,
        })),
        rows: Array.from({ length: Math.min(shownRows, content.rows) }, (_, row) =>
          content.columns.map((_column, column) => text(row, column)),
        ),
      },
    },
    plane: null,
  }
}

/** Writes a table into the project: `table.npy` (row, column), and `splits.npy` where some came with it. */
export async function importTable(
  content: TableContent,
  choices: ImportChoices,
  { folder, onProgress, signal }: ImportContext,
): Promise<{ imported: Omit<ImportedDataset, 'origin'>; options: ImportOption[] }> {
  const { rows, splits } = content
  const counts = content.columns.map((column) => countColumn(column, rows))
  const roles = tableRoles(counts, choices)
  const kept = content.columns.flatMap(({ words }, column) => (words === null ? [column] : []))
  if (kept.length === 0) {
    throw new FiligreeError(
      'invalid-file',
      'No column of this table holds numbers, so there is nothing to learn from.',
    )
  }
  const columns = kept.flatMap((column) => content.columns[column] ?? [])
  const summariser = new ArraySummariser([rows, kept.length])
  const array = await writeNpyThrough(
    join(folder, 'table.npy'),
    'float64',
    [rows, kept.length],
    async (writer) => {
      for (let start = 0; start < rows; start += writtenAtOnce) {
        throwIfCancelled(signal)
        const count = Math.min(writtenAtOnce, rows - start)
        const piece = new Float64Array(count * columns.length)
        columns.forEach(({ at }, column) => {
          for (let row = 0; row < count; row += 1) piece[row * columns.length + column] = at(start + row)
        })
        summariser.add(piece)
        await writer.write(piece)
        onProgress('Writing the table', Math.min(1, (start + count) / rows))
      }
    },
  )
  const columnRoles = kept.map((column) => roles[column] ?? 'unused')
  const target = columns[columnRoles.indexOf('target')]?.name
  return {
    imported: {
      kind: 'table',
      array,
      axes: tableAxes(
        rows,
        columns.map(({ name }) => name),
      ),
      columnRoles,
      quantity: { name: target ?? 'Value', unit: null },
      scale: 1,
      noDataValue: null,
      parts:
        splits === null
          ? {}
          : {
              splits: await writeNpy(join(folder, 'splits.npy'), 'bool', [rows, splits.count], splits.values),
            },
      goodBands: null,
      displayBands: null,
      truth: null,
      summary: summariser.summary(),
      notes: [
        ...content.warnings,
        ...notesOf(counts, roles, content),
        ...tableLeaks(examined(content, roles)),
      ],
    },
    options: [...content.options, ...roleOptions(counts, roles)],
  }
}

function examined({ rows, columns }: TableContent, roles: readonly ColumnRole[]): ExaminedTable {
  return {
    rows,
    columns: columns.map(({ name, at }, column) => ({ name, at, role: roles[column] ?? 'unused' })),
  }
}

/** Rows and columns of a table. */
export function tableAxes(rows: number, names: readonly string[]): Axis[] {
  return [
    { name: 'row', size: rows, unit: null, coordinates: null, labels: null },
    { name: 'column', size: names.length, unit: null, coordinates: null, labels: [...names] },
  ]
}

function countColumn({ name, at, words }: TableColumn, rows: number): ColumnCounts {
  const counted: ColumnCounts = {
    ...{ name, words, missing: 0 },
    minimum: Number.POSITIVE_INFINITY,
    maximum: Number.NEGATIVE_INFINITY,
    flags: words === null,
    counts: words === null,
  }
  if (words !== null) return counted
  for (let row = 0; row < rows; row += 1) {
    const value = at(row)
    if (Number.isNaN(value)) {
      counted.missing += 1
      continue
    }
    if (value < counted.minimum) counted.minimum = value
    if (value > counted.maximum) counted.maximum = value
    if (value !== 0 && value !== 1) counted.flags = false
    if (value !== at(0) + row) counted.counts = false
  }
  return counted
}

/** What a person should know of the columns, as sentences. */
function notesOf(
  counts: readonly ColumnCounts[],
  roles: readonly ColumnRole[],
  content: TableContent,
): string[] {
  const notes: string[] = []
  const words = content.columns.filter((column) => column.words !== null)
  if (words.length > 0) {
    notes.push(
      `${counted(words.length, 'column')} of words ${words.length === 1 ? 'is' : 'are'} left out: ${wordColumnsText(words)}. Solvers need numbers; categories are not turned into numbers by themselves.`,
    )
  }
  const used = counts.filter((_, column) => roles[column] !== 'unused')
  const missing = used.filter((column) => column.missing > 0)
  if (missing.length > 0) {
    notes.push(
      `Missing values: ${listed(missing.slice(0, 6).map((column) => `${grouped(column.missing)} in ${column.name}`))}${missing.length > 6 ? ` and more in ${missing.length - 6} others` : ''}. Rows with a missing input are left out of a fit; rows with a missing target can be predicted.`,
    )
  }
  return notes
}

/** Names of columns with their words, as a sentence tells them. */
function wordColumnsText(columns: readonly TableColumn[]): string {
  return listed(
    columns.flatMap(({ name, words }) =>
      words === null ? [] : [`${name} (${listed(words.map((word) => `“${word.slice(0, 30)}”`))})`],
    ),
  )
}
