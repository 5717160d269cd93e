import { afterEach, describe, expect, it, vi } from 'vitest'
import { dataHeaders } from '../../shared/data-address'
import type { RunProgress, RunRecord } from '../../shared/run'
import { exampleMethod, exampleRecord, plainDrawing } from '../testing/examples'
import { fakeClient } from '../testing/fake-client'
import { RunSession } from './run-session.svelte'

const column = { name: 'objective', title: 'Objective', unit: null, logarithmic: true }
const method = {
  ...exampleMethod(),
  outputs: [
    {
      name: 'objective',
      title: 'Objective',
      meaning: 'trace' as const,
      unit: null,
      scale: 'sequential' as const,
      ...plainDrawing,
      optional: false,
      help: '',
      each: null,
      columns: [column],
    },
  ],
}

/** Answers the trace address with rows of (iteration, objective). */
function answerTrace(rows: readonly (readonly [number, number])[]) {
  const headers = { [dataHeaders.dtype]: 'float64', [dataHeaders.shape]: `${rows.length},2` }
  vi.stubGlobal('fetch', async () => new Response(Float64Array.from(rows.flat()), { headers }))
}

function progress(rows: number[][], choice: Partial<RunProgress> = {}): RunProgress {
  return {
    run: '0001-toy',
    state: 'running',
    stage: 'Iterating',
    iteration: rows.at(-1)?.[0] ?? 0,
    iterationLimit: 10,
    fraction: 0.5,
    elapsedSeconds: 1,
    remainingSeconds: 1,
    rows,
    ...choice,
  }
}

function open(record: RunRecord, refuse: () => string | null = () => null) {
  const answer = <Value>(value: Value): Value => {
    const words = refuse()
    if (words !== null) throw new Error(words)
    return value
  }
  const host = fakeClient({
    'runs.get': () => answer(record),
    'runs.progress': () => null,
    'runs.cancel': () => answer(null),
  })
  const session = new RunSession(host.client, record.id, () => [method])
  return { host, session, stop: session.start() }
}

afterEach(() => {
  vi.unstubAllGlobals()
})

describe('RunSession', () => {
  it('joins the fetched trace with the rows that come live', async () => {
    answerTrace([
      [0, 9],
      [1, 8],
    ])
    const { host, session, stop } = open(exampleRecord({ state: 'running' }))
    host.emit('run.progress', progress([[2, 7]], { run: '0002-other' }))
    await vi.waitFor(() => {
      expect(session.traced).toBe(2)
    })
    host.emit('run.progress', progress([[2, 7]]))
    expect([...(session.trace?.column(1) ?? [])]).toEqual([9, 8, 7])
    expect(session.progress?.iteration).toBe(2)
    stop()
    host.emit('run.progress', progress([[3, 6]]))
    expect(session.traced).toBe(3)
  })

  it('says "cancelling" before the host has answered, and takes it back when the host refuses', async () => {
    answerTrace([])
    let words: string | null = null
    const { host, session, stop } = open(exampleRecord({ state: 'running' }), () => words)
    const asked = session.cancel()
    expect(session.cancelling).toBe(true)
    await asked
    expect(host.asked).toHaveBeenCalledWith('runs.cancel', { run: '0001-toy' })
    words = 'busy'
    await expect(session.cancel()).rejects.toThrow('busy')
    expect(session.cancelling).toBe(false)
    stop()
  })

  it('tells why a run cannot be shown', async () => {
    const { session, stop } = open(exampleRecord(), () => 'There is no run 0001-toy.')
    await session.load()
    expect(session.problem).toBe('There is no run 0001-toy.')
    stop()
  })
})
