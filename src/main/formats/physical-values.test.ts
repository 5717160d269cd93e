import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Dataset } from '../../shared/dataset'
import { expectFailure, quietContext, temporaryFolder } from '../../../test/fixtures/temporary-folder'
import { ArraySummariser } from './array-summary'
import { doubles, matlab5File } from '../../../test/fixtures/matlab5-writer'
import { matlabImporter } from './matlab'
import { arrayAsFloat64, arraySource, bandsOfCube, spectrumOfPixel } from './physical-values'

const folder = temporaryFolder()

async function cube(): Promise<{ dataset: Dataset; place: string }> {
  const place = await folder.make()
  const path = join(place, 'scene.mat')
  const values = Array.from({ length: 24 }, (_, index) => index - 3)
  await writeFile(
    path,
    matlab5File([doubles('data', [2, 3, 4], values)], { littleEndian: true, compressed: true }),
  )
  const imported = await matlabImporter.import([path], {}, quietContext(place))
  return {
    dataset: { schema: 1, id: 'a', name: 'A', createdAt: '2024-01-01T00:00:00.000Z', ...imported },
    place,
  }
}

describe('values as they are shown', () => {
  test('bands with their range, spectra, whole arrays and single planes', async () => {
    const { dataset, place } = await cube()
    const bands = await bandsOfCube(dataset, place, [3, 0], 1024)
    expect(bands).toMatchObject({ shape: [2, 2, 3], step: 1, minimum: -3, maximum: 20 })
    expect([...bands.values]).toEqual([15, 17, 19, 16, 18, 20, -3, -1, 1, -2, 0, 2])
    const window = { firstLine: 1, lastLine: 1, firstSample: 1, lastSample: 2 }
    const part = await bandsOfCube(dataset, place, [3, 0], 1024, window)
    expect(part).toMatchObject({ shape: [2, 1, 2], step: 1 })
    expect([...part.values]).toEqual([18, 20, 0, 2])
    expect([...(await spectrumOfPixel(dataset, place, 1, 2))]).toEqual([2, 8, 14, 20])
    const line = await arrayAsFloat64(arraySource(dataset.array, place), 1)
    expect(line.shape).toEqual([3, 4])
    expect([...line.values]).toEqual([-2, 4, 10, 16, 0, 6, 12, 18, 2, 8, 14, 20])
  })

  test('refuses what the cube has not, and paths that leave the project', async () => {
    const { dataset, place } = await cube()
    await expectFailure(
      bandsOfCube(dataset, place, [4], 10),
      'invalid-parameter',
      /outside axis 3, which has 4 entries/,
    )
    await expectFailure(
      bandsOfCube(dataset, place, [0], 10, { firstLine: 0, lastLine: 2, firstSample: 0, lastSample: 0 }),
      'invalid-parameter',
      /no window of A/,
    )
    await expectFailure(bandsOfCube(dataset, place, [], 10), 'invalid-parameter', /No band/)
    await expectFailure(bandsOfCube(dataset, place, [0], 0), 'invalid-parameter', /longest side/)
    await expectFailure(spectrumOfPixel(dataset, place, -1, 0), 'invalid-parameter', /Index -1/)
    await expectFailure(
      bandsOfCube({ ...dataset, kind: 'matrix' }, place, [0], 10),
      'invalid-data',
      /not a cube/,
    )
    expect(() => arraySource({ ...dataset.array, file: '../../etc/passwd' }, place)).toThrow(/lies outside/)
  })

  test('a picture nobody waits for any more is not read for', async () => {
    const { dataset, place } = await cube()
    const asked = bandsOfCube(dataset, place, [0], 8, null, AbortSignal.abort())
    await expectFailure(asked, 'cancelled', /cancelled/)
  })

  test('an import that is cancelled says so and leaves no array', async () => {
    const { dataset } = await cube()
    const [file] = dataset.origin.type === 'file' ? dataset.origin.files : []
    const place = await folder.make()
    const context = { ...quietContext(place), signal: AbortSignal.abort() }
    await expectFailure(matlabImporter.import([file?.path ?? ''], {}, context), 'cancelled', /cancelled/)
    await expectFailure(arrayAsFloat64({ ...arraySource(dataset.array, place) }), 'not-found', /cube\.npy/)
  })
})

test('a summary counts in pieces, with the scale applied and missing data left out', () => {
  const counter = new ArraySummariser([2, 2, 2], 0.5, -1)
  counter.add([2, -1, NaN])
  counter.add([-4, Infinity, 6, 0, 0])
  expect(counter.summary()).toEqual({
    count: 8,
    nanCount: 1,
    infiniteCount: 1,
    negativeCount: 1,
    noDataCount: 1,
    firstInvalid: [0, 1, 0],
    firstNegative: [0, 1, 1],
    minimum: -2,
    maximum: 3,
    mean: 0.4,
  })
  expect(new ArraySummariser([0]).summary()).toMatchObject({ minimum: null, maximum: null, mean: null })
})
