import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { exitCodes, FiligreeError, type FailureCode } from '../../src/shared/failure'
import { readNpy } from '../measurement/workspace'
import { filigree } from './support/command-line'
import { auditProject } from './support/project-audit'
import { expectSentence } from './support/sentences'
import { chain, closedChain, marketFile, marketMatrix, marketVector } from './support/small-systems'
import { Bench, type TestWorkbench } from './support/workbenches'

interface BadFile {
  what: string
  /** The first one is imported. */
  files: Readonly<Record<string, string>>
  says: RegExp
  code?: FailureCode
}

const coordinate = (lines: readonly string[], words = 'coordinate real general') => ({
  'm.mtx': marketFile(words, lines),
})

const badFiles: BadFile[] = [
  { what: 'an empty file', files: { 'm.mtx': '' }, says: /the file is empty\. Copy it again/ },
  { what: 'a file of words', files: { 'm.mtx': 'hello\n' }, says: /does not begin with %%MatrixMarket/ },
  {
    what: 'an unknown kind of number',
    files: coordinate(['1 1 1', '1 1 2'], 'coordinate quaternion general'),
    says: /“quaternion” for the field; known are real, integer, complex/,
  },
  {
    what: 'an entry above the diagonal of a symmetric file',
    files: coordinate(['2 2 3', '1 1 2', '1 2 -1', '2 2 2'], 'coordinate real symmetric'),
    says: /line 4 has an entry above the diagonal \(row 1, column 2\).*Change the word symmetric/,
  },
  {
    what: 'a symmetric matrix that is not square',
    files: coordinate(['3 2 2', '1 1 2', '2 1 2'], 'coordinate real symmetric'),
    says: /3 rows and 2 columns, but the first line calls the matrix symmetric/,
  },
  {
    what: 'a diagonal in a skew-symmetric matrix',
    files: coordinate(['2 2 2', '1 1 2', '2 1 2'], 'coordinate real skew-symmetric'),
    says: /line 3 has 2 on the diagonal, which is nought in a skew-symmetric matrix/,
  },
  {
    what: 'a diagonal of a Hermitian matrix that is not real',
    files: coordinate(['2 2 2', '1 1 2 1', '2 1 2 0'], 'coordinate complex hermitian'),
    says: /2\+1i on the diagonal, which is real in a Hermitian matrix/,
  },
  {
    what: 'a complex header over real numbers',
    files: coordinate(['2 2 2', '1 1 2', '2 2 2'], 'coordinate complex general'),
    says: /line 3 has 3 numbers where 4 should stand; .*change the word complex to real/,
  },
  {
    what: 'a real header over complex numbers',
    files: coordinate(['2 2 2', '1 1 2 0', '2 2 2 1']),
    says: /line 3 has 4 numbers where 3 should stand; .*change the word real to complex/,
  },
  {
    what: 'a pattern with values',
    files: coordinate(['2 2 2', '1 1 2', '2 1 2'], 'coordinate pattern general'),
    says: /calls the matrix a pattern, but there are values/,
  },
  {
    what: 'fewer entries than announced',
    files: coordinate(['2 2 3', '1 1 2', '2 2 2']),
    says: /line 2 announces 3 entries, and 2 are there: the file is cut short/,
  },
  {
    what: 'more entries than announced',
    files: coordinate(['2 2 2', '1 1 2', '1 2 2', '2 2 2']),
    says: /line 2 announces 2 entries, and 3 are there/,
  },
  {
    what: 'a row outside of the matrix',
    files: coordinate(['2 2 2', '1 1 2', '3 2 2']),
    says: /line 4 is about row 3, and the matrix has rows 1 to 2/,
  },
  {
    what: 'rows counted from nought',
    files: coordinate(['2 2 2', '0 1 2', '1 1 2']),
    says: /line 3 is about row 0/,
  },
  {
    what: 'NaN among the entries',
    files: coordinate(['2 2 2', '1 1 nan', '2 2 2']),
    says: /line 3 has the value NaN: entries must be finite/,
  },
  {
    what: 'an infinite entry',
    files: coordinate(['2 2 2', '1 1 1', '2 2 -Inf']),
    says: /line 4 has the value -inf/,
  },
  {
    what: 'an entry that no double holds',
    files: coordinate(['2 2 2', '1 1 1', '2 2 1e400']),
    says: /line 4 has the value inf/,
  },
  {
    what: 'an entry count of 10¹⁸',
    files: coordinate(['2 2 1000000000000000000', '1 1 1', '2 2 1']),
    says: /announces a size of “1000000000000000000”, more than can be counted/,
  },
  {
    what: 'more entries than the bytes of the file can hold',
    files: coordinate(['2 2 1000000000000000', '1 1 1', '2 2 1']),
    says: /announces 1000000000000000 entries, but only \d+ bytes follow/,
  },
  {
    what: 'more rows than 32 bits count',
    files: coordinate(['8589934592 8589934592 1', '1 1 1']),
    says: /announces 8589934592 rows or columns; at most 2147483647/,
  },
  {
    what: 'an array whose size overflows',
    files: coordinate(['2000000000 2000000000', '1'], 'array real general'),
    says: /announces 4000000000000000000 entries, but only/,
  },
  {
    what: 'no rows',
    files: coordinate(['0 0 0']),
    says: /announces a matrix without rows or columns/,
  },
  {
    what: 'no entries',
    files: coordinate(['3 3 0']),
    says: /holds no entry: there is nothing to work on/,
  },
  {
    what: 'a right-hand side with NaN',
    files: { 'm.mtx': marketMatrix(3, chain), 'm_b.mtx': marketVector([1, 'nan', 1]) },
    says: /m_b\.mtx: line 4 has the value NaN/,
  },
  {
    what: 'NaN in a table of entries',
    files: { 'm.csv': 'row,column,value\n1,1,2\n2,2,nan\n' },
    says: /line 3 has the value NaN/,
  },
  {
    what: 'half a row in a table of entries',
    files: { 'm.csv': 'row,column,value\n1,1,2\n2.5,2,1\n3,3,1\n' },
    says: /line 3 has “2\.5” where the row should stand/,
  },
]

