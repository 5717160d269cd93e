import { describe, expect, it, vi } from 'vitest'
import type { RunProgress, RunSummary } from '../../shared/run'
import { fakeClient } from '../testing/fake-client'
import { RunStore } from './runs.svelte'

const run = (number: number, state: RunSummary['state']): RunSummary => ({
  id: `${String(number).padStart(4, '0')}-toy`,
  number,
  method: 'toy',
  methodTitle: 'Toy',
  family: 'toys',
  dataset: null,
  datasetName: null,
  state,
  createdAt: '2026-01-01T00:00:00.000Z',
  finishedAt: null,
  seconds: null,
  seed: 0,
  parameters: {},
  metrics: [],
})

const progress = (number: number, state: RunProgress['state']): RunProgress => ({
  run: run(number, state).id,
  state,
  stage: '',
  iteration: 1,
  iterationLimit: null,
  fraction: null,
  elapsedSeconds: 1,
  remainingSeconds: null,
  rows: [],
})

describe('RunStore', () => {
  it('knows every unfinished run, however old, and lets go of it when it ends', async () => {
    const host = fakeClient({
      'runs.list': ({ query }) =>
        query === '' ? { total: 40, runs: [run(40, 'succeeded')] } : { total: 1, runs: [run(3, 'running')] },
    })
    const runs = new RunStore(host.client)
    await runs.load()
    expect(runs.active.map((active) => active.number)).toEqual([3])
    expect(runs.total).toBe(40)
    host.emit('run.progress', progress(3, 'running'))
    expect(runs.progress.size).toBe(1)
    host.emit('runs.changed', { runs: [run(3, 'succeeded'), run(41, 'queued')], removed: [] })
    expect(runs.active.map((active) => active.number)).toEqual([41])
    expect(runs.progress.size).toBe(0)
    host.emit('runs.changed', { runs: [], removed: [run(41, 'queued').id] })
    expect(runs.active).toEqual([])
    await vi.waitFor(() => expect(runs.latest).toHaveLength(1))
  })
})
