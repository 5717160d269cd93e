import Database from 'better-sqlite3'
import { appendFile, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { FiligreeError, type FailureCode, exitCodes } from '../../src/shared/failure'
import { filigree } from './support/command-line'
import { auditProject, finishedRuns } from './support/project-audit'
import { sceneFile, writeScene, writeShortEnvi } from './support/scenes'
import { expectSentence } from './support/sentences'
import { Bench, type TestWorkbench } from './support/workbenches'

interface BadInput {
  what: string
  /** Writes the file and names it. */
  file: (stem: string) => Promise<string>
  method?: string
  parameters?: Record<string, string | number>
  code: FailureCode
  says: RegExp
}

const cases: BadInput[] = [
  {
    what: 'a truncated .mat',
    file: async (stem) => {
      const whole = sceneFile(10, 10)
      await writeFile(`${stem}.mat`, whole.subarray(0, Math.floor(whole.length * 0.6)))
      return `${stem}.mat`
    },
    code: 'invalid-file',
    says: /./,
  },
  {
    what: 'a header that promises more bytes than the file has',
    file: (stem) => writeShortEnvi(stem, 100),
    code: 'invalid-file',
    says: /100 bytes/,
  },
  {
    what: 'NaN pixels',
    file: (stem) =>
      writeScene(`${stem}.mat`, 10, 10, (value, pixel, band) => (pixel === 23 && band === 4 ? NaN : value)),
    code: 'invalid-data',
    // The lines run fastest: pixel 23 of ten lines is line 3 of sample 2.
    says: /NaN.*line 3, sample 2, band 4/,
  },
  {
    what: 'infinite pixels',
    file: (stem) =>
      writeScene(`${stem}.mat`, 10, 10, (value, pixel, band) =>
        pixel === 10 && band === 1 ? Infinity : value,
      ),
    code: 'invalid-data',
    says: /infinite.*line 0, sample 1, band 1/,
  },
  {
    what: 'negative reflectance',
    file: (stem) =>
      writeScene(`${stem}.mat`, 10, 10, (value, pixel, band) => (pixel === 11 && band === 2 ? -0.5 : value)),
    method: 'ss-nmf',
    code: 'invalid-data',
    says: /negative.*line 1, sample 1, band 2/,
  },
  {
    what: 'more endmembers than bands',
    file: (stem) => writeScene(`${stem}.mat`, 10, 10),
    parameters: { endmembers: 13 },
    code: 'invalid-parameter',
    says: /13 endmembers .* 12 bands/,
  },
]

describe('bad input', () => {
  const bench = new Bench()
  let workbench: TestWorkbench
  let project = ''

  beforeAll(async () => {
    workbench = await bench.workbench()
    project = (await workbench.createProject(bench.folder, 'study')).folder
  }, 60_000)

  test.each(cases)(
    '$what: one clear sentence in the window, and nothing half-made',
    async ({ what, file, method, parameters, code, says }) => {
      const path = await file(bench.path(`window-${what.replaceAll(/\W+/g, '-')}`))
      const attempt = async () => {
        const dataset = await workbench.importFile(path)
        return workbench.run(dataset.id, method ?? 'vca', { endmembers: 2, ...parameters })
      }
      const failure: unknown = await attempt().then(
        () => null,
        (error: unknown) => error,
      )
      if (!(failure instanceof FiligreeError))
        throw new Error(`A FiligreeError was expected, not ${String(failure)}`)
      expect(failure.message).toMatch(says)
      expect(failure.code).toBe(code)
      expectSentence(failure.message)
      expect(await auditProject(project)).toEqual([])
      expect(await finishedRuns(project)).toEqual([])
    },
  )

  test.each(cases)(
    '$what: the same on the command line',
    async ({ what, file, method, parameters, code, says }) => {
      const path = await file(bench.path(`command-${what.replaceAll(/\W+/g, '-')}`))
      const set = Object.entries({ endmembers: 2, ...parameters }).flatMap(([name, value]) => [
        '--set',
        `${name}=${value}`,
      ])
      const folder = bench.path(`project-${what.replaceAll(/\W+/g, '-')}`)
      const words = ['run', path, '--method', method ?? 'vca', ...set, '--project', folder, '--json']
      const end = await filigree(words, { home: bench.folder })
      expect(end.stderr).toMatch(says)
      expect(end.code).toBe(exitCodes[code])
      expect(end.stderr).not.toMatch(/^ {4}at /m)
      expect(JSON.parse(end.stdout)).toMatchObject({ failure: { code } })
      expect(await auditProject(folder)).toEqual([])
      expect(await finishedRuns(folder)).toEqual([])
    },
  )

  test('a path that vanished, before its import and before its run', async () => {
    const path = await writeScene(bench.path('short-lived.mat'), 6, 6)
    const { handle } = await workbench.workbench.grant(path)
    await rm(path)
    await expectFailure(
      workbench.ask('datasets.import', { files: [handle], choices: {}, name: null }),
      'not-found',
      /no longer there/,
    )
    const end = await filigree(['import', path, '--project', project], { home: bench.folder })
    expect(end.code).toBe(exitCodes['not-found'])
    expectSentence(end.stderr.trim())
    expect(await auditProject(project)).toEqual([])
  })

  test('an external file that changed, or went away, after its import', async () => {
    const header = await writeShortEnvi(bench.path('scene'), 0)
    const dataset = await workbench.importFile(header)
    expect(dataset.array.location).toBe('external')
    await appendFile(bench.path('scene.img'), 'more')
    const run = () => workbench.run(dataset.id, 'vca', { endmembers: 2 })
    await expectFailure(run(), 'invalid-data', /changed since it was imported/)
    await rename(bench.path('scene.img'), bench.path('elsewhere.img'))
    await expectFailure(run(), 'not-found', /not there any more/)
    expect(await auditProject(project)).toEqual([])
  })

  test('a project of a newer version is refused and left untouched', async () => {
    const folder = bench.path('newer')
    await filigree(['new', folder], { home: bench.folder })
    const database = new Database(join(folder, 'filigree.db'))
    database.pragma('user_version = 99')
    database.close()
    const before = await readFile(join(folder, 'filigree.db'))
    const other = await bench.workbench()
    await expectFailure(other.openProject(folder), 'newer-version', /newer version of Filigree/)
    const end = await filigree(['list', '--project', folder], { home: bench.folder })
    expect(end.code).toBe(exitCodes['newer-version'])
    expectSentence(end.stderr.trim())
    expect(await readFile(join(folder, 'filigree.db'))).toEqual(before)
    expect((await readdir(folder)).toSorted()).toEqual(['datasets', 'filigree.db', 'reports', 'runs'])
  })

  test('wrong usage has its own exit code', async () => {
    for (const words of [
      ['frobnicate'],
      ['run', 'x.mat'],
      ['run', 'x.mat', '--method', 'vca', '--seed', 'red'],
    ]) {
      expect((await filigree(words, { home: bench.folder })).code).toBe(2)
    }
    const unknown = await filigree(['run', 'x.mat', '--method', 'kmeans'], { home: bench.folder })
    expect(unknown.code).toBe(exitCodes['not-found'])
    expect(unknown.stderr).toMatch(/There are: .*vca/)
  })
})

async function expectFailure(promise: Promise<unknown>, code: FailureCode, says: RegExp): Promise<void> {
  await expect(promise).rejects.toMatchObject({ code, message: expect.stringMatching(says) as string })
}
