import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import type { ImportChoices } from '../../src/shared/dataset'
import { exitCodes, FiligreeError, type FailureCode } from '../../src/shared/failure'
import { npyHeader } from '../../src/main/formats/npy'
import { filigree } from './support/command-line'
import { auditProject, finishedRuns } from './support/project-audit'
import { expectSentence } from './support/sentences'
import { Bench, type TestWorkbench } from './support/workbenches'

/** A .npy file whose header is as given and whose numbers are `values`. */
function npy(header: string, values: Float64Array = new Float64Array()): Buffer {
  const padded = `${header.padEnd(118 - 1)}\n`
  const start = Buffer.alloc(10)
  start.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0])
  start.writeUInt16LE(padded.length, 8)
  return Buffer.concat([start, Buffer.from(padded, 'latin1'), Buffer.from(values.buffer)])
}

function doubles(shape: readonly number[], value: (at: number) => number): Buffer {
  const count = shape.reduce((product, size) => product * size, 1)
  const values = Float64Array.from({ length: count }, (_, at) => value(at))
  return Buffer.concat([npyHeader('float64', shape), Buffer.from(values.buffer)])
}

interface BadTensor {
  what: string
  ending: 'npy' | 'tns' | 'csv'
  bytes: string | Buffer
  choices?: ImportChoices
  /** Run after the import; without it the import itself has to fail. */
  run?: { method: string; parameters: Record<string, string | number[]> }
  code: FailureCode
  says: RegExp
}

const shape = [4, 3, 5]
const twice = '1 1 1 2.5\n1 2 1 1\n1 1 1 0.5\n2 3 2 4\n'

const cases: BadTensor[] = [
  {
    what: 'objects in .npy',
    ending: 'npy',
    bytes: npy("{'descr': '|O', 'fortran_order': False, 'shape': (3, 4), }"),
    code: 'invalid-file',
    says: /Python objects \(pickle\)/,
  },
  {
    what: 'sizes whose product overflows',
    ending: 'npy',
    bytes: npy("{'descr': '<f8', 'fortran_order': False, 'shape': (4294967296, 4294967296, 4), }"),
    code: 'invalid-file',
    says: /more numbers than any disk holds/,
  },
  {
    what: 'sizes that the file is too short for',
    ending: 'npy',
    bytes: npy("{'descr': '<f8', 'fortran_order': False, 'shape': (100000, 100000, 4), }"),
    code: 'invalid-file',
    says: /too short/,
  },
  {
    what: 'NaN that nobody said is missing',
    ending: 'npy',
    bytes: doubles(shape, (at) => (at === 37 ? Number.NaN : at)),
    choices: { kind: 'tensor' },
    run: { method: 'st-hosvd', parameters: { choose: 'ranks', ranks: [2] } },
    code: 'invalid-data',
    // 37 = 2 · 15 + 1 · 5 + 2.
    says: /1 entry that is NaN.*\(2, 1, 2\), counted from 0/,
  },
  {
    what: 'ranks above the sizes of the modes',
    ending: 'npy',
    bytes: doubles(shape, (at) => Math.sin(at)),
    choices: { kind: 'tensor' },
    run: { method: 'st-hosvd', parameters: { choose: 'ranks', ranks: [4, 4, 4] } },
    code: 'invalid-parameter',
    says: /Rank 4 does not fit mode 2 .*3 entries. Choose 1 to 3\./,
  },
  {
    what: 'a rank too few',
    ending: 'tns',
    bytes: twice,
    run: { method: 'sparse-tucker', parameters: { ranks: [2, 2] } },
    code: 'invalid-parameter',
    says: /2 ranks were given for 3 modes/,
  },
  {
    what: 'entries at one place that are to be refused',
    ending: 'tns',
    bytes: twice,
    choices: { duplicates: 'refuse' },
    code: 'invalid-data',
    says: /1 entry at places that are taken already.*entry 3.*summed or averaged/,
  },
  {
    what: 'entries at one place in a table, refused unless asked for',
    ending: 'csv',
    bytes: 'row,column,tube,value\n0,0,0,1\n1,2,0,2\n1,2,0,3\n2,1,1,4\n',
    code: 'invalid-data',
    says: /taken already/,
  },
  {
    what: 'an index of 0 that is to count from 1',
    ending: 'tns',
    bytes: '0 1 2.5\n1 2 1\n',
    choices: { indexBase: '1' },
    code: 'invalid-parameter',
    says: /cannot count from 1: the smallest one is 0/,
  },
  {
    what: 'an index that is no whole number',
    ending: 'tns',
    bytes: '1 1 2\n1.5 2 1\n',
    code: 'invalid-file',
    says: /Line 2 .* 1\.5 where the index of mode 1 stands/,
  },
  {
    what: 'a line with too few numbers',
    ending: 'tns',
    bytes: '1 1 1 2\n1 2 2 1\n2 2 2 1\n2 2 1\n',
    code: 'invalid-file',
    says: /Line 4 .* 3 numbers.*the other entries have 4/,
  },
  {
    what: 'a value that is NaN among entries',
    ending: 'tns',
    bytes: '1 1 2\n2 2 nan\n',
    code: 'invalid-data',
    says: /Entry 2 .*no value \(NaN\).*say so/,
  },
  {
    what: 'no entries at all',
    ending: 'tns',
    bytes: '# nothing\n',
    code: 'invalid-file',
    says: /holds no entries/,
  },
]

