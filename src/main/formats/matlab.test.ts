import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { datasetSchema, importPreviewSchema, type ImportChoices } from '../../shared/dataset'
import { readWhole } from './array-reader'
import { doubles, matlab5File, type FixtureVariable } from '../../../test/fixtures/matlab5-writer'
import { expectFailure, quietContext, temporaryFolder } from '../../../test/fixtures/temporary-folder'
import { matlabImporter } from './matlab'
import { arraySource } from './physical-values'
import { truthFromFile } from './truth-from-file'

const folder = temporaryFolder()
const [lines, samples, bands, materials] = [18, 27, 20, 3]

/** Abundances of a small scene that sum to one and change slowly. */
function share(material: number, line: number, sample: number): number {
  const weight = (k: number) => Math.exp(Math.sin(k * 2 + line / 5) + Math.cos(k + sample / (4 + k)))
  return weight(material) / (weight(0) + weight(1) + weight(2))
}
const spectrum = (material: number, band: number) =>
  0.5 + 0.4 * Math.sin(material + (band * (material + 1)) / 6)
function reflectance(line: number, sample: number, band: number): number {
  let sum = 0
  for (let material = 0; material < materials; material += 1) {
    sum += spectrum(material, band) * share(material, line, sample)
  }
  return sum
}

/** Numbers of an array in MATLAB's order (first axis fastest). */
function columnMajor(shape: number[], value: (...index: number[]) => number): number[] {
  const values: number[] = []
  const visit = (axis: number, index: number[]): void => {
    if (axis < 0) values.push(value(...index))
    else for (let i = 0; i < (shape[axis] ?? 0); i += 1) visit(axis - 1, [i, ...index])
  }
  visit(shape.length - 1, [])
  return values
}

function array(name: string, shape: number[], value: (...index: number[]) => number): FixtureVariable {
  return doubles(name, shape, columnMajor(shape, value))
}
const scalar = (name: string, value: number) => doubles(name, [1, 1], [value])

/** Line and sample of a pixel. */
const byColumns = (pixel: number): [number, number] => [pixel % lines, Math.floor(pixel / lines)]
const byRows = (pixel: number): [number, number] => [Math.floor(pixel / samples), pixel % samples]

async function written(variables: FixtureVariable[], name = 'scene.mat'): Promise<string> {
  const path = join(await folder.make(), name)
  await writeFile(path, matlab5File(variables, { littleEndian: true, compressed: true }))
  return path
}

async function imported(variables: FixtureVariable[], choices: ImportChoices = {}) {
  const place = await folder.make()
  const made = await matlabImporter.import([await written(variables)], choices, quietContext(place))
  const dataset = datasetSchema.parse({
    schema: 1,
    id: 'a',
    name: 'A',
    createdAt: '2024-01-01T00:00:00.000Z',
    ...made,
  })
  return { dataset, place, values: (await readWhole(arraySource(dataset.array, place))).values }
}

function expectScene(values: Float64Array): void {
  for (let line = 0; line < lines; line += 1)
    for (let sample = 0; sample < samples; sample += 1)
      for (let band = 0; band < bands; band += 1)
        expect(values[(line * samples + sample) * bands + band]).toBe(reflectance(line, sample, band))
}

const jasper = [
  array('Y', [bands, lines * samples], (band, pixel) => reflectance(...byColumns(pixel), band)),
  scalar('nRow', lines),
  scalar('nCol', samples),
  scalar('nBand', 224),
  doubles(
    'SlectBands',
    [bands, 1],
    Array.from({ length: bands }, (_, band) => band + 4),
  ),
  scalar('maxValue', 1),
]
const jasperTruth: FixtureVariable[] = [
  array('M', [bands, materials], (band, material) => spectrum(material, band)),
  array('A', [materials, lines * samples], (material, pixel) => share(material, ...byColumns(pixel))),
  { name: 'cood', shape: [1, 3], content: { kind: 'cells', strings: ['#1 Tree', '#2 Water', '#3 Soil'] } },
]

