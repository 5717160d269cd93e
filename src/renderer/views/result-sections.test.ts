import { describe, expect, it } from 'vitest'
import { output } from '../../shared/method'
import { exampleArtifact, exampleDataset, exampleRecord } from '../testing/examples'
import { resultSections } from './result-sections'

const abundances = exampleArtifact({
  name: 'abundances',
  meaning: 'maps',
  shape: [2, 4, 5],
  scale: 'fraction',
})
const ids = (artifacts: ReturnType<typeof exampleArtifact>[], record = {}) =>
  resultSections(exampleRecord({ artifacts, ...record }), exampleDataset({ truth: true })).map(({ id }) => id)

describe('resultSections', () => {
  it('makes a map of the dominant material, and compares with the truth where components were matched', () => {
    expect(ids([abundances])).toEqual(['abundances', 'abundances-dominant'])
    const scoreCard = { title: '', rules: [], columns: [], rows: [], matching: [1, 0], metrics: [] }
    expect(ids([abundances], { scoreCard })).toEqual([
      'abundances',
      'abundances-dominant',
      'abundances-agreement',
    ])
  })

  it('shows deviations with their means and corners in their projection, not on their own', () => {
    const deviation = { ...abundances, name: 'deviation', deviationOf: 'abundances' }
    const projection = exampleArtifact({ name: 'projection', meaning: 'projection', shape: [2, 4, 5] })
    const simplex = exampleArtifact({ name: 'simplex', meaning: 'simplex', shape: [2, 2] })
    expect(ids([deviation, simplex, projection, abundances])).toEqual([
      'abundances',
      'abundances-dominant',
      'projection',
    ])
    expect(ids([{ ...deviation, deviationOf: 'gone' }])).toContain('deviation')
    expect(ids([simplex])).toEqual(['simplex'])
  })

  it('says first which of hundreds of maps are worth a look, where the method does', () => {
    const active = exampleArtifact({ name: 'active', meaning: 'table', shape: [240, 4] })
    const maps = { ...abundances, shape: [240, 4, 5] }
    expect(ids([active, maps])).toEqual(['active', 'abundances', 'abundances-dominant'])
    expect(ids([maps, active]).at(-1)).toBe('active')
    expect(ids([active, abundances]).at(-1)).toBe('active')
  })

  it('puts outputs under the headings of the method, in the order it declares them', () => {
    const described = (name: string, section: string | null) => ({
      ...{ name, ...output.series({ title: name }) },
      ...(section === null ? {} : { section }),
    })
    const outputs = [described('curve', 'Function'), described('bars', 'Fit'), described('field', 'Function')]
    const artifacts = ['bars', 'field', 'loose', 'curve'].map((name) =>
      exampleArtifact({ name, meaning: 'series', shape: [3] }),
    )
    const sections = resultSections(exampleRecord({ artifacts }), null, outputs)
    expect(sections.map(({ id, heading }) => [id, heading])).toEqual([
      ['loose', null],
      ['curve', 'Function'],
      ['field', 'Function'],
      ['bars', 'Fit'],
    ])
  })

  it('does not read hundreds of large maps for a picture', () => {
    expect(ids([{ ...abundances, shape: [400, 1000, 1000] }])).toEqual(['abundances'])
  })

  it('lets small tables stand side by side', () => {
    const table = (columns: number) =>
      exampleArtifact({ name: `table-${columns}`, meaning: 'table', shape: [3, columns] })
    const sections = resultSections(exampleRecord({ artifacts: [table(2), table(9)] }), null)
    expect(sections.map(({ wide }) => wide)).toEqual([false, true])
  })
})
