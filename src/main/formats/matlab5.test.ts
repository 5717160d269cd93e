import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { deflateSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { FiligreeError } from '../../shared/failure'
import {
  doubles,
  matlab5File,
  type FixtureOptions,
  type FixtureVariable,
} from '../../../test/fixtures/matlab5-writer'
import { expectFailure, temporaryFolder } from '../../../test/fixtures/temporary-folder'
import { matlabImporter } from './matlab'
import { readMatlabDirectory, type MatlabVariable } from './matlab5-directory'
import { readNumbers, readStrings } from './matlab5-values'
import { withFile } from './random-access-file'

const folder = temporaryFolder()

async function written(bytes: Uint8Array, name = 'made.mat'): Promise<string> {
  const path = join(await folder.make(), name)
  await writeFile(path, bytes)
  return path
}

/** Everything in a file, by name. */
async function readAll(
  path: string,
): Promise<Map<string, { variable: MatlabVariable; values: number[] | string[] | null }>> {
  return withFile(path, async (file) => {
    const directory = await readMatlabDirectory(file)
    const all = new Map<string, { variable: MatlabVariable; values: number[] | string[] | null }>()
    for (const variable of directory.variables) {
      const numeric = variable.dtype !== null && !variable.complex
      const text = variable.className === 'char' || variable.className === 'cell'
      const values = numeric
        ? [...(await readNumbers(file, directory, variable))]
        : text
          ? await readStrings(file, directory, variable)
          : null
      all.set(variable.name, { variable, values })
    }
    return all
  })
}

const classes = [
  'double',
  'single',
  'int8',
  'uint8',
  'int16',
  'uint16',
  'int32',
  'uint32',
  'int64',
  'uint64',
] as const

const everything: FixtureVariable[] = [
  ...classes.map((name): FixtureVariable => ({
    name: `a_${name}`,
    shape: [2, 3],
    content: { kind: 'numbers', class: name, values: [1, 2, 3, 4, 5, 6] },
  })),
  {
    name: 'narrow',
    shape: [1, 3],
    content: { kind: 'numbers', class: 'double', stored: 'uint8', values: [7, 8, 9] },
  },
  {
    name: 'scalar',
    shape: [1, 1],
    content: { kind: 'numbers', class: 'double', stored: 'uint8', values: [95] },
  },
  { name: 'cube', shape: [2, 1, 2], content: { kind: 'numbers', class: 'int16', values: [-1, -2, 3, 4] } },
  {
    name: 'wave',
    shape: [1, 2],
    content: { kind: 'numbers', class: 'double', values: [1, 2], complex: true },
  },
  { name: 'word', shape: [1, 5], content: { kind: 'text', rows: ['Größe'] } },
  { name: 'rows', shape: [2, 4], content: { kind: 'text', rows: ['tree', 'soil'] } },
  { name: 'cood', shape: [1, 3], content: { kind: 'cells', strings: ['#1 Tree', '', '#3 Road'] } },
  { name: 'options', shape: [1, 1], content: { kind: 'struct' } },
  { name: 'matrix', shape: [1, 1], content: { kind: 'sparse' } },
  { name: 'empty', shape: [0, 0], content: { kind: 'numbers', class: 'double', values: [] } },
]

const kinds: FixtureOptions[] = [true, false].flatMap((littleEndian) =>
  [true, false].map((compressed) => ({ littleEndian, compressed })),
)

describe.each(kinds)('MATLAB 5, %j', (options) => {
  test('every class of numbers, text, cells, and what is only named', async () => {
    const all = await readAll(await written(matlab5File(everything, options)))
    for (const name of classes) expect(all.get(`a_${name}`)?.values).toEqual([1, 2, 3, 4, 5, 6])
    expect(all.get('a_single')?.variable.dtype).toBe('float32')
    expect(all.get('narrow')).toMatchObject({
      values: [7, 8, 9],
      variable: { dtype: 'float64', shape: [1, 3] },
    })
    expect(all.get('scalar')?.values).toEqual([95])
    expect(all.get('cube')).toMatchObject({ values: [-1, -2, 3, 4], variable: { shape: [2, 1, 2] } })
    expect(all.get('word')?.values).toEqual(['Größe'])
    expect(all.get('rows')?.values).toEqual(['tree', 'soil'])
    expect(all.get('cood')?.values).toEqual(['#1 Tree', '', '#3 Road'])
    expect(all.get('options')?.variable.className).toBe('struct')
    expect(all.get('matrix')?.variable.className).toBe('sparse')
    expect(all.get('wave')?.variable.complex).toBe(true)
    expect(all.get('empty')?.values).toEqual([])
  })

  test('a file cut anywhere says so in one sentence, or has fewer variables', async () => {
    const cube = doubles(
      'V',
      [30, 40],
      Array.from({ length: 1200 }, (_, index) => Math.sin(index)),
    )
    const bytes = matlab5File([doubles('nRow', [1, 1], [5]), cube, doubles('nCol', [1, 1], [8])], options)
    for (let cut = 0; cut < bytes.length; cut += cut < 400 ? 7 : 97) {
      const path = await written(bytes.subarray(0, cut))
      const outcome = await readAll(path).then(
        (all) => all.size,
        (error: unknown) => error,
      )
      if (outcome instanceof Error) {
        expect(outcome).toBeInstanceOf(FiligreeError)
        expect(outcome.message).toMatch(
          /made\.mat (is cut short within .*(missing|its end)|is not a MATLAB 5 file)/,
        )
      } else {
        expect(outcome).toBeLessThan(3)
      }
    }
    await expectFailure(
      readAll(await written(bytes.subarray(0, bytes.length - 200))),
      'invalid-file',
      /cut short within (the variable V|variable 3)/,
    )
  })

  test('flipped bytes never hang or crash the reader', async () => {
    const bytes = matlab5File(everything, options)
    for (let at = 128; at < bytes.length; at += 13) {
      const damaged = Uint8Array.from(bytes)
      damaged[at] = (damaged[at] ?? 0) ^ 0xa5
      const outcome = await readAll(await written(damaged)).then(
        () => null,
        (error: unknown) => error,
      )
      if (outcome !== null) expect(outcome).toBeInstanceOf(FiligreeError)
    }
  })
})

describe('hostile and other files', () => {
  test('a small file that promises gigabytes is refused before memory is taken', async () => {
    const options = { littleEndian: true, compressed: false }
    const bytes = Buffer.from(matlab5File([doubles('V', [2, 2], [1, 2, 3, 4])], options))
    // Dimensions 65,535 × 65,535 in a file of 264 bytes.
    const plain = Buffer.from(bytes)
    plain.writeUInt32LE(65_535, 128 + 8 + 16 + 8)
    plain.writeUInt32LE(65_535, 128 + 8 + 16 + 12)
    await expectFailure(
      readAll(await written(plain)),
      'invalid-file',
      /is damaged: it holds 32 bytes for the 65,535 × 65,535 numbers of V/,
    )

    const inner = Buffer.from(plain.subarray(128))
    inner.writeUInt32LE(0xffff_fff0, 4)
    const packed = deflateSync(inner)
    const head = Buffer.alloc(8)
    head.writeUInt32LE(15, 0)
    head.writeUInt32LE(packed.length, 4)
    const bomb = Buffer.concat([plain.subarray(0, 128), head, packed])
    await expectFailure(
      readAll(await written(bomb)),
      'invalid-file',
      /promises 4,294,967,280 bytes in \d+ compressed bytes/,
    )
  })

  test('damaged compression, other versions and other files are named', async () => {
    const options = { littleEndian: true, compressed: true }
    const bytes = matlab5File([doubles('V', [60, 60], Array.from({ length: 3600 }, Math.random))], options)
    bytes.fill(0x55, bytes.length - 9000, bytes.length - 6000)
    await expectFailure(
      readAll(await written(bytes)),
      'invalid-file',
      /compressed part of made\.mat is damaged|damaged|cut short/,
    )

    const seven = Buffer.alloc(600, ' ')
    seven.write('MATLAB 7.3 MAT-file, Platform: GLNXA64 HDF5 schema 1.00')
    await expectFailure(
      readAll(await written(seven)),
      'invalid-file',
      /MATLAB 7\.3 file, which cannot be read yet\. Save it in MATLAB with save\('made\.mat', '-v7'\)/,
    )
    await expectFailure(readAll(await written(Buffer.alloc(200))), 'invalid-file', /may be of version 4/)
    await expectFailure(readAll(await written(Buffer.from('hello'))), 'invalid-file', /not a MATLAB 5 file/)
    await expectFailure(
      readAll(await written(matlab5File([], options).subarray(0, 90))),
      'invalid-file',
      /cut short within its header: 38 bytes are missing/,
    )
  })

  test('complex cubes, text and nothing at all are no scenes', async () => {
    const options = { littleEndian: true, compressed: true }
    const complex: FixtureVariable = {
      name: 'Y',
      shape: [2, 2],
      content: { kind: 'numbers', class: 'double', values: [1, 2, 3, 4], complex: true },
    }
    const preview = async (variables: FixtureVariable[]) =>
      matlabImporter.preview([await written(matlab5File(variables, options))], {})
    await expectFailure(preview([complex]), 'invalid-file', /holds no cube: .* Y \(2 × 2 complex double\)/)
    await expectFailure(preview([]), 'invalid-file', /MATLAB file without variables/)
    await expectFailure(
      preview([{ name: 's', shape: [1, 1], content: { kind: 'struct' } }]),
      'invalid-file',
      /s \(1 × 1 struct\)/,
    )
  })
})