describe('roles guessed from names and sizes', () => {
  test('a Jasper-like file with its truth', async () => {
    const { dataset, place, values } = await imported([...jasper, ...jasperTruth])
    expect(dataset.array).toMatchObject({
      shape: [lines, samples, bands],
      dtype: 'float64',
      file: 'cube.npy',
    })
    expectScene(values)
    expect(dataset.axes[2]?.labels?.[0]).toBe('channel 4')
    expect(dataset.truth?.names).toEqual(['Tree', 'Water', 'Soil'])
    const { endmembers, abundances } = dataset.truth ?? {}
    if (!endmembers || !abundances) throw new Error('No truth')
    expect(endmembers.shape).toEqual([bands, materials])
    expect((await readWhole(arraySource(endmembers, place))).values[7 * materials + 2]).toBe(spectrum(2, 7))
    expect(abundances.shape).toEqual([materials, lines, samples])
    const maps = (await readWhole(arraySource(abundances, place))).values
    expect(maps[(2 * lines + 4) * samples + 7]).toBe(share(2, 4, 7))
  })

  test('a HySUPP file whose pixels lie row by row is told from the numbers', async () => {
    const { dataset, values } = await imported([
      array('Y', [bands, lines * samples], (band, pixel) => reflectance(...byRows(pixel), band)),
      array('E', [bands, materials], (band, material) => spectrum(material, band)),
      array('A', [materials, lines * samples], (material, pixel) => share(material, ...byRows(pixel))),
      ...[
        scalar('H', lines),
        scalar('W', samples),
        scalar('p', materials),
        scalar('L', bands),
        scalar('N', lines * samples),
      ],
    ])
    expectScene(values)
    expect(dataset.origin).toMatchObject({
      choices: { pixelOrder: 'row-major', endmembers: 'E', abundances: 'A' },
    })
    expect(dataset.truth?.names).toEqual(['Endmember 1', 'Endmember 2', 'Endmember 3'])
  })

  test('an autoencoder file: pixels × bands, materials × bands, maps with axes of their own', async () => {
    const { dataset, place, values } = await imported([
      array('Y', [lines * samples, bands], (pixel, band) => reflectance(...byColumns(pixel), band)),
      array('GT', [materials, bands], (material, band) => spectrum(material, band)),
      array('S_GT', [lines, samples, materials], (line, sample, material) => share(material, line, sample)),
      ...[scalar('lines', lines), scalar('cols', samples)],
    ])
    expectScene(values)
    expect(dataset.notes.join(' ')).toMatch(
      /checked against the abundance maps: they leave \d+ % .* this way/,
    )
    const reference = dataset.truth?.endmembers
    if (!reference) throw new Error('No truth')
    expect((await readWhole(arraySource(reference, place))).values[5 * materials + 1]).toBe(spectrum(1, 5))
  })

  test.each([
    ['line-sample-band', [lines, samples, bands]],
    ['band-line-sample', [bands, lines, samples]],
    ['sample-line-band', [samples, lines, bands]],
    ['line-band-sample', [lines, bands, samples]],
  ])('a cube with three axes in the order %s', async (axisOrder, shape) => {
    const order = axisOrder.split('-')
    const at = (index: number[], name: string) => index[order.indexOf(name)] ?? 0
    const cube = array('data', shape, (...index) =>
      reflectance(at(index, 'line'), at(index, 'sample'), at(index, 'band')),
    )
    const named = [scalar('rows', lines), scalar('cols', samples)]
    expectScene((await imported([cube, ...named])).values)
    expectScene((await imported([cube], { axisOrder })).values)
  })

  test('wavelengths, integers and 64-bit integers', async () => {
    const counts: FixtureVariable = {
      name: 'cube',
      shape: [2, 2, 3],
      content: { kind: 'numbers', class: 'uint16', values: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 65_535] },
    }
    const first = await imported([counts, doubles('wavelengths', [3, 1], [400, 500, 600])])
    expect(first.dataset.array.dtype).toBe('uint16')
    expect(first.dataset.axes[2]).toMatchObject({ unit: 'nm', coordinates: [400, 500, 600] })
    expect(first.dataset.summary).toMatchObject({ count: 12, maximum: 65_535 })
    const long: FixtureVariable = {
      name: 'cube',
      shape: [2, 2, 3],
      content: { kind: 'numbers', class: 'int64', values: Array.from({ length: 12 }, (_, i) => -i) },
    }
    const second = await imported([long])
    expect(second.dataset.array.dtype).toBe('float64')
    expect(second.dataset.notes.join(' ')).toMatch(/64-bit integers, kept as doubles/)
    expect(second.dataset.notes.join(' ')).toMatch(/11 values are negative, down to -11/)
  })

  test('NaN is counted, with its first place', async () => {
    const { dataset } = await imported([
      array('V', [bands, lines * samples], (band, pixel) => (pixel === 10 && band === 3 ? NaN : 1)),
      scalar('nRow', lines),
      scalar('nCol', samples),
    ])
    expect(dataset.summary?.firstInvalid).toEqual([10, 0, 3])
    expect(dataset.notes.join(' ')).toMatch(/1 value is NaN; the first is at line 10, sample 0, band 3/)
  })
})

