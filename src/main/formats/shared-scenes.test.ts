import { join } from 'node:path'
import { expect, test } from 'vitest'
import { expectFailure, quietContext, temporaryFolder } from '../../../test/fixtures/temporary-folder'
import { describeWithData } from '../../../test/shared-data'
import { readWhole, type Float64Values } from './array-reader'
import { chooseImporter } from './choose-importer'
import { matlabImporter } from './matlab'
import { readNpyHeader } from './npy'
import { numpyImporter } from './numpy'
import { arraySource } from './physical-values'
import { truthFromFile } from './truth-from-file'

const folder = temporaryFolder()

/** Element of a C-ordered array at three indices. */
function at({ values, shape }: Float64Values, i: number, j: number, k: number): number {
  return values[(i * (shape[1] ?? 0) + j) * (shape[2] ?? 0) + k] ?? NaN
}

describeWithData('Samson', ['unmixing/samson_1.mat', 'unmixing/samson_gt.mat'], (plain, withTruth) => {
  test('is imported with its truth in the same orientation', async () => {
    expect((await chooseImporter([withTruth])).id).toBe('matlab')
    const { preview, plane } = await matlabImporter.preview([withTruth], {})
    expect(plane).toMatchObject({ lines: 95, samples: 95 })
    expect(preview.variables.map(({ name, role }) => `${name} ${role}`)).toEqual([
      'GT true endmembers',
      'S_GT true abundances',
      'Y cube',
      'cols size',
      'lines size',
    ])

    const place = await folder.make()
    const dataset = await matlabImporter.import([withTruth], {}, quietContext(place))
    expect(dataset.array).toMatchObject({ shape: [95, 95, 156], dtype: 'float64' })
    expect(dataset.truth?.names).toEqual(['Soil', 'Tree', 'Water'])
    expect(dataset.summary).toMatchObject({ count: 95 * 95 * 156, nanCount: 0, negativeCount: 0 })
    expect(dataset.notes.join(' ')).toMatch(/leave 1\d % .* this way, 9\d % the other way/)
    expect(dataset.notes.join(' ')).toMatch(/Every true endmember peaks at 1/)

    const { endmembers, abundances } = dataset.truth ?? {}
    if (!endmembers || !abundances) throw new Error('No truth')
    expect(endmembers.shape).toEqual([156, 3])
    const cube = await readWhole(arraySource(dataset.array, place))
    const maps = await readWhole(arraySource(abundances, place))
    const spectra = await readWhole(arraySource(endmembers, place))
    for (let pixel = 0; pixel < 9025; pixel += 1) {
      const sum = [0, 1, 2].reduce((total, k) => total + (maps.values[k * 9025 + pixel] ?? NaN), 0)
      expect(sum).toBeCloseTo(1, 10)
    }
    // Where a material is nearly pure, the pixel looks like its endmember: only true in one orientation.
    for (let material = 0; material < 3; material += 1) {
      const [line, sample] = purest(maps, material)
      const pixel = Array.from({ length: 156 }, (_, band) => at(cube, line, sample, band))
      const truth = Array.from({ length: 156 }, (_, band) => spectra.values[band * 3 + material] ?? NaN)
      expect(angle(pixel, truth)).toBeLessThan(15)
    }
  })

  test('takes its truth from the other file', async () => {
    const place = await folder.make()
    const dataset = await matlabImporter.import([plain], {}, quietContext(place))
    expect(dataset.truth).toBeNull()
    expect(dataset.origin).toMatchObject({
      choices: { cube: 'V', layout: 'bands-pixels', pixelOrder: 'column-major', lines: 95, samples: 95 },
    })
    const other = await folder.make()
    const { truth, notes } = await truthFromFile(
      withTruth,
      arraySource(dataset.array, place),
      {},
      quietContext(other),
    )
    expect(truth.names).toEqual(['Soil', 'Tree', 'Water'])
    expect(truth.abundances?.shape).toEqual([3, 95, 95])
    expect(notes.join(' ')).toMatch(/1\d % .* as they lie and 9\d % .* they are taken as they lie/)
    const turned = await truthFromFile(
      withTruth,
      arraySource(dataset.array, place),
      { mapOrientation: 'transposed' },
      quietContext(await folder.make()),
    )
    expect(turned.truth.abundances?.sha256).not.toBe(truth.abundances?.sha256)
  })

  test('is copied with the same bytes every time', async () => {
    const hashes = await Promise.all(
      [1, 2].map(
        async () =>
          (await matlabImporter.import([plain], {}, quietContext(await folder.make()))).array.sha256,
      ),
    )
    expect(hashes[0]).toBe(hashes[1])
  })

  test('wrong sizes are explained', async () => {
    const { preview } = await matlabImporter.preview([plain], { lines: 95, samples: 90 })
    expect(preview.warnings[0]).toBe('95 × 90 = 8,550 but V has 9,025 pixels; 95 × 95 fits.')
  })
})

