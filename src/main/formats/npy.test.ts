import fc from 'fast-check'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { readWhole } from './array-reader'
import { expectFailure, temporaryFolder } from '../../../test/fixtures/temporary-folder'
import { npyHeader, readNpyHeader } from './npy'
import { writeNpy, writeNpyThrough, type NpyWriter } from './npy-writer'

const folder = temporaryFolder()

async function withHeader(header: string, version = 1, data = new Uint8Array(64)): Promise<string> {
  const path = folder.path('made.npy')
  const text = Buffer.from(header)
  const length = Buffer.alloc(version === 1 ? 2 : 4)
  if (version === 1) length.writeUInt16LE(text.length)
  else length.writeUInt32LE(text.length)
  await writeFile(
    path,
    Buffer.concat([Buffer.from([0x93]), Buffer.from('NUMPY'), Buffer.from([version, 0]), length, text, data]),
  )
  return path
}

describe('writing and reading .npy', () => {
  test('what is written is read again', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 4 }),
        async (shape) => {
          const path = join(await folder.make(), 'round.npy')
          const values = Float64Array.from(
            { length: shape.reduce((a, b) => a * b, 1) },
            (_, index) => index / 7,
          )
          const reference = await writeNpy(path, 'float64', shape, values)
          const layout = await readNpyHeader(path)
          expect(layout).toMatchObject({
            dtype: 'float64',
            shape,
            offset: reference.offset,
            strides: reference.strides,
          })
          expect(layout.offset % 64).toBe(0)
          expect((await readWhole({ ...layout, path })).values).toEqual(values)
          expect(reference.sha256).toBe(
            createHash('sha256')
              .update(await readFile(path))
              .digest('hex'),
          )
          expect(reference.bytes).toBe((await stat(path)).size)
        },
      ),
      { numRuns: 40 },
    )
  })

  test('header bytes are those of numpy.save', () => {
    const text = Buffer.from(npyHeader('float32', [3])).toString('latin1')
    expect(text).toBe(
      `\x93NUMPY\x01\x00\x76\x00${"{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }".padEnd(117)}\n`,
    )
    expect(Buffer.from(npyHeader('bool', [2, 3])).toString('latin1')).toContain("'descr': '|b1'")
  })

  test('a file that was not filled, or fails on the way, is not left behind', async () => {
    const path = folder.path('half.npy')
    const fill = (writer: NpyWriter) => writer.write(new Float32Array(2))
    await expectFailure(
      writeNpyThrough(path, 'float32', [3], fill),
      'internal',
      /12 bytes|8 bytes|bytes written/,
    )
    await expectFailure(readNpyHeader(path), 'not-found', /no longer there.*half\.npy/)
    await expectFailure(
      writeNpy(folder.path('no', 'such', 'x.npy'), 'bool', [1], new Uint8Array(1)),
      'not-found',
      /x\.npy/,
    )
  })

  test('reads versions 2 and 3, Fortran order, big-endian and scalars', async () => {
    const fortran = await readNpyHeader(
      await withHeader("{'descr': '>i2', 'fortran_order': True, 'shape': (2, 3), }\n", 2),
    )
    expect(fortran).toMatchObject({ dtype: 'int16', byteOrder: 'big', shape: [2, 3], strides: [1, 2] })
    const scalar = await readNpyHeader(
      await withHeader("{'shape': (), 'fortran_order': False, 'descr': '<c16'}\n", 3),
    )
    expect(scalar).toMatchObject({ dtype: 'complex128', shape: [1] })
  })

  test.each([
    ["{'descr': '|O', 'fortran_order': False, 'shape': (3,), }", /Python objects \(pickle\)/],
    ["{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (3,), }", /named columns/],
    ["{'descr': '<f2', 'fortran_order': False, 'shape': (3,), }", /type "<f2"/],
    ["{'descr': '<U8', 'fortran_order': False, 'shape': (3,), }", /type "<U8"/],
    ["{'descr': '<f8', 'fortran_order': False, 'shape': (1000,), }", /7,936 bytes too short/],
    ["{'descr': '<f8', 'fortran_order': False, 'shape': (1000000, 1000000, 1000), }", /too short/],
    [
      "{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999, 99999999999), }",
      /more numbers than any disk/,
    ],
    ["{'descr': '<f8', 'fortran_order': False, 'shape': (-3,), }", /no shape/],
    ['nonsense', /does not say what its elements are/],
  ])('refuses %s', async (header, message) => {
    await expectFailure(readNpyHeader(await withHeader(header)), 'invalid-file', message)
  })

  test('refuses other files and headers longer than the file', async () => {
    const path = folder.path('other.npy')
    await writeFile(path, 'PK\x03\x04 something else')
    await expectFailure(readNpyHeader(path), 'invalid-file', /not a NumPy file/)
    await writeFile(path, Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 2, 0, 0xff, 0xff, 0xff, 0x7f]))
    await expectFailure(readNpyHeader(path), 'invalid-file', /says its header has 2,147,483,647 bytes/)
    await writeFile(path, '')
    await expectFailure(readNpyHeader(path), 'invalid-file', /not a NumPy file/)
  })
})