interface BadSystem {
  what: string
  files: Readonly<Record<string, string>>
  method: string
  parameters?: Readonly<Record<string, string | number | boolean>>
  /** Null: the run ends in words of its own, with a solution that is not one. */
  code: FailureCode | null
  says: RegExp
}

const matrix = (size: number, value: Parameters<typeof marketMatrix>[1]) => ({
  'm.mtx': marketMatrix(size, value),
})
const closed = { ...matrix(6, closedChain(6)), 'm_b.mtx': marketVector([1, 1, 1, 1, 1, 1]) }
const zeroRow = {
  ...matrix(4, (row, column) => (row === 2 ? 0 : chain(row, column))),
  'm_b.mtx': marketVector([1, 1, 1, 1]),
}
const indefinite = matrix(6, (row, column) => (row === column ? (row < 3 ? 2 : -3) : chain(row, column)))
/** Positive on its diagonal, and yet of either sign. */
const hidden = matrix(6, (row, column) => (row === column ? 1 : Math.abs(row - column) === 1 ? 1 : 0))
const zeroPivot = matrix(4, (row, column) =>
  row === 1 && column === 1 ? 0 : row === column ? 4 : row < 2 && column < 2 ? 0 : 1,
)
const upper = matrix(4, (row, column) => (row === column ? 4 : row < column ? -1 : 0))

