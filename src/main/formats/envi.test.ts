import fc from 'fast-check'
import { mkdir, rename, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { datasetSchema, importPreviewSchema, type Dataset } from '../../shared/dataset'
import { chooseImporter } from './choose-importer'
import { exportCubeEnvi, exportCubeNpy } from './cube-export'
import { enviImporter } from './envi'
import { enviTypes, interleaves } from './envi-scene'
import { expectFailure, quietContext, temporaryFolder } from '../../../test/fixtures/temporary-folder'
import { writeNpy } from './npy-writer'
import { arraySource, bandsOfCube, spectrumOfPixel } from './physical-values'
import { readWhole } from './array-reader'
import { numpyImporter } from './numpy'

const folder = temporaryFolder()

function datasetOf(imported: Omit<Dataset, 'id' | 'name' | 'createdAt' | 'schema'>): Dataset {
  return datasetSchema.parse({
    schema: 1,
    id: 'test',
    name: 'Test',
    createdAt: '2024-01-01T00:00:00.000Z',
    ...imported,
  })
}

async function scene(name: string, header: string, bytes: Uint8Array, ending = '.img'): Promise<string> {
  const place = await folder.make()
  await writeFile(join(place, `${name}.hdr`), `ENVI\n${header}`)
  await writeFile(join(place, name + ending), bytes)
  return join(place, `${name}.hdr`)
}

const small = 'samples = 2\nlines = 2\nbands = 3\ndata type = 4\ninterleave = bip\nbyte order = 0\n'

async function importAt(path: string): Promise<Dataset> {
  return datasetOf(await enviImporter.import([path], {}, quietContext(await folder.make())))
}

describe('importing ENVI', () => {
  test('counts what a person should know: NaN, infinite and negative values with their places', async () => {
    const values = Float32Array.of(1, 2, 3, 4, NaN, 6, -7, 8, 9, 10, 11, Infinity)
    const dataset = await importAt(await scene('odd', small, new Uint8Array(values.buffer)))
    expect(dataset.summary).toMatchObject({
      nanCount: 1,
      infiniteCount: 1,
      negativeCount: 1,
      firstInvalid: [0, 1, 1],
      firstNegative: [1, 0, 0],
      minimum: -7,
      maximum: 11,
    })
    expect(dataset.notes.join(' ')).toMatch(
      /1 value is NaN and 1 value is infinite; the first is at line 0, sample 1, band 1/,
    )
    expect(dataset.notes.join(' ')).toMatch(
      /1 value is negative, down to -7; the first is at line 1, sample 0, band 0/,
    )
    expect(dataset.array).toMatchObject({ location: 'external', sha256: null })
  })

  test('scale and no-data value turn stored numbers into reflectance', async () => {
    const bytes = new Uint8Array(Int16Array.of(5000, 0, -999, 10_000, 20_000, 1, 2, 3, 4, 5, 6, 7).buffer)
    const header = small.replace('data type = 4', 'data type = 2')
    const path = await scene(
      'scaled',
      `${header}data ignore value = -999\nreflectance scale factor = 10000`,
      bytes,
    )
    const dataset = await importAt(path)
    expect(dataset.quantity.name).toBe('Reflectance')
    expect(dataset.summary).toMatchObject({ noDataCount: 1, negativeCount: 0, maximum: 2 })
    const bands = await bandsOfCube(dataset, '/', [0, 2], 100)
    expect([...bands.values]).toEqual([0.5, 1, 2e-4, 5e-4, NaN, 1e-4, 4e-4, 7e-4].map(Math.fround))
    expect(bands.maximum).toBe(1)
    expect([...(await spectrumOfPixel(dataset, '/', 0, 0))]).toEqual([0.5, 0, NaN])
  })

  test('says by how many bytes the data are too short, and notes extra ones', async () => {
    const short = await scene('short', small, new Uint8Array(40))
    await expectFailure(
      importAt(short),
      'invalid-file',
      /short\.hdr promises 48 bytes .* short\.img has 40: 8 bytes are missing/,
    )
    await expectFailure(enviImporter.preview([short], {}), 'invalid-file', /8 bytes are missing/)
    const long = await importAt(await scene('long', small, new Uint8Array(50)))
    expect(long.notes.join(' ')).toMatch(/2 bytes more than its header describes/)
  })

  test('a header that promises 10¹⁵ bytes costs neither time nor memory', async () => {
    const header = small.replace('bands = 3', 'bands = 62500000000000')
    await expectFailure(
      importAt(await scene('hostile', header, new Uint8Array(48))),
      'invalid-file',
      /promises 1,000,000,000,000,000 bytes/,
    )
  })

  test('the header of a 10 GB scene is imported without reading or copying its data', async () => {
    const header = 'samples = 5000\nlines = 5000\nbands = 200\ndata type = 12\ninterleave = bsq\n'
    const path = await scene('huge', header, new Uint8Array(0), '.bsq')
    await truncate(path.replace('.hdr', '.bsq'), 5000 * 5000 * 200 * 2)
    const dataset = await importAt(path)
    expect(dataset.summary).toBeNull()
    expect(dataset.array).toMatchObject({ location: 'external', sha256: null, bytes: 1e10 })
  })

  test.each(['', '.img', '.DAT', '.sli', '.raw', '.bsq', '.BIL', '.bip'])(
    'finds the data file "scene%s" and its header',
    async (ending) => {
      const header = await scene('scene', small, new Uint8Array(48), ending)
      const data = header.replace(/\.hdr$/, ending)
      for (const paths of [[header], [data], [data, header]]) {
        const importer = await chooseImporter(paths)
        expect(importer.id).toBe('envi')
        expect((await importer.preview(paths, {})).preview.bytes).toBe(48)
      }
    },
  )

  test('finds scene.img.HDR, and prefers it to scene.hdr', async () => {
    const header = await scene('scene', small.replace('bands = 3', 'bands = 2'), new Uint8Array(48))
    const longer = header.replace('scene.hdr', 'scene.img.HDR')
    await writeFile(longer, `ENVI\n${small}`)
    const { preview } = await enviImporter.preview([header.replace('.hdr', '.img')], {})
    expect(preview.axes[2]?.size).toBe(3)
    expect((await enviImporter.preview([longer], {})).preview.axes[2]?.size).toBe(3)
  })

  test('names what is missing', async () => {
    const header = await scene('scene', small, new Uint8Array(48))
    await rm(header.replace('.hdr', '.img'))
    await expectFailure(
      enviImporter.preview([header], {}),
      'not-found',
      /The data file of scene\.hdr is missing: there is no scene and no scene\.img/,
    )
    await rename(header, `${header}.away`)
    await expectFailure(chooseImporter([header]), 'not-found', /no longer there.*scene\.hdr/)
    await expectFailure(enviImporter.preview([header], {}), 'not-found', /no longer there.*scene\.hdr/)
    await expectFailure(
      enviImporter.preview([`${header}.away`], {}),
      'not-found',
      /ENVI header of scene\.hdr\.away is missing/,
    )
  })

  test('the picture shows the proposed red band, thinned to 512 a side', async () => {
    const header =
      'samples = 600\nlines = 1100\nbands = 2\ndata type = 1\ninterleave = bsq\ndefault bands = {2}\n'
    const bytes = new Uint8Array(600 * 1100 * 2)
    bytes[600 * 1100 + 3 * 600 + 6] = 9
    const { preview, plane } = await enviImporter.preview([await scene('wide', header, bytes)], {})
    expect(importPreviewSchema.parse({ previewId: null, ...preview }).previewBand).toBe(1)
    expect(plane).toMatchObject({ lines: 367, samples: 200 })
    expect(plane?.values[200 + 2]).toBe(9)
  })
})

describe('choosing an importer', () => {
  test('says what can be read', async () => {
    const place = await folder.make()
    await writeFile(join(place, 'photo.png'), 'x')
    await writeFile(join(place, 'other.txt'), 'x')
    await mkdir(join(place, 'sub'))
    await expectFailure(
      chooseImporter([join(place, 'photo.png')]),
      'invalid-file',
      /photo\.png is in no format that can be read: ENVI .* MATLAB \(\.mat\), NumPy \(\.npy\)/,
    )
    await expectFailure(
      chooseImporter([join(place, 'photo.png'), join(place, 'other.txt')]),
      'invalid-file',
      /do not belong together/,
    )
    await expectFailure(chooseImporter([join(place, 'sub')]), 'invalid-file', /sub is a folder/)
    await expectFailure(chooseImporter([]), 'not-found', /No file/)
  })
})

describe('export and import', () => {
  const codes = [1, 2, 3, 4, 5, 12, 13, 14, 15] as const

  test('every type comes back in every interleave and byte order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...codes),
        fc.constantFrom(...interleaves),
        fc.constantFrom('little' as const, 'big' as const),
        fc.constantFrom(...interleaves),
        fc.tuple(
          fc.integer({ min: 1, max: 5 }),
          fc.integer({ min: 1, max: 5 }),
          fc.integer({ min: 1, max: 5 }),
        ),
        async (code, interleave, byteOrder, target, [lines, samples, bands]) => {
          const size =
            { uint8: 1, int16: 2, uint16: 2, int32: 4, uint32: 4, float32: 4 }[String(enviTypes[code])] ?? 8
          const bytes = Uint8Array.from(
            { length: lines * samples * bands * size },
            (_, index) => (index * 73 + 11) % 61,
          )
          const header = await scene(
            'a',
            `samples=${samples}\nlines=${lines}\nbands=${bands}\ndata type=${code}\ninterleave=${interleave}\nbyte order=${byteOrder === 'big' ? 1 : 0}\nwavelength units = um\nwavelength = {${Array.from({ length: bands }, (_, band) => 0.4 + band / 10).join()}}\nbbl={${Array.from({ length: bands }, (_, band) => band % 2).join()}}\nfwhm={${Array.from({ length: bands }, (_, band) => 0.1 + band / 50).join()}}\nreflectance scale factor = 4000\ndata ignore value = 7\ndefault bands = {1}\n`,
            bytes,
          )
          const first = await importAt(header)
          const place = await folder.make()
          const files = await exportCubeEnvi(first, '/', join(place, 'b'), { interleave: target, byteOrder })
          const second = await importAt(files.header)
          const original = await readWhole(arraySource(first.array, '/'))
          expect((await readWhole(arraySource(second.array, '/'))).values).toEqual(original.values)
          const { axes, bandWidths, goodBands, displayBands, noDataValue, scale, quantity } = first
          expect(second).toMatchObject({
            axes,
            bandWidths,
            goodBands,
            displayBands,
            noDataValue,
            scale,
            quantity,
          })

          await exportCubeNpy(first, '/', join(place, 'c.npy'))
          const third = await numpyImporter.import(
            [join(place, 'c.npy')],
            { axisOrder: 'line-sample-band' },
            quietContext(place),
          )
          expect((await readWhole(arraySource(third.array, '/'))).values).toEqual(original.values)
        },
      ),
      { numRuns: 60 },
    )
  })

  test('an export never overwrites', async () => {
    const dataset = await importAt(await scene('a', small, new Uint8Array(48)))
    const place = await folder.make()
    await writeFile(join(place, 'b.img'), 'mine')
    await expectFailure(
      exportCubeEnvi(dataset, '/', join(place, 'b'), { interleave: 'bsq', byteOrder: 'little' }),
      'busy',
      /b\.img/,
    )
  })
})

