import { expect, test } from 'vitest'
import { cubeOf, rawSource } from '../../../../test/measurement/scene'
import { mixtureArtifacts, projectionArtifacts } from './outputs'

const allBands = { useGoodBands: true, leaveOutBands: '' }

const datasetOf = (shape: [number, number, number]) =>
  cubeOf(rawSource('scene.raw', 'float32', shape)).dataset

test('a large scene is thinned as the addon thins it, and the axes say which pixels are left', () => {
  const [projection, ...others] = projectionArtifacts(datasetOf([701, 400, 2]), allBands, null)
  expect(others).toEqual([])
  expect(projection?.axes.map(({ size }) => size)).toEqual([2, 351, 200])
  expect(projection?.axes[1]?.coordinates?.slice(-2)).toEqual([698, 700])
  expect(projection?.axes[2]?.coordinates?.slice(0, 3)).toEqual([0, 2, 4])
})

test('names of the endmembers are on every axis of endmembers', () => {
  const artifacts = mixtureArtifacts(datasetOf([4, 5, 6]), allBands, 2, ['soil', 'water'])
  const named = artifacts.filter(({ axes }) => axes.some(({ labels }) => labels?.includes('soil')))
  expect(named.map(({ name }) => name)).toEqual(['endmembers', 'abundances', 'positions', 'simplex'])
})
