import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import type { ArrayReference, ArraySource } from '../../shared/array'
import { FiligreeError } from '../../shared/failure'
import { arraySource } from '../formats'
import { toFiligreeError } from '../../shared/system-failure'

/**
 * The file behind an array of a dataset, after checking that it is still the one that was imported: same size
 * and, for an external file, same time. Throws 'not-found' or 'invalid-data' otherwise.
 */
export async function verifiedSource(reference: ArrayReference, folder: string): Promise<ArraySource> {
  const source = arraySource(reference, folder)
  const found = await stat(source.path).catch((error: unknown) => {
    const failure = toFiligreeError(error)
    if (failure.code !== 'not-found') throw failure
    throw new FiligreeError(
      'not-found',
      `The file ${source.path} is not there any more. Was it moved, renamed, or is its disk not connected? Put it back, or import the scene again.`,
      { cause: error },
    )
  })
  const differs = changeOf(reference, found)
  if (differs === null) return source
  throw new FiligreeError(
    'invalid-data',
    `${basename(source.path)} was changed since it was imported (${differs}), so results could not be told apart any more. Import it again (${source.path}).`,
  )
}

function changeOf(reference: ArrayReference, found: { size: number; mtimeMs: number }): string | null {
  if (found.size !== reference.bytes) return `it had ${reference.bytes} bytes, now it has ${found.size}`
  if (reference.location === 'project' || reference.modifiedAt === null) return null
  // File systems keep times to different precisions; copies of a drive round them to two seconds.
  if (Math.abs(found.mtimeMs - reference.modifiedAt) < 2000) return null
  return `it was written again on ${new Date(found.mtimeMs).toISOString()}`
}
