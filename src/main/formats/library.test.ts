import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { expectFailure, quietContext, temporaryFolder } from '../../../test/fixtures/temporary-folder'
import { doubles, matlab5File } from '../../../test/fixtures/matlab5-writer'
import { importPreviewSchema } from '../../shared/dataset'
import { readWhole } from './array-reader'
import { chooseImporter } from './choose-importer'
import { exportLibraryCsv } from './library-export'
import { arraySource } from './physical-values'

const folder = temporaryFolder()

async function written(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(await folder.make(), name)
  await writeFile(path, content)
  return path
}

async function imported(paths: string[]) {
  const importer = await chooseImporter(paths)
  const place = await folder.make()
  const { preview } = await importer.preview(paths, {})
  importPreviewSchema.parse({ ...preview, previewId: null })
  const dataset = await importer.import(paths, {}, quietContext(place))
  const { values } = await readWhole(arraySource(dataset.array, place))
  const { origin } = dataset
  return { dataset, values: [...values], place, format: origin.type === 'file' ? origin.format : null }
}

describe('a table of spectra', () => {
  const table = 'Wavelength (nm);Soil, dry;Tree\n# made by hand\n400;0.1;0.2\n500;0.3;0.4\n600;0.5;NaN\n'

  test('is a library: a column a spectrum, units from the heading, gaps named', async () => {
    const { dataset, values, format } = await imported([await written('some.csv', table)])
    expect(format).toBe('csv-library')
    expect(dataset.axes).toMatchObject([
      { name: 'band', size: 3, unit: 'nm', coordinates: [400, 500, 600] },
      { name: 'spectrum', labels: ['Soil, dry', 'Tree'] },
    ])
    expect(values).toEqual([0.1, 0.2, 0.3, 0.4, 0.5, Number.NaN])
    expect(dataset.notes).toEqual([expect.stringMatching(/^1 spectrum has missing values \(Tree\)/)])
  })

  test('may have no heading, blanks between its numbers, and equal names and spectra', async () => {
    const plain = await imported([await written('plain.txt', 'wl a a\n0.41 1 1\n0.52 2 2\n')])
    expect(plain.dataset.axes[0]).toMatchObject({ unit: 'µm' })
    expect(plain.dataset.axes[1]?.labels).toEqual(['a', 'a (2)'])
    expect(plain.dataset.notes.join(' ')).toMatch(/size says µm.*a \(2\) equals a/)
  })

  test('says when its wavelengths mix micrometres and nanometres, and converts them', async () => {
    const { dataset } = await imported([
      await written('mixed.tsv', 'wavelength\ta\n0.4\t1\n500\t2\n600\t3\n'),
    ])
    expect(dataset.axes[0]).toMatchObject({ unit: 'nm', coordinates: [400, 500, 600] })
    expect(dataset.notes).toEqual([
      'Mixed units: 1 of 3 wavelengths are in µm and the others in nm; all were converted to nm.',
    ])
  })

  test.each([
    ['wavelength,a\n400,1\n500\n', /Row 3 of .* has 1 entry, the others have 2/],
    ['wavelength,a\n400,1\n500,red\n', /"red" in row 3, column 2/],
    ['wavelength,a\n400,"1\n500,2\n', /is not a table/],
  ])('%j is refused in one sentence', async (text, message) => {
    const importer = (await import('./csv-library')).csvLibraryImporter
    await expectFailure(importer.preview([await written('bad.csv', text)], {}), 'invalid-file', message)
  })

  test('long tables of other things are left to others', async () => {
    const importer = (await import('./csv-library')).csvLibraryImporter
    expect(await importer.recognises([await written('long.csv', 'i,j,value\n0,1,0.5\n1,1,0.7\n')])).toBe(
      false,
    )
    expect(await importer.recognises([await written('text.txt', 'Some words, and more\nof them\n')])).toBe(
      false,
    )
  })

  test('can be exported and imported again', async () => {
    const { dataset, values, place } = await imported([await written('some.csv', table)])
    const path = join(await folder.make(), 'again.csv')
    const whole = {
      ...dataset,
      schema: 1 as const,
      id: 'some',
      name: 'Some',
      createdAt: '2026-01-01T00:00:00.000Z',
    }
    await exportLibraryCsv(whole, place, path)
    const again = await imported([path])
    expect(again.values).toEqual(values)
    expect(again.dataset.axes).toEqual(dataset.axes)
  })
})

describe('an ENVI spectral library', () => {
  const header = (lines: number) =>
    `ENVI\nsamples = 3\nlines = ${String(lines)}\nbands = 1\ndata type = 4\nbyte order = 0\nfile type = ENVI Spectral Library\nspectra names = {Soil, Tree}\nwavelength units = Micrometers\nwavelength = {0.4, 0.5, 0.6}\nbbl = {1, 0, 1}\n`

  test('is read with its names, wavelengths and good bands', async () => {
    const data = await written('lib.sli', new Uint8Array(Float32Array.of(1, 2, 3, 4, 5, 6).buffer))
    await writeFile(data.replace('.sli', '.hdr'), header(2))
    const { dataset, values } = await imported([data])
    expect(values).toEqual([1, 4, 2, 5, 3, 6])
    expect(dataset).toMatchObject({ kind: 'library', goodBands: [true, false, true] })
    expect(dataset.axes).toMatchObject([{ unit: 'µm' }, { labels: ['Soil', 'Tree'] }])
  })

  test('that is cut short is named with both sizes', async () => {
    const data = await written('lib.sli', new Uint8Array(20))
    await writeFile(data.replace('.sli', '.hdr'), header(9))
    const importer = await chooseImporter([data])
    await expectFailure(
      importer.preview([data], {}),
      'invalid-file',
      /9 spectra of 3 bands.*108 bytes.*has 20/,
    )
  })
})

test('a MATLAB library may lie transposed: the wavelengths tell', async () => {
  const library: Parameters<typeof matlab5File>[0] = [
    doubles('mylibrary', [2, 3], [1, 4, 2, 5, 3, 6]),
    doubles('wavelength', [3, 1], [400, 500, 600]),
  ]
  const path = await written('lib.mat', matlab5File(library, { littleEndian: true, compressed: true }))
  const { dataset, values } = await imported([path])
  expect(dataset.array.shape).toEqual([3, 2])
  expect(values).toEqual([1, 4, 2, 5, 3, 6])
  expect(dataset.axes[0]).toMatchObject({ unit: 'nm' })
})
