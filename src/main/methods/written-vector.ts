import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { arrayAsFloat64, readNpyHeader } from '../formats'

/** Numbers of a `.npy` file that a native function wrote into `folder`. */
export async function writtenVector(folder: string, file: string): Promise<number[]> {
  const path = join(folder, file)
  const { values } = await arrayAsFloat64({ ...(await readNpyHeader(path)), path })
  return [...values]
}

/** The same, where the numbers move into a record: the file is not needed any more. */
export async function takenVector(folder: string, file: string): Promise<number[]> {
  const values = await writtenVector(folder, file)
  await rm(join(folder, file))
  return values
}
