import { describe, expect, it } from 'vitest'
import { inputChoices, inputKey } from './input-choices'
import { exampleDataset, exampleMethod, exampleRun } from '../testing/examples'

const cubeInput = { name: 'cube', title: 'Cube', help: '', type: 'cube', optional: false } as const
const spectraInput = { name: 'start', title: 'Start', help: '', type: 'spectra', optional: true } as const
const samson = exampleDataset({ id: 'samson', name: 'Samson', truth: true })
const other = exampleDataset({ id: 'other', name: 'Other', truth: true })
const fewer = exampleDataset({ id: 'fewer', name: 'Fewer', truth: true, bands: 10 })
const project = {
  datasets: [other, samson, fewer],
  runs: [exampleRun({ number: 2, dataset: 'other' }), exampleRun({ number: 1, dataset: 'samson' })],
  methods: [exampleMethod()],
  cube: samson,
}

describe('inputChoices', () => {
  it('offers every cube with its size', () => {
    expect(inputChoices(cubeInput, project).map(({ title, detail }) => `${title} ${detail}`)).toEqual([
      'Other 4 × 5 × 6',
      'Samson 4 × 5 × 6',
      'Fewer 4 × 5 × 10',
    ])
  })

  it('offers none first where it may, then what belongs to the cube, and never other bands', () => {
    expect(inputChoices(spectraInput, project).map(({ key }) => key)).toEqual([
      'none',
      'truth:samson:endmembers',
      'artifact:0001-toy:endmembers',
      'truth:other:endmembers',
      'artifact:0002-toy:endmembers',
    ])
  })

  it('offers maps: the own truth first, then none, other truths, maps of runs and cubes', () => {
    const mapsInput = { ...spectraInput, name: 'truth', type: 'maps' } as const
    const of = (cube: typeof samson | null) => inputChoices(mapsInput, { ...project, cube })
    const keys = of(samson).map(({ key }) => key)
    expect(keys.slice(0, 2)).toEqual(['truth:samson:abundances', 'none'])
    expect(keys).toContain('truth:other:abundances')
    expect(keys.at(-1)).toBe('dataset:fewer')
    expect(of(null)[0]?.key).toBe('none')
  })

  it('offers libraries of any bands, and tensors before cubes', () => {
    const library = { ...exampleDataset({ id: 'usgs', name: 'USGS' }), kind: 'library' } as const
    const tensor = { ...exampleDataset({ id: 'flights', name: 'Flights' }), kind: 'tensor' } as const
    const datasets = [...project.datasets, library, tensor]
    const needed = { ...spectraInput, optional: false }
    expect(inputChoices(needed, { ...project, datasets, runs: [] }).map(({ key }) => key)).toEqual([
      'truth:samson:endmembers',
      'truth:other:endmembers',
      'dataset:usgs',
    ])
    const tensors = inputChoices({ ...cubeInput, type: 'tensor' }, { ...project, datasets })
    expect(tensors.map(({ title }) => title)).toEqual(['Flights', 'Other', 'Samson', 'Fewer'])
  })

  it('has no "none" for an input that is needed', () => {
    const choices = inputChoices({ ...spectraInput, optional: false }, { ...project, datasets: [], runs: [] })
    expect(choices).toEqual([])
    expect(inputKey({ type: 'dataset', dataset: 'samson' })).toBe('dataset:samson')
  })
})
