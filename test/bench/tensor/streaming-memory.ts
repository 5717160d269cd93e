import { execFile } from 'node:child_process'
import { open } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { normalNumbers, uniformNumbers } from '../../measurement/statistics'
import { rawSource } from '../../measurement/scene'
import { bounded, mebibytes, seconds, type Benchmark } from '../benchmark'

const shape: [number, number, number] = [600, 1000, 1000]
const bytes = shape.reduce((product, size) => product * size) * 4
const noise = 0.05
/** What the app may take for a tensor larger than memory would allow. */
const bound = 2 ** 30

/** Memory of a process that decomposes a tensor several times as large as it may take. */
export const streamingMemory: Benchmark = {
  name: `Memory of the process that decomposes a float32 tensor of ${(bytes / 2 ** 30).toFixed(1)} GiB (ST-HOSVD, ranks 5)`,
  peers: [],
  missing: () => (process.platform === 'linux' ? null : 'reads /proc, which only Linux has'),
  async measure(workspace) {
    const path = join(workspace.folder, 'large.raw')
    await writeLarge(path)
    const context = await workspace.solve()
    const job = {
      tensor: rawSource(path, 'float32', shape),
      ranks: [5, 5, 5],
      folder: context.folder,
      threads: context.threads,
    }
    const script = resolve(import.meta.dirname, 'stream-and-weigh.mjs')
    const { stdout } = await promisify(execFile)(process.execPath, [script, JSON.stringify(job)])
    const weighed = JSON.parse(stdout) as {
      peakBytes: number
      ownBytes: number
      seconds: number
      error: number
    }
    return [
      bounded(
        'memory of its own (not pages of the mapped file), at most',
        weighed.ownBytes,
        bound,
        mebibytes,
      ),
      bounded(
        'resident memory at most, with pages of the file the system may take back',
        weighed.peakBytes,
        null,
        mebibytes,
      ),
      bounded('relative error', weighed.error, 1.1 * noise, (value) => value.toFixed(5)),
      bounded('time', weighed.seconds, null, seconds),
    ]
  },
}

/** A sum of five outer products whose root mean square is one, with a block of noise again and again. */
async function writeLarge(path: string): Promise<void> {
  const [slices, rows, columns] = shape
  const normal = normalNumbers(uniformNumbers(6))
  const draw = (length: number) => Float64Array.from({ length: 5 * length }, normal)
  const [first, second, third] = [draw(slices), draw(rows), draw(columns)]
  const block = Float32Array.from({ length: rows * columns }, () => noise * normal())
  const planes = Array.from({ length: 5 }, (_, component) => {
    const plane = new Float32Array(rows * columns)
    for (let row = 0; row < rows; row += 1) {
      const weight = (second[5 * row + component] ?? 0) / Math.sqrt(5)
      for (let column = 0; column < columns; column += 1)
        plane[row * columns + column] = weight * (third[5 * column + component] ?? 0)
    }
    return plane
  })
  const slice = new Float32Array(rows * columns)
  const file = await open(path, 'w')
  try {
    for (let index = 0; index < slices; index += 1) {
      slice.set(block)
      planes.forEach((plane, component) => {
        const weight = first[5 * index + component] ?? 0
        for (let entry = 0; entry < slice.length; entry += 1)
          slice[entry] = (slice[entry] ?? 0) + weight * (plane[entry] ?? 0)
      })
      await file.write(new Uint8Array(slice.buffer))
    }
  } finally {
    await file.close()
  }
}
