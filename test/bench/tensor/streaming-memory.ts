import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { normalNumbers, uniformNumbers } from '../../measurement/statistics'
import { rawSource } from '../../measurement/scene'
import { bounded, type Benchmark } from '../benchmark'
import { mappedFigures, weigh, weighingMissing } from '../weighed'

const shape: [number, number, number] = [600, 1000, 1000]
const bytes = shape.reduce((product, size) => product * size) * 4
const noise = 0.05
/** What the app may take for a tensor larger than memory would allow. */
const bound = 2 ** 30

/** Memory of a process that decomposes a tensor several times as large as it may take. */
export const streamingMemory: Benchmark = {
  name: `Memory of the process that decomposes a float32 tensor of ${(bytes / 2 ** 30).toFixed(1)} GiB (ST-HOSVD, ranks 5)`,
  peers: [],
  missing: weighingMissing,
  async measure(workspace) {
    const path = join(workspace.folder, 'large.raw')
    await writeLarge(path)
    const weighed = await weigh(workspace, 'stHosvd', [
      { source: rawSource(path, 'float32', shape), scale: 1, noDataValue: null },
      {
        choice: { ranks: [5, 5, 5], tolerance: null, budget: null },
        accuracy: 'gram',
        sequential: true,
      },
    ])
    const error = weighed.figures['relativeError'] ?? Number.NaN
    return [
      ...mappedFigures(weighed, bound),
      bounded('relative error', error, 1.1 * noise, (value) => value.toFixed(5)),
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
