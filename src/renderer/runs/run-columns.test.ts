import { describe, expect, it } from 'vitest'
import { exampleMethod, exampleRun } from '../testing/examples'
import { changedText, runColumns, shortTime } from './run-columns'

const metric = { id: 'sad', title: 'Mean SAD', value: 2, unit: '°', better: 'lower', digits: 2 } as const
const parameter = {
  name: 'endmembers',
  title: 'Endmembers',
  symbol: 'p',
  unit: null,
  help: '',
  group: 'Model',
  advanced: false,
  type: 'integer',
  leastLength: null,
  mostLength: null,
  nullable: false,
  minimum: 2,
  maximum: 64,
  exclusiveMinimum: false,
  exclusiveMaximum: false,
  step: null,
  logarithmic: false,
  choices: [],
} as const

describe('run table', () => {
  it('has a column for every metric that occurs, once', () => {
    const runs = [exampleRun(), exampleRun({ metrics: [metric] }), exampleRun({ metrics: [metric] })]
    expect(runColumns(runs).map(({ id }) => id)).toEqual([
      'state',
      'dataset',
      'changed',
      'metric:sad',
      'seed',
      'duration',
      'created',
    ])
    expect(runColumns(runs).find(({ id }) => id === 'metric:sad')?.title).toBe('Mean SAD (°)')
  })

  it('says only what is not at its default', () => {
    const weight = {
      ...parameter,
      name: 'weight',
      title: 'Weight',
      symbol: null,
      type: 'number',
      default: 0.1,
    } as const
    const method = {
      ...exampleMethod(),
      parameters: [
        { ...parameter, choices: [] },
        { ...weight, choices: [] },
      ],
    }
    expect(changedText(exampleRun({ parameters: { endmembers: 3, weight: 0.1 } }), method)).toEqual(['p = 3'])
    expect(changedText(exampleRun({ parameters: { endmembers: 3, weight: 2 } }), method)).toEqual([
      'p = 3',
      'Weight = 2',
    ])
    expect(changedText(exampleRun(), undefined)).toEqual([])
  })
})

describe('shortTime', () => {
  it('is the time of today and the date of other days', () => {
    const noon = new Date(2026, 0, 2, 12)
    expect(shortTime(new Date(2026, 0, 2, 8, 5).toISOString(), noon)).toBe('08:05')
    expect(shortTime(new Date(2026, 0, 1, 8, 5).toISOString(), noon)).toBe('1 Jan 2026')
  })
})
