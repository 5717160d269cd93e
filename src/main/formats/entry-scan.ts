import { bytesPerElement, elementCount, type ArraySource } from '../../shared/array'
import { requireLayoutFits } from './gather'
import { withFile, type RandomAccessFile } from './random-access-file'
import { decodeElements, type RealArray } from './real-array'

/** Entries read at once. */
const entriesAtOnce = 2 ** 17

/**
 * Reads an array in C order (entry, …) some entries at a time. `entrySize` is how many numbers an entry has.
 */
export async function* entryBlocks(
  file: RandomAccessFile,
  source: ArraySource,
): AsyncGenerator<{ values: RealArray; start: number; count: number }> {
  requireLayoutFits(source, file)
  const [entries = 0] = source.shape
  const entrySize = elementCount(source.shape.slice(1))
  const bytes = entrySize * bytesPerElement[source.dtype]
  for (let start = 0; start < entries; start += entriesAtOnce) {
    const count = Math.min(entriesAtOnce, entries - start)
    const buffer = new ArrayBuffer(count * bytes)
    await file.readInto(new Uint8Array(buffer), source.offset + start * bytes)
    yield { values: decodeElements(source.dtype, source.byteOrder, buffer, count * entrySize), start, count }
  }
}

/** Goes through the entries of a scattered tensor: values (entry) beside indices (entry, mode). */
export async function scanEntries(
  values: ArraySource,
  indices: ArraySource,
  take: (values: RealArray, indices: RealArray, count: number) => void,
): Promise<void> {
  await withFile(values.path, (valueFile) =>
    withFile(indices.path, async (indexFile) => {
      const others = entryBlocks(indexFile, indices)
      for await (const block of entryBlocks(valueFile, values)) {
        const other = await others.next()
        if (other.done !== true) take(block.values, other.value.values, block.count)
      }
    }),
  )
}
