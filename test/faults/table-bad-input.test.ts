import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Dataset, ImportChoices } from '../../src/shared/dataset'
import { exitCodes, FiligreeError, type FailureCode } from '../../src/shared/failure'
import { filigree } from './support/command-line'
import { auditProject } from './support/project-audit'
import { expectSentence } from './support/sentences'
import { Bench, type TestWorkbench } from './support/workbenches'

/** Rows of a smooth function of two inputs, changed by `change`. */
function rows(
  count: number,
  change: (row: number[], index: number) => (number | string)[] = (row) => row,
): string {
  const made = Array.from({ length: count }, (_, index) => {
    const [a, b] = [Math.sin(index * 1.7), Math.cos(index * index * 0.31)]
    return change([a, b, Math.sin(3 * a) + b * b + 0.01 * Math.sin(index * 91.7)], index).join(',')
  })
  return `${made.join('\n')}\n`
}

interface BadTable {
  what: string
  /** Named by the issue: asked on the command line, too. */
  command?: true
  text: string
  choices?: ImportChoices
  /** Run after the import; without it the import itself has to fail. */
  run?: { method: string; parameters: Record<string, string | number> }
  code: FailureCode
  says: RegExp
}

const exact = (parameters: Record<string, string | number> = {}) => ({
  method: 'exact-gp',
  parameters: { maxIterations: 5, ...parameters },
})

const cases: BadTable[] = [
  {
    what: 'a column of words as an input',
    command: true,
    text: `size,colour,y\n${rows(20, ([a = 0, , y = 0], index) => [a, index % 2 === 0 ? 'red' : 'blue', y])}`,
    choices: { 'role.colour': 'input' },
    code: 'invalid-parameter',
    says: /The column colour holds words \(“red” and “blue”\).*leave the column unused/,
  },
  {
    what: 'words alone',
    text: 'name,colour\nann,red\nbob,blue\n',
    code: 'invalid-file',
    says: /No column of this table holds numbers/,
  },
  {
    what: 'a word among numbers',
    text: rows(3000, (row, index) => (index === 2500 ? [1, 'oops', 2] : row)),
    code: 'invalid-file',
    says: /Row 2,501 of .* has “oops” in the column column 2, where a number should stand/,
  },
  {
    what: 'rows of uneven length',
    text: '1,2,3\n4,5\n',
    code: 'invalid-file',
    says: /row 2 has another number of columns/,
  },
  {
    what: 'nothing but gaps in an input',
    command: true,
    text: `a,b,y\n${rows(20, ([a = 0, , y = 0]) => [a, 'NaN', y])}`,
    run: exact(),
    code: 'invalid-data',
    says: /Each of the 20 rows misses/,
  },
  {
    what: 'one row',
    command: true,
    text: '1,2,3\n',
    run: exact(),
    code: 'invalid-data',
    says: /has 1 row; a Gaussian process needs at least 2/,
  },
  {
    what: 'no target',
    text: rows(20),
    choices: { 'role.column 3': 'input' },
    run: exact(),
    code: 'invalid-data',
    says: /No column of .* is the target/,
  },
  {
    what: 'more inputs than rows',
    command: true,
    text: `${Array.from({ length: 6 }, (_, row) => Array.from({ length: 12 }, (_each, column) => Math.sin(row * 7 + column * column)).join(',')).join('\n')}\n`,
    run: exact({ holdOut: 'none' }),
    code: 'invalid-data',
    says: /There are 11 inputs but only 6 training rows/,
  },
  {
    what: 'a constant target',
    command: true,
    text: rows(40, ([a = 0, b = 0]) => [a, b, 2]),
    run: exact(),
    code: 'invalid-data',
    says: /The target is 2 in every training row/,
  },
  {
    what: 'the same inputs in every row',
    command: true,
    text: rows(40, ([, , y = 0]) => [1, 2, y]),
    run: exact(),
    code: 'invalid-data',
    says: /Every input is constant over the training rows, so all rows are duplicates/,
  },
  {
    what: 'negative variances of the noise',
    command: true,
    text: `a,b,y,noise_variance\n${rows(40, (row, index) => [...row, index === 7 ? -0.1 : 0.1])}`,
    run: exact(),
    code: 'invalid-data',
    says: /noise variance of row 8 .*-0\.1/,
  },
  {
    what: 'negative variances of the noise, for neighbours',
    text: `a,b,y,noise_variance\n${rows(40, (row, index) => [...row, index === 7 ? -0.1 : 0.1])}`,
    run: { method: 'vecchia-gp', parameters: {} },
    code: 'invalid-data',
    says: /The noise variance of row 8 is -0\.1: it must be zero or more/,
  },
  {
    what: 'more neighbours than any conditional may have',
    text: rows(40),
    run: { method: 'vecchia-gp', parameters: { neighbours: 5000 } },
    code: 'invalid-parameter',
    says: /neighbours/i,
  },
  {
    what: 'a split that is not there',
    text: rows(40),
    run: exact({ holdOut: 'split', splitNumber: 3 }),
    code: 'invalid-parameter',
    says: /has no saved split/,
  },
  {
    what: 'a kernel that is none',
    text: rows(40),
    run: exact({ kernel: 'rbf + nonsense' }),
    code: 'invalid-parameter',
    says: /“nonsense” is not a kernel/,
  },
  {
    what: 'a kernel of an input that is not there',
    text: `a,b,y\n${rows(40)}`,
    run: exact({ kernel: 'rbf + periodic[depth]' }),
    code: 'invalid-parameter',
    says: /sees an input “depth”, which the table does not have\. Its inputs are 1 a, 2 b\./,
  },
  {
    what: 'more folds than rows',
    text: rows(8),
    run: exact({ holdOut: 'folds', folds: 9 }),
    code: 'invalid-parameter',
    says: /9 folds were asked for.* has 8 rows/,
  },
]