const badSystems: BadSystem[] = [
  {
    ...{ what: 'a singular matrix in Cholesky', files: matrix(6, closedChain(6)) },
    ...{ method: 'sparse-cholesky', code: 'breakdown' },
    says: /not positive definite: its Cholesky factorisation met a pivot that is not positive.*LU/,
  },
  {
    ...{ what: 'a singular matrix in LU', files: matrix(6, closedChain(6)) },
    ...{ method: 'sparse-lu', parameters: { rightHandSide: 'given' }, code: 'invalid-parameter' },
    says: /came without a right-hand side/,
  },
  {
    ...{ what: 'a singular matrix without a solution in MINRES', files: closed },
    ...{ method: 'minres', parameters: { preconditioner: 'none' }, code: 'invalid-data' },
    says: /inconsistent: every column of the matrix sums to nought.*below 1\.00e0.*LSMR/,
  },
  {
    ...{ what: 'a singular matrix without a solution in LU', files: closed },
    ...{ method: 'sparse-lu', code: 'invalid-data' },
    says: /inconsistent/,
  },
  {
    ...{ what: 'a row of zeros in GMRES', files: zeroRow },
    ...{ method: 'gmres', parameters: { preconditioner: 'none' }, code: 'invalid-data' },
    says: /row 3 of the matrix holds nothing but noughts, and its right-hand side is 1.*below 5\.00e-1/,
  },
  {
    ...{ what: 'an indefinite matrix in CG', files: indefinite },
    ...{ method: 'cg', code: 'invalid-data' },
    says: /CG needs a positive definite matrix, and this one is not: its diagonal is -3 in row 4\. MINRES/,
  },
  {
    ...{ what: 'a matrix whose indefiniteness no diagonal shows in CG', files: hidden },
    ...{ method: 'cg', parameters: { preconditioner: 'none' }, code: null },
    says: /CG broke down: pᴴAp = .* at iteration \d+: the matrix is not positive definite.*MINRES/,
  },
  {
    ...{ what: 'a nonsymmetric matrix in CG', files: upper, method: 'cg', code: 'invalid-data' },
    says: /CG needs a symmetric matrix.*GMRES/,
  },
  {
    ...{ what: 'a zero pivot in ILU(0)', files: zeroPivot },
    ...{ method: 'gmres', parameters: { preconditioner: 'ilu0' }, code: 'breakdown' },
    says: /ILU\(0\) met a zero pivot at row 2.*allow zero pivots to be replaced/,
  },
  {
    ...{ what: 'a zero pivot in IC(0)', files: zeroPivot },
    ...{ method: 'minres', parameters: { preconditioner: 'ic0' }, code: 'invalid-data' },
    says: /The diagonal of row 2 is 0.*incomplete Cholesky can not be used/,
  },
  {
    ...{ what: 'a factor that was not given', files: upper },
    ...{ method: 'gmres', parameters: { preconditioner: 'imported' }, code: 'invalid-parameter' },
    says: /No factor was given/,
  },
  {
    ...{ what: 'a matrix that is not square in CG', method: 'cg', code: 'invalid-data' },
    files: coordinate(['3 2 3', '1 1 1', '2 2 1', '3 1 1']),
    says: /3 rows and 2 columns; this method needs a square matrix\. LSQR/,
  },
  {
    ...{ what: 'a system that is not there', files: upper },
    ...{ method: 'gmres', parameters: { system: 2 }, code: 'invalid-parameter' },
    says: /System 2 was asked for, and 'm' has one/,
  },
  {
    ...{ what: 'numbers near the end of double precision', method: 'cg', code: 'invalid-data' },
    files: matrix(4, (row, column) => 4e307 * chain(row, column)),
    says: /The matrix holds 8\.00e307, so large that sums overflow/,
  },
]

