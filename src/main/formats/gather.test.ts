import fc from 'fast-check'
import { truncate, writeFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import {
  bytesPerElement,
  elementCount,
  rowMajorStrides,
  type ArraySource,
  type DType,
} from '../../shared/array'
import { readBands, readLines, readPlane, readSpectrum, readWhole } from './array-reader'
import { expectFailure, temporaryFolder } from '../../../test/fixtures/temporary-folder'
import { interleaves, interleaveStrides } from './envi-scene'

const folder = temporaryFolder()

const realTypes = [
  'uint8',
  'int8',
  'uint16',
  'int16',
  'uint32',
  'int32',
  'uint64',
  'int64',
  'float32',
  'float64',
  'bool',
] as const satisfies readonly DType[]

/** Raw bytes of small whole numbers, which every type holds. */
function encode(
  values: readonly number[],
  dtype: DType,
  byteOrder: 'little' | 'big',
  offset: number,
): Uint8Array {
  const size = bytesPerElement[dtype]
  const bytes = Buffer.alloc(offset + values.length * size)
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  const little = byteOrder === 'little'
  values.forEach((value, index) => {
    const at = offset + index * size
    if (dtype === 'float32') view.setFloat32(at, value, little)
    else if (dtype === 'float64') view.setFloat64(at, value, little)
    else if (size === 8) view.setBigInt64(at, BigInt(value), little)
    else if (size === 4) view.setInt32(at, value, little)
    else if (size === 2) view.setInt16(at, value, little)
    else view.setInt8(at, value)
  })
  return bytes
}

describe('reading arrays of any layout', () => {
  test('every type, byte order and order of axes gives the same numbers', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...realTypes),
        fc.constantFrom('little' as const, 'big' as const),
        fc.integer({ min: 0, max: 9 }),
        fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 }),
        fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4 }),
        async (dtype, byteOrder, offset, shape, shuffled) => {
          const order = shuffled.filter((axis) => axis < shape.length)
          const storedShape = order.map((axis) => shape[axis] ?? 0)
          const storedStrides = rowMajorStrides(storedShape)
          const strides = shape.map((_, axis) => storedStrides[order.indexOf(axis)] ?? 0)
          const stored = Array.from({ length: elementCount(shape) }, (_, index) => (index * 37) % 128)
          const path = folder.path('any.raw')
          await writeFile(path, encode(stored, dtype, byteOrder, offset))
          const source: ArraySource = { path, dtype, byteOrder, offset, shape, strides }
          const { values } = await readWhole(source)
          const expected = rowMajorOf(shape, (index) => stored[dot(index, strides)] ?? -1)
          expect([...values]).toEqual(expected)
          const first = (shape[0] ?? 1) - 1
          const plane = await readPlane(source, first)
          expect([...plane.values]).toEqual(expected.slice(first * (expected.length / (shape[0] ?? 1))))
        },
      ),
      { numRuns: 150 },
    )
  })

  test('a scene larger than a chunk reads the same in every interleave', async () => {
    const [lines, samples, bands] = [70, 210, 320]
    const value = (line: number, sample: number, band: number) => line * 1000 + sample + band / 512
    for (const interleave of interleaves) {
      const strides = interleaveStrides(interleave, lines, samples, bands)
      const numbers = new Float32Array(lines * samples * bands)
      for (let line = 0; line < lines; line += 1)
        for (let sample = 0; sample < samples; sample += 1)
          for (let band = 0; band < bands; band += 1)
            numbers[dot([line, sample, band], strides)] = value(line, sample, band)
      const path = folder.path(`scene.${interleave}`)
      await writeFile(path, numbers)
      const source: ArraySource = {
        path,
        dtype: 'float32',
        byteOrder: 'little',
        offset: 0,
        shape: [lines, samples, bands],
        strides,
      }

      const { values, shape, step } = await readBands(source, [300, 0, 7], 60)
      expect(step).toBe(4)
      expect(shape).toEqual([3, 18, 53])
      for (const [at, band] of [300, 0, 7].entries())
        for (let line = 0; line < 18; line += 1)
          for (let sample = 0; sample < 53; sample += 1)
            expect(values[(at * 18 + line) * 53 + sample]).toBe(
              Math.fround(value(line * 4, sample * 4, band)),
            )

      const spectrum = await readSpectrum(source, 69, 209)
      expect([...spectrum]).toEqual(
        Array.from({ length: bands }, (_, band) => Math.fround(value(69, 209, band))),
      )
      const some = await readLines(source, 68, 70)
      expect(some[samples * bands]).toBe(Math.fround(value(69, 0, 0)))
      const whole = await readWhole(source)
      expect(whole.values[dot([31, 99, 200], [samples * bands, bands, 1])]).toBe(
        Math.fround(value(31, 99, 200)),
      )
    }
  })

  test('a spectrum of a 10 GB scene is read without its holes', async () => {
    const path = folder.path('huge.bsq')
    await writeFile(path, '')
    const [lines, samples, bands] = [5000, 5000, 200]
    await truncate(path, lines * samples * bands * 2)
    const strides = interleaveStrides('bsq', lines, samples, bands)
    const source: ArraySource = {
      path,
      dtype: 'int16',
      byteOrder: 'big',
      offset: 0,
      shape: [lines, samples, bands],
      strides,
    }
    // Reading the holes as well would take minutes and run into the time limit.
    expect(await readSpectrum(source, 4999, 4999)).toHaveLength(bands)
  })

  test('the event loop gets its turn between two pieces', async () => {
    const path = folder.path('scene.bip')
    const shape = [70, 210, 320]
    const source: ArraySource = {
      path,
      dtype: 'float32',
      byteOrder: 'big',
      offset: 0,
      shape,
      strides: rowMajorStrides(shape),
    }
    let turns = 0
    const beat = setInterval(() => (turns += 1), 0)
    await readBands(source, [1, 2, 3], 1024)
    clearInterval(beat)
    // 18.8 MB are at least three pieces of at most 8 MB.
    expect(turns).toBeGreaterThanOrEqual(2)
  })

  test('says how many bytes are missing, and refuses complex numbers and indices outside', async () => {
    const path = folder.path('short.raw')
    await writeFile(path, new Uint8Array(10))
    const source: ArraySource = {
      path,
      dtype: 'int16',
      byteOrder: 'little',
      offset: 0,
      shape: [2, 3],
      strides: [3, 1],
    }
    await expectFailure(readWhole(source), 'invalid-file', /short\.raw is too short .* 2 bytes fewer/)
    await expectFailure(
      readWhole({ ...source, shape: [1e6, 1e9], strides: [1e9, 1] }),
      'out-of-memory',
      /too many/,
    )
    await expectFailure(
      readPlane({ ...source, shape: [1, 5], strides: [5, 1] }, 1),
      'invalid-parameter',
      /outside axis 1/,
    )
    await expectFailure(
      readWhole({ ...source, dtype: 'complex64', shape: [1], strides: [1] }),
      'invalid-data',
      /complex/,
    )
    await expectFailure(readWhole({ ...source, path: folder.path('gone') }), 'not-found', /no longer there/)
  })

  test('64-bit integers come as doubles, exact up to 2⁵³', async () => {
    const path = folder.path('long.raw')
    const integers = [
      -(2n ** 53n),
      2n ** 53n - 1n,
      -1n,
      -(2n ** 63n),
      2n ** 63n - 1n,
      2n ** 60n + 129n,
      -(2n ** 60n) - 129n,
    ]
    await writeFile(path, new BigInt64Array(integers))
    const source: ArraySource = {
      path,
      dtype: 'int64',
      byteOrder: 'little',
      offset: 0,
      shape: [7],
      strides: [1],
    }
    expect([...(await readWhole(source)).values]).toEqual(integers.map(Number))
    const unsigned = integers.map((value) => Number(BigInt.asUintN(64, value)))
    expect([...(await readWhole({ ...source, dtype: 'uint64' })).values]).toEqual(unsigned)
  })
})

function dot(index: readonly number[], strides: readonly number[]): number {
  return index.reduce((sum, position, axis) => sum + position * (strides[axis] ?? 0), 0)
}

/** Values at every index, last axis fastest. */
function rowMajorOf(shape: readonly number[], at: (index: number[]) => number): number[] {
  return Array.from({ length: elementCount(shape) }, (_, flat) => {
    const index: number[] = []
    let rest = flat
    for (const size of shape.toReversed()) {
      index.unshift(rest % size)
      rest = Math.floor(rest / size)
    }
    return at(index)
  })
}