describe('choices', () => {
  test('lines × samples that do not fit are explained, and drawn again once they do', async () => {
    const path = await written([
      array('V', [bands, lines * samples], (band, pixel) => reflectance(...byColumns(pixel), band)),
    ])
    const wrong = await matlabImporter.preview([path], { lines: 18, samples: 26 })
    expect(wrong.plane).toBeNull()
    expect(wrong.preview.warnings[0]).toBe('18 × 26 = 468 but V has 486 pixels; 18 × 27 fits.')
    await expectFailure(
      matlabImporter.import([path], { lines: 18, samples: 26 }, quietContext(await folder.make())),
      'invalid-parameter',
      /18 × 27 fits/,
    )
    const half = await matlabImporter.preview([path], { lines: 9 })
    expect(half.preview.options.find(({ key }) => key === 'samples')?.value).toBe(54)
    const guessed = await matlabImporter.preview([path], {})
    expect(guessed.preview.warnings[0]).toMatch(
      /does not say how many lines and samples the 486 pixels of V are; 18 × 27 is a guess/,
    )
    expect(guessed.plane?.values[1]).toBe(Math.fround(reflectance(0, 1, 10)))
  })

  test('the picture is drawn for the chosen order of pixels', async () => {
    const path = await written(jasper)
    const columns = await matlabImporter.preview([path], {})
    const rows = await matlabImporter.preview([path], { pixelOrder: 'row-major' })
    expect(columns.plane?.values[samples]).toBe(Math.fround(reflectance(1, 0, 10)))
    expect(rows.plane?.values[1]).toBe(Math.fround(reflectance(1, 0, 10)))
  })

  test('an unknown answer is refused with what there is', async () => {
    const path = await written([...jasper, ...jasperTruth])
    await expectFailure(
      matlabImporter.preview([path], { cube: 'Z' }),
      'invalid-parameter',
      /"Z" is no answer for cube; it is one of Y/,
    )
    await expectFailure(
      matlabImporter.preview([path], { lines: 'many' }),
      'invalid-parameter',
      /lines must be a whole number above 0/,
    )
    await expectFailure(
      matlabImporter.preview([path], { endmembers: 'Q' }),
      'invalid-parameter',
      /"Q" is no answer for endmembers/,
    )
    const stale = await matlabImporter.preview([path], { layout: 'pixels-bands', endmembers: 'M' })
    expect(stale.preview.warnings.join(' ')).toMatch(/M \(20 × 3\) does not fit this cube/)
    const { preview } = await matlabImporter.preview([path], { endmembers: 'none', abundances: 'none' })
    expect(importPreviewSchema.parse({ previewId: null, ...preview }).truth).toBeNull()
    expect(preview.variables.find(({ name }) => name === 'Y')?.role).toBe('cube')
  })
})

describe('truth from another file', () => {
  async function scene() {
    const { dataset, place } = await imported(jasper)
    return arraySource(dataset.array, place)
  }

  test('is taken, turned the way the cube lies, and written', async () => {
    const cube = await scene()
    const place = await folder.make()
    const byRowsTruth = [
      array('M', [materials, bands], (material, band) => 5000 * spectrum(material, band)),
      array('A', [lines * samples, materials], (pixel, material) => share(material, ...byRows(pixel))),
    ]
    const { truth, notes } = await truthFromFile(await written(byRowsTruth), cube, {}, quietContext(place))
    const { endmembers, abundances } = truth
    if (!endmembers || !abundances) throw new Error('No truth')
    expect((await readWhole(arraySource(endmembers, place))).values[7 * materials + 2]).toBe(
      5000 * spectrum(2, 7),
    )
    expect((await readWhole(arraySource(abundances, place))).values[(2 * lines + 4) * samples + 7]).toBe(
      share(2, 4, 7),
    )
    expect(notes.join(' ')).toMatch(/with lines and samples exchanged; they are taken exchanged/)
    expect(notes.join(' ')).toMatch(/on another scale/)
  })

  test('sizes that do not fit are explained', async () => {
    const cube = await scene()
    const context = quietContext(await folder.make())
    await expectFailure(
      truthFromFile(
        await written([array('M', [7, 3], () => 1), array('A', [3, 10], () => 1)]),
        cube,
        {},
        context,
      ),
      'invalid-data',
      /holds no truth for a cube of 18 lines × 27 samples and 20 bands: endmembers need 20 rows or columns, abundances 486 pixels\. It has M \(7 × 3\) and A \(3 × 10\)/,
    )
    const unequal = [array('M', [bands, 4], () => 1), array('A', [materials, lines * samples], () => 1 / 3)]
    const kept = await truthFromFile(await written(unequal), cube, {}, quietContext(await folder.make()))
    expect(kept.truth.endmembers).toBeNull()
    expect(kept.notes.join(' ')).toMatch(/M \(20 × 4\) has another number of materials than A/)
    await expectFailure(
      truthFromFile(await written(unequal), cube, { endmembers: 'M' }, context),
      'invalid-parameter',
      /M has 4 endmembers but A has maps of 3/,
    )
    await expectFailure(
      truthFromFile('/tmp/x.txt', cube, {}, context),
      'invalid-file',
      /MATLAB files \(\.mat\) only/,
    )
  })

  test('abundances that do not sum to one are told', async () => {
    const off = [
      array(
        'A',
        [materials, lines * samples],
        (material, pixel) => share(material, ...byColumns(pixel)) * 1.1,
      ),
    ]
    const { notes } = await truthFromFile(
      await written(off),
      await scene(),
      {},
      quietContext(await folder.make()),
    )
    expect(notes.join(' ')).toMatch(/do not always sum to one: they are off by up to 0\.1/)
  })
})
