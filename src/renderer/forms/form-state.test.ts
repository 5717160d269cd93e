import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { describeParameters } from '../../shared/parameter'
import {
  changedParameters,
  describeValue,
  differsFromDefault,
  formProblems,
  groupParameters,
  initialValues,
  rangeText,
  valueProblem,
} from './form-state'

const parameters = describeParameters(
  z.object({
    endmembers: z.int().min(2).max(64).meta({ title: 'Endmembers', symbol: 'p' }),
    graphWeight: z.number().min(0).default(0.1).meta({ title: 'Graph weight' }),
    width: z.number().gt(0).default(1).meta({ title: 'Kernel width', group: 'Graph' }),
    snr: z.number().nullable().default(null).meta({ title: 'SNR', unit: 'dB', group: 'Start' }),
    normalisation: z
      .enum(['none', 'unit-length'])
      .default('none')
      .meta({ title: 'Normalisation', choices: { 'none': 'As stored', 'unit-length': 'Unit length' } }),
    clip: z.boolean().default(false).meta({ title: 'Clip' }),
    ranks: z.array(z.int().min(1).max(500)).min(2).max(8).default([5, 5]).meta({ title: 'Ranks' }),
  }),
)
function parameter(name: string) {
  const found = parameters.find((candidate) => candidate.name === name)
  if (found === undefined) throw new Error(`The example has no parameter '${name}'.`)
  return found
}

describe('initial values', () => {
  it('are the defaults, under what an earlier run used', () => {
    expect(initialValues(parameters, { graphWeight: 2, snr: 30, gone: 1 })).toEqual({
      endmembers: undefined,
      graphWeight: 2,
      width: 1,
      snr: 30,
      normalisation: 'none',
      clip: false,
      ranks: [5, 5],
    })
  })
})

describe('valueProblem', () => {
  it('takes what is in range, and nothing where nothing may be said', () => {
    expect(valueProblem(parameter('graphWeight'), 0)).toBeNull()
    expect(valueProblem(parameter('snr'), null)).toBeNull()
    expect(valueProblem(parameter('normalisation'), 'unit-length')).toBeNull()
  })

  it.each([
    ['endmembers', 1, 'Endmembers must be from 2 to 64; 1 is not.'],
    ['endmembers', 2.5, 'Endmembers is a whole number; 2.5 is not.'],
    ['endmembers', undefined, 'Endmembers has no value: give one, from 2 to 64.'],
    ['graphWeight', -1, 'Graph weight must be at least 0; -1 is not.'],
    ['graphWeight', null, 'Graph weight has no value: give one, at least 0.'],
    ['width', 0, 'Kernel width must be above 0; 0 is not.'],
    ['normalisation', 'log', "Normalisation has no choice called 'log'."],
    ['clip', 'yes', 'Clip is either on or off.'],
    ['ranks', [3], 'Ranks has 2 to 8 numbers; here are 1.'],
    ['ranks', [3, 0], 'Number 2 of Ranks must be from 1 to 500; 0 is not.'],
    ['ranks', [3, 1.5], 'Number 2 of Ranks is a whole number; 1.5 is not.'],
    ['ranks', 3, 'Ranks must be a list of numbers.'],
  ])('says what is wrong with %s = %s', (name, value, problem) => {
    expect(valueProblem(parameter(name), value)).toBe(problem)
  })
})

describe('a form', () => {
  it('sends only what differs from the defaults', () => {
    const values = { ...initialValues(parameters), endmembers: 3, graphWeight: 0.1, clip: true }
    expect(formProblems(parameters, values)).toEqual({})
    expect(changedParameters(parameters, values)).toEqual({ endmembers: 3, clip: true })
    expect(differsFromDefault(parameter('graphWeight'), 0.2)).toBe(true)
    expect(differsFromDefault(parameter('ranks'), [5, 5])).toBe(false)
    expect(changedParameters(parameters, { ...values, ranks: [5, 6] })).toHaveProperty('ranks', [5, 6])
  })

  it('names every field that cannot be sent', () => {
    expect(Object.keys(formProblems(parameters, initialValues(parameters)))).toEqual(['endmembers'])
  })

  it('groups in order of first appearance', () => {
    expect(groupParameters(parameters).map((group) => [group.title, group.parameters.length])).toEqual([
      ['Model', 5],
      ['Graph', 1],
      ['Start', 1],
    ])
  })
})

describe('words', () => {
  it('describe ranges and values', () => {
    expect(rangeText(parameter('width'))).toBe('above 0')
    expect(rangeText(parameter('snr'))).toBe('')
    expect(describeValue(parameter('normalisation'), 'unit-length')).toBe('Unit length')
    expect(describeValue(parameter('snr'), null)).toBe('left open')
    expect(describeValue(parameter('ranks'), [20, 20, 5])).toBe('20, 20, 5')
    expect(describeValue(parameter('snr'), 30)).toBe('30\u00a0dB')
  })
})
