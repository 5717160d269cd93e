import { rename, rm } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { plainNumbers } from '../../shared/dataset'
import type { ArrayReference } from '../../shared/array'
import { FiligreeError } from '../../shared/failure'
import { loadNative } from '../../native/addon'
import { readLayoutPieces } from './npy-pieces'
import type { ImportContext, ImportedDataset } from './importer'
import { matrixAxes, matrixNotes, type MatrixCounts } from './matrix-reading'
import { readNpyHeader } from './npy'
import { arraySource } from './physical-values'
import { writeNpyThrough } from './npy-writer'
import { writtenArray } from './written-array'
import { counted, shapeText } from './wording'

/** A matrix whose arrays lie in the dataset's folder, with the parts named there as well. */
export async function matrixDataset(
  folder: string,
  counts: MatrixCounts,
  partNames: readonly string[],
  notes: readonly string[],
): Promise<Omit<ImportedDataset, 'origin'>> {
  const parts: Record<string, ArrayReference> = {}
  for (const name of ['rows', 'columns', ...partNames]) {
    parts[name] = await writtenArray(folder, `${name}.npy`)
  }
  const array = await writtenArray(folder, 'values.npy')
  // Complex numbers have no smallest and no largest.
  const summary = array.dtype.startsWith('complex')
    ? null
    : await loadNative().summariseArray(arraySource(array, folder), 1, null, availableParallelism())
  return {
    kind: 'matrix',
    array,
    axes: matrixAxes(counts.rows, counts.columns),
    parts,
    ...plainNumbers,
    summary,
    notes: [...matrixNotes(counts), ...notes],
  }
}

/** A system of a sequence as it was read: its folder and what is in it. */
export interface ReadSystem {
  name: string
  folder: string
  counts: MatrixCounts
  hasRightHandSide: boolean
}

/**
 * Puts systems of one size one after the other into `folder`. All or none have right-hand sides; real and complex ones do
 * not mix. Throws `invalid-data` that names the system that does not fit.
 */
export async function joinSystems(
  systems: readonly ReadSystem[],
  { folder, onProgress, signal }: ImportContext,
): Promise<{ counts: MatrixCounts; parts: string[] }> {
  const [first] = systems
  if (first === undefined) throw new FiligreeError('invalid-data', 'There is no system to read.')
  checkSystems(first, systems)
  const { rows, columns } = first.counts
  const entries = systems.reduce((sum, { counts }) => sum + counts.entries, 0)
  onProgress('Joining the systems', 0)
  const dtype = (await readNpyHeader(join(first.folder, 'values.npy'))).dtype
  const joined = async (name: string, of: string, shape: number[], type = dtype) => {
    await writeNpyThrough(join(folder, `${name}.npy`), type, shape, async (writer) => {
      for (const system of systems) {
        for await (const piece of readLayoutPieces(join(system.folder, `${of}.npy`))) {
          signal.throwIfAborted()
          await writer.write(piece)
        }
      }
    })
  }
  await joined('values', 'values', [entries])
  await joined('columns', 'columns', [entries], 'int32')
  await writeNpyThrough(join(folder, 'rows.npy'), 'int64', [systems.length, rows + 1], async (writer) => {
    let before = 0n
    for (const { folder: from, counts } of systems) {
      for await (const piece of readLayoutPieces(join(from, 'rows.npy'))) {
        const pointers = new BigInt64Array(piece.slice().buffer)
        await writer.write(pointers.map((pointer) => pointer + before))
      }
      before += BigInt(counts.entries)
    }
  })
  const parts: string[] = []
  if (first.hasRightHandSide) {
    const { dtype: type } = await readNpyHeader(join(first.folder, 'rightHandSide.npy'))
    await joined('rightHandSide', 'rightHandSide', [systems.length, rows], type)
    parts.push('rightHandSide')
  }
  const sum = (of: 'duplicates' | 'storedZeros') =>
    systems.reduce((total, { counts }) => total + counts[of], 0)
  const counts = { rows, columns, entries, duplicates: sum('duplicates'), storedZeros: sum('storedZeros') }
  return { counts: { ...counts, warnings: [] }, parts }
}

function checkSystems(first: ReadSystem, systems: readonly ReadSystem[]): void {
  const { rows, columns } = first.counts
  for (const { name, counts, hasRightHandSide } of systems) {
    if (counts.rows !== rows || counts.columns !== columns) {
      throw new FiligreeError(
        'invalid-data',
        `${name} is ${shapeText([counts.rows, counts.columns])} and ${first.name} is ${shapeText([rows, columns])}. The systems of a sequence have one size: import them apart, or leave out what does not belong to it.`,
      )
    }
    if (hasRightHandSide !== first.hasRightHandSide) {
      throw new FiligreeError(
        'invalid-data',
        `${hasRightHandSide ? first.name : name} has no right-hand side, but others have. Choose one for each system, or none: ${counted(systems.length, 'system')} were chosen.`,
      )
    }
  }
}

/** Takes the arrays of a single system out of the folder it was read in. */
export async function takeSystem(from: string, folder: string, names: readonly string[]): Promise<void> {
  for (const name of names) await rename(join(from, `${name}.npy`), join(folder, `${name}.npy`))
  await rm(from, { recursive: true, force: true })
}
