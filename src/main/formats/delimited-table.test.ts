import { gzipSync } from 'node:zlib'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { expectFailure, quietContext, temporaryFolder } from '../../../test/fixtures/temporary-folder'
import { describeWithData } from '../../../test/shared-data'
import { importPreviewSchema, type ImportChoices } from '../../shared/dataset'
import { readWhole } from './array-reader'
import { chooseImporter } from './choose-importer'
import { arraySource } from './physical-values'

const folder = temporaryFolder()

async function written(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(await folder.make(), name)
  await writeFile(path, content)
  return path
}

async function previewed(paths: string[], choices: ImportChoices = {}) {
  const { preview } = await (await chooseImporter(paths)).preview(paths, choices)
  return importPreviewSchema.parse({ ...preview, previewId: null })
}

async function imported(paths: string[], choices: ImportChoices = {}) {
  const place = await folder.make()
  const dataset = await (await chooseImporter(paths)).import(paths, choices, quietContext(place))
  const { values } = await readWhole(arraySource(dataset.array, place))
  const { splits } = dataset.parts
  const held = splits === undefined ? null : await readWhole(arraySource(splits, place))
  return { dataset, values: [...values], splits: held === null ? null : [...held.values] }
}

const roles = (preview: Awaited<ReturnType<typeof previewed>>) =>
  preview.table?.columns.map(({ role }) => role)

