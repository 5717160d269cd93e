import { createReadStream, createWriteStream } from 'node:fs'
import { rename } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { elementCount } from '../../shared/array'
import { npyHeader, readNpyHeader } from './npy'

/** Gives the numbers of a .npy file in C order another shape of as many; the file is replaced whole. */
export async function reshapeNpy(path: string, shape: readonly number[]): Promise<void> {
  const { dtype, offset, shape: before } = await readNpyHeader(path)
  if (elementCount(before) !== elementCount(shape))
    throw new Error(`${before.join(' × ')} numbers can not take the shape ${shape.join(' × ')}.`)
  const target = `${path}.part`
  await pipeline(async function* () {
    yield npyHeader(dtype, shape)
    yield* createReadStream(path, { start: offset })
  }, createWriteStream(target))
  await rename(target, path)
}
