import { spawnSync } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { expectFailure, temporaryFolder } from '../../../test/fixtures/temporary-folder'
import { columnMajorStrides, elementCount, rowMajorStrides } from '../../shared/array'
import { readWhole } from './array-reader'
import { importDense, planDense } from './dense-tensor'
import { fileOrder, layoutBlocks } from './layout-blocks'
import { readNpyHeader } from './npy'
import { writeNpy, writeNpyThrough } from './npy-writer'
import { numpyImporter } from './numpy'
import { arraySource } from './physical-values'
import { withFile } from './random-access-file'
import { denseSlice } from './tensor-slice'

const folder = temporaryFolder()
const quiet = (place: string) => ({
  folder: place,
  onProgress: () => undefined,
  signal: new AbortController().signal,
})

describe('a dense tensor in a file', () => {
  test('is gone through once in the order of the file, whatever its shape and order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 5 }),
        fc.boolean(),
        async (shape, fortran) => {
          const path = join(await folder.make(), 'a.npy')
          const values = Float64Array.from({ length: elementCount(shape) }, (_, index) => index)
          await writeNpyThrough(path, 'float64', shape, (writer) => writer.write(values), fortran)
          const layout = await readNpyHeader(path)
          expect(layout.strides).toEqual(fortran ? columnMajorStrides(shape) : rowMajorStrides(shape))
          const read: number[] = []
          await withFile(path, async (file) => {
            for await (const block of layoutBlocks(file, layout, fileOrder(layout).order))
              read.push(...block.values)
          })
          expect(read).toEqual([...values])
        },
      ),
      { numRuns: 40 },
    )
  })

  test('larger than a block is read in pieces without gaps', async () => {
    const shape = [3, 2, 700_000]
    const path = folder.path('large.npy')
    const values = Uint8Array.from({ length: elementCount(shape) }, (_, index) => index % 251)
    await writeNpy(path, 'uint8', shape, values)
    const layout = await readNpyHeader(path)
    let next = 0
    let wrong = 0
    const fractions: number[] = []
    await withFile(path, async (file) => {
      for await (const block of layoutBlocks(file, layout, [0, 1, 2])) {
        for (const value of block.values) if (value !== values[next++]) wrong += 1
        fractions.push(block.fraction)
      }
    })
    expect([next, wrong]).toEqual([values.length, 0])
    expect(fractions.at(-1)).toBe(1)
  })

  test('shows any two of its modes, thinned, with what is missing as NaN', async () => {
    const shape = [4, 5, 6]
    const values = Float64Array.from({ length: 120 }, (_, index) => index)
    await writeNpy(folder.path('s.npy'), 'float64', shape, values)
    await writeNpy(
      folder.path('m.npy'),
      'bool',
      shape,
      Uint8Array.from({ length: 120 }, (_, index) => (index === 3 ? 1 : 0)),
    )
    const source = { ...(await readNpyHeader(folder.path('s.npy'))), path: folder.path('s.npy') }
    const mask = { ...(await readNpyHeader(folder.path('m.npy'))), path: folder.path('m.npy') }
    const plane = await denseSlice(source, mask, { rows: 2, columns: 0, at: [0, 0, 0] }, { side: 3 })
    expect(plane.shape).toEqual([3, 2])
    expect([...plane.values]).toEqual([0, 60, 2, 62, 4, 64])
    const whole = await denseSlice(source, mask, { rows: 1, columns: 2, at: [0, 0, 0] }, { side: 9 })
    expect(whole.shape).toEqual([5, 6])
    expect(whole.values[3]).toBeNaN()
    expect(whole.values[4]).toBe(4)
    await expectFailure(
      denseSlice(source, null, { rows: 1, columns: 1, at: [0, 0, 0] }, { side: 9 }),
      'invalid-parameter',
      /two different modes/,
    )
    await expectFailure(
      denseSlice(source, null, { rows: 1, columns: 2, at: [4, 0, 0] }, { side: 9 }),
      'invalid-parameter',
      /Mode 1 has no entry 4; it has 4/,
    )
  })
})