describe('a table of text', () => {
  test('without a heading has numbered columns, the last of which is the target', async () => {
    const path = await written('plain.csv', '0.5,1.25,3\n-1.5,2,4\n')
    const preview = await previewed([path])
    expect(preview.kind).toBe('table')
    expect(preview.axes[1]?.labels).toEqual(['column 1', 'column 2', 'column 3'])
    expect(roles(preview)).toEqual(['input', 'input', 'target'])
    const { dataset, values } = await imported([path])
    expect(dataset.columnRoles).toEqual(['input', 'input', 'target'])
    expect(values).toEqual([0.5, 1.25, 3, -1.5, 2, 4])
  })

  test.each([
    ['a;b;y\n1,5;2;3\n2,5;3;4\n', 'semicolon', [1.5, 2, 3, 2.5, 3, 4]],
    ['a\tb\ty\n1.5\t2\t3\n', 'tab', [1.5, 2, 3]],
    ['  1.5   2  3\n 10.5  2 -4\n', 'blank', [1.5, 2, 3, 10.5, 2, -4]],
  ])('%j is separated by its %s', async (text, delimiter, numbers) => {
    const path = await written('some.txt', text)
    const { options } = await previewed([path])
    expect(options.find(({ key }) => key === 'delimiter')?.value).toBe(delimiter)
    expect((await imported([path])).values).toEqual(numbers)
  })

  test('counts what is missing, guesses how it is written, and takes other markers', async () => {
    const path = await written('gaps.csv', 'a,b,y\n1,?,3\n2,5,-9999\n3,6,\n4,7,-9999\n')
    const preview = await previewed([path])
    expect(preview.options.find(({ key }) => key === 'missing')?.value).toBe('?')
    expect(preview.table?.columns.map(({ missing }) => missing)).toEqual([0, 1, 1])
    expect(preview.warnings.join(' ')).toMatch(/y holds -9999 in 2 rows, far from its other numbers/)
    const { dataset } = await imported([path], { missing: '?, -9999' })
    expect(dataset.summary?.nanCount).toBe(4)
    expect(dataset.notes.join(' ')).toMatch(/1 in b and 3 in y/)
  })

  test('leaves columns of words out by name, and refuses them as inputs', async () => {
    const path = await written('words.csv', 'size,colour,y\n1,red,2\n2,blue,3\n3,red,5\n')
    const { dataset, values } = await imported([path])
    expect(dataset.axes[1]?.labels).toEqual(['size', 'y'])
    expect(values).toEqual([1, 2, 2, 3, 3, 5])
    expect(dataset.notes.join(' ')).toMatch(/colour \(“red” and “blue”\)/)
    await expectFailure(
      previewed([path], { 'role.colour': 'input' }),
      'invalid-parameter',
      /The column colour holds words \(“red” and “blue”\).*leave the column unused/,
    )
  })

  test('names the row and the column of a word among numbers', async () => {
    const rows = Array.from({ length: 3000 }, (_, row) => `${row},${row / 2}`)
    rows[2900] = '5,broken'
    const path = await written('late.csv', `a,y\n${rows.join('\n')}\n`)
    await expectFailure(
      imported([path]),
      'invalid-file',
      /Row 2,902 of late\.csv has “broken” in the column y/,
    )
  })

  test('guesses roles by names, and takes others', async () => {
    const path = await written(
      'roles.csv',
      'id,x,noise_variance,weight,y,test0\n0,0.1,0.2,1,2,0\n1,0.2,0.1,2,3,1\n2,0.3,0.1,1,4,0\n',
    )
    expect(roles(await previewed([path]))).toEqual([
      'unused',
      'input',
      'noise-variance',
      'weight',
      'target',
      'split',
    ])
    const { dataset } = await imported([path], { 'role.x': 'target', 'role.weight': 'unused' })
    expect(dataset.columnRoles).toEqual(['unused', 'target', 'noise-variance', 'unused', 'input', 'split'])
    await expectFailure(
      previewed([path], { 'role.x': 'target', 'role.y': 'target' }),
      'invalid-parameter',
      /x and y all have the role “Target”/,
    )
    await expectFailure(
      previewed([path], { 'role.x': 'split' }),
      'invalid-parameter',
      /x is no split mask: it holds other numbers than 0 and 1/,
    )
  })

  test('takes saved splits from a second file, in either order', async () => {
    const table = await written('t.csv.gz', gzipSync('1,2\n3,4\n5,6\n'))
    const mask = await written('t_test_mask.csv.gz', gzipSync('0,1\n1,0\n0,0\n'))
    for (const paths of [
      [table, mask],
      [mask, table],
    ]) {
      const { dataset, splits } = await imported(paths)
      expect(dataset.parts['splits']?.shape).toEqual([3, 2])
      expect(splits).toEqual([0, 1, 1, 0, 0, 0])
    }
    const short = await written('short.csv', '0,1\n1,0\n')
    await expectFailure(previewed([table, short]), 'invalid-file', /splits for 2 rows, but the table has 3/)
    await expectFailure(previewed([table, table]), 'invalid-file', /do not belong together/)
  })

  test('is a matrix, a tensor or a library where it looks like one, or is said to be', async () => {
    const entries = await written('entries.csv', 'i,j,value\n0,1,0.5\n1,1,0.7\n')
    expect((await previewed([entries])).kind).toBe('matrix')
    expect((await previewed([entries], { kind: 'tensor' })).kind).toBe('tensor')
    const long = await written('long.csv', 'i,j,k,value\n0,1,2,0.5\n1,1,0,0.7\n')
    expect((await previewed([long])).kind).toBe('tensor')
    expect((await previewed([long], { kind: 'table' })).kind).toBe('table')
    const curve = await written('curve.csv', 'x,y\n0.41,1\n0.52,2\n0.63,1\n')
    expect((await previewed([curve], { kind: 'table' })).kind).toBe('table')
    const regression = await written('three.csv', 'x1,x2,y\n0.1,0.9,1\n0.2,0.8,2\n0.3,0.7,1\n')
    expect((await previewed([regression])).kind).toBe('table')
  })

  test.each([
    ['', /has no rows/],
    ['a,b\n', /has names of columns but no rows/],
    ['1,2\n3\n', /another number of columns/],
  ])('%j is refused in a sentence', async (text, says) => {
    await expectFailure(previewed([await written('bad.csv', text)]), 'invalid-file', says)
  })
})

describeWithData(
  'elevators',
  ['regression/elevators.csv.gz', 'regression/elevators_test_mask.csv.gz'],
  (table, splits) => {
    test('comes with its ten splits', async () => {
      const { dataset } = await imported([table, splits])
      expect(dataset.array.shape).toEqual([16_599, 19])
      expect(dataset.parts['splits']?.shape).toEqual([16_599, 10])
      expect(dataset.columnRoles?.at(-1)).toBe('target')
    })
  },
)
