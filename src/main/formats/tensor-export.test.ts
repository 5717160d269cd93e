import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { quietContext, temporaryFolder } from '../../../test/fixtures/temporary-folder'
import { datasetSchema, type Dataset, type ImportChoices } from '../../shared/dataset'
import { elementCount, type ArraySource } from '../../shared/array'
import { readWhole } from './array-reader'
import { chooseImporter } from './choose-importer'
import { writePieces } from './file-pieces'
import { npyHeader, readNpyHeader } from './npy'
import { writeNpy } from './npy-writer'
import { arraySource } from './physical-values'
import { tensorFile, type TensorExportFormat } from './tensor-export'
import { tuckerNpy } from './tucker-export'

const folder = temporaryFolder()

interface Imported {
  dataset: Dataset
  place: string
}

async function imported(path: string, choices: ImportChoices): Promise<Imported> {
  const place = await folder.make()
  const importer = await chooseImporter([path])
  const made = await importer.import([path], choices, quietContext(place))
  const about = { schema: 1, id: 'a', name: 'A', createdAt: '2024-01-01T00:00:00.000Z' }
  return { dataset: datasetSchema.parse({ ...about, ...made }), place }
}

async function exported({ dataset, place }: Imported, format: TensorExportFormat): Promise<string> {
  const path = join(await folder.make(), `out.${format}`)
  await writePieces(path, tensorFile(dataset, place, format))
  return path
}

async function numbersOf({ dataset, place }: Imported, part?: string): Promise<number[]> {
  const array = part === undefined ? dataset.array : dataset.parts[part]
  return array === undefined ? [] : [...(await readWhole(arraySource(array, place))).values]
}

async function dense(fortran: boolean, value: (at: number) => number): Promise<string> {
  const path = join(await folder.make(), 'in.npy')
  const values = Float32Array.from({ length: 24 }, (_, at) => value(at))
  await writeFile(path, Buffer.concat([npyHeader('float32', [2, 3, 4], fortran), Buffer.from(values.buffer)]))
  return path
}

describe('a whole tensor as a file', () => {
  test.each([{ fortran: false }, { fortran: true }])(
    'a dense one comes back with its numbers and type (%j)',
    async ({ fortran }) => {
      const first = await imported(await dense(fortran, Math.cos), { kind: 'tensor' })
      const again = await imported(await exported(first, 'npy'), { kind: 'tensor' })
      expect(again.dataset.array).toMatchObject({ dtype: 'float32', shape: [2, 3, 4] })
      expect(await numbersOf(again)).toEqual(await numbersOf(first))
    },
  )

  test('what is missing is NaN in the file, and missing again', async () => {
    const choices = { kind: 'tensor', nanIsMissing: true }
    const path = await dense(true, (at) => (at % 5 === 0 ? Number.NaN : at))
    const first = await imported(path, choices)
    const again = await imported(await exported(first, 'npy'), choices)
    expect(again.dataset.summary?.noDataCount).toBe(5)
    expect(await numbersOf(again, 'mask')).toEqual(await numbersOf(first, 'mask'))
  })

  test('a scattered one comes back from .tns, with the sizes of modes whose ends are empty', async () => {
    const path = join(await folder.make(), 'in.tns')
    await writeFile(path, '5 3 4\n1 1 1 0.1\n3 2 4 -2e-8\n3 3 1 7\n')
    const first = await imported(path, {})
    const again = await imported(await exported(first, 'tns'), {})
    expect(again.dataset.axes.map(({ size }) => size)).toEqual([5, 3, 4])
    expect(await numbersOf(again)).toEqual(await numbersOf(first))
    expect(await numbersOf(again, 'indices')).toEqual(await numbersOf(first, 'indices'))
  })

  test('and from a table, with coordinates, names and folds', async () => {
    const path = join(await folder.make(), 'in.csv')
    await writeFile(
      path,
      'time,"site, city",value,fold_1,fold_2\n0.5,"a, b",1.25,1,0\n0.75,c,2,0,1\n1.5,"a, b",3,0,0\n',
    )
    const first = await imported(path, {})
    expect(first.dataset.axes[0]?.coordinates).toEqual([0.5, 0.75, 1.5])
    const again = await imported(await exported(first, 'csv'), {})
    expect(again.dataset.axes).toEqual(first.dataset.axes)
    expect(await numbersOf(again)).toEqual(await numbersOf(first))
    expect(await numbersOf(again, 'holdOut')).toEqual(await numbersOf(first, 'holdOut'))
  })

  test('what a format has no room for is refused in a sentence', async () => {
    const first = await imported(await dense(false, Math.cos), { kind: 'tensor' })
    expect(() => tensorFile(first.dataset, first.place, 'csv')).toThrow(/Write it as npy\.$/)
    const cube = await imported(await dense(false, Math.cos), { kind: 'cube' })
    expect(() => tensorFile(cube.dataset, cube.place, 'npy')).toThrow(/is a cube, not a tensor/)
  })
})

describe('a whole reconstruction as a file', () => {
  const sizes = [5, 4, 7]
  const ranks = [2, 3, 2]
  const wave = (count: number, start: number) =>
    Float64Array.from({ length: count }, (_, at) => Math.sin(start + 1.7 * at))

  test('is core and factors multiplied out, whole or with every n-th entry', async () => {
    const place = await folder.make()
    const save = async (name: string, shape: number[], values: Float64Array): Promise<ArraySource> => {
      const path = join(place, `${name}.npy`)
      await writeNpy(path, 'float64', shape, values)
      return { ...(await readNpyHeader(path)), path }
    }
    const core = wave(elementCount(ranks), 1)
    const matrices = sizes.map((size, mode) => wave(size * (ranks[mode] ?? 1), mode + 2))
    const source = {
      core: await save('core', ranks, core),
      factors: await Promise.all(
        matrices.map((matrix, mode) => save(`f${mode}`, [sizes[mode] ?? 0, ranks[mode] ?? 0], matrix)),
      ),
      offset: 0.25,
    }
    const entry = (at: readonly number[]): number => {
      let sum = source.offset
      for (let a = 0; a < 2; a += 1)
        for (let b = 0; b < 3; b += 1)
          for (let c = 0; c < 2; c += 1) {
            const weights = [a, b, c].map(
              (component, mode) => matrices[mode]?.[(at[mode] ?? 0) * (ranks[mode] ?? 1) + component] ?? 0,
            )
            sum += weights.reduce((product, weight) => product * weight, core[(a * 3 + b) * 2 + c] ?? 0)
          }
      return sum
    }
    for (const { most, shape, steps } of [
      { most: 100, shape: [5, 4, 7], steps: [1, 1, 1] },
      { most: 3, shape: [3, 2, 3], steps: [2, 2, 3] },
    ]) {
      const path = join(await folder.make(), 'reconstruction.npy')
      await writePieces(path, tuckerNpy(source, most))
      const again = await imported(path, { kind: 'tensor' })
      expect(again.dataset.array.shape).toEqual(shape)
      const values = await numbersOf(again)
      values.forEach((value, flat) => {
        const [, rows = 1, columns = 1] = shape
        const place = [Math.floor(flat / (rows * columns)), Math.floor(flat / columns) % rows, flat % columns]
        expect(value).toBeCloseTo(entry(place.map((index, mode) => index * (steps[mode] ?? 1))), 12)
      })
    }
  })
})
