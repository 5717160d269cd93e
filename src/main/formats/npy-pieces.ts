import { bytesPerElement, elementCount } from '../../shared/array'
import { readNpyHeader } from './npy'
import { withFile } from './random-access-file'

const pieceBytes = 4 * 1024 * 1024

/** The elements of a .npy file in the order they lie, as bytes; no element is cut. */
export async function* readLayoutPieces(path: string): AsyncGenerator<Uint8Array> {
  const { offset, dtype, shape } = await readNpyHeader(path)
  const end = offset + elementCount(shape) * bytesPerElement[dtype]
  for (let at = offset; at < end; at += pieceBytes) {
    const position = at
    yield await withFile(path, (file) => file.readUpTo(position, Math.min(pieceBytes, end - position)))
  }
}