describe('matrices that are not as they should be', () => {
  const bench = new Bench()
  let workbench: TestWorkbench
  let project: string

  beforeAll(async () => {
    workbench = await bench.workbench()
    await workbench.createProject(bench.folder, 'matrices')
    project = bench.path('matrices')
  })

  /** Writes the files into a folder of their own, for a right-hand side is looked for beside its matrix. */
  async function written(what: string, files: Readonly<Record<string, string>>): Promise<string> {
    const folder = bench.path(what.replaceAll(/\W+/g, '-'))
    await mkdir(folder)
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
    return join(folder, Object.keys(files)[0] ?? '')
  }

  /** Starts a run; what is refused before it starts is thrown. */
  async function run(dataset: string, method: string, parameters: Record<string, unknown> = {}) {
    const inputs = { matrix: { type: 'dataset' as const, dataset } }
    const { id } = await workbench.ask('runs.start', { method, inputs, parameters })
    return workbench.finished(id)
  }

  /** Every number of every array and of the trace of a run. */
  async function expectFinite(id: string): Promise<void> {
    const folder = join(project, 'runs', id)
    for (const name of await readdir(folder)) {
      if (!name.endsWith('.npy')) continue
      const { values } = await readNpy(join(folder, name))
      expect(
        values.every((value) => Number.isFinite(value)),
        name,
      ).toBe(true)
    }
    expect(await readFile(join(folder, 'trace.csv'), 'utf8').catch(() => '')).not.toMatch(/nan|inf/i)
  }

  test.each(badFiles)('$what: named, explained, nothing half-imported', async (bad) => {
    const path = await written(bad.what, bad.files)
    const before = (await readdir(join(project, 'datasets'))).length
    const failure: unknown = await workbench.importFile(path).then(
      () => null,
      (error: unknown) => error,
    )
    if (!(failure instanceof FiligreeError))
      throw new Error(`A FiligreeError was expected, not ${String(failure)}`)
    expect(failure.message).toMatch(bad.says)
    expect(failure.code).toBe(bad.code ?? 'invalid-data')
    expectSentence(failure.message)
    expect((await readdir(join(project, 'datasets'))).length).toBe(before)
    expect(await auditProject(project)).toEqual([])
  })

  test.each(badSystems)('$what: named, explained, nothing half-solved', async (bad) => {
    const dataset = await workbench.importFile(await written(bad.what, bad.files))
    const attempt = async () => {
      const { id, failure, artifacts, stopReason, stopMessage } = await run(
        dataset.id,
        bad.method,
        bad.parameters,
      )
      await expectFinite(id)
      if (failure === null) return { code: null, stopReason, message: stopMessage ?? '' }
      expect(artifacts).toEqual([])
      return failure
    }
    const end = await attempt().catch((error: unknown) => {
      if (error instanceof FiligreeError) return error
      throw error
    })
    expect(end.message).toMatch(bad.says)
    expect(end.code).toBe(bad.code)
    if (!(end instanceof FiligreeError) && 'stopReason' in end) expect(end.stopReason).toBe('broke-down')
    expectSentence(end.message)
    expect(await auditProject(project)).toEqual([])
  })

  test.each([
    { file: 'NaN among the entries', run: null },
    { file: null, run: 'a zero pivot in ILU(0)' },
    { file: null, run: 'an indefinite matrix in CG' },
  ])('the same on the command line, with its exit code: $file$run', async ({ file, run: name }) => {
    const badFile = badFiles.find(({ what }) => what === file)
    const badSystem = badSystems.find(({ what }) => what === name)
    const bad = badFile ?? badSystem
    if (bad === undefined) throw new Error('No such case.')
    const path = await written(`command ${bad.what}`, bad.files)
    const values = Object.entries(badSystem?.parameters ?? {})
    const settings = values.flatMap(([key, value]) => ['--set', `${key}=${String(value)}`])
    const command =
      badSystem === undefined ? ['import', path] : ['run', path, '--method', badSystem.method, ...settings]
    const words = [...command, '--project', `${path}.project`, '--json']
    const end = await filigree(words, { home: bench.folder })
    expect(end.stderr).toMatch(bad.says)
    expect(end.code).toBe(exitCodes[bad.code ?? 'invalid-data'])
    expect(end.stderr).not.toMatch(/^ {4}at /m)
  })

  test('a pivot of nought is replaced where that was allowed, and the run says so', async () => {
    const dataset = await workbench.importFile(await written('allowed', zeroPivot))
    const parameters = { preconditioner: 'ilu0', replaceZeroPivots: true }
    const { id, state, notes, stopReason } = await run(dataset.id, 'gmres', parameters)
    expect([state, stopReason]).toEqual(['succeeded', 'converged'])
    expect(notes.join(' ')).toMatch(/ILU\(0\) replaced the zero pivot of row 2, as allowed/)
    await expectFinite(id)
  })

  test('entries that share a place are added, and it is said', async () => {
    const twice = coordinate(['2 2 4', '1 1 2', '2 1 -1', '2 1 -1', '2 2 2'], 'coordinate real symmetric')
    const dataset = await workbench.importFile(await written('twice', twice))
    expect(dataset.notes.join(' ')).toMatch(/shared their place with others and were added/)
  })

  test('a right-hand side of the wrong length is not used, and it is said; chosen with the matrix it is refused', async () => {
    const files = { 'm.mtx': marketMatrix(4, chain), 'm_b.mtx': marketVector([1, 1, 1]) }
    const path = await written('short side', files)
    const dataset = await workbench.importFile(path)
    expect(dataset.parts['rightHandSide']).toBeUndefined()
    expect(dataset.notes.join(' ')).toMatch(/m_b\.mtx lies beside the matrix and is not used: it has 3 rows/)
    const chosen = [path, join(path, '..', 'm_b.mtx')]
    const handles = await Promise.all(
      chosen.map(async (each) => (await workbench.workbench.grant(each)).handle),
    )
    await expect(
      workbench.ask('datasets.import', { files: handles, choices: {}, name: null }),
    ).rejects.toThrow(/The right-hand side m_b\.mtx has 3 rows, and the matrix m\.mtx is 4 × 4/)
  })

  test('the least-squares solution of a matrix that is not square is one, and a comparison says which is fastest', async () => {
    const tall = {
      ...coordinate(['3 2 4', '1 1 1', '2 2 1', '3 1 1', '3 2 1']),
      'm_b.mtx': marketVector([1, 2, 4]),
    }
    const dataset = await workbench.importFile(await written('tall', tall))
    const solved = await run(dataset.id, 'lsqr')
    expect(solved.stopMessage).toMatch(/least-squares solution.*no x solves the system/)
    expect(solved.figures['normalResidual']).toBeLessThan(1e-8)
    const direct = await run(dataset.id, 'sparse-qr')
    expect(direct.stopMessage).toMatch(/Found the least-squares solution/)
    const compared = await run(dataset.id, 'compare-solvers', { secondsAtMost: 5 })
    expect(compared.stopMessage).toMatch(/is the fastest of 3 to a least-squares solution/)
    expect(compared.warnings).toEqual([])
  })

  test('a singular system with a solution is solved, and inspecting or advising says that it is singular', async () => {
    const consistent = { ...matrix(6, closedChain(6)), 'm_b.mtx': marketVector([1, -1, 2, -2, 1, -1]) }
    const dataset = await workbench.importFile(await written('consistent', consistent))
    const solved = await run(dataset.id, 'minres', { preconditioner: 'none' })
    expect(solved.stopReason).toBe('converged')
    expect(solved.figures['trueResidual']).toBeLessThanOrEqual(1e-8)
    const inspected = await run(dataset.id, 'inspect-matrix')
    expect(inspected.notes.join(' ')).toMatch(/semidefinite, or nearly singular/)
    const advised = await run(dataset.id, 'advise-solver')
    expect(advised.notes.join(' ')).toMatch(/every row sums to zero/)
    await expectFinite(inspected.id)
    await expectFinite(advised.id)
  })
})