describeWithData(
  'spectral libraries',
  ['unmixing/USGS_1995_Library.mat', 'unmixing/spectral_library_urban.mat'],
  (usgs, urban) => {
    test('USGS: wavelengths, bandwidths and channels in front of the spectra are told apart', async () => {
      const { preview, plane } = await matlabImporter.preview([usgs], {})
      expect(plane).toMatchObject({ lines: 12, samples: 224 })
      expect(preview).toMatchObject({ kind: 'library', previewBand: null })
      expect(preview.facts.map(({ value }) => value)).toEqual([
        '498',
        '224',
        '0.38315 to 2.5082 µm',
        'Acmite NMNH133746, Actinolite HS116.3B and Actinolite HS22.3B',
      ])
      const place = await folder.make()
      const dataset = await matlabImporter.import([usgs], {}, quietContext(place))
      expect(dataset.array).toMatchObject({ shape: [224, 498], dtype: 'float64', file: 'library.npy' })
      expect(dataset.axes[1]?.labels?.at(-1)).toBe('Walnut_Leaf SUN (Green)')
      expect(dataset.summary).toMatchObject({ nanCount: 0, negativeCount: 0 })
      expect(dataset.notes.join(' ')).toMatch(/first 3 columns of datalib .* do not rise/)
      const { values } = await readWhole(arraySource(dataset.array, place))
      expect(values[0]).toBeCloseTo(0.04158624, 7)
    })

    test('Urban: groups give the names of their spectra', async () => {
      const place = await folder.make()
      const dataset = await matlabImporter.import([urban], {}, quietContext(place))
      expect(dataset.array.shape).toEqual([162, 651])
      expect(dataset.axes[1]?.labels?.[0]).toBe('Asphalt 1')
      expect(dataset.axes[1]?.labels?.[69]).toBe('Grass 1')
      expect(dataset.axes[1]?.labels?.at(-1)).toBe('Dirt 164')
      expect(dataset.notes[0]).toMatch(/no wavelengths/)
    })
  },
)

describeWithData(
  'files that are no scenes',
  ['matrices/bar.mat', 'regression/heaton_satellite.mat'],
  (bar, heaton) => {
    test('are named as what they are', async () => {
      expect((await matlabImporter.preview([bar], {})).preview.kind).toBe('matrix')
      expect((await matlabImporter.preview([heaton], {})).preview.kind).toBe('table')
    })
  },
)

describeWithData('DC2 abundances', ['unmixing/dc2_abundances_spatial2.mat'], (path) => {
  test('are read, with a warning that they are no scene', async () => {
    const { preview } = await matlabImporter.preview([path], {})
    expect(preview.axes.map(({ size }) => size)).toEqual([100, 100, 9])
    expect(preview.warnings.join(' ')).toMatch(/sums to one: these look like abundances of 9 materials/)
  })
})

describeWithData(
  'NumPy tensors',
  ['tensors/kinetic.npy', 'tensors/kinetic_missing.npy', 'tensors/il2_response.npy'],
  (...paths) => {
    test('are read whole, and become tensors', async () => {
      const [kinetic, missing, response] = await Promise.all(
        paths.map(async (path) => {
          const layout = await readNpyHeader(path)
          return { layout, ...(await readWhole({ ...layout, path })) }
        }),
      )
      expect(kinetic?.layout).toMatchObject({ dtype: 'float64', shape: [64, 12, 10, 60] })
      expect(missing?.layout.dtype).toBe('bool')
      expect(response?.values.filter(Number.isNaN)).toHaveLength(192)
      const { preview } = await numpyImporter.preview([paths[0], paths[1]], {})
      expect(preview.kind).toBe('tensor')
      expect(preview.variables.map(({ role }) => role)).toEqual(['array', 'mask'])
      expect(preview.options.find(({ key }) => key === 'maskMeaning')?.value).toBe('missing')
      await expectFailure(numpyImporter.preview([join(paths[0], 'x')], {}), 'not-found', /no longer there/)
    })
  },
)

function purest(maps: Float64Values, material: number): [number, number] {
  const map = maps.values.subarray(material * 9025, (material + 1) * 9025)
  const pixel = map.indexOf(Math.max(...map))
  return [Math.floor(pixel / 95), pixel % 95]
}

/** Angle between two spectra in degrees. */
function angle(a: readonly number[], b: readonly number[]): number {
  const dot = a.reduce((sum, value, index) => sum + value * (b[index] ?? NaN), 0)
  return (Math.acos(Math.min(1, dot / Math.hypot(...a) / Math.hypot(...b))) * 180) / Math.PI
}
