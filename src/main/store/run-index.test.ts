import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runRecord, scoreCard } from '../../../test/fixtures/run-records'
import { openDatabase, type ProjectDatabase } from './database'
import { RunIndex } from './run-index'

const count = 1000

/** What makes one run differ from the others. */
function traits(number: number) {
  return {
    endmembers: 2 + (number % 9),
    graphWeight: (number % 100) / 10,
    sad: (number * 7919) % 90,
    armse: (number * 104_729) % 40,
    seed: number % 10,
  }
}

const all = Array.from({ length: count }, (_, place) => ({ number: place + 1, ...traits(place + 1) }))

describe('a table of many runs', () => {
  let folder = ''
  let database: ProjectDatabase
  let index: RunIndex

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'filigree-index-'))
    database = await openDatabase(join(folder, 'filigree.db'))
    index = new RunIndex(database)
    database.transaction(() => {
      for (let number = 1; number <= count; number += 1) {
        const { endmembers, graphWeight, sad, armse, seed } = traits(number)
        const parameters = { endmembers, graphWeight, normalisation: 'none' }
        index.put(runRecord(number, { parameters, scoreCard: scoreCard(sad, armse), seed }))
      }
    })()
  })

  afterAll(async () => {
    database.close()
    await rm(folder, { recursive: true, force: true })
  })

  const list = (query: string, sort: string) =>
    index.list({ query, sort, descending: true, offset: 0, limit: 200 })

  test('is listed a page at a time, newest first', () => {
    const { total, runs } = list('', 'number')
    expect(total).toBe(count)
    expect(runs.map(({ number }) => number)).toEqual(Array.from({ length: 200 }, (_, place) => count - place))
  })

  test('is filtered by figures, parameters and columns together', () => {
    const wanted = all.filter(
      ({ sad, endmembers, seed, graphWeight }) =>
        sad < 30 && endmembers === 4 && (seed === 3 || graphWeight > 5),
    )
    const { total, runs } = list('sad<30 endmembers=4 (seed:3 OR graphWeight>5) NOT state:failed', 'number')
    expect(total).toBe(wanted.length)
    expect(runs.map(({ number }) => number)).toEqual(wanted.map(({ number }) => number).toReversed())
    expect(list('state:failed', 'number').total).toBe(0)
  })

  test('is sorted by a metric, and searched for text', () => {
    const figures = list('', 'sad').runs.map(({ metrics }) => metrics.find(({ id }) => id === 'sad')?.value)
    const largest = all.map(({ sad }) => sad).toSorted((a, b) => b - a)
    expect(figures).toEqual(largest.slice(0, 200))
    expect(list('"samson" OR water', 'armse').total).toBe(count)
    expect(list('water', 'armse').total).toBe(0)
  })

  test('is there when it is opened again', async () => {
    const again = await openDatabase(join(folder, 'filigree.db'))
    expect(new RunIndex(again).states().size).toBe(count)
    again.close()
  })

  test('a waiting run is taken over by exactly one of those who see its owner gone', () => {
    expect(index.claim('0001-vca', 'second', 'first')).toBe(true)
    expect(index.claim('0001-vca', 'third', 'first')).toBe(false)
    expect(index.claim('0001-vca', 'third', 'second')).toBe(true)
  })
})
