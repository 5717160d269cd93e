import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { describeWithData } from '../../../test/shared-data'
import { expectFailure, temporaryFolder } from '../../../test/fixtures/temporary-folder'
import type { ImportChoices } from '../../shared/dataset'
import { readWhole } from './array-reader'
import { findDuplicates } from './duplicate-entries'
import type { Importer, ImportedDataset } from './importer'
import { longTableImporter } from './long-table'
import { arraySource } from './physical-values'
import { scatteredSlice } from './tensor-slice'
import { tnsImporter } from './tns'
import { TnsReader } from './tns-text'

const folder = temporaryFolder()

interface Made extends ImportedDataset {
  folder: string
  indices: number[]
  values: number[]
}

async function imported(importer: Importer, path: string, choices: ImportChoices = {}): Promise<Made> {
  const place = await folder.make()
  const made = await importer.import([path], choices, {
    folder: place,
    onProgress: () => undefined,
    signal: new AbortController().signal,
  })
  const { indices } = made.parts
  if (indices === undefined) throw new Error('No indices were written.')
  return {
    ...made,
    folder: place,
    indices: [...(await readWhole(arraySource(indices, place))).values],
    values: [...(await readWhole(arraySource(made.array, place))).values],
  }
}

async function tns(text: string | Buffer, name = 'a.tns'): Promise<string> {
  const path = join(await folder.make(), name)
  await writeFile(path, text)
  return path
}

describe('FROSTT text', () => {
  test('counts from 1 in most files, and says so', async () => {
    const made = await imported(tnsImporter, await tns('# made\n1 1 1 1.5\n2 3 4 -2e-1\n\n% end\n'))
    expect(made).toMatchObject({
      kind: 'tensor',
      array: { shape: [2], dtype: 'float64' },
      parts: { indices: { dtype: 'int32', shape: [2, 3] } },
      indices: [0, 0, 0, 1, 2, 3],
      values: [1.5, -0.2],
      origin: { choices: { indexBase: 'detect' } },
    })
    expect(made.axes.map(({ size }) => size)).toEqual([2, 3, 4])
    expect(made.notes).toEqual([
      'Indices count from 1 (detected).',
      'Slices without any entry: 1 of 3 in mode 2 and 2 of 4 in mode 3.',
    ])
  })

  test('counts from 0 where an index is 0, or where a person says so', async () => {
    const zero = await imported(tnsImporter, await tns('0 1 7\n2 0 8\n'))
    expect(zero.indices).toEqual([0, 1, 2, 0])
    expect(zero.axes.map(({ size }) => size)).toEqual([3, 2])
    const said = await imported(tnsImporter, await tns('1 1 7\n2 2 8\n'), { indexBase: '0' })
    expect(said.axes.map(({ size }) => size)).toEqual([3, 3])
    await expectFailure(
      imported(tnsImporter, await tns('0 1 7\n'), { indexBase: '1' }),
      'invalid-parameter',
      /cannot count from 1: the smallest one is 0/,
    )
  })

  test.each([
    ['sizes', '5 6 7\n1 2 3 4\n5 6 7 8\n'],
    ['modes, then sizes', '3\n5 6 7\n1 2 3 4\n5 6 7 8\n'],
    ['modes and entries, then sizes', '# extended FROSTT\n3 2\n5 6 7\n1 2 3 4\n5 6 7 8\n'],
  ])('may begin with %s', async (_, text) => {
    const made = await imported(tnsImporter, await tns(text))
    expect(made.axes.map(({ size }) => size)).toEqual([5, 6, 7])
    expect(made.values).toEqual([4, 8])
  })

  test('a header whose sizes are too small is refused', async () => {
    await expectFailure(
      imported(tnsImporter, await tns('2 2 2\n1 2 3 4\n2 2 2 8\n')),
      'invalid-data',
      /announces 2 entries for mode 3, but has an index of 3/,
    )
    await expectFailure(imported(tnsImporter, await tns('2 0 2\n1 2 3 4\n')), 'invalid-file', /a size of 0/)
  })

  test('duplicates are summed, averaged or refused, as asked', async () => {
    const path = await tns('1 1 1\n2 2 2\n1 1 3\n1 1 5\n')
    expect((await imported(tnsImporter, path)).values).toEqual([9, 2])
    expect((await imported(tnsImporter, path, { duplicates: 'mean' })).values).toEqual([3, 2])
    await expectFailure(
      imported(tnsImporter, path, { duplicates: 'refuse' }),
      'invalid-data',
      /2 entries at places that are taken already; the first is entry 3, at mode 1 0, mode 2 0/,
    )
    const { preview } = await tnsImporter.preview([path], {})
    expect(preview.options.map(({ key }) => key)).toContain('duplicates')
    expect(preview.warnings.join(' ')).toMatch(/2 entries stand at places/)
  })

  test.each([
    ['1 1 1 2\n1 1 2\n2 2 2 2\n1 1\n', /Line 2 of a\.tns has 3 numbers; the other entries have 4/],
    ['1 1 2\n1 1 2\n1 1 2\n1 b 2\n', /Line 4 of a\.tns has “b” where a number/],
    ['1 1 2\n1 -1 2\n1 1 2\n', /Line 2 of a\.tns has -1 where the index of mode 2 stands/],
    ['1 1 2\n1 1.5 2\n1 1 2\n', /Line 2 of a\.tns has 1\.5 where the index of mode 2/],
    ['# nothing\n', /holds no entries/],
    ['5\n6\n7\n', /has a single number/],
    [`1 1 ${'9'.repeat(70_000)}`, /longer than 65,536 bytes/],
  ])('%j is refused in a sentence that names the line', async (text, says) => {
    await expectFailure(imported(tnsImporter, await tns(text)), 'invalid-file', says)
  })

  test('NaN is an error, unless a person says that it marks what is missing', async () => {
    const path = await tns('1 1 nan\n2 2 4\n')
    await expectFailure(imported(tnsImporter, path), 'invalid-data', /Entry 1 of a\.tns has no value/)
    const { preview } = await tnsImporter.preview([path], {})
    expect(preview.options.find(({ key }) => key === 'nanIsMissing')?.value).toBe(false)
    expect(preview.warnings.join(' ')).toMatch(/1 entry has no value \(NaN\): say whether/)
    const made = await imported(tnsImporter, path, { nanIsMissing: true })
    expect([made.values, made.indices]).toEqual([[4], [1, 1]])
    await expectFailure(imported(tnsImporter, await tns('1 1 inf\n')), 'invalid-data', /is infinite/)
  })

  test('may be gzipped, and cut anywhere by the reader', async () => {
    const text = '1 2 3.25\r\n4 5 -6\r\n7 8 9e2'
    const made = await imported(tnsImporter, await tns(gzipSync(text), 'b.tns.gz'))
    expect(made.values).toEqual([3.25, -6, 900])
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: text.length })), (cuts) => {
        const reader = new TnsReader('cut')
        const places = [0, ...cuts.toSorted((a, b) => a - b), text.length]
        places.slice(1).forEach((place, index) => reader.add(Buffer.from(text.slice(places[index], place))))
        const { values, indices } = reader.finish()
        expect([0, 1, 2].map((entry) => values.at(entry))).toEqual([3.25, -6, 900])
        expect([0, 1, 2].map((entry) => indices[1]?.at(entry))).toEqual([2, 5, 8])
      }),
    )
    const torn = gzipSync(text)
    await expectFailure(
      imported(tnsImporter, await tns(torn.subarray(0, torn.length - 9), 'c.tns.gz')),
      'invalid-file',
      /damaged or cut short/,
    )
  })

  test('very long modes are numbered in 64 bits, and told apart', async () => {
    const made = await imported(tnsImporter, await tns('4294967296 1 1\n1 4294967296 2\n4294967296 1 3\n'))
    expect(made.parts['indices']?.dtype).toBe('int64')
    expect(made.values).toEqual([4, 2])
    expect(made.indices).toEqual([4294967295, 0, 0, 4294967295])
  })
})

