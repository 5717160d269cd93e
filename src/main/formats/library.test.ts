import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { expectFailure, quietContext, temporaryFolder } from '../../../test/fixtures/temporary-folder'
import { doubles, matlab5File } from '../../../test/fixtures/matlab5-writer'
import { importPreviewSchema, type ImportChoices } from '../../shared/dataset'
import { readWhole } from './array-reader'
import { chooseImporter } from './choose-importer'
import type { ImportedDataset } from './importer'
import { exportLibraryCsv, exportLibraryEnvi } from './library-export'
import { arraySource } from './physical-values'

const folder = temporaryFolder()

async function written(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(await folder.make(), name)
  await writeFile(path, content)
  return path
}

async function imported(paths: string[], choices: ImportChoices = {}) {
  const importer = await chooseImporter(paths)
  const place = await folder.make()
  const { preview } = await importer.preview(paths, choices)
  importPreviewSchema.parse({ ...preview, previewId: null })
  const dataset = await importer.import(paths, choices, quietContext(place))
  const { values } = await readWhole(arraySource(dataset.array, place))
  const { origin } = dataset
  const format = origin.type === 'file' ? origin.format : null
  return { dataset, values: [...values], place, format, options: preview.options }
}

/** A dataset as a project keeps it. */
function kept(dataset: ImportedDataset) {
  return { ...dataset, schema: 1 as const, id: 'some', name: 'Some', createdAt: '2026-01-01T00:00:00.000Z' }
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
    const carbon = 'year,ppm\n1960.04,315.2\n1960.13,316.1\n1960.21,317.0\n'
    expect(await importer.recognises([await written('carbon.csv', carbon)])).toBe(false)
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
    await exportLibraryCsv(kept(dataset), place, path)
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

  test('can be exported and imported again', async () => {
    const data = await written('lib.sli', new Uint8Array(Float32Array.of(1, 2, Number.NaN, 4, 5, 6).buffer))
    await writeFile(data.replace('.sli', '.hdr'), header(2))
    const { dataset, values, place } = await imported([data])
    const target = join(await folder.make(), 'again')
    const files = await exportLibraryEnvi(kept(dataset), place, target)
    const again = await imported([files.data])
    expect(again.values).toEqual(values)
    expect(again.dataset.axes).toEqual(dataset.axes)
    expect(again.dataset.goodBands).toEqual(dataset.goodBands)
    await expectFailure(exportLibraryEnvi(kept(dataset), place, target), 'busy', /again\.sli/)
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

describe('USGS spectra as text', () => {
  const spectrum = (name: string, values: number[], record = 1) =>
    ` splib07a Record=${String(record)}: ${name}\n${values.map((value) => ` ${value.toExponential(7)}`).join('\n')}\n`

  /** A library of two instruments in chapters, with wavelengths above them. */
  async function library(): Promise<{ top: string; minerals: string }> {
    const top = await folder.make()
    const minerals = join(top, 'ChapterM_Minerals')
    await mkdir(join(top, 'errorbars'))
    await mkdir(minerals)
    const files: [string, string][] = [
      [
        join(top, 'splib07a_Wavelengths_ASD_0.35-2.5_microns_3_ch.txt'),
        spectrum('Wavelengths ASD 0.35-2.5 microns 3 ch', [0.35, 1, 2.5]),
      ],
      [
        join(top, 'splib07a_Wavelengths_AVIRIS_1996.txt'),
        spectrum('Wavelengths AVIRIS 1996', [0.4, 1.1, 2.4]),
      ],
      [join(top, 'splib07a_Bandpass_(FWHM)_ASD.txt'), spectrum('Bandpass (FWHM) ASD', [0.1, 0.1, 0.1])],
      [join(top, 'errorbars', 'x.txt'), spectrum('errorbars for Quartz', [0, 0, 0])],
      [join(minerals, 'a.txt'), spectrum('Quartz GDS74 ASDFRb AREF', [0.5, -1.23e34, 0.7])],
      [join(minerals, 'b.txt'), spectrum('Oliv\u00e9ne ASDFRb AREF', [0.1, 0.2, 0.3])],
      [join(minerals, 'c.txt'), spectrum('Quartz BECKb AREF', [1, 2, 3, 4])],
    ]
    for (const [path, text] of files) await writeFile(path, Buffer.from(text, 'latin1'))
    return { top, minerals }
  }

  test('a folder of one file a spectrum becomes the library of the instrument of most of them', async () => {
    const { top, minerals } = await library()
    for (const chosen of [
      [top],
      [minerals],
      [join(minerals, 'a.txt'), join(minerals, 'b.txt'), join(minerals, 'c.txt')],
    ]) {
      const { dataset, values, format } = await imported(chosen)
      expect(format).toBe('usgs-ascii')
      expect(dataset.axes).toMatchObject([
        { unit: 'µm', coordinates: [0.35, 1, 2.5] },
        { labels: ['Quartz GDS74 ASDFRb AREF', 'Olivéne ASDFRb AREF'] },
      ])
      expect(values).toEqual([0.5, 0.1, Number.NaN, 0.2, 0.7, 0.3])
      const notes = dataset.notes.join(' ')
      expect(notes).toMatch(/1 spectrum of another number of channels than 3 is left out/)
      expect(notes).toMatch(/wavelengths are those of splib07a_Wavelengths_ASD.*all have 3 channels/)
      expect(notes).toMatch(/1 spectrum has missing values \(Quartz GDS74/)
      expect(dataset.origin).toMatchObject({ choices: { channels: '3' } })
    }
  })

  test('another instrument, and other wavelengths, can be chosen', async () => {
    const { top } = await library()
    const beckman = await imported([top], { channels: '4' })
    expect(beckman.dataset.array.shape).toEqual([4, 1])
    expect(beckman.dataset.axes[0]?.coordinates).toBeNull()
    expect(beckman.dataset.notes.join(' ')).toMatch(/No file of wavelengths with 4 channels/)
    const other = await imported([top], { wavelengths: 'splib07a_Wavelengths_AVIRIS_1996.txt' })
    expect(other.dataset.axes[0]?.coordinates).toEqual([0.4, 1.1, 2.4])
    expect(other.options.map(({ key }) => key)).toEqual(['channels', 'wavelengths'])
  })

  test('a folder of something else, and a stranger among spectra, are refused in words', async () => {
    const { top, minerals } = await library()
    await expectFailure(
      chooseImporter([await folder.make()]),
      'invalid-file',
      /is a folder, not a file, and holds no spectra/,
    )
    const words = join(minerals, 'A read me.txt')
    await writeFile(words, 'Read me\nfirst, please\n')
    const { dataset } = await imported([minerals])
    expect(dataset.notes.join(' ')).toMatch(
      /1 text among them is no spectrum in this form and left out: A read/,
    )
    await expectFailure(
      chooseImporter([words, join(minerals, 'a.txt'), join(minerals, 'b.txt')]),
      'invalid-file',
      /do not belong/,
    )
    const only = join(top, 'splib07a_Wavelengths_AVIRIS_1996.txt')
    await expectFailure(imported([only]), 'invalid-file', /no spectra, only wavelengths/)
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
