import { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { FiligreeError } from '../../shared/failure'
import { throwIfCancelled } from './cancellation'
import type { RandomAccessFile } from './random-access-file'

const pieceBytes = 1024 * 1024

/**
 * The text of a file piece by piece, unpacked on the way where it is gzipped. Nothing is held but the current piece,
 * however much a small file unpacks to. `onBytes` is told how much of the file itself was read.
 */
export async function* textPieces(
  file: RandomAccessFile,
  watch: { signal?: AbortSignal | undefined; onBytes?: ((bytes: number) => void) | undefined } = {},
): AsyncGenerator<Uint8Array> {
  const raw = rawPieces(file, watch)
  if (!(await isGzipped(file))) {
    yield* raw
    return
  }
  const input = Readable.from(raw, { objectMode: false })
  const unpacked = createGunzip({ chunkSize: 256 * 1024 })
  input.on('error', (error) => unpacked.destroy(error))
  input.pipe(unpacked)
  try {
    for await (const piece of unpacked as AsyncIterable<Uint8Array>) {
      throwIfCancelled(watch.signal)
      yield piece
    }
  } catch (error) {
    if (error instanceof FiligreeError) throw error
    throw new FiligreeError(
      'invalid-file',
      `${file.name} is damaged or cut short and cannot be unpacked. Copy it again from its source.`,
      { detail: String(error), cause: error },
    )
  } finally {
    input.destroy()
    unpacked.destroy()
  }
}

/** Whether a file begins as gzip does. */
export async function isGzipped(file: RandomAccessFile): Promise<boolean> {
  const [first, second] = await file.readUpTo(0, 2)
  return first === 0x1f && second === 0x8b
}

async function* rawPieces(
  file: RandomAccessFile,
  { signal, onBytes }: Parameters<typeof textPieces>[1] & object,
): AsyncGenerator<Uint8Array> {
  for (let position = 0; position < file.bytes; position += pieceBytes) {
    throwIfCancelled(signal)
    yield await file.readUpTo(position, pieceBytes)
    onBytes?.(Math.min(file.bytes, position + pieceBytes))
  }
}