describe('importing NumPy', () => {
  test('a cube stays where it is, with its axes in the chosen order', async () => {
    const place = await folder.make()
    const path = join(place, 'cube.npy')
    await writeNpy(
      path,
      'int32',
      [7, 4, 4],
      Int32Array.from({ length: 112 }, (_, index) => index),
    )
    const { preview, plane } = await numpyImporter.preview([path], {})
    expect(preview.options.map(({ value }) => value)).toEqual(['cube', 'band-line-sample'])
    expect(preview.axes.map(({ size }) => size)).toEqual([4, 4, 7])
    expect(plane?.values[5]).toBe(3 * 16 + 5)
    const dataset = datasetOf(
      await numpyImporter.import([path], { axisOrder: 'band-sample-line' }, quietContext(place)),
    )
    expect([...(await spectrumOfPixel(dataset, '/', 1, 2))]).toEqual(
      [0, 1, 2, 3, 4, 5, 6].map((band) => band * 16 + 2 * 4 + 1),
    )
    await expectFailure(
      numpyImporter.preview([path], { axisOrder: 'upside-down' }),
      'invalid-parameter',
      /no answer for axisOrder/,
    )
  })

  test('lists and empty arrays are named', async () => {
    const place = await folder.make()
    await writeNpy(join(place, 'l.npy'), 'float64', [6], new Float64Array(6))
    await writeNpy(join(place, 'e.npy'), 'float64', [2, 0, 3], new Float64Array(0))
    await expectFailure(
      numpyImporter.preview([join(place, 'l.npy')], {}),
      'invalid-file',
      /l\.npy holds a list of 6 numbers; a tensor has at least two modes/,
    )
    await expectFailure(numpyImporter.preview([join(place, 'e.npy')], {}), 'invalid-file', /e\.npy is empty/)
  })
})
