import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { beforeAll, describe, expect, test } from 'vitest'
import { openProject } from '../../src/main/store/project-store'
import { uniformNumbers } from '../measurement/statistics'
import { filigree } from './support/command-line'
import { auditProject, finishedRuns } from './support/project-audit'
import { writeScene } from './support/scenes'
import { Bench } from './support/workbenches'

const moments = 100

/** One process that runs the services is killed at a hundred random moments of its work. */
describe('the host itself, killed at a random moment', () => {
  const bench = new Bench()
  let project = ''
  let scene = ''

  beforeAll(async () => {
    project = bench.path('study')
    scene = await writeScene(bench.path('scene.mat'), 24, 20)
    const made = await filigree(['import', scene, '--name', 'base', '--project', project], {
      home: bench.folder,
    })
    expect(made.stderr).toMatch(/Made the project/)
    expect(made.code).toBe(0)
  }, 60_000)

  test(`${moments} times: the project opens, every finished run is whole, nothing is half-made`, async () => {
    const uniform = uniformNumbers(20_261_120)
    const kinds = [
      { name: 'import', words: ['import', scene, '--name', 'again'] },
      {
        name: 'run',
        words: [
          'run',
          'base',
          '--method',
          'ss-nmf',
          '--set',
          'endmembers=2',
          '--set',
          'maxIterations=60',
          '--set',
          'restarts=1',
        ],
      },
      { name: 'report', words: ['report', '0001-vca'] },
    ]
    const first = await filigree(
      ['run', 'base', '--method', 'vca', '--set', 'endmembers=2', '--project', project],
      { home: bench.folder },
    )
    expect(first.stderr).toBe('')
    const lengths = new Map<string, number>()
    for (const { name, words } of kinds) {
      const start = performance.now()
      const { code, stderr } = await filigree([...words, '--project', project], { home: bench.folder })
      expect(`${code} ${stderr}`).toMatch(/^0/)
      lengths.set(name, performance.now() - start)
    }
    let known = await finishedRuns(project)
    const killed = new Map(kinds.map(({ name }) => [name, 0]))
    for (let moment = 0; moment < moments;) {
      const kind = kinds[moment % kinds.length] ?? kinds[0]
      if (kind === undefined) throw new Error('There is a kind of work for every moment.')
      // Loading the program is a part of the time and nobody's loss: the moments lie in the work itself.
      const length = lengths.get(kind.name) ?? 0
      const killAfter = length * (0.25 + 0.75 * uniform())
      const end = await filigree([...kind.words, '--project', project], { home: bench.folder, killAfter })
      if (end.signal === 'SIGKILL') {
        moment += 1
        killed.set(kind.name, (killed.get(kind.name) ?? 0) + 1)
      } else {
        // It was done before: the machine has become quicker than it was when the length was measured.
        lengths.set(kind.name, length * 0.9)
      }
      const { problems, waiting, listed } = await opened(project)
      expect(
        problems,
        `after moment ${moment}, ${kind.name} killed after ${killAfter.toFixed(0)} ms`,
      ).toEqual([])
      const now = await finishedRuns(project)
      for (const id of known) expect(now).toContain(id)
      expect(listed.toSorted()).toEqual([...now, ...waiting].toSorted())
      known = now
    }
    const counts = [...killed].map(([name, count]) => `${name} ${count}`).join(', ')
    process.stdout.write(`killed: ${counts}; ${known.length} runs are finished and whole\n`)
  })

  test('what was waiting is done when the project is opened again', async () => {
    const workbench = await bench.workbench()
    await workbench.openProject(project)
    const { runs } = await workbench.ask('runs.list', {
      query: '',
      sort: '',
      descending: false,
      offset: 0,
      limit: 10_000,
    })
    for (const { id } of runs) await workbench.finished(id)
    expect(await auditProject(project)).toEqual([])
    expect(existsSync(join(project, 'filigree.db'))).toBe(true)
  })
})

/**
 * Opens the project as anybody would, and looks at every file. A job whose host was killed notices only when it
 * next comes up for air, and may drop one more draft until then: what it drops is gone when it is opened again.
 */
async function opened(project: string) {
  for (let attempt = 1; ; attempt += 1) {
    const store = await openProject(project, { takeOverQueue: true })
    const waiting = store.resumed.map(({ id }) => id)
    const { runs } = store.runs.list({ query: '', sort: '', descending: false, offset: 0, limit: 10_000 })
    store.close()
    const problems = await auditProject(project, waiting)
    if (problems.length === 0 || attempt === 5) return { problems, waiting, listed: runs.map(({ id }) => id) }
    await wait(400)
  }
}

describe('Ctrl+C', () => {
  const bench = new Bench()

  test('ends a run as cancelled, and says so', async () => {
    const home = bench.folder
    const scene = await writeScene(bench.path('scene.mat'), 60, 60)
    const project = bench.path('study')
    const start = performance.now()
    const words = [
      'run',
      scene,
      '--method',
      'ss-nmf',
      '--set',
      'endmembers=6',
      '--set',
      'maxIterations=1000000',
      '--set',
      'tolerance=0',
      '--project',
      project,
    ]
    const end = await filigree(words, { home, interruptAfter: 6000 })
    expect(performance.now() - start).toBeLessThan(10_000)
    expect(end.code).toBe(130)
    expect(end.stderr).toMatch(/Cancelled\./)
    const [run] = await finishedRuns(project)
    const shown = await filigree(['show', run ?? '', '--json', '--project', project], { home })
    expect(JSON.parse(shown.stdout)).toMatchObject({ state: 'cancelled' })
    expect(await auditProject(project)).toEqual([])
  })
})
