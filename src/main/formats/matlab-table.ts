import type { ImportChoices } from '../../shared/dataset'
import { columnArrays, looksLikeTable } from './array-table'
import type { ArrayTablePlan } from './array-table-file'
import { chosenWord } from './choice-values'
import { readMatlabFacts } from './matlab-facts'
import { readMatlabDirectory } from './matlab5-directory'
import { readNumbers } from './matlab5-values'
import { arrayKindOption, arrayKinds } from './numpy-array'
import type { RandomAccessFile } from './random-access-file'

/** What the choices make of a MATLAB file as a table; null where it is taken for something else. */
export async function planMatlabTable(
  file: RandomAccessFile,
  choices: ImportChoices,
): Promise<ArrayTablePlan | null> {
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
  return {
    format: { id: 'matlab', title: 'MATLAB' },
    arrays,
    sources: variables.map(({ name, shape, className, complex }) => ({
      ...{ name, shape, dtype: complex ? `complex ${className}` : className },
    })),
    options: offered.length > 1 ? [arrayKindOption('table', offered)] : [],
  }
}