describe('importing a dense tensor', () => {
  async function pair(): Promise<{ place: string; tensor: string; mask: string }> {
    const place = await folder.make()
    const values = Float64Array.from({ length: 24 }, (_, index) => index)
    values[5] = Number.NaN
    await writeNpyThrough(join(place, 't.npy'), 'float64', [2, 3, 2, 2], (w) => w.write(values), true)
    const flags = Uint8Array.from({ length: 24 }, (_, index) => (index < 2 ? 1 : 0))
    await writeNpy(join(place, 'flags.npy'), 'bool', [2, 3, 2, 2], flags)
    return { place, tensor: join(place, 't.npy'), mask: join(place, 'flags.npy') }
  }

  test('keeps the file where it is and writes the mask in its order, NaN only where asked', async () => {
    const { place, tensor, mask } = await pair()
    const without = await numpyImporter.import([mask, tensor], {}, quiet(await folder.make()))
    expect(without.summary).toMatchObject({
      nanCount: 1,
      noDataCount: 2,
      count: 24,
      firstInvalid: [1, 2, 0, 0],
    })
    expect(without.notes.join(' ')).toMatch(
      /1 value is NaN, the first at mode 1 1, mode 2 2, mode 3 0, mode 4 0/,
    )
    const made = await numpyImporter.import(
      [tensor, mask],
      { nanIsMissing: true, modeNames: 'a, b, c, d', modeUnits: ',,s,', coordinates3: '0:0.5' },
      quiet(place),
    )
    expect(made).toMatchObject({
      kind: 'tensor',
      array: { location: 'external', file: tensor, shape: [2, 3, 2, 2] },
      summary: { nanCount: 0, noDataCount: 3 },
      origin: { choices: { maskFile: 'flags.npy', maskMeaning: 'missing', nanIsMissing: true } },
    })
    expect(made.axes[2]).toEqual({ name: 'c', size: 2, unit: 's', coordinates: [0, 0.5], labels: null })
    const written = made.parts['mask']
    expect(written).toMatchObject({ dtype: 'bool', shape: [2, 3, 2, 2], strides: [1, 2, 6, 12] })
    const flags = written && (await readWhole(arraySource(written, place))).values
    // In C order: the first two entries by the mask, and the NaN at (1, 2, 0, 0).
    expect(flags && [...flags].flatMap((flag, index) => (flag === 0 ? [] : [index]))).toEqual([0, 1, 20])
    const observed = await numpyImporter.import(
      [tensor, mask],
      { maskMeaning: 'observed' },
      quiet(await folder.make()),
    )
    expect(observed.summary?.noDataCount).toBe(22)
  })

  test('refuses what does not fit, and leaves nothing half-made', async () => {
    const { place, tensor } = await pair()
    await writeNpy(join(place, 'mask.npy'), 'bool', [2, 3, 2], new Uint8Array(12))
    await expectFailure(
      numpyImporter.preview([tensor, join(place, 'mask.npy')], {}),
      'invalid-file',
      /mask\.npy is 2 × 3 × 2, but t\.npy is 2 × 3 × 2 × 2/,
    )
    await writeNpy(join(place, 'ones.npy'), 'bool', [2, 3, 2, 2], new Uint8Array(24).fill(1))
    await expectFailure(
      numpyImporter.import(
        [tensor, join(place, 'ones.npy')],
        { maskMeaning: 'missing' },
        quiet(await folder.make()),
      ),
      'invalid-data',
      /every entry of t\.npy is missing/,
    )
    await expectFailure(
      numpyImporter.preview([tensor], { modeNames: 'a, b' }),
      'invalid-parameter',
      /2 entries for 4 modes/,
    )
    await expectFailure(
      numpyImporter.preview([tensor], { modeNames: 'a, b, a, c' }),
      'invalid-parameter',
      /Two modes are called “a”/,
    )
    await expectFailure(
      numpyImporter.preview([tensor], { coordinates2: '1, 2' }),
      'invalid-parameter',
      /2 numbers for 3 entries/,
    )
  })

  test('three axes are a cube, or a tensor where a person says so or a mask came along', async () => {
    const place = await folder.make()
    const path = join(place, 'c.npy')
    await writeNpy(path, 'float32', [4, 5, 6], new Float32Array(120))
    await writeNpy(join(place, 'c_mask.npy'), 'uint8', [4, 5, 6], new Uint8Array(120))
    expect((await numpyImporter.preview([path], {})).preview.kind).toBe('cube')
    expect((await numpyImporter.preview([path], { kind: 'tensor' })).preview.kind).toBe('tensor')
    const masked = await numpyImporter.preview([path, join(place, 'c_mask.npy')], {})
    expect(masked.preview.kind).toBe('tensor')
  })

  test('objects, overflowing sizes and files that are too short are refused before memory is taken', async () => {
    const path = folder.path('bad.npy')
    const header = (text: string) => {
      const length = Buffer.alloc(2)
      length.writeUInt16LE(text.length)
      return Buffer.concat([Buffer.from([0x93]), Buffer.from('NUMPY\x01\x00'), length, Buffer.from(text)])
    }
    const refuse = async (text: string, says: RegExp) => {
      await writeFile(path, header(text))
      await expectFailure(numpyImporter.preview([path], {}), 'invalid-file', says)
    }
    await refuse("{'descr': '|O', 'fortran_order': False, 'shape': (2, 2, 2, 2), }", /pickle/)
    await refuse(
      "{'descr': '<f8', 'fortran_order': False, 'shape': (4294967296, 4294967296, 4294967296, 2), }",
      /more numbers than any disk holds/,
    )
    await refuse("{'descr': '<f8', 'fortran_order': False, 'shape': (1000, 1000, 1000, 1000), }", /too short/)
  })
})

