import { describe, expect, it } from 'vitest'
import { exampleRecord } from '../testing/examples'
import { troubleOf } from './run-words'

describe('troubleOf', () => {
  it('has nothing to say about a run that succeeded or still works', () => {
    expect(troubleOf(exampleRecord(), 0)).toBeNull()
    expect(troubleOf(exampleRecord({ state: 'running' }), 0)).toBeNull()
  })

  it('says what happened and what to try', () => {
    const failure = {
      code: 'crashed',
      message: 'The solver host was killed (SIGKILL).',
      field: null,
      detail: null,
    } as const
    expect(troubleOf(exampleRecord({ state: 'crashed', failure }), 0)).toEqual({
      title: 'The solver went away',
      message: 'The solver host was killed (SIGKILL).',
      advice: 'Run again. If it crashes again, try fewer threads; the log shows how far it came.',
    })
  })

  it('tells how far a cancelled run came', () => {
    expect(troubleOf(exampleRecord({ state: 'cancelled' }), 12)?.message).toContain('after 12 iterations')
    expect(troubleOf(exampleRecord({ state: 'cancelled' }), 0)?.message).toContain('before the first')
  })
})
