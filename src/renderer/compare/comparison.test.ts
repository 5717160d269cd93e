import { describe, expect, it } from 'vitest'
import { exampleArtifact, exampleRecord } from '../testing/examples'
import { bestPlaces, comparedMetrics, differences, sharedArtifacts } from './comparison'

const metric = (value: number) =>
  ({ id: 'sad', title: 'Mean SAD', value, unit: '°', better: 'lower', digits: 2 }) as const
const card = (value: number) => ({
  title: '',
  rules: [],
  columns: [],
  rows: [],
  matching: [],
  metrics: [metric(value)],
})

describe('differences', () => {
  it('leaves out what is the same everywhere', () => {
    const records = [
      exampleRecord({ parameters: { weight: 1, limit: 5 } }),
      exampleRecord({ parameters: { weight: 2, limit: 5 }, seed: 3 }),
    ]
    expect(differences(records, [])).toEqual({
      rows: [
        { id: 'parameter:weight', title: 'weight', cells: ['1', '2'] },
        { id: 'seed', title: 'Seed', cells: ['0', '3'] },
      ],
      leftOut: [],
    })
  })

  it('names apart what only some methods have and agree on', () => {
    const records = [
      exampleRecord({ parameters: { weight: 1, width: 4 } }),
      exampleRecord({ parameters: { weight: 2, width: 4 } }),
      exampleRecord(),
    ]
    const { rows, leftOut } = differences(records, [])
    expect(rows).toEqual([{ id: 'parameter:weight', title: 'weight', cells: ['1', '2', null] }])
    expect(leftOut).toEqual(['width'])
  })
})

describe('metrics', () => {
  it('marks the best by the metric’s own direction, ties together', () => {
    const records = [
      exampleRecord({ scoreCard: card(3) }),
      exampleRecord(),
      exampleRecord({ scoreCard: card(2) }),
    ]
    expect(comparedMetrics(records)).toEqual([
      { metric: metric(3), values: [3, null, 2], best: [2], informed: [] },
    ])
    expect(bestPlaces([1, 4, 4], 'higher')).toEqual([1, 2])
    expect(bestPlaces([1, 2], 'neither')).toEqual([])
    expect(bestPlaces([1, null], 'lower')).toEqual([])
  })
})

describe('runs that were given the truth', () => {
  it('are no rivals to the others', () => {
    const reference = { type: 'truth', dataset: 'samson', part: 'endmembers' } as const
    const inputs = { spectra: { reference, title: 'true endmembers', sha256: '0'.repeat(64) } }
    const records = [
      exampleRecord({ scoreCard: card(0), inputs }),
      exampleRecord({ scoreCard: card(3) }),
      exampleRecord({ scoreCard: card(4) }),
    ]
    expect(comparedMetrics(records)[0]).toMatchObject({ values: [0, 3, 4], best: [1], informed: [0] })
  })
})

describe('sharedArtifacts', () => {
  it('needs the same name and meaning in two runs, and gives all the range of all', () => {
    const residual = exampleArtifact({ name: 'residual', meaning: 'map', shape: [2, 2] })
    const odd = exampleArtifact({ name: 'odd', meaning: 'map', shape: [2, 2] })
    const other = exampleArtifact({ name: 'odd', meaning: 'points', shape: [2, 2] })
    const larger = { ...residual, minimum: -2, maximum: 0.5 }
    const shared = sharedArtifacts([
      exampleRecord({ artifacts: [residual, odd] }),
      exampleRecord({ artifacts: [other, larger] }),
      exampleRecord(),
    ])
    expect(shared.map(({ name }) => name)).toEqual(['residual'])
    expect(shared[0]?.artifacts).toMatchObject([
      { minimum: -2, maximum: 1 },
      { minimum: -2, maximum: 1 },
      null,
    ])
  })
})