const python = spawnSync('python3', ['-c', 'import numpy'])
describe.skipIf(python.status !== 0)('an archive of NumPy', () => {
  function save(script: string, place: string): void {
    const made = spawnSync('python3', ['-c', `import numpy as np\n${script}`], {
      cwd: place,
      encoding: 'utf8',
    })
    if (made.status !== 0) throw new Error(made.stderr)
  }

  test('is read in place where it is not compressed, and unpacked otherwise', async () => {
    const place = await folder.make()
    save(
      `x = np.arange(120.).reshape(2, 3, 4, 5)
m = x % 7 == 0
np.savez('plain.npz', x=x, observed=m, names=np.array(['a']), o=np.array([{}], dtype=object))
np.savez_compressed('small.npz', x=np.asfortranarray(x), missing=m)`,
      place,
    )
    const { npzImporter } = await import('./npz')
    const { preview, plane } = await npzImporter.preview([join(place, 'plain.npz')], {})
    expect(preview).toMatchObject({ kind: 'tensor', external: true })
    expect(preview.variables.map(({ name, role }) => [name, role])).toEqual([
      ['x', 'array'],
      ['observed', 'mask'],
      ['names', 'unused'],
      ['o', 'unused'],
    ])
    expect(plane?.lines).toBe(4)
    const plain = await npzImporter.import([join(place, 'plain.npz')], {}, quiet(place))
    expect(plain.array.location).toBe('external')
    expect(plain.summary).toMatchObject({ count: 120, noDataCount: 102, maximum: 119 })
    expect((await readWhole(arraySource(plain.array, place))).values[77]).toBe(77)

    const other = await folder.make()
    const packed = await npzImporter.import([join(place, 'small.npz')], {}, quiet(other))
    expect(packed.array).toMatchObject({ location: 'project', file: 'array.npy', strides: [1, 2, 6, 24] })
    expect(packed.summary).toMatchObject({ noDataCount: 18 })
    expect((await readWhole(arraySource(packed.array, other))).values[77]).toBe(77)
  })

  test('that is damaged or cut short is refused', async () => {
    const place = await folder.make()
    save("np.savez_compressed('a.npz', x=np.random.default_rng(0).random((9, 9, 9, 9)))", place)
    const { npzImporter } = await import('./npz')
    const bytes = await readFile(join(place, 'a.npz'))
    await writeFile(join(place, 'cut.npz'), bytes.subarray(0, 20_000))
    bytes.fill(7, 9_000, 9_400)
    await writeFile(join(place, 'torn.npz'), bytes)
    await expectFailure(
      npzImporter.preview([join(place, 'cut.npz')], {}),
      'invalid-file',
      /cut\.npz is damaged/,
    )
    await expectFailure(
      npzImporter.preview([join(place, 'torn.npz')], {}),
      'invalid-file',
      /torn\.npz is damaged/,
    )
  })
})

test('a plan is made without reading where that would take long', async () => {
  const place = await folder.make()
  await writeNpy(join(place, 'x.npy'), 'int16', [3, 4], new Int16Array(12))
  const path = join(place, 'x.npy')
  const tensor = { ...(await readNpyHeader(path)), path, name: 'x.npy', mask: null }
  const plan = await planDense({ ...tensor, mask: { ...tensor, name: 'observed' } }, {}, false)
  expect(plan.meaning).toBe('observed')
  // Whole numbers have no NaN to ask about.
  expect(plan.options.map(({ key }) => key)).not.toContain('nanIsMissing')
  const reference = {
    ...tensor,
    location: 'external' as const,
    file: path,
    bytes: 1,
    sha256: null,
    modifiedAt: 0,
  }
  await expectFailure(importDense(plan, reference, quiet(place)), 'invalid-data', /Choose the other meaning/)
})
