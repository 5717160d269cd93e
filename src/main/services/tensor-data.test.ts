import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { expectFailure, quietContext, temporaryFolder } from '../../../test/fixtures/temporary-folder'
import { datasetSchema, type Dataset } from '../../shared/dataset'
import { chooseImporter } from '../formats'
import { foldsOfDataset, histogramOfDataset, occupancyOfDataset, sliceOfDataset } from './tensor-data'

const folder = temporaryFolder()

/** A scattered tensor of 3 × 2 places with four entries and two folds. */
async function scattered(): Promise<{ dataset: Dataset; place: string }> {
  const place = await folder.make()
  const path = join(place, 'table.csv')
  await writeFile(path, 'row,column,value,fold_1,fold_2\n0,0,1,1,0\n0,1,2,0,0\n2,0,5,0,1\n2,1,5,1,0\n')
  const made = await (await chooseImporter([path])).import([path], {}, quietContext(place))
  const about = { schema: 1, id: 'a', name: 'Table', createdAt: '2024-01-01T00:00:00.000Z' }
  return { dataset: datasetSchema.parse({ ...about, ...made }), place }
}

describe('what the window asks of a tensor', () => {
  test('a slice has NaN where no entry is', async () => {
    const { dataset, place } = await scattered()
    const { values, shape } = await sliceOfDataset(
      dataset,
      place,
      { rows: 0, columns: 1, at: [0, 0] },
      { side: 16 },
    )
    expect(shape).toEqual([3, 2])
    expect([...values]).toEqual([1, 2, Number.NaN, Number.NaN, 5, 5])
  })

  test('a histogram counts every entry, from the smallest to the largest', async () => {
    const { dataset, place } = await scattered()
    const { values, low, high } = await histogramOfDataset(dataset, place)
    expect([low, high, values[0], values.at(-1)]).toEqual([1, 5, 1, 2])
    expect(values.reduce((sum, count) => sum + count)).toBe(4)
  })

  test('occupancy counts entries along a mode, folds what they keep back', async () => {
    const { dataset, place } = await scattered()
    expect([...(await occupancyOfDataset(dataset, place, 0))]).toEqual([2, 0, 2])
    expect([...(await occupancyOfDataset(dataset, place, 1))]).toEqual([2, 2])
    expect([...(await foldsOfDataset(dataset, place))]).toEqual([2, 1])
  })

  test('a mode or folds that are not there are refused', async () => {
    const { dataset, place } = await scattered()
    await expectFailure(occupancyOfDataset(dataset, place, 2), 'invalid-parameter', /no scattered mode 3/)
    const { holdOut: _, ...parts } = dataset.parts
    await expectFailure(foldsOfDataset({ ...dataset, parts }, place), 'not-found', /no hold-out folds/)
  })
})
