import { join } from 'node:path'
import type { ImportPreview } from '../../shared/dataset'
import { FiligreeError } from '../../shared/failure'
import { readWhole } from './array-reader'
import type { DenseTensor } from './dense-tensor'
import type { ImportContext, ImportedDataset, ImporterPreview } from './importer'
import { matrixDataset } from './matrix-dataset'
import { previewMatrix, readMatrix, withScratch, type MatrixReader } from './matrix-reading'
import { readNpyHeader } from './npy'
import { writeNpy } from './npy-writer'
import { grouped, shapeText } from './wording'

/** Most numbers of a dense array that are looked through for those that are not zero. */
const mostNumbers = 2 ** 27

type About = Pick<ImportPreview, 'format' | 'name' | 'bytes' | 'variables' | 'options'> & {
  facts: ImportPreview['facts']
}

/** The preview of a dense array of two axes that is taken for a matrix. */
export async function previewDenseMatrix(
  found: DenseTensor,
  { format, name, bytes, variables, options, facts }: About,
): Promise<ImporterPreview> {
  return withScratch(null, async (scratch) =>
    previewMatrix(await reader(found, scratch), {
      ...{ format, name, bytes, variables, options, facts },
      ...{ warnings: [], partly: false, size: null },
    }),
  )
}

/** Copies a dense array into the project as a sparse matrix: zeros are no entries. */
export async function importDenseMatrix(
  found: DenseTensor,
  context: ImportContext,
): Promise<Omit<ImportedDataset, 'origin'>> {
  const counts = await withScratch(context.folder, async (scratch) =>
    readMatrix(await reader(found, scratch), null, context),
  )
  const note = `Made from a dense array of ${shapeText(found.shape)}; its ${grouped(counts.entries)} numbers that are not zero are the entries.`
  return matrixDataset(context.folder, counts, [], [note])
}

async function reader(found: DenseTensor, scratch: string): Promise<MatrixReader> {
  const [rows = 0, columns = 0] = found.shape
  if (rows * columns > mostNumbers) {
    throw new FiligreeError(
      'out-of-memory',
      `${found.name} has ${shapeText(found.shape)} numbers, too many to look through for a sparse matrix. Save its entries as Matrix Market or with scipy.sparse.save_npz.`,
    )
  }
  const { values } = await readWhole(found)
  const count = values.reduce<number>((sum, value) => sum + (value === 0 ? 0 : 1), 0)
  const arrays = { ir: new Int32Array(count), jc: new Int32Array(count), pr: new Float64Array(count) }
  let at = 0
  values.forEach((value, index) => {
    if (value === 0) return
    arrays.ir[at] = Math.floor(index / columns)
    arrays.jc[at] = index % columns
    arrays.pr[at] = value
    at += 1
  })
  const path = (name: string) => join(scratch, `${name}.npy`)
  const saved = async (name: 'ir' | 'jc' | 'pr') => {
    const dtype = name === 'pr' ? 'float64' : 'int32'
    await writeNpy(path(name), dtype, [count], arrays[name])
    return { ...(await readNpyHeader(path(name))), path: path(name) }
  }
  if (count === 0) {
    throw new FiligreeError(
      'invalid-data',
      `All numbers of ${found.name} are zero: there is no matrix to work on.`,
    )
  }
  const sources = {
    ...{ rows, columns, pointers: 'neither' as const },
    ...{ values: await saved('pr'), rowIndices: await saved('ir'), columnIndices: await saved('jc') },
  }
  return (native, _most, context) => native.compressEntries(sources, context)
}
