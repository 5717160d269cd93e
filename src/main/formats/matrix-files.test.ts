import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { rowMajorStrides } from '../../shared/array'
import { loadNative } from '../../native/addon'
import { readWhole } from './array-reader'
import { chooseImporter, type ImportedDataset } from './index'

const data = process.env['FILIGREE_DATA'] ?? join(import.meta.dirname, '../../../../shared/data')
const matrices = join(data, 'matrices')
const header = '%%MatrixMarket matrix coordinate real general\n'

let folder = ''
let made = 0
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'filigree-matrix-files-'))
})
afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
})

async function saved(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, content)
  return path
}

async function imported(
  paths: string[],
  choices = {},
): Promise<{ dataset: ImportedDataset; target: string }> {
  made += 1
  const target = await mkdtemp(join(folder, `import-${made}-`))
  const importer = await chooseImporter(paths)
  const quiet = { folder: target, onProgress: () => undefined, signal: new AbortController().signal }
  return { dataset: await importer.import(paths, choices, quiet), target }
}

async function numbers(target: string, dataset: ImportedDataset, part: string): Promise<number[]> {
  const array = part === 'values' ? dataset.array : dataset.parts[part]
  if (array === undefined) throw new Error(`no ${part}`)
  const { values } = await readWhole({ ...array, path: join(target, array.file) })
  return Array.from(values, Number)
}

describe('a Matrix Market file', () => {
  test('brings its right-hand side along, and leaves nothing but its arrays', async () => {
    const path = await saved('small.mtx', `${header}% made by hand\n2 2 4\n2 2 4\n1 1 1\n1 2 2\n1 2 0.5\n`)
    await saved('small_b.mtx', '%%MatrixMarket matrix array real general\n2 1\n7\n8\n')
    const { dataset, target } = await imported([path])
    expect(dataset.kind).toBe('matrix')
    expect(dataset.axes.map(({ size }) => size)).toEqual([2, 2])
    expect(await numbers(target, dataset, 'values')).toEqual([1, 2.5, 4])
    expect(await numbers(target, dataset, 'columns')).toEqual([0, 1, 1])
    expect(await numbers(target, dataset, 'rows')).toEqual([0, 2, 3])
    expect(await numbers(target, dataset, 'rightHandSide')).toEqual([7, 8])
    expect(dataset.notes.join(' ')).toMatch(/1 entry shared its place with others.* made by hand/)
    expect((await readdir(target)).toSorted()).toEqual(
      ['columns.npy', 'rightHandSide.npy', 'rows.npy', 'values.npy'].toSorted(),
    )
    const without = await imported([path], { rightHandSide: 'none' })
    expect(without.dataset.parts['rightHandSide']).toBeUndefined()
  })

  test('may be gzipped, and is looked at before it is imported', async () => {
    const path = await saved('packed.mtx.gz', gzipSync(`${header}3 3 2\n1 1 5\n3 2 6\n`))
    const importer = await chooseImporter([path])
    const { preview, plane } = await importer.preview([path], {})
    expect(preview.kind).toBe('matrix')
    expect(preview.facts[0]).toEqual({ label: 'Size', value: '3 × 3' })
    expect(plane?.values.length).toBe(9)
    const { dataset, target } = await imported([path])
    expect(await numbers(target, dataset, 'values')).toEqual([5, 6])
  })

  test('with others of its size is a sequence, with the parameters of its systems', async () => {
    const paths = [
      await saved('k10.mtx', `${header}2 2 2\n1 1 3\n2 2 4\n`),
      await saved('k9.mtx', `${header}2 2 3\n1 1 1\n2 1 9\n2 2 2\n`),
      await saved('k10_b.mtx', '%%MatrixMarket matrix array real general\n2 1\n3\n4\n'),
      await saved('k9_b.mtx', '%%MatrixMarket matrix array real general\n2 1\n1\n2\n'),
    ]
    const table = await saved('k.csv', 'wavenumber\n9\n10\n')
    const { dataset, target } = await imported([...paths, table])
    expect(dataset.parts['rows']?.shape).toEqual([2, 3])
    expect(await numbers(target, dataset, 'rows')).toEqual([0, 1, 3, 3, 4, 5])
    expect(await numbers(target, dataset, 'values')).toEqual([1, 9, 2, 3, 4])
    expect(await numbers(target, dataset, 'rightHandSide')).toEqual([1, 2, 3, 4])
    expect(await numbers(target, dataset, 'parameters')).toEqual([9, 10])
    await expect(imported([...paths.slice(0, 3)])).rejects.toThrow(/2 matrices and 1 right-hand side/)
    const wrong = await saved('wrong.csv', '1\n2\n3\n')
    await expect(imported([...paths, wrong])).rejects.toThrow(/3 rows of parameters.*2 systems/)
  })

  test('says in which line it is wrong, and leaves nothing behind', async () => {
    const path = await saved('bad.mtx', `${header}2 2 2\n1 1 1\n2 5 1\n`)
    await expect(imported([path])).rejects.toThrow(
      /line 4 is about column 5, and the matrix has columns 1 to 2/,
    )
    const b = await saved('long_b.mtx', '%%MatrixMarket matrix array real general\n3 1\n1\n2\n3\n')
    const a = await saved('long.mtx', `${header}2 2 1\n1 1 1\n`)
    await expect(imported([a, b])).rejects.toThrow(/right-hand side long_b.mtx has 3 rows.*2 × 2/)
  })

  test('that is exported is imported again as it was', async () => {
    const path = await saved('out.mtx', `${header}2 3 3\n1 1 0.1\n1 3 -2e-7\n2 2 3\n`)
    const first = await imported([path])
    const again = await saved('again.mtx', '')
    const native = loadNative()
    const source = (part: 'rows' | 'columns' | null) => {
      const array = part === null ? first.dataset.array : first.dataset.parts[part]
      if (array === undefined) throw new Error('no part')
      return { ...array, strides: rowMajorStrides(array.shape), path: join(first.target, array.file) }
    }
    const none = { rightHandSide: null, knownSolution: null, nearNullSpace: null, parameters: null }
    const system = { values: source(null), rowPointers: source('rows'), columnIndices: source('columns') }
    const token = native.createCancelToken()
    await native.writeMatrixMarket({ ...system, columns: 3, ...none }, 0, 'a comment', again, {
      ...{ threads: 1, seed: 0, folder: first.target, cancelToken: token },
      onProgress: () => undefined,
    })
    native.releaseCancelToken(token)
    const second = await imported([again])
    expect(second.dataset.array.sha256).toBe(first.dataset.array.sha256)
    expect(second.dataset.parts['columns']?.sha256).toBe(first.dataset.parts['columns']?.sha256)
  })
})

