import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Bench } from './support/workbenches'

describe('the same run on one and on two threads', () => {
  const bench = new Bench()

  test.each([
    ['vca', { endmembers: 4 }],
    ['fcls', { endmembers: 4 }],
    ['ss-nmf', { endmembers: 4, maxIterations: 60, tolerance: 0, restarts: 3 }],
  ])('%s writes the same bytes', async (method, parameters) => {
    const workbench = await bench.workbench()
    const { project, dataset } = await workbench.ask('project.trySample', null)
    const ended = []
    for (const threads of [1, 2, 2]) {
      const { id } = await workbench.run(dataset.id, method, parameters, { threads, seed: 11 })
      const record = await workbench.finished(id)
      expect(record.failure).toBeNull()
      const trace = await readFile(join(project.folder, 'runs', id, 'trace.csv'), 'utf8').catch(() => null)
      ended.push({
        trace,
        hashes: record.artifacts.map(({ name, sha256 }) => [name, sha256]),
        score: record.scoreCard,
      })
    }
    const [one, two, again] = ended
    expect(two).toEqual(one)
    expect(again).toEqual(one)
    if (method === 'ss-nmf') expect(one?.trace?.split('\n').length).toBeGreaterThan(60)
  })
})
