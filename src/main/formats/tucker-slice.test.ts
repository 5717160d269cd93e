import fc from 'fast-check'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { expectFailure, temporaryFolder } from '../../../test/fixtures/temporary-folder'
import { elementCount, type ArraySource } from '../../shared/array'
import { readNpyHeader } from './npy'
import { writeNpy } from './npy-writer'
import { foldCounts, histogramOf, occupancyOf } from './tensor-facts'
import { tuckerSlice } from './tucker-slice'

const folder = temporaryFolder()

async function saved(path: string, shape: readonly number[], values: Float64Array): Promise<ArraySource> {
  await writeNpy(path, 'float64', shape, values)
  return { ...(await readNpyHeader(path)), path }
}

function numbers(count: number, start: number): Float64Array {
  return Float64Array.from({ length: count }, (_, index) => Math.sin(start + 1.7 * index))
}

/** One entry of a reconstruction, by its definition. */
function entryOf(
  core: Float64Array,
  ranks: readonly number[],
  factors: readonly Float64Array[],
  at: readonly number[],
): number {
  let sum = 0
  for (let flat = 0; flat < core.length; flat += 1) {
    let rest = flat
    let term = core[flat] ?? 0
    for (let mode = ranks.length - 1; mode >= 0; mode -= 1) {
      const rank = ranks[mode] ?? 1
      term *= factors[mode]?.[(at[mode] ?? 0) * rank + (rest % rank)] ?? 0
      rest = Math.floor(rest / rank)
    }
    sum += term
  }
  return sum
}

describe('a slice of a reconstruction', () => {
  test('is what core and factors make, for any two modes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 4 })), {
          minLength: 2,
          maxLength: 4,
        }),
        fc.nat(),
        fc.integer({ min: 1, max: 6 }),
        async (modes, pick, side) => {
          const place = await folder.make()
          const ranks = modes.map(([, rank]) => rank)
          const core = numbers(elementCount(ranks), 1)
          const factors = modes.map(([size, rank], mode) => numbers(size * rank, mode + 2))
          const rows = pick % modes.length
          const columns = (rows + 1 + (Math.floor(pick / 7) % (modes.length - 1))) % modes.length
          const at = modes.map(([size]) => pick % size)
          const plane = await tuckerSlice(
            {
              core: await saved(join(place, 'core.npy'), ranks, core),
              factors: await Promise.all(
                factors.map((factor, mode) =>
                  saved(join(place, `f${mode}.npy`), [modes[mode]?.[0] ?? 0, ranks[mode] ?? 0], factor),
                ),
              ),
              offset: 0.25,
            },
            { rows, columns, at },
            { side },
          )
          const step = (size: number) => Math.ceil(size / side)
          const [height, width] = plane.shape
          for (let row = 0; row < height; row += 1) {
            for (let column = 0; column < width; column += 1) {
              const position = at.map((index, mode) =>
                mode === rows
                  ? row * step(modes[mode]?.[0] ?? 1)
                  : mode === columns
                    ? column * step(modes[mode]?.[0] ?? 1)
                    : index,
              )
              expect(plane.values[row * width + column]).toBeCloseTo(
                entryOf(core, ranks, factors, position) + 0.25,
                5,
              )
            }
          }
        },
      ),
      { numRuns: 40 },
    )
  })

  test('needs factors that fit their core', async () => {
    const place = await folder.make()
    const core = await saved(join(place, 'c.npy'), [2, 2], numbers(4, 0))
    const wide = await saved(join(place, 'w.npy'), [5, 3], numbers(15, 0))
    await expectFailure(
      tuckerSlice(
        { core, factors: [wide, wide], offset: 0 },
        { rows: 0, columns: 1, at: [0, 0] },
        { side: 9 },
      ),
      'invalid-data',
      /do not fit each other/,
    )
  })
})

describe('facts of a tensor', () => {
  test('count values, entries along a mode and what folds keep back', async () => {
    const place = await folder.make()
    const values = await saved(join(place, 'v.npy'), [5], Float64Array.of(0, 1, 2, Number.NaN, 10))
    const mask = await saved(join(place, 'm.npy'), [5], Float64Array.of(0, 0, 0, 0, 1))
    const spread = await histogramOf(values, mask, 4)
    expect([spread?.low, spread?.high, ...(spread?.counts ?? [])]).toEqual([0, 2, 1, 0, 1, 1])
    const indices = await saved(join(place, 'i.npy'), [4, 2], Float64Array.of(0, 3, 1, 3, 1, 0, 2, 9))
    expect([...(await occupancyOf(indices, 0, 3, 8))]).toEqual([1, 2, 1])
    expect([...(await occupancyOf(indices, 1, 10, 5))]).toEqual([1, 2, 0, 0, 1])
    const folds = await saved(join(place, 'h.npy'), [3, 2], Float64Array.of(1, 0, 1, 1, 0, 0))
    expect([...(await foldCounts(folds))]).toEqual([2, 1])
  })

  test('of a large array are taken from an even sample', async () => {
    const place = await folder.make()
    const count = 3_000_000
    await writeNpy(
      join(place, 'l.npy'),
      'float32',
      [count],
      Float32Array.from({ length: count }, (_, index) => index / count),
    )
    const path = join(place, 'l.npy')
    const spread = await histogramOf({ ...(await readNpyHeader(path)), path }, null, 10)
    expect(spread?.low).toBe(0)
    expect(spread?.high).toBeCloseTo(1, 5)
    const least = Math.min(...(spread?.counts ?? [0]))
    expect(least).toBeGreaterThan(50_000)
  })
})
