import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { doubles, matlab5File, type FixtureVariable } from '../../../test/fixtures/matlab5-writer'
import { quietContext, temporaryFolder } from '../../../test/fixtures/temporary-folder'
import { datasetSchema, importPreviewSchema, type ImportChoices } from '../../shared/dataset'
import { readWhole } from './array-reader'
import { matlabImporter } from './matlab'
import { arraySource } from './physical-values'

const folder = temporaryFolder()

/** Where the entry with these indices lies among the numbers of MATLAB (first axis fastest) is its value. */
function counting(name: string, shape: number[]): FixtureVariable {
  const count = shape.reduce((product, size) => product * size, 1)
  return doubles(
    name,
    shape,
    Array.from({ length: count }, (_, at) => at),
  )
}

function logical(name: string, shape: number[], value: (at: number) => number): FixtureVariable {
  const count = shape.reduce((product, size) => product * size, 1)
  const values = Array.from({ length: count }, (_, at) => value(at))
  return { name, shape, content: { kind: 'numbers', class: 'uint8', values } }
}

async function written(variables: FixtureVariable[]): Promise<string> {
  const path = join(await folder.make(), 'tensor.mat')
  await writeFile(path, matlab5File(variables, { littleEndian: true, compressed: true }))
  return path
}

async function previewed(variables: FixtureVariable[], choices: ImportChoices = {}) {
  const { preview, plane } = await matlabImporter.preview([await written(variables)], choices)
  return { preview: importPreviewSchema.omit({ previewId: true }).parse(preview), plane }
}

async function imported(variables: FixtureVariable[], choices: ImportChoices = {}) {
  const place = await folder.make()
  const made = await matlabImporter.import([await written(variables)], choices, quietContext(place))
  const about = { schema: 1, id: 'a', name: 'A', createdAt: '2024-01-01T00:00:00.000Z' }
  return { dataset: datasetSchema.parse({ ...about, ...made }), place }
}

const answers = (options: readonly { key: string; value: unknown }[]) =>
  Object.fromEntries(options.map(({ key, value }) => [key, value]))

describe('tensors in MATLAB files', () => {
  test.each([
    { shape: [4, 3, 2, 5] },
    { shape: [2, 3, 2, 2, 3] },
    // An axis of one entry is a mode all the same.
    { shape: [4, 1, 3, 2] },
  ])('more than three axes are a tensor: %j', async ({ shape }) => {
    const { dataset, place } = await imported([counting('X', shape)])
    expect(dataset.kind).toBe('tensor')
    expect(dataset.axes.map(({ size }) => size)).toEqual(shape)
    const { values } = await readWhole(arraySource(dataset.array, place))
    // C order puts the last entry at the end, and so does MATLAB's.
    expect(values.at(-1)).toBe(shape.reduce((product, size) => product * size, 1) - 1)
    // The step along the last axis is the product of all the others.
    expect(values[1]).toBe(shape.slice(0, -1).reduce((product, size) => product * size, 1))
  })

  test('three axes ask whether they are a cube or a tensor, as NumPy does', async () => {
    const cube = await previewed([counting('X', [6, 5, 4])])
    expect(cube.preview.kind).toBe('cube')
    expect(answers(cube.preview.options)).toMatchObject({ kind: 'cube' })
    const tensor = await previewed([counting('X', [6, 5, 4])], { kind: 'tensor' })
    expect(tensor.preview.kind).toBe('tensor')
    expect(tensor.preview.axes.map(({ name }) => name)).toEqual(['mode 1', 'mode 2', 'mode 3'])
    expect(tensor.plane).toMatchObject({ lines: 6, samples: 5 })
    // (row, column) at the middle of the third axis: 0 + 0 · 6 + 1 · 30.
    expect(tensor.plane?.values[0]).toBe(30)
    expect(tensor.plane?.values[1]).toBe(36)
  })

  test('a matrix is a tensor of two modes where it is said to be', async () => {
    const { dataset } = await imported([counting('X', [6, 5])], { kind: 'tensor' })
    expect(dataset).toMatchObject({ kind: 'tensor', array: { shape: [6, 5] } })
  })

  test('nothing is asked of a scene whose size the file names', async () => {
    const { preview } = await previewed([
      counting('V', [7, 20]),
      doubles('nRow', [1, 1], [4]),
      doubles('nCol', [1, 1], [5]),
    ])
    expect(preview.kind).toBe('cube')
    expect(answers(preview.options)).not.toHaveProperty('kind')
  })

  test('a logical variable of the same size is offered as the mask', async () => {
    const variables = [
      counting('X', [6, 5, 4]),
      logical('M', [6, 5, 4], (at) => (at % 10 === 0 ? 1 : 0)),
      logical('labels', [6, 5], (at) => at % 3),
    ]
    const { preview } = await previewed(variables)
    expect(preview.kind).toBe('tensor')
    expect(answers(preview.options)).toMatchObject({ array: 'X', mask: 'M', maskMeaning: 'missing' })
    expect(preview.variables.map(({ role }) => role)).toEqual(['array', 'mask', 'unused'])
    const { dataset, place } = await imported(variables)
    expect(dataset.summary?.noDataCount).toBe(12)
    const { mask } = dataset.parts
    if (mask === undefined) throw new Error('No mask')
    const flags = await readWhole(arraySource(mask, place))
    const values = await readWhole(arraySource(dataset.array, place))
    flags.values.forEach((flag, at) => {
      expect(flag).toBe((values.values[at] ?? 0) % 10 === 0 ? 1 : 0)
    })
    // Without it, and with the other meaning.
    expect((await imported(variables, { mask: 'none' })).dataset.parts).toEqual({})
    const other = await imported(variables, { maskMeaning: 'observed' })
    expect(other.dataset.summary?.noDataCount).toBe(108)
  })

  test('the choices it used make the same import again', async () => {
    const variables = [counting('X', [3, 4, 5, 2]), logical('M', [3, 4, 5, 2], (at) => at % 2)]
    const first = (await imported(variables)).dataset
    if (first.origin.type !== 'file') throw new Error('Not from a file')
    const again = (await imported(variables, first.origin.choices)).dataset
    expect(again.array.sha256).toBe(first.array.sha256)
    expect(again.parts).toEqual(first.parts)
  })
})
