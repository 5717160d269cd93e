import { describe, expect, test } from 'vitest'
import { datasetRecord } from '../../../test/fixtures/run-records'
import type { Axis } from '../../shared/array'
import { editedAxes } from './edited-axes'

const axis = (name: string, size: number): Axis => ({
  name,
  size,
  unit: null,
  coordinates: null,
  labels: null,
})
const tensor = datasetRecord({ kind: 'tensor', axes: [axis('mode 1', 2), axis('mode 2', 3)] })
const edit = (name: string, unit: string | null = null, coordinates: number[] | null = null) => ({
  ...{ name, unit, coordinates },
})

describe('editing the modes of a tensor', () => {
  test('changes names, units and coordinates', () => {
    expect(editedAxes(tensor, [edit(' time ', 's', [0, 0.5]), edit('sensor', ' ')])).toEqual([
      { name: 'time', size: 2, unit: 's', coordinates: [0, 0.5], labels: null },
      { name: 'sensor', size: 3, unit: null, coordinates: null, labels: null },
    ])
  })

  test.each([
    [[edit('a')], /has 2 modes, not 1/],
    [[edit('a'), edit(' ')], /Mode 2 needs a name/],
    [[edit('a'), edit('a')], /Two modes are called “a”/],
    [[edit('a', null, [1]), edit('b')], /a has 2 entries, but 1 coordinates/],
  ])('%j is refused', (edits, says) => {
    expect(() => editedAxes(tensor, edits)).toThrow(says)
  })

  test('is for tensors', () => {
    expect(() => editedAxes(datasetRecord({ kind: 'cube' }), [])).toThrow(/is a cube/)
  })
})
