import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { rowMajorStrides, type ArraySource } from '../../src/shared/array'
import type { SolveContext } from '../../src/shared/method'
import { readNpyHeader, readWhole, writeNpy, type Float64Values } from '../../src/main/formats'

/** A temporary folder for measurements, with one folder for every solve. */
export class Workspace {
  #solves = 0

  private constructor(readonly folder: string) {}

  /** Makes the folder under the system's temporary one, or where `FILIGREE_MEASURE_IN` points. */
  static async create(): Promise<Workspace> {
    return new Workspace(
      await mkdtemp(join(process.env['FILIGREE_MEASURE_IN'] ?? tmpdir(), 'filigree-measure-')),
    )
  }

  /** What a solver needs, with a new folder for its outputs. */
  async solve(seed = 0, threads = availableParallelism()): Promise<SolveContext> {
    this.#solves += 1
    const folder = join(this.folder, `solve-${this.#solves}`)
    await mkdir(folder)
    return { seed, threads, folder, onProgress: () => undefined, signal: new AbortController().signal }
  }

  /** Writes numbers as a float64 .npy file that a solver can be given. */
  async write(name: string, shape: number[], values: Float64Array): Promise<ArraySource> {
    const path = join(this.folder, name)
    const { dtype, byteOrder, offset } = await writeNpy(path, 'float64', shape, values)
    return { path, dtype, byteOrder, offset, shape, strides: rowMajorStrides(shape) }
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true })
  }
}

/** The array in a .npy file, for a solver to read. */
export async function npySource(path: string): Promise<ArraySource> {
  return { ...(await readNpyHeader(path)), path }
}

/** The numbers in a .npy file. */
export async function readNpy(path: string): Promise<Float64Values> {
  return readWhole(await npySource(path))
}
