import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { doubles, matlab5File } from '../../../test/fixtures/matlab5-writer'
import { expectFailure, quietContext, temporaryFolder } from '../../../test/fixtures/temporary-folder'
import { describeWithData } from '../../../test/shared-data'
import { importPreviewSchema, type ImportChoices } from '../../shared/dataset'
import { readWhole } from './array-reader'
import { chooseImporter } from './choose-importer'
import { writeNpy } from './npy-writer'
import { arraySource } from './physical-values'

const folder = temporaryFolder()

async function previewed(paths: string[], choices: ImportChoices = {}) {
  const { preview } = await (await chooseImporter(paths)).preview(paths, choices)
  return importPreviewSchema.parse({ ...preview, previewId: null })
}

async function imported(paths: string[], choices: ImportChoices = {}) {
  const place = await folder.make()
  const dataset = await (await chooseImporter(paths)).import(paths, choices, quietContext(place))
  const { values } = await readWhole(arraySource(dataset.array, place))
  return { dataset, values: [...values] }
}

describe('a table of arrays', () => {
  test('is a tall matrix of .npy, unless it is said to be a tensor', async () => {
    const path = join(await folder.make(), 'tall.npy')
    const numbers = Float32Array.from({ length: 40 }, (_, index) => index / 4)
    await writeNpy(path, 'float32', [20, 2], numbers)
    const preview = await previewed([path])
    expect(preview.kind).toBe('table')
    expect(preview.external).toBe(false)
    expect(preview.table?.columns.map(({ role }) => role)).toEqual(['input', 'target'])
    expect((await previewed([path], { kind: 'tensor' })).kind).toBe('tensor')
    const { dataset, values } = await imported([path])
    expect(dataset.array).toMatchObject({ dtype: 'float64', shape: [20, 2] })
    expect(values).toEqual([...numbers])
  })

  test('has its splits in a second .npy', async () => {
    const place = await folder.make()
    const paths = [join(place, 'a.npy'), join(place, 'a_splits.npy')] as const
    await writeNpy(paths[0], 'float64', [20, 2], new Float64Array(40))
    await writeNpy(paths[1], 'bool', [20, 3], new Uint8Array(60).fill(1, 0, 5))
    const { dataset } = await imported([...paths])
    expect(dataset.kind).toBe('table')
    expect(dataset.parts['splits']).toMatchObject({ dtype: 'bool', shape: [20, 3] })
  })

  test('is made of the lists of a .mat file', async () => {
    const path = await written([
      doubles('lon', [4, 1], [1, 2, 3, 4]),
      doubles('lat', [4, 1], [5, 6, 7, 8]),
      doubles('obs', [4, 1], [9, Number.NaN, 11, 12]),
    ])
    const preview = await previewed([path])
    expect(preview.kind).toBe('table')
    expect(preview.table?.columns.map(({ name, role, missing }) => [name, role, missing])).toEqual([
      ['lon', 'input', 0],
      ['lat', 'input', 0],
      ['obs', 'target', 1],
    ])
    expect((await imported([path])).values).toEqual([1, 5, 9, 2, 6, Number.NaN, 3, 7, 11, 4, 8, 12])
  })

  test('takes a matrix beside a list where that is asked for', async () => {
    const path = await written([doubles('X', [3, 2], [1, 2, 3, 4, 5, 6]), doubles('y', [3, 1], [7, 8, 9])])
    const { dataset, values } = await imported([path], { kind: 'table' })
    expect(dataset.axes[1]?.labels).toEqual(['X 1', 'X 2', 'y'])
    expect(values).toEqual([1, 4, 7, 2, 5, 8, 3, 6, 9])
  })

  test('refuses splits of another number of rows', async () => {
    const place = await folder.make()
    const paths = [join(place, 'a.npy'), join(place, 'mask.npy')] as const
    await writeNpy(paths[0], 'float64', [20, 2], new Float64Array(40))
    await writeNpy(paths[1], 'bool', [19, 3], new Uint8Array(57))
    await expectFailure(
      previewed([...paths], { kind: 'table' }),
      'invalid-file',
      /19 rows, but a\.npy has 20/,
    )
  })

  async function written(variables: Parameters<typeof matlab5File>[0]): Promise<string> {
    const path = join(await folder.make(), 'columns.mat')
    await writeFile(path, matlab5File(variables, { littleEndian: true, compressed: true }))
    return path
  }
})

describeWithData('MODIS', ['regression/heaton_satellite.mat'], (path) => {
  test('has coordinates and temperatures, withheld ones missing', async () => {
    const preview = await previewed([path])
    expect(preview.table?.columns.map(({ name, role }) => [name, role])).toEqual([
      ['lat', 'input'],
      ['lon', 'input'],
      ['obs', 'target'],
    ])
    expect(preview.table?.columns[2]?.missing).toBe(150_000 - 105_569)
  })
})
