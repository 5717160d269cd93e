import { createWriteStream } from 'node:fs'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { beforeAll, describe, expect, test } from 'vitest'
import { ZipFile } from 'yazl'
import { FiligreeError } from '../../src/shared/failure'
import { filigree } from './support/command-line'
import { auditProject } from './support/project-audit'
import { expectSentence } from './support/sentences'
import { Bench, type TestWorkbench } from './support/workbenches'

/** Rows of a smooth function of one input. */
const rows = Array.from({ length: 40 }, (_, row) => `${row / 4},${Math.sin(row / 4).toFixed(6)}`)

describe('a run that was saved as a file', () => {
  const bench = new Bench()
  let saved: string

  beforeAll(async () => {
    const table = bench.path('waves.csv')
    await writeFile(table, `place,height\n${rows.join('\n')}\n`)
    const from = bench.path('from')
    const run = ['run', table, '--option', 'kind=table', '--method', 'exact-gp', '--set', 'maxIterations=5']
    expect((await filigree([...run, '--project', from], { home: bench.folder })).code).toBe(0)
    saved = bench.path('waves.run.zip')
    const out = ['export', '0001-exact-gp', '--out', saved, '--project', from]
    expect((await filigree(out, { home: bench.folder })).stderr).toBe('')
  }, 60_000)

  test('predicts in another project what it predicts in its own', async () => {
    const next = bench.path('next.csv')
    await writeFile(next, 'place\n1.5\n3.25\n7\n')
    const told: string[] = []
    for (const project of ['from', 'to']) {
      const at = ['--project', bench.path(project)]
      if (project === 'to') {
        const { code, stdout } = await filigree(['import', saved, ...at], { home: bench.folder })
        expect(code).toBe(0)
        expect(stdout).toContain('Brought in from waves.run.zip, where it was run 1.')
      }
      const predict = ['run', next, '--option', 'kind=table', '--option', 'role.place=input']
      const model = ['--method', 'gp-predict', '--input', 'model=run:0001-exact-gp']
      const end = await filigree([...predict, ...model, ...at], { home: bench.folder })
      expect(end.stderr).not.toMatch(/cannot|failed/i)
      const folder = join(bench.path(project), 'runs', '0002-gp-predict')
      told.push((await readFile(join(folder, 'predictions.npy'))).toString('base64'))
      expect(await auditProject(bench.path(project))).toEqual([])
    }
    expect(told[0]).toBe(told[1])
  })

  const broken: [string, (folder: string) => Promise<string>, RegExp][] = [
    ['that is no zip file', (folder) => written(folder, 'plain text'), /damaged, or no zip file/],
    ['without its record', (folder) => packed(folder, [['log.txt', 'nothing']]), /it has no run\.json/],
    [
      'with a record that is none',
      (folder) => packed(folder, [['run.json', '{}']]),
      /damaged and cannot be read/,
    ],
    [
      'with folders in it',
      (folder) =>
        packed(folder, [
          ['run.json', '{}'],
          ['deep/model.npy', ''],
        ]),
      /it holds 'deep\/model\.npy'/,
    ],
    [
      'whose arrays are gone',
      async (folder) => {
        const record = join(bench.path('from'), 'runs', '0001-exact-gp', 'run.json')
        return packed(folder, [['run.json', await readFile(record, 'utf8')]])
      },
      /lacks \S+\.npy, which its run names/,
    ],
  ]

  test.each(broken)('%s is refused, and nothing of it is kept', async (what, make, says) => {
    const workbench: TestWorkbench = await bench.workbench()
    const name = `broken-${what.replaceAll(/\W+/g, '-')}`
    await workbench.createProject(bench.folder, name)
    const path = await make(bench.path(`${name}.run.zip`))
    const { handle } = await workbench.workbench.grant(path)
    const failure: unknown = await workbench
      .ask('runs.import', { file: handle })
      .catch((error: unknown) => error)
    if (!(failure instanceof FiligreeError))
      throw new Error(`A FiligreeError was expected, not ${String(failure)}`)
    expect(failure.code).toBe('invalid-file')
    expect(failure.message).toMatch(says)
    expectSentence(failure.message)
    expect(await readdir(join(bench.path(name), 'runs'))).toEqual([])
    expect(await auditProject(bench.path(name))).toEqual([])
  })
})

async function written(path: string, text: string): Promise<string> {
  await writeFile(path, text)
  return path
}

async function packed(path: string, files: readonly [string, string][]): Promise<string> {
  const archive = new ZipFile()
  for (const [name, text] of files) archive.addBuffer(Buffer.from(text), name)
  archive.end()
  await pipeline(archive.outputStream, createWriteStream(path))
  return path
}
