import { expect, it } from 'vitest'
import { exampleDataset } from '../testing/examples'
import { datasetOfRun } from './run-dataset'

const scene = exampleDataset({ id: 'scene' })
const library = { ...exampleDataset({ id: 'usgs' }), kind: 'library' } as const
const find = (id: string) => [scene, library].find((dataset) => dataset.id === id)
const input = (dataset: string) => ({
  reference: { type: 'dataset', dataset } as const,
  title: dataset,
  sha256: '0'.repeat(64),
})

it('a run is about its scene, whatever else it was given', () => {
  expect(datasetOfRun({ inputs: { spectra: input('usgs'), cube: input('scene') } }, find)?.id).toBe('scene')
  expect(datasetOfRun({ inputs: { spectra: input('usgs') } }, find)?.id).toBe('usgs')
  expect(datasetOfRun({ inputs: { cube: input('gone') } }, find)).toBeNull()
})