describe('tables that are not as they should be', () => {
  const bench = new Bench()
  let workbench: TestWorkbench
  let project: string

  /** The record of a run on a table, once it has ended. */
  async function fitted({ id }: Dataset, method: string, parameters: Record<string, unknown>) {
    const table = { type: 'dataset' as const, dataset: id }
    const run = await workbench.ask('runs.start', { method, inputs: { table }, parameters })
    return workbench.finished(run.id)
  }

  beforeAll(async () => {
    workbench = await bench.workbench()
    await workbench.createProject(bench.folder, 'tables')
    project = bench.path('tables')
  })

  async function fileOf({ what, text }: BadTable, before: string): Promise<string> {
    const path = bench.path(`${before}-${what.replaceAll(/\W+/g, '-')}.csv`)
    await writeFile(path, text)
    return path
  }

  /** Throws the failure of the run, wherever it was found; nothing it made may stay. */
  async function refused(dataset: Dataset, { method, parameters }: NonNullable<BadTable['run']>) {
    const { failure, artifacts } = await fitted(dataset, method, parameters)
    expect(artifacts).toEqual([])
    if (failure !== null) throw new FiligreeError(failure.code, failure.message)
  }

  test.each(cases)('$what: named, explained, nothing half-fitted', async (bad) => {
    const path = await fileOf(bad, 'services')
    const before = (await readdir(join(project, 'datasets'))).length
    const attempt = async () => {
      const dataset = await workbench.importFile(path, bad.choices)
      if (bad.run !== undefined) await refused(dataset, bad.run)
    }
    const failure: unknown = await attempt().then(
      () => null,
      (error: unknown) => error,
    )
    if (!(failure instanceof FiligreeError))
      throw new Error(`A FiligreeError was expected, not ${String(failure)}`)
    expect(failure.message).toMatch(bad.says)
    expect(failure.code).toBe(bad.code)
    expectSentence(failure.message)
    expect((await readdir(join(project, 'datasets'))).length).toBe(before + (bad.run === undefined ? 0 : 1))
    expect(await auditProject(project)).toEqual([])
  })

  test.each(cases.filter(({ command }) => command))(
    '$what: the same on the command line, with its exit code',
    async (bad) => {
      const path = await fileOf(bad, 'command')
      const folder = bench.path(`project-${bad.what.replaceAll(/\W+/g, '-')}`)
      const words = (flag: string, values: object = {}) =>
        Object.entries(values).flatMap(([key, value]) => [flag, `${key}=${String(value)}`])
      const options = words('--option', bad.choices)
      const command =
        bad.run === undefined
          ? ['import', path, ...options]
          : ['run', path, '--method', bad.run.method, ...options, ...words('--set', bad.run.parameters)]
      const end = await filigree([...command, '--project', folder, '--json'], { home: bench.folder })
      expect(end.stderr).toMatch(bad.says)
      expect(end.code).toBe(exitCodes[bad.code])
      expect(end.stderr).not.toMatch(/^ {4}at /m)
    },
  )

  test('rows with gaps are left out of a fit, and it is said', async () => {
    const path = bench.path('gaps.csv')
    await writeFile(
      path,
      rows(60, (row, index) => (index % 10 === 3 ? [row[0] ?? 0, row[1] ?? 0, 'NA'] : row)),
    )
    const dataset = await workbench.importFile(path)
    expect(dataset.notes.join(' ')).toMatch(/Missing values: 6 in column 3/)
    const record = await fitted(dataset, 'exact-gp', { maxIterations: 5 })
    expect(record.state).toBe('succeeded')
    expect(record.warnings.join(' ')).toMatch(/6 of 60 rows miss/)
  })

  test('more neighbours than rows are all rows, and it is said', async () => {
    const path = bench.path('few.csv')
    await writeFile(path, rows(60))
    const dataset = await workbench.importFile(path)
    const record = await fitted(dataset, 'vecchia-gp', { neighbours: 200, holdOut: 'none' })
    expect(record.state).toBe('succeeded')
    expect(record.warnings.join(' ')).toMatch(/200 neighbours were asked for, but there are 60 rows/)
  })

  test('inputs that give the logarithm of a count away are told of by the run', async () => {
    const path = bench.path('leak.csv')
    await writeFile(
      path,
      rows(60, ([a = 0, b = 0]) => [a, b, Math.log(9 + 2 * a + b).toFixed(5)]),
    )
    const dataset = await workbench.importFile(path)
    const record = await fitted(dataset, 'vecchia-gp', {})
    expect(record.warnings.join(' ')).toMatch(/Leak.*exponential of the target/)
  })

  test('rows that repeat others are merged, and it is said', async () => {
    const path = bench.path('repeats.csv')
    await writeFile(
      path,
      rows(60, (row, index) => [index % 20, 0.5 * (index % 20), row[2] ?? 0]),
    )
    const dataset = await workbench.importFile(path)
    const record = await fitted(dataset, 'exact-gp', { maxIterations: 5, holdOut: 'none' })
    expect(record.state).toBe('succeeded')
    expect(record.figures['mergedRows']).toBe(40)
  })

  test.each([
    ['is a sum of inputs', ([a = 0, b = 0]: number[]) => [a, b, 2 * a - 3 * b], /Leak: inputs .* determine/],
    [
      'is the logarithm of a sum of inputs',
      ([a = 0, b = 0]: number[]) => [a, b, Math.log(5 + 2 * a - b)],
      /Leak\? The exponential of the target is a weighted sum/,
    ],
  ])('a target that %s is told by the run', async (what, change, says) => {
    const path = bench.path(`${what.replaceAll(' ', '-')}.csv`)
    await writeFile(path, rows(60, change))
    const dataset = await workbench.importFile(path)
    const record = await fitted(dataset, 'exact-gp', { maxIterations: 3 })
    expect(record.state).toBe('succeeded')
    expect(record.warnings.join(' ')).toMatch(says)
  })

  test('inputs of a kernel go by their names, also where another one is constant', async () => {
    const path = bench.path('named.csv')
    await writeFile(path, `same,year,size,y\n${rows(60, ([a = 0, b = 0, y = 0]) => [4, a, b, y])}`)
    const dataset = await workbench.importFile(path, { kind: 'table' })
    const record = await fitted(dataset, 'exact-gp', { maxIterations: 3, kernel: 'rbf[size] + linear[year]' })
    expect(record.state).toBe('succeeded')
    expect(record.warnings.join(' ')).toMatch(/constant over the training rows: “same”/)
    const parameters = record.artifacts.find(({ name }) => name === 'hyperParameters')
    expect(parameters?.axes[0]?.labels).toContain('length scale of size (rbf)')
    expect(parameters?.axes[0]?.labels).toContain('variance of year (linear)')
  })

  test('a table without an input of the model is refused by name', async () => {
    const [fit, other] = [bench.path('fit.csv'), bench.path('other.csv')]
    await writeFile(fit, `a,b,y\n${rows(40)}`)
    await writeFile(other, `a,c\n${rows(10, ([a = 0, b = 0]) => [a, b])}`)
    const [table, wrong] = [await workbench.importFile(fit), await workbench.importFile(other)]
    const run = await workbench.ask('runs.start', {
      method: 'exact-gp',
      inputs: { table: { type: 'dataset', dataset: table.id } },
      parameters: { maxIterations: 5 },
    })
    expect((await workbench.finished(run.id)).state).toBe('succeeded')
    const { id } = await workbench.ask('runs.start', {
      method: 'gp-predict',
      inputs: { model: { type: 'run', run: run.id }, table: { type: 'dataset', dataset: wrong.id } },
      parameters: {},
    })
    const { failure } = await workbench.finished(id)
    expect(failure?.message).toMatch(/The table lacks inputs of the model: b\./)
  })
})
