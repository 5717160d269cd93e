import type { ImportChoices, ImportOption } from '../../shared/dataset'
import { columnArrays, looksLikeTable, roleInTable, tableOfArrays, type ColumnArray } from './array-table'
import { chosenWord, usedChoices } from './choice-values'
import { nameOfFile } from './cube-parts'
import { sha256OfFile } from './file-hash'
import type { ImportContext, ImportedDataset, ImporterPreview } from './importer'
import { readMatlabFacts, type MatlabFacts } from './matlab-facts'
import { readMatlabDirectory } from './matlab5-directory'
import { readNumbers } from './matlab5-values'
import { arrayKindOption, arrayKinds } from './numpy-array'
import type { RandomAccessFile } from './random-access-file'
import { importTable, previewTable } from './table-content'
import { counted } from './wording'

/** The variables of a MATLAB file that are the columns of a table. */
export interface MatlabTablePlan {
  facts: MatlabFacts
  arrays: ColumnArray[]
  options: ImportOption[]
}

/** What the choices make of a MATLAB file as a table; null where it is taken for something else. */
export async function planMatlabTable(
  file: RandomAccessFile,
  choices: ImportChoices,
): Promise<MatlabTablePlan | null> {
  const facts = await readMatlabFacts(file, await readMatlabDirectory(file))
  const { variables } = facts.directory
  const arrays = columnArrays(
    variables
      .filter(({ dtype, complex }) => dtype !== null && !complex)
      .map((variable) => ({
        name: variable.name,
        shape: variable.shape,
        flags: variable.className === 'uint8',
        fortran: true,
        read: () => readNumbers(file, facts.directory, variable),
      })),
  )
  if (arrays.length === 0) return null
  // A matrix beside a list is as likely a scene beside its wavelengths: only lists alone are taken for a table unasked.
  const lists = arrays.every(({ shape }) => shape.includes(1))
  const scene = facts.hints.pixels !== null || variables.some(({ shape }) => shape.length > 2)
  const guess =
    lists && !scene && looksLikeTable(arrays) && variables.length === arrays.length ? 'table' : 'cube'
  if (chosenWord(choices, 'kind', arrayKinds, guess) !== 'table') return null
  const offered = arrays.length === variables.length && lists ? (['table'] as const) : arrayKinds
  return { facts, arrays, options: offered.length > 1 ? [arrayKindOption('table', offered)] : [] }
}

export async function previewMatlabTable(
  file: RandomAccessFile,
  { facts, arrays, options }: MatlabTablePlan,
  choices: ImportChoices,
): Promise<ImporterPreview> {
  const content = await tableOfArrays(arrays, file.name)
  return previewTable({ ...content, options }, choices, {
    format: { id: 'matlab', title: 'MATLAB' },
    name: nameOfFile(file.path),
    bytes: file.bytes,
    facts: [{ label: 'File', value: `${counted(file.bytes, 'byte')}, copied into the project` }],
    sources: facts.directory.variables.map(({ name, shape, className, complex }) => {
      const array = arrays.find((each) => each.name === name)
      return {
        ...{ name, shape, dtype: complex ? `complex ${className}` : className },
        role: array === undefined ? 'unused' : roleInTable(array),
      }
    }),
    sample: false,
  })
}

export async function importMatlabTable(
  file: RandomAccessFile,
  { arrays, options }: MatlabTablePlan,
  choices: ImportChoices,
  context: ImportContext,
): Promise<ImportedDataset> {
  context.onProgress('Hashing the file', null)
  const sha256 = await sha256OfFile(file, context.signal)
  const content = await tableOfArrays(arrays, file.name)
  const made = await importTable({ ...content, options }, choices, context)
  return {
    ...made.imported,
    origin: {
      type: 'file',
      format: 'matlab',
      files: [{ path: file.path, bytes: file.bytes, sha256 }],
      choices: usedChoices(made.options),
    },
  }
}
