import { createHash } from 'node:crypto'
import { throwIfCancelled } from './cancellation'
import type { RandomAccessFile } from './random-access-file'

/** Bytes hashed at once. */
const pieceBytes = 4 * 1024 * 1024

/** SHA-256 of a whole file as 64 hexadecimal digits. `onBytes` is told how many were read so far. */
export async function sha256OfFile(
  file: RandomAccessFile,
  signal?: AbortSignal,
  onBytes: (bytes: number) => void = () => undefined,
): Promise<string> {
  const hash = createHash('sha256')
  for (let position = 0; position < file.bytes; position += pieceBytes) {
    throwIfCancelled(signal)
    hash.update(await file.readUpTo(position, pieceBytes))
    onBytes(Math.min(file.bytes, position + pieceBytes))
  }
  return hash.digest('hex')
}
