import { describe, expect, it, vi } from 'vitest'
import { exampleRun } from '../testing/examples'
import { fakeClient } from '../testing/fake-client'
import { RunList } from './run-list.svelte'

/** A host with this many runs, numbered from 1; it cannot read a query with a bracket. */
function hostWith(total: number) {
  return fakeClient({
    'runs.list': ({ query, offset, limit }) => {
      if (query.includes('(')) throw new Error('The search cannot be read.')
      const count = Math.max(0, Math.min(limit, total - offset))
      return {
        total,
        runs: Array.from({ length: count }, (_, index) => exampleRun({ number: offset + index + 1 })),
      }
    },
  })
}

describe('RunList', () => {
  it('fetches the page in sight and no other', async () => {
    const host = hostWith(10_000)
    const list = new RunList(host.client)
    await list.reload()
    expect(list.total).toBe(10_000)
    expect(list.row(0)?.number).toBe(1)
    expect(list.row(5000)).toBeUndefined()
    list.show(5000, 5030)
    await vi.waitFor(() => {
      expect(list.row(5000)?.number).toBe(5001)
    })
    list.show(5001, 5031)
    expect(host.asked).toHaveBeenCalledTimes(2)
  })

  it('keeps the rows in sight when a query cannot be read, and says why', async () => {
    const list = new RunList(hostWith(3).client)
    await list.reload()
    list.query = '('
    await list.reload()
    expect(list.problem).toBe('The search cannot be read.')
    expect(list.row(0)?.number).toBe(1)
  })

  it('turns the order round when a column is chosen again', () => {
    const list = new RunList(hostWith(0).client)
    list.sortBy('seconds', false)
    expect([list.sort, list.descending]).toEqual(['seconds', false])
    list.sortBy('seconds', false)
    expect(list.descending).toBe(true)
  })
})