describe('entries at one place', () => {
  test('are found as brute force finds them', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 70_000 })), {
          maxLength: 30,
        }),
        (places) => {
          const near = places.map(([a, b]) => [a, b % 3 === 0 ? b : b % 4] as const)
          const keys = near.map((place) => place.join())
          const repeated = keys.flatMap((key, index) => (keys.indexOf(key) < index ? [index] : []))
          const found = findDuplicates(Float64Array.from(near.flat()), [3, 70_001])
          expect(found).toEqual(repeated.length === 0 ? null : { count: repeated.length, first: repeated[0] })
        },
      ),
    )
  })
})

describe('a long table', () => {
  test('has modes, a value, a mask and folds in columns of their own', async () => {
    const text =
      'station,hour,depth,no2,missing,test0,test1\nA,0,0.5,10,0,1,0\nB,1,1.5,20,0,0,1\nA,1,0.5,30,1,0,0\n'
    const path = await tns(text, 'air.csv')
    const { preview, plane } = await longTableImporter.preview([path], {})
    expect(preview.variables.map(({ role }) => role)).toEqual([
      'label',
      'index',
      'coordinate',
      'value',
      'mask',
      'hold-out fold',
      'hold-out fold',
    ])
    expect(plane).toMatchObject({ lines: 2, samples: 2 })
    const made = await imported(longTableImporter, path, { modeUnits: ',h,m' })
    expect(made.quantity.name).toBe('no2')
    expect(made.axes).toEqual([
      { name: 'station', size: 2, unit: null, coordinates: null, labels: ['A', 'B'] },
      { name: 'hour', size: 2, unit: 'h', coordinates: null, labels: null },
      { name: 'depth', size: 2, unit: 'm', coordinates: [0.5, 1.5], labels: null },
    ])
    expect(made.indices).toEqual([0, 0, 0, 1, 1, 1, 0, 1, 0])
    expect(made.summary).toMatchObject({ count: 3, noDataCount: 1, maximum: 20 })
    const { mask, holdOut } = made.parts
    expect(mask?.shape).toEqual([3])
    expect(holdOut?.shape).toEqual([3, 2])
    const folds = holdOut && [...(await readWhole(arraySource(holdOut, made.folder))).values]
    expect(folds).toEqual([1, 0, 0, 1, 0, 0])
  })

  test('may have other separators, no names, and another value column', async () => {
    const plain = await imported(longTableImporter, await tns('1\t1\t5\n2\t2\t6\n', 'p.tsv'))
    expect(plain.axes.map(({ name }) => name)).toEqual(['column 1', 'column 2'])
    expect(plain.values).toEqual([5, 6])
    const chosen = await imported(longTableImporter, await tns('a;b;c;d\n1;2;0.5;4\n', 'q.csv'), {
      'valueColumn': 'c',
      'indexColumns': 'b, d',
      'kind.d': 'coordinate',
    })
    expect(chosen.values).toEqual([0.5])
    expect(chosen.axes.map(({ name, coordinates }) => [name, coordinates])).toEqual([
      ['b', null],
      ['d', [4]],
    ])
  })

  test.each([
    ['a,b\n1,2\n', /at least two columns that say where an entry stands/],
    ['i,j,value\n1,2,x\n', /value holds words, not values/],
    ['i,j,value\n1,2,3\n1,2\n', /row 3 has another number of columns/],
    ['i,j,value\n', /names but no rows/],
    ['', /has no rows/],
    [`i,j,value\n${'1,2,3\n'.repeat(2500)}1,two,3\n`, /Row 2,502 of t\.csv has “two” in the column j/],
  ])('%j is refused', async (text, says) => {
    await expectFailure(imported(longTableImporter, await tns(text, 't.csv')), 'invalid-file', says)
  })

  test('with several values at one place asks what to do', async () => {
    const path = await tns('i,j,value,test0\n0,1,2,0\n0,1,4,0\n', 'd.csv')
    await expectFailure(imported(longTableImporter, path), 'invalid-data', /Choose whether such entries/)
    const { preview } = await longTableImporter.preview([path], {})
    expect(preview.options.map(({ key }) => key)).toContain('duplicates')
    expect(preview.warnings.join(' ')).toMatch(/choose whether such entries are summed/)
    expect((await imported(longTableImporter, path, { duplicates: 'mean' })).values).toEqual([3])
    const torn = await tns('i,j,value,test0\n0,1,2,0\n0,1,4,1\n', 'e.csv')
    await expectFailure(
      imported(longTableImporter, torn, { duplicates: 'sum' }),
      'invalid-data',
      /one is held out or missing where the other is not/,
    )
  })

  test('is looked at in slices, thinned without losing entries', async () => {
    const rows = Array.from({ length: 40 }, (_, i) => `${i},${(i * 7) % 40},${i % 2},${i}`)
    const made = await imported(longTableImporter, await tns(`i,j,k,value\n${rows.join('\n')}\n`, 's.csv'))
    const { indices } = made.parts
    if (indices === undefined) throw new Error('No indices.')
    const source = {
      values: arraySource(made.array, made.folder),
      indices: arraySource(indices, made.folder),
      sizes: made.axes.map(({ size }) => size),
    }
    const whole = await scatteredSlice(source, { rows: 0, columns: 1, at: [0, 0, 1] }, { side: 64 })
    expect(whole.shape).toEqual([40, 40])
    expect(whole.values[1 * 40 + 7]).toBe(1)
    expect([...whole.values].filter(Number.isFinite)).toHaveLength(20)
    const thin = await scatteredSlice(source, { rows: 0, columns: 1, at: [0, 0, 1] }, { side: 8 })
    expect(thin.shape).toEqual([8, 8])
    expect(thin.values[1]).toBe(1)
  })
})

describeWithData('Beijing PM2.5', ['tensors/beijing_pm25_50x50x150.csv.gz'], (path) => {
  test('has its grid and its five folds', async () => {
    const made = await imported(longTableImporter, path)
    expect(made.axes.map(({ name, size }) => [name, size])).toEqual([
      ['i', 50],
      ['j', 50],
      ['k', 150],
    ])
    expect(made.values).toHaveLength(7455)
    expect(made.parts['holdOut']?.shape).toEqual([7455, 5])
    expect(made.parts['mask']).toBeUndefined()
  })
})