describe('bad tensors', () => {
  const bench = new Bench()
  let workbench: TestWorkbench
  let project = ''

  beforeAll(async () => {
    workbench = await bench.workbench()
    project = (await workbench.createProject(bench.folder, 'study')).folder
  }, 60_000)

  const fileOf = async ({ what, ending, bytes }: BadTensor, stem: string): Promise<string> => {
    const path = bench.path(`${stem}-${what.replaceAll(/\W+/g, '-')}.${ending}`)
    await writeFile(path, bytes)
    return path
  }

  test.each(cases)('$what: one sentence, and nothing half-made', async (bad) => {
    const before = (await readdir(join(project, 'datasets'))).length
    const path = await fileOf(bad, 'window')
    const attempt = async () => {
      const dataset = await workbench.importFile(path, bad.choices)
      if (bad.run === undefined) return
      await workbench.ask('runs.start', {
        method: bad.run.method,
        inputs: { tensor: { type: 'dataset', dataset: dataset.id } },
        parameters: bad.run.parameters,
      })
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
    expect(await finishedRuns(project)).toEqual([])
  })

  test.each(cases.filter(({ what }) => /objects|NaN that|ranks above|to be refused/.test(what)))(
    '$what: the same on the command line, with its exit code',
    async (bad) => {
      const path = await fileOf(bad, 'command')
      const folder = bench.path(`project-${bad.what.replaceAll(/\W+/g, '-')}`)
      const options = Object.entries(bad.choices ?? {}).flatMap(([key, value]) => [
        '--option',
        `${key}=${String(value)}`,
      ])
      const set = Object.entries(bad.run?.parameters ?? {}).flatMap(([key, value]) => [
        '--set',
        `${key}=${String(value)}`,
      ])
      const words =
        bad.run === undefined
          ? ['import', path, ...options]
          : ['run', path, '--method', bad.run.method, ...options, ...set]
      const end = await filigree([...words, '--project', folder, '--json'], { home: bench.folder })
      expect(end.stderr).toMatch(bad.says)
      expect(end.code).toBe(exitCodes[bad.code])
      expect(end.stderr).not.toMatch(/^ {4}at /m)
      expect(JSON.parse(end.stdout)).toMatchObject({ failure: { code: bad.code } })
      expect(await auditProject(folder)).toEqual([])
      expect(await finishedRuns(folder)).toEqual([])
    },
  )

  test.each([
    { base: 1, text: '1 1 2.5\n3 2 1\n' },
    { base: 0, text: '0 0 2.5\n2 1 1\n' },
  ])('indices that count from $base: detected, and said', async ({ base, text }) => {
    const path = bench.path(`from-${base}.tns`)
    await writeFile(path, text)
    const dataset = await workbench.importFile(path)
    expect(dataset.axes.map(({ size }) => size)).toEqual([3, 2])
    expect(dataset.notes).toContain(`Indices count from ${base} (detected).`)
  })

  test('entries at one place are summed or averaged as asked, and it is said', async () => {
    const path = bench.path('twice.tns')
    await writeFile(path, twice)
    const summed = await workbench.importFile(path)
    expect(summed.notes.join(' ')).toMatch(
      /1 entry stands at a place that is taken already; they were summed/,
    )
    expect(summed.summary).toMatchObject({ count: 3, maximum: 4, minimum: 1 })
    const averaged = await workbench.importFile(path, { duplicates: 'mean' })
    expect(averaged.notes.join(' ')).toMatch(/they were averaged/)
    // (2.5 + 0.5) / 2 beside 1 and 4.
    expect(averaged.summary?.mean).toBeCloseTo(6.5 / 3, 12)
    expect(summed.summary?.mean).toBeCloseTo(8 / 3, 12)
  })

  test('slices without any entry are named, and no run invents them', async () => {
    const path = bench.path('empty-slices.tns')
    await writeFile(path, '3\n4 3 2\n1 1 1 1\n1 2 2 2\n4 3 1 3\n4 1 2 4\n')
    const dataset = await workbench.importFile(path)
    expect(dataset.notes.join(' ')).toMatch(/Slices without any entry: 2 of 4 in mode 1\./)
    expect(await auditProject(project)).toEqual([])
  })

  test('NaN as missing is offered, not assumed', async () => {
    const path = bench.path('gaps.npy')
    await writeFile(
      path,
      doubles(shape, (at) => (at % 7 === 0 ? Number.NaN : Math.sin(at))),
    )
    const { handle } = await workbench.workbench.grant(path)
    const preview = await workbench.ask('datasets.preview', { files: [handle], choices: { kind: 'tensor' } })
    expect(preview.options.find(({ key }) => key === 'nanIsMissing')?.value).toBe(false)
    expect(preview.warnings.join(' ')).toMatch(/NaN in this tensor/)
    const asIs = await workbench.importFile(path, { kind: 'tensor' })
    expect(asIs.parts['mask']).toBeUndefined()
    expect(asIs.notes.join(' ')).toMatch(/9 values are NaN/)
    const told = await workbench.importFile(path, { kind: 'tensor', nanIsMissing: true })
    expect(told.parts['mask']).toBeDefined()
    expect(told.summary).toMatchObject({ noDataCount: 9, nanCount: 0 })
  })
})
