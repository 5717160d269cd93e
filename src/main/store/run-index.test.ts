import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runRecord, scoreCard } from '../../../test/fixtures/run-records'
import { openDatabase, type ProjectDatabase } from './database'
import { RunIndex } from './run-index'

const count = 10_000
const bound = 200

function median(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.POSITIVE_INFINITY
}

describe('ten thousand runs', () => {
  let folder = ''
  let database: ProjectDatabase
  let index: RunIndex

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'filigree-index-'))
    database = await openDatabase(join(folder, 'filigree.db'))
    index = new RunIndex(database)
    database.transaction(() => {
      for (let number = 1; number <= count; number += 1) {
        const parameters = {
          endmembers: 2 + (number % 9),
          graphWeight: (number % 100) / 10,
          normalisation: 'none',
        }
        const card = scoreCard((number * 7919) % 90, (number * 104_729) % 40)
        index.put(runRecord(number, { parameters, scoreCard: card, seed: number % 10 }))
      }
    })()
  })

  afterAll(async () => {
    database.close()
    await rm(folder, { recursive: true, force: true })
  })

  test.each([
    ['listed', { query: '', sort: 'number', limit: 200 }],
    [
      'filtered',
      { query: 'sad<30 endmembers=4 (seed:3 OR graphWeight>5) NOT state:failed', sort: 'number', limit: 200 },
    ],
    ['sorted by a metric', { query: '', sort: 'sad', limit: 200 }],
    ['searched for text', { query: '"samson" OR water', sort: 'armse', limit: 200 }],
  ])(`are %s within ${bound} ms`, (what, query) => {
    const times = Array.from({ length: 5 }, () => {
      const start = performance.now()
      index.list({ ...query, descending: true, offset: 0 })
      return performance.now() - start
    })
    process.stdout.write(`${count} runs ${what}: ${median(times).toFixed(1)} ms\n`)
    expect(median(times)).toBeLessThan(bound)
  })

  test(`are opened within ${bound} ms`, async () => {
    const times: number[] = []
    for (let attempt = 0; attempt < 5; attempt += 1) {
      const start = performance.now()
      const again = await openDatabase(join(folder, 'filigree.db'))
      expect(new RunIndex(again).states().size).toBe(count)
      times.push(performance.now() - start)
      again.close()
    }
    const time = median(times)
    process.stdout.write(`${count} runs opened: ${time.toFixed(1)} ms\n`)
    expect(time).toBeLessThan(bound)
  })

  test('a waiting run is taken over by exactly one of those who see its owner gone', () => {
    expect(index.claim('0001-vca', 'second', 'first')).toBe(true)
    expect(index.claim('0001-vca', 'third', 'first')).toBe(false)
    expect(index.claim('0001-vca', 'third', 'second')).toBe(true)
  })
})
