import type { ImportChoices, ImportOption, ImportPreview } from '../../shared/dataset'
import { roleInTable, tableOfArrays, type ColumnArray } from './array-table'
import { usedChoices } from './choice-values'
import { nameOfFile } from './cube-parts'
import { describedFile } from './described-file'
import type { ImportContext, ImportedDataset, ImporterPreview } from './importer'
import type { RandomAccessFile } from './random-access-file'
import { importTable, previewTable } from './table-content'
import { counted } from './wording'

/** A file of arrays that is taken for a table. */
export interface ArrayTablePlan {
  format: { id: string; title: string }
  /** The arrays that are its columns. */
  arrays: ColumnArray[]
  /** Everything in the file; what is no column is unused. */
  sources: readonly Omit<ImportPreview['variables'][number], 'role'>[]
  options: ImportOption[]
}

export async function previewArrayTable(
  file: RandomAccessFile,
  { format, arrays, sources, options }: ArrayTablePlan,
  choices: ImportChoices,
): Promise<ImporterPreview> {
  const content = await tableOfArrays(arrays, file.name)
  return previewTable({ ...content, options }, choices, {
    format,
    name: nameOfFile(file.path),
    bytes: file.bytes,
    facts: [{ label: 'File', value: `${counted(file.bytes, 'byte')}, copied into the project` }],
    sources: sources.map((source) => {
      const array = arrays.find(({ name }) => name === source.name)
      return { ...source, role: array === undefined ? 'unused' : roleInTable(array) }
    }),
    sample: false,
  })
}

export async function importArrayTable(
  file: RandomAccessFile,
  { format, arrays, options }: ArrayTablePlan,
  choices: ImportChoices,
  context: ImportContext,
): Promise<ImportedDataset> {
  const described = await describedFile(file, context)
  const content = await tableOfArrays(arrays, file.name)
  const made = await importTable({ ...content, options }, choices, context)
  return {
    ...made.imported,
    origin: {
      type: 'file',
      format: format.id,
      files: [described],
      choices: usedChoices(made.options),
    },
  }
}
