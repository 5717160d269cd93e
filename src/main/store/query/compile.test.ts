import { describe, expect, test } from 'vitest'
import { FiligreeError } from '../../../shared/failure'
import { runRecord, scoreCard } from '../../../../test/fixtures/run-records'
import { openEmptyDatabase } from '../database'
import { RunIndex } from '../run-index'

const ssNmf = { id: 'ss-nmf', version: 1, title: 'Structured sparse NMF', family: 'unmixing' }
const index = new RunIndex(openEmptyDatabase())
index.put(runRecord(1))
index.put(runRecord(2, { method: ssNmf, scoreCard: scoreCard(2.5, 7), seed: 4 }))
index.put(
  runRecord(3, { method: ssNmf, scoreCard: scoreCard(9, 12), parameters: { endmembers: 5, mode: 'soft' } }),
)
index.put(
  runRecord(4, {
    state: 'failed',
    failure: { code: 'breakdown', message: 'The water boiled.', field: null, detail: null },
  }),
)

function numbers(query: string): number[] {
  return index
    .list({ query, sort: 'number', descending: false, offset: 0, limit: 100 })
    .runs.map(({ number }) => number)
}

describe('the search of runs', () => {
  test.each([
    ['', [1, 2, 3, 4]],
    ['method:ss-nmf', [2, 3]],
    ['method:SS-*', [2, 3]],
    ['method:vca state:succeeded', [1]],
    ['sad<3', [2]],
    ['sad<3 OR state:failed', [2, 4]],
    ['metric.armse>=7 AND NOT endmembers=5', [2]],
    ['NOT (method:ss-nmf OR state:failed)', [1]],
    ['endmembers=3', [1, 2, 4]],
    ['parameter.mode:soft', [3]],
    ['mode!=hard', [3]],
    ['"water boiled"', [4]],
    ['-failed', [1, 2, 3]],
    ['seed>0', [2]],
    ['created:2026-11', [1, 2, 3, 4]],
    ['created<2026-01', []],
    ['dataset:samson number<=2', [1, 2]],
    ['nothing:here', []],
    ["100%' OR 1=1 --", []],
  ])('%s', (query, expected) => {
    expect(numbers(query)).toEqual(expected)
  })

  test.each([
    ['method:', 'a value is missing', null],
    ['(sad<3', 'never closed', 1],
    ['sad<3)', 'never opened', 6],
    ['"open', 'quotation mark', 1],
    ['number:many', "'many' is none", 1],
    ['method<3', "'method' is text", 1],
    ['vca OR', 'something is missing', null],
    ['<3', 'a word or a field', 1],
  ])('%s is refused at its place', (query, problem, character) => {
    const failure = (() => {
      try {
        numbers(query)
        return null
      } catch (error) {
        return error
      }
    })()
    if (!(failure instanceof FiligreeError)) throw new Error('A FiligreeError was expected.')
    expect(failure.code).toBe('invalid-parameter')
    expect(failure.message).toContain(problem)
    expect(failure.message).toContain(character === null ? 'at the end' : `at character ${character} `)
  })

  test('sorts by column, metric or parameter, with missing values last both ways', () => {
    const order = (sort: string, descending: boolean) =>
      index.list({ query: '', sort, descending, offset: 0, limit: 10 }).runs.map(({ number }) => number)
    expect(order('sad', false)).toEqual([2, 3, 4, 1])
    expect(order('metric:sad', true)).toEqual([3, 2, 4, 1])
    expect(order('createdAt', false)).toHaveLength(4)
    expect(order('endmembers', true)[0]).toBe(3)
  })
})