test('a table of entries is a matrix by its headings', async () => {
  const path = await saved('entries.csv', 'row,column,value\n1,1,2.5\n3,2,-1\n')
  const { dataset, target } = await imported([path])
  expect(dataset.axes.map(({ size }) => size)).toEqual([3, 2])
  expect(await numbers(target, dataset, 'columns')).toEqual([0, 1])
  const complex = await saved('z.ijv', '0 0 1 2\n1 1 3 -4\n')
  expect((await imported([complex])).dataset.array.dtype).toBe('complex128')
})

describe.skipIf(!pythonWith('scipy'))('matrices that SciPy saved', () => {
  test('are read in their three formats, and dense ones where asked for', async () => {
    execFileSync('python3', [
      '-c',
      `import numpy as np, scipy.sparse as s
a = np.array([[1., 0, 2], [0, 0, 3]])
for f in ('csr', 'csc', 'coo', 'dia'): s.save_npz(r'${folder}/m_' + f + '.npz', s.csr_matrix(a).asformat(f))
c = s.csr_matrix(a)
d = dict(format='csr', shape=c.shape, indices=c.indices, indptr=c.indptr)
np.savez(r'${folder}/stack.npz', data=np.array([c.data, 10 * c.data]), b=np.ones((2, 2)), parameters=np.array([[0.5], [1.5]]), **d)
np.savez(r'${folder}/short.npz', data=c.data, b=np.ones(3), **d)
np.save(r'${folder}/dense.npy', a)`,
    ])
    for (const format of ['csr', 'csc', 'coo']) {
      const { dataset, target } = await imported([join(folder, `m_${format}.npz`)])
      expect(await numbers(target, dataset, 'values')).toEqual([1, 2, 3])
      expect(await numbers(target, dataset, 'columns')).toEqual([0, 2, 2])
    }
    const { dataset: stack, target: stacked } = await imported([join(folder, 'stack.npz')])
    expect(stack.parts['rows']?.shape).toEqual([2, 3])
    expect(await numbers(stacked, stack, 'values')).toEqual([1, 2, 3, 10, 20, 30])
    const side = stack.parts['rightHandSide']
    expect(side?.shape).toEqual([2, 2])
    expect(stack.parts['parameters']?.shape).toEqual([2, 1])
    await expect(imported([join(folder, 'short.npz')])).rejects.toThrow(/The right-hand side is 3/)
    await expect(imported([join(folder, 'm_dia.npz')])).rejects.toThrow(/format dia/)
    const { dataset, target } = await imported([join(folder, 'dense.npy')], { kind: 'matrix' })
    expect(await numbers(target, dataset, 'rows')).toEqual([0, 2, 3])
  })
})

describe.skipIf(!existsSync(matrices))('the matrices of the shared data', () => {
  test.each([
    ['bcsstk13.mtx', 2003, 83_883],
    ['karate.mtx', 34, 156],
    ['lp_afiro.mtx', 27, 102],
    ['bar.mat', 600, null],
    ['unit_square.mat', 191, null],
    ['recirc_flow.mat', 225, null],
    ['helmholtz_2D.mat', 2880, null],
  ])('%s', async (name, rows, entries) => {
    const { dataset } = await imported([join(matrices, name)])
    expect(dataset.axes[0]?.size).toBe(rows)
    if (entries !== null) expect(dataset.array.shape).toEqual([entries])
    expect(dataset.array.dtype).toBe(name.startsWith('helmholtz') ? 'complex128' : 'float64')
    expect(dataset.parts['nearNullSpace'] !== undefined).toBe(name.endsWith('.mat'))
    const coordinates = ['unit_square.mat', 'helmholtz_2D.mat'].includes(name)
    expect(dataset.parts['coordinates'] !== undefined).toBe(coordinates)
  })
})

function pythonWith(module: string): boolean {
  try {
    execFileSync('python3', ['-c', `import ${module}`], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
