import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { bytesPerElement, rowMajorStrides, type ArraySource } from '../../shared/array'
import { FiligreeError } from '../../shared/failure'
import { readWhole } from './array-reader'
import type { ImportContext } from './importer'
import { joinSystems, takeSystem, type ReadSystem } from './matrix-dataset'
import { readMatrix, type MatrixCounts, type MatrixReader } from './matrix-reading'
import { writeNpy } from './npy-writer'
import { counted, shapeText } from './wording'

/** Arrays of an archive that belong to its systems. */
export interface StackedArrays {
  /** (entry), or (system, entry) of a stack of systems with one pattern. */
  data: ArraySource
  /** (row) or (system, row); null where there is none. */
  rightHandSide: ArraySource | null
  /** (system, parameter); null where there are none. */
  parameters: ArraySource | null
}

/** Systems in a stack; one where the data have no axis for them. */
export function stackedSystems({ shape }: Pick<ArraySource, 'shape'>): number {
  return shape.length === 2 ? (shape[0] ?? 1) : 1
}

/** The entries of one system, counted from nought. */
export function dataOfSystem(data: ArraySource, system: number): ArraySource {
  if (data.shape.length === 1) return data
  const [, entries = 0] = data.shape
  if (data.strides.join() !== rowMajorStrides(data.shape).join())
    throw new FiligreeError(
      'invalid-file',
      "The stack 'data' lies in Fortran order. Save it with numpy.ascontiguousarray, a system after the other.",
    )
  const offset = data.offset + system * entries * bytesPerElement[data.dtype]
  return { ...data, offset, shape: [entries], strides: [1] }
}

/**
 * Reads every system of a stack, with the right-hand sides and parameters that came with them, into the folder of the
 * dataset. Throws `invalid-data` where their sizes do not fit.
 */
export async function readStack(
  stack: StackedArrays,
  readerOf: (data: ArraySource) => MatrixReader,
  scratch: string,
  context: ImportContext,
): Promise<{ counts: MatrixCounts; parts: string[] }> {
  const count = stackedSystems(stack.data)
  const systems: ReadSystem[] = []
  for (let system = 0; system < count; system += 1) {
    const folder = join(scratch, `system-${system}`)
    await mkdir(folder, { recursive: true })
    const read = readerOf(dataOfSystem(stack.data, system))
    const counts = await readMatrix(read, null, { ...context, folder })
    if (stack.rightHandSide !== null)
      await writeRightHandSide(stack.rightHandSide, system, count, counts.rows, folder)
    systems.push({
      name: `System ${system + 1}`,
      folder,
      counts,
      hasRightHandSide: stack.rightHandSide !== null,
    })
  }
  const { counts, parts } = await joined(systems, context)
  if (stack.parameters !== null) {
    const { shape, values } = await readWhole(stack.parameters)
    if (shape[0] !== count || shape.length > 2)
      throw new FiligreeError(
        'invalid-data',
        `The parameters are ${shapeText(shape)}, and there are ${counted(count, 'system')}. They need a row for each.`,
      )
    await writeNpy(
      join(context.folder, 'parameters.npy'),
      'float64',
      [count, shape[1] ?? 1],
      Float64Array.from(values),
    )
    parts.push('parameters')
  }
  return { counts, parts }
}

async function joined(systems: readonly ReadSystem[], context: ImportContext) {
  const [single] = systems
  if (single === undefined || systems.length > 1) return joinSystems(systems, context)
  const parts = single.hasRightHandSide ? ['rightHandSide'] : []
  await takeSystem(single.folder, context.folder, ['values', 'rows', 'columns', ...parts])
  return { counts: single.counts, parts }
}

async function writeRightHandSide(
  source: ArraySource,
  system: number,
  count: number,
  rows: number,
  folder: string,
): Promise<void> {
  const { shape, values } = await readWhole(source)
  const own = shape.length === 2 && shape[0] === count
  const length = own ? (shape[1] ?? 0) : values.length
  if (length !== rows || source.dtype.startsWith('complex'))
    throw new FiligreeError(
      'invalid-data',
      `The right-hand side is ${shapeText(shape)} (${source.dtype}); real numbers, one for each of ${counted(rows, 'row')}, should stand there, or a row of so many for each system.`,
    )
  const start = own ? system * rows : 0
  const side = Float64Array.from(values.subarray(start, start + rows))
  const broken = side.findIndex((value) => !Number.isFinite(value))
  if (broken >= 0)
    throw new FiligreeError(
      'invalid-data',
      `Entry ${broken + 1} of the right-hand side is ${side[broken]}: entries must be finite. Replace it, and save the file again.`,
    )
  await writeNpy(join(folder, 'rightHandSide.npy'), 'float64', [rows], side)
}
