import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { auditProject } from './support/project-audit'
import { Bench, endless, type TestWorkbench } from './support/workbenches'

describe('a solver host that is killed', () => {
  const bench = new Bench()
  let workbench: TestWorkbench
  let project = ''
  let dataset = ''

  beforeAll(async () => {
    workbench = await bench.workbench()
    const sample = await workbench.ask('project.trySample', null)
    project = sample.project.folder
    dataset = sample.dataset.id
  }, 60_000)

  test('marks its run crashed with the reason, and the next run goes on', async () => {
    const victim = await workbench.run(dataset, 'ss-nmf', endless)
    const next = await workbench.run(dataset, 'vca', { endmembers: 3 })
    await workbench.iterating(victim.id)
    process.kill(await workbench.solverOf(project, victim.id), 'SIGKILL')
    const crashed = await workbench.finished(victim.id)
    expect(crashed.state).toBe('crashed')
    expect(crashed.failure?.message).toMatch(/killed \(SIGKILL\) at iteration \d+/)
    expect(crashed.artifacts).toEqual([])
    const kept: unknown = JSON.parse(await readFile(join(project, 'runs', victim.id, 'run.json'), 'utf8'))
    expect(kept).toEqual(crashed)
    expect((await workbench.finished(next.id)).state).toBe('succeeded')
    expect(await auditProject(project)).toEqual([])
  })

  test('a run is cancelled within a second', async () => {
    const { id } = await workbench.run(dataset, 'ss-nmf', endless)
    await workbench.iterating(id)
    const start = performance.now()
    await workbench.ask('runs.cancel', { run: id })
    const record = await workbench.finished(id)
    const time = performance.now() - start
    process.stdout.write(`cancelled in ${time.toFixed(0)} ms\n`)
    expect(record.state).toBe('cancelled')
    expect(time).toBeLessThan(1000)
    expect(await readFile(join(project, 'runs', id, 'trace.csv'), 'utf8')).toMatch(
      /^iteration,objective.*\n0,/,
    )
    // What the last iteration left is kept and can be looked at.
    expect(record.artifacts.map(({ name }) => name)).toContain('abundances')
    expect(await auditProject(project)).toEqual([])
  })

  test('a run whose solver does not answer is cancelled all the same', async () => {
    const { id } = await workbench.run(dataset, 'ss-nmf', endless)
    await workbench.iterating(id)
    process.kill(await workbench.solverOf(project, id), 'SIGSTOP')
    const start = performance.now()
    await workbench.ask('runs.cancel', { run: id })
    const record = await workbench.finished(id)
    expect(record.state).toBe('cancelled')
    expect(performance.now() - start).toBeLessThan(1200)
    expect(await auditProject(project)).toEqual([])
  })

  test('a waiting run is cancelled without ever starting', async () => {
    const first = await workbench.run(dataset, 'ss-nmf', endless)
    const waiting = await workbench.run(dataset, 'vca', { endmembers: 3 })
    expect(waiting.state).toBe('queued')
    await workbench.ask('runs.cancel', { run: waiting.id })
    expect((await workbench.finished(waiting.id)).startedAt).toBeNull()
    await workbench.ask('runs.cancel', { run: first.id })
    expect((await workbench.finished(first.id)).state).toBe('cancelled')
    expect(await auditProject(project)).toEqual([])
  })
})
